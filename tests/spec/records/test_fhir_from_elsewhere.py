"""What exports of other hospitals and servers write in ways of their own."""

from __future__ import annotations

import pytest

from fhir_clinic import PREDNISONE, RXNORM, SNOMED, accounts, made, opened, resource, told

DAY = "2015-03-02"
OWN = "http://example.org/our-products"
ABSENT = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}
MIMIC = "http://mimic.mit.edu/fhir/mimic/CodeSystem/"
STAY = {"reference": "Encounter/7"}


def encounter(number=7, **parts):
    period = {"start": "2015-02-10T08:00:00Z", "end": "2015-02-14"}
    return resource("Encounter", number, **{"status": "finished", "period": period, **parts})


def given(number=1, **parts):
    return resource("MedicationAdministration", number, **{"status": "completed", "effectiveDateTime": DAY, **parts})


def codes_of(source, table="drug_exposure"):
    """Return the codes of the records of a table, as "vocabulary code"."""
    stem = table.partition("_")[0]
    found = source.connection.execute(
        f"SELECT DISTINCT vocabulary_id, concept_code FROM records_source.main.{table} AS given "
        f"JOIN records_source.main.concept ON concept_id = {stem}_source_concept_id"
    ).fetchall()
    return {f"{vocabulary} {code}" for vocabulary, code in found}


# ------------------------------------------------------------------------- diagnoses that only their encounter dates


@pytest.mark.parametrize(
    ("days", "stay", "counted", "noted"),
    [
        ({}, encounter(), "2015-02-10", 1),
        ({"onsetDateTime": "2014-01-05"}, encounter(), "2014-01-05", 0),
        ({"recordedDate": "2015-02-12"}, encounter(), "2015-02-12", 0),
        ({}, encounter(period={"end": "2015-02-14"}), "2015-02-14", 1),
        # An encounter that never was, or is not there, dates nothing.
        ({}, encounter(status="cancelled"), "None", 0),
        ({}, encounter(number=8), "None", 0),
    ],
)
def test_a_diagnosis_without_a_day_has_the_first_day_of_its_encounter(tmp_path, days, stay, counted, noted):
    source = opened(tmp_path, resource("Condition", 1, encounter=STAY, **days), stay)
    assert made(source, "condition_occurrence", "CAST(condition_start_date AS VARCHAR)") == [
        (None if counted == "None" else counted,)
    ]
    rule = ("encounter", "no day of the diagnosis", "the first day of its encounter stands for it")
    assert told(source).count(rule) == noted


def test_an_encounter_dates_a_diagnosis_although_the_export_tells_of_observation_apart(tmp_path):
    told_apart = resource(
        "EpisodeOfCare",
        3,
        subject=None,
        patient={"reference": "Patient/anna"},
        status="active",
        type=[{"text": "observation period"}],
        period={"start": "2010-01-01", "end": "2019-12-31"},
    )
    source = opened(tmp_path, resource("Condition", 1, encounter=STAY), encounter(), told_apart)
    assert made(source, "condition_occurrence", "CAST(condition_start_date AS VARCHAR)") == [("2015-02-10",)]
    assert accounts(source)["Encounter"] == (1, 0, 1, 0)


# --------------------------------------------------------------------------------- linked drugs of which one has no day


@pytest.mark.parametrize(
    ("handed_over", "counted"),
    [(None, [(DAY, None)]), ("2015-03-04", [("2015-03-04", 30.0)])],
)
def test_a_dispense_without_a_day_does_not_stand_for_its_request(tmp_path, handed_over, counted):
    order = resource("MedicationRequest", 1, status="active", intent="order", authoredOn=DAY)
    supply = resource(
        "MedicationDispense",
        2,
        status="completed",
        whenHandedOver=handed_over,
        quantity={"value": 30},
        authorizingPrescription=[{"reference": "MedicationRequest/1"}],
    )
    source = opened(tmp_path, order, supply)
    assert made(source, "drug_exposure", "CAST(drug_exposure_start_date AS VARCHAR), quantity") == counted
    left_out = "MedicationRequest" if handed_over else "MedicationDispense"
    assert accounts(source)[left_out] == (1, 0, 1, 0)
    kept = "request" if handed_over is None else "dispense"
    assert ("status", f"the same drug counts by its {kept}", "not asked for") in told(source)


def test_of_two_dispenses_of_one_request_the_one_without_a_day_is_not_taken_for_a_copy(tmp_path):
    order = resource("MedicationRequest", 1, status="active", intent="order", authoredOn=DAY)
    link = {"status": "completed", "authorizingPrescription": [{"reference": "MedicationRequest/1"}]}
    dated = resource("MedicationDispense", 2, whenHandedOver="2015-03-04", **link)
    source = opened(tmp_path, order, dated, resource("MedicationDispense", 3, **link))
    assert accounts(source)["MedicationDispense"] == (2, 2, 0, 0)
    assert accounts(source)["MedicationRequest"] == (1, 0, 1, 0)


IN_A_VEIN, BY_MOUTH = {"route": {"text": "IV"}}, {"route": {"text": "PO"}}


