"""For how long and on which days: for 10 days, x 3, days 1-5, on days 1 and 15, at weeks 0, 2 and 6."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.elements import REPEAT, SINGLE, After, Again, Count, Days, Lasting, Mark, Over
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.quantities import read_one_number, read_quantity
from refractory.exposures.sig.timings import is_plural
from refractory.exposures.sig.tokens import read_number
from refractory.exposures.sig.words_of_time import DAY, HOUR, MONTH, WEEK

# British shorthand for durations: 5/7 is five days, 1/52 a week, 3/12 three months.
_SHORTHAND = {7.0: DAY, 52.0: WEEK, 12.0: MONTH}
# Behind "2 times" these make it a frequency.
_PER = (Kind.ARTICLE, Kind.PER, Kind.SLASH, Kind.RATE, Kind.EVERY)
_ROMAN = ("i", "ii", "iii")
# No course is written in more days than this; a larger number is a slip or something else.
MOST_DAYS = 3660


def read_duration(cursor: Cursor) -> Lasting | Count | Over | Mark | None:
    """Read how long a dose lasts."""
    rules: tuple[Callable[[Cursor], Lasting | Count | Over | Mark | None], ...] = (
        _read_over,
        _read_count,
        _read_lasting,
        _read_shorthand,
        _read_bare_count,
    )
    return cursor.attempt_first(rules)


def _read_length(cursor: Cursor) -> tuple[float, float, float] | None:
    """Read "5 days", "2-3 weeks", "a week", "48 hours": least and most days, and the days of one of its periods."""
    if cursor.take(Kind.ONE_DAY):
        return DAY, DAY, DAY
    quantity = cursor.attempt(read_quantity)
    is_single = quantity is None
    if quantity is None and (cursor.take(Kind.ARTICLE) or cursor.word(-1).kind is Kind.NEXT):
        quantity = (1.0, 1.0)
    if quantity is None:
        return None
    cursor.skip(Kind.DASH, Kind.MORE)
    period = cursor.take(Kind.PERIOD)
    if period is None or (is_single and is_plural(period)):
        return None
    cursor.take(Kind.MORE)
    least, most = (round(number * period.number, 9) for number in quantity)
    is_whole = least == int(least) and most == int(most)
    return (least, most, period.number) if is_whole and 1 <= least <= most <= MOST_DAYS else None


def _read_lasting(cursor: Cursor) -> Lasting | None:
    """Read "for 10 days", "x 5d", "for the next 2 weeks", "for 3 days each"; with nothing before it too."""
    is_each = _take_each(cursor)
    is_led = cursor.take(Kind.FOR, Kind.X, Kind.OF) is not None
    cursor.take(Kind.OF)
    is_up_to = cursor.take(Kind.UP_TO) is not None
    cursor.skip(Kind.NOISE, Kind.TOTAL) if is_led else None
    is_led = cursor.take(Kind.NEXT, Kind.FIRST) is not None or is_led
    if not is_led and cursor.kind() in (Kind.ONE_DAY, Kind.ARTICLE):
        return None
    length = cursor.attempt(_read_length)
    if length is None or (not is_led and not is_up_to and cursor.kind() in (Kind.SLASH, Kind.PER, Kind.AFTER)):
        return None
    if cursor.kind() is Kind.SUPPLY or cursor.word().text in ("before", "prior", "old"):
        return None
    is_each = _take_each(cursor) or is_each
    return Lasting(0.0 if is_up_to else length[0], length[1], is_each, length[2], not is_led)


def _take_each(cursor: Cursor) -> bool:
    if cursor.word().text == "each" and cursor.kind(1) is not Kind.PERIOD:
        return cursor.take(Kind.EVERY) is not None
    return False


def _read_shorthand(cursor: Cursor) -> Lasting | None:
    """Read "5/7", "x 1/52", "for 3/12"."""
    cursor.take(Kind.FOR, Kind.X)
    ratio = cursor.take(Kind.RATIO)
    if ratio is None or cursor.kind() in (Kind.MEASURE, Kind.FORM):
        return None
    number, base = ratio.pair
    period = _SHORTHAND.get(base)
    return Lasting(number * period, number * period, period=period) if period and number >= 1 else None


def _read_count(cursor: Cursor) -> Count | Mark | None:
    """Read "x 3 doses", "for 4 cycles"."""
    if cursor.take(Kind.FOR, Kind.X) is None:
        return None
    cursor.skip(Kind.TOTAL, Kind.NOISE, Kind.OF)
    number = cursor.attempt(read_one_number)
    word = cursor.take(Kind.INTAKES, Kind.CYCLE, Kind.TIMES) if number is not None else None
    is_frequency = word is not None and word.kind is Kind.TIMES and cursor.kind() in _PER
    if number is None or word is None or is_frequency:
        return None
    cursor.take(Kind.TOTAL)
    return _counted(number, is_bare=False)


def _read_bare_count(cursor: Cursor) -> Count | Mark | None:
    """Read "x 3": of a daily dose it is three days, of a monthly one three months."""
    if cursor.take(Kind.X) is None:
        return None
    number = cursor.attempt(read_one_number)
    # "x 3 daily" may be three times a day as well as three days, and "x 2 tablets" is an amount.
    is_open = cursor.kind() in (
        *(Kind.END, Kind.COMMA, Kind.STOP_MARK, Kind.THEN, Kind.CLOSING, Kind.AND, Kind.ROUTE, Kind.AS_NEEDED),
        *(Kind.NOISE, Kind.STOP, Kind.FOR, Kind.PURPOSE, Kind.DISPENSE, Kind.OVER, Kind.REPEAT, Kind.HASH, Kind.SINGLE),
    )
    return _counted(number, is_bare=True) if number is not None and is_open else None


def _counted(number: float, *, is_bare: bool) -> Count | Mark | None:
    if number != int(number) or not 1 <= number <= 400:
        return None
    return SINGLE if number == 1 else Count(number, is_bare)


def _read_over(cursor: Cursor) -> Over | Mark | None:
    """Read "over 2 days"; "over 4 hours" is the speed of an infusion and changes nothing."""
    if cursor.take(Kind.OVER) is None:
        return None
    cursor.skip(Kind.NOISE)
    mark = cursor.at
    length = cursor.attempt(_read_length)
    cursor.at = mark
    quantity = cursor.attempt(read_quantity) or ((1.0, 1.0) if cursor.take(Kind.ARTICLE) else None)
    cursor.take(Kind.DASH)
    period = cursor.take(Kind.PERIOD) if quantity else None
    if period is None:
        return None
    if period.number <= HOUR:
        return Mark("nothing")
    return Over(*length[:2]) if length else None


def read_days(cursor: Cursor) -> Days | None:
    """Read named days: "day 1", "days 1-5", "on days 1 and 15", "week 2", "at weeks 0, 2 and 6", "first 5 days"."""
    return cursor.attempt(_read_numbered_days) or cursor.attempt(_read_ordinal_days)


def _read_numbered_days(cursor: Cursor) -> Days | None:
    cursor.take(Kind.FOR, Kind.ON, Kind.IN)
    is_from = cursor.take(Kind.FROM) is not None
    cursor.skip(Kind.ON, Kind.NOISE)
    period = cursor.take(Kind.PERIOD)
    if (
        period is None
        or period.number not in (DAY, WEEK, MONTH)
        or (len(period.text) == 1 and cursor.word(-2).kind is Kind.NUMBER)
    ):
        return None
    cursor.take(Kind.HASH)
    spans = cursor.attempt(lambda inner: _read_numbers(inner, period.number, is_listed=is_plural(period)))
    if not spans:
        return None
    is_single = len(spans) == 1 and spans[0][0] == spans[0][1]
    is_onward = cursor.take(Kind.ONWARD, Kind.PLUS) is not None or (is_from and is_single)
    return _place(spans, period.number, is_onward=is_onward)


def _read_numbers(cursor: Cursor, period: float, *, is_listed: bool) -> list[tuple[int, int]] | None:
    """Read the numbers of "days 1, 8 and 15" and "day 1 through day 5"."""
    spans: list[tuple[int, int]] = []
    while True:
        mark = cursor.at
        if spans:
            joints = cursor.at
            cursor.skip(Kind.AND, Kind.COMMA, Kind.PLUS, Kind.SLASH)
            same = cursor.take(Kind.PERIOD) if cursor.at > joints else None
            if cursor.at == joints or (same is not None and same.number != period):
                cursor.at = mark
                break
        found = cursor.attempt(lambda inner: _read_number_or_span(inner, period, is_listed=is_listed))
        if not found or _is_an_amount(cursor):
            cursor.at = mark
            break
        spans += found
    return spans or None


def _is_an_amount(cursor: Cursor) -> bool:
    """Whether the number that was read belongs to what follows: "days 1-3, 40 mg", "day 1, 2 tablets"."""
    return cursor.kind() in (
        Kind.MEASURE,
        Kind.FORM,
        Kind.X,
        Kind.TIMES,
        Kind.FRACTION,
        Kind.PERIOD,
        Kind.HOURLY,
        Kind.BODY,
    )


def _read_number_or_span(cursor: Cursor, period: float, *, is_listed: bool) -> list[tuple[int, int]] | None:
    first = cursor.take(Kind.NUMBER)
    if first is None or first.text in _ROMAN:
        return None
    if first.text.count(",") == 1:
        # "days 1,15" looks like a decimal number.
        listed = [read_number(part) for part in first.text.split(",")]
        return [(int(day), int(day)) for day in listed if day is not None] if None not in listed else None
    if first.number != int(first.number) or first.number > MOST_DAYS:
        return None
    begin = int(first.number)
    mark = cursor.at
    if cursor.take(Kind.DASH, Kind.TO, Kind.THROUGH, Kind.UNTIL):
        cursor.skip(Kind.NOISE)
        same = cursor.take(Kind.PERIOD)
        last = cursor.take(Kind.NUMBER)
        if (
            last
            and (same is None or same.number == period)
            and begin < last.number <= MOST_DAYS
            and last.number.is_integer()
            and not _is_an_amount(cursor)
        ):
            return [(begin, int(last.number))]
        cursor.at = mark
        if is_listed:
            # Of "days 1-3 mg" something is missing; "day 1 - 3 tablets" is clear.
            return None
    return [(begin, begin)]


def _place(spans: list[tuple[int, int]], period: float, *, is_onward: bool) -> Days | None:
    """Count from 0: "day 1" is the first day, unless the text has a day 0."""
    origin = 0 if any(first == 0 for first, _ in spans) else 1
    is_points = period > DAY and origin == 0
    length = int(period)
    placed: list[tuple[int, int | None]] = [
        ((first - origin) * length, (last - origin + 1) * length - 1) for first, last in spans
    ]
    if is_onward:
        if len(placed) > 1:
            return None
        placed = [(placed[0][0], None)]
    in_order = all(earlier[1] is not None and earlier[1] < later[0] for earlier, later in pairwise(placed))
    return Days(tuple(placed), is_points, period) if in_order else None


def _read_ordinal_days(cursor: Cursor) -> Days | None:
    """Read "first day", "the second week", "on the third day", "1st week"."""
    cursor.take(Kind.FOR, Kind.ON)
    cursor.skip(Kind.NOISE)
    word = cursor.take(Kind.FIRST, Kind.ORDINAL)
    period = cursor.take(Kind.PERIOD) if word else None
    if word is None or period is None or period.number not in (DAY, WEEK, MONTH):
        return None
    number = int(word.number)
    return _place([(number, number)], period.number, is_onward=False)


def read_after(cursor: Cursor) -> After | Again | Mark | None:
    """Read "after 2 weeks", "repeat in 14 days", "repeat every 6 months", "repeat on day 15"."""
    if cursor.take(Kind.REPEAT):
        cursor.skip(Kind.CYCLE, Kind.NOISE, Kind.INTAKES, Kind.ROUTE)
        if cursor.take(Kind.AFTER, Kind.IN):
            length = cursor.attempt(_read_length)
            return Again(length[0], is_forever=False) if length and length[0] == length[1] else None
        if cursor.take(Kind.EVERY):
            length = cursor.attempt(_read_length) or cursor.attempt(_read_one_period)
            return Again(length[0], is_forever=True) if length and length[0] == length[1] else None
        if rate := cursor.take(Kind.RATE):
            times, days = rate.pair
            return Again(days, is_forever=True) if times == 1 and days > DAY else None
        return REPEAT
    if cursor.take(Kind.AFTER, Kind.IN) is None:
        return None
    length = cursor.attempt(_read_length)
    return After(length[0]) if length and length[0] == length[1] else None


def _read_one_period(cursor: Cursor) -> tuple[float, float, float] | None:
    period = cursor.take(Kind.PERIOD)
    return (period.number,) * 3 if period and period.number > DAY and not is_plural(period) else None
