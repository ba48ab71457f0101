"""What a time to an event says where little or nothing can be estimated, and what it refuses."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.numbers import format_estimate
from refractory.statistics.estimate import EstimateKind
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.survival import derive_survival, estimate_median_time, estimate_probability_by


def test_who_is_censored_on_the_day_of_an_event_was_at_risk_of_it():
    (step,) = derive_survival([10], [10, 10, 9])
    assert (step.at_risk, step.survival) == (3, pytest.approx(2 / 3))


def test_a_curve_without_events_has_no_steps_and_no_median():
    assert derive_survival([], [5, 9]) == ()
    median = estimate_median_time([], [5, 9])
    assert (median.value, median.lower, median.upper, median.n) == (None, inf, inf, 2)
    assert format_estimate(median) == "not reached"


def test_a_curve_that_reaches_exactly_one_half_has_its_median_there():
    """Two of four by day 20, whatever the last bits of three quarters times two thirds are."""
    assert estimate_median_time([10, 20], [30, 30]).value == 20
    assert estimate_median_time([1, 2, 3, 4, 5], [9] * 5).value == 5


def test_when_the_last_person_has_the_event_the_interval_has_no_end():
    (step,) = derive_survival([7], [])
    assert (step.survival, step.lower, step.upper) == (0, None, None)
    median = estimate_median_time([7], [])
    assert (median.value, median.lower, median.upper) == (7, 7, inf)


@pytest.mark.parametrize(
    ("events", "censored", "printed"),
    [
        ([10, 20, 30, 40, 50, 60], [70, 80], "40 (95 % CI 10 to not reached)"),
        ([10], [70, 80, 90], "not reached (95 % CI 10 to not reached)"),
        ([], [], "not estimable (n = 0)"),
        ([], [3], "not reached"),
        ([1.5, 2.5], [], "1.5 (95 % CI 1.5 to not reached)"),
    ],
)
def test_a_median_time_prints_as_far_as_persons_were_followed(events, censored, printed):
    assert format_estimate(estimate_median_time(events, censored)) == printed


def test_a_probability_beyond_the_last_person_followed_is_not_known_unless_everybody_had_the_event():
    assert estimate_probability_by([10], [30], time=30).value == 0.5
    assert estimate_probability_by([10], [30], time=31).value is None
    assert estimate_probability_by([10, 20], [], time=31).value == 1
    assert estimate_probability_by([], [], time=31).value is None


def test_a_probability_before_the_first_event_is_zero_and_has_no_interval():
    early = estimate_probability_by([10], [30], time=9)
    assert (early.value, early.lower, early.upper) == (0, None, None)
    assert format_estimate(early) == "0 %"


def test_a_probability_prints_without_counts_for_it_is_no_share_of_persons():
    """Three of seven by day 6, then one of the three who are left: 1 - 4/7 x 2/3."""
    said = format_estimate(estimate_probability_by([6, 6, 6, 7], [6, 9, 12], time=8))
    assert said.startswith("62 % (95 % CI ")


@pytest.mark.parametrize("estimate", [estimate_median_time, derive_survival])
@pytest.mark.parametrize("events", [[nan], [inf], [1, -inf]])
def test_a_time_that_is_no_number_is_refused(estimate, events):
    with pytest.raises(ValueError, match="not a finite number"):
        estimate(events, [])
    with pytest.raises(ValueError, match="not a finite number"):
        estimate([], events)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(ValueError, match="level"):
        estimate_median_time([1], [], level=level)
    with pytest.raises(ValueError, match="level"):
        estimate_paired_shift([1], level=level)


def test_without_pairs_nothing_is_estimated_and_without_differences_nothing_is_tested():
    assert estimate_paired_shift([]).value is None
    assert (estimate_signed_rank([]).p_value, estimate_signed_rank([0, 0]).p_value) == (None, None)
    assert (estimate_signed_rank([0, 0]).kind, estimate_signed_rank([0, 0]).n) == (EstimateKind.TEST, 2)


def test_five_pairs_cannot_fix_the_ends_of_an_interval_and_six_can():
    """All five signs alike have a probability of 1/16 two-sided: more than 5 %."""
    assert (estimate_paired_shift([1, 2, 3, 4, 5]).lower, estimate_paired_shift([1, 2, 3, 4, 5]).upper) == (-inf, inf)
    assert estimate_paired_shift([1, 2, 3, 4, 5, 6]).lower == 1


def test_a_difference_that_is_no_number_is_refused():
    for estimate in (estimate_paired_shift, estimate_signed_rank):
        with pytest.raises(ValueError, match="not a finite number"):
            estimate([1, nan])


def test_above_a_hundred_differences_the_test_says_that_it_approximates():
    assert estimate_signed_rank([1] * 100).method == "Wilcoxon signed rank, exact"
    assert estimate_signed_rank([1] * 101).method == "Wilcoxon signed rank, normal approximation"
