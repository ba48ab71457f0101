"""Units of measurement: what the usual spellings mean, and how one is turned into another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractory.errors import UnitError

MASS = "mass"
VOLUME = "volume"
LENGTH = "length"
ENZYME_ACTIVITY = "enzyme activity"
SCORE = "score points"


@dataclass(frozen=True)
class Unit:
    """A unit that can be turned into the others of its family.

    Args:
        family: What it measures.
        factor: How many of the family's first unit make one of it.
        spellings: Ways to write it in UCUM and in free text; case is kept only where it tells units apart.
    """

    family: str
    factor: float
    spellings: tuple[str, ...]


# The avoirdupois pound is 453.59237 g by international agreement (1959); an ounce is a sixteenth of it.
# One katal is one mole a second, one enzyme unit a micromole a minute: 1 µkat/L = 60 U/L.
UNITS: tuple[Unit, ...] = (
    Unit(MASS, 1.0, ("mg", "milligram", "milligrams", "mgs")),
    Unit(MASS, 1_000.0, ("g", "gm", "gms", "gr", "gram", "grams", "gramme", "grammes")),
    Unit(MASS, 1_000_000.0, ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes")),
    Unit(MASS, 0.001, ("ug", "mcg", "µg", "mcgs", "microgram", "micrograms")),
    Unit(MASS, 453_592.37, ("[lb_av]", "[lb_us]", "lb", "lbs", "pound", "pounds", "pound (us)", "pound (avoirdupois)")),
    Unit(MASS, 453_592.37 / 16, ("[oz_av]", "oz", "ozs", "ounce", "ounces", "ounce (avoirdupois)")),
    Unit(VOLUME, 1.0, ("ml", "cc", "milliliter", "milliliters", "millilitre", "millilitres")),
    Unit(VOLUME, 1_000.0, ("l", "liter", "liters", "litre", "litres")),
    Unit(VOLUME, 100.0, ("dl", "deciliter", "decilitre")),
    Unit(VOLUME, 0.001, ("ul", "µl", "microliter", "microlitre")),
    Unit(LENGTH, 1.0, ("cm", "centimeter", "centimeters", "centimetre", "centimetres")),
    Unit(LENGTH, 100.0, ("m", "meter", "meters", "metre", "metres")),
    Unit(LENGTH, 0.1, ("mm", "millimeter", "millimetre")),
    Unit(LENGTH, 2.54, ("[in_i]", "[in_us]", "in", "inch", "inches", "inch (us)", "inch (international)")),
    Unit(
        ENZYME_ACTIVITY,
        1.0,
        (
            *("u/l", "iu/l", "[iu]/l", "unit/l", "units/l", "unit/liter", "units/liter", "unit/litre", "units/litre"),
            *("unit per liter", "units per liter", "international unit per liter", "enzyme unit per liter", "[u]/l"),
            *("mu/ml", "miu/ml", "m[iu]/ml", "milliunit per milliliter", "milli-international unit per milliliter"),
        ),
    ),
    Unit(ENZYME_ACTIVITY, 1_000.0, ("u/ml", "iu/ml", "[iu]/ml", "units/ml", "ku/l", "kiu/l", "unit per milliliter")),
    Unit(ENZYME_ACTIVITY, 60.0, ("ukat/l", "µkat/l", "mckat/l", "microkat/l", "microkatal/l", "microkatal per liter")),
    Unit(ENZYME_ACTIVITY, 0.06, ("nkat/l", "nanokatal/l", "nanokatal per liter")),
    Unit(
        SCORE,
        1.0,
        (
            "points",
            "point",
            "pts",
            "pt",
            "score",
            "scores",
            "{score}",
            "[score]",
            "score points",
            "{points}",
            "1",
            "{#}",
        ),
    ),
)

# What units are written of that need not be turned into others: atoms, powers of ten, annotations, with "/" between.
_ATOM = (
    r"(?:[kmnpfcdu\u00b5]|mc)?(?:g|[lL]|m|mol|Mol|[eE]q|osm|Osm|IU|\[IU\]|iu|U|units?|Pa|kat|cal)"
    r"|%|mm ?\[?Hg\]?|cm ?\[?H2O\]?|mmhg|\[pH\]|pH|\[?INR\]?"
    r"|(?:\u00b0|deg(?:rees)? ?)[CF]|Cel|\[degF\]"
    r"|s|secs?|seconds?|min|minutes?|h|hrs?|hours?|d|days?|wks?|weeks?|mo|months?|yrs?|years?"
    r"|cells?|copies|beats|breaths|bpm|CFU|cfu|\[?[HL]PF\]?|[hl]pf|(?:[x\u00d7] ?)?10[\^*]\d{1,2}|[KM](?=/)"
)
_PART = rf"(?:{_ATOM})?(?:\{{[^{{}}]{{1,20}}\}}|[23\u00b2\u00b3])?"
_LIKE_A_UNIT = re.compile(rf"(?=.*[^/\d\s])(?:{_PART})(?:\s?[/.\u00b7]\s?(?:1\.73 ?)?{_PART}){{0,3}}")

_BY_SPELLING = {spelling: unit for unit in UNITS for spelling in unit.spellings}


def find_unit(written: str | None) -> Unit | None:
    """Find the unit that a text names; None when it names no known unit.

    A missing text and an empty one name none: a number without a unit is not taken for anything.

    Example:
        >>> find_unit("Units/L").family, find_unit(" KG ").factor, find_unit("furlong")
        ('enzyme activity', 1000000.0, None)
    """
    if written is None:
        return None
    text = re.sub(r"\s+", " ", written.strip().lower().replace("μ", "µ")).rstrip(".")
    return _BY_SPELLING.get(text) or _BY_SPELLING.get(re.sub(r"\s*/\s*", "/", text))


def is_unit(written: str) -> bool:
    """Say whether a text is plainly a unit, also one that cannot be turned into another.

    Example:
        >>> is_unit("mg/dL"), is_unit("10*3/uL"), is_unit("mL/min/1.73m2"), is_unit("times a year")
        (True, True, True, False)
    """
    return find_unit(written) is not None or _LIKE_A_UNIT.fullmatch(written.strip().replace("μ", "µ")) is not None


def conversion_factor(unit: str | None, to: str) -> float:
    """Return what a value in one unit is multiplied with to be in the other.

    Scores often have no unit at all: a missing unit is read as points, and as nothing else.

    Args:
        unit: The unit that a value is in, as written; None when the record names none.
        to: The unit that is wanted.

    Raises:
        UnitError: When either is unknown, or they do not measure the same.

    Example:
        >>> conversion_factor("ukat/L", "U/L"), conversion_factor("g", "kg")
        (60.0, 0.001)
    """
    wanted = find_unit(to)
    if wanted is None:
        known = sorted({one.spellings[0] for one in UNITS})
        raise UnitError(f'The unit "{to}" is unknown.', remedy=f"use one of: {', '.join(known)}")
    if wanted.family == SCORE and (unit is None or not unit.strip()):
        return 1.0
    given = find_unit(unit)
    if given is None or given.family != wanted.family:
        said = f'"{unit.strip()}"' if unit and unit.strip() else "no unit"
        why = "is unknown" if given is None and unit and unit.strip() else f"cannot be converted to {to}"
        raise UnitError(f"A value with {said} {why}." if said == "no unit" else f"The unit {said} {why}.")
    return given.factor / wanted.factor


def convert(value: float, unit: str | None, to: str) -> float:
    """Turn a value from the unit that it is written in into another of the same family.

    Args:
        value: The number as recorded.
        unit: Its unit as written; None when the record names none (a score then has points).
        to: The unit that is wanted.

    Raises:
        UnitError: When a unit is unknown, or the two do not measure the same.

    Source:
        UCUM for the spellings; international agreement of 1959 for the pound; NC-IUBMB for katal and enzyme unit.

    Example:
        >>> round(convert(154, "lbs", "kg"), 3), convert(2.5, "µkat/L", "U/L")
        (69.853, 150.0)
    """
    return value * conversion_factor(unit, to)
