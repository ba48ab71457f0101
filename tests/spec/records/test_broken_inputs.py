"""Sources that cannot be read: one clear message each, with what to try, and nothing of a person's record in it."""

from __future__ import annotations

import re
import struct
import subprocess
import sys

import duckdb
import psycopg
import pytest

from refractory.errors import RecordsError
from refractory.records.from_omop import open_source
from spec.records.small_clinic import Clinic, Form, read, write_duckdb, write_folder, write_postgresql

SECRET = "Müller"


def told(address, schema=None) -> str:
    with pytest.raises(RecordsError) as error:
        read(address, schema=schema)
    message = str(error.value)
    assert error.value.where
    assert error.value.remedy
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert SECRET not in message
    return message


def test_nothing_there(tmp_path):
    message = told(tmp_path / "nowhere.duckdb")
    assert message.startswith("RecordsError: There is no such file or folder.\n  Where: ")
    assert (
        "a DuckDB or SQLite file, a folder of Parquet or CSV files, a sheet or its mapping (.toml), a folder of FHIR, "
        in message
    )


def test_an_empty_folder(tmp_path):
    assert "The folder holds no table of OMOP." in told(tmp_path)


def test_a_single_file_of_a_folder(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    message = told(folder / "person.csv")
    assert "One file holds one table; a study needs several." in message
    assert "name the folder that the files are in" in message


@pytest.mark.parametrize("table", ["person", "drug_exposure"])
@pytest.mark.parametrize("kind", ["duckdb", "csv", "parquet"])
def test_a_table_that_no_study_can_do_without(tmp_path, table, kind):
    clinic = Clinic().having(**{table: None})
    path = tmp_path / "clinic.duckdb"
    address = write_duckdb(path, clinic) if kind == "duckdb" else write_folder(tmp_path / "clinic", kind, clinic)
    assert re.search(rf"There is no {table} table\.|The table {table} is missing\.", told(address))


def test_a_person_table_of_another_shape(tmp_path):
    path = write_duckdb(tmp_path / "clinic.duckdb", Clinic().having(person="column0 | column1\na | b"))
    message = told(path)
    assert "The table person is missing." in message
    assert "There is a table of that name without the columns of OMOP: person." in message


@pytest.mark.parametrize("table", ["person", "drug_exposure", "measurement"])
def test_text_in_person_id(tmp_path, table):
    folder = write_folder(tmp_path / "clinic", "csv", form=Form(is_upper=True))
    path = folder / f"{table.upper()}.csv"
    first, *lines = path.read_text().splitlines()
    place = first.split(",").index("PERSON_ID")
    for number in (0, 1):
        cells = lines[number].split(",")
        cells[place] = f"{SECRET} {number}"
        lines[number] = ",".join(cells)
    path.write_text("\n".join([first, *lines]))
    message = told(folder)
    assert f"person_id is no whole number in 2 of {len(lines)} rows of {table}." in message
    assert "give each person a whole number, the same in all tables" in message


@pytest.mark.parametrize(
    ("ending", "size"), [("csv", "(no header)"), ("parquet", "(0 bytes)"), ("duckdb", "(0 bytes)")]
)
def test_a_file_of_no_bytes(tmp_path, ending, size):
    if ending == "duckdb":
        path = address = tmp_path / "clinic.duckdb"
    else:
        address = write_folder(tmp_path / "clinic", ending)
        path = address / f"death.{ending}"
    path.write_bytes(b"")
    message = told(address)
    assert f"The file is empty {size}." in message
    assert f"Where: {path.name}" in message


def test_a_csv_file_with_a_header_and_no_row_is_an_empty_table(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "death.csv").write_text("person_id,death_date\n")
    (account,) = [one for one in read(folder).accounts if one.table == "death"]
    assert account.rows == 0


@pytest.mark.parametrize("where", ["cut off", "damaged inside"])
def test_a_parquet_file_that_is_not_whole(tmp_path, where):
    folder = write_folder(tmp_path / "clinic", "parquet")
    path = folder / "drug_exposure.parquet"
    content = bytearray(path.read_bytes())
    if where == "cut off":
        content = content[: len(content) // 2]
    else:
        content[10 : len(content) // 2] = b"\xff" * (len(content) // 2 - 10)
    path.write_bytes(content)
    message = told(folder)
    assert "not a whole Parquet file: it is cut off or damaged." in message
    assert "drug_exposure.parquet" in message


def test_bytes_that_are_no_database(tmp_path):
    path = tmp_path / "clinic.duckdb"
    path.write_bytes(bytes(range(256)) * 100)
    message = told(path)
    assert "The file is not a DuckDB database, or it is damaged." in message
    assert "Where: clinic.duckdb" in message


def test_half_a_database(tmp_path):
    path = write_duckdb(tmp_path / "clinic.duckdb")
    path.write_bytes(path.read_bytes()[:-200_000])
    assert "The file is not a DuckDB database, or it is damaged." in told(path)


def test_a_database_of_a_newer_version(tmp_path):
    path = write_duckdb(tmp_path / "clinic.duckdb")
    content = bytearray(path.read_bytes())
    content[12:20] = struct.pack("<Q", 60_000)
    content[:8] = struct.pack("<Q", checksum(bytes(content[8:4096])))
    path.write_bytes(content)
    message = told(path)
    assert "The database was written by another version of DuckDB than the one here can read." in message
    assert "upgrade the duckdb package" in message


def checksum(block: bytes) -> int:
    """Checksum of a DuckDB block, so that only the version is wrong and nothing else."""
    total = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        total ^= word * 0xBF58476D1CE4E5B9 % 2**64
    return total


def test_the_planted_newer_version_differs_in_nothing_but_the_version(tmp_path):
    content = write_duckdb(tmp_path / "clinic.duckdb").read_bytes()
    assert struct.unpack("<Q", content[:8]) == (checksum(content[8:4096]),)


def test_a_database_that_another_program_is_writing(tmp_path):
    path = write_duckdb(tmp_path / "clinic.duckdb")
    script = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert writer.stdout.readline() == b"open\n"
        message = told(path)
        assert "The database is open for writing in another program." in message
        assert "make a copy of the file" in message
        assert "PID" not in message
    finally:
        writer.communicate()
    assert len(read(path).accounts) == 8


def test_a_csv_file_that_is_not_utf_8(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    path = folder / "condition_occurrence.csv"
    lines = path.read_text().splitlines()
    lines[3] = lines[3].replace("m33.13", SECRET)
    path.write_bytes("\n".join(lines).encode("latin-1"))
    message = told(folder)
    assert "The file is not in UTF-8." in message
    assert "Where: condition_occurrence.csv, line 4" in message
    assert "save it as UTF-8" in message


def test_a_csv_header_that_is_not_utf_8(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    path = folder / "death.csv"
    path.write_bytes("person_id,death_date,tod_von_Müller\n2,2019-01-01,x\n".encode("latin-1"))
    message = told(folder)
    assert "The file is not in UTF-8: byte 31 of the line cannot be read." in message
    assert "Where: death.csv, line 1" in message


@pytest.mark.parametrize("line", ["2,2019-06-30,Müller", '2,"2019-06-30'])
def test_a_csv_line_that_does_not_fit_its_header(tmp_path, line):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "death.csv").write_text(f"person_id,death_date\n1,2019-01-01\n{line}\n")
    message = told(folder)
    assert "The file cannot be read as CSV: a line does not have the columns of the header." in message
    assert "Where: death.csv, line 3" in message


def test_a_csv_header_that_names_a_column_twice(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "death.csv").write_text("person_id,death_date,Person_ID\n2,2019-01-01,2\n")
    assert "The header names a column twice." in told(folder)


def test_a_csv_file_without_a_header(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "condition_occurrence.csv").write_text("1\t1\t80182\t2014-01-10\t\t\tMüller\n", encoding="utf-8")
    message = told(folder)
    assert "The file begins without a header: its first line names no column of OMOP." in message
    assert "Where: condition_occurrence.csv, line 1" in message


def test_a_csv_file_without_a_header_whose_first_line_repeats_nothing(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "person.csv").write_text("1,8507,1943,5\n2,8532,1950,6\n", encoding="utf-8")
    message = told(folder)
    assert "The file begins without a header: its first line names no column of OMOP." in message
    assert "Where: person.csv, line 1" in message


def test_a_packed_file_that_is_cut_off(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv.gz")
    path = folder / "death.csv.gz"
    path.write_bytes(path.read_bytes()[:12])
    assert "The file is not a whole gzip file." in told(folder)


def test_a_table_that_is_there_in_two_forms(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    (folder / "DEATH.parquet").write_bytes((folder / "death.csv").read_bytes())
    message = told(folder)
    assert "The table death is there more than once." in message
    assert "DEATH.parquet, death.csv" in message


def test_two_schemas_with_a_person_table(tmp_path, postgresql):
    path = write_duckdb(tmp_path / "clinic.duckdb", form=Form(schema="cdm"))
    write_duckdb(path, form=Form(schema="cdm_old"))
    address = write_postgresql(postgresql(), form=Form(schema="cdm"))
    write_postgresql(address, form=Form(schema="cdm_old"))
    for where in (path, address):
        message = told(where)
        assert "2 schemas hold a person table: cdm, cdm_old." in message
        assert "--schema cdm" in message


def test_a_schema_that_is_not_there(tmp_path, postgresql):
    path = write_duckdb(tmp_path / "clinic.duckdb", form=Form(schema="cdm"))
    for where in (path, write_postgresql(postgresql(), form=Form(schema="cdm"))):
        message = told(where, schema="omop")
        assert 'No table of OMOP can be read in a schema "omop".' in message
        assert "name one of: cdm" in message


def test_a_server_that_does_not_answer():
    message = told("postgresql://reader:secret@127.0.0.1:1/omop")
    assert "The server cannot be reached." in message
    assert "Where: postgresql://reader@127.0.0.1:1/omop" in message
    assert "secret" not in message


def test_a_database_that_the_server_does_not_have(postgresql):
    address = re.sub(r"clinic_\d+", "no_such_database", postgresql())
    assert "The server has no such database or no such user." in told(address)


def test_a_user_that_the_server_does_not_have(postgresql):
    assert "The server has no such database or no such user." in told(postgresql().replace("postgres:@", "nobody:x@"))


def test_a_wrong_password(postgresql, reader):
    address = write_postgresql(postgresql(), form=Form(schema="cdm"))
    limited = reader(address, "cdm")
    with psycopg.connect(address, autocommit=True) as connection, asking_for_passwords(connection):
        assert "The user name or the password is wrong." in told(limited.replace(":right@", ":wrong@"))
        assert "The server asks for a password and none was given." in told(limited.replace(":right@", "@"))
        assert len(read(limited).accounts) == 8


class asking_for_passwords:  # noqa: N801 (read as a sentence: with asking_for_passwords)
    """Make a server ask readers for their password, and not let in anybody from elsewhere."""

    def __init__(self, connection):
        self.connection = connection
        self.path = connection.execute("SHOW hba_file").fetchone()[0]

    def __enter__(self):
        with open(self.path, encoding="utf-8") as file:
            self.before = file.read()
        self._set("local all postgres trust\nlocal all all scram-sha-256\n")

    def __exit__(self, *error):
        self._set(self.before)

    def _set(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        self.connection.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")


def test_a_table_that_the_role_may_not_read_is_as_good_as_absent(postgresql, reader):
    address = write_postgresql(postgresql(), form=Form(schema="cdm"))
    limited = reader(address, "cdm")
    role = re.search(r"//(\w+):", limited)[1]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"REVOKE SELECT ON cdm.drug_exposure FROM {role}")
    assert "The table drug_exposure is missing." in told(limited)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"REVOKE SELECT ON cdm.person FROM {role}")
    assert "There is no person table." in told(limited)


def test_a_query_that_the_server_gives_up_on(postgresql):
    source = open_source(write_postgresql(postgresql()))
    source.connection.execute("SET statement_timeout = 1")
    person = source.table("person")
    crossed = person
    for _ in range(14):
        crossed = crossed.cross_join(person.view()).select("person_id")
    with pytest.raises(RecordsError) as error:
        source.rows(crossed.aggregate(rows=crossed.count()))
    assert "The database gave up on a query (QueryCanceled)." in str(error.value)
    source.close()


def test_postgresql_without_its_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = told("postgresql://reader:secret@127.0.0.1/omop")
    assert "Reading PostgreSQL needs the package psycopg, which is not installed." in message
    assert "pip install 'psycopg[binary]'" in message


def test_a_damaged_file_of_another_kind_of_database(tmp_path):
    path = tmp_path / "clinic.duckdb"
    path.write_bytes(b"SQLite format 3\x00" + bytes(4080))
    assert "The SQLite file cannot be read (DatabaseError): it is damaged" in told(path)


def test_a_database_without_any_table_of_omop(tmp_path):
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE holiday (day DATE)")
    message = told(path)
    assert "There is no person table." in message
    assert "tables that can be read: none of OMOP" in message
