"""The drug records of everybody, computed inside the source, are those that the reader would have read."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from refractory.errors import RecordsError
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_omop import open_source
from spec.records.population_rows import assert_same, derive, rows_inside, told_inside
from spec.records.small_clinic import SETS, Clinic, Form, write_duckdb, write_folder, write_postgresql

DRUGS = {name: SETS[name] for name in ("immunoglobulin", "systemic glucocorticoid")}
# Every fault that a drug record can have, and what only looks like one.
DIRTY = Clinic().with_rows(
    person="""
        1 | 8532 | 1970 | 5 | 17 | 8527 | W
        4 | 8532 | 1990 | 2 | 30 | 8527 | W
        5 | 8532 | 2080 | 2 | 20 | 8527 | W
    """,
    drug_exposure="""
        509 | 5 | 1551101  | 2151-01-01 | -          | 30   | 10  | - | 0       | pred  | -
        510 | 5 | 1551101  | 2201-01-01 | -          | 30   | 10  | - | 0       | pred  | -
        511 | 1 | 19117913 | 2016-07-01 | 2016-07-01 | 1400 | -   | - | 4171047 | IVIG  | -
        512 | 3 | 1551101  | 2015-02-01 | -          | 30   | 30  | - | 0       | pred  | -
        513 | 9 | 1551101  | 2015-02-01 | -          | 30   | 30  | - | 0       | pred  | -
        514 | 9 | 1551101  | 2015-02-01 | -          | 30   | 30  | - | 0       | pred  | -
        515 | 3 | 1551101  | -          | 2015-01-01 | 30   | 30  | - | 0       | pred  | -
        516 | 3 | 1551101  | 2015-03-01 | 2015-02-01 | -5   | 30  | - | 0       | pred  | -
        517 | 3 | 1551101  | 1950-03-01 | -          | 30   | 0   | - | 0       | pred  | -
        518 | 2 | 1551101  | 2019-07-30 | -          | 30   | 10  | - | 0       | pred  | -
        519 | 2 | 1551101  | 2019-07-31 | -          | 30   | 10  | - | 0       | pred  | -
        520 | 3 | 1551101  | 2101-01-01 | -          | 30   | 10  | - | 0       | pred  | -
        521 | 1 | 1551101  | 1970-05-16 | -          | 30   | 10  | - | 0       | pred  | -
        522 | 1 | 1551101  | 1970-05-15 | -          | 30   | 10  | - | 0       | pred  | -
        523 | 1 | 0        | 2016-08-01 | -          | 140  | -   | - | 0       | J1569 | -
        524 | 4 | 0        | 2016-08-01 | -          | 140  | -   | - | 0       | J1569 | -
        525 | 4 | 0        | 2016-08-01 | -          | 140  | -   | - | 0       | J1569 | -
        526 | 4 | 0        | 1990-01-31 | -          | 140  | -   | - | 0       | J1569 | -
        527 | 4 | 0        | 2016-08-01 | -          | 140  | -   | - | 0       | 99213 | -
        528 | 3 | 1551099  | 2015-02-01 | -          | 30.5 | 30  | - | 0       | pred  | -
        529 | 3 | 201826   | 2015-02-01 | -          | 30   | 30  | - | 0       | none  | -
    """,
    procedure_occurrence="""
        204 | 2 | 0 | 2016-07-01 | 20 | J1569 | 0 | JB
        205 | 2 | 0 | 2016-07-02 | 0  | J1569 | 0 | JB
    """,
)
FORMS = {
    "plain": Form(),
    "capitals, in a schema of its own": Form(is_upper=True, schema="cdm"),
    "time stamps": Form(dates="TIMESTAMP"),
    "time stamps with a zone": Form(dates="TIMESTAMPTZ"),
    "dates as text": Form(dates="text"),
    "dates as digits, rows in another order": Form(dates="digits", seed=7),
    "narrow ids, exact numbers": Form(ids="INTEGER", numbers="DECIMAL(18,3)"),
    "ids and numbers as text": Form(ids="VARCHAR", numbers="VARCHAR"),
    "all at once": Form("TIMESTAMP", "DOUBLE", "VARCHAR", True, None, 3),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_duckdb_file_gives_the_same_records_inside_and_read(tmp_path, form):
    population = assert_same(write_duckdb(tmp_path / "clinic.duckdb", DIRTY, FORMS[form]), DRUGS)
    rules = {(one.table, one.rule): one.rows for one in population.problems}
    assert rules["drug_exposure", "exact copy of another row"] == 3
    assert rules["drug_exposure", "its person has no row in person"] == 2
    assert rules["drug_exposure", "starts before birth"] == 2
    assert rules["drug_exposure", "starts more than 30 days after death"] == 1
    # Of a person born in 2080 a day in 2151 may be, and none in 2201.
    assert rules["drug_exposure", "starts after the year 2100"] == 2
    assert rules["drug_exposure", "no start date"] == 1
    assert rules["procedure_occurrence", "exact copy of another row"] == 1


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_folder_of_files_gives_the_same_records_inside_and_read(tmp_path, ending):
    assert_same(write_folder(tmp_path / "clinic", ending, DIRTY), DRUGS)


@pytest.mark.parametrize("form", FORMS)
def test_postgresql_gives_the_same_records_inside_and_read(postgresql, form):
    assert_same(write_postgresql(postgresql(), DIRTY, FORMS[form]), DRUGS)


def test_a_role_that_may_only_select_is_enough(postgresql, reader):
    assert_same(reader(write_postgresql(postgresql(), DIRTY, Form(schema="cdm")), "cdm"), DRUGS)


@pytest.mark.parametrize("form", ["plain", "dates as text", "all at once"])
def test_spark_gives_the_same_records_inside_and_read(spark_connect, tmp_path, form):
    folder = write_folder(tmp_path / "clinic", "parquet", DIRTY, FORMS[form])
    assert_same(f"{spark_connect}?parquet={folder}", DRUGS)


def test_random_records_are_the_same_inside_spark_and_read(spark_connect, tmp_path):
    folder = write_folder(tmp_path / "clinic", "parquet", _random_clinic(400))
    assert_same(f"{spark_connect}?parquet={folder}", DRUGS)


def test_what_cannot_be_read_is_told_by_the_same_rules(tmp_path, postgresql):
    broken = """
        key | person | concept | start      | end        | quantity | days | own
        1   | 1      | 1551101 | 2015-02-30 | -          | 30       | 30   | pred
        2   | 1      | 1551101 | 02/03/2015 | -          | 30       | 30   | pred
        3   | 1      | 1551101 | 2015-02-01 | 2015-13-01 | many     | 30   | pred
        4   | 1      | 1551101 | 2015/2/3   | 2015-02-29 | 1e1      | 30   | pred
        5   | 1      | 1551101 | 2016-02-29 | 2016-03-01 | nan      | 30   | pred
    """
    clinic = Clinic().having(drug_exposure=broken)
    form = Form(dates="text", numbers="VARCHAR")
    for address in (write_duckdb(tmp_path / "c.duckdb", clinic, form), write_postgresql(postgresql(), clinic, form)):
        population = assert_same(address, DRUGS)
        rules = {one.rule: one.rows for one in population.problems if one.table == "drug_exposure"}
        assert rules == {"start date cannot be read": 2, "end date cannot be read": 2, "quantity is no number": 2}


COPIED_KEYS = {
    "each row has a key of its own": "61 61\n62 62",
    "the copy has the key of its original": "61 61\n61 61",
    "another row has the key of the copy": "61 61\n62 62\n62 99",
    "neither has a key": "- 61\n- 61",
    "the copy alone has no key": "61 61\n- 61",
    "three, two of them with one key": "61 61\n62 61\n62 61",
}


@pytest.mark.parametrize("keys", COPIED_KEYS)
def test_one_of_the_copies_stays_whatever_their_keys_are(tmp_path, postgresql, keys):
    """Each line: the key, and the quantity; what differs in the quantity is no copy."""
    lines = ["key | person | concept | start | quantity | own"]
    for line in COPIED_KEYS[keys].splitlines():
        key, quantity = line.split()
        lines.append(f"{key} | 1 | 1551101 | 2015-02-01 | {quantity.replace('62', '61')} | pred")
    clinic = Clinic().having(drug_exposure="\n".join(lines))
    for address in (write_duckdb(tmp_path / "c.duckdb", clinic), write_postgresql(postgresql(), clinic)):
        population = assert_same(address, DRUGS)
        assert any(one.rule == "exact copy of another row" for one in population.problems)


def test_a_table_without_keys_is_compared_row_by_row(tmp_path):
    text = "person | concept | start | quantity | own\n" + "1 | 1551101 | 2015-02-01 | 30 | pred\n" * 3
    clinic = Clinic().having(drug_exposure=text + "1 | 1551101 | 2015-02-02 | 30 | pred")
    assert_same(write_duckdb(tmp_path / "c.duckdb", clinic), DRUGS)


def test_a_set_that_excludes_takes_its_records_away_inside_too(tmp_path):
    sets = {"steroid": ConceptSetDefinition(RxNorm=["8640+"], exclude={"RxNorm": ["99902"]})}
    population = assert_same(write_duckdb(tmp_path / "c.duckdb", DIRTY), sets)
    assert {one.table: one.used for one in population.accounts}["drug_exposure"] == 1


def test_without_a_vocabulary_records_belong_by_their_own_codes_inside_too(tmp_path, postgresql):
    clinic = DIRTY.having(concept=None, concept_ancestor=None, concept_relationship=None)
    own = {"steroid": ConceptSetDefinition(source=["pred"]), "immunoglobulin": ConceptSetDefinition(HCPCS=["J156*"])}
    for address in (write_duckdb(tmp_path / "c.duckdb", clinic), write_postgresql(postgresql(), clinic)):
        assert_same(address, own)


def test_a_record_that_two_sets_name_is_there_for_each(tmp_path):
    sets = DRUGS | {"prednisone": ConceptSetDefinition(RxNorm=["8640+"])}
    population = assert_same(write_duckdb(tmp_path / "c.duckdb", DIRTY), sets)
    assert population.set_names == ("immunoglobulin", "prednisone", "systemic glucocorticoid")


def _random_clinic(rows: int) -> Clinic:
    """Draw a clinic in which every column of a drug record is now and then absent, strange or the same as before."""
    chance = random.Random(5)
    persons = "\n".join(
        f"{one} | 8532 | {chance.choice([1950, 1980, '-'])} | {chance.choice([1, 2, 13, '-'])} | "
        f"{chance.choice([1, 29, 31, '-'])} | 8527 | W"
        for one in range(10, 40)
    )
    deaths = "\n".join(f"{one} | {chance.choice(['2015-06-01', '2015-02-01', '-'])}" for one in range(10, 40, 3))
    drugs = []
    for number in range(rows):
        start = date(2015, 1, 1) + timedelta(days=chance.randrange(200))
        begins = chance.choice([start, start, start, start, "-", date(1950, 1, 31), date(1980, 2, 1)])
        ends = chance.choice(["-", start, start + timedelta(days=20), start - timedelta(days=1)])
        line = [
            *(number + 1000, chance.randrange(8, 42), chance.choice([1551101, 1551099, 19117913, 0, 201826, "-"])),
            *(begins, ends, chance.choice([30, 0, -1, 2.5, "-"]), chance.choice([30, 0, "-"]), "-"),
            *(chance.choice([4171047, 4142048, 0, "-"]), chance.choice(["pred", "J1569", "j1569 ", "-", "J1569JB"])),
            chance.choice(["-", "-", "no effect"]),
        ]
        drugs += [line] if number % 9 else [line, [number + 900_000, *line[1:]]]
    lines = "\n".join(" | ".join(map(str, line)) for line in drugs)
    return Clinic().with_rows(person=persons, death=deaths, drug_exposure=lines)


def test_random_records_are_the_same_inside_and_read(tmp_path, postgresql):
    clinic = _random_clinic(800)
    for form in (Form(), Form(dates="text", numbers="VARCHAR", seed=2)):
        name = f"{form.dates}.duckdb"
        for address in (write_duckdb(tmp_path / name, clinic, form), write_postgresql(postgresql(), clinic, form)):
            population = assert_same(address, DRUGS)
            assert len({one.rule for one in population.problems}) >= 8


def test_rows_of_the_source_are_used_not_asked_for_or_listed(tmp_path):
    source = open_source(str(write_duckdb(tmp_path / "c.duckdb", DIRTY)))
    accounts, problems = told_inside(derive(source, DRUGS))
    for name, account in accounts.items():
        listed = sum(rows for (table, *_, is_left_out), rows in problems.items() if table == name and is_left_out)
        assert account.rows == source.count(name) == account.used + account.not_asked_for + listed
    source.close()


def test_a_source_without_any_of_the_drugs_is_told_what_to_look_at(tmp_path):
    source = open_source(str(write_duckdb(tmp_path / "c.duckdb")))
    with pytest.raises(RecordsError, match="No drug record of the source belongs to any of the concept sets"):
        derive(source, {"dapsone": ConceptSetDefinition(RxNorm=["3108"])})
    source.close()


def test_a_code_with_a_control_character_is_read_or_refused_and_never_misread(tmp_path, postgresql):
    """It can stand in a table beside the records, and not in the text of a query."""
    text = """
        key | person | concept | start      | own
        1   | 1      | 0       | 2015-02-01 | pre\x1fd
        2   | 1      | 0       | 2015-02-01 | ivig
    """
    clinic = Clinic().having(drug_exposure=text)
    sets = {"steroid": ConceptSetDefinition(source=["pre\x1fd"]), "other": ConceptSetDefinition(source=["ivig"])}
    population = assert_same(write_duckdb(tmp_path / "c.duckdb", clinic), sets)
    assert population.records == 2
    source = open_source(write_postgresql(postgresql(), clinic))
    with pytest.raises(RecordsError, match="control character"):
        derive(source, sets)
    source.close()


def test_nothing_but_reading_is_asked_of_a_source_and_its_answers_do_not_depend_on_the_order_of_rows(tmp_path):
    found = []
    for seed in (None, 1, 2):
        source = open_source(str(write_duckdb(tmp_path / f"{seed}.duckdb", DIRTY, Form(seed=seed))))
        found.append(rows_inside(source, derive(source, DRUGS)))
        source.close()
    assert found[0] == found[1] == found[2]
