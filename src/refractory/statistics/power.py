"""What a study could have found: the smallest difference that its test had a good chance to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi, sqrt

from refractory.statistics.distributions import (
    TIE_TOLERANCE,
    binomial_probabilities,
    find_root,
    hypergeometric_probabilities,
    no_more_probable,
    normal_quantile,
    normal_upper_tail,
    rank_sum_counts,
    student_quantile,
)
from refractory.statistics.location import is_counted_out

# Rates are tried in steps of a tenth of a percentage point.
_STEPS = 1000
# Tables up to which power is summed exactly (some tenths of a second).
_MOST_TABLES = 250_000
# Mann-Whitney test against Student's test when the values are normal; for no distribution that only shifts is it
# below 0.864 (Hodges and Lehmann 1956).
_RELATIVE_EFFICIENCY = 3 / pi


@dataclass(frozen=True)
class DetectableDifference:
    """The response rates of group 2 nearest to the rate of group 1 that a test had a given chance to tell from it.

    Args:
        rate: Response rate of group 1.
        below: Nearest lower rate of group 2 that is found with that power; None when none is.
        above: Nearest higher rate; None when none is.
        power: Chance to find it.
        alpha: Two-sided level of the test.
        method: How the power was computed.
    """

    rate: float
    below: float | None
    above: float | None
    power: float
    alpha: float
    method: str

    @property
    def difference(self) -> float:
        """Distance to the nearer of the two rates."""
        return min(abs(found - self.rate) for found in (self.below, self.above) if found is not None)


def find_power(n1: int, rate1: float, n2: int, rate2: float, alpha: float = 0.05) -> float:
    """Chance of a P value of at most alpha from Fisher's exact test, two-sided, when two rates differ.

    Args:
        n1: Persons of group 1.
        rate1: True response rate of group 1.
        n2: Persons of group 2.
        rate2: True response rate of group 2.
        alpha: Two-sided level of the test.

    Returns:
        The exact chance, summed over all tables.

    Example:
        >>> round(find_power(21, 0.93, 21, 0.74), 2), round(find_power(15, 0.93, 27, 0.74), 2)
        (0.27, 0.23)
    """
    return _chance(_chance_by_count(n1, rate1, n2, alpha), rate2)


def find_detectable_difference(
    n1: int, n2: int, rate: float, power: float = 0.8, alpha: float = 0.05
) -> DetectableDifference | None:
    """Find the smallest difference from a response rate that Fisher's exact test had the given chance to find.

    The rate of group 2 goes away from the rate of group 1 by tenths of a percentage point, down and up, until the
    power is reached. Power is summed over all tables; above 250,000 tables it is the normal approximation with
    continuity correction, and `method` says so.

    Args:
        n1: Persons of group 1, which responds at `rate`.
        n2: Persons of group 2.
        rate: Response rate of group 1.
        power: Chance of a P value of at most alpha.
        alpha: Two-sided level of the test.

    Returns:
        None when no rate of group 2 is found with that power.

    Source:
        Casagrande, Pike and Smith, Applied Statistics 27 (1978) 176-180, for the exact sum;
        Fleiss, Tytun and Ury, Biometrics 36 (1980) 343-346, for the approximation.

    Example:
        >>> found = find_detectable_difference(21, 21, rate=0.99)
        >>> round(found.below, 3), found.above
        (0.673, None)
    """
    return _search_difference(n1, n2, rate, power, alpha)


# One study asks the same question in several places: beside its strata, its predictors and its cautions.
@lru_cache(maxsize=256)
def _search_difference(n1: int, n2: int, rate: float, power: float, alpha: float) -> DetectableDifference | None:
    if (n1 + 1) * (n2 + 1) <= _MOST_TABLES:
        method = "Fisher's exact test, power summed over all tables"
        chances = _chance_by_count(n1, rate, n2, alpha)
        below = _nearest(rate, -1, power, lambda other: _chance(chances, other))
        above = _nearest(rate, 1, power, lambda other: _chance(chances, other))
    else:
        method = "Fisher's exact test, normal approximation of power with continuity correction"
        below = _nearest(rate, -1, power, lambda other: _approximate_power(n1, rate, n2, other, alpha))
        above = _nearest(rate, 1, power, lambda other: _approximate_power(n1, rate, n2, other, alpha))
    if below is None and above is None:
        return None
    return DetectableDifference(rate, below, above, power, alpha, method)


def find_detectable_shift(n1: int, n2: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Find the shift, in standard deviations, that the Mann-Whitney test had the given chance to find.

    It is the shift that Student's test finds, by the noncentral t distribution, in groups smaller by the factor 3 / pi
    (0.955), the asymptotic relative efficiency of the Mann-Whitney test when the values are normal, at the level that
    the exact test attains: its P values jump, and the largest that does not exceed alpha may lie well below it.

    Args:
        n1: Persons of group 1.
        n2: Persons of group 2.
        power: Chance of a P value of at most alpha.
        alpha: Two-sided level of the test.

    Returns:
        None when a group is empty, or when no division of so few persons has a P value of at most alpha.

    Source:
        Hodges and Lehmann, Ann Math Stat 27 (1956) 324-335; Lehmann, Nonparametrics (1975), section 2.4.

    Example:
        >>> round(find_detectable_shift(15, 27), 2)
        0.95
    """
    level = _find_attained_level(n1, n2, alpha) if min(n1, n2) > 0 else 0.0
    if level == 0:
        return None
    error = sqrt((1 / n1 + 1 / n2) / _RELATIVE_EFFICIENCY)
    # With both groups of one the level that is attained is 1, and no test of a difference is left.
    return _find_by_noncentral_t(error, max(n1 + n2 - 2, 1), power, level)


