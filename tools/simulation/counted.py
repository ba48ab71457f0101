"""What can be counted out: every answer that so many persons can give, each with its probability."""

from __future__ import annotations

from itertools import product
from math import lgamma, log, prod

import numpy as np
from cells import GROUPS, RATES, Cell, binomial, counted, holds, poisson

from refractory.statistics.agreement import estimate_ac1, estimate_kappa
from refractory.statistics.association import (
    estimate_boschloo,
    estimate_fisher_exact,
    estimate_freeman_halton,
    estimate_odds_ratio,
)
from refractory.statistics.balance import estimate_standardised_difference_of_proportions
from refractory.statistics.paired_proportions import estimate_mcnemar, estimate_paired_difference
from refractory.statistics.power import find_detectable_difference, find_power
from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference
from refractory.statistics.rates import estimate_rate, estimate_rate_ratio
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.tipping_point import find_tipping_point
from refractory.statistics.variance_shares import estimate_main_effect, estimate_total_effect

# Three subgroups of unlike sizes.
SUBGROUPS = {20: (4, 6, 10), 42: (9, 12, 21), 100: (20, 30, 50)}


def run_proportions(n: int) -> list[Cell]:
    cells = []
    for name, method in PROPORTION_METHODS.items():
        told = [method(r, n) for r in range(n + 1)]

        def cover(rate: float, told: list = told) -> float:
            return sum(p for p, one in zip(binomial(n, rate), told, strict=True) if holds(one, rate))

        cells += [counted(name, "coverage", n, f"rate {rate}", 0.95, cover(rate)) for rate in RATES]
        worst = min((cover(k / 1000), k / 1000) for k in range(50, 951))
        cells.append(counted(name, "least coverage", n, f"rates 0.05 to 0.95, at {worst[1]}", 0.95, worst[0]))
    return cells


def pairs_of_rates() -> list[tuple[float, float]]:
    return [pair for rate in RATES for pair in ((rate, rate), (rate, rate - 0.3 if rate > 0.3 else rate + 0.3))]


def run_differences(n: int) -> list[Cell]:
    n1, n2 = GROUPS[n]
    grid = list(product(range(n1 + 1), range(n2 + 1)))
    cells = []
    for name, method in (
        ("Newcombe hybrid score", estimate_difference),
        ("Miettinen-Nurminen score", estimate_difference_by_score),
        ("exact odds ratio", estimate_odds_ratio),
        ("standardised difference of proportions", estimate_standardised_difference_of_proportions),
    ):
        told = {(a, c): method(a, n1, c, n2) for a, c in grid}
        for rate1, rate2 in pairs_of_rates():
            spread = ((rate1 * (1 - rate1) + rate2 * (1 - rate2)) / 2) ** 0.5
            truth = {
                "exact odds ratio": rate1 * (1 - rate2) / (1 - rate1) / rate2,
                "standardised difference of proportions": (rate1 - rate2) / spread,
            }.get(name, rate1 - rate2)
            first, second = binomial(n1, rate1), binomial(n2, rate2)
            cover = sum(first[a] * second[c] for a, c in grid if holds(told[a, c], truth))
            cells.append(counted(name, "coverage", n, f"{rate1} against {round(rate2, 2)}", 0.95, cover))
    return cells


def run_far_apart(n: int) -> list[Cell]:
    """Rates farther apart than those of the differences; beside the standardised difference, the plain one."""
    n1, n2 = GROUPS[n]
    grid = list(product(range(n1 + 1), range(n2 + 1)))
    cells = []
    for name, method in (
        ("Newcombe hybrid score", estimate_difference),
        ("standardised difference of proportions", estimate_standardised_difference_of_proportions),
    ):
        told = {(a, c): method(a, n1, c, n2) for a, c in grid}
        for rate1, rate2 in ((0.3, 0.7), (0.83, 0.38), (0.1, 0.83), (0.05, 0.95)):
            spread = ((rate1 * (1 - rate1) + rate2 * (1 - rate2)) / 2) ** 0.5
            apart = (rate1 - rate2) / spread
            truth = apart if method is estimate_standardised_difference_of_proportions else rate1 - rate2
            first, second = binomial(n1, rate1), binomial(n2, rate2)
            cover = sum(first[a] * second[c] for a, c in grid if holds(told[a, c], truth))
            setting = f"{rate1} against {rate2}, {abs(apart):.1f} standard deviations"
            cells.append(counted(name, "coverage", n, setting, 0.95, cover))
    return cells


def run_tests_of_two(n: int) -> list[Cell]:
    n1, n2 = GROUPS[n]
    grid = list(product(range(n1 + 1), range(n2 + 1)))
    cells = []
    for name, method in (("Fisher's exact test", estimate_fisher_exact), ("Boschloo's exact test", estimate_boschloo)):
        rejects = [(a, c) for a, c in grid if (method(a, n1, c, n2).p_value or 1.0) <= 0.05]
        for rate in RATES:
            first, second = binomial(n1, rate), binomial(n2, rate)
            found = sum(first[a] * second[c] for a, c in rejects)
            cells.append(counted(name, "type I error", n, f"rate {rate}", 0.05, found))
    return cells


