"""A source of records: tables of OMOP, spelled and typed however the site has them, only ever read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from refractory.errors import RecordsError
from refractory.records.later import Later

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.catalogue import SourceTable
    from refractory.records.store import Store

_CONCEPT_ID = re.compile(r"(^|_)concept_id(_[12])?$|^person_id$")
_TEXT = re.compile(
    r"_source_value$|^(concept_(code|name|class_id)|(vocabulary|domain|relationship)_id|invalid_reason|standard_concept"
    r"|cdm_source_name|cdm_version|source_description)$"
)
# Said of each row where a source keeps its person ids as text: the text is there and is no whole number.
UNREAD_PERSON = "unread_person_id"
WHOLE_NUMBER = r"^\s*-?[0-9]{1,18}(\.0*)?\s*$"


class Source(Protocol):
    """Tables of OMOP under their lower-case names, whatever stands behind them; nothing is ever written."""

    @property
    def name(self) -> str: ...

    @property
    def dialect(self) -> str: ...

    @property
    def foreign_tables(self) -> Mapping[str, int]:
        """Rows of each table that has a name of OMOP but not its columns; such a table counts as absent."""
        ...

    def has(self, table: str) -> bool: ...

    def columns(self, table: str) -> dict[str, str]: ...

    def table(self, name: str) -> ir.Table: ...

    def table_later(self, name: str) -> ir.Table:
        """Return the table, built later where the source can do without: see records.later."""
        ...

    def ids(self, values: Iterable[int]) -> ir.IntegerColumn: ...

    def ids_later(self, values: Iterable[int]) -> ir.IntegerColumn: ...

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]: ...

    def extract(self, expression: ir.Table, store: Store, name: str) -> int:
        """Hand the rows of an expression over to a temporary table of the store, and say how many they are.

        The store lives in a connection that came from `connect_store`.
        """
        ...

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        ...

    def connect_store(self) -> Any:
        """Return a connection to an embedded database in which a store can live, near to the source."""
        ...

    def fingerprint(self) -> str: ...

    def close(self) -> None: ...


@runtime_checkable
class HasRoomBeside(Protocol):
    """A source with an embedded database of its own beside its records, in which small tables can stand."""

    def put_beside(self, kinds: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> ir.Table:
        """Put rows into a table of their own, for queries of this source, until it is closed."""
        ...


def small_table(source: Source, kinds: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> ir.Table:
    """Return rows as a table that the records of a source can be joined with, which nobody need be allowed to write.

    Where the source is read by an embedded database they stand there, for its planner takes a list in the text of a
    query for a single row and plans for it. Elsewhere they stand in the text.

    Args:
        source: The source.
        kinds: Type of each column by its name.
        rows: At least one row, values in the order of the columns.

    Raises:
        ValueError: When a text cannot stand in a query.
    """
    return source.put_beside(kinds, rows) if isinstance(source, HasRoomBeside) else literal_rows(kinds, rows)


def check_tables(source: Source, tables: Iterable[str]) -> None:
    """Raise one error that names every table that is missing.

    Raises:
        RecordsError: When a table is absent, or there under another shape than OMOP's.
    """
    missing = [table for table in tables if not source.has(table)]
    if not missing:
        return
    foreign = [table for table in missing if table in source.foreign_tables]
    what = f"The table {missing[0]} is missing." if len(missing) == 1 else f"Tables are missing: {', '.join(missing)}."
    if foreign:
        what += f" There is a table of that name without the columns of OMOP: {', '.join(foreign)}."
    raise RecordsError(
        what, where=source.name, remedy="check the address and, in a database, --schema and the right to read the table"
    )


def is_id_column(table: str, column: str) -> bool:
    """Say whether OMOP has a whole number there that the program reads."""
    return bool(_CONCEPT_ID.search(column)) or column == f"{table}_id"


def bind(table: str, described: SourceTable, is_case_sensitive: bool) -> ir.Table:
    """Describe a table to Ibis under OMOP's lower-case names, ids as whole numbers and codes as text.

    Everything else keeps the source's own type: dates and numbers written as text are read in the embedded stage.
    """
    import ibis

    *before, name = described.path
    names = {column: described.spelled[column] if is_case_sensitive else column for column in described.kinds}
    bound = ibis.table(
        {names[column]: kind for column, kind in described.kinds.items()},
        name=name,
        catalog=before[0] if len(before) == 2 else None,
        database=before[-1] if before else None,
    )
    typed = {}
    for column, kind in described.kinds.items():
        if is_id_column(table, column) and kind != "int64":
            typed[column] = _as_id(bound[names[column]], kind)
        elif _TEXT.search(column) and kind != "string":
            typed[column] = bound[names[column]].cast("string")
        if column == "person_id" and kind == "string":
            text = bound[names[column]]
            typed[UNREAD_PERSON] = text.notnull() & (text.strip() != "") & ~text.re_search(WHOLE_NUMBER)
    if any(column != spelled for column, spelled in names.items()):
        return bound.select(**{column: bound[spelled] for column, spelled in names.items()} | typed)
    return bound.mutate(**typed) if typed else bound


def bind_later(table: str, described: SourceTable, is_case_sensitive: bool) -> ir.Table:
    """Describe a table as `bind` does, once it is needed."""
    return cast("ir.Table", Later(bind, (table, described, is_case_sensitive)))


def bound_kinds(table: str, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the kind of each column of a table that `bind` has described."""
    return {
        column: "int64" if is_id_column(table, column) else "string" if _TEXT.search(column) else kind
        for column, kind in kinds.items()
    }


