"""The counts of one question, by group: which are shown, so that no small one can be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refractory.analysis.disclosure.limits import Known, Mark
from refractory.analysis.disclosure.linked_counts import ALL, RESPONDED, RESPONSE, STRATUM, LinkedCohort, Place, Trait
from refractory.analysis.disclosure.ranges import Arc, Bounds, can_be, find_range


@dataclass(frozen=True)
class MarkedTable:
    """The counts of one question, overall and by the groups of one breakdown.

    Args:
        by: The breakdown; empty where the counts are overall only.
        marks: What a reader sees in each place.
        ranges: The least and the most that each count can be that is not shown.
    """

    by: str
    marks: Mapping[Place, Mark]
    ranges: Mapping[Place, tuple[int, int]]

    @property
    def is_whole(self) -> bool:
        """True when every count is shown."""
        return all(mark is Mark.SHOWN for mark in self.marks.values())


class _Table:
    """The counts of one question while it is decided which of them are shown."""

    def __init__(self, cohort: LinkedCohort, trait: Trait, by: str, known: Known) -> None:
        self.cohort, self.limit, self.known, self.trait = cohort, known.limit, known, trait
        groups = list(cohort.groups(by)) if by else []
        answers = list(trait.answers)
        self.arcs: dict[Place, Arc] = {}
        # Sums that nobody prints: the one column of all rows without a breakdown, and those without a response.
        self.unseen: dict[Arc, Bounds] = {}
        self.rests: list[Arc] = []
        last = len(answers) + max(len(groups), 1)
        for row, answer in enumerate(answers, start=1):
            self.arcs[trait.name, answer, ALL] = (0, row)
            for column, group in enumerate(groups, start=len(answers) + 1):
                is_rest = by == RESPONSE and group != RESPONDED
                self.arcs[trait.name, answer, group] = (last + row if is_rest else row, column)
            if by != STRATUM:
                rest = trait.answers[answer] & ~(cohort.persons_in(RESPONDED) if groups else 0)
                end = last + row if groups else len(answers) + 1
                self.unseen[row, end] = Bounds(0, rest.bit_count(), cohort.persons)
                self.rests += [(row, end)] if groups and self.limit.is_small(rest.bit_count()) else []
        self.has_other_rests = by == RESPONSE and any(map(self._has_small_sum, trait.answers.values()))
        self.counts = {place: cohort.count(place) for place in self.arcs}
        self.shown = {place for place in self.arcs if self._is_known(place)}
        self.risks = {place for place in self.arcs if place not in self.shown and self._is_risk(place)}

    def _has_small_sum(self, persons: int) -> bool:
        """Say whether those with an answer and a response are few, together with one other kind of persons.

        Such sums, as those who are evaluable, do not fit into the network beside those without a response.
        """
        responded, *others = ((persons & group).bit_count() for group in self.cohort.groups(RESPONSE).values())
        return any(responded and other and self.limit.is_small(responded + other) for other in others)

    def _is_known(self, place: Place) -> bool:
        """Say whether a count is no news: nobody, or persons whose number is shared under another name."""
        count, persons = self.counts[place], self.cohort.persons_at(place)
        if count == 0:
            return self.limit.zeros_shown
        is_safe = not self.limit.is_at_risk(count, self.cohort.persons)
        return place[2] == ALL and is_safe and self.known.holds(persons)

    def _is_risk(self, place: Place) -> bool:
        _, _, group = place
        among = self.cohort.persons_in(group).bit_count()
        if self.limit.is_at_risk(self.counts[place], among):
            return True
        return self.known.gives_away(self.cohort.persons_at(place), group, self.trait.name)

    def bound(self, place: Place) -> Bounds:
        """What a reader knows of a count by what stands in its place."""
        count = self.counts[place]
        if place in self.shown:
            return Bounds(count, count, count)
        if self.limit.is_small(count):
            return Bounds(self.limit.least, count, self.limit.smallest - 1)
        return Bounds(min(self.limit.smallest, count), count, self.cohort.persons)

    def bound_all(self) -> dict[Arc, Bounds]:
        """What a reader knows of every count."""
        return {arc: self.bound(place) for place, arc in self.arcs.items()} | self.unseen

    def is_protected(self) -> bool:
        """Say whether every count at risk can still be enough values."""
        arcs = self.bound_all()
        asked = [*(self.arcs[place] for place in self.risks), *self.rests]
        return all(can_be(arcs, arc, self.limit.enough) for arc in asked)

    def show_what_is_safe(self) -> None:
        """Show one count after the other, the first ones first, as long as all that are at risk stay protected."""
        by_rank = sorted(self.arcs, key=lambda place: place[2] != ALL)
        for place in by_rank:
            if place in self.shown or place in self.risks:
                continue
            self.shown.add(place)
            if not self.is_protected():
                self.shown.remove(place)


def suppress_table(cohort: LinkedCohort, trait: Trait, by: str, known: Known) -> MarkedTable | None:
    """Decide which counts of a question are shown, overall and by the groups of a breakdown whose sizes are shared.

    Small counts are not shown, nor those whose rest is small. Of the others as many are shown as can be, the more
    important ones first, so that each of those can still be enough different values, for a reader who knows every
    shown count, every size of a group, and of each suppressed count whether it is small. What is shown in the end
    cannot be more: one count more would give one away.

    Args:
        cohort: All linked counts.
        trait: The question.
        by: The breakdown; empty for none.
        known: What is shared already.

    Returns:
        The marks; None where even the marks alone would give a count away.
    """
    table = _Table(cohort, trait, by, known)
    if table.has_other_rests or not table.is_protected():
        return None
    if table.risks or table.rests:
        table.show_what_is_safe()
    else:
        table.shown = set(table.arcs)
    arcs = table.bound_all()
    ranges = {place: find_range(arcs, arc) for place, arc in table.arcs.items() if place not in table.shown}
    return MarkedTable(by, {place: _mark(table, place) for place in table.arcs}, ranges)


def _mark(table: _Table, place: Place) -> Mark:
    if place in table.shown:
        return Mark.SHOWN
    return Mark.FEW if table.limit.is_small(table.counts[place]) else Mark.SUPPRESSED
