"""Files of cohort definitions and concept sets of ATLAS, beside the protocol that names them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, ValidationInfo, WithJsonSchema

from refractory.codes import Vocabulary, read_code
from refractory.definition import FOLDER
from refractory.records.circe.definition import (
    CirceConceptSet,
    CirceDefinition,
    ListedConcept,
    parse_concept_sets,
    parse_definition,
)

_MOST_BYTES = 50 << 20


def _read_key(name: Any, context: ValidationInfo) -> Any:
    if not isinstance(name, str):
        return name
    return read_circe_definition(name, (context.context or {}).get(FOLDER))


# A key of a protocol: the name of a file in it, the definition after it was read. What the file says is part of the
# fingerprint of the study.
CirceKey = Annotated[
    InstanceOf[CirceDefinition],
    BeforeValidator(_read_key),
    PlainSerializer(lambda definition: f"{definition.file} {definition.content}"),
    WithJsonSchema({"type": "string"}),
]


def read_circe_definition(name: str, folder: Path | None) -> CirceDefinition:
    """Read a cohort definition.

    Args:
        name: The file, as the protocol names it.
        folder: Where the protocol lies; None where it lies nowhere.

    Raises:
        ValueError: When the file is not there, lies outside the folder, or asks for something that is not supported.
    """
    return _parse_definition(_read(name, folder), name)


def read_circe_concept_set(name: str, folder: Path | None) -> CirceConceptSet:
    """Read a concept set: `file.json`, or `file.json#Name of the set` where the file holds several.

    Raises:
        ValueError: When the file is not there, lies outside the folder, or holds no such set.
    """
    file, _, wanted = name.partition("#")
    sets = parse_concept_sets(_read(file, folder), file)
    if not wanted and len(sets) == 1:
        return sets[0]
    found = [one for one in sets if one.name.casefold() == wanted.strip().casefold()]
    if len(found) != 1:
        names = ", ".join(f'"{one.name}"' for one in sets[:20])
        several = "is there more than once" if found else "is not there" if wanted else "is not named"
        raise ValueError(f'{file}: the concept set {several}; write "{file}#NAME". There are: {names}')
    return found[0]


# Coding systems of a study, by the names that OMOP gives them.
_CODED = ("ICD10CM", "ICD9CM", "SNOMED", "RxNorm", "ATC", "HCPCS", "CPT4", "LOINC", "NDC")


def write_codes_of(name: str, folder: Path | None) -> dict[str, Any]:
    """Write a concept set of ATLAS as a study writes one: concepts of OMOP, and what is excluded.

    A concept that brings its own code is named by it too, for records that are coded and have no concept of OMOP. The
    codes that map to a concept need no mention: a record that has such a code has the concept too.

    Args:
        name: The file and the set, as the protocol names them.
        folder: Where the protocol lies.

    Raises:
        ValueError: When there is no such set, or it names nothing.
    """
    found = read_circe_concept_set(name, folder)
    sides: dict[bool, dict[str, list[str]]] = {False: {}, True: {}}
    for one in found.concepts:
        sign = "+" if one.with_descendants else ""
        codes = sides[one.is_excluded]
        codes.setdefault("OMOP", []).append(f"{one.concept_id}{sign}")
        written = _write_code(one, sign)
        if written:
            codes.setdefault(one.vocabulary, []).append(written)
    if not sides[False]:
        raise ValueError(f"{name} names no concept that is not excluded")
    return {**sides[False], **({"exclude": sides[True]} if sides[True] else {})}


def _write_code(one: ListedConcept, sign: str) -> str:
    """Write the own code of a concept; empty where a study has no such coding system, or the code is none of it."""
    if one.vocabulary not in _CODED or not one.code:
        return ""
    written = one.code + ("*" if sign and one.vocabulary.startswith("ICD") else sign)
    try:
        read_code(Vocabulary(one.vocabulary), written)
    except ValueError:
        return ""
    return written


@cache
def _parse_definition(text: str, name: str) -> CirceDefinition:
    # The alternatives of a study are each checked as a whole: the same file is read many times.
    return parse_definition(text, name)


def _read(name: str, folder: Path | None) -> str:
    if folder is None:
        raise ValueError(f"{name} can only be read for a protocol that is a file: it lies beside it")
    base = folder.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(base):
        raise ValueError(f"{name} lies outside the folder of the protocol; put a copy beside it")
    if not path.is_file():
        raise ValueError(f"there is no file {name} beside the protocol")
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"{name} is larger than {_MOST_BYTES >> 20} MB, which no cohort definition is")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not UTF-8") from None
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from None
