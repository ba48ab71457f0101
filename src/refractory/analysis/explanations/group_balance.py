"""Two groups of persons side by side, with how many standard deviations lie between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median_low

from refractory.analysis.results import Cell, ResultRow
from refractory.cohort.strata import Member
from refractory.numbers import format_share
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean

# A group of one has no spread: a difference is measured between two of at least two.
BALANCE_FOOTNOTE = (
    "Standardised difference: the first group less the second, in standard deviations; it does not grow with the "
    "number of persons, and beyond 0.1 it is often called notable. Mean ± sample standard deviation, persons (per "
    "cent), or the median year (first to last)."
)


def compare_members(
    first: Sequence[Member], second: Sequence[Member], strata: Sequence[str], level: float
) -> list[tuple[ResultRow, Estimate]]:
    """Compare what is known of both groups: age, sex, year, time from diagnosis, drugs before, stratum.

    Args:
        first: Members of the first group.
        second: Members of the second.
        strata: Names of the strata.
        level: Coverage of the intervals.

    Returns:
        One row per measure with the two groups and their standardised difference, and that difference again.
    """
    numbers: list[tuple[str, Callable[[Member], float | int | None]]] = [
        ("Age at day 0, years", lambda one: one.age_years),
        ("Diagnosis to day 0, days", lambda one: one.days_from_diagnosis),
    ]
    if any(one.drugs_before is not None for one in (*first, *second)):
        numbers.append(("Drugs before day 0", lambda one: one.drugs_before))
    compared = [_compare_years(first, second, level)]
    compared += [_compare_numbers(label, number, first, second, level) for label, number in numbers]
    shares: list[tuple[str, Callable[[Member], bool]]] = [("Female", lambda one: one.sex == "female")]
    shares += [(name, _is_of(name)) for name in strata]
    return compared + [_compare_shares(label, has, first, second, level) for label, has in shares]


def find_largest(compared: Sequence[tuple[ResultRow, Estimate]]) -> tuple[str, Estimate] | None:
    """Find the measure in which two groups lie furthest apart; None where none could be compared."""
    known = [(row.label, one) for row, one in compared if one.value is not None]
    return max(known, key=lambda one: abs(one[1].value or 0.0), default=None)


def _is_of(stratum: str) -> Callable[[Member], bool]:
    return lambda one: one.stratum == stratum


def _compare_numbers(
    label: str,
    number: Callable[[Member], float | int | None],
    first: Sequence[Member],
    second: Sequence[Member],
    level: float,
) -> tuple[ResultRow, Estimate]:
    groups = [[float(value) for value in map(number, group) if value is not None] for group in (first, second)]
    difference = estimate_standardised_difference(groups[0], groups[1], level)
    cells: tuple[Cell, ...] = (estimate_mean(groups[0]), estimate_mean(groups[1]), difference)
    return ResultRow(label, cells), difference


def _compare_years(first: Sequence[Member], second: Sequence[Member], level: float) -> tuple[ResultRow, Estimate]:
    """Compare the years of day 0: a year is printed without a comma, as the median from the first to the last."""
    groups = [sorted(float(one.day0_date.year) for one in group) for group in (first, second)]
    said = [f"{median_low(group):.0f} ({group[0]:.0f} to {group[-1]:.0f})" if group else None for group in groups]
    difference = estimate_standardised_difference(groups[0], groups[1], level)
    return ResultRow("Year of day 0", (said[0], said[1], difference)), difference


def _compare_shares(
    label: str, has: Callable[[Member], bool], first: Sequence[Member], second: Sequence[Member], level: float
) -> tuple[ResultRow, Estimate]:
    counts = [(sum(map(has, group)), len(group)) for group in (first, second)]
    difference = estimate_standardised_difference_of_proportions(*counts[0], *counts[1], level)
    return ResultRow(label, (format_share(*counts[0]), format_share(*counts[1]), difference)), difference
