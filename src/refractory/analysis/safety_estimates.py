"""The estimates of safety: who had an event, how often events came, and whether more often in the risk windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refractory.analysis.estimates import Plan, count_of, estimate_share
from refractory.analysis.results import NamedEstimate
from refractory.outcomes.assess import Patient
from refractory.outcomes.safety import Episode, PersonSafety
from refractory.outcomes.safety_definition import DAYS_PER_MONTH, SafetyDefinition
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.rates import estimate_rate_of_persons
from refractory.statistics.self_controlled import WindowCounts, estimate_self_controlled_ratio

MONTHS = 100
NOT_SAID = "not said"


@dataclass(frozen=True)
class EventCounts:
    """One event among the persons of the analysis set.

    Args:
        persons: Persons with an episode recorded in follow-up, among all persons.
        all_persons: All persons.
        events: Episodes of each person who is evaluable for rates.
        events_at_risk: Of these, those in a risk window.
        follow_up_days: Days of follow-up of each of these persons.
        risk_days: Of these, those in a risk window.
        cycles_with_event: Cycles of these persons with an episode in the risk window of one of their infusion days.
        cycles: Cycles of these persons that began in follow-up.
    """

    persons: int
    all_persons: int
    events: tuple[int, ...]
    events_at_risk: tuple[int, ...]
    follow_up_days: tuple[int, ...]
    risk_days: tuple[int, ...]
    cycles_with_event: int
    cycles: int


def find_safety(patients: Iterable[Patient]) -> list[PersonSafety]:
    """Return the events of every person of whom the protocol asks."""
    return [one.safety for one in patients if one.safety is not None]


def count_event(patients: Iterable[Patient], name: str) -> EventCounts:
    """Count one event among the persons, and the time in which it was looked for."""
    everybody = find_safety(patients)
    evaluable = [one for one in everybody if one.follow_up_days is not None]
    events = [one.events[name] for one in evaluable]
    return EventCounts(
        persons=sum(bool(one.events[name].episodes) for one in everybody),
        all_persons=len(everybody),
        events=tuple(len(one.episodes) for one in events),
        events_at_risk=tuple(sum(episode.is_at_risk for episode in one.episodes) for one in events),
        follow_up_days=tuple(one.follow_up_days or 0 for one in evaluable),
        risk_days=tuple(one.risk_days for one in events),
        cycles_with_event=sum(len(_find_cycles(one.episodes)) for one in events),
        cycles=sum(one.cycles for one in evaluable),
    )


def _find_cycles(episodes: Iterable[Episode]) -> set[int]:
    return {cycle for episode in episodes for cycle in episode.cycles}


def count_contrast(patients: Iterable[Patient], name: str) -> list[WindowCounts]:
    """Count what each person brings to the contrast who has an episode and both kinds of days.

    Of a person who is not evaluable no day is known, of either kind.
    """
    events = [one.events[name] for one in find_safety(patients)]
    counts = [
        WindowCounts(
            risk_events=sum(episode.is_at_risk for episode in event.episodes),
            risk_days=event.risk_days,
            control_events=sum(episode.is_control for episode in event.episodes),
            control_days=event.control_days,
        )
        for event in events
    ]
    return [one for one in counts if one.risk_days and one.control_days and one.risk_events + one.control_events]


def count_stop_reasons(patients: Iterable[Patient]) -> list[tuple[str, int]]:
    """Count why the treatment was stopped, the most frequent reason first, and last of whom nobody says."""
    said = [one.stop_reason for one in find_safety(patients)]
    counts = Counter(reason for reason in said if reason)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [*ranked, (NOT_SAID, said.count(None))]


def estimate_safety(patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition) -> list[NamedEstimate]:
    """Estimate every event of the protocol, and all of them together.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        definition: What counts as an event.
    """
    everybody = find_safety(patients)
    evaluable = [one.follow_up_days for one in everybody if one.follow_up_days is not None]
    named = [
        _name("safety.follow_up_days", "Days of follow-up for events", "Days of follow-up of the persons who are "
              "evaluable for rates, added up", count_of(sum(evaluable))),
        _name("safety.not_evaluable", "Persons not evaluable for rates of events", "Persons whose observation is not "
              "known on day 0", count_of(len(everybody) - len(evaluable))),
    ]  # fmt: skip
    for name in definition.windows:
        named += _estimate_event(count_event(patients, name), name, plan)
        if definition.contrast:
            named.append(_estimate_contrast(count_contrast(patients, name), name, plan))
    if definition.stop_reason:
        for reason, persons in count_stop_reasons(patients):
            label = f"Treatment stopped: {reason}"
            share = estimate_share(persons, len(everybody), plan.analysis)
            named.append(_name(f"safety.stop_reason.{reason}", label, f"{label}, among all persons", share))
    return named


def _name(estimate_id: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    return NamedEstimate(estimate_id, label, rule, "overall", label, estimate)


def _estimate_event(counts: EventCounts, name: str, plan: Plan) -> list[NamedEstimate]:
    key, level = f"safety.{name}", plan.analysis.level
    per_months = f"per {MONTHS} person-months"
    rows: list[tuple[str, str, str, Estimate]] = [
        ("persons", "persons", "persons with an episode recorded in follow-up, among all persons",
         estimate_share(counts.persons, counts.all_persons, plan.analysis)),
        ("events", "episodes", "episodes in follow-up, of persons evaluable for rates", _count_known(counts.events)),
        ("events_at_risk", "episodes in risk windows", "episodes whose first day lies in a risk window, of persons "
         "evaluable for rates", _count_known(counts.events_at_risk)),
        ("per_100_person_months", f"{per_months} of follow-up", f"episodes in follow-up {per_months}, of persons "
         "evaluable for rates", estimate_per_months(counts.events, counts.follow_up_days, level)),
        ("per_100_person_months_at_risk", f"{per_months} at risk", f"episodes in risk windows {per_months} of risk "
         "windows, of persons evaluable for rates",
         estimate_per_months(counts.events_at_risk, counts.risk_days, level)),
    ]  # fmt: skip
    if plan.has_cycles:
        cycles = estimate_share(counts.cycles_with_event, counts.cycles, plan.analysis)
        told = (
            "cycles with an episode in the risk window of one of their infusion days, among cycles begun in follow-up"
        )
        rows.append(("per_cycle", "cycles", told, cycles))
    return [_name(f"{key}.{last}", f"{name}, {label}", f"{name}: {rule}", one) for last, label, rule, one in rows]


def _count_known(events: Sequence[int]) -> Estimate:
    """Add up the episodes of the persons who are evaluable; where nobody is, it is not known whether there were any."""
    return count_of(sum(events)) if events else Estimate(EstimateKind.COUNT, None, 0, "count")


def estimate_per_months(events: Sequence[int], days: Sequence[int], level: float) -> Estimate:
    """Estimate events per 100 person-months; where persons differ more than chance explains, its note says so.

    Args:
        events: One count per person.
        days: Days of each person in which they were counted.
        level: Coverage of the exact Poisson interval.

    Example:
        >>> one = estimate_per_months([1, 2, 0], [1000, 1000, 1044], 0.95)
        >>> round(one.value, 2), round(one.lower, 2), round(one.upper, 2)
        (3.0, 0.62, 8.77)
    """
    months = [number / DAYS_PER_MONTH for number in days]
    return estimate_rate_of_persons(events, months, per=MONTHS, level=level)


def _estimate_contrast(counts: Sequence[WindowCounts], name: str, plan: Plan) -> NamedEstimate:
    ratio = estimate_self_controlled_ratio(counts, level=plan.analysis.level)
    rule = f"{name}: rate in risk windows over the rate on the person's other days, conditional on persons with events"
    return _name(f"safety.{name}.rate_ratio", f"{name}, rate ratio", rule, ratio)