@pytest.mark.parametrize(
    ("asked", "done", "route"),
    [
        ([IN_A_VEIN], {}, "IV"),
        ([IN_A_VEIN], BY_MOUTH, "PO"),
        ([IN_A_VEIN, BY_MOUTH], {}, None),
        ([], {}, None),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_what_is_given_without_a_route_goes_the_way_of_its_request(tmp_path, asked, done, route, is_reversed):
    order = resource("MedicationRequest", 1, status="active", intent="order", authoredOn=DAY, dosageInstruction=asked)
    dose = given(2, request={"reference": "MedicationRequest/1"}, dosage=done)
    supply = resource(
        "MedicationDispense",
        3,
        status="completed",
        whenHandedOver=DAY,
        dosageInstruction=[done],
        authorizingPrescription=[{"reference": "MedicationRequest/1"}],
    )
    drugs = [order, dose, supply]
    source = opened(tmp_path, *(reversed(drugs) if is_reversed else drugs), mapping='linked_drugs = "count each"')
    routes = made(source, "drug_exposure", "drug_exposure_id, route_source_value")
    assert routes[1:] == [(2, route), (3, route)]


# ------------------------------------------------------------------------------------------------ mixtures of products


def medication(number, **parts):
    return {"resourceType": "Medication", "id": number, **parts}


def ingredient(code=None, name="", **parts):
    coding = {"system": SNOMED if code else OWN, "code": code or "x", "display": name}
    return {"itemCodeableConcept": {"coding": [coding]}, **parts}


METHOTREXATE, PREDNISOLONE = "RxNorm 6851", "RxNorm 8638"


@pytest.mark.parametrize(
    ("product", "others", "codes"),
    [
        # The ingredient is another Medication of the export.
        (medication("m", ingredient=[{"itemReference": {"reference": "Medication/part"}}]), True, {METHOTREXATE}),
        # A mixture of a mixture; one that refers to itself ends.
        (
            medication(
                "m",
                ingredient=[
                    {"itemReference": {"reference": "Medication/m"}},
                    {"itemReference": {"reference": "Medication/mixed"}},
                ],
            ),
            True,
            {METHOTREXATE, PREDNISOLONE},
        ),
        # A Substance that the Medication contains.
        (
            medication(
                "m",
                contained=[{"resourceType": "Substance", "id": "s", "code": {"text": "methotrexate"}}],
                ingredient=[{"itemReference": {"reference": "#s"}}],
            ),
            False,
            {METHOTREXATE},
        ),
        # Names of ingredients count where their coding system is not known, all of them.
        (
            medication(
                "m",
                code={"coding": [{"system": OWN, "code": "4711", "display": "Our Mix"}]},
                ingredient=[ingredient(name="METHOTREXATE"), ingredient(name="PREDNISOLONE")],
            ),
            False,
            {METHOTREXATE, PREDNISOLONE},
        ),
        # What is no active ingredient is no drug of the person.
        (
            medication("m", ingredient=[ingredient(name="methotrexate"), ingredient("387458008", isActive=False)]),
            False,
            {METHOTREXATE},
        ),
    ],
)
def test_a_product_has_the_codes_of_all_its_active_ingredients(tmp_path, product, others, codes):
    parts = [
        medication("part", code={"coding": [{"system": RXNORM, "code": "6851"}]}),
        medication(
            "mixed", ingredient=[{"itemReference": {"reference": "Medication/part"}}, ingredient(name="prednisolone")]
        ),
    ]
    drug = given(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    source = opened(tmp_path, drug, product, *(parts if others else ()))
    assert codes_of(source) == codes


def test_a_contained_product_finds_its_substance_beside_it(tmp_path):
    drug = given(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
        contained=[
            {
                "resourceType": "Substance",
                "id": "s",
                "code": {"coding": [{"system": SNOMED, "code": "387381009", "display": "Methotrexate"}]},
            },
            medication(
                "m",
                ingredient=[
                    {
                        "itemReference": {"reference": "#s"},
                        "strength": {
                            "numerator": {"value": 10, "code": "mg"},
                            "denominator": {"value": 1, "code": "mL"},
                        },
                    }
                ],
            ),
        ],
    )
    source = opened(tmp_path, drug)
    assert codes_of(source) == {"SNOMED 387381009", METHOTREXATE}
    assert made(source, "drug_strength", "numerator_value, denominator_value") == [(10.0, 1.0)]


# ---------------------------------------------------------------------------------- what says that it says nothing


@pytest.mark.parametrize("kind", ["Condition", "Procedure", "Observation", "MedicationStatement", "Immunization"])
def test_a_code_that_is_told_to_be_absent_is_no_code(tmp_path, kind):
    column = {"MedicationStatement": "medicationCodeableConcept", "Immunization": "vaccineCode"}.get(kind, "code")
    source = opened(tmp_path, resource(kind, 1, **{column: {"coding": [ABSENT]}}))
    assert accounts(source)[kind] == (1, 0, 0, 1)
    # Words beside it still are words.
    other = tmp_path / "other"
    source = opened(other, resource(kind, 1, **{column: {"coding": [ABSENT], "text": "prednisone"}}))
    assert accounts(source)[kind] == (1, 1, 0, 0)


def test_a_value_that_is_told_to_be_absent_is_missing_and_no_finding(tmp_path):
    source = opened(tmp_path, resource("Observation", 1, valueCodeableConcept={"coding": [ABSENT]}))
    assert made(source, "measurement", "value_as_number, value_source_value") == [(None, None)]
    assert made(source, "observation", "1") == []


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"unit": "mg/dL"}},
        {"valueQuantity": {"extension": [{"url": "http://example.org/masked", "valueCode": "masked"}]}},
        {"valueQuantity": {"value": 1e300, "unit": "mg/dL"}},
        {"valueSampledData": {"origin": {"value": 0}, "period": 10, "dimensions": 1, "data": "1 2 3"}},
    ],
)
@pytest.mark.parametrize("is_component", [False, True])
def test_a_value_that_cannot_be_read_is_missing_and_no_finding(tmp_path, value, is_component):
    parts = {"component": [{"code": {"text": "creatine kinase"}, **value}]} if is_component else value
    source = opened(tmp_path, resource("Observation", 1, effectiveDateTime=DAY, **parts))
    assert made(source, "measurement", "value_as_number, value_source_value") == [(None, None)]
    assert made(source, "observation", "1") == []
    assert told(source) == [("value", "value cannot be read", "value not used")]


