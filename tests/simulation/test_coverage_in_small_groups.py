"""Does an interval for a handful of persons hold the truth as often as it says? Counted out, or drawn with a seed."""

from __future__ import annotations

from math import comb, exp

import numpy as np
import pytest

from refractory.statistics.association import estimate_boschloo, estimate_fisher_exact
from refractory.statistics.firth import fit_firth
from refractory.statistics.label_validity import estimate_true_proportion
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
