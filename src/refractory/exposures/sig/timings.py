"""When and how often: twice a day, q6h, every other day, Mon/Wed/Fri, in the morning and at bedtime."""

from __future__ import annotations

from collections.abc import Callable

from refractory.exposures.sig.clocks import JOINTS, read_clocks
from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.elements import DIVIDED, DaysOf, Mark, Parts, Times, Weekdays
from refractory.exposures.sig.kinds import Kind, Word
from refractory.exposures.sig.measures import read_per_period
from refractory.exposures.sig.quantities import Range, read_one_number, read_quantity
from refractory.exposures.sig.words_of_time import DAY, HOUR, WEEK

Timing = Times | Parts | Weekdays | DaysOf | Mark


def read_timing(cursor: Cursor) -> Timing | None:
    """Read one statement of when or how often."""
    rules: tuple[Callable[[Cursor], Timing | None], ...] = (
        _read_divided,
        _read_days_of,
        _read_cycle,
        _read_counted_times,
        _read_times_over,
        read_clocks,
        _read_weekdays,
        _read_every,
        _read_hourly,
        _read_parts,
        _read_nightly,
        _read_rate,
        _read_per,
    )
    return cursor.attempt_first(rules)


def _read_rate(cursor: Cursor) -> Times | None:
    word = cursor.take(Kind.RATE)
    if word is None:
        return None
    times, days = word.pair
    return Times(times, times, days)


def _read_per(cursor: Cursor) -> Times | None:
    """Read "per day", "a week" apart from the amount: "20 mg by mouth per day"."""
    days = cursor.attempt(read_per_period)
    return Times(1, 1, days) if days is not None and days >= DAY else None


def _read_base(cursor: Cursor) -> float | None:
    """Read the period of "3 times a day", "2x/week", "2 x daily", "4 times in 24 hours"."""
    if rate := cursor.take(Kind.RATE):
        times, days = rate.pair
        is_counted = rate.text.startswith(("once", "one"))
        return days if times == 1 and not is_counted else None
    cursor.take(Kind.SLASH, Kind.PER, Kind.ARTICLE, Kind.EVERY, Kind.IN)
    period = cursor.take(Kind.PERIOD)
    return period.number if period and period.number >= DAY and not is_plural(period) else None


def is_plural(period: Word) -> bool:
    """Say whether a number got lost before a period: "every weeks"."""
    return period.text.endswith("s") and period.text not in ("mes", "mois")


def _read_counted_times(cursor: Cursor) -> Times | None:
    """Read "2 (two) times daily", "2-3 x a day", "up to 4 times a day", "x 3/day", "3x weekly"."""
    is_up_to = cursor.take(Kind.UP_TO) is not None
    if cursor.take(Kind.X):
        quantity = cursor.attempt(read_quantity)
        # "x 3 daily" may be for three days as well.
        is_clear = cursor.kind() in (Kind.SLASH, Kind.PER, Kind.ARTICLE)
        days = cursor.attempt(_read_base) if is_clear else None
    else:
        quantity = cursor.attempt(read_quantity)
        cursor.take(Kind.DASH)
        days = cursor.attempt(_read_base) if quantity and cursor.take(Kind.X, Kind.TIMES) else None
    if quantity is None or days is None:
        return None
    return Times(0.0 if is_up_to else quantity[0], quantity[1], days)


def _read_times_over(cursor: Cursor) -> Times | Parts | Weekdays | None:
    """Read "twice a day", "once or twice daily", "once every 2 weeks", "once in the morning", "once on Mondays"."""
    is_up_to = cursor.take(Kind.UP_TO) is not None
    first = cursor.take(Kind.TIMES_OVER)
    if first is None:
        return None
    second = None
    if cursor.take(Kind.OR, Kind.TO):
        if rate := cursor.take(Kind.RATE):
            # "twice daily" is one phrase, and so is the end of "once or twice daily".
            if rate.pair[0] <= first.number:
                return None
            return Times(0.0 if is_up_to else first.number, rate.pair[0], rate.pair[1])
        second = cursor.take(Kind.TIMES_OVER)
    least, most = first.number, (second or first).number
    cursor.take(Kind.COMMA)
    if (days := cursor.attempt(_read_base)) is not None:
        return Times(0.0 if is_up_to else least, most, days)
    if is_up_to or least != most:
        return None
    if (
        (every := cursor.attempt(_read_every)) is not None
        and isinstance(every, Times)
        and every.least == every.most == 1
    ):
        return Times(least, most, every.days)
    if least == 1:
        return cursor.attempt(_read_weekdays) or cursor.attempt(_read_parts)
    return None


