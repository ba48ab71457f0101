"""How far the primary rule and each supporting rule agree, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from refractory.analysis.analysis_set import supporting_answer
from refractory.analysis.estimates import Plan, estimate_share
from refractory.analysis.results import NamedEstimate, ResultRow, ResultTable
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.agreement import (
    derive_agreement_table,
    estimate_ac1,
    estimate_kappa,
    estimate_percent_agreement,
)
from refractory.statistics.estimate import Estimate

Counts = tuple[tuple[int, ...], ...]
_JUDGED = (ResponseStatus.RESPONSE.value, ResponseStatus.NO_RESPONSE.value)


def count_pairs(patients: Sequence[Patient], number: int) -> Counts:
    """Count the persons whom the primary rule and a supporting one both judge: 2 x 2, response first.

    Args:
        patients: The analysis set.
        number: Place of the supporting rule.

    Returns:
        One row per answer by the primary rule, one column per answer by the supporting one.
    """
    answer = supporting_answer(number)
    pairs = [(one.response.status.value, answer(one).status.value) for one in patients]
    pairs = [pair for pair in pairs if ResponseStatus.NOT_EVALUABLE.value not in pair]
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return derive_agreement_table(first, second, categories=_JUDGED)


def find_independent(plan: Plan) -> list[int]:
    """Find the supporting rules that do not take the primary one up, or are taken up by it: only those can judge it."""
    primary = plan.response.primary
    return [
        number
        for number, rule in enumerate(plan.response.supporting)
        if not (primary.name and primary.name in rule.parts) and not (rule.name and rule.name in primary.parts)
    ]


def _label_of(plan: Plan, number: int) -> str:
    rule = plan.response.supporting[number]
    return rule.name or rule.describe()


def estimate_agreement(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate the agreement of the primary rule with each supporting one.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.

    Returns:
        Percent agreement, Cohen's kappa and Gwet's AC1 for each supporting rule.
    """
    estimates = []
    for number in find_independent(plan):
        label = _label_of(plan, number)
        counts, level = count_pairs(patients, number), plan.analysis.level
        same = "share of the persons judged by both with the same answer"
        measures = (
            ("percent", same, _estimate_same_answer(counts, plan)),
            ("kappa", "Cohen's kappa, persons judged by both", estimate_kappa(counts, level=level)),
            ("ac1", "Gwet's AC1, persons judged by both", estimate_ac1(counts, level=level)),
        )
        for key, rule, estimate in measures:
            said = f"Agreement of the primary rule with {label}"
            estimates.append(
                NamedEstimate(f"agreement.{label}.{key}", said, f"{said}: {rule}", "overall", said, estimate)
            )
    return estimates


def _estimate_same_answer(counts: Counts, plan: Plan) -> Estimate:
    """Estimate percent agreement by the protocol's interval of a proportion."""
    exact = estimate_percent_agreement(counts, level=plan.analysis.level)
    return replace(estimate_share(exact.numerator or 0, exact.denominator or 0, plan.analysis), note=exact.note)


def tabulate_agreement(patients: Sequence[Patient], plan: Plan, estimates: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate the 2 x 2 of the primary rule with each supporting one, and how far they agree.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        estimates: Those of estimate_agreement.
    """
    named = {one.id: one.estimate for one in estimates}
    rows = []
    for number in find_independent(plan):
        label = _label_of(plan, number)
        (both, first_only), (second_only, neither) = count_pairs(patients, number)
        rows.append(
            ResultRow(
                label,
                (
                    both, first_only, second_only, neither,
                    named[f"agreement.{label}.percent"], named[f"agreement.{label}.kappa"],
                    named[f"agreement.{label}.ac1"],
                ),
            )
        )  # fmt: skip
    columns = (
        "Supporting rule", "Both", "Primary only", "This only", "Neither", "Same answer", "Cohen's kappa",
        "Gwet's AC1",
    )  # fmt: skip
    footnotes = (
        "Persons with a response by both rules, by the primary one only, by this one only, by neither; who is not "
        "evaluable by either stands in no column. Kappa falls near 0 where nearly everybody "
        "has the same answer, however well the rules agree; AC1 does not. Their intervals hold in large samples only.",
    )
    return ResultTable("agreement", "Primary and supporting rules compared", columns, tuple(rows), footnotes)
