"""Linked counts from a table of persons that a reader can check."""

from __future__ import annotations

from refractory.analysis.disclosure.limits import Limit, Mark
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM, LinkedCohort, Place, Trait
from refractory.analysis.disclosure.suppress import SharedCounts, suppress_counts

YES, NO, OPEN = "RESPONSE", "NO_RESPONSE", "NOT_EVALUABLE"


def link(persons: list[dict[str, str]], *, added_up: tuple[str, ...] = ()) -> LinkedCohort:
    """Link the answers of persons: one trait per key, by strata and by response where it is neither."""
    names = list(dict.fromkeys(key for one in persons for key in one))
    traits = []
    for name in names:
        answers = dict.fromkeys((YES, NO, OPEN), 0) if name == RESPONSE else {}
        for place, one in enumerate(persons):
            answers[one[name]] = answers.get(one[name], 0) | 1 << place
        by = () if name == STRATUM else (STRATUM,) if name == RESPONSE else (STRATUM, RESPONSE)
        traits.append(Trait(name, answers, by))
    return LinkedCohort(len(persons), tuple(traits), added_up)


def persons_of(*groups: tuple[int, dict[str, str]]) -> list[dict[str, str]]:
    """Repeat each person as often as it is said."""
    return [dict(one) for count, one in groups for _ in range(count)]


def two_strata(a: int, b: int, c: int, d: int) -> LinkedCohort:
    """Two strata: with and without a response in the first, then in the second."""
    cells = zip((a, b, c, d), (("A", YES), ("A", NO), ("B", YES), ("B", NO)), strict=True)
    found = link(persons_of(*((count, {STRATUM: s, RESPONSE: q}) for count, (s, q) in cells)))
    if found.traits:
        return found
    return LinkedCohort(0, (Trait(STRATUM, {}), Trait(RESPONSE, {}, (STRATUM,))))


def suppress(cohort: LinkedCohort, smallest: int = 5, *, zeros_shown: bool = True) -> SharedCounts:
    return suppress_counts(cohort, Limit(smallest, zeros_shown))


def see(shared: SharedCounts, place: Place) -> int | str:
    """What a reader sees in a place: the number, or the mark."""
    mark = shared.mark(*place)
    return shared.cohort.count(place) if mark is Mark.SHOWN else mark.value


def see_row(shared: SharedCounts, trait: str, answer: str, *groups: str) -> list[int | str]:
    """What a reader sees of an answer: overall, and in groups."""
    return [see(shared, (trait, answer, group)) for group in (ALL, *groups)]
