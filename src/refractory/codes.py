"""Codes: which coding systems there are, how a code is written in each, and when two spellings are one code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Vocabulary(StrEnum):
    """A coding system, named as OMOP names it; SOURCE stands for the source's own texts."""

    ICD10CM = "ICD10CM"
    ICD9CM = "ICD9CM"
    SNOMED = "SNOMED"
    RXNORM = "RxNorm"
    ATC = "ATC"
    HCPCS = "HCPCS"
    CPT4 = "CPT4"
    LOINC = "LOINC"
    NDC = "NDC"
    OMOP = "OMOP"
    SOURCE = "source"


@dataclass(frozen=True)
class Writing:
    """How codes of one coding system are written.

    Args:
        title: What people call the system.
        whole: Pattern of a whole code, upper-case.
        beginning: Pattern of what may stand before a *; None where the system's codes have no meaningful beginning.
        has_descendants: True where OMOP keeps a hierarchy of the system's codes, so that + means something.
        rule: What the system allows, for the reader of an error.
    """

    title: str
    whole: re.Pattern[str]
    beginning: re.Pattern[str] | None
    has_descendants: bool
    rule: str


def _writing(title: str, whole: str, beginning: str | None, has_descendants: bool, rule: str) -> Writing:
    return Writing(title, re.compile(whole), re.compile(beginning) if beginning else None, has_descendants, rule)


WRITINGS: dict[Vocabulary, Writing] = {
    # Chapters end in letters (C4A, O9A, Z3A); the fourth to seventh characters stand after the dot.
    Vocabulary.ICD10CM: _writing(
        "ICD-10-CM",
        r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?",
        r"[A-Z](?:\d(?:[0-9A-Z](?:\.?[0-9A-Z]{0,4})?)?)?",
        False,
        'a letter, a digit, a letter or digit, then a dot and one to four more ("M33.13"); * ends a prefix ("M33.1*")',
    ),
    Vocabulary.ICD9CM: _writing(
        "ICD-9-CM",
        r"(?:\d{3}(?:\.?\d{1,2})?|V\d{2}(?:\.?\d{1,2})?|E\d{3}(?:\.?\d)?)",
        r"(?:\d{1,3}|\d{3}\.?\d{0,2}|V(?:\d{1,2}|\d{2}\.?\d{0,2})?|E(?:\d{1,3}|\d{3}\.?\d?)?)",
        False,
        'three digits (V and two, E and three), then a dot and one or two more ("710.3"); * ends a prefix ("516*")',
    ),
    Vocabulary.SNOMED: _writing(
        "SNOMED CT", r"\d{6,18}", None, True, '6 to 18 digits ("396230008"); + takes descendants along ("396230008+")'
    ),
    Vocabulary.RXNORM: _writing(
        "RxNorm", r"\d{1,8}", None, True, '1 to 8 digits ("6851"); + takes descendants along ("6851+")'
    ),
    Vocabulary.ATC: _writing(
        "ATC",
        r"[A-Z](?:\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?)?",
        r"[A-Z](?:\d{1,2}|\d{2}[A-Z]{1,2}|\d{2}[A-Z]{2}\d{1,2})?",
        True,
        'a code of one of the five levels ("L", "L04", "L04A", "L04AX", "L04AX03"); '
        '* ends a prefix ("H02AB*"), + takes descendants along ("L04AX03+")',
    ),
    Vocabulary.HCPCS: _writing(
        "HCPCS",
        r"[A-V]\d{4}",
        r"[A-V]\d{0,4}",
        True,
        'a letter from A to V and four digits ("J1569"); * ends a prefix, + takes descendants along',
    ),
    Vocabulary.CPT4: _writing(
        "CPT",
        r"\d{4}[0-9A-Z]",
        r"\d{1,4}",
        True,
        'five digits, or four and a letter ("90283"); * ends a prefix, + takes descendants along',
    ),
    Vocabulary.LOINC: _writing(
        "LOINC",
        r"(?:\d{1,7}|L[AP]\d{1,7})-\d",
        None,
        True,
        'digits, a hyphen and a check digit ("2157-6"); + takes descendants along',
    ),
    Vocabulary.NDC: _writing(
        "NDC",
        r"\d{11}|\d{5}-\d{4}-\d{2}|\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d",
        r"\d{1,10}",
        False,
        'eleven digits, or three parts with hyphens ("0069-0310-01"); * ends a prefix of the eleven digits',
    ),
    Vocabulary.OMOP: _writing(
        "OMOP", r"\d{1,18}", None, True, 'a concept id, a whole number (80182); + takes descendants along ("80182+")'
    ),
    Vocabulary.SOURCE: _writing(
        "source text",
        r".*\S.*",
        r".*\S.*",
        False,
        'any text as the source writes it ("CDASI activity"); * ends a prefix',
    ),
}

_LABELS = "|".join(
    (
        *("ICD10CM", "ICD-10-CM", "ICD10", "ICD-10", "ICD9CM", "ICD-9-CM", "ICD9", "ICD-9"),
        *("SNOMEDCT", "SNOMED-CT", "SNOMED", "RXNORM", "RXCUI", "ATC", "HCPCS", "CPT4", "CPT", "LOINC", "NDC"),
    )
)
# What does not tell two codes apart: dots, white space, and the name of the coding system written before a code.
# Written so that Python, DuckDB and PostgreSQL read it alike.
MEANINGLESS = rf"^[ \t\r\n]*({_LABELS})[ \t]*:|[ \t\r\n.]"
_MEANINGLESS = re.compile(MEANINGLESS)


