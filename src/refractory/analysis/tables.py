"""The tables of a study, as values: how they look is the report's business."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from refractory.analysis.analysis_set import (
    Number,
    Tally,
    baseline_value,
    of_stratum,
    of_subtype,
    supporting_answer,
    tally,
    with_status,
)
from refractory.analysis.detectable import find_least_difference, say_least_difference
from refractory.analysis.estimates import Plan, primary_reading, read_three_ways, strata_of, subtypes_of
from refractory.analysis.results import Cell, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_count, format_percentage, format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseDefinition, ResponseStatus
from refractory.outcomes.sparing import SparingClass
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean, estimate_median

Columns = Sequence[tuple[str, Sequence[Patient]]]


def tabulate_baseline(patients: Sequence[Patient], plan: Plan, drugs: Mapping[str, Sequence[int]]) -> ResultTable:
    """Tabulate who the persons were at time zero, by stratum and by response (table 1 of a paper).

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        drugs: Persons by each earlier drug whose course counts for the refractory rule.
    """
    columns: list[tuple[str, Sequence[Patient]]] = [("All", patients)]
    columns += [(name, of_stratum(patients, name)) for name in strata_of(plan, patients)]
    columns += [
        *zip(
            with_and_without(plan.response),
            (with_status(patients, status) for status in (ResponseStatus.RESPONSE, ResponseStatus.NO_RESPONSE)),
            strict=True,
        ),
    ]
    rows = number_rows("Age at day 0, years", lambda one: one.member.age_years, columns)
    rows.append(share_row("Female", lambda one: one.member.sex == "female", columns))
    rows += number_rows("Diagnosis to day 0, days", lambda one: one.member.days_from_diagnosis, columns)
    if plan.has_refractory_rule:
        rows += number_rows("Drugs before day 0", lambda one: one.member.drugs_before, columns)
        for drug, persons in sorted(drugs.items(), key=lambda item: (-len(item[1]), item[0])):
            rows.append(share_row(_capital(drug), _is_among(frozenset(persons)), columns, indent=1))
    if plan.subtypes:
        rows.append(ResultRow("Subtype", (None,) * len(columns)))
        for name in subtypes_of(plan, patients):
            rows.append(share_row(name, _has_subtype(name), columns, indent=1))
    for name in patients[0].baseline if patients else ():
        rows += number_rows(name, baseline_value(name), columns)
    if plan.sparing:
        rows.append(share_row("On a glucocorticoid at baseline", _is_on_glucocorticoid, columns))
        of_those = [(name, list(filter(_is_on_glucocorticoid, persons))) for name, persons in columns]
        rows += number_rows("Prednisone equivalent, mg/day, of those", _baseline_dose, of_those)
    footnotes = (
        "Mean ± sample standard deviation, median (quartiles), or persons (per cent of the column).",
        "Persons who are not evaluable for response stand in no response column.",
    )
    heads = ("", *(f"{name} (n = {len(persons)})" for name, persons in columns))
    return ResultTable("baseline", "Persons at time zero", heads, tuple(rows), footnotes)


def with_and_without(response: ResponseDefinition) -> tuple[str, str]:
    """Name the persons with and without the outcome: a harm has no responders."""
    if response.means == "benefit":
        return "Responders", "Non-responders"
    return f"With {response.name.lower()}", f"Without {response.name.lower()}"


def _is_among(persons: frozenset[int]) -> Callable[[Patient], bool]:
    return lambda one: one.member.person_id in persons


def _has_subtype(name: str) -> Callable[[Patient], bool]:
    return lambda one: one.member.subtype == name


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _is_on_glucocorticoid(one: Patient) -> bool:
    return bool(one.sparing and one.sparing.is_on_glucocorticoid)


def _baseline_dose(one: Patient) -> float | None:
    if one.sparing is None or one.sparing.baseline.unknown_days:
        return None
    return one.sparing.baseline.mg_per_day


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
        f"Persons / persons counted (per cent; {100 * plan.analysis.level:g} % {plan.analysis.proportion} interval).",
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
        named: The estimates of the difference and of Fisher's test, in this order.
    """
    difference, test = named
    reading = primary_reading(plan.response)
    shares = [
        read_three_ways(tally(of_stratum(patients, name)), plan.response, plan.analysis)[reading]
        for name in plan.analysis.compare
    ]
    columns = ("", *plan.analysis.compare, "Difference", "Fisher's exact test")
    row = ResultRow(plan.response.name, (*shares, difference.estimate, test.estimate))
    n1, n2 = (share.denominator or 0 for share in shares)
    responders = sum(share.numerator or 0 for share in shares)
    least = find_least_difference(n1, n2, responders / (n1 + n2) if n1 + n2 else 0.0)
    footnotes = (
        "The first minus the second, with Newcombe's hybrid score interval.",
        say_least_difference(least),
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
