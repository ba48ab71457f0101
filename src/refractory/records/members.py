"""What belongs to a concept set: the concept ids and texts that it was resolved to, as rows to join with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from refractory.codes import Vocabulary


@dataclass(frozen=True, order=True)
class SourceText:
    """A text that stands in a `*_source_value` column.

    Args:
        text: The text as `refractory.codes.normalise_code` spells it.
        is_prefix: True when every text that begins so is meant.
        vocabulary: The coding system of the text; SOURCE for the source's own words.
    """

    text: str
    is_prefix: bool
    vocabulary: Vocabulary


@dataclass(frozen=True)
class Attributes:
    """What a code list knows of a code beyond its meaning; None when it does not say, or says two things.

    Args:
        route: How the drug is given, in the words of records/schema.py.
        mg_per_unit: Milligrams of the drug in one billing unit.
        prednisone_factor: Milligrams of prednisone equal to one milligram.
    """

    route: str | None = None
    mg_per_unit: float | None = None
    prednisone_factor: float | None = None


NO_ATTRIBUTES = Attributes()


def join_attributes(own: Iterable[Attributes], inherited: Iterable[Attributes] = ()) -> Attributes:
    """Put together what several lines know of a concept; where two of them differ, nothing is known.

    Args:
        own: Lines that name the concept itself.
        inherited: Lines that name an ancestor; they speak only where no line of its own does.

    Example:
        >>> join_attributes([Attributes(route="oral")], [Attributes(route="topical", mg_per_unit=500.0)])
        Attributes(route='oral', mg_per_unit=500.0, prednisone_factor=None)
    """
    own, inherited = tuple(own), tuple(inherited)

    def agreed(name: str) -> Any:
        for lines in (own, inherited):
            values = {getattr(line, name) for line in lines} - {None}
            if values:
                return values.pop() if len(values) == 1 else None
        return None

    return Attributes(agreed("route"), agreed("mg_per_unit"), agreed("prednisone_factor"))


@dataclass(frozen=True)
class ResolvedConceptSet:
    """A concept set in the terms of one source.

    A record belongs to the set when nothing of it is excluded and the first of these that can be asked says yes:

    1. Its source concept id or its concept id is one of `concept_ids`.
    2. Its concept id is one of `mapped_ids`.
    3. Its source value is one of `texts`. This is asked only where the record's own code is unknown to the vocabulary:
       the source concept id is 0 or null, and the concept id is 0, null or one of `ambiguous_ids`; or the source
       has no vocabulary. The source's own words (vocabulary SOURCE) are asked always.

    Excluded means: the source concept id or the concept id is one of `excluded_ids`, or the source value is one of
    `excluded_texts`.

    Args:
        name: Name of the set.
        concept_ids: Concepts that the set names, with descendants where asked for, exclusions taken away.
        mapped_ids: Standard concepts that stand for codes of the set and for no other code of the same vocabulary.
        ambiguous_ids: Standard concepts that stand for codes of the set, but for other codes too, or for only a part
            of a code. A record that has such a concept belongs to the set only if its own code says so.
        excluded_ids: Concepts that the set excludes, with descendants where asked for.
        texts: Source values that the set names.
        excluded_texts: Source values that the set excludes.
        attributes_by_id: What the code lists know of a concept; descendants inherit, mapped concepts do not.
        attributes_by_text: The same, by source value.
    """

    name: str
    concept_ids: frozenset[int] = frozenset()
    mapped_ids: frozenset[int] = frozenset()
    ambiguous_ids: frozenset[int] = frozenset()
    excluded_ids: frozenset[int] = frozenset()
    texts: frozenset[SourceText] = frozenset()
    excluded_texts: frozenset[SourceText] = frozenset()
    attributes_by_id: Mapping[int, Attributes] = field(default_factory=dict)
    attributes_by_text: Mapping[SourceText, Attributes] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when the source's vocabulary knows nothing of the set; its texts may match all the same."""
        return not (self.concept_ids or self.mapped_ids or self.ambiguous_ids)


class Doubt(StrEnum):
    """What is wrong with a code of a concept set."""

    NOT_FOUND = "not found"
    NAMES_SOMETHING_ELSE = "names something else"
    NO_DESCENDANTS = "descendants cannot be followed"
    STANDS_FOR_MORE = "stands for more"


@dataclass(frozen=True)
class UnresolvedCode:
    """A code that the source's vocabulary does not bear out.

    Args:
        concept_set: The set that names it.
        vocabulary: Its coding system.
        code: As it is written ("M33.1*").
        doubt: What is wrong, in one word for counting.
        why: What is wrong, as a sentence without its full stop.
        confidence: Confidence of the code list that names it (S, C or G); None when the protocol itself does.
        hint: What may have been meant; empty when nothing is near.
    """

    concept_set: str
    vocabulary: str
    code: str
    doubt: Doubt
    why: str
    confidence: str | None = None
    hint: str = ""


@dataclass(frozen=True)
class ConceptSets:
    """All leaf concept sets of a study in the terms of one source.

    Args:
        sets: By name; sets that only gather others (members) are not in it.
        unresolved: Codes that the vocabulary does not bear out, in the order of the sets.
        has_vocabulary: False when the source has no usable `concept` table: codes match as texts only.
    """

    sets: Mapping[str, ResolvedConceptSet]
    unresolved: tuple[UnresolvedCode, ...]
    has_vocabulary: bool


class Kind(StrEnum):
    """What a row of `member_rows` says."""

    DIRECT = "direct"
    MAPPED = "mapped"
    AMBIGUOUS = "ambiguous"
    EXCLUDED = "excluded"
    TEXT = "text"
    SOURCE = "source"


