"""Codes that a source's vocabulary does not bear out, each with what is wrong and what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from refractory.codes import Code, Vocabulary, normalise_code, read_code
from refractory.records.concept_set_definitions import NamedCode
from refractory.records.lookup import Lookup
from refractory.records.members import Doubt, UnresolvedCode
from refractory.records.staged_concepts import FIRST_OWN_CONCEPT
from refractory.records.vocabulary import Concept, VocabularySource, find_concepts

_CONFIDENCE = {"S": "seen in its source", "C": "computed", "G": "general knowledge, unverified"}
_STEM_LETTERS = 5
# Words that half of all names share, so that they say nothing.
_EMPTY_WORDS = """
a an and by due for in of on or the to with without other not unspecified specified elsewhere classified disease
disorder syndrome finding acute chronic injection human use mg ml antibody ab serum plasma blood drug
associated condition
"""
_EMPTY_STEMS = frozenset(word[:_STEM_LETTERS] for word in _EMPTY_WORDS.split())
# Coding systems in which codes that begin alike mean alike.
_WITH_NEIGHBOURS = frozenset((Vocabulary.ICD10CM, Vocabulary.ICD9CM, Vocabulary.ATC, Vocabulary.HCPCS, Vocabulary.CPT4))
_SHARED_BEGINNING = 3


def doubts_of(concept_set: str, named: NamedCode, lookup: Lookup) -> list[UnresolvedCode]:
    """List what the vocabulary does not bear out of one code of a set."""
    code = named.code
    if code.vocabulary is Vocabulary.SOURCE:
        return []
    concepts = lookup.concepts_of(code)
    doubts = []
    if lookup.has_concepts and not concepts:
        doubts.append((Doubt.NOT_FOUND, _not_found(code), _elsewhere(code, lookup)))
    elif named.name and (told := _named_by_vocabulary(concepts)) and not _share_a_word(named.name, told):
        why = f'the code list calls it "{named.name}", the source\'s vocabulary "{told[0].name}"'
        doubts.append((Doubt.NAMES_SOMETHING_ELSE, why, "look the code up before you rely on it"))
    can_follow = concepts or not lookup.has_concepts or code.vocabulary is Vocabulary.OMOP
    if code.with_descendants and can_follow and not lookup.has_ancestors:
        why = "the source has no table concept_ancestor, so + takes nothing along"
        doubts.append((Doubt.NO_DESCENDANTS, why, "name the codes below it one by one"))
    return [
        UnresolvedCode(
            concept_set, str(code.vocabulary), str(code), doubt, _with_confidence(why, named), confidence, hint
        )
        for doubt, why, hint in doubts
        for confidence in (named.confidence,)
    ]


def _named_by_vocabulary(concepts: Sequence[Concept]) -> list[Concept]:
    """Leave out the concepts that records brought along: their names are whatever somebody typed."""
    return [concept for concept in concepts if concept.concept_id < FIRST_OWN_CONCEPT]


def _with_confidence(why: str, named: NamedCode) -> str:
    if named.confidence is None:
        return why
    return f"{why} (confidence of the code list: {named.confidence}, {_CONFIDENCE[named.confidence]})"


def _not_found(code: Code) -> str:
    if code.vocabulary is Vocabulary.OMOP:
        return f"concept {code.text} is not in the source's vocabulary; the id is looked for all the same"
    if code.is_prefix:
        return f"the source's vocabulary has no {code.vocabulary} code that begins with {code.spellings[0]}"
    return f"the source's vocabulary has no {code.vocabulary} code {code.spellings[0]}"


def _elsewhere(code: Code, lookup: Lookup) -> str:
    if code.is_prefix or code.vocabulary is Vocabulary.OMOP:
        return ""
    for vocabulary, of_system in sorted(lookup.by_code.items()):
        for concept in of_system.get(code.text, ()):
            return f'{vocabulary} has the code {concept.code}: "{concept.name}"'
    return ""


def _share_a_word(name: str, concepts: Sequence[Concept]) -> bool:
    listed = _stems(name)
    theirs = [_stems(concept.name) for concept in concepts if concept.name]
    return not theirs or not listed or any(listed & words or not words for words in theirs)


def _stems(name: str) -> frozenset[str]:
    # British and American spelling differ in ae and oe; five letters make neoplasm and neoplastic one word.
    plain = name.lower().replace("ae", "e").replace("oe", "e")
    words = {word[:_STEM_LETTERS] for word in re.findall(r"[^\W_]+", plain)}
    telling = frozenset(word for word in words if word not in _EMPTY_STEMS and not word.isdigit())
    return telling or frozenset(words)


def doubt_about_stand_ins(
    concept_set: str, shared: Mapping[int, Sequence[Concept]], named: Iterable[int], lookup: Lookup
) -> list[UnresolvedCode]:
    """Say which standard concepts of a set's codes are too wide to be taken by themselves, if any."""
    if not shared:
        return []
    known = set(named)
    codes = {code for target in shared for code in lookup.mapped_from[target].values() if code.concept_id in known}
    ordered = sorted(codes, key=lambda one: (one.vocabulary, one.code))
    targets = [lookup.targets[code.concept_id][target] for target in sorted(shared) for code in _first(target, lookup)]
    wide = _some([f'{target.concept_id} "{target.name}"' for target in targets])
    others = sorted({code.code for codes in shared.values() for code in codes})
    beside = f", beside codes that the set does not list ({_some(others)})" if others else " only in part"
    stands = "stands" if len(targets) == 1 else "stand"
    return [
        UnresolvedCode(
            concept_set,
            ", ".join(sorted({code.vocabulary for code in ordered})),
            _some([code.code for code in ordered]),
            Doubt.STANDS_FOR_MORE,
            f"the standard concept {wide} {stands} for them{beside}: a record with that concept counts only if its own "
            "code is one of the set",
            None,
            "to count such records whatever their code, name the concept under OMOP",
        )
    ]


