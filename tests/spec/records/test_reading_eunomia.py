"""A demo database that others made, read against counts by hand-written SQL; its oddities become problems."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest

from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.read import RecordNeeds
from spec.records.small_clinic import contents, faults, read

NEEDS = RecordNeeds(
    {
        "celecoxib": ConceptSetDefinition(RxNorm=["140587+"]),
        "osteoarthritis": ConceptSetDefinition(OMOP=[80180]),
        "earlier drug": ConceptSetDefinition(RxNorm=["3355+", "5640+", "7258+", "1191+"]),
        "haemorrhage": ConceptSetDefinition(OMOP=[192671]),
        "prednisone": ConceptSetDefinition(RxNorm=["8640+"]),
    },
    treatment="celecoxib",
    drug_sets=("celecoxib", "earlier drug", "prednisone"),
    measurement_units={},
)
TREATED = "SELECT PERSON_ID FROM DRUG_EXPOSURE WHERE DRUG_CONCEPT_ID = 1118084"


@pytest.fixture(scope="module")
def records(eunomia):
    return read(eunomia, NEEDS)


@pytest.fixture(scope="module")
def by_hand(eunomia):
    connection = duckdb.connect(str(eunomia), read_only=True)
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()


def count(records, sql):
    return records.store.connection.execute(sql).fetchall()


def below(*ingredients):
    listed = ", ".join(map(str, ingredients))
    return f"SELECT DESCENDANT_CONCEPT_ID FROM CONCEPT_ANCESTOR WHERE ANCESTOR_CONCEPT_ID IN ({listed})"


def test_the_persons_are_those_who_ever_had_celecoxib(records, by_hand):
    persons = by_hand(f"SELECT DISTINCT PERSON_ID FROM ({TREATED}) ORDER BY 1")
    assert count(records, "SELECT person_id FROM person ORDER BY 1") == persons
    assert len(persons) == 1844


def test_diagnoses_have_person_and_day_as_in_the_source(records, by_hand):
    wanted = by_hand(
        "SELECT CONDITION_OCCURRENCE_ID, PERSON_ID, CONDITION_START_DATE, CONDITION_END_DATE FROM CONDITION_OCCURRENCE "
        f"WHERE CONDITION_CONCEPT_ID = 80180 AND PERSON_ID IN ({TREATED}) ORDER BY 1"
    )
    found = count(
        records,
        "SELECT row_id, person_id, start_date, end_date FROM event WHERE concept_set = 'osteoarthritis' ORDER BY 1",
    )
    assert found == wanted
    assert wanted


def test_earlier_drugs_are_the_descendants_of_their_ingredients(records, by_hand):
    wanted = by_hand(
        f"SELECT DRUG_EXPOSURE_ID, PERSON_ID, DRUG_EXPOSURE_START_DATE FROM DRUG_EXPOSURE WHERE DRUG_CONCEPT_ID IN "
        f"({below(1124300, 1177480, 1115008, 1112807)}) AND PERSON_ID IN ({TREATED}) ORDER BY 1"
    )
    found = count(
        records, "SELECT row_id, person_id, start_date FROM drug WHERE concept_set = 'earlier drug' ORDER BY 1"
    )
    assert found == wanted
    assert wanted


def test_amounts_of_zero_are_null_and_counted(records, by_hand):
    named = f"DRUG_CONCEPT_ID IN ({below(1118084, 1124300, 1177480, 1115008, 1112807, 1551099)})"
    ((days,),) = by_hand(
        f"SELECT count(*) FROM DRUG_EXPOSURE WHERE {named} AND DAYS_SUPPLY <= 0 AND PERSON_ID IN ({TREATED})"
    )
    ((quantity,),) = by_hand(
        f"SELECT count(*) FROM DRUG_EXPOSURE WHERE {named} AND QUANTITY <= 0 AND PERSON_ID IN ({TREATED})"
    )
    listed = Counter(rule for table, row, rule, *_ in faults(records) if table == "drug_exposure" and row is not None)
    assert (listed["days_supply is not above 0"], listed["quantity is not above 0"]) == (days, quantity)
    assert count(records, "SELECT count(*) FROM drug WHERE days_supply <= 0 OR quantity <= 0") == [(0,)]
    assert min(days, quantity) > 0


def test_a_table_with_one_junk_row_is_told_and_nothing_else_is_lost(records, by_hand):
    rule = "its columns are not those of OMOP"
    junk = [fault for fault in faults(records) if fault[2] == rule]
    assert junk == [(table, None, rule, 1, True) for table in ("death", "device_exposure", "drug_strength")]
    rows = {account.table: account.rows for account in records.accounts}
    for table in ("PERSON", "OBSERVATION_PERIOD", "CONDITION_OCCURRENCE", "DRUG_EXPOSURE", "MEASUREMENT", "DEATH"):
        assert [(rows[table.lower()],)] == by_hand(f"SELECT count(*) FROM {table}")
    for account in records.accounts:
        assert account.rows == account.used + account.not_asked_for + account.listed


def test_what_is_used_is_what_a_query_by_hand_names_without_its_copies(records, by_hand):
    named = f"DRUG_CONCEPT_ID IN ({below(1118084, 1124300, 1177480, 1115008, 1112807, 1551099)})"
    others = "* EXCLUDE (DRUG_EXPOSURE_ID)"
    ((rows, different),) = by_hand(
        f"SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {others} FROM DRUG_EXPOSURE WHERE {named} "
        f"AND PERSON_ID IN ({TREATED}))) FROM DRUG_EXPOSURE WHERE {named} AND PERSON_ID IN ({TREATED})"
    )
    (account,) = [one for one in records.accounts if one.table == "drug_exposure"]
    copies = [fault for fault in faults(records, "drug_exposure") if fault[2] == "exact copy of another row"]
    assert account.used + account.listed == rows
    assert len(copies) == rows - different


def test_periods_of_persons_who_do_not_exist_are_not_asked_for(records, by_hand):
    (account,) = [one for one in records.accounts if one.table == "observation_period"]
    ((of_nobody,),) = by_hand(
        "SELECT count(*) FROM OBSERVATION_PERIOD WHERE PERSON_ID NOT IN (SELECT PERSON_ID FROM PERSON)"
    )
    assert of_nobody == 2649
    assert account.not_asked_for >= of_nobody
    assert account.used == len(contents(records)["observation_period"]) == 1844


def test_strength_and_route_come_from_the_names_of_the_products(records):
    known = count(
        records,
        "SELECT DISTINCT product, mg_per_unit, mg_origin, route FROM drug WHERE concept_set = 'prednisone' ORDER BY 1",
    )
    assert known == [
        ("Prednisone 2.5 MG [Deltasone]", 2.5, "product name", "unknown"),
        ("Prednisone 5 MG Oral Tablet", 5.0, "product name", "oral"),
    ]
    # 8640+ was named by the study itself and not by the shipped list, which alone knows factors.
    assert count(records, "SELECT DISTINCT prednisone_factor FROM drug") == [(None,)]


def test_what_the_source_says_of_itself_is_passed_on(records):
    assert (records.source_name, records.cdm_version, records.is_invented) == (
        "Synthea synthetic health database", "v5.3.1", False,
    )  # fmt: skip
