"""The records of a SQLite file, such as Eunomia writes: its tables are copied into the embedded database as texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from refractory.errors import RecordsError
from refractory.records.catalogue import OMOP_TABLES, SourceTable
from refractory.records.from_files import ALIAS, EmbeddedSource, describe
from refractory.records.source import quoted_path

_ROWS_AT_ONCE = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# SQLite has no dates. A number in a column of dates is a day as 20150302; else what R writes: days since 1970 for a
# date, seconds since 1970 for a time. Days of this century are five digits, seconds nine or more.
_COMPACT = (19_000_101, 21_001_231)
_MOST_DAYS = 200_000
Reader = Callable[[Any], str | None]


def open_sqlite(path: Path) -> EmbeddedSource:
    """Open a SQLite file for reading.

    Raises:
        RecordsError: When it is damaged, in use by a program that writes, or holds no table person.
    """
    source = EmbeddedSource(name=path.name, address=path, setup=[f"ATTACH ':memory:' AS {ALIAS}"], files=[path])
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            file.text_factory = lambda raw: raw.decode("utf-8", "replace")
            tables = {
                name.lower(): name
                for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1")
                if name.lower() in OMOP_TABLES
            }
            if "person" not in tables:
                seen = ", ".join(sorted(tables)) or "none of OMOP"
                raise RecordsError(
                    "There is no person table.",
                    where=f"{path.name} (tables that can be read: {seen})",
                    remedy="check the address",
                )
            described = {table: _copy(source, file, table, name) for table, name in tables.items()}
    except sqlite3.Error as error:
        raise RecordsError(
            f"The SQLite file cannot be read ({type(error).__name__}): it is damaged, or another program writes it.",
            where=path.name,
            remedy="close the other program, or copy the file again from where it came from",
        ) from None
    describe(source, described)
    return source


def _copy(source: EmbeddedSource, file: sqlite3.Connection, table: str, name: str) -> SourceTable:
    """Copy a table, each value as the text that a CSV file would hold."""
    import pyarrow

    own = quoted_path((name,))
    spelled = [row[1] for row in file.execute(f"PRAGMA table_info({own})")]
    columns = [column.strip().lower() for column in spelled]
    readers = [_reader_of(file, own, column) for column in spelled]
    path = (ALIAS, "main", table)
    shape = ", ".join(f"{quoted_path((column,))} VARCHAR" for column in columns)
    source.execute(source.connection, f"CREATE TABLE {quoted_path(path)} ({shape})")
    for rows in _chunks(file, own):
        arrays = [
            pyarrow.array([read(row[place]) for row in rows], pyarrow.string()) for place, read in enumerate(readers)
        ]
        source.connection.register("copied_rows", pyarrow.table(arrays, columns))
        source.execute(source.connection, f"INSERT INTO {quoted_path(path)} SELECT * FROM copied_rows")
        source.connection.unregister("copied_rows")
    return SourceTable(path, {column: column for column in columns}, dict.fromkeys(columns, "string"))


def _chunks(file: sqlite3.Connection, table: str) -> Iterator[Sequence[Sequence[Any]]]:
    cursor = file.execute(f"SELECT * FROM {table}")
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield rows


def _reader_of(file: sqlite3.Connection, table: str, column: str) -> Reader:
    """Say how the values of a column are read; of a column of dates, what its numbers count."""
    if not column.strip().lower().endswith(("_date", "_datetime")):
        return _read
    own = quoted_path((column,))
    ((least, most),) = file.execute(
        f"SELECT min({own}), max({own}) FROM {table} WHERE typeof({own}) IN ('integer', 'real')"
    ).fetchall()
    if least is None or (_COMPACT[0] <= least and most <= _COMPACT[1]):
        return _read
    counts_days = max(abs(least), abs(most)) < _MOST_DAYS
    return _read_day if counts_days else _read_second


def _read(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)


def _read_day(value: Any) -> str | None:
    return _read_moment(value, 86_400)


def _read_second(value: Any) -> str | None:
    return _read_moment(value, 1)


def _read_moment(value: Any, seconds: int) -> str | None:
    if not isinstance(value, int | float):
        return _read(value)
    try:
        return (_EPOCH + timedelta(seconds=value * seconds)).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError):
        return _read(value)
