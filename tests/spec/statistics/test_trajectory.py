"""Who counts at each time of a trajectory, and in a change from baseline."""

from __future__ import annotations

from math import nan

import pytest

from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.trajectory import (
    ONE_VALUE,
    derive_change_from_baseline,
    derive_trajectory,
    estimate_mean_by_t,
)


def test_one_person_has_a_mean_without_an_interval_and_it_says_why():
    told = estimate_mean_by_t([12])
    assert (told.value, told.lower, told.upper, told.level, told.note) == (12, None, None, None, ONE_VALUE)


def test_nobody_has_no_mean():
    assert (estimate_mean_by_t([]).value, estimate_mean_by_t([]).n) == (None, 0)


def test_persons_with_one_score_all_have_an_interval_of_no_width():
    told = estimate_mean_by_t([7, 7, 7])
    assert (told.lower, told.value, told.upper) == (7, 7, 7)


def test_who_was_not_measured_at_a_time_does_not_count_then_and_is_not_0():
    first, second = derive_trajectory([0, 90], [[20, 10, None], [None, None, 4]])
    assert (first.n, first.mean.value, first.median.value) == (2, 15, 15)
    assert (second.n, second.mean.value) == (1, 4)


def test_a_time_at_which_nobody_was_measured_stays_and_has_no_value():
    (point,) = derive_trajectory([30], [[None, None]])
    assert (point.time, point.n, point.mean.value, point.median.value) == (30, 0, None, None)


def test_a_change_counts_only_who_was_measured_at_both_times():
    (point,) = derive_change_from_baseline([20, None, 10, 30], [90], [[8, 4, None, 20]])
    assert (point.n, point.mean.value) == (2, -11)


def test_the_change_is_shifted_and_tested_as_paired_numbers_are():
    before, after = [20, 14, 9, 31, 17, 12], [11, 15, 4, 12, 9, 12]
    (point,) = derive_change_from_baseline(before, [180], [after], level=0.9)
    changes = [-9, 1, -5, -19, -8, 0]
    assert point.shift == estimate_paired_shift(changes, level=0.9)
    assert point.test == estimate_signed_rank(changes)
    assert point.mean == estimate_mean_by_t(changes, level=0.9)


def test_times_and_rows_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="2 times cannot have 1 rows"):
        derive_trajectory([0, 90], [[1]])
    with pytest.raises(ValueError, match="1 times cannot have 0 rows"):
        derive_change_from_baseline([1], [0], [])
    with pytest.raises(ValueError, match="same 2 persons"):
        derive_change_from_baseline([1, 2], [0], [[1]])


def test_a_score_that_is_no_number_and_a_level_that_is_none_are_refused():
    with pytest.raises(ValueError, match="not a finite number"):
        derive_trajectory([0], [[nan]])
    with pytest.raises(ValueError, match="not a finite number"):
        derive_change_from_baseline([nan], [0], [[1]])
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        derive_trajectory([0], [[1]], level=95)
