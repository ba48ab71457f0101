"""Medications of FHIR: the codes of a product and of its ingredients, and how much is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from refractory.records.fhir_codings import Coded, read_coded, with_ingredients
from refractory.records.fhir_reading import Product
from refractory.records.fhir_values import mapping_of, mappings_of, quantity_of, reference_of, text_of, words_of
from refractory.units import MASS, VOLUME, find_unit


def read_product(
    body: Mapping[str, Any], systems: Mapping[str, str], beside: Sequence[Mapping[str, Any]] = ()
) -> Product:
    """Read a Medication.

    Its active ingredients' codes stand behind its own, with those of the drugs that their names say. A strength is used
    where it has one of them only: milligrams in one tablet, capsule or the like, or in one mL.

    Args:
        body: Its JSON.
        systems: Vocabulary of each coding system that only the source has, by its address.
        beside: Resources that the record which contains it contains too.
    """
    own = read_coded(body.get("code"), systems)
    active = [one for one in mappings_of(body.get("ingredient")) if one.get("isActive") is not False]
    inside = {
        f"#{text_of(one.get('id')).removeprefix('#')}": one for one in (*beside, *mappings_of(body.get("contained")))
    }
    parts = [_read_item(one, systems, inside) for one in active]
    references = (reference_of(_item_of(one)) for one in active)
    others = tuple(one for one in references if one and not one.startswith("#"))
    names = _read_own_names(body)
    coded = _join(Coded(own.codings, own.text, own.modifiers, own.unknown, (*own.others, *names)), parts)
    mg, per = _read_strength(_strength_of(active[0])) if len(active) == 1 else (None, None)
    return Product(coded, mg, per, words_of(body.get("form") or body.get("doseForm")), others)


def add_parts(product: Product, find: Callable[[str], Product | None]) -> Product:
    """Add to a mixture the codes and names of the Medications that it refers to as its ingredients.

    Args:
        product: The mixture.
        find: Gives the product of a reference, if there is one.
    """
    waiting, seen = list(product.parts), set[str]()
    found: list[Coded] = []
    while waiting:
        reference = waiting.pop(0)
        part = None if reference in seen else find(reference)
        seen.add(reference)
        if part is not None:
            found.append(part.coded)
            waiting += part.parts
    if not found:
        return product
    return replace(product, coded=_join(product.coded, found))


def _join(own: Coded, parts: Sequence[Coded]) -> Coded:
    codings = dict.fromkeys((*own.codings, *(coding for part in parts for coding in with_ingredients(part))))
    said = [name for part in parts for name in part.names]
    text = own.text or next((name for name in (*own.others, *said) if name), "")
    return Coded(tuple(codings), text, own.modifiers, own.unknown, tuple(dict.fromkeys((*own.others, *said))))


def _read_own_names(body: Mapping[str, Any]) -> list[str]:
    """Read the names that stand among the identifiers, as MIMIC-IV on FHIR has them: its codes come without one."""
    return [
        name
        for one in mappings_of(body.get("identifier"))
        if text_of(one.get("system")).rstrip("/").endswith("medication-name") and (name := text_of(one.get("value")))
    ]


def _item_of(ingredient: Mapping[str, Any]) -> object:
    return ingredient.get("itemReference") or mapping_of(ingredient.get("item")).get("reference")


def _read_item(
    ingredient: Mapping[str, Any], systems: Mapping[str, str], inside: Mapping[str, Mapping[str, Any]]
) -> Coded:
    concept = ingredient.get("itemCodeableConcept") or mapping_of(ingredient.get("item")).get("concept")
    if concept:
        return read_coded(concept, systems)
    return read_coded(inside.get(reference_of(_item_of(ingredient)), {}).get("code"), systems)


def _strength_of(ingredient: Mapping[str, Any]) -> object:
    ratio = ingredient.get("strength") or ingredient.get("strengthRatio")
    return ratio or {"numerator": ingredient.get("strengthQuantity")}


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
