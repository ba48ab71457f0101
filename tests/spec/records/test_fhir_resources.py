"""Resources of FHIR about persons and what was found in them: what each becomes, and which do not count."""

from __future__ import annotations

import pytest

from fhir_clinic import ANNA, SNOMED, accounts, made, opened, resource, told, write_lines
from refractory.records.from_anywhere import open_records

LOINC = "http://loinc.org"
DAY = {"effectiveDateTime": "2015-03-02T08:00:00Z"}


def one_patient(tmp_path, **parts):
    write_lines(tmp_path / "Patient.ndjson", [{**ANNA, **parts}])
    return open_records(str(tmp_path))


@pytest.mark.parametrize(
    ("written", "year", "month", "day"),
    [
        ("1970-03-05", 1970, 3, 5),
        ("1970-03", 1970, 3, None),
        ("1970", 1970, None, None),
        ("5.3.1970", None, None, None),
    ],
)
def test_a_birth_date_is_as_exact_as_it_is_written(tmp_path, written, year, month, day):
    source = one_patient(tmp_path, birthDate=written)
    assert made(source, "person", "year_of_birth, month_of_birth, day_of_birth") == [(year, month, day)]
    assert bool(told(source)) is (year is None)


def test_a_patient_has_sex_race_and_ethnicity_of_us_core(tmp_path):
    def category(name):
        return [
            {"url": "ombCategory", "valueCoding": {"code": "x", "display": name}},
            {"url": "text", "valueString": "t"},
        ]

    core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
    extension = [
        {"url": f"{core}race", "extension": category("Asian")},
        {"url": f"{core}ethnicity", "extension": [{"url": "text", "valueString": "Hispanic"}]},
    ]
    source = one_patient(tmp_path, extension=extension)
    columns = "gender_source_value, race_source_value, ethnicity_source_value"
    assert made(source, "person", columns) == [("female", "Asian", "Hispanic")]


@pytest.mark.parametrize(
    ("parts", "deaths", "remarks"),
    [
        ({"deceasedDateTime": "2020-05-01T23:30:00-05:00"}, [("2020-05-01",)], []),
        ({"deceasedBoolean": False}, [], []),
        (
            {"deceasedBoolean": True},
            [],
            [("deceasedBoolean", "has died, on a day that is not told", "counts as alive")],
        ),
        ({"deceasedDateTime": "2020"}, [], [("deceasedDateTime", "day is not known", "value not used")]),
    ],
)
def test_a_death_needs_a_day(tmp_path, parts, deaths, remarks):
    source = one_patient(tmp_path, **parts)
    assert made(source, "death", "death_date") == deaths
    assert told(source) == remarks


@pytest.mark.parametrize(
    ("incomplete", "day"),
    [("not used", None), ("first day", "2015-03-01"), ("middle", "2015-03-16"), ("last day", "2015-03-31")],
)
def test_a_month_is_a_day_only_where_the_mapping_says_which(tmp_path, incomplete, day):
    condition = resource("Condition", onsetDateTime="2015-03")
    source = opened(tmp_path, condition, mapping=f'incomplete_dates = "{incomplete}"')
    (found,) = made(source, "condition_occurrence", "condition_start_date")
    assert str(found[0]) == str(day)
    assert ("onsetDateTime", "day is not known") in [one[:2] for one in told(source)]


@pytest.mark.parametrize(
    ("parts", "start"),
    [
        ({"onsetDateTime": "2015-03-02T23:59:00-08:00", "recordedDate": "2016-01-01"}, "2015-03-02"),
        ({"onsetPeriod": {"start": "2015-03-02"}, "recordedDate": "2016-01-01"}, "2015-03-02"),
        ({"recordedDate": "2016-01-01"}, "2016-01-01"),
        ({"assertedDate": "2014-01-01"}, "2014-01-01"),
        ({"onsetAge": {"value": 45, "code": "a"}, "recordedDate": "2016-01-01"}, "2016-01-01"),
        ({"onsetString": "childhood"}, None),
        (
            {
                "recordedDate": "2016-01-01",
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
                        "valueDateTime": "2015-06-01",
                    }
                ],
            },
            "2015-06-01",
        ),
    ],
)
def test_a_condition_begins_with_its_onset_else_when_it_was_written_down(tmp_path, parts, start):
    source = opened(tmp_path, resource("Condition", **parts))
    (found,) = made(source, "condition_occurrence", "condition_start_date")
    assert str(found[0]) == str(start)
    # An onset that is no day, and another day in its place: that is told.
    is_other = any(name.startswith("onset") for name in parts) and start != "2015-03-02"
    assert ("onset" in [column for column, _, _ in told(source)]) is is_other


