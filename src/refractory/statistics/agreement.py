"""How far two raters agree: percent agreement, kappa, weighted kappa and AC1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from refractory.statistics.distributions import check_level, normal_quantile, student_quantile
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

# Ours: below so many pairs the large-sample interval is told to be one. Counted out for two categories, an interval of
# 95 % covers 93 to 94 % at 100 pairs, 88 to 94 % at 50, and as little as 80 % at 15 (tests/simulation).
FEW_PAIRS = 100
# Ours: nor does it where a category is rarer than this, be the pairs ever so many. Among 100 pairs of which 5 are of
# the rarer category 95 % covers 87 to 89 % (docs/simulation.md).
FEW_OF_A_CATEGORY = 20
NOTHING_RATED = "Nothing was rated by both."
ONE_CATEGORY = (
    "Both gave one and the same category throughout: agreement beyond chance is not defined, for chance alone would "
    "have given it."
)
NO_SPREAD = "The large-sample standard error is 0 here, which says nothing of how sure the value is."
FEW = f"Fewer than {FEW_PAIRS} pairs: the large-sample interval covers less often than it says."
RARE = (
    f"Fewer than {FEW_OF_A_CATEGORY} pairs have the rarest category: the large-sample interval covers less often "
    "than it says."
)

Table = Sequence[Sequence[int]]
Weights = Sequence[Sequence[float]]


def derive_agreement_table(
    first: Sequence[str], second: Sequence[str], *, categories: Sequence[str]
) -> tuple[tuple[int, ...], ...]:
    """Count how often the first rater's category met the second's.

    Args:
        first: One category per rated thing, by the first rater.
        second: One category per rated thing, by the second rater, in the same order.
        categories: All that could have been given, in their order; also those that nobody gave.

    Returns:
        One row per category of the first rater, one column per category of the second.

    Raises:
        ValueError: When the raters did not rate the same number of things, or gave a category that is none.

    Example:
        >>> derive_agreement_table(["yes", "no", "yes"], ["yes", "yes", "yes"], categories=["yes", "no"])
        ((2, 0), (1, 0))
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings cannot be paired with {len(second)}")
    unknown = len({*first, *second} - set(categories))
    if unknown:
        raise ValueError(f"{unknown} of the categories that were given are not among the {len(categories)} possible")
    counts = Counter(zip(first, second, strict=True))
    return tuple(tuple(counts[row, column] for column in categories) for row in categories)


def build_linear_weights(categories: int) -> tuple[tuple[float, ...], ...]:
    """Build the credit that falls in a straight line with the distance of two ordered categories.

    Example:
        >>> build_linear_weights(3)
        ((1.0, 0.5, 0.0), (0.5, 1.0, 0.5), (0.0, 0.5, 1.0))
    """
    return _build_weights(categories, 1)


def build_quadratic_weights(categories: int) -> tuple[tuple[float, ...], ...]:
    """Build the credit that falls with the square of the distance of two ordered categories.

    Example:
        >>> build_quadratic_weights(3)
        ((1.0, 0.75, 0.0), (0.75, 1.0, 0.75), (0.0, 0.75, 1.0))
    """
    return _build_weights(categories, 2)


def estimate_percent_agreement(table: Table, *, level: float = 0.95) -> Estimate:
    """Estimate the share of pairs in which both raters gave the same category, with its exact interval.

    Args:
        table: One row of counts per category of the first rater, one column per category of the second.
        level: Coverage of the interval, between 0 and 1; kept at least.

    Raises:
        ValueError: When the table is not square, or a count is negative.

    Example:
        >>> e = estimate_percent_agreement([[20, 5], [10, 15]])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (0.7, 0.554, 0.821)
    """
    n = check_square(table)
    agreement = estimate_proportion(sum(row[place] for place, row in enumerate(table)), n, level)
    return agreement if n else replace(agreement, note=NOTHING_RATED)


