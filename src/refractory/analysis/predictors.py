"""Predictors of response, one by one: an estimate, its P value, and what the study could have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from refractory.analysis.analysis_set import Number, baseline_value, with_status
from refractory.analysis.estimates import Plan, count_of, strata_of, subtypes_of
from refractory.analysis.methods import (
    adjust_family,
    estimate_association,
    estimate_share_difference,
    estimate_shift,
    estimate_two_samples_test,
    find_detectable_rates,
)
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import Cell, NamedEstimate, PrintedEstimate, ResultRow, ResultTable
from refractory.errors import ProtocolError
from refractory.numbers import format_p_value, format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.power import find_detectable_mean_difference, find_detectable_shift


@dataclass(frozen=True)
class Predictor:
    """One predictor of response.

    Args:
        name: In words.
        estimate: Difference in response rate (two groups) or shift (a number); None beyond two groups.
        test: The test and its P value.
        detectable: The smallest effect that the study had an 80 % chance of finding, in words.
        levels: What responders and non-responders look like, row by row: label, responders, non-responders.
        adjusted: P value adjusted for the family.
    """

    name: str
    estimate: Estimate | None
    test: Estimate
    detectable: str
    levels: tuple[tuple[str, Cell, Cell], ...]
    adjusted: float | None = None


def find_predictors(patients: Sequence[Patient], plan: Plan) -> tuple[Predictor, ...]:
    """Test every predictor of the family and adjust the P values by the method that the protocol names.

    Only persons with RESPONSE or NO_RESPONSE take part. A predictor that does not vary is left out.

    Args:
        patients: The analysis set.
        plan: What the protocol chose; its `predictors` name a part of the family, none named means all.

    Returns:
        One entry per predictor that could be tested.

    Raises:
        ProtocolError: When the protocol names a predictor that the study does not have.
    """
    _check_names(patients, plan)
    yes = with_status(patients, ResponseStatus.RESPONSE)
    no = with_status(patients, ResponseStatus.NO_RESPONSE)
    if not yes or not no:
        return ()
    found: list[Predictor] = []
    for name, values in list_numbers(patients, plan):
        predictor = _test_number(name, [values(one) for one in yes], [values(one) for one in no], plan.analysis)
        found += [predictor] if predictor else []
    for name, levels, level_of in list_groupings(patients, plan):
        of_yes, of_no = [level_of(one) for one in yes], [level_of(one) for one in no]
        predictor = _test_groups(name, levels, of_yes, of_no, plan.analysis)
        found += [predictor] if predictor else []
    chosen = [one for one in found if not plan.analysis.predictors or one.name in plan.analysis.predictors]
    adjusted = adjust_family([one.test.p_value for one in chosen], plan.analysis)
    return tuple(replace(one, adjusted=p_value) for one, p_value in zip(chosen, adjusted, strict=True))


def _check_names(patients: Sequence[Patient], plan: Plan) -> None:
    known = [
        *(name for name, _ in list_numbers(patients, plan)),
        *(name for name, _, _ in list_groupings(patients, plan)),
    ]
    for name in plan.analysis.predictors if patients else ():
        if name not in known:
            raise ProtocolError(
                f'no predictor of this study is called "{name}".',
                where="[analysis] predictors",
                remedy=f"the predictors are: {', '.join(known)}.",
            )


def list_numbers(patients: Sequence[Patient], plan: Plan) -> Iterator[tuple[str, Number]]:
    """List the predictors that are numbers: name, and how a person's is read."""
    yield "Age at day 0, years", lambda one: one.member.age_years
    yield "Diagnosis to day 0, days", lambda one: one.member.days_from_diagnosis
    if plan.has_refractory_rule:
        yield "Drugs before day 0", lambda one: one.member.drugs_before
    for name in patients[0].baseline if patients else ():
        yield name, baseline_value(name)
    if plan.sparing:
        yield (
            "Glucocorticoid at baseline, mg/day",
            lambda one: (
                one.sparing.baseline.mg_per_day if one.sparing and not one.sparing.baseline.unknown_days else None
            ),
        )


def list_groupings(
    patients: Sequence[Patient], plan: Plan
) -> Iterator[tuple[str, list[str], Callable[[Patient], str | None]]]:
    """List the predictors that are groups: name, groups, and how a person's is read."""
    yield "Sex", ["female", "male"], lambda one: one.member.sex
    if plan.strata:
        yield "Stratum", strata_of(plan, patients), lambda one: one.member.stratum
    if plan.subtypes:
        yield "Subtype", subtypes_of(plan, patients), lambda one: one.member.subtype


