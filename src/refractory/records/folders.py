"""Which files of a folder hold which table, and how the CSV files among them are written."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from refractory.errors import RecordsError
from refractory.records.catalogue import OMOP_TABLES

_SUFFIXES = (".csv.gz", ".csv", ".tsv.gz", ".tsv", ".txt.gz", ".txt", ".parquet")
_SEPARATORS = (",", ";", "\t", "|")
_PARQUET_MARK = b"PAR1"
_DUCKDB_MARK = b"DUCK"
_SQLITE_MARK = b"SQLite format 3\0"


@dataclass(frozen=True)
class CsvHeader:
    """How a CSV file is written."""

    separator: str
    columns: tuple[str, ...]


def find_home(address: str) -> Path:
    """Return an address as a path, "~" as the folder that it stands for; where it stands for none, as written."""
    try:
        return Path(address).expanduser()
    except RuntimeError:
        return Path(address)


def find_table_files(folder: Path) -> dict[str, list[Path]]:
    """Find the files of each table of OMOP: `person.csv`, `PERSON.parquet`, `person.parquet/part-0.parquet`.

    Raises:
        RecordsError: When a table is there twice, as CSV and as Parquet, or a file is a link that leads elsewhere.
    """
    forms: defaultdict[str, list[list[Path]]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        suffix = find_suffix(path)
        table = path.name[: -len(suffix) or None].lower()
        if table not in OMOP_TABLES:
            continue
        if path.is_dir():  # also one that is named as a file, as Spark names it
            forms[table].append([part for part in sorted(path.rglob("*")) if part.is_file() and find_suffix(part)])
        elif path.is_file() and suffix:
            forms[table].append([path])
        elif suffix and path.is_symlink():
            raise RecordsError(
                "A file of the folder is a link to nowhere.",
                where=path.name,
                remedy="put the file there, or take the link away",
            )
    for table, ways in forms.items():
        if len(ways) > 1:  # a text of that name may be what somebody wrote about the table
            ways[:] = [way for way in ways if not any(find_suffix(path).startswith(".txt") for path in way)] or ways
        if len(ways) > 1 or len({is_parquet(path) for path in ways[0]}) > 1:
            raise RecordsError(
                f"The table {table} is there more than once.",
                where=", ".join(str(path.relative_to(folder)) for way in ways for path in way[:3]),
                remedy="keep one form of it in the folder",
            )
    found = {table: ways[0] for table, ways in forms.items() if ways[0]}
    check_inside(folder, [path for files in found.values() for path in files])
    return found


def check_inside(folder: Path, files: Sequence[Path]) -> None:
    """Raise when a file of a folder is a link that leads out of it: whoever packed the folder may mean another's file.

    Raises:
        RecordsError: With the name of the file.
    """
    inside = folder.resolve()
    for one in files:
        if not one.resolve().is_relative_to(inside):
            raise RecordsError(
                "A file of the folder is a link that leads out of it.",
                where=str(one.relative_to(folder)),
                remedy="put a copy of the file there, or name the folder that it leads to",
            )


def find_suffix(path: Path) -> str:
    """Return the ending by which a file is one of a table; empty where it has none."""
    return next((suffix for suffix in _SUFFIXES if path.name.lower().endswith(suffix)), "")


def is_parquet(path: Path) -> bool:
    """Say whether a file is named as Parquet."""
    return path.name.lower().endswith(".parquet")


def check_parquet(path: Path) -> None:
    """Raise when a file does not begin and end as Parquet does: it is empty, cut off or something else.

    Raises:
        RecordsError: With the name of the file.
    """
    begins, ends = _read_ends(path, at=0)
    if not (begins == ends == _PARQUET_MARK):
        raise _damaged("The file is not a whole Parquet file: it is cut off or damaged.", path)


def is_sqlite(path: Path) -> bool:
    """Say whether a file begins as a SQLite database does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE_MARK)) == _SQLITE_MARK


def check_database(path: Path) -> None:
    """Raise when a file does not begin as a DuckDB database does.

    Raises:
        RecordsError: With the name of the file.
    """
    mark, _ = _read_ends(path, at=8)
    if mark != _DUCKDB_MARK:
        raise _damaged("The file is not a DuckDB database, or it is damaged.", path)


def _read_ends(path: Path, at: int) -> tuple[bytes, bytes]:
    size = path.stat().st_size
    if size == 0:
        raise _damaged("The file is empty (0 bytes).", path)
    with path.open("rb") as file:
        file.seek(at)
        first = file.read(4)
        file.seek(max(0, size - 4))
        return first, file.read(4)


def _damaged(what: str, path: Path) -> RecordsError:
    return RecordsError(what, where=path.name, remedy="copy the file again from where it came from")


def read_csv_header(path: Path, known: Sequence[str]) -> CsvHeader:
    """Read the first line of a CSV file; the separator is the one that gives most of the known columns.

    Args:
        path: The file, gzip or not.
        known: Columns, in lower case, by which the table is recognised.

    Raises:
        RecordsError: When the file is empty, has no header that can be read, or names a column twice.
    """
    opened = gzip.open if path.name.lower().endswith(".gz") else Path.open
    try:
        with opened(path, "rb") as file:
            raw = file.readline()
    except (gzip.BadGzipFile, EOFError):
        raise RecordsError(
            "The file is not a whole gzip file.", where=path.name, remedy="copy the file again from where it came from"
        ) from None
    if not raw.strip():
        raise RecordsError(
            "The file is empty (no header).", where=path.name, remedy="remove the file, or copy it again"
        )
    try:
        line = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordsError(
            f"The file is not in UTF-8: byte {error.start + 1} of the line cannot be read.",
            where=f"{path.name}, line 1",
            remedy="save it as UTF-8 (in a spreadsheet: CSV UTF-8), or convert it with `iconv -t UTF-8`",
        ) from None
    headers = [CsvHeader(mark, tuple(next(csv.reader([line], delimiter=mark)))) for mark in _SEPARATORS]
    best = max(
        headers, key=lambda header: (sum(c.strip().lower() in known for c in header.columns), len(header.columns))
    )
    columns = tuple(column.strip().lower() for column in best.columns)
    named = [column for column in columns if column]
    holds_data = len(set(columns)) != len(columns) or any(column.isdigit() for column in columns)
    if holds_data and not set(columns) & set(known):
        raise RecordsError(
            "The file begins without a header: its first line names no column of OMOP.",
            where=f"{path.name}, line 1",
            remedy="write the names of the columns into a line before it",
        )
    if len(set(named)) != len(named):
        raise RecordsError(
            "The header names a column twice.",
            where=f"{path.name}, line 1",
            remedy="give each column a name of its own",
        )
    # A column without a name, such as the row numbers that pandas writes, is of no table of OMOP.
    return CsvHeader(best.separator, tuple(column or f"column {place}" for place, column in enumerate(columns, 1)))
