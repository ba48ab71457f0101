"""Where numbers lie: mean, median, and how far two groups lie apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import fsum, inf, isfinite, nextafter, sqrt

from refractory.statistics.distributions import check_level, normal_quantile, normal_upper_tail, rank_sum_counts
from refractory.statistics.estimate import Estimate, EstimateKind

# Up to so many persons in both groups together the permutation distribution is counted out, which takes some tenths
# of a second at most. Beside a group of more than a few, the normal approximation is then off by at most 0.006,
# below P = 0.1 by at most 0.002 (without ties, counted out for 101 and 1,001 persons).
LARGEST_EXACT = 100
FEW = 10
LARGEST_EXACT_BESIDE_FEW = 1000


def estimate_mean(values: Sequence[float]) -> Estimate:
    """Estimate the mean, with the sample standard deviation (divisor n - 1).

    Args:
        values: One number per person.

    Returns:
        No value without persons; no standard deviation below two.

    Raises:
        ValueError: When a value is not a finite number.

    Example:
        >>> e = estimate_mean([1, 2, 6])
        >>> e.value, round(e.sd, 4), e.n
        (3.0, 2.6458, 3)
    """
    _check_finite(values)
    n = len(values)
    if n == 0:
        return Estimate(EstimateKind.MEAN, None, 0, "mean and sample SD")
    mean = fsum(values) / n
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (n - 1)) if n > 1 else None
    return Estimate(EstimateKind.MEAN, mean, n, "mean and sample SD", sd=sd)


def estimate_median(values: Sequence[float]) -> Estimate:
    """Estimate the median, with the first and third quartile as its lower and upper value.

    Quartiles are of type 7: the value at place 1 + (n - 1) q of the ascending order, on the straight line between
    its two neighbours. This is the rule of R, NumPy and spreadsheets unless told otherwise.

    Args:
        values: One number per person; without persons there is no value.

    Raises:
        ValueError: When a value is not a finite number.

    Source:
        Hyndman and Fan, The American Statistician 50 (1996) 361-365, definition 7.

    Example:
        >>> e = estimate_median([1, 2, 4, 8])
        >>> e.value, e.lower, e.upper
        (3.0, 1.75, 5.0)
    """
    _check_finite(values)
    ascending = sorted(values)
    method = "median and quartiles of type 7"
    if not ascending:
        return Estimate(EstimateKind.MEDIAN, None, 0, method)
    lower, middle, upper = (_quantile(ascending, quarter / 4) for quarter in (1, 2, 3))
    return Estimate(EstimateKind.MEDIAN, middle, len(ascending), method, lower=lower, upper=upper)


def estimate_mann_whitney(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """Test whether two groups lie in the same place with the Mann-Whitney (Wilcoxon rank sum) test, two-sided.

    P is the probability, over all ways to divide the observed values into groups of these sizes, that the rank sum
    lies as far from its expectation as the observed one, or further. Tied values share the mean of their
    ranks. Up to 100 persons, and up to 1,000 where one group has at most 10, the ways are counted out, ties or
    not; above, the normal approximation is used with correction for ties and for continuity, and `method` says so.

    Args:
        first: One number per person of group 1; with nobody in a group nothing can be tested.
        second: One number per person of group 2.

    Raises:
        ValueError: When a value is not a finite number.

    Source:
        Mann and Whitney, Ann Math Stat 18 (1947) 50-60; Lehmann, Nonparametrics (1975), sections 1.2 to 1.4.

    Example:
        >>> round(estimate_mann_whitney([1, 2, 3], [4, 5, 6, 7]).p_value, 4)
        0.0571
    """
    _check_finite(first)
    _check_finite(second)
    n = len(first) + len(second)
    if not first or not second:
        return Estimate(EstimateKind.TEST, None, n, "Mann-Whitney test")
    smaller, other = sorted((first, second), key=len)
    if is_counted_out(len(smaller), len(other)):
        method, p_value = "Mann-Whitney test, exact", _exact_p_value(smaller, other)
    else:
        method = "Mann-Whitney test, normal approximation with correction for ties and continuity"
        p_value = _approximate_p_value(smaller, other)
    return Estimate(EstimateKind.TEST, p_value, n, method, p_value=p_value)


def estimate_hodges_lehmann_shift(first: Sequence[float], second: Sequence[float], level: float = 0.95) -> Estimate:
    """Estimate how far group 1 lies above group 2: the median of all differences between their members.

    The interval runs between two of the ordered differences, placed by the distribution of the Mann-Whitney statistic
    without ties, and holds both of its ends: with ties it covers more often than it says, never less. Where the
    Mann-Whitney test is approximate, the normal approximation places the ends as well. In groups too small for the
    level the interval is infinite.

    Args:
        first: One number per person of group 1; with nobody in a group there is no value.
        second: One number per person of group 2.
        level: Coverage of the interval, between 0 and 1; kept at least.

    Raises:
        ValueError: When a value is not a finite number, or the level is not between 0 and 1.

    Source:
        Hodges and Lehmann, Ann Math Stat 34 (1963) 598-611; Hollander and Wolfe, Nonparametric Statistical Methods,
        2nd edition (1999), sections 4.2 and 4.3.

    Example:
        >>> e = estimate_hodges_lehmann_shift([6, 7, 9, 12], [1, 2, 4, 5])
        >>> e.value, e.lower, e.upper
        (5.0, 1, 11)
    """
    check_level(level)
    _check_finite(first)
    _check_finite(second)
    pairs, n = len(first) * len(second), len(first) + len(second)
    if pairs == 0:
        return Estimate(EstimateKind.SHIFT, None, n, "Hodges-Lehmann", level=level)
    ascending, other = sorted(first), sorted(second)
    # As a fraction: in binary half of 1 - 0.9 lies below 0.05, and a probability of exactly 0.05 would miss it.
    place = _place_of_end(len(first), len(second), (1 - Fraction(repr(float(level)))) / 2)
    middle = [_difference_at(ascending, other, place) for place in {(pairs + 1) // 2, pairs // 2 + 1}]
    return Estimate(
        EstimateKind.SHIFT,
        fsum(middle) / len(middle),
        n,
        "Hodges-Lehmann",
        lower=_difference_at(ascending, other, place) if place else -inf,
        upper=_difference_at(ascending, other, pairs + 1 - place) if place else inf,
        level=level,
    )


def is_counted_out(smaller: int, other: int) -> bool:
    """Whether the Mann-Whitney test of groups of these sizes is exact."""
    return smaller + other <= (LARGEST_EXACT_BESIDE_FEW if smaller <= FEW else LARGEST_EXACT)


def _check_finite(values: Sequence[float]) -> None:
    if not all(map(isfinite, values)):
        raise ValueError("a value is not a finite number")


def _quantile(ascending: Sequence[float], share: float) -> float:
    place = (len(ascending) - 1) * share
    below = int(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])


def _doubled_ranks(values: Sequence[float]) -> dict[float, int]:
    """Twice the rank of each distinct value; doubled, the mean rank of ties is whole."""
    ranks: dict[float, int] = {}
    below = 0
    for value, times in sorted(Counter(values).items()):
        ranks[value] = 2 * below + times + 1
        below += times
    return ranks


def _exact_p_value(smaller: Sequence[float], other: Sequence[float]) -> float:
    everybody = [*smaller, *other]
    ranks = _doubled_ranks(everybody)
    counts = rank_sum_counts([ranks[value] for value in everybody], len(smaller))
    expected = len(smaller) * (len(everybody) + 1)
    observed = abs(sum(ranks[value] for value in smaller) - expected)
    as_far = sum(times for rank_sum, times in enumerate(counts) if abs(rank_sum - expected) >= observed)
    return as_far / sum(counts)


def _approximate_p_value(smaller: Sequence[float], other: Sequence[float]) -> float:
    everybody = [*smaller, *other]
    n = len(everybody)
    ranks = _doubled_ranks(everybody)
    distance = abs(sum(ranks[value] for value in smaller) - len(smaller) * (n + 1)) / 2
    ties = sum(times**3 - times for times in Counter(everybody).values())
    variance = len(smaller) * len(other) / 12 * (n + 1 - ties / (n * (n - 1)))
    if variance <= 0:
        return 1.0
    return min(1.0, 2 * normal_upper_tail((distance - 0.5) / sqrt(variance)))


def _place_of_end(n1: int, n2: int, tail: Fraction) -> int:
    """Place of the interval's lower end among the ordered differences; 0 when no place keeps the level."""
    if not is_counted_out(min(n1, n2), max(n1, n2)):
        spread = sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
        return max(0, int(n1 * n2 / 2 + 0.5 - normal_quantile(float(1 - tail)) * spread))
    counts = rank_sum_counts(range(1, n1 + n2 + 1), min(n1, n2))
    smallest = min(n1, n2) * (min(n1, n2) + 1) // 2
    left_over = tail * sum(counts)
    place = reached = 0
    while reached + counts[smallest + place] <= left_over:
        reached += counts[smallest + place]
        place += 1
    return place


