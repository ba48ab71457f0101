"""Sources that the embedded DuckDB reads where they lie: a DuckDB file, a folder of Parquet or of CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.catalogue import SourceTable, tell_apart
from refractory.records.compiling import DUCKDB, compile_sql
from refractory.records.folders import is_parquet
from refractory.records.source import IdLists, bind, bind_later, literal_ids, literal_ids_later, quoted_path, write_ids
from refractory.records.store import keep_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.store import Store

ALIAS = "records_source"
BESIDE = "beside_the_records"
_numbers = count(1)

# Files that are no larger together are read by one thread: several would wait for one another.
_SMALL_BYTES = 32 << 20
# A file's fingerprint is taken of all of it up to this size, and of evenly spaced blocks beyond.
_WHOLE_BYTES = 4 * 2**20
_BLOCKS, _BLOCK_BYTES = 128, 2**15


@dataclass
class EmbeddedSource:
    """A source that an embedded database of its own makes visible by a few statements, without writing.

    Args:
        name: What the user called it.
        address: File or folder.
        setup: Statements that make the tables visible under ALIAS.
        described: The tables that are there, by their lower-case OMOP name.
        foreign_tables: Rows of the tables that have a name of OMOP but other columns.
        files: The files that hold the records.
        named_otherwise: Names of files that hold a table and are not named after it, by table.
    """

    name: str
    address: Path
    setup: Sequence[str]
    files: Sequence[Path]
    described: dict[str, SourceTable] = field(default_factory=dict)
    foreign_tables: Mapping[str, int] = field(default_factory=dict)
    named_otherwise: Mapping[str, str] = field(default_factory=dict)
    dialect: str = "duckdb"
    _number: int = field(default_factory=lambda: next(_numbers))
    _beside: Iterator[int] = field(default_factory=lambda: count(1))
    _id_lists: IdLists = field(default_factory=IdLists)

    @cached_property
    def connection(self) -> Any:
        """The source's own connection; the store's is used for whatever ends up in the store."""
        connection = self.connect_store()
        # A date of a time stamp with a zone must not depend on where the program runs.
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        for statement in self.setup:
            self.execute(connection, statement)
        return connection

    def has(self, table: str) -> bool:
        return table in self.described

    def columns(self, table: str) -> dict[str, str]:
        return dict(self.described[table].kinds)

    def table(self, name: str) -> ir.Table:
        return bind(name, self.described[name], is_case_sensitive=False)

    def table_later(self, name: str) -> ir.Table:
        return bind_later(name, self.described[name], is_case_sensitive=False)

    def ids(self, values: Iterable[int]) -> ir.IntegerColumn:
        return literal_ids(self._id_lists.name(write_ids(values, "[", "]")))

    def ids_later(self, values: Iterable[int]) -> ir.IntegerColumn:
        return literal_ids_later(self._id_lists.name(write_ids(values, "[", "]")))

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        return list(self.execute(self.connection, self._sql(expression)).fetchall())

    def extract(self, expression: ir.Table, store: Store, name: str) -> int:
        statement = f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self._sql(expression)}'
        return int(self.execute(store.connection, statement).fetchone()[0])

    def count(self, table: str) -> int:
        path = quoted_path(self.described[table].path)
        return int(self.execute(self.connection, f"SELECT count(*) FROM {path}").fetchone()[0])

    def connect_store(self) -> Any:
        import duckdb

        # All connections of that name share one embedded database, to which the source is attached once.
        # Reading records is no reason to load an extension of DuckDB from the network.
        config: dict[str, Any] = {"autoinstall_known_extensions": "false"}
        if self._is_small:
            config["threads"] = 1
        return duckdb.connect(f":memory:{ALIAS}_{self._number}", config=config)

    @cached_property
    def _is_small(self) -> bool:
        """True when one thread is through with the files before several have shared them out."""
        return sum(path.stat().st_size for path in self.files) <= _SMALL_BYTES

    def put_beside(self, kinds: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> ir.Table:
        import ibis

        name = f"{BESIDE}_{next(self._beside)}"
        keep_rows(self.connection, name, kinds, rows, is_temporary=False)
        return ibis.table(dict(kinds), name=name, catalog=self._catalog, database="main")

    @cached_property
    def _catalog(self) -> str:
        return str(self.connection.execute("SELECT current_database()").fetchone()[0])

    def fingerprint(self) -> str:
        """Return a hash of the files: of every byte of a small file, of size and spaced blocks of a large one."""
        total = sha256()
        for path in sorted(self.files):
            size = path.stat().st_size
            total.update(f"{path.name} {size}\n".encode())
            with path.open("rb") as file:
                if size <= _WHOLE_BYTES:
                    total.update(file.read())
                    continue
                for block in range(_BLOCKS):
                    file.seek(block * (size - _BLOCK_BYTES) // (_BLOCKS - 1))
                    total.update(file.read(_BLOCK_BYTES))
        return total.hexdigest()

    def close(self) -> None:
        if "connection" in self.__dict__:
            self.connection.execute(f"DETACH DATABASE IF EXISTS {ALIAS}")
            self.connection.close()

    def _sql(self, expression: ir.Table) -> str:
        return self._id_lists.fill(compile_sql(expression, DUCKDB))

    def execute(self, connection: Any, sql: str) -> Any:
        """Run a statement; what DuckDB says about a file is told in the user's words, without the file's content."""
        import duckdb

        try:
            return connection.execute(sql)
        except duckdb.Error as error:
            raise explain(error, self._find_broken() or self.address) from None

    def _find_broken(self) -> Path | None:
        """Find the Parquet file that cannot be read to its end, for DuckDB does not always name it."""
        import duckdb

        for path in self.files:
            if is_parquet(path):
                try:
                    duckdb.connect().execute("SELECT sum(hash(t)) FROM read_parquet(?) AS t", [str(path)]).fetchall()
                except duckdb.Error:
                    return path
        return None


def describe(source: EmbeddedSource, tables: Mapping[str, SourceTable]) -> None:
    """Tell a source which tables it has, and which have only a name of OMOP."""
    source.described, foreign = tell_apart(tables)
    counting = {table: f"SELECT count(*) FROM {quoted_path(one.path)}" for table, one in foreign.items()}
    source.foreign_tables = {
        table: int(source.execute(source.connection, count).fetchone()[0]) for table, count in counting.items()
    }


def kind_of(duckdb_type: str) -> str:
    """Name the Ibis type that stands for a DuckDB type; what no rule needs to understand is text.

    Example:
        >>> kind_of("UINTEGER"), kind_of("DECIMAL(18,3)"), kind_of("TIMESTAMP_NS"), kind_of("UUID")
        ('int64', 'float64', 'timestamp', 'string')
    """
    plain = duckdb_type.upper()
    if re.match(r"U?(TINY|SMALL|BIG|HUGE)?INT", plain):
        return "int64"
    if plain.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
        return "float64"
    if plain.startswith("TIMESTAMP"):
        return "timestamp('UTC')" if "ZONE" in plain else "timestamp"
    return {"DATE": "date", "BOOLEAN": "boolean"}.get(plain, "string")


# What DuckDB says, by a pattern of it, and what the user should hear: what is wrong, and what to try.
_FAULTS: tuple[tuple[str, str, str], ...] = (
    (
        r"could not set lock",
        "The database is open for writing in another program.",
        "close that program, or make a copy of the file and name the copy",
    ),
    (
        r"version number|newer version|only read versions",
        "The database was written by another version of DuckDB than the one here can read.",
        "upgrade the duckdb package, or write the database again with `EXPORT DATABASE` and read the folder",
    ),
    (
        r"not a valid duckdb|serialization|deserialize|checksum|could not read enough|corrupt",
        "The file is not a DuckDB database, or it is damaged.",
        "copy the file again from where it came from",
    ),
    (
        r"not utf-8|invalid unicode|utf-8 encoded",
        "The file is not in UTF-8.",
        "save it as UTF-8 (in a spreadsheet: CSV UTF-8), or convert it with `iconv -t UTF-8`",
    ),
    (
        r"expected number of columns|csv error|unterminated quote|maximum line size",
        "The file cannot be read as CSV: a line does not have the columns of the header.",
        "look at that line for a missing separator or an open quotation mark",
    ),
    (
        r"gzip stream",
        "The file is not a whole gzip file: it is cut off or damaged.",
        "copy the file again from where it came from",
    ),
    (
        r"magic bytes|parquet|decompress|don't know what type|thrift|snappy|zstd|failed to read file",
        "The file is not a whole Parquet file: it is cut off or damaged.",
        "copy the file again from where it came from",
    ),
    (r"permission denied|cannot open", "The file cannot be opened.", "check the path and who may read it"),
)


def explain(error: Exception, address: Path) -> RecordsError:
    """Say in the user's words why DuckDB could not read; never with the text of the file."""
    # What follows is the statement, with paths in it that say nothing about the fault.
    said = str(error).split("\n\nLINE ")[0]
    named = re.search(r"(?m)^\s*file = (.+)$", said) or re.search(
        r"(?:[Ff]ile|GZIP stream:) \"?'?([^\"'\n]+?\.(?:parquet|csv\.gz|csv|duckdb))\"?'?", said
    )
    line = re.search(r"(?:on )?[Ll]ine:? (\d+)\b", said) if "CSV Error" in said else None
    where = Path(named[1]).name if named else address.name
    where += f", line {line[1]}" if line else ""
    for pattern, what, remedy in _FAULTS:
        if re.search(pattern, said, re.IGNORECASE):
            return RecordsError(what, where=where, remedy=remedy)
    return RecordsError(
        f"The records cannot be read ({type(error).__name__}).",
        where=where,
        remedy="`refractory check` shows which tables can be read; look at the file with DuckDB itself",
    )
