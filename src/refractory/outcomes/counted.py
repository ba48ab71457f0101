"""What the records say of who was counted and how they were judged: read once for the explanations that live there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from refractory.cohort.build import Cohort, CohortDefinition
from refractory.cohort.criteria import Leaves
from refractory.exposures.treatment import Route, UnknownRoute
from refractory.outcomes.assess import OutcomeDefinition, Patient
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.left_out import LeftOut, find_left_out
from refractory.outcomes.look_ahead import LookAheadCheck, find_early_days, find_look_ahead
from refractory.outcomes.other_drugs import DrugNearDay0, Watched, find_watched, read_drugs_near_day_0
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.reviewers import read_answers_by_reviewer
from refractory.records.store import Store

NEAR_DAY_0 = {"person_id": "int64", "day": "int64", "drug": "string", "change": "string"}


@dataclass(frozen=True)
class Counted:
    """Who was counted, and how they were judged, beyond what the patients say.

    Args:
        watched: The drugs that were looked at near day 0; None where the study names none.
        near_day_0: What was begun or raised near day 0, by person; who has nothing is absent.
        left_out: Persons left out for lack of data; None where no criterion asks for data.
        by_reviewer: What each reviewer alone would have said, by person; empty without reviewers.
        look_ahead: What came out otherwise without any record of later days.
    """

    watched: Watched | None = None
    near_day_0: Mapping[int, tuple[DrugNearDay0, ...]] = field(default_factory=dict)
    left_out: LeftOut | None = None
    by_reviewer: Mapping[str, Mapping[int, ResponseStatus]] = field(default_factory=dict)
    look_ahead: tuple[LookAheadCheck, ...] = ()


def read_counted(
    store: Store,
    leaves: Leaves,
    cohort: Cohort,
    patients: Sequence[Patient],
    definitions: tuple[CohortDefinition, OutcomeDefinition, ExplanationsDefinition],
) -> Counted:
    """Read who else could have been counted, what else was begun, and what later records would have changed.

    The store holds `near_day_0` afterwards: one row per person and drug that was begun or raised near day 0.

    Args:
        store: Holds what build_cohort and assess_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        patients: The analysis set.
        definitions: Who is in the cohort, what is looked at after day 0, which explanations are looked for.
    """
    who, outcomes, explanations = definitions
    if not patients:
        return Counted()
    day0 = {member.person_id: member.day0_date for member in cohort.members}
    chosen = _choose_drugs(who, outcomes, explanations)
    watched = find_watched(leaves, outcomes.treatment.concept, chosen, outcomes.sparing)
    near = read_drugs_near_day_0(store, watched, outcomes.sparing, explanations, day0) if watched else {}
    rows = [(person, one.day, one.drug, one.change.value) for person, own in near.items() for one in own]
    store.add("near_day_0", NEAR_DAY_0, rows)
    primary = outcomes.response.primary
    has_labels = primary.label is not None and store.tally("label")[1] > 0
    checks = find_look_ahead(store, leaves, cohort, who, outcomes) + find_early_days(patients, outcomes)
    return Counted(
        watched=watched,
        near_day_0=near,
        left_out=find_left_out(store, leaves, cohort, who, outcomes),
        by_reviewer=read_answers_by_reviewer(store, day0, primary) if has_labels else {},
        look_ahead=checks,
    )


def _choose_drugs(
    who: CohortDefinition, outcomes: OutcomeDefinition, explanations: ExplanationsDefinition
) -> tuple[str, tuple[Route, ...], UnknownRoute] | None:
    """Say which concept set the other drugs are of: the study's choice, else that of its lines, or of its rule."""
    rule = outcomes.lines or who.refractory
    among = explanations.among or (rule.among if rule else None)
    if among is None:
        return None
    return (among, rule.routes, rule.unknown_route) if rule else (among, (), "counts")
