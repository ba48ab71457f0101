"""The follow-up of one person after day 0: response, stop of treatment, loss of response, retreatment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import Response, ResponseStatus

Span = tuple[int, int]
Visit = tuple[int, float]


class Loss(StrEnum):
    """How a response was lost."""

    RELAPSE = "relapse"
    RETREATMENT = "retreatment"


@dataclass(frozen=True)
class FollowUp:
    """What was seen of one person after day 0, in days from day 0.

    Args:
        seen_until_day: Last day that is followed: end of observation or of follow-up.
        stop_day: Last day of treatment before its first stop; None where it is not seen to stop.
        restart_day: First day of retreatment; None without.
        first_response_day: Earliest day that the first response may be; None without response.
        response_day: Latest day that the first response may be; None without response.
        loss: How the response was lost; None where it was not, within what is followed.
        loss_day: Day on which it was lost.
        again: The answer by the primary rule counted from the restart; None without retreatment.
        best_day: Day of the best score in follow-up; None without a gain.
        best_gain: Gain of that score over baseline, improvements positive.
    """

    seen_until_day: int
    stop_day: int | None = None
    restart_day: int | None = None
    first_response_day: int | None = None
    response_day: int | None = None
    loss: Loss | None = None
    loss_day: int | None = None
    again: ResponseStatus | None = None
    best_day: int | None = None
    best_gain: float | None = None

    @property
    def has_known_response_day(self) -> bool:
        """True for a response whose day is known to the day."""
        return self.response_day is not None and self.response_day == self.first_response_day


def find_stop(spans: Sequence[Span], seen_until_day: int, longest_pause: int) -> int | None:
    """Find the last day of treatment before the first pause of more than so many days that is seen to its end.

    Args:
        spans: First and last day of each time under treatment, in order.
        seen_until_day: Last day that is followed.
        longest_pause: Longest pause, in days, that is no stop.

    Example:
        >>> find_stop([(0, 1), (28, 29), (120, 121)], 400, 56)
        29
        >>> find_stop([(0, 1)], 57, 56), find_stop([(0, 1)], 58, 56)
        (None, 1)
    """
    for (_, last), following in _covered(spans, seen_until_day):
        if (seen_until_day if following is None else following) - last > longest_pause:
            return last
    return None


def find_restart(spans: Sequence[Span], seen_until_day: int, longest_pause: int) -> int | None:
    """Find the first day of treatment after the first pause of more than so many days.

    Example:
        >>> find_restart([(0, 1), (85, 86)], 400, 84), find_restart([(0, 1), (86, 87)], 400, 84)
        (None, 86)
    """
    for (_, last), following in _covered(spans, seen_until_day):
        if following is not None and following - last > longest_pause:
            return following
    return None


def _covered(spans: Sequence[Span], seen_until_day: int) -> list[tuple[Span, int | None]]:
    """Give each time under treatment, overlaps joined, with the first day of the next; nothing after what is seen."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if first > seen_until_day:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    following = [first for first, _ in joined[1:]]
    return list(zip(joined, [*following, None], strict=True)) if joined else []


def find_loss_of_gain(
    baseline: float, visits: Sequence[Visit], response_day: int, lost: float, *, is_higher_worse: bool
) -> int | None:
    """Find the first visit after the response at which so many per cent of the best gain so far are gone.

    Args:
        baseline: Score at baseline.
        visits: Day and score of each visit, in order.
        response_day: Day of the first response.
        lost: Per cent of the gain.
        is_higher_worse: Whether a fall of the score is a gain.

    Example:
        >>> find_loss_of_gain(20, [(30, 10), (60, 14), (90, 15)], 30, 50, is_higher_worse=True)
        90
    """
    best = 0.0
    for day, score in visits:
        gain = baseline - score if is_higher_worse else score - baseline
        if day > response_day and best > 0 and best - gain >= lost / 100 * best - 1e-9:
            return day
        if day > 0:
            best = max(best, gain)
    return None


def find_best(baseline: float, visits: Sequence[Visit], *, is_higher_worse: bool) -> tuple[int, float] | None:
    """Find the first day with the largest gain over baseline, and that gain; None where no visit is better.

    Example:
        >>> find_best(20, [(30, 12), (60, 8), (90, 8)], is_higher_worse=True)
        (60, 12)
    """
    gains = [(baseline - score if is_higher_worse else score - baseline, -day) for day, score in visits if day > 0]
    if not gains or max(gains)[0] <= 0:
        return None
    gain, day = max(gains)
    return -day, gain


