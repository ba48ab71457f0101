"""Before a study: what a source holds of everything that it needs, and what is missing."""

from __future__ import annotations

import duckdb
import pytest

from refractory.records.checks import MissingColumn, MissingTable, TableCount, check_records
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.read import RecordNeeds
from spec.records.small_clinic import CLINIC, NEEDS, Clinic, Form, write_duckdb, write_folder, write_postgresql


def check(address, needs=NEEDS):
    source = open_source(str(address))
    try:
        return check_records(source, needs)
    finally:
        source.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return check(write_duckdb(tmp_path_factory.mktemp("small") / "clinic.duckdb"))


def test_each_concept_set_is_counted_over_all_persons_by_table(small):
    assert {one.concept_set: (one.rows, one.persons) for one in small.sets} == {
        "dermatomyositis": (4, 2),
        "immunoglobulin": (4, 2),
        "systemic glucocorticoid": (3, 2),
        "body weight": (3, 2),
        "creatine kinase": (2, 1),
        "CDASI activity": (1, 1),
        "skin examination": (1, 1),
        "any measurement": (5, 2),
    }
    (immunoglobulin,) = [one for one in small.sets if one.concept_set == "immunoglobulin"]
    assert immunoglobulin.tables == (TableCount("drug_exposure", 2, 2), TableCount("procedure_occurrence", 2, 2))
    assert (small.treatment, small.persons, small.source_name) == ("immunoglobulin", 3, "clinic.duckdb")


def test_a_row_that_two_sets_of_a_group_name_counts_once(tmp_path):
    sets = {
        "one": ConceptSetDefinition(SNOMED=["396230008"]),
        "same": ConceptSetDefinition(OMOP=[80182]),
        "both": ConceptSetDefinition(members=["one", "same"]),
    }
    found = check(write_duckdb(tmp_path / "clinic.duckdb"), RecordNeeds(sets, "one", (), {}))
    assert [(one.rows, one.persons) for one in found.sets] == [(3, 2), (3, 2), (3, 2)]


def test_codes_that_the_vocabulary_does_not_bear_out_are_named(small):
    assert ("immunoglobulin", "HCPCS", "J1459") in {
        (one.concept_set, one.vocabulary, one.code) for one in small.unresolved
    }


def test_missing_values_are_counted_of_the_rows_that_are_asked_for(small):
    shares = {(one.table, one.needed_for): (one.missing, one.rows) for one in small.missing_values}
    assert shares == {
        ("measurement", "values"): (0, 5),
        ("measurement", "units"): (0, 5),
        ("measurement", "upper limit of normal"): (3, 5),
        ("drug_exposure", "how long a drug was taken"): (2, 5),  # 503 and 504 have neither an end nor days
        ("drug_exposure", "dose"): (1, 5),
        ("drug_exposure", "route"): (3, 5),
        ("drug_exposure", "billing units"): (0, 5),
        ("person", "age"): (0, 3),
        ("person", "sex"): (1, 3),
    }
    (dose,) = [one for one in small.missing_values if one.needed_for == "dose"]
    assert dose.share == pytest.approx(0.2)


def test_missing_tables_and_columns_are_named_with_what_they_would_be_for(tmp_path):
    clinic = Clinic().having(
        death=None,
        drug_strength="column0\nx",
        measurement="key | person | concept | start\n1 | 1 | 3025315 | 2015-01-01",
    )
    found = check(write_duckdb(tmp_path / "clinic.duckdb", clinic))
    assert found.missing_tables == (
        MissingTable("device_exposure", "products that are recorded as devices", False),
        MissingTable("death", "end of follow-up", False),
        MissingTable("drug_strength", "doses", False),
    )
    assert found.missing_columns == (
        MissingColumn("measurement", ("value_as_number", "value_source_value"), "values"),
        MissingColumn("measurement", ("unit_concept_id", "unit_source_value"), "units"),
        MissingColumn("measurement", ("range_high",), "upper limit of normal"),
    )


def test_even_a_source_that_no_study_can_use_is_checked(tmp_path):
    found = check(write_duckdb(tmp_path / "clinic.duckdb", Clinic().having(drug_exposure=None)))
    assert MissingTable("drug_exposure", "treatments", True) in found.missing_tables


def test_without_any_row_a_share_is_unknown(tmp_path):
    needs = RecordNeeds({"aspirin": ConceptSetDefinition(RxNorm=["1191+"])}, "aspirin", ("aspirin",), {})
    found = check(write_duckdb(tmp_path / "clinic.duckdb"), needs)
    assert {one.share for one in found.missing_values if one.table == "drug_exposure"} == {None}
    assert [(one.rows, one.persons, one.tables) for one in found.sets] == [(0, 0, ())]


@pytest.mark.parametrize("kind", ["csv", "parquet", "postgresql"])
def test_the_check_is_the_same_wherever_the_records_lie(tmp_path, postgresql, small, kind):
    form = Form(dates="text", is_upper=True, seed=1)
    if kind == "postgresql":
        found = check(write_postgresql(postgresql(), form=form))
    else:
        found = check(write_folder(tmp_path / "clinic", kind, form=form))
    assert (found.sets, found.unresolved, found.missing_values) == (small.sets, small.unresolved, small.missing_values)


def test_counts_are_those_of_a_query_by_hand_on_a_database_that_others_made(eunomia):
    needs = RecordNeeds(
        {"celecoxib": ConceptSetDefinition(RxNorm=["140587+"]), "osteoarthritis": ConceptSetDefinition(OMOP=[80180])},
        "celecoxib", ("celecoxib",), {},
    )  # fmt: skip
    found = {one.concept_set: (one.rows, one.persons) for one in check(eunomia, needs).sets}
    with duckdb.connect(str(eunomia), read_only=True) as connection:
        by_hand = "SELECT count(*), count(DISTINCT PERSON_ID) FROM {} WHERE {}"
        drugs = connection.execute(by_hand.format("DRUG_EXPOSURE", "DRUG_CONCEPT_ID = 1118084")).fetchone()
        diagnoses = connection.execute(
            by_hand.format("CONDITION_OCCURRENCE", "CONDITION_CONCEPT_ID = 80180")
        ).fetchone()
    assert found == {"celecoxib": drugs, "osteoarthritis": diagnoses}


def test_the_tables_that_are_drawn_are_all_that_the_program_knows_but_devices():
    from refractory.records.catalogue import OMOP_TABLES, SELDOM_ASKED

    assert set(OMOP_TABLES) - set(CLINIC) - SELDOM_ASKED == {"device_exposure"}
