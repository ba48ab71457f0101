"""Answers written as signs: plus is yes, and minus is no where a column has a plus too."""

from __future__ import annotations

from collections.abc import Collection

PLUS = frozenset({"+", "++", "+++", "++++"})
MINUS = frozenset({"-", "--", "–", "—", "−"})  # hyphen, dashes, and the sign of arithmetic
BOTH = frozenset({"+/-", "-/+", "+-", "±", "(+)", "+/−", "+/–"})


def are_signs(texts: Collection[str], nothing: Collection[str]) -> bool:
    """Say whether the texts of a column are signs, so that a minus in it says no and is no empty cell.

    A note behind a sign changes nothing ("+ (rash)"), nor does a word for nothing beside the signs.

    Args:
        texts: The texts of its cells, in small letters.
        nothing: Words that stand for nothing.

    Example:
        >>> are_signs(["+", "-", "n/a"], ["n/a", "-"]), are_signs(["yes", "-"], ["-"]), are_signs(["-", "12"], ["-"])
        (True, False, False)
    """
    said = {text: read_sign(text) for text in texts if text in MINUS or text not in nothing}
    return True in said.values() and all(sign is not None or text in BOTH for text, sign in said.items())


def read_sign(text: str) -> bool | None:
    """Read a sign as yes or no; None where a text is no sign, or both.

    Example:
        >>> read_sign("++"), read_sign("+ (rash)"), read_sign("-"), read_sign("+/-"), read_sign("-5"), read_sign("+2")
        (True, True, False, None, None, None)
    """
    if text in BOTH:
        return None
    first, _, _ = text.replace("(", " (").partition(" ")
    return True if first in PLUS else False if first in MINUS and (first == text or "(" in text) else None
