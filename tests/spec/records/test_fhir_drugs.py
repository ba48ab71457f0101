"""Drugs of FHIR: which records count, once each, and how much of what they say."""

from __future__ import annotations

import json

import pytest

from fhir_clinic import PREDNISONE, RXNORM, accounts, made, opened, resource, told
from refractory.exposures.written_doses import read_written_doses

DAY = "2015-03-02"
AMOUNT = "quantity, dose_unit_source_value, days_supply, sig"
DAYS = "drug_exposure_start_date, drug_exposure_end_date"


def request(number=1, **parts):
    return resource("MedicationRequest", number, **{"status": "active", "intent": "order", "authoredOn": DAY, **parts})


def dispense(number=1, **parts):
    return resource("MedicationDispense", number, **{"status": "completed", "whenHandedOver": "2015-03-04", **parts})


def administration(number=1, **parts):
    return resource("MedicationAdministration", number, **{"status": "completed", "effectiveDateTime": DAY, **parts})


def statement(number=1, **parts):
    return resource("MedicationStatement", number, **{"status": "active", "effectiveDateTime": DAY, **parts})


@pytest.mark.parametrize(
    ("drug", "counts"),
    [
        *((request(status=status), True) for status in ("active", "completed", "stopped", "on-hold", "unknown")),
        *((request(status=status), False) for status in ("entered-in-error", "cancelled", "draft")),
        *((request(intent=intent), True) for intent in ("order", "original-order", "instance-order", "filler-order")),
        *((request(intent=intent), False) for intent in ("proposal", "plan", "option")),
        (request(doNotPerform=True), False),
        (request(doNotPerform=False), True),
        *((dispense(status=status), True) for status in ("completed", "in-progress", "stopped", "unknown")),
        *((dispense(status=status), False) for status in ("preparation", "cancelled", "on-hold", "declined")),
        (dispense(status="entered-in-error"), False),
        *((administration(status=status), True) for status in ("completed", "in-progress", "stopped", "on-hold")),
        *((administration(status=status), False) for status in ("not-done", "entered-in-error")),
        *((statement(status=status), True) for status in ("active", "completed", "stopped", "unknown")),
        *((statement(status=status), False) for status in ("not-taken", "intended", "entered-in-error")),
    ],
    ids=lambda one: f"{one['resourceType']} {one['status']} {one.get('intent', '')}" if isinstance(one, dict) else "",
)
def test_which_records_of_a_drug_count(tmp_path, drug, counts):
    source = opened(tmp_path, drug)
    assert accounts(source)[drug["resourceType"]] == (1, int(counts), 0, int(not counts))
    assert len(made(source, "drug_exposure", "1")) == int(counts)
    assert len(source.problems) == int(not counts)


def link(kind, number):
    return {"reference": f"{kind}/{number}"}


ORDER = link("MedicationRequest", 1)


