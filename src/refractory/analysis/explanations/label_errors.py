"""The response corrected for the errors of its label: as a validation found them, within bounds, or on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import of_stratum, tally
from refractory.analysis.estimates import Plan, estimate_share, strata_of
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_estimate, format_number
from refractory.outcomes.assess import Patient
from refractory.outcomes.counted_definition import LabelValidityDefinition
from refractory.outcomes.response import ResponseDefinition
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.label_validity import correct_proportion, estimate_proportion_at, estimate_true_proportion

_ID = "explanation.label"
# Assumed where nobody measured them; a label that errs more often would hardly be used.
SENSITIVITIES = (1.0, 0.95, 0.9, 0.8)
SPECIFICITIES = (1.0, 0.9, 0.8, 0.7, 0.6)
_ASSUMED_ERROR = 0.2
_DIFFERENTIAL = 0.9


def analyse_label(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Correct the response for the errors of its label.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.

    Returns:
        Nothing where nobody is evaluable, or where the response is by a score and the study gives no errors for it.
    """
    if not tally(patients).evaluable:
        return Findings()
    validity = plan.explanations.label
    if validity is not None:
        return _correct(patients, plan, validity)
    return _assume(patients, plan) if _is_by_label(plan.response) else Findings()


def _is_by_label(response: ResponseDefinition) -> bool:
    parts = [rule for rule in response.supporting if rule.name in response.primary.parts]
    return any(rule.label or rule.event for rule in (response.primary, *parts))


def _groups(patients: Sequence[Patient], plan: Plan) -> list[tuple[str, Sequence[Patient]]]:
    return [("overall", patients), *((name, of_stratum(patients, name)) for name in strata_of(plan, patients))]


def _observe(persons: Sequence[Patient]) -> tuple[int, int]:
    counts = tally(persons)
    return counts.responders, counts.evaluable


def _observed(persons: Sequence[Patient], plan: Plan) -> Estimate:
    return _estimate_at(*_observe(persons), plan, 1.0, 1.0)


def _estimate_at(responders: int, evaluable: int, plan: Plan, sensitivity: float, specificity: float) -> Estimate:
    """Estimate the response as it would be if its label erred exactly so, with the interval that the protocol names."""
    return estimate_proportion_at(
        responders,
        evaluable,
        sensitivity=sensitivity,
        specificity=specificity,
        level=plan.analysis.level,
        interval=lambda counted, among, _: estimate_share(counted, among, plan.analysis),
    )


def _correct(patients: Sequence[Patient], plan: Plan, validity: LabelValidityDefinition) -> Findings:
    named, rows = [], []
    for group, persons in _groups(patients, plan):
        of_group = "all persons" if group == "overall" else group.lower()
        corrected = _estimate_corrected(persons, plan, validity)
        for key, said, estimate in corrected:
            rule = f"{plan.response.name}, {of_group}; {said}"
            named.append(
                NamedEstimate(f"{_ID}.{group}{key}", plan.response.name, rule, group, plan.response.name, estimate)
            )
        label = "All persons" if group == "overall" else group
        cells = (_say_observed(persons), *(estimate for _, _, estimate in corrected))
        rows.append(ResultRow(label, cells, indent=0 if group == "overall" else 1))
    heads = ("Corrected",) if validity.counts else ("Corrected, lowest", "Corrected, highest")
    footnotes = (validity.describe(), *_say_differential(patients, plan))
    title = f"{plan.response.name}, corrected for the errors of its label"
    table = ResultTable("explanation-label", title, ("", "By the label", *heads), tuple(rows), footnotes)
    return Findings(tuple(named), (table,))


def _say_observed(persons: Sequence[Patient]) -> Estimate:
    counts = tally(persons)
    value = counts.responders / counts.evaluable if counts.evaluable else None
    return Estimate(
        EstimateKind.PROPORTION, value, counts.evaluable, "count", numerator=counts.responders,
        denominator=counts.evaluable,
    )  # fmt: skip


