"""Scores written in the months before the baseline, along a line with a planted slope."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from refractory.records.hospital.facts import PlannedPerson, Reading

KIND = "CDASI activity"
_MONTH = 28
_EARLIEST = -360
# Days between visits, and from the last of them to the scores that were planned before.
_APART = (28, 65)
_SPREAD_OF_SLOPES, _ERROR = 0.4, 2.0  # points per 28 days, points
_SHARE = 0.95
_WITHOUT = ("no score", "no baseline score", "no follow-up score")


def plan_earlier(person: PlannedPerson, mean_slope: float, rng: Random) -> tuple[tuple[Reading, ...], float | None]:
    """Plan scores of the months before the first score that the person already has.

    They lie on a line through that score, with an error of two points each: the persons' slopes differ around the
    planned mean. Nothing is written before the diagnosis or before the person is observed.

    Args:
        person: A member of the cohort.
        mean_slope: Points per 28 days; above 0 the skin gets worse until day 0.
        rng: Source of the slope, the days and the errors.

    Returns:
        The readings in the order of days, and the person's slope; none where there is no room for them.
    """
    scores = sorted((each.day, each.value) for each in person.readings if each.kind == KIND and each.value is not None)
    before = [score for score in scores if score[0] <= 0]
    if not before or person.specials & set(_WITHOUT) or rng.random() > _SHARE:
        return (), None
    slope = rng.gauss(mean_slope, _SPREAD_OF_SLOPES)
    first_day, level = before[0]
    earliest = max(_EARLIEST, 1 - person.delay_days, min(first for first, _ in person.observed))
    days: list[int] = []
    day = first_day - rng.randint(*_APART)
    while day >= earliest:
        days.append(day)
        day -= rng.randint(*_APART)
    found = [Reading(each, KIND, _score(level, slope * (each - first_day) / _MONTH, rng)) for each in reversed(days)]
    return tuple(found), slope if found else None


def _score(level: float, moved: float, rng: Random) -> float:
    return float(max(0, min(90, round(level + moved + rng.gauss(0, _ERROR)))))


def earlier_rows(keyed: Sequence[tuple[int, PlannedPerson]]) -> list[dict[str, object]]:
    """Return each earlier score with the slope that it was planned by."""
    return [
        {
            "person_id": person_id,
            "date": person.on(reading.day),
            "day": reading.day,
            "value": reading.value,
            "slope_per_28_days": f"{person.sequel.earlier_slope:.6f}",
        }
        for person_id, person in keyed
        for reading in person.sequel.earlier
    ]
