"""Concept sets in the terms of one source: which concepts and texts a study's codes mean there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from refractory.codes import Vocabulary, normalise_code
from refractory.records.concept_set_definitions import CodeSet, ConceptSetDefinition, NamedCode, expand_members
from refractory.records.doubts import doubt_about_stand_ins, doubts_of, with_neighbours
from refractory.records.lookup import Lookup, look_up
from refractory.records.members import (
    MEMBER,
    NO_ATTRIBUTES,
    Attributes,
    ConceptSets,
    Doubt,
    Kind,
    ResolvedConceptSet,
    SourceText,
    UnresolvedCode,
    all_ids,
    all_texts,
    can_stand_in,
    join_attributes,
    member_rows,
)
from refractory.records.translation import IsTranslated
from refractory.records.vocabulary import Concept, VocabularySource

Key = TypeVar("Key")

__all__ = [
    "MEMBER",
    "Attributes",
    "CodeSet",
    "ConceptSetDefinition",
    "ConceptSets",
    "Doubt",
    "Kind",
    "ResolvedConceptSet",
    "SourceText",
    "UnresolvedCode",
    "all_ids",
    "all_texts",
    "can_stand_in",
    "expand_members",
    "member_rows",
    "resolve_concept_sets",
]


def resolve_concept_sets(definitions: Mapping[str, ConceptSetDefinition], source: VocabularySource) -> ConceptSets:
    """Find out which concepts and texts the codes of each concept set mean in a source.

    A code names the concepts that have it. Its + takes their descendants along, and those of the standard concepts
    that stand for it alone. A standard concept that a named code maps to counts by itself only when it stands for
    codes of the set alone: one of them maps to it and to nothing else, and no other code of the coding systems that
    the set uses maps to it. Otherwise the record's own code decides.

    Exclusions are resolved in the same way and win: what they name is taken away everywhere, with descendants if they
    say so; a standard concept that stands for excluded codes alone is taken away too, unless the set names it or
    keeps a code that maps to it.

    Args:
        definitions: Concept sets by name; those that only gather others are passed over.
        source: The source, whose tables concept, concept_relationship and concept_ancestor are asked, as far as it
            has them: three queries for all sets together, and a fourth for the neighbours of misspelt codes.

    Returns:
        The sets in the terms of the source, and every code that its vocabulary does not bear out. A code that is not
        found still matches as a text; an OMOP id that is not found is used as it is.
    """
    wanted = {
        name: (definition.named_codes(), definition.exclude.named_codes() if definition.exclude else ())
        for name, definition in definitions.items()
        if not definition.members
    }
    codes = [named.code for included, excluded in wanted.values() for named in (*included, *excluded)]
    lookup = look_up(source, codes)
    sets: dict[str, ResolvedConceptSet] = {}
    doubts: list[UnresolvedCode] = []
    for name, (included, excluded) in wanted.items():
        for named in dict.fromkeys((*included, *excluded)):
            doubts += doubts_of(name, named, lookup)
        ids = _resolve_ids(included, excluded, lookup)
        doubts += doubt_about_stand_ins(name, ids.shared, ids.named, lookup)
        sets[name] = _describe_set(name, ids, included, excluded, lookup)
    if isinstance(source, IsTranslated) and not source.has_vocabulary:
        # Only the codes that were written are known there: that nobody wrote a code says nothing against it.
        doubts = [one for one in doubts if one.doubt is not Doubt.NOT_FOUND]
    return ConceptSets(sets, with_neighbours(doubts, lookup, source), lookup.has_concepts)


@dataclass(frozen=True)
class _Ids:
    named: Set[int]
    alone: Set[int]
    concept_ids: frozenset[int]
    mapped_ids: frozenset[int]
    shared: Mapping[int, Sequence[Concept]]
    excluded_ids: frozenset[int]


def _resolve_ids(included: Iterable[NamedCode], excluded: Iterable[NamedCode], lookup: Lookup) -> _Ids:
    out_named = _named(excluded, lookup)
    out_alone, _ = lookup.stand_ins(out_named, _systems(out_named, lookup))
    out = out_named.union(*_below(excluded, out_named, out_alone, lookup).values())
    all_named = _named(included, lookup)
    named = all_named - out
    alone, shared = lookup.stand_ins(named, _systems(all_named | out_named, lookup))
    below = named.union(*_below(included, named, alone, lookup).values())
    kept = named | alone | shared.keys()
    concept_ids = below - out - (out_alone - kept)
    return _Ids(
        named,
        alone,
        frozenset(concept_ids),
        frozenset(alone - concept_ids - out),
        {target: others for target, others in shared.items() if target not in concept_ids | out},
        frozenset(out),
    )


def _named(codes: Iterable[NamedCode], lookup: Lookup) -> set[int]:
    return set().union(*(lookup.ids_of(named.code) for named in codes))


def _systems(ids: Iterable[int], lookup: Lookup) -> set[str]:
    return {lookup.by_id[one].vocabulary for one in ids if one in lookup.by_id}


def _below(
    codes: Iterable[NamedCode], named: Set[int], alone: Set[int], lookup: Lookup
) -> dict[NamedCode, frozenset[int]]:
    found = {}
    for one in codes:
        if one.code.with_descendants:
            roots = lookup.ids_of(one.code)
            targets = {target for root in roots & named for target in lookup.targets.get(root, ()) if target in alone}
            found[one] = frozenset[int]().union(*(lookup.below[root] for root in roots | targets))
    return found


def _describe_set(
    name: str, ids: _Ids, included: Sequence[NamedCode], excluded: Sequence[NamedCode], lookup: Lookup
) -> ResolvedConceptSet:
    out_texts = _texts(excluded)
    texts = {text: known for text, known in _texts(included).items() if not _is_covered(text, out_texts)}
    return ResolvedConceptSet(
        name,
        ids.concept_ids,
        ids.mapped_ids,
        frozenset(ids.shared),
        ids.excluded_ids,
        frozenset(texts),
        frozenset(out_texts),
        _attributes_by_id(included, ids, lookup),
        _told({text: join_attributes(known) for text, known in texts.items()}),
    )


def _texts(codes: Iterable[NamedCode]) -> dict[SourceText, list[Attributes]]:
    found: dict[SourceText, list[Attributes]] = {}
    for named in codes:
        code = named.code
        if code.vocabulary is not Vocabulary.OMOP:
            for spelling in {normalise_code(written) for written in code.spellings}:
                found.setdefault(SourceText(spelling, code.is_prefix, code.vocabulary), []).extend(named.known)
    return found


def _is_covered(text: SourceText, by: Iterable[SourceText]) -> bool:
    return any(
        text == other or (other.is_prefix and text.text.startswith(other.text))
        for other in by
        if other.vocabulary is text.vocabulary
    )


def _attributes_by_id(included: Sequence[NamedCode], ids: _Ids, lookup: Lookup) -> dict[int, Attributes]:
    own: dict[int, list[Attributes]] = {}
    inherited: dict[int, list[Attributes]] = {}
    telling = [named for named in included if any(known != NO_ATTRIBUTES for known in named.known)]
    for named in telling:
        for concept_id in lookup.ids_of(named.code):
            own.setdefault(concept_id, []).extend(named.known)
    for named, below in _below(telling, ids.named, ids.alone, lookup).items():
        for concept_id in below:
            inherited.setdefault(concept_id, []).extend(named.known)
    members = ids.concept_ids & (own.keys() | inherited.keys())
    return _told({one: join_attributes(own.get(one, ()), inherited.get(one, ())) for one in members})


def _told(known: Mapping[Key, Attributes]) -> dict[Key, Attributes]:
    return {key: attributes for key, attributes in known.items() if attributes != NO_ATTRIBUTES}
