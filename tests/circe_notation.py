# ruff: noqa: E501 -- a criterion stands on a line, as in the table of a protocol
"""Cohort definitions of ATLAS in few words, and an invented clinic that has something for every part of them."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

Part = dict[str, Any]
ANY_TIME = ((None, -1), (None, 1))


def concept_set(number: int, *lines: int | tuple[int, str], name: str = "") -> Part:
    """Write a concept set; after an id may stand + (descendants), - (excluded), m (mapped)."""
    items = []
    for line in lines:
        concept, marks = line if isinstance(line, tuple) else (line, "")
        items.append(
            {
                "concept": {"CONCEPT_ID": concept, "CONCEPT_NAME": f"concept {concept}"},
                "isExcluded": "-" in marks,
                "includeDescendants": "+" in marks,
                "includeMapped": "m" in marks,
            }
        )
    return {"id": number, "name": name or f"set {number}", "expression": {"items": items}}


def event(kind: str, codes: int | None = 0, **more: Any) -> Part:
    """Write a criterion; codes is the number of its concept set."""
    return {kind: {**({} if codes is None else {"CodesetId": codes}), **more}}


def bounds(operator: str, value: Any, extent: Any = None) -> Part:
    """Write a range."""
    return {"Op": operator, "Value": value, **({} if extent is None else {"Extent": extent})}


def concepts(*ids: int) -> list[Part]:
    """Write a list of concepts."""
    return [{"CONCEPT_ID": one, "CONCEPT_NAME": f"concept {one}"} for one in ids]


def days(start: tuple[int | None, int], end: tuple[int | None, int], **more: bool) -> Part:
    """Write a window: days and -1 (before) or 1 (after) of either side."""
    sides = {"Start": start, "End": end}
    return {
        **{
            side: {"Coeff": sign, **({} if count is None else {"Days": count})} for side, (count, sign) in sides.items()
        },
        "UseEventEnd": False,
        "UseIndexEnd": False,
        **{f"Use{key}": value for key, value in more.items()},
    }


def found(criterion: Part, times: str = ">=1", window: Part | None = None, **more: Any) -> Part:
    """Write what is found around an event: how often (==0, <=2, >=1, and d for different), and when."""
    kinds = {"==": 0, "<=": 1, ">=": 2}
    return {
        "Criteria": criterion,
        "StartWindow": window or days(*ANY_TIME),
        "Occurrence": {
            "Type": kinds[times[:2]],
            "Count": int(times[2:].rstrip("d")),
            "IsDistinct": times.endswith("d"),
        },
        **more,
    }


def group(*criteria: Part, kind: str = "ALL", persons: tuple[Part, ...] = (), groups: tuple[Part, ...] = ()) -> Part:
    """Write a group: ALL, ANY, AT_LEAST 2 or AT_MOST 1 of its criteria, persons and groups."""
    word, _, number = kind.partition(" ")
    return {
        "Type": word,
        **({"Count": int(number)} if number else {}),
        "CriteriaList": list(criteria),
        "DemographicCriteriaList": list(persons),
        "Groups": list(groups),
    }


def define(
    *entry: Part,
    sets: tuple[Part, ...] = (),
    observed: tuple[int, int] = (0, 0),
    limits: tuple[str, str, str] = ("All", "All", "All"),
    additional: Part | None = None,
    rules: tuple[Part, ...] = (),
    **more: Any,
) -> Part:
    """Write a whole definition; limits are those of the entry, of qualified and of included events."""
    return {
        "cdmVersionRange": ">=5.0.0",
        "PrimaryCriteria": {
            "CriteriaList": list(entry),
            "ObservationWindow": {"PriorDays": observed[0], "PostDays": observed[1]},
            "PrimaryCriteriaLimit": {"Type": limits[0]},
        },
        **({"AdditionalCriteria": additional} if additional else {}),
        "ConceptSets": list(sets),
        "QualifiedLimit": {"Type": limits[1]},
        "ExpressionLimit": {"Type": limits[2]},
        "InclusionRules": [{"name": f"rule {n}", "expression": one} for n, one in enumerate(rules, start=1)],
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
        "CensorWindow": {},
        **more,
    }


# Concepts of the clinic. 100 is above 101 and 102; 901 is a source code of 101; 300 is the ingredient of 301 and 302.
DISEASE, RASH, WEAKNESS, OTHER = 100, 101, 102, 110
SOURCE_CODE = 901
DRUG, TABLET, INFUSION, OTHER_DRUG = 300, 301, 302, 310
BIOPSY, KINASE, SMOKING, PUMP, BLOOD = 400, 500, 600, 700, 750
INPATIENT, OUTPATIENT = 9201, 9202
FEMALE, MALE = 8532, 8507
UNIT, OTHER_UNIT, HIGH, PRIMARY_STATUS = 8645, 8510, 4155142, 32902
SKIN_DOCTOR = 38004458
SETS = (
    concept_set(0, (DISEASE, "+"), name="disease"),
    concept_set(1, RASH, name="rash"),
    concept_set(2, (DISEASE, "+"), (WEAKNESS, "-"), name="disease without weakness"),
    concept_set(3, (DRUG, "+"), name="drug"),
    concept_set(4, DRUG, name="ingredient"),
    concept_set(5, BIOPSY, name="biopsy"),
    concept_set(6, KINASE, name="creatine kinase"),
    concept_set(7, SMOKING, name="smoking"),
    concept_set(8, PUMP, name="pump"),
    concept_set(9, INPATIENT, name="inpatient"),
    concept_set(10, (RASH, "m"), name="codes of rash"),
    concept_set(11, FEMALE, name="women"),
    concept_set(12, OTHER, name="other disease"),
    concept_set(13, BLOOD, name="blood"),
)
_VOCABULARY = {
    DISEASE: (RASH, WEAKNESS),
    DRUG: (TABLET, INFUSION),
    OTHER_DRUG: (),
    **dict.fromkeys((OTHER, BIOPSY, KINASE, SMOKING, PUMP, BLOOD, INPATIENT, OUTPATIENT, FEMALE, MALE), ()),
}
_COLUMNS = {
    "person": "person_id BIGINT, gender_concept_id BIGINT, year_of_birth INTEGER, month_of_birth INTEGER, "
    "day_of_birth INTEGER, race_concept_id BIGINT, ethnicity_concept_id BIGINT, provider_id BIGINT, location_id BIGINT",
    "observation_period": "observation_period_id BIGINT, person_id BIGINT, observation_period_start_date DATE, "
    "observation_period_end_date DATE, period_type_concept_id BIGINT",
    "visit_occurrence": "visit_occurrence_id BIGINT, person_id BIGINT, visit_concept_id BIGINT, visit_start_date DATE, "
    "visit_end_date DATE, visit_type_concept_id BIGINT, visit_source_concept_id BIGINT, provider_id BIGINT, "
    "care_site_id BIGINT",
    "condition_occurrence": "condition_occurrence_id BIGINT, person_id BIGINT, condition_concept_id BIGINT, "
    "condition_start_date DATE, condition_end_date DATE, condition_type_concept_id BIGINT, "
    "condition_status_concept_id BIGINT, stop_reason VARCHAR, provider_id BIGINT, visit_occurrence_id BIGINT, "
    "visit_detail_id BIGINT, condition_source_concept_id BIGINT",
    "drug_exposure": "drug_exposure_id BIGINT, person_id BIGINT, drug_concept_id BIGINT, drug_exposure_start_date DATE, "
    "drug_exposure_end_date DATE, drug_type_concept_id BIGINT, stop_reason VARCHAR, refills INTEGER, quantity DOUBLE, "
    "days_supply INTEGER, route_concept_id BIGINT, lot_number VARCHAR, provider_id BIGINT, visit_occurrence_id BIGINT, "
    "visit_detail_id BIGINT, drug_source_concept_id BIGINT, dose_unit_concept_id BIGINT",
    "procedure_occurrence": "procedure_occurrence_id BIGINT, person_id BIGINT, procedure_concept_id BIGINT, "
    "procedure_date DATE, procedure_end_date DATE, procedure_type_concept_id BIGINT, modifier_concept_id BIGINT, "
    "quantity INTEGER, provider_id BIGINT, visit_occurrence_id BIGINT, visit_detail_id BIGINT, "
    "procedure_source_concept_id BIGINT",
    "device_exposure": "device_exposure_id BIGINT, person_id BIGINT, device_concept_id BIGINT, "
    "device_exposure_start_date DATE, device_exposure_end_date DATE, device_type_concept_id BIGINT, "
    "unique_device_id VARCHAR, quantity INTEGER, provider_id BIGINT, visit_occurrence_id BIGINT, visit_detail_id BIGINT, "
    "device_source_concept_id BIGINT",
    "measurement": "measurement_id BIGINT, person_id BIGINT, measurement_concept_id BIGINT, measurement_date DATE, "
    "measurement_type_concept_id BIGINT, operator_concept_id BIGINT, value_as_number DOUBLE, value_as_concept_id BIGINT, "
    "unit_concept_id BIGINT, range_low DOUBLE, range_high DOUBLE, provider_id BIGINT, visit_occurrence_id BIGINT, "
    "visit_detail_id BIGINT, measurement_source_concept_id BIGINT",
    "observation": "observation_id BIGINT, person_id BIGINT, observation_concept_id BIGINT, observation_date DATE, "
    "observation_type_concept_id BIGINT, value_as_number DOUBLE, value_as_string VARCHAR, value_as_concept_id BIGINT, "
    "qualifier_concept_id BIGINT, unit_concept_id BIGINT, provider_id BIGINT, visit_occurrence_id BIGINT, "
    "visit_detail_id BIGINT, observation_source_concept_id BIGINT",
    "specimen": "specimen_id BIGINT, person_id BIGINT, specimen_concept_id BIGINT, specimen_date DATE, "
    "specimen_type_concept_id BIGINT, quantity DOUBLE, unit_concept_id BIGINT, anatomic_site_concept_id BIGINT, "
    "disease_status_concept_id BIGINT, specimen_source_id VARCHAR",
    "death": "person_id BIGINT, death_date DATE, death_type_concept_id BIGINT, cause_concept_id BIGINT, "
    "cause_source_concept_id BIGINT",
    "condition_era": "condition_era_id BIGINT, person_id BIGINT, condition_concept_id BIGINT, "
    "condition_era_start_date DATE, condition_era_end_date DATE, condition_occurrence_count INTEGER",
    "drug_era": "drug_era_id BIGINT, person_id BIGINT, drug_concept_id BIGINT, drug_era_start_date DATE, "
    "drug_era_end_date DATE, drug_exposure_count INTEGER, gap_days INTEGER",
    "provider": "provider_id BIGINT, specialty_concept_id BIGINT",
    "concept": "concept_id BIGINT, concept_name VARCHAR, domain_id VARCHAR, vocabulary_id VARCHAR, "
    "concept_class_id VARCHAR, standard_concept VARCHAR, concept_code VARCHAR, invalid_reason VARCHAR",
    "concept_ancestor": "ancestor_concept_id BIGINT, descendant_concept_id BIGINT, "
    "min_levels_of_separation INTEGER, max_levels_of_separation INTEGER",
    "concept_relationship": "concept_id_1 BIGINT, concept_id_2 BIGINT, relationship_id VARCHAR, invalid_reason VARCHAR",
}  # fmt: skip
FIRST_DAY = date(2010, 1, 1)


class Clinic:
    """Rows of an invented clinic by table; what a row does not say is null."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Part]] = {name: [] for name in _COLUMNS}
        for concept, below in _VOCABULARY.items():
            names = (concept, *below)
            self.rows["concept_ancestor"] += [
                {"ancestor_concept_id": concept, "descendant_concept_id": one} for one in names
            ]
            for one in names:
                kind = "Ingredient" if concept in (DRUG, OTHER_DRUG) and one == concept else "Other"
                self._concept(one, "SNOMED", "S", kind)
                if one != concept:
                    self.rows["concept_ancestor"].append({"ancestor_concept_id": one, "descendant_concept_id": one})
        self._concept(SOURCE_CODE, "ICD10CM", None, "Other")
        mapping = {"concept_id_1": SOURCE_CODE, "concept_id_2": RASH, "relationship_id": "Maps to"}
        self.rows["concept_relationship"].append(mapping)
        self.rows["provider"] += [
            {"provider_id": 1, "specialty_concept_id": SKIN_DOCTOR},
            {"provider_id": 2, "specialty_concept_id": 0},
        ]

    def _concept(self, concept: int, vocabulary: str, standard: str | None, kind: str) -> None:
        self.rows["concept"].append(
            {
                "concept_id": concept,
                "concept_name": f"concept {concept}",
                "domain_id": "Any",
                "vocabulary_id": vocabulary,
                "concept_class_id": kind,
                "standard_concept": standard,
                "concept_code": f"C{concept}",
            }
        )

    def add(self, table: str, **row: Any) -> int:
        """Add a row and number it."""
        key = f"{table}_id"
        number = len(self.rows[table]) + 1
        self.rows[table].append({**({key: number} if f"{key} " in _COLUMNS[table] and key not in row else {}), **row})
        return number

    def write(self, path: Path) -> Path:
        """Write the clinic as a DuckDB file."""
        with duckdb.connect(str(path)) as connection:
            for table, shape in _COLUMNS.items():
                connection.execute(f"CREATE TABLE {table} ({shape})")
                names = [column.split()[0] for column in shape.split(", ")]
                values = [[row.get(name) for name in names] for row in self.rows[table]]
                if values:
                    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
        return path


