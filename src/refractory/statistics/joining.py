"""One estimate less another, and the interval of what is left."""

from __future__ import annotations

from math import hypot

from refractory.statistics.estimate import Estimate, EstimateKind

METHOD = "intervals joined by their squares"


def estimate_remainder(whole: Estimate, part: Estimate) -> Estimate:
    """Estimate what is left of one number when another is taken from it, by the intervals of both.

    Each end lies as far from the remainder as the two ends that make it so lie from their numbers, joined like the
    sides of a right angle. Of two numbers that rise and fall together the interval is too wide rather than too narrow.

    Args:
        whole: A number with its interval.
        part: What is taken from it, with its interval; a number without one is taken as known.

    Returns:
        The remainder in the unit of both; without value where one of them has none, and without interval where the
        whole has none.

    Source:
        Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.

    Example:
        >>> def between(lower, value, upper):
        ...     return Estimate(EstimateKind.SHIFT, value, 20, "t", lower, upper, 0.95)
        >>> e = estimate_remainder(between(7, 10, 13), between(1, 2, 6))
        >>> e.value, e.lower, round(e.upper, 3)
        (8, 3.0, 11.162)
    """
    n = min(whole.n, part.n)
    if whole.value is None or part.value is None:
        return Estimate(EstimateKind.SHIFT, None, n, METHOD, note=whole.note or part.note)
    left = whole.value - part.value
    if whole.lower is None or whole.upper is None:
        return Estimate(EstimateKind.SHIFT, left, n, METHOD, note=whole.note)
    low, high = (part.value if end is None else end for end in (part.lower, part.upper))
    return Estimate(
        EstimateKind.SHIFT,
        left,
        n,
        METHOD,
        lower=left - hypot(whole.value - whole.lower, high - part.value),
        upper=left + hypot(whole.upper - whole.value, part.value - low),
        level=whole.level,
        note=part.note,
    )
