"""The three engines that every expression must run on, with one way to fill and to ask them: DuckDB, PostgreSQL, Spark.

An engine takes the place of a Store in a test. What it answers is compared as it is: a number that an engine gives
where the expression promises a date, or a fraction where it promises a whole number, is a fault and not rounded away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import tables
from refractory.records.compiling import SPARK, compile_sql
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENGINES = ("duckdb", "postgresql", "spark")
_POSTGRESQL = {
    "int64": "bigint",
    "float64": "double precision",
    "string": "text",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


class Database(Protocol):
    """What an engine does in its own way."""

    def make(self, name: str, schema: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None: ...

    def ask(self, expression: ir.Table) -> list[tuple[Any, ...]]: ...

    def clear(self) -> None: ...


class Engine:
    """Named tables on one of the engines."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database
        self._schemas: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"the engine {self.name}"

    def add(self, name: str, schema: Mapping[str, str], rows: Iterable[Sequence[Any]] = ()) -> ir.Table:
        """Make a table of rows given in Python; each row holds the columns in the order of the schema."""
        self._database.make(name, schema, [tuple(row) for row in rows])
        self._schemas[name] = dict(schema)
        return self.table(name)

    def fill(self, name: str, text: str, schema: Mapping[str, str] | None = None) -> ir.Table:
        """Make a table drawn in text (see tables.fill)."""
        return tables.fill(self, name, text, schema)

    def has(self, name: str) -> bool:
        """Say whether a table of that name was made."""
        return name in self._schemas

    def table(self, name: str) -> ir.Table:
        """Return the table of that name as an Ibis expression."""
        import ibis

        return ibis.table(self._schemas[name], name=name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression once and keep its rows under a name."""
        return self.add(
            name, {column: _kind(kind) for column, kind in expression.schema().items()}, self.rows(expression)
        )

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        """Return the rows of an expression, each value as its column promises."""
        kinds = [_kind(kind) for kind in expression.schema().types]
        return [tuple(map(_promised, row, kinds)) for row in self._database.ask(expression)]

    def records(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Return the rows of an expression as dictionaries by column name."""
        return [dict(zip(expression.columns, row, strict=True)) for row in self.rows(expression)]

    def count(self, expression: ir.Table) -> int:
        """Return the number of rows of an expression."""
        ((rows,),) = self.rows(expression.aggregate(rows=expression.count()))
        return int(rows)

    def same_rows(self, expression: ir.Table, expected: str, columns: Sequence[str] | None = None) -> None:
        """Assert that an expression has the rows of a drawn table, in any order."""
        tables.same_rows(self, expression, expected, columns)

    def clear(self) -> None:
        """Take all tables away."""
        self._database.clear()
        self._schemas.clear()


class InDuckdb:
    def __init__(self) -> None:
        self.store = Store()

    def make(self, name: str, schema: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        self.store.add(name, schema, rows)

    def ask(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        return self.store.rows(expression)

    def clear(self) -> None:
        self.store = Store()


class InPostgresql:
    """Everything happens in one transaction that is never committed."""

    def __init__(self, address: str) -> None:
        import psycopg

        self.connection = psycopg.connect(address, options="-c timezone=UTC")

    def make(self, name: str, schema: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        columns = ", ".join(f'"{column}" {_POSTGRESQL[kind]}' for column, kind in schema.items())
        self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self.connection.execute(f'CREATE TABLE "{name}" ({columns})')
        with self.connection.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def ask(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        return self.connection.execute(compile_sql(expression, "postgres")).fetchall()

    def clear(self) -> None:
        self.connection.rollback()


class InSpark:
    """Temporary views over rows that live in the session."""

    def __init__(self, address: str) -> None:
        from refractory.records.from_spark_session import open_session
        from refractory.records.spark_address import parse_spark_address

        self.opened = open_session(parse_spark_address(address))
        self._views: set[str] = set()

    def make(self, name: str, schema: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        import pyarrow

        kinds = {"float64": pyarrow.float64(), "date": pyarrow.date32(), "boolean": pyarrow.bool_()}
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [
            pyarrow.array(column, kinds.get(kind) or pyarrow.type_for_alias(kind))
            for column, kind in zip(columns, schema.values(), strict=True)
        ]
        table = pyarrow.Table.from_arrays(arrays, names=list(schema))
        self.opened.session.createDataFrame(table).createOrReplaceTempView(name)
        self._views.add(name)

    def ask(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        answer = self.opened.session.sql(compile_sql(expression, SPARK)).toArrow()
        return list(zip(*[column.to_pylist() for column in answer.columns], strict=True))

    def clear(self) -> None:
        for name in self._views:
            self.opened.session.catalog.dropTempView(name)
        self._views.clear()


def _kind(kind: Any) -> str:
    if kind.is_integer():
        return "int64"
    if kind.is_floating() or kind.is_decimal():
        return "float64"
    return str(kind).lstrip("!")


def _promised(value: Any, kind: str) -> Any:
    """Return a value as the kind of its column says, and refuse one that is something else."""
    if value is None:
        return None
    if kind == "int64":
        assert not isinstance(value, bool), f"{value!r} is no number"
        assert value == int(value), f"{value!r} is no whole number"
        return int(value)
    if kind == "float64":
        return float(value)
    if kind == "date":
        assert type(value) is date, f"{value!r} is no date"
    if kind == "boolean":
        assert isinstance(value, bool), f"{value!r} is neither true nor false"
    return value