def _first(target: int, lookup: Lookup) -> list[Concept]:
    return list(lookup.mapped_from[target].values())[:1]


def _some(names: Sequence[str], at_most: int = 3) -> str:
    more = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {more} more" if more > 0 else "")


def with_neighbours(
    doubts: Iterable[UnresolvedCode], lookup: Lookup, source: VocabularySource
) -> tuple[UnresolvedCode, ...]:
    """Add the nearest codes of the vocabulary to the codes of the protocol that it does not have.

    A code that falls under a prefix of the study has all its neighbours at hand; one query finds those of the others.
    Shipped code lists hold codes of many years and countries, most of them absent from any one source, and a
    neighbour would be no help there.
    """
    doubts = tuple(doubts)
    missing = [doubt for doubt in doubts if _may_be_misspelt(doubt)]
    apart = [doubt for doubt in missing if not lookup.has_all_below(_code(doubt))]
    beginnings = {Code(code.vocabulary, code.text[:_SHARED_BEGINNING], True) for code in map(_code, apart)}
    concepts = [*lookup.concepts, *find_concepts(source, sorted(beginnings))] if beginnings else lookup.concepts
    hints = {doubt: _nearest(doubt, concepts) for doubt in missing}
    return tuple(replace(doubt, hint=hints.get(doubt, doubt.hint)) for doubt in doubts)


def _may_be_misspelt(doubt: UnresolvedCode) -> bool:
    is_missing = doubt.doubt is Doubt.NOT_FOUND and doubt.confidence is None and not doubt.hint
    return is_missing and doubt.vocabulary in _WITH_NEIGHBOURS


def _code(doubt: UnresolvedCode) -> Code:
    return read_code(Vocabulary(doubt.vocabulary), doubt.code)


def _nearest(doubt: UnresolvedCode, concepts: Iterable[Concept]) -> str:
    code = _code(doubt)
    beside = {
        one.code: one.name
        for one in concepts
        if one.vocabulary == doubt.vocabulary
        and normalise_code(one.code)[:_SHARED_BEGINNING] == code.text[:_SHARED_BEGINNING]
    }
    near = get_close_matches(code.spellings[0], sorted(beside), n=1)
    return f'the nearest is {near[0]}: "{beside[near[0]]}"' if near else ""
