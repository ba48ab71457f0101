"""The cumulative proportion responding by cycle, with the end of treatment as a competing event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.estimates import READINGS, Plan, primary_reading
from refractory.analysis.follow_up_estimates import followed_of
from refractory.analysis.results import Cell, NamedEstimate, ResultRow, ResultTable
from refractory.dates import say_days
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import FollowUp
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.competing import (
    IncidenceCurve,
    derive_cumulative_incidence,
    estimate_incidence_by,
    estimate_median_time_of_incidence,
)
from refractory.statistics.estimate import Estimate

# Rows of the printed table: what comes later is in the results file.
MOST_PRINTED = 12


@dataclass(frozen=True)
class CycleTimes:
    """At which cycle each person responded, stopped without a response, or is last seen: one number per person.

    Args:
        responded: Cycles begun when the response was there, at its latest possible day.
        stopped: Cycles begun when the treatment ended without a response.
        censored: Cycles begun by persons who go on without a response.
        not_evaluable: Cycles begun by persons who are not evaluable.
        late: Persons whose response came after the treatment had stopped; they are among `stopped`.
        undecided: Persons among `responded` whose cycle is not known well enough.
    """

    responded: tuple[int, ...]
    stopped: tuple[int, ...]
    censored: tuple[int, ...]
    not_evaluable: tuple[int, ...]
    late: int
    undecided: int


def _cycles_by(patient: Patient, day: int) -> int:
    """Count the cycles begun on or before a day."""
    return sum((cycle.first_date - patient.member.day0_date).days <= day for cycle in patient.cycles)


def _stopped_before(seen: FollowUp, longest_pause: int) -> bool:
    """Say whether the treatment had stopped, and been seen to stop, before the first response."""
    first = seen.first_response_day
    return seen.stop_day is not None and first is not None and first - seen.stop_day > longest_pause


def find_cycle_times(patients: Sequence[Patient], plan: Plan) -> CycleTimes:
    """Find at which cycle each person responded, stopped or is last seen."""
    responded: list[int] = []
    stopped: list[int] = []
    censored: list[int] = []
    not_evaluable: list[int] = []
    late = undecided = 0
    for one, followed in followed_of(patients):
        seen = followed.follow_up
        until = _cycles_by(one, seen.seen_until_day if seen.stop_day is None else seen.stop_day)
        if not until:
            continue
        if one.response.status is ResponseStatus.NOT_EVALUABLE:
            not_evaluable.append(until)
        elif seen.response_day is not None and not _stopped_before(seen, plan.follow_up.stopped):
            responded.append(_cycles_by(one, seen.response_day))
            undecided += one.cycles_to_response is None
        elif seen.stop_day is not None:
            stopped.append(until)
            late += seen.response_day is not None
        else:
            censored.append(until)
    return CycleTimes(tuple(responded), tuple(stopped), tuple(censored), tuple(not_evaluable), late, undecided)


def _curves(times: CycleTimes, plan: Plan) -> dict[str, IncidenceCurve]:
    """Derive the curve by each reading of the persons who are not evaluable."""
    level = plan.analysis.level
    among = (times.responded, times.stopped, times.censored)
    never = (times.responded, (*times.stopped, *times.not_evaluable), times.censored)
    at_once = ((*times.responded, *(1 for _ in times.not_evaluable)), times.stopped, times.censored)
    worst, best = (never, at_once) if plan.response.means == "benefit" else (at_once, never)
    readings = {"evaluable": among, "as_non_response": never, "worst": worst, "best": best}
    return {name: derive_cumulative_incidence(*three, level=level) for name, three in readings.items()}


def estimate_by_cycle(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate the cumulative proportion responding by each cycle, three ways, and the median cycle.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
    """
    times = find_cycle_times(patients, plan)
    curves = _curves(times, plan)
    rule = "Aalen-Johansen, the end of treatment without a response competing"
    label = "Responding by cycle, cumulative"
    primary = primary_reading(plan.response)
    estimates = []
    for cycle in range(1, _last_cycle(times) + 1):
        key = f"cumulative_response.cycle_{cycle}"
        found = {name: estimate_incidence_by(curve, time=cycle) for name, curve in curves.items()}
        estimates.append(_name(key, label, f"by cycle {cycle}; {rule}; {READINGS[primary]}", found[primary]))
        estimates += [
            _name(f"{key}.{name}", label, f"by cycle {cycle}; {rule}; {READINGS[name]}", one)
            for name, one in found.items()
        ]
    median = estimate_median_time_of_incidence(curves[primary])
    return [*estimates, _name("cumulative_response.median", label, f"median cycle; {rule}", median)]


def _name(key: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    return NamedEstimate(key, label, f"{label}: {rule}", "overall", label, estimate)


def _last_cycle(times: CycleTimes) -> int:
    return max((*times.responded, *times.stopped, *times.censored), default=0)


def tabulate_by_cycle(patients: Sequence[Patient], plan: Plan, estimates: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate who is at risk, responds and stops at each cycle, and the cumulative proportion.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        estimates: Those of estimate_by_cycle.
    """
    times = find_cycle_times(patients, plan)
    named = {one.id: one.estimate for one in estimates}
    by_time = {step.time: step for step in _curves(times, plan)["evaluable"].steps}
    rows, at_risk = [], len(times.responded) + len(times.stopped) + len(times.censored)
    for cycle in range(1, min(_last_cycle(times), MOST_PRINTED) + 1):
        step = by_time.get(cycle)
        counts: tuple[Cell, ...] = (step.events, step.competing, step.censored) if step else (0, 0, 0)
        key = f"cumulative_response.cycle_{cycle}"
        cells: tuple[Cell, ...] = (
            at_risk, *counts, named[f"{key}.evaluable"], named[f"{key}.as_non_response"],
        )  # fmt: skip
        rows.append(ResultRow(f"Cycle {cycle}", cells))
        at_risk -= step.events + step.competing + step.censored if step else 0
    footnotes = [
        "Aalen-Johansen: who stops without a response can no longer respond, and is not taken for somebody who might. "
        f"Stopped: not given for more than {say_days(plan.follow_up.stopped)} and observed that long. Goes on: the "
        "record ends before either.",
    ]
    if times.not_evaluable:
        footnotes.append(f"Left out, or never responding (last column): {len(times.not_evaluable)} not evaluable.")
    if times.undecided:
        footnotes.append(
            "Responses known to the month or the year only stand at the latest cycle that they may belong to: "
            f"{times.undecided}."
        )
    if times.late:
        footnotes.append(f"Responses after the treatment had stopped count as stopped: {times.late}.")
    columns = (
        "", "At risk", "Responded", "Stopped without", "Goes on", "Cumulative, evaluable", "Not evaluable as never",
    )  # fmt: skip
    return ResultTable("by_cycle", "Cumulative proportion responding by cycle", columns, tuple(rows), tuple(footnotes))