@pytest.mark.parametrize(
    ("method", "used"),
    [
        ("Administered", 1),
        ("Delayed Administered", 1),
        ("Partial Administered", 1),
        ("Not Given", 0),
        ("Not Given per Sliding Scale", 0),
        ("Hold Dose", 0),
        ("Not Started", 0),
        ("Delayed Not Started", 0),
    ],
)
def test_a_dose_whose_method_says_that_nobody_got_it_was_not_given(tmp_path, method, used):
    coding = {"system": f"{MIMIC}mimic-medication-method", "code": method}
    source = opened(tmp_path, given(dosage={"method": {"coding": [coding]}}))
    assert accounts(source)["MedicationAdministration"] == (1, used, 0, 1 - used)


# --------------------------------------------------------------------------------------- addresses of coding systems


@pytest.mark.parametrize(
    ("system", "code", "read"),
    [
        (f"{MIMIC}mimic-diagnosis-icd10", "M3313", "ICD10CM M3313"),
        (f"{MIMIC}mimic-diagnosis-icd9", "7103", "ICD9CM 7103"),
        ("http://hl7.org/fhir/sid/icd-10-am", "M33.1", "ICD10CM M33.1"),
        ("http://hl7.org/fhir/sid/icd-10-ca", "M33.1", "ICD10CM M33.1"),
        ("urn:oid:2.16.840.1.113883.6.2", "710.3", "ICD9CM 710.3"),
        ("http://purl.bioontology.org/ontology/ICD10CM/M33.13", "M33.13", "ICD10CM M33.13"),
        ("http://snomed.info", "396230008", "SNOMED 396230008"),
        ("SNOMED-CT", "396230008", "SNOMED 396230008"),
        ("ICD-10-CM", "M33.13", "ICD10CM M33.13"),
        ("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets/Alpha-Numeric-HCPCS.html", "J1569", "HCPCS J1569"),
    ],
)
def test_addresses_that_exports_use_for_published_coding_systems(tmp_path, system, code, read):
    source = opened(tmp_path, resource("Condition", 1, code={"coding": [{"system": system, "code": code}]}))
    assert codes_of(source, "condition_occurrence") == {read}


def test_procedure_codes_of_icd_10_are_no_diagnoses(tmp_path):
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-pcs", "code": "3E0330M"}
    source = opened(tmp_path, resource("Procedure", 1, code={"coding": [coding]}))
    assert codes_of(source, "procedure_occurrence") == {"ICD10PCS 3E0330M"}


def test_a_product_with_a_code_only_has_the_name_that_stands_among_its_identifiers(tmp_path):
    product = medication(
        "m",
        identifier=[
            {"system": f"{MIMIC}mimic-medication-formulary-drug-cd", "value": "MTX25"},
            {"system": f"{MIMIC}mimic-medication-name", "value": "Methotrexate"},
        ],
        code={"coding": [{"system": f"{MIMIC}mimic-medication-ndc", "code": "00054455025"}]},
    )
    drug = given(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    assert codes_of(opened(tmp_path, drug, product)) == {"NDC 00054455025", METHOTREXATE}


@pytest.mark.parametrize(("code", "route"), [("20053000", "oral"), ("20045000", "intravenous")])
def test_a_route_of_the_european_standard_terms_is_read_by_its_code(tmp_path, code, route):
    coding = {"system": "http://standardterms.edqm.eu", "code": code}
    source = opened(tmp_path, given(medicationCodeableConcept=PREDNISONE, dosage={"route": {"coding": [coding]}}))
    assert made(source, "drug_exposure", "route_source_value") == [(route,)]
