"""Exact and ridge models of several predictors, and what a model could have found: the edges."""

from __future__ import annotations

from math import inf, isinf

import pytest

from refractory.statistics import exact_logistic
from refractory.statistics.exact_logistic import (
    AT_THE_EDGE,
    MEDIAN_UNBIASED,
    NOTHING_LEFT,
    TOO_MANY,
    fit_exact,
)
from refractory.statistics.firth import ALL_ALIKE
from refractory.statistics.firth_model import THE_SAME_IN_EVERYBODY
from refractory.statistics.power_of_models import find_detectable_odds_ratio
from refractory.statistics.ridge import ALL_AT_ONE, SEPARATED, fit_ridge

RESPONDED = [True] * 10 + [False] * 6
MIXED = [0, 1] * 8


def test_a_predictor_that_separates_has_a_median_unbiased_ratio_and_an_interval_with_one_end():
    (up,) = fit_exact(RESPONDED, {"apart": [int(one) for one in RESPONDED]})
    assert up.odds_ratio.upper == inf
    assert 1 < up.odds_ratio.lower < up.odds_ratio.value < inf
    assert (up.odds_ratio.method, up.odds_ratio.note) == (MEDIAN_UNBIASED, AT_THE_EDGE)
    (down,) = fit_exact(RESPONDED, {"apart": [int(not one) for one in RESPONDED]})
    assert down.odds_ratio.lower == 0
    assert down.odds_ratio.value == pytest.approx(1 / up.odds_ratio.value)
    # One of the ways to choose 10 of 16.
    assert up.test.p_value == down.test.p_value == pytest.approx(2 / 8008)


def test_a_predictor_that_the_others_fix_has_nothing_left():
    terms = fit_exact(RESPONDED, {"mixed": MIXED, "again": MIXED})
    assert [term.odds_ratio.note for term in terms] == [NOTHING_LEFT, NOTHING_LEFT]
    (constant,) = fit_exact(RESPONDED, {"one": [1] * 16})
    assert (constant.odds_ratio.value, constant.test.p_value) == (None, None)


@pytest.mark.parametrize("responded", [[True] * 16, [False] * 16])
def test_where_all_or_none_responded_nothing_can_be_fitted(responded):
    (term,) = fit_exact(responded, {"mixed": MIXED})
    assert (term.odds_ratio.value, term.odds_ratio.note) == (None, ALL_ALIKE)
    fit = fit_ridge(responded, {"mixed": MIXED})
    assert (fit.terms[0].odds_ratio.value, fit.penalty, fit.note) == (None, None, ALL_ALIKE)
    least = find_detectable_odds_ratio({"mixed": MIXED}, "mixed", float(responded[0]))
    assert (least.below, least.above) == (None, None)


def test_a_unit_that_is_ten_times_as_large_has_the_tenth_root_as_its_ratio():
    doses = [3, 1, 0, 2, 5, 4, 2, 6, 3, 2, 1, 0, 1, 2, 3, 0]
    (plain,), (shifted,) = fit_exact(RESPONDED, {"d": doses}), fit_exact(RESPONDED, {"d": [10 * d - 7 for d in doses]})
    assert shifted.odds_ratio.value**10 == pytest.approx(plain.odds_ratio.value)
    assert shifted.odds_ratio.upper**10 == pytest.approx(plain.odds_ratio.upper)
    assert shifted.test.p_value == pytest.approx(plain.test.p_value)


def test_sums_that_are_too_many_are_not_counted(monkeypatch):
    monkeypatch.setattr(exact_logistic, "_MOST_SUMS", 10)
    (term,) = fit_exact(RESPONDED, {"d": [2**place for place in range(16)]})
    assert (term.odds_ratio.value, term.odds_ratio.note) == (None, TOO_MANY)
    (wide,) = fit_exact(RESPONDED, {"d": [2 ** (4 * place) for place in range(16)]})
    assert wide.odds_ratio.note == TOO_MANY


def test_a_study_of_thousands_is_not_counted():
    (term,) = fit_exact([True, False] * 600, {"d": [0, 0, 1] * 400})
    assert term.odds_ratio.note == TOO_MANY
    (few,) = fit_exact([True] + [False] * 1199, {"d": [1, 0, 0] * 400})
    assert few.odds_ratio.upper == inf


