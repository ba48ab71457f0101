"""How a taper goes on: the amounts of its steps, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refractory.exposures.sig.elements import Change, Dose, Measure
from refractory.exposures.sig.factors import ContradictionError
from refractory.exposures.sig.rates import Rate, scale_measures

# A taper of more steps is a slip of the pen, such as micrograms for milligrams.
MOST_STEPS = 400


@dataclass(frozen=True)
class Taper:
    """The steps of a change.

    Args:
        rates: What each step has a day.
        step_days: Days of each step.
        reaches_target: Whether the last step is the amount that the text names, which then goes on.
    """

    rates: tuple[Rate, ...]
    step_days: int
    reaches_target: bool


def derive_taper(before: Rate, change: Change, sign: int) -> Taper:
    """Derive the steps of a taper from the amount before it.

    The first step is already lower (or higher) by one amount; the last is the target, where it has one, and else the
    last that is more than nothing.

    Raises:
        ContradictionError: When the amount before is not one a day or one each so many days, when the units differ, or
            when the target is never reached.
    """
    unit, start, by = _find_start(before, change)
    target = _find_target(before, change, unit)
    if change.every_days != int(change.every_days) or by <= 0:
        raise ContradictionError
    if target is None and sign > 0:
        raise ContradictionError
    end = 0.0 if target is None else target
    if (end - start) * sign <= 0:
        raise ContradictionError
    amounts = []
    amount = start
    while True:
        amount = round(amount + sign * by, 6)
        if (amount - end) * sign >= -1e-9:
            break
        amounts.append(amount)
        if len(amounts) > MOST_STEPS:
            raise ContradictionError
    if target is not None:
        amounts.append(end)
    rates = tuple(_at(before, amount / start) for amount in amounts)
    return Taper(rates, int(change.every_days), target is not None)


def _find_start(before: Rate, change: Change) -> tuple[str, float, float]:
    """Find the unit that start and step share, with the amount of one intake and of the step."""
    single = before.single
    if single is None or before.factor.times != 1 or single.pair:
        raise ContradictionError
    for by in change.by.measures:
        start = single.find(by.unit)
        if start is not None and start.least == start.most > 0:
            return by.unit, start.least, by.least
    raise ContradictionError


def _find_target(before: Rate, change: Change, unit: str) -> float | None:
    if change.target is None:
        return None
    timing, factor = change.target_timing, before.factor
    if timing is not None and abs(timing.least / timing.days - factor.least) > 1e-9:
        raise ContradictionError
    target, over_days = change.target.find(unit), change.target.over_days
    if target is None or (over_days is not None and abs(1 / over_days - factor.least) > 1e-9):
        raise ContradictionError
    return target.least


def _at(before: Rate, share: float) -> Rate:
    """The rate before, at another amount."""
    single = before.single
    if single is None:
        raise ContradictionError
    scaled = Dose(scale_measures(single.measures, share, share), single.over_days)
    return replace(
        before,
        measures=_rounded(scale_measures(before.measures, share, share)),
        single=replace(scaled, measures=_rounded(scaled.measures)),
    )


def _rounded(measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    return tuple(Measure(one.unit, round(one.least, 12), round(one.most, 12)) for one in measures)
