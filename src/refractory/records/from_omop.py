"""Opening the records of an OMOP CDM (v5.3, v5.4), wherever they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from refractory.errors import RecordsError
from refractory.records.catalogue import SELDOM_ASKED, SourceTable, arrange, choose_schema
from refractory.records.file_queries import reading_of
from refractory.records.folders import check_database, find_home, find_table_files, is_sqlite
from refractory.records.from_files import ALIAS, EmbeddedSource, describe, kind_of
from refractory.records.from_folder_names import find_named_otherwise
from refractory.records.source import Source, quoted
from refractory.records.spark_address import parse_spark_address

_DATABASES = frozenset({".duckdb", ".db", ".sqlite", ".sqlite3"})
_ADDRESSES = (
    "a DuckDB or SQLite file, a folder of Parquet or CSV files, a sheet or its mapping (.toml), a folder of FHIR, "
    "postgresql://user@host/database, or a Spark: sc://host:15002, spark://host:7077 or local[2]"
)


def open_source(address: str, schema: str | None = None) -> Source:
    """Open a source of records for reading.

    Args:
        address: A DuckDB file, a folder that holds a file or a folder of files for each table, a
            PostgreSQL address (`postgresql://...`), or a Spark (`sc://...`, `spark://...`, `local[2]`).
        schema: Where the tables are, when the database holds more than one set of them.

    Raises:
        RecordsError: When nothing can be read there, or two schemas hold the tables and none is named.
    """
    if address.startswith(("postgresql://", "postgres://")):
        from refractory.records.from_postgresql import open_postgresql

        return open_postgresql(address, schema)
    path = find_home(address)
    if not path.exists():
        spark = parse_spark_address(address)
        if spark is not None:
            from refractory.records.from_spark import open_spark

            return open_spark(spark, schema)
        raise RecordsError("There is no such file or folder.", where=address, remedy=f"name {_ADDRESSES}")
    path = path.resolve()  # "." has no name
    return _open_folder(path) if path.is_dir() else _open_file(path, schema)


def _open_file(path: Path, schema: str | None) -> EmbeddedSource:
    if is_sqlite(path):
        from refractory.records.from_sqlite import open_sqlite

        return open_sqlite(path)
    return _open_duckdb(path, schema)


def _open_duckdb(path: Path, schema: str | None) -> EmbeddedSource:
    if path.name.lower().endswith((".csv", ".csv.gz", ".parquet", ".tsv")):
        raise RecordsError(
            "One file holds one table; a study needs several.",
            where=str(path),
            remedy="name the folder that the files are in",
        )
    check_database(path)
    setup = [f"ATTACH {quoted(str(path))} AS {ALIAS} (READ_ONLY)"]
    source = EmbeddedSource(name=path.name, address=path, setup=setup, files=[path])
    columns = source.execute(
        source.connection,
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        f"WHERE database_name = '{ALIAS}' AND NOT internal ORDER BY ALL",
    ).fetchall()
    found = arrange([(schema_name, table, column, kind_of(kind)) for schema_name, table, column, kind in columns])
    chosen = choose_schema(found, schema, where=path.name)
    describe(source, {table: SourceTable((ALIAS, *one.path), one.spelled, one.kinds) for table, one in chosen.items()})
    return source


def _open_folder(folder: Path) -> EmbeddedSource:
    own_names = find_table_files(folder)
    otherwise = find_named_otherwise(folder, own_names)
    tables = own_names | {table: [path] for table, path in otherwise.items()}
    if not tables:
        databases = sorted(path for path in folder.iterdir() if path.suffix.lower() in _DATABASES)
        if len(databases) == 1:
            return _open_file(databases[0], None)
        raise RecordsError(
            "The folder holds no table of OMOP.",
            where=str(folder),
            remedy="expected are tables of OMOP (person.parquet or person.csv, one a table), FHIR (.ndjson) "
            "or one mapping (charts.mapping.toml)",
        )
    readings = _write_readings(tables)
    setup = [f"ATTACH ':memory:' AS {ALIAS}"]
    setup += [f"CREATE VIEW {ALIAS}.main.{table} AS {reading}" for table, reading in readings.items()]
    every_file = [path for table in readings for path in tables[table]]
    source = EmbeddedSource(name=folder.name, address=folder, setup=setup, files=every_file)
    source.named_otherwise = {table: path.name for table, path in otherwise.items() if table in readings}
    described = {}
    for table in readings:
        shape = source.execute(source.connection, f"DESCRIBE {ALIAS}.main.{table}").fetchall()
        spelled = {row[0].lower(): row[0] for row in shape}
        described[table] = SourceTable(
            (ALIAS, "main", table), spelled, {row[0].lower(): kind_of(row[1]) for row in shape}
        )
    describe(source, described)
    return source


def _write_readings(tables: Mapping[str, Sequence[Path]]) -> dict[str, str]:
    """Write the query of each table; one that few studies ask for counts as absent where its files are broken."""
    readings = {}
    for table, files in tables.items():
        try:
            readings[table] = reading_of(table, files)
        except RecordsError:
            if table not in SELDOM_ASKED:
                raise
    return readings
