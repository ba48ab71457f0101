"""The slow and obvious version of Firth's regression and of the alternatives, written from their definitions."""

from __future__ import annotations

from math import comb, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize, minimize_scalar
from scipy.stats import beta, chi2, fisher_exact, multivariate_normal, norm, truncnorm

from refractory.statistics.association import estimate_boschloo, estimate_fisher_exact, find_boschloo_limit
from refractory.statistics.balance import estimate_standardised_difference_of_categories
from refractory.statistics.firth import fit_firth
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.regression_to_mean import (
    find_regression_to_mean,
    find_share_falling,
    find_share_falling_by_part,
)
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.shrinkage import derive_shrunken_proportions


@st.composite
def answers(draw):
    """A few persons with a yes or no and a small number each; not all of one answer, and no predictor fixed."""
    n = draw(st.integers(8, 20))
    draws = np.random.default_rng(draw(st.integers(0, 10_000)))
    responded = draws.permutation([1] * (k := draw(st.integers(1, n - 1))) + [0] * (n - k)).tolist()
    yes_or_no = draws.permutation([1] * (m := draw(st.integers(1, n - 1))) + [0] * (n - m)).tolist()
    score = draws.permutation(np.arange(n)).astype(float).tolist()
    return responded, {"yes": yes_or_no, "score": score}


def penalised(coefficients, responded, design) -> float:
    """Sum of the logarithms of each person's chance, and half of the logarithm of the determinant of X'WX."""
    total = 0.0
    information = np.zeros((design.shape[1], design.shape[1]))
    for answer, row in zip(responded, design, strict=True):
        chance = 1 / (1 + np.exp(-np.dot(row, coefficients)))
        chance = min(max(chance, 1e-15), 1 - 1e-15)
        total += log(chance) if answer else log(1 - chance)
        information += chance * (1 - chance) * np.outer(row, row)
    return total + np.linalg.slogdet(information)[1] / 2


