"""Units and strengths of a direction: mg, mg/kg, tablets, 25 mg/mL, 20 mg tablets."""

from __future__ import annotations

from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.elements import Measure, Strength
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.quantities import Range, read_one_number

# A bare number counts tablets; above this it is more likely to be milligrams whose unit was left out.
MOST_BARE = 8.0
# What may stand between a strength and the form that has it: "20 mg oral tablet".
FORM_WORDS = (Kind.NOISE, Kind.DASH)


def read_measure(cursor: Cursor) -> tuple[str, float] | None:
    """Read a unit; per kilogram and per square metre are units of their own."""
    cursor.take(Kind.DASH)
    word = cursor.take(Kind.MEASURE)
    if word is None:
        return None
    unit, factor = word.unit
    mark = cursor.at
    body = cursor.take(Kind.BODY) if cursor.take(Kind.SLASH, Kind.PER) else None
    if body is None:
        cursor.at = mark
        return unit, factor
    return f"{unit}/{body.value}", factor


def read_form(cursor: Cursor) -> str | None:
    """Read "tablets" with what may stand before it; "unit" for what is counted."""
    cursor.skip(*FORM_WORDS, Kind.ARTICLE)
    word = cursor.take(Kind.FORM)
    return str(word.value) if word else None


def scale_to(quantity: Range, unit: str, factor: float) -> Measure:
    """Turn a number in one unit into an amount in another."""
    return Measure(unit, round(quantity[0] * factor, 12), round(quantity[1] * factor, 12))


def is_strength(cursor: Cursor) -> bool:
    """Say whether a form or a volume follows an amount, which makes it a strength."""
    mark = cursor.at
    is_form = cursor.attempt(read_form) is not None
    cursor.at = mark
    is_per_volume = cursor.attempt(_read_volume) is not None
    cursor.at = mark
    return is_form or is_per_volume


def _read_volume(cursor: Cursor) -> float | None:
    """Read the millilitres of "25 mg/mL" and "15 mg/5 mL"."""
    if cursor.take(Kind.SLASH, Kind.PER) is None:
        return None
    number = cursor.attempt(read_one_number) or 1.0
    unit = cursor.attempt(read_measure)
    return number * unit[1] if unit and unit[0] == "mL" else None


def read_strength(cursor: Cursor) -> Strength | None:
    """Read "20 mg tablet" or "25 mg/mL": what one of it holds."""
    amount = cursor.attempt(read_one_number)
    unit = cursor.attempt(read_measure) if amount else None
    if not amount or unit is None or unit[0] != "mg":
        return None
    mg = amount * unit[1]
    if (volume := cursor.attempt(_read_volume)) is not None:
        return Strength(mg / volume, "mL")
    return Strength(mg, "unit") if cursor.attempt(read_form) == "unit" else None


def read_per_period(cursor: Cursor) -> float | None:
    """Read "/day", "per week", "a day", "/24 h"."""
    if cursor.take(Kind.SLASH, Kind.PER, Kind.ARTICLE) is None:
        return None
    number = cursor.take(Kind.NUMBER)
    period = cursor.take(Kind.PERIOD)
    if period is None:
        return None
    days = period.number * (number.number if number else 1.0)
    # A rate per hour or minute is the speed of an infusion, not a dose.
    return round(days, 6) if days >= 0.2 else None
