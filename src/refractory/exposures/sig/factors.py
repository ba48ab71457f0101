"""How often an amount is taken, from all that stands beside it: twice daily, on Mondays, every 4 weeks."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.exposures.sig.elements import DaysOf, Mark, Parts, Times, Weekdays
from refractory.exposures.sig.segments import Intake
from refractory.exposures.sig.timings import Timing

ONCE_DAILY = Times(1, 1)
# Words for the same hour, so that "every evening at bedtime" is once.
SAME_TIME = frozenset({"evening", "night"})


class ContradictionError(Exception):
    """Statements that cannot all be true, or that can be read in two ways."""


@dataclass(frozen=True)
class Factor:
    """How often an amount is taken.

    Args:
        least: Times a day in the mean, at least.
        most: Times a day in the mean, at most.
        times: Intakes on a day on which it is taken; None where they are a range.
        every_days: Days between two of its days, 1 for each day.
        is_said: Whether the text says it.
    """

    least: float
    most: float
    times: float | None = 1.0
    every_days: float = 1.0
    is_said: bool = True

    @property
    def is_daily(self) -> bool:
        """Whether it is once on each day."""
        return self.least == self.most == self.every_days == 1.0


UNSAID = Factor(1.0, 1.0, is_said=False)
EVERY_OTHER_DAY = Factor(0.5, 0.5, every_days=2.0)


def derive_factor(intake: Intake) -> Factor:
    """Derive how often one amount is taken from all its timings.

    Raises:
        ContradictionError: When two of them do not fit.
    """
    timings, dose = intake.timings, intake.dose
    is_divided = any(isinstance(one, Mark) for one, _ in timings)
    a_day = {one for one, _ in timings if isinstance(one, Times) and one.days == 1}
    longer = {one for one, _ in timings if isinstance(one, Times) and one.days != 1}
    parts = merge_parts(timings)
    if is_divided:
        # The parts into which a day's amount is divided do not multiply it.
        if dose.over_days is None and ONCE_DAILY not in a_day and not any(one.least == one.most == 1 for one in longer):
            raise ContradictionError
        a_day, parts = set(), frozenset()
    if dose.over_days is not None:
        (a_day if dose.over_days == 1 else longer).add(Times(1, 1, dose.over_days))
    if dose.is_day_scheme and (parts or not a_day <= {ONCE_DAILY}):
        raise ContradictionError
    if len(a_day) > 1 or len(longer) > 1:
        raise ContradictionError
    said = next(iter(a_day), None)
    if said is not None and parts and (said.least, said.most) != (len(parts), len(parts)):
        raise ContradictionError
    on_day = said or (Times(len(parts), len(parts)) if parts else ONCE_DAILY)
    is_said = bool(timings) or dose.over_days is not None or dose.is_day_scheme
    return _spread(on_day, next(iter(longer), None), timings, is_counted=said is not None, is_said=is_said)


def _spread(
    on_day: Times, interval: Times | None, timings: list[tuple[Timing, bool]], *, is_counted: bool, is_said: bool
) -> Factor:
    """Spread the intakes of a day over the days between two days of intake."""
    least, most = on_day.least, on_day.most
    times = least if least == most else None
    weekdays = merge_weekdays(timings)
    days_of = {one for one, _ in timings if isinstance(one, DaysOf)}
    if len(days_of) > 1 or (days_of and (weekdays or interval)):
        raise ContradictionError
    if weekdays:
        weeks = 1.0 if interval is None else interval.days / 7
        if weeks != int(weeks) or (interval is not None and not interval.least == interval.most == len(weekdays)):
            raise ContradictionError
        if is_counted and on_day == ONCE_DAILY and len(weekdays) == 1:
            # "daily, on Sundays" says two things.
            raise ContradictionError
        every_days = 7 * weeks / len(weekdays)
        return Factor(least / every_days, most / every_days, times, every_days)
    if days_of:
        (part,) = days_of
        return Factor(least * part.least / part.period, most * part.most / part.period, times, part.period / part.most)
    if interval is None:
        return Factor(least, most, times, is_said=is_said)
    # "Twice daily every other day" can be; "daily once a week" cannot.
    if is_counted and interval != Times(1, 1, 2):
        raise ContradictionError
    share = interval.least / interval.days, interval.most / interval.days
    return Factor(least * share[0], most * share[1], times, interval.days / max(interval.most, 1.0))


def merge_weekdays(timings: list[tuple[Timing, bool]]) -> frozenset[int]:
    """Join the weekdays of an amount.

    Raises:
        ContradictionError: When it has two lists of them that no "and" joins.
    """
    merged: frozenset[int] = frozenset()
    for one, is_joined in timings:
        if isinstance(one, Weekdays):
            if not one.days or (merged and not is_joined and one.days != merged):
                raise ContradictionError
            merged |= one.days
    return merged


def merge_parts(timings: list[tuple[Timing, bool]]) -> frozenset[str]:
    """Join the parts of the day of an amount; what only says the same again adds none.

    Raises:
        ContradictionError: When two of them differ and no "and" joins them.
    """
    merged: frozenset[str] = frozenset()
    for one, is_joined in timings:
        if not isinstance(one, Parts):
            continue
        if not merged or is_joined:
            merged |= one.names
        elif not (one.names <= merged or merged | one.names == SAME_TIME):
            raise ContradictionError
    return merged
