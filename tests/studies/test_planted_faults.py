"""Faults that are planted in an invented hospital, one of each kind: each is found on its row, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from refractory.protocol import parse_protocol
from refractory.quality import check_quality
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.records.quality_rules import RULES

STUDY = Path(__file__).parents[2] / "studies" / "ivig-cutaneous-dm.toml"
TREATED = """(SELECT person_id FROM drug_exposure WHERE drug_source_value = 'J1569'
              UNION SELECT person_id FROM procedure_occurrence WHERE procedure_source_value = 'J1569')"""


def check(path):
    protocol = parse_protocol(STUDY.read_text(encoding="utf-8"), STUDY.name, STUDY.parent)
    source = open_source(str(path))
    try:
        return check_quality(protocol, source)
    finally:
        source.close()


def doubts(found):
    return {(one.table, one.row, one.rule) for one in found.problems if one.row is not None}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=600, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records" / "hospital.duckdb"


@pytest.fixture(scope="module")
def before(hospital):
    return check(hospital)


def title(rule):
    return RULES[rule].title


# Which row (a query of one id), what is done to it, and what is said of it then.
FAULTS = {
    "a year mistyped": (
        "measurement",
        f"SELECT min(measurement_id) FROM measurement WHERE person_id IN {TREATED} "
        "AND measurement_source_value ILIKE '%CK%' OR measurement_concept_id = 3007220 "
        f"AND person_id IN {TREATED}",
        "UPDATE measurement SET measurement_date = measurement_date + 40 * 366 WHERE measurement_id = {}",
        {title("lone_date"), title("outside_observation")},
    ),
    "a diagnosis before birth": (
        "condition_occurrence",
        f"SELECT min(condition_occurrence_id) FROM condition_occurrence WHERE person_id IN {TREATED} "
        "AND condition_source_value = '710.3'",
        "UPDATE condition_occurrence SET condition_start_date = DATE '1901-06-05' WHERE condition_occurrence_id = {}",
        {"starts before birth"},
    ),
    "a weekly dose that is taken daily": (
        "drug_exposure",
        f"SELECT min(drug_exposure_id) FROM drug_exposure WHERE person_id IN {TREATED} AND quantity > 0 "
        "AND days_supply > 0 AND drug_source_value ILIKE '%methotrexate%' AND sig IS NULL",
        "UPDATE drug_exposure SET quantity = quantity * 20 WHERE drug_exposure_id = {}",
        {title("dose_implausible")},
    ),
    "grams in the place of billing units": (
        "drug_exposure",
        "SELECT min(drug_exposure_id) FROM drug_exposure WHERE drug_source_value = 'J1569' AND person_id NOT IN "
        "(SELECT person_id FROM procedure_occurrence WHERE procedure_source_value LIKE 'J15%')",
        "UPDATE drug_exposure SET quantity = quantity * 1000 WHERE drug_exposure_id = {}",
        {title("grams_implausible")},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_on_its_row_and_nothing_else_is(hospital, before, tmp_path, fault):
    table, which, change, said = FAULTS[fault]
    path = tmp_path / "hospital.duckdb"
    shutil.copy(hospital, path)
    with duckdb.connect(str(path)) as connection:
        ((row,),) = connection.execute(which).fetchall()
        assert row is not None
        connection.execute(change.format(row))
    new = doubts(check(path)) - doubts(before)
    assert {one for one in new if one[1] == row} == {(table, row, rule) for rule in said}
    # A dose counts for its day as a whole: other rows of that infusion day share the doubt.
    assert {rule for _, _, rule in new} == said


def test_a_person_under_two_ids_is_found_by_birth_sex_and_days(hospital, before, tmp_path):
    path = tmp_path / "hospital.duckdb"
    shutil.copy(hospital, path)
    with duckdb.connect(str(path)) as connection:
        ((person,),) = connection.execute(
            f"SELECT min(person_id) FROM person WHERE person_id IN {TREATED} AND day_of_birth IS NOT NULL"
        ).fetchall()
        connection.execute(f"INSERT INTO person BY NAME SELECT * REPLACE (7 AS person_id) FROM person "
                           f"WHERE person_id = {person}")  # fmt: skip
        for table in ("drug_exposure", "condition_occurrence", "measurement"):
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT * REPLACE (7 AS person_id, {table}_id + 3000000000 AS {table}_id) "
                f"FROM {table} WHERE person_id = {person}"
            )
    found = {row for _, row, rule in doubts(check(path)) if rule == title("same_person_twice")}
    assert found == {person, 7}
    assert title("same_person_twice") not in {rule for _, _, rule in doubts(before)}
