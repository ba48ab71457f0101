"""Which counts are too small to be shared, and which of several counts give a small one away together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from refractory.analysis.disclosure.linked_counts import ALL, LinkedCohort


class Mark(StrEnum):
    """What a reader sees in the place of a count."""

    SHOWN = "shown"
    FEW = "few"  # one of the small counts
    SUPPRESSED = "suppressed"  # not small, but it would give a small one away
    WITHHELD = "withheld"  # not even whether it is small


@dataclass(frozen=True)
class Limit:
    """Which counts of persons are small.

    Args:
        smallest: Smallest count that is shared.
        zeros_shown: Whether 0 is shared.
    """

    smallest: int
    zeros_shown: bool = True

    @property
    def least(self) -> int:
        """The least of the small counts."""
        return 1 if self.zeros_shown else 0

    @property
    def enough(self) -> int:
        """How many values of a suppressed count a reader must be unable to tell apart."""
        return max(2, self.smallest // 2)

    def is_small(self, count: int) -> bool:
        """Say whether a count may not be shared."""
        return self.least <= count < self.smallest

    def is_at_risk(self, count: int, among: int) -> bool:
        """Say whether a count, or the rest of those among whom it was counted, may not be shared."""
        return self.is_small(count) or self.is_small(among - count)


@dataclass
class Known:
    """The groups of persons whose number is shared so far: a later count must not give one away by subtraction.

    That one group lies within another is taken as known to the reader wherever it is so: the rule of the protocol may
    say it (lower by 50 % is lower by 40 %), and where it does not, a little too much is suppressed.
    """

    cohort: LinkedCohort
    limit: Limit
    groups: list[tuple[int, str, str]] = field(default_factory=list)
    _persons: set[int] = field(default_factory=set)

    def add(self, persons: int, group: str, trait: str) -> None:
        """Note that the number of these persons is shared."""
        self.groups.append((persons, group, trait))
        self._persons |= {persons, self.cohort.everybody() & ~persons}

    def holds(self, persons: int) -> bool:
        """Say whether the number of these persons, or of all others, is shared already."""
        return persons in self._persons

    def gives_away(self, persons: int, group: str, trait: str) -> bool:
        """Say whether the number of these persons, beside what is shared, gives a small number away."""
        return any(
            self._is_small_beside(persons, other, within)
            for other, other_group, other_trait in self.groups
            if other_trait != trait
            for within in self._find_wholes(group, other_group)
        )

    def _find_wholes(self, group: str, other: str) -> Iterator[int]:
        yield self.cohort.everybody()
        if group == other != ALL:
            yield self.cohort.persons_in(group)

    def _is_small_beside(self, persons: int, other: int, whole: int) -> bool:
        """Say whether two groups, one within the other or apart, leave a small rest."""
        parts = (persons & other, persons & ~other, other & ~persons, whole & ~(persons | other))
        if all(parts):
            return False
        # A rest of nobody is no person's: it stays what the records say, however zeros are shared.
        return any(part and self.limit.is_small(part.bit_count()) for part in parts)