def normalise_code(written: str) -> str:
    """Give the one spelling that all spellings of a code share.

    Upper and lower case, dots, white space and a coding system's name before a colon make no difference.

    Example:
        >>> normalise_code("M33.10"), normalise_code("m3310"), normalise_code("ICD10CM: M33.10")
        ('M3310', 'M3310', 'M3310')
    """
    return _MEANINGLESS.sub("", "".join(map(_upper, written)))


def _upper(character: str) -> str:
    # A database turns one character into one character, where Python makes two letters of the German sharp s.
    if character == "ß":
        return "ẞ"
    upper = character.upper()
    return upper if len(upper) == 1 else character


@dataclass(frozen=True, order=True)
class Code:
    """One code of a concept set.

    Args:
        vocabulary: The coding system.
        text: The code in its one spelling (see `normalise_code`); for NDC the eleven digits.
        is_prefix: True when every code that begins so is meant (written with *).
        with_descendants: True when the codes below it in OMOP's hierarchy are meant too (written with +).
    """

    vocabulary: Vocabulary
    text: str
    is_prefix: bool = False
    with_descendants: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """The ways in which a vocabulary table may write the code: the usual one first.

        Example:
            >>> read_code(Vocabulary.ICD9CM, "7103").spellings
            ('710.3', '7103')
        """
        if self.vocabulary in (Vocabulary.ICD10CM, Vocabulary.ICD9CM):
            before_dot = 4 if self.vocabulary is Vocabulary.ICD9CM and self.text.startswith("E") else 3
            if len(self.text) > before_dot:
                return (f"{self.text[:before_dot]}.{self.text[before_dot:]}", self.text)
        if self.vocabulary is Vocabulary.NDC and not self.is_prefix:
            return (self.text, *_with_hyphens(self.text))
        return (self.text,)

    def __str__(self) -> str:
        return self.spellings[0] + ("*" if self.is_prefix else "") + ("+" if self.with_descendants else "")


def read_code(vocabulary: Vocabulary, written: str) -> Code:
    """Read one code as a protocol or a code list writes it: * ends a prefix, + takes descendants along.

    Raises:
        ValueError: When the coding system has no such code; the text says what it allows.

    Example:
        >>> read_code(Vocabulary.ICD10CM, "m33.1*")
        Code(vocabulary=<Vocabulary.ICD10CM: 'ICD10CM'>, text='M331', is_prefix=True, with_descendants=False)
        >>> str(read_code(Vocabulary.SNOMED, "396230008+"))
        '396230008+'
    """
    if vocabulary is Vocabulary.SOURCE:
        return _read_source_text(written)
    writing = WRITINGS[vocabulary]
    body = re.sub(rf"^\s*{re.escape(vocabulary)}\s*:", "", written, flags=re.IGNORECASE).strip().upper()
    is_prefix, with_descendants = body.endswith("*"), body.endswith("+")
    body = body[:-1].strip() if is_prefix or with_descendants else body
    if is_prefix and writing.beginning is None:
        raise ValueError(f"{writing.title} codes have no prefixes, so {written!r} cannot end in *: {writing.rule}")
    if with_descendants and not writing.has_descendants:
        raise ValueError(
            f"OMOP keeps no descendants of {writing.title} codes, so {written!r} cannot end in +: {writing.rule}"
        )
    pattern = writing.beginning if is_prefix and writing.beginning else writing.whole
    if not pattern.fullmatch(body):
        raise ValueError(f"{written!r} is no {writing.title} code: {writing.rule}")
    text = _eleven_digits(body) if vocabulary is Vocabulary.NDC and not is_prefix else normalise_code(body)
    if vocabulary is Vocabulary.OMOP:
        text = str(int(text))
    return Code(vocabulary, text, is_prefix, with_descendants)


def _read_source_text(written: str) -> Code:
    is_prefix = written.rstrip().endswith("*")
    text = normalise_code(written.rstrip()[:-1] if is_prefix else written)
    if not text or "*" in text:
        raise ValueError(
            f"{written!r} is no source text: {WRITINGS[Vocabulary.SOURCE].rule}, and stands only at the end"
        )
    return Code(Vocabulary.SOURCE, text, is_prefix)


def _eleven_digits(ndc: str) -> str:
    parts = ndc.split("-")
    # The short part of a ten-digit code is filled up with a leading zero: five, four and two digits.
    return ndc if len(parts) == 1 else "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))


def _with_hyphens(ndc: str) -> tuple[str, ...]:
    parts = (ndc[:5], ndc[5:9], ndc[9:])
    # A label prints ten digits: one of the three parts without its leading zero.
    shortened = (
        tuple(part[1:] if place == short else part for place, part in enumerate(parts))
        for short in range(3)
        if parts[short].startswith("0")
    )
    return tuple("-".join(spelling) for spelling in (parts, *shortened))
