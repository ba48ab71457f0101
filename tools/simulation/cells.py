"""One row of the table: what was asked of a method, in which setting, and how often it kept its word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, exp, lgamma, log, sqrt

from refractory.statistics.estimate import Estimate

SIZES = (20, 42, 100)
# Draws made, as a share of those that a block asks for; with 1 two idle cores take some 15 minutes.
EFFORT = 0.35
RATES = (0.1, 0.5, 0.83, 0.95)
# The smaller group is as large a part of all as 15 of 42, skin alone in the published study.
GROUPS = {20: (7, 13), 42: (15, 27), 100: (36, 64)}


@dataclass(frozen=True)
class Cell:
    """What one method did in one setting.

    Args:
        method: As the report names it.
        quantity: "coverage", "type I error", "bias", "power" or what else was measured.
        n: Persons.
        setting: The truth that was supposed.
        wanted: What the method promises; None where it promises nothing.
        found: What it did.
        error: Monte Carlo standard error; None where every possible answer was counted out.
    """

    method: str
    quantity: str
    n: int
    setting: str
    wanted: float | None
    found: float
    error: float | None = None


def turns(draws: int) -> range:
    """As many turns as a block makes draws."""
    return range(max(1, round(draws * EFFORT)))


def holds(estimate: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth; no value and no interval leave out nothing, and are counted elsewhere."""
    if estimate.lower is None or estimate.upper is None:
        return True
    return estimate.lower - 1e-12 <= truth <= estimate.upper + 1e-12


def binomial(persons: int, rate: float) -> list[float]:
    return [comb(persons, k) * rate**k * (1 - rate) ** (persons - k) for k in range(persons + 1)]


def poisson(mean: float) -> list[float]:
    most = int(mean + 12 * sqrt(mean) + 12)
    return [exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(most + 1)]


def counted(method: str, quantity: str, n: int, setting: str, wanted: float | None, found: float) -> Cell:
    return Cell(method, quantity, n, setting, wanted, found)


def drawn_share(method: str, quantity: str, n: int, setting: str, wanted: float | None, held: Sequence[bool]) -> Cell:
    share = sum(held) / len(held)
    # With all or none the usual error would be 0: one more of each is added, as Agresti and Coull do.
    smoothed = (sum(held) + 1) / (len(held) + 2)
    return Cell(method, quantity, n, setting, wanted, share, sqrt(smoothed * (1 - smoothed) / len(held)))


def drawn_mean(method: str, quantity: str, n: int, setting: str, wanted: float | None, values: Iterable[float]) -> Cell:
    kept = list(values)
    mean = sum(kept) / len(kept)
    spread = sqrt(sum((value - mean) ** 2 for value in kept) / max(len(kept) - 1, 1))
    return Cell(method, quantity, n, setting, wanted, mean, spread / sqrt(len(kept)))


def share_without(method: str, n: int, setting: str, told: Sequence[Estimate]) -> list[Cell]:
    """A row for how often there was no interval, where that happened."""
    without = [one.lower is None for one in told]
    return [drawn_share(method, "no interval", n, setting, None, without)] if any(without) else []
