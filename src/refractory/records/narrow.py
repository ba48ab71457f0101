"""Narrow first: the source finds the persons that could be in a study and hands over only their records."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.codes import MEANINGLESS, Vocabulary
from refractory.errors import RecordsError
from refractory.records.clinical import CLINICAL_TABLES, PERSONAL_TABLES, TREATMENT_TABLES, ClinicalTable
from refractory.records.compiling import DUCKDB
from refractory.records.concept_sets import ConceptSets, ResolvedConceptSet, SourceText, all_ids, all_texts
from refractory.records.later import Later, later, put_together
from refractory.records.reading import RawTable
from refractory.records.source import UNREAD_PERSON, Source, bound_kinds

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.store import Store


# Up to so many ids stand in a query one by one, which lets the source skip what cannot match; more are a list of
# their own, which compiles in no time.
_FEW_IDS = 40
# Of more rows than this a file says enough of its stretches that skipping them is worth a query of several parts.
_MANY_ROWS = 1_000_000


@dataclass(frozen=True)
class Handed:
    """What a source handed over of one table.

    Args:
        rows: Rows of the table in the source.
        asked: Rows that were asked for, as the source counts them.
        raw: The rows, in a temporary table of the store, all columns as the source has them.
    """

    rows: int
    asked: int
    raw: RawTable


def find_persons(source: Source, sets: Collection[ResolvedConceptSet], has_vocabulary: bool) -> list[int]:
    """Find the persons who may ever have had the treatment, by any route: a drug or a procedure names it.

    Returns:
        Their ids, in order. Rows that a closer look turns down are among the evidence; see the membership of records.
    """
    parts = []
    for one in TREATMENT_TABLES:
        if source.has(one.name):
            table = source.table_later(one.name)
            has_stretches = source.dialect == DUCKDB and source.count(one.name) > _MANY_ROWS
            ways = list_ways if has_stretches else _list_the_way
            for named in ways(source, table, one, sets, has_vocabulary):
                chosen = table.filter(named)
                parts.append(chosen.select(person_id=chosen.person_id).distinct())
    found = source.rows(parts[0] if len(parts) == 1 else put_together(parts, is_distinct=True))
    return sorted(int(row[0]) for row in found if row[0] is not None)


def list_ways(
    source: Source, table: ir.Table, one: ClinicalTable, sets: Collection[ResolvedConceptSet], has_vocabulary: bool
) -> list[ir.BooleanValue]:
    """Say the same as may_belong in parts of which one must hold, each of one column.

    The embedded engine skips whole stretches of a file by what they say of the values of one column; it cannot where
    one of several columns may hold the value.
    """
    ids = all_ids(sets)
    wanted = list_ids(source, ids, is_later=isinstance(table, Later)) if ids else None
    texts = all_texts(sets, one.name)
    columns = [name for name in (one.concept, one.source_concept) if name in source.columns(one.name)]
    source_value = one.source_value if one.source_value in source.columns(one.name) else None
    parts = [
        _may_belong(table, wanted, [name], None, (), has_vocabulary=has_vocabulary)
        for name in (columns if wanted is not None else ())
    ]
    if source_value and texts:
        parts.append(_may_belong(table, None, columns, source_value, texts, has_vocabulary=has_vocabulary))
    return parts or [_may_belong(table, None, columns, None, (), has_vocabulary=has_vocabulary)]


def _list_the_way(
    source: Source, table: ir.Table, one: ClinicalTable, sets: Collection[ResolvedConceptSet], has_vocabulary: bool
) -> list[ir.BooleanValue]:
    return [may_belong(source, table, one, sets, has_vocabulary)]


def may_belong(
    source: Source, table: ir.Table, one: ClinicalTable, sets: Collection[ResolvedConceptSet], has_vocabulary: bool
) -> ir.BooleanValue:
    """Say of each row whether any of the sets may name it: all that do, and few that a closer look turns down."""
    ids = all_ids(sets)
    wanted = list_ids(source, ids, is_later=isinstance(table, Later))
    columns = source.columns(one.name)
    return _may_belong(
        table,
        wanted if ids else None,
        [name for name in (one.concept, one.source_concept) if name in columns],
        one.source_value if one.source_value in columns else None,
        all_texts(sets, one.name),
        has_vocabulary=has_vocabulary,
    )


@later
def _may_belong(
    table: ir.Table,
    ids: Any,
    columns: Sequence[str],
    source_value: str | None,
    texts: Sequence[SourceText],
    *,
    has_vocabulary: bool,
) -> ir.BooleanValue:
    import ibis

    tests: list[Any] = []
    if ids is not None:
        tests += [table[name].isin(ids) for name in columns]
    if source_value:
        own = [text for text in texts if text.vocabulary is Vocabulary.SOURCE]
        coded = [text for text in texts if text.vocabulary is not Vocabulary.SOURCE]
        written = table[source_value].upper().re_replace(MEANINGLESS, "")
        if coded:
            test = _is_text(written, coded)
            # A row whose concept is merely ambiguous comes along by its id above.
            for name in columns if has_vocabulary else ():
                test = (table[name].isnull() | (table[name] == 0)) & test
            tests.append(test)
        if own:
            tests.append(_is_text(written, own))
    if not tests:
        return ibis.literal(False)
    named = tests[0]
    for test in tests[1:]:
        named = named | test
    return named


def list_ids(source: Source, ids: Sequence[int], *, is_later: bool = False) -> Any:
    """Write ids into a query, which may be built later: one by one where they are few, else as a list."""
    if len(ids) <= _FEW_IDS:
        return list(ids)
    return source.ids_later(ids) if is_later else source.ids(ids)


def _is_text(written: ir.StringValue, texts: Sequence[SourceText]) -> ir.BooleanValue:
    whole = sorted({text.text for text in texts if not text.is_prefix})
    begun = sorted({text.text for text in texts if text.is_prefix})
    # One pattern for all beginnings: an expression for each would cost more than the query.
    is_begun = written.re_search("^(" + "|".join(map(re.escape, begun)) + ")")
    if not whole:
        return is_begun
    return written.isin(whole) | is_begun if begun else written.isin(whole)


def extract_rows(source: Source, store: Store, table: str, chosen: ir.BooleanValue, whole: ir.Table) -> Handed:
    """Hand over the chosen rows of a table, all columns, and count the rows of the table.

    Args:
        source: The source.
        store: The store; the rows end up in its temporary table `raw_<table>`.
        table: Name of the table in OMOP.
        chosen: Says of each row whether it is asked for.
        whole: The table that `chosen` speaks of.

    Raises:
        RecordsError: When a person id is no number: the rows of one person could not be told together.
    """
    rows = source.count(table)
    handed = whole.filter(chosen)
    kinds = source.columns(table)
    if kinds.get("person_id") == "string":
        check_persons(source, table, whole, rows)
        handed = handed.drop(UNREAD_PERSON)
    asked = source.extract(handed, store, f"raw_{table}")
    return Handed(rows, asked, RawTable(f"raw_{table}", bound_kinds(table, kinds)))


def extract_all(
    source: Source, work: Store, concept_sets: ConceptSets, persons: list[int], progress: Callable[[str], None]
) -> dict[str, Handed]:
    """Hand over the rows of persons, table by table, as far as a concept set may name them."""
    handed = {}
    sets = tuple(concept_sets.sets.values())
    wanted = source.ids_later(persons)
    for table in CLINICAL_TABLES:
        if source.has(table.name):
            progress(f"Reading {table.name}")
            whole = source.table_later(table.name)
            named = may_belong(source, whole, table, sets, concept_sets.has_vocabulary)
            handed[table.name] = extract_rows(source, work, table.name, whole.person_id.isin(wanted) & named, whole)
    for name in PERSONAL_TABLES:
        if source.has(name):
            progress(f"Reading {name}")
            whole = source.table_later(name)
            handed[name] = extract_rows(source, work, name, whole.person_id.isin(wanted), whole)
    return handed


def check_persons(source: Source, table: str, whole: ir.Table, rows: int) -> None:
    """Check that every person id of a table is a number.

    Args:
        source: The source.
        table: Name of the table in OMOP.
        whole: The table, with UNREAD_PERSON among its columns.
        rows: Rows of the table.

    Raises:
        RecordsError: When one is not: the rows of one person could not be told together.
    """
    unread = whole.filter(whole[UNREAD_PERSON])
    ((found,),) = source.rows(unread.aggregate(rows=unread.count()))
    if found:
        raise RecordsError(
            f"person_id is no whole number in {found:,} of {rows:,} rows of {table}.",
            where=f"{source.name}, column person_id",
            remedy="give each person a whole number, the same in all tables",
        )
