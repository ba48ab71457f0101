"""The same records give the same tables, wherever they lie and however they are written."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from refractory.records.from_omop import open_source
from refractory.records.read import read_records
from spec.records.small_clinic import (
    CLINIC,
    DIRTY,
    NEEDS,
    Clinic,
    Form,
    assert_same,
    contents,
    faults,
    read,
    write_duckdb,
    write_folder,
    write_parts,
    write_postgresql,
)

FORMS = {
    "capitals, in a schema of its own": Form(is_upper=True, schema="cdm"),
    "time stamps": Form(dates="TIMESTAMP"),
    "time stamps with a zone": Form(dates="TIMESTAMPTZ"),
    "dates as text": Form(dates="text"),
    "dates as digits, rows in another order": Form(dates="digits", seed=7),
    "narrow ids, exact numbers": Form(ids="INTEGER", numbers="DECIMAL(18,3)"),
    "ids with a fraction": Form(ids="DOUBLE"),
    "ids and numbers as text": Form(ids="VARCHAR", numbers="VARCHAR"),
    "all at once": Form("TIMESTAMP", "DOUBLE", "VARCHAR", True, None, 3),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return read(write_duckdb(tmp_path_factory.mktemp("expected") / "clinic.duckdb", DIRTY))


def test_the_records_that_all_are_compared_with_hold_rows_and_problems(expected):
    assert {name: len(rows) for name, rows in contents(expected).items()} == {
        "person": 2, "observation_period": 2, "death": 1, "event": 8, "drug": 6, "measurement": 5,
    }  # fmt: skip
    assert len(faults(expected)) == 9


@pytest.mark.parametrize("form", FORMS)
def test_a_duckdb_file(tmp_path, expected, form):
    assert_same(read(write_duckdb(tmp_path / "clinic.duckdb", DIRTY, FORMS[form])), expected)


@pytest.mark.parametrize("form", ["time stamps with a zone", "narrow ids, exact numbers", "all at once"])
def test_a_folder_of_parquet(tmp_path, expected, form):
    assert_same(read(write_folder(tmp_path / "clinic", "parquet", DIRTY, FORMS[form])), expected)


@pytest.mark.parametrize("form", ["time stamps with a zone", "ids with a fraction", "all at once"])
def test_a_folder_of_csv(tmp_path, expected, form):
    assert_same(read(write_folder(tmp_path / "clinic", "csv", DIRTY, FORMS[form])), expected)


@pytest.mark.parametrize("form", FORMS)
def test_a_postgresql_database(postgresql, expected, form):
    assert_same(read(write_postgresql(postgresql(), DIRTY, FORMS[form])), expected)


@pytest.mark.parametrize(("separator", "ending"), [(";", "csv"), ("\t", "csv.gz")])
def test_csv_with_another_separator_packed_or_not(tmp_path, expected, separator, ending):
    folder = write_folder(tmp_path / "clinic", ending, DIRTY, options=f", DELIM '{separator}'")
    assert_same(read(folder), expected)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_tables_in_many_files(tmp_path, expected, ending):
    assert_same(read(write_parts(tmp_path / "clinic", ending, DIRTY)), expected)


def test_csv_with_a_byte_order_mark(tmp_path, expected):
    folder = write_folder(tmp_path / "clinic", "csv", DIRTY)
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert_same(read(folder), expected)


def test_csv_files_of_one_table_with_their_columns_in_another_order(tmp_path, expected):
    folder = write_parts(tmp_path / "clinic", "csv", DIRTY)
    part = folder / "death" / "part-0.csv"
    part.write_text("death_date,person_id\n2019-06-30,2\n")
    (folder / "death" / "part-1.csv").write_text("person_id,death_date\n3,2019-06-30\n")
    records = read(folder)
    assert contents(records)["death"] == contents(expected)["death"]


def test_a_folder_that_holds_one_duckdb_file(tmp_path, expected):
    write_duckdb(tmp_path / "clinic.duckdb", DIRTY)
    (tmp_path / "labels.csv").write_text("person,item,value\n")
    assert_same(read(tmp_path), expected)


def test_a_database_with_views_instead_of_tables(tmp_path, expected):
    import duckdb

    path = write_duckdb(tmp_path / "clinic.duckdb", DIRTY, Form(schema="raw"))
    with duckdb.connect(str(path)) as connection:
        for name in CLINIC:
            connection.execute(f"ALTER TABLE raw.{name} RENAME TO {name}_stored")
            connection.execute(f"CREATE VIEW main.{name} AS SELECT * FROM raw.{name}_stored")
    assert_same(read(path), expected)


def test_views_and_materialised_views_of_postgresql(postgresql, expected):
    address = write_postgresql(postgresql(), DIRTY, Form(schema="raw"))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA cdm")
        for number, name in enumerate(CLINIC):
            kind = "MATERIALIZED VIEW" if number % 2 else "VIEW"
            connection.execute(f"CREATE {kind} cdm.{name} AS SELECT * FROM raw.{name}")
    assert_same(read(address, NEEDS, schema="cdm"), expected)


def test_a_vocabulary_in_a_schema_beside_the_records(postgresql, tmp_path, expected):
    vocabulary = {name for name in CLINIC if name.startswith("concept") or name == "drug_strength"}
    clinical = Clinic({name: text for name, text in DIRTY.drawn.items() if name not in vocabulary})
    words = Clinic({name: text for name, text in DIRTY.drawn.items() if name in vocabulary})
    address = write_postgresql(postgresql(), clinical, Form(schema="cdm"))
    assert_same(read(write_postgresql(address, words, Form(schema="vocab"))), expected)


def test_a_role_that_may_only_select_is_enough(postgresql, reader, expected):
    address = write_postgresql(postgresql(), DIRTY, Form(schema="cdm"))
    limited = reader(address, "cdm")
    with psycopg.connect(limited, autocommit=True) as connection:
        for statement in ("CREATE TEMP TABLE t (a int)", "CREATE TABLE cdm.t (a int)", "DELETE FROM cdm.person"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    assert_same(read(limited), expected)


def test_two_schemas_are_told_apart_by_name(tmp_path, postgresql, expected):
    other = Clinic().having(person="person_id\n1")
    path = write_duckdb(tmp_path / "clinic.duckdb", DIRTY, Form(schema="cdm"))
    write_duckdb(path, other, Form(schema="old"))
    address = write_postgresql(postgresql(), DIRTY, Form(schema="Cdm"))
    write_postgresql(address, other, Form(schema="old"))
    for where in (path, address):
        assert_same(read(where, NEEDS, schema="cdm"), expected)


def test_nothing_is_ever_written_to_a_source(tmp_path, postgresql):
    path = write_duckdb(tmp_path / "clinic.duckdb", DIRTY)
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["clinic.duckdb"]
    address = write_postgresql(postgresql(), DIRTY)
    source = open_source(address)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        source.connection.execute("CREATE TABLE t (a int)")
    source.close()


def test_others_may_read_the_file_meanwhile(tmp_path):
    path = write_duckdb(tmp_path / "clinic.duckdb", DIRTY)
    first, second = open_source(str(path)), open_source(str(path))
    assert first.count("person") == second.count("person") == 4
    first.close()
    assert second.count("person") == 4
    second.close()


def test_a_fingerprint_changes_with_the_records_and_with_nothing_else(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv", DIRTY)
    before = read(folder).fingerprint
    assert read(folder).fingerprint == before
    text = (folder / "drug_exposure.csv").read_text()
    (folder / "drug_exposure.csv").write_text(text.replace("1400", "1500"))
    assert read(folder).fingerprint != before


def test_a_large_file_is_known_by_its_size_and_by_blocks_of_it(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv", DIRTY)
    large = folder / "note.csv"
    large.write_bytes(bytes(5 * 2**20))
    (folder / "concept.csv").write_bytes((folder / "concept.csv").read_bytes() + b"\n" * (5 * 2**20))
    source = open_source(str(folder))
    before = source.fingerprint()
    assert before == source.fingerprint()
    content = bytearray((folder / "concept.csv").read_bytes())
    content[-1] = ord(" ")
    (folder / "concept.csv").write_bytes(content)
    assert source.fingerprint() != before
    source.close()


@pytest.mark.parametrize("kind", ["duckdb", "parquet", "csv"])
def test_reading_files_loads_no_data_frame_library(tmp_path, kind):
    path = tmp_path / "clinic.duckdb"
    address = write_duckdb(path, DIRTY) if kind == "duckdb" else write_folder(tmp_path / "clinic", kind, DIRTY)
    script = (
        "import sys; from refractory.records.concept_sets import ConceptSetDefinition as D; "
        "from refractory.records.from_omop import open_source; "
        "from refractory.records.read import RecordNeeds, read_records; "
        f"source = open_source({str(address)!r}); "
        "read_records(source, RecordNeeds({'a': D(use=['immunoglobulin'])}, 'a', ('a',), {})); "
        "print([name for name in ('pandas', 'pyarrow', 'polars', 'psycopg', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_records_outlive_their_source(tmp_path):
    source = open_source(str(write_duckdb(tmp_path / "clinic.duckdb", DIRTY)))
    records = read_records(source, NEEDS)
    source.close()
    assert records.store.count(records.store.table("person")) == 2
