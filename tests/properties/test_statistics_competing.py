"""Laws of the cumulative incidence with a competing event."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.competing import (
    derive_cumulative_incidence,
    estimate_incidence_by,
    estimate_median_time_of_incidence,
)
from refractory.statistics.survival import derive_survival, estimate_median_time

times = st.lists(st.integers(1, 20), max_size=25)
levels = st.floats(0.5, 0.999)


@given(times, times, levels)
def test_without_competing_events_it_is_one_less_kaplan_meier_interval_included(events, censored, level):
    steps = [step for step in derive_cumulative_incidence(events, [], censored, level=level).steps if step.events]
    known = derive_survival(events, censored, level=level)
    assert [(step.time, step.at_risk, step.events) for step in steps] == [
        (step.time, step.at_risk, step.events) for step in known
    ]
    for ours, theirs in zip(steps, known, strict=True):
        assert ours.incidence == pytest.approx(1 - theirs.survival, abs=1e-12)
        if theirs.lower is None or theirs.upper is None:
            assert (ours.lower, ours.upper) == (None, None)
        else:
            assert ours.lower == pytest.approx(1 - theirs.upper, abs=1e-12)
            assert ours.upper == pytest.approx(1 - theirs.lower, abs=1e-12)


@given(times, times)
def test_without_competing_events_the_median_is_that_of_kaplan_meier(events, censored):
    ours = estimate_median_time_of_incidence(derive_cumulative_incidence(events, [], censored))
    known = estimate_median_time(events, censored)
    assert (ours.value, ours.n) == (known.value, known.n)
    if known.n:
        assert (ours.lower, ours.upper) == (known.lower, known.upper)


@given(times, times, times)
def test_the_event_the_competing_event_and_neither_add_up_to_1(events, competing, censored):
    curve = derive_cumulative_incidence(events, competing, censored)
    turned = derive_cumulative_incidence(competing, events, censored)
    either = {step.time: step.survival for step in derive_survival([*events, *competing], censored)}
    neither = 1.0
    for one, other in zip(curve.steps, turned.steps, strict=True):
        neither = either.get(one.time, neither)
        assert one.incidence + other.incidence + neither == pytest.approx(1, abs=1e-12)


@given(times, times)
def test_without_censoring_it_is_the_share_of_all_who_have_had_the_event(events, competing):
    curve = derive_cumulative_incidence(events, competing, [])
    for step in curve.steps:
        share = sum(time <= step.time for time in events) / curve.n
        assert step.incidence == pytest.approx(share, abs=1e-12)


@given(times, times, times)
def test_the_incidence_only_rises_and_stays_within_its_interval(events, competing, censored):
    steps = derive_cumulative_incidence(events, competing, censored).steps
    assert all(one.incidence <= other.incidence for one, other in pairwise(steps))
    for step in steps:
        if step.lower is not None and step.upper is not None:
            assert 0 <= step.lower <= step.incidence <= step.upper <= 1
        else:
            assert step.incidence == 0 or step.incidence == pytest.approx(1)


@given(times, times.filter(len), times)
def test_a_competing_event_never_adds_to_the_incidence_that_censoring_would_give(events, competing, censored):
    curve = derive_cumulative_incidence(events, competing, censored)
    without = derive_cumulative_incidence(events, [], [*censored, *competing])
    for step in curve.steps:
        other = next(one for one in without.steps if one.time == step.time)
        assert step.incidence <= other.incidence + 1e-12


@given(times, times, times)
def test_everybody_is_counted_once(events, competing, censored):
    curve = derive_cumulative_incidence(events, competing, censored)
    left = curve.n
    for step in curve.steps:
        assert step.at_risk == left
        left -= step.events + step.competing + step.censored
    assert left == 0


@given(times, times, times, st.integers(2, 400))
def test_another_unit_of_time_changes_the_times_alone(events, competing, censored, factor):
    one = derive_cumulative_incidence(events, competing, censored)
    other = derive_cumulative_incidence(*([time * factor for time in part] for part in (events, competing, censored)))
    assert [(step.time * factor, step.incidence, step.upper) for step in one.steps] == [
        (step.time, step.incidence, step.upper) for step in other.steps
    ]


@given(times, times, times, st.integers(0, 21))
def test_who_leaves_later_never_changes_the_incidence_by_then(events, competing, censored, time):
    curve = derive_cumulative_incidence(events, competing, censored)
    followed = derive_cumulative_incidence(
        [one for one in events if one <= time],
        [one for one in competing if one <= time],
        [one for one in censored if one <= time] + [time + 1 for one in (*events, *competing, *censored) if one > time],
    )
    one, other = estimate_incidence_by(curve, time=time), estimate_incidence_by(followed, time=time)
    assert (one.value, one.lower, one.upper) == (other.value, other.lower, other.upper)
