"""Several predictors of a yes or no at once: Firth's logistic regression, which answers where few responded or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite

from refractory.statistics.distributions import check_level, chi_square_quantile, chi_square_upper_tail
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.firth_model import FirthModel, find_what_is_fixed
from refractory.statistics.penalised_likelihood import PenalisedFit, find_profile_end, fit_penalised, is_separated

METHOD = "Firth's logistic regression, profile penalised likelihood"
TEST = "penalised likelihood ratio test"
SEPARATED = (
    "The predictors, one or several together, tell those who responded from those who did not: without the penalty "
    "an odds ratio would be 0 or infinite."
)
NOT_CONVERGED = "The largest penalised likelihood was not reached: the numbers are those of the last step."
ALL_ALIKE = "Everybody responded, or nobody: there is nothing to predict."


@dataclass(frozen=True)
class FirthTerm:
    """One predictor of a fitted model.

    Args:
        name: The predictor.
        odds_ratio: Odds of a response per unit of the predictor more, the other predictors held fixed, with the
            interval of the profile penalised likelihood; no value, and the reason in `note`, where the predictors
            before it fix it.
        test: Penalised likelihood ratio test of an odds ratio of 1.
        coefficient: Logarithm of the odds ratio; None where there is none.
        standard_error: Of the coefficient, from the information matrix; kept in large samples only.
    """

    name: str
    odds_ratio: Estimate
    test: Estimate
    coefficient: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True)
class FirthFit:
    """A fitted model: its terms, its test, and what a reader must know of how it was reached.

    Args:
        n: Persons.
        responders: Persons who responded.
        intercept: Logarithm of the odds of a response where every predictor is 0; None where nothing was fitted.
        terms: One per predictor, in the order given.
        test: Penalised likelihood ratio test of all predictors together.
        log_likelihood: The largest penalised one, the penalty taken on predictors as they were given.
        steps: Steps that the search took.
        is_converged: Whether the search ended at the largest penalised likelihood.
        is_separated: Whether some sum of predictors tells responders from the others, wholly or with ties.
        note: The same in words; empty where nothing need be said.
    """

    n: int
    responders: int
    intercept: float | None
    terms: tuple[FirthTerm, ...]
    test: Estimate
    log_likelihood: float | None
    steps: int
    is_converged: bool
    is_separated: bool
    note: str


def find_most_predictors(responders: int, others: int, *, per_predictor: int = 10) -> int:
    """Find how many predictors the rarer of two answers allows: one for each ten persons who gave it.

    A predictor of k categories counts as k - 1. Ten is the old rule; five was found to do where intervals are read
    with care. With Firth's penalty a model beyond it can be fitted, and its intervals say how little it knows.

    Args:
        responders: Persons who responded.
        others: Persons who did not.
        per_predictor: Persons of the rarer answer per predictor.

    Raises:
        ValueError: When a count is negative, or fewer than one person per predictor is asked for.

    Source:
        Peduzzi et al., J Clin Epidemiol 49 (1996) 1373-1379; Vittinghoff and McCulloch, Am J Epidemiol 165 (2007)
        710-718.

    Example:
        >>> find_most_predictors(35, 7), find_most_predictors(35, 7, per_predictor=5)
        (0, 1)
    """
    if min(responders, others) < 0 or per_predictor < 1:
        raise ValueError("counts are not negative, and a predictor asks for at least one person")
    return min(responders, others) // per_predictor


def fit_firth(responded: Sequence[bool], predictors: Mapping[str, Sequence[float]], *, level: float = 0.95) -> FirthFit:
    """Fit Firth's penalised logistic regression of a response on several predictors.

    The likelihood is multiplied by the root of the determinant of its information (Jeffreys' prior), which takes the
    first-order bias from the coefficients and keeps them finite where predictors separate the responders from the
    others. Intervals and tests are those of the penalised likelihood with the other coefficients fitted anew, the
    determinant always that of the whole model. A predictor that those before it, and the constant, fix is left out
    and says so.

    Args:
        responded: One per person.
        predictors: By name, one number per person; a yes or no is 1 or 0.
        level: Coverage of the intervals, between 0 and 1; kept in large samples, and rather exceeded in small ones.

    Returns:
        One term per predictor; terms have no value where everybody or nobody responded.

    Raises:
        ValueError: When a predictor has another number of persons than the response, or a value that is not a finite
            number, or the level is not between 0 and 1.

    Source:
        Firth, Biometrika 80 (1993) 27-38; Heinze and Schemper, Statistics in Medicine 21 (2002) 2409-2419.

    Example:
        >>> treated, improved = [0, 0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1, 1]
        >>> (term,) = fit_firth(improved, {"treated": treated}).terms
        >>> round(term.odds_ratio.value, 6)
        27.0
    """
    check_level(level)
    _check_predictors(responded, predictors)
    n, responders = len(responded), sum(map(bool, responded))
    if responders in (0, n):
        return _build_empty_fit(n, responders, predictors, level, ALL_ALIKE)
    notes = find_what_is_fixed(predictors, n)
    kept = [name for name in predictors if name not in notes]
    model = FirthModel.build(responded, [predictors[name] for name in kept])
    fit = fit_penalised(model.responded, model.design)
    told = dict(zip(kept, _tell_terms(model, kept, fit, level), strict=True))
    separated = bool(kept) and is_separated(model.responded, model.design)
    return FirthFit(
        n,
        responders,
        model.find_intercept(fit),
        tuple(told[name] if name in told else _build_empty_term(name, n, level, notes[name]) for name in predictors),
        _test_together(model, fit, len(kept)),
        fit.log_likelihood + model.find_log_scale(),
        fit.steps,
        fit.is_converged,
        separated,
        " ".join([SEPARATED] * separated + [NOT_CONVERGED] * (not fit.is_converged)),
    )


def _tell_terms(model: FirthModel, names: Sequence[str], fit: PenalisedFit, level: float) -> list[FirthTerm]:
    import numpy as np

    errors = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    fall = chi_square_quantile(level, 1) / 2
    terms = []
    for place, (name, scale) in enumerate(zip(names, model.scales, strict=True), start=1):
        ends = [find_profile_end(model.responded, model.design, fit, place, fall, way) for way in (-1, 1)]
        null = fit_penalised(model.responded, model.design, {place: 0.0}, start=fit.coefficients)
        value, (lower, upper) = fit.coefficients[place] / scale, (_exponentiate(end / scale) for end in ends)
        note = "" if fit.is_converged and null.is_converged else NOT_CONVERGED
        terms.append(
            FirthTerm(
                name,
                Estimate(
                    EstimateKind.RATIO, _exponentiate(value), len(model.responded), METHOD,
                    lower=lower, upper=upper, level=level, note=note,
                ),
                _build_test(fit.log_likelihood - null.log_likelihood, 1, len(model.responded), note),
                float(value),
                float(errors[place] / scale),
            )
        )  # fmt: skip
    return terms


def _check_predictors(responded: Sequence[bool], predictors: Mapping[str, Sequence[float]]) -> None:
    for name, values in predictors.items():
        if len(values) != len(responded):
            raise ValueError(f"{name} has {len(values)} persons, and the response {len(responded)}")
        if not all(map(isfinite, values)):
            raise ValueError(f"a value of {name} is not a finite number")


def _test_together(model: FirthModel, fit: PenalisedFit, terms: int) -> Estimate:
    n = len(model.responded)
    if terms == 0:
        return Estimate(EstimateKind.TEST, None, n, TEST)
    null = fit_penalised(model.responded, model.design, dict.fromkeys(range(1, terms + 1), 0.0))
    note = "" if fit.is_converged and null.is_converged else NOT_CONVERGED
    return _build_test(fit.log_likelihood - null.log_likelihood, terms, n, note)


def _build_test(gain: float, degrees: int, n: int, note: str) -> Estimate:
    p_value = chi_square_upper_tail(max(0.0, 2 * gain), degrees)
    return Estimate(EstimateKind.TEST, p_value, n, TEST, p_value=p_value, note=note)


def _build_empty_term(name: str, n: int, level: float, note: str) -> FirthTerm:
    ratio = Estimate(EstimateKind.RATIO, None, n, METHOD, level=level, note=note)
    return FirthTerm(name, ratio, Estimate(EstimateKind.TEST, None, n, TEST, note=note))


def _build_empty_fit(n: int, responders: int, names: Mapping[str, object], level: float, note: str) -> FirthFit:
    terms = tuple(_build_empty_term(name, n, level, note) for name in names)
    test = Estimate(EstimateKind.TEST, None, n, TEST, note=note)
    return FirthFit(n, responders, None, terms, test, None, 0, False, False, note)


def _exponentiate(value: float) -> float:
    return exp(value) if value < 700 else float("inf")
