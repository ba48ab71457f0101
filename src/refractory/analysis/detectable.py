"""What a comparison could have found: the smallest effect that it had an 80 % chance to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.methods import find_detectable_rates
from refractory.analysis.plan import AnalysisDefinition
from refractory.numbers import format_number
from refractory.statistics.association import find_boschloo_limit
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.power import find_detectable_mean_difference, find_detectable_shift
from refractory.statistics.power_of_groups import APPROXIMATE, find_detectable_groups, find_effect_size

POWER = 0.8
NONE = "none"
ROUGH = "The chance is approximated: in the simulation it was 66 to 91 %, not 80 %."
NOTHING_FOUND = "No effect, however large, had that chance."


@dataclass(frozen=True)
class Detectable:
    """The smallest effect that a test had an 80 % chance to find, taken by itself.

    Args:
        words: As a table prints it ("83 v 38 %"); "none" where no effect had that chance.
        estimate: The same as a number: a difference of two rates, a shift in standard deviations, or an odds ratio; no
            value, and the reason in `note`, where there is none.
    """

    words: str
    estimate: Estimate


def find_least_difference(n1: int, n2: int, rate: float, analysis: AnalysisDefinition) -> Detectable:
    """Find which rate of one of two groups the test had a good chance to tell from that of the other.

    Args:
        n1: Persons of a group; the larger group responds at `rate`.
        n2: Persons of the other.
        rate: The rate that both would have in common.
        analysis: What the protocol chose.
    """
    persons, larger, smaller = n1 + n2, max(n1, n2), min(n1, n2)
    rates = find_detectable_rates(larger, smaller, rate, analysis) if smaller else []
    method = analysis.words.association
    if not rates:
        return _nothing(EstimateKind.DIFFERENCE, persons, method)
    nearest = min(abs(one - rate) for one in rates)
    # The smaller group decides whether the number may be shared, as in every difference.
    estimate = Estimate(EstimateKind.DIFFERENCE, nearest, persons, _with_power(method), denominator=smaller)
    return Detectable(" or ".join(_print_pair(rate, one) for one in rates), estimate)


def find_least_against(
    persons: int, others: int, rate: float, analysis: AnalysisDefinition, *, upwards: bool
) -> Detectable:
    """Find which rate of the persons of a study the test had a good chance to tell from that of others.

    Args:
        persons: Persons of the study.
        others: The others.
        rate: Their rate.
        analysis: What the protocol chose.
        upwards: Only a higher rate of the study is of use, as of a benefit; else only a lower one.
    """
    method = analysis.words.association
    rates = find_detectable_rates(others, persons, rate, analysis) if persons and others else []
    wanted = [one for one in rates if (one > rate) == upwards]
    if not wanted:
        return _nothing(EstimateKind.DIFFERENCE, persons + others, method)
    difference, smaller = wanted[0] - rate, min(persons, others)
    estimate = Estimate(EstimateKind.DIFFERENCE, difference, persons + others, _with_power(method), denominator=smaller)
    return Detectable(_print_pair(wanted[0], rate), estimate)


def say_least_difference(least: Detectable, analysis: AnalysisDefinition) -> str:
    """Say what a comparison of two groups could have found, for the place where its P value stands.

    Example:
        >>> analysis = AnalysisDefinition()
        >>> say_least_difference(find_least_difference(21, 21, 35 / 42, analysis), analysis)
        "Fisher's exact test had an 80 % chance of P < 0.05 only from a difference of 83 v 38 % on."
    """
    test, limit = analysis.words.association, f"{analysis.significance:g}"
    if least.words == NONE:
        return f"{test} had no 80 % chance of P < {limit}, whatever the difference."
    return f"{test} had an 80 % chance of P < {limit} only from a difference of {least.words} on."


def find_alpha(sizes: Sequence[int], analysis: AnalysisDefinition) -> float:
    """Find the Fisher P value up to which the protocol's test of groups of these sizes is significant."""
    held = [size for size in sizes if size]
    if analysis.association == "Boschloo" and len(held) == 2:
        return find_boschloo_limit(held[0], held[1], analysis.significance)
    return analysis.significance