def _estimate_corrected(
    persons: Sequence[Patient], plan: Plan, validity: LabelValidityDefinition
) -> list[tuple[str, str, Estimate]]:
    """Estimate the corrected response: once from counts, else in the two corners of the ranges."""
    responders, evaluable = _observe(persons)
    level = plan.analysis.level
    if validity.counts:
        yes, of_yes, no, of_no = validity.counts
        estimate = estimate_true_proportion(
            responders, evaluable, said_yes=yes, truly_yes=of_yes, said_no=no, truly_no=of_no, level=level
        )
        return [("", "corrected for the errors of its label", estimate)]
    return [
        (
            key,
            f"at a sensitivity of {sensitivity:g} and a specificity of {specificity:g} of its label",
            _estimate_at(responders, evaluable, plan, sensitivity, specificity),
        )
        for key, (sensitivity, specificity) in zip((".least", ".most"), validity.corners, strict=True)
    ]


def _assume(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Say what the response would truly be at errors that are plausible, where nobody has measured any."""
    responders, evaluable = _observe(patients)

    def at(sensitivity: float, specificity: float) -> Estimate:
        return _estimate_at(responders, evaluable, plan, sensitivity, specificity)

    rows = [
        ResultRow(f"Sensitivity {100 * sensitivity:g} %", tuple(at(sensitivity, one) for one in SPECIFICITIES))
        for sensitivity in SENSITIVITIES
    ]
    what = _name_label(plan.response)
    footnotes = (
        f"Assumptions, not findings: nobody has measured how often {what} is right here. Each cell is what the "
        "response would truly be if it erred exactly so often (Rogan-Gladen; the "
        f"{plan.analysis.proportion} limits corrected alike).",
        *_say_differential(patients, plan),
    )
    columns = ("", *(f"Specificity {100 * one:g} %" for one in SPECIFICITIES))
    title = f"{plan.response.name}, if its label erred (assumed)"
    table = ResultTable("explanation-label", title, columns, tuple(rows), footnotes)
    errors = _choose_errors(responders, evaluable)
    assumed = at(errors.sensitivity, errors.specificity)
    rule = f"{plan.response.name}; assumed: its label says so of {errors.rule}"
    named = NamedEstimate(f"{_ID}.assumed", plan.response.name, rule, "overall", plan.response.name, assumed)
    text = (
        f"Nobody has measured how often {what} is right. If it said so of {errors.told}, "
        f"{format_estimate(_say_observed(patients))} would truly be {format_estimate(assumed)}."
    )
    caution = Caution("label-not-validated", "Outcome not validated", text, number=assumed)
    return Findings((named,), (table,), (caution,))


@dataclass(frozen=True)
class _Errors:
    """Errors that a label is assumed to make, and how they are said."""

    sensitivity: float
    specificity: float
    rule: str
    told: str


def _choose_errors(responders: int, evaluable: int) -> _Errors:
    """Choose the error that would matter most: of a frequent answer the false ones, of a rare one the missed ones."""
    if 2 * responders > evaluable:
        told = "1 in 5 persons in whom it is not true, and of all in whom it is"
        return _Errors(1.0, 1 - _ASSUMED_ERROR, "all who had it and of 20 % of those who had not", told)
    told = "4 in 5 persons in whom it is true, and of nobody in whom it is not"
    return _Errors(1 - _ASSUMED_ERROR, 1.0, "80 % of those who had it and of nobody who had not", told)


def _name_label(response: ResponseDefinition) -> str:
    if response.primary.label:
        return f'the reviewers\' label "{response.primary.label}"'
    return f"a code of {response.primary.event}" if response.primary.event else "what the outcome is made of"


def _say_differential(patients: Sequence[Patient], plan: Plan) -> list[str]:
    """Say what would become of the difference between two strata if the label erred more often in one of them."""
    said = (
        "The label is taken to err alike in every stratum. If it does not, strata may differ, or seem alike, by that "
        "alone"
    )
    if len(plan.analysis.compare) != 2:
        return [f"{said}."] if plan.strata else []
    first, second = (_observed(of_stratum(patients, name), plan).value for name in plan.analysis.compare)
    if first is None or second is None:
        return [f"{said}."]
    corrected = correct_proportion(first, sensitivity=1, specificity=_DIFFERENTIAL)
    names = plan.analysis.compare
    return [
        f"{said}: with 1 in 10 of those without it in {names[0].lower()} taken for one with it, and nobody in "
        f"{names[1].lower()}, the difference of {_points(first - second)} would truly be {_points(corrected - second)} "
        "percentage points."
    ]


def _points(difference: float) -> str:
    return format_number(100 * difference, 0)
