"""How many milligrams one unit of quantity holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from refractory.units import MASS, VOLUME, find_unit

BILLING_UNIT = "billing unit"
DOSE_UNIT = "dose unit"
DRUG_STRENGTH = "drug_strength"
PRODUCT_NAME = "product name"

# UCUM units of `drug_strength`, used where the source has no `concept` table to ask for the name.
UNIT_CONCEPTS: dict[int, str] = {8576: "mg", 8504: "g", 9655: "ug", 9529: "kg", 8587: "mL", 8519: "L"}

_COUNTED_FORM = re.compile(r"\b(tab|tabs|tablets?|caps?|capsules?|lozenges?|suppositor(y|ies)|patch(es)?)\b")


@dataclass(frozen=True)
class Strength:
    """One row of `drug_strength`: one ingredient of one product; units as UCUM writes them."""

    ingredient_concept_id: int
    amount: float | None = None
    amount_unit: str | None = None
    numerator: float | None = None
    numerator_unit: str | None = None
    denominator: float | None = None
    denominator_unit: str | None = None


@dataclass(frozen=True)
class StrengthEvidence:
    """Everything that a record says about the milligrams in one unit of its quantity.

    Args:
        billing_unit_mg: Milligrams in a billing unit, from a code list.
        dose_unit: The unit that the source gives for the quantity.
        strengths: Rows of `drug_strength` for the product, one an ingredient.
        ingredients: Concept ids that count as the drug of interest.
        names: Names of the product, the most trusted first.
    """

    billing_unit_mg: float | None = None
    dose_unit: str | None = None
    strengths: Sequence[Strength] = ()
    ingredients: Collection[int] = ()
    names: tuple[str | None, ...] = ()


def derive_mg_per_unit(said: StrengthEvidence) -> tuple[float | None, str | None]:
    """Say how many milligrams one unit of quantity holds, and by what that is known.

    In this order: the billing unit of the code; the unit of the quantity itself, where the product is not counted in
    tablets or the like (there, "mg" is the unit of the strength); `drug_strength`; the strength in the product's name.

    Returns:
        Milligrams and their origin; twice None when nothing says it or two ingredients leave it open.

    Source:
        OMOP CDM v5.4, DRUG_STRENGTH and DRUG_EXPOSURE.quantity: a fixed amount is one unit's content; a concentration
        without a volume is per millilitre and the quantity is in millilitres; with a volume the quantity counts
        packages of it.

    Example:
        >>> derive_mg_per_unit(StrengthEvidence(billing_unit_mg=500))
        (500.0, 'billing unit')
        >>> derive_mg_per_unit(StrengthEvidence(names=("prednisone 5 MG Oral Tablet",)))
        (5.0, 'product name')
    """
    if said.billing_unit_mg:
        return float(said.billing_unit_mg), BILLING_UNIT
    unit = find_unit(said.dose_unit)
    if unit and unit.family == MASS and not is_counted(said.names):
        return unit.factor, DOSE_UNIT
    of_drug = [
        one for one in said.strengths if len(said.strengths) == 1 or one.ingredient_concept_id in said.ingredients
    ]
    if len(of_drug) == 1 and (mg := _milligrams(of_drug[0])) is not None:
        return mg, DRUG_STRENGTH
    if not said.strengths:
        for name in said.names:
            if name and (mg := read_strength(name)) is not None:
                return mg, PRODUCT_NAME
    return None, None


def is_counted(names: Iterable[str | None]) -> bool:
    """Say whether a product is counted in tablets, capsules or the like.

    Example:
        >>> is_counted(("prednisone 5 MG Oral Tablet",)), is_counted(("methotrexate 25 MG/ML Injection", None))
        (True, False)
    """
    return any(name and _COUNTED_FORM.search(name.lower()) for name in names)


def _milligrams(one: Strength) -> float | None:
    amount = _in(MASS, one.amount, one.amount_unit)
    if amount is not None:
        return amount
    numerator = _in(MASS, one.numerator, one.numerator_unit)
    per = find_unit(one.denominator_unit)
    if numerator is None or per is None or per.family != VOLUME:
        return None
    # A volume makes it a package of known content; without one it is per millilitre (or litre).
    return numerator if one.denominator else numerator / per.factor


def _in(family: str, amount: float | None, unit: str | None) -> float | None:
    known = find_unit(unit)
    return amount * known.factor if amount and amount > 0 and known and known.family == family else None


_NUMBER = r"(\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
_AMOUNT = re.compile(rf"(?<![\d.,]){_NUMBER} ?-?(mg|mcg|ug|µg|gm|g)\b(?! ?/ ?(?:\d|[a-z]))")
_PER_VOLUME = re.compile(rf"(?<![\d.,]){_NUMBER} ?(mg|mcg|ug|µg|gm|g) ?/ ?{_NUMBER[:-1]})? ?(ml|l)\b")
_VOLUME_FIRST = re.compile(rf"^{_NUMBER} ?ml\b")
# Several ingredients, packs of several products, and rates: one number of them is not the content of a unit.
_NOT_ONE_STRENGTH = re.compile(r"[{}]| / |\bpack\b|/ ?(hr|h|actuat|spray|inhal|sqcm|day)\b|\d ?- ?\d+ ?mg")


def read_strength(name: str) -> float | None:
    """Read the milligrams in one unit from the name of a product; None when it has none, or more than one.

    A tablet's strength is per tablet, a solution's per millilitre; "10 ML" in front makes it a package of that volume.

    Example:
        >>> read_strength("methotrexate 25 MG/ML Injectable Solution"), read_strength("Aspirin 0.5 G tab")
        (25.0, 500.0)
        >>> read_strength("10 ML methotrexate 25 MG/ML Injection"), read_strength("A 10 MG / B 5 MG Oral Tablet")
        (250.0, None)
    """
    plain = re.sub(r"\[[^\]]*\]", " ", name.lower().replace("μ", "µ"))
    concentrations = _PER_VOLUME.findall(plain)
    rest = _PER_VOLUME.sub(" ", plain)
    if _NOT_ONE_STRENGTH.search(rest):
        return None
    amounts = _AMOUNT.findall(rest)
    if len(concentrations) == 1 and not amounts:
        number, unit, volume, volume_unit = concentrations[0]
        millilitres = _number(volume or "1") * (1000 if volume_unit == "l" else 1)
        per_millilitre = _number(number) * _FACTORS[unit] / millilitres
        package = _VOLUME_FIRST.match(plain)
        return per_millilitre * _number(package[1]) if package else per_millilitre
    if len(amounts) == 1 and not concentrations:
        return _number(amounts[0][0]) * _FACTORS[amounts[0][1]]
    return None


_FACTORS = {"mg": 1.0, "mcg": 0.001, "ug": 0.001, "µg": 0.001, "g": 1000.0, "gm": 1000.0}


def _number(text: str) -> float:
    return float(text.replace(",", ""))