def invent_clinic(seed: int, persons: int = 300) -> Clinic:
    """Invent persons who have something of everything: events on one day, overlaps, gaps, missing ends and values."""
    draw = random.Random(seed)
    clinic = Clinic()
    for person in range(1, persons + 1):
        _invent_person(clinic, draw, person)
    return clinic


def _invent_person(clinic: Clinic, draw: random.Random, person: int) -> None:
    clinic.add(
        "person", person_id=person, gender_concept_id=draw.choice((FEMALE, MALE)), year_of_birth=draw.randint(1930, 2000),
        race_concept_id=draw.choice((8527, 8516)), ethnicity_concept_id=0,
    )  # fmt: skip
    begin = FIRST_DAY + timedelta(days=draw.randint(0, 900))
    for _ in range(draw.choice((1, 1, 1, 2))):
        end = begin + timedelta(days=draw.randint(200, 2500))
        clinic.add(
            "observation_period", person_id=person, observation_period_start_date=begin, observation_period_end_date=end,
            period_type_concept_id=32817,
        )  # fmt: skip
        begin = end + timedelta(days=draw.randint(40, 400))
    visits = []
    for _ in range(draw.randint(1, 5)):
        start = _day(draw)
        visits.append(
            (
                clinic.add(
                    "visit_occurrence", person_id=person, visit_concept_id=draw.choice((INPATIENT, OUTPATIENT)),
                    visit_start_date=start, visit_end_date=start + timedelta(days=draw.randint(0, 9)),
                    visit_type_concept_id=44818518, visit_source_concept_id=0, provider_id=draw.choice((1, 2, None)),
                ),
                start,
            )
        )  # fmt: skip
    for _ in range(draw.randint(0, 6)):
        _invent_diagnosis(clinic, draw, person, visits)
    for _ in range(draw.randint(0, 6)):
        _invent_drug(clinic, draw, person, visits)
    _invent_others(clinic, draw, person, visits)


