"""What is drawn: persons with a known truth, a seed for each block and size, and the error of the draws beside it."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from cells import GROUPS, RATES, Cell, drawn_mean, drawn_share, holds, share_without, turns

from refractory.statistics.balance import estimate_standardised_difference
from refractory.statistics.competing import derive_cumulative_incidence, estimate_incidence_by
from refractory.statistics.firth import fit_firth
from refractory.statistics.krippendorff import estimate_alpha_nominal
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.location import estimate_hodges_lehmann_shift, estimate_mann_whitney
from refractory.statistics.means import (
    estimate_mean_change,
    estimate_mean_difference,
    estimate_paired_t_test,
    estimate_welch_test,
)
from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg, adjust_by_holm
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.pooling import derive_pooled_proportion
from refractory.statistics.power import find_detectable_shift
from refractory.statistics.rates import estimate_dispersion, estimate_rate_between_persons
from refractory.statistics.regression_to_mean import (
    find_fall_of_these,
    find_regression_to_mean,
    find_share_falling,
)
from refractory.statistics.self_controlled import (
    WindowCounts,
    estimate_self_controlled_ratio,
    estimate_self_controlled_ratio_mid_p,
)
from refractory.statistics.shrinkage import derive_shrunken_proportions
from refractory.statistics.survival import estimate_probability_by

SHAPES = ("normal", "scores with ties", "skewed")


def draw_values(draw: np.random.Generator, shape: str, n: int, shift: float = 0.0) -> list[float]:
    """Values around a shift of standard deviation about 1; scores are whole numbers of standard deviation 2."""
    if shape == "skewed":
        return ((draw.exponential(1, n) - log(2)) + shift).tolist()
    if shape == "scores with ties":
        return (np.round(draw.normal(0, 2, n)) + shift).tolist()
    return draw.normal(shift, 1, n).tolist()


def is_found(p_value: float | None) -> bool:
    return p_value is not None and p_value <= 0.05


def run_two_samples(n: int) -> list[Cell]:
    n1, n2 = GROUPS[n]
    draw, cells = np.random.default_rng(101 + n), []
    draws = 3000 if n < 100 else 600
    for shape in SHAPES:
        pairs = [(draw_values(draw, shape, n1), draw_values(draw, shape, n2)) for _ in turns(draws)]
        ranks = [is_found(estimate_mann_whitney(*pair).p_value) for pair in pairs]
        cells.append(drawn_share("Mann-Whitney test", "type I error", n, shape, 0.05, ranks))
        shifts = [holds(estimate_hodges_lehmann_shift(*pair), 0.0) for pair in pairs]
        cells.append(drawn_share("Hodges-Lehmann shift", "coverage", n, shape, 0.95, shifts))
    for shape in SHAPES:
        wide = 1 if shape == "scores with ties" else 2
        pairs = [
            ((np.array(draw_values(draw, shape, n1)) * wide).tolist(), draw_values(draw, shape, n2))
            for _ in turns(4000)
        ]
        # The mean of the skewed values, less their median, is 1 - log 2.
        truth = (wide - 1) * (1 - log(2)) if shape == "skewed" else 0.0
        setting = f"{shape}, the smaller group {wide} times as wide"
        told = [holds(estimate_mean_difference(*pair), truth) for pair in pairs]
        cells.append(drawn_share("Welch's interval", "coverage", n, setting, 0.95, told))
        if truth == 0:
            found = [is_found(estimate_welch_test(*pair).p_value) for pair in pairs]
            cells.append(drawn_share("Welch's test", "type I error", n, setting, 0.05, found))
    for size in (0.0, 0.5):
        pairs = [(draw_values(draw, "normal", n1, size), draw_values(draw, "normal", n2)) for _ in turns(4000)]
        told = [holds(estimate_standardised_difference(*pair), size) for pair in pairs]
        cells.append(drawn_share("standardised difference", "coverage", n, f"difference {size}", 0.95, told))
        values = [(estimate_standardised_difference(*pair).value or 0.0) - size for pair in pairs]
        cells.append(drawn_mean("standardised difference", "bias", n, f"difference {size}", 0.0, values))
    shift = find_detectable_shift(n1, n2) or 0.0
    found = [
        is_found(estimate_mann_whitney(draw_values(draw, "normal", n1, shift), draw_values(draw, "normal", n2)).p_value)
        for _ in turns(draws)
    ]
    setting = f"shift {round(shift, 2)} standard deviations"
    return [*cells, drawn_share("detectable shift (Mann-Whitney)", "power", n, setting, 0.8, found)]


def run_paired(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(202 + n), []
    for shape in SHAPES:
        samples = [draw_values(draw, shape, n) for _ in turns({20: 3000, 42: 1500, 100: 300}[n])]
        if shape != "skewed":
            # The signed rank test asks for symmetry about the shift, which skewed values lack.
            found = [is_found(estimate_signed_rank(sample).p_value) for sample in samples]
            cells.append(drawn_share("Wilcoxon signed rank test", "type I error", n, shape, 0.05, found))
            told = [holds(estimate_paired_shift(sample), 0.0) for sample in samples]
            cells.append(drawn_share("paired Hodges-Lehmann shift", "coverage", n, shape, 0.95, told))
        more = [draw_values(draw, shape, n) for _ in turns(4000)]
        truth = 1 - log(2) if shape == "skewed" else 0.0
        told = [holds(estimate_mean_change(sample), truth) for sample in more]
        cells.append(drawn_share("Student's interval of a mean", "coverage", n, shape, 0.95, told))
        if truth == 0:
            found = [is_found(estimate_paired_t_test(sample).p_value) for sample in more]
            cells.append(drawn_share("paired t test", "type I error", n, shape, 0.05, found))
    return cells


def run_firth(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(303 + n), []
    for rate in RATES:
        for slope in (0.0, 1.0):
            held, found, values, separated, empty = [], [], [], [], []
            for _ in turns(400):
                treated, age = draw.random(n) < 0.4, draw.normal(0, 1, n)
                chance = 1 / (1 + np.exp(-(log(rate / (1 - rate)) + slope * (treated - 0.4))))
                answers = (draw.random(n) < chance).tolist()
                fit = fit_firth(answers, {"treated": treated.tolist(), "age": age.tolist()})
                term = fit.terms[0]
                empty.append(term.coefficient is None)
                if term.coefficient is not None:
                    held.append(holds(term.odds_ratio, exp(slope)))
                    found.append(is_found(term.test.p_value))
                    values.append(term.coefficient - slope)
                    separated.append(fit.is_separated)
            setting = f"rate {rate}, log odds ratio {slope}"
            cells.append(drawn_share("Firth, profile interval", "coverage", n, setting, 0.95, held))
            cells.append(drawn_mean("Firth, log odds ratio", "bias", n, setting, 0.0, values))
            if slope == 0:
                cells.append(drawn_share("Firth, likelihood ratio test", "type I error", n, setting, 0.05, found))
            cells.append(drawn_share("Firth", "separated", n, setting, None, separated))
            if any(empty):
                cells.append(drawn_share("Firth", "nothing to fit (all alike)", n, setting, None, empty))
    return cells


def run_times(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(404 + n), []
    for rate in RATES:
        at = -log(1 - rate)
        told, bias = [], []
        for _ in turns(3000):
            event, end = draw.exponential(1, n), draw.uniform(0, 3 * at + 0.5, n)
            one = estimate_probability_by(event[event <= end].tolist(), end[event > end].tolist(), time=at)
            told.append(one)
            bias += [one.value - rate] if one.value is not None else []
        with_interval = [one for one in told if one.lower is not None]
        setting = f"{rate} by then"
        held = [holds(one, rate) for one in with_interval]
        cells.append(drawn_share("Kaplan-Meier, log-log", "coverage", n, setting, 0.95, held))
        cells.append(drawn_mean("Kaplan-Meier", "bias", n, setting, 0.0, bias))
        cells += share_without("Kaplan-Meier, log-log", n, setting, told)
        told, bias = [], []
        most = rate + (1 - rate) / 3
        for _ in turns(3000):
            event, end = draw.exponential(1, n), draw.uniform(0, 6, n)
            first, is_event = event <= end, draw.random(n) < most
            curve = derive_cumulative_incidence(
                event[first & is_event].tolist(), event[first & ~is_event].tolist(), end[~first].tolist()
            )
            one = estimate_incidence_by(curve, time=-log(1 - rate / most))
            told.append(one)
            bias += [one.value - rate] if one.value is not None else []
        with_interval = [one for one in told if one.lower is not None]
        held = [holds(one, rate) for one in with_interval]
        cells.append(drawn_share("Aalen-Johansen, log-log", "coverage", n, setting, 0.95, held))
        cells.append(drawn_mean("Aalen-Johansen", "bias", n, setting, 0.0, bias))
        cells += share_without("Aalen-Johansen, log-log", n, setting, told)
    return cells


def run_alpha(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(505 + n), []
    for rate in RATES:
        values = []
        for _ in turns(3000):
            truth = draw.random(n) < rate
            rated = [np.where(draw.random(n) < 0.8, truth, draw.random(n) < rate) for _ in range(3)]
            told = estimate_alpha_nominal(np.array(rated).T.astype(float).tolist())
            values += [told.value - 0.64] if told.value is not None else []
        cells.append(drawn_mean("Krippendorff's alpha", "bias", n, f"yes {rate}, alpha 0.64", 0.0, values))
    return cells


def run_persons_with_events(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(606 + n), []
    for rate in RATES:
        for shape in ("alike", "unlike"):
            told, found = [], []
            for _ in turns(4000):
                own = rate * (draw.gamma(1, 1, n) if shape == "unlike" else np.ones(n))
                times = draw.uniform(1, 3, n)
                events = draw.poisson(own * times).tolist()
                told.append(estimate_rate_between_persons(events, times.tolist()))
                found.append(is_found(estimate_dispersion(events, times.tolist()).p_value))
            setting = f"{rate} a unit of time, persons {shape}"
            with_interval = [holds(one, rate) for one in told if one.lower is not None]
            cells.append(drawn_share("rate between persons", "coverage", n, setting, 0.95, with_interval))
            cells += share_without("rate between persons", n, setting, told)
            if shape == "alike":
                cells.append(drawn_share("dispersion test", "type I error", n, setting, 0.05, found))
    return cells


def run_self_controlled(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(707 + n), []
    for rate in RATES:
        for ratio in (1, 3):
            exact, middle, found = [], [], []
            for _ in turns(400):
                days = [(int(draw.integers(7, 29)), int(draw.integers(60, 301))) for _ in range(n)]
                # Each person has a rate of their own, which must not matter.
                own = rate / 200 * draw.gamma(1, 1, n)
                persons = [
                    WindowCounts(int(draw.poisson(o * ratio * risk)), risk, int(draw.poisson(o * rest)), rest)
                    for o, (risk, rest) in zip(own, days, strict=True)
                ]
                told = estimate_self_controlled_ratio(persons)
                exact.append(holds(told, ratio))
                middle.append(holds(estimate_self_controlled_ratio_mid_p(persons), ratio))
                found.append(is_found(told.p_value))
            setting = f"{rate} events in 200 days, ratio {ratio}"
            cells.append(drawn_share("self-controlled ratio, exact", "coverage", n, setting, 0.95, exact))
            cells.append(drawn_share("self-controlled ratio, mid-P", "coverage", n, setting, 0.95, middle))
            if ratio == 1:
                cells.append(drawn_share("self-controlled ratio, exact", "type I error", n, setting, 0.05, found))
    return cells


def run_label(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(808 + n), []
    for rate in RATES:
        held, values = [], []
        for _ in turns(400):
            seen = int(draw.binomial(n, rate * 0.9 + (1 - rate) * 0.15))
            yes, no = int(draw.binomial(40, 0.9)), int(draw.binomial(40, 0.85))
            told = estimate_true_proportion(seen, n, said_yes=yes, truly_yes=40, said_no=no, truly_no=40)
            held.append(holds(told, rate))
            values += [told.value - rate] if told.value is not None else []
        setting = f"rate {rate}; 0.9 and 0.85 known from 40 and 40"
        cells.append(drawn_share("corrected for its label, melded", "coverage", n, setting, 0.95, held))
        cells.append(drawn_mean("corrected for its label (Rogan-Gladen)", "bias", n, setting, 0.0, values))
    return cells


def run_subgroups(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(909 + n), []
    sizes = {20: [2, 3, 6, 9], 42: [3, 6, 9, 15, 9], 100: [5, 10, 20, 25, 40]}[n]
    for rate in RATES:
        for alike in (True, False):
            held, far, near, alone = [], [], [], []
            for _ in turns(60):
                weight = 10
                rates = (
                    np.full(len(sizes), rate) if alike else draw.beta(rate * weight, (1 - rate) * weight, len(sizes))
                )
                told = derive_shrunken_proportions(draw.binomial(sizes, rates).tolist(), sizes)
                for truth, raw, shrunken in zip(rates, told.raw, told.shrunken, strict=True):
                    held.append(holds(shrunken, truth))
                    alone.append(holds(raw, truth))
                    far.append(((raw.value or 0.0) - truth) ** 2)
                    near.append(((shrunken.value or 0.0) - truth) ** 2)
            setting = f"rate {rate}, subgroups {'alike' if alike else 'unlike'}"
            cells.append(drawn_share("shrunken subgroup", "coverage", n, setting, 0.95, held))
            cells.append(drawn_share("raw subgroup (Clopper-Pearson)", "coverage", n, setting, 0.95, alone))
            ratio = sqrt(sum(near) / max(sum(far), 1e-12))
            cells.append(Cell("shrunken subgroup", "error as a share of the raw one's", n, setting, None, ratio, None))
    return cells


def run_sites(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1212 + n), []
    persons = {20: [4, 6, 10], 42: [4, 6, 8, 10, 14], 100: [4, 5, 6, 8, 10, 10, 12, 13, 14, 18]}[n]
    for rate in RATES:
        for spread in (0.0, 0.5, 1.0):
            held, values, said, foretold = [], [], [], []
            for _ in turns(80):
                own = log(rate / (1 - rate)) + draw.normal(0, spread, len(persons) + 1)
                chances = 1 / (1 + np.exp(-own))
                told = derive_pooled_proportion(draw.binomial(persons, chances[:-1]).tolist(), persons)
                held.append(holds(told.pooled, rate))
                values.append((told.pooled.value or 0.0) - rate)
                said.append(is_found(told.test.p_value))
                if told.further.lower is not None:
                    foretold.append(holds(told.further, float(chances[-1])))
            setting = f"{len(persons)} sites, typical rate {rate}, spread {spread}"
            cells.append(drawn_share("pooled proportion", "coverage", n, setting, 0.95, held))
            cells.append(drawn_mean("pooled proportion", "bias", n, setting, 0.0, values))
            cells.append(drawn_share("a further site", "coverage", n, setting, 0.95, foretold))
            if spread == 0:
                cells.append(drawn_share("test that sites do not differ", "type I error", n, setting, 0.05, said))
    return cells


def run_regression_to_mean(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1010 + n), []
    for reliability in (0.5, 0.8, 0.95):
        expected = find_regression_to_mean(20, 10, reliability=reliability, cutoff=20).fall
        by_chance = find_share_falling(20, 10, reliability=reliability, cutoff=20, fall=4)
        falls, of_these, shares = [], [], []
        for _ in turns(3000):
            level = draw.normal(20, 10 * sqrt(reliability), 4 * n)
            first, later = (level + draw.normal(0, 10 * sqrt(1 - reliability), 4 * n) for _ in range(2))
            chosen = np.flatnonzero(first >= 20)[:n]
            fall = float(np.mean(first[chosen] - later[chosen]))
            falls.append(expected - fall)
            of_these.append(find_fall_of_these(first[chosen].tolist(), mean=20, reliability=reliability) - fall)
            shares.append(by_chance - float(np.mean(first[chosen] - later[chosen] >= 4)))
        for name, values in (("expected fall", falls), ("expected fall of these", of_these), ("share falling", shares)):
            setting = f"reliability {reliability}, 20 of mean 20 and SD 10 reached"
            cells.append(drawn_mean(f"regression to the mean, {name}", "bias", n, setting, 0.0, values))
    return cells


def run_families(n: int) -> list[Cell]:
    """Families of five Mann-Whitney-like normal tests, alone and moving together; n has no part in it."""
    draw, cells = np.random.default_rng(1111 + n), []
    for together in (0.0, 0.6):
        for true in (0, 3):
            any_false, shares = [], []
            for _ in turns(6000):
                z = sqrt(together) * draw.normal() + sqrt(1 - together) * draw.normal(0, 1, 5)
                z[:true] += 2.5
                p = [float(v) for v in 2 * (1 - np.vectorize(_phi)(np.abs(z)))]
                holm, bh = adjust_by_holm(p), adjust_by_benjamini_hochberg(p)
                any_false.append(any(is_found(one) for one in holm[true:]))
                said = sum(is_found(one) for one in bh)
                shares.append(sum(is_found(one) for one in bh[true:]) / said if said else 0.0)
            setting = f"5 tests, {true} true, correlation {together}"
            cells.append(drawn_share("Holm", "any false finding", n, setting, 0.05, any_false))
            cells.append(drawn_mean("Benjamini-Hochberg", "share of false findings", n, setting, 0.05, shares))
    return cells


def _phi(z: float) -> float:
    from statistics import NormalDist

    return NormalDist().cdf(z)


BLOCKS = {
    "two samples": run_two_samples,
    "paired": run_paired,
    "Firth": run_firth,
    "times": run_times,
    "alpha": run_alpha,
    "persons with events": run_persons_with_events,
    "self-controlled": run_self_controlled,
    "label": run_label,
    "subgroups": run_subgroups,
    "sites": run_sites,
    "regression to the mean": run_regression_to_mean,
    "families": run_families,
}
