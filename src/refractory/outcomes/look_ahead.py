"""Nothing after day 0 decides anything: the cohort is built again from what was known by then, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractory.cohort.build import Cohort, CohortDefinition, build_cohort, name_kept
from refractory.cohort.criteria import Leaves
from refractory.cohort.known_by import derive_known_by, derive_last_days
from refractory.cohort.strata import Member
from refractory.outcomes.assess import OutcomeDefinition, Patient
from refractory.outcomes.covariates import read_baseline_values
from refractory.outcomes.scores import keep_scores
from refractory.records.store import Store


@dataclass(frozen=True)
class LookAheadCheck:
    """One thing that was decided at day 0, and decided again without any record of later days.

    Args:
        what: What was decided, in words.
        persons: Persons for whom it was decided again.
        differences: Of these, the ones for whom it came out otherwise.
        where: Names of the criteria, features or values that came out otherwise; empty without a difference.
    """

    what: str
    persons: int
    differences: int
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Decided:
    """What a store holds of a cohort: its members, where everybody else was lost, courses, baseline values."""

    members: Mapping[int, Member]
    lost: Mapping[int, str]
    courses: Mapping[int, frozenset[tuple[Any, ...]]]
    baseline: Mapping[str, Mapping[int, float]]


def find_look_ahead(
    store: Store,
    leaves: Leaves,
    cohort: Cohort,
    definition: CohortDefinition,
    outcomes: OutcomeDefinition,
) -> tuple[LookAheadCheck, ...]:
    """Delete every record after day 0 from a copy, build the cohort from what is left, and compare.

    Of persons who are not in the cohort every record after their first candidate day at the criterion that lost them
    is deleted: what came later must not have lost them.

    Args:
        store: Holds what build_cohort left; stays as it is.
        leaves: The leaf concept sets of each concept set.
        cohort: The cohort that was built from all records, with at least one member.
        definition: Who is in the cohort.
        outcomes: Names the baseline values.

    Returns:
        One check per thing decided, in the order of the methods.
    """
    days = store.keep("last_days", derive_last_days([store.table(name) for name in name_kept(cohort.attrition)]))
    before = _read_decided(store, leaves, cohort, definition, outcomes)
    with store.beside(derive_known_by(store, days)) as known:
        again = build_cohort(known, leaves, definition)
        if any(one.score for one in outcomes.covariates):
            keep_scores(known, leaves, outcomes.instruments)
        after = _read_decided(known, leaves, again, definition, outcomes)
    return tuple(_compare(before, after, definition))


def _read_decided(
    store: Store, leaves: Leaves, cohort: Cohort, definition: CohortDefinition, outcomes: OutcomeDefinition
) -> _Decided:
    courses: dict[int, set[tuple[Any, ...]]] = {}
    if definition.refractory:
        found = store.table("courses_before").semi_join(store.table("cohort"), ["person_id", "day0_date"])
        told = ("concept_set", "start_date", "covered_days", "adequacy", "stop_reason", "counts")
        for person, *course in store.rows(found.select("person_id", *told)):
            courses.setdefault(person, set()).add(tuple(course))
    return _Decided(
        members={member.person_id: member for member in cohort.members},
        lost=dict(store.rows(store.table("losses").select("person_id", "criterion"))),
        courses={person: frozenset(own) for person, own in courses.items()},
        baseline=read_baseline_values(store, leaves, outcomes.covariates),
    )


def _compare(before: _Decided, after: _Decided, definition: CohortDefinition) -> list[LookAheadCheck]:
    # Who is in the one and not in the other is named by the criterion that lost them there.
    moved = Counter(after.lost.get(person, "Treatment") for person in before.members if person not in after.members)
    moved += Counter(before.lost.get(person, "Treatment") for person in after.members if person not in before.members)
    everybody = len(before.members) + len(before.lost)
    still_lost = [person for person in before.lost if person not in after.members]
    elsewhere = Counter(
        before.lost[person] for person in still_lost if before.lost[person] != after.lost.get(person, "Treatment")
    )
    checks = [
        LookAheadCheck("Who is in the cohort", everybody, sum(moved.values()), tuple(sorted(moved))),
        LookAheadCheck(
            "Where the others were lost", len(still_lost), sum(elsewhere.values()), tuple(sorted(elsewhere))
        ),
    ]
    both = [(one, after.members[person]) for person, one in before.members.items() if person in after.members]
    checks += _compare_members(both, definition)
    if definition.refractory:
        apart = sum(
            before.courses.get(one.person_id) != after.courses.get(one.person_id)
            or one.drugs_before != other.drugs_before
            for one, other in both
        )
        checks.append(_check("Drugs before day 0 and their adequacy", len(both), {"Refractory": apart}))
    if before.baseline:
        counts = {
            name: sum(values.get(one.person_id) != after.baseline[name].get(one.person_id) for one, _ in both)
            for name, values in before.baseline.items()
        }
        checks.append(_check("Baseline values", len(both), counts))
    return checks


def _compare_members(both: Sequence[tuple[Member, Member]], definition: CohortDefinition) -> list[LookAheadCheck]:
    def count(answer: Callable[[Member], Any]) -> int:
        return sum(answer(one) != answer(other) for one, other in both)

    def feature(name: str) -> Callable[[Member], Any]:
        return lambda member: member.features[name]

    checks = [
        _check("Day 0", len(both), {"Day 0": count(lambda one: one.day0_date)}),
        _check("Diagnosis", len(both), {"Disease": count(lambda one: one.diagnosis_date)}),
    ]
    if definition.refractory and definition.refractory.active:
        checks.append(_check("Active disease", len(both), {"Active disease": count(lambda one: one.active_by)}))
    if definition.features:
        counts = {one.name: count(feature(one.name)) for one in definition.features}
        checks.append(_check("Features", len(both), counts))
    if definition.strata:
        checks.append(_check("Stratum", len(both), {"Stratum": count(lambda one: one.stratum)}))
    if definition.subtypes:
        checks.append(_check("Subtype", len(both), {"Subtype": count(lambda one: one.subtype)}))
    return checks


def _check(what: str, persons: int, counts: Mapping[str, int]) -> LookAheadCheck:
    """Sum up what came out otherwise; a person who differs in two features counts twice."""
    found = {name: number for name, number in counts.items() if number}
    return LookAheadCheck(what, persons, sum(found.values()), tuple(found))


def find_early_days(patients: Sequence[Patient], outcomes: OutcomeDefinition) -> tuple[LookAheadCheck, ...]:
    """Look for outcomes that are dated before they may be: responses, cycles and follow-up.

    Args:
        patients: The analysis set.
        outcomes: When a response is looked for, and whether the treatment has cycles.

    Returns:
        One check per kind of outcome.
    """
    rules = outcomes.response.rules
    early: Counter[str] = Counter()
    for one in patients:
        for rule, answer in zip(rules, (one.response, *one.supporting), strict=True):
            first = 0 if rule.parts else rule.window.first_day or 0
            if answer.when is not None and (answer.when.earliest - one.member.day0_date).days < first:
                early[rule.name or rule.describe()] += 1
    checks = [_check("Responses dated before their window opens", len(patients), early)]
    if outcomes.treatment.cycle:
        late = sum(not one.cycles or one.cycles[0].first_date != one.member.day0_date for one in patients)
        checks.append(_check("Cycle 1 begins on day 0", len(patients), {"Cycle 1": late}))
    before = sum(_has_early_follow_up(one) for one in patients)
    checks.append(_check("Follow-up before day 0 that is counted", len(patients), {"Follow-up": before}))
    return tuple(checks)


def _has_early_follow_up(one: Patient) -> bool:
    days: list[int | None] = [one.safety.follow_up_days] if one.safety else []
    if one.followed:
        seen = one.followed.follow_up
        days += [seen.seen_until_day, seen.stop_day, seen.restart_day, seen.response_day, seen.loss_day, seen.best_day]
    return any(day is not None and day < 0 for day in days)
