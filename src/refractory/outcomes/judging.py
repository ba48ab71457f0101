"""One person judged by one rule: by label, by score, by event, or by several rules taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from refractory.dates import PartialDate, Window
from refractory.outcomes.response import Assessment, Response, ResponseRule, ResponseStatus

# A threshold that is met exactly stays met after a division.
_ROUNDING = 1e-9


def _lies_in(when: PartialDate, day0: date, window: Window) -> bool | None:
    """Say whether an interval of days lies in a window; None where it lies across an end."""
    inside = [
        (window.first_day is None or (day - day0).days >= window.first_day)
        and (window.last_day is None or (day - day0).days <= window.last_day)
        for day in (when.earliest, when.latest)
    ]
    if all(inside):
        return True
    first, last = (when.earliest - day0).days, (when.latest - day0).days
    is_before = window.first_day is not None and last < window.first_day
    is_after = window.last_day is not None and first > window.last_day
    return False if is_before or is_after else None


def classify_by_label(assessments: Sequence[Assessment], day0: date, rule: ResponseRule) -> Response:
    """Classify one person by the reviewers' labels: the first positive one in the window is the response."""
    positive = {text.lower() for text in rule.positive}
    negative = {text.lower() for text in rule.negative}
    hits: list[PartialDate] = []
    has_negative = has_open_date = has_disagreement = False
    for seen in assessments:
        lies = _lies_in(seen.when, day0, rule.window) if seen.when else None
        if lies is False:
            continue
        is_positive = seen.value in positive
        if lies is None:
            has_open_date = has_open_date or seen.value is None or is_positive
        elif seen.value is None:
            has_disagreement = True
        elif is_positive and seen.when:
            hits.append(seen.when)
        elif not negative or seen.value in negative:
            has_negative = True
    if hits:
        first = min(hits, key=lambda when: (when.latest, when.earliest))
        earliest = min(when.earliest for when in hits)
        return Response(ResponseStatus.RESPONSE, PartialDate(earliest, first.latest))
    if has_open_date:
        return Response(ResponseStatus.NOT_EVALUABLE, why="the date of the assessment is incomplete")
    if has_disagreement:
        return Response(ResponseStatus.NOT_EVALUABLE, why="the reviewers disagree")
    if has_negative:
        return Response(ResponseStatus.NO_RESPONSE)
    return Response(ResponseStatus.NOT_EVALUABLE, why="no assessment in the window")


@dataclass(frozen=True)
class ScoreScale:
    """What a rule needs to know of the score that it speaks of.

    Args:
        minimal_change: Minimal important change in points; None where none is declared.
        category_limits: By category, the least score of it; empty where the score has no categories.
    """

    minimal_change: float | None = None
    category_limits: tuple[tuple[str, float], ...] = ()


def _meets(rule: ResponseRule, scale: ScoreScale, baseline: float, score: float) -> bool:
    """Say whether one score meets every limit of a rule."""
    change = rule.fall or rule.rise
    if change:
        amount = scale.minimal_change if change.amount is None else change.amount
        needed = (amount or 0) * baseline / 100 if change.is_relative else amount or 0
        if (baseline - score if rule.fall else score - baseline) < needed - _ROUNDING:
            return False
    if rule.at_most is not None and score > rule.at_most + _ROUNDING:
        return False
    if rule.at_least is not None and score < rule.at_least - _ROUNDING:
        return False
    return rule.category is None or score >= dict(scale.category_limits)[rule.category] - _ROUNDING


def _meets_within(
    rule: ResponseRule, scale: ScoreScale, baseline: tuple[float, float], score: tuple[float, float]
) -> bool | None:
    """Say whether scores of which only bounds are known meet a rule; None where that is open.

    Each limit moves one way with the score and one way with the baseline, so that the corners decide.
    """
    answers = {_meets(rule, scale, before, after) for before in baseline for after in score}
    return answers.pop() if len(answers) == 1 else None


def _confirmed_days(met: Sequence[date], by: Sequence[date], apart: int) -> list[date]:
    """Return the days of a first list that a day of the second, at least so much later, confirms."""
    return [day for day in met if not apart or any(later - day >= timedelta(days=apart) for later in by)]


