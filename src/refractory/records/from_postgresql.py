"""Records in a PostgreSQL database, read in one read-only transaction by a role that may only select."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from refractory.errors import RecordsError
from refractory.records.catalogue import SourceTable, arrange, choose_schema, tell_apart
from refractory.records.later import build
from refractory.records.source import bind, literal_ids, quoted_path, write_ids
from refractory.records.store import STORED_AS, fill, keep_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from refractory.records.store import Store

_ROWS_AT_A_TIME = 10_000

_KINDS = {
    "smallint": "int64",
    "integer": "int64",
    "bigint": "int64",
    "numeric": "float64",
    "real": "float64",
    "double precision": "float64",
    "date": "date",
    "boolean": "boolean",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamp('UTC')",
}

# Tables, partitioned and foreign ones, views and materialised views (of which information_schema is silent) that this
# role may read.
_READABLE = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname NOT IN ('information_schema', 'pg_catalog', 'pg_toast')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname, a.attnum
"""

# What the server or the driver says when it lets nobody in, by a part of it, and what the user should hear.
_REFUSALS = (
    (
        "password authentication failed",
        "The user name or the password is wrong.",
        "check both; PGPASSWORD or ~/.pgpass can hold the password",
    ),
    (
        "no password supplied",
        "The server asks for a password and none was given.",
        "set PGPASSWORD, or write it in ~/.pgpass",
    ),
    (
        "does not exist",
        "The server has no such database or no such user.",
        "check the address: postgresql://user@host:port/database",
    ),
    (
        "no pg_hba.conf entry",
        "The server does not let this user in from this machine.",
        "ask the administrator of the database for access",
    ),
    (
        "",
        "The server cannot be reached.",
        "check host and port, and that the server runs and can be reached from here",
    ),
)


def open_postgresql(address: str, schema: str | None = None) -> PostgresqlSource:
    """Connect to a PostgreSQL database for reading.

    Args:
        address: `postgresql://user:password@host:port/database`.
        schema: Schema of the tables, when more than one holds them.

    Raises:
        RecordsError: When the driver is not installed, nobody is let in, or the tables are not found.
    """
    try:
        import psycopg
    except ImportError:
        raise RecordsError(
            "Reading PostgreSQL needs the package psycopg, which is not installed.",
            where=without_password(address),
            remedy="pip install 'psycopg[binary]'",
        ) from None
    name = without_password(address)
    try:
        connection = psycopg.connect(address, connect_timeout=10, options="-c timezone=UTC")
    except psycopg.Error as error:
        said = str(error).lower()
        what, remedy = next((what, remedy) for part, what, remedy in _REFUSALS if part in said)
        raise RecordsError(what, where=name, remedy=remedy) from None
    # One snapshot: what was counted is what is read, whatever others write meanwhile.
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    source = PostgresqlSource(name=name, connection=connection)
    source.find_tables(schema)
    return source


def without_password(address: str) -> str:
    """Name a database without the password that its address may hold.

    Example:
        >>> without_password("postgresql://reader:secret@db.example:5432/omop?sslmode=require")
        'postgresql://reader@db.example:5432/omop'
    """
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    host = parts.hostname or ""
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"postgresql://{user}{host}{port}{parts.path}"


@dataclass
class PostgresqlSource:
    """Tables of OMOP in a PostgreSQL database."""

    name: str
    connection: Any
    described: dict[str, SourceTable] = field(default_factory=dict)
    foreign_tables: Mapping[str, int] = field(default_factory=dict)
    dialect: str = "postgres"

    def find_tables(self, schema: str | None) -> None:
        """Find the tables that this role may read."""
        with self._explained():
            columns = self.connection.execute(_READABLE).fetchall()
        found = arrange([(where, table, column, _kind(kind)) for where, table, column, kind in columns])
        self.described, foreign = tell_apart(choose_schema(found, schema, where=self.name))
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
        return literal_ids(write_ids(values, "{", "}"))

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        expression = build(expression)
        with self._explained():
            return list(self.connection.execute(_sql(expression)).fetchall())

    def count(self, table: str) -> int:
        return self._count(self.described[table])

    def _count(self, table: SourceTable) -> int:
        with self._explained():
            return int(self.connection.execute(f"SELECT count(*) FROM {quoted_path(table.path)}").fetchone()[0])

    def connect_store(self) -> Any:
        import duckdb

        return duckdb.connect(":memory:")

    def extract(self, expression: ir.Table, store: Store, name: str) -> int:
        expression = build(expression)
        kinds = ["timestamp" if kind.is_timestamp() else str(kind).lstrip("!") for kind in expression.schema().types]
        kinds = [kind if kind in STORED_AS else "float64" if kind.startswith("decimal") else "string" for kind in kinds]
        keep_rows(store.connection, name, dict(zip(expression.columns, kinds, strict=True)), ())
        handed = 0
        with self._explained(), self.connection.cursor(name="refractory_extract") as cursor:
            cursor.itersize = _ROWS_AT_A_TIME
            cursor.execute(_sql(expression))
            while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
                fill(store.connection, name, kinds, [tuple(map(_plain, row, kinds)) for row in rows])
                handed += len(rows)
        return handed

    def fingerprint(self) -> str:
        """Return a hash of the tables' names and columns and of what the database says of itself."""
        said = [f"{table} {sorted(one.kinds.items())}" for table, one in sorted(self.described.items())]
        if self.has("cdm_source"):
            said += sorted(map(str, self.rows(self.table("cdm_source"))))
        return sha256("\n".join(said).encode()).hexdigest()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.errors.InsufficientPrivilege:
            raise RecordsError(
                "This user may not read a table that the study needs.",
                where=self.name,
                remedy="ask for the right to SELECT in that schema",
            ) from None
        except psycopg.Error as error:
            # The server's own text can hold a value of a row, its class cannot.
            raise RecordsError(
                f"The database gave up on a query ({type(error).__name__}).",
                where=self.name,
                remedy="try again; if it stays so, look into the log of the server",
            ) from None


def _kind(postgresql_type: str) -> str:
    return _KINDS.get(postgresql_type, "string")


def _sql(expression: ir.Table) -> str:
    import ibis

    # The driver takes no parameters from these queries: a per cent sign is only itself.
    return str(ibis.to_sql(expression, dialect="postgres", pretty=False))


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if kind == "float64":
        return float(value)
    if kind == "timestamp" and isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value