def find_at_day(visits: Sequence[Visit], day: int, near: int) -> float | None:
    """Find the score of the visit nearest to a day; of two equally near the earlier; None where none is near.

    Example:
        >>> find_at_day([(100, 9.0), (124, 7.0)], 112, 28), find_at_day([(10, 9.0)], 112, 28)
        (9.0, None)
    """
    within = [(abs(seen - day), seen, score) for seen, score in visits if abs(seen - day) <= near]
    return min(within)[2] if within else None


@dataclass(frozen=True)
class History:
    """What is known of one person after day 0, in days from day 0.

    Args:
        spans: First and last day of each time under treatment from day 0 on, in order.
        seen_until_day: Last day that is followed.
        relapse_days: Days of a relapse by label or event; an incomplete date is its latest day.
        baseline: Baseline score; None without.
        visits: Day and score of each visit, in order.
    """

    spans: tuple[Span, ...]
    seen_until_day: int
    relapse_days: tuple[int, ...] = ()
    baseline: float | None = None
    visits: tuple[Visit, ...] = ()


def derive_follow_up(
    response: Response, day0: date, history: History, definition: FollowUpDefinition, *, is_higher_worse: bool = True
) -> FollowUp:
    """Derive what was seen of one person after day 0.

    A response is lost on the first day after it with a relapse, or on the first day of a retreatment that begins
    after it; of the two the earlier. What lies after the last day that is followed does not count.

    Args:
        response: The answer by the primary rule.
        day0: Time zero.
        history: What is known of the person after day 0.
        definition: What is a stop, a retreatment and a relapse.
        is_higher_worse: Whether a fall of the followed score is a gain.

    Returns:
        The follow-up; `again` is left to whoever reads the assessments after a restart.
    """
    seen = history.seen_until_day
    restart = find_restart(history.spans, seen, definition.retreatment)
    visits = [visit for visit in history.visits if visit[0] <= seen]
    best = None
    if history.baseline is not None:
        best = find_best(history.baseline, visits, is_higher_worse=is_higher_worse)
    first = latest = loss = loss_day = None
    if response.status is ResponseStatus.RESPONSE and response.when is not None:
        first, latest = (response.when.earliest - day0).days, (response.when.latest - day0).days
        relapses = [day for day in history.relapse_days if latest < day <= seen]
        if definition.relapse and definition.relapse.lost and history.baseline is not None:
            gone = find_loss_of_gain(
                history.baseline, visits, latest, definition.relapse.lost, is_higher_worse=is_higher_worse
            )
            relapses += [gone] if gone is not None else []
        ends = [(day, Loss.RELAPSE) for day in relapses]
        ends += [(restart, Loss.RETREATMENT)] if restart is not None and restart > latest else []
        if ends:
            loss_day, loss = min(ends)
    return FollowUp(
        seen_until_day=seen,
        stop_day=find_stop(history.spans, seen, definition.stopped),
        restart_day=restart,
        first_response_day=first,
        response_day=latest,
        loss=loss,
        loss_day=loss_day,
        best_day=best[0] if best else None,
        best_gain=best[1] if best else None,
    )


def classify_by_day(status: ResponseStatus, follow_up: FollowUp, day: int) -> ResponseStatus:
    """Say whether a person has responded by a day.

    Not evaluable: whom the primary rule cannot judge, whose response may lie on either side of the day, and who
    has no response so far and is not followed until then.
    """
    if status is ResponseStatus.NOT_EVALUABLE:
        return status
    if follow_up.first_response_day is not None and follow_up.response_day is not None:
        if follow_up.response_day <= day:
            return ResponseStatus.RESPONSE
        if follow_up.first_response_day <= day:
            return ResponseStatus.NOT_EVALUABLE
    return ResponseStatus.NO_RESPONSE if follow_up.seen_until_day >= day else ResponseStatus.NOT_EVALUABLE


def classify_on_day(status: ResponseStatus, follow_up: FollowUp, day: int) -> ResponseStatus:
    """Say whether a person is in response on a day: has responded, has not lost it, and is still followed."""
    by_then = classify_by_day(status, follow_up, day)
    if by_then is not ResponseStatus.RESPONSE:
        return by_then
    if follow_up.loss_day is not None and follow_up.loss_day <= day:
        return ResponseStatus.NO_RESPONSE
    return ResponseStatus.RESPONSE if follow_up.seen_until_day >= day else ResponseStatus.NOT_EVALUABLE
