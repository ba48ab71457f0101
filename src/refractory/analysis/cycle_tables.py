"""The tables of cycles: how many, how many to the response, how far apart, how high."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refractory.analysis.analysis_set import of_stratum, with_status
from refractory.analysis.estimates import Plan, strata_of
from refractory.analysis.results import Cell, ResultRow, ResultTable
from refractory.analysis.tables import Columns, number_rows, share_row
from refractory.numbers import format_share
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.location import estimate_median


def _had_responded_by(cycle: int) -> Callable[[Patient], bool]:
    return lambda one: one.cycles_to_response is not None and one.cycles_to_response <= cycle


def tabulate_cycles(patients: Sequence[Patient], plan: Plan) -> ResultTable:
    """Tabulate the cycles given and the cycles to response, overall and by stratum."""
    columns: list[tuple[str, Sequence[Patient]]] = [("All", patients)]
    columns += [(name, of_stratum(patients, name)) for name in strata_of(plan, patients)]
    rows = number_rows("Cycles given", lambda one: len(one.cycles), columns)
    is_benefit = plan.response.means == "benefit"
    # Nobody responds to a harm.
    to_it, who = ("response", "responders") if is_benefit else ("the outcome", "persons with it")
    rows += number_rows(f"Cycles to {to_it}, {who}", lambda one: one.cycles_to_response, columns)
    rows = [row for row in rows if row.label != "not known"]
    responders = [with_status(persons, ResponseStatus.RESPONSE) for _, persons in columns]
    unknown = [sum(one.cycles_to_response is None for one in persons) for persons in responders]
    rows.append(
        ResultRow(
            f"{who} whose count is not known",
            tuple(format_share(lost, len(all_)) for lost, all_ in zip(unknown, responders, strict=True)),
            indent=1,
        )
    )
    longest = max((one.cycles_to_response or 0 for one in patients), default=0)
    rows.append(ResultRow("Had responded by" if is_benefit else "Had had it by", (None,) * len(columns)))
    for cycle in range(1, min(longest, 6) + 1):
        rows.append(
            share_row(
                f"cycle {cycle}",
                _had_responded_by(cycle),
                columns,
                indent=1,
            )
        )
    rows += _cycle_rows(columns)
    footnotes = (
        _say_cycles_to_it(is_benefit=is_benefit),
        "A new course: a cycle after a pause that ends a course; it is neither late nor are cycles missed before it. "
        "The pause after which treatment counts as given again is a choice of its own.",
    )
    heads = ("", *(f"{name} (n = {len(persons)})" for name, persons in columns))
    return ResultTable("cycles", f"Cycles given, and cycles to {to_it}", heads, tuple(rows), footnotes)


def _say_cycles_to_it(*, is_benefit: bool) -> str:
    if not is_benefit:
        return (
            "Cycles to the outcome: cycles begun on or before its day. The mean is over persons with it only; the "
            "shares by cycle are of all persons, and whose count is not known counts as not yet."
        )
    return (
        "Cycles to response: cycles begun on or before the day of first response. The mean is over responders only, as "
        "it is published; the shares by cycle are of all persons, so that those who never responded count. Responders "
        "whose count is not known count as not yet, so that these shares are the least that is possible; the table of "
        "the response over time, and the cumulative proportion, take them at the latest cycle that is possible."
    )


def _cycle_rows(columns: Columns) -> list[ResultRow]:
    """Say how far apart the cycles were, which were missed, how high they were dosed and which are flagged."""
    rows: list[ResultRow] = []
    intervals = [
        [
            float(c.interval_days)
            for one in persons
            for c in one.cycles
            if c.interval_days is not None and not c.opens_course
        ]
        for _, persons in columns
    ]
    rows.append(
        ResultRow("Days between cycles of a course, median (quartiles)", tuple(map(estimate_median, intervals)))
    )
    rows.append(share_row("Persons with a missed cycle", lambda one: any(c.missed for c in one.cycles), columns))
    rows.append(
        share_row("Persons with a new course of cycles", lambda one: any(c.course > 1 for c in one.cycles), columns)
    )
    flags = (
        ("late", lambda cycle: cycle.is_late),
        ("below the low-dose limit", lambda cycle: cycle.is_low_dose),
        ("above the high-dose limit", lambda cycle: cycle.is_high_dose),
        ("product changed", lambda cycle: cycle.is_product_changed),
        ("dose per kg not known", lambda cycle: cycle.grams_per_kg is None),
    )
    doses = [
        [c.grams_per_kg for one in persons for c in one.cycles if c.grams_per_kg is not None] for _, persons in columns
    ]
    rows.append(ResultRow("Dose of a cycle, g/kg, median (quartiles)", tuple(map(estimate_median, doses))))
    rows.append(ResultRow("Cycles flagged", (None,) * len(columns)))
    for label, is_flagged in flags:
        cells: list[Cell] = []
        for _, persons in columns:
            given = [cycle for one in persons for cycle in one.cycles]
            cells.append(format_share(sum(map(is_flagged, given)), len(given)))
        rows.append(ResultRow(label, tuple(cells), indent=1))
    return rows
