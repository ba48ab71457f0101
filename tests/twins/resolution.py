"""The slow and obvious way to resolve one concept set, with sets and loops over plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ConceptRow = tuple[int, str, str, str]  # id, name, vocabulary, code


@dataclass(frozen=True)
class Vocabulary:
    """The rows of a vocabulary: concepts, valid 'Maps to' pairs, ancestor pairs."""

    concepts: Sequence[ConceptRow]
    maps: Sequence[tuple[int, int]]
    ancestors: Sequence[tuple[int, int]]

    def system(self, concept_id: int) -> str:
        """Coding system of a concept; empty when the vocabulary lacks it."""
        return next((row[2] for row in self.concepts if row[0] == concept_id), "")

    def named(self, system: str, written: str) -> set[int]:
        """Concepts of one code as a protocol writes it."""
        code = written.rstrip("*+")
        if system == "OMOP":
            return {int(code)}
        if written.endswith("*"):
            return {row[0] for row in self.concepts if row[2] == system and _plain(row[3]).startswith(_plain(code))}
        return {row[0] for row in self.concepts if row[2] == system and _plain(row[3]) == _plain(code)}

    def targets(self, concept_id: int) -> set[int]:
        """Other concepts that a concept maps to."""
        return {target for code, target in self.maps if code == concept_id and target != code}

    def mapping_to(self, target: int) -> set[int]:
        """Other concepts that map to a concept."""
        return {code for code, to in self.maps if to == target and code != target}

    def stands_alone(self, target: int, named: set[int], systems: set[str]) -> bool:
        """True when a standard concept stands for the named codes and for nothing else."""
        somebody_means_it = any(self.targets(code) == {target} for code in self.mapping_to(target) & named)
        others = {
            code
            for code in self.mapping_to(target) - named
            if self.system(code) in systems and self.system(code) != self.system(target)
        }
        return somebody_means_it and not others

    def below(self, root: int) -> set[int]:
        """A concept and its descendants."""
        return {root} | {descendant for ancestor, descendant in self.ancestors if ancestor == root}


@dataclass(frozen=True)
class Answer:
    """What a concept set is resolved to."""

    concept_ids: frozenset[int]
    mapped_ids: frozenset[int]
    ambiguous_ids: frozenset[int]
    excluded_ids: frozenset[int]


def _plain(code: str) -> str:
    return code.upper().replace(".", "")


Codes = Iterable[tuple[str, str]]  # coding system, code as a protocol writes it


def resolve_one(included: Codes, excluded: Codes, vocabulary: Vocabulary) -> Answer:
    """Resolve one set from the sentences of resolve_concept_sets, exclusions first."""
    included, excluded = list(included), list(excluded)
    out_named = {one for system, code in excluded for one in vocabulary.named(system, code)}
    out_systems = {vocabulary.system(one) for one in out_named} - {""}
    out = out_named | _taken_along(excluded, out_named, out_systems, vocabulary)

    all_named = {one for system, code in included for one in vocabulary.named(system, code)}
    named = all_named - out
    systems = ({vocabulary.system(one) for one in all_named} - {""}) | out_systems
    everything = named | _taken_along(included, named, systems, vocabulary)

    mapped_to = {target for code in named for target in vocabulary.targets(code)}
    out_stand_ins = {
        target
        for code in out_named
        for target in vocabulary.targets(code)
        if vocabulary.stands_alone(target, out_named, out_systems)
    }
    direct = everything - out - (out_stand_ins - named - mapped_to)
    alone = {target for target in mapped_to if vocabulary.stands_alone(target, named, systems)}
    return Answer(
        frozenset(direct),
        frozenset(alone - direct - out),
        frozenset(mapped_to - alone - direct - out),
        frozenset(out),
    )


def _taken_along(codes: Codes, named: set[int], systems: set[str], vocabulary: Vocabulary) -> set[int]:
    found: set[int] = set()
    for system, code in codes:
        if code.endswith("+"):
            for concept_id in vocabulary.named(system, code):
                found |= vocabulary.below(concept_id)
                for target in vocabulary.targets(concept_id) if concept_id in named else ():
                    if vocabulary.stands_alone(target, named, systems):
                        found |= vocabulary.below(target)
    return found
