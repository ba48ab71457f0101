"""What a source's vocabulary answered, kept in memory: all questions are put before any set is resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from refractory.codes import Code, Vocabulary, normalise_code
from refractory.records.vocabulary import (
    Concept,
    MapsTo,
    VocabularySource,
    find_concepts,
    find_descendants,
    find_mappings,
    has_ancestors,
    has_concepts,
)


@dataclass(frozen=True)
class Lookup:
    """The vocabulary rows that a study's codes touch.

    Args:
        codes: All codes that were asked for.
        has_concepts: False when the source has no usable `concept` table.
        has_ancestors: False when it has no usable `concept_ancestor` table.
        concepts: Concepts of the codes, and concepts of other coding systems that have the same code.
        mappings: Every 'Maps to' onto a target of these concepts.
        below: Descendants by concept, itself included, for the codes written with + and their targets.
    """

    codes: tuple[Code, ...]
    has_concepts: bool
    has_ancestors: bool
    concepts: tuple[Concept, ...]
    mappings: tuple[MapsTo, ...]
    below: Mapping[int, frozenset[int]]

    @cached_property
    def by_id(self) -> dict[int, Concept]:
        """Concepts by their id."""
        return {concept.concept_id: concept for concept in self.concepts}

    @cached_property
    def by_code(self) -> dict[str, dict[str, list[Concept]]]:
        """Concepts by coding system and normalised code."""
        found: dict[str, dict[str, list[Concept]]] = {}
        for concept in self.concepts:
            of_code = found.setdefault(concept.vocabulary, {}).setdefault(normalise_code(concept.code), [])
            of_code.append(concept)
        return found

    @cached_property
    def targets(self) -> dict[int, dict[int, Concept]]:
        """Standard concepts by the code that maps to them."""
        found: dict[int, dict[int, Concept]] = {}
        for one in self.mappings:
            found.setdefault(one.code.concept_id, {})[one.target.concept_id] = one.target
        return found

    @cached_property
    def mapped_from(self) -> dict[int, dict[int, Concept]]:
        """Codes by the standard concept that they map to."""
        found: dict[int, dict[int, Concept]] = {}
        for one in self.mappings:
            found.setdefault(one.target.concept_id, {})[one.code.concept_id] = one.code
        return found

    def ids_of(self, code: Code) -> frozenset[int]:
        """Return the concepts that a code names; an OMOP id names itself even if the vocabulary lacks it."""
        if code.vocabulary is Vocabulary.OMOP:
            return frozenset((int(code.text),))
        return frozenset(concept.concept_id for concept in self.concepts_of(code))

    def concepts_of(self, code: Code) -> list[Concept]:
        """Return the vocabulary's rows for a code, or for all codes that begin so."""
        if code.vocabulary is Vocabulary.OMOP:
            concept = self.by_id.get(int(code.text))
            return [concept] if concept else []
        of_system = self.by_code.get(str(code.vocabulary), {})
        if not code.is_prefix:
            return of_system.get(code.text, [])
        return [one for written, concepts in of_system.items() if written.startswith(code.text) for one in concepts]

    def has_all_below(self, code: Code) -> bool:
        """Say whether a prefix that was asked for covers the code, so that its neighbours are all here."""
        return any(
            one.is_prefix and one.vocabulary is code.vocabulary and code.text.startswith(one.text)
            for one in self.codes
            if one != code
        )

    def stand_ins(self, named: Set[int], vocabularies: Set[str]) -> tuple[set[int], dict[int, list[Concept]]]:
        """Divide the standard concepts that codes map to into those that stand for them alone and the others.

        A standard concept stands for the named codes alone when one of them maps to it and to nothing else, and no
        other code of the same coding systems maps to it. A retired code of the standard concept's own coding system
        is only another name for it and does not count as another code.

        Args:
            named: Concepts of the codes.
            vocabularies: Coding systems whose other codes decide.

        Returns:
            The concepts that stand for the codes alone; and the others, each with the other codes that map to it.
        """
        alone, shared = set(), {}
        for target in {target for code in named for target in self.targets.get(code, ())}:
            codes = self.mapped_from[target]
            system = self.targets[next(iter(codes))][target].vocabulary
            others = [
                code
                for concept_id, code in codes.items()
                if concept_id not in named and code.vocabulary in vocabularies and code.vocabulary != system
            ]
            is_whole = any(len(self.targets[code]) == 1 for code in codes if code in named)
            if is_whole and not others:
                alone.add(target)
            else:
                shared[target] = others
        return alone, shared


def look_up(source: VocabularySource, codes: Iterable[Code]) -> Lookup:
    """Put all questions about the codes to the source's vocabulary: three queries at most."""
    codes = tuple(dict.fromkeys(codes))
    can_look_up = has_concepts(source)
    concepts = tuple(find_concepts(source, codes)) if can_look_up else ()
    first = Lookup(codes, can_look_up, has_ancestors(source), concepts, (), {})
    meant = {concept for code in codes for concept in first.concepts_of(code)}
    mappings = tuple(find_mappings(source, sorted(meant, key=lambda one: one.concept_id))) if meant else ()
    mapped = Lookup(codes, can_look_up, first.has_ancestors, concepts, mappings, {})
    roots = {concept_id for code in codes if code.with_descendants for concept_id in first.ids_of(code)}
    roots |= {target for root in roots for target in mapped.targets.get(root, ())}
    return Lookup(codes, can_look_up, first.has_ancestors, concepts, mappings, find_descendants(source, roots))
