"""Several predictors of the response together: Firth's logistic regression, and how many the study can carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import stdev
from typing import TYPE_CHECKING

from refractory.analysis.analysis_set import with_status
from refractory.analysis.estimates import Plan
from refractory.analysis.predictors import list_groupings, list_numbers
from refractory.analysis.results import Caution, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.errors import ProtocolError
from refractory.numbers import format_p_value
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus

if TYPE_CHECKING:
    from refractory.statistics.firth import FirthFit

# Persons of the rarer answer that each predictor asks for.
PER_PREDICTOR = 10


@dataclass(frozen=True)
class Multivariable:
    """A fitted model of several predictors.

    Args:
        fit: The model.
        left_out: Evaluable persons of whom a predictor is not known.
        allowed: Predictors that the rarer answer allows.
    """

    fit: FirthFit
    left_out: int
    allowed: int


def fit_together(patients: Sequence[Patient], plan: Plan) -> Multivariable | None:
    """Fit the predictors that the protocol names together; None where it names none or nobody is evaluable.

    A number enters per standard deviation of the persons in the model, a grouping by one column for each of its
    groups but the most frequent. Persons of whom a predictor is not known are left out.

    Raises:
        ProtocolError: When the protocol names a predictor that the study does not have.
    """
    if not plan.analysis.together or not patients:
        return None
    judged = [
        *with_status(patients, ResponseStatus.RESPONSE),
        *with_status(patients, ResponseStatus.NO_RESPONSE),
    ]
    numbers, groupings = (
        dict(list_numbers(patients, plan)),
        {name: of for name, _, of in list_groupings(patients, plan)},
    )
    readers: dict[str, Callable[[Patient], float | int | str | None]] = {**numbers, **groupings}
    for name in plan.analysis.together:
        if name not in readers:
            raise ProtocolError(
                f'no predictor of this study is called "{name}".',
                where="[analysis] together",
                remedy=f"the predictors are: {', '.join(readers)}.",
            )
    complete = [one for one in judged if all(readers[name](one) is not None for name in plan.analysis.together)]
    if not complete:
        return None
    columns: dict[str, list[float]] = {}
    for name in plan.analysis.together:
        values = [readers[name](one) for one in complete]
        columns |= _per_sd(name, values) if name in numbers else _by_group(name, values)
    from refractory.statistics.firth import find_most_predictors, fit_firth

    responded = [one.response.status is ResponseStatus.RESPONSE for one in complete]
    allowed = find_most_predictors(sum(responded), len(responded) - sum(responded), per_predictor=PER_PREDICTOR)
    return Multivariable(fit_firth(responded, columns, level=plan.analysis.level), len(judged) - len(complete), allowed)


def _per_sd(name: str, values: Sequence[float | int | str | None]) -> dict[str, list[float]]:
    numbers = [float(value) for value in values if value is not None]
    spread = stdev(numbers) if len(numbers) > 1 else 0.0
    mean = sum(numbers) / len(numbers)
    return {f"{name}, per SD": [(number - mean) / spread if spread else 0.0 for number in numbers]}


def _by_group(name: str, values: Sequence[float | int | str | None]) -> dict[str, list[float]]:
    groups = Counter(map(str, values))
    reference = max(groups, key=lambda group: (groups[group], group))
    return {
        f"{name}: {group} against {reference}": [float(str(value) == group) for value in values]
        for group in sorted(groups)
        if group != reference
    }


def name_multivariable(found: Multivariable) -> list[NamedEstimate]:
    """Put the odds ratios and their tests among the estimates."""
    named = []
    for term in found.fit.terms:
        rule = f"{term.name}: odds ratio of a response, the other predictors held fixed"
        named += [
            NamedEstimate(f"together.{term.name}", term.name, rule, "overall", term.name, term.odds_ratio),
            NamedEstimate(f"together.{term.name}.test", term.name, rule, "overall", term.name, term.test),
        ]
    return named


def tabulate_multivariable(found: Multivariable) -> ResultTable:
    """Tabulate the predictors together: odds ratio with its profile interval, and P."""
    rows = [ResultRow(term.name, (term.odds_ratio, format_p_value(term.test.p_value))) for term in found.fit.terms]
    fit = found.fit
    footnotes = [
        f"Firth's penalised logistic regression of {fit.n} persons, {fit.responders} of them responders, with profile "
        "penalised likelihood intervals and tests. Numbers are per standard deviation.",
        f"The rarer answer, {min(fit.responders, fit.n - fit.responders)} persons, allows {found.allowed} predictors "
        f"at {PER_PREDICTOR} persons each; there are {len(fit.terms)}.",
    ]
    footnotes += [f"Left out because a predictor is not known: {found.left_out}."] if found.left_out else []
    footnotes += [fit.note] if fit.note else []
    columns = ("Predictor", "Odds ratio", "P")
    return ResultTable("together", "Predictors of response together", columns, tuple(rows), tuple(footnotes))


def find_multivariable_cautions(found: Multivariable) -> list[Caution]:
    """Say when a model has more predictors than its persons allow."""
    terms = len(found.fit.terms)
    if terms <= found.allowed:
        return []
    rarer = min(found.fit.responders, found.fit.n - found.fit.responders)
    text = (
        f"The model holds {terms} predictors, and {rarer} persons of the rarer answer allow {found.allowed}. Its "
        "intervals are wide for that reason; no predictor is shown to be without effect."
    )
    title, number = "More predictors than the study can carry", f"{terms} predictors, {rarer} persons"
    return [Caution("too-many-predictors", title, text, Severity.SERIOUS, number)]