@pytest.mark.parametrize(
    ("status", "used", "rule"),
    [
        ("confirmed", 1, None),
        ("entered-in-error", 0, "entered in error"),
        ("refuted", 0, "the diagnosis was refuted"),
        ("differential", 0, "a differential diagnosis, one of several"),
        ("provisional", 1, "the diagnosis is provisional"),
        ("unconfirmed", 1, "the diagnosis is unconfirmed"),
    ],
)
@pytest.mark.parametrize("is_bare", [False, True])  # a bare code is how earlier versions of FHIR write it
def test_which_diagnoses_count(tmp_path, status, used, rule, is_bare):
    written = status if is_bare else {"coding": [{"code": status}]}
    source = opened(tmp_path, resource("Condition", verificationStatus=written, onsetDateTime="2015-03-02"))
    assert accounts(source)["Condition"] == (1, used, 0, 1 - used)
    assert [one[1] for one in told(source)] == ([rule] if rule else [])


def test_all_codings_of_a_condition_are_kept_by_the_name_of_their_system(tmp_path):
    coding = [
        {"system": "urn:oid:2.16.840.1.113883.6.90", "code": "M33.13"},
        {"system": "http://snomed.info/sct/731000124108", "code": "396230008", "display": "Dermatomyositis"},
        {"system": "http://hl7.org/fhir/sid/icd-10", "code": "M33.1"},
        {"system": "http://hl7.org/fhir/sid/icd-9-cm", "code": "710.3"},
        {"system": "https://hospital.example/codes", "code": "DM"},
        {"system": SNOMED, "code": "396230008"},
    ]
    source = opened(tmp_path, resource("Condition", code={"coding": coding, "text": "DM"}, onsetDateTime="2015-03-02"))
    assert made(source, "concept", "vocabulary_id, concept_code") == [
        ("ICD10CM", "M33.1"),
        ("ICD10CM", "M33.13"),
        ("ICD9CM", "710.3"),
        ("SNOMED", "396230008"),
    ]
    assert told(source) == [("code", "coding system is not known", "its name is used")]


def test_a_coding_system_of_the_house_has_the_vocabulary_that_the_mapping_names(tmp_path):
    code = {"coding": [{"system": "https://hospital.example/codes", "code": "DM"}]}
    mapping = 'systems = { "https://hospital.example/codes" = "House" }'
    source = opened(tmp_path, resource("Condition", code=code, onsetDateTime="2015-03-02"), mapping=mapping)
    assert made(source, "concept", "vocabulary_id, concept_code") == [("House", "DM")]
    assert told(source) == []


def test_a_condition_without_any_code_is_listed(tmp_path):
    assert told(opened(tmp_path, resource("Condition", code={}))) == [("code", "no code and no name", "left out")]


@pytest.mark.parametrize(
    ("parts", "rows"),
    [
        ({"status": "completed", "performedDateTime": "2015-03-02"}, [("2015-03-02", None)]),
        (
            {"status": "completed", "performedPeriod": {"start": "2015-03-02T09:00:00Z", "end": "2015-03-04"}},
            [("2015-03-02", "2015-03-04")],
        ),
        ({"status": "in-progress", "performedDateTime": "2015-03-02"}, [("2015-03-02", None)]),
        ({"status": "not-done", "performedDateTime": "2015-03-02"}, []),
        ({"status": "preparation", "performedDateTime": "2015-03-02"}, []),
        ({"status": "entered-in-error", "performedDateTime": "2015-03-02"}, []),
    ],
)
def test_procedures_that_were_done(tmp_path, parts, rows):
    source = opened(tmp_path, resource("Procedure", **parts))
    assert made(source, "procedure_occurrence", "procedure_date, procedure_end_date") == rows
    assert accounts(source)["Procedure"] == (1, len(rows), 0, 1 - len(rows))


