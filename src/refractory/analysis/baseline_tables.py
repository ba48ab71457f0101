"""Table 1: who the persons were at time zero, by stratum and by response, and how unlike the groups are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isinf

from refractory.analysis.baseline import Characteristic, CharacteristicKind, find_characteristics
from refractory.analysis.baseline_groups import (
    Group,
    estimate_group,
    estimate_imbalance,
    find_response_groups,
    find_strata_groups,
    share_of,
)
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Findings, NamedEstimate, PrintedEstimate, ResultRow, ResultTable, TableCell
from refractory.numbers import format_count, format_share
from refractory.numbers.rounding import format_number
from refractory.outcomes.assess import Patient
from refractory.statistics.balance import find_difference_by_chance
from refractory.statistics.estimate import Estimate

Numbers = Mapping[str, Estimate]
BY_RESPONSE = ".by_response"


def analyse_baseline(patients: Sequence[Patient], plan: Plan, drugs: Mapping[str, Sequence[int]]) -> Findings:
    """Describe the persons at time zero, by stratum and by response (table 1 of a paper).

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        drugs: Persons by each earlier drug whose course counts for the refractory rule.

    Returns:
        Every number of the tables, and one table by stratum and one by response.
    """
    asked = find_characteristics(patients, plan, drugs)
    strata, answers = find_strata_groups(patients, plan), find_response_groups(patients, plan)
    named = _estimate_all(asked, strata, answers, plan)
    numbers = {one.id: one.estimate for one in named}
    in_strata = tuple(one for one in asked if one.key != "baseline.stratum")
    tables = [
        ResultTable(
            "baseline",
            "Persons at time zero",
            _find_heads(strata, plan.analysis.percent),
            tuple(_tabulate(in_strata, strata, numbers, "")),
            (*_note_values(patients), *_note_differences(in_strata, strata, plan), *_note_strata(in_strata, strata)),
        )
    ]
    if patients:
        tables.append(
            ResultTable(
                "baseline_by_response",
                f"Persons at time zero, by {plan.response.name.lower()}",
                _find_heads(answers, plan.analysis.percent),
                tuple(_tabulate(asked, answers, numbers, BY_RESPONSE)),
                (*_note_values(patients), *_note_differences(asked, answers, plan)),
            )
        )
    return Findings(tuple(named), tuple(tables))


def _estimate_all(
    asked: Sequence[Characteristic], strata: Sequence[Group], answers: Sequence[Group], plan: Plan
) -> list[NamedEstimate]:
    named: list[NamedEstimate] = []
    for one in asked:
        is_of_strata = one.key == "baseline.stratum"
        for group in [*(strata[:1] if is_of_strata else strata), *answers]:
            named += estimate_group(one, group)
        if not one.is_in_strata:
            named += estimate_imbalance(one, strata, "", plan.analysis.level)
        named += estimate_imbalance(one, answers, BY_RESPONSE, plan.analysis.level)
    return named


def _is_compared(groups: Sequence[Group]) -> bool:
    return sum(one.is_compared and bool(one.persons) for one in groups) > 1


def _find_heads(groups: Sequence[Group], percent: str) -> tuple[str, ...]:
    heads = ["", *(f"{one.name} (n = {format_count(len(one.persons))})" for one in groups)]
    if _is_compared(groups):
        largest = sum(one.is_compared and bool(one.persons) for one in groups) > 2
        heads.append(f"{'Largest standardised' if largest else 'Standardised'} difference ({percent} CI)")
    return tuple(heads)


def _tabulate(
    asked: Sequence[Characteristic], groups: Sequence[Group], numbers: Numbers, suffix: str
) -> list[ResultRow]:
    rows: list[ResultRow] = []
    heading = ""
    for one in asked:
        if one.heading and one.heading != heading:
            width = len(groups) + _is_compared(groups)
            rows.append(ResultRow(one.heading, (None,) * width))
        heading = one.heading
        rows += _tabulate_one(one, groups, numbers, suffix)
    return rows


def _tabulate_one(one: Characteristic, groups: Sequence[Group], numbers: Numbers, suffix: str) -> list[ResultRow]:
    indent = 1 if one.heading else 0
    empty: list[TableCell] = [None] * len(groups)
    difference = numbers.get(f"{one.key}.difference{suffix}")
    last: list[TableCell] = [_round(difference) if difference else None] if _is_compared(groups) else []
    none: list[TableCell] = [None] * len(last)

    def row(label: str, cells: Sequence[TableCell], more: Sequence[TableCell], further: int) -> ResultRow:
        return ResultRow(label, (*cells, *more), indent + further)

    def numbers_of(middle: str) -> list[TableCell]:
        return [_print(numbers[f"{one.key}{middle}.{group.key}"]) for group in groups]

    if one.kind is CharacteristicKind.NUMBER:
        rows = [row(one.name, empty, last, 0), row("mean ± SD", numbers_of(""), none, 1)]
        rows.append(row("median (quartiles)", numbers_of(".median"), none, 1))
    elif one.kind is CharacteristicKind.YES_OR_NO:
        rows = [row(one.name, numbers_of(""), last, 0)]
    else:
        rows = [row(one.name, empty, last, 0)]
        rows += [row(level, numbers_of(f".{level}"), none, 1) for level in one.levels]
    missing = [numbers.get(f"{one.key}.missing.{group.key}") for group in groups]
    if any(missing):
        asked = [len(one.asked(group.persons)) for group in groups]
        shares = [found or share_of(0, among) for found, among in zip(missing, asked, strict=True)]
        rows.append(row("missing", [_print(share) for share in shares], none, 1))
    return rows


def _round(difference: Estimate) -> PrintedEstimate:
    return PrintedEstimate(difference, 2, has_level_in_head=True)


def _print(estimate: Estimate) -> TableCell:
    """Print a share as counts and per cent, without an interval; a number as it is."""
    if estimate.numerator is None or estimate.denominator is None:
        return estimate
    return format_share(estimate.numerator, estimate.denominator)


def _note_values(patients: Sequence[Patient]) -> list[str]:
    notes = [
        "Mean ± sample standard deviation and median (quartiles), or persons / persons of whom it is known (per cent)."
    ]
    if patients:
        notes.append('What stands under "From day 0 on" is no baseline, and has no standardised difference.')
    return notes


def _note_differences(asked: Sequence[Characteristic], groups: Sequence[Group], plan: Plan) -> list[str]:
    """Say what a standardised difference is, and how large chance alone makes it in groups of this size."""
    compared = [one for one in groups if one.is_compared and one.persons]
    if len(compared) < 2:
        return []
    is_pair = len(compared) == 2
    n1, n2, *_ = sorted(len(one.persons) for one in compared)
    whose = f"{compared[0].name} minus {compared[1].name}" if is_pair else "of the two groups furthest apart"
    of_size = "groups" if is_pair else "the two smallest groups"
    sizes = sorted({len(one.levels) for one in asked if len(one.levels) > 2})
    by_chance = _say_by_chance(n1, n2, plan, 2)
    further = [f"of {size} {_say_by_chance(n1, n2, plan, size)}" for size in sizes]
    of_groupings = f" (for a grouping {', '.join(further)})" if further else ""
    notes = [
        f"Standardised difference: {whose}, in standard deviations; of a "
        "grouping, the distance of its groups, which has neither sign nor interval. Beyond 0.1 is often called "
        f"notable, but between {of_size} of {n1} and {n2} chance alone gives up to {by_chance} either way"
        f"{of_groupings}, {plan.analysis.percent} of the time.",
        "There are no P values: they would say how many the persons are, and not how unlike (STROBE, item 14).",
    ]
    shown = [one.name for one in groups if not one.is_compared and one.key != "overall"]
    return [*notes, *(f"{name}: shown and not compared." for name in shown)]


def _say_by_chance(n1: int, n2: int, plan: Plan, categories: int) -> str:
    limit = find_difference_by_chance(n1, n2, plan.analysis.level, categories=categories)
    return "anything" if isinf(limit) else format_number(limit, 2)


def _note_strata(asked: Sequence[Characteristic], groups: Sequence[Group]) -> list[str]:
    if not _is_compared(groups) or not any(one.is_in_strata for one in asked):
        return []
    return ["What the strata are made of has no standardised difference between them."]
