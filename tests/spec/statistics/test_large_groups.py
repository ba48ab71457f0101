"""What is exact in small groups stays right, and comes to an end, in large ones."""

from __future__ import annotations

import time
from math import exp, inf, lgamma

import numpy as np
import pytest

from refractory.statistics.association import estimate_freeman_halton, estimate_odds_ratio
from refractory.statistics.paired import estimate_paired_shift
from refractory.statistics.rates import estimate_rate_ratio
from refractory.statistics.shrinkage import derive_shrunken_proportions


def test_the_odds_ratio_of_a_thousand_who_hardly_overlap_has_the_ends_at_which_their_tails_are_one_in_forty():
    found = estimate_odds_ratio(990, 1000, 5, 1000)
    # The crude ratio is 99 * 199.
    assert 0.9 < found.value / (99 * 199) < 1
    assert tail_at(found.lower, at_least=True) == pytest.approx(0.025, rel=1e-6)
    assert tail_at(found.upper, at_least=False) == pytest.approx(0.025, rel=1e-6)


def tail_at(ratio: float, *, at_least: bool) -> float:
    """By plain sums of logarithms of factorials, not by the program's ratios."""

    def log_ways(n: int, k: int) -> float:
        return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

    logs = np.array([log_ways(1000, k) + log_ways(1000, 995 - k) + k * np.log(ratio) for k in range(996)])
    weights = np.exp(logs - logs.max())
    return float((weights[990:] if at_least else weights[:991]).sum() / weights.sum())


def test_where_everybody_of_a_thousand_and_nobody_of_a_thousand_responded_the_ratio_has_a_finite_lower_end():
    found = estimate_odds_ratio(1000, 1000, 0, 1000)
    assert (found.value, found.upper) == (inf, inf)
    assert 1e5 < found.lower < 1e6


def test_three_subgroups_of_thousands_are_sampled_at_once_and_say_so():
    started = time.process_time()
    found = estimate_freeman_halton([[5, 4995], [1000, 0], [20, 380]])
    assert time.process_time() - started < 5
    assert "Monte Carlo" in found.method
    assert found.p_value < 1e-4


def test_the_likeness_of_one_person_in_one_subgroup_says_nothing():
    # Nothing is known, so that the pull is uniform, and the likeness of subgroups of one is 1 less the pull.
    likeness = derive_shrunken_proportions([1], [1]).likeness
    assert (likeness.value, likeness.lower, likeness.upper) == pytest.approx((0.5, 0.025, 0.975), abs=1e-9)


def test_a_level_may_come_from_an_array():
    assert estimate_paired_shift([1, 2, 3, 4, 5, 6], level=np.float64(0.95)) == estimate_paired_shift(
        [1, 2, 3, 4, 5, 6], level=0.95
    )


def test_a_very_small_p_value_of_a_rate_ratio_is_not_rounded_to_nothing():
    # No event of 80 in half of the time: 2 / 2^80.
    assert estimate_rate_ratio(0, 100, 80, 100).p_value == pytest.approx(2 * exp(-80 * np.log(2)), rel=1e-9)