def classify_by_score(
    assessments: Sequence[Assessment], day0: date, rule: ResponseRule, scale: ScoreScale = ScoreScale()
) -> Response:
    """Classify one person by a score, by itself or by its change from baseline.

    Baseline is the last value in the baseline window; of several values of one day the last as given. Of a score
    with missing items the bounds decide: the person is not evaluable only where they leave the answer open.
    """
    dated = [(seen.when.earliest, seen.bounds) for seen in assessments if seen.when]
    visits = sorted(((day, bounds) for day, bounds in dated if bounds), key=lambda visit: visit[0])

    def between(window: Window) -> list[tuple[date, tuple[float, float]]]:
        return [visit for visit in visits if _lies_in(PartialDate(visit[0], visit[0]), day0, window)]

    before, after = between(rule.baseline), between(rule.window)
    change = rule.fall or rule.rise
    if change and not before:
        return Response(ResponseStatus.NOT_EVALUABLE, why="no baseline score")
    baseline = before[-1][1] if before else (0.0, 0.0)
    known_baseline = baseline[0] if before and baseline[0] == baseline[1] else None
    if not after:
        return Response(ResponseStatus.NOT_EVALUABLE, why="no score in the window", baseline=known_baseline)
    if change and change.is_relative and baseline[0] <= 0:
        why = "a baseline of 0 has no relative change"
        return Response(ResponseStatus.NOT_EVALUABLE, why=why, baseline=known_baseline)
    found = [(day, _meets_within(rule, scale, baseline, score)) for day, score in after]
    met = [day for day, is_met in found if is_met]
    open_days = [day for day, is_met in found if is_met is not False]
    firsts = _confirmed_days(met, met, rule.confirmed)
    possible = _confirmed_days(open_days, open_days, rule.confirmed)
    largest = _find_largest(rule, known_baseline, after) if change else None
    if firsts:
        # An incomplete visit before may already have met the rule.
        return Response(ResponseStatus.RESPONSE, PartialDate(min(possible), firsts[0]), "", largest, known_baseline)
    if possible:
        return Response(ResponseStatus.NOT_EVALUABLE, None, "items of the score are missing", largest, known_baseline)
    return Response(ResponseStatus.NO_RESPONSE, None, "", largest, known_baseline)


def _find_largest(
    rule: ResponseRule, baseline: float | None, visits: Sequence[tuple[date, tuple[float, float]]]
) -> float | None:
    """Return the largest change in the direction of the rule, among complete visits."""
    scores = [lower for _, (lower, upper) in visits if lower == upper]
    if baseline is None or not scores:
        return None
    return max(baseline - score if rule.fall else score - baseline for score in scores)


def classify_by_event(
    event_dates: Sequence[date], observed_until: date | None, day0: date, rule: ResponseRule
) -> Response:
    """Classify one person by an event: RESPONSE means that it happened in the window.

    A person without the event is evaluable when observation covers the whole window. An `observed_until`
    of None says that the source knows no end of observation.
    """
    hits = sorted(day for day in event_dates if _lies_in(PartialDate(day, day), day0, rule.window))
    if hits:
        return Response(ResponseStatus.RESPONSE, PartialDate(hits[0], hits[0]))
    last = rule.window.last_day
    if observed_until is not None and last is not None and (observed_until - day0).days < last:
        return Response(ResponseStatus.NOT_EVALUABLE, why="observation ends before the window does")
    return Response(ResponseStatus.NO_RESPONSE)


def combine_all(parts: Sequence[Response]) -> Response:
    """Take rules together that must all be met: the response is there on the day of the last.

    One part without response decides; else one part that is not evaluable leaves the whole not evaluable.
    """
    statuses = [part.status for part in parts]
    if ResponseStatus.NO_RESPONSE in statuses:
        return Response(ResponseStatus.NO_RESPONSE)
    if ResponseStatus.NOT_EVALUABLE in statuses:
        why = next(part.why for part in parts if part.status is ResponseStatus.NOT_EVALUABLE)
        return Response(ResponseStatus.NOT_EVALUABLE, why=why)
    days = [part.when for part in parts if part.when]
    when = PartialDate(max(day.earliest for day in days), max(day.latest for day in days)) if days else None
    return Response(ResponseStatus.RESPONSE, when)


def combine_any(parts: Sequence[Response]) -> Response:
    """Take rules together of which one must be met: the response is there on the day of the first.

    One part with response decides; else one part that is not evaluable leaves the whole not evaluable.
    """
    responses = [part for part in parts if part.status is ResponseStatus.RESPONSE]
    if responses:
        days = [part.when for part in responses if part.when]
        when = PartialDate(min(day.earliest for day in days), min(day.latest for day in days)) if days else None
        return Response(ResponseStatus.RESPONSE, when)
    for part in parts:
        if part.status is ResponseStatus.NOT_EVALUABLE:
            return Response(ResponseStatus.NOT_EVALUABLE, why=part.why)
    return Response(ResponseStatus.NO_RESPONSE)
