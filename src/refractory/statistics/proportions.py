"""Proportions of persons, and the difference of two, with intervals that hold in small groups."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType
from typing import Protocol

from refractory.statistics.distributions import (
    beta_quantile,
    binomial_at_least,
    check_level,
    find_root,
    normal_quantile,
)
from refractory.statistics.estimate import Estimate, EstimateKind


class EstimateOfProportion(Protocol):
    """A function that estimates a proportion from its two counts."""

    def __call__(self, responders: int, evaluable: int, level: float = 0.95) -> Estimate: ...


def estimate_proportion(responders: int, evaluable: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the exact interval of Clopper and Pearson.

    Each end is the rate at which the observed count, or one further out, would be seen with half of the
    probability left over. The interval covers at least as often as it says, at every true rate.

    Args:
        responders: Persons counted, 0 <= responders <= evaluable.
        evaluable: Persons among whom they were counted; with none there is no value.
        level: Coverage of the interval, between 0 and 1.

    Raises:
        ValueError: When there are more responders than persons, or the level is not between 0 and 1.

    Source:
        Clopper and Pearson, Biometrika 26 (1934) 404-413; Newcombe, Statistics in Medicine 17 (1998) 857-872, method 5.

    Example:
        >>> e = estimate_proportion(81, 263)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (0.308, 0.2527, 0.3676)
    """
    lower, upper = _both_ends(_clopper_pearson_lower, responders, evaluable, level)
    return _proportion(responders, evaluable, level, "Clopper-Pearson", lower, upper)


