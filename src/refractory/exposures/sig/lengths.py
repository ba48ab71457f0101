"""How long a stretch with one amount lasts, and what a day of it has."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.exposures.sig.elements import Again, Count, Days, Lasting, Measure
from refractory.exposures.sig.factors import ContradictionError
from refractory.exposures.sig.rates import Rate, scale_measures
from refractory.exposures.sig.segments import Segment


@dataclass(frozen=True)
class Run:
    """Days with one amount, counted from the day that the direction has reached.

    Args:
        first: Its first day.
        days: How many; None for until the exposure ends.
        measures: Amount a day in each unit that the text gives.
        is_sure: Whether the days are sure; "for 7 to 10 days" has three days that are not.
    """

    first: int
    days: int | None
    measures: tuple[Measure, ...]
    is_sure: bool = True


def derive_runs(segment: Segment, rate: Rate, reached: int) -> list[Run]:
    """Derive the days of one stretch.

    Args:
        segment: The stretch.
        rate: What it says a day.
        reached: Days of the direction before it; named days are counted from the first of all.

    Raises:
        ContradictionError: When its days are said in two ways that do not fit.
    """
    kinds = [segment.lasting, segment.count, segment.over, segment.days]
    is_once_for_days = "single" in segment.marks and segment.lasting is not None
    if is_once_for_days or sum(one is not None for one in kinds) > 1 or (segment.again and segment.cycle_days):
        raise ContradictionError
    every = segment.cycle_days or (segment.again.days if segment.again and segment.again.is_forever else None)
    if every is not None:
        return _derive_returning(segment, rate, every)
    if segment.again is not None:
        return _derive_twice(segment, rate, segment.again)
    if segment.days is not None:
        return _derive_named(segment.days, rate, reached)
    if segment.over is not None:
        return _derive_spread(segment, rate)
    if segment.count is not None:
        return _derive_counted(segment.count, rate)
    if segment.lasting is not None:
        if rate.factor.every_days > segment.lasting.most:
            raise ContradictionError
        return _derive_lasting(segment.lasting, rate)
    if "single" in segment.marks:
        if rate.factor.is_said:
            # "stat and daily", "weekly x 1": one dose or more?
            raise ContradictionError
        return [Run(0, 1, rate.measures)]
    return [Run(0, None, rate.measures)]


def _derive_lasting(lasting: Lasting, rate: Rate) -> list[Run]:
    sure, all_days = int(lasting.least), int(lasting.most)
    runs = [Run(0, sure, rate.measures)] if sure else []
    return [*runs, Run(sure, all_days - sure, rate.measures, is_sure=False)] if all_days > sure else runs


def _derive_counted(count: Count, rate: Rate) -> list[Run]:
    """Turn so many doses into days: of three doses every 12 hours the second day has one."""
    factor = rate.factor
    times = factor.times
    if times is None or not factor.is_said or times != int(times) or (count.is_bare and times != 1):
        raise ContradictionError
    number = int(count.number)
    if factor.every_days > 1:
        days = number * factor.every_days / times
        if abs(days - round(days)) > 1e-6:
            raise ContradictionError
        return [Run(0, round(days), rate.measures)]
    whole, rest = divmod(number, int(times))
    runs = [Run(0, whole, rate.measures)] if whole else []
    return [*runs, Run(whole, 1, scale_measures(rate.measures, rest / times, rest / times))] if rest else runs


def _derive_spread(segment: Segment, rate: Rate) -> list[Run]:
    """Spread an amount over days: "2 g/kg over 2 days" is 1 g/kg on each of them."""
    over = segment.over
    if over is None:
        return []
    if rate.factor.every_days > 1:
        return [Run(0, None, rate.measures)]
    if rate.factor.is_said:
        if not rate.factor.is_daily or over.least != over.most:
            raise ContradictionError
        return [Run(0, int(over.most), rate.measures)]
    return [Run(0, int(over.most), scale_measures(rate.measures, 1 / over.most, 1 / over.least))]


def _derive_named(days: Days, rate: Rate, reached: int) -> list[Run]:
    begin = days.spans[0][0]
    is_daily = rate.factor.every_days == 1
    if begin < reached or (reached == 0 and begin != 0):
        raise ContradictionError
    if days.is_points:
        if rate.factor.is_said and rate.factor.every_days > 1:
            raise ContradictionError
        return [Run(first - reached, 1, rate.measures) for first, _ in days.spans]
    lengths = [None if last is None else last - first + 1 for first, last in days.spans]
    if not is_daily and any(length is not None and length < rate.factor.every_days for length in lengths):
        raise ContradictionError
    return [Run(first - reached, length, rate.measures) for (first, _), length in zip(days.spans, lengths, strict=True)]


def _derive_twice(segment: Segment, rate: Rate, again: Again) -> list[Run]:
    """Lay "1 g, repeat in 14 days": two days."""
    is_one_dose = not rate.factor.is_said or "single" in segment.marks
    if not is_one_dose or segment.lasting or segment.count or segment.days or segment.over:
        raise ContradictionError
    return [Run(0, 1, rate.measures), Run(int(again.days), 1, rate.measures)]


def _derive_returning(segment: Segment, rate: Rate, every: float) -> list[Run]:
    """Give a stretch that comes back every so many days its mean over all days."""
    if segment.over is not None:
        amount = 1.0 if not rate.factor.is_said else segment.over.most if rate.factor.is_daily else 0.0
        if not amount or (rate.factor.is_said and segment.over.least != segment.over.most):
            raise ContradictionError
    elif segment.days is not None:
        spans = segment.days.spans
        if spans[0][0] != 0 or any(last is None or last >= every for _, last in spans):
            raise ContradictionError
        amount = sum(1 if segment.days.is_points else (last or 0) - first + 1 for first, last in spans)
    elif segment.lasting is not None:
        if segment.lasting.least != segment.lasting.most or segment.lasting.most > every:
            raise ContradictionError
        amount = segment.lasting.most
    elif segment.count is not None:
        if not rate.factor.times or not rate.factor.is_said:
            raise ContradictionError
        amount = segment.count.number * rate.factor.every_days / rate.factor.times
    elif not rate.factor.is_said:
        amount = 1.0
    else:
        raise ContradictionError
    measures = scale_measures(rate.measures, amount / every, amount / every)
    return [Run(0, _derive_total(segment, every), measures)]


def _derive_total(segment: Segment, every: float) -> int | None:
    total = segment.total
    if total is None:
        return None
    if isinstance(total, Count):
        return round(total.number * every)
    if total.least != total.most or total.most < every:
        raise ContradictionError
    return int(total.most)
