"""The dose of one person one day at a time: the slow and obvious version of what the timeline says in stretches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

PULSE_MG = 250
PARENTERAL = ("intravenous", "intramuscular", "subcutaneous")


@dataclass(frozen=True)
class Taken:
    """One exposure: covered days around day 0, mg a day (None: unknown), route."""

    first_day: int
    last_day: int
    mg: float | None
    route: str


@dataclass(frozen=True)
class Person:
    """What one person takes, and from which day to which somebody looks."""

    taken: tuple[Taken, ...]
    observed: tuple[int, int]


@dataclass(frozen=True)
class Day:
    """One day of one person."""

    day: int
    daily_mg: float
    pulse_mg: float
    is_covered: bool
    is_unknown: bool
    is_observed: bool

    @property
    def is_known(self) -> bool:
        """True when the daily dose is known."""
        return self.is_observed and not self.is_unknown


def tell_days(person: Person, span: tuple[int, int]) -> list[Day]:
    """Go through the days of the span and look at every exposure on each."""
    days = []
    for today in range(span[0], span[1] + 1):
        covering = [one for one in person.taken if one.first_day <= today <= one.last_day]
        known = [one for one in covering if one.mg is not None]
        could_be_pulse = [one for one in known if one.route in PARENTERAL or (one.mg or 0) >= PULSE_MG]
        injected = sum(one.mg or 0 for one in could_be_pulse)
        swallowed = sum(one.mg or 0 for one in known) - injected
        if injected + swallowed < PULSE_MG:
            daily, pulse = injected + swallowed, 0.0
        elif injected >= PULSE_MG and swallowed < PULSE_MG:
            daily, pulse = swallowed, injected
        else:
            daily, pulse = 0.0, injected + swallowed
        is_seen = person.observed[0] <= today <= person.observed[1]
        days.append(Day(today, daily, pulse, bool(covering), len(known) < len(covering), is_seen))
    return days


def add_up(days: Sequence[Day], first_day: int, last_day: int) -> dict[str, Any]:
    """Add up a window day by day."""
    window = [one for one in days if first_day <= one.day <= last_day]
    why = None
    if any(one.is_unknown for one in window):
        why = "a dose is unknown"
    if any(not one.is_observed for one in window):
        why = "not observed throughout"
    known = sum(one.daily_mg for one in window)
    return {
        "known_mg": known,
        "pulse_mg": sum(one.pulse_mg for one in window),
        "covered_days": sum(one.is_covered for one in window),
        "unknown_days": sum(one.is_unknown for one in window),
        "unobserved_days": sum(not one.is_observed for one in window),
        "pulse_days": sum(one.pulse_mg > 0 for one in window),
        "why": why,
        "cumulative_mg": None if why else known,
    }


def find_time(days: Sequence[Day], is_low: Any, is_sure: Any, least: int, until_day: int) -> tuple[str, int | None]:
    """Try every day from day 1 on: does the dose stay low from there, and could it?

    Args:
        days: The days of one person.
        is_low: Whether the dose of a day may be low.
        is_sure: Whether it surely is.
        least: How many days it stays low.
        until_day: Last day on which it may come down.
    """
    by_day = {one.day: one for one in days}
    seen = sorted(one.day for one in days if one.is_observed)
    if not seen or not seen[0] <= 0 <= seen[-1]:
        return "NOT_EVALUABLE", None

    def stretch(holds: Any) -> list[int]:
        """Return the low days around day 0 that hang together."""
        if not holds(by_day[0]):
            return []
        first = last = 0
        while first - 1 >= seen[0] and holds(by_day[first - 1]):
            first -= 1
        while last + 1 <= seen[-1] and holds(by_day[last + 1]):
            last += 1
        return list(range(first, last + 1))

    def stays(holds: Any, day: int) -> bool:
        return all(
            other in by_day and by_day[other].is_observed and holds(by_day[other]) for other in range(day, day + least)
        )

    if len(stretch(is_sure)) >= least:
        return "BELOW_AT_BASELINE", None
    around = stretch(is_low)
    if len(around) >= least or (around and around[0] == seen[0]):
        return "NOT_EVALUABLE", None
    last_chance = min(until_day, seen[-1] - least + 1)
    if last_chance < 1:
        return "NOT_EVALUABLE", None
    for day in range(1, last_chance + 1):
        if stays(is_sure, day):
            return "REACHED", day
        if stays(is_low, day):
            # From here on it may have been low already.
            return ("CENSORED", day - 1) if day > 1 else ("NOT_EVALUABLE", None)
    return "CENSORED", last_chance


def count_steps(days: Sequence[Day], last_day: int, step_days: int) -> tuple[int, int] | None:
    """Count reductions and rises between levels that last; None where a day to the last one is not known."""
    if any(not one.is_known for one in days if 0 <= one.day <= last_day):
        return None
    levels: list[list[Any]] = []
    for one in days:
        level = round(one.daily_mg, 6) if one.is_known else None
        if levels and levels[-1][0] == level:
            levels[-1][2] += 1
        else:
            levels.append([level, one.day, 1])
    lasting = [(level, first) for level, first, length in levels if level is not None and length >= step_days]
    down = up = 0
    for (before, _), (after, first) in pairwise(lasting):
        if 1 <= first <= last_day:
            down += after < before
            up += after > before
    return down, up
