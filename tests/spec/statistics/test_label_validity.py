"""A proportion corrected for the errors of its label, and how many failures among the unjudged a conclusion bears."""

from __future__ import annotations

import pytest

from refractory.statistics.label_validity import (
    NO_BETTER_THAN_CHANCE,
    PARTLY_BY_CHANCE,
    correct_proportion,
    estimate_proportion_at,
    estimate_true_proportion,
    find_proportion_bounds,
)
from refractory.statistics.proportions import estimate_proportion
from refractory.statistics.tipping_point import find_fragility, find_fragility_of_difference, find_tipping_point

SURE = {"said_yes": 10**9, "truly_yes": 10**9, "said_no": 10**9, "truly_no": 10**9}


def test_a_label_that_is_known_to_be_right_leaves_the_exact_interval_as_it_is():
    plain = estimate_proportion(35, 42)
    corrected = estimate_true_proportion(35, 42, **SURE)
    assert (corrected.value, corrected.lower, corrected.upper) == pytest.approx(
        (plain.value, plain.lower, plain.upper), abs=1e-7
    )


def test_a_label_that_was_never_seen_to_err_widens_the_interval_all_the_same():
    plain = estimate_proportion(35, 42)
    corrected = estimate_true_proportion(35, 42, said_yes=20, truly_yes=20, said_no=20, truly_no=20)
    assert corrected.value == plain.value
    assert corrected.lower < plain.lower
    assert corrected.upper > plain.upper


def test_sensitivity_and_specificity_of_exactly_one_together_say_nothing():
    corrected = estimate_true_proportion(35, 42, said_yes=3, truly_yes=10, said_no=7, truly_no=10)
    assert (corrected.value, corrected.lower, corrected.note) == (None, None, NO_BETTER_THAN_CHANCE)


def test_one_more_than_that_says_something_and_that_it_may_be_chance():
    corrected = estimate_true_proportion(35, 42, said_yes=4, truly_yes=10, said_no=7, truly_no=10)
    assert corrected.value == 1
    assert corrected.note == PARTLY_BY_CHANCE


def test_fewer_yes_than_the_label_says_wrongly_are_none():
    assert estimate_true_proportion(1, 40, said_yes=18, truly_yes=20, said_no=27, truly_no=30).value == 0
    assert estimate_true_proportion(1, 40, said_yes=18, truly_yes=20, said_no=27, truly_no=30).lower == 0


def test_a_sensitivity_of_nobody_is_none():
    corrected = estimate_true_proportion(35, 42, said_yes=0, truly_yes=0, said_no=7, truly_no=10)
    assert corrected.value is None
    assert "rests on nobody" in corrected.note


def test_the_ends_of_a_correction_lie_in_opposite_corners():
    found = find_proportion_bounds(21, 42, sensitivity=(0.8, 0.9), specificity=(0.7, 0.9))
    assert found.lower == pytest.approx((0.5 - 0.3) / 0.6)
    assert found.upper == pytest.approx((0.5 - 0.1) / 0.7)
    assert found.lower_limit < found.lower < found.upper < found.upper_limit


def test_a_label_without_error_has_bounds_without_width():
    found = find_proportion_bounds(21, 42, sensitivity=(1, 1), specificity=(1, 1))
    plain = estimate_proportion(21, 42)
    assert (found.lower, found.upper, found.lower_limit, found.upper_limit) == (0.5, 0.5, plain.lower, plain.upper)


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "said"),
    [
        ((0.9, 0.8), (1, 1), "lower end first"),
        ((0.5, 0.9), (0.5, 0.9), "more than 1"),
        ((0.5, 1.2), (0.9, 0.9), "between 0 and 1"),
    ],
)
def test_ends_that_no_label_can_have_are_refused(sensitivity, specificity, said):
    with pytest.raises(ValueError, match=said):
        find_proportion_bounds(21, 42, sensitivity=sensitivity, specificity=specificity)


