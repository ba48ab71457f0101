"""The queries that read the files of a table: Parquet with its types, CSV as texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from refractory.records.catalogue import OMOP_TABLES
from refractory.records.folders import CsvHeader, check_parquet, is_parquet, read_csv_header
from refractory.records.source import quoted


def reading_of(table: str, files: Sequence[Path]) -> str:
    """Write the query that reads the files of one table of OMOP: Parquet with its types, CSV as texts."""
    return _reading_parquet(files) if is_parquet(files[0]) else _reading_csv(table, files)


def _reading_parquet(files: Sequence[Path]) -> str:
    for path in files:
        check_parquet(path)
    return f"SELECT * FROM read_parquet([{_listed(files)}], union_by_name = true, hive_partitioning = false)"


def _reading_csv(table: str, files: Sequence[Path]) -> str:
    # Every column is read as text: a guess of DuckDB at a date or a number would depend on the first rows.
    by_header: defaultdict[CsvHeader, list[Path]] = defaultdict(list)
    for path in files:
        by_header[read_csv_header(path, OMOP_TABLES[table])].append(path)
    readings = []
    for header, same in by_header.items():
        columns = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in header.columns)
        readings.append(
            f"SELECT * FROM read_csv([{_listed(same)}], columns = {{{columns}}}, delim = {quoted(header.separator)}, "
            "quote = '\"', escape = '\"', header = true, auto_detect = false)"
        )
    return " UNION ALL BY NAME ".join(readings)


def _listed(files: Iterable[Path]) -> str:
    return ", ".join(quoted(str(path)) for path in files)