def _read_every(cursor: Cursor) -> Timing | None:
    """Read "every 6 hours", "q4w", "every other Monday", "every third day", "every morning"."""
    if cursor.take(Kind.EVERY) is None:
        return None
    if cursor.take(Kind.OTHER):
        return cursor.attempt(_read_every_other)
    if ordinal := cursor.take(Kind.ORDINAL):
        period = cursor.take(Kind.PERIOD)
        return Times(1, 1, ordinal.number * period.number) if period else None
    if (quantity := cursor.attempt(read_quantity)) is not None:
        cursor.take(Kind.STOP_MARK, Kind.DASH)
        period = cursor.take(Kind.PERIOD)
        if period is None and (hourly := cursor.take(Kind.HOURLY)):
            period = hourly
        cursor.take(Kind.CYCLE)
        return _spread(quantity, period.number) if period else None
    if period := cursor.take(Kind.PERIOD):
        return Times(1, 1, period.number) if period.number >= DAY and not is_plural(period) else None
    return cursor.attempt(_read_weekdays) or cursor.attempt(_read_parts)


def _read_every_other(cursor: Cursor) -> Times | None:
    if period := cursor.take(Kind.PERIOD):
        return Times(1, 1, 2 * period.number) if period.number >= DAY else None
    if cursor.take(Kind.PART):
        return Times(1, 1, 2 * DAY)
    day = cursor.take(Kind.WEEKDAY)
    return Times(1, 1, 2 * WEEK) if day and len(day.weekdays) == 1 else None


def _spread(quantity: Range, period: float) -> Times | None:
    """Once in so many periods; hours are turned into times a day."""
    shortest, longest = quantity[0] * period, quantity[1] * period
    if shortest <= 0 or period < HOUR:
        return None
    if longest <= DAY:
        return Times(round(DAY / longest, 9), round(DAY / shortest, 9))
    if shortest == longest:
        return Times(1, 1, round(longest, 9))
    return Times(round(DAY / longest, 9), round(DAY / shortest, 9)) if shortest >= HOUR else None


def _read_hourly(cursor: Cursor) -> Times | None:
    """Read "6 hourly", "4-6 hrly"."""
    quantity = cursor.attempt(read_quantity)
    cursor.take(Kind.DASH)
    return _spread(quantity, HOUR) if quantity and cursor.take(Kind.HOURLY) else None


def _read_parts(cursor: Cursor) -> Parts | None:
    """Read "in the morning", "morning, noon and night", "every morning and every evening", "AM and PM"."""
    names: set[str] = set()
    while True:
        mark = cursor.at
        if names and cursor.take(*JOINTS) is None:
            break
        cursor.skip(*JOINTS, Kind.ON, Kind.IN, Kind.EVERY) if names else cursor.take(Kind.ON, Kind.IN)
        word = cursor.take(Kind.PART)
        if word is None:
            cursor.at = mark
            break
        names.add(str(word.value))
    return Parts(frozenset(names)) if names else None


def _read_nightly(cursor: Cursor) -> Parts | None:
    """Read the "on" of British prescriptions (omni nocte), which is English for nothing before a day."""
    word = cursor.take(Kind.ON)
    ends = (Kind.END, Kind.STOP_MARK, Kind.COMMA, Kind.FOR, Kind.X, Kind.AS_NEEDED, Kind.THEN, Kind.CLOSING, Kind.RATIO)
    return Parts(frozenset({"night"})) if word and word.text == "on" and cursor.kind() in ends else None


