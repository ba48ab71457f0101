"""What several imputed sets say together: Rubin's rules, and the combined profiles of Firth's regression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, sqrt
from typing import Any

from refractory.statistics.distributions import check_level, normal_upper_tail
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.firth import ALL_ALIKE, NOT_CONVERGED
from refractory.statistics.firth_model import FirthModel, find_what_is_fixed
from refractory.statistics.penalised_likelihood import PenalisedFit, fit_penalised

METHOD = "Firth's logistic regression of imputed sets, combined penalised likelihood profiles"
# How near the ends of an interval are found, on the scale of the coefficient.
_END_FOUND = 1e-7
# Doublings of the way outwards after which a coefficient is said to have no end.
_MOST_DOUBLINGS = 12
_MOST_CUTS = 100


@dataclass(frozen=True)
class Pooled:
    """One number from several imputed sets.

    Args:
        value: Mean over the sets.
        standard_error: From the variance within the sets and that between them.
        degrees: Degrees of freedom of Student's distribution, as Barnard and Rubin have them for few persons.
        missing_information: Share of the information about the number that the gaps took away; 0 where the sets agree.
    """

    value: float
    standard_error: float
    degrees: float
    missing_information: float


def pool_by_rubin(values: Sequence[float], variances: Sequence[float], complete_degrees: float) -> Pooled:
    """Pool one number from several imputed sets by Rubin's rules.

    Args:
        values: The number in each set.
        variances: The square of its standard error in each.
        complete_degrees: Degrees of freedom that it would have without gaps: persons less coefficients.

    Raises:
        ValueError: When there are fewer than two sets, the sequences differ in length, or a variance is not positive.

    Source:
        Rubin, Multiple Imputation for Nonresponse in Surveys (1987), section 3.1; Barnard and Rubin, Biometrika 86
        (1999) 948-955, for the degrees of freedom.

    Example:
        >>> found = pool_by_rubin([1.0, 1.2, 1.4], [0.04, 0.05, 0.06], 40)
        >>> round(found.value, 3), round(found.standard_error, 3), round(found.missing_information, 3)
        (1.2, 0.321, 0.632)
    """
    sets = len(values)
    if sets < 2 or len(variances) != sets:
        raise ValueError("pooling asks for two sets at least, with one variance each")
    if min(variances) <= 0:
        raise ValueError("a variance is positive")
    value, within = sum(values) / sets, sum(variances) / sets
    between = sum((one - value) ** 2 for one in values) / (sets - 1)
    total = within + (1 + 1 / sets) * between
    if between <= 1e-15 * total:
        return Pooled(value, sqrt(total), complete_degrees, 0.0)
    share = (1 + 1 / sets) * between / total
    observed = (complete_degrees + 1) / (complete_degrees + 3) * complete_degrees * (1 - share)
    degrees = 1 / (share**2 / (sets - 1) + 1 / observed)
    ratio = share / (1 - share)
    return Pooled(value, sqrt(total), degrees, (ratio + 2 / (degrees + 3)) / (ratio + 1))


@dataclass(frozen=True)
class CombinedTerm:
    """One predictor of a model that was fitted to several imputed sets.

    Args:
        name: The predictor.
        odds_ratio: Odds of a response per unit of the predictor more; the mean of the logarithms, with the interval of
            the combined profiles.
        test: Of an odds ratio of 1, from the same profiles.
        pooled: The logarithm of the odds ratio by Rubin's rules; None where there is none.
    """

    name: str
    odds_ratio: Estimate
    test: Estimate
    pooled: Pooled | None


def fit_firth_to_sets(
    responded: Sequence[bool], sets: Sequence[Mapping[str, Sequence[float]]], *, level: float = 0.95
) -> tuple[CombinedTerm, ...]:
    """Fit Firth's logistic regression to each of several imputed sets and combine what they say of each predictor.

    The penalised likelihood of a coefficient b in a set, the others fitted anew, is read as a distribution: the chance
    that the coefficient lies below b is that of a normal deviate below the signed root of twice the fall of the
    log-likelihood from its top to b. These chances are averaged over the sets; the ends of the interval are where the
    mean is half of what the level leaves out, and P is twice the smaller of the two chances beside 0. Where nothing is
    missing this is the profile interval, and P the likelihood ratio test, of the one set.

    Args:
        responded: One per person.
        sets: In each, by name, one number per person and predictor.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        One term per predictor, without a value where everybody or nobody responded, or where those before it fix it.

    Raises:
        ValueError: When there are fewer than two sets, or the level is not between 0 and 1.

    Source:
        Heinze, Ploner and Beyea, Statistics in Medicine 32 (2013) 5062-5076.
    """
    check_level(level)
    if len(sets) < 2:
        raise ValueError("combining asks for two sets at least")
    names, n = list(sets[0]), len(responded)
    if sum(map(bool, responded)) in (0, n):
        return tuple(_build_empty(name, n, level, ALL_ALIKE) for name in names)
    notes: dict[str, str] = {}
    for one in sets:
        notes |= find_what_is_fixed(one, n)
    kept = [name for name in names if name not in notes]
    models = [FirthModel.build(responded, [one[name] for name in kept]) for one in sets]
    fits = [fit_penalised(model.responded, model.design) for model in models]
    note = "" if all(fit.is_converged for fit in fits) else NOT_CONVERGED
    told = {name: _combine(name, place, models, fits, level, note) for place, name in enumerate(kept, start=1)}
    return tuple(told[name] if name in told else _build_empty(name, n, level, notes[name]) for name in names)


def _combine(
    name: str, place: int, models: Sequence[FirthModel], fits: Sequence[PenalisedFit], level: float, note: str
) -> CombinedTerm:
    import numpy as np

    n, columns = models[0].design.shape
    scales = [float(model.scales[place - 1]) for model in models]
    values = [float(fit.coefficients[place]) / scale for fit, scale in zip(fits, scales, strict=True)]
    errors = [
        float(np.linalg.inv(fit.information)[place, place]) / scale**2 for fit, scale in zip(fits, scales, strict=True)
    ]
    pooled = pool_by_rubin(values, errors, n - columns)
    profiles = [
        _Profile(model, fit, place, scale, fit.coefficients)
        for model, fit, scale in zip(models, fits, scales, strict=True)
    ]

    def chance_below(value: float) -> float:
        return sum(profile.find_chance_below(value) for profile in profiles) / len(profiles)

    lower, upper = (_find_quantile(chance_below, share, pooled) for share in ((1 - level) / 2, (1 + level) / 2))
    below = chance_below(0.0)
    p_value = min(1.0, 2 * min(below, 1 - below))
    ratio = Estimate(
        EstimateKind.RATIO, _exponentiate(pooled.value), n, METHOD,
        lower=_exponentiate(lower), upper=_exponentiate(upper), level=level, note=note,
    )  # fmt: skip
    return CombinedTerm(
        name, ratio, Estimate(EstimateKind.TEST, p_value, n, METHOD, p_value=p_value, note=note), pooled
    )


@dataclass
class _Profile:
    """The profile of one coefficient in one set; each search starts where the last one ended."""

    model: FirthModel
    fit: PenalisedFit
    place: int
    scale: float
    start: Any

    def find_chance_below(self, value: float) -> float:
        held = value * self.scale
        there = fit_penalised(self.model.responded, self.model.design, {self.place: held}, start=self.start)
        if isfinite(there.log_likelihood):
            self.start = there.coefficients
        root = sqrt(2 * max(0.0, self.fit.log_likelihood - there.log_likelihood))
        return normal_upper_tail(root if held < self.fit.coefficients[self.place] else -root)


def _find_quantile(chance_below: Callable[[float], float], share: float, pooled: Pooled) -> float:
    """Where the mean chance is the share: outwards from the middle, then between by halves and straight lines."""
    way = -1 if share < 0.5 else 1
    near, surplus_near = pooled.value, chance_below(pooled.value) - share
    reach = 2 * pooled.standard_error
    for _ in range(_MOST_DOUBLINGS):
        far = near + way * reach
        surplus_far = chance_below(far) - share
        if surplus_far * way >= 0:
            break
        near, surplus_near, reach = far, surplus_far, 2 * reach
    else:
        return way * inf
    for turn in range(_MOST_CUTS):
        if abs(far - near) <= _END_FOUND or surplus_near == surplus_far:
            break
        # By a straight line, and each third time in the middle, for where the chance bends a line goes slowly.
        line = near - surplus_near * (far - near) / (surplus_far - surplus_near)
        cut = (near + far) / 2 if turn % 3 == 2 else line
        surplus = chance_below(cut) - share
        if surplus * way >= 0:
            far, surplus_far = cut, surplus
        else:
            near, surplus_near = cut, surplus
        if abs(surplus) < 1e-12:
            return cut
    return (near + far) / 2


def _build_empty(name: str, n: int, level: float, note: str) -> CombinedTerm:
    ratio = Estimate(EstimateKind.RATIO, None, n, METHOD, level=level, note=note)
    return CombinedTerm(name, ratio, Estimate(EstimateKind.TEST, None, n, METHOD, note=note), None)


def _exponentiate(value: float) -> float:
    return exp(value) if value < 700 else inf
