"""Cycles to response: how many cycles had begun on the day of the first response."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from refractory.dates import PartialDate


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
