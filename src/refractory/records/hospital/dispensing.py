"""A course of a drug as the fills that a pharmacy would have recorded, overlaps and gaps in the form included."""

from __future__ import annotations

from random import Random

from refractory.records.hospital.book import RecordBook, Row
from refractory.records.hospital.facts import Course, PlannedPerson, Supply
from refractory.records.hospital.products import Product, products
from refractory.records.hospital.vocabulary import ROUTES

# Days on which the dose decides an answer: there each day is covered by exactly the planned supplies.
DOSE_WINDOWS = ((-30, -1), (151, 180))
_WEEK = 7
_ROUTE_TEXTS = {
    "oral": ("PO", "oral", "By mouth"),
    "intravenous": ("IV", "intravenous"),
    "subcutaneous": ("SC", "subcutaneous"),
    "topical": ("topical",),
    "ophthalmic": ("ophthalmic",),
}
_NOISE = ("", "", " as directed", " with food. DO NOT STOP ABRUPTLY", " (taper per clinic)", "  ** NEW RX **")


def is_in_dose_window(first_day: int, last_day: int) -> bool:
    """Say whether any of the days decides a dose."""
    return any(first_day <= last and last_day >= first for first, last in DOSE_WINDOWS)


def write_course(person: PlannedPerson, person_id: int, course: Course, book: RecordBook, rng: Random) -> None:
    """Write a course as fills, one supply after the other."""
    for supply in course.supplies:
        rows = [
            _write_fill(person, person_id, supply, first_day, days, book, rng)
            for first_day, days in _fills(supply, rng)
        ]
        if course.stop_reason and supply.last_day == course.last_day:
            rows[-1]["stop_reason"] = course.stop_reason


def _fills(supply: Supply, rng: Random) -> list[tuple[int, int]]:
    """Cut a supply into fills; some are fetched early, where no dose is judged."""
    usual = rng.choice([30, 30, 90]) if (supply.units_per_day * 2).is_integer() else rng.choice([28, 84])
    fills = []
    first_day = supply.first_day
    while first_day <= supply.last_day:
        days = min(usual, supply.last_day - first_day + 1)
        early = rng.choice([0, 0, 0, 0, _WEEK])
        if first_day - early < supply.first_day or is_in_dose_window(first_day - early, first_day + days - 1):
            early = 0
        fills.append((first_day - early, days + early))
        first_day += days
    return fills


def _write_fill(
    person: PlannedPerson, person_id: int, supply: Supply, first_day: int, days: int, book: RecordBook, rng: Random
) -> Row:
    product = products()[supply.product]
    quantity = supply.units_per_day * days
    if abs(quantity - round(quantity, 1)) > 1e-9:
        quantity = float(int(quantity) + 1)
    columns = {
        **_product_columns(product, rng),
        **route_columns(product.route, rng),
        **_length_columns(person, first_day, days, rng),
        "quantity": round(quantity, 1),
        "refills": rng.choice([0, 0, 1, 3]),
        "sig": _sig(product, supply.units_per_day, rng) if days > 1 and rng.random() < 0.7 else None,
    }
    if not supply.is_end_known:
        columns |= {"drug_exposure_end_date": None, "days_supply": None, "quantity": None, "sig": None}
    return book.add("drug_exposure", person_id, person.on(first_day), **columns)


def _product_columns(product: Product, rng: Random) -> Row:
    """Name the product by its own concept, or by the ingredient's with the strength only in the text."""
    if product.per == "unit" and rng.random() < 0.2:
        return {
            "drug_concept_id": product.ingredient_id,
            "drug_source_concept_id": 0,
            "drug_source_value": rng.choice([product.name, product.name.upper()]),
        }
    return {
        "drug_concept_id": product.concept_id,
        "drug_source_concept_id": 0,
        "drug_source_value": product.name,
    }


def route_columns(route: str, rng: Random) -> Row:
    """Write a route as concept and text, as text alone, or not at all where it would be a systemic one."""
    text = rng.choice(_ROUTE_TEXTS[route])
    form = rng.choice(["both", "both", "both", "text", "none"])
    if form == "both" or route in ("topical", "ophthalmic"):
        return {"route_concept_id": ROUTES[route], "route_source_value": text}
    return {"route_concept_id": 0, "route_source_value": text if form == "text" else None}


def _length_columns(person: PlannedPerson, first_day: int, days: int, rng: Random) -> Row:
    end = person.on(first_day + days - 1)
    form = rng.choice(["both", "both", "both", "end", "supply", "zero supply"])
    return {
        "drug_exposure_end_date": None if form == "supply" else end,
        "days_supply": {"end": None, "zero supply": 0}.get(form, days),
    }


def _sig(product: Product, units_per_day: float, rng: Random) -> str | None:
    noise = rng.choice(_NOISE)
    if product.per == "unit" and (units_per_day * 2).is_integer():
        if units_per_day == 2 and rng.random() < 0.5:
            return f"Take 1 tablet by mouth twice daily{noise}"
        many = "tablet" if units_per_day <= 1 else "tablets"
        return rng.choice(
            [
                f"Take {units_per_day:g} {many} by mouth daily{noise}",
                f"TAKE {units_per_day:g} {many.upper()} PO DAILY{noise}",
            ]
        )
    if product.per == "unit":
        return f"Take {round(units_per_day * _WEEK):g} tablets by mouth once a week{noise}"
    if product.route == "oral":
        return f"Take {units_per_day:g} mL by mouth daily{noise}"
    return None
