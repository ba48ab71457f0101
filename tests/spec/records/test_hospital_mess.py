"""The mess of the invented hospital: each kind is really there, and none of it is against the coding of its time."""

import csv

import duckdb
import pytest

from refractory.records.hospital import write_hospital


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital") / "invented"
    write_hospital(folder)
    return folder


@pytest.fixture(scope="module")
def hospital(folder):
    with duckdb.connect(str(folder / "records" / "hospital.duckdb"), read_only=True) as connection:
        yield connection


def count(hospital, sql):
    return hospital.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]


def test_the_hospital_has_5000_persons_each_with_its_own_key(hospital):
    assert hospital.execute("SELECT count(*), count(DISTINCT person_id) FROM person").fetchone() == (5000, 5000)


@pytest.mark.parametrize(
    "table", ["condition_occurrence", "drug_exposure", "procedure_occurrence", "measurement", "visit_occurrence"]
)
def test_every_row_has_a_key_of_its_own_and_a_person(hospital, table):
    rows, keys = hospital.execute(f"SELECT count(*), count(DISTINCT {table}_id) FROM {table}").fetchone()
    assert rows == keys > 0
    assert count(hospital, f"{table} WHERE person_id NOT IN (SELECT person_id FROM person)") == 0


@pytest.mark.parametrize("table", ["condition_occurrence", "drug_exposure", "procedure_occurrence", "measurement"])
def test_some_rows_are_written_twice(hospital, table):
    columns = f"SELECT * EXCLUDE ({table}_id) FROM {table}"
    assert count(hospital, f"({columns})") > count(hospital, f"(SELECT DISTINCT * FROM ({columns}))")


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "drug rows that end before they start",
            "drug_exposure WHERE drug_exposure_end_date < drug_exposure_start_date",
        ),
        ("quantities of zero", "drug_exposure WHERE quantity = 0"),
        ("supplies of zero days", "drug_exposure WHERE days_supply = 0"),
        ("no supply but an end", "drug_exposure WHERE days_supply IS NULL AND drug_exposure_end_date IS NOT NULL"),
        ("a supply but no end", "drug_exposure WHERE days_supply > 0 AND drug_exposure_end_date IS NULL"),
        ("no length at all", "drug_exposure WHERE days_supply IS NULL AND drug_exposure_end_date IS NULL"),
        ("no route", "drug_exposure WHERE route_concept_id = 0 AND route_source_value IS NULL"),
        ("routes as text alone", "drug_exposure WHERE route_concept_id = 0 AND route_source_value IS NOT NULL"),
        ("doses in grams", "drug_exposure WHERE dose_unit_source_value = 'g'"),
        ("subcutaneous immunoglobulin", "drug_exposure WHERE drug_source_value IN ('J1559', 'J1575')"),
        ("billing units of 100 mg by vein", "drug_exposure WHERE drug_source_value = 'J1553'"),
        ("noise in the sig", "drug_exposure WHERE sig LIKE '%NEW RX%'"),
        ("eye drops", "drug_exposure WHERE route_concept_id = 4184451"),
        ("diagnoses as text alone", "condition_occurrence WHERE condition_concept_id = 0"),
        ("diagnoses without their dot", "condition_occurrence WHERE condition_source_value = 'M3310'"),
        ("diagnoses as standard concept alone", "condition_occurrence WHERE condition_source_value IS NULL"),
        ("weights in pounds", "measurement WHERE unit_source_value IN ('lb', 'lbs')"),
        ("units that nobody can read", "measurement WHERE unit_source_value IN ('?', 'unk')"),
        ("measurements without a value", "measurement WHERE value_as_number IS NULL"),
        ("births known to the year", "person WHERE month_of_birth IS NULL"),
        ("deaths", "death"),
        ("infusions as procedures", "procedure_occurrence WHERE procedure_source_value LIKE 'J%'"),
        ("examinations as observations", "observation"),
    ],
)
def test_the_mess_is_really_there(hospital, what, sql):
    assert count(hospital, sql) > 0, what


