"""Intervals of proportions and their differences, as Newcombe printed them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference

HERE = Path(__file__).parent
# Printed with four decimals.
HALF_A_DIGIT = 0.5e-4 + 1e-9


def read_known(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "known",
    read_known("proportions_newcombe_1998.csv"),
    ids=lambda known: "{method} {responders} of {persons}".format(**known),
)
def test_the_interval_is_the_one_of_newcombes_table_i(known):
    unknown = PROPORTION_METHODS[known["method"]](int(known["responders"]), int(known["persons"]))
    assert unknown.lower == pytest.approx(float(known["lower"]), abs=HALF_A_DIGIT)
    assert unknown.upper == pytest.approx(float(known["upper"]), abs=HALF_A_DIGIT)


@pytest.mark.parametrize(
    "known",
    read_known("differences_newcombe_1998.csv"),
    ids=lambda known: "{r1} of {n1} v {r2} of {n2}".format(**known),
)
def test_the_interval_of_a_difference_is_the_one_of_newcombes_table_ii(known):
    unknown = estimate_difference(*(int(known[name]) for name in ("r1", "n1", "r2", "n2")))
    assert unknown.lower == pytest.approx(float(known["lower"]), abs=HALF_A_DIGIT)
    assert unknown.upper == pytest.approx(float(known["upper"]), abs=HALF_A_DIGIT)