def _day(draw: random.Random) -> date:
    return FIRST_DAY + timedelta(days=draw.randint(0, 2500))


def _at(draw: random.Random, visits: list[tuple[int, date]]) -> tuple[int | None, date]:
    """Choose a visit and its day, or a day without a visit."""
    return draw.choice(visits) if draw.random() < 0.6 else (None, _day(draw))


def _invent_diagnosis(clinic: Clinic, draw: random.Random, person: int, visits: list[tuple[int, date]]) -> None:
    visit, day = _at(draw, visits)
    concept = draw.choice((RASH, WEAKNESS, DISEASE, OTHER, 0))
    end = day + timedelta(days=draw.randint(0, 40)) if draw.random() < 0.6 else None
    clinic.add(
        "condition_occurrence", person_id=person, condition_concept_id=concept, condition_start_date=day,
        condition_end_date=end, condition_type_concept_id=draw.choice((32817, 32840)),
        condition_status_concept_id=draw.choice((PRIMARY_STATUS, 0)), stop_reason=draw.choice((None, "healed", "no effect")),
        provider_id=draw.choice((1, 2, None)), visit_occurrence_id=visit,
        condition_source_concept_id=SOURCE_CODE if concept in (RASH, 0) and draw.random() < 0.7 else 0,
    )  # fmt: skip
    if concept:
        clinic.add(
            "condition_era", person_id=person, condition_concept_id=concept, condition_era_start_date=day,
            condition_era_end_date=(end or day) + timedelta(days=draw.randint(0, 60)),
            condition_occurrence_count=draw.randint(1, 4),
        )  # fmt: skip


