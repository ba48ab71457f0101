"""Laws of the paired shift and the signed rank test, and both by trying everything."""

from __future__ import annotations

from itertools import product
from math import inf
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank

small = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=8)
any_size = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=130)


def _ranks(sizes: list[float]) -> list[float]:
    return [sum(other < size for other in sizes) + (sum(other == size for other in sizes) + 1) / 2 for size in sizes]


@given(small)
def test_the_p_value_counts_the_signs_that_lie_as_far_out(differences):
    moved = [one for one in differences if one]
    if not moved:
        assert estimate_signed_rank(differences).p_value is None
        return
    ranks = _ranks([abs(one) for one in moved])
    expected = sum(ranks) / 2
    observed = abs(sum(rank for rank, one in zip(ranks, moved, strict=True) if one > 0) - expected)
    sums = [
        sum(rank for rank, is_up in zip(ranks, signs, strict=True) if is_up)
        for signs in product((0, 1), repeat=len(ranks))
    ]
    known = sum(abs(one - expected) >= observed - 1e-9 for one in sums) / len(sums)
    assert estimate_signed_rank(differences).p_value == pytest.approx(known)


@given(st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=14))
def test_the_shift_is_the_median_of_the_means_of_two_and_its_ends_are_two_of_them(differences):
    means = sorted((one + other) / 2 for place, one in enumerate(differences) for other in differences[place:])
    unknown = estimate_paired_shift(differences)
    assert unknown.value == median(means)
    assert {unknown.lower, unknown.upper} - {-inf, inf} <= set(means)
    if unknown.lower > -inf:
        # As many means lie below the lower end as above the upper one.
        assert means[::-1].index(unknown.upper) - 1 < len(means) - means.index(unknown.lower)
        assert unknown.lower <= unknown.value <= unknown.upper


@given(any_size)
def test_turning_every_difference_round_turns_the_shift_round_and_leaves_the_test(differences):
    there, back = (estimate_paired_shift(each) for each in (differences, [-one for one in differences]))
    assert (there.value, there.lower, there.upper) == pytest.approx((-back.value, -back.upper, -back.lower))
    back_test = estimate_signed_rank([-one for one in differences])
    assert estimate_signed_rank(differences).p_value == (
        None if back_test.p_value is None else pytest.approx(back_test.p_value)
    )


@given(any_size, st.integers(-1000, 1000))
def test_adding_a_number_to_every_difference_moves_the_shift_by_it(differences, more):
    before, after = estimate_paired_shift(differences), estimate_paired_shift([one + more for one in differences])
    assert after.value == pytest.approx(before.value + more, abs=1e-6)
    assert (after.lower, after.upper) == pytest.approx((before.lower + more, before.upper + more), abs=1e-6)


@given(any_size, st.randoms(use_true_random=False))
def test_the_order_of_persons_never_matters(differences, chance):
    shuffled = chance.sample(differences, len(differences))
    assert estimate_paired_shift(shuffled) == estimate_paired_shift(differences)
    assert estimate_signed_rank(shuffled) == estimate_signed_rank(differences)


@given(any_size)
def test_a_higher_level_never_makes_a_shorter_interval(differences):
    narrow, wide = (estimate_paired_shift(differences, level=level) for level in (0.8, 0.99))
    assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper
