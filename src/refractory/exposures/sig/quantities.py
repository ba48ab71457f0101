"""Numbers of a direction: one and a half, 1-2, ten (10)."""

from __future__ import annotations

from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.kinds import Kind

Range = tuple[float, float]
_FIRST = (Kind.NUMBER, Kind.FRACTION, Kind.ARTICLE)


def read_quantity(cursor: Cursor) -> Range | None:
    """Read a number or a range ("1-2", "one or two", "1/2 to 1"); least and most."""
    first = cursor.attempt(read_one_number)
    if first is None:
        return None
    second = cursor.attempt(_read_upper_end)
    return (first, first) if second is None else (min(first, second), max(first, second))


def _read_upper_end(cursor: Cursor) -> float | None:
    if cursor.take(Kind.DASH, Kind.TO, Kind.OR) is None:
        return None
    upper = cursor.attempt(read_one_number)
    # A third number makes it a scheme of the day (1-0-1), which is no range.
    is_scheme = cursor.kind() is Kind.DASH and cursor.kind(1) in (Kind.NUMBER, Kind.FRACTION)
    return None if is_scheme else upper


def read_one_number(cursor: Cursor) -> float | None:
    """Read one number: 2, 1/2, "1 1/2", "one and a half", "2 (two)".

    Many rules begin with a number: what was read at a place is kept.
    """
    if cursor.kind() not in _FIRST:
        return None
    start = cursor.at
    if start not in cursor.numbers:
        cursor.numbers[start] = _read_stated(cursor), cursor.at
    value, cursor.at = cursor.numbers[start]
    return value


def _read_stated(cursor: Cursor) -> float | None:
    value = cursor.attempt(_read_plain)
    if value is None:
        return None
    mark = cursor.at
    if cursor.take(Kind.OPENING):
        again = cursor.attempt(_read_plain)
        if again == value and cursor.take(Kind.CLOSING):
            return value
        cursor.at = mark
    return value


def _read_plain(cursor: Cursor) -> float | None:
    if cursor.kind() is Kind.ARTICLE and cursor.kind(1) is Kind.FRACTION:
        cursor.take(Kind.ARTICLE)
    if part := cursor.take(Kind.FRACTION):
        return part.number
    whole = cursor.take(Kind.NUMBER)
    if whole is None:
        return None
    value = whole.number
    if whole.is_spelled and value >= 20:
        value += cursor.attempt(_read_spelled_digit) or 0.0
    if value == int(value):
        value = cursor.attempt(lambda inner: _read_fraction_behind(inner, value)) or value
    return value


def _read_spelled_digit(cursor: Cursor) -> float | None:
    cursor.take(Kind.DASH)
    word = cursor.take(Kind.NUMBER)
    return word.number if word and word.is_spelled and 1 <= word.number <= 9 else None


def _read_fraction_behind(cursor: Cursor, whole: float) -> float | None:
    """Read what makes 1 to one and a half; but "one half" and "one-half" are a half."""
    is_dashed = cursor.take(Kind.DASH) is not None
    is_added = cursor.take(Kind.AND, Kind.PLUS) is not None
    cursor.skip(Kind.DASH)
    if is_added:
        one = cursor.take(Kind.ARTICLE, Kind.NUMBER)
        if one is not None and one.number != 1:
            return None
        cursor.skip(Kind.DASH)
    part = cursor.take(Kind.FRACTION)
    if part is None:
        return None
    if part.is_spelled and not is_added:
        return part.number if whole == 1 else None
    # "1 - 1/2" with the dash is one and a half, as pharmacies write it: a range would not begin with its upper end.
    return None if is_dashed and whole < 1 else whole + part.number
