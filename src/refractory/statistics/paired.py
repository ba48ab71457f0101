"""How far two numbers of the same persons lie apart: the same person before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isfinite, nextafter, sqrt

from refractory.statistics.distributions import check_level, normal_quantile, normal_upper_tail
from refractory.statistics.estimate import Estimate, EstimateKind

# Up to so many persons the distribution of signs is counted out, which takes some tenths of a second.
LARGEST_EXACT = 100


def estimate_signed_rank(differences: Sequence[float]) -> Estimate:
    """Test whether paired differences lie around zero with Wilcoxon's signed rank test, two-sided.

    P is the probability, over all ways to give the observed sizes a sign, that the sum of the ranks of positive
    differences lies as far from its expectation as the observed one, or further. Differences of zero are left out, and
    equal sizes share the mean of their ranks. Up to 100 differences the ways are counted out, ties or not; above,
    the normal approximation is used with correction for ties and for continuity, and `method` says so.

    Args:
        differences: One number per person; where all are zero, or there is none, nothing can be tested.

    Raises:
        ValueError: When a difference is not a finite number.

    Source:
        Wilcoxon, Biometrics Bulletin 1 (1945) 80-83; Lehmann, Nonparametrics (1975), sections 3.1 and 3.2.

    Example:
        >>> estimate_signed_rank([1, 2, 3, 4, 5]).p_value
        0.0625
    """
    _check_finite(differences)
    moved = [difference for difference in differences if difference]
    is_exact = len(moved) <= LARGEST_EXACT
    method = "Wilcoxon signed rank, exact" if is_exact else "Wilcoxon signed rank, normal approximation"
    p_value = None
    if moved:
        p_value = _exact_p_value(moved) if is_exact else _approximate_p_value(moved)
    return Estimate(EstimateKind.TEST, p_value, len(differences), method, p_value=p_value)


def estimate_paired_shift(differences: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Estimate how far paired differences lie from zero: Hodges and Lehmann's median of the means of two.

    The interval holds the shifts that the signed rank test would not reject; up to 100 persons by its exact
    distribution without ties, above by its normal approximation.

    Args:
        differences: One number per person; without persons there is no value.
        level: Coverage of the interval, between 0 and 1.

    Returns:
        The shift, in the unit of the differences; an end that too few persons can fix is infinite.

    Raises:
        ValueError: When a difference is not a finite number, or the level is no share.

    Source:
        Hollander and Wolfe, Nonparametric Statistical Methods (1973), sections 3.2 and 3.3.

    Example:
        >>> e = estimate_paired_shift([1, 2, 3, 4, 5, 6])
        >>> e.value, e.lower, e.upper
        (3.5, 1.0, 6.0)
    """
    check_level(level)
    _check_finite(differences)
    n = len(differences)
    if n == 0:
        return Estimate(EstimateKind.SHIFT, None, 0, "Hodges-Lehmann, paired")
    ascending = sorted(map(float, differences))
    pairs = n * (n + 1) // 2
    middle = (_mean_at(ascending, (pairs + 1) // 2) + _mean_at(ascending, pairs // 2 + 1)) / 2
    place = _place_of_end(n, (1 - Fraction(repr(float(level)))) / 2)
    return Estimate(
        EstimateKind.SHIFT,
        middle,
        n,
        "Hodges-Lehmann, paired",
        lower=_mean_at(ascending, place) if place else -inf,
        upper=_mean_at(ascending, pairs + 1 - place) if place else inf,
        level=level,
    )


def _check_finite(differences: Sequence[float]) -> None:
    if not all(map(isfinite, differences)):
        raise ValueError("a difference is not a finite number")


def _doubled_ranks(moved: Sequence[float]) -> list[int]:
    """Twice the rank of the size of each difference; doubled, the mean rank of ties is whole."""
    ranks: dict[float, int] = {}
    below = 0
    for size, times in sorted(Counter(map(abs, moved)).items()):
        ranks[size] = 2 * below + times + 1
        below += times
    return [ranks[abs(difference)] for difference in moved]


def _sum_counts(ranks: Sequence[int]) -> list[int]:
    """Count the ways to choose any of the ranks, by the sum of those chosen."""
    counts = [1]
    for rank in ranks:
        longer = [*counts, *[0] * rank]
        for chosen, ways in enumerate(counts):
            longer[chosen + rank] += ways
        counts = longer
    return counts


def _exact_p_value(moved: Sequence[float]) -> float:
    ranks = _doubled_ranks(moved)
    counts, whole = _sum_counts(ranks), sum(ranks)
    positive = sum(rank for rank, difference in zip(ranks, moved, strict=True) if difference > 0)
    observed = abs(2 * positive - whole)
    as_far = sum(ways for chosen, ways in enumerate(counts) if abs(2 * chosen - whole) >= observed)
    return float(Fraction(as_far, sum(counts)))


def _approximate_p_value(moved: Sequence[float]) -> float:
    ranks = _doubled_ranks(moved)
    positive = sum(rank for rank, difference in zip(ranks, moved, strict=True) if difference > 0)
    # Each rank is counted in or left out: its variance is a quarter of its square.
    variance = sum((rank / 2) ** 2 for rank in ranks) / 4
    distance = abs(positive - sum(ranks) / 2) / 2
    return min(1.0, 2 * normal_upper_tail((distance - 0.5) / sqrt(variance)))


def _place_of_end(n: int, tail: Fraction) -> int:
    """Place of the interval's lower end among the ordered means of two; 0 when no place keeps the level."""
    if n > LARGEST_EXACT:
        spread = sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return max(0, int(n * (n + 1) / 4 + 0.5 - normal_quantile(float(1 - tail)) * spread))
    left_over = tail * 2**n
    place = reached = 0
    for ways in _sum_counts(range(1, n + 1)):
        if reached + ways > left_over:
            break
        reached += ways
        place += 1
    return place


def _mean_at(ascending: Sequence[float], place: int) -> float:
    """The mean of two at that place of the ascending order of all means of two, without listing them.

    Halving the range between two real means and moving to the nearest real mean on the side that holds the place ends
    at it exactly, after a few dozen sweeps. Each number is also paired with itself.
    """
    low, high = ascending[0], ascending[-1]
    while low < high:
        middle = min(low + (high - low) / 2, nextafter(high, -inf))
        at_most, nearest_below, nearest_above = _split_means(ascending, middle)
        if at_most >= place:
            high = nearest_below
        else:
            low = nearest_above
    return high


def _split_means(ascending: Sequence[float], limit: float) -> tuple[int, float, float]:
    """How many means of two are at most the limit, the largest of them, and the smallest beyond it."""
    at_most, nearest_below, nearest_above = 0, -inf, inf
    top = len(ascending) - 1
    for place, value in enumerate(ascending):
        while top >= place and (value + ascending[top]) / 2 > limit:
            top -= 1
        # Partners from `place` to `top` are at most the limit, those from there on beyond it.
        if top >= place:
            at_most += top - place + 1
            nearest_below = max(nearest_below, (value + ascending[top]) / 2)
        first_beyond = max(top + 1, place)
        if first_beyond < len(ascending):
            nearest_above = min(nearest_above, (value + ascending[first_beyond]) / 2)
    return at_most, nearest_below, nearest_above
