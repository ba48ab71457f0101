"""How several predictors are fitted together: by Firth, exactly or by ridge, with gaps imputed or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log

from refractory.analysis.detectable import NONE, NOTHING_FOUND, POWER, Detectable
from refractory.analysis.model_persons import Coding, ModelPersons
from refractory.analysis.plan import AnalysisDefinition
from refractory.numbers import format_estimate
from refractory.statistics.combined import CombinedTerm, fit_firth_to_sets
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.exact_logistic import fit_exact
from refractory.statistics.firth import fit_firth
from refractory.statistics.imputation import CompletedSet, derive_completed_sets, find_sets_needed, find_why_not
from refractory.statistics.power_of_models import METHOD, find_detectable_odds_ratio
from refractory.statistics.ridge import ALL_AT_ONE, fit_ridge

Columns = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class FittedTerm:
    """One term of a model.

    Args:
        name: In words.
        predictor: The predictor that it belongs to.
        odds_ratio: Of a response.
        test: Of an odds ratio of 1; None where the method has none.
        missing_information: Share of the information that gaps took away; None where nothing was imputed.
    """

    name: str
    predictor: str
    odds_ratio: Estimate
    test: Estimate | None
    missing_information: float | None = None


@dataclass(frozen=True)
class Fitted:
    """A model as it was fitted.

    Args:
        terms: One per column, in order.
        columns: What was fitted, by term; the first of the imputed sets where there are several.
        n: Persons.
        responders: Persons of them who responded.
        note: What a reader must know of the fit; empty where nothing need be said.
    """

    terms: tuple[FittedTerm, ...]
    columns: Columns
    n: int
    responders: int
    note: str = ""


def fit_complete(persons: ModelPersons, coding: Coding, analysis: AnalysisDefinition) -> Fitted:
    """Fit the persons of whom every predictor is known, by the method that the protocol names."""
    complete = persons.keep_complete()
    columns = coding.code(complete.names, complete.read)
    fitted = Fitted((), columns, len(complete.responded), sum(complete.responded))
    if analysis.several_predictors == "exact":
        return _fit_exactly(complete, coding, fitted, analysis.level)
    names = {term: name for name, term in coding.name_terms(persons.names)}
    if analysis.several_predictors == "ridge":
        ridge = fit_ridge(complete.responded, columns)
        terms = tuple(FittedTerm(one.name, names[one.name], one.odds_ratio, None) for one in ridge.terms)
        return replace(fitted, terms=terms, note=ridge.note)
    firth = fit_firth(complete.responded, columns, level=analysis.level)
    terms = tuple(FittedTerm(one.name, names[one.name], one.odds_ratio, one.test) for one in firth.terms)
    return replace(fitted, terms=terms, note=firth.note)


def _fit_exactly(persons: ModelPersons, coding: Coding, fitted: Fitted, level: float) -> Fitted:
    if not persons.responded:
        return fitted
    columns, units = coding.code_in_steps(persons)
    names = {term: name for name, term in coding.name_terms(persons.names)}
    terms = tuple(
        FittedTerm(one.name, names[one.name], _per_unit(one.odds_ratio, units[one.name]), one.test)
        for one in fit_exact(persons.responded, columns, level=level)
    )
    return replace(fitted, terms=terms)


def _per_unit(ratio: Estimate, steps: float) -> Estimate:
    """Return the odds ratio of so many steps together."""

    def raised(value: float | None) -> float | None:
        if value is None or value in (0, inf):
            return value
        return exp(steps * log(value)) if steps * log(value) < 700 else inf

    return replace(ratio, value=raised(ratio.value), lower=raised(ratio.lower), upper=raised(ratio.upper))


def find_imputation(persons: ModelPersons, analysis: AnalysisDefinition) -> tuple[int, str]:
    """Find how often the gaps are to be imputed; where not, 0 and the reason, which is empty without gaps."""
    if not persons.unknown:
        return 0, ""
    if analysis.missing_predictors == "complete cases":
        return 0, "the protocol asks for complete cases"
    if analysis.several_predictors == "exact":
        return 0, "an exact model has no valid way to pool imputed sets"
    why = find_why_not(persons.responded, persons.numbers, persons.groupings)
    incomplete = len(persons.responded) - len(persons.keep_complete().responded)
    return (0, why) if why else (find_sets_needed(incomplete, len(persons.responded)), "")


def fit_imputed(persons: ModelPersons, coding: Coding, analysis: AnalysisDefinition, sets: int, seed: int) -> Fitted:
    """Fit all evaluable persons, the gaps of their predictors imputed so many times.

    Args:
        persons: The persons.
        coding: Of the values that are known.
        analysis: What the protocol chose.
        sets: How often the gaps are imputed.
        seed: Where drawing starts.
    """
    completed = derive_completed_sets(persons.responded, persons.numbers, persons.groupings, sets=sets, seed=seed)
    columns = [coding.code(persons.names, _reader(one)) for one in completed]
    names = {term: name for name, term in coding.name_terms(persons.names)}
    fitted = Fitted((), columns[0], len(persons.responded), sum(persons.responded))
    if analysis.several_predictors == "ridge":
        return _average_ridge(persons.responded, columns, names, fitted)
    terms = tuple(
        _of_combined(one, names) for one in fit_firth_to_sets(persons.responded, columns, level=analysis.level)
    )
    return replace(fitted, terms=terms)


def _reader(completed: CompletedSet) -> Callable[[str], Sequence[float | str | None]]:
    every: dict[str, Sequence[float | str | None]] = {**completed.numbers, **completed.groupings}
    return lambda name: every[name]


def _of_combined(term: CombinedTerm, names: Mapping[str, str]) -> FittedTerm:
    missing = term.pooled.missing_information if term.pooled else None
    return FittedTerm(term.name, names[term.name], term.odds_ratio, term.test, missing)


def _average_ridge(
    responded: Sequence[bool], columns: Sequence[Columns], names: Mapping[str, str], fitted: Fitted
) -> Fitted:
    """Mean over the sets of the logarithm of each odds ratio, the penalty chosen anew in each set."""
    fits = [fit_ridge(responded, one) for one in columns]
    terms = []
    for place, first in enumerate(fits[0].terms):
        told = [fit.terms[place] for fit in fits]
        logs = [one.coefficient for one in told if one.coefficient is not None]
        # A set that has no answer keeps all from one, and says why.
        without = next((one.odds_ratio for one in told if one.coefficient is None), None)
        ratio = without or replace(first.odds_ratio, value=exp(sum(logs) / len(logs)))
        terms.append(FittedTerm(first.name, names[first.name], ratio, None))
    at_one = sum(fit.penalty == inf for fit in fits)
    note = f"In {at_one} of {len(fits)} sets: {ALL_AT_ONE[0].lower()}{ALL_AT_ONE[1:]}" if at_one else ""
    return replace(fitted, terms=tuple(terms), note=note)


def find_detectable_terms(fitted: Fitted, alpha: float) -> dict[str, Detectable]:
    """Find the smallest odds ratio that a test of each term had an 80 % chance to find, gaps taken into account."""
    found = {}
    for term in fitted.terms:
        rate = fitted.responders / fitted.n if fitted.n else 0.0
        least = find_detectable_odds_ratio(
            fitted.columns, term.name, rate, power=POWER, alpha=alpha, lost=term.missing_information or 0.0
        )
        ratios = [one for one in (least.below, least.above) if one is not None]
        method = f"{METHOD}, 80 % power"
        estimates = [Estimate(EstimateKind.RATIO, one, fitted.n, method) for one in ratios]
        nearest = min(estimates, key=lambda one: abs(log(one.value or 1)), default=None)
        found[term.name] = Detectable(
            " or ".join(format_estimate(one) for one in estimates) or NONE,
            nearest or Estimate(EstimateKind.RATIO, None, fitted.n, method, note=NOTHING_FOUND),
        )
    return found
