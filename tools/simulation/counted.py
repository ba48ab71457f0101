"""What can be counted out: every answer that so many persons can give, each with its probability."""

from __future__ import annotations

from itertools import product
from math import prod

from cells import GROUPS, RATES, Cell, binomial, counted, holds, poisson

from refractory.statistics.agreement import estimate_ac1, estimate_kappa
from refractory.statistics.association import (
    estimate_boschloo,
    estimate_fisher_exact,
    estimate_freeman_halton,
    estimate_odds_ratio,
)
from refractory.statistics.balance import estimate_standardised_difference_of_proportions
from refractory.statistics.power import find_detectable_difference, find_power
from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference
from refractory.statistics.rates import estimate_rate, estimate_rate_ratio
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.tipping_point import find_tipping_point


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


def run_heterogeneity(n: int) -> list[Cell]:
    sizes = {20: (4, 6, 10), 42: (9, 12, 21), 100: (20, 30, 50)}[n]
    p_values: dict[tuple[int, ...], float] = {}
    for counts in product(*(range(size + 1) for size in sizes)):
        others = tuple(size - r for r, size in zip(counts, sizes, strict=True))
        # Yes and no change places: the same table.
        if others not in p_values:
            p_values[counts] = estimate_freeman_halton(list(zip(counts, others, strict=True))).p_value or 1.0
    rejects = {counts for counts, p in p_values.items() if p <= 0.05}
    rejects |= {tuple(size - r for r, size in zip(counts, sizes, strict=True)) for counts in rejects}
    cells = []
    for rate in RATES:
        chances = [binomial(size, rate) for size in sizes]
        found = sum(prod(of[r] for of, r in zip(chances, counts, strict=True)) for counts in rejects)
        cells.append(
            counted("heterogeneity of three subgroups (Freeman-Halton)", "type I error", n, f"rate {rate}", 0.05, found)
        )
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
    from math import lgamma, log

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


BLOCKS = {
    "proportions": run_proportions,
    "differences": run_differences,
    "tests of two groups": run_tests_of_two,
    "heterogeneity": run_heterogeneity,
    "agreement": run_agreement,
    "rates": run_rates,
    "detectable": run_detectable,
    "tipping point": run_tipping,
}
