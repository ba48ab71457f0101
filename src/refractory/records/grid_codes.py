"""Codes of what is written in cells: those that the mapping gives, and those in a column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from refractory.codes import Vocabulary
from refractory.errors import RecordsError
from refractory.records.mapping import SourceMapping
from refractory.records.staging import Coding

_VOCABULARIES = {re.sub(r"[^a-z0-9]", "", one.value.lower()): one.value for one in Vocabulary} | {
    "icd10": "ICD10CM", "icd9": "ICD9CM", "snomedct": "SNOMED", "rxcui": "RxNorm", "cpt": "CPT4",
}  # fmt: skip
_PARTED = re.compile(r"[;|,\n]")


def spell_vocabulary(written: str) -> str:
    """Return the name of a coding system as OMOP spells it; one that is not known stays as written.

    Example:
        >>> spell_vocabulary("icd-10-cm"), spell_vocabulary("Invented")
        ('ICD10CM', 'Invented')
    """
    return _VOCABULARIES.get(re.sub(r"[^a-z0-9]", "", written.lower()), written.strip())


def read_codes(written: str, vocabulary: str = "") -> tuple[tuple[str, str], ...]:
    """Read codes with their coding system: "ICD10CM:M33.10; SNOMED:396230008".

    Args:
        written: One or several codes, parted by semicolons, commas, bars or lines.
        vocabulary: The coding system of those that name none.

    Returns:
        Coding system and code; a part without a coding system is left out where `vocabulary` is empty.

    Example:
        >>> read_codes("M33.10", "ICD-10"), read_codes("RxNorm:6851")
        ((('ICD10CM', 'M33.10'),), (('RxNorm', '6851'),))
    """
    found = []
    for part in _PARTED.split(written):
        system, mark, code = part.strip().rpartition(":")
        system = spell_vocabulary(system if mark else vocabulary)
        if system and code.strip():
            found.append((system, code.strip()))
    return tuple(found)


def count_codes(written: str) -> int:
    """Count the codes that are written, with a coding system or without.

    Example:
        >>> count_codes("ICD10CM:M33.10; M33.12")
        2
    """
    return sum(bool(part.strip()) for part in _PARTED.split(written))


@dataclass
class CodeBook:
    """The codes of a mapping, by kind of record and written text, and what had none.

    Args:
        known: Codings by kind and text in lower case; an empty tuple: known to have none.
        uncoded: Different texts without a code by place, to be counted.
    """

    known: Mapping[str, Mapping[str, tuple[Coding, ...]]]
    uncoded: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    uncoded_cells: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def find(self, kind: str, text: str) -> tuple[Coding, ...] | None:
        """Return the codings that the mapping gives a text; None where it does not name the text."""
        return self.known.get(kind, {}).get(_plain(text))

    def count_uncoded(self, grid: str, kind: str, column: str, text: str) -> None:
        """Remember that a text has no code."""
        place = (grid, kind, column)
        self.uncoded.setdefault(place, set()).add(_plain(text))
        self.uncoded_cells[place] = self.uncoded_cells.get(place, 0) + 1


def build_code_book(mapping: SourceMapping) -> CodeBook:
    """Read the codes of a mapping.

    Raises:
        RecordsError: When a code does not name its coding system.
    """
    known: dict[str, dict[str, tuple[Coding, ...]]] = {}
    for kind, texts in mapping.codes.items():
        for text, codes in texts.items():
            codings = [Coding(system, code, text) for one in codes for system, code in read_codes(one)]
            if len(codings) < sum(map(count_codes, codes)):
                raise RecordsError(
                    "A code names no coding system.",
                    where=f'[codes.{kind}], "{text}"',
                    remedy='write it like "RxNorm:6851" or "ICD10CM:M33.10"',
                )
            known.setdefault(kind, {})[_plain(text)] = tuple(codings)
    return CodeBook(known)


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
