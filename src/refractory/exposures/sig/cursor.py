"""A place in the words of a direction, from which rules read and to which they return when they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from refractory.exposures.sig.kinds import END, Kind, Word

Read = TypeVar("Read")


@dataclass
class Cursor:
    """The words of a direction and how far they are read.

    Args:
        words: All words.
        at: The next word.
        bare_unit: Unit of a number without one; "unit" for what is counted.
        elements: What was read so far.
    """

    words: Sequence[Word]
    at: int = 0
    bare_unit: str = "unit"
    elements: list[object] = field(default_factory=list)

    def word(self, ahead: int = 0) -> Word:
        """The word that many places ahead; END behind the last."""
        place = self.at + ahead
        return self.words[place] if 0 <= place < len(self.words) else END

    def kind(self, ahead: int = 0) -> Kind:
        """The kind of the word that many places ahead."""
        return self.word(ahead).kind

    def take(self, *kinds: Kind) -> Word | None:
        """Read the next word when it is of one of the kinds."""
        if self.kind() in kinds and self.at < len(self.words):
            self.at += 1
            return self.words[self.at - 1]
        return None

    def skip(self, *kinds: Kind) -> None:
        """Read over all next words of the kinds."""
        while self.take(*kinds):
            pass

    def attempt(self, rule: Callable[[Cursor], Read | None]) -> Read | None:
        """Read by a rule; nothing is read when it does not fit."""
        mark = self.at
        found = rule(self)
        if found is None:
            self.at = mark
        return found

    def text_since(self, mark: int) -> str:
        """The words that were read since a place."""
        return " ".join(word.text for word in self.words[mark : self.at])
