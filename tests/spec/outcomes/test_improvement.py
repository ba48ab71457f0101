"""Core measures gathered into visits, and the score that they give against baseline."""

from __future__ import annotations

from datetime import date

from tests.tables import fill

from refractory.dates import Window
from refractory.outcomes.improvement import find_baseline, gather_visits, read_improvements
from refractory.outcomes.instrument_use import InstrumentDefinition
from refractory.records.store import Store

ALL = ("physician_global", "patient_global", "mmt", "haq", "ck", "extramuscular")
TIS = InstrumentDefinition(use="tis-adult", measures={name: name for name in ALL}, visit="14 days")
DAY_0 = date(2020, 1, 1)


def test_a_visit_takes_the_days_up_to_its_length_and_is_dated_by_its_last():
    readings = {"mmt": [(28, 70.0, None), (43, 72.0, None)], "haq": [(30, 1.0, None), (42, 0.5, None)]}
    visits = gather_visits(readings, 14)
    assert [(visit.day, dict(visit.values)) for visit in visits] == [
        # 42 is 14 days after 28 and belongs to the visit, 43 does not; the last value of a measure counts.
        (42, {"mmt": (70.0, None), "haq": (0.5, None)}),
        (43, {"mmt": (72.0, None)}),
    ]


def test_what_lies_on_day_0_or_before_is_no_visit():
    assert gather_visits({"mmt": [(-3, 70.0, None), (0, 71.0, None)]}, 14) == []
    assert find_baseline([(-91, 60.0, None), (-3, 70.0, None), (0, 71.0, None), (1, 80.0, None)], Window(-90, 0)) == (
        71.0,
        None,
    )


def _read(values: str, definition: InstrumentDefinition = TIS) -> list[tuple[str, float | None, float, float]]:
    store = Store()
    store.add("cohort", {"person_id": "int64", "day0_date": "date"}, [(1, DAY_0)])
    fill(store, "measurement", "person_id | concept_set | date | value | upper_limit\n" + values)
    leaves = {name: (name,) for name in definition.measures.values()}
    found = read_improvements(store, "cohort", leaves, definition, {1: DAY_0}, Window(-90, 0))
    return [(one.when.latest.isoformat(), one.score, one.lower, one.upper) for one in found.get(1, [])]


BEFORE = """1 | physician_global | 2019-12-20 | 8 | -
1 | patient_global | 2019-12-20 | 7 | -
1 | mmt | 2019-12-22 | 60 | -
1 | haq | 2019-12-20 | 1.5 | -
1 | ck | 2019-12-19 | 1000 | 200
1 | extramuscular | 2019-12-20 | 5 | -
"""
# Changes in per cent of the range: 30, 15, 10, 12.5, 20 (5 less 2 multiples of 15), 20: the first vector.
AFTER = """1 | physician_global | 2020-02-01 | 5 | -
1 | patient_global | 2020-02-01 | 5.5 | -
1 | mmt | 2020-02-03 | 68 | -
1 | haq | 2020-02-01 | 1.125 | -
1 | ck | 2020-02-02 | 400 | 200
1 | extramuscular | 2020-02-01 | 3 | -
"""


def test_the_score_of_a_visit_is_that_of_the_published_points():
    assert _read(BEFORE + AFTER) == [("2020-02-03", 52.5, 52.5, 52.5)]


def test_a_measure_that_is_missing_leaves_bounds():
    without_strength = "\n".join(line for line in (BEFORE + AFTER).splitlines() if "| mmt | 2020" not in line)
    assert _read(without_strength) == [("2020-02-02", None, 42.5, 75.0)]
    without_baseline = "\n".join(line for line in (BEFORE + AFTER).splitlines() if "| ck | 2019" not in line)
    assert _read(without_baseline) == [("2020-02-03", None, 47.5, 55.0)]


def test_an_enzyme_counts_in_multiples_of_its_upper_limit_of_normal():
    other_laboratory = (BEFORE + AFTER).replace("400 | 200", "600 | 300")
    assert _read(other_laboratory) == [("2020-02-03", 52.5, 52.5, 52.5)]
    no_limit = (BEFORE + AFTER).replace("| 200", "| -")
    assert _read(no_limit) == [("2020-02-03", None, 47.5, 55.0)]


def test_another_range_of_a_measure_is_that_of_the_study():
    bilateral = InstrumentDefinition(
        use="tis-adult", measures={name: name for name in ALL}, ranges={"mmt": 150}, visit="14 days"
    )
    values = (BEFORE + AFTER).replace("| 60 |", "| 120 |").replace("| 68 |", "| 135 |")
    # 15 of 150 is 10 %: the same points.
    assert _read(values, bilateral) == [("2020-02-03", 52.5, 52.5, 52.5)]
