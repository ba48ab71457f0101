"""Levels of a daily dose near day 0: told day by day, and where one is raised above the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from refractory.dates import Window

_SAME_MG = 1e-6
# A supply of 7 tablets a week is 30 tablets in one month and 31 in the next: doses so near are one level.
_SAME_SHARE = 0.05
# How long before the window a dose may have been held that a raised one is compared with.
_LOOK_BACK_DAYS = 90


@dataclass(frozen=True)
class DoseStretch:
    """Days with one dose, from day 0.

    Args:
        from_day: First of them.
        until_day: Last of them.
        mg: Mg of prednisone a day, of the exposures whose dose is known.
        is_known: Whether that is all of them.
        is_high: Whether it is of the exposures that could be a pulse.
    """

    from_day: int
    until_day: int
    mg: float
    is_known: bool
    is_high: bool


def is_in(day: int, window: Window) -> bool:
    """Say whether a day lies in a window, both ends included."""
    return (window.first_day is None or day >= window.first_day) and (window.last_day is None or day <= window.last_day)


def derive_doses_by_day(
    stretches: Sequence[DoseStretch], window: Window, pulse_mg: float, raised_for: int
) -> dict[int, tuple[float | None, bool]]:
    """Tell the dose of every day that a raised dose in the window can depend on, and whether the day is a pulse.

    Args:
        stretches: The stretches of one person.
        window: Days around day 0, both ends known.
        pulse_mg: A day with at least so many mg is a pulse.
        raised_for: How many days a level of the dose lasts at least.

    Returns:
        By day the daily dose, pulses apart (None where it is not known; 0 without exposure), and whether it is a pulse.
    """
    first, last = (window.first_day or 0) - _LOOK_BACK_DAYS, (window.last_day or 0) + raised_for - 1
    rest = dict.fromkeys(range(first, last + 1), 0.0)
    high = dict(rest)
    unknown = set()
    for one in stretches:
        for day in range(max(first, one.from_day), min(last, one.until_day) + 1):
            (high if one.is_high else rest)[day] += one.mg
            if not one.is_known:
                unknown.add(day)
    doses: dict[int, tuple[float | None, bool]] = {}
    for day, mg in rest.items():
        is_pulse = high[day] > 0 and mg + high[day] >= pulse_mg
        dose = mg if is_pulse else mg + high[day]
        doses[day] = (None if day in unknown else dose, is_pulse)
    return doses


def find_raised(
    doses: Mapping[int, tuple[float | None, bool]], window: Window, raised_percent: float, raised_for: int
) -> list[int]:
    """Find the days of a window on which the daily dose rose to a level that is higher than the one before.

    A level is a dose of at least `raised_for` days in a row, within 5 % of that of its first day. It is compared with
    the last level above 0 before it: a gap between two supplies is no lower dose. Fewer unknown days than that
    count with the dose before them; after that many nothing is known to compare with.

    Args:
        doses: The dose of each day, from derive_doses_by_day.
        window: Days around day 0, both ends included.
        raised_percent: A level higher by at least so many per cent is raised.
        raised_for: How many days a level lasts at least.

    Example:
        >>> steady = {day: (10.0 if day < 5 else 20.0, False) for day in range(-60, 60)}
        >>> find_raised(steady, Window(-30, 30), 25, 14)
        [5]
    """
    raised = []
    before: float | None = None
    for first, last, mg in _find_runs(_fill_unknown({day: mg for day, (mg, _) in doses.items()}, raised_for)):
        if last - first + 1 < raised_for or mg == 0:
            continue
        if mg is None:
            before = None
            continue
        is_higher = before is not None and mg >= before * (1 + raised_percent / 100) - _SAME_MG
        if is_higher and is_in(first, window):
            raised.append(first)
        before = mg
    return raised


def _fill_unknown(doses: Mapping[int, float | None], at_least: int) -> dict[int, float | None]:
    """Give unknown days the dose before them, where they are fewer than so many in a row."""
    filled = dict(doses)
    before: float | None = None
    for first, last, mg in _find_runs(doses):
        if mg is None and last - first + 1 < at_least:
            filled.update(dict.fromkeys(range(first, last + 1), before))
        else:
            before = doses[last]
    return filled


def _find_runs(doses: Mapping[int, float | None]) -> Iterator[tuple[int, int, float | None]]:
    """Give the days of one dose that follow each other: first, last, dose of the first."""
    days = sorted(doses)
    first = days[0]
    for day, following in zip(days, [*days[1:], None], strict=True):
        mg = doses[first]
        if following is None or not _is_same(mg, doses[following]):
            yield first, day, mg
            first = following if following is not None else day


def _is_same(mg: float | None, other: float | None) -> bool:
    if mg is None or other is None:
        return mg is other
    return abs(mg - other) <= _SAME_MG + _SAME_SHARE * mg