def _invent_drug(clinic: Clinic, draw: random.Random, person: int, visits: list[tuple[int, date]]) -> None:
    visit, day = _at(draw, visits)
    concept = draw.choice((TABLET, INFUSION, DRUG, OTHER_DRUG))
    supply = draw.choice((None, 1, 14, 30, 90))
    clinic.add(
        "drug_exposure", person_id=person, drug_concept_id=concept, drug_exposure_start_date=day,
        drug_exposure_end_date=day + timedelta(days=draw.randint(0, 60)) if draw.random() < 0.5 else None,
        drug_type_concept_id=draw.choice((32817, 32869)), stop_reason=draw.choice((None, "no effect")),
        refills=draw.randint(0, 3), quantity=draw.choice((None, 10.0, 30.5, 90.0)), days_supply=supply,
        route_concept_id=draw.choice((4132161, 4171047)), lot_number=draw.choice((None, "A1", "B2")),
        visit_occurrence_id=visit, drug_source_concept_id=0, dose_unit_concept_id=0, provider_id=draw.choice((1, None)),
    )  # fmt: skip
    clinic.add(
        "drug_era", person_id=person, drug_concept_id=OTHER_DRUG if concept == OTHER_DRUG else DRUG,
        drug_era_start_date=day, drug_era_end_date=day + timedelta(days=draw.randint(0, 120)),
        drug_exposure_count=draw.randint(1, 5), gap_days=draw.randint(0, 30),
    )  # fmt: skip