def _read_weekdays(cursor: Cursor) -> Weekdays | None:
    """Read "on Mondays", "Mon/Wed/Fri", "Monday through Friday", "on the other days"."""
    cursor.take(Kind.ON)
    if cursor.take(Kind.OTHER_DAYS):
        return Weekdays(frozenset(), is_rest=True)
    days: set[int] = set()
    is_joined = False
    while True:
        mark = cursor.at
        joint = cursor.take(*JOINTS) if days else None
        if days and joint is None and cursor.kind() is not Kind.WEEKDAY:
            break
        cursor.skip(*JOINTS, Kind.ON, Kind.EVERY) if days else cursor.take(Kind.EVERY)
        # "Mon-Wed-Fri" is a list, "Mon-Fri" a stretch.
        span = cursor.attempt(_read_span) if joint is None or joint.kind is not Kind.DASH else None
        word = cursor.take(Kind.WEEKDAY) if span is None else None
        if span is None and word is None:
            cursor.at = mark
            break
        days |= span or (word.weekdays if word else set())
        is_joined = is_joined or joint is not None or span is not None
    # Of "Monday Friday" the "to" may have got lost.
    is_clear = is_joined or days not in ({0, 4}, {0, 5}, {0, 6})
    return Weekdays(frozenset(days)) if days and is_clear else None


def _read_span(cursor: Cursor) -> set[int] | None:
    first = cursor.take(Kind.WEEKDAY)
    if first is None or cursor.take(Kind.THROUGH, Kind.DASH, Kind.TO) is None:
        return None
    last = cursor.take(Kind.WEEKDAY)
    is_list = cursor.kind() is Kind.DASH and cursor.kind(1) is Kind.WEEKDAY
    if last is None or is_list or len(first.weekdays) != 1 or len(last.weekdays) != 1:
        return None
    (begin,), (end,) = first.weekdays, last.weekdays
    return {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}


def _read_days_of(cursor: Cursor) -> DaysOf | None:
    """Read "5 days a week", "2 days/week", "for 5 days per month", "21 days of each 28-day cycle"."""
    cursor.take(Kind.FOR, Kind.ON)
    if cursor.take(Kind.ONE_DAY):
        quantity = (1.0, 1.0)
    else:
        found = cursor.attempt(read_quantity)
        period = cursor.take(Kind.PERIOD) if found else None
        if found is None or period is None or period.number != DAY:
            return None
        quantity = found
    cursor.take(Kind.OF)
    if cursor.take(Kind.SLASH, Kind.PER, Kind.ARTICLE, Kind.EVERY) is None and cursor.word(-1).kind is not Kind.OF:
        return None
    cursor.skip(Kind.NOISE)
    number = cursor.attempt(read_one_number)
    cursor.take(Kind.DASH)
    whole = cursor.take(Kind.PERIOD)
    if whole is None or whole.number * (number or 1.0) < quantity[1] or whole.number * (number or 1.0) <= DAY:
        return None
    cursor.take(Kind.CYCLE)
    return DaysOf(quantity[0], quantity[1], whole.number * (number or 1.0))


def _read_cycle(cursor: Cursor) -> Times | None:
    """Read "of each 28-day cycle", behind the days of it on which the drug is taken."""
    if cursor.take(Kind.OF) is None:
        return None
    cursor.skip(Kind.EVERY, Kind.ARTICLE)
    number = cursor.attempt(read_one_number)
    cursor.take(Kind.DASH)
    period = cursor.take(Kind.PERIOD) if number else None
    return Times(1, 1, number * period.number) if number and period and cursor.take(Kind.CYCLE) else None


def _read_divided(cursor: Cursor) -> Mark | None:
    """Read "in 2 divided doses", "divided BID", "divided every 12 hours": the amount is the sum of its parts."""
    if cursor.take(Kind.IN) and cursor.attempt(read_quantity):
        return DIVIDED if cursor.take(Kind.DIVIDED) and (cursor.take(Kind.INTAKES) or True) else None
    cursor.take(Kind.IN)
    if cursor.take(Kind.DIVIDED) is None:
        return None
    cursor.take(Kind.IN)
    if cursor.attempt(read_quantity):
        return DIVIDED if cursor.take(Kind.INTAKES, Kind.TIMES) else None
    cursor.attempt(_read_rate) or cursor.attempt(_read_every) or cursor.attempt(_read_hourly)
    return DIVIDED
