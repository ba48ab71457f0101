"""Imputed predictors in drawn studies with gaps that depend on the response: bias, and coverage of the truth."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from refractory.statistics.combined import fit_firth_to_sets
from refractory.statistics.firth_model import FirthModel
from refractory.statistics.imputation import derive_completed_sets, find_why_not
from refractory.statistics.penalised_likelihood import fit_penalised

TRUTH = 0.7


def draw_study(draws, persons):
    """Age, a score that goes with it and predicts the response, and gaps in the score by response and age."""
    age = draws.normal(size=persons)
    score = 0.5 * age + 0.866 * draws.normal(size=persons)
    responded = draws.random(persons) < 1 / (1 + np.exp(-(1 + TRUTH * score)))
    gaps = draws.random(persons) < 1 / (1 + np.exp(-(-1.8 + 1.4 * responded + 0.6 * age)))
    return age, score, responded, gaps


def find_coefficient(responded, *columns):
    model = FirthModel.build(responded.tolist(), [column.tolist() for column in columns])
    return fit_penalised(model.responded, model.design).coefficients[-1] / model.scales[-1]


def test_what_gaps_took_is_not_put_back_with_a_slant():
    draws, imputed, whole = np.random.default_rng(5), [], []
    for number in range(60):
        age, score, responded, gaps = draw_study(draws, 100)
        given = {"age": age.tolist(), "score": np.where(gaps, None, score).tolist()}
        sets = derive_completed_sets(responded.tolist(), given, {}, sets=5, seed=number, rounds=3)
        filled = [find_coefficient(responded, age, np.array(one.numbers["score"])) for one in sets]
        imputed.append(np.mean(filled))
        whole.append(find_coefficient(responded, age, score))
    apart = np.array(imputed) - np.array(whole)
    # Against the same persons without gaps, in standard errors of the mean: matching among few donors draws a little
    # towards nothing.
    assert np.mean(apart) == pytest.approx(0, abs=3 * apart.std(ddof=1) / 60**0.5 + 0.05)
    assert np.mean(imputed) == pytest.approx(TRUTH, abs=0.12)


def test_the_combined_profiles_cover_as_often_as_they_say_among_42_of_whom_a_third_has_a_gap():
    draws, held, asked = np.random.default_rng(8), 0, 0
    for number in range(40):
        age, score, responded, gaps = draw_study(draws, 42)
        given = {"age": age.tolist(), "score": np.where(gaps, None, score).tolist()}
        if find_why_not(responded.tolist(), given, {}):
            continue
        sets = derive_completed_sets(responded.tolist(), given, {}, sets=4, seed=number, rounds=3)
        _, term = fit_firth_to_sets(responded.tolist(), [one.numbers for one in sets])
        asked += 1
        held += term.odds_ratio.lower <= exp(TRUTH) <= term.odds_ratio.upper
    # The standard error of a coverage of 95 % in 40 draws is 3.4 %.
    assert asked >= 35
    assert held / asked >= 0.87
