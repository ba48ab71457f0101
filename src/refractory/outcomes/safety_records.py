"""The events of every person of the cohort, out of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from refractory.cohort.build import Cohort
from refractory.cohort.criteria import Leaves
from refractory.dates import Window
from refractory.exposures.days import days_between
from refractory.exposures.time_at_risk import Span
from refractory.outcomes.evidence import read_labels
from refractory.outcomes.follow_up import derive_observed
from refractory.outcomes.safety import FollowedPerson, PersonSafety, classify_events
from refractory.outcomes.safety_definition import SafetyDefinition
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


def read_safety(
    store: Store, leaves: Leaves, cohort: Cohort, definition: SafetyDefinition, *, has_cycles: bool
) -> dict[int, PersonSafety]:
    """Find the events of every person of the cohort.

    Args:
        store: Holds the records, `cohort`, and `treatment` or, where it has cycles, `infusion_days` and `cycles`.
        leaves: The leaf concept sets of each concept set.
        cohort: The persons at time zero.
        definition: What counts.
        has_cycles: The treatment is given as infusions; else it is taken.

    Returns:
        The events, by person: one entry for every person of the cohort.
    """
    recorded = _read_record_days(store, leaves, definition)
    given, cycles = _read_given(store, has_cycles=has_cycles)
    reasons = _read_stop_reasons(store, cohort, definition.stop_reason)
    followed = derive_followed(
        store.table("cohort"),
        store.table("observation_period"),
        store.table("death"),
        definition.until,
        is_observation_known=cohort.is_observation_known,
    )
    found = {}
    for person, last_day, is_evaluable in store.rows(followed):
        one = FollowedPerson(given.get(person, ()), cycles.get(person, ()), last_day, is_evaluable)
        safety = classify_events(recorded.get(person, {}), one, definition)
        found[person] = replace(safety, stop_reason=reasons.get(person))
    return found


def _read_record_days(store: Store, leaves: Leaves, definition: SafetyDefinition) -> dict[int, dict[str, list[int]]]:
    """Read the days of the records of each event, by person and by name of the event."""
    names: dict[str, list[str]] = {}
    for event in definition.event:
        for leaf in leaves[event.concept]:
            names.setdefault(leaf, []).append(event.name)
    dated = derive_event_days(store.table("event"), store.table("cohort"), tuple(sorted(names)))
    recorded: dict[int, dict[str, list[int]]] = {}
    for person, concept_set, day in store.rows(dated):
        for name in names[concept_set]:
            recorded.setdefault(person, {}).setdefault(name, []).append(day)
    return recorded


def _read_given(store: Store, *, has_cycles: bool) -> tuple[dict[int, tuple[Span, ...]], dict[int, tuple[Span, ...]]]:
    """Read the days of the treatment, and the cycles that they make, by person."""
    cohort = store.table("cohort")
    if not has_cycles:
        return _read_spans(store, derive_given(store.table("treatment"), cohort)), {}
    days, cycles = store.table("infusion_days"), store.table("cycles")
    infused = days.select("person_id", start_date=days.infusion_date, last_covered_date=days.infusion_date)
    numbered = cycles.select("person_id", start_date=cycles.first_date, last_covered_date=cycles.last_date)
    return _read_spans(store, derive_given(infused, cohort)), _read_spans(store, derive_given(numbered, cohort))


def _read_spans(store: Store, given: ir.Table) -> dict[int, tuple[Span, ...]]:
    found: dict[int, list[Span]] = {}
    for person, first_day, last_day in store.rows(given):
        found.setdefault(person, []).append(Span(first_day, last_day))
    return {person: tuple(sorted(spans)) for person, spans in found.items()}


def _read_stop_reasons(store: Store, cohort: Cohort, item: str | None) -> dict[int, str]:
    """Read the last value of the label on or after day 0; one without a date counts, an undecided one does not."""
    if item is None:
        return {}
    day0 = {member.person_id: member.day0_date for member in cohort.members}
    said = read_labels(store, "cohort", item)
    reasons: dict[int, str] = {}
    for person, labels in said.items():
        told = [one.value for one in labels if one.value and (one.when is None or one.when.latest >= day0[person])]
        if told:
            reasons[person] = told[-1]
    return reasons


@later
def derive_event_days(event: ir.Table, cohort: ir.Table, names: Sequence[str]) -> ir.Table:
    """Find the days of the records that some concept sets name, before day 0 and after it.

    Args:
        event: One row per record and concept set, as in records.schema.EVENT.
        cohort: One row per person: person_id, day0_date.
        names: Leaf concept sets.

    Returns:
        One row per person, concept set and day with a record: person_id, concept_set, day (relative to day 0).
    """
    wanted = event.filter(event.concept_set.isin(list(names))).select("person_id", "concept_set", "start_date")
    dated = wanted.join(cohort.select("person_id", "day0_date"), "person_id")
    day = days_between(dated.day0_date, dated.start_date)
    return dated.select("person_id", "concept_set", day=day).distinct()


@later
def derive_given(treatment: ir.Table, cohort: ir.Table) -> ir.Table:
    """Find the days of the treatment at or after day 0.

    Args:
        treatment: One row per record of the treatment: person_id, start_date, last_covered_date.
        cohort: One row per person: person_id, day0_date.

    Returns:
        One row per person and stretch of days that a record covers: person_id, first_day, last_day (relative to
        day 0, the first not before it).
    """
    import ibis

    dated = treatment.select("person_id", "start_date", "last_covered_date")
    dated = dated.join(cohort.select("person_id", "day0_date"), "person_id")
    dated = dated.filter(dated.last_covered_date >= dated.day0_date)
    first_day = ibis.greatest(days_between(dated.day0_date, dated.start_date), 0)
    last_day = days_between(dated.day0_date, dated.last_covered_date)
    return dated.select("person_id", first_day=first_day, last_day=last_day).distinct()


@later
def derive_followed(
    cohort: ir.Table, periods: ir.Table, deaths: ir.Table, until_day: int, *, is_observation_known: bool
) -> ir.Table:
    """Find the last day of follow-up of each person, and whether it is known.

    Args:
        cohort: One row per person: person_id, day0_date.
        periods: One row per period of observation: person_id, start_date, end_date.
        deaths: One row per death: person_id, death_date.
        until_day: Last day that is asked for.
        is_observation_known: Whether the source has periods at all.

    Returns:
        One row per person: person_id, last_day (relative to day 0), is_evaluable. Whom no period holds on day 0 is
        not evaluable; the last day is then the one that is asked for, or that of death.
    """
    import ibis

    span = Window(0, until_day)
    asked = derive_observed(cohort, periods, deaths, span, is_observation_known=False)
    asked = asked.select("person_id", asked_day=asked.observed_until_day)
    if not is_observation_known:
        return asked.select("person_id", last_day=asked.asked_day, is_evaluable=ibis.literal(False))
    seen = derive_observed(cohort, periods, deaths, span, is_observation_known=True)
    both = seen.join(asked, "person_id")
    is_seen = both.observed_from_day <= both.observed_until_day
    last_day = ibis.ifelse(is_seen, both.observed_until_day, both.asked_day)
    return both.select("person_id", last_day=last_day, is_evaluable=is_seen)
