"""Answers that stand for codes: one word to choose for each concept set, and the code that it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refractory.codes import Code, Vocabulary, normalise_code
from refractory.records.concept_sets import ConceptSetDefinition

# A code of a system that stands further to the front is preferred: it means the thing itself and no bill for it.
_PREFERRED = (
    Vocabulary.RXNORM, Vocabulary.SNOMED, Vocabulary.LOINC, Vocabulary.ICD10CM, Vocabulary.ICD9CM, Vocabulary.ATC,
    Vocabulary.CPT4, Vocabulary.HCPCS, Vocabulary.NDC, Vocabulary.SOURCE, Vocabulary.OMOP,
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """One answer to choose.

    Args:
        text: The answer.
        coding: Its coding as a mapping writes it ("RxNorm:6851"); empty where the text itself is what the set names.
        vocabulary: Coding system of the code.
        also: Other concept sets of the study that the code belongs to.
    """

    text: str
    coding: str
    vocabulary: Vocabulary
    also: tuple[str, ...] = ()


def build_terms(name: str, definitions: Mapping[str, ConceptSetDefinition]) -> tuple[Term, ...]:
    """Build the answers that stand for a concept set with codes of its own.

    It is one answer, called like the set. Drugs whose doses do not compare, as glucocorticoids, are one answer each.

    Args:
        name: The concept set.
        definitions: All concept sets of the study by name: a code that no other one has is preferred.
    """
    definition = definitions[name]
    apart: dict[str, Code] = {}
    for one in definition.named_codes():
        tells = any(known.prednisone_factor for known in one.known)
        if tells and one.name and one.code.vocabulary is Vocabulary.RXNORM and one.name not in apart:
            apart[one.name] = one.code
    if apart:
        return tuple(_build_term(text, {code: False}, name, definitions) for text, code in apart.items())
    excluded = [one.code for one in definition.exclude.named_codes()] if definition.exclude else []
    # A code that says a route, or mg in a billing unit, would say so of every row.
    codes = {
        one.code: any(known.route or known.mg_per_unit for known in one.known)
        for one in definition.named_codes()
        if not _is_among(one.code, excluded)
    }
    return (_build_term(name, codes, name, definitions),)


def _build_term(
    text: str, codes: Mapping[Code, bool], name: str, definitions: Mapping[str, ConceptSetDefinition]
) -> Term:
    others = {
        other: [one.code for one in definition.named_codes()]
        for other, definition in definitions.items()
        if other != name and not definition.members
    }
    shared = {code: tuple(other for other, named in others.items() if _is_among(code, named)) for code in codes}
    places = {code: place for place, code in enumerate(shared)}
    best = min(
        shared,
        key=lambda code: (
            len(shared[code]), codes[code], _PREFERRED.index(code.vocabulary), not _says(code, text), code.is_prefix,
            places[code],
        ),
    )  # fmt: skip
    if best.vocabulary is Vocabulary.SOURCE:
        return Term(_spell_source(text, best, definitions[name]), "", best.vocabulary, shared[best])
    return Term(text, f"{best.vocabulary}:{best.spellings[0]}", best.vocabulary, shared[best])


def _is_among(code: Code, codes: Iterable[Code]) -> bool:
    """Say whether a record with this code is named by any of the codes."""
    return any(
        code.vocabulary is other.vocabulary
        and (code.text == other.text or (other.is_prefix and code.text.startswith(other.text)))
        for other in codes
    )


def _spell_source(text: str, code: Code, definition: ConceptSetDefinition) -> str:
    """Spell a text of the source as the protocol does; the set's own name where that is a spelling of it."""
    if _says(code, text):
        return text
    for one in definition.source:
        plain = one.rstrip().rstrip("*").rstrip()
        if normalise_code(plain) == code.text:
            return plain
    return code.text


def _says(code: Code, text: str) -> bool:
    """Say whether a text of the source is one that the code names."""
    written = normalise_code(text)
    return written == code.text or (code.is_prefix and written.startswith(code.text))