def test_a_label_like_a_coin_corrects_nothing():
    with pytest.raises(ValueError, match="more than 1"):
        correct_proportion(0.5, sensitivity=0.5, specificity=0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        correct_proportion(1.5, sensitivity=0.9, specificity=0.9)


def test_the_tipping_number_of_failures_is_the_first_that_lowers_the_limit_below_the_benchmark():
    found = find_tipping_point(35, 42, 10, benchmark=0.6)
    assert found.failures == 7
    assert estimate_proportion(45 - 6, 52).lower >= 0.6 > estimate_proportion(45 - 7, 52).lower
    assert [one.numerator for one in found.by_failures] == list(range(45, 34, -1))
    assert {one.denominator for one in found.by_failures} == {52}


def test_a_limit_that_equals_the_benchmark_has_not_fallen_below_it():
    edge = estimate_proportion(43, 52).lower
    assert find_tipping_point(35, 42, 10, benchmark=edge).failures == 3
    assert find_tipping_point(35, 42, 10, benchmark=edge + 1e-12).failures == 2


def test_a_conclusion_that_no_failure_shakes_has_no_tipping_point_and_one_that_falls_anyway_has_zero():
    assert find_tipping_point(35, 42, 2, benchmark=0.3).failures is None
    assert find_tipping_point(35, 42, 2, benchmark=0.9).failures == 0


def test_where_all_could_be_judged_only_none_can_have_failed():
    found = find_tipping_point(35, 42, 0, benchmark=0.6)
    assert (found.failures, len(found.by_failures)) == (None, 1)


def test_a_benchmark_is_a_share():
    with pytest.raises(ValueError, match="benchmark"):
        find_tipping_point(35, 42, 3, benchmark=60)


def test_at_given_errors_value_and_limits_are_corrected_alike():
    found, plain = estimate_proportion_at(21, 42, sensitivity=0.9, specificity=0.8), estimate_proportion(21, 42)
    corrected = [(share - 0.2) / 0.7 for share in (plain.value, plain.lower, plain.upper)]
    assert [found.value, found.lower, found.upper] == pytest.approx(corrected)
    right = estimate_proportion_at(21, 42, sensitivity=1, specificity=1)
    assert (right.value, right.lower, right.upper) == (plain.value, plain.lower, plain.upper)


def test_at_given_errors_the_corners_are_the_bounds():
    found = find_proportion_bounds(35, 42, sensitivity=(0.85, 0.95), specificity=(0.8, 0.9))
    least = estimate_proportion_at(35, 42, sensitivity=0.95, specificity=0.8)
    most = estimate_proportion_at(35, 42, sensitivity=0.85, specificity=0.9)
    assert (least.value, least.lower) == (found.lower, found.lower_limit)
    assert (most.value, most.upper) == (found.upper, found.upper_limit)


def test_at_given_errors_nobody_has_no_proportion():
    nobody = estimate_proportion_at(0, 0, sensitivity=0.9, specificity=0.9)
    assert (nobody.value, nobody.lower, nobody.upper, nobody.n) == (None, None, None, 0)
    with pytest.raises(ValueError, match="more than 1"):
        estimate_proportion_at(0, 0, sensitivity=0.5, specificity=0.5)


def test_the_responders_who_must_have_failed_are_the_first_that_lower_the_limit_below_the_benchmark():
    found = find_fragility(35, 42, benchmark=0.6)
    assert (found.misjudged, found.needed) == (4, 32)
    assert estimate_proportion(32, 42).lower >= 0.6 > estimate_proportion(31, 42).lower


def test_a_limit_that_equals_the_benchmark_still_holds():
    edge = estimate_proportion(33, 42).lower
    assert find_fragility(35, 42, benchmark=edge).misjudged == 3
    assert find_fragility(35, 42, benchmark=edge + 1e-12).misjudged == 2


@pytest.mark.parametrize(
    ("counts", "benchmark", "misjudged", "needed"),
    [
        ((35, 42), 0.9, 0, 42),
        ((35, 42), 0.99, 0, None),
        ((0, 42), 0.0, None, 0),
        ((42, 42), 0.0, None, 0),
        ((42, 42), 0.91, 1, 42),
        ((0, 1), 0.5, 0, None),
        ((1, 1), 0.02, 1, 1),
        ((0, 0), 0.5, 0, None),
    ],
)
def test_the_ends_of_fragility(counts, benchmark, misjudged, needed):
    found = find_fragility(*counts, benchmark=benchmark)
    assert (found.misjudged, found.needed) == (misjudged, needed)


def test_what_is_not_told_apart_from_others_needs_no_failure():
    assert find_fragility_of_difference(35, 42, 19, 24).misjudged == 0
    assert find_fragility_of_difference(35, 42, 19, 24).needed == 40
    assert find_fragility_of_difference(35, 42, 24, 24).needed is None
    assert find_fragility_of_difference(0, 0, 19, 24).misjudged == 0
    with pytest.raises(ValueError, match="no others"):
        find_fragility_of_difference(35, 42, 0, 0)
    with pytest.raises(ValueError, match="benchmark"):
        find_fragility(35, 42, benchmark=60)


def test_errors_that_could_not_have_given_what_was_observed_leave_no_proportion_and_no_narrow_interval():
    # A label that misses half of them cannot say so of 35 of 42: the interval was 100 to 100 %.
    found = estimate_proportion_at(35, 42, sensitivity=0.6, specificity=0.6)
    assert (found.value, found.lower, found.upper) == (None, None, None)
    assert "do not fit" in found.note
    none = estimate_proportion_at(0, 12, sensitivity=0.9, specificity=0.6)
    assert (none.value, none.lower, none.upper) == (None, None, None)


def test_a_value_beyond_everybody_is_put_on_the_edge_and_says_so():
    found = estimate_proportion_at(35, 42, sensitivity=0.8, specificity=1)
    assert (found.value, found.upper) == (1, 1)
    assert found.lower == pytest.approx(estimate_proportion(35, 42).lower / 0.8)
    assert "on the edge" in found.note
    assert estimate_proportion_at(35, 42, sensitivity=0.9, specificity=0.8).note == ""
    assert "on the edge" in estimate_true_proportion(
        60, 100, said_yes=50, truly_yes=100, said_no=100, truly_no=100
    ).note  # fmt: skip
