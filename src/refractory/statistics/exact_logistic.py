"""Several predictors of a yes or no at once, exactly: each is judged with what all others add up to held fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, inf, log2, prod
from typing import Any

from refractory.statistics.distributions import check_level, find_root
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.firth import ALL_ALIKE

METHOD = "exact logistic regression, conditional maximum likelihood and exact interval"
MEDIAN_UNBIASED = "exact logistic regression, median unbiased estimate and exact interval"
TEST = "exact conditional test, twice the smaller tail"
NOTHING_LEFT = "The other predictors leave it a single value, so that nothing can be said of it."
TOO_MANY = "The sums to be counted are too many: the predictors have too many different values for an exact model."
AT_THE_EDGE = "The likelihood is largest at 0 or infinity; the odds ratio is the median unbiased one."
# Sums that are followed at once (some seconds, and some hundred megabytes).
_MOST_SUMS = 3_000_000
# Persons times persons of the rarer answer beyond which bounds take too long, and ways that a number cannot hold.
_MOST_PERSONS = 300_000
_LARGEST_COUNT = 10**300
# The largest logarithm of an odds ratio per unit.
_FARTHEST = 300.0


@dataclass(frozen=True)
class ExactTerm:
    """One predictor of an exact model.

    Args:
        name: The predictor.
        odds_ratio: Odds of a response per unit of the predictor more, given the others; the conditional maximum
            likelihood estimate, or where that is 0 or infinite the median unbiased one.
        test: Of an odds ratio of 1: twice the smaller of both tails, as in the interval.
    """

    name: str
    odds_ratio: Estimate
    test: Estimate


def fit_exact(
    responded: Sequence[bool], predictors: Mapping[str, Sequence[int]], *, level: float = 0.95
) -> tuple[ExactTerm, ...]:
    """Fit an exact logistic regression of a response on several predictors of whole numbers.

    The sum of a predictor over those who responded is compared with the sums that it would have over all other
    choices of as many persons that leave the sums of the other predictors as they are. Under a logistic model that
    distribution depends on the predictor's own odds ratio alone. Each end of the interval is the odds ratio at which
    the observed sum, or one further out, would be seen with half of the probability left over; coverage is kept, and
    rather exceeded.

    Args:
        responded: One per person.
        predictors: By name, one whole number per person; a yes or no is 1 or 0.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        One term per predictor; without a value, and with the reason in `note`, where the others leave it one value,
        where everybody or nobody responded, or where the sums are too many to be counted.

    Raises:
        ValueError: When a predictor has another number of persons than the response, or a value that is not whole, or
            the level is not between 0 and 1.

    Source:
        Cox and Snell, Analysis of Binary Data, 2nd edition (1989), section 2.4; Hirji, Mehta and Patel, J Am Stat
        Assoc 82 (1987) 1110-1117, for the counting; Hirji, Tsiatis and Mehta, Am Stat 43 (1989) 7-11, for the median
        unbiased estimate.

    Example:
        >>> (term,) = fit_exact([0, 0, 0, 1, 0, 1, 1, 1], {"treated": [0, 0, 0, 0, 1, 1, 1, 1]})
        >>> round(term.odds_ratio.value, 3), round(term.test.p_value, 4)
        (6.408, 0.4857)
    """
    check_level(level)
    for name, values in predictors.items():
        if len(values) != len(responded):
            raise ValueError(f"{name} has {len(values)} persons, and the response {len(responded)}")
        if any(value != int(value) for value in values):
            raise ValueError(f"a value of {name} is not a whole number")
    n, count = len(responded), sum(map(bool, responded))
    if count in (0, n):
        return tuple(_build_empty(name, n, level, ALL_ALIKE) for name in predictors)
    return tuple(_tell_term(name, responded, predictors, level) for name in predictors)


def _tell_term(
    name: str, responded: Sequence[bool], predictors: Mapping[str, Sequence[int]], level: float
) -> ExactTerm:
    n = len(responded)
    order = [name, *(other for other in predictors if other != name)]
    found = _count_sums(responded, [predictors[one] for one in order])
    if found is None:
        return _build_empty(name, n, level, TOO_MANY)
    sums, logs = found
    if len(sums) < 2:
        return _build_empty(name, n, level, NOTHING_LEFT)
    observed = sum(int(value) for value, one in zip(predictors[name], responded, strict=True) if one)
    chances = _Chances(sums, logs, observed)
    tail = (1 - level) / 2
    at_edge = observed in (int(sums[0]), int(sums[-1]))
    value = chances.find_median_unbiased() if at_edge else find_root(chances.mean, observed, -_FARTHEST, _FARTHEST)
    lower = -inf if observed == int(sums[0]) else chances.solve_at_least(tail)
    upper = inf if observed == int(sums[-1]) else chances.solve_at_most(tail)
    p_value = min(1.0, 2 * min(chances.at_least(0.0), chances.at_most(0.0)))
    ratio = Estimate(
        EstimateKind.RATIO, _exponentiate(value), n, MEDIAN_UNBIASED if at_edge else METHOD,
        lower=_exponentiate(lower), upper=_exponentiate(upper), level=level, note=AT_THE_EDGE if at_edge else "",
    )  # fmt: skip
    return ExactTerm(name, ratio, Estimate(EstimateKind.TEST, p_value, n, TEST, p_value=p_value))


@dataclass(frozen=True)
class _Chances:
    """The sums that a predictor may have, with the logarithm of the ways to each, and the one that it has."""

    sums: Any
    logs: Any
    observed: int

    def _weigh(self, coefficient: float) -> Any:
        import numpy as np

        # From the observed sum, so that no exponent is larger than it need be.
        tilted = self.logs + coefficient * (self.sums - self.observed)
        weights = np.exp(tilted - tilted.max())
        return weights / weights.sum()

    def mean(self, coefficient: float) -> float:
        return float(self._weigh(coefficient) @ self.sums)

    def at_least(self, coefficient: float) -> float:
        return float(self._weigh(coefficient)[self.sums >= self.observed].sum())

    def at_most(self, coefficient: float) -> float:
        return float(self._weigh(coefficient)[self.sums <= self.observed].sum())

    def solve_at_least(self, tail: float) -> float:
        return find_root(self.at_least, tail, -_FARTHEST, _FARTHEST)

    def solve_at_most(self, tail: float) -> float:
        return -find_root(lambda minus: self.at_most(-minus), tail, -_FARTHEST, _FARTHEST)

    def find_median_unbiased(self) -> float:
        is_largest = self.observed == int(self.sums[-1])
        return self.solve_at_least(0.5) if is_largest else self.solve_at_most(0.5)


def _count_sums(responded: Sequence[bool], columns: Sequence[Sequence[int]]) -> tuple[Any, Any] | None:
    """Count the choices of as many persons as responded, by the sum of the first column, those of all others fixed.

    Person after person is either chosen or not, and choices with the same sums so far are one. What can no longer
    reach the number of responders, or the sums that are fixed, is dropped.

    Returns:
        The sums in rising order, and the logarithm of the ways to each; None where they are too many.
    """
    import numpy as np

    is_chosen = np.array([bool(one) for one in responded])
    values = np.array([[int(value) for value in column] for column in columns]).T
    totals = values.sum(axis=0)
    # The rarer answer has fewer choices; what it adds up to is what the other does not.
    is_rarer = is_chosen if is_chosen.sum() * 2 <= len(is_chosen) else ~is_chosen
    values = values - values.min(axis=0)
    wanted, size = values[is_rarer].sum(axis=0), int(is_rarer.sum())
    is_countable = len(values) * size <= _MOST_PERSONS and comb(len(values), size) < _LARGEST_COUNT
    found = _follow(values, wanted, size) if is_countable else None
    if found is None:
        return None
    sums, ways = found
    own = np.array([int(value) for value in columns[0]])
    sums = sums + size * int(own.min())
    if is_rarer is not is_chosen:
        sums = int(totals[0]) - sums
    order = np.argsort(sums)
    return sums[order], np.log(ways[order])


def _follow(values: Any, wanted: Any, size: int) -> tuple[Any, Any] | None:
    import numpy as np

    # Persons who are alike follow each other, so that choices meet again soon.
    values = values[np.lexsort(values.T)]
    least, most = _find_bounds(values, size)
    bases = [int(base) + 1 for base in np.sort(values, axis=0)[-size:].sum(axis=0)]
    if log2(size + 1) + sum(map(log2, bases)) > 62:
        return None
    # One number for all sums of a choice.
    steps = np.array([(size + 1) * prod(bases[:column]) for column in range(len(bases))])
    counts, sums = np.zeros(1, dtype=np.int64), np.zeros((1, values.shape[1]), dtype=np.int64)
    ways: Any = np.ones(1)
    for person, own in enumerate(values):
        counts = np.concatenate([counts, counts + 1])
        sums = np.concatenate([sums, sums + own])
        ways = np.concatenate([ways, ways])
        left = size - counts
        can = (left >= 0) & (left <= len(values) - person - 1)
        counts, sums, ways, left = counts[can], sums[can], ways[can], left[can]
        for column in range(1, values.shape[1]):
            rest = wanted[column] - sums[:, column]
            can = (rest >= least[person + 1, left, column]) & (rest <= most[person + 1, left, column])
            counts, sums, ways, left = counts[can], sums[can], ways[can], left[can]
        key = counts + sums @ steps
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        ways = np.bincount(place, ways)
        counts, sums = counts[first], sums[first]
        if len(counts) > _MOST_SUMS:
            return None
    return sums[:, 0], ways


def _find_bounds(values: Any, size: int) -> tuple[Any, Any]:
    """The least and the largest sum, per column, of so many of the persons from each on."""
    import numpy as np

    n, columns = values.shape
    least = np.zeros((n + 1, size + 1, columns), dtype=np.int64)
    most = np.zeros((n + 1, size + 1, columns), dtype=np.int64)
    for person in range(n):
        rest = np.sort(values[person:], axis=0)[: size + 1]
        falling = -np.sort(-values[person:], axis=0)[: size + 1]
        reached = min(size, n - person)
        least[person, 1 : reached + 1] = np.cumsum(rest, axis=0)[:reached]
        most[person, 1 : reached + 1] = np.cumsum(falling, axis=0)[:reached]
    return least, most


def _build_empty(name: str, n: int, level: float, note: str) -> ExactTerm:
    ratio = Estimate(EstimateKind.RATIO, None, n, METHOD, level=level, note=note)
    return ExactTerm(name, ratio, Estimate(EstimateKind.TEST, None, n, TEST, note=note))


def _exponentiate(value: float) -> float:
    return exp(value) if value < 700 else inf