def test_a_billed_service_has_its_units_and_its_modifier(tmp_path):
    hcpcs = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    code = {"coding": [{"system": hcpcs, "code": "J1569"}, {"system": hcpcs, "code": "JB"}]}
    billed = {"status": "billed", "occurrenceDateTime": "2015-03-02", "quantity": {"value": 80}, "code": code}
    source = opened(tmp_path, resource("ChargeItem", 1, **billed), resource("ChargeItem", 2, status="aborted"))
    columns = "procedure_source_value, quantity, modifier_source_value"
    assert made(source, "procedure_occurrence", columns) == [("J1569", 80.0, "JB")]
    assert accounts(source)["ChargeItem"] == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("parts", "number", "text", "unit"),
    [
        ({"valueQuantity": {"value": 70, "unit": "kilogram", "code": "kg"}}, 70, "70", "kg"),
        ({"valueQuantity": {"value": 150, "unit": "lbs", "code": "[lb_av]"}}, 150, "150", "[lb_av]"),
        ({"valueQuantity": {"value": 5, "unit": "g/dL"}}, 5, "5", "g/dL"),
        ({"valueQuantity": {"value": 20, "comparator": "<", "code": "U/L"}}, None, "<20", "U/L"),
        ({"valueInteger": 14}, 14, "14", None),
        ({"valueString": "14"}, 14, "14", None),
        ({"valueString": "82.5 kg"}, 82.5, "82.5 kg", "kg"),
        ({"valueString": "12 mg/dL"}, 12, "12 mg/dL", "mg/dL"),
        ({"valueString": "7.5 10*3/uL"}, 7.5, "7.5 10*3/uL", "10*3/uL"),
        ({"valueString": "61,5 mL/min/1.73 m2"}, 61.5, "61,5 mL/min/1.73 m2", "mL/min/1.73 m2"),
        ({"valueString": "-1.5 mmol/L"}, -1.5, "-1.5 mmol/L", "mmol/L"),
        ({"valueString": "< 5 mg/dL"}, None, "<5", "mg/dL"),
        ({"valueString": "≥90%"}, None, ">=90", "%"),
        ({"valueString": "5 - 10 /HPF"}, None, "5-10", "/HPF"),
        ({"valueString": "<1:80"}, None, "<1:80", None),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 640}}}, None, "1:640", None),
        (
            {"valueRatio": {"numerator": {"value": 1, "comparator": "<"}, "denominator": {"value": 8}}},
            None,
            "<1:8",
            None,
        ),
        (
            {"valueRatio": {"numerator": {"value": 30, "code": "mg"}, "denominator": {"value": 2, "code": "g"}}},
            15,
            "15",
            "mg/g",
        ),
        ({"valueRange": {"low": {"value": 60, "unit": "mL/min"}}}, None, ">=60", "mL/min"),
        ({"valueRange": {"high": {"value": 30, "unit": "mL/min"}}}, None, "<=30", "mL/min"),
        ({"valueRange": {"low": {"value": 30}, "high": {"value": 60, "unit": "mL/min"}}}, None, "30-60", "mL/min"),
        ({"valueRange": {"low": {"value": -5}, "high": {"value": -2}}}, None, "-5--2", None),
        ({"dataAbsentReason": {"text": "unknown"}}, None, None, None),
    ],
)
def test_a_result_with_a_number_is_a_measurement(tmp_path, parts, number, text, unit):
    source = opened(tmp_path, resource("Observation", status="final", **DAY, **parts))
    columns = "measurement_date, value_as_number, value_source_value, unit_source_value"
    assert made(source, "measurement", columns) == [("2015-03-02", number, text, unit)]
    assert made(source, "observation", "1") == []


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "10828004", "display": "Positive"}]}},
            "Positive",
        ),
        ({"valueString": "3rd finger"}, "3rd finger"),
        *(
            ({"valueString": words}, words)
            for words in ("3 times a year", "120/80 mmHg", "1,500 mg/dL", "12 mg/dL at night", "7q34", "2 A", "3+")
        ),
        ({"valueBoolean": True}, "yes"),
        ({}, None),
    ],
)
def test_any_other_result_is_an_observation(tmp_path, parts, text):
    source = opened(tmp_path, resource("Observation", status="final", **DAY, **parts))
    assert made(source, "observation", "observation_date, value_as_string") == [("2015-03-02", text)]
    assert made(source, "measurement", "1") == []