def _test_number(
    name: str, of_yes: Sequence[float | None], of_no: Sequence[float | None], analysis: AnalysisDefinition
) -> Predictor | None:
    yes = [float(value) for value in of_yes if value is not None]
    no = [float(value) for value in of_no if value is not None]
    if not yes or not no or len({*yes, *no}) < 2:
        return None
    is_by_rank = analysis.two_samples == "Mann-Whitney"
    find, middle = (
        (find_detectable_shift, estimate_median) if is_by_rank else (find_detectable_mean_difference, estimate_mean)
    )
    detectable = find(len(yes), len(no), alpha=analysis.significance)
    return Predictor(
        name=name,
        estimate=estimate_shift(yes, no, analysis),
        test=estimate_two_samples_test(yes, no, analysis),
        detectable="none" if detectable is None else f"{detectable:.1f} SD",
        levels=((name, middle(yes), middle(no)),),
    )


def _test_groups(
    name: str,
    levels: Sequence[str],
    of_yes: Sequence[str | None],
    of_no: Sequence[str | None],
    analysis: AnalysisDefinition,
) -> Predictor | None:
    counts = [(level, of_yes.count(level), of_no.count(level)) for level in levels]
    counts = [row for row in counts if row[1] + row[2]]
    if len(counts) < 2:
        return None
    yes, no = sum(row[1] for row in counts), sum(row[2] for row in counts)
    rows = tuple((level, format_share(hits, yes), format_share(misses, no)) for level, hits, misses in counts)
    if not yes or not no:
        return None
    groups = [(hits, hits + misses) for _, hits, misses in counts]
    test = estimate_association(groups, analysis)
    if len(groups) > 2:
        return Predictor(name, None, test, "", rows)
    first, second = groups
    overall = yes / (yes + no)
    rates = find_detectable_rates(first[1], second[1], overall, analysis)
    return Predictor(
        name=name,
        estimate=estimate_share_difference(first, second, analysis),
        test=test,
        detectable=" or ".join(f"{100 * overall:.0f} v {100 * rate:.0f} %" for rate in rates) or "none",
        levels=rows,
    )


def name_predictors(predictors: Sequence[Predictor], analysis: AnalysisDefinition) -> list[NamedEstimate]:
    """Put the predictors among the estimates, with the number of those that are significant."""
    named = []
    for one in predictors:
        if one.estimate:
            rule = f"{one.name}: difference between responders and non-responders"
            rule = f"{one.name}: difference in response rate" if one.estimate.kind is EstimateKind.DIFFERENCE else rule
            named.append(
                NamedEstimate(f"predictor.{one.name}.effect", one.name, rule, "overall", one.name, one.estimate)
            )
        rule = f"{one.name} against response, two-sided"
        named.append(NamedEstimate(f"predictor.{one.name}.test", one.name, rule, "overall", one.name, one.test))
    significant = sum(one.adjusted is not None and one.adjusted < analysis.significance for one in predictors)
    rule = f"Predictors with P < {analysis.significance:g} by {analysis.words.family}, of {len(predictors)} tested"
    # None of none tested is not the same as none of eight.
    count = count_of(significant) if predictors else Estimate(EstimateKind.COUNT, None, 0, "nothing could be tested")
    named.append(
        NamedEstimate("predictors.significant", "Significant predictors", rule, "overall", "predictors", count)
    )
    return named


def tabulate_predictors(
    predictors: Sequence[Predictor], heads: tuple[str, str], analysis: AnalysisDefinition
) -> ResultTable:
    """Tabulate the predictors: what responders and non-responders look like, the effect, P, and what could be found.

    Args:
        predictors: From find_predictors.
        heads: What stands over the persons with and without the response.
        analysis: What the protocol chose.
    """
    rows = []
    for one in predictors:
        effect = PrintedEstimate(one.estimate, has_level_in_head=True) if one.estimate else None
        tail = (effect, format_p_value(one.test.p_value), format_p_value(one.adjusted), one.detectable or None)
        if len(one.levels) == 1:
            _, yes, no = one.levels[0]
            rows.append(ResultRow(one.name, (yes, no, *tail)))
            continue
        rows.append(ResultRow(one.name, (None, None, *tail)))
        rows += [ResultRow(level, (yes, no, None, None, None, None), indent=1) for level, yes, no in one.levels]
    columns = (
        "Predictor",
        *heads,
        f"Difference ({analysis.percent} CI)",
        "P",
        f"P, {analysis.family}",
        "Detectable with 80 % power",
    )
    words = analysis.words
    shown = "median (quartiles)" if analysis.two_samples == "Mann-Whitney" else "mean ± SD"
    footnotes = (
        f"Numbers: {shown}, {words.shift}, {words.two_samples}. Groups: share of the persons in the column's head, "
        f"difference in response rate of the first group minus the second with {words.difference}, "
        f"{words.association} (Freeman-Halton beyond two groups).",
        f"A P value above {analysis.significance:g} does not show that a predictor has no effect: the last column says "
        "how large an effect had to be for this study to have an 80 % chance of finding it.",
    )
    return ResultTable("predictors", "Predictors of response", columns, tuple(rows), footnotes)
