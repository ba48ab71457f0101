"""Which counts each estimate gives away: an estimate that is not named here is not shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from refractory.analysis.disclosure.cohort_traits import KNOWN, LOWERED, NO, NOT_ON_IT, YES
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM, LinkedCohort, Place
from refractory.analysis.disclosure.suppress import SharedCounts
from refractory.analysis.estimates import READINGS, Plan, primary_reading
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.estimate import Estimate, EstimateKind

RESPONDED, DID_NOT, OPEN = (
    ResponseStatus.RESPONSE.value, ResponseStatus.NO_RESPONSE.value, ResponseStatus.NOT_EVALUABLE.value,
)  # fmt: skip

# The rows of table 1 that are counts, by trait.
_IN_TABLE_1 = {"sex": "female", "drug": "drug.{key}", "subtype": "subtype.{answer}"}


@dataclass(frozen=True)
class Requirement:
    """What must be shared before an estimate may be.

    Args:
        places: The counts that it gives away.
        least: The fewest persons that it may rest on.
        n: The persons that it rests on; None where it says no number of its own persons.
        counts: Numerator and denominator of a proportion, or None: another estimate under that name is not shared.
    """

    places: tuple[Place, ...]
    least: int = 0
    n: int | None = None
    counts: tuple[int, int] | None = None

    def is_met(self, shared: SharedCounts, estimate: Estimate) -> bool:
        """Say whether an estimate may be shared: it is the one that is meant, and all its counts are."""
        if not shared.has_persons or not all(shared.is_shown(*place) for place in self.places):
            return False
        if self.n is not None and (estimate.n != self.n or self.n < self.least):
            return False
        if self.counts is not None:
            return (estimate.numerator, estimate.denominator) == self.counts
        return estimate.kind is not EstimateKind.COUNT or estimate.value == self.n


def derive_requirements(cohort: LinkedCohort, plan: Plan, smallest: int) -> dict[str, Requirement]:
    """Say of each estimate that can be shared what must be shared before it.

    Quartiles need four times the smallest count, so that each of the four parts has at least that many persons; means
    need as many as any count.

    Args:
        cohort: All linked counts.
        plan: What the protocol chose.
        smallest: Smallest count that is shared.
    """
    found = {"cohort.persons": Requirement((), n=cohort.persons)}
    found |= _require_sizes(cohort)
    found |= dict(_require_responses(cohort, plan))
    found |= dict(_require_comparisons(cohort, plan))
    found |= dict(_require_measures(cohort, plan, smallest))
    found |= _require_sparing(cohort)
    for trait in cohort.traits:
        if trait.name.startswith("safety."):
            for answer, persons in trait.answers.items():
                key = f"{trait.name}.persons" if trait.name != "safety.stop_reason" else f"{trait.name}.{answer}"
                if answer != NO or trait.name == "safety.stop_reason":
                    counts = (persons.bit_count(), cohort.persons)
                    found[key] = Requirement(((trait.name, answer, ALL),), counts=counts)
    return found


def _require_sizes(cohort: LinkedCohort) -> dict[str, Requirement]:
    found = {}
    for trait in cohort.traits:
        kind, _, stratum = trait.name.partition(".")
        for answer, persons in trait.answers.items():
            place = (trait.name, answer, ALL)
            one = Requirement((place,), n=persons.bit_count())
            if trait.name in (STRATUM, "subtype"):
                found[f"{trait.name}.{answer}.persons"] = one
            elif kind == "parts":
                found[f"{STRATUM}.{stratum}.{answer}"] = one
    return found


def _require_rule(
    plan: Plan, prefix: str, cells: Mapping[str, Place], size: Place | None, counts: Mapping[str, int]
) -> Iterator[tuple[str, Requirement]]:
    """Require for one rule in one group what each reading of it gives away.

    Args:
        plan: What the protocol chose.
        prefix: Id of the primary reading.
        cells: The place of each answer within the group.
        size: The place of the group's size; None for everybody.
        counts: The persons with each answer.
    """
    persons, sizes = sum(counts.values()), (size,) if size else ()
    some, all_of_them = (*sizes, cells[RESPONDED]), (*sizes, *cells.values())
    as_many = (counts[RESPONDED], persons)
    low = Requirement(some, counts=as_many)
    high = Requirement((*some, cells[DID_NOT], cells[OPEN]), counts=(counts[RESPONDED] + counts[OPEN], persons))
    worst, best = (low, high) if plan.response.means == "benefit" else (high, low)
    readings = {
        "evaluable": Requirement(all_of_them, counts=(counts[RESPONDED], persons - counts[OPEN])),
        "as_non_response": low,
        "worst": worst,
        "best": best,
    }
    yield prefix, readings[primary_reading(plan.response)]
    for reading in READINGS:
        yield f"{prefix}.{reading}", readings[reading]


def _require_responses(cohort: LinkedCohort, plan: Plan) -> Iterator[tuple[str, Requirement]]:
    statuses = (RESPONDED, DID_NOT, OPEN)
    groups = {"overall": ALL} | {group.partition(":")[2]: group for group in cohort.groups(STRATUM)}
    for name, group in groups.items():
        cells = {status: (RESPONSE, status, group) for status in statuses}
        size = None if group == ALL else (STRATUM, name, ALL)
        yield from _require_rule(plan, f"response.{name}", cells, size, _count(cohort, cells))
    subtypes = cohort.trait("subtype")
    for name in subtypes.answers if subtypes else ():
        cells = {status: ("subtype", name, f"{RESPONSE}:{status}") for status in statuses}
        yield from _require_rule(plan, f"response.subtype.{name}", cells, ("subtype", name, ALL), _count(cohort, cells))
    for trait in cohort.traits:
        if trait.name.startswith("supporting."):
            cells = {status: (trait.name, status, ALL) for status in statuses}
            yield from _require_rule(plan, f"{trait.name}.overall", cells, None, _count(cohort, cells))


def _count(cohort: LinkedCohort, cells: Mapping[str, Place]) -> dict[str, int]:
    return {status: cohort.count(place) for status, place in cells.items()}


def _require_comparisons(cohort: LinkedCohort, plan: Plan) -> Iterator[tuple[str, Requirement]]:
    """Require the counts of every group that is compared, and of the response beside that of others."""
    statuses = (RESPONDED, DID_NOT, OPEN)
    compared = [(STRATUM, name, ALL) for name in plan.analysis.compare]
    compared += [(RESPONSE, status, f"{STRATUM}:{name}") for name in plan.analysis.compare for status in statuses]
    for key in ("difference", "difference.test", "detectable"):
        yield f"response.{key}", Requirement(tuple(compared))
    subtypes = cohort.trait("subtype")
    names = list(subtypes.answers) if subtypes else []
    cells = [("subtype", name, f"{RESPONSE}:{status}") for name in names for status in statuses]
    by_subtype = Requirement((*(("subtype", name, ALL) for name in names), *cells))
    for key in ("further", "heterogeneity", *(f"{name}.shrunken" for name in names)):
        yield f"subgroup.{key}", by_subtype
    for trait in cohort.traits:
        if trait.name.startswith("supporting."):
            pairs = [(trait.name, answer, f"{RESPONSE}:{status}") for answer in statuses for status in statuses]
            for key in ("percent", "kappa", "ac1"):
                yield f"agreement.{trait.name.removeprefix('supporting.')}.{key}", Requirement(tuple(pairs))
    everybody = tuple((RESPONSE, status, ALL) for status in statuses)
    for one in plan.benchmarks:
        yield f"benchmark.{one.title}", Requirement(())
        yield f"benchmark.{one.title}.difference", Requirement(everybody)


def _find_groups(cohort: LinkedCohort) -> Iterator[tuple[str, str, tuple[Place, ...]]]:
    """Give the columns of table 1: the last part of an id, the group, and the place of its size."""
    yield "overall", ALL, ()
    for group in cohort.groups(STRATUM):
        name = group.partition(":")[2]
        yield name, group, ((STRATUM, name, ALL),)
    for group in cohort.groups(RESPONSE):
        status = group.partition(":")[2]
        yield f"by_response.{status.lower()}", group, ((RESPONSE, status, ALL),)


def _require_measures(cohort: LinkedCohort, plan: Plan, smallest: int) -> Iterator[tuple[str, Requirement]]:
    """Require what table 1 gives away, and the cycles given."""
    for name, group, sizes in _find_groups(cohort):
        persons = cohort.persons_in(group).bit_count()
        for trait in cohort.traits:
            kind, _, key = trait.name.partition(".")
            if kind == "known":
                place = (trait.name, KNOWN, group)
                n = cohort.count(place)
                yield f"{key}.{name}", Requirement((*sizes, place), smallest, n)
                yield f"{key}.median.{name}", Requirement((*sizes, place), 4 * smallest, n)
            elif kind in _IN_TABLE_1 or trait.name == "sparing.on_it":
                for answer in trait.answers:
                    place = (trait.name, answer, group)
                    row = _IN_TABLE_1.get(kind, "glucocorticoid").format(key=key, answer=answer)
                    if answer != NO:
                        counts = (cohort.count(place), persons)
                        yield f"baseline.{row}.{name}", Requirement((*sizes, place), counts=counts)
        if plan.has_cycles:
            yield f"cycles.{name}", Requirement(sizes, 4 * smallest, persons)


def _require_sparing(cohort: LinkedCohort) -> dict[str, Requirement]:
    classes, stopped = cohort.trait("sparing"), cohort.trait("sparing.stopped")
    if classes is None or stopped is None:
        return {}
    judged = [("sparing", answer, ALL) for answer in ("NOT_EVALUABLE", NOT_ON_IT)]
    among = cohort.persons - sum(map(cohort.count, judged))
    lower, off = ("sparing", LOWERED, ALL), ("sparing.stopped", YES, ALL)

    def ask(place: Place, others: Iterable[Place], denominator: int) -> Requirement:
        return Requirement((place, *others), counts=(cohort.count(place), denominator))

    return {
        "sparing.glucocorticoid_lower": ask(lower, judged, among),
        "sparing.glucocorticoid_stopped": ask(off, judged, among),
        "sparing.glucocorticoid_lower_of_cohort": ask(lower, (), cohort.persons),
    }
