"""What rates say of no events, of no time and of persons who differ, and what they refuse."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.numbers import format_estimate
from refractory.statistics.estimate import EstimateKind
from refractory.statistics.rates import (
    NO_EVENT,
    NO_EVENT_IN_FIRST,
    NO_EVENT_IN_SECOND,
    NO_EVENTS,
    NO_TIME,
    TOO_FEW_PERSONS,
    estimate_dispersion,
    estimate_rate,
    estimate_rate_between_persons,
    estimate_rate_of_persons,
    estimate_rate_ratio,
)


def test_no_events_are_a_rate_of_0_with_an_upper_end():
    told = estimate_rate(0, 100)
    assert (told.kind, told.value, told.lower) == (EstimateKind.RATE, 0, 0)
    # exp(-3.6889) is a fortieth.
    assert told.upper == pytest.approx(0.036889, abs=1e-6)


def test_a_rate_per_hundred_units_is_a_hundred_times_that_per_unit():
    one, hundred = estimate_rate(7, 350), estimate_rate(7, 350, per=100)
    assert (hundred.value, hundred.lower, hundred.upper) == pytest.approx(
        (100 * one.value, 100 * one.lower, 100 * one.upper)
    )


def test_without_time_there_is_no_rate_and_it_says_so():
    for told in (estimate_rate(0, 0), estimate_rate_of_persons([], []), estimate_rate_between_persons([0], [0])):
        assert (told.value, told.lower, told.n, told.note) == (None, None, 0, NO_TIME)


@pytest.mark.parametrize("counted", [(-1, 5), (1, -5), (0, inf), (0, nan)])
def test_a_negative_count_and_a_time_that_is_none_are_refused(counted):
    with pytest.raises(ValueError, match="not negative"):
        estimate_rate(*counted)
    with pytest.raises(ValueError, match="not negative"):
        estimate_rate_ratio(*counted, 1, 1)
    with pytest.raises(ValueError, match="not negative"):
        estimate_dispersion([counted[0]], [counted[1]])


def test_an_event_in_no_time_is_refused():
    with pytest.raises(ValueError, match="no time"):
        estimate_rate(1, 0)
    with pytest.raises(ValueError, match="no time"):
        estimate_rate_between_persons([0, 1], [5, 0])


def test_no_event_in_one_group_leaves_the_ratio_with_one_bound():
    first, second = estimate_rate_ratio(0, 10, 5, 10), estimate_rate_ratio(5, 10, 0, 10)
    assert (first.value, first.lower, first.note) == (0, 0, NO_EVENT_IN_FIRST)
    assert (second.value, second.upper, second.note) == (inf, inf, NO_EVENT_IN_SECOND)
    assert second.lower == pytest.approx(1 / first.upper)
    assert format_estimate(second) == "∞ (95 % CI 0.92 to ∞)"


def test_no_event_in_either_group_has_no_ratio():
    told = estimate_rate_ratio(0, 10, 0, 10)
    assert (told.value, told.lower, told.upper, told.n, told.note) == (None, None, None, 0, NO_EVENTS)


def test_a_group_without_time_has_no_ratio():
    assert estimate_rate_ratio(0, 0, 3, 10).note == NO_TIME


def test_five_events_against_none_in_equal_time_are_two_in_32():
    assert estimate_rate_ratio(5, 10, 0, 10).p_value == pytest.approx(2 / 32)


def test_equal_rates_have_a_p_value_of_1():
    assert estimate_rate_ratio(4, 10, 4, 10).p_value == 1


def test_persons_with_one_count_each_do_not_vary_at_all():
    assert estimate_dispersion([2, 2, 2], [1, 1, 1]).value == 0
    assert estimate_rate_of_persons([2, 2, 2], [1, 1, 1]).note == ""


def test_counts_in_proportion_to_time_do_not_vary_at_all():
    assert estimate_dispersion([1, 2, 3], [10, 20, 30]).value == pytest.approx(0)


def test_events_of_one_person_alone_are_told_to_be_too_many_for_one_rate():
    told = estimate_rate_of_persons([0, 0, 0, 8], [6, 6, 6, 6])
    assert told.note.startswith("The counts of persons vary 8.0 times as much")
    assert (told.value, told.lower, told.upper) == pytest.approx(
        [getattr(estimate_rate(8, 24), name) for name in ("value", "lower", "upper")]
    )


@pytest.mark.parametrize(
    ("events", "times", "note"), [([3], [1], TOO_FEW_PERSONS), ([0, 0], [1, 1], NO_EVENT), ([], [], TOO_FEW_PERSONS)]
)
def test_a_single_person_or_no_event_tells_nothing_of_dispersion(events, times, note):
    told = estimate_dispersion(events, times)
    assert (told.value, told.p_value, told.note) == (None, None, note)


def test_a_single_person_has_a_rate_without_an_interval_between_persons():
    told = estimate_rate_between_persons([3], [2])
    assert (told.value, told.lower, told.upper, told.level, told.note) == (1.5, None, None, None, TOO_FEW_PERSONS)
    assert estimate_rate_between_persons([0, 0], [2, 2]).note == NO_EVENT


def test_who_was_followed_for_no_time_is_left_out():
    assert estimate_dispersion([1, 3, 0], [1, 1, 0]).n == 2
    assert estimate_rate_between_persons([1, 3, 0], [1, 1, 0]) == estimate_rate_between_persons([1, 3], [1, 1])


def test_the_interval_between_persons_is_wider_where_they_differ():
    alike, apart = ([2, 2, 3, 1] * 5, [0, 8, 0, 0] * 5)
    times = [1.0] * 20
    narrow, wide = estimate_rate_between_persons(alike, times), estimate_rate_between_persons(apart, times)
    assert narrow.value == wide.value == 2
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_as_many_times_as_counts_are_asked_for():
    with pytest.raises(ValueError, match="2 counts cannot be paired with 1 times"):
        estimate_rate_of_persons([1, 2], [1])


def test_a_small_rate_prints_with_up_to_four_decimals():
    assert format_estimate(estimate_rate(3, 1000)) == "0.0030 (95 % CI 0.0006 to 0.0088)"
    assert format_estimate(estimate_rate(0, 100, per=100)) == "0 (95 % CI 0 to 3.69)"
