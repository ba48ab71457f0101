"""What an exact test of several groups could have found: its power, and the rate at which one group stands out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, lgamma, prod, sqrt
from typing import Any

from refractory.statistics.distributions import TIE_TOLERANCE, binomial_probabilities, chi_square_quantile

EXACT = "Freeman-Halton exact test, power summed over all tables"
APPROXIMATE = "Freeman-Halton test, power by the noncentral chi-squared distribution"
# Tables up to which the test is done on each (some hundredths of a second).
_MOST_TABLES = 250_000
# Rates are tried in steps of a tenth of a percentage point.
_STEPS = 1000


@dataclass(frozen=True)
class DetectableGroup:
    """The rates, of one group among others that respond alike, that a test had a given chance to find.

    Args:
        place: Of the group, among those asked for.
        rate: Response rate of the others.
        below: Nearest lower rate of the group that is found with that power; None when none is.
        above: Nearest higher rate; None when none is.
        effect: The smaller Cohen's w of the two; None when neither is found.
        power: Chance to find it.
        alpha: Level of the test.
        method: How the power was computed.
    """

    place: int
    rate: float
    below: float | None
    above: float | None
    effect: float | None
    power: float
    alpha: float
    method: str


def find_power_of_groups(sizes: Sequence[int], rates: Sequence[float], alpha: float = 0.05) -> float:
    """Chance of a P value of at most alpha from Freeman and Halton's exact test when groups respond at these rates.

    The chance is summed over all tables; above 250,000 of them it is that of the chi-squared test, whose statistic is
    taken as noncentral chi-squared.

    Args:
        sizes: Persons of each group; one without persons takes no part.
        rates: True response rate of each group.
        alpha: Level of the test.

    Raises:
        ValueError: When sizes and rates differ in number, a size is negative, or a rate is not between 0 and 1.

    Source:
        Agresti, Categorical Data Analysis, 3rd edition (2013), section 6.6.4, for the approximation.

    Example:
        >>> round(find_power_of_groups([21, 21], [0.93, 0.74]), 2)
        0.27
        >>> round(find_power_of_groups([8, 8, 8], [1, 1, 0.3]), 2)
        0.94
    """
    if len(sizes) != len(rates) or min(sizes, default=0) < 0 or not all(0 <= rate <= 1 for rate in rates):
        raise ValueError("each group has a number of persons and a rate between 0 and 1")
    test = _GroupsTest.build(sizes, alpha)
    return test.find_power(rates)


def say_method(sizes: Sequence[int]) -> str:
    """Say how the power for groups of these sizes is computed."""
    return EXACT if _is_exact(sizes) else APPROXIMATE


def find_detectable_groups(
    sizes: Sequence[int], rate: float, power: float = 0.8, alpha: float = 0.05
) -> tuple[DetectableGroup, ...]:
    """Find, for each group, how far its rate had to lie from the rate of all others for an exact test to see it.

    The rate of the group goes away from that of the others by tenths of a percentage point, down and up, until
    Freeman and Halton's test has the power.

    Args:
        sizes: Persons of each group.
        rate: Response rate of all groups but the one.
        power: Chance of a P value of at most alpha.
        alpha: Level of the test.

    Returns:
        One per group, in their order.

    Raises:
        ValueError: When a size is negative, or the rate is not between 0 and 1.

    Source:
        Cohen, Statistical Power Analysis, 2nd edition (1988), section 7.2, for w.

    Example:
        >>> [found.below for found in find_detectable_groups([12, 12, 3], 0.9)]
        [0.327, 0.327, 0.158]
    """
    if min(sizes, default=0) < 0 or not 0 <= rate <= 1:
        raise ValueError("each group has a number of persons, and the rate lies between 0 and 1")
    test = _GroupsTest.build(sizes, alpha)
    found = []
    for place in range(len(sizes)):
        chance = test.ask_about(place, rate)
        ends = [_find_nearest(rate, way, power, chance) for way in (-1, 1)]
        effects = [
            find_effect_size(sizes, [own if other == place else rate for other in range(len(sizes))])
            for own in ends
            if own is not None
        ]
        effect = min(effects, default=None)
        found.append(DetectableGroup(place, rate, ends[0], ends[1], effect, power, alpha, say_method(sizes)))
    return tuple(found)


def find_effect_size(sizes: Sequence[int], rates: Sequence[float]) -> float:
    """Cohen's w of groups that respond at different rates: 0 where they respond alike, 1 where a group tells all.

    It is the root of the mean squared distance of the groups' rates from their common rate p, each person counted
    once, over the root of p (1 - p).

    Args:
        sizes: Persons of each group.
        rates: Response rate of each.

    Example:
        >>> find_effect_size([10, 10], [1, 0]), round(find_effect_size([10, 10], [0.6, 0.4]), 6)
        (1.0, 0.2)
    """
    persons = sum(sizes)
    common = sum(size * rate for size, rate in zip(sizes, rates, strict=True)) / persons if persons else 0.0
    if common <= 0 or common >= 1:
        return 0.0
    spread = sum(size * (rate - common) ** 2 for size, rate in zip(sizes, rates, strict=True)) / persons
    return sqrt(spread / (common * (1 - common)))


@dataclass(frozen=True)
class _GroupsTest:
    """The test on groups of given sizes: which tables it calls unlike, or, where they are too many, None."""

    sizes: tuple[int, ...]
    alpha: float
    unlike: Any

    @staticmethod
    def build(sizes: Sequence[int], alpha: float) -> _GroupsTest:
        unlike = _find_unlike(tuple(sizes), alpha) if _is_exact(sizes) else None
        return _GroupsTest(tuple(sizes), alpha, unlike)

    def find_power(self, rates: Sequence[float]) -> float:
        if self.unlike is None:
            return _approximate(self.sizes, rates, self.alpha)
        chance = self.unlike
        for size, rate in zip(self.sizes, rates, strict=True):
            # Always the first axis that is left.
            chance = _weigh(chance, 0, size, rate)
        return float(chance)

    def ask_about(self, place: int, rate: float) -> Callable[[Any], Any]:
        """Return the question for the power when all groups but one respond at a rate, by the rates of that one."""
        sizes, others = self.sizes, range(len(self.sizes))
        if self.unlike is None:
            alpha = self.alpha
            return lambda own: [
                _approximate(sizes, [one if other == place else rate for other in others], alpha) for one in own
            ]
        by_count = self.unlike
        for other in reversed(others):
            if other != place:
                by_count = _weigh(by_count, other, sizes[other], rate)
        return lambda own: _binomial_rows(sizes[place], own) @ by_count


def _binomial_rows(persons: int, rates: Any) -> Any:
    """Probability of 0, 1, ... responders, one row per rate."""
    import numpy as np
    from scipy.special import xlog1py, xlogy

    counts, of_rate = np.arange(persons + 1), np.asarray(rates)[:, None]
    return np.exp(_log_ways(persons) + xlogy(counts, of_rate) + xlog1py(persons - counts, -of_rate))


def _log_ways(persons: int) -> Any:
    """Logarithm of the ways to choose 0, 1, ... of so many persons."""
    import numpy as np

    logs = np.array([lgamma(count + 1) for count in range(persons + 1)])
    return logs[-1] - logs - logs[::-1]


def _is_exact(sizes: Sequence[int]) -> bool:
    return prod(size + 1 for size in sizes) <= _MOST_TABLES


def _weigh(chance: Any, axis: int, size: int, rate: float) -> Any:
    import numpy as np

    return np.tensordot(chance, np.array(binomial_probabilities(size, rate)), axes=(axis, 0))


@lru_cache(maxsize=2)
def _find_unlike(sizes: tuple[int, ...], alpha: float) -> Any:
    """1 for each table whose P value is at most alpha, else 0: an axis per group, along it its responders."""
    import numpy as np

    shape = tuple(size + 1 for size in sizes)
    total, log_weight = np.zeros(shape, dtype=int), np.zeros(shape)
    for axis, size in enumerate(sizes):
        along = [-1 if one == axis else 1 for one in range(len(sizes))]
        total = total + np.arange(size + 1).reshape(along)
        log_weight = log_weight + _log_ways(size).reshape(along)
    responders, log_weight = total.ravel(), log_weight.ravel()
    # One key for both: first by the responders in all, which the test holds fixed, then by how probable a table is.
    key = responders * (1 + float(log_weight.max())) + log_weight
    order = np.argsort(key, kind="stable")
    # A table as one among all with its number of responders.
    probability = np.exp(log_weight - _log_ways(sum(sizes))[responders])[order]
    reached = np.concatenate([[0.0], np.cumsum(probability)])
    before = np.concatenate([[0.0], np.cumsum(np.bincount(responders[order], probability))])
    place = np.searchsorted(key[order], key + TIE_TOLERANCE, side="right")
    p_value = reached[place] - before[responders]
    return (p_value <= alpha * (1 + TIE_TOLERANCE)).astype(float).reshape(shape)


def _approximate(sizes: Sequence[int], rates: Sequence[float], alpha: float) -> float:
    from scipy.special import chndtr

    groups = sum(size > 0 for size in sizes)
    if groups < 2:
        return 0.0
    noncentrality = sum(sizes) * find_effect_size(sizes, rates) ** 2
    return float(1 - chndtr(chi_square_quantile(1 - alpha, groups - 1), groups - 1, noncentrality))


def _find_nearest(rate: float, way: int, power: float, chance: Callable[[Any], Any]) -> float | None:
    import numpy as np

    end = 0.0 if way < 0 else 1.0
    steps = ceil(round(_STEPS * abs(end - rate), 6))
    if steps == 0:
        return None
    rates = np.round(rate + way * np.arange(1, steps + 1) / _STEPS, 12)
    rates[-1] = end
    is_found = np.asarray(chance(rates)) >= power
    return float(rates[is_found.argmax()]) if is_found.any() else None
