"""Is everything that a study needs in the records? Counts over the whole source; no outcome is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.records.clinical import CLINICAL_TABLES, DRUG, MEASUREMENT, ClinicalTable
from refractory.records.concept_sets import ConceptSets, UnresolvedCode, expand_members, resolve_concept_sets
from refractory.records.membership import Membership
from refractory.records.narrow import may_belong
from refractory.records.read import RecordNeeds
from refractory.records.reading import RawTable
from refractory.records.source import quoted
from refractory.records.store import Store, keep_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

# What each table and column is for. A source without a table that is necessary cannot be studied.
_TABLES = {
    "person": "who is studied",
    DRUG.name: "treatments",
    "observation_period": "how long a person was observed",
    "condition_occurrence": "diagnoses",
    "procedure_occurrence": "treatments and examinations that are billed as services",
    "observation": "findings",
    "measurement": "laboratory values, weight and scores",
    "device_exposure": "products that are recorded as devices",
    "death": "end of follow-up",
    "concept": "looking codes up; without it they are matched as the source writes them",
    "concept_ancestor": "descendants of a code",
    "concept_relationship": "standard concepts that source codes map to",
    "drug_strength": "doses",
}
_NECESSARY = frozenset({"person", DRUG.name})
# Columns of which one is enough, and what they are for.
COLUMNS_BY_USE: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "person": (
        (("year_of_birth", "birth_datetime"), "age"),
        (("gender_concept_id", "gender_source_value"), "sex"),
    ),
    "observation_period": ((("observation_period_end_date",), "end of follow-up"),),
    DRUG.name: (
        (("drug_exposure_end_date", "drug_exposure_end_datetime", "days_supply"), "how long a drug was taken"),
        (("quantity",), "dose"),
        (("route_concept_id", "route_source_value"), "route"),
        (("drug_source_concept_id", "drug_source_value"), "billing units"),
    ),
    MEASUREMENT.name: (
        (("value_as_number", "value_source_value"), "values"),
        (("unit_concept_id", "unit_source_value"), "units"),
        (("range_high",), "upper limit of normal"),
    ),
}


@dataclass(frozen=True)
class TableCount:
    """What one table holds of a concept set."""

    table: str
    rows: int
    persons: int


@dataclass(frozen=True)
class SetCount:
    """What the source holds of a concept set: rows, persons, and the same by table."""

    concept_set: str
    rows: int
    persons: int
    tables: tuple[TableCount, ...]


@dataclass(frozen=True)
class MissingTable:
    """A table that is not there, what it would be for, and whether a study can do without."""

    table: str
    needed_for: str
    is_necessary: bool


@dataclass(frozen=True)
class MissingColumn:
    """Columns of which none is there, and what one of them would be for."""

    table: str
    columns: tuple[str, ...]
    needed_for: str


@dataclass(frozen=True)
class MissingValues:
    """How many of the rows that a study asks for have nothing in any of the columns that serve one purpose."""

    table: str
    columns: tuple[str, ...]
    needed_for: str
    rows: int
    missing: int

    @property
    def share(self) -> float | None:
        """Missing among all; None without rows."""
        return self.missing / self.rows if self.rows else None


@dataclass(frozen=True)
class RecordsCheck:
    """What the records hold of what a study needs.

    Args:
        source_name: What the user called the source.
        treatment: The concept set of the studied treatment.
        persons: Persons of the source.
        sets: One per concept set, in the order of the protocol.
        unresolved: Codes that the source's vocabulary does not bear out.
        missing_tables: Tables that are not there.
        missing_columns: Columns that are not there.
        missing_values: Shares of missing values, of the rows that a concept set names (of all rows of `person`).
    """

    source_name: str
    treatment: str
    persons: int
    sets: tuple[SetCount, ...]
    unresolved: tuple[UnresolvedCode, ...]
    missing_tables: tuple[MissingTable, ...]
    missing_columns: tuple[MissingColumn, ...]
    missing_values: tuple[MissingValues, ...]


def check_records(source: Source, needs: RecordNeeds, progress: Callable[[str], None] = lambda _: None) -> RecordsCheck:
    """Count what the source holds of everything that a study needs; raises nothing when something is missing.

    Args:
        source: Where the records are; only read.
        needs: What the study needs.
        progress: Is told each step as it begins.

    Returns:
        Counts, over all persons of the source.
    """
    progress("Looking up concept sets")
    concept_sets = resolve_concept_sets(needs.concept_sets, source)
    store = Store(source.connect_store())
    membership = Membership(store, concept_sets, [table.name for table in CLINICAL_TABLES])
    keep_rows(store.connection, "found", {"concept_set": "string", "table_name": "string"} | _COUNTED, ())
    values: list[MissingValues] = []
    for table in CLINICAL_TABLES:
        if source.has(table.name):
            progress(f"Counting {table.name}")
            values += _count_table(source, store, membership, table)
    if source.has("person"):
        values += _count_missing(source, "person")
    sets = _count_sets(store, concept_sets, needs)
    store.connection.close()
    return RecordsCheck(
        source_name=source.name,
        treatment=needs.treatment,
        persons=source.count("person") if source.has("person") else 0,
        sets=sets,
        unresolved=concept_sets.unresolved,
        missing_tables=tuple(
            MissingTable(table, use, table in _NECESSARY) for table, use in _TABLES.items() if not source.has(table)
        ),
        missing_columns=tuple(
            MissingColumn(table, columns, use)
            for table, purposes in COLUMNS_BY_USE.items()
            for columns, use in purposes
            if source.has(table) and not set(columns) & source.columns(table).keys()
        ),
        missing_values=tuple(values),
    )


_NOT_ABOVE_ZERO = r"^\s*(-.*|0*\.?0*)\s*$"
_COUNTED = {"n": "int64", "person_id": "int64", "rows": "int64"}


def _count_table(
    source: Source, store: Store, membership: Membership, table: ClinicalTable
) -> tuple[MissingValues, ...]:
    import ibis

    whole = source.table(table.name)
    sets = tuple(membership.concept_sets.sets.values())
    chosen = whole.filter(may_belong(source, whole, table, sets, membership.concept_sets.has_vocabulary))
    purposes = _purposes(source, table.name)
    missing = {f"missing_{place}": _missing(chosen, columns) for place, (columns, _) in enumerate(purposes)}
    names = [name for name in (table.concept, table.source_concept, table.source_value) if name in whole.columns]
    # One row per person and code: as much as is needed to count persons, and no more.
    grouped = chosen.group_by(["person_id", *names]).aggregate(
        rows=chosen.count(), **{name: ibis.ifelse(test, 1, 0).sum().cast("int64") for name, test in missing.items()}
    )
    source.extract(grouped, store, "raw_grouped")
    raw = RawTable("raw_grouped", {column: str(kind) for column, kind in grouped.schema().items()})
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE grouped AS
        SELECT row_number() OVER () AS n, '{table.name}' AS table_name, person_id,
               {raw.identifier(table.concept)} AS concept_id,
               {raw.identifier(table.source_concept)} AS source_concept_id,
               {raw.text(table.source_value)} AS source_value,
               rows{"".join(f", {name}" for name in missing)}
        FROM raw_grouped
        """
    )
    membership.derive("grouped")
    store.connection.execute(
        f"INSERT INTO found SELECT concept_set, '{table.name}', n, person_id, rows "
        "FROM grouped JOIN belonging USING (n)"
    )
    sums = ", ".join(["sum(rows)", *(f"sum({name})" for name in missing)])
    ((rows, *absent),) = store.connection.execute(
        f"SELECT {sums} FROM grouped SEMI JOIN belonging USING (n)"
    ).fetchall()
    return tuple(
        MissingValues(table.name, columns, use, int(rows or 0), int(count or 0))
        for (columns, use), count in zip(purposes, absent, strict=True)
    )