def _find_attained_level(n1: int, n2: int, alpha: float) -> float:
    """The largest P value, at most alpha, that the exact Mann-Whitney test has for values without ties."""
    if not is_counted_out(min(n1, n2), max(n1, n2)):
        return alpha
    counts = rank_sum_counts(range(1, n1 + n2 + 1), min(n1, n2))
    whole, reached = sum(counts), 0
    for ways in counts:
        if 2 * (reached + ways) > alpha * whole * (1 + TIE_TOLERANCE):
            break
        reached += ways
    return 2 * reached / whole


def find_detectable_mean_difference(n1: int, n2: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Find the difference of means, in standard deviations, that Welch's test had the given chance to find.

    The values are taken as normal, with one standard deviation in both groups; the test has the degrees of freedom
    that Welch and Satterthwaite give to two equal variances, and power is that of the noncentral t distribution.

    Args:
        n1: Persons of group 1.
        n2: Persons of group 2.
        power: Chance of a P value of at most alpha.
        alpha: Two-sided level of the test.

    Returns:
        None when a group has fewer than two persons.

    Source:
        Welch, Biometrika 34 (1947) 28-35; Cohen, Statistical Power Analysis (1988), section 2.5.

    Example:
        >>> round(find_detectable_mean_difference(20, 20), 2)
        0.91
    """
    if min(n1, n2) < 2:
        return None
    of_mean1, of_mean2 = 1 / n1, 1 / n2
    degrees = (of_mean1 + of_mean2) ** 2 / (of_mean1**2 / (n1 - 1) + of_mean2**2 / (n2 - 1))
    return _find_by_noncentral_t(sqrt(of_mean1 + of_mean2), degrees, power, alpha)


def _find_by_noncentral_t(error: float, degrees: float, power: float, alpha: float) -> float:
    from scipy.special import nctdtr

    limit = student_quantile(1 - alpha / 2, degrees)

    def chance(difference: float) -> float:
        away = difference / error
        return float(1 - nctdtr(degrees, away, limit) + nctdtr(degrees, away, -limit))

    # Far enough that no test with one degree of freedom misses it.
    high = 1.0
    while chance(high) < power:
        high *= 2
    return find_root(chance, power, 0.0, high)


def _chance_by_count(n1: int, rate1: float, n2: int, alpha: float) -> list[float]:
    """Chance that the test finds a difference, for each number of responders in group 2."""
    of_group_1 = binomial_probabilities(n1, rate1)
    chances = [0.0] * (n2 + 1)
    for responders in range(n1 + n2 + 1):
        first, probabilities = hypergeometric_probabilities(n1, n2, responders)
        for r1, p_value in enumerate(no_more_probable(probabilities), start=first):
            if p_value <= alpha * (1 + TIE_TOLERANCE):
                chances[responders - r1] += of_group_1[r1]
    return chances


def _chance(chances: Sequence[float], rate2: float) -> float:
    of_group_2 = binomial_probabilities(len(chances) - 1, rate2)
    return sum(probability * chance for probability, chance in zip(of_group_2, chances, strict=True))


def _approximate_power(n1: int, rate1: float, n2: int, rate2: float, alpha: float) -> float:
    per_person = 1 / n1 + 1 / n2
    pooled = (n1 * rate1 + n2 * rate2) / (n1 + n2)
    needed = normal_quantile(1 - alpha / 2) * sqrt(pooled * (1 - pooled) * per_person) + per_person / 2
    spread = sqrt(rate1 * (1 - rate1) / n1 + rate2 * (1 - rate2) / n2)
    surplus = abs(rate1 - rate2) - needed
    return normal_upper_tail(-surplus / spread) if spread else float(surplus >= 0)


def _nearest(rate: float, direction: int, power: float, power_against: Callable[[float], float]) -> float | None:
    end = 0.0 if direction < 0 else 1.0
    steps = ceil(abs(end - rate) * _STEPS)
    for step in range(1, steps + 1):
        other = end if step == steps else round(rate + direction * step / _STEPS, 12)
        if power_against(other) >= power:
            return other
    return None