@pytest.mark.parametrize(
    ("linked", "counted"),
    [
        ([request(), dispense(2, authorizingPrescription=[ORDER])], {"2015-03-04"}),
        ([request(), administration(2, request=ORDER, effectiveDateTime="2015-03-05")], {"2015-03-05"}),
        (
            [
                request(),
                dispense(2, authorizingPrescription=[ORDER]),
                administration(3, request=ORDER, effectiveDateTime="2015-03-05"),
                administration(4, request=ORDER, effectiveDateTime="2015-03-06"),
            ],
            {"2015-03-05", "2015-03-06"},
        ),
        # Two dispenses of one request are two supplies.
        (
            [
                request(),
                dispense(2, authorizingPrescription=[ORDER]),
                dispense(3, authorizingPrescription=[ORDER], whenHandedOver="2015-04-04"),
            ],
            {"2015-03-04", "2015-04-04"},
        ),
        # A statement that tells of a dispense, which carries out a request.
        (
            [
                request(),
                dispense(2, authorizingPrescription=[ORDER]),
                statement(3, derivedFrom=[link("MedicationDispense", 2)]),
            ],
            {"2015-03-04"},
        ),
        # What was not given does not stand for what was ordered.
        ([request(), administration(2, request=ORDER, status="not-done")], {DAY}),
        # A dispense of two requests, one of which was given: all of it is one drug.
        (
            [
                request(),
                request(2),
                dispense(3, authorizingPrescription=[ORDER, link("MedicationRequest", 2)]),
                administration(4, request=link("MedicationRequest", 2), effectiveDateTime="2015-03-05"),
            ],
            {"2015-03-05"},
        ),
        # Records that nothing ties together are drugs of their own.
        ([request(), dispense(2)], {DAY, "2015-03-04"}),
        ([request(), request(2, authoredOn="2015-05-01", priorPrescription=ORDER)], {DAY, "2015-05-01"}),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_request_its_dispense_and_its_administration_are_one_drug(tmp_path, linked, counted, is_reversed):
    source = opened(tmp_path, *(reversed(linked) if is_reversed else linked))
    assert {start for start, _ in made(source, "drug_exposure", DAYS)} == counted


@pytest.mark.parametrize(
    ("mapping", "counted"),
    [
        ("", {"2015-03-05"}),
        ('drugs = ["dispense", "administration"]', {"2015-03-04"}),
        ('drugs = ["request"]', {DAY}),
        ('linked_drugs = "count each"', {DAY, "2015-03-04", "2015-03-05"}),
    ],
)
def test_a_mapping_chooses_which_of_them_counts(tmp_path, mapping, counted):
    linked = [
        request(),
        dispense(2, authorizingPrescription=[ORDER]),
        administration(3, request=ORDER, effectiveDateTime="2015-03-05"),
    ]
    source = opened(tmp_path, *linked, mapping=mapping)
    assert {start for start, _ in made(source, "drug_exposure", DAYS)} == counted
    # The others are counted too, and told: no row is lost.
    assert sum(not_asked for _, _, not_asked, _ in accounts(source).values()) == 3 - len(counted)
    assert len(source.problems) == 3 - len(counted)


def test_a_dispense_without_directions_has_those_of_its_request(tmp_path):
    asked = request(dosageInstruction=[{"text": "Take 2 tablets daily"}])
    source = opened(tmp_path, asked, dispense(2, authorizingPrescription=[ORDER]))
    assert made(source, "drug_exposure", "sig") == [("Take 2 tablets daily",)]


def test_a_request_says_when_how_much_and_for_how_long(tmp_path):
    supply = {
        "quantity": {"value": 60, "unit": "TAB"},
        "expectedSupplyDuration": {"value": 30, "unit": "days"},
        "numberOfRepeatsAllowed": 3,
    }
    source = opened(tmp_path, request(dispenseRequest=supply, dosageInstruction=[{"text": "2 tablets daily"}]))
    assert made(source, "drug_exposure", AMOUNT) == [(60.0, "TAB", 30, "2 tablets daily")]
    assert told(source) == [("dispenseRequest", "refills are allowed", "only the first supply counts")]


def test_refills_are_supply_where_the_mapping_says_so(tmp_path):
    supply = {
        "quantity": {"value": 60},
        "expectedSupplyDuration": {"value": 4, "code": "wk"},
        "numberOfRepeatsAllowed": 2,
    }
    source = opened(tmp_path, request(dispenseRequest=supply), mapping='refills = "counted"')
    assert made(source, "drug_exposure", "quantity, days_supply") == [(180.0, 84)]
    assert told(source) == []


def test_the_days_that_the_directions_name_are_those_of_the_drug(tmp_path):
    bounds = {"repeat": {"boundsPeriod": {"start": "2015-03-10", "end": "2015-03-20"}}}
    source = opened(tmp_path, request(dosageInstruction=[{"text": "1 tablet daily", "timing": bounds}]))
    assert made(source, "drug_exposure", f"{DAYS}, sig") == [("2015-03-10", "2015-03-20", "1 tablet daily")]


def test_a_structured_dosage_keeps_its_daily_dose(tmp_path):
    repeat = {"frequency": 2, "period": 1, "periodUnit": "d"}
    dosage = {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": {"value": 1.5}}]}
    source = opened(tmp_path, request(dosageInstruction=[{"sequence": 1, "asNeededBoolean": False, **dosage}]))
    ((sig,),) = made(source, "drug_exposure", "sig")
    # Nothing says the unit, and the product is counted in tablets.
    assert read_written_doses([sig])[0] == [(sig, True, None, 3.0)]


def test_a_taper_of_several_dosages_keeps_its_steps(tmp_path):
    def step(number, mg, start, end):
        timing = {
            "repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"start": start, "end": end}}
        }
        return {"sequence": number, "timing": timing, "doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg"}}]}

    dosages = [step(1, 40, "2015-03-02", "2015-03-08"), step(2, 20, "2015-03-09", "2015-03-15")]
    source = opened(tmp_path, request(dosageInstruction=dosages))
    (((start, end, sig),)) = made(source, "drug_exposure", f"{DAYS}, sig")
    assert (start, end) == ("2015-03-02", "2015-03-15")
    assert [step[1:] for step in read_written_doses([sig])[1]] == [(0, 6, 40.0), (7, 13, 20.0), (14, None, 0.0)]


