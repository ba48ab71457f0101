"""Laws of rank tests and shifts, against permutations and differences listed one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import factorial, inf, prod
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.statistics.location import (
    estimate_hodges_lehmann_shift,
    estimate_mann_whitney,
    estimate_mean,
    estimate_median,
)

tied = st.lists(st.integers(0, 4), min_size=1, max_size=5)
numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
any_numbers = st.lists(numbers, min_size=1, max_size=30)
whole_numbers = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30)


def rank_sum(chosen, everybody) -> Fraction:
    """Rank sum with mid-ranks: one half for each tie, the person itself included as half a tie and half a place."""
    return sum(
        (
            sum(Fraction(other < value) + Fraction(other == value, 2) for other in everybody) + Fraction(1, 2)
            for value in chosen
        ),
        Fraction(0),
    )


def brute_force_p_value(first, second) -> Fraction:
    everybody = [*first, *second]
    expected = Fraction(len(first) * (len(everybody) + 1), 2)
    observed = abs(rank_sum(first, everybody) - expected)
    ways = list(combinations(everybody, len(first)))
    return Fraction(sum(abs(rank_sum(chosen, everybody) - expected) >= observed for chosen in ways), len(ways))


def place_of_lower_end(n1: int, n2: int, tail: Fraction) -> int:
    """The largest place whose count of smaller Mann-Whitney statistics leaves no more than the tail."""
    statistics = [sum(ranks) - n1 * (n1 + 1) // 2 for ranks in combinations(range(1, n1 + n2 + 1), n1)]
    return max(k for k in range(n1 * n2 + 1) if sum(u < k for u in statistics) <= tail * len(statistics))


@given(first=tied, second=tied)
def test_mann_whitney_is_the_share_of_permutations_at_least_as_far_out_ties_included(first, second):
    assert estimate_mann_whitney(first, second).p_value == pytest.approx(float(brute_force_p_value(first, second)))


@given(first=any_numbers, second=any_numbers)
def test_swapping_the_groups_leaves_mann_whitney_and_flips_the_shift(first, second):
    assert estimate_mann_whitney(second, first).p_value == estimate_mann_whitney(first, second).p_value
    there, back = estimate_hodges_lehmann_shift(first, second), estimate_hodges_lehmann_shift(second, first)
    assert (back.value, back.lower, back.upper) == (-there.value, -there.upper, -there.lower)


@given(first=any_numbers, second=any_numbers)
def test_the_shift_is_the_median_of_all_differences(first, second):
    differences = sorted(one - other for one in first for other in second)
    assert estimate_hodges_lehmann_shift(first, second).value == pytest.approx(
        median(differences), rel=1e-12, abs=1e-12
    )


@settings(deadline=None)
@given(
    first=st.lists(numbers, min_size=1, max_size=6),
    second=st.lists(numbers, min_size=1, max_size=6),
    tail=st.sampled_from([1, 5, 20]),
)
def test_the_ends_of_the_shift_are_the_differences_at_the_places_of_the_permutation_distribution(first, second, tail):
    differences = sorted(one - other for one in first for other in second)
    place = place_of_lower_end(len(first), len(second), Fraction(tail, 100))
    estimate = estimate_hodges_lehmann_shift(first, second, level=1 - 2 * tail / 100)
    assert estimate.lower == (differences[place - 1] if place else -inf)
    assert estimate.upper == (differences[len(differences) - place] if place else inf)


@given(first=whole_numbers, second=whole_numbers, shift=st.integers(-(10**6), 10**6))
def test_adding_days_to_one_group_adds_them_to_the_shift(first, second, shift):
    before = estimate_hodges_lehmann_shift(first, second)
    after = estimate_hodges_lehmann_shift([value + shift for value in first], second)
    assert (after.value, after.lower, after.upper) == (
        before.value + shift,
        before.lower + shift,
        before.upper + shift,
    )


@given(first=whole_numbers, second=whole_numbers, factor=st.integers(1, 1000))
def test_another_unit_changes_the_shift_by_its_factor_and_no_p_value(first, second, factor):
    before = estimate_hodges_lehmann_shift(first, second)
    scaled = [value * factor for value in first], [value * factor for value in second]
    after = estimate_hodges_lehmann_shift(*scaled)
    assert (after.value, after.lower, after.upper) == (
        before.value * factor,
        before.lower * factor,
        before.upper * factor,
    )
    assert estimate_mann_whitney(*scaled).p_value == estimate_mann_whitney(first, second).p_value


@pytest.mark.parametrize("weights", [(1, 1, 1), (8, 1, 1), (1, 8, 1), (5, 0, 5)])
@pytest.mark.parametrize("level", [Fraction(8, 10), Fraction(95, 100)])
def test_the_interval_of_a_shift_covers_at_least_as_often_as_it_says_with_heavy_ties(weights, level):
    # All samples of four and five persons from three values; both groups from the same distribution, so shift 0.
    def samples(size):
        for values in combinations_with_replacement(range(3), size):
            times = [values.count(value) for value in range(3)]
            ways = factorial(size) // prod(map(factorial, times))
            yield values, ways * prod(weight**count for weight, count in zip(weights, times, strict=True))

    covered = everything = 0
    for (first, one), (second, other) in product(samples(4), samples(5)):
        estimate = estimate_hodges_lehmann_shift(first, second, level=float(level))
        everything += one * other
        covered += one * other * (estimate.lower <= 0 <= estimate.upper)
    assert Fraction(covered, everything) >= level


@given(values=any_numbers, shift=st.integers(-1000, 1000))
def test_adding_to_every_value_moves_mean_and_median_and_keeps_the_spread(values, shift):
    moved = [value + shift for value in values]
    assert estimate_mean(moved).value == pytest.approx(estimate_mean(values).value + shift, abs=1e-6)
    assert estimate_mean(moved).sd == pytest.approx(estimate_mean(values).sd, abs=1e-6)
    assert estimate_median(moved).value == pytest.approx(estimate_median(values).value + shift, abs=1e-6)


@given(values=any_numbers, order=st.randoms())
def test_the_order_of_persons_never_matters(values, order):
    shuffled = list(values)
    order.shuffle(shuffled)
    assert estimate_mean(shuffled) == estimate_mean(values)
    assert estimate_median(shuffled) == estimate_median(values)


@given(values=st.lists(numbers, min_size=5, max_size=31))
def test_with_one_more_than_a_multiple_of_four_persons_the_quartiles_are_values_of_persons(values):
    quarter = (len(values) - 1) // 4
    ascending = sorted(values[: 4 * quarter + 1])
    estimate = estimate_median(values[: 4 * quarter + 1])
    found = (estimate.lower, estimate.value, estimate.upper)
    assert found == (ascending[quarter], ascending[2 * quarter], ascending[3 * quarter])
