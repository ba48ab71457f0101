"""Several amounts in one breath: 1-0-1, 10/5 mg on alternate days, 60, 50, 40 mg for 3 days each."""

from __future__ import annotations

from refractory.exposures.sig.cursor import Bare, Cursor
from refractory.exposures.sig.elements import Dose, Measure, Series
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.measures import MOST_BARE, is_strength, read_form, read_measure


def read_pair(cursor: Cursor) -> Dose | None:
    """Read "10/5 mg", which has a meaning for alternate days only."""
    pair = cursor.take(Kind.RATIO)
    unit = cursor.attempt(read_measure) if pair else None
    if unit is None and cursor.bare is not None:
        unit = cursor.bare.unit, cursor.bare.factor
    if pair is None or unit is None or is_strength(cursor):
        return None
    first, second = (number * unit[1] for number in pair.pair)
    return Dose((Measure(unit[0], min(first, second), max(first, second)),), pair=(first, second))


def read_scheme(cursor: Cursor) -> Dose | None:
    """Read "1-0-1" or "20-0-10-0 mg": morning, noon, evening, night.

    Numbers that only fall or rise ("3-2-1", "60-40-20 mg", "3-2-1-0") may be a taper, and are read as nothing.
    """
    intakes = cursor.attempt(_read_dashed)
    if intakes is None:
        return None
    unit: tuple[str, float] | None
    form = cursor.attempt(read_form)
    if form is not None:
        unit = (form, 1.0)
    else:
        unit = cursor.attempt(read_measure)
        if unit is not None and cursor.attempt(read_form):
            return None
    is_even = len(set(intakes)) == 1
    taken = [one for one in intakes if one > 0]
    falls_or_rises = sorted(taken) in (taken, taken[::-1]) and len(set(taken)) > (2 if 0.0 in intakes else 1)
    is_in_mg = unit is not None and unit[0] != "unit"
    if falls_or_rises or (is_in_mg and 0.0 not in intakes and not is_even):
        return None
    bare = cursor.bare or Bare("unit")
    name, factor = unit or (bare.unit, bare.factor)
    if name == "unit" and max(intakes) > MOST_BARE:
        return None
    total = sum(intakes) * factor
    return Dose((Measure(name, total, total),), is_day_scheme=True)


def _read_dashed(cursor: Cursor) -> tuple[float, ...] | None:
    numbers = []
    while (word := cursor.take(Kind.NUMBER, Kind.FRACTION)) is not None:
        numbers.append(word.number)
        if cursor.kind() is not Kind.DASH or cursor.kind(1) not in (Kind.NUMBER, Kind.FRACTION):
            break
        cursor.take(Kind.DASH)
    return tuple(numbers) if len(numbers) in (3, 4) else None


def read_series(cursor: Cursor) -> Series | None:
    """Read "60, 50, 40, 30 mg": amounts that follow one another, when the text gives the days of each."""
    numbers = []
    while (word := cursor.take(Kind.NUMBER)) is not None:
        numbers.append(word.number)
        if cursor.kind() not in (Kind.COMMA, Kind.DASH, Kind.SLASH, Kind.THEN) or cursor.kind(1) is not Kind.NUMBER:
            break
        cursor.take(Kind.COMMA, Kind.DASH, Kind.SLASH, Kind.THEN)
    unit = cursor.attempt(read_measure)
    if unit is None and (form := cursor.take(Kind.FORM)):
        unit = str(form.value), 1.0
    ahead = [cursor.word(place) for place in range(10)]
    is_each = any(word.kind is Kind.EVERY and word.text == "each" for word in ahead)
    if unit is None or len(numbers) < 3 or not is_each:
        return None
    name, factor = unit
    return Series(tuple(Dose((Measure(name, number * factor, number * factor),)) for number in numbers))