def estimate_kappa(table: Table, *, level: float = 0.95) -> Estimate:
    """Estimate Cohen's kappa: agreement beyond what chance gives raters who use the categories as often as these do.

    Args:
        table: One row of counts per category of the first rater, one column per category of the second.
        level: Coverage of the interval, between 0 and 1; kept in large samples only.

    Returns:
        No value where nothing was rated or one category alone was given; no interval where its standard error is 0
        (all agree, for one). `note` then gives the reason.

    Raises:
        ValueError: When the table is not square, or a count is negative.

    Source:
        Cohen, Educ Psychol Meas 20 (1960) 37-46; the standard error is that of Fleiss, Cohen and Everitt, Psychol Bull
        72 (1969) 323-327, which does not suppose that kappa is 0.

    Example:
        >>> e = estimate_kappa([[20, 5], [10, 15]])
        >>> round(e.value, 3), round(e.lower, 3), round(e.upper, 3)
        (0.4, 0.151, 0.649)
    """
    categories = len(table)
    identity = tuple(tuple(float(row == column) for column in range(categories)) for row in range(categories))
    return replace(estimate_weighted_kappa(table, weights=identity, level=level), method="Cohen's kappa")


def estimate_weighted_kappa(table: Table, *, weights: Weights, level: float = 0.95) -> Estimate:
    """Estimate Cohen's weighted kappa: near categories count as agreeing in part.

    Args:
        table: One row of counts per category of the first rater, one column per category of the second.
        weights: The credit for each cell of the table, 1 on its diagonal, below 1 elsewhere.
        level: Coverage of the interval, between 0 and 1; kept in large samples only.

    Returns:
        As for kappa; with weights of 0 outside the diagonal it is kappa.

    Raises:
        ValueError: When table and weights are not squares of one size, a count is negative, or the diagonal is not 1.

    Source:
        Cohen, Psychol Bull 70 (1968) 213-220; Fleiss, Cohen and Everitt, Psychol Bull 72 (1969) 323-327.

    Example:
        >>> e = estimate_weighted_kappa([[10, 2, 0], [1, 8, 2], [0, 1, 6]], weights=build_linear_weights(3))
        >>> round(e.value, 3)
        0.764
    """
    check_level(level)
    n = check_square(table)
    _check_weights(weights, len(table))
    method = "Cohen's weighted kappa"
    if n == 0:
        return Estimate(EstimateKind.AGREEMENT, None, 0, method, note=NOTHING_RATED)
    shares, rows, columns = _shares(table, n)
    # Credit that a category earns on average when the other rater draws at random.
    of_row = [sum(w * p for w, p in zip(line, columns, strict=True)) for line in weights]
    of_column = [sum(w * p for w, p in zip(line, rows, strict=True)) for line in zip(*weights, strict=True)]
    observed = sum(w * p for line, seen in zip(weights, shares, strict=True) for w, p in zip(line, seen, strict=True))
    expected = sum(p * credit for p, credit in zip(rows, of_row, strict=True))
    if _is_one_category(table, n):
        return Estimate(EstimateKind.AGREEMENT, None, n, method, note=ONE_CATEGORY)
    spread = sum(
        p * (weights[i][j] * (1 - expected) - (of_row[i] + of_column[j]) * (1 - observed)) ** 2
        for i, line in enumerate(shares)
        for j, p in enumerate(line)
    )
    variance = (spread - (observed * expected - 2 * expected + observed) ** 2) / (n * (1 - expected) ** 4)
    value = (observed - expected) / (1 - expected)
    return _with_interval(value, variance, n, method, level, normal_quantile((1 + level) / 2), _say_few(table, n))