MEMBER = {
    "concept_set": "string",
    "kind": "string",  # see Kind and member_rows
    "concept_id": "int64",  # null for a text
    "text": "string",  # null for a concept
    "is_prefix": "boolean",
    "route": "string",
    "mg_per_unit": "float64",
    "prednisone_factor": "float64",
}

# Where codes of a coding system can stand as a source value. "710.3" of ICD-9-CM and 7103 of RxNorm are one text once
# the dot is gone, so a diagnosis is never looked for among drugs; nor among procedures, where J1569 is immunoglobulin
# and not the pneumonia J15.69. Coding systems that are not listed stand anywhere.
_DIAGNOSES = frozenset({"condition_occurrence", "observation", "death"})
_DRUGS = frozenset({"drug_exposure"})
_SERVICES = frozenset({"procedure_occurrence", "drug_exposure", "device_exposure", "observation", "measurement"})
_TABLES_OF_TEXTS: dict[Vocabulary, frozenset[str]] = {
    Vocabulary.ICD10CM: _DIAGNOSES,
    Vocabulary.ICD9CM: _DIAGNOSES,
    Vocabulary.RXNORM: _DRUGS,
    Vocabulary.ATC: _DRUGS,
    Vocabulary.NDC: _DRUGS | {"device_exposure"},
    Vocabulary.HCPCS: _SERVICES,
    Vocabulary.CPT4: _SERVICES,
    Vocabulary.LOINC: frozenset({"measurement", "observation", "procedure_occurrence"}),
}


def member_rows(
    resolved: Mapping[str, ResolvedConceptSet], table: str | None = None
) -> list[tuple[str, str, int | None, str | None, bool, str | None, float | None, float | None]]:
    """List everything that decides membership, to be joined with the records of one table.

    The kinds, for a record with `source_concept_id`, `concept_id` and `source_value` (normalised):

    - `direct`: either of the two ids is this concept.
    - `mapped`: `concept_id` is this concept.
    - `text`: the source value is this text, or begins with it when `is_prefix`; asked only where
      `source_concept_id` is 0 or null and `concept_id` is 0, null or `ambiguous` for the same set, or where the
      source has no vocabulary.
    - `source`: the same as `text`, asked always.
    - `ambiguous`: does not make a member by itself; it lets `text` decide.
    - `excluded`: with a concept, either id is this concept; with a text, the source value is this text (asked
      always). One excluded row takes the record out of the set whatever else speaks for it.

    Where several rows of a set fit one record, the attributes come from the source concept, else from the concept,
    else from the longest text.

    Args:
        resolved: Concept sets by name.
        table: OMOP table that will be joined: texts that cannot stand there are left out. None keeps all texts.

    Returns:
        One row per set, kind and concept or text, in the columns of MEMBER, in a stable order.

    Example:
        >>> one = ResolvedConceptSet("lupus", concept_ids=frozenset({257628}))
        >>> member_rows({"lupus": one})
        [('lupus', 'direct', 257628, None, False, None, None, None)]
    """
    rows = []
    for name, one in resolved.items():
        kinds = (
            (Kind.DIRECT, one.concept_ids),
            (Kind.MAPPED, one.mapped_ids),
            (Kind.AMBIGUOUS, one.ambiguous_ids),
            (Kind.EXCLUDED, one.excluded_ids),
        )
        for kind, ids in kinds:
            for concept_id in sorted(ids):
                known = one.attributes_by_id.get(concept_id, NO_ATTRIBUTES)
                rows.append(_row(name, kind, concept_id, None, known))
        for text in _texts_in(one.texts, table):
            kind = Kind.SOURCE if text.vocabulary is Vocabulary.SOURCE else Kind.TEXT
            rows.append(_row(name, kind, None, text, one.attributes_by_text.get(text, NO_ATTRIBUTES)))
        rows.extend(
            _row(name, Kind.EXCLUDED, None, text, NO_ATTRIBUTES) for text in _texts_in(one.excluded_texts, table)
        )
    return rows


def _row(
    name: str, kind: Kind, concept_id: int | None, text: SourceText | None, known: Attributes
) -> tuple[str, str, int | None, str | None, bool, str | None, float | None, float | None]:
    return (
        name,
        str(kind),
        concept_id,
        text.text if text else None,
        text.is_prefix if text else False,
        known.route,
        known.mg_per_unit,
        known.prednisone_factor,
    )


def _texts_in(texts: Iterable[SourceText], table: str | None) -> list[SourceText]:
    return sorted(text for text in texts if table is None or can_stand_in(text.vocabulary, table))


def can_stand_in(vocabulary: Vocabulary, table: str) -> bool:
    """Say whether codes of a coding system can be source values of an OMOP table.

    Example:
        >>> can_stand_in(Vocabulary.ICD9CM, "drug_exposure"), can_stand_in(Vocabulary.SOURCE, "drug_exposure")
        (False, True)
        >>> can_stand_in(Vocabulary.ICD10CM, "procedure_occurrence")
        False
    """
    return vocabulary not in _TABLES_OF_TEXTS or table in _TABLES_OF_TEXTS[vocabulary]


def all_ids(resolved: Iterable[ResolvedConceptSet]) -> tuple[int, ...]:
    """List every concept id that can make a record a member of any of the sets, ambiguous ones included, sorted."""
    found: set[int] = set()
    for one in resolved:
        found |= one.concept_ids | one.mapped_ids | one.ambiguous_ids
    return tuple(sorted(found))


def all_texts(resolved: Iterable[ResolvedConceptSet], table: str | None = None) -> tuple[SourceText, ...]:
    """List every source value that can make a record of the table a member of any of the sets, sorted."""
    return tuple(_texts_in({text for one in resolved for text in one.texts}, table))
