"""The tables of a study, as values: how they look is the report's business."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refractory.analysis.analysis_set import (
    Number,
    Tally,
    of_stratum,
    of_subtype,
    supporting_answer,
    tally,
)
from refractory.analysis.detectable import find_least_difference, say_least_difference
from refractory.analysis.estimates import Plan, primary_reading, read_three_ways, strata_of, subtypes_of
from refractory.analysis.results import Cell, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_count, format_percentage, format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.sparing import SparingClass
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean, estimate_median

Columns = Sequence[tuple[str, Sequence[Patient]]]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def number_rows(label: str, number: Number, columns: Columns) -> list[ResultRow]:
    """Give the rows of a number: mean and SD, median and quartiles, and how many are not known."""
    values = [[float(value) for value in map(number, persons) if value is not None] for _, persons in columns]
    missing = [len(persons) - len(known) for (_, persons), known in zip(columns, values, strict=True)]
    rows = [
        ResultRow(label, tuple(None for _ in columns)),
        ResultRow("mean ± SD", tuple(estimate_mean(known) for known in values), indent=1),
        ResultRow("median (quartiles)", tuple(estimate_median(known) for known in values), indent=1),
    ]
    if any(missing):
        shares: tuple[Cell, ...] = tuple(
            format_share(lost, len(persons)) for lost, (_, persons) in zip(missing, columns, strict=True)
        )
        rows.append(ResultRow("not known", shares, indent=1))
    return rows


def share_row(label: str, has: Callable[[Patient], bool], columns: Columns, indent: int = 0) -> ResultRow:
    """Give the row of a yes or no: how many of each column's persons have it."""
    return ResultRow(label, tuple(format_share(sum(map(has, persons)), len(persons)) for _, persons in columns), indent)


THREE_WAYS = (
    "Persons",
    "Not evaluable",
    "Evaluable persons only",
    "Not evaluable as non-response",
    "Worst to best bound",
)


def row_three_ways(label: str, counts: Tally, plan: Plan, indent: int) -> ResultRow:
    """Give the row of one question, with the persons who are not evaluable read in each way."""
    readings = read_three_ways(counts, plan.response, plan.analysis)
    bounds = (readings["worst"], readings["best"]) if counts.not_evaluable else None
    cells: tuple[Cell, ...] = (
        counts.persons,
        counts.not_evaluable,
        readings["evaluable"],
        readings["as_non_response"],
        _say_bounds(*bounds) if bounds else "the same",
    )
    return ResultRow(label, cells, indent)


def tabulate_response(patients: Sequence[Patient], plan: Plan) -> ResultTable:
    """Tabulate the response three ways: overall, by stratum, by subtype, and by each supporting rule."""
    rows: list[ResultRow] = []

    def add(label: str, counts: Tally, indent: int) -> None:
        rows.append(row_three_ways(label, counts, plan, indent))

    add("All persons", tally(patients), 0)
    for name in strata_of(plan, patients):
        add(name, tally(of_stratum(patients, name)), 1)
    if plan.subtypes:
        rows.append(ResultRow("By subtype", (None,) * 5))
        for name in subtypes_of(plan, patients):
            add(name, tally(of_subtype(patients, name)), 1)
    if plan.response.supporting:
        rows.append(ResultRow("By supporting rule", (None,) * 5))
        for number, rule in enumerate(plan.response.supporting):
            add(rule.name or rule.describe(), tally(patients, supporting_answer(number)), 1)
    columns = (plan.response.name, *THREE_WAYS)
    primary = "evaluable persons only" if plan.response.missing == "evaluable" else "not evaluable as non-response"
    footnotes = (
        f"{_capital(plan.response.primary.describe())}. The primary reading is: {primary}.",
        f"Persons / persons counted (per cent; {plan.analysis.percent} {plan.analysis.proportion} interval).",
        "Bounds: every person not evaluable counted against (worst) or in favour of (best) the treatment.",
    )
    return ResultTable("response", plan.response.name, columns, tuple(rows), footnotes)


def _say_bounds(worst: Estimate, best: Estimate) -> str:
    """Say two bounds of one denominator: "6/11 to 8/11 (55 % to 73 %)"."""
    ends = [(one.numerator or 0, one.denominator or 0) for one in (worst, best)]
    counts = " to ".join(f"{format_count(counted)}/{format_count(among)}" for counted, among in ends)
    return f"{counts} ({' to '.join(format_percentage(counted, among) for counted, among in ends)})"


def tabulate_comparison(patients: Sequence[Patient], plan: Plan, named: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate the two strata that the protocol compares.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        named: The estimates of the difference and of its test, in this order.
    """
    difference, test = named
    reading = primary_reading(plan.response)
    shares = [
        read_three_ways(tally(of_stratum(patients, name)), plan.response, plan.analysis)[reading]
        for name in plan.analysis.compare
    ]
    columns = ("", *plan.analysis.compare, "Difference", _capital(plan.analysis.words.association))
    row = ResultRow(plan.response.name, (*shares, difference.estimate, test.estimate))
    (r1, n1), (r2, n2) = ((one.numerator or 0, one.denominator or 0) for one in shares)
    rate = (r1 + r2) / (n1 + n2) if n1 + n2 else 0.0
    footnotes = (
        f"The first minus the second, with {plan.analysis.words.difference}.",
        say_least_difference(find_least_difference(n1, n2, rate, plan.analysis), plan.analysis),
    )
    return ResultTable("comparison", f"{plan.response.name}: the strata compared", columns, (row,), footnotes)


def tabulate_sparing(patients: Sequence[Patient], named: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate what became of the other drugs: classes per person, then each percentage with its rule."""
    rows = [ResultRow("Glucocorticoid, persons on it at baseline", (None, None))]
    on_it = [one for one in patients if one.sparing and one.sparing.is_on_glucocorticoid]
    for sparing in SparingClass:
        count = sum(one.sparing is not None and one.sparing.glucocorticoid is sparing for one in on_it)
        rows.append(
            ResultRow(sparing.value.replace("_", " ").lower(), (format_share(count, len(on_it)), None), indent=1)
        )
    rows.append(ResultRow("The same question, read in other ways", (None, None)))
    rows += [ResultRow(one.label, (one.estimate, one.rule.partition(": ")[2]), indent=1) for one in named]
    columns = ("", "Persons", "Numerator and denominator")
    footnotes = ("A percentage without its numerator, denominator and rule is not a result.",)
    return ResultTable("sparing", "Other drugs at the end of follow-up", columns, tuple(rows), footnotes)


def tabulate_strata(named: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate how many persons each stratum and subtype has."""
    rows: list[ResultRow] = []
    for kind, heading in (("stratum.", "Strata"), ("subtype.", "Subtypes")):
        of_kind = [one for one in named if one.id.startswith(kind)]
        rows += [ResultRow(heading, (None,))] if of_kind else []
        for one in of_kind:
            is_part = kind == "stratum." and not one.id.endswith(".persons")
            label = "of these, " + one.label.partition(": ")[2] if is_part else one.label
            rows.append(ResultRow(label, (round(one.estimate.value or 0),), indent=2 if is_part else 1))
    return ResultTable("strata", "Strata and subtypes", ("Group", "Persons"), tuple(rows))
