"""Several predictors of a yes or no at once, drawn towards no effect as strongly as the data ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log
from typing import Any

from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.firth import ALL_ALIKE
from refractory.statistics.firth_model import THE_SAME_IN_EVERYBODY, FirthModel

METHOD = "ridge logistic regression, penalty by the largest marginal likelihood"
ALL_AT_ONE = (
    "The marginal likelihood is largest where no predictor counts: that the odds ratios are 1 is the penalty's doing, "
    "and no sign that a predictor is without effect."
)
SEPARATED = (
    "The predictors, one or several together, tell those who responded from those who did not: the marginal likelihood "
    "is largest without a penalty, and an odds ratio would be 0 or infinite."
)
# The logarithms of the penalties that are tried, in even steps, and how often the best is looked at closer.
_LEAST, _LARGEST, _TRIED = log(1e-4), log(1e5), 60
_TIMES_FINER = 60
_MOST_STEPS = 200
_FLAT = 1e-10


@dataclass(frozen=True)
class RidgeTerm:
    """One predictor of a ridge model; no interval is given, for none that is known keeps its coverage.

    Args:
        name: The predictor.
        odds_ratio: Odds of a response per unit of the predictor more, drawn towards 1.
        coefficient: Its logarithm; None where there is none.
    """

    name: str
    odds_ratio: Estimate
    coefficient: float | None


@dataclass(frozen=True)
class RidgeFit:
    """A fitted ridge model.

    Args:
        n: Persons.
        terms: One per predictor, in the order given.
        penalty: Weight of the penalty, on predictors with a standard deviation of 1; infinite where no predictor
            counts; 0 where the predictors separate the answers, and no term has a value; None where nothing was fitted.
        degrees: Coefficients that the penalty leaves free, the intercept not counted.
        note: What a reader must know of it; empty where nothing need be said.
    """

    n: int
    terms: tuple[RidgeTerm, ...]
    penalty: float | None
    degrees: float
    note: str


def fit_ridge(responded: Sequence[bool], predictors: Mapping[str, Sequence[float]]) -> RidgeFit:
    """Fit a ridge logistic regression of a response on several predictors.

    Half of the penalty times the squares of the coefficients is taken from the log-likelihood, on predictors moved to
    mean 0 and standard deviation 1 (over n); the intercept is free. It is as if the coefficients were drawn from a
    normal distribution with variance 1 / penalty. The penalty is the one with the largest marginal likelihood of the
    data, coefficients and intercept integrated out by Laplace's approximation. Cross-validation, the other common
    rule, gives in some tens of persons another penalty each time that the persons are dealt out.

    Args:
        responded: One per person.
        predictors: By name, one number per person.

    Raises:
        ValueError: When a predictor has another number of persons than the response, or a value that is not a finite
            number.

    Source:
        Le Cessie and van Houwelingen, Applied Statistics 41 (1992) 191-201, for the model; Wood, J R Stat Soc B 73
        (2011) 3-36, for the marginal likelihood.

    Example:
        >>> fit = fit_ridge([0, 0, 0, 1, 0, 1, 1, 1] * 5, {"treated": [0, 0, 0, 0, 1, 1, 1, 1] * 5})
        >>> round(fit.terms[0].odds_ratio.value, 2), round(fit.penalty, 2)
        (7.26, 0.84)
    """
    for name, values in predictors.items():
        if len(values) != len(responded):
            raise ValueError(f"{name} has {len(values)} persons, and the response {len(responded)}")
        if not all(map(isfinite, values)):
            raise ValueError(f"a value of {name} is not a finite number")
    n = len(responded)
    if sum(map(bool, responded)) in (0, n):
        return RidgeFit(n, tuple(_build_term(name, None, n, ALL_ALIKE) for name in predictors), None, 0.0, ALL_ALIKE)
    kept = [name for name, values in predictors.items() if len({*values}) > 1]
    model = FirthModel.build(responded, [predictors[name] for name in kept])
    penalty = _find_penalty(model.responded, model.design) if kept else None
    if penalty == 0:
        return RidgeFit(n, tuple(_build_term(name, None, n, SEPARATED) for name in predictors), 0.0, 0.0, SEPARATED)
    fit = None if penalty is None else _fit(model.responded, model.design, penalty)
    told = {}
    for place, name in enumerate(kept, start=1):
        told[name] = float(fit.coefficients[place] / model.scales[place - 1]) if fit else 0.0
    infinite = bool(kept) and penalty is None
    terms = tuple(
        _build_term(name, told.get(name), n, "" if name in told else THE_SAME_IN_EVERYBODY) for name in predictors
    )
    degrees = fit.find_degrees(penalty) if fit and penalty is not None else 0.0
    return RidgeFit(n, terms, inf if infinite else penalty, degrees, ALL_AT_ONE if infinite else "")


@dataclass(frozen=True)
class _Fit:
    """Where the penalised likelihood is largest, and how much it bends there with and without the penalty."""

    coefficients: Any
    log_likelihood: float
    information: Any

    def find_degrees(self, penalty: float) -> float:
        import numpy as np

        bend = self.information + _penalties(len(self.coefficients), penalty)
        return float(np.trace(np.linalg.solve(bend, self.information))) - 1

    def find_log_marginal(self, penalty: float) -> float:
        import numpy as np

        columns = len(self.coefficients) - 1
        bend = self.information + _penalties(columns + 1, penalty)
        squares = float(self.coefficients[1:] @ self.coefficients[1:])
        _, log_determinant = np.linalg.slogdet(bend)
        return self.log_likelihood - penalty * squares / 2 + columns * log(penalty) / 2 - float(log_determinant) / 2


def _penalties(columns: int, penalty: float) -> Any:
    import numpy as np

    return np.diag([0.0, *[penalty] * (columns - 1)])


def _fit(responded: Any, design: Any, penalty: float) -> _Fit:
    """Newton's steps, halved while they fall; the penalised likelihood has one top."""
    import numpy as np

    beta, matrix = np.zeros(design.shape[1]), _penalties(design.shape[1], penalty)
    beta[0] = np.log(responded.mean() / (1 - responded.mean()))

    def look(at: Any) -> tuple[float, float, Any]:
        linear = design @ at
        chance = 1 / (1 + np.exp(-np.clip(linear, -700, 700)))
        own = float((responded * linear - np.logaddexp(0, linear)).sum())
        return own - float(at @ matrix @ at) / 2, own, chance

    height, own, chance = look(beta)
    for _ in range(_MOST_STEPS):
        slope = design.T @ (responded - chance) - matrix @ beta
        if float(np.abs(slope).max()) <= _FLAT:
            break
        move = np.linalg.solve(design.T @ ((chance * (1 - chance))[:, None] * design) + matrix, slope)
        reached = look(beta + move)
        while reached[0] < height and float(np.abs(move).max()) > 1e-14:
            move = move / 2
            reached = look(beta + move)
        if reached[0] <= height:
            break
        beta, (height, own, chance) = beta + move, reached
    return _Fit(beta, own, design.T @ ((chance * (1 - chance))[:, None] * design))