def find_unlike_tables(n: int) -> set[tuple[int, ...]]:
    """Responders of three subgroups whose Freeman-Halton test has a P value of at most 0.05."""
    sizes = SUBGROUPS[n]
    p_values: dict[tuple[int, ...], float] = {}
    for counts in product(*(range(size + 1) for size in sizes)):
        others = tuple(size - r for r, size in zip(counts, sizes, strict=True))
        # Yes and no change places: the same table.
        if others not in p_values:
            p_values[counts] = estimate_freeman_halton(list(zip(counts, others, strict=True))).p_value or 1.0
    unlike = {counts for counts, p in p_values.items() if p <= 0.05}
    return unlike | {tuple(size - r for r, size in zip(counts, sizes, strict=True)) for counts in unlike}


def run_heterogeneity(n: int) -> list[Cell]:
    unlike, cells = find_unlike_tables(n), []
    for rate in RATES:
        chances = [binomial(size, rate) for size in SUBGROUPS[n]]
        found = sum(prod(of[r] for of, r in zip(chances, counts, strict=True)) for counts in unlike)
        cells.append(
            counted("heterogeneity of three subgroups (Freeman-Halton)", "type I error", n, f"rate {rate}", 0.05, found)
        )
    return cells


def run_paired_proportions(n: int) -> list[Cell]:
    """Two answers of the same persons, apart by chance and as alike as half of what their rates allow."""
    # Every table once; its interval and its test do not depend on the truth.
    tables = [
        (both, first, second, n - both - first - second)
        for both in range(n + 1)
        for first in range(n + 1 - both)
        for second in range(n + 1 - both - first)
    ]
    told = [estimate_paired_difference(*table) for table in tables]
    ends = np.array([(one.lower, one.upper) for one in told], dtype=float)
    p_values = {pair: estimate_mcnemar(*pair).p_value for pair in {table[1:3] for table in tables}}
    is_found = np.array([(p_values[table[1:3]] or 1.0) <= 0.05 for table in tables])
    counts = np.array(tables)
    logs = np.array([lgamma(k + 1) for k in range(n + 1)])
    ways = logs[n] - logs[counts].sum(axis=1)
    cells = []
    for rate1, rate2 in pairs_of_rates():
        for alike in (0.0, 0.5):
            both = rate1 * rate2 + alike * (min(rate1, rate2) - rate1 * rate2)
            chances = np.array([both, rate1 - both, rate2 - both, 1 - rate1 - rate2 + both])
            of_table = np.exp(ways + counts @ np.log(chances))
            is_held = (ends[:, 0] - 1e-12 <= rate1 - rate2) & (rate1 - rate2 <= ends[:, 1] + 1e-12)
            setting = f"{rate1} and {round(rate2, 2)}, {'alike' if alike else 'unrelated'}"
            cells.append(counted("Newcombe's paired interval", "coverage", n, setting, 0.95, float(of_table @ is_held)))
            if rate1 == rate2:
                found = float(of_table @ is_found)
                cells.append(counted("McNemar's exact test", "type I error", n, setting, 0.05, found))
    return cells


def run_agreement(n: int) -> list[Cell]:
    cells = []
    for rate in RATES:
        for kappa in (0.5, 0.8):
            both = rate**2 + kappa * rate * (1 - rate)
            chances = (both, rate - both, rate - both, 1 - 2 * rate + both)
            agree = chances[0] + chances[3]
            by_chance = 2 * rate * (1 - rate)
            truths = {"Cohen's kappa": kappa, "Gwet's AC1": (agree - by_chance) / (1 - by_chance)}
            for name, method in (("Cohen's kappa", estimate_kappa), ("Gwet's AC1", estimate_ac1)):
                held = without = bias = valued = 0.0
                for table, chance in all_tables(n, chances):
                    told = method(table)
                    held += chance * holds(told, truths[name])
                    without += chance * (told.lower is None)
                    if told.value is not None:
                        bias, valued = bias + chance * told.value, valued + chance
                setting = f"yes {rate}, kappa {kappa}"
                cells.append(counted(name, "coverage", n, setting, 0.95, (held - without) / (1 - without)))
                cells.append(counted(name, "no interval", n, setting, None, without))
                cells.append(counted(name, "bias", n, setting, 0.0, bias / valued - truths[name]))
    return cells


def all_tables(n: int, chances: tuple[float, ...]) -> list[tuple[list[list[int]], float]]:
    """Tables of two by two that are not beyond all chance; they carry all but a billionth of the probability."""
    tables = []
    logs = [log(max(chance, 1e-300)) for chance in chances]
    of_n = lgamma(n + 1)
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                counts = (a, b, c, n - a - b - c)
                weight = of_n + sum(k * p - lgamma(k + 1) for k, p in zip(counts, logs, strict=True))
                if weight > -32:
                    tables.append(([[a, b], [c, counts[3]]], 2.718281828459045**weight))
    return tables


