"""How unlike two groups are at baseline, in standard deviations."""

from __future__ import annotations

from math import inf

import pytest

from refractory.statistics.balance import (
    NO_SPREAD,
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
    find_difference_by_chance,
)


def test_equal_groups_do_not_differ():
    assert estimate_standardised_difference([1, 2, 3], [3, 1, 2]).value == 0
    assert estimate_standardised_difference_of_proportions(2, 4, 3, 6).value == 0
    assert estimate_standardised_difference_of_categories([1, 2, 3], [2, 4, 6]).value == pytest.approx(0, abs=1e-7)


def test_ten_times_as_many_like_persons_do_not_make_groups_more_unlike():
    few, many = (estimate_standardised_difference_of_proportions(4 * k, 5 * k, 2 * k, 5 * k) for k in (1, 10))
    assert few.value == many.value
    assert many.upper - many.lower < few.upper - few.lower


def test_groups_that_differ_and_in_which_nothing_varies_are_infinitely_unlike():
    for estimate in (
        estimate_standardised_difference([0.1] * 3, [0.3] * 3),
        estimate_standardised_difference_of_proportions(0, 4, 5, 5),
    ):
        assert (estimate.value, estimate.lower, estimate.note) == (-inf, None, NO_SPREAD)
    unlike = estimate_standardised_difference_of_categories([4, 0, 0], [0, 0, 5])
    assert (unlike.value, unlike.note) == (inf, NO_SPREAD)


def test_groups_in_which_nobody_differs_from_anybody_are_alike():
    assert estimate_standardised_difference([0.1] * 3, [0.1] * 7).value == 0
    assert estimate_standardised_difference_of_proportions(4, 4, 5, 5).value == 0
    assert estimate_standardised_difference_of_categories([4, 0], [5, 0]).value == 0


def test_a_category_that_nobody_has_changes_nothing():
    with_it = estimate_standardised_difference_of_categories([5, 0, 3, 2], [2, 0, 4, 4])
    assert with_it.value == pytest.approx(estimate_standardised_difference_of_categories([5, 3, 2], [2, 4, 4]).value)


def test_one_person_has_no_spread_and_nobody_no_share():
    assert estimate_standardised_difference([1], [1, 2]).value is None
    assert estimate_standardised_difference_of_proportions(0, 0, 1, 2).value is None
    assert estimate_standardised_difference_of_categories([0, 0], [1, 2]).value is None


def test_the_fewer_the_persons_and_the_more_the_categories_the_further_apart_chance_puts_them():
    assert find_difference_by_chance(7, 35) > 10**0.5 * find_difference_by_chance(70, 350)
    by_categories = [find_difference_by_chance(15, 27, categories=number) for number in (2, 3, 6)]
    assert by_categories == sorted(by_categories)
    assert find_difference_by_chance(15, 27, 0.9) < find_difference_by_chance(15, 27)


def test_in_large_groups_chance_puts_numbers_as_far_apart_as_the_interval_around_0_reaches():
    alike = estimate_standardised_difference([1.0, 2.0, 3.0] * 500, [1.0, 2.0, 3.0] * 900)
    assert alike.upper == pytest.approx(find_difference_by_chance(1500, 2700), rel=1e-3)


def test_one_person_or_too_few_for_so_many_categories_may_lie_anywhere():
    assert find_difference_by_chance(1, 40) == inf
    assert find_difference_by_chance(2, 2, categories=4) == inf


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="same categories"):
        estimate_standardised_difference_of_categories([1, 2], [1, 2, 3])
    for unfit in ({"n1": 0, "n2": 3}, {"n1": 3, "n2": 3, "categories": 1}):
        with pytest.raises(ValueError, match="two groups have a person each"):
            find_difference_by_chance(**unfit)
    with pytest.raises(ValueError, match="cannot be counted among 2"):
        estimate_standardised_difference_of_proportions(3, 2, 1, 2)
