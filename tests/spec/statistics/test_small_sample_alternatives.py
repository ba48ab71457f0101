"""The alternatives to the default of each comparison: score interval, Boschloo's test, Welch's and the paired t."""

from __future__ import annotations

import pytest

from refractory.statistics.association import estimate_boschloo, estimate_fisher_exact
from refractory.statistics.means import (
    ALL_EQUAL,
    TOO_FEW,
    estimate_mean_change,
    estimate_mean_difference,
    estimate_paired_t_test,
    estimate_welch_test,
)
from refractory.statistics.score_difference import estimate_difference_by_score


def test_everybody_against_nobody_reaches_one_and_no_further():
    estimate = estimate_difference_by_score(5, 5, 0, 5)
    assert (estimate.value, estimate.upper) == (1, 1)
    assert 0.3 < estimate.lower < 0.6


def test_nobody_in_either_group_leaves_room_on_both_sides():
    estimate = estimate_difference_by_score(0, 10, 0, 20)
    assert estimate.value == 0
    assert -0.5 < estimate.lower < 0 < estimate.upper < 0.5


def test_single_persons_who_differ_say_nearly_nothing():
    estimate = estimate_difference_by_score(1, 1, 0, 1)
    assert estimate.lower < -0.5
    assert estimate.upper == 1


def test_an_empty_group_has_no_difference():
    estimate = estimate_difference_by_score(3, 5, 0, 0)
    assert (estimate.value, estimate.lower, estimate.denominator) == (None, None, 0)


def test_more_responders_than_persons_have_no_difference():
    with pytest.raises(ValueError, match="6 persons cannot be counted among 5"):
        estimate_difference_by_score(6, 5, 0, 5)


def test_boschloo_can_find_what_fisher_misses():
    assert estimate_fisher_exact(7, 12, 1, 12).p_value > 0.02
    assert estimate_boschloo(7, 12, 1, 12).p_value < 0.02


def test_boschloo_of_single_persons_who_differ_is_one_half():
    # Fisher's P of both tables with one responder is 1, and so is that of the other two: every table counts.
    assert estimate_boschloo(1, 1, 0, 1).p_value == 1
    # With two each, 2 of 2 against 0 of 2 has Fisher's P of 1/3, and is reached in two tables of which each has the
    # probability p p q q, at most 1/16.
    assert estimate_boschloo(2, 2, 0, 2).p_value == pytest.approx(1 / 8)


def test_groups_that_respond_alike_have_a_boschloo_p_of_one():
    assert estimate_boschloo(0, 5, 0, 7).p_value == 1
    assert estimate_boschloo(3, 6, 4, 8).p_value == 1


def test_boschloo_of_an_empty_group_has_no_p():
    assert estimate_boschloo(3, 6, 0, 0).p_value is None


def test_one_person_in_a_group_has_a_difference_of_means_and_no_interval():
    estimate = estimate_mean_difference([5], [1, 2])
    assert (estimate.value, estimate.lower, estimate.note) == (3.5, None, TOO_FEW)
    assert estimate_welch_test([5], [1, 2]).p_value is None


def test_two_in_each_group_are_enough():
    assert estimate_mean_difference([5, 6], [1, 2]).lower < 4
    assert 0 < estimate_welch_test([5, 6], [1, 2]).p_value < 1


def test_where_nothing_varies_there_is_a_difference_and_nothing_to_measure_it_by():
    estimate = estimate_mean_difference([0.1] * 3, [0.3] * 3)
    assert (estimate.lower, estimate.note) == (None, ALL_EQUAL)
    assert estimate_paired_t_test([0.1] * 3).note == ALL_EQUAL
    assert estimate_mean_change([0.1] * 3).upper is None


def test_one_group_that_does_not_vary_leaves_the_other_to_be_measured_by():
    estimate = estimate_welch_test([2, 2, 2], [1, 2, 4])
    assert estimate.p_value is not None


def test_nobody_has_no_mean_change():
    assert estimate_mean_change([]).value is None
    assert estimate_paired_t_test([]).p_value is None
    assert estimate_mean_difference([], [1, 2]).value is None


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_value_that_is_no_finite_number_is_refused(wrong):
    with pytest.raises(ValueError, match="not a finite number"):
        estimate_welch_test([1, wrong], [1, 2])
    with pytest.raises(ValueError, match="not a finite number"):
        estimate_mean_difference([], [wrong])
