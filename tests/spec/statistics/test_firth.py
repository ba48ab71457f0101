"""Several predictors of a response at once: what separates, what is one and the same, and how many are allowed."""

from __future__ import annotations

from math import inf, log

import pytest

from refractory.statistics.firth import (
    ALL_ALIKE,
    SEPARATED,
    find_most_predictors,
    fit_firth,
)
from refractory.statistics.firth_model import THE_SAME_IN_EVERYBODY

MUSCLE = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
WOMAN = [1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1]
RESPONDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0]


def test_a_predictor_that_tells_all_responders_from_all_others_has_a_finite_ratio_and_says_so():
    fit = fit_firth([0, 0, 0, 0, 1, 1, 1], {"apart": [0, 0, 0, 0, 1, 1, 1]})
    (term,) = fit.terms
    # Half a person added to each of the four cells: (3.5 / 0.5) / (0.5 / 4.5).
    assert term.odds_ratio.value == pytest.approx(63)
    assert 1 < term.odds_ratio.lower < 63 < term.odds_ratio.upper < inf
    assert fit.is_separated
    assert fit.note == SEPARATED


def test_one_person_on_the_border_of_a_number_separates_still_and_one_beyond_it_no_longer():
    touching = fit_firth([0, 0, 0, 1, 1, 1], {"score": [1, 2, 3, 3, 4, 5]})
    crossing = fit_firth([0, 0, 0, 1, 1, 1], {"score": [1, 2, 4, 3, 4, 5]})
    assert (touching.is_separated, crossing.is_separated) == (True, False)
    assert crossing.note == ""


def test_predictors_that_separate_only_together_are_noticed():
    one, other = [0, 0, 1, 1, 1, 2, 2, 0], [1, 2, 2, 0, 1, 1, 0, 0]
    responded = [0, 0, 0, 1, 0, 1, 1, 0]
    assert not fit_firth(responded, {"other": other}).is_separated
    assert fit_firth(responded, {"one": one, "other": other}).is_separated


def test_where_everybody_responded_there_is_no_ratio_and_a_reason():
    fit = fit_firth([1, 1, 1], {"muscle": [0, 1, 1]})
    assert fit.note == ALL_ALIKE
    assert [(term.odds_ratio.value, term.test.p_value, term.odds_ratio.note) for term in fit.terms] == [
        (None, None, ALL_ALIKE)
    ]
    assert (fit.intercept, fit.test.p_value, fit.is_converged) == (None, None, False)


def test_nobody_at_all_has_no_ratio_either():
    assert fit_firth([], {"muscle": []}).note == ALL_ALIKE


def test_a_predictor_that_is_the_same_in_everybody_is_left_out_and_says_so():
    plain = fit_firth(RESPONDED, {"muscle": MUSCLE})
    fit = fit_firth(RESPONDED, {"treated": [1] * 12, "muscle": MUSCLE})
    assert fit.terms[0].odds_ratio.value is None
    assert fit.terms[0].odds_ratio.note == THE_SAME_IN_EVERYBODY
    assert fit.terms[1] == plain.terms[0]


def test_a_predictor_that_two_others_fix_names_them_and_the_others_are_as_without_it():
    both = [a + b for a, b in zip(MUSCLE, WOMAN, strict=True)]
    plain = fit_firth(RESPONDED, {"muscle": MUSCLE, "woman": WOMAN})
    fit = fit_firth(RESPONDED, {"muscle": MUSCLE, "woman": WOMAN, "how many": both})
    assert fit.terms[2].odds_ratio.note == "It is fixed by muscle and woman, and left out of the model."
    assert fit.terms[2].test.p_value is None
    assert fit.terms[:2] == plain.terms


def test_yes_and_no_of_one_thing_are_one_predictor():
    fit = fit_firth(RESPONDED, {"woman": WOMAN, "man": [1 - one for one in WOMAN]})
    assert fit.terms[0].odds_ratio.value is not None
    assert fit.terms[1].odds_ratio.note == "It is fixed by woman, and left out of the model."


def test_without_predictors_the_constant_is_the_log_odds_with_half_a_person_added_to_each_answer():
    fit = fit_firth([1, 1, 1, 0], {})
    assert fit.intercept == pytest.approx(log(3.5 / 1.5))
    assert fit.test.p_value is None
    assert fit.terms == ()


def test_a_fit_says_how_many_responded_and_that_it_converged():
    fit = fit_firth(RESPONDED, {"muscle": MUSCLE, "woman": WOMAN})
    assert (fit.n, fit.responders, fit.is_converged, fit.is_separated, fit.note) == (12, 6, True, False, "")
    assert {term.odds_ratio.n for term in fit.terms} == {12}


def test_numbers_of_unlike_size_converge_alike():
    small = [0.0001 * one for one in range(12)]
    large = [1e7 + 3e5 * ((5 * one) % 12) for one in range(12)]
    fit = fit_firth(RESPONDED, {"small": small, "large": large})
    assert fit.is_converged
    assert all(0 < term.odds_ratio.lower < term.odds_ratio.value < term.odds_ratio.upper for term in fit.terms[1:])


@pytest.mark.parametrize(
    ("responded", "predictors", "said"),
    [
        ([1, 0], {"age": [1.0]}, "age has 1 persons, and the response 2"),
        ([1, 0], {"age": [1.0, inf]}, "a value of age is not a finite number"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_the_name_of_the_predictor(responded, predictors, said):
    with pytest.raises(ValueError, match=said):
        fit_firth(responded, predictors)


@pytest.mark.parametrize(
    ("responders", "others", "allowed"), [(35, 7, 0), (9, 40, 0), (10, 40, 1), (19, 40, 1), (40, 20, 2), (0, 5, 0)]
)
def test_each_ten_persons_of_the_rarer_answer_allow_one_predictor(responders, others, allowed):
    assert find_most_predictors(responders, others) == allowed


def test_five_a_predictor_allow_the_published_study_one():
    assert find_most_predictors(35, 7, per_predictor=5) == 1


def test_no_person_per_predictor_is_no_rule():
    with pytest.raises(ValueError, match="at least one person"):
        find_most_predictors(35, 7, per_predictor=0)
