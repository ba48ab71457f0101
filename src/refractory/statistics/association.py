"""Association in a table of counts: the exact tests of Fisher, Boschloo, Freeman and Halton, and the odds ratio."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, lgamma, pi, sqrt

from refractory.statistics.distributions import (
    TIE_TOLERANCE,
    check_level,
    hypergeometric_logs,
    hypergeometric_probabilities,
    no_more_probable,
    solve_odds_ratio,
)
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.tables_of_counts import share_no_more_probable, share_sampled, work_of_enumeration

# Steps of the enumeration that take some seconds; beyond, tables are sampled.
_MOST_STEPS = 10_000_000
SAMPLED_TABLES = 100_000
# Rates tried within one standard deviation of the number of responders, and how often the best is looked at closer.
_RATES_TRIED = 40
_TIMES_FINER = 4


def estimate_fisher_exact(r1: int, n1: int, r2: int, n2: int) -> Estimate:
    """Test whether two groups respond alike with Fisher's exact test, two-sided.

    P is the probability, with all totals of the table held fixed, of the tables that are no more probable
    than the observed one. Probabilities that differ by a relative 1e-7 count as equal.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1; with none in a group nothing can be tested.
        r2: Persons counted in group 2.
        n2: Persons of group 2.

    Raises:
        ValueError: When a group has more responders than persons.

    Source:
        Fisher, Statistical Methods for Research Workers, 5th edition (1934), section 21.02; the two-sided rule is
        Irwin's, Metron 12 (1935) 83-94.

    Example:
        >>> round(estimate_fisher_exact(3, 4, 1, 4).p_value, 4)
        0.4857
    """
    _check_groups(r1, n1, r2, n2)
    method = "Fisher's exact test"
    if n1 == 0 or n2 == 0:
        return Estimate(EstimateKind.TEST, None, n1 + n2, method)
    first, probabilities = hypergeometric_probabilities(n1, n2, r1 + r2)
    p_value = no_more_probable(probabilities)[r1 - first]
    return Estimate(EstimateKind.TEST, p_value, n1 + n2, method, p_value=p_value)


def estimate_boschloo(r1: int, n1: int, r2: int, n2: int) -> Estimate:
    """Test whether two groups respond alike with Boschloo's exact test, two-sided.

    Tables are ordered by the two-sided P value of Fisher's exact test. P is the largest probability, over all rates
    that the groups may have in common, of the tables whose Fisher P value is no larger than the observed one: the
    number of responders is not held fixed. It is never larger than Fisher's, and keeps its level all the same.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1; with none in a group nothing can be tested.
        r2: Persons counted in group 2.
        n2: Persons of group 2.

    Raises:
        ValueError: When a group has more responders than persons.

    Source:
        Boschloo, Statistica Neerlandica 24 (1970) 1-9.

    Example:
        >>> round(estimate_boschloo(7, 12, 1, 12).p_value, 4)
        0.0103
    """
    _check_groups(r1, n1, r2, n2)
    method = "Boschloo's exact test"
    if n1 == 0 or n2 == 0:
        return Estimate(EstimateKind.TEST, None, n1 + n2, method)
    first, probabilities = hypergeometric_probabilities(n1, n2, r1 + r2)
    observed = no_more_probable(probabilities)[r1 - first]
    p_value = _boschloo_p_value(_fisher_tables(n1, n2), observed)
    return Estimate(EstimateKind.TEST, p_value, n1 + n2, method, p_value=p_value)


def find_boschloo_limit(n1: int, n2: int, alpha: float = 0.05) -> float:
    """Find the largest P value of Fisher's exact test with which Boschloo's test is significant.

    Boschloo's test orders the tables by Fisher's P value, so that it is significant wherever that lies at or below one
    limit, which is never smaller than alpha.

    Args:
        n1: Persons of group 1.
        n2: Persons of group 2.
        alpha: Two-sided level of Boschloo's test.

    Returns:
        The limit; alpha where no table has a P value beyond it that the test would still call significant.

    Example:
        >>> round(find_boschloo_limit(12, 12), 4)
        0.0932
    """
    tables = _fisher_tables(n1, n2)
    beyond = sorted({p_value for _, p_values in tables for p_value in p_values if p_value > alpha})
    low, high = 0, len(beyond)
    while low < high:
        middle = (low + high) // 2
        if _boschloo_p_value(tables, beyond[middle]) <= alpha:
            low = middle + 1
        else:
            high = middle
    return beyond[low - 1] if low else alpha


def _fisher_tables(n1: int, n2: int) -> list[tuple[list[float], list[float]]]:
    """Probability and Fisher's P value of each table, given its number of responders: one pair of lists a number."""
    given = [hypergeometric_probabilities(n1, n2, responders)[1] for responders in range(n1 + n2 + 1)]
    return [(list(probabilities), list(no_more_probable(probabilities))) for probabilities in given]


def _boschloo_p_value(tables: Sequence[tuple[list[float], list[float]]], observed: float) -> float:
    limit = observed * (1 + TIE_TOLERANCE)
    shares = [
        sum(p for p, p_value in zip(probabilities, p_values, strict=True) if p_value <= limit)
        for probabilities, p_values in tables
    ]
    return min(1.0, _largest_mean(shares))


