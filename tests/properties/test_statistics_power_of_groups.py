"""Laws of the power of a test of several groups, against all tables tested one by one."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from refractory.statistics.association import estimate_freeman_halton
from refractory.statistics.power import find_detectable_difference, find_power
from refractory.statistics.power_of_groups import (
    APPROXIMATE,
    EXACT,
    find_detectable_groups,
    find_effect_size,
    find_power_of_groups,
    say_method,
)

rates = st.integers(0, 20).map(lambda twentieth: twentieth / 20)
groups = st.lists(st.tuples(st.integers(0, 5), rates), min_size=1, max_size=4)


@settings(deadline=None, max_examples=25)
@given(groups=groups, alpha=st.sampled_from([0.01, 0.05, 0.2]))
def test_power_is_the_chance_of_the_tables_that_the_test_rejects(groups, alpha):
    sizes, own = zip(*groups, strict=True)
    known = 0.0
    for counts in product(*(range(size + 1) for size in sizes)):
        p_value = estimate_freeman_halton([[r, n - r] for r, n in zip(counts, sizes, strict=True)]).p_value
        if p_value is not None and p_value <= alpha * (1 + 1e-9):
            known += prod(stats.binom.pmf(r, n, rate) for r, n, rate in zip(counts, sizes, own, strict=True))
    assert find_power_of_groups(sizes, own, alpha) == pytest.approx(known, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(n1=st.integers(1, 15), n2=st.integers(1, 15), rate1=rates, rate2=rates)
def test_two_groups_have_the_power_of_fishers_test(n1, n2, rate1, rate2):
    assert find_power_of_groups([n1, n2], [rate1, rate2]) == pytest.approx(find_power(n1, rate1, n2, rate2), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(sizes=st.lists(st.integers(0, 8), min_size=1, max_size=4), rate=rates)
def test_groups_that_respond_alike_are_told_apart_no_more_often_than_the_level(sizes, rate):
    assert find_power_of_groups(sizes, [rate] * len(sizes)) <= 0.05


@settings(deadline=None, max_examples=30)
@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=3), rate=rates, power=st.sampled_from([0.3, 0.8]))
def test_a_detectable_rate_has_the_power_and_no_nearer_step_has(sizes, rate, power):
    for found in find_detectable_groups(sizes, rate, power):
        for own, way in ((found.below, -1), (found.above, 1)):
            reached = own if own is not None else (0.0 if way < 0 else 1.0)
            tried = [rate + way * step / 1000 for step in range(1, 1001) if step / 1000 < abs(reached - rate) - 1e-9]
            for nearer in tried[-3:] + ([reached] if own is None and reached != rate else []):
                rates_of_all = [nearer if place == found.place else rate for place in range(len(sizes))]
                assert find_power_of_groups(sizes, rates_of_all) < power
            if own is not None:
                rates_of_all = [own if place == found.place else rate for place in range(len(sizes))]
                assert find_power_of_groups(sizes, rates_of_all) >= power
                assert find_effect_size(sizes, rates_of_all) >= found.effect - 1e-12


def test_of_two_groups_the_second_is_told_where_the_power_of_fishers_test_says():
    for n1, n2, rate in ((15, 27, 35 / 42), (21, 21, 0.99), (7, 35, 0.5)):
        pair, two = find_detectable_groups([n1, n2], rate)[1], find_detectable_difference(n1, n2, rate)
        assert (pair.below, pair.above) == (two.below, two.above)


def test_where_tables_are_too_many_the_power_is_near_that_of_sampled_ones():
    sizes, own = [40, 40, 30, 20], [0.8, 0.8, 0.8, 0.5]
    assert say_method(sizes) == APPROXIMATE
    assert say_method([40, 40]) == EXACT
    random = np.random.default_rng(1)
    counts = random.binomial(sizes, own, size=(2000, 4))
    found = sum(stats.chi2_contingency([row, np.array(sizes) - row], correction=False).pvalue <= 0.05 for row in counts)
    assert find_power_of_groups(sizes, own) == pytest.approx(found / 2000, abs=0.05)


def test_w_is_the_root_of_chi_squared_over_the_persons():
    sizes, responders = [12, 20, 10], [9, 8, 10]
    table = [[r, n - r] for r, n in zip(responders, sizes, strict=True)]
    chi_squared = stats.chi2_contingency(table, correction=False).statistic
    effect = find_effect_size(sizes, [r / n for r, n in zip(responders, sizes, strict=True)])
    assert effect == pytest.approx((chi_squared / 42) ** 0.5)


@pytest.mark.parametrize("alike", [0.0, 1.0])
def test_groups_in_which_all_or_none_respond_have_no_spread(alike):
    assert find_effect_size([5, 6], [alike, alike]) == 0
    assert find_effect_size([], []) == 0


def test_a_group_of_one_is_never_told_apart_and_one_group_has_nothing_to_differ_from():
    assert find_detectable_groups([1, 12], 0.8)[0].below is None
    (alone,) = find_detectable_groups([20], 0.5)
    assert (alone.below, alone.above, alone.effect) == (None, None, None)
    assert find_detectable_groups([300_000], 0.5)[0].below is None
    assert find_detectable_groups([], 0.5) == ()
    assert find_power_of_groups([3, 0], [0.1, 0.9]) == 0


@pytest.mark.parametrize(("sizes", "own"), [([3, 4], [0.5]), ([-1, 4], [0.5, 0.5]), ([3, 4], [0.5, 1.5])])
def test_impossible_groups_are_refused(sizes, own):
    with pytest.raises(ValueError, match="between 0 and 1"):
        find_power_of_groups(sizes, own)
    if len(sizes) == len(own):
        with pytest.raises(ValueError, match="between 0 and 1"):
            find_detectable_groups(sizes, own[-1])
