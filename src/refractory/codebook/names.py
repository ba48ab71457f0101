"""Names of columns that R, Stata, SPSS and Python take as they are."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 32  # Stata; the others allow 64 and more
_SIGNS = {"%": " percent ", "<": " below ", ">": " above ", "≤": " at most ", "≥": " at least ", "ß": "ss", "µ": "u"}
# Words of a language that cannot be a name there, lower case, Python's own apart.
_RESERVED = {
    "all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with",  # SPSS
    "byte", "double", "float", "int", "long", "if", "in", "using",  # Stata
    "else", "repeat", "while", "function", "for", "next", "break", "true", "false", "null", "inf", "nan", "na",  # R
} | {word.lower() for word in keyword.kwlist}  # fmt: skip
_STATA_STRING = re.compile(r"str(\d+|l)")


def build_names(wanted: Iterable[tuple[str, ...]]) -> list[str]:
    """Build a legal name of each column: at most 32 letters, digits and underscores, a letter first, none twice.

    Args:
        wanted: The parts of each name in order; where the whole is too long, the second part gives way.

    Example:
        >>> build_names([("day0_date",), ("feature", "muscle weakness"), ("feature", "Muscle weakness!")])
        ['day0_date', 'feature_muscle_weakness', 'feature_muscle_weakness_2']
        >>> build_names([("safety", "Acute renal failure or dialysis", "first_day")])
        ['safety_acute_renal_fai_first_day']
    """
    names: list[str] = []
    taken: set[str] = set()
    for parts in wanted:
        number = 1
        while (name := _join(parts, "" if number == 1 else str(number))) in taken:
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _join(parts: tuple[str, ...], number: str) -> str:
    first, about, *rest = *map(_spell, parts), *[""] * (2 - min(2, len(parts)))
    rest = [one for one in (number, *rest) if one]
    ends = sum(len(one) + 1 for one in rest)
    if about:
        first += "_" + about[: max(1, LONGEST - len(first) - 1 - ends)].strip("_")
    name = "_".join([first[: LONGEST - ends].strip("_") or "x", *rest])
    if not name[0].isalpha():
        name = f"x_{name}"[:LONGEST]
    return f"{name}_x" if name in _RESERVED or _STATA_STRING.fullmatch(name) else name


def _spell(words: str) -> str:
    for sign, said in _SIGNS.items():
        words = words.replace(sign, said)
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
