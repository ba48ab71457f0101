"""Does an interval for a handful of persons hold the truth as often as it says? Counted out, or drawn with a seed."""

from __future__ import annotations

from math import comb, exp, sqrt

import numpy as np
import pytest

from refractory.statistics.association import estimate_boschloo, estimate_fisher_exact
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    find_difference_by_chance,
)
from refractory.statistics.firth import fit_firth
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.means import estimate_welch_test
from refractory.statistics.power import find_detectable_mean_difference
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.shrinkage import derive_shrunken_proportions


def binomial(persons: int, rate: float) -> list[float]:
    return [comb(persons, k) * rate**k * (1 - rate) ** (persons - k) for k in range(persons + 1)]


def chance_of(answers: dict[tuple[int, int], bool], n1: int, rate1: float, n2: int, rate2: float) -> float:
    first, second = binomial(n1, rate1), binomial(n2, rate2)
    return sum(first[r1] * second[r2] for (r1, r2), holds in answers.items() if holds)


def test_the_score_interval_covers_about_as_often_as_it_says_in_groups_of_15_and_27():
    told = {(a, c): estimate_difference_by_score(a, 15, c, 27) for a in range(16) for c in range(28)}
    covered = []
    for rate1 in np.linspace(0.05, 0.95, 13):
        for rate2 in np.linspace(0.05, 0.95, 13):
            holds = {key: one.lower <= rate1 - rate2 <= one.upper for key, one in told.items()}
            covered.append(chance_of(holds, 15, rate1, 27, rate2))
    assert np.mean(covered) == pytest.approx(0.953, abs=0.005)
    assert min(covered) > 0.92


def test_boschloo_keeps_its_level_and_finds_more_than_fisher_in_groups_of_12():
    keys = [(a, c) for a in range(13) for c in range(13)]
    by_boschloo = {key: estimate_boschloo(key[0], 12, key[1], 12).p_value <= 0.05 for key in keys}
    by_fisher = {key: estimate_fisher_exact(key[0], 12, key[1], 12).p_value <= 0.05 for key in keys}
    errors = [chance_of(by_boschloo, 12, rate, 12, rate) for rate in np.linspace(0.01, 0.99, 99)]
    assert 0.03 < max(errors) <= 0.05
    power, fishers = (chance_of(by, 12, 0.8, 12, 0.3) for by in (by_boschloo, by_fisher))
    assert power > fishers + 0.05


def test_the_profile_interval_of_firth_covers_as_often_as_it_says_or_more_among_42_with_few_failures():
    draw, held, separated, logs = np.random.default_rng(11), 0, 0, []
    for _ in range(250):
        muscle, age = draw.random(42) < 0.64, draw.normal(50, 15, 42)
        chance = 1 / (1 + np.exp(-(2.2 - 0.9 * muscle + 0.02 * (age - 50))))
        responded = draw.random(42) < chance
        fit = fit_firth(responded.tolist(), {"muscle": muscle.tolist(), "age": age.tolist()})
        ratio = fit.terms[0].odds_ratio
        # Where everybody responded any ratio fits.
        held += ratio.value is None or ratio.lower <= exp(-0.9) <= ratio.upper
        separated += fit.is_separated
        logs += [fit.terms[0].coefficient] if ratio.value is not None else []
    # The standard error of a coverage of 95 % in 250 draws is 1.4 %.
    assert held / 250 >= 0.93
    # In a fifth of the draws some sum of both tells the few who failed: the plain ratio would have no finite value.
    assert separated > 25
    assert np.mean(logs) == pytest.approx(-0.9, abs=0.2)


def test_the_corrected_proportion_is_held_at_least_as_often_as_it_says():
    draw, held = np.random.default_rng(2), 0
    for _ in range(150):
        seen = draw.binomial(42, 0.8 * 0.9 + 0.2 * 0.15)
        yes, no = draw.binomial(40, 0.9), draw.binomial(40, 0.85)
        told = estimate_true_proportion(int(seen), 42, said_yes=int(yes), truly_yes=40, said_no=int(no), truly_no=40)
        held += told.lower <= 0.8 <= told.upper
    assert held / 150 >= 0.95


def test_shrunken_proportions_lie_nearer_to_the_truth_than_raw_ones_and_their_intervals_hold_it():
    draw, held, raw, shrunken = np.random.default_rng(4), 0, 0.0, 0.0
    sizes = [3, 6, 9, 15, 9]
    for _ in range(24):
        rates = draw.beta(8, 2, 5)
        counts = draw.binomial(sizes, rates).tolist()
        found = derive_shrunken_proportions(counts, sizes)
        for rate, alone, together in zip(rates, found.raw, found.shrunken, strict=True):
            raw += (alone.value - rate) ** 2
            shrunken += (together.value - rate) ** 2
            held += together.lower <= rate <= together.upper
    assert shrunken < 0.75 * raw
    assert held / 120 >= 0.93


@pytest.mark.parametrize("shares", [[1 / 6] * 6, [0.4, 0.3, 0.1, 0.1, 0.05, 0.05], [0.7, 0.2, 0.1]])
@pytest.mark.parametrize(("n1", "n2"), [(7, 35), (15, 27)])
def test_groups_alike_lie_apart_by_chance_as_far_as_is_said(n1, n2, shares):
    draw, limit = np.random.default_rng(5), find_difference_by_chance(n1, n2, categories=len(shares))
    distances = [_distance(draw, n1, n2, shares) for _ in range(400)]
    # The standard error of 95 % in 400 draws is 1.1 %; in groups so small the share is 94 to 98 %.
    assert 0.915 <= np.mean(np.array(distances) <= limit) <= 0.995


def test_numbers_alike_lie_apart_by_chance_as_far_as_is_said():
    draw, limit = np.random.default_rng(7), find_difference_by_chance(7, 35)
    differences = [
        estimate_standardised_difference(draw.normal(size=7).tolist(), draw.normal(size=35).tolist()).value
        for _ in range(1000)
    ]
    assert np.mean(np.abs(differences) <= limit) == pytest.approx(0.95, abs=0.02)


def test_the_usual_interval_of_a_distance_holds_0_in_a_third_of_the_draws_so_that_none_is_given():
    draw = np.random.default_rng(5)
    distances = [_distance(draw, 15, 27, [1 / 6] * 6) for _ in range(400)]
    held = [distance <= 1.96 * sqrt(42 / (15 * 27) + distance**2 / (2 * 42)) for distance in distances]
    assert np.mean(held) == pytest.approx(0.34, abs=0.06)
    assert estimate_standardised_difference_of_categories([5, 5, 5], [9, 9, 9]).lower is None


def _distance(draw: np.random.Generator, n1: int, n2: int, shares: list[float]) -> float:
    first, second = (draw.multinomial(persons, shares).tolist() for persons in (n1, n2))
    return estimate_standardised_difference_of_categories(first, second).value


@pytest.mark.parametrize(("n1", "n2"), [(7, 35), (15, 27)])
def test_welch_finds_the_difference_that_is_said_to_be_detectable_in_four_of_five_studies(n1, n2):
    draw, difference = np.random.default_rng(6), find_detectable_mean_difference(n1, n2)
    found = 0
    for _ in range(1500):
        groups = draw.normal(difference, 1, n1).tolist(), draw.normal(0, 1, n2).tolist()
        found += estimate_welch_test(*groups).p_value <= 0.05
    # The standard error of 80 % in 1500 draws is 1.0 %; the degrees of freedom of a study are its own.
    assert found / 1500 == pytest.approx(0.8, abs=0.035)
