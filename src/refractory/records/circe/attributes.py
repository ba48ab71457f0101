"""What a criterion of a cohort definition of ATLAS may ask for, and which column of OMOP answers it.

Everything that is not in these tables is named to the user and never passed over. Left out on purpose is what the
generator of the queries reads and does not use (EffectiveDrugDose), and what needs tables that no other part of the
program reads: places of service, plans of payers, episodes, regions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How an attribute is written."""

    CONCEPT_SET = "number of a concept set"
    FLAG = "true or false"
    DATES = "range of dates"
    WHOLE = "range of whole numbers"
    NUMBERS = "range of numbers"
    CONCEPTS = "list of concepts"
    SELECTION = "choice of a concept set"
    TEXT = "filter of text"
    PERIOD = "period"


@dataclass(frozen=True)
class Attribute:
    """One thing that a criterion may ask for.

    Args:
        form: How it is written.
        column: The column that answers it, as "table.column" or, in the criterion's own table, "column".
        words: How a sentence says it.
    """

    form: Form
    column: str
    words: str


@dataclass(frozen=True)
class Kind:
    """A kind of criterion.

    Args:
        table: The table of OMOP that it looks in.
        words: How a sentence names one event of it.
        concept: The column that a concept set is compared with; empty where there is none.
        source_concept: The same for the source's own codes.
        attributes: What it may ask for, by the name in the file.
    """

    table: str
    words: str
    concept: str
    source_concept: str
    attributes: Mapping[str, Attribute]


def _both(name: str, column: str, words: str) -> dict[str, Attribute]:
    """Name an attribute that is given as a list of concepts or as a concept set."""
    return {name: Attribute(Form.CONCEPTS, column, words), f"{name}CS": Attribute(Form.SELECTION, column, words)}


def _kind_of_record(name: str, column: str) -> dict[str, Attribute]:
    return _both(name, column, "kind of record") | {f"{name}Exclude": Attribute(Form.FLAG, column, "")}


_START = Attribute(Form.DATES, "", "start")
_END = Attribute(Form.DATES, "", "end")
_FIRST = {"First": Attribute(Form.FLAG, "", "first")}
_AGE = {"Age": Attribute(Form.WHOLE, "person.year_of_birth", "age")}
_GENDER = _both("Gender", "person.gender_concept_id", "sex")
_PERSON = _AGE | _GENDER
_PLACE = _both("ProviderSpecialty", "provider.specialty_concept_id", "specialty of the provider") | _both(
    "VisitType", "visit_occurrence.visit_concept_id", "visit"
)
_ERA = {
    **_FIRST,
    "EraStartDate": _START,
    "EraEndDate": _END,
    "EraLength": Attribute(Form.WHOLE, "", "days of the era"),
    "AgeAtStart": Attribute(Form.WHOLE, "person.year_of_birth", "age at the start"),
    "AgeAtEnd": Attribute(Form.WHOLE, "person.year_of_birth", "age at the end"),
    **_GENDER,
}
_QUANTITY = {"Quantity": Attribute(Form.WHOLE, "quantity", "quantity")}
_NUMBER = {"ValueAsNumber": Attribute(Form.NUMBERS, "value_as_number", "value")}
_ANSWER = _both("ValueAsConcept", "value_as_concept_id", "answer")
_UNIT = _both("Unit", "unit_concept_id", "unit")
_STOPPED = {"StopReason": Attribute(Form.TEXT, "stop_reason", "reason for stopping")}


def _domain(name: str, own: Mapping[str, Attribute], *, has_end: bool = True) -> dict[str, Attribute]:
    """Collect what most tables of records share with what one of them has of its own."""
    ends = {"OccurrenceEndDate": _END} if has_end else {}
    stem = name.lower()
    return {
        **_FIRST,
        "OccurrenceStartDate": _START,
        **ends,
        **_kind_of_record(f"{name}Type", f"{stem}_type_concept_id"),
        **own,
        f"{name}SourceConcept": Attribute(Form.CONCEPT_SET, f"{stem}_source_concept_id", ""),
        **_PERSON,
        **_PLACE,
    }


def _kind(table: str, words: str, stem: str, attributes: Mapping[str, Attribute]) -> Kind:
    return Kind(table, words, f"{stem}_concept_id", f"{stem}_source_concept_id", attributes)


