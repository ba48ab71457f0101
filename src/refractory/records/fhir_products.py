"""Medications of FHIR: the codes of a product and of its ingredients, and how much is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refractory.records.fhir_codings import Coded, read_coded
from refractory.records.fhir_reading import Product
from refractory.records.fhir_values import mapping_of, mappings_of, quantity_of, words_of
from refractory.units import MASS, VOLUME, find_unit


def read_product(body: Mapping[str, Any], systems: Mapping[str, str]) -> Product:
    """Read a Medication.

    Its ingredients' codes stand behind its own. A strength is used where it has one ingredient only: milligrams in one
    tablet, capsule or the like, or in one mL.

    Args:
        body: Its JSON.
        systems: Vocabulary of each coding system that only the source has, by its address.
    """
    own = read_coded(body.get("code"), systems)
    ingredients = mappings_of(body.get("ingredient"))
    parts = [_read_item(one, systems) for one in ingredients]
    codings = dict.fromkeys((*own.codings, *(coding for part in parts for coding in part.codings)))
    text = own.text or next((part.text for part in parts if part.text), "")
    coded = Coded(tuple(codings), text, own.modifiers, own.unknown)
    form = words_of(body.get("form"))
    active = [one for one in ingredients if one.get("isActive") is not False]
    mg, per = _read_strength(active[0].get("strength")) if len(active) == 1 else (None, None)
    return Product(coded, mg, per, form)


def _read_item(ingredient: Mapping[str, Any], systems: Mapping[str, str]) -> Coded:
    item = mapping_of(ingredient.get("item"))
    return read_coded(ingredient.get("itemCodeableConcept") or item.get("concept"), systems)


def _read_strength(written: object) -> tuple[float | None, str | None]:
    ratio = mapping_of(written)
    above, below = quantity_of(ratio.get("numerator"), find_unit), quantity_of(ratio.get("denominator"), find_unit)
    if above is None or above.comparator or above.value <= 0:
        return None, None
    mass = find_unit(above.unit)
    if mass is None or mass.family != MASS:
        return None, None
    mg = above.value * mass.factor
    if below is None or below.value <= 0:
        return mg, "unit"
    volume = find_unit(below.unit)
    if volume is not None and volume.family == VOLUME:
        return mg / (below.value * volume.factor), "mL"
    if volume is not None and volume.family == MASS:
        return None, None  # milligrams in a gram of a cream: no unit of it is counted
    return mg / below.value, "unit"