def test_some_infusions_are_written_as_drug_and_as_procedure(hospital):
    both = """drug_exposure d JOIN procedure_occurrence p USING (person_id)
              WHERE d.drug_exposure_start_date = p.procedure_date AND d.drug_source_value = p.procedure_source_value"""
    assert count(hospital, both) > 10


def test_early_refills_overlap_the_fill_before(hospital):
    overlaps = """drug_exposure a JOIN drug_exposure b USING (person_id, drug_concept_id)
                  WHERE a.drug_exposure_start_date < b.drug_exposure_start_date
                  AND b.drug_exposure_start_date <= a.drug_exposure_end_date"""
    assert count(hospital, overlaps) > 50


def test_no_fill_that_decides_a_dose_is_written_twice(folder, hospital):
    truth = folder / "truth" / "persons.csv"
    repeated = """(SELECT * EXCLUDE (drug_exposure_id) FROM drug_exposure GROUP BY ALL HAVING count(*) > 1) d
                  WHERE d.dose_unit_source_value IS NULL AND d.drug_concept_id <> 19117912"""
    length = "coalesce(d.drug_exposure_end_date - d.drug_exposure_start_date, d.days_supply - 1, 0)"
    first = "d.drug_exposure_start_date - t.candidate_date"
    joined = repeated.replace(" d\n", f" d JOIN '{truth}' t USING (person_id)\n")
    assert count(hospital, joined) > 20
    for window in ((-30, -1), (151, 180)):
        covered = f"{first} <= {window[1]} AND {first} + {length} >= {window[0]}"
        assert count(hospital, f"{joined} AND {covered}") == 0


def test_each_diagnosis_has_a_code_of_its_time(hospital):
    coded = "condition_occurrence o JOIN concept c ON c.concept_id = o.condition_source_concept_id"
    for vocabulary, wrong in (("ICD10CM", "< DATE '2015-10-01'"), ("ICD9CM", ">= DATE '2015-10-01'")):
        dated = f"{coded} WHERE c.vocabulary_id = '{vocabulary}' AND condition_start_date"
        assert count(hospital, f"{dated} {wrong}") == 0
        assert count(hospital, f"{dated} IS NOT NULL") > 100


def test_codes_without_myopathy_exist_from_october_2017_only(hospital):
    without = "condition_occurrence WHERE replace(condition_source_value, '.', '') IN ('M3303', 'M3313', 'M3393')"
    assert count(hospital, without) > 0
    assert count(hospital, f"{without} AND condition_start_date < DATE '2017-10-01'") == 0


def test_every_concept_that_a_row_names_is_in_the_vocabulary(hospital):
    for table, column in (
        ("condition_occurrence", "condition_concept_id"),
        ("condition_occurrence", "condition_source_concept_id"),
        ("drug_exposure", "drug_concept_id"),
        ("drug_exposure", "drug_source_concept_id"),
        ("drug_exposure", "route_concept_id"),
        ("procedure_occurrence", "procedure_concept_id"),
        ("measurement", "measurement_concept_id"),
        ("measurement", "unit_concept_id"),
        ("person", "gender_concept_id"),
        ("person", "race_concept_id"),
    ):
        assert count(hospital, f"{table} WHERE {column} NOT IN (SELECT concept_id FROM concept)") == 0, column


def test_concepts_are_written_once_and_invented_ones_lie_in_the_range_of_local_ids(hospital):
    assert hospital.execute("SELECT count(*) - count(DISTINCT concept_id) FROM concept").fetchone() == (0,)
    # Id 0 is OMOP's own, whatever vocabulary it is filed under.
    assert count(hospital, "concept WHERE vocabulary_id = 'Invented' AND concept_id BETWEEN 1 AND 1999999999") == 0


def test_reviewers_disagree_and_dates_are_partly_known(folder):
    with (folder / "records" / "labels.csv").open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    votes = {}
    for row in labels:
        votes.setdefault((row["person"], row["item"], row["date"]), {})[row["reviewer"]] = row["value"].lower()
    split = [each for each in votes.values() if len(set(each.values())) > 1]
    assert len(split) >= 4
    assert all("consensus" in each for each in split)
    assert sorted({len(row["date"]) for row in labels}) == [4, 7, 10]
