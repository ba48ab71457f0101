"""One yes-or-no label against another: sensitivity, specificity, and what bends kappa."""

from __future__ import annotations

from dataclasses import replace

from refractory.statistics.agreement import NOTHING_RATED, Table, check_square
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

NOBODY_WITH = "The label it is held against never says yes."
NOBODY_WITHOUT = "The label it is held against never says no."


def estimate_sensitivity(table: Table, *, level: float = 0.95) -> Estimate:
    """Estimate how often a label says yes where the one it is held against says yes, with the exact interval.

    Neither label need be the truth: held the other way round (the table transposed) it is the predictive value.

    Args:
        table: Counts of the label in rows (yes, no), of the one it is held against in columns (yes, no).
        level: Coverage of the interval, between 0 and 1; kept at least.

    Raises:
        ValueError: When the table is not 2 x 2, a count is negative, or the level is no share.

    Example:
        >>> e = estimate_sensitivity([[18, 4], [2, 26]])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (0.9, 0.683, 0.988)
    """
    _check_two_by_two(table)
    (said, _), (missed, _) = table
    estimate = estimate_proportion(said, said + missed, level)
    return estimate if said + missed else replace(estimate, note=NOBODY_WITH)


def estimate_specificity(table: Table, *, level: float = 0.95) -> Estimate:
    """Estimate how often a label says no where the one it is held against says no, with the exact interval.

    Args:
        table: Counts of the label in rows (yes, no), of the one it is held against in columns (yes, no).
        level: Coverage of the interval, between 0 and 1; kept at least.

    Raises:
        ValueError: When the table is not 2 x 2, a count is negative, or the level is no share.

    Example:
        >>> round(estimate_specificity([[18, 4], [2, 26]]).value, 4)
        0.8667
    """
    _check_two_by_two(table)
    (_, wrongly_said), (_, denied) = table
    estimate = estimate_proportion(denied, wrongly_said + denied, level)
    return estimate if wrongly_said + denied else replace(estimate, note=NOBODY_WITHOUT)


def estimate_prevalence_index(table: Table) -> Estimate:
    """Estimate how much more often both labels say yes than both say no.

    Far from 0 in either direction kappa is low, however well the labels agree.

    Args:
        table: Counts of one label in rows (yes, no), of the other in columns (yes, no).

    Raises:
        ValueError: When the table is not 2 x 2, or a count is negative.

    Source:
        Byrt, Bishop and Carlin, J Clin Epidemiol 46 (1993) 423-429.

    Example:
        >>> estimate_prevalence_index([[80, 5], [5, 10]]).value
        0.7
    """
    _check_two_by_two(table)
    (both_yes, _), (_, both_no) = table
    return _index(both_yes - both_no, table, "prevalence index")


def estimate_bias_index(table: Table) -> Estimate:
    """Estimate how much more often the label in the rows says yes than the label in the columns.

    Args:
        table: Counts of one label in rows (yes, no), of the other in columns (yes, no).

    Raises:
        ValueError: When the table is not 2 x 2, or a count is negative.

    Source:
        Byrt, Bishop and Carlin, J Clin Epidemiol 46 (1993) 423-429.

    Example:
        >>> estimate_bias_index([[40, 15], [5, 40]]).value
        0.1
    """
    _check_two_by_two(table)
    (_, row_alone), (column_alone, _) = table
    return _index(row_alone - column_alone, table, "bias index")


def _check_two_by_two(table: Table) -> None:
    check_square(table)
    if len(table) != 2:
        raise ValueError("a yes-or-no label against another has two rows and two columns")


def _index(difference: int, table: Table, method: str) -> Estimate:
    n = check_square(table)
    if n == 0:
        return Estimate(EstimateKind.DIFFERENCE, None, 0, method, denominator=0, note=NOTHING_RATED)
    return Estimate(EstimateKind.DIFFERENCE, difference / n, n, method, denominator=n)