def _count_missing(source: Source, table: str) -> tuple[MissingValues, ...]:
    import ibis

    whole = source.table(table)
    purposes = _purposes(source, table)
    if not purposes:
        return ()
    tests = {f"missing_{place}": _missing(whole, columns) for place, (columns, _) in enumerate(purposes)}
    counts = {name: ibis.ifelse(test, 1, 0).sum() for name, test in tests.items()}
    ((rows, *absent),) = source.rows(whole.aggregate(rows=whole.count(), **counts))
    return tuple(
        MissingValues(table, columns, use, int(rows), int(count or 0))
        for (columns, use), count in zip(purposes, absent, strict=True)
    )


def _purposes(source: Source, table: str) -> list[tuple[tuple[str, ...], str]]:
    there = source.columns(table)
    found = [
        (tuple(column for column in columns if column in there), use) for columns, use in COLUMNS_BY_USE.get(table, ())
    ]
    return [(columns, use) for columns, use in found if columns]


def _missing(table: ir.Table, columns: tuple[str, ...]) -> Any:
    missing = None
    for column in columns:
        kind = table[column].type()
        test = table[column].isnull()
        is_amount = column in ("quantity", "days_supply")
        if kind.is_string():
            test = test | table[column].re_search(_NOT_ABOVE_ZERO if is_amount else r"^\s*$")
        elif is_amount or column.endswith("concept_id"):
            test = test | (table[column] <= 0)
        missing = test if missing is None else missing & test
    return missing


def _count_sets(store: Store, concept_sets: ConceptSets, needs: RecordNeeds) -> tuple[SetCount, ...]:
    leaves = expand_members(needs.concept_sets)
    counts = []
    for name in needs.concept_sets:
        wanted = ", ".join(quoted(leaf) for leaf in leaves[name] if leaf in concept_sets.sets)
        rows = store.connection.execute(
            f"""
            SELECT table_name, sum(rows), count(DISTINCT person_id)
            FROM (SELECT DISTINCT table_name, n, person_id, rows FROM found WHERE concept_set IN ({wanted or "NULL"}))
            GROUP BY GROUPING SETS ((table_name), ()) ORDER BY table_name
            """
        ).fetchall()
        tables = tuple(TableCount(table, int(count), persons) for table, count, persons in rows if table is not None)
        ((total, persons),) = [(row[1], row[2]) for row in rows if row[0] is None]
        counts.append(SetCount(name, int(total or 0), persons, tables))
    return tuple(counts)
