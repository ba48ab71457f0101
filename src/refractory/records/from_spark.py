"""Records that a Spark reads: tables of its catalogue, or a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.catalogue import OMOP_TABLES, SourceTable, choose_schema, tell_apart
from refractory.records.compiling import SPARK, compile_sql
from refractory.records.from_spark_faults import explain_fault, faults_of_spark
from refractory.records.from_spark_session import OpenSession, open_session
from refractory.records.later import build
from refractory.records.source import bind
from refractory.records.store import STORED_AS, keep_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.spark_address import SparkAddress
    from refractory.records.store import Store

_VIEW = "refractory_{}"
_HANDED = "refractory_handed"

# The Ibis type that stands for a type of Spark, and the type that Spark is asked to hand over; all else becomes text.
_KINDS = {
    "tinyint": ("int64", "BIGINT"),
    "smallint": ("int64", "BIGINT"),
    "int": ("int64", "BIGINT"),
    "bigint": ("int64", "BIGINT"),
    "float": ("float64", "DOUBLE"),
    "double": ("float64", "DOUBLE"),
    "decimal": ("float64", "DOUBLE"),
    "date": ("date", "DATE"),
    "boolean": ("boolean", "BOOLEAN"),
    "timestamp": ("timestamp('UTC')", "TIMESTAMP"),
    "timestamp_ntz": ("timestamp", "TIMESTAMP_NTZ"),
}
_TEXT = ("string", "STRING")


def open_spark(address: SparkAddress, schema: str | None = None) -> SparkSource:
    """Open the records that a Spark reads.

    Args:
        address: Where the Spark is, and the folder of Parquet files if its catalogue does not hold the records.
        schema: Database of the tables in the catalogue, when more than one holds them.

    Raises:
        RecordsError: When Spark does not start or answer, or the tables are not found.
    """
    source = SparkSource(name=address.name, opened=open_session(address))
    try:
        if address.parquet is None:
            source.find_tables(schema)
        else:
            source.find_files(address.parquet)
    except BaseException:
        source.close()
        raise
    return source


@dataclass
class SparkSource:
    """Tables of OMOP that a Spark reads; nothing is written there but names of files for this session."""

    name: str
    opened: OpenSession
    described: dict[str, SourceTable] = field(default_factory=dict)
    foreign_tables: Mapping[str, int] = field(default_factory=dict)
    dialect: str = SPARK

    def find_tables(self, schema: str | None) -> None:
        """Find the tables of the catalogue."""
        with self._explained():
            named = [schema] if schema and "." in schema else []
            listed = named or [str(row[0]) for row in self._collect("SHOW DATABASES")]
            # Most catalogues are slow to describe a table: only names are asked for until the database is chosen.
            found = {database: self._list(database) for database in listed}
        chosen = choose_schema({name: tables for name, tables in found.items() if tables}, schema, where=self.name)
        self.describe({table: one.path for table, one in chosen.items()})

    def _list(self, database: str) -> dict[str, SourceTable]:
        path = tuple(database.split("."))
        rows = self._collect(f"SHOW TABLES IN {_quoted(path)}")
        names = sorted(str(name) for _, name, is_temporary in rows if not is_temporary)
        return {name.lower(): SourceTable((*path, name), {}, {}) for name in names if name.lower() in OMOP_TABLES}

    def find_files(self, folder: str) -> None:
        """Find the tables of a folder: a Parquet file, or a folder of such files, for each."""
        paths: dict[str, tuple[str, ...]] = {}
        for table in OMOP_TABLES:
            with self._explained():
                read = self._read_parquet(f"{_literally(folder.rstrip('/'))}/{_in_any_case(table)}{{,.parquet}}")
                if read is not None:
                    read.createOrReplaceTempView(_VIEW.format(table))
                    paths[table] = (_VIEW.format(table),)
        if not paths:
            raise RecordsError(
                "The folder holds no table of OMOP that Spark can see.",
                where=self.name,
                remedy="expected are Parquet files such as person.parquet, or folders of them, one a table, at a place "
                "that the workers of Spark can read",
            )
        self.describe(paths)

    def _read_parquet(self, place: str) -> Any:
        from pyspark.errors import AnalysisException

        try:
            read = self.opened.session.read.parquet(place)
            # Over Spark Connect nobody looks at the place before something is asked of it.
            files = read.inputFiles()
        except AnalysisException as error:
            if error.getCondition() == "PATH_NOT_FOUND":
                return None
            raise
        # A column may be missing in some of the files; to look into all of them is a job of its own.
        return read if len(files) == 1 else self.opened.session.read.option("mergeSchema", "true").parquet(place)

    def describe(self, paths: Mapping[str, tuple[str, ...]]) -> None:
        """Ask Spark for the columns of tables, given by their name in OMOP and their path."""
        described = {}
        with self._explained():
            for table, path in paths.items():
                columns = self.opened.session.table(_quoted(path)).schema.fields
                described[table] = SourceTable(
                    path,
                    {column.name.lower(): column.name for column in columns},
                    {column.name.lower(): _kind(column)[0] for column in columns},
                )
        self.described, foreign = tell_apart(described)
        self.foreign_tables = {table: self._count(one) for table, one in foreign.items()}

    def has(self, table: str) -> bool:
        return table in self.described

    def columns(self, table: str) -> dict[str, str]:
        return dict(self.described[table].kinds)

    def table(self, name: str) -> ir.Table:
        return bind(name, self.described[name], is_case_sensitive=True)

    def table_later(self, name: str) -> ir.Table:
        return self.table(name)

    def ids_later(self, values: Iterable[int]) -> ir.IntegerColumn:
        return self.ids(values)

    def ids(self, values: Iterable[int]) -> ir.IntegerColumn:
        import ibis

        # One text literal, split in Spark: as many literals as ids would take seconds to analyse.
        text = ",".join(str(int(value)) for value in sorted(set(values)))
        listed = ibis.literal(text or "0").split(",").cast("array<int64>").unnest().name("id").as_table()
        return (listed if text else listed.filter(ibis.literal(False))).id

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        columns = [column.to_pylist() for column in self._hand_over(compile_sql(expression, SPARK)).columns]
        return list(zip(*columns, strict=True))

    def count(self, table: str) -> int:
        return self._count(self.described[table])

    def _count(self, table: SourceTable) -> int:
        with self._explained():
            return int(self._collect(f"SELECT count(*) FROM {_quoted(table.path)}")[0][0])

    def connect_store(self) -> Any:
        import duckdb

        return duckdb.connect(":memory:")

    def extract(self, expression: ir.Table, store: Store, name: str) -> int:
        expression = build(expression)
        kinds = [str(kind).lstrip("!") for kind in expression.schema().types]
        kinds = ["timestamp" if kind.startswith("timestamp") else kind for kind in kinds]
        kinds = [kind if kind in STORED_AS else "string" for kind in kinds]
        keep_rows(store.connection, name, dict(zip(expression.columns, kinds, strict=True)), ())
        handed = self._hand_over(compile_sql(expression, SPARK))
        store.connection.register(_HANDED, handed)
        store.connection.execute(f'INSERT INTO "{name}" SELECT * FROM {_HANDED}')
        store.connection.unregister(_HANDED)
        return int(handed.num_rows)

    def fingerprint(self) -> str:
        """Return a hash of the tables' names and columns and of what the records say of themselves."""
        said = [f"{table} {sorted(one.kinds.items())}" for table, one in sorted(self.described.items())]
        if self.has("cdm_source"):
            said += sorted(map(str, self.rows(self.table("cdm_source"))))
        return sha256("\n".join(said).encode()).hexdigest()

    def close(self) -> None:
        self.opened.stop()

    def _collect(self, sql: str) -> Sequence[Any]:
        return list(self.opened.session.sql(sql).collect())

    def _hand_over(self, sql: str) -> Any:
        """Run a query and return its rows as columns of Arrow, each in one of the few types that the store knows."""
        with self._explained():
            answer = self.opened.session.sql(sql)
            asked = [
                f"CAST({_quoted((one.name,))} AS {_kind(one)[1]}) AS {_quoted((one.name,))}" for one in answer.schema
            ]
            handed = answer.selectExpr(*asked).toArrow()
        # The time of day that a zoned time stamp has in UTC, without the zone.
        for place, one in enumerate(handed.schema):
            if getattr(one.type, "tz", None):
                import pyarrow

                naive = handed.column(place).cast(pyarrow.timestamp("us"))
                handed = handed.set_column(place, one.name, naive)
        return handed

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except faults_of_spark() as error:
            raise explain_fault(error, self.name) from None


def _kind(column: Any) -> tuple[str, str]:
    return _KINDS.get(column.dataType.simpleString().split("(")[0], _TEXT)


def _quoted(path: Sequence[str]) -> str:
    return ".".join("`" + part.replace("`", "``") + "`" for part in path)


def _literally(folder: str) -> str:
    """Write a path so that none of its letters is a pattern."""
    return "".join(f"\\{letter}" if letter in "\\{}[]*?" else letter for letter in folder)


def _in_any_case(name: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in name)
