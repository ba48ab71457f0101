"""The quantities that a protocol may estimate in several ways, each by the method that it chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from refractory.analysis.plan import AnalysisDefinition
from refractory.statistics.association import (
    estimate_boschloo,
    estimate_fisher_exact,
    estimate_freeman_halton,
    find_boschloo_limit,
)
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_hodges_lehmann_shift, estimate_mann_whitney
from refractory.statistics.means import (
    estimate_mean_change,
    estimate_mean_difference,
    estimate_paired_t_test,
    estimate_welch_test,
)
from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg, adjust_by_holm
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.power import find_detectable_difference
from refractory.statistics.proportions import estimate_difference
from refractory.statistics.score_difference import estimate_difference_by_score

Numbers = Sequence[float]
Counts = tuple[int, int]
PValues = Sequence[float | None]


class _OfTwoProportions(Protocol):
    def __call__(self, r1: int, n1: int, r2: int, n2: int, level: float = ...) -> Estimate: ...


class _OfTwoSamples(Protocol):
    def __call__(self, first: Numbers, second: Numbers, level: float = ...) -> Estimate: ...


class _OfChanges(Protocol):
    def __call__(self, differences: Numbers, *, level: float = ...) -> Estimate: ...


_DIFFERENCES: Mapping[str, _OfTwoProportions] = MappingProxyType(
    {"Newcombe": estimate_difference, "Miettinen-Nurminen": estimate_difference_by_score}
)
_ASSOCIATIONS: Mapping[str, Callable[[int, int, int, int], Estimate]] = MappingProxyType(
    {"Fisher": estimate_fisher_exact, "Boschloo": estimate_boschloo}
)
_SHIFTS: Mapping[str, _OfTwoSamples] = MappingProxyType(
    {"Mann-Whitney": estimate_hodges_lehmann_shift, "Welch": estimate_mean_difference}
)
_TWO_SAMPLES: Mapping[str, Callable[[Numbers, Numbers], Estimate]] = MappingProxyType(
    {"Mann-Whitney": estimate_mann_whitney, "Welch": estimate_welch_test}
)
_CHANGES: Mapping[str, _OfChanges] = MappingProxyType(
    {"Wilcoxon": estimate_paired_shift, "paired t": estimate_mean_change}
)
_PAIRED: Mapping[str, Callable[[Numbers], Estimate]] = MappingProxyType(
    {"Wilcoxon": estimate_signed_rank, "paired t": estimate_paired_t_test}
)
_FAMILIES: Mapping[str, Callable[[PValues], tuple[float | None, ...]]] = MappingProxyType(
    {"Holm": adjust_by_holm, "Benjamini-Hochberg": adjust_by_benjamini_hochberg}
)


def estimate_share_difference(first: Counts, second: Counts, analysis: AnalysisDefinition) -> Estimate:
    """Estimate the proportion of group 1 minus that of group 2.

    Args:
        first: Persons counted in group 1, and its persons.
        second: The same of group 2.
        analysis: What the protocol chose.
    """
    return _DIFFERENCES[analysis.difference](*first, *second, level=analysis.level)


def estimate_association(groups: Sequence[Counts], analysis: AnalysisDefinition) -> Estimate:
    """Test whether groups respond alike: two by the protocol's test, more by Freeman and Halton's.

    Args:
        groups: Persons counted in each group, and its persons; a group of nobody is left out.
        analysis: What the protocol chose.
    """
    held = [(counted, among) for counted, among in groups if among]
    if len(held) == 2:
        first, second = held
        return _ASSOCIATIONS[analysis.association](*first, *second)
    return estimate_freeman_halton([[counted, among - counted] for counted, among in held] or [[]])


def find_detectable_rates(n1: int, n2: int, rate: float, analysis: AnalysisDefinition) -> list[float]:
    """Find the rates of group 2 that the protocol's test had an 80 % chance of telling from that of group 1.

    Args:
        n1: Persons of group 1, which responds at `rate`.
        n2: Persons of group 2.
        rate: Response rate of group 1.
        analysis: What the protocol chose.

    Returns:
        The nearest below and the nearest above, as far as there are any.
    """
    alpha = analysis.significance
    if analysis.association == "Boschloo":
        # Boschloo's test rejects the tables whose Fisher P value lies at or below a limit of its own.
        alpha = find_boschloo_limit(n1, n2, alpha)
    found = find_detectable_difference(n1, n2, rate, alpha=alpha)
    return [other for other in (found.below, found.above) if other is not None] if found else []


def estimate_shift(first: Numbers, second: Numbers, analysis: AnalysisDefinition) -> Estimate:
    """Estimate how far a number of group 1 lies above that of group 2."""
    return _SHIFTS[analysis.two_samples](first, second, level=analysis.level)


def estimate_two_samples_test(first: Numbers, second: Numbers, analysis: AnalysisDefinition) -> Estimate:
    """Test whether a number lies in the same place in two groups."""
    return _TWO_SAMPLES[analysis.two_samples](first, second)


def estimate_change(differences: Numbers, analysis: AnalysisDefinition) -> Estimate:
    """Estimate how far a number changed within persons, from one difference per person."""
    return _CHANGES[analysis.paired](differences, level=analysis.level)


def estimate_change_test(differences: Numbers, analysis: AnalysisDefinition) -> Estimate:
    """Test whether a number changed within persons, from one difference per person."""
    return _PAIRED[analysis.paired](differences)


def adjust_family(p_values: PValues, analysis: AnalysisDefinition) -> tuple[float | None, ...]:
    """Adjust the P values of a family for being several."""
    return _FAMILIES[analysis.family](p_values)
