"""Two answers and two measurements of the same persons, and one estimate less another."""

from __future__ import annotations

from math import nan

import pytest

from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.joining import estimate_remainder
from refractory.statistics.paired_proportions import NO_DISCORDANT, estimate_mcnemar, estimate_paired_difference
from refractory.statistics.reliability import NO_SPREAD, TOO_FEW, estimate_reliability


def test_the_exact_test_counts_the_persons_whose_answers_differ_and_no_others():
    # Of eight, one against: 2 (1 + 8) / 256.
    assert estimate_mcnemar(7, 1).p_value == pytest.approx(18 / 256)
    assert estimate_mcnemar(1, 7).p_value == pytest.approx(18 / 256)
    assert estimate_mcnemar(7, 1).n == 8


def test_as_many_for_as_against_is_no_evidence_and_nobody_who_differs_is_no_test():
    assert estimate_mcnemar(3, 3).p_value == 1
    assert (estimate_mcnemar(0, 0).p_value, estimate_mcnemar(0, 0).note) == (None, NO_DISCORDANT)
    with pytest.raises(ValueError, match="not negative"):
        estimate_mcnemar(-1, 2)


def test_a_difference_of_pairs_reaches_both_ends_and_never_leaves_them():
    all_better = estimate_paired_difference(0, 20, 0, 0)
    assert (all_better.value, all_better.upper) == (1, pytest.approx(1))
    assert estimate_paired_difference(0, 0, 20, 0).lower == pytest.approx(-1)
    for counts in ((20, 0, 0, 0), (0, 0, 0, 20)):
        alike = estimate_paired_difference(*counts)
        assert alike.value == 0
        # Nobody differed among 20: as far as a difference of two such proportions could be.
        assert alike.upper == pytest.approx(-alike.lower)
        assert 0.1 < alike.upper < 0.3


def test_nobody_has_no_difference_and_one_person_nearly_none():
    assert estimate_paired_difference(0, 0, 0, 0).value is None
    one = estimate_paired_difference(0, 1, 0, 0)
    assert (one.value, one.n) == (1, 1)
    assert one.lower < 0
    with pytest.raises(ValueError, match="not negative"):
        estimate_paired_difference(1, 1, -1, 1)


def test_pairs_that_agree_narrow_the_interval_and_pairs_that_contradict_widen_it():
    together = estimate_paired_difference(15, 5, 2, 20)
    apart = estimate_paired_difference(0, 20, 17, 5)
    assert together.value == apart.value
    assert together.upper - together.lower < apart.upper - apart.lower


def test_persons_who_do_not_change_have_a_reliability_of_1_and_those_who_differ_only_from_themselves_of_minus_1():
    assert estimate_reliability([(3, 3), (5, 5), (9, 9)]).value == 1
    assert estimate_reliability([(3, 5), (5, 3), (3, 5)]).value == -1


def test_a_shift_of_everybody_counts_as_error():
    steady = [(10, 10), (14, 14), (20, 20)]
    assert estimate_reliability([(one, other - 4) for one, other in steady]).value < 0.8


def test_one_person_and_measurements_that_are_all_alike_have_no_reliability():
    assert (estimate_reliability([]).value, estimate_reliability([]).note) == (None, TOO_FEW)
    assert estimate_reliability([(1, 2)]).note == TOO_FEW
    assert (estimate_reliability([(4, 4)] * 5).value, estimate_reliability([(4, 4)] * 5).note) == (None, NO_SPREAD)
    with pytest.raises(ValueError, match="finite"):
        estimate_reliability([(1, nan), (2, 2)])


def _between(lower: float | None, value: float | None, upper: float | None) -> Estimate:
    return Estimate(EstimateKind.SHIFT, value, 20, "t", lower=lower, upper=upper, level=0.95)


def test_what_is_left_is_less_certain_than_what_it_was_taken_from():
    left = estimate_remainder(_between(6, 10, 13), _between(1, 4, 8))
    # 4 and 4 join to 5.657 below, 3 and 3 to 4.243 above.
    assert (left.value, left.lower, left.upper) == pytest.approx((6, 6 - 32**0.5, 6 + 18**0.5))


def test_a_part_that_is_known_only_moves_the_interval_and_a_part_without_value_leaves_nothing():
    moved = estimate_remainder(_between(7, 10, 13), _between(None, 4, None))
    assert (moved.lower, moved.value, moved.upper) == (3, 6, 9)
    assert estimate_remainder(_between(7, 10, 13), _between(None, None, None)).value is None
    assert estimate_remainder(_between(None, 10, None), _between(1, 2, 3)).lower is None
