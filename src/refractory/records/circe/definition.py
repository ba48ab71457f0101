"""A cohort definition of ATLAS, or a concept set of one: frozen data, read from the text of an exported file.

Which library. Two maintained ones read these files. `duckcdm` (Apache-2.0, no dependency, 66 ms to import) is a port
of the original generator of queries, proved equal to it by its authors on every cohort of the OHDSI phenotype library;
`ohdsi-circepy` (Apache-2.0) takes a second to import, brings pandas and an older parser of SQL along, and gives SQL for
the source's own database, or results through connections of its own. The first makes the queries here; the second is
what tests compare the persons and dates with. Neither names what it does not know: an unknown key is passed over, as
the original does. So files are read here, part by part, and only what was understood reaches the queries.

The queries run in the embedded database over the records that the source handed over, and never in the source: the same
definition gives the same answer for every kind of source, and nobody need be allowed to write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from refractory.records.circe.expression import ExpressionReader
from refractory.records.circe.values import Reader

_MOST_FAULTS = 12
_ITEM = ("concept", "isExcluded", "includeDescendants", "includeMapped")


@dataclass(frozen=True)
class ListedConcept:
    """One line of a concept set.

    Args:
        concept_id: Id of OMOP.
        name: What the file calls it.
        vocabulary: Its coding system as OMOP names it; empty where the file does not say.
        code: Its code there; empty where the file does not say.
        is_excluded: The line takes away.
        with_descendants: Its descendants too.
        with_mapped: The codes that map to it too.
    """

    concept_id: int
    name: str
    vocabulary: str
    code: str
    is_excluded: bool
    with_descendants: bool
    with_mapped: bool


@dataclass(frozen=True)
class CirceConceptSet:
    """A concept set of a file: its number there, its name, its lines."""

    number: int
    name: str
    concepts: tuple[ListedConcept, ...]

    def write(self) -> dict[str, Any]:
        """Write the set as the generator of queries reads it."""
        items = [
            {
                "concept": {"CONCEPT_ID": one.concept_id},
                "isExcluded": one.is_excluded,
                "includeDescendants": one.with_descendants,
                "includeMapped": one.with_mapped,
            }
            for one in self.concepts
        ]
        return {"id": self.number, "expression": {"items": items}}


@dataclass(frozen=True)
class CirceDefinition:
    """A cohort definition.

    Args:
        file: Name of the file, which is the name of the definition in a study.
        title: What the file calls it, else the name of the file.
        concept_sets: Its concept sets.
        written: The expression without names and remarks, in one spelling, as JSON.
        rules: Names of its inclusion rules.
    """

    file: str
    title: str
    concept_sets: tuple[CirceConceptSet, ...]
    written: str
    rules: tuple[str, ...] = ()

    @cached_property
    def expression(self) -> dict[str, Any]:
        """The expression with its concept sets, as the generator of queries reads it."""
        found: dict[str, Any] = json.loads(self.written)
        return {**found, "ConceptSets": [one.write() for one in self.concept_sets]}

    @property
    def content(self) -> str:
        """A fingerprint of everything that decides who meets it."""
        sets = json.dumps([one.write() for one in self.concept_sets])
        return sha256(f"{self.written}{sets}".encode()).hexdigest()[:16]

    def name_of(self, number: int) -> str:
        """Return the name of a concept set by its number."""
        return next((one.name for one in self.concept_sets if one.number == number), str(number))


def parse_definition(text: str, file: str) -> CirceDefinition:
    """Read the text of a cohort definition.

    Args:
        text: JSON as ATLAS exports it, or as its WebAPI returns it.
        file: Name of the file.

    Raises:
        ValueError: When it is none; or with everything in it that is not supported, each with its place.
    """
    raw, title = _unwrap(_parse(text, file), file)
    if "PrimaryCriteria" not in raw:
        raise ValueError(f"{file} is no cohort definition: it has no PrimaryCriteria")
    sets, faults = _read_sets(raw.get("ConceptSets"))
    reader = ExpressionReader({one.number: one for one in sets})
    found = reader.expression(raw)
    faults += reader.read.faults
    if faults:
        raise ValueError(_say_faults(faults, file))
    rules = tuple(
        str(rule.get("name") or "").strip() or f"rule {number}"
        for number, rule in enumerate(raw.get("InclusionRules") or (), start=1)
    )
    definition = CirceDefinition(file, title, tuple(sets), json.dumps(found, sort_keys=True), rules)
    _check_generator(definition)
    return definition


def parse_concept_sets(text: str, file: str) -> tuple[CirceConceptSet, ...]:
    """Read the concept sets of a cohort definition, or a concept set that was exported alone.

    Raises:
        ValueError: When there is none, or one cannot be understood.
    """
    raw, title = _unwrap(_parse(text, file), file)
    listed = [{"id": 0, "name": title, "expression": raw}] if "items" in raw else raw.get("ConceptSets")
    sets, faults = _read_sets(listed)
    if faults:
        raise ValueError(_say_faults(faults, file))
    if not sets:
        raise ValueError(f"{file} holds no concept set")
    return tuple(sets)


def _parse(text: str, file: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(text.rstrip("\0"))  # some programs end a file with the sign that ends a text in C
    except json.JSONDecodeError as error:
        raise ValueError(f"{file} is not valid JSON (line {error.lineno})") from None
    except (RecursionError, ValueError):
        raise ValueError(f"{file} is not valid JSON that can be read: it is nested too deeply") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{file} is no cohort definition and no concept set of ATLAS")
    return raw


def _unwrap(raw: Mapping[str, Any], file: str) -> tuple[Mapping[str, Any], str]:
    """Take the expression out of what the WebAPI wraps around it, and find the title."""
    title = raw.get("name") or raw.get("Title") or raw.get("cohortName")
    inner = raw.get("expression")
    if isinstance(inner, str):
        inner = _parse(inner, file)
    if isinstance(inner, dict) and "PrimaryCriteria" not in raw:
        raw = inner
        title = title or raw.get("Title")
    return raw, title.strip() if isinstance(title, str) and title.strip() else file.removesuffix(".json")


def _read_sets(raw: Any) -> tuple[list[CirceConceptSet], list[str]]:
    read = Reader()
    sets = []
    for where, one in read.items(raw, "ConceptSets"):
        written = one if isinstance(one, dict) else {}
        number = read.whole(written.get("id"), f"{where}.id")
        inner = written.get("expression")
        items = read.items(inner.get("items") if isinstance(inner, dict) else None, f"{where}.expression.items")
        if number is not None:
            concepts = tuple(_read_concepts(read, items))
            sets.append(CirceConceptSet(number, str(written.get("name") or f"concept set {number}").strip(), concepts))
    numbers = [one.number for one in sets]
    read.faults += [f"ConceptSets: two sets have the number {one}" for one in {*numbers} if numbers.count(one) > 1]
    return sets, read.faults


def _read_concepts(read: Reader, items: list[tuple[str, Any]]) -> Iterator[ListedConcept]:
    for where, item in items:
        written = read.keys(item, where, _ITEM)
        concept = written.get("concept")
        ids = read.concepts([concept], f"{where}.concept") if isinstance(concept, dict) else []
        if not ids:
            read.note(where, "names no concept")
            continue
        assert isinstance(concept, dict)
        yield ListedConcept(
            ids[0]["CONCEPT_ID"],
            ids[0]["CONCEPT_NAME"],
            str(concept.get("VOCABULARY_ID") or ""),
            str(concept.get("CONCEPT_CODE") or ""),
            *(read.flag(written.get(key, False), f"{where}.{key}") for key in _ITEM[1:]),
        )


def _say_faults(faults: list[str], file: str) -> str:
    told = sorted(set(faults))
    more = f"; and {len(told) - _MOST_FAULTS} more" if len(told) > _MOST_FAULTS else ""
    many = f"{len(told)} things" if len(told) > 1 else "something"
    return f"{file} asks for {many} that cannot be carried out: {'; '.join(told[:_MOST_FAULTS])}{more}"


def _check_generator(definition: CirceDefinition) -> None:
    """Let the generator make its queries once: what it refuses is a mistake of the file."""
    from duckcdm.circe import CirceError, build_cohort_query

    try:
        build_cohort_query(definition.expression)
    except CirceError as error:
        raise ValueError(f"{definition.file} cannot be made into a query: {error}") from None
