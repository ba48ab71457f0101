"""What an estimate says where little or nothing can be estimated, and what it refuses."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.statistics.association import (
    estimate_fisher_exact,
    estimate_freeman_halton,
    estimate_odds_ratio,
)
from refractory.statistics.estimate import EstimateKind
from refractory.statistics.location import (
    estimate_hodges_lehmann_shift,
    estimate_mann_whitney,
    estimate_mean,
    estimate_median,
)
from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg, adjust_by_holm
from refractory.statistics.power import find_detectable_difference, find_detectable_shift, find_power
from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference, estimate_proportion

METHODS = sorted(PROPORTION_METHODS)
LOCATIONS = [estimate_mean, estimate_median]
COMPARISONS = [estimate_mann_whitney, estimate_hodges_lehmann_shift]


def test_a_proportion_keeps_its_two_counts_and_names_its_method():
    estimate = estimate_proportion(35, 42)
    assert (estimate.kind, estimate.method) == (EstimateKind.PROPORTION, "Clopper-Pearson")
    assert (estimate.numerator, estimate.denominator, estimate.n, estimate.level) == (35, 42, 42, 0.95)
    assert estimate.value == 35 / 42


@pytest.mark.parametrize("method", METHODS)
def test_the_name_in_the_protocol_is_the_method_of_the_estimate(method):
    assert PROPORTION_METHODS[method](3, 7).method == method


@pytest.mark.parametrize("method", METHODS)
def test_a_proportion_of_nobody_has_no_value_and_no_interval(method):
    estimate = PROPORTION_METHODS[method](0, 0)
    assert (estimate.value, estimate.lower, estimate.upper) == (None, None, None)
    assert (estimate.numerator, estimate.denominator, estimate.n) == (0, 0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_the_interval_begins_at_0_when_nobody_responded_and_ends_at_1_when_everybody_did(method):
    assert PROPORTION_METHODS[method](0, 20).lower == 0
    assert PROPORTION_METHODS[method](20, 20).upper == 1
    assert 0 < PROPORTION_METHODS[method](0, 20).upper < 1


@pytest.mark.parametrize("counts", [(3, 2), (-1, 2), (0, -1)])
def test_more_responders_than_persons_are_refused(counts):
    with pytest.raises(ValueError, match="cannot be counted among"):
        estimate_proportion(*counts)
    with pytest.raises(ValueError, match="cannot be counted among"):
        estimate_fisher_exact(*counts, 1, 2)
    with pytest.raises(ValueError, match="cannot be counted among"):
        estimate_odds_ratio(1, 2, *counts)
    with pytest.raises(ValueError, match="cannot be counted among"):
        estimate_difference(1, 2, *counts)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        estimate_proportion(1, 2, level)
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        estimate_odds_ratio(1, 2, 1, 2, level)
    with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
        estimate_hodges_lehmann_shift([1], [2], level)


@pytest.mark.parametrize("counts", [(0, 0, 3, 4), (3, 4, 0, 0), (0, 0, 0, 0)])
def test_a_group_without_persons_cannot_be_compared(counts):
    assert estimate_difference(*counts).value is None
    assert estimate_fisher_exact(*counts).p_value is None
    assert estimate_odds_ratio(*counts).value is None


def test_a_difference_is_group_1_minus_group_2_and_rests_on_both():
    estimate = estimate_difference(13, 15, 22, 27)
    assert estimate.kind is EstimateKind.DIFFERENCE
    assert estimate.value == pytest.approx(13 / 15 - 22 / 27)
    assert (estimate.n, estimate.denominator) == (42, 15)


@pytest.mark.parametrize(("r1", "r2"), [(0, 0), (15, 27)])
def test_two_groups_in_which_nobody_or_everybody_responded_do_not_differ_and_have_no_odds_ratio(r1, r2):
    assert estimate_fisher_exact(r1, 15, r2, 27).p_value == 1
    assert estimate_odds_ratio(r1, 15, r2, 27).value is None


def test_a_zero_in_the_table_opens_the_interval_of_the_odds_ratio_on_its_side():
    nobody, everybody = estimate_odds_ratio(0, 10, 5, 10), estimate_odds_ratio(10, 10, 5, 10)
    assert (nobody.value, nobody.lower) == (0, 0)
    assert 0 < nobody.upper < 1
    assert (everybody.value, everybody.upper) == (inf, inf)
    assert 1 < everybody.lower < inf


def test_groups_without_persons_and_answers_that_nobody_gave_say_nothing_to_freeman_halton():
    known = estimate_freeman_halton([[3, 1], [1, 3]])
    assert estimate_freeman_halton([[3, 0, 1], [0, 0, 0], [1, 0, 3]]).p_value == known.p_value
    assert known.n == 8


def test_one_group_cannot_be_tested_and_one_answer_makes_no_difference():
    assert estimate_freeman_halton([[3, 1], [0, 0]]).p_value is None
    assert estimate_freeman_halton([[0, 0], [0, 0]]).p_value is None
    assert estimate_freeman_halton([[3, 0], [4, 0]]).p_value == 1


@pytest.mark.parametrize("table", [[], [[1, 2], [3]]])
def test_a_table_with_rows_of_different_length_is_refused(table):
    with pytest.raises(ValueError, match="same number of columns"):
        estimate_freeman_halton(table)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="a count is not negative"):
        estimate_freeman_halton([[1, -2], [3, 4]])


def test_a_table_of_many_persons_is_sampled_again_with_the_same_result():
    table = [[4000, 3000, 2000], [4100, 2900, 2000], [900, 700, 400]]
    first, again, other_seed = (estimate_freeman_halton(table, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert "Monte Carlo with 100,000 tables, seed 2" in other_seed.method
    assert first.p_value != other_seed.p_value
    assert first.p_value == pytest.approx(other_seed.p_value, abs=0.01)


def test_more_than_a_dozen_answers_are_sampled():
    assert "Monte Carlo" in estimate_freeman_halton([[1, 2] * 7, [2, 1] * 7]).method


@pytest.mark.parametrize("estimate_location", LOCATIONS)
def test_nobody_has_no_mean_and_no_median(estimate_location):
    estimate = estimate_location([])
    assert (estimate.value, estimate.lower, estimate.upper, estimate.sd, estimate.n) == (None, None, None, None, 0)


def test_one_person_has_a_mean_but_no_standard_deviation():
    estimate = estimate_mean([3])
    assert (estimate.value, estimate.sd, estimate.n) == (3, None, 1)


def test_one_person_is_median_and_both_quartiles():
    estimate = estimate_median([3])
    assert (estimate.lower, estimate.value, estimate.upper) == (3, 3, 3)


def test_the_standard_deviation_divides_by_one_less_than_the_persons():
    assert estimate_mean([1, 3]).sd == pytest.approx(2**0.5)


@pytest.mark.parametrize("bad", [nan, inf])
@pytest.mark.parametrize("estimate_location", LOCATIONS)
def test_a_value_that_is_no_number_is_refused(estimate_location, bad):
    with pytest.raises(ValueError, match="not a finite number"):
        estimate_location([1, bad])


@pytest.mark.parametrize("compare", COMPARISONS)
def test_a_value_that_is_no_number_is_refused_in_either_group(compare):
    with pytest.raises(ValueError, match="not a finite number"):
        compare([1, nan], [2])
    with pytest.raises(ValueError, match="not a finite number"):
        compare([1], [2, nan])


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("groups", [([], [1]), ([1], []), ([], [])])
def test_numbers_of_nobody_cannot_be_compared(compare, groups):
    estimate = compare(*groups)
    assert (estimate.value, estimate.p_value, estimate.lower) == (None, None, None)


@pytest.mark.parametrize("persons", [3, 80])
def test_groups_of_which_all_have_the_same_value_do_not_differ(persons):
    same = [7] * persons
    assert estimate_mann_whitney(same, same).p_value == 1
    shift = estimate_hodges_lehmann_shift(same, same)
    assert (shift.value, shift.lower if persons > 3 else 0, shift.upper if persons > 3 else 0) == (0, 0, 0)


def test_a_shift_is_infinite_where_the_groups_are_too_small_for_the_level():
    # The two most extreme of 20 divisions have a probability of 0.1 together.
    at_90, at_95 = (estimate_hodges_lehmann_shift([1, 2, 3], [4, 5, 6], level) for level in (0.90, 0.95))
    assert (at_95.value, at_95.lower, at_95.upper) == (-3, -inf, inf)
    assert (at_90.value, at_90.lower, at_90.upper) == (-3, -5, -1)


@pytest.mark.parametrize(
    ("n1", "n2", "is_exact"), [(50, 50, True), (50, 51, False), (10, 990, True), (10, 991, False), (11, 90, False)]
)
def test_ranks_are_counted_out_up_to_a_hundred_persons_and_up_to_a_thousand_beside_ten(n1, n2, is_exact):
    method = estimate_mann_whitney(range(n1), range(n2)).method
    assert method.endswith("exact") == is_exact
    assert ("normal approximation" in method) != is_exact


def test_holm_multiplies_the_smallest_by_all_the_next_by_one_less_and_never_goes_down():
    assert adjust_by_holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_benjamini_hochberg_multiplies_by_the_family_over_the_rank():
    assert adjust_by_benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.02, 0.04, 0.04, 0.02))


@pytest.mark.parametrize("adjust", [adjust_by_holm, adjust_by_benjamini_hochberg])
def test_a_p_value_outside_0_and_1_is_refused_and_an_empty_family_is_empty(adjust):
    with pytest.raises(ValueError, match="a P value lies between 0 and 1"):
        adjust([0.5, 1.5])
    assert adjust([]) == ()
    assert adjust([None]) == (None,)


@pytest.mark.parametrize("sizes", [(2, 2), (0, 40), (40, 0)])
def test_no_difference_is_detectable_in_groups_too_small(sizes):
    assert find_detectable_difference(*sizes, rate=0.5) is None


def test_a_detectable_difference_is_the_nearer_of_the_two():
    found = find_detectable_difference(60, 60, rate=0.30)
    assert found.below < 0.30 < found.above
    assert found.difference == min(0.30 - found.below, found.above - 0.30)
    assert found.method == "Fisher's exact test, power summed over all tables"


@pytest.mark.parametrize(("n1", "n2", "rate"), [(5000, 60, 0.5), (600, 600, 0.1)])
def test_in_large_groups_power_is_approximated_near_the_exact_one_and_says_so(n1, n2, rate):
    found = find_detectable_difference(n1, n2, rate)
    assert found.method == "Fisher's exact test, normal approximation of power with continuity correction"
    assert find_power(n1, rate, n2, found.below) == pytest.approx(0.8, abs=0.012)
    assert find_power(n1, rate, n2, found.above) == pytest.approx(0.8, abs=0.012)


def test_a_rate_of_none_against_all_is_detected_in_large_groups():
    assert find_detectable_difference(600, 600, rate=0.0).above < 0.03


@pytest.mark.parametrize("sizes", [(0, 5), (5, 0)])
def test_no_shift_is_detectable_in_an_empty_group(sizes):
    assert find_detectable_shift(*sizes) is None