def largest(responded, design, fixed, start):
    """The largest penalised likelihood with some coefficients held, by a search that knows no slopes."""
    free = [column for column in range(design.shape[1]) if column not in fixed]

    def against(values):
        whole = np.zeros(design.shape[1])
        whole[free] = values
        for column, value in fixed.items():
            whole[column] = value
        return -penalised(whole, responded, design)

    found = minimize(against, np.array(start)[free], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    found = minimize(against, found.x, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    return -found.fun


@settings(max_examples=15, deadline=None)
@given(answers())
def test_the_fit_is_the_top_of_the_penalised_likelihood_and_its_ends_lie_as_deep_below_it_as_they_say(drawn):
    responded, predictors = drawn
    design = np.column_stack([np.ones(len(responded)), *predictors.values()])
    fit = fit_firth(responded, predictors)
    at = [fit.intercept, *(term.coefficient for term in fit.terms)]
    top = largest(responded, design, {}, at)
    assert fit.log_likelihood == pytest.approx(top, abs=1e-8)
    assert penalised(at, responded, design) == pytest.approx(top, abs=1e-8)
    for column, term in enumerate(fit.terms, start=1):
        for end in (term.odds_ratio.lower, term.odds_ratio.upper):
            profile = largest(responded, design, {column: log(end)}, at)
            assert 2 * (top - profile) == pytest.approx(chi2.ppf(0.95, 1), abs=1e-5)
        null = largest(responded, design, {column: 0.0}, at)
        assert term.test.p_value == pytest.approx(chi2.sf(2 * (top - null), 1), abs=1e-5)
    null = largest(responded, design, {1: 0.0, 2: 0.0}, at)
    assert fit.test.p_value == pytest.approx(chi2.sf(2 * (top - null), 2), abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(answers())
def test_separation_is_what_a_linear_programme_finds(drawn):
    responded, predictors = drawn
    design = np.column_stack([np.ones(len(responded)), *predictors.values()])
    turned = design * np.where(np.array(responded) > 0, 1, -1)[:, None]
    # The sum that gains most over all persons, none of whom may lose, with every coefficient between -1 and 1.
    found = linprog(-turned.sum(axis=0), A_ub=-turned, b_ub=np.zeros(len(turned)), bounds=[(-1, 1)] * 3)
    assert fit_firth(responded, predictors).is_separated == (found.fun < -1e-9)


@st.composite
def two_groups(draw, most=25):
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def score_distance(r1, n1, r2, n2, difference) -> float:
    """The distance in standard errors, at the rates found by looking for the top of the likelihood."""

    def against(rate2):
        total = 0.0
        for responders, persons, rate in ((r1, n1, rate2 + difference), (r2, n2, rate2)):
            rate = min(max(rate, 1e-300), 1 - 1e-16)
            total += responders * log(rate) + (persons - responders) * log(1 - rate)
        return -total

    low, high = max(0.0, -difference), min(1.0, 1 - difference)
    tried = minimize_scalar(against, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    rate2 = min((low, high, float(tried.x)), key=against)
    rate1 = rate2 + difference
    n = n1 + n2
    variance = (rate1 * (1 - rate1) / n1 + rate2 * (1 - rate2) / n2) * n / (n - 1)
    return (r1 / n1 - r2 / n2 - difference) / sqrt(variance) if variance > 1e-12 else inf


@settings(max_examples=60, deadline=None)
@given(two_groups())
def test_each_end_of_the_score_interval_lies_as_many_standard_errors_away_as_the_level_says(groups):
    estimate = estimate_difference_by_score(*groups)
    for end in (estimate.lower, estimate.upper):
        if abs(end) < 1 - 1e-6:
            assert abs(score_distance(*groups, end)) == pytest.approx(norm.ppf(0.975), rel=2e-3)


def boschloo_by_hand(r1, n1, r2, n2) -> float:
    def fisher(a, c):
        return fisher_exact([[a, n1 - a], [c, n2 - c]])[1]

    observed = fisher(r1, r2)
    extreme = [(a, c) for a in range(n1 + 1) for c in range(n2 + 1) if fisher(a, c) <= observed * (1 + 1e-7)]
    return max(
        sum(comb(n1, a) * comb(n2, c) * p ** (a + c) * (1 - p) ** (n1 + n2 - a - c) for a, c in extreme)
        for p in np.linspace(0, 1, 1001)
    )


@settings(max_examples=15, deadline=None)
@given(two_groups(most=7))
def test_boschloo_is_the_largest_chance_of_a_table_that_fisher_finds_as_unlikely(groups):
    by_hand = boschloo_by_hand(*groups)
    assert estimate_boschloo(*groups).p_value == pytest.approx(by_hand, rel=2e-5)
    assert estimate_boschloo(*groups).p_value >= by_hand - 1e-12


@given(two_groups(most=40))
@settings(max_examples=60, deadline=None)
def test_boschloo_is_never_larger_than_fisher(groups):
    assert estimate_boschloo(*groups).p_value <= estimate_fisher_exact(*groups).p_value + 1e-9


@settings(max_examples=30, deadline=None)
@given(n1=st.integers(1, 12), n2=st.integers(1, 12), alpha=st.sampled_from([0.01, 0.05, 0.1]))
def test_boschloo_is_significant_where_fisher_lies_at_or_below_its_limit_and_nowhere_else(n1, n2, alpha):
    limit = find_boschloo_limit(n1, n2, alpha)
    assert limit >= alpha
    for r1 in range(n1 + 1):
        for r2 in range(n2 + 1):
            fisher, boschloo = (test(r1, n1, r2, n2).p_value for test in (estimate_fisher_exact, estimate_boschloo))
            assert (fisher <= limit * (1 + 1e-7)) is (boschloo <= alpha), (r1, r2)


@pytest.mark.parametrize(
    ("responders", "evaluable"),
    [([3, 6], [3, 6]), ([0, 4, 20], [2, 5, 31]), ([13, 22], [15, 27]), ([1, 9, 2, 3], [10] * 4)],
)
def test_shrunken_proportions_are_those_of_a_plain_sum_over_a_fine_grid(responders, evaluable):
    middles = (np.arange(300) + 0.5) / 300
    rate, pull = np.meshgrid(middles, middles)
    typical = len(evaluable) / sum(1 / n for n in evaluable)
    size = typical * pull / (1 - pull)
    likeness = 1 / (1 + size)
    # The beta-binomial chance of a count, person by person as balls from Polya's urn.
    chance = np.ones(rate.shape)
    for r, n in zip(responders, evaluable, strict=True):
        for k in range(r):
            chance *= (rate * size + k) / (size + k)
        for k in range(n - r):
            chance *= ((1 - rate) * size + k) / (size + r + k)
    chance /= chance.sum()
    found = derive_shrunken_proportions(responders, evaluable)
    for r, n, one in zip(responders, evaluable, found.shrunken, strict=True):
        assert one.value == pytest.approx((chance * (rate * size + r) / (size + n)).sum(), abs=2e-3)
        for end, share in ((one.lower, 0.025), (one.upper, 0.975)):
            a, b = rate * size + r, (1 - rate) * size + n - r
            if end == 1:
                # What lies nearer to 1 than can be told from it is more than is left over.
                assert (chance * beta.cdf(1 - 1e-9, a, b)).sum() < share
            else:
                assert (chance * beta.cdf(end, a, b)).sum() == pytest.approx(share, abs=2e-3)
    assert found.likeness.value == pytest.approx((chance * likeness).sum(), abs=2e-3)
    for end, share in ((found.likeness.lower, 0.025), (found.likeness.upper, 0.975)):
        assert chance[likeness <= end].sum() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    "counts", [(35, 42, 45, 50, 40, 50), (1, 40, 18, 20, 27, 30), (20, 42, 30, 30, 30, 30), (30, 42, 22, 28, 18, 24)]
)
def test_the_melded_interval_is_that_of_draws_from_the_three_confidence_distributions(counts):
    r, n, yes, of_yes, no, of_no = counts
    draw = np.random.default_rng(5)

    def drawn(count, persons, is_upper):
        a, b = (count + 1, persons - count) if is_upper else (count, persons - count + 1)
        return np.full(10**6, 0.0 if a == 0 else 1.0) if 0 in (a, b) else draw.beta(a, b, 10**6)

    def corrected(is_upper):
        p, se, sp = drawn(r, n, is_upper), drawn(yes, of_yes, not is_upper), drawn(no, of_no, is_upper)
        return np.clip((p + sp - 1) / (se + sp - 1), 0, 1)

    told = estimate_true_proportion(r, n, said_yes=yes, truly_yes=of_yes, said_no=no, truly_no=of_no)
    assert told.lower == pytest.approx(np.quantile(corrected(False), 0.025), abs=2e-3)
    assert told.upper == pytest.approx(np.quantile(corrected(True), 0.975), abs=2e-3)


@pytest.mark.parametrize("cutoff", [5, 18, 20, 31.5, 45])
@pytest.mark.parametrize(("reliability", "baselines"), [(0.85, 1), (0.5, 3), (0, 2), (1, 1)])
def test_the_fall_is_that_of_the_moments_of_a_truncated_normal_distribution(cutoff, reliability, baselines):
    mean, sd = 20, 8
    between, within = reliability * sd**2, (1 - reliability) * sd**2 / baselines
    spread = sqrt(between + within)
    chosen = truncnorm((cutoff - mean) / spread, np.inf, mean, spread)
    found = find_regression_to_mean(mean, sd, reliability=reliability, cutoff=cutoff, baselines=baselines)
    assert found.baseline == pytest.approx(chosen.mean(), rel=1e-9)
    assert found.fall == pytest.approx((chosen.mean() - mean) * within / spread**2, rel=1e-9, abs=1e-12)
    assert found.share_chosen == pytest.approx(norm.sf(cutoff, mean, spread), rel=1e-9)


@pytest.mark.parametrize("cutoff", [0, 18, 31.5])
@pytest.mark.parametrize("reliability", [0.2, 0.85])
def test_the_share_that_falls_is_a_corner_of_a_bivariate_normal_distribution(cutoff, reliability):
    mean, sd = 20, 8

    def corner(kept, lost):
        """Chance that the later score is at most `kept` of the baseline less `lost`, and the baseline reaches."""
        turn = np.array([[-1, 0], [-kept, 1]])
        covariance = turn @ (sd**2 * np.array([[1, reliability], [reliability, 1]])) @ turn.T
        both = multivariate_normal(turn @ [mean, mean], covariance).cdf([-cutoff, -lost])
        return both / norm.sf(cutoff, mean, sd)

    fallen = find_share_falling(mean, sd, reliability=reliability, cutoff=cutoff, fall=4)
    assert fallen == pytest.approx(corner(1, 4), abs=1e-5)
    by_part = find_share_falling_by_part(mean, sd, reliability=reliability, cutoff=cutoff, part=0.4)
    assert by_part == pytest.approx(corner(0.6, 0), abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=5), st.data())
def test_the_distance_of_categories_is_that_with_any_one_of_them_left_out(counts, data):
    first, second = (np.array(group) for group in zip(*counts, strict=True))
    left_out = data.draw(st.integers(0, len(counts) - 1))
    shares = [np.delete(group / group.sum(), left_out) for group in (first, second)]
    covariance = sum(np.diag(share) - np.outer(share, share) for share in shares) / 2
    difference = shares[0] - shares[1]
    by_hand = sqrt(difference @ np.linalg.solve(covariance, difference))
    estimate = estimate_standardised_difference_of_categories(first.tolist(), second.tolist())
    assert estimate.value == pytest.approx(by_hand, abs=1e-7)