def _invent_others(clinic: Clinic, draw: random.Random, person: int, visits: list[tuple[int, date]]) -> None:
    for _ in range(draw.randint(0, 3)):
        visit, day = _at(draw, visits)
        clinic.add(
            "procedure_occurrence", person_id=person, procedure_concept_id=BIOPSY, procedure_date=day,
            procedure_type_concept_id=32817, modifier_concept_id=draw.choice((0, 42739579)), quantity=draw.randint(1, 3),
            visit_occurrence_id=visit, procedure_source_concept_id=0, provider_id=draw.choice((1, 2)),
        )  # fmt: skip
    for _ in range(draw.randint(0, 4)):
        visit, day = _at(draw, visits)
        clinic.add(
            "measurement", person_id=person, measurement_concept_id=KINASE, measurement_date=day,
            measurement_type_concept_id=32817, operator_concept_id=draw.choice((0, 4172704)),
            value_as_number=draw.choice((None, 20.0, 150.0, 900.5)), value_as_concept_id=draw.choice((0, HIGH)),
            unit_concept_id=draw.choice((UNIT, OTHER_UNIT)), range_low=draw.choice((None, 30.0)),
            range_high=draw.choice((None, 200.0)), visit_occurrence_id=visit, measurement_source_concept_id=0,
        )  # fmt: skip
    for _ in range(draw.randint(0, 2)):
        visit, day = _at(draw, visits)
        clinic.add(
            "observation", person_id=person, observation_concept_id=SMOKING, observation_date=day,
            observation_type_concept_id=32817, value_as_number=draw.choice((None, 5.0, 20.0)),
            value_as_string=draw.choice((None, "never", "former smoker")), value_as_concept_id=0,
            qualifier_concept_id=0, unit_concept_id=UNIT, visit_occurrence_id=visit, observation_source_concept_id=0,
        )  # fmt: skip
    if draw.random() < 0.4:
        visit, day = _at(draw, visits)
        clinic.add(
            "device_exposure", person_id=person, device_concept_id=PUMP, device_exposure_start_date=day,
            device_exposure_end_date=day + timedelta(days=20) if draw.random() < 0.5 else None,
            device_type_concept_id=32817, unique_device_id="X1", quantity=draw.randint(1, 2), visit_occurrence_id=visit,
            device_source_concept_id=0,
        )  # fmt: skip
    if draw.random() < 0.3:
        clinic.add(
            "specimen", person_id=person, specimen_concept_id=BLOOD, specimen_date=_day(draw), specimen_type_concept_id=32817,
            quantity=2.0, unit_concept_id=UNIT, anatomic_site_concept_id=0, disease_status_concept_id=0,
        )  # fmt: skip
    if draw.random() < 0.2:
        clinic.add(
            "death", person_id=person, death_date=_day(draw), death_type_concept_id=32817,
            cause_concept_id=draw.choice((0, OTHER)), cause_source_concept_id=0,
        )  # fmt: skip


