"""The embedded database in which a study's own records are worked on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DUCKDB_TYPES = {"int64": "BIGINT", "float64": "DOUBLE", "string": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN"}


class Store:
    """Named tables in an embedded DuckDB, described to Ibis by their schema alone.

    Expressions are built on unbound Ibis tables, compiled to text and run by the DuckDB driver:
    the same expressions compile for the other engines, and no data frame library is loaded.
    """

    def __init__(self) -> None:
        import duckdb

        self.connection = duckdb.connect(":memory:")
        self._schemas: dict[str, dict[str, str]] = {}

    def declare(self, name: str, schema: Mapping[str, str]) -> ir.Table:
        """Tell the store of a table that already exists in its database."""
        self._schemas[name] = dict(schema)
        return self.table(name)

    def has(self, name: str) -> bool:
        """Say whether a table of that name is kept."""
        return name in self._schemas

    def table(self, name: str) -> ir.Table:
        """Return the kept table of that name as an Ibis expression."""
        import ibis

        return ibis.table(self._schemas[name], name=name)

    def add(self, name: str, schema: Mapping[str, str], rows: Iterable[Sequence[Any]] = ()) -> ir.Table:
        """Make a table of rows given in Python; each row holds the columns in the order of the schema."""
        columns = ", ".join(f'"{column}" {_DUCKDB_TYPES[kind]}' for column, kind in schema.items())
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')
        values = [tuple(row) for row in rows]
        if values:
            marks = ", ".join("?" for _ in schema)
            self.connection.execute("BEGIN")
            self.connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)
            self.connection.execute("COMMIT")
        return self.declare(name, schema)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression over kept tables once and keep its rows under a name."""
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {self.sql(expression)}')
        return self.declare(name, {column: _kind(kind) for column, kind in expression.schema().items()})

    def sql(self, expression: ir.Table) -> str:
        """Return the text that an expression compiles to."""
        import ibis

        return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        """Return the rows of an expression; order it by a unique key to have them in a stable order."""
        return self.connection.execute(self.sql(expression)).fetchall()

    def records(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Return the rows of an expression as dictionaries by column name."""
        columns = expression.columns
        return [dict(zip(columns, row, strict=True)) for row in self.rows(expression)]

    def count(self, expression: ir.Table) -> int:
        """Return the number of rows of an expression."""
        return int(self.rows(expression.aggregate(rows=expression.count()))[0][0])

    def tally(self, name: str) -> tuple[int, int]:
        """Return the number of persons and the number of rows of a kept table."""
        found = self.connection.execute(f'SELECT count(DISTINCT person_id), count(*) FROM "{name}"').fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str]) -> None:
        """Write a kept table as Parquet, its rows in the order of a unique key."""
        order = ", ".join(f'"{column}"' for column in order_by)
        target = str(path).replace("'", "''")
        self.connection.execute(f"COPY (SELECT * FROM \"{name}\" ORDER BY {order}) TO '{target}' (FORMAT parquet)")


def _kind(kind: Any) -> str:
    if kind.is_integer():
        return "int64"
    if kind.is_floating() or kind.is_decimal():
        return "float64"
    return str(kind).lstrip("!")
