"""What other versions of FHIR and other guides write elsewhere, and what turns a resource into its opposite."""

from __future__ import annotations

import pytest

from fhir_clinic import PREDNISONE, SNOMED, accounts, made, opened, resource, told

DAY = "2015-03-02"
IPS = {"system": "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "code": "no-known-medications"}


def drug(kind, **parts):
    return resource(f"Medication{kind}", **parts)


# ---------------------------------------------------------------------------------------------- what was not done


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (resource("Procedure", performedDateTime=DAY, notPerformed=True), ("notPerformed", "was not done")),
        (drug("Dispense", whenHandedOver=DAY, notDone=True), ("notDone", "was not handed over")),
        (drug("Statement", effectiveDateTime=DAY, status="draft"), ("status", "a draft, no statement yet")),
        (
            drug("Statement", effectiveDateTime=DAY, adherence={"code": {"coding": [{"code": "not-taking"}]}}),
            ("taken", "was not taken"),
        ),
    ],
    ids=lambda one: one["resourceType"] if isinstance(one, dict) else "",
)
def test_what_other_versions_say_was_not_done_is_left_out(tmp_path, body, why):
    source = opened(tmp_path, body)
    assert told(source) == [(*why, "left out")]
    assert accounts(source)[body["resourceType"]] == (1, 0, 0, 1)


@pytest.mark.parametrize("kind", ["Observation", "Procedure", "MedicationRequest", "Condition"])
@pytest.mark.parametrize(
    ("address", "value", "used", "rule"),
    [
        (
            "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDone",
            True,
            0,
            "a modifier says that it was not done",
        ),
        ("http://example.org/not-given", True, 0, "a modifier says that it was not done"),
        (
            "http://example.org/fhir/extension-MedicationRequest.doNotPerform",
            True,
            0,
            "a modifier says that it was not done",
        ),
        ("http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDone", False, 1, None),
        ("http://example.org/not-given", "perhaps", 1, "a modifier that is not known"),
        ("http://example.org/in-which-tissue", True, 1, "a modifier that is not known"),
    ],
)
def test_a_modifier_that_negates_leaves_out_and_one_that_is_not_known_is_told(
    tmp_path, kind, address, value, used, rule
):
    source = opened(tmp_path, resource(kind, modifierExtension=[{"url": address, "valueBoolean": value}]))
    assert accounts(source)[kind] == (1, used, 0, 1 - used)
    assert [one for column, one, _ in told(source) if column == "modifierExtension"] == ([rule] if rule else [])


@pytest.mark.parametrize("kind", ["Condition", "MedicationStatement", "Procedure"])
def test_what_says_that_a_person_has_none_at_all_is_none(tmp_path, kind):
    column = "medicationCodeableConcept" if kind == "MedicationStatement" else "code"
    source = opened(tmp_path, resource(kind, **{column: {"coding": [IPS], "text": "No known prednisone"}}))
    assert accounts(source)[kind] == (1, 0, 0, 1)


# ---------------------------------------------------------------------------------------------- plans that are none


@pytest.mark.parametrize(
    ("parts", "used"),
    [
        ({"intent": "plan", "reportedBoolean": True}, 1),
        ({"intent": "plan", "reportedReference": {"reference": "Patient/anna"}}, 1),
        ({"intent": "plan", "reported": True}, 1),
        ({"intent": "plan", "reportedBoolean": False}, 0),
        ({"intent": "proposal", "reportedBoolean": True}, 0),
        ({"intent": "plan", "reportedBoolean": True, "status": "entered-in-error"}, 0),
    ],
)
@pytest.mark.parametrize("drugs", ["statement", "request"])
def test_a_plan_that_is_reported_is_a_statement(tmp_path, parts, used, drugs):
    body = drug("Request", **{"status": "active", "authoredOn": DAY, **parts})
    source = opened(tmp_path, body, mapping=f'drugs = ["{drugs}"]')
    is_counted = bool(used) and drugs == "statement"
    assert len(made(source, "drug_exposure", "1")) == int(is_counted)
    assert accounts(source)["MedicationRequest"] == (1, int(is_counted), int(bool(used) and not is_counted), 1 - used)
    said = ("intent", "a plan that tells what a person takes", "used as a statement")
    assert (said in told(source)) is is_counted


# ------------------------------------------------------------------------------------------- what stands elsewhere


@pytest.mark.parametrize(
    ("body", "table", "columns", "row"),
    [
        (
            resource("Encounter", status="completed", actualPeriod={"start": DAY, "end": "2015-03-04"}),
            "observation_period",
            "observation_period_start_date, observation_period_end_date",
            (DAY, "2015-03-04"),
        ),
        (resource("Condition", dateRecorded=DAY), "condition_occurrence", "condition_start_date", (DAY,)),
        (
            resource("DocumentReference", status="current", type={"text": "letter"}, period={"start": DAY}),
            "observation",
            "observation_date",
            (DAY,),
        ),
        (
            drug(
                "Request",
                status="active",
                intent="order",
                authoredOn="2015-02-01",
                effectiveDosePeriod={"start": DAY},
                renderedDosageInstruction="Take 1 tablet daily",
            ),
            "drug_exposure",
            "drug_exposure_start_date, sig",
            (DAY, "Take 1 tablet daily"),
        ),
    ],
    ids=lambda one: one["resourceType"] if isinstance(one, dict) else "",
)
def test_what_other_versions_write_elsewhere_is_read_there(tmp_path, body, table, columns, row):
    source = opened(tmp_path, body)
    assert made(source, table, columns) == [row]
    assert told(source) == []


@pytest.mark.parametrize(
    ("strength", "found"),
    [
        ({"strengthQuantity": {"value": 5, "code": "mg"}}, [(5.0, None)]),
        (
            {
                "strengthRatio": {
                    "numerator": {"value": 50, "code": "mg"},
                    "denominator": {"value": 2, "code": "mL"},
                }
            },
            [(25.0, 1.0)],
        ),
    ],
)
def test_the_strength_of_a_product_as_later_versions_write_it(tmp_path, strength, found):
    product = {
        "resourceType": "Medication",
        "id": "m",
        "doseForm": {"text": "tablet"},
        "ingredient": [{"item": {"concept": PREDNISONE}, **strength}],
    }
    body = drug(
        "Statement",
        status="recorded",
        effectiveDateTime=DAY,
        medicationCodeableConcept=None,
        medication={"reference": {"reference": "Medication/m"}},
    )
    source = opened(tmp_path, body, product)
    column = "amount_value, denominator_value" if found[0][1] is None else "numerator_value, denominator_value"
    assert made(source, "drug_strength", column) == found


@pytest.mark.parametrize(
    ("system", "code", "vocabulary"),
    [
        ("http://hl7.org/fhir/sid/icd-9", "710.3", "ICD9CM"),
        ("http://www.nlm.nih.gov/research/umls/hcpcs", "J1569", "HCPCS"),
        ("http://www2a.cdc.gov/vaccines/IIS/IISStandards/vaccines.asp?rpt=cvx", "140", "CVX"),
    ],
)
def test_older_addresses_of_coding_systems(tmp_path, system, code, vocabulary):
    coding = [{"system": system, "code": code}, {"system": SNOMED, "code": "396230008"}]
    source = opened(tmp_path, resource("Condition", code={"coding": coding}))
    assert (vocabulary, code) in made(source, "concept", "vocabulary_id, concept_code")
    assert told(source) == []
