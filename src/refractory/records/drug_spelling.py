"""Names that are nearly spelled right: what somebody meant who typed a drug's name in haste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations

# Shorter names are too near to other words to be guessed at.
_SHORTEST, _LONG = 8, 12
_MOST_CHANGES = 2
# Endings that many drugs share: two changed letters there would be another drug.
_SHARED_ENDINGS = ("mab", "nib", "mus", "sone", "lone", "cept", "mide", "cin")


class Spellings:
    """Names by which a misspelt word can be looked up, at most one or two letters off.

    A word counts only when it is plain which drug was meant: no other drug's name is as near, and for words that are
    two letters off none is within three.

    Args:
        meaning: What each name stands for; names are in small letters without accents and blanks.
        words: Words that are near to a name and mean something else.
    """

    def __init__(self, meaning: Mapping[str, str], words: Iterable[str] = ()) -> None:
        self._meaning = {name: what for name, what in meaning.items() if len(name) >= _SHORTEST and name.isalpha()}
        self._words = frozenset(words)
        self._known: dict[str, str | None] = {}
        self._longest = max(map(len, self._meaning), default=0) + _MOST_CHANGES

    @cached_property
    def _by_rest(self) -> Mapping[str, tuple[str, ...]]:
        """Names by what is left of them when letters are taken out."""
        found: dict[str, list[str]] = {}
        for name in self._meaning:
            for rest in _rests(name):
                found.setdefault(rest, []).append(name)
        return {rest: tuple(names) for rest, names in found.items()}

    def find_name(self, word: str) -> str | None:
        """Find the name that a word was meant to be; None when it is no name, or not plain which."""
        # What is left of a word without two of its letters are as many texts as the square of its length.
        if not _SHORTEST <= len(word) <= self._longest or not word.isalpha() or word in self._words:
            return None
        if word not in self._known:
            self._known[word] = self._find(word)
        return self._known[word]

    def _find(self, word: str) -> str | None:
        near = {name for rest in _rests(word) for name in self._by_rest.get(rest, ())}
        distances = sorted((count_changes(word, name), name) for name in near)
        if not distances:
            return None
        best, name = distances[0]
        if best > (2 if _may_be_two_off(word) and _may_be_two_off(name) else 1):
            return None
        rivals = [far for far, other in distances if self._meaning[other] != self._meaning[name]]
        return name if all(far > (best if best == 1 else 3) for far in rivals) else None


def _may_be_two_off(name: str) -> bool:
    return len(name) >= _LONG and not name.endswith(_SHARED_ENDINGS)


def _rests(name: str) -> set[str]:
    """What is left of a name without one letter, and without two where it is long."""
    rests = {name}
    for many in (1, 2) if len(name) >= _LONG - 2 else (1,):
        for out in combinations(range(len(name)), many):
            rests.add("".join(letter for place, letter in enumerate(name) if place not in out))
    return rests


def count_changes(one: str, other: str) -> int:
    """Count the letters to add, take away, change or swap with a neighbour to turn one word into another.

    Source:
        The restricted distance of Damerau and Levenshtein.

    Example:
        >>> count_changes("prednisone", "prednisolone"), count_changes("predinsone", "prednisone")
        (2, 1)
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, against in enumerate(other, start=1):
            least = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                least = min(least, before[column - 2] + 1)
            line.append(least)
        before, above = above, line
    return above[-1]
