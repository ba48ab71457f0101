"""What agreement says where raters agree wholly, by chance, or not at all, and what it refuses."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.numbers import format_estimate
from refractory.statistics.agreement import (
    FEW,
    FEW_PAIRS,
    NO_SPREAD,
    NOTHING_RATED,
    ONE_CATEGORY,
    RARE,
    build_linear_weights,
    build_quadratic_weights,
    derive_agreement_table,
    estimate_ac1,
    estimate_kappa,
    estimate_percent_agreement,
    estimate_weighted_kappa,
)
from refractory.statistics.estimate import EstimateKind
from refractory.statistics.krippendorff import (
    NOTHING_PAIRED,
    ONE_VALUE,
    estimate_alpha_interval,
    estimate_alpha_nominal,
    estimate_alpha_ordinal,
)
from refractory.statistics.two_labels import (
    NOBODY_WITH,
    NOBODY_WITHOUT,
    estimate_bias_index,
    estimate_prevalence_index,
    estimate_sensitivity,
    estimate_specificity,
)

CHANCE_CORRECTED = [estimate_kappa, estimate_ac1]
ALPHAS = [estimate_alpha_nominal, estimate_alpha_ordinal, estimate_alpha_interval]
INDICES = [estimate_prevalence_index, estimate_bias_index]


def test_a_table_of_agreement_has_a_row_and_a_column_for_a_category_that_nobody_gave():
    table = derive_agreement_table(["yes", "no"], ["yes", "yes"], categories=["yes", "no", "unsure"])
    assert table == ((1, 0, 0), (1, 0, 0), (0, 0, 0))


def test_ratings_of_different_things_or_of_an_unknown_category_make_no_table():
    with pytest.raises(ValueError, match="2 ratings cannot be paired with 1"):
        derive_agreement_table(["yes", "no"], ["yes"], categories=["yes", "no"])
    with pytest.raises(ValueError, match="1 of the categories that were given are not among the 2 possible") as told:
        derive_agreement_table(["perhaps"], ["yes"], categories=["yes", "no"])
    assert "perhaps" not in str(told.value)


@pytest.mark.parametrize("estimate", [*CHANCE_CORRECTED, estimate_percent_agreement])
def test_nothing_rated_has_no_agreement_and_says_why(estimate):
    told = estimate([[0, 0], [0, 0]])
    assert (told.value, told.lower, told.upper, told.n) == (None, None, None, 0)
    assert told.note == NOTHING_RATED


def test_one_category_throughout_leaves_kappa_undefined_and_not_ac1():
    kappa, ac1 = estimate_kappa([[12, 0], [0, 0]]), estimate_ac1([[12, 0], [0, 0]])
    assert (kappa.value, kappa.lower, kappa.n, kappa.note) == (None, None, 12, ONE_CATEGORY)
    assert (ac1.value, ac1.lower, ac1.note) == (1, None, NO_SPREAD)
    assert estimate_percent_agreement([[12, 0], [0, 0]]).value == 1


def test_one_possible_category_leaves_both_undefined():
    assert [estimate([[5]]).note for estimate in CHANCE_CORRECTED] == [ONE_CATEGORY, ONE_CATEGORY]


@pytest.mark.parametrize("estimate", CHANCE_CORRECTED)
def test_raters_who_always_agree_on_two_categories_have_1_and_no_interval(estimate):
    told = estimate([[6, 0], [0, 6]])
    assert told.value == pytest.approx(1)
    assert (told.lower, told.upper, told.level, told.note) == (None, None, None, NO_SPREAD)


@pytest.mark.parametrize("estimate", CHANCE_CORRECTED)
def test_raters_who_meet_as_often_as_chance_has_it_have_0(estimate):
    assert estimate([[25, 25], [25, 25]]).value == pytest.approx(0)


def test_a_rater_with_one_category_agrees_by_chance_alone_and_has_no_interval():
    told = estimate_kappa([[7, 5], [0, 0]])
    assert told.value == pytest.approx(0)
    assert (told.lower, told.note) == (None, NO_SPREAD)


def test_where_nearly_all_are_of_one_category_kappa_is_near_0_and_ac1_near_percent_agreement():
    table = [[94, 3], [3, 0]]
    assert estimate_kappa(table).value == pytest.approx(-0.0309, abs=1e-4)
    assert estimate_ac1(table).value == pytest.approx(0.9363, abs=1e-4)
    assert estimate_percent_agreement(table).value == 0.94


@pytest.mark.parametrize(("pairs", "is_told"), [(FEW_PAIRS - 1, True), (FEW_PAIRS, False)])
@pytest.mark.parametrize("estimate", CHANCE_CORRECTED)
def test_fewer_than_a_hundred_pairs_are_told_to_be_few(estimate, pairs, is_told):
    assert (estimate([[pairs - 20, 6], [4, 10]]).note == FEW) is is_told


def test_the_interval_of_agreement_is_cut_off_at_1():
    told = estimate_kappa([[2, 1], [0, 9]])
    assert told.upper == 1
    assert told.value < 1


def test_one_pair_has_agreement_but_no_interval():
    told = estimate_ac1([[0, 1], [0, 0]])
    assert (told.value, told.lower, told.note) == (-1, None, NO_SPREAD)


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1, 2], [3]], [[1, 2], [3, 4], [5, 6]]])
def test_a_table_that_is_not_square_is_refused(table):
    for estimate in (*CHANCE_CORRECTED, estimate_percent_agreement, *INDICES):
        with pytest.raises(ValueError, match="as many rows as columns"):
            estimate(table)


def test_a_negative_count_is_refused():
    for estimate in (*CHANCE_CORRECTED, estimate_percent_agreement, *INDICES, estimate_sensitivity):
        with pytest.raises(ValueError, match="not negative"):
            estimate([[1, -1], [2, 3]])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_0_and_1_is_refused(level):
    for estimate in (*CHANCE_CORRECTED, estimate_percent_agreement, estimate_sensitivity, estimate_specificity):
        with pytest.raises(ValueError, match="level of an interval lies between 0 and 1"):
            estimate([[3, 1], [1, 3]], level=level)


def test_weights_give_full_credit_on_the_diagonal_and_none_at_the_ends():
    assert build_linear_weights(4)[0] == pytest.approx((1, 2 / 3, 1 / 3, 0))
    assert build_quadratic_weights(4)[0] == pytest.approx((1, 8 / 9, 5 / 9, 0))
    assert build_linear_weights(1) == ((1.0,),)


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ([[1, 0]], "have 2 x 2 weights"),
        ([[0.9, 0], [0, 1]], "1 on the diagonal"),
        ([[1, 1], [0, 1]], "below 1"),
        ([[1, -0.5], [0, 1]], "at least 0"),
    ],
)
def test_weights_that_are_none_are_refused(weights, fault):
    with pytest.raises(ValueError, match=fault):
        estimate_weighted_kappa([[3, 1], [1, 3]], weights=weights)


def test_a_near_miss_counts_for_something_in_weighted_kappa_only():
    near, far = [[10, 5, 0], [0, 10, 0], [0, 0, 10]], [[10, 0, 5], [0, 10, 0], [0, 0, 10]]
    linear = build_linear_weights(3)
    assert estimate_weighted_kappa(near, weights=linear).value > estimate_weighted_kappa(far, weights=linear).value
    assert estimate_kappa(near).value == pytest.approx(estimate_kappa(far).value)


@pytest.mark.parametrize("estimate", ALPHAS)
def test_what_one_rater_alone_has_rated_says_nothing_to_alpha(estimate):
    known = estimate([[1, 1], [1, 2], [3, 3]])
    assert estimate([[1, 1], [4, None], [1, 2], [3, 3], [None, None]]) == known
    assert known.n == 3


@pytest.mark.parametrize("estimate", ALPHAS)
@pytest.mark.parametrize(
    ("ratings", "note"), [([], NOTHING_PAIRED), ([[1, None]], NOTHING_PAIRED), ([[2, 2], [2, 2]], ONE_VALUE)]
)
def test_alpha_without_pairs_or_with_one_value_has_none_and_says_why(estimate, ratings, note):
    told = estimate(ratings)
    assert (told.value, told.note) == (None, note)


@pytest.mark.parametrize("estimate", ALPHAS)
@pytest.mark.parametrize("bad", [nan, inf])
def test_a_rating_that_is_no_number_is_refused(estimate, bad):
    with pytest.raises(ValueError, match="not a finite number"):
        estimate([[1, bad]])


def test_alpha_of_an_order_does_not_depend_on_the_numbers_that_stand_for_it():
    ratings = [[1, 1], [1, 2], [3, 3], [2, 3]]
    other = {1: -5, 2: 0, 3: 1000}
    renamed = [[other[rating] for rating in row] for row in ratings]
    assert estimate_alpha_ordinal(renamed).value == pytest.approx(estimate_alpha_ordinal(ratings).value)
    assert estimate_alpha_interval(renamed).value != pytest.approx(estimate_alpha_interval(ratings).value)


def test_sensitivity_is_of_those_with_and_specificity_of_those_without():
    table = [[18, 4], [2, 26]]
    sensitivity, specificity = estimate_sensitivity(table), estimate_specificity(table)
    assert (sensitivity.numerator, sensitivity.denominator) == (18, 20)
    assert (specificity.numerator, specificity.denominator) == (26, 30)


def test_without_anybody_with_the_label_there_is_no_sensitivity_and_it_says_why():
    sensitivity, specificity = estimate_sensitivity([[0, 3], [0, 9]]), estimate_specificity([[3, 0], [9, 0]])
    assert (sensitivity.value, sensitivity.note) == (None, NOBODY_WITH)
    assert (specificity.value, specificity.note) == (None, NOBODY_WITHOUT)


@pytest.mark.parametrize("estimate", [*INDICES, estimate_sensitivity, estimate_specificity])
def test_more_than_two_categories_are_no_yes_or_no(estimate):
    with pytest.raises(ValueError, match="two rows and two columns"):
        estimate([[1, 0, 0], [0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize("estimate", INDICES)
def test_nothing_rated_has_no_index(estimate):
    assert (estimate([[0, 0], [0, 0]]).value, estimate([[0, 0], [0, 0]]).note) == (None, NOTHING_RATED)


def test_bias_is_positive_where_the_rows_say_yes_more_often_and_prevalence_where_yes_is_more_frequent():
    table = [[30, 15], [5, 10]]
    assert estimate_bias_index(table).value == pytest.approx(10 / 60)
    assert estimate_prevalence_index(table).value == pytest.approx(20 / 60)


def test_agreement_prints_with_two_decimals():
    told = estimate_ac1([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert told.kind is EstimateKind.AGREEMENT
    assert format_estimate(told) == "0.85 (95 % CI 0.76 to 0.94)"
    assert format_estimate(estimate_kappa([[12, 0], [0, 0]])) == "not estimable (n = 12)"


@pytest.mark.parametrize(("rare", "is_told"), [(19, True), (20, False)])
@pytest.mark.parametrize("estimate", [estimate_kappa, estimate_ac1])
def test_in_many_pairs_the_interval_is_told_to_fail_where_fewer_than_twenty_have_the_rarest_category(
    estimate, rare, is_told
):
    # As often by the one rater as by the other, on the mean of both.
    assert (estimate([[200, 5], [5, rare - 5]]).note == RARE) is is_told


def test_a_category_that_nobody_gave_is_not_the_rarest():
    assert estimate_ac1([[100, 10, 0], [10, 100, 0], [0, 0, 0]]).note == ""
