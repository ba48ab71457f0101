"""Laws of rates, of their ratio, and of self-controlled ratios."""

from __future__ import annotations

from math import inf, log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from refractory.statistics.rates import (
    estimate_dispersion,
    estimate_rate,
    estimate_rate_between_persons,
    estimate_rate_ratio,
)
from refractory.statistics.self_controlled import (
    WindowCounts,
    estimate_self_controlled_ratio,
    estimate_self_controlled_ratio_mid_p,
)
from refractory.statistics.trajectory import estimate_mean_by_t

counts = st.integers(0, 60)
spans = st.integers(1, 400)
levels = st.floats(0.5, 0.99)
BOTH = [estimate_self_controlled_ratio, estimate_self_controlled_ratio_mid_p]
rows = st.lists(
    st.builds(WindowCounts, st.integers(0, 6), st.integers(1, 60), st.integers(0, 6), st.integers(1, 300)), max_size=8
)


def near(number):
    return number if number in (0, inf, None) else pytest.approx(number, rel=1e-7)


@given(counts, spans, levels)
def test_a_rate_lies_within_its_interval_and_a_higher_level_widens_it(events, time, level):
    one, surer = estimate_rate(events, time, level=level), estimate_rate(events, time, level=level + 0.005)
    assert 0 <= surer.lower <= one.lower <= one.value <= one.upper < surer.upper


@given(counts, spans, st.integers(2, 365))
def test_another_unit_of_time_divides_the_rate(events, time, factor):
    one, other = estimate_rate(events, time), estimate_rate(events, time * factor)
    assert [end * factor for end in (other.value, other.lower, other.upper)] == pytest.approx(
        [one.value, one.lower, one.upper]
    )


@given(counts, spans)
def test_one_event_more_raises_both_ends(events, time):
    fewer, more = estimate_rate(events, time), estimate_rate(events + 1, time)
    assert fewer.lower < more.lower
    assert fewer.upper < more.upper


@given(counts, spans, counts, spans, levels)
def test_swapping_the_groups_inverts_the_rate_ratio(events1, time1, events2, time2, level):
    there = estimate_rate_ratio(events1, time1, events2, time2, level=level)
    back = estimate_rate_ratio(events2, time2, events1, time1, level=level)
    assume(there.value is not None)
    turned = [0.0 if end == inf else inf if end == 0 else 1 / end for end in (back.value, back.upper, back.lower)]
    assert [there.value, there.lower, there.upper] == pytest.approx(turned, rel=1e-8)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-9)


@given(counts, spans, counts, spans)
def test_p_is_below_5_per_cent_where_the_interval_of_the_ratio_leaves_out_1(events1, time1, events2, time2):
    told = estimate_rate_ratio(events1, time1, events2, time2)
    assume(told.value is not None and abs(told.p_value - 0.05) > 1e-9)
    assert (told.p_value < 0.05) == (told.lower > 1 or told.upper < 1)


@given(st.lists(st.tuples(st.integers(0, 9), spans), min_size=2, max_size=9), st.integers(2, 50))
def test_neither_dispersion_nor_the_robust_interval_depends_on_the_unit_of_time(persons, factor):
    events, times = zip(*persons, strict=True)
    longer = [time * factor for time in times]
    one, other = estimate_dispersion(events, times), estimate_dispersion(events, longer)
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value)
        assert other.p_value == pytest.approx(one.p_value, abs=1e-9)
        here, there = (estimate_rate_between_persons(events, each) for each in (times, longer))
        assert [end * factor for end in (there.lower, there.upper)] == pytest.approx([here.lower, here.upper])


@given(st.lists(st.integers(0, 9), min_size=2, max_size=12).filter(any), spans)
def test_among_persons_with_equal_time_the_robust_interval_is_that_of_their_mean_on_the_scale_of_the_logarithm(
    events, time
):
    rate, mean = estimate_rate_between_persons(events, [time] * len(events)), estimate_mean_by_t(events)
    assert rate.value == pytest.approx(mean.value / time)
    assert log(rate.upper / rate.value) == pytest.approx((mean.upper - mean.value) / mean.value, abs=1e-9)
    assert log(rate.value / rate.lower) == pytest.approx((mean.value - mean.lower) / mean.value, abs=1e-9)


@pytest.mark.parametrize("estimate", BOTH)
@given(persons=rows)
def test_swapping_the_windows_inverts_the_self_controlled_ratio(estimate, persons):
    there = estimate(persons)
    back = estimate(
        [WindowCounts(one.control_events, one.control_days, one.risk_events, one.risk_days) for one in persons]
    )
    assume(there.value is not None)
    turned = [0.0 if end == inf else inf if end == 0 else 1 / end for end in (back.value, back.upper, back.lower)]
    assert [there.value, there.lower, there.upper] == [near(end) for end in turned]
    assert there.p_value == pytest.approx(back.p_value, abs=1e-9)


@pytest.mark.parametrize("estimate", BOTH)
@given(persons=rows, factor=st.sampled_from([0.25, 2, 7, 365]))
def test_another_unit_of_time_changes_nothing(estimate, persons, factor):
    one = estimate(persons)
    other = estimate(
        [WindowCounts(p.risk_events, p.risk_days * factor, p.control_events, p.control_days * factor) for p in persons]
    )
    assert (other.value, other.lower, other.upper) == (near(one.value), near(one.lower), near(one.upper))


@pytest.mark.parametrize("estimate", BOTH)
@given(persons=rows, order=st.randoms(use_true_random=False), risk=spans, control=spans)
def test_neither_the_order_of_persons_nor_persons_without_events_change_anything(
    estimate, persons, order, risk, control
):
    one = estimate(persons)
    other = estimate([*order.sample(persons, len(persons)), WindowCounts(0, risk, 0, control)])
    assert (other.value, other.lower, other.upper) == (near(one.value), near(one.lower), near(one.upper))
    assert (other.n, other.numerator, other.denominator) == (one.n, one.numerator, one.denominator)


@pytest.mark.parametrize("estimate", BOTH)
@given(persons=rows)
def test_the_ratio_lies_within_its_interval_and_p_follows_it(estimate, persons):
    told = estimate(persons)
    assume(told.value is not None)
    assert told.lower <= told.value <= told.upper
    if abs(told.p_value - 0.05) > 1e-9:
        assert (told.p_value < 0.05) == (told.lower > 1 or told.upper < 1)


@given(persons=rows)
def test_the_exact_interval_holds_the_mid_p_interval(persons):
    exact, shorter = (estimate(persons) for estimate in BOTH)
    assume(exact.value is not None)
    assert exact.lower <= shorter.lower * (1 + 1e-9)
    assert exact.upper >= shorter.upper * (1 - 1e-9)
    assert exact.value == shorter.value


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8), spans, spans)
def test_with_one_length_of_windows_it_is_the_ratio_of_two_rates(events, risk, control):
    told = estimate_self_controlled_ratio([WindowCounts(one, risk, other, control) for one, other in events])
    known = estimate_rate_ratio(sum(one for one, _ in events), risk, sum(other for _, other in events), control)
    assert (told.value, told.lower, told.upper) == (near(known.value), near(known.lower), near(known.upper))
