"""Predictors of response, one by one: an estimate, its P value, and what the study could have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from refractory.analysis.analysis_set import Number, baseline_value, with_status
from refractory.analysis.design_cautions import say_of
from refractory.analysis.detectable import (
    Detectable,
    find_least_difference,
    find_least_group,
    find_least_shift,
    say_least,
)
from refractory.analysis.estimates import Plan, count_of, strata_of, subtypes_of
from refractory.analysis.methods import (
    adjust_family,
    estimate_association,
    estimate_share_difference,
    estimate_shift,
    estimate_two_samples_test,
)
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import Caution, Cell, NamedEstimate, PrintedEstimate, ResultRow, ResultTable
from refractory.errors import ProtocolError
from refractory.numbers import format_p_value, format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_mean, estimate_median


@dataclass(frozen=True)
class Predictor:
    """One predictor of response.

    Args:
        name: In words.
        estimate: Difference in response rate (two groups) or shift (a number); None beyond two groups.
        test: The test and its P value.
        detectable: The smallest effect that the study had an 80 % chance of finding.
        levels: What responders and non-responders look like, row by row: label, responders, non-responders.
        unknown: Evaluable persons of whom it is not known, and who take no part in its test.
        adjusted: P value adjusted for the family.
    """

    name: str
    estimate: Estimate | None
    test: Estimate
    detectable: Detectable
    levels: tuple[tuple[str, Cell, Cell], ...]
    unknown: int = 0
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
    middle = estimate_median if analysis.two_samples == "Mann-Whitney" else estimate_mean
    return Predictor(
        name=name,
        estimate=estimate_shift(yes, no, analysis),
        test=estimate_two_samples_test(yes, no, analysis),
        detectable=find_least_shift(len(yes), len(no), analysis),
        levels=((name, middle(yes), middle(no)),),
        unknown=len(of_yes) + len(of_no) - len(yes) - len(no),
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
    test, unknown = estimate_association(groups, analysis), len(of_yes) + len(of_no) - yes - no
    if len(groups) > 2:
        names, sizes = [level for level, _, _ in counts], [among for _, among in groups]
        least = find_least_group(names, sizes, yes / (yes + no), analysis)
        return Predictor(name, None, test, least, rows, unknown)
    first, second = groups
    return Predictor(
        name=name,
        estimate=estimate_share_difference(first, second, analysis),
        test=test,
        detectable=find_least_difference(first[1], second[1], yes / (yes + no), analysis),
        levels=rows,
        unknown=unknown,
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
        rule = f"{one.name}: {analysis.words.detectable} by itself"
        least = one.detectable.estimate
        named.append(NamedEstimate(f"predictor.{one.name}.detectable", one.name, rule, "overall", one.name, least))
    significant = sum(one.adjusted is not None and one.adjusted < analysis.significance for one in predictors)
    rule = f"Predictors with P < {analysis.significance:g} by {analysis.words.family}, of {len(predictors)} tested"
    # None of none tested is not the same as none of eight.
    count = count_of(significant) if predictors else Estimate(EstimateKind.COUNT, None, 0, "nothing could be tested")
    # What was not found is told with what could have been.
    count = replace(count, note=say_least([one.detectable for one in predictors]))
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
        tail = (effect, format_p_value(one.test.p_value), format_p_value(one.adjusted), one.detectable.words)
        label = f"{one.name} (not known of {one.unknown})" if one.unknown else one.name
        if len(one.levels) == 1:
            _, yes, no = one.levels[0]
            rows.append(ResultRow(label, (yes, no, *tail)))
            continue
        rows.append(ResultRow(label, (None, None, *tail)))
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
        "how large an effect had to be for this study to have an 80 % chance of finding it before adjustment; after "
        "it, larger still. SD: shift in standard deviations, by approximation. Two rates: of one group and of the "
        "other; beyond two groups, of all and of the one that is easiest to see, with Cohen's w.",
    )
    return ResultTable("predictors", "Predictors of response", columns, tuple(rows), footnotes)


def find_predictor_cautions(predictors: Sequence[Predictor]) -> list[Caution]:
    """Say which predictors, tested one by one, are not known of everybody."""
    unknown = [one for one in predictors if one.unknown]
    if not unknown:
        return []
    said = "; ".join(f"{one.name}, {one.unknown}" for one in unknown)
    text = (
        f"Evaluable persons of whom a predictor is not known take no part in its test: {said}. If they differ from the "
        "others, so may its effect."
    )
    most = max(unknown, key=lambda one: one.unknown)
    number = say_of(most.unknown, most.unknown + most.test.n)
    return [Caution("missing-predictors", "Predictors that are not known of everybody", text, number=number)]
