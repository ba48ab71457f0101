"""The glucocorticoid dose over time is the one that was planted, person by person and day by day.

What a person took is planned; what the hospital wrote about it has refills that were fetched early, rows written
twice and rows that nobody can use. The truth knows the plan alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from refractory.outcomes.dose_over_time import DoseOverTime
from refractory.records.hospital import DEFAULT_SEED
from refractory.study import StudyRun
from studies.hospital_truth import Truth, flagship, invent, read_truth, run
from twins.day_by_day import Day, count_steps, find_time

FEWEST = 500
SPAN = range(-209, 395)
# A tablet row that the hospital wrote with no quantity, or with an end before its start: one day of unknown dose.
UNUSABLE = """
    SELECT person_id, drug_exposure_start_date
    FROM drug_exposure
    WHERE (quantity = 0 OR drug_exposure_end_date < drug_exposure_start_date)
      AND drug_source_value ILIKE 'prednisone 5%'
"""


@dataclass(frozen=True)
class PlantedHospital:
    """A hospital, its truth, and the study's run on it."""

    truth: Truth
    done: StudyRun
    unusable: set[tuple[int, date]]

    def persons(self) -> Iterator[tuple[DoseOverTime, list[Day]]]:
        """Yield what the study found and what was planted of each person of the cohort, day by day."""
        for one in self.done.patients:
            assert one.doses is not None
            yield one.doses, self.days(one.member.person_id)

    def days(self, person: int) -> list[Day]:
        """Tell the planted days of one person."""
        row = self.truth.members[person]
        day_0 = date.fromisoformat(row["time_zero"])
        daily: Counter[int] = Counter()
        pulses: Counter[int] = Counter()
        covered: set[int] = set()
        unknown = {(when - day_0).days for who, when in self.unusable if who == person}
        for supply in self.truth.doses.get(person, []):
            days = range(int(supply["first_day"]), int(supply["last_day"]) + 1)
            covered |= set(days)
            if supply["is_known"] == "False":
                unknown |= set(days)
            for day in days:
                (pulses if supply["is_pulse"] == "True" else daily)[day] += float(supply["daily_mg"])
        first, last = int(row["observed_from_day"]), int(row["observed_until_day"])
        return [
            Day(day, daily[day], pulses[day], day in covered | unknown, day in unknown, first <= day <= last)
            for day in SPAN
        ]


def _plant(folder: Path, seed: int) -> PlantedHospital:
    invent(folder, seed, FEWEST)
    with duckdb.connect(str(folder / "records" / "hospital.duckdb"), read_only=True) as connection:
        unusable = set(connection.execute(UNUSABLE).fetchall())
    return PlantedHospital(read_truth(folder), run(folder, flagship()), unusable)


@pytest.fixture(scope="module", params=[DEFAULT_SEED, 4, 9, 17])
def hospital(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PlantedHospital:
    return _plant(tmp_path_factory.mktemp(f"hospital_{request.param}"), request.param)


def _window(days: list[Day], first: int, last: int) -> list[Day]:
    return [one for one in days if first <= one.day <= last]


def _expect_sum(window: list[Day]) -> float | None:
    """Add up a window; up to 5 % of its days may be unknown, and count with the mean of the others."""
    known = [one.daily_mg for one in window if not one.is_unknown]
    is_observed = all(one.is_observed for one in window)
    if not is_observed or 100 * (len(window) - len(known)) > 5 * len(window):
        return None
    return sum(known) / len(known) * len(window)


def test_the_mean_dose_up_to_each_day_is_the_planted_one(hospital: PlantedHospital) -> None:
    judged = 0
    for found, days in hospital.persons():
        for day, dose in found.at_days.items():
            expected = _expect_sum(_window(days, day - 29, day))
            assert (dose.mg_per_day is None) == (expected is None)
            if expected is not None:
                judged += 1
                assert dose.mg_per_day == pytest.approx(expected / 30, abs=1e-4)
    assert judged > 8 * len(hospital.done.patients)


def test_the_cumulative_doses_are_the_planted_ones(hospital: PlantedHospital) -> None:
    for found, days in hospital.persons():
        for window, dose in found.windows.items():
            expected = _expect_sum(_window(days, window.first_day or 0, window.last_day or 0))
            assert (dose.cumulative_mg is None) == (expected is None)
            assert expected is None or dose.cumulative_mg == pytest.approx(expected, abs=1e-3)


def test_days_of_pulses_and_of_unknown_doses_are_the_planted_ones(hospital: PlantedHospital) -> None:
    for found, days in hospital.persons():
        for window, dose in found.windows.items():
            planted = _window(days, window.first_day or 0, window.last_day or 0)
            assert dose.pulse_days == sum(one.pulse_mg > 0 for one in planted)
            assert dose.unknown_days == sum(one.is_unknown for one in planted)
        assert found.whole.covered_days == sum(one.is_covered for one in days)
    assert sum(found.whole.pulse_days for found, _ in hospital.persons()) > 0
    assert sum(found.whole.unknown_days for found, _ in hospital.persons()) > 0


def test_the_dose_of_every_seventh_day_is_the_planted_one(hospital: PlantedHospital) -> None:
    for found, days in hospital.persons():
        planted = {one.day: one.daily_mg if one.is_known else None for one in days}
        for day, mg in found.weekly_mg.items():
            assert mg == (None if planted[day] is None else pytest.approx(planted[day], abs=1e-6))


def test_the_dose_came_down_on_the_planted_day(hospital: PlantedHospital) -> None:
    seen: Counter[str] = Counter()
    for found, days in hospital.persons():
        baseline = _window(days, -30, -1)
        half = None if any(not one.is_known for one in baseline) else sum(one.daily_mg for one in baseline) / 60
        for time in found.times:
            expected = _expect_time(days, time.goal.value, time.below_mg, half)
            assert (time.status.value, time.day) == expected
            seen[time.status.value] += 1
    assert set(seen) == {"REACHED", "CENSORED", "BELOW_AT_BASELINE", "NOT_EVALUABLE"}


def _expect_time(days: list[Day], goal: str, below: float | None, half: float | None) -> tuple[str, int | None]:
    if goal == "OFF":
        return find_time(days, lambda one: not one.is_covered, lambda one: not one.is_covered, 30, 365)
    if goal == "HALF":
        if not half:
            return "NOT_EVALUABLE", None
        limit = half + 1e-5
    else:
        limit = (below or 0) - 1e-5
    return find_time(
        days, lambda one: one.daily_mg < limit, lambda one: one.daily_mg < limit and not one.is_unknown, 28, 365
    )


def test_steps_are_the_planted_ones(hospital: PlantedHospital) -> None:
    counted = 0
    for found, days in hospital.persons():
        steps = count_steps(days, 180, 7)
        assert (found.taper.reductions, found.taper.rises) == (steps or (None, None))
        counted += steps is not None and sum(steps) > 0
    assert counted > len(hospital.done.patients) / 3


def test_what_became_of_every_other_drug_is_the_planted_answer(hospital: PlantedHospital) -> None:
    """In its own mg: 2,000 mg of mycophenolate a day are no pulse."""
    classes: Counter[str] = Counter()
    for one in hospital.done.patients:
        planted = {each["drug"]: each["class"] for each in hospital.truth.sparing.get(one.member.person_id, [])}
        planted.pop("systemic glucocorticoid", None)
        assert one.sparing is not None
        assert {drug: found.value for drug, found in one.sparing.drugs.items()} == planted
        classes.update(planted.values())
    assert set(classes) == {"STOPPED", "DECREASED", "UNCHANGED"}
