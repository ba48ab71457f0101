"""P values of several tests, adjusted for being several."""

from __future__ import annotations

from collections.abc import Sequence


def adjust_by_holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust the P values of a declared family so that the chance of any false finding stays at the level.

    The smallest is multiplied by the number of tests, the next by one less, and so on; none becomes
    smaller than the one before it, none exceeds 1. A test that could not be done is no member of the family.

    Args:
        p_values: One per test, in any order; None where the test could not be done.

    Returns:
        One adjusted P value per test, in the same order.

    Source:
        Holm, Scand J Stat 6 (1979) 65-70.

    Example:
        >>> adjust_by_holm([0.04, 0.01, None, 0.03])
        (0.06, 0.03, None, 0.06)
    """
    tested = _ascending(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p_value, place) in enumerate(tested):
        reached = max(reached, min(1.0, p_value * (len(tested) - rank)))
        adjusted[place] = reached
    return tuple(adjusted)


def adjust_by_benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust exploratory P values so that the expected share of false findings among the findings stays at the level.

    Args:
        p_values: One per test, in any order; None where the test could not be done.

    Returns:
        One adjusted P value per test, in the same order.

    Source:
        Benjamini and Hochberg, J R Stat Soc B 57 (1995) 289-300.

    Example:
        >>> adjust_by_benjamini_hochberg([0.04, 0.01, None, 0.03])
        (0.04, 0.03, None, 0.04)
    """
    tested = _ascending(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 1.0
    for rank, (p_value, place) in reversed(list(enumerate(tested, start=1))):
        reached = min(reached, p_value * len(tested) / rank)
        adjusted[place] = reached
    return tuple(adjusted)


def _ascending(p_values: Sequence[float | None]) -> list[tuple[float, int]]:
    """The P values that exist, smallest first, each with its place in the family."""
    tested = [(p_value, place) for place, p_value in enumerate(p_values) if p_value is not None]
    if not all(0 <= p_value <= 1 for p_value, _ in tested):
        raise ValueError("a P value lies between 0 and 1")
    return sorted(tested)
