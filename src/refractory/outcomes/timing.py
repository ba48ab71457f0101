"""Cycles to response: how many cycles had begun on the day of the first response."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from refractory.dates import PartialDate
from refractory.outcomes.response import Response, ResponseStatus


def count_cycles_to_response(cycle_starts: Sequence[date], response: PartialDate | None) -> int | None:
    """Count the cycles begun on or before the day of first response.

    Args:
        cycle_starts: First days of the person's cycles.
        response: Day of first response, or the interval that it may be; None without response.

    Returns:
        The count; None without response, without cycles, or where an incomplete date leaves it open.

    Example:
        >>> starts = [date(2015, 1, 5), date(2015, 2, 2), date(2015, 3, 2)]
        >>> count_cycles_to_response(starts, PartialDate(date(2015, 2, 2), date(2015, 2, 2)))
        2
        >>> count_cycles_to_response(starts, PartialDate(date(2015, 2, 1), date(2015, 2, 28))) is None
        True
    """
    if response is None or not cycle_starts:
        return None
    earliest = sum(start <= response.earliest for start in cycle_starts)
    latest = sum(start <= response.latest for start in cycle_starts)
    return earliest if earliest == latest else None


def classify_by_cycle(
    response: Response, cycle_starts: Sequence[date], cycle: int, *, has_stopped: bool
) -> ResponseStatus:
    """Say whether a person has responded by a cycle, that is before the next one began.

    Not evaluable: whom the rule cannot judge, whose response may have come before or after the next cycle began, and
    who has had fewer cycles, no response so far, and has not been seen to stop.

    Args:
        response: The answer by the primary rule.
        cycle_starts: First days of the person's cycles.
        cycle: The cycle asked for, from 1.
        has_stopped: Whether the treatment was seen to stop.

    Example:
        >>> classify_by_cycle(Response(ResponseStatus.NO_RESPONSE), [date(2015, 1, 5)], 3, has_stopped=True).value
        'NO_RESPONSE'
    """
    if response.status is ResponseStatus.NOT_EVALUABLE:
        return response.status
    if response.when is not None:
        earliest = sum(start <= response.when.earliest for start in cycle_starts)
        latest = sum(start <= response.when.latest for start in cycle_starts)
        if latest <= cycle:
            return ResponseStatus.RESPONSE
        return ResponseStatus.NOT_EVALUABLE if earliest <= cycle else ResponseStatus.NO_RESPONSE
    is_seen = has_stopped or len(cycle_starts) >= cycle
    return ResponseStatus.NO_RESPONSE if is_seen else ResponseStatus.NOT_EVALUABLE