def estimate_proportion_wilson(responders: int, evaluable: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with Wilson's score interval, without continuity correction.

    Args:
        responders: Persons counted, 0 <= responders <= evaluable.
        evaluable: Persons among whom they were counted; with none there is no value.
        level: Coverage of the interval, between 0 and 1; kept on average, not at every true rate.

    Raises:
        ValueError: When there are more responders than persons, or the level is not between 0 and 1.

    Source:
        Wilson, J Am Stat Assoc 22 (1927) 209-212; Newcombe, Statistics in Medicine 17 (1998) 857-872, method 3.

    Example:
        >>> e = estimate_proportion_wilson(81, 263)
        >>> round(e.lower, 4), round(e.upper, 4)
        (0.2553, 0.3662)
    """
    lower, upper = _both_ends(_wilson_lower, responders, evaluable, level)
    return _proportion(responders, evaluable, level, "Wilson", lower, upper)


def estimate_proportion_jeffreys(responders: int, evaluable: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the equal-tailed interval that Jeffreys' prior gives.

    The lower end is 0 when nobody responded and the upper end is 1 when everybody did: the plain
    interval would leave out the very rate that was observed.

    Args:
        responders: Persons counted, 0 <= responders <= evaluable.
        evaluable: Persons among whom they were counted; with none there is no value.
        level: Coverage of the interval, between 0 and 1; kept on average, not at every true rate.

    Raises:
        ValueError: When there are more responders than persons, or the level is not between 0 and 1.

    Source:
        Brown, Cai and DasGupta, Statistical Science 16 (2001) 101-133, section 3.1.3.

    Example:
        >>> e = estimate_proportion_jeffreys(0, 20)
        >>> e.lower, round(e.upper, 4)
        (0.0, 0.1166)
    """
    lower, upper = _both_ends(_jeffreys_lower, responders, evaluable, level)
    return _proportion(responders, evaluable, level, "Jeffreys", lower, upper)


def estimate_proportion_mid_p(responders: int, evaluable: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the mid-P interval: Clopper-Pearson with the observed count halved.

    Args:
        responders: Persons counted, 0 <= responders <= evaluable.
        evaluable: Persons among whom they were counted; with none there is no value.
        level: Coverage of the interval, between 0 and 1; kept on average, not at every true rate.

    Raises:
        ValueError: When there are more responders than persons, or the level is not between 0 and 1.

    Source:
        Newcombe, Statistics in Medicine 17 (1998) 857-872, method 6.

    Example:
        >>> e = estimate_proportion_mid_p(81, 263)
        >>> round(e.lower, 4), round(e.upper, 4)
        (0.2544, 0.3658)
    """
    lower, upper = _both_ends(_mid_p_lower, responders, evaluable, level)
    return _proportion(responders, evaluable, level, "mid-P", lower, upper)


PROPORTION_METHODS: Mapping[str, EstimateOfProportion] = MappingProxyType(
    {
        "Clopper-Pearson": estimate_proportion,
        "Wilson": estimate_proportion_wilson,
        "Jeffreys": estimate_proportion_jeffreys,
        "mid-P": estimate_proportion_mid_p,
    }
)


def estimate_difference(r1: int, n1: int, r2: int, n2: int, level: float = 0.95) -> Estimate:
    """Estimate the proportion of group 1 minus that of group 2 with Newcombe's hybrid score interval.

    Each end joins the distances of the two proportions from the ends of their own Wilson intervals.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1; with none in a group there is no value.
        r2: Persons counted in group 2.
        n2: Persons of group 2.
        level: Coverage of the interval, between 0 and 1; kept on average.

    Returns:
        The difference as a fraction, not in percentage points; its denominator is the smaller group.

    Raises:
        ValueError: When a group has more responders than persons, or the level is not between 0 and 1.

    Source:
        Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.

    Example:
        >>> e = estimate_difference(56, 70, 48, 80)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (0.2, 0.0524, 0.3339)
    """
    first, second = estimate_proportion_wilson(r1, n1, level), estimate_proportion_wilson(r2, n2, level)
    method = "Newcombe hybrid score"
    smaller = min(n1, n2)
    p1, lower1, upper1 = first.value, first.lower, first.upper
    p2, lower2, upper2 = second.value, second.lower, second.upper
    if p1 is None or lower1 is None or upper1 is None or p2 is None or lower2 is None or upper2 is None:
        return Estimate(EstimateKind.DIFFERENCE, None, n1 + n2, method, level=level, denominator=smaller)
    difference = p1 - p2
    return Estimate(
        EstimateKind.DIFFERENCE,
        difference,
        n1 + n2,
        method,
        lower=difference - sqrt((p1 - lower1) ** 2 + (upper2 - p2) ** 2),
        upper=difference + sqrt((upper1 - p1) ** 2 + (p2 - lower2) ** 2),
        level=level,
        denominator=smaller,
    )


class _LowerEnd(Protocol):
    def __call__(self, responders: int, persons: int, tail: float) -> float: ...


def _both_ends(lower_end: _LowerEnd, responders: int, persons: int, level: float) -> tuple[float, float]:
    """Both ends by one rule: the upper end for responders is 1 minus the lower end for the others."""
    check_level(level)
    if not 0 <= responders <= persons:
        raise ValueError(f"{responders} persons cannot be counted among {persons}")
    tail = (1 - level) / 2
    others = persons - responders
    lower = 0.0 if responders == 0 else lower_end(responders, persons, tail)
    upper = 1.0 if others == 0 else 1 - lower_end(others, persons, tail)
    return lower, upper


def _clopper_pearson_lower(responders: int, persons: int, tail: float) -> float:
    return beta_quantile(tail, responders, persons - responders + 1)


def _wilson_lower(responders: int, persons: int, tail: float) -> float:
    z = normal_quantile(1 - tail)
    rate = responders / persons
    centre = rate + z * z / (2 * persons)
    half_width = z * sqrt(rate * (1 - rate) / persons + (z / (2 * persons)) ** 2)
    return (centre - half_width) / (1 + z * z / persons)


def _jeffreys_lower(responders: int, persons: int, tail: float) -> float:
    return beta_quantile(tail, responders + 0.5, persons - responders + 0.5)


def _mid_p_lower(responders: int, persons: int, tail: float) -> float:
    def half_counted(rate: float) -> float:
        return (binomial_at_least(responders, persons, rate) + binomial_at_least(responders + 1, persons, rate)) / 2

    # With every person counted the half of the tail that can be reached at a rate of 1 is one half, beyond
    # any tail of an interval, so the root lies inside.
    return find_root(half_counted, tail, 0.0, 1.0)


def _proportion(responders: int, evaluable: int, level: float, method: str, lower: float, upper: float) -> Estimate:
    has_value = evaluable > 0
    return Estimate(
        EstimateKind.PROPORTION,
        responders / evaluable if has_value else None,
        evaluable,
        method,
        lower=lower if has_value else None,
        upper=upper if has_value else None,
        level=level,
        numerator=responders,
        denominator=evaluable,
    )
