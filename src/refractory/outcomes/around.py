"""What the records hold around day 0: scores at every visit, the dose of every month, answers at an earlier day 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from refractory.cohort.build import Cohort
from refractory.cohort.criteria import Leaves
from refractory.dates import Window
from refractory.outcomes.answers import Evidence
from refractory.outcomes.around_definition import AroundDefinition
from refractory.outcomes.around_doses import DosesAround, read_doses_around
from refractory.outcomes.assess import OutcomeDefinition, Patient
from refractory.outcomes.durability import Visit
from refractory.outcomes.placebo import Placebo, read_placebos
from refractory.outcomes.response import Assessment
from refractory.outcomes.scores import find_direction, is_of_change
from refractory.records.store import Store


@dataclass(frozen=True)
class ScoreAround:
    """One score around day 0, as it was seen at every visit.

    Args:
        name: The score.
        higher_is: What a higher score means.
        best: The best score that there can be; None where the score does not say.
        baseline: Days from which the baseline is taken.
        near: At a day, a visit at most so many days away counts.
        visits: Day and score of each visit of each person, in order, from the first evidence of the disease on.
    """

    name: str
    higher_is: Literal["worse", "better"]
    best: float | None
    baseline: Window
    near: int
    visits: Mapping[int, tuple[Visit, ...]]


@dataclass(frozen=True)
class Around:
    """What the records hold around day 0.

    Args:
        score: The score that is followed; None where the study follows none.
        doses: The glucocorticoid doses; None where the study asks for none.
        placebos: The answers at each earlier day 0.
    """

    score: ScoreAround | None = None
    doses: DosesAround | None = None
    placebos: tuple[Placebo, ...] = field(default=())


def read_around(
    store: Store,
    leaves: Leaves,
    cohort: Cohort,
    patients: Sequence[Patient],
    definition: OutcomeDefinition,
    asked: AroundDefinition,
) -> Around:
    """Read what the records hold around day 0, as far as the study asks for it.

    Args:
        store: Holds what build_cohort and assess_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        patients: The analysis set.
        definition: What is looked at after day 0.
        asked: What is looked for around it.
    """
    if not patients or not (asked.regression_to_mean or asked.trend or asked.placebo):
        return Around()
    until = {one.member.person_id: one.observed_until for one in patients if one.observed_until}
    evidence = Evidence(store, leaves, definition.instruments, "cohort", until, bool(definition.instruments))
    score = _read_score(evidence, patients, definition) if asked.regression_to_mean or asked.trend else None
    placebos = read_placebos(evidence, cohort, definition, asked.placebo) if asked.placebo else ()
    doses = None
    if definition.sparing and (asked.trend or asked.placebo):
        doses = read_doses_around(store, cohort, definition, asked)
    return Around(score, doses, placebos)


def find_followed_score(definition: OutcomeDefinition) -> tuple[str, Window] | None:
    """Find the score whose course the study follows, else the first that a rule speaks of, with its baseline window."""
    if definition.follow_up.score:
        return definition.follow_up.score, definition.follow_up.baseline
    for rule in definition.response.rules:
        if rule.score and not is_of_change(rule.score, definition.instruments):
            return rule.score, rule.baseline
    return None


def _read_score(evidence: Evidence, patients: Sequence[Patient], definition: OutcomeDefinition) -> ScoreAround | None:
    found = find_followed_score(definition)
    if found is None:
        return None
    name, baseline = found
    day0 = {one.member.person_id: one.member.day0_date for one in patients}
    seen = evidence.read_scores(name, baseline, day0)
    follow_up = definition.follow_up
    declared = follow_up.higher_is if name == follow_up.score else None
    return ScoreAround(
        name=name,
        higher_is=declared or find_direction(name, definition.instruments),
        best=_find_best(name, definition),
        baseline=baseline,
        near=follow_up.near,
        visits={
            one.member.person_id: _visits(
                seen.get(one.member.person_id, ()), one.member.day0_date, one.member.diagnosis_date
            )
            for one in patients
        },
    )


def _find_best(name: str, definition: OutcomeDefinition) -> float | None:
    if name not in definition.instruments:
        return None
    use = definition.instruments[name].definition
    total = use.instrument.total(use.total_key)
    return total.least if total.higher_is == "worse" else total.most


def _visits(assessments: Sequence[Assessment], zero: date, first: date) -> tuple[Visit, ...]:
    """Give the known scores in days from day 0, in order; of several on one day the last as given."""
    by_day = {
        (seen.when.earliest - zero).days: seen.score
        for seen in assessments
        if seen.when is not None and seen.score is not None and seen.when.earliest >= first
    }
    return tuple(sorted(by_day.items()))
