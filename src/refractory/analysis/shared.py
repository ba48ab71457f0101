"""Results that may be sent to others: what marks them as such, so that nothing else can be printed in their place."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.results import Results

# What stands in the place of the words of a caution whose numbers are not shared.
NOT_SHARED = "What else stands behind this caution is not shared."


@dataclass(frozen=True)
class SuppressedEstimate:
    """An estimate that the shared results name and do not tell; the mark says whether its own count is small."""

    id: str
    stratum: str
    variable: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class SharedResults(Results):
    """Results that may be sent to others: without small counts, and without what would give them away.

    Args:
        smallest_count: Smallest count of persons that they tell.
        suppressed: The estimates that are named and not told.
        withheld: What else the team's report has and this one does not, in words.
    """

    smallest_count: int
    suppressed: tuple[SuppressedEstimate, ...] = ()
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows about single persons: nothing that is shared may hold one."""
        if self.listings or self.person_figures:
            raise ValueError("shared results hold no row and no figure about a single person")
