"""Tipping points: how many persons must truly have failed before the response is no longer above what others had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import tally
from refractory.analysis.estimates import Plan, count_of, estimate_share
from refractory.analysis.methods import estimate_share_difference
from refractory.analysis.results import Caution, Cell, Findings, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_count, format_estimate, format_number, format_percentage, say_count
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate
from refractory.statistics.tipping_point import (
    DifferenceOfTwo,
    Fragility,
    TippingPoint,
    find_fragility,
    find_fragility_of_difference,
    find_tipping_point,
)

_ID = "explanation.tipping"
# A conclusion that so few misjudged persons undo is worth a word at the top.
_FEW = 3


@dataclass(frozen=True)
class _Held:
    """The response held against one proportion.

    Args:
        title: What it is called.
        proportion: The proportion of those with the outcome.
        counts: Persons with the outcome, and persons; None for a threshold that nobody counted.
        tipping: Failures among those not evaluable.
        limit: Failures among the responders, by the lower limit alone.
        difference: Failures among the responders, by the difference; None without counts.
    """

    title: str
    proportion: float
    counts: tuple[int, int] | None
    tipping: TippingPoint
    limit: Fragility
    difference: Fragility | None


def analyse_tipping(patients: Sequence[Patient], plan: Plan) -> Findings:
    """Find what it takes before the response is no longer above each benchmark without the treatment.

    Of a harm everything is turned round: who did not have it counts as a responder, and the upper limit must lie below.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.

    Returns:
        Nothing without benchmarks and thresholds, or where nobody is evaluable.
    """
    counts = tally(patients)
    found = _hold(patients, plan)
    if not found or not counts.evaluable:
        return Findings()
    named, rows = [], []
    for held in found:
        named += _name(held, plan)
        rows.append(_row(held, counts.not_evaluable))
    is_benefit = plan.response.means == "benefit"
    limit = "lower limit" if is_benefit else "upper limit"
    columns = (
        "Held against",
        "Proportion",
        f"{'Failures' if is_benefit else 'With the outcome'} among the not evaluable",
        "Misjudged: no longer beyond it",
        "Misjudged: no longer distinguishable",
        f"Needed of {counts.evaluable}",
    )
    who, failed = ("responders", "failed") if is_benefit else ("persons without the outcome", "had it")
    footnotes = (
        f"Among the not evaluable: of the persons who could not be judged, the fewest who must have {failed} before "
        f"the {limit} lies on the wrong side of the proportion, the others having done well. "
        + ("Everybody could be judged." if not counts.not_evaluable else f"They are {counts.not_evaluable}."),
        f"Misjudged: the fewest of the {who} who must truly have {failed} before the {limit} does; and before "
        f"{plan.analysis.words.difference} of the difference holds 0. 0: it is so already. "
        f"Needed: the fewest {who} with whom the {limit} would be on the right side. Limits are "
        f"{plan.analysis.proportion}.",
    )
    title = "How many persons it takes before the conclusion falls"
    table = ResultTable("explanation-tipping", title, columns, tuple(rows), footnotes)
    return Findings(tuple(named), (table,), tuple(_find_cautions(found, plan)))


def _hold(patients: Sequence[Patient], plan: Plan) -> list[_Held]:
    against = [(one.title, one.counts) for one in plan.benchmarks if not one.is_treated]
    chosen = plan.explanations.threshold
    return [
        *(_hold_against(patients, plan, title, events / among, (events, among)) for title, (events, among) in against),
        *(_hold_against(patients, plan, f"{format_number(100 * one, 0)} %", one, None) for one in chosen),
    ]


def _hold_against(
    patients: Sequence[Patient], plan: Plan, title: str, proportion: float, counts: tuple[int, int] | None
) -> _Held:
    own, level = tally(patients), plan.analysis.level
    is_benefit = plan.response.means == "benefit"
    well = own.responders if is_benefit else own.non_responders
    benchmark = proportion if is_benefit else 1 - proportion

    def interval(counted: int, among: int, _: float) -> Estimate:
        return estimate_share(counted, among, plan.analysis)

    tipping = find_tipping_point(
        well, own.evaluable, own.not_evaluable, benchmark=benchmark, level=level, interval=interval
    )
    limit = find_fragility(well, own.evaluable, benchmark=benchmark, level=level, interval=interval)
    difference = None
    if counts:
        events = counts[0] if is_benefit else counts[1] - counts[0]
        difference = find_fragility_of_difference(
            well, own.evaluable, events, counts[1], level=level, interval=_use_method(plan)
        )
    return _Held(title, proportion, counts, tipping, limit, difference)


def _use_method(plan: Plan) -> DifferenceOfTwo:
    """Give the difference of two proportions by the method that the study chose, at its level."""
    return lambda r1, n1, r2, n2, _: estimate_share_difference((r1, n1), (r2, n2), plan.analysis)


def _name(held: _Held, plan: Plan) -> list[NamedEstimate]:
    label = f"Tipping point: {held.title}"
    told: list[tuple[str, str, int | None]] = [
        ("not_evaluable", "failures among the persons not evaluable before the limit passes it",
         held.tipping.failures if held.tipping.not_evaluable else None),
        ("misjudged", "persons who did well that must have failed before the limit passes it", held.limit.misjudged),
        ("needed", "persons who must do well before the limit is beyond it", held.limit.needed),
    ]  # fmt: skip
    if held.difference:
        rule = "persons who did well that must have failed before the two are not told apart"
        told.append(("difference", rule, held.difference.misjudged))
    return [
        NamedEstimate(f"{_ID}.{held.title}.{key}", label, f"{label}: {rule}", "overall", "persons", count_of(number))
        for key, rule, number in told
        if number is not None
    ]


def _row(held: _Held, not_evaluable: int) -> ResultRow:
    shown: Cell = f"{format_number(100 * held.proportion, 0)} %"
    if held.counts:
        shown = f"{format_count(held.counts[0])}/{format_count(held.counts[1])} ({format_percentage(*held.counts)})"
    failures: Cell = held.tipping.failures
    if failures is None:
        failures = "never" if not_evaluable else "nobody"
    elif not not_evaluable:
        failures = "nobody"
    misjudged: Cell = "never" if held.limit.misjudged is None else held.limit.misjudged
    needed: Cell = "not even all" if held.limit.needed is None else held.limit.needed
    difference: Cell = held.difference.misjudged if held.difference else None
    title = held.title[:1].upper() + held.title[1:]
    return ResultRow(title, (shown, failures, misjudged, difference, needed))


def _find_cautions(found: Sequence[_Held], plan: Plan) -> list[Caution]:
    """Find the conclusions that hold, and that few persons would undo."""
    cautions = []
    for held in found:
        if held.difference is None or not held.difference.misjudged or held.difference.misjudged > _FEW:
            continue
        few = held.difference.misjudged
        events, among = held.counts or (0, 0)
        text = (
            f"If {say_count(few, 'person')} counted as having done well had truly failed, "
            f"{plan.response.name.lower()} could no longer be told apart from {held.title} "
            f"({format_estimate(estimate_share(events, among, plan.analysis))})."
        )
        cautions.append(Caution(f"fragile-{held.title}", "A conclusion that rests on few persons", text, number=few))
    return cautions