def find_least_group(
    names: Sequence[str], sizes: Sequence[int], rate: float, analysis: AnalysisDefinition
) -> Detectable:
    """Find how far the rate of one of several groups had to lie from that of the others, for the group easiest to see.

    Args:
        names: Of the groups.
        sizes: Persons of each.
        rate: The rate that all would have in common.
        analysis: What the protocol chose.
    """
    nearest = None
    for found in find_detectable_groups(sizes, rate, POWER, find_alpha(sizes, analysis)):
        for own in (found.below, found.above):
            if own is not None and (nearest is None or abs(own - rate) < abs(nearest[0] - rate)):
                nearest = own, found
    if nearest is None:
        return _nothing(EstimateKind.DIFFERENCE, sum(sizes), "Freeman-Halton exact test")
    own, found = nearest
    effect = find_effect_size(sizes, [own if place == found.place else rate for place in range(len(sizes))])
    rough = f" {ROUGH}" if found.method == APPROXIMATE else ""
    estimate = Estimate(
        EstimateKind.DIFFERENCE, abs(own - rate), sum(sizes), _with_power(found.method), denominator=min(sizes),
        note=f"{names[found.place]} against all others, Cohen's w {effect:.2f}.{rough}",
    )  # fmt: skip
    return Detectable(f"{_print_pair(rate, own)} in {names[found.place]} (w {effect:.2f})", estimate)


def find_least_shift(n1: int, n2: int, analysis: AnalysisDefinition) -> Detectable:
    """Find how far two samples of a number had to lie apart, in standard deviations."""
    find = find_detectable_shift if analysis.two_samples == "Mann-Whitney" else find_detectable_mean_difference
    shift, method = find(n1, n2, POWER, analysis.significance), analysis.words.two_samples
    if shift is None:
        return _nothing(EstimateKind.SHIFT, n1 + n2, method)
    estimate = Estimate(EstimateKind.SHIFT, shift, n1 + n2, _with_power(method), denominator=min(n1, n2))
    return Detectable(f"{shift:.1f} SD", estimate)


def _with_power(method: str) -> str:
    return f"{method}, 80 % power"


def _nothing(kind: EstimateKind, n: int, method: str) -> Detectable:
    return Detectable(NONE, Estimate(kind, None, n, _with_power(method), note=NOTHING_FOUND))


def _print_pair(rate: float, other: float) -> str:
    """Print two rates in per cent, with the decimals that tell them apart."""
    for decimals in range(4):
        first, second = (format_number(100 * one, decimals) for one in (rate, other))
        if first != second:
            break
    return f"{first} v {second} %"


def say_least(found: Sequence[Detectable]) -> str:
    """Say, of several tests, the smallest effects that any of them had an 80 % chance to find.

    Args:
        found: One per test.

    Returns:
        One sentence; empty where nothing was tested.

    Example:
        >>> analysis = AnalysisDefinition()
        >>> say_least([find_least_difference(15, 27, 35 / 42, analysis), find_least_shift(35, 7, analysis)])
        'By itself, each test had an 80 % chance to find no less than: 83 v 40 % between groups; 1.2 SD in a number.'
    """
    if not found:
        return ""
    said = []
    for kind, place in ((EstimateKind.DIFFERENCE, "between groups"), (EstimateKind.SHIFT, "in a number")):
        reached = [(one.estimate.value, one) for one in found if one.estimate.kind is kind and one.estimate.value]
        if reached:
            _, least = min(reached, key=lambda pair: pair[0])
            said.append(f"{least.words} {place}")
        elif any(one.estimate.kind is kind for one in found):
            said.append(f"nothing {place}, however large")
    return f"By itself, each test had an 80 % chance to find no less than: {'; '.join(said)}."
