"""The days after a treatment on which its effects are looked for, and the days that they are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from refractory.dates import Window


class Span(NamedTuple):
    """Days that follow each other, counted from day 0, both ends included."""

    first_day: int
    last_day: int


@dataclass(frozen=True)
class TimeAtRisk:
    """The days of follow-up of one person by what they are for one event, as spans that do not touch.

    Args:
        risk: Days in a risk window.
        control: Days that they are compared with.
    """

    risk: tuple[Span, ...] = ()
    control: tuple[Span, ...] = ()


def derive_time_at_risk(
    given: Sequence[Span], window: Window, last_day: int, *, washout_days: int = 0, before_days: int = 0
) -> TimeAtRisk:
    """Tell the days of follow-up at risk from those that they are compared with.

    Risk days are the days of the windows after each day of the treatment, each of them once. The others are
    compared with them, but for those of the washout after a window and those shortly before a day of the treatment.

    Args:
        given: Days of the treatment at or after day 0: an infusion day each, or the days that an exposure covers.
        window: The risk window of the event.
        last_day: Last day of follow-up, which begins on day 0.
        washout_days: So many days after a window are left out of the comparison.
        before_days: So many days before a day of the treatment are left out of the comparison.

    Example:
        >>> found = derive_time_at_risk([Span(0, 0), Span(28, 28)], Window(0, 3), 30, before_days=2)
        >>> [(one.first_day, one.last_day) for one in found.risk + found.control]
        [(0, 3), (28, 30), (4, 25)]
    """
    starts, ends = window.first_day or 0, window.last_day or 0
    at_risk = join_spans([Span(one.first_day + starts, one.last_day + ends) for one in given], last_day)
    left_out = [Span(one.first_day + ends + 1, one.last_day + ends + washout_days) for one in given if washout_days]
    left_out += [Span(one.first_day - before_days, one.last_day - 1) for one in given if before_days]
    taken = join_spans([*at_risk, *left_out], last_day)
    return TimeAtRisk(at_risk, _derive_rest(taken, last_day))


def join_spans(spans: Iterable[Span], last_day: int) -> tuple[Span, ...]:
    """Join spans into spans that do not touch, cut to the days from day 0 to a last day.

    Example:
        >>> [(one.first_day, one.last_day) for one in join_spans([Span(5, 9), Span(-3, 4), Span(20, 40)], 30)]
        [(0, 9), (20, 30)]
    """
    joined: list[Span] = []
    for span in sorted(spans):
        cut = Span(max(span.first_day, 0), min(span.last_day, last_day))
        if cut.first_day > cut.last_day:
            continue
        if joined and cut.first_day <= joined[-1].last_day + 1:
            joined[-1] = Span(joined[-1].first_day, max(joined[-1].last_day, cut.last_day))
        else:
            joined.append(cut)
    return tuple(joined)


def _derive_rest(taken: Sequence[Span], last_day: int) -> tuple[Span, ...]:
    """Return the days from day 0 to a last day that no span takes."""
    edges = [-1, *(edge for span in taken for edge in (span.first_day, span.last_day)), last_day + 1]
    gaps = [Span(edges[place] + 1, edges[place + 1] - 1) for place in range(0, len(edges), 2)]
    return tuple(gap for gap in gaps if gap.first_day <= gap.last_day)


def count_days(spans: Iterable[Span]) -> int:
    """Count the days of spans that do not overlap."""
    return sum(span.last_day - span.first_day + 1 for span in spans)


def is_in_spans(day: int, spans: Iterable[Span]) -> bool:
    """Say whether a day lies in any of the spans."""
    return any(span.first_day <= day <= span.last_day for span in spans)
