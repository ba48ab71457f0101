"""Which counts of a cohort are shared: primary and complementary suppression over everything that is shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from refractory.analysis.disclosure.limits import Known, Limit, Mark
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM, LinkedCohort, Place, Trait
from refractory.analysis.disclosure.suppress_table import MarkedTable, suppress_table


@dataclass(frozen=True)
class Hidden:
    """The persons of a suppressed count, and the least and the most that a reader takes for possible."""

    persons: int
    least: int
    most: int


@dataclass
class SharedCounts:
    """Which counts of a cohort are shared; what is not named here is not.

    Args:
        cohort: All linked counts.
        limit: Which counts are small.
        marks: What a reader sees in each place.
        ranges: The least and the most that each marked count can be.
    """

    cohort: LinkedCohort
    limit: Limit
    marks: dict[Place, Mark] = field(default_factory=dict)
    ranges: dict[Place, tuple[int, int]] = field(default_factory=dict)

    @property
    def has_persons(self) -> bool:
        """True when the number of persons of the cohort itself may be shared."""
        return self.cohort.persons >= self.limit.smallest

    def mark(self, trait: str, answer: str, group: str = ALL) -> Mark:
        """Return what a reader sees in a place."""
        return self.marks.get((trait, answer, group), Mark.WITHHELD)

    def is_shown(self, trait: str, answer: str, group: str = ALL) -> bool:
        """Say whether a count is shared."""
        return self.mark(trait, answer, group) is Mark.SHOWN

    def is_whole(self, trait: str, group: str = ALL) -> bool:
        """Say whether the counts of every answer of a question are shared, within a group."""
        found = self.cohort.trait(trait)
        return found is not None and all(self.is_shown(trait, answer, group) for answer in found.answers)

    def may_break_down(self, by: str) -> bool:
        """Say whether the sizes of all groups of a breakdown are shared."""
        return self.is_whole(by)


def suppress_counts(cohort: LinkedCohort, limit: Limit) -> SharedCounts:
    """Decide which counts of a cohort are shared.

    The order of the traits is that of their weight: the strata, the response, then what else is asked. A reader is
    taken to know all counts of strata by response when a later trait is decided, and all of the later traits' counts
    that are not shown are decided so that the earlier ones stay open.

    Args:
        cohort: All linked counts.
        limit: Which counts are small.

    Returns:
        The marks of every place; of none where the cohort is not twice as large as the smallest count.
    """
    shared = SharedCounts(cohort, limit)
    # Of fewer, each count or its rest would be small; their marks alone would tell some of them.
    if cohort.persons < 2 * limit.smallest:
        return shared
    known = Known(cohort, limit)
    known.add(cohort.everybody(), ALL, "")
    hidden: list[Hidden] = []
    first = [one for one in (cohort.trait(STRATUM), cohort.trait(RESPONSE)) if one]
    for trait in (*first, *(one for one in cohort.traits if one not in first)):
        tables = _choose_tables(shared, trait, known)
        own = [Hidden(cohort.persons_at(place), *ends) for table in tables for place, ends in table.ranges.items()]
        marks = {place: mark for table in tables for place, mark in table.marks.items()}
        marks |= _mark_trivial(shared, trait, marks)
        shown = {place: cohort.persons_at(place) for place, mark in marks.items() if mark is Mark.SHOWN}
        before = [persons for persons, _, _ in known.groups]
        everybody = cohort.everybody()
        if _narrows(own, hidden, before, everybody, limit) or _narrows(hidden, own, shown.values(), everybody, limit):
            continue
        shared.marks |= marks
        for table in tables:
            shared.ranges |= table.ranges
        hidden += own
        for (name, _, group), persons in shown.items():
            known.add(persons, group, name)
    return shared


def _choose_tables(shared: SharedCounts, trait: Trait, known: Known) -> tuple[MarkedTable, ...]:
    """Choose the breakdowns of a trait that are shared: both where nothing is hidden, else one, else none.

    A breakdown is worth no count of all persons: it is shared where as many of those are shown as without it.
    """
    cohort = shared.cohort
    overall = suppress_table(cohort, trait, "", known)
    if overall is None:
        return ()
    found = [suppress_table(cohort, trait, by, known) for by in trait.by if shared.may_break_down(by)]
    tables = [table for table in found if table is not None and _shows_as_much(table, overall)]
    whole = [table for table in tables if table.is_whole]
    is_core_whole = all(shared.is_whole(RESPONSE, group) for group in cohort.groups(STRATUM))
    if len(whole) == 2 and is_core_whole:
        return tuple(whole)
    for table in (*whole, *(table for table in tables if _says_more(table, cohort)), overall):
        rest = [by for by in trait.by if by != table.by]
        if all(_leaves_open(shared, trait, by, table.by) for by in rest):
            return (table,)
    return ()


def _shows_as_much(table: MarkedTable, overall: MarkedTable) -> bool:
    return all(table.marks[place] is Mark.SHOWN for place, mark in overall.marks.items() if mark is Mark.SHOWN)


def _mark_trivial(shared: SharedCounts, trait: Trait, marks: Mapping[Place, Mark]) -> dict[Place, Mark]:
    """Show what an overall count and the size of a group say already: where either is nobody or everybody."""
    cohort = shared.cohort
    trivial: dict[Place, Mark] = {}
    for by in trait.by:
        for group, persons in cohort.groups(by).items():
            is_known = shared.is_shown(by, group.removeprefix(f"{by}:"))
            for answer, own in trait.answers.items():
                is_told = marks.get((trait.name, answer, ALL)) is Mark.SHOWN
                is_nobody = (is_known and persons == 0) or (is_told and own == 0)
                is_everybody = is_known and is_told and cohort.persons in (persons.bit_count(), own.bit_count())
                if is_nobody or is_everybody:
                    trivial[trait.name, answer, group] = Mark.SHOWN
    return trivial


def _says_more(table: MarkedTable, cohort: LinkedCohort) -> bool:
    """Say whether a breakdown that is not whole is worth its marks, which tell more to an attacker than to a reader.

    It is where it shows a count of somebody and more than two groups have persons: of two, one tells of the other.
    """
    shown = (place for place, mark in table.marks.items() if place[2] != ALL and mark is Mark.SHOWN)
    groups = [persons for persons in cohort.groups(table.by).values() if persons]
    return len(groups) > 2 and any(cohort.count(place) for place in shown)


def _leaves_open(shared: SharedCounts, trait: Trait, hidden_by: str, shown_by: str) -> bool:
    """Say whether the counts by groups of which nothing is shown stay open to a reader who knows all other counts.

    Within each group that is shown, a count can be what the numbers of both kinds of persons leave room for.
    """
    cohort, limit = shared.cohort, shared.limit
    parts = list(cohort.groups(shown_by).values()) if shown_by else [cohort.everybody()]
    for name, group in cohort.groups(hidden_by).items():
        # Of a group whose own size is suppressed even less is known.
        is_known = shared.is_shown(hidden_by, name.removeprefix(f"{hidden_by}:"))
        for persons in trait.answers.values() if is_known else ():
            least = most = 0
            for part in parts:
                own, with_answer = (part & group).bit_count(), (part & persons).bit_count()
                least += max(0, own + with_answer - part.bit_count())
                most += min(own, with_answer)
            count = (group & persons).bit_count()
            is_rest_small = hidden_by == RESPONSE and limit.is_small(persons.bit_count() - count)
            is_at_risk = is_rest_small or limit.is_at_risk(count, group.bit_count())
            if is_at_risk and most - least + 1 < limit.enough:
                return False
    return True


def _narrows(
    asked: Sequence[Hidden], others: Sequence[Hidden], shown: Iterable[int], everybody: int, limit: Limit
) -> bool:
    """Say whether counts that hang together across traits leave a suppressed one too few values.

    Args:
        asked: The suppressed counts of some traits.
        others: Those of other traits.
        shown: The persons of each count of those other traits that is shared.
        everybody: The whole cohort.
        limit: Which counts are small.
    """
    known = [*others, *(Hidden(persons, persons.bit_count(), persons.bit_count()) for persons in shown)]
    for one in asked:
        least, most = one.least, one.most
        for other in known:
            least, most = _bound(one.persons, least, most, other, everybody)
        if most - least < one.most - one.least and most - least + 1 < limit.enough:
            return True
    return False


def _bound(persons: int, least: int, most: int, other: Hidden, everybody: int) -> tuple[int, int]:
    """Bound a count by that of persons who hold all of its own, lie within them, stand apart, or are all the rest."""
    whole = everybody.bit_count()
    # That nobody or everybody has an answer is what the count itself says, and no relation to others.
    if {persons, other.persons} & {0, everybody}:
        return least, most
    if not persons & ~other.persons:
        most = min(most, other.most)
    if not other.persons & ~persons:
        least = max(least, other.least)
    if not persons & other.persons:
        most = min(most, whole - other.least)
    if persons | other.persons == everybody:
        least = max(least, whole - other.most)
    return least, most
