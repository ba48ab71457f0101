"""Kinds of drug records: what is known of a record by its codes and its route, worked out once for all records alike.

A hospital of millions of persons has a hundred million drug records and a few thousand kinds of them. What the reader
of records makes of a kind (the concept sets that it belongs to, its route, the mg in a unit) is asked by having it read
a clinic that holds one record of each kind: whatever its rules are, they are the same for everybody and for the few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.catalogue import VOCABULARY_TABLES, SourceTable
from refractory.records.clinical import DRUG as DRUG_TABLE
from refractory.records.clinical import ClinicalTable
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_files import ALIAS, EmbeddedSource
from refractory.records.later import build
from refractory.records.read import RecordNeeds, read_records
from refractory.records.schema import DRUG
from refractory.records.source import Source, quoted_path
from refractory.records.store import STORED_AS, Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What tells one kind from another: everything that the reader looks at beyond the days and amounts of a record.
_EVIDENCE = (
    "modifier_source_value", "modifier_concept_id", "route_concept_id", "route_source_value", "dose_unit_source_value",
)  # fmt: skip
_OF_THE_RECORD = {
    "source_table", "row_id", "person_id", "concept_set", "start_date", "end_date", "days_supply", "quantity", "code",
    "product", "sig", "stop_reason",
}  # fmt: skip
# What is known of a kind in a concept set, with its type.
FACTS = {column: kind for column, kind in DRUG.items() if column not in _OF_THE_RECORD}
# Beyond so many, what is known of them is no longer a small table to send to the source.
MOST_KINDS = 200_000

_OWN = "kind_of_{}"
_ANY_DAY, _ANYBODY = "2000-01-01", 1


@dataclass(frozen=True)
class Fact:
    """What is known of one kind of drug records in one concept set.

    Args:
        concept_set: The set.
        values: Its values in the order of FACTS.
    """

    concept_set: str
    values: tuple[Any, ...]


def kind_columns(table: ClinicalTable, columns: Collection[str]) -> tuple[str, ...]:
    """Name the columns, of those that a source has, in which two kinds of drug records can differ."""
    named = (table.concept, table.source_concept, table.source_value, *_EVIDENCE)
    return tuple(column for column in named if column in columns)


def spell_kind(columns: Sequence[str], values: Sequence[Any]) -> tuple[Any, ...]:
    """Write nothing in one way: no concept is 0, no text is empty.

    Example:
        >>> spell_kind(("drug_concept_id", "drug_source_value"), (None, None))
        (0, '')
    """
    pairs = zip(columns, values, strict=True)
    return tuple(("" if column.endswith("_value") else 0) if value is None else value for column, value in pairs)


def read_kinds(
    source: Source,
    definitions: Mapping[str, ConceptSetDefinition],
    drug_sets: tuple[str, ...],
    kinds: Mapping[ClinicalTable, tuple[Sequence[str], Sequence[Sequence[Any]]]],
) -> dict[ClinicalTable, list[tuple[Fact, ...]]]:
    """Find out what the reader of records makes of each kind.

    Args:
        source: Where the records are; only its vocabulary is asked.
        definitions: The concept sets by name.
        drug_sets: The leaf sets that are drugs.
        kinds: By table the columns and the kinds, each with its values in these columns.

    Returns:
        By table what is known of each kind, in the order that they came in; empty where no set names it.

    Raises:
        RecordsError: When there are too many kinds.
    """
    found = sum(len(rows) for _, rows in kinds.values())
    if found > MOST_KINDS:
        raise RecordsError(
            f"The records of these drugs are of {found:,} kinds (codes, routes and units): more than {MOST_KINDS:,} "
            "cannot be told apart inside the source.",
            where=source.name,
            remedy="--compute embedded, which hands the records over",
        )
    every = name_every_drug(definitions)
    needs = RecordNeeds(
        concept_sets={**definitions, every: ConceptSetDefinition(members=drug_sets)},
        treatment=every,
        drug_sets=drug_sets,
        measurement_units={},
    )
    clinic = _Clinic(source, kinds)
    try:
        store = read_records(clinic, needs).store
        told = store.rows(store.table("drug").select("source_table", "row_id", "concept_set", *FACTS))
    finally:
        clinic.close()
    facts: dict[ClinicalTable, list[list[Fact]]] = {table: [[] for _ in rows] for table, (_, rows) in kinds.items()}
    by_name = {table.name: own for table, own in facts.items()}
    for name, kind, concept_set, *values in sorted(told, key=lambda row: row[:3]):
        by_name[name][kind - 1].append(Fact(concept_set, tuple(values)))
    return {table: [tuple(own) for own in of_kinds] for table, of_kinds in facts.items()}


def name_every_drug(definitions: Collection[str]) -> str:
    """Find a name, not yet taken, for a set that gathers all drugs: who had any of them is read.

    Example:
        >>> name_every_drug({"methotrexate"}), name_every_drug({"every drug"})
        ('every drug', "every drug'")
    """
    name = "every drug"
    while name in definitions:
        name += "'"
    return name


class _Clinic:
    """A source that holds one record of each kind, all of one person and day, and borrows another one's vocabulary."""

    foreign_tables: Mapping[str, int] = {}
    dialect = "duckdb"

    def __init__(
        self, lender: Source, kinds: Mapping[ClinicalTable, tuple[Sequence[str], Sequence[Sequence[Any]]]]
    ) -> None:
        self.name = lender.name
        self._lender = lender
        self._own = EmbeddedSource(lender.name, Path(), [f"ATTACH ':memory:' AS {ALIAS}"], [])
        self._keep("person", {"person_id": "int64"}, [(_ANYBODY,)])
        for table, (columns, rows) in kinds.items():
            types = lender.table(table.name).select(*columns).schema()
            described = {table.key: "int64", "person_id": "int64", table.starts[0]: "string"}
            described |= {column: str(types[column]).lstrip("!") for column in columns}
            numbered = [(number, _ANYBODY, _ANY_DAY, *row) for number, row in enumerate(rows, start=1)]
            self._keep(table.name, described, numbered)
        if DRUG_TABLE not in kinds:
            self._keep(DRUG_TABLE.name, {"person_id": "int64", DRUG_TABLE.starts[0]: "string"}, [])

    def _keep(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        own = (ALIAS, "main", _OWN.format(table))
        typed = ", ".join(f"{quoted_path((column,))} {STORED_AS[kind]}" for column, kind in columns.items())
        connection = self._own.connection
        connection.execute(f"CREATE TABLE {quoted_path(own)} ({typed})")
        if rows:
            lists = [list(column) for column in zip(*rows, strict=True)]
            values = ", ".join(
                f"unnest(${place}::{STORED_AS[kind]}[])" for place, kind in enumerate(columns.values(), 1)
            )
            connection.execute(f"INSERT INTO {quoted_path(own)} SELECT {values}", lists)
        self._own.described[table] = SourceTable(own, {column: column for column in columns}, columns)

    def _is_own(self, table: str) -> bool:
        return table in self._own.described

    def has(self, table: str) -> bool:
        return self._is_own(table) or (table in VOCABULARY_TABLES and self._lender.has(table))

    def columns(self, table: str) -> dict[str, str]:
        return self._own.columns(table) if self._is_own(table) else self._lender.columns(table)

    def table(self, name: str) -> ir.Table:
        return self._own.table(name) if self._is_own(name) else self._lender.table(name)

    def table_later(self, name: str) -> ir.Table:
        return self.table(name)

    def ids_later(self, values: Iterable[int]) -> ir.IntegerColumn:
        return self.ids(values)

    def ids(self, values: Iterable[int]) -> ir.IntegerColumn:
        import ibis

        # Split and not cast as a list: the one form that every engine reads.
        text = ",".join(str(int(value)) for value in sorted(set(values)))
        listed = ibis.literal(text).split(",").unnest().name("id").as_table()
        return listed.select(id=listed.id.nullif("").cast("int64")).id

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        expression = build(expression)
        return (self._own if _asks_own(expression) else self._lender).rows(expression)

    def extract(self, expression: ir.Table, store: Store, name: str) -> int:
        expression = build(expression)
        if _asks_own(expression):
            return self._own.extract(expression, store, name)
        # By the names of the columns: the order in which the lender has them is its own affair.
        lent = Store(self._lender.connect_store())
        self._lender.extract(expression, lent, name)
        shape = lent.connection.execute(f'DESCRIBE "{name}"').fetchall()
        columns = ", ".join(quoted_path((row[0],)) for row in shape)
        typed = ", ".join(f"{quoted_path((row[0],))} {row[1]}" for row in shape)
        store.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({typed})')
        rows = lent.connection.execute(f'SELECT {columns} FROM "{name}"').fetchall()
        if rows:
            lists = [list(column) for column in zip(*rows, strict=True)]
            values = ", ".join(f"unnest(${place}::{row[1]}[])" for place, row in enumerate(shape, 1))
            store.connection.execute(f'INSERT INTO "{name}" SELECT {values}', lists)
        return len(rows)

    def count(self, table: str) -> int:
        return self._own.count(table)

    def connect_store(self) -> Any:
        return self._own.connect_store()

    def fingerprint(self) -> str:
        return ""

    def close(self) -> None:
        self._own.close()


def _asks_own(expression: ir.Table) -> bool:
    import ibis.expr.operations as ops

    return any(table.name.startswith(_OWN.format("")) for table in expression.op().find(ops.UnboundTable))