def _as_id(column: Any, kind: str) -> Any:
    import ibis

    if kind == "string":
        whole = column.re_search(WHOLE_NUMBER)
        digits = ibis.ifelse(whole, column.strip(), ibis.null("string"))
        return digits.cast("decimal(20, 2)").cast("int64")
    return column.cast("int64")


def literal_ids(text: str) -> ir.IntegerColumn:
    """Return a column of ids that stands in the text of the query itself.

    One text literal and not one per id: ten thousand ids cost as little to compile as one, and no
    temporary table is needed, which a role that may only read could not make.

    Args:
        text: The ids as the source writes an array, or the name of a list of ids (see IdLists).
    """
    import ibis

    return ibis.literal(text).cast("array<int64>").unnest().name("id").as_table().id


def literal_ids_later(text: str) -> ir.IntegerColumn:
    """Return a column of ids as `literal_ids` does, once it is needed."""
    return cast("ir.IntegerColumn", Later(literal_ids, (text,)))


def write_ids(values: Iterable[int], opening: str, closing: str) -> str:
    """Write ids as an array: sorted, each once."""
    return opening + ",".join(str(int(value)) for value in sorted(set(values))) + closing


class IdLists:
    """Lists of ids that stand in a query under a name until it is run.

    A compiled query is then the same for other persons, and no id of a person stands in it.
    """

    def __init__(self) -> None:
        self._lists: dict[str, str] = {}

    def name(self, ids: str) -> str:
        """Give a list a name; they are numbered in the order in which a run asks for them."""
        name = f"[ids {len(self._lists)}]"
        self._lists[name] = ids
        return name

    def fill(self, sql: str) -> str:
        """Write the lists into the text of a query."""
        for name, ids in self._lists.items():
            sql = sql.replace(quoted(name), quoted(ids))
        return sql


def quoted_path(path: Sequence[str]) -> str:
    """Write the name of a table with what stands before it."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in path)


def quoted(text: str) -> str:
    """Write a text literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


# Separators that no text of a hospital holds; a text that does is refused.
_BETWEEN_ROWS, _BETWEEN_VALUES = "\x1e", "\x1f"


def literal_rows(kinds: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> ir.Table:
    """Return a table that stands in the text of the query itself, for a source that may only be read.

    One text literal, taken apart by the engine: every engine can, and thousands of literals would take longer to
    compile than the query to run. An empty text is null.

    Args:
        kinds: Type of each column by its name.
        rows: At least one row, values in the order of the columns.

    Raises:
        ValueError: When a text holds a separator.
    """
    import ibis

    lines = []
    for row in rows:
        texts = ["" if value is None else repr(value) if isinstance(value, float) else str(value) for value in row]
        if any(mark in text for text in texts for mark in (_BETWEEN_ROWS, _BETWEEN_VALUES)):
            raise ValueError("a value holds a control character")
        lines.append(_BETWEEN_VALUES.join(texts))
    line = ibis.literal(_BETWEEN_ROWS.join(lines)).split(_BETWEEN_ROWS).unnest().name("line").as_table()
    parted = line.select(values=line.line.split(_BETWEEN_VALUES))
    values = {name: parted["values"][place].nullif("") for place, name in enumerate(kinds)}
    return parted.select(
        **{name: value if kinds[name] == "string" else value.cast(kinds[name]) for name, value in values.items()}
    )
