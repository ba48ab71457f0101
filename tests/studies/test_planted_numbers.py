"""The shipped study's numbers, through the whole pipeline, are those that R works out from the planted truth alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from math import isnan
from pathlib import Path

import pytest

from refractory.records.hospital import DEFAULT_SEED
from refractory.statistics.power import find_detectable_difference
from refractory.study import StudyRun
from studies.hospital_truth import flagship, invent, run

HERE = Path(__file__).parents[1] / "reference"


def read_known() -> dict[str, dict[str, float]]:
    """What tests/reference/planted.R says: the parts of each number by its id."""
    known: dict[str, dict[str, float]] = defaultdict(dict)
    with (HERE / "planted_r.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known[row["id"]][row["part"]] = float(row["known"].replace("NA", "nan"))
    return dict(known)


KNOWN = read_known()
DETECTABLE = {"Sex", "Stratum"}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    return run(invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, 500), flagship())


@pytest.mark.parametrize("name", [name for name in KNOWN if not name.startswith("detectable.")])
def test_each_number_of_the_run_is_that_of_r_from_the_truth(done: StudyRun, name: str) -> None:
    (found,) = (one.estimate for one in done.results.estimates if one.id == name)
    # The search of logistf ends at 1e-10 of the likelihood, which leaves the coefficient right to about 1e-5.
    near = 1e-4 if name.startswith("together.") else 1e-6
    for part, known in KNOWN[name].items():
        assert getattr(found, part) == pytest.approx(known, rel=near, abs=near), part


@pytest.mark.parametrize("name", sorted(DETECTABLE))
def test_the_detectable_rate_beside_a_predictor_is_that_of_r_from_the_truth(done: StudyRun, name: str) -> None:
    groups = {"Sex": ["female", "male"], "Stratum": ["Skin and muscle or lung", "Skin alone"]}[name]
    of_person = {"Sex": lambda one: one.member.sex, "Stratum": lambda one: one.member.stratum}[name]
    sizes = [sum(of_person(one) == group for one in done.patients) for group in groups]
    found = find_detectable_difference(*sizes, rate=35 / 42)
    known = KNOWN[f"detectable.{name}"]
    assert found.below == pytest.approx(known["below"], abs=1e-9)
    assert isnan(known["above"])
    assert found.above is None
    printed = f"83 v {100 * known['below']:.0f} %"
    cells = [str(cell) for row in done.results.table("predictors").rows for cell in row.cells]
    assert printed in cells
