"""The questions that are put to a source's own vocabulary tables: concepts of codes, mappings, descendants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from refractory.codes import Code, Vocabulary
from refractory.records.later import later, put_together

if TYPE_CHECKING:
    import ibis.expr.types as ir


class VocabularySource(Protocol):
    """What resolving needs of a source of records (see records/source.py)."""

    def has(self, table: str) -> bool: ...

    def columns(self, table: str) -> dict[str, str]: ...

    def table(self, name: str) -> ir.Table: ...

    def table_later(self, name: str) -> ir.Table: ...

    def ids(self, values: Iterable[int]) -> ir.IntegerColumn: ...

    def ids_later(self, values: Iterable[int]) -> ir.IntegerColumn: ...

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Concept:
    """One row of the source's `concept` table.

    Args:
        concept_id: OMOP id.
        name: The vocabulary's own name; empty when the table has none.
        vocabulary: `vocabulary_id` as the table has it.
        code: `concept_code` as the table has it.
    """

    concept_id: int
    name: str
    vocabulary: str
    code: str


@dataclass(frozen=True)
class MapsTo:
    """One 'Maps to' from a code to a standard concept other than itself."""

    code: Concept
    target: Concept


_CONCEPT = ("concept_id", "vocabulary_id", "concept_code")
_ANCESTOR = ("ancestor_concept_id", "descendant_concept_id")
_RELATIONSHIP = ("concept_id_1", "concept_id_2", "relationship_id")


def has_concepts(source: VocabularySource) -> bool:
    """Say whether the source has a `concept` table that codes can be looked up in."""
    return _has(source, "concept", _CONCEPT)


def has_ancestors(source: VocabularySource) -> bool:
    """Say whether the source has a `concept_ancestor` table that descendants can be looked up in."""
    return _has(source, "concept_ancestor", _ANCESTOR)


def _has(source: VocabularySource, table: str, needed: Sequence[str]) -> bool:
    # The demo database of OMOP has tables with one junk row and columns named column0, column1, ...
    return source.has(table) and set(needed) <= {column.lower() for column in source.columns(table)}


def find_concepts(source: VocabularySource, codes: Iterable[Code]) -> list[Concept]:
    """Find the concepts of codes, in one query.

    A whole code finds the concepts of every coding system that has it, so that a code given under the wrong
    name can be pointed out; a prefix finds those of its own system.

    Returns:
        One Concept per row of the source's table that may be meant, in the order of their ids.
    """
    codes = list(codes)
    wanted = _name_concepts(source.table_later("concept"), has_names="concept_name" in source.columns("concept"))
    # One part for each way to look, put together: each can use an index of its own, which an "or" cannot.
    parts = [wanted.filter(test) for test in _tests(source, wanted, codes)]
    if not parts:
        return []
    rows = source.rows(parts[0] if len(parts) == 1 else put_together(parts, is_distinct=False))
    found = {Concept(row[0], row[1] or "", row[2] or "", row[3] or "") for row in rows if row[0]}
    return sorted(found, key=lambda one: (one.concept_id, one.vocabulary, one.code))


@later
def _name_concepts(concept: ir.Table, *, has_names: bool) -> ir.Table:
    import ibis

    return concept.select(
        concept_id=concept.concept_id.cast("int64"),
        name=concept.concept_name.cast("string") if has_names else ibis.literal(""),
        vocabulary=concept.vocabulary_id.cast("string"),
        code=concept.concept_code.cast("string"),
    )


def _tests(source: VocabularySource, concept: ir.Table, codes: Sequence[Code]) -> list[ir.BooleanValue]:
    tests: list[ir.BooleanValue] = []
    in_vocabularies = [code for code in codes if code.vocabulary not in (Vocabulary.OMOP, Vocabulary.SOURCE)]
    whole = {spelling for code in in_vocabularies if not code.is_prefix for spelling in code.spellings}
    if whole:
        tests.append(_is_one_of(concept.code, sorted(whole)))
    prefixes: dict[str, set[str]] = {}
    for code in in_vocabularies:
        if code.is_prefix:
            prefixes.setdefault(str(code.vocabulary), set()).update(code.spellings)
    tests.extend(
        (concept.vocabulary == vocabulary)
        & concept.code.re_search("^(" + "|".join(map(re.escape, sorted(spellings))) + ")")
        for vocabulary, spellings in sorted(prefixes.items())
    )
    ids = {int(code.text) for code in codes if code.vocabulary is Vocabulary.OMOP}
    if ids:
        tests.append(concept.concept_id.isin(source.ids_later(ids)))
    return tests


@later
def _is_one_of(code: ir.StringColumn, codes: Sequence[str]) -> ir.BooleanValue:
    import ibis

    # One literal for all codes (no code holds a comma): an expression node for each costs more than the whole query.
    return code.isin(ibis.literal(",".join(codes)).split(",").unnest().name("code").as_table().code)


def find_mappings(source: VocabularySource, concepts: Sequence[Concept]) -> list[MapsTo]:
    """Find the standard concepts that concepts map to, and all other codes that map to the same, in one query.

    Codes of coding systems that none of the concepts belongs to are left out: they decide nothing.

    Returns:
        One MapsTo per code and target; a concept that maps to itself is not among them.
    """
    if not concepts or not _has(source, "concept_relationship", _RELATIONSHIP):
        return []
    has_names = "concept_name" in source.columns("concept")
    is_dated = "invalid_reason" in source.columns("concept_relationship")
    ids = source.ids_later(one.concept_id for one in concepts)
    vocabularies = sorted({one.vocabulary for one in concepts})
    relationship, concept = source.table_later("concept_relationship"), source.table_later("concept")
    rows = source.rows(
        _derive_mappings(relationship, concept, ids, vocabularies, has_names=has_names, is_dated=is_dated)
    )
    found = {MapsTo(_concept(row[:4]), _concept(row[4:])) for row in rows}
    return sorted(found, key=lambda one: (one.code.concept_id, one.target.concept_id, one.code.code))


@later
def _derive_mappings(
    relationship: ir.Table,
    concept: ir.Table,
    ids: ir.IntegerColumn,
    vocabularies: Sequence[str],
    *,
    has_names: bool,
    is_dated: bool,
) -> ir.Table:
    """Join codes with their targets; one row per code and target, four columns of each."""
    valid = relationship.relationship_id == "Maps to"
    if is_dated:
        reason = relationship.invalid_reason.cast("string")
        valid &= reason.isnull() | (reason == "")
    maps = relationship.filter(valid).select(
        code_id=relationship.concept_id_1.cast("int64"), target_id=relationship.concept_id_2.cast("int64")
    )
    maps = maps.filter(maps.code_id != maps.target_id)
    targets = maps.filter(maps.code_id.isin(ids)).target_id
    named = concept.select(
        concept_id=concept.concept_id.cast("int64"),
        name=concept.concept_name if has_names else concept.concept_code,
        vocabulary=concept.vocabulary_id,
        code=concept.concept_code,
    )
    codes = named.filter(named.vocabulary.isin(vocabularies))
    of_code = codes.rename({f"of_code_{column}": column for column in codes.columns})
    of_target = named.rename({f"of_target_{column}": column for column in named.columns})
    joined = (
        maps.filter(maps.target_id.isin(targets))
        .inner_join(of_code, maps.code_id == of_code.of_code_concept_id)
        .left_join(of_target, maps.target_id == of_target.of_target_concept_id)
    )
    return joined.select(
        joined.code_id,
        joined.of_code_name,
        joined.of_code_vocabulary,
        joined.of_code_code,
        joined.target_id,
        joined.of_target_name,
        joined.of_target_vocabulary,
        joined.of_target_code,
    )


def _concept(row: Sequence[Any]) -> Concept:
    return Concept(row[0], row[1] or "", row[2] or "", row[3] or "")


def find_descendants(source: VocabularySource, ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Find the concepts below each of the given ones, in one query; the concept itself is always among them."""
    below: dict[int, set[int]] = {concept_id: {concept_id} for concept_id in ids}
    if below and has_ancestors(source):
        ancestor = source.table_later("concept_ancestor")
        pairs = ancestor.select(
            above=ancestor.ancestor_concept_id.cast("int64"), below=ancestor.descendant_concept_id.cast("int64")
        )
        for above, descendant in source.rows(pairs.filter(pairs.above.isin(source.ids_later(below)))):
            if descendant:
                below[above].add(descendant)
    return {above: frozenset(found) for above, found in below.items()}
