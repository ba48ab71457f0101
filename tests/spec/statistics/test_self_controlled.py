"""Who says something to a self-controlled ratio, and what it says when all events lie on one side."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.statistics.estimate import EstimateKind
from refractory.statistics.rates import estimate_rate_ratio
from refractory.statistics.self_controlled import (
    ALL_IN_RISK,
    NOBODY,
    NONE_IN_RISK,
    WindowCounts,
    estimate_self_controlled_ratio,
    estimate_self_controlled_ratio_mid_p,
)

BOTH = [estimate_self_controlled_ratio, estimate_self_controlled_ratio_mid_p]


def test_the_ratio_of_one_person_is_that_of_two_poisson_rates():
    ours, known = estimate_self_controlled_ratio([WindowCounts(4, 30, 3, 90)]), estimate_rate_ratio(4, 30, 3, 90)
    assert (ours.value, ours.lower, ours.upper, ours.p_value) == pytest.approx(
        (known.value, known.lower, known.upper, known.p_value), rel=1e-9
    )
    assert ours.kind is EstimateKind.RATIO


def test_the_ratio_keeps_the_events_on_each_side_and_the_persons_that_count():
    told = estimate_self_controlled_ratio([WindowCounts(1, 7, 2, 70), WindowCounts(0, 7, 1, 70)])
    assert (told.numerator, told.denominator, told.n) == (1, 4, 2)


@pytest.mark.parametrize("estimate", BOTH)
@pytest.mark.parametrize("silent", [WindowCounts(0, 7, 0, 70), WindowCounts(0, 0, 3, 70), WindowCounts(3, 7, 0, 0)])
def test_who_has_no_event_no_risk_or_no_control_changes_nothing(estimate, silent):
    persons = [WindowCounts(2, 7, 2, 70), WindowCounts(0, 14, 1, 60)]
    assert estimate([*persons, silent]) == estimate(persons)


@pytest.mark.parametrize("estimate", BOTH)
def test_all_events_in_risk_windows_leave_a_lower_bound_and_say_so(estimate):
    told = estimate([WindowCounts(2, 7, 0, 70), WindowCounts(1, 7, 0, 70)])
    assert (told.value, told.upper, told.note) == (inf, inf, ALL_IN_RISK)
    assert 0 < told.lower < inf


@pytest.mark.parametrize("estimate", BOTH)
def test_all_events_in_control_time_leave_an_upper_bound_and_say_so(estimate):
    told = estimate([WindowCounts(0, 7, 2, 70), WindowCounts(0, 7, 1, 70)])
    assert (told.value, told.lower, told.note) == (0, 0, NONE_IN_RISK)
    assert 0 < told.upper < inf


def test_the_bound_of_three_events_in_windows_as_long_as_the_control_is_that_of_a_fortieth():
    # (r / (1 + r)) ** 3 is a fortieth.
    share = (1 / 40) ** (1 / 3)
    told = estimate_self_controlled_ratio([WindowCounts(1, 10, 0, 10)] * 3)
    assert told.lower == pytest.approx(share / (1 - share))
    assert told.p_value == pytest.approx(2 / 8)


@pytest.mark.parametrize("estimate", BOTH)
@pytest.mark.parametrize("persons", [[], [WindowCounts(0, 7, 0, 70)], [WindowCounts(0, 0, 5, 70)]])
def test_without_anybody_who_can_be_compared_there_is_no_ratio_and_it_says_why(estimate, persons):
    told = estimate(persons)
    assert (told.value, told.lower, told.upper, told.p_value, told.n, told.note) == (None, None, None, None, 0, NOBODY)


@pytest.mark.parametrize(
    ("person", "fault"),
    [
        (WindowCounts(-1, 7, 1, 70), "not negative"),
        (WindowCounts(1, -7, 1, 70), "not negative"),
        (WindowCounts(1, 7, 1, nan), "not negative"),
        (WindowCounts(1, 0, 1, 70), "no time"),
        (WindowCounts(1, 7, 1, 0), "no time"),
    ],
)
def test_counts_that_cannot_be_are_refused(person, fault):
    with pytest.raises(ValueError, match=fault):
        estimate_self_controlled_ratio([person])


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        estimate_self_controlled_ratio([WindowCounts(1, 7, 1, 70)], level=95)


def test_thousands_of_events_are_estimated_without_underflow():
    persons = [WindowCounts(3, 7, 5, 70 + extra) for extra in range(300)]
    told = estimate_self_controlled_ratio(persons)
    assert told.lower < told.value < told.upper
    assert told.upper / told.lower < 1.3
    assert told.p_value < 1e-9
