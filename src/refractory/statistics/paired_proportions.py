"""Two yes-or-no answers of the same persons: how far their proportions lie apart."""

from __future__ import annotations

from math import comb, sqrt

from refractory.statistics.distributions import check_level
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion_wilson

METHOD = "Newcombe, paired (square-and-add)"
TEST = "McNemar, exact"
NO_DISCORDANT = "Nobody's two answers differ."


def estimate_mcnemar(first_only: int, second_only: int) -> Estimate:
    """Test whether two answers of the same persons are yes as often, two-sided, by those whose answers differ.

    Of the persons whose answers differ, each is as likely to say yes the first time as the second: a binomial
    distribution, counted out.

    Args:
        first_only: Persons with yes the first time and no the second.
        second_only: Persons with no the first time and yes the second.

    Returns:
        The P value; none where nobody's answers differ.

    Raises:
        ValueError: When a count is negative.

    Source:
        McNemar, Psychometrika 12 (1947) 153-157; the exact form as in Fagerland, Lydersen and Laake, BMC Medical
        Research Methodology 13 (2013) 91.

    Example:
        >>> estimate_mcnemar(1, 7).p_value
        0.0703125
    """
    if first_only < 0 or second_only < 0:
        raise ValueError("a count of persons is not negative")
    discordant, fewer = first_only + second_only, min(first_only, second_only)
    if not discordant:
        return Estimate(EstimateKind.TEST, None, 0, TEST, note=NO_DISCORDANT)
    as_few = sum(comb(discordant, count) for count in range(fewer + 1))
    p_value = min(1.0, 2 * as_few / 2**discordant)
    return Estimate(EstimateKind.TEST, p_value, discordant, TEST, p_value=p_value)


def estimate_paired_difference(
    both: int, first_only: int, second_only: int, neither: int, *, level: float = 0.95
) -> Estimate:
    """Estimate the proportion of the first answer minus that of the second, in the same persons.

    The interval joins Wilson's intervals of both proportions and takes their correlation from the four counts, the
    positive one corrected for continuity.

    Args:
        both: Persons with yes both times.
        first_only: Persons with yes the first time and no the second.
        second_only: Persons with no the first time and yes the second.
        neither: Persons with no both times.
        level: Coverage of the interval, between 0 and 1.

    Returns:
        The difference as a fraction, not in percentage points; without persons no value.

    Raises:
        ValueError: When a count is negative, or the level is no share.

    Source:
        Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10.

    Example:
        >>> e = estimate_paired_difference(59, 6, 16, 80)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (-0.0621, -0.1186, -0.0046)
    """
    check_level(level)
    if min(both, first_only, second_only, neither) < 0:
        raise ValueError("a count of persons is not negative")
    n = both + first_only + second_only + neither
    if not n:
        return Estimate(EstimateKind.DIFFERENCE, None, 0, METHOD, level=level, denominator=0)
    first = _ends(both + first_only, n, level)
    second = _ends(both + second_only, n, level)
    phi = _find_correlation(both, first_only, second_only, neither)
    difference = (first_only - second_only) / n
    down = _join(first[1] - first[0], second[2] - second[1], phi)
    up = _join(second[1] - second[0], first[2] - first[1], phi)
    return Estimate(
        EstimateKind.DIFFERENCE, difference, n, METHOD, lower=difference - down, upper=difference + up, level=level,
        denominator=n,
    )  # fmt: skip


def _ends(counted: int, n: int, level: float) -> tuple[float, float, float]:
    wilson = estimate_proportion_wilson(counted, n, level)
    return wilson.lower or 0.0, counted / n, 1.0 if wilson.upper is None else wilson.upper


def _join(one: float, other: float, phi: float) -> float:
    return sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))


def _find_correlation(both: int, first_only: int, second_only: int, neither: int) -> float:
    margins = (both + first_only) * (second_only + neither) * (both + second_only) * (first_only + neither)
    n, product = both + first_only + second_only + neither, both * neither - first_only * second_only
    if not margins:
        return 0.0
    left = product if product < 0 else max(0.0, product - n / 2)
    return left / sqrt(margins)
