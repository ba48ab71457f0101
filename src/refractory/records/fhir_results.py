"""Results of FHIR's observations: a number with its unit, a text that stands for a number, or words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refractory.records.fhir_codings import read_coded
from refractory.records.fhir_values import Quantity, mapping_of, number_of, quantity_of, text_of
from refractory.units import find_unit, is_unit

# A text that stands for a number which cannot be reckoned with: beyond a limit, a titre, a span.
_LIKE_A_NUMBER = re.compile(r"[<>]=?\s*\d[\d.,]*(\s*\S{1,15})?|[<>]?\d[\d.]*:\d[\d.]*|\d[\d.]*\s?-\s?\d[\d.]*")
# "12.5 mg/dL", "<= 5 mg/dL"; a comma parts decimals where it can part nothing else.
_WITH_UNIT = re.compile(
    r"(?P<limit>[<>]=?|[≤≥])?\s*(?P<number>[-+]?\d+(?:[.]\d+|,\d{1,2}|,\d{4,})?)(?P<span>\s?-\s?\d+(?:[.]\d+)?)?"
    r"(?P<unit>\s*[^\s\d,.;:][^,;]{0,30}|\s10[\^*][^,;]{1,30})?"
)
_TO_ASCII = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True)
class Result:
    """What an observation, or one of its components, says.

    Args:
        number: A number that may be reckoned with.
        said: Its text; None where it says nothing.
        unit: The unit of the number, or of the text that stands for one.
        is_amount: True where it is a number or stands for one: a limit, a titre, a span.
    """

    number: float | None = None
    said: str | None = None
    unit: str = ""
    is_amount: bool = False


def read_result(element: Mapping[str, Any]) -> Result:
    """Read the result of an Observation or of a component; an empty one where it has none."""
    if (quantity := quantity_of(element.get("valueQuantity"), find_unit)) is not None:
        return Result(None if quantity.comparator else quantity.value, _write(quantity), quantity.unit, is_amount=True)
    for name in ("valueInteger", "valueDecimal"):
        if (number := number_of(element.get(name))) is not None:
            return Result(number, f"{number:.15g}", is_amount=True)
    if isinstance(answer := element.get("valueBoolean"), bool):
        return Result(said="yes" if answer else "no")
    for name in ("valueCodeableConcept", "valueCoding"):
        if element.get(name):
            said = read_coded(element.get(name)).text or None
            number = number_of(said)
            return Result(number, said, is_amount=number is not None or bool(said and _LIKE_A_NUMBER.fullmatch(said)))
    if text := text_of(element.get("valueString")):
        return read_text(text)
    if ratio := mapping_of(element.get("valueRatio")):
        return _read_ratio(ratio)
    if span := mapping_of(element.get("valueRange")):
        return _read_span(span)
    for name in ("valueDateTime", "valueTime"):
        if text := text_of(element.get(name)):
            return Result(said=f"on {text[:10]}")
    return Result()


def read_text(text: str) -> Result:
    """Read a result that is a text: plainly a number, with a unit or without, or words.

    Example:
        >>> read_text("12.5 mg/dL")
        Result(number=12.5, said='12.5 mg/dL', unit='mg/dL', is_amount=True)
        >>> read_text("< 5 mg/dL")
        Result(number=None, said='<5', unit='mg/dL', is_amount=True)
        >>> read_text("3 times a year").is_amount
        False
    """
    if (number := number_of(text)) is not None:
        return Result(number, text, is_amount=True)
    found = _WITH_UNIT.fullmatch(text)
    unit = (found["unit"] or "").strip() if found else ""
    if found is None or (unit and not is_unit(unit)):
        return Result(said=text, is_amount=bool(_LIKE_A_NUMBER.fullmatch(text)))
    if found["limit"]:
        is_span = bool(found["span"])
        said = (
            text if is_span else f"{_TO_ASCII.get(found['limit'], found['limit'])}{found['number'].replace(',', '.')}"
        )
        return Result(None, said, unit, is_amount=not is_span)
    if found["span"]:
        return Result(None, f"{found['number']}{found['span']}".replace(" ", ""), unit, is_amount=True)
    return Result(number_of(found["number"].replace(",", ".")), text, unit, is_amount=True)


def _write(quantity: Quantity) -> str:
    return f"{quantity.comparator}{quantity.value:.15g}"


def _read_ratio(ratio: Mapping[str, Any]) -> Result:
    above, below = (quantity_of(ratio.get(name), find_unit) for name in ("numerator", "denominator"))
    if above is None or below is None or below.comparator:
        return Result()
    if above.unit and below.unit and below.value > 0:
        # So much of one thing in so much of another: 30 mg in 1 g.
        number = above.value / below.value
        amount = Quantity(number, f"{above.unit}/{below.unit}", above.comparator)
        return Result(None if above.comparator else number, _write(amount), amount.unit, is_amount=True)
    return Result(None, f"{_write(above)}:{below.value:.15g}", is_amount=True)


def _read_span(span: Mapping[str, Any]) -> Result:
    """Read a Range; one that is open at an end is a limit."""
    low, high = (quantity_of(span.get(name), find_unit) for name in ("low", "high"))
    if low is not None and high is not None:
        return Result(None, f"{low.value:.15g}-{high.value:.15g}", low.unit or high.unit, is_amount=True)
    for end, sign in ((low, ">="), (high, "<=")):
        if end is not None:
            return Result(None, f"{sign}{end.value:.15g}", end.unit, is_amount=True)
    return Result()
