"""Laws of the Kaplan-Meier curve."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.survival import derive_survival, estimate_median_time, estimate_probability_by

times = st.lists(st.integers(1, 40), max_size=30)


@given(times.filter(len))
def test_without_censoring_the_curve_is_the_share_still_without_the_event(events):
    for step in derive_survival(events, []):
        assert step.survival == pytest.approx(sum(one > step.time for one in events) / len(events))


@given(times, times)
def test_the_curve_only_falls_and_stays_within_its_interval(events, censored):
    steps = derive_survival(events, censored)
    levels = [1.0, *(step.survival for step in steps)]
    assert levels == sorted(levels, reverse=True)
    for step in steps:
        if step.lower is not None and step.upper is not None:
            assert 0 <= step.lower <= step.survival <= step.upper <= 1


@given(times.filter(len), times)
def test_who_is_censored_before_the_first_event_changes_nothing_after_it(events, censored):
    before = [0.5] * 3
    assert [(one.time, one.at_risk, one.survival) for one in derive_survival(events, censored)] == [
        (one.time, one.at_risk, one.survival) for one in derive_survival(events, [*censored, *before])
    ]


@given(times, times, st.integers(1, 500))
def test_another_unit_of_time_is_another_unit_of_the_median(events, censored, factor):
    one = estimate_median_time(events, censored)
    other = estimate_median_time([time * factor for time in events], [time * factor for time in censored])
    expected = [None if end is None else end * factor for end in (one.value, one.lower, one.upper)]
    assert [other.value, other.lower, other.upper] == expected


@given(times.filter(len), times)
def test_the_median_is_the_first_time_by_which_half_have_had_the_event(events, censored):
    median = estimate_median_time(events, censored)
    if median.value is None:
        assert all(step.survival > 0.5 for step in derive_survival(events, censored))
        assert median.upper == inf
        return
    assert median.lower <= median.value <= median.upper
    by_then = estimate_probability_by(events, censored, time=median.value)
    assert by_then.value >= 0.5 - 1e-9
    sooner = estimate_probability_by(events, censored, time=median.value - 0.5)
    assert sooner.value < 0.5
