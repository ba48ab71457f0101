"""The difference of two proportions by the score test, as Miettinen and Nurminen turned it round."""

from __future__ import annotations

from math import acos, copysign, cos, inf, pi, sqrt

from refractory.statistics.distributions import check_level, find_root, normal_quantile
from refractory.statistics.estimate import Estimate, EstimateKind

METHOD = "Miettinen-Nurminen score"


def estimate_difference_by_score(r1: int, n1: int, r2: int, n2: int, level: float = 0.95) -> Estimate:
    """Estimate the proportion of group 1 minus that of group 2 with Miettinen and Nurminen's interval.

    It holds the differences that the score test would not reject: the distance from the observed difference, in
    standard errors that are taken at the most likely rates with the difference in question, and made larger by
    n / (n - 1), is at most the normal quantile.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1; with none in a group there is no value.
        r2: Persons counted in group 2.
        n2: Persons of group 2.
        level: Coverage of the interval, between 0 and 1; kept on average, and nearly at every pair of rates.

    Returns:
        The difference as a fraction, not in percentage points; its denominator is the smaller group.

    Raises:
        ValueError: When a group has more responders than persons, or the level is not between 0 and 1.

    Source:
        Miettinen and Nurminen, Statistics in Medicine 4 (1985) 213-226, formulas 8 and 9 and appendix I.

    Example:
        >>> e = estimate_difference_by_score(56, 70, 48, 80)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (0.2, 0.0528, 0.3382)
    """
    check_level(level)
    for responders, persons in ((r1, n1), (r2, n2)):
        if not 0 <= responders <= persons:
            raise ValueError(f"{responders} persons cannot be counted among {persons}")
    n, smaller = n1 + n2, min(n1, n2)
    if smaller == 0:
        return Estimate(EstimateKind.DIFFERENCE, None, n, METHOD, level=level, denominator=smaller)
    observed = r1 / n1 - r2 / n2
    z = normal_quantile((1 + level) / 2)

    def distance(difference: float) -> float:
        return -_standard_distance(r1, n1, r2, n2, difference)

    return Estimate(
        EstimateKind.DIFFERENCE,
        observed,
        n,
        METHOD,
        lower=find_root(distance, -z, -1.0, observed),
        upper=find_root(distance, z, observed, 1.0),
        level=level,
        denominator=smaller,
    )


def _standard_distance(r1: int, n1: int, r2: int, n2: int, difference: float) -> float:
    """How many standard errors the observed difference lies above another one."""
    surplus = r1 / n1 - r2 / n2 - difference
    rate2 = _most_likely_rate(r1, n1, r2, n2, difference)
    rate1 = min(max(rate2 + difference, 0.0), 1.0)
    n = n1 + n2
    variance = (rate1 * (1 - rate1) / n1 + rate2 * (1 - rate2) / n2) * n / (n - 1)
    if variance <= 0:
        return copysign(inf, surplus) if surplus else 0.0
    return surplus / sqrt(variance)


def _most_likely_rate(r1: int, n1: int, r2: int, n2: int, difference: float) -> float:
    """The most likely rate of group 2 when that of group 1 is higher by the difference.

    The slope of the likelihood is a cubic with three real roots, of which the middle one lies where both rates are
    between 0 and 1.
    """
    n = n1 + n2
    cubic = n
    square = (n1 + 2 * n2) * difference - n - (r1 + r2)
    linear = (n2 * difference - n - 2 * r2) * difference + r1 + r2
    constant = r2 * difference * (1 - difference)
    shift = square / (3 * cubic)
    half_turn = shift**3 - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    radius = copysign(sqrt(max(shift**2 - linear / (3 * cubic), 0.0)), half_turn)
    ratio = half_turn / radius**3 if radius else 0.0
    angle = (pi + acos(min(max(ratio, -1.0), 1.0))) / 3
    return min(max(2 * radius * cos(angle) - shift, max(0.0, -difference)), min(1.0, 1 - difference))
