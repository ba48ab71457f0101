"""What the shared tables are made of: the counts that are shown, and what stands in the place of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.analysis.baseline_groups import with_and_without
from refractory.analysis.disclosure.cohort_traits import YES
from refractory.analysis.disclosure.limits import Mark
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM, Place
from refractory.analysis.disclosure.requirements import DID_NOT, RESPONDED
from refractory.analysis.disclosure.suppress import SharedCounts
from refractory.analysis.estimates import Plan
from refractory.analysis.results import NamedEstimate
from refractory.numbers import format_share
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate

SUPPRESSED = "suppressed"
NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Sharing:
    """What the shared tables are made of.

    Args:
        patients: The analysis set, in the order of the bits of the linked counts.
        plan: What the protocol chose.
        counts: Which counts are shared.
        estimates: The estimates that are shared, by id.
    """

    patients: Sequence[Patient]
    plan: Plan
    counts: SharedCounts
    estimates: Mapping[str, NamedEstimate]

    def say(self, trait: str, answer: str, group: str = ALL) -> str | int:
        """Return a count, or the mark in its place."""
        place = (trait, answer, group)
        return self.counts.cohort.count(place) if self.counts.is_shown(*place) else self.mark(place)

    def mark(self, place: Place) -> str:
        """Return what stands in the place of a count that is not shared."""
        few = f"<{self.counts.limit.smallest}"
        return {Mark.FEW: few, Mark.WITHHELD: NOT_SHOWN}.get(self.counts.mark(*place), SUPPRESSED)

    def say_share(self, trait: str, answer: str, group: str = ALL) -> str:
        """Return a count with the size of its group, and in per cent; or the mark in its place."""
        place = (trait, answer, group)
        if not self.counts.is_shown(*place):
            return self.mark(place)
        among = self.counts.cohort.persons_in(group).bit_count()
        return format_share(self.counts.cohort.count(place), among)

    def say_estimate(self, estimate_id: str) -> Estimate | str:
        """Return an estimate where it is shared."""
        named = self.estimates.get(estimate_id)
        return SUPPRESSED if named is None else named.estimate

    def find_groups(self) -> dict[str, str]:
        """Return the columns of table 1 whose sizes are shared: name and group."""
        groups = {"All": ALL}
        if self.counts.may_break_down(STRATUM):
            groups |= {group.partition(":")[2]: group for group in self.counts.cohort.groups(STRATUM)}
        if self.counts.may_break_down(RESPONSE):
            names = with_and_without(self.plan.response)
            groups |= {name: f"{RESPONSE}:{status}" for name, status in zip(names, (RESPONDED, DID_NOT), strict=True)}
        return groups


def may_add_up(counts: SharedCounts, trait: str, group: str) -> bool:
    """Say whether the mean of a number that adds up counts leaves those of them open that are suppressed.

    A mean number of drugs times the persons is the sum of the persons with each drug. Over everybody the suppressed
    counts among those bound each other, and each must keep enough values. Within a group none may be suppressed: the
    sums of several groups would bound them together.
    """
    cohort, limit = counts.cohort, counts.limit
    if trait != "known.drugs_before":
        return True
    hidden = [name for name in cohort.added_up if not counts.is_shown(name, YES, group)]
    if group != ALL or not hidden:
        return not hidden
    places = [(name, YES, ALL) for name in hidden]
    spans = [counts.ranges.get(place, (0, cohort.persons)) for place in places]
    total = sum(map(cohort.count, places))
    least, most = (sum(span[end] for span in spans) for end in (0, 1))
    left = (min(high, total - least + low) - max(low, total - most + high) + 1 for low, high in spans)
    return min(left) >= limit.enough
