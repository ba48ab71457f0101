"""Cells that tell a value before and one after: "40→20", "40 mg -> 20 mg", "15 to 5", "20 (no change)"."""

from __future__ import annotations

import re

_TO = re.compile(r"\s*(?:[→⇒➔➝➞]|[-–—=]*>|(?<=\s)(?:to|then|auf|dann|puis|a|à|hasta|poi)(?=\s))\s*", re.IGNORECASE)
_SAME = re.compile(
    r"(?P<value>\S.*?)[\s,;:(]+(?:no change|unchanged|same|stable|unverändert|gleich|inchangée?|stationnaire"
    r"|sin cambios|invariat[oa])\)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d+(?:[.,]\d+)?(?:\s*mg)?)\s*/\s*(\d+(?:[.,]\d+)?(?:\s*mg(?:/d(?:ay)?)?)?)", re.IGNORECASE)
_VALUE = re.compile(r"(?:off|none|nil|stopped|[<>~]?\s*\d+(?:[.,]\d+)?(?:\s*[a-zµ/]+)*)", re.IGNORECASE)


def read_values(text: str, *, is_slashed: bool = False) -> tuple[str, ...]:
    """Read the values that a cell tells one after the other; one that did not change is told twice.

    Args:
        text: The cell.
        is_slashed: True where it is known that a slash parts them: "20/5", which elsewhere is 20 of 5.

    Example:
        >>> read_values("40→20"), read_values("40 mg -> 20 -> off"), read_values("20 (no change)"), read_values("20")
        (('40', '20'), ('40 mg', '20', 'off'), ('20', '20'), ('20',))
        >>> read_values("40-60"), read_values("switched to MMF")
        (('40-60',), ('switched to MMF',))
        >>> read_values("20/5"), read_values("20/5", is_slashed=True)
        (('20/5',), ('20', '5'))
    """
    said = text.strip()
    if is_slashed and (parted := _SLASHED.fullmatch(said)):
        return (parted[1], parted[2])
    if same := _SAME.fullmatch(said):
        return (same["value"].strip(), same["value"].strip())
    parts = [part.strip() for part in _TO.split(said)]
    # What stands behind an arrow may be unknown ("40→?"), what stands before it must be a value.
    is_told = len(parts) > 1 and all(_VALUE.fullmatch(part) for part in parts[:-1])
    return tuple(parts) if is_told and (_VALUE.fullmatch(parts[-1]) or not parts[-1].strip("? ")) else (said,)