def estimate_ac1(table: Table, *, level: float = 0.95) -> Estimate:
    """Estimate Gwet's AC1: agreement beyond chance that stays near percent agreement where one category is rare.

    Chance is that both raters are unsure and meet by luck, which is most likely when all categories are given equally
    often; kappa supposes the contrary, and falls near 0 where nearly everything is of one category.

    Args:
        table: One row of counts per category of the first rater, one column per category of the second; categories
            that could have been given and were not have a row and a column of zeros, for their number matters.
        level: Coverage of the interval, between 0 and 1; kept in large samples only.

    Returns:
        No value where nothing was rated or there is one category only; no interval where its standard error is 0.

    Raises:
        ValueError: When the table is not square, or a count is negative.

    Source:
        Gwet, Br J Math Stat Psychol 61 (2008) 29-48, for two raters; the interval takes Student's t with n - 1 degrees
        of freedom, as in Gwet, Handbook of Inter-Rater Reliability, 4th edition (2014).

    Example:
        >>> e = estimate_ac1([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
        >>> round(e.value, 4), round(e.lower, 3), round(e.upper, 3)
        (0.8493, 0.764, 0.935)
    """
    check_level(level)
    n, categories = check_square(table), len(table)
    method = "Gwet's AC1"
    if n == 0:
        return Estimate(EstimateKind.AGREEMENT, None, 0, method, note=NOTHING_RATED)
    if categories < 2:
        return Estimate(EstimateKind.AGREEMENT, None, n, method, note=ONE_CATEGORY)
    shares, rows, columns = _shares(table, n)
    mean = [(row + column) / 2 for row, column in zip(rows, columns, strict=True)]
    observed = sum(line[place] for place, line in enumerate(shares))
    expected = sum(p * (1 - p) for p in mean) / (categories - 1)
    value = (observed - expected) / (1 - expected)
    # Each pair's part in chance, had its two categories been drawn.
    parts = [[(1 - (mean[i] + mean[j]) / 2) / (categories - 1) for j in range(categories)] for i in range(categories)]
    both = sum(shares[i][i] * parts[i][i] for i in range(categories)) - observed * expected
    chance = sum(shares[i][j] * parts[i][j] ** 2 for i in range(categories) for j in range(categories)) - expected**2
    variance = observed * (1 - observed) - 4 * (1 - value) * both + 4 * (1 - value) ** 2 * chance
    variance /= n * (1 - expected) ** 2
    quantile = student_quantile((1 + level) / 2, n - 1) if n > 1 else 0.0
    return _with_interval(value, variance if n > 1 else 0.0, n, method, level, quantile, _say_few(table, n))


def _build_weights(categories: int, power: int) -> tuple[tuple[float, ...], ...]:
    furthest = max(categories - 1, 1)
    return tuple(
        tuple(1 - (abs(row - column) / furthest) ** power for column in range(categories)) for row in range(categories)
    )


def check_square(table: Table) -> int:
    """Raise when the counts are no square; else say how many pairs there are."""
    if not table or any(len(row) != len(table) for row in table):
        raise ValueError("a table of agreement has as many rows as columns")
    if any(count < 0 for row in table for count in row):
        raise ValueError("a count is not negative")
    return sum(map(sum, table))


def _check_weights(weights: Weights, categories: int) -> None:
    if len(weights) != categories or any(len(row) != categories for row in weights):
        raise ValueError(f"{categories} categories have {categories} x {categories} weights")
    for i, row in enumerate(weights):
        if row[i] != 1 or any(not 0 <= weight < 1 for j, weight in enumerate(row) if j != i):
            raise ValueError("a weight is 1 on the diagonal, and elsewhere at least 0 and below 1")


def _shares(table: Table, n: int) -> tuple[list[list[float]], list[float], list[float]]:
    shares = [[count / n for count in row] for row in table]
    return shares, [sum(row) / n for row in table], [sum(column) / n for column in zip(*table, strict=True)]


def _is_one_category(table: Table, n: int) -> bool:
    return any(row[place] == n for place, row in enumerate(table))


def _say_few(table: Table, n: int) -> str:
    if n < FEW_PAIRS:
        return FEW
    given = (sum(row) + sum(column) for row, column in zip(table, zip(*table, strict=True), strict=True))
    return RARE if min((count for count in given if count), default=0) < 2 * FEW_OF_A_CATEGORY else ""


def _with_interval(
    value: float, variance: float, n: int, method: str, level: float, quantile: float, note: str
) -> Estimate:
    # What is 0 on paper comes out as some 1e-17 of either sign.
    if variance < 1e-14:
        return Estimate(EstimateKind.AGREEMENT, value, n, method, note=NO_SPREAD)
    half_width = quantile * sqrt(variance)
    return Estimate(
        EstimateKind.AGREEMENT,
        value,
        n,
        method,
        lower=max(-1.0, value - half_width),
        upper=min(1.0, value + half_width),
        level=level,
        note=note,
    )
