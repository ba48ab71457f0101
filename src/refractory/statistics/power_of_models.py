"""What a model of several predictors could have found: the odds ratio that its test had a good chance to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from refractory.statistics.distributions import normal_quantile
from refractory.statistics.firth_model import FirthModel, find_what_is_fixed

METHOD = "likelihood ratio test, noncentral chi-squared by expected responses"
# The logarithm of the largest odds ratio per standard deviation that is tried.
_FARTHEST = 12.0
_MOST_CUTS = 60
_FOUND = 1e-5
_MOST_STEPS = 60


@dataclass(frozen=True)
class DetectableOddsRatio:
    """The odds ratios nearest to 1 that a test of one predictor of a model had a given chance to find.

    Args:
        below: Nearest below 1; None when none is found with that power.
        above: Nearest above 1.
        power: Chance to find it.
        alpha: Two-sided level of the test.
    """

    below: float | None
    above: float | None
    power: float
    alpha: float


def find_detectable_odds_ratio(
    predictors: Mapping[str, Sequence[float]],
    name: str,
    rate: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    lost: float = 0.0,
) -> DetectableOddsRatio:
    """Find the odds ratio of one predictor that the likelihood ratio test had the given chance to find.

    The persons are taken with the predictors that they have, and so many respond as did; the other predictors have no
    effect of their own, but share with this one what they are alike in. Each person counts as both answers, by their
    chances; twice the fall of this expected log-likelihood when the predictor is taken out of the model is the
    noncentrality of a chi-squared statistic with one degree of freedom. With few persons of either answer this is an
    approximation.

    Args:
        predictors: By name, one number per person.
        name: Of the predictor that is asked about.
        rate: Share of the persons who respond.
        power: Chance of a P value of at most alpha.
        alpha: Two-sided level of the test.
        lost: Share of the information that gaps took away, at least 0 and below 1.

    Returns:
        Neither ratio where the others fix the predictor, or everybody or nobody responds.

    Source:
        Self, Mauritsen and Ohara, Biometrics 48 (1992) 31-39; Lyles, Lin and Williamson, Statistics in Medicine 26
        (2007) 1632-1648.

    Example:
        >>> found = find_detectable_odds_ratio({"treated": [0] * 50 + [1] * 50}, "treated", 0.5)
        >>> round(found.above, 2), round(found.below, 2)
        (3.14, 0.32)
    """
    n = len(predictors[name])
    order = [one for one in predictors if one != name] + [name]
    fixed = find_what_is_fixed({one: predictors[one] for one in order}, n)
    if name in fixed or not 0 < rate < 1:
        return DetectableOddsRatio(None, None, power, alpha)
    model = FirthModel.build([False] * n, [predictors[one] for one in order if one not in fixed])
    needed = (normal_quantile(1 - alpha / 2) + normal_quantile(power)) ** 2 / (1 - lost)
    found = [_find_nearest(model.design, rate, needed, way) for way in (-1, 1)]
    scale = float(model.scales[-1])
    below, above = (None if one is None else exp(one / scale) if one / scale < 700 else None for one in found)
    return DetectableOddsRatio(below, above, power, alpha)


def _find_nearest(design: Any, rate: float, needed: float, way: int) -> float | None:
    if _find_noncentrality(design, rate, way * _FARTHEST) < needed:
        return None
    near, far = 0.0, _FARTHEST
    for _ in range(_MOST_CUTS):
        if far - near <= _FOUND:
            break
        middle = (near + far) / 2
        near, far = (near, middle) if _find_noncentrality(design, rate, way * middle) >= needed else (middle, far)
    return way * far


def _find_noncentrality(design: Any, rate: float, coefficient: float) -> float:
    """Twice the fall of the expected log-likelihood when the last column of the design is taken away."""
    import numpy as np
    from scipy.special import xlogy

    along = coefficient * design[:, -1]
    chance = _logistic(along + _find_intercept(along, rate))
    without = design[:, :-1]
    beta = np.zeros(without.shape[1])
    beta[0] = np.log(rate / (1 - rate))
    for _ in range(_MOST_STEPS):
        fitted = _logistic(without @ beta)
        slope = without.T @ (chance - fitted)
        if float(np.abs(slope).max()) < 1e-10:
            break
        beta = beta + np.linalg.solve(without.T @ ((fitted * (1 - fitted))[:, None] * without), slope)
    fitted = _logistic(without @ beta)
    own = xlogy(chance, chance) + xlogy(1 - chance, 1 - chance)
    others = xlogy(chance, fitted) + xlogy(1 - chance, 1 - fitted)
    return float(2 * (own - others).sum())


def _find_intercept(along: Any, rate: float) -> float:
    """The intercept at which so many respond on the whole."""
    low, high = -float(along.max()) - 50, -float(along.min()) + 50
    for _ in range(_MOST_CUTS):
        if high - low <= _FOUND * _FOUND:
            break
        middle = (low + high) / 2
        low, high = (low, middle) if float(_logistic(along + middle).mean()) >= rate else (middle, high)
    return (low + high) / 2


def _logistic(values: Any) -> Any:
    from scipy.special import expit

    return expit(values)
