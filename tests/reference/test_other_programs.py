"""Every estimate computed a second time by scipy and statsmodels, which the program itself does without."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from scipy.special import betainc
from scipy.stats.contingency import odds_ratio
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from refractory.statistics.association import estimate_fisher_exact, estimate_odds_ratio
from refractory.statistics.distributions import beta_probability
from refractory.statistics.location import (
    estimate_hodges_lehmann_shift,
    estimate_mann_whitney,
    estimate_mean,
    estimate_median,
)
from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg, adjust_by_holm
from refractory.statistics.paired import estimate_signed_rank
from refractory.statistics.proportions import (
    estimate_difference,
    estimate_proportion,
    estimate_proportion_jeffreys,
    estimate_proportion_mid_p,
    estimate_proportion_wilson,
)
from refractory.statistics.survival import derive_survival, estimate_median_time

COUNTS = [(0, 1), (1, 1), (0, 42), (1, 42), (13, 15), (22, 27), (35, 42), (42, 42), (81, 263), (999, 5000)]
HUGE = [(1, 1_000_000), (123_456, 1_000_000), (999_999, 1_000_000)]
GROUPS = [
    (13, 15, 22, 27),
    (56, 70, 48, 80),
    (0, 10, 0, 20),
    (10, 10, 0, 10),
    (1, 2, 900, 1000),
    (300, 5000, 260, 4000),
]


@pytest.mark.parametrize(("responders", "persons"), COUNTS + HUGE)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_clopper_pearson_is_that_of_statsmodels(responders, persons, level):
    known = proportion_confint(responders, persons, alpha=1 - level, method="beta")
    unknown = estimate_proportion(responders, persons, level)
    assert (unknown.lower, unknown.upper) == pytest.approx(known, rel=1e-8)


@pytest.mark.parametrize(("responders", "persons"), COUNTS + HUGE)
def test_wilson_is_that_of_statsmodels(responders, persons):
    known = proportion_confint(responders, persons, method="wilson")
    unknown = estimate_proportion_wilson(responders, persons)
    assert (unknown.lower, unknown.upper) == pytest.approx(known, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("responders", "persons"), [(r, n) for r, n in COUNTS + HUGE if 0 < r < n])
def test_jeffreys_is_that_of_statsmodels_where_somebody_and_not_everybody_responded(responders, persons):
    known = proportion_confint(responders, persons, method="jeffreys")
    unknown = estimate_proportion_jeffreys(responders, persons)
    assert (unknown.lower, unknown.upper) == pytest.approx(known, rel=1e-8)


@pytest.mark.parametrize(("responders", "persons"), [(r, n) for r, n in COUNTS if 0 < r < n])
def test_at_the_ends_of_mid_p_the_mid_p_value_of_scipys_binomial_is_the_tail(responders, persons):
    def beyond(rate: float) -> float:
        return stats.binom.sf(responders, persons, rate) + stats.binom.pmf(responders, persons, rate) / 2

    unknown = estimate_proportion_mid_p(responders, persons)
    assert unknown.lower == pytest.approx(brentq(lambda rate: beyond(rate) - 0.025, 0, 1, xtol=1e-14), rel=1e-8)
    assert unknown.upper == pytest.approx(brentq(lambda rate: beyond(rate) - 0.975, 0, 1, xtol=1e-14), rel=1e-8)


@pytest.mark.parametrize("counts", GROUPS)
def test_the_difference_is_that_of_statsmodels(counts):
    known = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    unknown = estimate_difference(*counts)
    assert (unknown.lower, unknown.upper) == pytest.approx(known, abs=1e-12)


@pytest.mark.parametrize("counts", [*GROUPS, (0, 5, 5, 5), (60_000, 100_000, 59_500, 100_000)])
def test_fisher_is_that_of_scipy(counts):
    r1, n1, r2, n2 = counts
    known = stats.fisher_exact([[r1, n1 - r1], [r2, n2 - r2]]).pvalue
    assert estimate_fisher_exact(*counts).p_value == pytest.approx(known, rel=1e-8)


@pytest.mark.parametrize("counts", [(13, 15, 22, 27), (56, 70, 48, 80), (2, 17, 10, 13), (10, 10, 3, 10), (0, 5, 4, 9)])
def test_the_odds_ratio_and_its_exact_interval_are_those_of_scipy(counts):
    r1, n1, r2, n2 = counts
    known = odds_ratio([[r1, n1 - r1], [r2, n2 - r2]], kind="conditional")
    interval = known.confidence_interval(0.95)
    unknown = estimate_odds_ratio(*counts)
    assert unknown.value == pytest.approx(known.statistic, rel=1e-6)
    assert (unknown.lower, unknown.upper) == pytest.approx((interval.low, interval.high), rel=1e-6)


@pytest.mark.parametrize("sizes", [(1, 3), (5, 9), (15, 27), (50, 50)])
def test_mann_whitney_without_ties_is_the_exact_one_of_scipy(sizes):
    draw = random.Random(sum(sizes))
    first, second = ([draw.gauss(shift, 1) for _ in range(size)] for shift, size in zip((0, 0.5), sizes, strict=True))
    known = stats.mannwhitneyu(first, second, method="exact").pvalue
    assert estimate_mann_whitney(first, second).p_value == pytest.approx(known, rel=1e-9)


@pytest.mark.parametrize("sizes", [(50, 51), (20, 300), (400, 500)])
def test_mann_whitney_above_a_hundred_persons_is_the_approximation_of_scipy_ties_included(sizes):
    draw = random.Random(sum(sizes))
    first, second = ([draw.randint(low, 12) for _ in range(size)] for low, size in zip((0, 1), sizes, strict=True))
    known = stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=True).pvalue
    unknown = estimate_mann_whitney(first, second)
    assert unknown.method == "Mann-Whitney test, normal approximation with correction for ties and continuity"
    assert unknown.p_value == pytest.approx(known, rel=1e-9)


@pytest.mark.parametrize("sizes", [(50, 50), (50, 51), (11, 90)])
def test_where_the_approximation_begins_it_is_within_two_thousandths_of_scipys_exact_p_value(sizes):
    n1, n2 = sizes
    for lead in range(0, n1 * n2 // 2, n1):
        # The first group holds the highest ranks, but for one member that stands below `lead` of the others.
        first = (
            [n2 + place for place in range(n1 - 1 - lead // n2)]
            + [lead % n2 - 0.5]
            + [-1.0 - k for k in range(lead // n2)]
        )
        unknown = estimate_mann_whitney(first, range(n2)).p_value
        known = stats.mannwhitneyu(first, range(n2), method="exact").pvalue
        if known < 0.1:
            assert unknown == pytest.approx(known, abs=2e-3)


@pytest.mark.parametrize("sizes", [(4, 5), (15, 27), (60, 60), (300, 200)])
def test_the_ends_of_the_shift_are_where_scipys_test_begins_to_reject(sizes):
    draw = random.Random(sum(sizes))
    first, second = ([draw.gauss(shift, 1) for _ in range(size)] for shift, size in zip((1, 0), sizes, strict=True))
    unknown = estimate_hodges_lehmann_shift(first, second)
    method = "exact" if sum(sizes) <= 100 else "asymptotic"

    def p_value(shift: float) -> float:
        return float(stats.mannwhitneyu(np.subtract(first, shift), second, method=method).pvalue)

    for end, outwards in ((unknown.lower, -1e-9), (unknown.upper, 1e-9)):
        assert p_value(end + outwards) <= 0.05 < p_value(end - outwards)


def test_mean_sd_median_and_quartiles_are_those_of_numpy():
    draw = random.Random(1)
    values = [draw.lognormvariate(5.788, 1.201) for _ in range(42)]
    mean, median = estimate_mean(values), estimate_median(values)
    assert (mean.value, mean.sd) == pytest.approx((np.mean(values), np.std(values, ddof=1)), rel=1e-12)
    assert (median.lower, median.value, median.upper) == pytest.approx(
        np.quantile(values, [0.25, 0.5, 0.75]), rel=1e-12
    )


def test_adjusted_p_values_are_those_of_statsmodels():
    draw = random.Random(2)
    p_values = [draw.random() ** 3 for _ in range(15)] + [0.02, 0.02, 1.0, 0.0]
    assert adjust_by_holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], rel=1e-12)
    known = multipletests(p_values, method="fdr_bh")[1]
    assert adjust_by_benjamini_hochberg(p_values) == pytest.approx(known, rel=1e-12)


@pytest.mark.parametrize("shape", [(0.5, 0.5), (1, 1), (2, 300), (35, 8), (0.5, 42.5), (2_000, 3_000)])
def test_the_incomplete_beta_function_is_that_of_scipy(shape):
    for x in (0, 1e-12, 1e-3, 0.1, 0.399, 0.4, 0.401, 0.5, 0.9, 1 - 1e-9, 1):
        # Below the smallest probability that an interval asks for, only the exponent has to be right.
        assert beta_probability(x, *shape) == pytest.approx(float(betainc(*shape, x)), rel=1e-9, abs=1e-250)


@pytest.mark.parametrize("seed", range(12))
def test_survival_and_its_median_are_those_of_statsmodels(seed):
    rng = random.Random(seed)
    events = [float(rng.randint(1, 30)) for _ in range(rng.randint(2, 40))]
    censored = [float(rng.randint(1, 30)) for _ in range(rng.randint(1, 40))]
    known = SurvfuncRight(np.array(events + censored), np.array([1] * len(events) + [0] * len(censored)))
    steps = derive_survival(events, censored)
    assert [step.time for step in steps] == list(known.surv_times)
    assert [step.survival for step in steps] == pytest.approx(list(known.surv_prob))
    for step, error in zip(steps, known.surv_prob_se, strict=True):
        if step.survival > 0:
            spread = stats.norm.ppf(0.975) * error / (step.survival * np.log(step.survival))
            limits = sorted(step.survival ** np.exp(sign * spread) for sign in (-1, 1))
            assert [step.lower, step.upper] == pytest.approx(limits)
    unknown = estimate_median_time(events, censored)
    median = known.quantile(0.5)
    assert unknown.value == (None if np.isnan(median) or np.isinf(median) else median)
    if steps[-1].survival > 0:
        assert (unknown.lower, unknown.upper) == known.quantile_ci(0.5, method="cloglog")


@pytest.mark.parametrize("seed", range(6))
def test_the_signed_rank_test_is_that_of_scipy(seed):
    rng = random.Random(seed)
    untied = [rng.gauss(0.3, 1) for _ in range(rng.randint(2, 50))]
    assert estimate_signed_rank(untied).p_value == pytest.approx(stats.wilcoxon(untied, method="exact").pvalue)
    tied = [float(rng.randint(-9, 12) or 1) for _ in range(400)]
    known = stats.wilcoxon(tied, method="approx", correction=True).pvalue
    assert estimate_signed_rank(tied).p_value == pytest.approx(known)
