"""Drugs of FHIR: what was given, what was dispensed, what was ordered, and what a person says to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from refractory.records.fhir_codings import Coded, route_by_name, with_ingredients
from refractory.records.fhir_dosages import read_dose, read_rate, read_route_words, write_directions
from refractory.records.fhir_products import add_parts, read_product
from refractory.records.fhir_reading import IN_ERROR, DrugKind, DrugLink, NotUsedError, Product, Reading, find_first
from refractory.records.fhir_values import (
    Quantity,
    codes_of,
    days_of,
    mapping_of,
    mappings_of,
    number_of,
    quantity_of,
    reference_of,
    references_of,
    text_of,
    whole_of,
    words_of,
)
from refractory.records.strength import is_counted
from refractory.units import MASS, find_unit

_ORDERS = ("MedicationRequest", "MedicationOrder")
_LINKED = (*_ORDERS, "MedicationDispense", "MedicationAdministration")
_NOT_ORDERS = {
    "proposal": "a proposal, no order",
    "plan": "a plan, no order",
    "option": "one of several options, no order",
}
_NOT_ORDERED = {"entered-in-error": IN_ERROR, "cancelled": "was cancelled", "draft": "a draft, no order yet"}
_NOT_GIVEN = {"entered-in-error": IN_ERROR, "not-done": "was not given"}
# What some systems write as the method of a dose that was on the plan and that nobody got.
_WORDS_OF_NOT_GIVEN = ("not given", "not administered", "not applied", "not started", "hold dose", "delayed not")
_NOT_DISPENSED = {
    "entered-in-error": IN_ERROR,
    "cancelled": "was cancelled",
    "declined": "was declined",
    **dict.fromkeys(("preparation", "on-hold"), "was not handed over yet"),
}
_NOT_TAKEN = {
    "entered-in-error": IN_ERROR,
    "not-taken": "was not taken",
    "intended": "is only intended",
    "draft": "a draft, no statement yet",
}


def read_request(reading: Reading) -> None:
    """Read a MedicationRequest; a plan, a proposal, a draft, a cancelled order and a prohibition are left out.

    US Core writes what a person says to take as a plan that is reported: that is a statement.

    It begins on the day that its directions name, else on the day that it was written. Refills that it allows are no
    proof of supply: only the first one counts, unless the mapping says otherwise.
    """
    body = reading.body
    reading.refuse_status(_NOT_ORDERED)
    is_told = _is_told_to_be_taken(body)
    if is_told:
        reading.remark("intent", "a plan that tells what a person takes", "used as a statement")
    else:
        reading.refuse_status(_NOT_ORDERS, "intent")
    if body.get("doNotPerform") is True:
        raise NotUsedError("doNotPerform", "an order not to give it")
    product, coded = _find_product(reading)
    dosages = mappings_of(body.get("dosageInstruction"))
    bounds = [
        mapping_of(mapping_of(mapping_of(one.get("timing")).get("repeat")).get("boundsPeriod")) for one in dosages
    ]
    starts = [day for one in bounds if (day := reading.day_in(one.get("start"), "dosageInstruction"))]
    ends = [day for one in bounds if (day := reading.day_in(one.get("end"), "dosageInstruction"))]
    supply = mapping_of(body.get("dispenseRequest"))
    start = min(starts, default=None) or reading.day("effectiveDosePeriod", "start")
    start = start or reading.day("authoredOn") or reading.day("dateWritten")
    if start is None:
        start = reading.day_in(mapping_of(supply.get("validityPeriod")).get("start"), "dispenseRequest")
    days, quantity = days_of(supply.get("expectedSupplyDuration")), quantity_of(supply.get("quantity"), find_unit)
    if refills := whole_of(number_of(supply.get("numberOfRepeatsAllowed"))) or 0:
        if reading.choices.refills == "counted":
            days = days and days * (refills + 1)
            quantity = quantity and Quantity(quantity.value * (refills + 1), quantity.unit, quantity.comparator)
        elif refills > 0:
            reading.remark("dispenseRequest", "refills are allowed", "only the first supply counts")
    reading.link = _link(reading, "statement" if is_told else "request", ())
    _add_drug(
        reading,
        product,
        coded,
        start=start,
        end=max(ends) if ends and len(ends) == len(bounds) else None,
        quantity=quantity,
        days=days,
        sig=_write_sig(body, dosages, _names(product, coded)),
        route=read_route_words(dosages),
        stop_reason=words_of(body.get("statusReason")),
    )


def read_dispense(reading: Reading) -> None:
    """Read a MedicationDispense; what was not handed over is left out."""
    body = reading.body
    reading.refuse_status(_NOT_DISPENSED)
    if body.get("notDone") is True:
        raise NotUsedError("notDone", "was not handed over")
    product, coded = _find_product(reading)
    start = reading.day("whenHandedOver")
    if start is None and (start := reading.day("whenPrepared")) is not None:
        reading.remark("whenHandedOver", "no day of handing over", "the day of preparing stands for it")
    dosages = mappings_of(body.get("dosageInstruction"))
    reading.link = _link(reading, "dispense", references_of(body.get("authorizingPrescription")), *_ORDERS)
    _add_drug(
        reading,
        product,
        coded,
        start=start,
        quantity=quantity_of(body.get("quantity"), find_unit),
        days=days_of(body.get("daysSupply")),
        sig=_write_sig(body, dosages, _names(product, coded)),
        route=read_route_words(dosages),
        stop_reason=words_of(body.get("statusReasonCodeableConcept")) or words_of(body.get("statusReason")),
    )


def read_administration(reading: Reading) -> None:
    """Read a MedicationAdministration: what was given, on the days on which it was.

    The amount is the dose, else the rate times the time that it ran. A dose in mg of what is counted in tablets becomes
    a direction ("40 mg once"), for the quantity of such a product is a number of tablets.
    """
    body = reading.body
    reading.refuse_status(_NOT_GIVEN)
    if body.get("wasNotGiven") is True or body.get("notGiven") is True:
        raise NotUsedError("notGiven", "was not given")
    if words_of(mapping_of(body.get("dosage")).get("method")).lower().startswith(_WORDS_OF_NOT_GIVEN):
        raise NotUsedError("dosage", "was not given")
    product, coded = _find_product(reading)
    period: object = next(
        (body[name] for name in ("effectivePeriod", "occurencePeriod", "occurrencePeriod") if name in body), {}
    )
    days = [
        reading.day(name)
        for name in ("effectiveDateTime", "occurenceDateTime", "occurrenceDateTime", "effectiveTimeDateTime")
    ]
    start = find_first(iter((*days, reading.day_in(mapping_of(period).get("start"), "effectivePeriod"))))
    end = reading.day_in(mapping_of(period).get("end"), "effectivePeriod") or find_first(iter(days))
    dosage = mapping_of(body.get("dosage"))
    dose = read_dose(dosage) or read_rate(dosage, mapping_of(period))
    sig = None
    unit = find_unit(dose.unit) if dose else None
    if dose and unit and unit.family == MASS and is_counted(_names(product, coded)):
        sig, dose = f"{dose.value * unit.factor:g} mg once", None
    elif dose is None:
        sig = text_of(dosage.get("text")) or None
    orders = [reference_of(body.get("request")), reference_of(body.get("prescription"))]
    reading.link = _link(reading, "administration", orders, *_ORDERS)
    _add_drug(
        reading,
        product,
        coded,
        start=start or end,
        end=end,
        quantity=dose,
        sig=sig,
        route=read_route_words([dosage]),
        stop_reason=words_of(body.get("statusReason")),
    )


def read_statement(reading: Reading) -> None:
    """Read a MedicationStatement: what a person, or somebody who knows it, says was taken."""
    body = reading.body
    reading.refuse_status(_NOT_TAKEN)
    is_untaken = "not-taking" in codes_of(mapping_of(body.get("adherence")).get("code"))
    if is_untaken or text_of(body.get("taken")).lower() == "n" or body.get("wasNotTaken") is True:
        raise NotUsedError("taken", "was not taken")
    product, coded = _find_product(reading)
    start = find_first(iter((reading.day("effectiveDateTime"), reading.day("effectivePeriod", "start"))))
    if start is None and not body.get("effectivePeriod") and (start := reading.day("dateAsserted")) is not None:
        reading.remark("effective", "no day of taking", "the day of the statement stands for it")
    dosages = mappings_of(body.get("dosage"))
    others = [one for name in ("basedOn", "partOf", "derivedFrom") for one in references_of(body.get(name))]
    reading.link = _link(reading, "statement", others, *_LINKED)
    _add_drug(
        reading,
        product,
        coded,
        start=start,
        end=reading.day("effectivePeriod", "end"),
        sig=_write_sig(body, dosages, _names(product, coded)),
        route=read_route_words(dosages),
        stop_reason=words_of(body.get("statusReason")) or words_of(body.get("reasonNotTaken")),
    )


def _find_product(reading: Reading) -> tuple[Product, Coded]:
    """Find what the record calls the drug, and what a Medication that it refers to says of it."""
    body = reading.body
    concept = next((body[name] for name in ("medicationCodeableConcept", "medication") if body.get(name)), None)
    medication = mapping_of(concept)
    if "concept" in medication:
        concept = medication["concept"]  # as R5 has it
    reference = reference_of(body.get("medicationReference") or medication.get("reference"))
    if not reference:
        return Product(Coded()), reading.coded(concept, "medication")
    if reference.startswith("#"):
        inside = reading.contained(reference)
        beside = mappings_of(body.get("contained"))
        product = read_product(inside, reading.choices.systems, beside) if inside else None
    else:
        product = _find_medication(reading, reference)
    if product is None:
        shown = text_of(mapping_of(body.get("medicationReference")).get("display"))
        if not shown:
            raise NotUsedError("medication", "its Medication is not in the export")
        reading.remark("medication", "its Medication is not in the export", "the name that it is shown by is used")
        return Product(Coded()), Coded(text=shown)
    if product.parts:
        product = add_parts(product, lambda one: _find_medication(reading, one))
    if product.coded.is_empty:
        raise NotUsedError("medication", "its Medication has no code and no name")
    if product.coded.unknown:
        reading.remark("medication", "coding system is not known", "its name is used")
    return product, product.coded


def _find_medication(reading: Reading, reference: str) -> Product | None:
    return reading.survey.products.get(reading.survey.id_of(reference, "Medication"))


def _is_told_to_be_taken(body: Mapping[str, Any]) -> bool:
    """Say whether a request is no order but tells what a person takes, as US Core writes it."""
    is_reported = any(body.get(name) is True for name in ("reportedBoolean", "reported")) or body.get(
        "reportedReference"
    )
    return bool(is_reported) and codes_of(body.get("intent")) == {"plan"}


def _write_sig(body: Mapping[str, Any], dosages: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    return write_directions(dosages, names) or text_of(body.get("renderedDosageInstruction"))


def _link(reading: Reading, kind: DrugKind, references: Sequence[str], *to: str) -> DrugLink:
    """Tie a record of a drug to the records of these types that it refers to."""
    known = ((one, reading.survey.id_of(reference, one)) for reference in references for one in to)
    others = dict.fromkeys(f"{one}/{found}" for one, found in known if found)
    return DrugLink(kind, f"{reading.kind}/{reading.id}" if reading.id else "", tuple(others))


def _names(product: Product, coded: Coded) -> tuple[str, ...]:
    return (*coded.names, *((product.form,) if product.form else ()))


def _add_drug(
    reading: Reading,
    product: Product,
    coded: Coded,
    *,
    start: date | None,
    end: date | None = None,
    quantity: Quantity | None = None,
    days: float | None = None,
    sig: str | None = None,
    route: str = "",
    stop_reason: str = "",
) -> None:
    supplied = whole_of(None if days is None else float(round(days)))
    if quantity and quantity.comparator:
        reading.remark("quantity", "quantity is only a limit", "value not used")
        quantity = None
    reading.add(
        "drug_exposure",
        with_ingredients(coded),
        {
            "drug_exposure_start_date": start,
            "drug_exposure_end_date": end,
            "quantity": quantity.value if quantity else None,
            "dose_unit_source_value": quantity.unit or None if quantity else None,
            "days_supply": supplied,
            "sig": sig or None,
            "stop_reason": stop_reason or None,
            "drug_source_value": coded.text,
            "route_source_value": route or route_by_name(coded) or None,
            "strength_mg": product.strength_mg,
            "strength_per": product.strength_per,
        },
    )
