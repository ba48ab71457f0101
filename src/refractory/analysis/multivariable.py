"""Several predictors of the response together, how many the study can carry, and what is missing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.analysis.design_cautions import say_of
from refractory.analysis.detectable import NONE, Detectable
from refractory.analysis.estimates import Plan
from refractory.analysis.model_persons import STEPS_OF_SD, Coding, ModelPersons, find_model_persons
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import Caution, Cell, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.analysis.several import (
    Fitted,
    FittedTerm,
    find_detectable_terms,
    find_imputation,
    fit_complete,
    fit_imputed,
)
from refractory.numbers import format_p_value
from refractory.outcomes.assess import Patient
from refractory.statistics.firth import find_most_predictors

# Persons of the rarer answer that each predictor asks for.
PER_PREDICTOR = 10
METHODS = {
    "Firth": "Firth's penalised logistic regression, with profile penalised likelihood intervals and tests",
    "exact": (
        "Exact conditional logistic regression; interval and test take twice the smaller tail, and an odds ratio that "
        "would be 0 or infinite is the median unbiased one. Numbers that are not small and whole are rounded to a "
        f"{'fifth' if STEPS_OF_SD == 5 else STEPS_OF_SD} of a standard deviation"
    ),
    "ridge": (
        "Ridge logistic regression, which draws all odds ratios towards 1; the penalty is the one with the largest "
        "marginal likelihood (in so few persons cross-validation gives another at each try). No interval is known "
        "that keeps its coverage, so that none is given, and no test"
    ),
}
_POOLED = {
    "Firth": "the profiles of the penalised likelihood combined over the sets (Heinze, Ploner and Beyea)",
    "ridge": "the logarithms of the odds ratios averaged over the sets",
}


@dataclass(frozen=True)
class Multivariable:
    """A fitted model of several predictors.

    Args:
        persons: The evaluable persons and their predictors.
        fit: The model: of all evaluable persons where gaps are imputed, else of those of whom all is known.
        complete: The model of those of whom all is known.
        detectable: By term, the smallest odds ratio that its test had an 80 % chance to find.
        sets: How often gaps were imputed; 0 where they were not.
        why_not: Why gaps were not imputed; empty where they were, or where there are none.
        allowed: Predictors that the rarer answer allows.
        analysis: What the protocol chose.
    """

    persons: ModelPersons
    fit: Fitted
    complete: Fitted
    detectable: Mapping[str, Detectable]
    sets: int
    why_not: str
    allowed: int
    analysis: AnalysisDefinition

    @property
    def method(self) -> str:
        """How it was fitted, as the protocol names it."""
        return self.analysis.several_predictors

    @property
    def rarer(self) -> int:
        """Persons of the rarer answer in the model."""
        return min(self.fit.responders, self.fit.n - self.fit.responders)

    @property
    def left_out(self) -> int:
        """Evaluable persons who are not in the model."""
        return len(self.persons.responded) - self.fit.n


def fit_together(patients: Sequence[Patient], plan: Plan) -> Multivariable | None:
    """Fit the predictors that the protocol names together; None where it names none or nobody is evaluable.

    A number enters per standard deviation of the values that are known, a grouping by one column for each of its
    groups but the most frequent. Gaps are imputed several times, with the model of the complete persons beside it.

    Raises:
        ProtocolError: When the protocol names a predictor that the study does not have.
    """
    if not plan.analysis.together or not patients:
        return None
    persons = find_model_persons(patients, plan)
    coding = Coding.build(persons)
    complete = fit_complete(persons, coding, plan.analysis)
    sets, why_not = find_imputation(persons, plan.analysis)
    fit = fit_imputed(persons, coding, plan.analysis, sets, plan.seed) if sets else complete
    if not fit.n:
        return None
    allowed = find_most_predictors(fit.responders, fit.n - fit.responders, per_predictor=PER_PREDICTOR)
    return Multivariable(
        persons,
        fit,
        complete,
        find_detectable_terms(fit, plan.analysis.significance),
        sets,
        why_not,
        allowed,
        plan.analysis,
    )


def analyse_together(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Fit the predictors that the protocol asks to be taken together, if any, and say what must be known of it."""
    found = fit_together(patients, plan)
    if found is None:
        return Findings()
    return Findings(
        tuple(name_multivariable(found)), (tabulate_multivariable(found),), tuple(find_multivariable_cautions(found))
    )


def name_multivariable(found: Multivariable) -> list[NamedEstimate]:
    """Put the odds ratios and their tests among the estimates, those of the complete persons apart."""
    named = []
    for prefix, fit in (("together", found.fit), *([("together.complete", found.complete)] if found.sets else [])):
        among = ", persons of whom every predictor is known" if fit is found.complete and found.sets else ""
        for term in fit.terms:
            rule = f"{term.name}: odds ratio of a response, the other predictors held fixed{among}"
            named.append(NamedEstimate(f"{prefix}.{term.name}", term.name, rule, "overall", term.name, term.odds_ratio))
            if term.test:
                named.append(
                    NamedEstimate(f"{prefix}.{term.name}.test", term.name, rule, "overall", term.name, term.test)
                )
    for term in found.fit.terms:
        rule = f"{term.name}: {found.analysis.words.detectable}"
        least = found.detectable[term.name].estimate
        named.append(NamedEstimate(f"together.{term.name}.detectable", term.name, rule, "overall", term.name, least))
    return named