def run_rates(n: int) -> list[Cell]:
    cells = []
    for rate in RATES:
        chances = poisson(n * rate)
        told = [estimate_rate(events, n) for events in range(len(chances))]
        cover = sum(p for p, one in zip(chances, told, strict=True) if holds(one, rate))
        cells.append(counted("Garwood's rate", "coverage", n, f"{rate} events a person", 0.95, cover))
        for ratio in (1, 3):
            first, second = poisson(n / 3 * rate * ratio), poisson(n * 2 / 3 * rate)
            held = rejected = 0.0
            for a, p in enumerate(first):
                for c, q in enumerate(second):
                    if p * q > 1e-9:
                        found = estimate_rate_ratio(a, n / 3, c, n * 2 / 3)
                        held += p * q * holds(found, ratio)
                        rejected += p * q * ((found.p_value if found.p_value is not None else 1.0) <= 0.05)
            setting = f"{rate} events a person, ratio {ratio}"
            cells.append(counted("exact rate ratio", "coverage", n, setting, 0.95, held))
            if ratio == 1:
                cells.append(counted("exact rate ratio", "type I error", n, setting, 0.05, rejected))
    return cells


def run_detectable(n: int) -> list[Cell]:
    n1, n2 = GROUPS[n]
    cells = []
    for rate in RATES:
        found = find_detectable_difference(n1, n2, rate)
        for side, other in (("below", found and found.below), ("above", found and found.above)):
            if other is not None:
                power = find_power(n1, rate, n2, other)
                nearer = find_power(n1, rate, n2, other + (0.01 if side == "below" else -0.01))
                setting = f"rate {rate}, {side}: {round(other, 3)}"
                cells.append(counted("detectable difference (Fisher)", "power", n, setting, 0.8, power))
                one_nearer = f"{setting}, one point nearer"
                cells.append(counted("detectable difference (Fisher)", "power nearer", n, one_nearer, None, nearer))
    return cells


def run_tipping(n: int) -> list[Cell]:
    """Deterministic: one failure fewer keeps the limit, the failures named do not; every count and share is asked."""
    kept = asked = 0
    lower = PROPORTION_METHODS["Clopper-Pearson"]
    for responders in range(n + 1):
        for missing in (0, 1, 5, 10):
            for benchmark in RATES:
                told = find_tipping_point(responders, n, missing, benchmark=benchmark)
                limits = [lower(responders + missing - k, n + missing).lower or 0.0 for k in range(missing + 1)]
                first = next((k for k, limit in enumerate(limits) if limit < benchmark), None)
                asked, kept = asked + 1, kept + (told.failures == first)
    return [counted("tipping point", "right answers", n, "all counts, 0 to 10 missing", 1.0, kept / asked)]


def run_variance_shares(n: int) -> list[Cell]:
    """Deterministic: shares of polynomials of three to five factors of two levels, which their squares tell exactly."""
    factors = {20: 3, 42: 4, 100: 5}[n]
    levels = list(product((-1, 1), repeat=factors))
    # With levels of -1 and 1 every product of factors has mean 0 and variance 1, and none goes with another.
    products = list(product((0, 1), repeat=factors))[1:]
    right = asked = 0
    for seed in range(50):
        weights = [(seed * 7 + place * 11) % 13 - 4 for place in range(len(products))]
        values = [
            sum(w * prod(x for x, is_in in zip(row, term, strict=True) if is_in)
                for w, term in zip(weights, products, strict=True))
            for row in levels
        ]  # fmt: skip
        whole = sum(weight**2 for weight in weights)
        for place in range(factors):
            with_it = [(w, term) for w, term in zip(weights, products, strict=True) if term[place]]
            main = sum(w**2 for w, term in with_it if sum(term) == 1) / whole
            total = sum(w**2 for w, _ in with_it) / whole
            told = (
                estimate_main_effect(values, [row[place] for row in levels]).value,
                estimate_total_effect(values, [row[:place] + row[place + 1 :] for row in levels]).value,
            )
            asked += 2
            right += sum(abs((one or 0.0) - truth) < 1e-9 for one, truth in zip(told, (main, total), strict=True))
    setting = f"{factors} dials of two levels, all interactions"
    return [counted("shares of the variance", "right answers", n, setting, 1.0, right / asked)]


BLOCKS = {
    "proportions": run_proportions,
    "differences": run_differences,
    "differences far apart": run_far_apart,
    "tests of two groups": run_tests_of_two,
    "heterogeneity": run_heterogeneity,
    "agreement": run_agreement,
    "rates": run_rates,
    "detectable": run_detectable,
    "tipping point": run_tipping,
    "paired proportions": run_paired_proportions,
    "shares of the variance": run_variance_shares,
}
