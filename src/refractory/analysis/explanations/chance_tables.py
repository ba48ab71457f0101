"""Regression to the mean, as tables and cautions: what chance would have done, and what it is worked out from."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.chance import (
    BY_POPULATION,
    BY_VISITS,
    FEWEST_PAIRS,
    HEADS,
    ChanceAtDay,
    Premises,
    find_chance,
    find_premises,
)
from refractory.analysis.explanations.series import sign_of
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_estimate, say_count
from refractory.outcomes.around import ScoreAround
from refractory.outcomes.around_definition import RegressionToMeanDefinition
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.regression_to_mean import find_regression_to_mean


def analyse_chance(score: ScoreAround, asked: RegressionToMeanDefinition, plan: Plan) -> Findings:
    """Say what chance alone would have done to the followed score, and what is left.

    Args:
        score: The score at every visit.
        asked: What the protocol says of it.
        plan: What the protocol chose.
    """
    premises = find_premises(score, asked, plan.analysis.level)
    found = find_chance(score, premises, asked, plan)
    estimates = [
        NamedEstimate(
            "explanation.chance.reliability", f"Reliability of {score.name}",
            "Intraclass correlation of the baseline visit and an earlier one", "overall", score.name,
            premises.reliability,
        )
    ]  # fmt: skip
    for one in found:
        key, label = f"explanation.chance.{one.way}.day_{one.day}", f"{score.name}, improvement by day {one.day}"
        parts = (("observed", one.observed), ("expected", one.expected), ("rest", one.rest))
        estimates += [
            NamedEstimate(f"{key}.{part}", label, f"{HEADS[one.way]}: {part}", "overall", score.name, estimate)
            for part, estimate in parts
        ]
    tables = [_tabulate_premises(score, premises, asked, plan)]
    if found:
        tables.insert(0, _tabulate_chance(score, found, premises))
    return Findings(tuple(estimates), tuple(tables), tuple(_find_cautions(score, found, premises)))


def _tabulate_chance(score: ScoreAround, found: Sequence[ChanceAtDay], premises: Premises) -> ResultTable:
    rows = []
    for way in dict.fromkeys(one.way for one in found):
        rows.append(ResultRow(HEADS[way], (None,) * 4))
        rows += [
            ResultRow(f"Day {one.day}", (one.persons, one.observed, one.expected, one.rest), indent=1)
            for one in found
            if one.way == way
        ]
    notes = []
    if any(one.way == BY_VISITS for one in found):
        days = f"{median(premises.days_apart):g}"
        notes.append(
            "By an earlier visit: what the score worsened from that visit to baseline, chance is expected to give back "
            f"after it, whatever the reliability and whatever persons were chosen from. The visit lies {days} days "
            "before the baseline visit (median). A true worsening in these days is taken for chance, and a true "
            "improvement hides it: the two cannot be told apart without a third visit. The rest is the improvement "
            "since that earlier visit."
        )
    if any(one.way == BY_POPULATION for one in found):
        notes.append(
            "By reliability and mean: each person is expected to come back towards the mean before the choice by 1 "
            "minus the reliability of the distance. The interval of what is expected is that of the reliability "
            "alone; the mean is taken as it was stated."
        )
    columns = ("", "Persons", "Improvement", "Expected by chance", "The rest")
    title = f"Regression to the mean: {score.name} since baseline, and what chance alone would have done"
    return ResultTable("explanation-regression-to-mean", title, columns, tuple(rows), tuple(notes))


def _tabulate_premises(
    score: ScoreAround, premises: Premises, asked: RegressionToMeanDefinition, plan: Plan
) -> ResultTable:
    sign = sign_of(score)
    base = [sign * one.baseline for one in premises.triples.values() if one.baseline is not None]
    rows = [
        ResultRow(f"{score.name} at baseline", (len(base), estimate_mean(base))),
        ResultRow(
            "At the earlier visit", (len(premises.pairs), estimate_mean([sign * one for _, one in premises.pairs]))
        ),
        ResultRow("Days between the two visits", (len(premises.days_apart), estimate_median(premises.days_apart))),
        ResultRow("Reliability of one score", (premises.reliability.n, premises.reliability)),
    ]
    if premises.taken is not None and not premises.taken.n:
        rows.append(ResultRow(f"Reliability as stated ({premises.taken_from})", (None, premises.taken)))
    if asked.mean is not None:
        spread = f" ± {asked.sd:g}" if asked.sd is not None else ""
        rows.append(ResultRow(f"Before the choice ({asked.population_source})", (None, f"{asked.mean:g}{spread}")))
    rows += _tabulate_cutoff(premises, asked, plan, sign)
    return ResultTable(
        "explanation-reliability",
        "What regression to the mean is worked out from",
        ("", "Persons", "Number"),
        tuple(rows),
        (_say_what_is_known(asked),),
    )


def _tabulate_cutoff(premises: Premises, asked: RegressionToMeanDefinition, plan: Plan, sign: int) -> list[ResultRow]:
    """Say what a choice by a cut-off alone would do, where mean, spread and reliability are known."""
    cutoff = asked.chosen_at_least if sign == 1 else asked.chosen_at_most
    label = f"Chosen at or {'above' if sign == 1 else 'below'}"
    if cutoff is None and sign == 1:
        cutoff, label = plan.active_at_least, "Active by the refractory rule at or above"
    if cutoff is None:
        return []
    rows = [ResultRow(label, (None, f"{cutoff:g}"))]
    if asked.mean is None or asked.sd is None or premises.taken is None or premises.taken.value is None:
        return rows
    try:
        found = find_regression_to_mean(
            sign * asked.mean, asked.sd, reliability=premises.taken.value, cutoff=sign * cutoff
        )
    except ValueError:
        return [*rows, ResultRow("Expected improvement by that choice alone", (None, "nobody reaches it"))]
    fall = Estimate(EstimateKind.SHIFT, found.fall, 0, "truncated normal")
    return [*rows, ResultRow("Expected improvement by that choice alone", (None, fall))]


def _say_what_is_known(asked: RegressionToMeanDefinition) -> str:
    said = (
        "Reliability: the share of the variance of one score that lies between persons. Among persons who were all "
        "chosen for a bad score they differ less than before the choice, and true changes between the visits count as "
        "error: the reliability comes out too low rather than too high, and chance too large."
    )
    if asked.mean is None:
        said += (
            " Mean and spread before the choice cannot be told from persons who were all chosen, and the protocol "
            "states none; the earlier visit does without them."
        )
    return said


def _find_cautions(score: ScoreAround, found: Sequence[ChanceAtDay], premises: Premises) -> list[Caution]:
    if not found:
        verb = "has" if len(premises.pairs) == 1 else "have"
        text = (
            f"Of {say_count(len(premises.triples), 'person')} {len(premises.pairs)} {verb} a {score.name} at baseline "
            f"and at a visit before it, fewer than {FEWEST_PAIRS}, and the protocol states no reliability with a mean "
            "before the choice: how much of the improvement is regression to the mean cannot be said."
        )
        title = "Regression to the mean not known"
        return [Caution("explanation-chance-unknown", title, text, Severity.NOTE, len(premises.pairs))]
    cautions = []
    for way in dict.fromkeys(one.way for one in found):
        # The day with the most persons; of equal ones the last.
        one = max((each for each in found if each.way == way), key=lambda each: (each.persons, each.day))
        if one.rest.lower is None or one.rest.lower > 0 or (one.observed.value or 0.0) <= 0:
            continue
        text = (
            f"{HEADS[way]}, {score.name} is expected to improve by {format_estimate(one.expected)} by day {one.day} "
            f"without any treatment. It improved by {format_estimate(one.observed)}; what is left is "
            f"{format_estimate(one.rest)}, which may be nothing."
        )
        title = "Chance alone may explain the improvement"
        cautions.append(Caution(f"explanation-chance-{way}", title, text, Severity.SERIOUS, one.rest))
    return cautions