@pytest.mark.parametrize(
    ("focus", "used"),
    [
        ("Patient/anna", 1),
        ("Condition/1", 1),
        ("RelatedPerson/1", 0),
        ("Patient/child", 0),
        # Whoever that is, nothing says that it is another person.
        ("Patient/nobody", 1),
    ],
)
def test_a_result_about_another_person_than_its_subject_does_not_count(tmp_path, focus, used):
    child = {**ANNA, "id": "child", "birthDate": "2015-03-02"}
    result = resource("Observation", status="final", valueInteger=1, focus=[{"reference": focus}], **DAY)
    source = opened(tmp_path, child, result)
    assert accounts(source)["Observation"] == (1, used, 0, 1 - used)


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
def test_a_result_that_is_none_is_listed(tmp_path, status):
    source = opened(tmp_path, resource("Observation", status=status, valueInteger=1, **DAY))
    assert accounts(source)["Observation"] == (1, 0, 0, 1)


def test_components_are_results_of_their_own(tmp_path):
    pressure = [
        {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": {"value": 120, "unit": "mm[Hg]"}},
        {"code": {"coding": [{"system": LOINC, "code": "8462-4"}]}, "valueQuantity": {"value": 80, "unit": "mm[Hg]"}},
        {"code": {"text": "cuff"}, "dataAbsentReason": {"text": "unknown"}},
    ]
    source = opened(tmp_path, resource("Observation", status="final", component=pressure, **DAY))
    assert made(source, "measurement", "value_as_number, measurement_source_value") == [
        (80.0, "8462-4"),
        (120.0, "8480-6"),
        (None, "cuff"),
    ]


def test_a_score_and_its_items_are_all_there(tmp_path):
    items = [{"code": {"text": "erythema"}, "valueInteger": 2}, {"code": {"text": "scale"}, "valueInteger": 1}]
    source = opened(tmp_path, resource("Observation", status="final", valueInteger=3, component=items, **DAY))
    assert made(source, "measurement", "value_as_number, measurement_source_value") == [
        (1.0, "scale"),
        (2.0, "erythema"),
        (3.0, "CDASI activity"),
    ]


def test_a_panel_of_other_observations_holds_nothing_itself(tmp_path):
    panel = resource("Observation", status="final", hasMember=[{"reference": "Observation/2"}], **DAY)
    assert accounts(opened(tmp_path, panel))["Observation"] == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("ranges", "limit"),
    [
        ([{"high": {"value": 200, "unit": "U/L"}}], 200),
        ([{"high": {"value": 200}}], 200),
        ([{"high": {"value": 3.3, "unit": "ukat/L"}}], None),
        ([{"high": {"value": 170}, "appliesTo": [{"text": "women"}]}, {"high": {"value": 200}}], None),
        ([{"type": {"text": "critical"}, "high": {"value": 9000}}, {"high": {"value": 200}}], 200),
    ],
)
def test_the_upper_limit_of_normal_is_that_of_the_value_in_its_unit(tmp_path, ranges, limit):
    value = {"valueQuantity": {"value": 900, "code": "U/L"}, "referenceRange": ranges}
    source = opened(tmp_path, resource("Observation", status="final", **DAY, **value))
    assert made(source, "measurement", "range_high") == [(limit,)]


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        ({"effectivePeriod": {"start": "2015-03-02", "end": "2015-03-09"}}, "2015-03-02"),
        ({"effectiveInstant": "2015-03-02T00:00:00Z"}, "2015-03-02"),
        ({"effectiveTiming": {"event": ["2015-03-02"]}}, "2015-03-02"),
        ({"issued": "2015-03-05T00:00:00Z"}, "2015-03-05"),
        ({"effectiveDateTime": "2015", "issued": "2015-03-05T00:00:00Z"}, None),
    ],
)
def test_the_day_of_an_observation(tmp_path, parts, day):
    source = opened(tmp_path, resource("Observation", status="final", valueInteger=1, **parts))
    assert [str(row[0]) for row in made(source, "measurement", "measurement_date")] == [str(day)]


