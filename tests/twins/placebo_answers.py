"""A fall of a score at any day 0, judged by a plain loop over one person's visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def judge_by_fall(
    visits: Sequence[tuple[date, float]], zero: date, points: float, baseline: tuple[int, int], window: tuple[int, int]
) -> bool | None:
    """Say whether a score was lower by so many points in the window; None where baseline or window has no visit."""
    before = after = None
    for when, value in sorted(visits):
        day = (when - zero).days
        if baseline[0] <= day <= baseline[1]:
            before = value
        if window[0] <= day <= window[1]:
            after = value if after is None else min(after, value)
    if before is None or after is None:
        return None
    return before - after >= points