def test_what_is_not_whole_or_of_other_persons_is_refused():
    with pytest.raises(ValueError, match="not a whole number"):
        fit_exact(RESPONDED, {"d": [0.5] * 16})
    with pytest.raises(ValueError, match="has 3 persons"):
        fit_exact(RESPONDED, {"d": [1, 2, 3]})
    with pytest.raises(ValueError, match="has 3 persons"):
        fit_ridge(RESPONDED, {"d": [1, 2, 3]})
    with pytest.raises(ValueError, match="finite"):
        fit_ridge(RESPONDED, {"d": [float("nan")] * 16})


def test_ridge_draws_an_effect_towards_1_and_gives_no_interval():
    answers = [True] * 7 + [False] + [True] * 3 + [False] * 5
    (term,) = fit_ridge(answers, {"treated": [1.0] * 8 + [0.0] * 8}).terms
    # The odds ratio of the table is 7 * 5 / 3.
    assert 1 < term.odds_ratio.value < 35 / 3
    assert (term.odds_ratio.lower, term.odds_ratio.upper, term.odds_ratio.level) == (None, None, None)


def test_ridge_has_no_answer_where_a_predictor_separates_for_the_data_ask_for_no_penalty():
    fit = fit_ridge(RESPONDED, {"apart": [float(one) for one in RESPONDED], "mixed": [float(one) for one in MIXED]})
    assert (fit.penalty, fit.degrees, fit.note) == (0, 0, SEPARATED)
    for term in fit.terms:
        assert (term.coefficient, term.odds_ratio.value, term.odds_ratio.note) == (None, None, SEPARATED)


def test_ridge_that_leaves_no_predictor_says_that_this_is_the_penaltys_doing():
    fit = fit_ridge([True, False] * 8, {"mixed": [0, 0, 1, 1] * 4})
    assert isinf(fit.penalty)
    assert fit.terms[0].odds_ratio.value == 1
    assert (fit.degrees, fit.note) == (0, ALL_AT_ONE)


def test_ridge_leaves_out_what_is_the_same_in_everybody():
    fit = fit_ridge(RESPONDED, {"one": [1.0] * 16, "treated": [1.0] * 8 + [0.0] * 8})
    assert (fit.terms[0].odds_ratio.value, fit.terms[0].odds_ratio.note) == (None, THE_SAME_IN_EVERYBODY)
    assert 0 < fit.degrees < 1
    alone = fit_ridge(RESPONDED, {"one": [1.0] * 16})
    assert (alone.penalty, alone.note) == (None, "")


def test_a_ratio_that_could_be_found_is_nearer_to_1_among_more_persons_and_farther_with_gaps():
    columns = {"age": [float(place % 9) for place in range(45)], "skin": [float(place % 3 == 0) for place in range(45)]}
    few = find_detectable_odds_ratio(columns, "age", 0.7)
    many = find_detectable_odds_ratio({name: values * 4 for name, values in columns.items()}, "age", 0.7)
    gappy = find_detectable_odds_ratio(columns, "age", 0.7, lost=0.4)
    assert gappy.below < few.below < many.below < 1 < many.above < few.above < gappy.above


def test_a_predictor_of_one_person_could_not_have_been_found():
    least = find_detectable_odds_ratio({"one": [1.0] + [0.0] * 19}, "one", 0.8)
    assert (least.below, least.above) == (None, None)
    fixed = find_detectable_odds_ratio({"a": MIXED, "b": MIXED}, "b", 0.5)
    assert (fixed.below, fixed.above) == (None, None)


def test_likeness_with_the_other_predictors_makes_a_ratio_harder_to_find():
    alone = find_detectable_odds_ratio({"x": [0.0, 1.0] * 30}, "x", 0.5)
    alike = find_detectable_odds_ratio({"x": [0.0, 1.0] * 30, "z": [0.0, 1.0] * 25 + [1.0, 0.0] * 5}, "x", 0.5)
    assert alike.above > alone.above
