"""What the cumulative incidence says at ties, at the ends, and beyond what was followed."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.statistics.competing import (
    FEWER_THAN_HALF,
    NOBODY,
    NOT_FOLLOWED,
    derive_cumulative_incidence,
    estimate_incidence_by,
    estimate_median_time_of_incidence,
)
from refractory.statistics.estimate import EstimateKind


def test_who_is_censored_at_the_time_of_an_event_was_still_at_risk_of_it():
    (step,) = derive_cumulative_incidence([5], [], [5, 5, 5]).steps
    assert (step.at_risk, step.events, step.censored, step.incidence) == (4, 1, 3, 0.25)


def test_events_and_competing_events_of_one_time_share_those_at_risk():
    (step,) = derive_cumulative_incidence([5], [5], []).steps
    assert (step.at_risk, step.events, step.competing, step.incidence) == (2, 1, 1, 0.5)


def test_a_competing_event_is_not_censoring():
    # Three of four stopped before the one response: among all, a quarter respond, whatever happens to the rest.
    stopped = derive_cumulative_incidence([2], [1, 1, 1], [])
    censored = derive_cumulative_incidence([2], [], [1, 1, 1])
    assert stopped.steps[-1].incidence == 0.25
    assert censored.steps[-1].incidence == 1


def test_the_proportion_responding_by_each_cycle_counts_who_stopped_as_never_responding():
    # Ten persons; responses after cycles 1, 1, 2, 4; stopped after cycles 1, 3; still treated after cycles 2, 4, 4, 4.
    curve = derive_cumulative_incidence([1, 1, 2, 4], [1, 3], [2, 4, 4, 4])
    assert [(step.time, step.at_risk) for step in curve.steps] == [(1, 10), (2, 7), (3, 5), (4, 4)]
    by_cycle = [0.2, 0.2 + 0.7 / 7, 0.3, 0.3 + 0.6 * 0.8 / 4]
    assert [step.incidence for step in curve.steps] == pytest.approx(by_cycle)


def test_time_without_an_event_leaves_the_curve_where_it_was():
    curve = derive_cumulative_incidence([2], [], [4, 4])
    assert [estimate_incidence_by(curve, time=time).value for time in (1.9, 2, 3.9, 4)] == pytest.approx(
        [0, 1 / 3, 1 / 3, 1 / 3]
    )


def test_before_the_first_event_the_incidence_is_0_without_an_interval():
    curve = derive_cumulative_incidence([3], [1], [2, 5])
    early = estimate_incidence_by(curve, time=1)
    assert (early.value, early.lower, early.upper, early.level) == (0, None, None, None)
    assert estimate_incidence_by(curve, time=0.5).value == 0


def test_beyond_the_last_person_followed_nothing_is_known():
    told = estimate_incidence_by(derive_cumulative_incidence([1], [2], [4]), time=4.1)
    assert (told.value, told.n, told.note) == (None, 3, NOT_FOLLOWED)


def test_where_nobody_is_left_who_might_have_the_event_the_curve_stays_for_ever():
    curve = derive_cumulative_incidence([1, 1], [2], [1])
    assert estimate_incidence_by(curve, time=1000).value == pytest.approx(0.5)


def test_when_everybody_has_had_the_event_there_is_no_interval():
    curve = derive_cumulative_incidence([1, 2, 3], [], [])
    assert (curve.steps[-1].incidence, curve.steps[-1].lower, curve.steps[-1].upper) == (pytest.approx(1), None, None)


def test_without_persons_there_is_no_curve_and_it_says_so():
    curve = derive_cumulative_incidence([], [], [])
    assert (curve.steps, curve.n) == ((), 0)
    for told in (estimate_incidence_by(curve, time=1), estimate_median_time_of_incidence(curve)):
        assert (told.value, told.n, told.note) == (None, 0, NOBODY)


def test_the_median_is_the_first_time_at_which_exactly_half_have_had_the_event():
    told = estimate_median_time_of_incidence(derive_cumulative_incidence([2, 5], [7, 7], []))
    assert (told.kind, told.value, told.upper) == (EstimateKind.TIME, 5, inf)


def test_a_median_that_competing_events_keep_from_being_reached_has_no_value():
    told = estimate_median_time_of_incidence(derive_cumulative_incidence([2], [1, 1], []))
    assert (told.value, told.upper, told.note) == (None, inf, FEWER_THAN_HALF)


def test_when_all_have_the_event_at_once_the_median_is_then():
    told = estimate_median_time_of_incidence(derive_cumulative_incidence([3, 3], [], []))
    assert (told.value, told.lower) == (3, 3)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("bad", [nan, inf])
def test_a_time_that_is_no_number_is_refused(place, bad):
    times = [[1.0], [2.0], [3.0]]
    times[place] = [bad]
    with pytest.raises(ValueError, match="not a finite number"):
        derive_cumulative_incidence(*times)


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        derive_cumulative_incidence([1], [2], [3], level=95)
