"""A place in the words of a direction, from which rules read and to which they return when they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from refractory.exposures.sig.kinds import END, Kind, Word

Read = TypeVar("Read")


@dataclass(frozen=True)
class Bare:
    """The unit of a column: what a number without a unit is.

    Args:
        unit: The unit, "" where it is not known.
        factor: What one of the column's unit is in it.
        over_days: Days that a number is for, where the column says it ("mg/week").
    """

    unit: str = ""
    factor: float = 1.0
    over_days: float | None = None


# How many words a rule may look ahead, and one behind.
_FARTHEST = 16


class Cursor:
    """The words of a direction and how far they are read.

    Args:
        words: All words.
        bare: What a number without a unit counts, in a column of doses; None for a direction, where it counts tablets.
    """

    def __init__(self, words: Sequence[Word], bare: Bare | None = None) -> None:
        # The last END is what stands before the first word.
        self.words = [*words, *[END] * _FARTHEST]
        self.kinds = [word.kind for word in self.words]
        self.bare = bare
        self.at = 0
        self.elements: list[object] = []
        self.numbers: dict[int, tuple[float | None, int]] = {}

    def word(self, ahead: int = 0) -> Word:
        """The word that many places ahead; END behind the last and before the first."""
        return self.words[self.at + ahead]

    def kind(self, ahead: int = 0) -> Kind:
        """The kind of the word that many places ahead."""
        return self.kinds[self.at + ahead]

    def take(self, *kinds: Kind) -> Word | None:
        """Read the next word when it is of one of the kinds."""
        if self.kinds[self.at] in kinds:
            self.at += 1
            return self.words[self.at - 1]
        return None

    def skip(self, *kinds: Kind) -> None:
        """Read over all next words of the kinds."""
        while self.kinds[self.at] in kinds:
            self.at += 1

    def attempt(self, rule: Callable[[Cursor], Read]) -> Read:
        """Read by a rule; nothing is read when it does not fit."""
        mark = self.at
        found = rule(self)
        if found is None:
            self.at = mark
        return found

    def attempt_first(self, rules: Sequence[Callable[[Cursor], Read]]) -> Read | None:
        """Read by the first rule that fits."""
        for rule in rules:
            if (found := self.attempt(rule)) is not None:
                return found
        return None

    def text_since(self, mark: int) -> str:
        """The words that were read since a place."""
        return " ".join(word.text for word in self.words[mark : self.at])