def test_a_vaccine_is_no_drug_and_immunoglobulin_is_no_vaccine(tmp_path):
    cvx = "http://hl7.org/fhir/sid/cvx"
    flu = {"coding": [{"system": cvx, "code": "140", "display": "Influenza"}]}
    ivig = {"coding": [{"system": cvx, "code": "87", "display": "IGIV"}]}
    when = {"occurrenceDateTime": "2015-03-02", "status": "completed"}
    source = opened(
        tmp_path,
        resource("Immunization", 1, vaccineCode=flu, **when),
        resource("Immunization", 2, vaccineCode=ivig, doseQuantity={"value": 30, "code": "g"}, **when),
        resource("Immunization", 3, vaccineCode=flu, occurrenceDateTime="2016-01-01", status="not-done"),
    )
    assert made(source, "observation", "observation_source_value") == [("Influenza",)]
    columns = "drug_source_value, quantity, dose_unit_source_value, route_source_value"
    assert made(source, "drug_exposure", columns) == [("IGIV", 30.0, "g", "intravenous")]
    assert ("RxNorm", "5666") in made(source, "concept", "vocabulary_id, concept_code")
    assert accounts(source)["Immunization"] == (3, 2, 0, 1)


def test_encounters_bound_the_time_of_observation(tmp_path):
    def encounter(number, start, end=None, status="finished"):
        return resource("Encounter", number, status=status, period={"start": start, **({"end": end} if end else {})})

    source = opened(
        tmp_path,
        encounter(1, "2015-03-02T08:00:00Z", "2015-03-09T08:00:00Z"),
        encounter(2, "2012-01-01"),
        encounter(3, "2030-01-01", status="planned"),
        encounter(4, "2016-01-02", "2016-01-01"),
    )
    columns = "observation_period_start_date, observation_period_end_date"
    assert made(source, "observation_period", columns) == [("2012-01-01", "2015-03-09")]
    assert accounts(source)["Encounter"] == (4, 2, 0, 2)


def test_without_encounters_nobody_is_said_to_be_observed(tmp_path):
    assert made(opened(tmp_path, resource("Condition")), "observation_period", "1") == []


def test_periods_of_observation_that_are_told_count_and_encounters_do_not(tmp_path):
    period = {"start": "2010-01-01", "end": "2020-12-31"}
    episode = resource("EpisodeOfCare", status="finished", type=[{"text": "Observation period"}], period=period)
    other = resource("EpisodeOfCare", 2, status="finished", type=[{"text": "Pregnancy"}], period=period)
    encounter = resource("Encounter", status="finished", period={"start": "2012-01-01"})
    source = opened(tmp_path, episode, other, encounter)
    columns = "observation_period_start_date, observation_period_end_date"
    assert made(source, "observation_period", columns) == [("2010-01-01", "2020-12-31")]
    assert accounts(source)["EpisodeOfCare"] == (2, 1, 1, 0)
    assert accounts(source)["Encounter"] == (1, 0, 1, 0)


def test_a_document_is_its_kind_and_its_day_and_never_its_text(tmp_path):
    content = [{"attachment": {"contentType": "text/plain", "data": "U2VjcmV0"}}]
    kind = {"coding": [{"system": LOINC, "code": "11526-1", "display": "Pathology study"}]}
    document = resource("DocumentReference", status="current", type=kind, date="2015-03-02T08:00:00Z", content=content)
    source = opened(tmp_path, document)
    columns = "observation_date, observation_source_value, value_as_string"
    assert made(source, "observation", columns) == [("2015-03-02", "Pathology study", None)]


def test_nothing_that_is_told_holds_what_a_resource_says(tmp_path):
    secret = "Anna-Maria Geheim"
    source = opened(
        tmp_path,
        resource("Condition", onsetDateTime=secret, code={"text": secret, "coding": [{"system": secret, "code": "1"}]}),
        resource("Observation", status=secret, effectiveDateTime=secret, valueString=secret),
        resource("MedicationRequest", status=secret, intent=secret, authoredOn=secret, dosageInstruction=secret),
        f'{{"resourceType": "Condition", {secret}',
    )
    assert len(source.problems) > 5
    assert not [one for one in source.problems if "Geheim" in str(one)]


def test_a_large_result_is_kept_with_all_its_digits(tmp_path):
    value = {"value": 1234567, "unit": "U/L", "comparator": ">"}
    source = opened(
        tmp_path, resource("Observation", status="final", effectiveDateTime="2015-03-02", valueQuantity=value)
    )
    assert made(source, "measurement", "value_source_value") == [(">1234567",)]