_AFTER = days((1, 1), (365, 1))
_BEFORE = days((365, -1), (1, -1))
_D, _R, _DRUG, _ERA = (
    event("ConditionOccurrence"),
    event("ConditionOccurrence", 1),
    event("DrugExposure", 3),
    event("DrugEra", 4),
)
CK = event("Measurement", 6)


def _of(*entry: Part, **more: Any) -> Part:
    return define(*entry, sets=SETS, **more)


def _with(rule: Part, **more: Any) -> Part:
    return _of(_D, rules=(rule,), **more)


# One definition for each part of the language; every one is compared with what another program finds.
DEFINITIONS: dict[str, Part] = {
    "each diagnosis": _of(_D),
    "the first diagnosis": _of(_D, limits=("First", "First", "First")),
    "the last diagnosis": _of(_D, limits=("Last", "Last", "Last")),
    "a first ever diagnosis after a year of observation": _of(event("ConditionOccurrence", First=True), observed=(365, 0)),
    "observed before and after": _of(_D, observed=(180, 90)),
    "a concept set without a part": _of(event("ConditionOccurrence", 2)),
    "codes that map": _of(event("ConditionOccurrence", None, ConditionSourceConcept=10)),
    "standard and source code": _of(event("ConditionOccurrence", 1, ConditionSourceConcept=10)),
    "any diagnosis": _of(event("ConditionOccurrence", None)),
    "diagnosis with status, kind and specialty": _of(
        event("ConditionOccurrence", ConditionStatus=concepts(PRIMARY_STATUS), ConditionType=concepts(32817),
              ConditionTypeExclude=True),
        event("ConditionOccurrence", 12, ProviderSpecialty=concepts(SKIN_DOCTOR)),
    ),
    "diagnosis in hospital": _of(event("ConditionOccurrence", VisitType=concepts(INPATIENT))),
    "diagnosis of women in their forties": _of(
        event("ConditionOccurrence", Age=bounds("bt", 40, 49), Gender=concepts(FEMALE)),
    ),
    "sex by a concept set": _of(event("ConditionOccurrence", GenderCS={"CodesetId": 11, "IsExclusion": True})),
    "diagnosis in some years": _of(
        event("ConditionOccurrence", OccurrenceStartDate=bounds("bt", "2012-01-01", "2013-12-31")),
        event("ConditionOccurrence", 12, OccurrenceEndDate=bounds("gt", "2014-06-30")),
    ),
    "reason for stopping": _of(event("ConditionOccurrence", StopReason={"Op": "contains", "Text": "effect"})),
    "condition era": _of(event("ConditionEra", EraLength=bounds("gte", 20), OccurrenceCount=bounds("gt", 1))),
    "condition era by age": _of(event("ConditionEra", First=True, AgeAtStart=bounds("lt", 50), AgeAtEnd=bounds("gte", 20))),
    "drug": _of(event("DrugExposure", 3, DaysSupply=bounds("gte", 14), Refills=bounds("lt", 3))),
    "drug by route and quantity": _of(
        event("DrugExposure", 3, RouteConcept=concepts(4171047), Quantity=bounds("bt", 5, 40.5))
    ),
    "drug by lot": _of(event("DrugExposure", 3, LotNumber={"Op": "startsWith", "Text": "A"})),
    "drug era": _of(event("DrugEra", 4, GapDays=bounds("lte", 15), OccurrenceCount=bounds("gte", 2))),
    "procedure": _of(event("ProcedureOccurrence", 5, Quantity=bounds("gte", 2), Modifier=concepts(42739579))),
    "high values in a unit": _of(event("Measurement", 6, ValueAsNumber=bounds("gt", 149.5), Unit=concepts(UNIT))),
    "values against the limits": _of(
        event("Measurement", 6, RangeHighRatio=bounds("gt", 2)), event("Measurement", 6, RangeLow=bounds("eq", 30), First=True)
    ),
    "abnormal values": _of(event("Measurement", 6, Abnormal=True)),
    "abnormal values and answers": _of(event("Measurement", 6, Abnormal=True, ValueAsConcept=concepts(HIGH))),
    "answers": _of(event("Measurement", 6, ValueAsConcept=concepts(HIGH), Operator=concepts(4172704))),
    "observation": _of(
        event("Observation", 7, ValueAsNumber=bounds("!bt", 1, 10)),
        event("Observation", 7, ValueAsString={"Op": "endsWith", "Text": "smoker"}),
    ),
    "visits": _of(event("VisitOccurrence", 9, VisitLength=bounds("gte", 3))),
    "device": _of(event("DeviceExposure", 8, Quantity=bounds("eq", 2))),
    "specimen": _of(event("Specimen", 13)),
    "death": _of(event("Death", None)),
    "death by cause": _of(event("Death", 12)),
    "observation period": _of(event("ObservationPeriod", None, PeriodLength=bounds("gt", 1000))),
    "a user's period": _of(
        event("ObservationPeriod", None, First=True,
              UserDefinedPeriod={"StartDate": "2012-01-01", "EndDate": "2012-12-31"}),
    ),
    "second diagnosis in a year": _with(group(found(_D, ">=1", _AFTER))),
    "no drug before": _with(group(found(_DRUG, "==0", _BEFORE))),
    "at most one drug ever": _with(group(found(_DRUG, "<=1"))),
    "two different diagnoses": _with(group(found(event("ConditionOccurrence", None), ">=2d", _AFTER))),
    "drugs on two different days": _of(
        _D,
        rules=(group({
            **found(_DRUG, ">=2", _AFTER),
            "Occurrence": {"Type": 2, "Count": 2, "IsDistinct": True, "CountColumn": "START_DATE"},
        }),),
    ),
    "any of several": _with(group(found(_DRUG, ">=1", _BEFORE), found(CK, ">=2"), kind="ANY")),
    "two of three": _with(
        group(found(_DRUG), found(CK), found(event("Observation", 7)), kind="AT_LEAST 2"),
    ),
    "at most one of three": _with(
        group(found(_DRUG), found(CK), found(event("ProcedureOccurrence", 5)), kind="AT_MOST 1"),
    ),
    "groups in groups": _with(
        group(
            found(_DRUG),
            groups=(
                group(
                    found(CK, "==0"),
                    groups=(group(found(event("Observation", 7)), persons=({"Gender": concepts(MALE)},), kind="ANY"),),
                    kind="ANY",
                ),
            ),
        ),
    ),
    "persons": _with(
        group(persons=({"Age": bounds("gte", 40)}, {"OccurrenceStartDate": bounds("gte", "2012-01-01")}), kind="ALL"),
    ),
    "race": _with(group(persons=({"Race": concepts(8527)},))),
    "ends and starts": _of(
        event("ConditionEra"),
        rules=(
            group(
                found(_DRUG, ">=1", days((0, 1), (400, 1), IndexEnd=True)),
                found(_DRUG, "==0", days((30, -1), (30, 1), EventEnd=True)),
            ),
        ),
    ),
    "an end window": _with(group(found(_DRUG, ">=1", _BEFORE, EndWindow=days((200, -1), (90, 1), EventEnd=True)))),
    "the same visit": _with(group(found(event("ProcedureOccurrence", 5), RestrictVisit=True))),
    "outside of observation": _with(group(found(_DRUG, ">=1", days((2000, -1), (1, -1)), IgnoreObservationPeriod=True))),
    "additional criteria, the first of them": _of(
        _D, additional=group(found(_DRUG, ">=1", _BEFORE)), limits=("All", "First", "All")
    ),
    "a nested criterion": _of(
        event("ConditionOccurrence", CorrelatedCriteria=group(found(event("VisitOccurrence", 9), ">=1", days((0, -1), (0, 1)))))
    ),
    "a nested criterion in a rule": _with(
        group(found(event("DrugExposure", 3, CorrelatedCriteria=group(found(CK, ">=1", days((30, -1), (30, 1)))))))
    ),
    "three rules, the last event": _of(
        _D, rules=(group(found(_DRUG)), group(found(CK, "<=3")), group(persons=({"Age": bounds("lt", 75)},))),
        limits=("All", "All", "Last"),
    ),
    "a year from the end": _of(_D, EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 365}}),
    "while the drug is taken": _of(
        _DRUG, EndStrategy={"CustomEra": {"DrugCodesetId": 3, "GapDays": 30, "Offset": 10}}
    ),
    "a fixed supply": _of(
        _DRUG, EndStrategy={"CustomEra": {"DrugCodesetId": 3, "GapDays": 14, "Offset": 0, "DaysSupplyOverride": 28}}
    ),
    "until another diagnosis": _of(_D, CensoringCriteria=[event("ConditionOccurrence", 12), event("Death", None)]),
    "near stays are one": _of(
        _D, EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 7}},
        CollapseSettings={"CollapseType": "ERA", "EraPad": 60},
    ),
    "only some years": _of(
        _D, EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 30}},
        CensorWindow={"StartDate": "2011-06-01", "EndDate": "2014-06-30"},
    ),
    "several tables": _of(_D, event("ProcedureOccurrence", 5), CK, _ERA, limits=("First", "All", "All")),
    "moved dates": _of(
        event("ConditionOccurrence", DateAdjustment={
            "StartWith": "START_DATE", "StartOffset": 7, "EndWith": "END_DATE", "EndOffset": -1}),
    ),
}  # fmt: skip


def write_definition(folder: Path, name: str, definition: Part) -> str:
    """Write a definition as a file and return its name."""
    (folder / f"{name}.json").write_text(json.dumps(definition), encoding="utf-8")
    return f"{name}.json"
