"""A SQLite file says what the same tables say elsewhere, however it writes a day."""

from __future__ import annotations

import csv
import sqlite3
from datetime import UTC, datetime

import pytest

from refractory.errors import RecordsError
from refractory.records.from_omop import open_source
from spec.records.small_clinic import read, write_folder

DAY = 86_400


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# How a day may be written: as R writes a date, as R writes a time, as Eunomia does, and as a text.
DAYS = {
    "days": lambda text: seconds(text) / DAY,
    "seconds": seconds,
    "whole seconds": lambda text: int(seconds(text)),
    "digits": lambda text: int(text.replace("-", "")),
    "text": str,
}


def copy_folder(folder, path, write_day, *, is_upper=False):
    """Write the CSV files of a folder as tables of a SQLite file."""
    with sqlite3.connect(path) as file:
        for one in sorted(folder.glob("*.csv")):
            with one.open(newline="") as lines:
                head, *rows = csv.reader(lines)
            names = [name.upper() for name in head] if is_upper else head
            table = one.stem.upper() if is_upper else one.stem
            file.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            write = [write_day if name.endswith("_date") else str for name in head]
            values = [[put(cell) if cell else None for put, cell in zip(write, row, strict=True)] for row in rows]
            file.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(head))})", values)
    return path


def facts(records):
    store = records.store
    return [sorted(map(str, store.rows(store.table(name)))) for name in ("person", "drug", "event", "measurement")]


@pytest.mark.parametrize("write_day", DAYS.values(), ids=DAYS.keys())
def test_a_sqlite_file_holds_what_the_folder_holds(tmp_path, write_day):
    folder = write_folder(tmp_path / "clinic", "csv")
    expected = read(folder)
    found = read(copy_folder(folder, tmp_path / "clinic.sqlite", write_day, is_upper=True))
    assert facts(found) == facts(expected)
    assert found.accounts == expected.accounts


def test_a_folder_with_one_sqlite_file_is_that_file(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    alone = tmp_path / "alone"
    alone.mkdir()
    copy_folder(folder, alone / "cdm.sqlite", str)
    assert facts(read(alone)) == facts(read(folder))


def test_numbers_bytes_and_days_out_of_time_are_read_as_they_are(tmp_path):
    path = tmp_path / "odd.sqlite"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE person (person_id, year_of_birth, birth_datetime, gender_source_value)")
        file.executemany(
            "INSERT INTO person VALUES (?, ?, ?, ?)",
            [(1.0, 1970.0, 1e30, b"F"), (2, 1981, -86_400.0, None), (3, 0.5, None, "M")],
        )
    source = open_source(str(path))
    rows = source.connection.execute("SELECT * FROM records_source.main.person ORDER BY 1").fetchall()
    assert rows == [
        ("1", "1970", "1e+30", "F"),
        ("2", "1981", "1969-12-31 00:00:00", None),
        ("3", "0.5", None, "M"),
    ]


def test_a_sqlite_file_without_persons_is_refused(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE death (person_id, death_date)")
    with pytest.raises(RecordsError, match="There is no person table") as told:
        open_source(str(path))
    assert "tables that can be read: death" in str(told.value)