def _difference_at(first: Sequence[float], second: Sequence[float], place: int) -> float:
    """The difference first minus second at that place of their ascending order, without listing all of them.

    Halving the range between two real differences and moving to the nearest real difference on the side that holds
    the place ends at it exactly, after a few dozen sweeps.

    Args:
        first: Ascending.
        second: Ascending.
        place: From 1 to the number of pairs.
    """
    low, high = first[0] - second[-1], first[-1] - second[0]
    while low < high:
        # The middle stays below the upper difference, so that each turn excludes at least one.
        middle = min(low + (high - low) / 2, nextafter(high, -inf))
        at_most, nearest_below, nearest_above = _split_differences(first, second, middle)
        if at_most >= place:
            high = nearest_below
        else:
            low = nearest_above
    return high


def _split_differences(first: Sequence[float], second: Sequence[float], limit: float) -> tuple[int, float, float]:
    """How many differences are at most the limit, the largest of them, and the smallest beyond it."""
    at_most, nearest_below, nearest_above = 0, -inf, inf
    place = 0
    for value in first:
        while place < len(second) and value - second[place] > limit:
            place += 1
        at_most += len(second) - place
        if place < len(second):
            nearest_below = max(nearest_below, value - second[place])
        if place > 0:
            nearest_above = min(nearest_above, value - second[place - 1])
    return at_most, nearest_below, nearest_above
