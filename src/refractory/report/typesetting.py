"""How text is set on the page: characters that a page may hold, spaces that do not break, a true minus."""

from __future__ import annotations

import re
from functools import lru_cache

NARROW_SPACE = "\u202f"
FIXED_SPACE = "\u00a0"
MINUS = "\u2212"
PLACE_HOLDER = "\ufffd"

# XML 1.0, section 2.2: characters that no document may hold. Added: lone surrogates, which have no bytes, and the
# marks that turn the direction of writing, with which a concept name could rearrange the line that it stands in.
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_WHITE_SPACE = re.compile(r"[ \t\r\n\u2028\u2029]+")

_SETTING_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\d) %"), f"{NARROW_SPACE}%"),
    (re.compile(r"(?<=%) CI (?=[\d\u2212-])"), f"{FIXED_SPACE}CI{FIXED_SPACE}"),
    (re.compile(r" ± "), f"{FIXED_SPACE}±{FIXED_SPACE}"),
    (re.compile(r"\b([PpNnk]) ([=<>≤≥]) (?=\d)"), rf"\1{FIXED_SPACE}\2{FIXED_SPACE}"),
    (re.compile(r"(?<=\d) to (?=[\u2212-]?\d)"), f"{FIXED_SPACE}to{FIXED_SPACE}"),
    # A hyphen before a number is a minus unless a letter, a digit or another hyphen stands before it: windows and
    # differences turn, dates and codes stay.
    (re.compile(r"(?<![\w\u2013-])-(?=\d)"), MINUS),
    (re.compile(r"(?<=[^\W\d])'(?=[^\W\d])|(?<=[^\W\d]s)'(?=\s)"), "’"),
    # Straight quotes turn only in pairs that stand around words: inches, codes and markup stay.
    (re.compile(r'(?<![^\s(\[])"(?=\S)([^"]*[^"\s])"(?![^\s.,;:)\]])'), r"“\1”"),
)


def clean_text(text: str) -> str:
    """Return the text without what a page cannot hold, each such character shown as a replacement mark.

    Example:
        >>> clean_text("skin\\n alone\\x00")
        'skin alone\ufffd'
    """
    return _WHITE_SPACE.sub(" ", _NOT_PRINTABLE.sub(PLACE_HOLDER, text))


# The forms of a report set the same texts.
@lru_cache(maxsize=8192)
def set_text(text: str) -> str:
    """Return the text as a compositor sets it: numbers keep their signs and units on one line.

    Example:
        >>> ascii(set_text("35/42 (83 %), P = 0.03, window [-90, -1]"))
        "'35/42 (83\\\\u202f%), P\\\\xa0=\\\\xa00.03, window [\\\\u221290, \\\\u22121]'"
    """
    text = clean_text(text)
    for pattern, replacement in _SETTING_RULES:
        text = pattern.sub(replacement, text)
    return text
