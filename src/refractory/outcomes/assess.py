"""What the record says about each person of the cohort after day 0, brought to one patient each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from refractory.cohort.build import Cohort
from refractory.cohort.criteria import Leaves
from refractory.cohort.readings import READINGS
from refractory.cohort.strata import Member
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Line
from refractory.exposures.treatment import TreatmentDefinition
from refractory.outcomes.answers import Evidence, classify_rules
from refractory.outcomes.covariates import CovariateDefinition, read_baseline_values
from refractory.outcomes.dose_over_time import DoseOverTime, read_doses_over_time
from refractory.outcomes.doses import keep_doses
from refractory.outcomes.drugs_after import DrugAfter, classify_drugs_after
from refractory.outcomes.follow_up import derive_observed
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.followed import Followed, read_follow_ups
from refractory.outcomes.given_cycles import CycleRow, read_cycles
from refractory.outcomes.response import Response, ResponseDefinition, ResponseStatus
from refractory.outcomes.safety_definition import SafetyDefinition
from refractory.outcomes.scores import InstrumentUses, keep_scores
from refractory.outcomes.sparing import Sparing, SparingDefinition, classify_cohort_sparing
from refractory.outcomes.timing import count_cycles_to_response
from refractory.outcomes.treatment_lines import SystemicTreatment, read_systemic_treatment
from refractory.records.store import Store

if TYPE_CHECKING:
    from refractory.outcomes.safety import PersonSafety


@dataclass(frozen=True)
class OutcomeDefinition:
    """Everything that is looked at after day 0, and the baseline values."""

    treatment: TreatmentDefinition
    response: ResponseDefinition
    sparing: SparingDefinition | None
    covariates: tuple[CovariateDefinition, ...]
    lines: LineDefinition | None = None
    safety: SafetyDefinition | None = None
    instruments: InstrumentUses = field(default_factory=dict)
    follow_up: FollowUpDefinition = field(default_factory=FollowUpDefinition)


@dataclass(frozen=True)
class Patient:
    """One person of the analysis set: time zero and everything that came of it.

    Args:
        member: The person at time zero.
        cycles: Cycles of the studied treatment, cycle 1 the first on or after day 0.
        response: By the primary rule.
        supporting: By each supporting rule, in the protocol's order.
        cycles_to_response: Cycles begun on or before the day of first response; None where there is none to count.
        sparing: What became of the other drugs; None where the protocol does not ask.
        baseline: Baseline values by covariate; None where there is no value.
        observed_until: Last day of observation; None where the source knows none.
        lines: Lines of systemic treatment before day 0; empty where the protocol does not ask.
        drugs_after: What became of each systemic drug after day 0; empty where the protocol does not ask.
        doses: The glucocorticoid dose over time; None where the protocol does not ask.
        safety: The events after day 0; None where the protocol does not ask.
        followed: What was seen of the person after day 0.
    """

    member: Member
    cycles: tuple[CycleRow, ...]
    response: Response
    supporting: tuple[Response, ...]
    cycles_to_response: int | None
    sparing: Sparing | None
    baseline: Mapping[str, float | None]
    observed_until: date | None
    lines: tuple[Line, ...] = ()
    drugs_after: Mapping[str, DrugAfter] = field(default_factory=dict)
    doses: DoseOverTime | None = None
    safety: PersonSafety | None = None
    followed: Followed | None = None


def assess_cohort(store: Store, leaves: Leaves, cohort: Cohort, definition: OutcomeDefinition) -> tuple[Patient, ...]:
    """Assess every person of the cohort.

    Args:
        store: Holds what build_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        definition: What is looked at.

    Returns:
        One patient per person of the cohort, in the order of the cohort.
    """
    cycles = store.once(read_cycles, leaves, definition.treatment)
    until: dict[int, date] = {}
    if cohort.is_observation_known:
        # Whom no period covers on day 0 is not observed after it.
        until = {member.person_id: member.day0_date for member in cohort.members}
        until |= _read_observation_ends(store, "cohort")
    day0 = {member.person_id: member.day0_date for member in cohort.members}
    if definition.instruments:
        keep_scores(store, leaves, definition.instruments)
    evidence = Evidence(store, leaves, definition.instruments, "cohort", until, bool(definition.instruments))
    responses = classify_rules(evidence, day0, definition.response.rules)
    followed = read_follow_ups(evidence, definition.follow_up, definition.response, day0, responses[0])
    sparing, doses = _read_sparing(store, leaves, cohort, definition.sparing, until)
    baseline = read_baseline_values(store, leaves, definition.covariates)
    systemic: dict[int, SystemicTreatment] = {}
    drugs_after: dict[int, dict[str, DrugAfter]] = {}
    if definition.lines:
        systemic = read_systemic_treatment(store, leaves, definition.lines)
        drugs_after = {
            member.person_id: classify_drugs_after(
                systemic[member.person_id].courses, member.day0_date, until.get(member.person_id), definition.lines
            )
            for member in cohort.members
            if member.person_id in systemic
        }
    safety = _read_safety(store, leaves, cohort, definition)
    patients = []
    for member in cohort.members:
        person = member.person_id
        own_cycles = cycles.get(person, ())
        answer = responses[0][person]
        patients.append(
            Patient(
                member=member,
                cycles=own_cycles,
                response=answer,
                supporting=tuple(by_person[person] for by_person in responses[1:]),
                cycles_to_response=count_cycles_to_response([cycle.first_date for cycle in own_cycles], answer.when),
                sparing=sparing.get(person),
                baseline={name: values.get(person) for name, values in baseline.items()},
                observed_until=until.get(person),
                lines=systemic[person].lines if person in systemic else (),
                drugs_after=drugs_after.get(person, {}),
                doses=doses.get(person),
                safety=safety.get(person),
                followed=followed.get(person),
            )
        )
    return tuple(patients)


def _read_safety(
    store: Store, leaves: Leaves, cohort: Cohort, definition: OutcomeDefinition
) -> dict[int, PersonSafety]:
    if definition.safety is None:
        return {}
    # A study that asks for no events does not pay for the reading of them.
    from refractory.outcomes.safety_records import read_safety

    has_cycles = definition.treatment.cycle is not None
    return read_safety(store, leaves, cohort, definition.safety, has_cycles=has_cycles)


def _read_sparing(
    store: Store, leaves: Leaves, cohort: Cohort, definition: SparingDefinition | None, until: Mapping[int, date]
) -> tuple[dict[int, Sparing], dict[int, DoseOverTime]]:
    """Read what became of the other drugs, and the glucocorticoid dose over time, where the protocol asks."""
    if definition is None:
        return {}, {}
    _keep_doses(store, leaves, cohort, definition)
    last = timedelta(days=definition.follow_up_day)
    is_followed = {
        member.person_id: not cohort.is_observation_known or until[member.person_id] >= member.day0_date + last
        for member in cohort.members
    }
    sparing = classify_cohort_sparing(store, leaves, definition, is_followed)
    if not definition.over_time:
        return sparing, {}
    return sparing, read_doses_over_time(store, definition.over_time, definition.baseline, definition.follow_up)


def _keep_doses(store: Store, leaves: Leaves, cohort: Cohort, definition: SparingDefinition) -> None:
    observed = derive_observed(
        store.table("cohort"),
        store.table("observation_period"),
        store.table("death"),
        definition.span,
        is_observation_known=cohort.is_observation_known,
    )
    store.keep("observed", observed)
    keep_doses(store, leaves, definition)


def _read_observation_ends(store: Store, persons: str) -> dict[int, date]:
    """Return the last day on which each person of a table is observed alive, in the period that holds day 0."""
    periods = store.table("observation_period").select("person_id", "start_date", "end_date")
    held = store.table(persons).select("person_id", "day0_date").join(periods, "person_id")
    held = held.filter((held.start_date <= held.day0_date) & (held.end_date >= held.day0_date))
    ends = held.group_by("person_id").aggregate(end=held.end_date.max())
    died = store.table("death").group_by("person_id").aggregate(death=store.table("death").death_date.min())
    ends = ends.left_join(died, "person_id").select("person_id", "end", "death")
    return {person: min(end, death) if death else end for person, end, death in store.rows(ends)}


def assess_readings(
    store: Store, leaves: Leaves, cohort: Cohort, response: ResponseDefinition, instruments: InstrumentUses
) -> dict[str, tuple[ResponseStatus, ...]]:
    """Classify by the primary rule the persons whom a stricter or a laxer reading of the refractory rule would take.

    Args:
        store: Holds what build_cohort left.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons of the study.
        response: The primary rule, and those that it may take together.
        instruments: The instruments of the study by name.

    Returns:
        By reading ("strictly", "as_written", "laxly") the answer of each person, from the day 0 that it gives.
    """
    rows = store.records(store.table("readings").order_by("person_id"))
    answers: dict[str, tuple[ResponseStatus, ...]] = {}
    evidence = Evidence(store, leaves, instruments, "readings", {})
    needed = [rule for rule in response.supporting if rule.name in response.primary.parts]
    is_by_event = any(rule.event for rule in (response.primary, *needed))
    for name in READINGS:
        day0 = {row["person_id"]: row[name] for row in rows if row[name]}
        until: dict[int, date] = {}
        if cohort.is_observation_known and is_by_event:
            store.add("persons_read", {"person_id": "int64", "day0_date": "date"}, list(day0.items()))
            until = day0 | _read_observation_ends(store, "persons_read")
        found = classify_rules(replace(evidence, until=until), day0, (response.primary, *needed))[0]
        answers[name] = tuple(found[person].status for person in day0)
    return answers
