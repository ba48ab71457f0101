"""Laws of power, against all pairs of samples tested one by one by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from refractory.statistics.location import estimate_mann_whitney
from refractory.statistics.power import (
    find_detectable_difference,
    find_detectable_mean_difference,
    find_detectable_shift,
    find_power,
)

sizes = st.integers(1, 9)
rates = st.integers(0, 20).map(lambda twentieth: twentieth / 20)


@settings(deadline=None, max_examples=25)
@given(n1=sizes, n2=sizes, rate1=rates, rate2=rates, alpha=st.sampled_from([0.01, 0.05, 0.2]))
def test_power_is_the_chance_of_the_samples_that_scipys_test_rejects(n1, n2, rate1, rate2, alpha):
    known = sum(
        stats.binom.pmf(r1, n1, rate1) * stats.binom.pmf(r2, n2, rate2)
        for r1 in range(n1 + 1)
        for r2 in range(n2 + 1)
        if stats.fisher_exact([[r1, n1 - r1], [r2, n2 - r2]]).pvalue <= alpha * (1 + 1e-9)
    )
    assert find_power(n1, rate1, n2, rate2, alpha) == pytest.approx(known, abs=1e-9)


@given(n1=sizes, n2=sizes, rate=rates)
def test_without_a_difference_the_test_finds_one_no_more_often_than_its_level(n1, n2, rate):
    assert find_power(n1, rate, n2, rate) <= 0.05


@settings(deadline=None)
@given(n1=st.integers(2, 40), n2=st.integers(2, 40), rate=rates, power=st.sampled_from([0.5, 0.8, 0.9]))
def test_a_detectable_rate_has_the_power_and_the_step_before_has_not(n1, n2, rate, power):
    found = find_detectable_difference(n1, n2, rate, power=power)
    below, above = (found.below, found.above) if found else (None, None)
    for other, towards in ((below, 0.001), (above, -0.001)):
        if other is not None:
            assert find_power(n1, rate, n2, other) >= power
            assert find_power(n1, rate, n2, other + towards) < power
    if below is None:
        assert find_power(n1, rate, n2, 0.0) < power
    if above is None:
        assert find_power(n1, rate, n2, 1.0) < power


@given(n1=st.integers(2, 40), n2=st.integers(2, 40), rate=rates)
def test_counting_those_without_a_response_mirrors_what_is_detectable(n1, n2, rate):
    there, back = find_detectable_difference(n1, n2, rate), find_detectable_difference(n1, n2, 1 - rate)
    assert (there is None) == (back is None)
    if there and back:
        mirrored = [None if end is None else pytest.approx(1 - end, abs=1e-9) for end in (back.above, back.below)]
        assert [there.below, there.above] == mirrored


@given(n1=st.integers(1, 60), n2=st.integers(1, 60), power=st.floats(0.5, 0.95))
@settings(max_examples=60, deadline=None)
def test_more_persons_make_a_smaller_shift_detectable_but_for_the_jumps_of_the_exact_test(n1, n2, power):
    fewer, more = find_detectable_shift(n1, n2, power), find_detectable_shift(n1 + 1, n2, power)
    # With one person more the level that the exact test attains may be a little lower.
    assert fewer is None or more < 1.08 * fewer
    assert fewer == pytest.approx(find_detectable_shift(n2, n1, power))


@pytest.mark.parametrize(("n1", "n2"), [(7, 13), (15, 27), (7, 35)])
def test_the_exact_mann_whitney_test_finds_the_detectable_shift_about_as_often_as_it_is_said_to(n1, n2):
    draw, shift = np.random.default_rng(n1 + n2), find_detectable_shift(n1, n2)
    found = [
        estimate_mann_whitney(draw.normal(shift, 1, n1).tolist(), draw.normal(0, 1, n2).tolist()).p_value <= 0.05
        for _ in range(1500)
    ]
    # The standard error of a share of 80 % in 1,500 draws is 1 %.
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_so_few_persons_that_no_p_value_reaches_the_level_have_no_detectable_shift():
    # The least P value of groups of 2 and 3 is 2 in 10, and of 3 and 3 it is 2 in 20.
    assert find_detectable_shift(2, 3) is None
    assert find_detectable_shift(3, 3) is None
    assert find_detectable_shift(3, 3, alpha=0.1) is not None


@given(n1=st.integers(2, 200), n2=st.integers(2, 200), power=st.floats(0.5, 0.95))
@settings(max_examples=60, deadline=None)
def test_more_persons_make_a_smaller_difference_of_means_detectable(n1, n2, power):
    found = find_detectable_mean_difference(n1, n2, power)
    assert found == pytest.approx(find_detectable_mean_difference(n2, n1, power))
    assert find_detectable_mean_difference(n1 + 1, n2 + 1, power) < found
    assert find_detectable_mean_difference(n1, n2, power, alpha=0.01) > found


def test_a_single_person_leaves_no_difference_of_means_detectable():
    assert find_detectable_mean_difference(1, 40) is None
    assert find_detectable_mean_difference(0, 40) is None
