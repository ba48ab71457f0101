"""Who met every criterion but those that ask for data: persons left out because too little is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from refractory.cohort.build import Cohort, CohortDefinition, build_cohort
from refractory.cohort.criteria import Leaves
from refractory.cohort.known_by import derive_of_persons
from refractory.cohort.strata import Member
from refractory.outcomes.answers import Evidence, classify_rules
from refractory.outcomes.assess import OutcomeDefinition
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.scores import keep_scores
from refractory.records.store import Store


@dataclass(frozen=True)
class LeftOut:
    """Persons left out for lack of data, as far as anything is known of them.

    Args:
        criteria: The criteria that ask for data, in the order of the protocol.
        lost: Persons lost at each of them.
        members: Of these, the ones who meet every other criterion, as of the day 0 that they would have.
        statuses: Their answers by the primary rule.
    """

    criteria: tuple[str, ...]
    lost: Mapping[str, int] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    statuses: Mapping[int, ResponseStatus] = field(default_factory=dict)


def name_data_criteria(definition: CohortDefinition, *, is_observation_known: bool) -> tuple[str, ...]:
    """Name the criteria that ask for data and not for the disease or its treatment."""
    active = definition.refractory.active if definition.refractory else None
    asked = (
        ("Observation", bool(definition.eligibility.observed_before) and is_observation_known),
        ("Data at diagnosis", definition.eligibility.data_at_diagnosis is not None),
        ("Active disease", active is not None and active.otherwise == "left out"),
    )
    return tuple(name for name, is_asked in asked if is_asked)


def find_left_out(
    store: Store, leaves: Leaves, cohort: Cohort, definition: CohortDefinition, outcomes: OutcomeDefinition
) -> LeftOut | None:
    """Find the persons whom the criteria that ask for data left out, and who meet all others.

    The same criteria are asked of them again, without those that ask for data. As much as their records show: who is
    observed for a short time may have tried more drugs than are known.

    Args:
        store: Holds what build_cohort left; stays as it is.
        leaves: The leaf concept sets of each concept set.
        cohort: The cohort of the study.
        definition: Who is in the cohort.
        outcomes: The primary rule, and the instruments that it may need.

    Returns:
        The persons; None where no criterion asks for data.
    """
    criteria = name_data_criteria(definition, is_observation_known=cohort.is_observation_known)
    if not criteria:
        return None
    losses = store.table("losses")
    persons = losses.filter(losses.criterion.isin(list(criteria)))
    lost = Counter(criterion for _, criterion in store.rows(persons.select("person_id", "criterion")))
    if not lost:
        return LeftOut(criteria)
    with store.beside(derive_of_persons(store, persons)) as beside:
        found = build_cohort(beside, leaves, _ask_no_data(definition))
        statuses = _classify(beside, leaves, found, outcomes)
    return LeftOut(criteria, {name: lost[name] for name in criteria}, found.members, statuses)


def _ask_no_data(definition: CohortDefinition) -> CohortDefinition:
    eligibility = definition.eligibility.model_copy(update={"observed_before": 0, "data_at_diagnosis": None})
    refractory = definition.refractory
    if refractory and refractory.active:
        active = refractory.active.model_copy(update={"otherwise": "counts"})
        refractory = refractory.model_copy(update={"active": active})
    return replace(definition, eligibility=eligibility, refractory=refractory)


def _classify(store: Store, leaves: Leaves, cohort: Cohort, outcomes: OutcomeDefinition) -> dict[int, ResponseStatus]:
    """Judge persons by the primary rule; by an event only as far as it is seen, for nobody knows how long they were."""
    response = outcomes.response
    needed = [rule for rule in response.supporting if rule.name in response.primary.parts]
    rules = (response.primary, *needed)
    if any(rule.score in outcomes.instruments for rule in rules):
        keep_scores(store, leaves, outcomes.instruments)
    day0: dict[int, date] = {member.person_id: member.day0_date for member in cohort.members}
    # Followed to day 0 and no longer: an event that is not seen says nothing.
    evidence = Evidence(store, leaves, outcomes.instruments, "cohort", day0)
    return {person: answer.status for person, answer in classify_rules(evidence, day0, rules)[0].items()}
