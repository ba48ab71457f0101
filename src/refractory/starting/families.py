"""Columns that come again and again: "ivig_1_date", "ivig_2_date", "3rd infusion"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from refractory.starting import words
from refractory.starting.looks import ColumnLook

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
_NUMBER = re.compile(rf"(?<!\d)(\d{{1,2}})(?!\d)(?:st|nd|rd|th)?|\b({'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_MOST = 60


@dataclass(frozen=True)
class Family:
    """Repeated columns.

    Args:
        pattern: Their name with {n} for the number.
        members: Columns by their number.
    """

    pattern: str
    members: dict[int, ColumnLook]


def find_families(looks: Sequence[ColumnLook]) -> tuple[Family, ...]:
    """Find columns whose names differ in a number that counts from 1 (or 0); a column belongs to one at most."""
    by_pattern: dict[str, dict[int, ColumnLook]] = defaultdict(dict)
    for look in looks:
        for found in _NUMBER.finditer(look.name):
            number = int(found[1]) if found[1] else _ORDINALS.index(found[2].lower()) + 1
            pattern = look.name[: found.start()] + "{n}" + look.name[found.end() :]
            if number <= _MOST and "{" not in look.name and not _is_time(look.plain, number):
                by_pattern[pattern.lower()].setdefault(number, look)
    families, taken = [], set()
    for members in sorted(by_pattern.values(), key=lambda one: -len(one)):
        free = {number: look for number, look in members.items() if look.place not in taken}
        if len(free) < 2 or min(free) > 1 or max(free) > 3 * len(free):
            continue
        first = free[min(free)]
        found = next(
            one
            for one in _NUMBER.finditer(first.name)
            if (int(one[1]) if one[1] else _ORDINALS.index(one[2].lower()) + 1) == min(free)
            and _fits(first.name, one, free)
        )
        families.append(
            Family(first.name[: found.start()] + "{n}" + first.name[found.end() :], dict(sorted(free.items())))
        )
        taken |= {look.place for look in free.values()}
    return tuple(sorted(families, key=lambda one: min(look.place for look in one.members.values())))


def _fits(name: str, found: re.Match[str], members: dict[int, ColumnLook]) -> bool:
    """Say whether a place of a number is the one in which the names differ."""
    head, tail = name[: found.start()].lower(), name[found.end() :].lower()
    return all(look.name.lower().startswith(head) and look.name.lower().endswith(tail) for look in members.values())


def _is_time(plain: str, number: int) -> bool:
    """Say whether a number counts months or weeks: "pred 6mo" is no sixth prednisone."""
    for pattern in (words.MONTHS, words.WEEKS):
        for found in pattern.finditer(plain):
            if int(found[1] or found[2]) == number:
                return True
    return bool(re.search(rf"(?:mmt|sf|cdasi v|anti) ?{number}\b|\bm {number}\b", plain))
