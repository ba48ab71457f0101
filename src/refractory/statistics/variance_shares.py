"""How much of the variation of a number over the combinations of some factors belongs to one of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import ceil, fsum

from refractory.statistics.estimate import Estimate, EstimateKind

_NO_VARIATION = "the number is the same in every combination"


def estimate_main_effect(values: Sequence[float], levels: Sequence[Hashable]) -> Estimate:
    """Estimate the share of the variance that lies between the means of the levels of one factor.

    This is eta squared of a one-way analysis of variance; where every combination of all factors comes once, it is the
    first-order Sobol index of the factor, and exact: nothing is drawn.

    Args:
        values: The number in each combination.
        levels: The level of the factor in each.

    Returns:
        A share from 0 to 1; no value where the number never varies. There is no interval: these are all combinations,
        not a sample of any.

    Raises:
        ValueError: When there are not as many levels as values.

    Source:
        Saltelli et al., Global Sensitivity Analysis (2008), section 4.4; Fisher's analysis of variance.

    Example:
        >>> estimate_main_effect([0.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"]).value
        1.0
    """
    groups = _group(values, levels)
    whole = fsum(values) / len(values) if values else 0.0
    between = fsum(len(one) * (fsum(one) / len(one) - whole) ** 2 for one in groups.values())
    return _share(between, values, "main effect (eta squared)")


def estimate_total_effect(values: Sequence[float], others: Sequence[Hashable]) -> Estimate:
    """Estimate the share of the variance that is left when every other factor is held still.

    This is the total effect of the factor: its main effect and all interactions in which it takes part. Where every
    combination comes once it is the total Sobol index, and exact.

    Args:
        values: The number in each combination.
        others: The levels of all other factors in each.

    Returns:
        A share from 0 to 1; no value where the number never varies.

    Raises:
        ValueError: When there are not as many levels as values.

    Source:
        Homma and Saltelli, Reliability Engineering and System Safety 52 (1996) 1-17.

    Example:
        >>> estimate_total_effect([0.0, 1.0, 0.0, 1.0], ["a", "a", "b", "b"]).value
        1.0
    """
    within = fsum(_sum_of_squares(one) for one in _group(values, others).values())
    return _share(within, values, "total effect")


def estimate_spread(values: Sequence[float], share: float = 0.9) -> Estimate:
    """Estimate the median of a number over all combinations, and the range that holds the middle share of them.

    The ends are values that come (nearest rank): the least value that at least (1 - share) / 2 of the values do not
    exceed, and the least one that at least (1 + share) / 2 of them do not exceed. The median of an even number of
    values is the mean of the middle two.

    Args:
        values: The number in each combination; with none there is no median.
        share: Of the combinations, between 0 and 1.

    Raises:
        ValueError: When the share is not between 0 and 1.

    Example:
        >>> spread = estimate_spread(list(range(1, 21)))
        >>> spread.value, spread.lower, spread.upper
        (10.5, 1, 19)
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    method = f"median, and middle {100 * share:g} % by nearest rank"
    if not values:
        return Estimate(EstimateKind.MEDIAN, None, 0, method)
    ordered = sorted(values)
    number = len(ordered)
    middle = (ordered[(number - 1) // 2] + ordered[number // 2]) / 2

    def rank(part: float) -> float:
        # What is exactly a whole rank stays one after a multiplication.
        return ordered[max(1, ceil(round(part * number, 9))) - 1]

    return Estimate(EstimateKind.MEDIAN, middle, number, method, rank((1 - share) / 2), rank((1 + share) / 2))


def _group(values: Sequence[float], levels: Sequence[Hashable]) -> Mapping[Hashable, list[float]]:
    groups: dict[Hashable, list[float]] = {}
    for value, level in zip(values, levels, strict=True):
        groups.setdefault(level, []).append(value)
    return groups


def _sum_of_squares(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return fsum((value - mean) ** 2 for value in values)


def _share(part: float, values: Sequence[float], method: str) -> Estimate:
    if not values or min(values) == max(values):
        return Estimate(EstimateKind.PROPORTION, None, len(values), method, note=_NO_VARIATION)
    share = min(1.0, max(0.0, part / _sum_of_squares(values)))
    return Estimate(EstimateKind.PROPORTION, share, len(values), method)
