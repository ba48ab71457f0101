"""How alike two measurements of a person are who does not change: the intraclass correlation of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, isfinite

from refractory.statistics.distributions import beta_quantile, check_level
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.skewness import HIGHLY, find_skewness

METHOD = "intraclass correlation ICC(1), exact F interval"
TOO_FEW = "Two persons with two measurements each are the least."
SKEWED = (
    "The measurements are skewed (skewness beyond 1), and the interval asks for normal ones: it covers less often than "
    "it says, some 74 to 88 % of the time where it says 95 %, however many the persons are."
)
NO_SPREAD = "All measurements are alike, so that nothing tells the persons apart."


def estimate_reliability(pairs: Sequence[tuple[float, float]], *, level: float = 0.95) -> Estimate:
    """Estimate the reliability of one measurement from two of each person.

    It is the share of the variance of single measurements that lies between persons. What differs within a person
    counts as error, a change that is true among it.

    Args:
        pairs: Two measurements per person, in any order.
        level: Coverage of the interval, between 0 and 1; exact where persons and errors are normal.

    Returns:
        The correlation; below 0 where persons differ from themselves more than from each other. The note says where
        the means of the persons are skewed.

    Raises:
        ValueError: When a measurement is not a finite number, or the level is no share.

    Source:
        Shrout and Fleiss, Psychological Bulletin 86 (1979) 420-428, ICC(1, 1), formulas on page 424.

    Example:
        >>> e = estimate_reliability([(9, 2), (6, 1), (8, 4), (7, 1), (10, 5), (6, 2)])
        >>> round(e.value, 3)
        -0.496
    """
    check_level(level)
    if not all(isfinite(value) for pair in pairs for value in pair):
        raise ValueError("a measurement is not a finite number")
    n = len(pairs)
    if n < 2:
        return Estimate(EstimateKind.AGREEMENT, None, n, METHOD, note=TOO_FEW)
    means = [(one + other) / 2 for one, other in pairs]
    mean = fsum(means) / n
    between = 2 * fsum((each - mean) ** 2 for each in means) / (n - 1)
    within = fsum((one - other) ** 2 for one, other in pairs) / 2 / n
    if between + within == 0:
        return Estimate(EstimateKind.AGREEMENT, None, n, METHOD, note=NO_SPREAD)
    tail = (1 - level) / 2
    lower, upper = (
        (between - f * within) / (between + f * within)
        for f in (_quantile_of_f(1 - tail, n - 1, n), _quantile_of_f(tail, n - 1, n))
    )
    value = (between - within) / (between + within)
    note = SKEWED if abs(find_skewness(means)) > HIGHLY else ""
    return Estimate(EstimateKind.AGREEMENT, value, n, METHOD, lower=lower, upper=upper, level=level, note=note)


def _quantile_of_f(probability: float, numerator: int, denominator: int) -> float:
    """Quantile of Fisher's F, by way of the beta distribution."""
    share = beta_quantile(probability, numerator / 2, denominator / 2)
    return inf if share >= 1 else denominator * share / (numerator * (1 - share))
