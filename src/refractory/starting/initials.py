"""The first letters of names, which tell nobody apart and identify persons."""

from __future__ import annotations

import re

from refractory.starting.looks import ColumnLook

_INITIALS = re.compile(r"[A-ZÄÖÜ]\.[ -]?[A-ZÄÖÜ]\.(?:[ -]?[A-ZÄÖÜ]\.)?")


def are_initials(look: ColumnLook) -> bool:
    """Say whether most cells are the first letters of a name: "A.B.", "J. D."; without dots they may be a word: CR."""
    letters = sum(bool(_INITIALS.fullmatch(look.first_spelling[text])) * count for text, count in look.texts.items())
    return look.filled > 2 and len(look.texts) > 2 and letters >= 0.8 * look.filled