def tabulate_multivariable(found: Multivariable) -> ResultTable:
    """Tabulate the predictors together: odds ratio, P, the complete persons beside them, and what could be found."""
    has_tests = any(term.test for term in found.fit.terms)
    columns = ["Predictor", "Odds ratio", *(["P"] if has_tests else [])]
    if found.sets:
        columns.append(f"Odds ratio, complete persons (n = {found.complete.n})")
        columns += ["P, complete persons", "Missing information"] if has_tests else []
    columns.append("Detectable with 80 % power")
    beside = {term.name: term for term in found.complete.terms}
    rows = []
    for term in found.fit.terms:
        cells: list[Cell] = [term.odds_ratio, *([_print_p(term)] if has_tests else [])]
        if found.sets:
            cells.append(beside[term.name].odds_ratio)
            cells += [_print_p(beside[term.name]), _print_share(term.missing_information)] if has_tests else []
        rows.append(ResultRow(term.name, (*cells, found.detectable[term.name].words)))
    title = "Predictors of response together"
    terms = len(found.fit.terms)
    if terms > found.allowed:
        title += f": {_count(terms, 'term')}, where {_count(found.rarer, 'person')} of the rarer answer carry "
        title += f"{found.allowed or 'none'}"
    return ResultTable("together", title, tuple(columns), tuple(rows), tuple(_find_footnotes(found)))


def _print_p(term: FittedTerm) -> str | None:
    return format_p_value(term.test.p_value) if term.test else None


def _print_share(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.0f} %"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _find_footnotes(found: Multivariable) -> list[str]:
    fit = found.fit
    said = [
        f"{METHODS[found.method]}. {_count(fit.n, 'person')}, {fit.responders} of them with a response. Numbers are "
        "per standard deviation.",
        f"The rarer answer, {_count(found.rarer, 'person')}, allows {found.allowed or 'none'} of the "
        f"{_count(len(fit.terms), 'term')}, at {PER_PREDICTOR} persons each.",
    ]
    if found.sets:
        pooled = _POOLED[found.method]
        said.append(
            f"Not known: {_say_unknown(found)}. Imputed {found.sets} times by chained equations with the response "
            "among them (predictive mean matching for numbers, Firth's regression with drawn coefficients for groups); "
            f"{pooled}. It holds if what is missing depends on nothing that is not known. Missing information: share "
            "of what the odds ratio would be known by that the gaps took away."
        )
    elif found.persons.unknown:
        said.append(
            f"Left out because a predictor is not known: {found.left_out} ({_say_unknown(found)}). Not imputed: "
            f"{found.why_not}."
        )
    limit = f"{found.analysis.significance:g}"
    said.append(
        "The last column says from which odds ratio on the likelihood ratio test of this model had an 80 % chance of "
        f"P < {limit}, in these persons, the other predictors without effect (an approximation); "
        f'"{NONE}" where no odds ratio had it. A P value above {limit} excludes nothing nearer to 1.'
    )
    said += [fit.note] if fit.note else []
    if found.sets and found.complete.note:
        said.append(f"Complete persons: {found.complete.note}")
    return said


def _say_unknown(found: Multivariable) -> str:
    return "; ".join(
        f"{name}, {count} of {len(found.persons.responded)}" for name, count in found.persons.unknown.items()
    )


def find_multivariable_cautions(found: Multivariable) -> list[Caution]:
    """Say when a model has more predictors than its persons allow, and when predictors are missing."""
    cautions = []
    terms = len(found.fit.terms)
    if terms > found.allowed:
        predictors, persons = _count(terms, "predictor"), _count(found.rarer, "person")
        text = f"The model holds {predictors}, and {persons} of the rarer answer allow {found.allowed or 'none'}. "
        text += (
            "Its intervals are wide for that reason; no predictor is shown to be without effect."
            if found.rarer
            else "Nothing could be estimated; no predictor is shown to be without effect."
        )
        title, number = "More predictors than the study can carry", f"{predictors}, {persons}"
        cautions.append(Caution("too-many-predictors", title, text, Severity.SERIOUS, number))
    if found.persons.unknown:
        how = (
            f"They were imputed {found.sets} times, and the complete persons stand beside them: where both differ, the "
            "conclusion rests on what nobody wrote down."
            if found.sets
            else f"Persons with a gap are left out ({found.left_out}), because {found.why_not}."
        )
        text = f"Predictors of the model are not known of some persons: {_say_unknown(found)}. {how}"
        title = "Predictors of the model that are not known of everybody"
        number = say_of(max(found.persons.unknown.values()), len(found.persons.responded))
        cautions.append(Caution("gaps-in-the-model", title, text, number=number))
    return cautions
