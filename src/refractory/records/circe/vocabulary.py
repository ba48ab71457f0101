"""The concepts that a cohort definition names, in the terms of one source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.codes import normalise_code
from refractory.numbers import say_count
from refractory.records.circe.definition import CirceDefinition, ListedConcept
from refractory.records.later import later
from refractory.records.narrow import list_ids
from refractory.records.translation import IsTranslated
from refractory.records.vocabulary import has_ancestors, has_concepts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source
    from refractory.records.store import Store

# Coding systems in which a code that begins as another lies below it.
_BY_PREFIX = frozenset({"ICD10CM", "ICD10", "ICD9CM", "ATC"})
_SHAPES = {
    "concept": "concept_id BIGINT, invalid_reason VARCHAR",
    "concept_ancestor": "ancestor_concept_id BIGINT, descendant_concept_id BIGINT",
    "concept_relationship": "concept_id_1 BIGINT, concept_id_2 BIGINT, relationship_id VARCHAR, invalid_reason VARCHAR",
}


@dataclass(frozen=True)
class KnownConcepts:
    """What the source knows of the concepts that definitions name.

    Args:
        ids: Every concept that can make a record one of a definition's.
        gaps: What is not known, in words.
        is_by_code: True where the source has no concepts of OMOP and records are found by their codes.
    """

    ids: tuple[int, ...]
    gaps: tuple[str, ...]
    is_by_code: bool


def keep_concepts(source: Source, work: Store, definitions: Sequence[CirceDefinition]) -> KnownConcepts:
    """Keep the rows of the vocabulary that the queries of definitions read, in `concept` and its siblings.

    Where the records bring no vocabulary of OMOP, a concept stands for the codes of the records that are written as its
    own code; in coding systems where a code lies below the one that it begins with, its descendants by their codes.
    """
    listed = [one for definition in definitions for group in definition.concept_sets for one in group.concepts]
    for table, shape in _SHAPES.items():
        work.connection.execute(f"CREATE TABLE cdm.{table} ({shape})")
    if isinstance(source, IsTranslated) and not source.has_vocabulary:
        return _keep_by_code(source, work, listed)
    return _keep_by_id(source, work, listed)


def write_by_code(expression: Mapping[str, Any]) -> dict[str, Any]:
    """Let every concept of an expression take its descendants along: they are the codes that were found for it."""
    sets = [
        {
            "id": one["id"],
            "expression": {"items": [{**item, "includeDescendants": True} for item in one["expression"]["items"]]},
        }
        for one in expression["ConceptSets"]
    ]
    return {**expression, "ConceptSets": sets}


def _keep_by_id(source: Source, work: Store, listed: Sequence[ListedConcept]) -> KnownConcepts:
    ids = sorted({one.concept_id for one in listed})
    roots = sorted({one.concept_id for one in listed if one.with_descendants})
    gaps = []
    run = work.connection.execute
    if roots and has_ancestors(source):
        ancestor = source.table_later("concept_ancestor")
        chosen = choose_rows(ancestor, "ancestor_concept_id", list_ids(source, roots, is_later=True))
        source.extract(pick_columns(chosen, ("ancestor_concept_id", "descendant_concept_id")), work, "raw_ancestor")
        run("INSERT INTO cdm.concept_ancestor SELECT ancestor_concept_id, descendant_concept_id FROM raw_ancestor")
    elif roots:
        gaps.append(f"the descendants of {say_count(len(roots), 'concept')} (no table concept_ancestor)")
    below = [row[0] for row in run("SELECT DISTINCT descendant_concept_id FROM cdm.concept_ancestor").fetchall()]
    every = sorted({*ids, *below})
    if not every:
        return KnownConcepts((), (), is_by_code=False)
    if has_concepts(source):
        has_reason = "invalid_reason" in source.columns("concept")
        chosen = choose_rows(source.table_later("concept"), "concept_id", list_ids(source, every, is_later=True))
        columns = ("concept_id", "invalid_reason") if has_reason else ("concept_id",)
        source.extract(pick_columns(chosen, columns), work, "raw_concept")
        reason = "nullif(trim(CAST(invalid_reason AS VARCHAR)), '')" if has_reason else "NULL"
        run(f"INSERT INTO cdm.concept SELECT DISTINCT concept_id, {reason} FROM raw_concept")
        ((known,),) = run(
            "SELECT count(*) FROM cdm.concept WHERE list_contains(?::BIGINT[], concept_id)", [ids]
        ).fetchall()
        if known < len(ids):
            gaps.append(f"{say_count(len(ids) - known, 'concept')} that the vocabulary of the records does not have")
    else:
        run("INSERT INTO cdm.concept SELECT unnest(?::BIGINT[]), NULL", [every])
    mapped = [one for one in every if any(line.with_mapped for line in listed)]
    every += _keep_mappings(source, work, mapped)
    return KnownConcepts(tuple(every), tuple(gaps), is_by_code=False)


def _keep_mappings(source: Source, work: Store, targets: Sequence[int]) -> list[int]:
    if not targets or not source.has("concept_relationship"):
        return []
    columns = ["concept_id_1", "concept_id_2", "relationship_id"]
    has_reason = "invalid_reason" in source.columns("concept_relationship")
    relationship = source.table_later("concept_relationship")
    chosen = choose_rows(relationship, "concept_id_2", list_ids(source, targets, is_later=True), is_mapping=True)
    source.extract(
        pick_columns(chosen, (*columns, *(["invalid_reason"] if has_reason else []))), work, "raw_relationship"
    )
    reason = "nullif(trim(CAST(invalid_reason AS VARCHAR)), '')" if has_reason else "NULL"
    work.connection.execute(
        f"INSERT INTO cdm.concept_relationship SELECT {', '.join(columns)}, {reason} FROM raw_relationship"
    )
    found = work.connection.execute("SELECT DISTINCT concept_id_1 FROM cdm.concept_relationship").fetchall()
    return [row[0] for row in found]


def _keep_by_code(source: Source, work: Store, listed: Sequence[ListedConcept]) -> KnownConcepts:
    rows: list[tuple[int, str, str]] = []
    if has_concepts(source):
        chosen = pick_columns(source.table_later("concept"), ("concept_id", "vocabulary_id", "concept_code"))
        rows = [(int(row[0]), row[1], normalise_code(row[2])) for row in source.rows(chosen) if row[1] and row[2]]
    pairs = {(one.concept_id, found) for one in listed for found in _find_coded(one, rows)}
    own = {one.concept_id for one in listed}
    every = sorted(own | {found for _, found in pairs})
    work.connection.execute("INSERT INTO cdm.concept SELECT unnest(?::BIGINT[]), NULL", [every])
    ancestors = sorted(pairs | {(one, one) for one in own})
    work.connection.execute(
        "INSERT INTO cdm.concept_ancestor SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
        [[one for one, _ in ancestors], [other for _, other in ancestors]],
    )
    missing = len(own) - len({one for one, _ in pairs})
    gaps = [f"{say_count(missing, 'concept')} whose code is written in no record"] if missing else []
    return KnownConcepts(tuple(every), tuple(gaps), is_by_code=True)


def _find_coded(one: ListedConcept, rows: Iterable[tuple[int, str, str]]) -> list[int]:
    if not one.code:
        return []
    code = normalise_code(one.code)
    takes_below = one.with_descendants and one.vocabulary in _BY_PREFIX
    return [
        concept
        for concept, vocabulary, written in rows
        if vocabulary == one.vocabulary and (written == code or (takes_below and written.startswith(code)))
    ]


@later
def choose_rows(table: ir.Table, column: str, ids: Any, *, is_mapping: bool = False) -> ir.Table:
    """Choose the rows whose column is one of the ids; of mappings, those of a code to a standard concept."""
    chosen = table.filter(table[column].isin(ids))
    return chosen.filter(chosen.relationship_id == "Maps to") if is_mapping else chosen


@later
def pick_columns(table: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Pick columns of a table."""
    return table.select(*columns)