def test_directions_that_are_json_by_chance_are_read_as_words():
    assert read_written_doses(["[{not json", '[{"text": "2 tablets daily"}]'])[0] == [
        ('[{"text": "2 tablets daily"}]', True, None, 2.0)
    ]


@pytest.mark.parametrize(
    ("dosage", "period", "amount"),
    [
        ({"dose": {"value": 40, "unit": "g"}}, None, (40.0, "g")),
        ({"dose": {"value": 400, "unit": "milliliter", "code": "mL"}}, None, (400.0, "mL")),
        (
            {"rateQuantity": {"value": 10, "unit": "g/h"}},
            ("2015-03-02T08:00:00Z", "2015-03-02T12:00:00Z"),
            (40.0, "g"),
        ),
        (
            {"rateRatio": {"numerator": {"value": 100, "unit": "mL"}, "denominator": {"value": 1, "code": "h"}}},
            ("2015-03-02T08:00:00Z", "2015-03-02T10:30:00Z"),
            (250.0, "mL"),
        ),
        ({"rateQuantity": {"value": 10, "unit": "g/h"}}, ("2015-03-02", "2015-03-03"), (None, None)),
        ({"rateQuantity": {"value": 10, "unit": "g/h"}}, None, (None, None)),
        ({"text": "as ordered"}, None, (None, None)),
    ],
)
def test_what_was_infused_is_the_dose_or_the_rate_times_its_hours(tmp_path, dosage, period, amount):
    octagam = {"text": "immunoglobulin G, human 100 MG/ML Injectable Solution [Octagam]"}
    when = (
        {"effectivePeriod": dict(zip(("start", "end"), period, strict=True)), "effectiveDateTime": None}
        if period
        else {}
    )
    given = administration(medicationCodeableConcept=octagam, dosage=dosage, **when)
    source = opened(tmp_path, given)
    assert made(source, "drug_exposure", "quantity, dose_unit_source_value") == [amount]
    assert made(source, "drug_exposure", "drug_exposure_start_date") == [(DAY,)]


def test_a_dose_in_mg_of_tablets_is_no_number_of_tablets(tmp_path):
    given = administration(dosage={"dose": {"value": 0.04, "code": "g"}})
    source = opened(tmp_path, given)
    assert made(source, "drug_exposure", AMOUNT) == [(None, None, None, "40 mg once")]


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ({"text": "IV"}, "IV"),
        ({"coding": [{"code": "47625008"}]}, "intravenous"),
        ({"coding": [{"code": "26643006", "display": "Oral route"}]}, "Oral route"),
        ({"coding": [{"code": "PO"}]}, "PO"),
    ],
)
def test_the_route_is_in_words(tmp_path, route, words):
    source = opened(tmp_path, request(dosageInstruction=[{"route": route}]))
    assert made(source, "drug_exposure", "route_source_value, sig") == [(words, None)]


MEDICATION = {
    "resourceType": "Medication",
    "id": "m1",
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "0069-0310-01", "display": "Octagam"}]},
    "ingredient": [
        {
            "itemCodeableConcept": {"coding": [{"system": RXNORM, "code": "5666"}]},
            "strength": {"numerator": {"value": 5, "unit": "g"}, "denominator": {"value": 50, "unit": "mL"}},
        }
    ],
}


@pytest.mark.parametrize("reference", ["Medication/m1", "https://example.org/fhir/Medication/m1", "#m1"])
def test_a_medication_is_found_wherever_it_is(tmp_path, reference):
    inside = {"contained": [MEDICATION]} if reference.startswith("#") else {}
    given = administration(
        medicationCodeableConcept=None,
        medicationReference={"reference": reference},
        dosage={"dose": {"value": 400, "code": "mL"}},
        **inside,
    )
    source = opened(tmp_path, given, *([] if inside else [MEDICATION]))
    assert made(source, "concept", "vocabulary_id, concept_code") == [("NDC", "00069031001"), ("RxNorm", "5666")]
    assert made(source, "drug_strength", "numerator_value, denominator_value") == [(100.0, 1.0)]


