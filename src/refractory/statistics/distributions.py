"""The few distributions that the estimates rest on; scipy.special is loaded when one is first asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import comb, erfc, exp, isinf, log, sqrt
from statistics import NormalDist

# R, SAS and StatXact count a table as no more probable than the observed one when it is so up to
# this relative tolerance: equal probabilities computed along two ways differ in their last digits.
TIE_TOLERANCE = 1e-7


def check_level(level: float) -> None:
    """Raise when the coverage asked for is not between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")


def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def normal_upper_tail(z: float) -> float:
    return erfc(z / sqrt(2)) / 2


def find_root(increasing: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Find where an increasing function reaches the target, to the last bit, by bisection.

    Example:
        >>> round(find_root(lambda x: x * x, 2.0, 0.0, 2.0), 12)
        1.414213562373
    """
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if increasing(middle) < target:
            low = middle
        else:
            high = middle


def beta_probability(x: float, a: float, b: float) -> float:
    """Probability that a beta(a, b) variable is at most x: the regularised incomplete beta function.

    Example:
        >>> round(beta_probability(0.5, 2, 3), 12)
        0.6875
    """
    from scipy.special import betainc

    return float(betainc(a, b, min(max(x, 0.0), 1.0)))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The value that a beta(a, b) variable stays below with the given probability.

    Example:
        >>> round(beta_quantile(0.6875, 2, 3), 12)
        0.5
    """
    from scipy.special import betaincinv

    return float(betaincinv(a, b, probability))


def student_quantile(probability: float, degrees: float) -> float:
    """The value that a Student's t variable with so many degrees of freedom stays below with the given probability.

    Example:
        >>> round(student_quantile(0.975, 10), 4)
        2.2281
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def gamma_quantile(probability: float, shape: float) -> float:
    """The value that a gamma variable of this shape and scale 1 stays below with the given probability.

    A Poisson variable with this mean reaches a whole shape with the given probability.

    Example:
        >>> round(gamma_quantile(0.975, 1), 4)
        3.6889
    """
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, probability))


def gamma_upper_tail(value: float, shape: float) -> float:
    """Probability that a gamma variable of this shape and scale 1 lies beyond the value.

    Example:
        >>> round(gamma_upper_tail(3.6889, 1), 4)
        0.025
    """
    from scipy.special import gammaincc

    return float(gammaincc(shape, value))


def student_upper_tail(value: float, degrees: float) -> float:
    """Probability that a Student's t variable with so many degrees of freedom lies beyond the value.

    Example:
        >>> round(student_upper_tail(2.2281, 10), 4)
        0.025
    """
    from scipy.special import stdtr

    return float(stdtr(degrees, -value))


def chi_square_quantile(probability: float, degrees: float) -> float:
    """The value that a chi-square variable with so many degrees of freedom stays below with the given probability.

    Example:
        >>> round(chi_square_quantile(0.95, 1), 4)
        3.8415
    """
    return 2 * gamma_quantile(probability, degrees / 2)


def chi_square_upper_tail(value: float, degrees: float) -> float:
    """Probability that a chi-square variable with so many degrees of freedom lies beyond the value.

    Example:
        >>> round(chi_square_upper_tail(3.8415, 1), 4)
        0.05
    """
    return gamma_upper_tail(value / 2, degrees / 2)


def binomial_at_least(responders: int, persons: int, rate: float) -> float:
    """Probability of at least so many responders among so many persons.

    Example:
        >>> binomial_at_least(0, 5, 0.3), round(binomial_at_least(4, 5, 0.5), 12)
        (1.0, 0.1875)
    """
    if responders <= 0:
        return 1.0
    return 0.0 if responders > persons else beta_probability(rate, responders, persons - responders + 1)


def binomial_probabilities(persons: int, rate: float) -> list[float]:
    """Probability of 0, 1, ... responders among so many persons.

    Example:
        >>> binomial_probabilities(2, 0.5)
        [0.25, 0.5, 0.25]
    """
    if rate in (0, 1):
        return [float(responders == rate * persons) for responders in range(persons + 1)]
    mode = int((persons + 1) * rate)
    odds = rate / (1 - rate)
    weights = from_mode(range(persons + 1), min(mode, persons), lambda below: (persons - below) / (below + 1) * odds)
    total = sum(weights)
    return [weight / total for weight in weights]


def hypergeometric_probabilities(n1: int, n2: int, responders: int) -> tuple[int, list[float]]:
    """Probability of each 2 x 2 table with these group sizes and this number of responders.

    Returns:
        The smallest possible number of responders in group 1, and one probability per possible
        number from there on.

    Example:
        >>> first, probabilities = hypergeometric_probabilities(4, 4, 4)
        >>> first, [round(p * 70) for p in probabilities]
        (0, [1, 16, 36, 16, 1])
    """
    possible = range(max(0, responders - n2), min(n1, responders) + 1)
    mode = (n1 + 1) * (responders + 1) // (n1 + n2 + 2)
    weights = from_mode(
        possible,
        min(max(mode, possible[0]), possible[-1]),
        lambda r1: (n1 - r1) * (responders - r1) / ((r1 + 1) * (n2 - responders + r1 + 1)),
    )
    total = sum(weights)
    return possible[0], [weight / total for weight in weights]


def hypergeometric_logs(n1: int, n2: int, responders: int) -> list[float]:
    """Logarithm of the same probabilities, but for a constant: no table is so improbable that its own is lost.

    Example:
        >>> [round(exp(weight), 6) for weight in hypergeometric_logs(4, 4, 4)]
        [1.0, 16.0, 36.0, 16.0, 1.0]
    """
    possible = range(max(0, responders - n2), min(n1, responders) + 1)
    ratios = ((n1 - r1) * (responders - r1) / ((r1 + 1) * (n2 - responders + r1 + 1)) for r1 in possible[:-1])
    return list(accumulate((log(ratio) for ratio in ratios), initial=0.0))


def from_mode(possible: range, mode: int, ratio: Callable[[int], float]) -> list[float]:
    """Weights of a distribution with one peak, relative to the weight of its mode.

    Going outwards from the mode loses nothing to overflow, and what underflows is negligible.

    Args:
        possible: The values that it may take, one after the other.
        mode: One of them, the most probable.
        ratio: Weight of the value after k, divided by the weight of k.
    """
    up = accumulate((ratio(k) for k in range(mode, possible[-1])), lambda weight, r: weight * r, initial=1.0)
    down = accumulate((1 / ratio(k) for k in range(mode - 1, possible[0] - 1, -1)), lambda weight, r: weight * r)
    return [*reversed(list(down)), *up]


def solve_odds_ratio(log_central: Sequence[float], target: float, scores: Sequence[float]) -> float:
    """Find the odds ratio at which scores, which rise with the place of an outcome, have the target as their mean.

    Args:
        log_central: Logarithm of the weight of each outcome, in their order, at an odds ratio of 1, for what the data
            speak against may have a probability too small to be written; at another one each weight is multiplied by
            the ratio to the power of its place.
        target: The mean that is sought.
        scores: One per outcome, never falling.

    Example:
        >>> round(solve_odds_ratio([log(0.25), log(0.5), log(0.25)], 1.5, [0, 1, 2]), 12)
        3.0
    """

    def mean_score(log_ratio: float) -> float:
        tilted = [weight + place * log_ratio for place, weight in enumerate(log_central)]
        highest = max(tilted)
        weights = [0.0 if isinf(weight) else exp(weight - highest) for weight in tilted]
        return sum(weight * score for weight, score in zip(weights, scores, strict=True)) / sum(weights)

    return exp(find_root(mean_score, target, -700.0, 700.0))


def no_more_probable(probabilities: Sequence[float]) -> list[float]:
    """For each outcome, the probability of all outcomes that are no more probable than it.

    Example:
        >>> [round(p, 6) for p in no_more_probable([0.1, 0.6, 0.3])]
        [0.1, 1.0, 0.4]
    """
    ascending = sorted(probabilities)
    reached = [0.0, *accumulate(ascending)]
    return [min(1.0, reached[bisect_right(ascending, p * (1 + TIE_TOLERANCE))]) for p in probabilities]


def rank_sum_counts(ranks: Sequence[int], chosen: int) -> list[int]:
    """Count the ways to choose so many of the ranks, by the sum of the ranks chosen.

    The counts are the coefficients of a polynomial. They are packed side by side into one whole number, wide
    enough apart never to touch, so that adding two polynomials is one addition.

    Args:
        ranks: Whole numbers; mid-ranks of ties doubled.
        chosen: How many are chosen.

    Returns:
        One count per sum, from 0 to the largest sum.

    Example:
        >>> rank_sum_counts([1, 2, 3], 2)
        [0, 0, 0, 1, 1, 1]
    """
    bytes_per_count = max(comb(len(ranks), taken) for taken in range(chosen + 1)).bit_length() // 8 + 1
    packed = [1] + [0] * chosen
    for seen, rank in enumerate(ranks):
        for taken in range(min(seen + 1, chosen), 0, -1):
            packed[taken] += packed[taken - 1] << (8 * bytes_per_count * rank)
    largest = sum(sorted(ranks)[len(ranks) - chosen :])
    unpacked = packed[chosen].to_bytes((largest + 1) * bytes_per_count, "little")
    return [
        int.from_bytes(unpacked[start : start + bytes_per_count], "little")
        for start in range(0, len(unpacked), bytes_per_count)
    ]
