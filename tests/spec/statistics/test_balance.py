"""How unlike two groups are at baseline, in standard deviations."""

from __future__ import annotations

from math import inf

import pytest

from refractory.statistics.balance import (
    NO_SPREAD,
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
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


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="same categories"):
        estimate_standardised_difference_of_categories([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="cannot be counted among 2"):
        estimate_standardised_difference_of_proportions(3, 2, 1, 2)
