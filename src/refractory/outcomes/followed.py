"""The follow-up of every person of the cohort: what the store holds, brought to days from day 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from refractory.outcomes.answers import Evidence, classify_rules
from refractory.outcomes.durability import FollowUp, History, Span, Visit, derive_follow_up, find_at_day
from refractory.outcomes.evidence import read_events
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import Assessment, Response, ResponseDefinition
from refractory.outcomes.scores import find_direction
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


@later
def derive_treatment_days(treatment: ir.Table, cohort: ir.Table) -> ir.Table:
    """Give the times under the studied treatment that reach day 0 or lie after it.

    Args:
        treatment: One row per drug record of the studied treatment.
        cohort: One row per person: person_id, day0_date.

    Returns:
        One row per person and time: person_id, start_date, last_covered_date.
    """
    wanted = cohort.select("person_id", "day0_date")
    given = treatment.join(wanted, "person_id")
    given = given.filter(given.last_covered_date >= given.day0_date)
    return given.select("person_id", "start_date", "last_covered_date").distinct()


def read_treatment_days(store: Store, day0: Mapping[int, date]) -> dict[int, list[Span]]:
    """Read the times under treatment of each person, in days from day 0."""
    days = derive_treatment_days(store.table("treatment"), store.table("cohort"))
    spans: dict[int, list[Span]] = {}
    for person, first, last in store.rows(days.order_by(["person_id", "start_date", "last_covered_date"])):
        zero = day0[person]
        spans.setdefault(person, []).append((max(0, (first - zero).days), (last - zero).days))
    return spans


@dataclass(frozen=True)
class Followed:
    """What was seen of one person after day 0.

    Args:
        follow_up: Response, stop of treatment, loss of response, retreatment.
        baseline: The followed score at baseline; None where there is none, or the study follows no score.
        at_days: The followed score at each day asked for or drawn; None where no visit is near.
        visits: Day and followed score of each visit after day 0, in order.
        is_higher_worse: Whether a fall of the followed score is a gain.
    """

    follow_up: FollowUp
    baseline: float | None = None
    at_days: Mapping[int, float | None] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    is_higher_worse: bool = True


def read_follow_ups(
    evidence: Evidence,
    definition: FollowUpDefinition,
    response: ResponseDefinition,
    day0: Mapping[int, date],
    responses: Mapping[int, Response],
) -> dict[int, Followed]:
    """Read what was seen of every person of the cohort after day 0.

    Args:
        evidence: Where the answers come from; its store holds the cohort and its treatment.
        definition: What is a stop, a retreatment and a relapse.
        response: The rules of the study.
        day0: Time zero by person.
        responses: The answer by the primary rule, by person.
    """
    spans = read_treatment_days(evidence.store, day0)
    relapses = _read_relapses(evidence, definition)
    scores: dict[int, list[Assessment]] = {}
    if definition.score:
        scores = evidence.read_scores(definition.score, definition.baseline, day0)
    higher_is = definition.higher_is or find_direction(definition.score, evidence.instruments)
    found: dict[int, Followed] = {}
    for person, zero in day0.items():
        seen = definition.until
        if person in evidence.until:
            seen = min(seen, (evidence.until[person] - zero).days)
        visits = _visits(scores.get(person, []), zero)
        history = History(
            spans=tuple(spans.get(person, [])),
            seen_until_day=seen,
            relapse_days=tuple(sorted((day - zero).days for day in relapses.get(person, []))),
            baseline=_find_baseline(visits, definition),
            visits=tuple(visit for visit in visits if 0 < visit[0] <= seen),
        )
        is_worse = higher_is == "worse"
        follow_up = derive_follow_up(responses[person], zero, history, definition, is_higher_worse=is_worse)
        at_days = {day: find_at_day(history.visits, day, definition.near) for day in definition.days_drawn}
        at_days = at_days if definition.score else {}
        found[person] = Followed(follow_up, history.baseline, at_days, history.visits, is_worse)
    return _classify_again(evidence, response, day0, found)


def _classify_again(
    evidence: Evidence, response: ResponseDefinition, day0: Mapping[int, date], found: dict[int, Followed]
) -> dict[int, Followed]:
    """Judge by the primary rule whoever was treated again, as if the restart were day 0."""
    restarts = {
        person: day0[person] + timedelta(days=one.follow_up.restart_day)
        for person, one in found.items()
        if one.follow_up.restart_day is not None
    }
    if not restarts:
        return found
    answers = classify_rules(evidence, restarts, response.rules)[0]
    again = {
        person: replace(found[person], follow_up=replace(found[person].follow_up, again=answers[person].status))
        for person in restarts
    }
    return found | again


def _visits(assessments: list[Assessment], zero: date) -> list[Visit]:
    """Give the dated scores in days from day 0, in order; of several on one day the last as given."""
    by_day: dict[int, float] = {}
    for seen in assessments:
        if seen.when is not None and seen.score is not None:
            by_day[(seen.when.earliest - zero).days] = seen.score
    return sorted(by_day.items())


def _find_baseline(visits: list[Visit], definition: FollowUpDefinition) -> float | None:
    first, last = definition.baseline.first_day, definition.baseline.last_day
    before = [score for day, score in visits if (first is None or day >= first) and (last is None or day <= last)]
    return before[-1] if before else None


def _read_relapses(evidence: Evidence, definition: FollowUpDefinition) -> dict[int, list[date]]:
    """Read the days of relapses by label and by event; a date that is incomplete counts with its latest day."""
    found: dict[int, list[date]] = {}
    relapse = definition.relapse
    if relapse is None:
        return found
    if relapse.label:
        positive = {text.lower() for text in relapse.positive}
        for person, seen in evidence.read_labels(relapse.label).items():
            days = [one.when.latest for one in seen if one.when and one.value in positive]
            found.setdefault(person, []).extend(days)
    if relapse.event:
        for person, days in read_events(evidence.store, evidence.persons, evidence.leaves[relapse.event]).items():
            found.setdefault(person, []).extend(days)
    return found