def _largest_mean(shares: Sequence[float]) -> float:
    """The largest mean, over all rates, of a share that depends on the number of responders among all persons.

    Rates are tried in steps finer than the spread of the number of responders, on a scale on which that spread is
    the same everywhere, and around the best of them ever finer.
    """
    import numpy as np

    persons, of_count = len(shares) - 1, np.array(shares)
    logs = np.array([lgamma(persons + 1) - lgamma(k + 1) - lgamma(persons - k + 1) for k in range(persons + 1)])
    count = np.arange(persons + 1)
    low, high, steps = 0.0, pi / 2, _RATES_TRIED * (1 + int(sqrt(persons)))
    best = max(shares[0], shares[-1])
    for _ in range(_TIMES_FINER):
        angles = np.linspace(low, high, steps + 1)[1:-1]
        weights = logs + 2 * count * np.log(np.sin(angles))[:, None]
        weights += 2 * (persons - count) * np.log(np.cos(angles))[:, None]
        means = np.exp(weights) @ of_count
        place = int(means.argmax())
        best = max(best, float(means[place]))
        step = (high - low) / steps
        low, high, steps = max(0.0, angles[place] - step), min(pi / 2, angles[place] + step), _RATES_TRIED
    return best


def estimate_freeman_halton(table: Sequence[Sequence[int]], seed: int = 1) -> Estimate:
    """Test association in a table of any size with Freeman and Halton's extension of Fisher's exact test.

    P is the probability, with all totals held fixed, of the tables that are no more probable than the observed
    one; on a 2 x 2 table it is Fisher's. Tables too many to enumerate are sampled, and `method` then says so.

    Args:
        table: One row of counts per group, one column per answer. Groups without persons and answers that
            nobody gave are left out; with fewer than two groups nothing can be tested.
        seed: Where sampling starts, if it comes to that.

    Raises:
        ValueError: When rows differ in length, or a count is negative.

    Source:
        Freeman and Halton, Biometrika 38 (1951) 141-149.

    Example:
        >>> round(estimate_freeman_halton([[3, 1], [1, 3], [0, 4]]).p_value, 4)
        0.2
    """
    counts = _without_empty_lines(table)
    persons = sum(map(sum, counts))
    if len(counts) < 2:
        return Estimate(EstimateKind.TEST, None, persons, "Freeman-Halton exact test")
    if work_of_enumeration(counts, _MOST_STEPS) <= _MOST_STEPS:
        method, p_value = "Freeman-Halton exact test", share_no_more_probable(counts)
    else:
        method = f"Freeman-Halton test, Monte Carlo with {SAMPLED_TABLES:,} tables, seed {seed}"
        p_value = share_sampled(counts, SAMPLED_TABLES, seed)
    return Estimate(EstimateKind.TEST, p_value, persons, method, p_value=p_value)


def estimate_odds_ratio(r1: int, n1: int, r2: int, n2: int, level: float = 0.95) -> Estimate:
    """Estimate the odds ratio of group 1 to group 2 with its exact conditional interval.

    The value is the conditional maximum likelihood estimate, which lies a little nearer to 1 than the
    cross-product of the table. Each end is the odds ratio at which the observed table, or one further out, would
    be seen with half of the probability left over. With a zero in the table one end is 0 or infinite.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1.
        r2: Persons counted in group 2.
        n2: Persons of group 2.
        level: Coverage of the interval, between 0 and 1; kept at least.

    Returns:
        No value when a group is empty, or when everybody or nobody responded: any odds ratio fits such a table.

    Raises:
        ValueError: When a group has more responders than persons, or the level is not between 0 and 1.

    Source:
        Cornfield, Proc 3rd Berkeley Symp 4 (1956) 135-148; Agresti, Categorical Data Analysis, 3rd edition, 16.6.4.

    Example:
        >>> e = estimate_odds_ratio(3, 4, 1, 4)
        >>> round(e.value, 3), round(e.lower, 4), round(e.upper, 1)
        (6.408, 0.2117, 626.2)
    """
    _check_groups(r1, n1, r2, n2)
    check_level(level)
    method = "conditional maximum likelihood, exact interval"
    central = hypergeometric_logs(n1, n2, r1 + r2)
    place, last = r1 - max(0, r1 + r2 - n2), len(central) - 1
    if last == 0:
        return Estimate(EstimateKind.RATIO, None, n1 + n2, method, level=level)
    tail = (1 - level) / 2
    lower = 0.0 if place == 0 else solve_odds_ratio(central, tail, [float(k >= place) for k in range(last + 1)])
    upper = inf if place == last else solve_odds_ratio(central, 1 - tail, [float(k > place) for k in range(last + 1)])
    if place in (0, last):
        value = 0.0 if place == 0 else inf
    else:
        value = solve_odds_ratio(central, float(place), [float(k) for k in range(last + 1)])
    return Estimate(EstimateKind.RATIO, value, n1 + n2, method, lower=lower, upper=upper, level=level)


def _check_groups(r1: int, n1: int, r2: int, n2: int) -> None:
    for responders, persons in ((r1, n1), (r2, n2)):
        if not 0 <= responders <= persons:
            raise ValueError(f"{responders} persons cannot be counted among {persons}")


def _without_empty_lines(table: Sequence[Sequence[int]]) -> list[list[int]]:
    if not table or len({len(row) for row in table}) != 1:
        raise ValueError("the rows of a table have the same number of columns")
    if any(count < 0 for row in table for count in row):
        raise ValueError("a count is not negative")
    columns = [column for column in zip(*(row for row in table if any(row)), strict=True) if any(column)]
    return [list(row) for row in zip(*columns, strict=True)]
