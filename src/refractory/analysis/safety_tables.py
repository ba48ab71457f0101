"""The tables of safety, and the listing of every episode for the study team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractory.analysis.estimates import Plan
from refractory.analysis.results import Listing, NamedEstimate, PrintedEstimate, ResultRow, ResultTable, TableCell
from refractory.analysis.safety_estimates import (
    MONTHS,
    count_contrast,
    count_event,
    count_stop_reasons,
    find_safety,
)
from refractory.dates import say_days
from refractory.numbers import format_count, format_days, format_share
from refractory.numbers.rounding import format_number
from refractory.outcomes.assess import Patient
from refractory.outcomes.safety_definition import ANY_EVENT, DAYS_PER_MONTH, SafetyDefinition
from refractory.statistics.estimate import Estimate, EstimateKind

NOT_EVALUABLE = "not evaluable"


def tabulate_safety(
    patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition, named: Sequence[NamedEstimate]
) -> list[ResultTable]:
    """Tabulate the events, the self-controlled contrast, and why the treatment was stopped.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        definition: What counts as an event.
        named: The estimates of safety.
    """
    by_id = {one.id: one for one in named}
    tables = [_tabulate_events(patients, plan, definition, by_id)]
    if definition.contrast:
        tables.append(_tabulate_contrast(patients, definition, by_id))
    if definition.stop_reason:
        everybody = len(find_safety(patients))
        rows = [
            ResultRow(reason[:1].upper() + reason[1:], (format_share(persons, everybody),))
            for reason, persons in count_stop_reasons(patients)
        ]
        title = "Why the treatment was stopped, by chart review"
        tables.append(ResultTable("stop_reasons", title, ("", "Persons"), tuple(rows)))
    return tables


def _tabulate_events(
    patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition, by_id: Mapping[str, NamedEstimate]
) -> ResultTable:
    columns = ["", "Persons", "Episodes", "At risk"]
    columns += ["Cycles with an event"] if plan.has_cycles else []
    columns += [f"Per {MONTHS} person-months", f"Per {MONTHS} person-months at risk"]
    keys = ["persons", "per_cycle"] if plan.has_cycles else ["persons"]
    keys += ["per_100_person_months", "per_100_person_months_at_risk"]
    rows: list[ResultRow] = []
    for name in definition.windows:
        counts = count_event(patients, name)
        persons, *estimates = (by_id[f"safety.{name}.{key}"].estimate for key in keys)
        if not counts.follow_up_days:
            rows.append(ResultRow(name, (persons, *[NOT_EVALUABLE] * (len(columns) - 2))))
            continue
        rounded = [_round_rate(one) if one.kind is EstimateKind.RATE else one for one in estimates]
        rows.append(ResultRow(name, (persons, sum(counts.events), sum(counts.events_at_risk), *rounded)))
    footnotes = _note_events(patients, plan, definition)
    return ResultTable("safety", "Events after day 0", tuple(columns), tuple(rows), footnotes)


def _round_rate(rate: Estimate) -> TableCell:
    """Give a rate at most two decimals: more would say nothing of so few events."""
    if rate.value is None:
        return rate
    return PrintedEstimate(rate, 1 if rate.value >= 10 else 2)


def _note_events(patients: Sequence[Patient], plan: Plan, definition: SafetyDefinition) -> tuple[str, ...]:
    everybody = find_safety(patients)
    known = [one.follow_up_days for one in everybody if one.follow_up_days is not None]
    months = format_number(sum(known) / DAYS_PER_MONTH, 1)
    percent = plan.analysis.percent
    windows = "; ".join(f"{name}: {window}" for name, window in definition.windows.items())
    notes = [
        f"Persons: with an episode recorded from day 0 to day {definition.until}, among all persons, with "
        f"{plan.analysis.proportion} {percent} intervals. Records of an event less than {say_days(definition.apart)} "
        "after the first day of an episode belong to it.",
        f"At risk, counted from each {'infusion day' if plan.has_cycles else 'covered day'}: {windows}. Rates: exact "
        f"Poisson {percent} intervals, over {months} person-months of follow-up in all.",
    ]
    if plan.has_cycles:
        notes.append(
            "Cycles of one person are not independent: the interval of their share is narrower than it should be where "
            "events come again in the same persons."
        )
    if len(known) < len(everybody):
        notes.append(
            f"{format_count(len(everybody) - len(known))} of {format_count(len(everybody))} persons are not evaluable "
            "for episodes, cycles and rates, since no observation is known on day 0; they count among persons."
        )
    return tuple(notes)


def _tabulate_contrast(
    patients: Sequence[Patient], definition: SafetyDefinition, by_id: Mapping[str, NamedEstimate]
) -> ResultTable:
    is_known = any(one.follow_up_days is not None for one in find_safety(patients))
    rows: list[ResultRow] = []
    for name in definition.windows:
        counts = count_contrast(patients, name)
        if not is_known:
            rows.append(ResultRow(name, (NOT_EVALUABLE,) * 4))
            continue
        at_risk = _say_events(sum(one.risk_events for one in counts), sum(one.risk_days for one in counts))
        control = _say_events(sum(one.control_events for one in counts), sum(one.control_days for one in counts))
        ratio = by_id[f"safety.{name}.rate_ratio"].estimate
        rows.append(ResultRow(name, (len(counts), at_risk, control, ratio)))
    columns = ("", "Persons with events", "In risk windows", "On their other days", "Rate ratio")
    left_out = [f"{say_days(definition.washout)} after a risk window"] if definition.washout else []
    left_out += [f"{say_days(definition.before)} before a day of the treatment"] if definition.before else []
    footnotes = (
        "Self-controlled: the rate in the risk windows over that on the other days of follow-up of the same persons, "
        "with an exact interval conditional on each person's events. The disease itself raises the risk of some "
        "events, of thrombosis among them: each person is compared with himself or herself, so that only what changes "
        "within a person can explain a difference.",
        "Persons without an event say nothing about the ratio and are not counted here."
        + (f" Left out of the other days: {' and '.join(left_out)}." if left_out else ""),
    )
    return ResultTable(
        "safety_contrast", "Events in risk windows and on the other days of the same persons", columns, tuple(rows),
        footnotes,
    )  # fmt: skip


def _say_events(events: int, days: float) -> str:
    return f"{format_count(events)} in {format_days(round(days))}"


def list_episodes(patients: Sequence[Patient]) -> Listing:
    """List every episode, persons numbered in the order of the cohort: identifiable, for the study team only."""
    columns = ("Person", "Event", "Day", "In a risk window", "Days since treatment", "Cycle", "Evaluable for rates")
    rows = []
    for number, patient in enumerate(patients, start=1):
        safety = patient.safety
        if safety is None:
            continue
        own = [one for name, event in safety.events.items() if name != ANY_EVENT for one in event.episodes]
        for one in sorted(own, key=lambda one: (one.day, one.event)):
            cycles = ", ".join(map(str, one.cycles)) or None
            told = (_say(one.is_at_risk), one.days_since, cycles, _say(safety.follow_up_days is not None))
            rows.append((number, one.event, one.day, *told))
    return Listing("episodes", "Episodes of the events after day 0", columns, tuple(rows))


def _say(is_so: bool) -> str:
    return "yes" if is_so else "no"
