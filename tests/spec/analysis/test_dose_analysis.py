"""From the doses of persons to the numbers and tables of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from refractory.analysis.dose_estimates import derive_dose_curve, estimate_doses
from refractory.analysis.dose_tables import list_doses, tabulate_doses
from refractory.analysis.results import NamedEstimate, ResultTable
from refractory.analysis.summarised_result import _numbers
from refractory.dates import Window
from refractory.exposures.tapers import DoseGoal, TimeStatus
from refractory.outcomes.assess import Patient
from refractory.outcomes.dose_over_time import DoseOverTime, DoseOverTimeDefinition, DoseTime, Taper, WindowDose
from refractory.outcomes.sparing import SparingDefinition
from refractory.report.tables import tabulate_results
from spec.analysis.test_analysis import PLAN, YES, _patient

BEFORE, AFTER = Window(-20, -1), Window(1, 20)
DEFINITION = DoseOverTimeDefinition(
    days=[-1, 14], mean_over="7 days", cumulative=[[-20, -1], [1, 20]], below=[5, 7.5], until_day=100
)
SPARING = SparingDefinition(glucocorticoid="steroid", follow_up_day=50, over_time=DEFINITION)


def _dose(
    mg: float | None, days: int = 7, pulse_days: int = 0, covered: int | None = None, unknown: int = 0
) -> WindowDose:
    return WindowDose(
        covered_days=days if covered is None else covered,
        unknown_days=unknown,
        pulse_days=pulse_days,
        pulse_mg=1250.0 * pulse_days,
        cumulative_mg=None if mg is None else mg * days,
        cumulative_with_pulses_mg=None if mg is None else mg * days + 1250.0 * pulse_days,
        mg_per_day=mg,
        why="a dose is unknown" if mg is None else None,
    )


def _doses(
    before: float | None,
    after: float | None,
    time: tuple[TimeStatus, int | None] = (TimeStatus.CENSORED, 100),
    pulse_days: int = 0,
    covered: int | None = None,
    unknown: int = 0,
) -> DoseOverTime:
    goals = [(DoseGoal.BELOW, 5.0), (DoseGoal.BELOW, 7.5), (DoseGoal.HALF, None), (DoseGoal.OFF, None)]
    return DoseOverTime(
        at_days={-1: _dose(before), 14: _dose(after, covered=covered)},
        windows={BEFORE: _dose(before, 20, pulse_days), AFTER: _dose(after, 20)},
        weekly_mg={day: before if day <= 0 else after for day in DEFINITION.weeks},
        times=tuple(DoseTime(goal, below, *time, None) for goal, below in goals),
        taper=Taper(None if before is None or after is None else before - after, 1, 0),
        whole=_dose(before, 100, pulse_days, unknown=unknown),
    )


# Six persons: four come down, one of unknown dose afterwards, one off it already.
PERSONS = [
    _doses(20, 10, (TimeStatus.REACHED, 10)),
    _doses(20, 5, (TimeStatus.REACHED, 20)),
    _doses(10, 7.5, (TimeStatus.REACHED, 60), pulse_days=3),
    _doses(10, 0, (TimeStatus.CENSORED, 40), covered=0),
    _doses(15, None, (TimeStatus.NOT_EVALUABLE, None), unknown=25),
    _doses(0, 0, (TimeStatus.BELOW_AT_BASELINE, None), covered=0),
]


def _patients(doses=PERSONS) -> list[Patient]:
    return [replace(_patient(number, YES), doses=one) for number, one in enumerate(doses, start=1)]


def _named(doses=PERSONS) -> Mapping[str, NamedEstimate]:
    return {one.id: one for one in estimate_doses(_patients(doses), PLAN, SPARING, DEFINITION)}


def _counts(estimate_id: str) -> tuple[int | None, int | None]:
    estimate = _named()[estimate_id].estimate
    return estimate.numerator, estimate.denominator


def test_every_id_is_given_once_and_begins_with_dose():
    ids = [one.id for one in estimate_doses(_patients(), PLAN, SPARING, DEFINITION)]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("dose.") for one in ids)


def test_shares_at_a_day_are_of_persons_whose_dose_is_known():
    """On day 14: 10, 5, 7.5, 0 and 0 mg; one is unknown. Exactly 5 is not below 5."""
    found = _named()
    assert (found["dose.day.14"].estimate.value, found["dose.day.14"].estimate.n) == (5, 5)
    assert _counts("dose.day.14.below_5") == (2, 5)
    assert _counts("dose.day.14.below_7.5") == (3, 5)
    assert _counts("dose.day.14.off") == (2, 5)
    assert _counts("dose.day.-1.below_5") == (1, 6)


def test_pulses_are_counted_among_all_persons_and_added_where_the_protocol_says_with_pulses():
    found = _named()
    assert _counts("dose.pulses.-20 to -1") == (1, 6)
    assert found["dose.pulse_days.-20 to -1"].estimate.value == 3
    # 400, 400, 200, 200, 300 and 0 mg, and 3,750 mg more for the third person.
    assert found["dose.cumulative.-20 to -1"].estimate.value == 250
    assert found["dose.cumulative_with_pulses.-20 to -1"].estimate.value == 350


def test_the_change_is_paired_in_persons_with_both_sums():
    """-200, -300, -50, -200 and 0 mg: the fifth person has no second sum."""
    found = _named()
    change = found["dose.cumulative.change"].estimate
    assert (change.n, found["dose.cumulative.change.median"].estimate.value) == (5, -200)
    assert change.value == -150
    # Four of five moved, all of them down: two of sixteen ways are as far out.
    assert found["dose.cumulative.change.test"].estimate.p_value == 0.125


@pytest.mark.parametrize("windows", [[[-20, -1]], [[-20, -1], [1, 30]], [[-40, -21], [-20, -1], [1, 20]]])
def test_sums_over_windows_of_different_length_are_not_compared(windows):
    other = DoseOverTimeDefinition(days=[-1, 14], cumulative=windows, below=[5, 7.5])
    doses = [replace(one, windows={window: _dose(5, 20) for window in other.cumulative}) for one in PERSONS]
    ids = [one.id for one in estimate_doses(_patients(doses), PLAN, SPARING, other)]
    assert not [one for one in ids if "change" in one]


def test_times_leave_out_who_was_down_on_day_0_and_who_cannot_be_judged():
    found = _named()
    median = found["dose.time.below_5"].estimate
    # Reached on days 10, 20 and 60, followed to day 40: a quarter, a half, all.
    assert (median.value, median.n) == (20, 4)
    assert _counts("dose.time.below_5.reached") == (3, 4)
    assert found["dose.time.below_5.day"].estimate.value == 20
    assert found["dose.time.below_5.by_50"].estimate.value == 0.5
    assert found["dose.time.below_5.at_baseline"].estimate.value == 1
    assert found["dose.time.below_5.not_evaluable"].estimate.value == 1
    assert {"dose.time.half", "dose.time.off", "dose.time.below_7.5", "dose.time.off.by_100"} <= set(found)


def test_the_share_of_unknown_days_is_of_the_covered_days_of_everybody():
    assert _counts("dose.unknown_days") == (25, 600)
    per_person = _named()["dose.unknown_days.per_person"].estimate
    assert (per_person.value, per_person.n) == (0, 6)


def test_a_probability_is_written_with_the_persons_at_risk_and_no_denominator():
    numbers = {name: value for name, _, value in _numbers(_named()["dose.time.below_5.by_50"].estimate)}
    assert (numbers["count"], numbers["percentage"]) == ("4", "50")
    assert "denominator" not in numbers


def test_what_must_be_known_of_a_number_is_written_beside_it_and_only_then():
    estimate = replace(_named()["dose.time.below_5"].estimate, note="Few were followed.")
    assert ("note", "character", "Few were followed.") in list(_numbers(estimate))
    assert "note" not in {name for name, _, _ in _numbers(replace(estimate, note=""))}


def _tables(doses=PERSONS) -> dict[str, ResultTable]:
    named = estimate_doses(_patients(doses), PLAN, SPARING, DEFINITION)
    return {table.id: table for table in tabulate_doses(_patients(doses), PLAN, SPARING, DEFINITION, named)}


def _printed(table: ResultTable) -> dict[str, list[str]]:
    """Print the cells of each row by its label."""
    rows = [row for group in tabulate_results(table).groups for row in group]
    return {row.label: [f"{cell.text} {cell.bracket}".strip() for cell in row.cells] for row in rows}


def test_the_tables_print_what_was_estimated():
    tables = _tables()
    days = _printed(tables["dose_over_time"])
    assert days["Day 14"] == ["5", "5.0 (0.0 to 7.5)", "2/5 (40 %)", "2/5 (40 %)", "3/5 (60 %)"]
    times = _printed(tables["dose_times"])
    assert list(times) == ["Below 7.5 mg/day", "Below 5 mg/day", "At most half of baseline", "Stopped"]
    assert times["Stopped"][:5] == ["1", "1", "3/4 (75 %)", "20 (15 to 40)", "20 (95 % CI 10 to not reached)"]
    sums = _printed(tables["cumulative_dose"])
    assert sums["Evaluable"] == ["6", "5", "", ""]
    assert sums["pulses apart"][2:] == ["\u2212150 (95 % CI \u2212∞ to ∞)", "P = 0.13"]
    assert sums["Persons with a pulse"][:2] == ["1/6 (17 %)", "0/6 (0 %)"]
    assert "lower in 4, higher in 0" in tables["cumulative_dose"].footnotes[1]
    assert "25/600 (4.2 %)" in tables["taper"].footnotes[1]


def test_a_protocol_without_windows_has_no_table_of_sums():
    definition = DoseOverTimeDefinition(days=[-1, 14], cumulative=[], below=[5, 7.5])
    named = estimate_doses(_patients(), PLAN, SPARING, definition)
    tables = tabulate_doses(_patients(), PLAN, SPARING, definition, named)
    assert [table.id for table in tables] == ["dose_over_time", "dose_times", "taper"]


@pytest.mark.parametrize("doses", [[], PERSONS[4:5], PERSONS[5:]])
def test_the_smallest_cohorts_are_tabulated_without_a_made_up_number(doses):
    assert {"dose_over_time", "dose_times", "taper"} <= set(_tables(doses))


def test_nothing_is_drawn_on_a_day_with_fewer_than_five_known_doses():
    assert [day for day, _ in derive_dose_curve(_patients(), DEFINITION).points] == [0, 7, 14]
    assert [day for day, _ in derive_dose_curve(_patients(PERSONS[:5]), DEFINITION).points] == [0]
    assert derive_dose_curve(_patients(PERSONS[:4]), DEFINITION).points == ()


def test_the_listing_says_of_each_person_when_the_dose_came_down():
    listing = list_doses(_patients(), DEFINITION)
    assert listing.columns[:4] == ("Person", "mg/day, day -1", "mg/day, day 14", "mg over days -20 to -1")
    assert listing.columns[-4:] == ("Below 7.5 mg/day", "Below 5 mg/day", "At most half of baseline", "Stopped")
    assert listing.rows[0][:3] == (1, 20, 10)
    assert [row[-1] for row in listing.rows] == [
        "day 10", "day 20", "day 60", "not by day 40", "not evaluable", "on day 0",
    ]  # fmt: skip
    assert {len(row) for row in listing.rows} == {len(listing.columns)}
