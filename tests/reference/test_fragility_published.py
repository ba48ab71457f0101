"""Fragility by other hands: base R counts down the responders one by one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.tipping_point import find_fragility, find_fragility_of_difference

HERE = Path(__file__).parent


def _read_known() -> list[dict[str, str]]:
    with (HERE / "fragility_r.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _count(text: str) -> int | None:
    return None if text == "NA" else int(text)


@pytest.mark.parametrize(
    "known", _read_known(), ids=lambda known: "{responders}/{evaluable} and {events}/{among}".format(**known)
)
def test_the_responders_who_must_have_failed_are_those_that_r_counts(known):
    responders, evaluable, events, among = (int(known[name]) for name in ("responders", "evaluable", "events", "among"))
    by_limit = find_fragility(responders, evaluable, benchmark=events / among)
    assert by_limit.misjudged == _count(known["misjudged"])
    assert by_limit.needed == _count(known["needed"])
    by_difference = find_fragility_of_difference(responders, evaluable, events, among)
    assert by_difference.misjudged == _count(known["difference"])