def _find_penalty(responded: Any, design: Any) -> float | None:
    """The penalty with the largest marginal likelihood; None where that is the last one tried, 0 where the first.

    Where the predictors separate the answers the intercept, which is free, may move far without a loss, the farther the
    smaller the penalty is: what is integrated over it has no largest value.
    """

    def height(place: float) -> float:
        return _fit(responded, design, exp(place)).find_log_marginal(exp(place))

    step = (_LARGEST - _LEAST) / _TRIED
    places = [_LEAST + step * one for one in range(_TRIED + 1)]
    heights = [height(place) for place in places]
    best = max(range(len(places)), key=lambda one: heights[one])
    if best == len(places) - 1:
        return None
    if best == 0:
        return 0.0
    low, high = places[best - 1], places[best + 1]
    golden = (5**0.5 - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = height(left), height(right)
    for _ in range(_TIMES_FINER):
        if high - low < 1e-7:
            break
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = height(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = height(right)
    return exp((low + high) / 2)


def _build_term(name: str, coefficient: float | None, n: int, note: str) -> RidgeTerm:
    value = None if coefficient is None else exp(coefficient) if coefficient < 700 else inf
    return RidgeTerm(name, Estimate(EstimateKind.RATIO, value, n, METHOD, note=note), coefficient)