def test_a_medication_that_is_not_there_is_told_and_its_shown_name_used(tmp_path):
    shown = {"reference": "Medication/9", "display": "prednisone 5 MG Oral Tablet"}
    parts = {"medicationCodeableConcept": None}
    source = opened(
        tmp_path,
        request(1, medicationReference=shown, **parts),
        request(2, medicationReference={"reference": "Medication/9"}, **parts),
    )
    assert made(source, "drug_exposure", "drug_source_value") == [("prednisone 5 MG Oral Tablet",)]
    assert [done for _, _, done in told(source)] == ["the name that it is shown by is used", "left out"]


@pytest.mark.parametrize(
    ("medication", "codes"),
    [
        (PREDNISONE, {"312617", "8640"}),
        ({"text": "Imuran 50mg tab"}, {"1256"}),
        ({"coding": [{"system": RXNORM, "code": "8640", "display": "prednisone"}]}, {"8640"}),
    ],
)
def test_a_product_is_found_by_its_ingredient_without_a_vocabulary(tmp_path, medication, codes):
    source = opened(tmp_path, request(medicationCodeableConcept=medication))
    found = made(source, "concept", "vocabulary_id, concept_code")
    assert {code for vocabulary, code in found if vocabulary == "RxNorm"} == codes


def test_words_of_unicode_and_json_pass_unchanged(tmp_path):
    text = 'Take "½" tablet\n täglich'
    source = opened(tmp_path, request(dosageInstruction=[{"text": text}]))
    assert made(source, "drug_exposure", "sig") == [(text,)]
    assert json.loads(json.dumps(text)) == text


def test_half_a_character_in_directions_keeps_nothing_from_being_read(tmp_path):
    dose = [{"doseQuantity": {"value": 5, "unit": "mg"}}]
    source = opened(tmp_path, request(dosageInstruction=[{"text": "5 mg \ud800 daily", "doseAndRate": dose}]))
    assert accounts(source)["MedicationRequest"] == (1, 1, 0, 0)


@pytest.mark.parametrize("reference", ["prescription", "request"])
def test_an_order_of_an_older_fhir_and_its_administration_count_once(tmp_path, reference):
    order = {**request(1), "resourceType": "MedicationOrder"}
    source = opened(tmp_path, order, administration(2, **{reference: link("MedicationOrder", 1)}))
    assert accounts(source)["MedicationOrder"] == (1, 0, 1, 0)
    assert len(made(source, "drug_exposure", "1")) == 1


def test_a_statement_that_is_part_of_an_administration_does_not_count_beside_it(tmp_path):
    source = opened(tmp_path, administration(1), statement(2, partOf=[link("MedicationAdministration", 1)]))
    assert accounts(source)["MedicationStatement"] == (1, 0, 1, 0)
    assert accounts(source)["MedicationAdministration"] == (1, 1, 0, 0)


def test_a_statement_that_tells_of_two_orders_does_not_make_one_drug_of_them(tmp_path):
    other = request(2, medicationCodeableConcept={"text": "methotrexate"})
    given = administration(3, request=link("MedicationRequest", 1))
    told_of = [link("MedicationRequest", 1), link("MedicationRequest", 2)]
    source = opened(tmp_path, request(1), other, given, statement(4, derivedFrom=told_of))
    assert accounts(source)["MedicationRequest"] == (2, 1, 1, 0)
    assert accounts(source)["MedicationStatement"] == (1, 0, 1, 0)
    assert len(made(source, "drug_exposure", "1")) == 2


@pytest.mark.parametrize(
    "meta", [("lastUpdated", "2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), ("versionId", "9", "10")]
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_versions_of_a_medication_the_newer_names_the_drug(tmp_path, meta, is_reversed):
    name, *ages = meta
    versions = [
        {"resourceType": "Medication", "id": "m", "meta": {name: age}, "code": {"text": drug}}
        for age, drug in zip(ages, ("methotrexate", "prednisone"), strict=True)
    ]
    said = {"medicationCodeableConcept": None, "medicationReference": link("Medication", "m")}
    source = opened(tmp_path, *(versions[::-1] if is_reversed else versions), statement(**said))
    assert made(source, "drug_exposure", "drug_source_value") == [("prednisone",)]
