"""The embedded database in which a study's own records are worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from refractory.records.compiling import compile_query
from refractory.records.later import table_later

if TYPE_CHECKING:
    import ibis.expr.types as ir

Told = ParamSpec("Told")
Found = TypeVar("Found")
STORED_AS = {
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "string": "VARCHAR",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}
# A filter made of one side of a join while the other side is read costs more than a small study's rows.
_FOR_LARGE_TABLES = ("join_filter_pushdown",)
# Numbers the databases that are opened beside others: their names are shared by the whole process.
_NUMBERS = count(1)


class Store:
    """Named tables in an embedded DuckDB, described to Ibis by their schema alone.

    Expressions are built on unbound Ibis tables, compiled to text and run by the DuckDB driver:
    the same expressions compile for the other engines, and no data frame library is loaded.
    """

    def __init__(self, connection: Any = None) -> None:
        """Open an embedded database in memory, or work in one that is open already."""
        import duckdb

        self.connection = duckdb.connect(":memory:") if connection is None else connection
        self._schemas: dict[str, dict[str, str]] = {}

    def plan_for_few_rows(self) -> None:
        """Leave out of the planning of queries what pays for itself in large tables only; no answer depends on it."""
        known = {name for (name,) in self.connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        left_out = ",".join(name for name in _FOR_LARGE_TABLES if name in known)
        self.connection.execute(f"SET GLOBAL disabled_optimizers = '{left_out}'")

    def declare(self, name: str, schema: Mapping[str, str]) -> ir.Table:
        """Tell the store of a table that already exists in its database."""
        self._schemas[name] = dict(schema)
        return self.table(name)

    def has(self, name: str) -> bool:
        """Say whether a table of that name is kept."""
        return name in self._schemas

    def table(self, name: str) -> ir.Table:
        """Return the kept table of that name as an expression, which is built later: see records.later."""
        return table_later(name, self._schemas[name])

    def add(self, name: str, schema: Mapping[str, str], rows: Iterable[Sequence[Any]] = ()) -> ir.Table:
        """Make a table of rows given in Python; each row holds the columns in the order of the schema."""
        keep_rows(self.connection, name, schema, [tuple(row) for row in rows], is_temporary=False)
        return self.declare(name, schema)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression over kept tables once and keep its rows under a name."""
        text, kinds = compile_query(expression)
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {text}')
        return self.declare(name, kinds)

    def rename(self, name: str, new_name: str) -> ir.Table:
        """Give a kept table another name."""
        self.connection.execute(f'DROP TABLE IF EXISTS "{new_name}"; ALTER TABLE "{name}" RENAME TO "{new_name}"')
        return self.declare(new_name, self._schemas.pop(name))

    def sql(self, expression: ir.Table) -> str:
        """Return the text that an expression compiles to."""
        return compile_query(expression)[0]

    def columns(self, expression: ir.Table) -> tuple[str, ...]:
        """Return the names of the columns of an expression, in order."""
        return tuple(compile_query(expression)[1])

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        """Return the rows of an expression; order it by a unique key to have them in a stable order."""
        return self.connection.execute(self.sql(expression)).fetchall()

    def records(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Return the rows of an expression as dictionaries by column name."""
        columns = self.columns(expression)
        return [dict(zip(columns, row, strict=True)) for row in self.rows(expression)]

    def count(self, expression: ir.Table) -> int:
        """Return the number of rows of an expression."""
        return int(self.rows(expression.aggregate(rows=expression.count()))[0][0])

    def tally(self, name: str) -> tuple[int, int]:
        """Return the number of persons and the number of rows of a kept table."""
        found = self.connection.execute(f'SELECT count(DISTINCT person_id), count(*) FROM "{name}"').fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def once(
        self, work_out: Callable[Concatenate[Store, Told], Found], *told: Told.args, **named: Told.kwargs
    ) -> Found:
        """Work something out from this store; one that remembers does not do it again for equal contents.

        The function must follow from the store and from what it is told alone, and nobody may change what it gives.
        """
        return work_out(self, *told, **named)

    @contextmanager
    def beside(self, tables: Mapping[str, ir.Table]) -> Iterator[Store]:
        """Open a second database for as long as it is asked for, and keep there what this one's tables give.

        What is kept in it under a name that this one uses too leaves this one as it is.

        Args:
            tables: Expressions over the tables of this store, by the name that each has in the other.
        """
        database = f"beside_{next(_NUMBERS)}"
        self.connection.execute(f"ATTACH ':memory:' AS {database}")
        cursor = self.connection.cursor()
        try:
            cursor.execute(f"USE {database}")
            other = Store(cursor)
            for name, expression in tables.items():
                text, kinds = compile_query(expression)
                self.connection.execute(f'CREATE TABLE {database}.main."{name}" AS {text}')
                other.declare(name, kinds)
            yield other
        finally:
            cursor.close()
            self.connection.execute(f"DETACH {database}")

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str]) -> None:
        """Write a kept table as Parquet, its rows in the order of a unique key, its columns as they were declared.

        A sum of whole numbers is wider than Ibis believes, and a source spells columns in its own way.
        """
        order = ", ".join(f'"{column}"' for column in order_by)
        columns = ", ".join(
            f'CAST("{column}" AS {STORED_AS[kind]}) AS "{column}"' for column, kind in self._schemas[name].items()
        )
        target = str(path).replace("'", "''")
        query = f'SELECT {columns} FROM "{name}" ORDER BY {order}'
        self.connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")


def keep_rows(
    connection: Any, name: str, schema: Mapping[str, str], rows: Sequence[Sequence[Any]], *, is_temporary: bool = True
) -> None:
    """Keep rows given in Python in a table of the embedded database; a temporary one goes with its connection."""
    columns = ", ".join(f'"{column}" {STORED_AS[kind]}' for column, kind in schema.items())
    connection.execute(f'CREATE OR REPLACE {"TEMP " if is_temporary else ""}TABLE "{name}" ({columns})')
    fill(connection, name, list(schema.values()), rows)


def fill(connection: Any, name: str, kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append rows to a table of the embedded database, a column at a time.

    Lists that the database unnests are taken in about a microsecond a value; row by row it is a
    hundred times slower, and a data frame library would take longer to load than the rows.
    """
    if not rows:
        return
    lists = [list(column) for column in zip(*rows, strict=True)]
    values = ", ".join(f"unnest(${place}::{STORED_AS[kind]}[])" for place, kind in enumerate(kinds, start=1))
    connection.execute(f'INSERT INTO "{name}" SELECT {values}', lists)
