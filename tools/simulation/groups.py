"""Several groups at once: what their exact test could have found, and what sampling its tables adds."""

from __future__ import annotations

from functools import cache
from math import prod, sqrt

import numpy as np
from cells import RATES, Cell, binomial, counted, drawn_mean, drawn_share, turns
from counted import SUBGROUPS, find_unlike_tables

from refractory.statistics.association import SAMPLED_TABLES, estimate_freeman_halton
from refractory.statistics.power_of_groups import find_detectable_groups
from refractory.statistics.tables_of_counts import share_no_more_probable, share_sampled


def run_detectable_subgroups(n: int) -> list[Cell]:
    """The test is done on all tables here, and its power summed, by other code than the program's."""
    sizes, unlike = SUBGROUPS[n], find_unlike_tables(n)
    cells = []
    for rate in RATES:
        for found in find_detectable_groups(sizes, rate)[:: len(sizes) - 1]:
            for own in (found.below, found.above):
                if own is None:
                    continue
                rates = [own if place == found.place else rate for place in range(len(sizes))]
                chances = [binomial(size, of) for size, of in zip(sizes, rates, strict=True)]
                power = sum(prod(of[r] for of, r in zip(chances, table, strict=True)) for table in unlike)
                which = "smallest" if found.place == 0 else "largest"
                setting = f"rate {rate}, the {which} of three {'below' if own < rate else 'above'}"
                cells.append(counted("detectable subgroup (Freeman-Halton)", "power", n, setting, 0.8, power))
    return [*cells, *(_draw_many_tables() if n == 100 else [])]


def _draw_many_tables() -> list[Cell]:
    """Five groups of twenty have too many tables for the sum: the power is that of an approximation."""
    sizes, draw, cells = (20,) * 5, np.random.default_rng(1401), []

    @cache
    def is_unlike(counts: tuple[int, ...]) -> bool:
        return (estimate_freeman_halton([(r, 20 - r) for r in counts]).p_value or 1.0) <= 0.05

    for rate in RATES:
        found = find_detectable_groups(sizes, rate)[0]
        for own in (found.below, found.above):
            if own is not None:
                rates = [own, *[rate] * 4]
                # The order of the groups changes no P value.
                said = [is_unlike(tuple(sorted(draw.binomial(sizes, rates).tolist()))) for _ in turns(2500)]
                setting = f"rate {rate}, one of five {'below' if own < rate else 'above'}, approximated"
                cells.append(drawn_share("detectable subgroup (Freeman-Halton)", "power", 100, setting, 0.8, said))
    return cells


def run_sampled_tables(n: int) -> list[Cell]:
    """Tables of three groups and three answers, drawn without association; each sampled from ten seeds."""
    draw, errors = np.random.default_rng(1402 + n), []
    for _ in range(4):
        table = draw.multinomial(n, [1 / 9] * 9).reshape(3, 3).tolist()
        exact = share_no_more_probable(table)
        errors += [share_sampled(table, SAMPLED_TABLES, seed) - exact for seed in range(10)]
    setting = "3 x 3, no association"
    size = sqrt(sum(error**2 for error in errors) / len(errors))
    name = f"Freeman-Halton, {SAMPLED_TABLES:,} sampled tables"
    return [
        drawn_mean(name, "bias", n, setting, 0.0, errors),
        Cell(name, "error of sampling (root mean square)", n, setting, None, size),
        Cell(name, "largest error of sampling", n, setting, None, max(map(abs, errors))),
    ]


BLOCKS = {"detectable subgroups": run_detectable_subgroups, "sampled tables": run_sampled_tables}
