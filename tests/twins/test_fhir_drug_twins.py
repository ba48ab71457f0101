"""Records of drugs in FHIR, read a second time by the plainest means, and compared field by field."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_clinic import RXNORM, accounts, made, opened

OWN = "http://example.org/products"
NDC = "http://hl7.org/fhir/sid/ndc"
DAYS = st.one_of(
    st.sampled_from(["2015-03-02", "2015-03-09T23:30:00-05:00", "2015-04-01T00:10:00Z"]),
    st.sampled_from([None, "2015-05", "2016", "x"]),
)
PERIODS = st.sampled_from([("start", "end"), ("start",), ("end",), ()]).flatmap(
    lambda names: st.fixed_dictionaries(dict.fromkeys(names, DAYS))
)
QUANTITIES = st.sampled_from(
    [
        None,
        {"value": 30},
        {"value": 1.5, "unit": "vial"},
        {"value": "40", "unit": "milligram", "code": "mg"},
        {"unit": "mg"},
    ]
)
SUPPLIES = st.sampled_from(
    [None, {"value": 4, "code": "wk"}, {"value": 30, "unit": "days"}, {"value": 2, "unit": "moons"}]
)
PER_DAYS = {"wk": 7, "days": 1}
CONCEPTS = [
    {"coding": [{"system": RXNORM, "code": "6851", "display": "methotrexate"}]},
    {"coding": [{"system": NDC, "code": "0069-0310-01"}, {"system": OWN, "code": "9", "display": "Octagam"}]},
    {"text": "azathioprine"},
    {"coding": [{"system": OWN, "code": "17"}]},
    {"coding": []},
]
PRODUCTS = {
    "plain": {"code": CONCEPTS[0]},
    "mixed": {
        "ingredient": [{"itemReference": {"reference": "Medication/plain"}}, {"itemCodeableConcept": CONCEPTS[2]}]
    },
    "idle": {"ingredient": [{"itemCodeableConcept": CONCEPTS[0], "isActive": False}]},
}
# What each of them is known by; None where it is left out. The codes are those of the ingredients by their names.
CODES_OF_CONCEPTS = [{"6851"}, {"00069031001", "5666"}, {"1256"}, set(), None]
CODES_OF_PRODUCTS = {"plain": {"6851"}, "mixed": {"6851", "1256"}, "idle": None, "gone": None}
STATUSES = [
    "active",
    "completed",
    "stopped",
    "on-hold",
    "unknown",
    "entered-in-error",
    "cancelled",
    "not-done",
    "draft",
]
LEFT_OUT = {
    "MedicationRequest": {"entered-in-error", "cancelled", "draft"},
    "MedicationDispense": {"entered-in-error", "cancelled", "on-hold"},
    "MedicationAdministration": {"entered-in-error", "not-done"},
    "MedicationStatement": {"entered-in-error", "draft"},
}


@st.composite
def drug(draw):
    """Write a record of a drug of any of the four kinds, more or less complete."""
    kind = draw(st.sampled_from(sorted(LEFT_OUT)))
    body = {"resourceType": kind, "status": draw(st.sampled_from(STATUSES))}
    if draw(st.integers(0, 9)):
        body["subject"] = {"reference": "Patient/anna"}
    if draw(st.booleans()):
        body["medicationCodeableConcept"] = draw(st.sampled_from(CONCEPTS))
    else:
        body["medicationReference"] = {"reference": f"Medication/{draw(st.sampled_from(sorted(CODES_OF_PRODUCTS)))}"}
    if kind == "MedicationRequest":
        body["authoredOn"] = draw(DAYS)
        bounds = draw(st.lists(PERIODS, max_size=3))
        body["dosageInstruction"] = [{"timing": {"repeat": {"boundsPeriod": one}}} for one in bounds]
        body["dispenseRequest"] = {"quantity": draw(QUANTITIES), "expectedSupplyDuration": draw(SUPPLIES)}
    elif kind == "MedicationDispense":
        body |= {"whenPrepared": draw(DAYS), "whenHandedOver": draw(DAYS)}
        body |= {"quantity": draw(QUANTITIES), "daysSupply": draw(SUPPLIES)}
    else:
        body[draw(st.sampled_from(["effectiveDateTime", "effectivePeriod"]))] = None
        body |= {"effectiveDateTime": draw(DAYS)} if "effectiveDateTime" in body else {"effectivePeriod": draw(PERIODS)}
    if kind == "MedicationAdministration":
        body["dosage"] = {"dose": draw(QUANTITIES)}
    if kind == "MedicationStatement":
        body["dateAsserted"] = draw(DAYS)
    return without_nothing(body)


def without_nothing(value):
    if isinstance(value, dict):
        return {name: without_nothing(one) for name, one in value.items() if one is not None}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


def day(text):
    return text[:10] if text is not None and len(text) >= 10 else None


def read_plainly(body):
    """Return start, end, quantity, unit, days and codes of a record of a drug; None where it is left out."""
    kind = body["resourceType"]
    if "medicationCodeableConcept" in body:
        codes = CODES_OF_CONCEPTS[CONCEPTS.index(body["medicationCodeableConcept"])]
    else:
        codes = CODES_OF_PRODUCTS[body["medicationReference"]["reference"].removeprefix("Medication/")]
    if body["status"] in LEFT_OUT[kind] or codes is None or "subject" not in body:
        return None
    period, at = body.get("effectivePeriod", {}), day(body.get("effectiveDateTime"))
    first, last = day(period.get("start")), day(period.get("end"))
    quantity = supply = None
    if kind == "MedicationRequest":
        bounds = [one["timing"]["repeat"]["boundsPeriod"] for one in body["dosageInstruction"]]
        starts = [day(one.get("start")) for one in bounds if day(one.get("start"))]
        ends = [day(one.get("end")) for one in bounds if day(one.get("end"))]
        start = min(starts) if starts else day(body.get("authoredOn"))
        end = max(ends) if ends and len(ends) == len(bounds) else None
        quantity = body["dispenseRequest"].get("quantity")
        supply = body["dispenseRequest"].get("expectedSupplyDuration")
    elif kind == "MedicationDispense":
        start, end = day(body.get("whenHandedOver")) or day(body.get("whenPrepared")), None
        quantity, supply = body.get("quantity"), body.get("daysSupply")
    elif kind == "MedicationAdministration":
        start, end = at or first or last, last or at
        quantity = body["dosage"].get("dose")
    else:
        start, end = at or first or (None if period else day(body.get("dateAsserted"))), last
    quantity = quantity if quantity and "value" in quantity else {}
    per = PER_DAYS.get(supply.get("code", supply.get("unit"))) if supply else None
    return (
        start,
        end,
        float(quantity["value"]) if quantity else None,
        quantity.get("code", quantity.get("unit")),
        supply["value"] * per if per else None,
        codes,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(drug(), min_size=15, max_size=25))
def test_every_record_of_a_drug_is_read_as_the_plainest_reading_reads_it(drugs):
    numbered = [{**body, "id": f"d-{number}"} for number, body in enumerate(drugs, start=1)]
    products = [{"resourceType": "Medication", "id": name, **body} for name, body in PRODUCTS.items()]
    plain = {number: read for number, body in enumerate(drugs, start=1) if (read := read_plainly(body))}
    with tempfile.TemporaryDirectory() as folder:
        source = opened(Path(folder), *products, *numbered)
        found = made(
            source,
            "drug_exposure",
            "drug_exposure_id, drug_exposure_start_date, drug_exposure_end_date, quantity, dose_unit_source_value, "
            "days_supply, drug_source_concept_id",
        )
        codes = {}
        for concept, code in made(source, "concept", "concept_id, concept_code"):
            codes.setdefault(concept, set()).add(code)
        read = {number: (*fields, codes.get(concept, set())) for number, *fields, concept in found}
        assert read == plain, json.dumps(numbered)
        # Every record is used or listed, counted by its type.
        for kind, rows in Counter(body["resourceType"] for body in drugs).items():
            used = sum(drugs[number - 1]["resourceType"] == kind for number in plain)
            assert accounts(source)[kind] == (rows, used, 0, rows - used)
        source.close()