_MEASURED = {
    **_both("Operator", "operator_concept_id", "operator"),
    **_NUMBER,
    **_ANSWER,
    **_UNIT,
    "RangeLow": Attribute(Form.NUMBERS, "range_low", "lower limit of normal"),
    "RangeHigh": Attribute(Form.NUMBERS, "range_high", "upper limit of normal"),
    "RangeLowRatio": Attribute(Form.NUMBERS, "range_low", "value divided by the lower limit of normal"),
    "RangeHighRatio": Attribute(Form.NUMBERS, "range_high", "value divided by the upper limit of normal"),
    "Abnormal": Attribute(Form.FLAG, "range_high", "abnormal"),
}
_OBSERVED = {
    **_NUMBER,
    "ValueAsString": Attribute(Form.TEXT, "value_as_string", "text"),
    **_ANSWER,
    **_both("Qualifier", "qualifier_concept_id", "qualifier"),
    **_UNIT,
}
_GIVEN = {
    **_STOPPED,
    "Refills": Attribute(Form.WHOLE, "refills", "refills"),
    "Quantity": Attribute(Form.NUMBERS, "quantity", "quantity"),
    "DaysSupply": Attribute(Form.WHOLE, "days_supply", "days of supply"),
    **_both("RouteConcept", "route_concept_id", "route"),
    **_both("DoseUnit", "dose_unit_concept_id", "dose unit"),
    "LotNumber": Attribute(Form.TEXT, "lot_number", "lot number"),
}
_PERIOD = {
    **_FIRST,
    "PeriodStartDate": _START,
    "PeriodEndDate": _END,
    "UserDefinedPeriod": Attribute(Form.PERIOD, "", "period"),
    **_both("PeriodType", "period_type_concept_id", "kind of record"),
    "PeriodLength": Attribute(Form.WHOLE, "", "days of the period"),
    "AgeAtStart": _ERA["AgeAtStart"],
    "AgeAtEnd": _ERA["AgeAtEnd"],
}
_SPECIMEN = {
    **_FIRST,
    "OccurrenceStartDate": _START,
    **_kind_of_record("SpecimenType", "specimen_type_concept_id"),
    "Quantity": Attribute(Form.NUMBERS, "quantity", "quantity"),
    **_UNIT,
    **_both("AnatomicSite", "anatomic_site_concept_id", "site"),
    **_both("DiseaseStatus", "disease_status_concept_id", "status of the disease"),
    **_PERSON,
}
_VISIT_DETAIL = {
    **_FIRST,
    "VisitDetailStartDate": _START,
    "VisitDetailEndDate": _END,
    "VisitDetailTypeCS": Attribute(Form.SELECTION, "visit_detail_type_concept_id", "kind of record"),
    "VisitDetailSourceConcept": Attribute(Form.CONCEPT_SET, "visit_detail_source_concept_id", ""),
    "VisitDetailLength": Attribute(Form.WHOLE, "", "days of the stay"),
    **_AGE,
    "GenderCS": _GENDER["GenderCS"],
    "ProviderSpecialtyCS": _PLACE["ProviderSpecialtyCS"],
}
_VISIT = {
    **_FIRST,
    "OccurrenceStartDate": _START,
    "OccurrenceEndDate": _END,
    **_kind_of_record("VisitType", "visit_type_concept_id"),
    "VisitSourceConcept": Attribute(Form.CONCEPT_SET, "visit_source_concept_id", ""),
    "VisitLength": Attribute(Form.WHOLE, "", "days of the visit"),
    **_PERSON,
    **_both("ProviderSpecialty", "provider.specialty_concept_id", "specialty of the provider"),
}
_DEATH = {
    "OccurrenceStartDate": _START,
    **_kind_of_record("DeathType", "death_type_concept_id"),
    "DeathSourceConcept": Attribute(Form.CONCEPT_SET, "cause_source_concept_id", ""),
    **_PERSON,
}
KINDS: Mapping[str, Kind] = {
    "ConditionOccurrence": _kind(
        "condition_occurrence",
        "a diagnosis of",
        "condition",
        _domain(
            "Condition", _STOPPED | _both("ConditionStatus", "condition_status_concept_id", "status of the diagnosis")
        ),
    ),
    "ConditionEra": Kind(
        "condition_era",
        "an era of the diagnosis",
        "condition_concept_id",
        "",
        _ERA | {"OccurrenceCount": Attribute(Form.WHOLE, "condition_occurrence_count", "records in the era")},
    ),
    "DrugExposure": _kind("drug_exposure", "an exposure to", "drug", _domain("Drug", _GIVEN)),
    "DrugEra": Kind(
        "drug_era",
        "an era of",
        "drug_concept_id",
        "",
        _ERA
        | {
            "OccurrenceCount": Attribute(Form.WHOLE, "drug_exposure_count", "records in the era"),
            "GapDays": Attribute(Form.WHOLE, "gap_days", "days of gaps"),
        },
    ),
    "DoseEra": Kind(
        "dose_era",
        "an era at one dose of",
        "drug_concept_id",
        "",
        _ERA | _UNIT | {"DoseValue": Attribute(Form.NUMBERS, "dose_value", "dose")},
    ),
    "ProcedureOccurrence": _kind(
        "procedure_occurrence",
        "a procedure of",
        "procedure",
        _domain("Procedure", _both("Modifier", "modifier_concept_id", "modifier") | _QUANTITY, has_end=False),
    ),
    "DeviceExposure": _kind(
        "device_exposure",
        "a device of",
        "device",
        _domain("Device", {"UniqueDeviceId": Attribute(Form.TEXT, "unique_device_id", "device id")} | _QUANTITY),
    ),
    "Measurement": _kind(
        "measurement", "a measurement of", "measurement", _domain("Measurement", _MEASURED, has_end=False)
    ),
    "Observation": _kind(
        "observation", "an observation of", "observation", _domain("Observation", _OBSERVED, has_end=False)
    ),
    "VisitOccurrence": _kind("visit_occurrence", "a visit of", "visit", _VISIT),
    "VisitDetail": _kind("visit_detail", "a part of a visit of", "visit_detail", _VISIT_DETAIL),
    "Specimen": Kind("specimen", "a specimen of", "specimen_concept_id", "", _SPECIMEN),
    "Death": _kind("death", "death of", "cause", _DEATH),
    "ObservationPeriod": Kind("observation_period", "a period of observation", "", "", _PERIOD),
}
DEMOGRAPHIC: Mapping[str, Attribute] = {
    **_PERSON,
    **_both("Race", "person.race_concept_id", "race"),
    **_both("Ethnicity", "person.ethnicity_concept_id", "ethnicity"),
    "OccurrenceStartDate": _START,
    "OccurrenceEndDate": _END,
}
