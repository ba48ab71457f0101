"""Exact models by listing all choices, power by drawing responses, and Rubin's rules by their definitions."""

from __future__ import annotations

from itertools import combinations
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from refractory.statistics.association import estimate_odds_ratio
from refractory.statistics.exact_logistic import fit_exact
from refractory.statistics.firth_model import FirthModel
from refractory.statistics.imputation import derive_completed_sets
from refractory.statistics.penalised_likelihood import fit_penalised
from refractory.statistics.power_of_models import find_detectable_odds_ratio


@st.composite
def small_studies(draw):
    n = draw(st.integers(4, 11))
    draws = np.random.default_rng(draw(st.integers(0, 100_000)))
    responded = draws.permutation([True] * (k := draw(st.integers(1, n - 1))) + [False] * (n - k)).tolist()
    columns = {"yes": draws.integers(0, 2, n), "dose": draws.integers(-2, 4, n), "group": draws.integers(0, 3, n)}
    return responded, {name: values.tolist() for name, values in columns.items()}


def list_choices(responded, columns, name):
    """Ways to each sum of a predictor over the responders, when all other sums are as they are."""
    ways: dict[int, int] = {}

    def sums(chosen):
        return {other: sum(values[place] for place in chosen) for other, values in columns.items()}

    own = sums([place for place, yes in enumerate(responded) if yes])
    for chosen in combinations(range(len(responded)), sum(responded)):
        found = sums(chosen)
        if all(found[other] == own[other] for other in columns if other != name):
            ways[found[name]] = ways.get(found[name], 0) + 1
    return ways, own[name]


def tail_of(ways, observed, way, coefficient):
    """Chance of the observed sum or one further up (way 1) or down (way -1) when each unit weighs so much."""
    weights = {value: count * exp(coefficient * (value - observed)) for value, count in ways.items()}
    return sum(weight for value, weight in weights.items() if way * (value - observed) >= 0) / sum(weights.values())


@settings(deadline=None, max_examples=60)
@given(study=small_studies(), level=st.sampled_from([0.8, 0.95]))
def test_an_exact_model_is_what_all_choices_listed_one_by_one_give(study, level):
    responded, columns = study
    for term in fit_exact(responded, columns, level=level):
        ways, observed = list_choices(responded, columns, term.name)
        if len(ways) < 2:
            assert term.odds_ratio.value is None
            continue
        assert term.test.p_value == pytest.approx(min(1, 2 * min(tail_of(ways, observed, way, 0.0) for way in (-1, 1))))
        ratio, left_over = term.odds_ratio, (1 - level) / 2
        assert (ratio.lower == 0) == (observed == min(ways))
        assert (ratio.upper == inf) == (observed == max(ways))
        if ratio.lower > 0:
            assert tail_of(ways, observed, 1, log(ratio.lower)) == pytest.approx(left_over, rel=1e-5)
        if ratio.upper < inf:
            assert tail_of(ways, observed, -1, log(ratio.upper)) == pytest.approx(left_over, rel=1e-5)
        assert ratio.lower < ratio.value < ratio.upper


@settings(deadline=None)
@given(n1=st.integers(1, 12), n2=st.integers(1, 12), draws=st.data())
def test_one_yes_or_no_has_the_exact_interval_of_a_table_of_two_groups(n1, n2, draws):
    r1, r2 = draws.draw(st.integers(0, n1)), draws.draw(st.integers(0, n2))
    responded = [True] * r1 + [False] * (n1 - r1) + [True] * r2 + [False] * (n2 - r2)
    (term,) = fit_exact(responded, {"first": [1] * n1 + [0] * n2})
    known = estimate_odds_ratio(r1, n1, r2, n2)
    if known.lower is None or r1 + r2 in (0, n1 + n2):
        assert term.odds_ratio.value is None
        return
    assert (term.odds_ratio.lower, term.odds_ratio.upper) == pytest.approx((known.lower, known.upper), rel=1e-6)
    if term.odds_ratio.lower > 0 and term.odds_ratio.upper < inf:
        assert term.odds_ratio.value == pytest.approx(known.value, rel=1e-6)


@pytest.mark.parametrize(("rate", "name"), [(35 / 42, "age"), (35 / 42, "skin"), (0.5, "age"), (0.5, "skin")])
def test_an_odds_ratio_called_detectable_is_found_in_about_four_of_five_drawn_studies(rate, name):
    draws = np.random.default_rng(21)
    age = draws.normal(size=42)
    columns = {"age": ((age - age.mean()) / age.std()).tolist(), "skin": [1.0] * 15 + [0.0] * 27}
    ratio = find_detectable_odds_ratio(columns, name, rate).below
    along = np.array(columns[name]) * log(ratio)
    intercept = brentq(lambda one: np.mean(1 / (1 + np.exp(-(along + one)))) - rate, -60, 60)
    chance = 1 / (1 + np.exp(-(along + intercept)))
    found = 0
    for _ in range(250):
        responded = draws.random(42) < chance
        if 0 < responded.sum() < 42:
            model = FirthModel.build(responded.tolist(), [columns[one] for one in columns])
            place = 1 + list(columns).index(name)
            full, without = (fit_penalised(model.responded, model.design, held) for held in ({}, {place: 0.0}))
            found += 2 * (full.log_likelihood - without.log_likelihood) > 3.8415
    # The approximation of the power, and a standard error of 2.5 %.
    assert found / 250 == pytest.approx(0.8, abs=0.09)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000), gaps=st.sets(st.integers(0, 29), max_size=9))
def test_what_is_known_never_changes_and_a_gap_is_filled_by_a_known_value(seed, gaps):
    draws = np.random.default_rng(seed)
    responded = [place % 3 > 0 for place in range(30)]
    score = draws.normal(size=30).tolist()
    group = draws.choice(["a", "b"], 30).tolist()
    numbers = {"score": [None if place in gaps else value for place, value in enumerate(score)]}
    groupings = {"group": [None if place + 1 in gaps else value for place, value in enumerate(group)]}
    for one in derive_completed_sets(responded, numbers, groupings, sets=2, seed=seed, rounds=2):
        for place in range(30):
            known = place not in gaps
            assert (one.numbers["score"][place] == score[place]) or not known
            assert one.numbers["score"][place] in [value for value in numbers["score"] if value is not None]
            assert one.groupings["group"][place] == group[place] or place + 1 in gaps
