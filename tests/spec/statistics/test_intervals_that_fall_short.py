"""Intervals that the simulation found to cover less often than they say carry a note, where the data can show it."""

from __future__ import annotations

import pytest

from refractory.statistics.balance import (
    NO_SPREAD,
    TOO_SHORT,
    estimate_standardised_difference,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.means import ALL_EQUAL, TOO_FEW, estimate_mean_change, estimate_mean_difference
from refractory.statistics.reliability import SKEWED as SKEWED_MEASUREMENTS
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.skewness import SKEWED, find_skewness
from refractory.statistics.trajectory import ONE_VALUE, estimate_mean_by_t

EVEN = [float(place) for place in range(1, 13)]
LONG_TAIL = [*EVEN[:-1], 100.0]


def test_skewness_does_not_depend_on_unit_or_origin_and_turns_round_with_the_values():
    plain = find_skewness(LONG_TAIL)
    assert plain > 1
    assert find_skewness([1e200 * value for value in LONG_TAIL]) == pytest.approx(plain)
    assert find_skewness([1e-200 * value for value in LONG_TAIL]) == pytest.approx(plain)
    assert find_skewness([7 - 2 * value for value in LONG_TAIL]) == pytest.approx(-plain)


def test_one_value_two_values_and_values_all_alike_have_no_skewness():
    assert [find_skewness(values) for values in ([], [3.0], [0.0, 9.0], [0.1] * 7)] == [0, 0, 0, 0]


def test_a_third_of_the_persons_who_differ_from_the_rest_is_not_yet_highly_skewed_and_a_fifth_is():
    # Of a yes or no the skewness is (1 - 2 p) over the root of p (1 - p): 1.5 at a fifth, 0.7 at a third.
    assert estimate_mean_change([1.0] * 4 + [0.0] * 8).note == ""
    assert estimate_mean_change([1.0] * 4 + [0.0] * 16).note == SKEWED


@pytest.mark.parametrize("sign", [1, -1])
def test_a_mean_of_skewed_values_says_that_its_interval_covers_less_often(sign):
    tail = [sign * value for value in LONG_TAIL]
    assert estimate_mean_change(tail).note == SKEWED
    assert estimate_mean_by_t(tail).note == SKEWED
    assert estimate_mean_difference(tail, EVEN).note == SKEWED
    assert estimate_mean_difference(EVEN, tail).note == SKEWED


def test_even_values_say_nothing():
    assert estimate_mean_change(EVEN).note == ""
    assert estimate_mean_by_t(EVEN).note == ""
    assert estimate_mean_difference(EVEN, EVEN).note == ""


def test_thirty_skewed_values_say_nothing_and_twenty_nine_do():
    tail = [0.0] * 26 + [9.0] * 3
    assert estimate_mean_change(tail).note == SKEWED
    assert estimate_mean_change([*tail, 0.0]).note == ""


def test_a_reason_for_no_interval_goes_before_skewness():
    assert estimate_mean_change([4.0]).note == TOO_FEW
    assert estimate_mean_change([4.0, 4.0]).note == ALL_EQUAL
    assert estimate_mean_difference([4.0], LONG_TAIL).note == TOO_FEW
    assert estimate_mean_by_t([4.0]).note == ONE_VALUE


def test_skewed_measurements_say_that_the_interval_of_their_reliability_asks_for_normal_ones():
    even = [(value, value + place % 3) for place, value in enumerate(EVEN)]
    tail = [(value, value + place % 3) for place, value in enumerate(LONG_TAIL)]
    assert estimate_reliability(even).note == ""
    assert estimate_reliability(tail).note == SKEWED_MEASUREMENTS
    # However many the persons are.
    assert estimate_reliability(tail * 20).note == SKEWED_MEASUREMENTS


def test_the_standardised_difference_of_two_proportions_is_noted_below_fifteen_persons():
    assert estimate_standardised_difference_of_proportions(7, 14, 20, 40).note == TOO_SHORT
    assert estimate_standardised_difference_of_proportions(20, 40, 7, 14).note == TOO_SHORT
    assert estimate_standardised_difference_of_proportions(8, 15, 20, 40).note == ""


def test_the_standardised_difference_of_two_proportions_is_noted_where_they_lie_far_apart_in_any_number():
    near, far = (estimate_standardised_difference_of_proportions(500, 1000, other, 1000) for other in (270, 250))
    assert (near.value < 0.5, near.note) == (True, "")
    assert (far.value > 0.5, far.note) == (True, TOO_SHORT)


def test_a_difference_without_interval_and_that_of_two_means_are_not_noted():
    assert estimate_standardised_difference_of_proportions(0, 4, 5, 5).note == NO_SPREAD
    assert estimate_standardised_difference_of_proportions(0, 0, 5, 5).note == ""
    assert estimate_standardised_difference([1, 2, 3, 9], [7, 8, 9]).note == ""
