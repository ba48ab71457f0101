"""Amounts, periods and timings of FHIR, in the words of a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from refractory.exposures.sig.elements import Dose, Measure, Parts, Times, Weekdays
from refractory.exposures.sig.grammar import read_pieces
from refractory.exposures.sig.lexing import read_words
from refractory.exposures.sig.words_of_time import DAY, HOUR, MONTH, WEEK, YEAR

# UnitsOfTime of FHIR (UCUM), in days.
_PERIODS = {"s": HOUR / 3600, "min": HOUR / 60, "h": HOUR, "d": DAY, "wk": WEEK, "mo": MONTH, "a": YEAR}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# EventTiming of FHIR; before, with and after a named meal are one part of the day. A meal without a name is none.
_PARTS = {
    "morning": ("MORN", "MORN.early", "MORN.late", "WAKE", "CM", "ACM", "PCM"),
    "noon": ("NOON", "CD", "ACD", "PCD"),
    "afternoon": ("AFT", "AFT.early", "AFT.late"),
    "evening": ("EVE", "EVE.early", "EVE.late", "CV", "ACV", "PCV"),
    "night": ("NIGHT", "HS", "PHS"),
}
_PART_OF = {code: part for part, codes in _PARTS.items() for code in codes}
# Codes of Timing.code that a direction does not know in these letters.
_TIMING_CODES = {
    "AM": "qam",
    "PM": "qpm",
    "BED": "qhs",
    "WK": "weekly",
    "MO": "monthly",
    **{f"Q{hours}H": f"q{hours}h" for hours in (1, 2, 3, 4, 6, 8, 12, 24)},
}
# Codes of orderable drug forms that no text uses.
_FORM_CODES = {"TAB": "tablet", "CAP": "capsule", "PUFF": "puff", "SPRY": "spray", "GTT": "drop", "PATCH": "patch"}


class UnreadableError(Exception):
    """A structure that says something that is not understood, or nothing where something is needed."""


def read_number(value: object) -> float | None:
    """Read a number of a structure; None where it is absent.

    Raises:
        UnreadableError: When it is none, or below zero.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableError
    try:
        number = float(value)
    except ValueError:
        raise UnreadableError from None
    if not 0 <= number < 1e9:
        raise UnreadableError
    return number


def read_mapping(value: object) -> Mapping[str, Any]:
    """Take a structure; an absent one is empty.

    Raises:
        UnreadableError: When it is none.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UnreadableError
    return value


def read_list(value: object) -> Sequence[Any]:
    """Take a list; an absent one is empty.

    Raises:
        UnreadableError: When it is none.
    """
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise UnreadableError
    return value


def read_quantity_dose(quantity: Mapping[str, Any], *, upper: Mapping[str, Any] | None = None) -> Dose:
    """Read a Quantity, or the low and high end of a Range, as an amount.

    Raises:
        UnreadableError: When value or unit cannot be read.
    """
    least = read_number(quantity.get("value"))
    most = least if upper is None else read_number(upper.get("value"))
    if most is None or quantity.get("comparator") is not None:
        raise UnreadableError
    unit = _read_unit(quantity if quantity.get("value") is not None else read_mapping(upper))
    (measure,) = unit.measures
    low = 0.0 if least is None else least
    return Dose((Measure(measure.unit, low * measure.least, most * measure.least),), unit.over_days)


def _read_unit(quantity: Mapping[str, Any]) -> Dose:
    """Read the unit of a Quantity as the amount that one of it is; its code before its text."""
    for written in (quantity.get("code"), quantity.get("unit")):
        if written is None:
            continue
        if str(written) == "1":
            return Dose((Measure("unit", 1.0, 1.0),))
        plain = str(written).strip().replace("[iU]", "IU").replace("[IU]", "IU").strip("{}")
        pieces = read_pieces(read_words(f"1 {_FORM_CODES.get(plain, plain)}"))
        dose = pieces[0].element if len(pieces) == 1 else None
        if isinstance(dose, Dose) and len(dose.measures) == 1:
            return dose
    if quantity.get("code") is None and quantity.get("unit") is None:
        return Dose((Measure("", 1.0, 1.0),))
    raise UnreadableError


def read_period(value: float, unit: object) -> float:
    """Turn a number of FHIR's units of time into days.

    Raises:
        UnreadableError: When the unit is none.
    """
    if str(unit) not in _PERIODS:
        raise UnreadableError
    return value * _PERIODS[str(unit)]


def read_times(repeat: Mapping[str, Any]) -> Times | None:
    """Read frequency and period of Timing.repeat; None where it has neither.

    Raises:
        UnreadableError: When they have no unit or are zero.
    """
    frequency = read_number(repeat.get("frequency"))
    period = read_number(repeat.get("period"))
    if period is None and frequency is None:
        return None
    if period is None or frequency == 0:
        raise UnreadableError
    has_parts = bool(repeat.get("when") or repeat.get("timeOfDay"))
    if frequency is None and has_parts and read_period(period, repeat.get("periodUnit")) == DAY:
        return None
    least = 1.0 if frequency is None else frequency
    most = read_number(repeat.get("frequencyMax")) or least
    shortest = read_period(period, repeat.get("periodUnit"))
    longest = read_period(read_number(repeat.get("periodMax")) or period, repeat.get("periodUnit"))
    if shortest <= 0 or longest < shortest or most < least:
        raise UnreadableError
    if longest <= DAY or shortest != longest:
        return Times(round(least * DAY / longest, 9), round(most * DAY / shortest, 9))
    return Times(least, most, round(shortest, 9))


def read_parts(repeat: Mapping[str, Any]) -> Parts | None:
    """Read `when` or `timeOfDay`; times of the day stand for themselves.

    Raises:
        UnreadableError: When a code is not known, as that of a meal without a name.
    """
    clocks = [str(one) for one in read_list(repeat.get("timeOfDay"))]
    codes = [str(one) for one in read_list(repeat.get("when"))]
    if clocks and codes:
        raise UnreadableError
    if any(code not in _PART_OF for code in codes):
        raise UnreadableError
    names = clocks or [_PART_OF[code] for code in codes]
    if len(set(names)) != len(names):
        raise UnreadableError
    return Parts(frozenset(names)) if names else None


def read_weekdays(repeat: Mapping[str, Any]) -> Weekdays | None:
    """Read `dayOfWeek`.

    Raises:
        UnreadableError: When a day is not known.
    """
    days = [str(one) for one in read_list(repeat.get("dayOfWeek"))]
    if any(day not in _WEEKDAYS for day in days):
        raise UnreadableError
    return Weekdays(frozenset(_WEEKDAYS.index(day) for day in days)) if days else None


def read_timing_code(code: Mapping[str, Any]) -> list[Any]:
    """Read Timing.code, such as BID, as a direction would have it.

    Raises:
        UnreadableError: When neither a code nor its text is a timing.
    """
    said = [one.get("code") for one in map(read_mapping, read_list(code.get("coding")))]
    for written in (*said, code.get("text")):
        if written is None:
            continue
        text = _TIMING_CODES.get(str(written).strip().upper(), str(written))
        elements = [piece.element for piece in read_pieces(read_words(text))]
        if elements and all(isinstance(one, Times | Parts | Weekdays) for one in elements):
            return elements
    raise UnreadableError


def read_date(written: object) -> date:
    """Read the day of a date or dateTime of FHIR.

    Raises:
        UnreadableError: When it has no day.
    """
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        raise UnreadableError from None
