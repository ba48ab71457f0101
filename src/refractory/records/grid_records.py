"""Records of a row as staged rows: what each kind of record becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from refractory.records.cell_dates import CellDate
from refractory.records.cell_day_lists import YEAR_OF_NEIGHBOUR, has_years_added, split_days
from refractory.records.cell_words import read_yes_or_no
from refractory.records.grid_cells import NOT_USED, RecordCells
from refractory.records.grid_codes import CodeBook
from refractory.records.grid_doses import find_zero_dose, read_dose
from refractory.records.grid_entries import find_entries
from refractory.records.staging import LABEL_TABLE

StagedRow = tuple[str, dict[str, Any]]
# What shows that a row holds the record: the first of them that is a column decides.
_EVIDENCE = {
    "observed": ("start", "end"),
    "death": ("died", "date"),
    "diagnosis": ("what",),
    "drug": ("what",),
    "procedure": ("what",),
    "finding": ("value", "what"),
    "measurement": ("value", "what"),
    "label": ("value", "item"),
}
# What shows it where none of those is a column.
_WEAK_EVIDENCE = ("start", "date", "end", "dose", "daily_dose", "directions", "quantity", "days")


def is_there(cells: RecordCells) -> bool:
    """Say whether a row holds a record at all."""
    deciding = [name for name in _EVIDENCE[cells.plan.definition.kind] if name in cells.plan.places]
    if deciding:
        return any(cells.has(name) for name in deciding)
    if cells.plan.definition.when is not None:
        return True
    weak = [name for name in _WEAK_EVIDENCE if name in cells.plan.places]
    return not weak or any(cells.has(name) for name in weak)


def build_rows(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    """Build the staged rows of a record that a row holds; none where it cannot be used, which is told."""
    for one in _spread_days(cells):
        yield from _BUILDERS[cells.plan.definition.kind](one, codes, grid)


def _spread_days(cells: RecordCells) -> Iterator[RecordCells]:
    """Give the cells of a record once for each day that its cell lists, where the mapping wants a record of each."""
    field = "start" if "start" in cells.plan.places else "date"
    cell = cells.cell(field) if cells.plan.definition.each_day and field in cells.plan.places else None
    if not isinstance(cell, str):
        yield cells
        return
    place, order = cells.plan.places[field], cells.writing.order(field)
    days = split_days(cell, order, cells.writing.years)
    if has_years_added(cell, days):
        cells.tell(cells.column(field), YEAR_OF_NEIGHBOUR, "used so")
    for day in days:
        yield replace(cells, cells=(*cells.cells[:place], day, *cells.cells[place + 1 :]))


def _build_observed(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    start, end = cells.day("start"), cells.day("end")
    if start is not None and end is not None:
        days = {"observation_period_start_date": start, "observation_period_end_date": end}
        yield "observation_period", {"number": cells.whole("key"), **days}
        return
    for name in ("start", "end"):
        if cells.cell(name) is None:
            cells.tell(cells.column(name), "a period of observation without its start or end", NOT_USED)


def _build_death(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    said = cells.cell("died")
    if said is not None:
        died = read_yes_or_no(said, {*cells.writing.yes, "dead", "died", "deceased"}, {*cells.writing.no, "alive"})
        if died is None:
            cells.tell(cells.column("died"), "is neither yes nor no", NOT_USED)
        if not died:
            return
    elif cells.cell("date") is None:
        return
    day = cells.day("date")
    if day is not None:
        yield "death", {"death_date": day}
    elif cells.cell("date") is None:
        cells.tell(cells.column("died"), "a death without a date", NOT_USED)


def _build_diagnosis(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    day, end = cells.start("date"), cells.end()
    if day is None:
        return
    for entry in find_entries(cells, codes, grid):
        yield (
            "condition_occurrence",
            {
                "number": cells.whole("key"),
                "condition_start_date": day,
                "condition_end_date": end,
                "condition_source_value": entry.text,
                "codings": entry.codings,
            },
        )


def _build_procedure(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    day = cells.start("date")
    if day is None:
        return
    for entry in find_entries(cells, codes, grid):
        yield (
            "procedure_occurrence",
            {
                "number": cells.whole("key"),
                "procedure_date": day,
                "quantity": cells.amount("quantity"),
                "modifier_source_value": cells.text("modifier") or None,
                "procedure_source_value": entry.text,
                "codings": entry.codings,
            },
        )


def _build_drug(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    day = cells.start("start")
    if day is None:
        return
    is_undated = cells.cell("start") is None
    if (column := find_zero_dose(cells)) is not None:
        cells.tell(column, "a dose of 0", "no record of it")
        return
    end = cells.end() if cells.has("end") else cells.noted_end() or cells.last_of_span()
    said = read_dose(cells)
    common = {
        "number": cells.whole("key"),
        "drug_exposure_start_date": day,
        "drug_exposure_end_date": end,
        "days_supply": cells.whole("days"),
        "stop_reason": cells.text("stop_reason") or None,
        **said,
    }
    for entry in find_entries(cells, codes, grid):
        sig = said["sig"] or (None if said["quantity"] is not None else entry.directions or None)
        if is_undated:  # "1 g BID for 6 months" before a date would reach beyond that date
            sig = None
        yield (
            "drug_exposure",
            {
                **common,
                "sig": sig,
                "route_source_value": cells.text("route") or entry.route or None,
                "drug_source_value": entry.text,
                "codings": entry.codings,
            },
        )


def _build_finding(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    day = cells.start("date")
    if day is None:
        return
    found, text = cells.number("value"), cells.text("value")
    for entry in find_entries(cells, codes, grid):
        yield (
            "observation",
            {
                "number": cells.whole("key"),
                "observation_date": day,
                "value_as_number": found.value if found else None,
                "value_as_string": text or None,
                "unit_source_value": (found.unit if found and found.value is not None else "")
                or cells.text("unit")
                or None,
                "observation_source_value": entry.text,
                "codings": entry.codings,
            },
        )


def _build_measurement(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    found = cells.number("value")
    if found is not None and (found.fault or found.note):
        cells.tell(cells.column("value"), found.fault or found.note, "kept as text" if found.fault else "used so")
    day = cells.start("date")
    if day is None:
        return
    for entry in find_entries(cells, codes, grid):
        yield (
            "measurement",
            {
                "number": cells.whole("key"),
                "measurement_date": day,
                "value_as_number": found.value if found else None,
                "value_source_value": cells.text("value") or None,
                "unit_source_value": (found.unit if found else "") or cells.text("unit") or None,
                "range_high": cells.amount("upper_limit"),
                "measurement_source_value": entry.text,
                "codings": entry.codings,
            },
        )


def _build_label(cells: RecordCells, codes: CodeBook, grid: str) -> Iterator[StagedRow]:
    item, value = cells.text("item"), cells.text("value")
    if not item:
        cells.tell(cells.column("item"), "a label without an item", NOT_USED)
        return
    if not value:
        cells.tell(cells.column("value"), "a label without a value", NOT_USED)
        return
    when = cells.written_date("date")
    if when is None and cells.cell("date") is not None:
        return
    answer = None if value.isdigit() else read_yes_or_no(value, cells.writing.yes, cells.writing.no)
    days = _days_of(cells, when) if when else _some_day_after(cells)
    yield (
        LABEL_TABLE,
        {
            "number": cells.whole("key"),
            "item": item,
            "value": value if answer is None else "yes" if answer else "no",
            "reviewer": cells.text("reviewer") or None,
            **days,
        },
    )


def _days_of(cells: RecordCells, when: CellDate) -> dict[str, date]:
    """The days on which a dated answer may have been given."""
    if when.earliest is None or when.latest is None:
        return {}
    later = timedelta(days=cells.plan.definition.days_later)
    return {"earliest": when.earliest + later, "latest": when.latest + later}


def _some_day_after(cells: RecordCells) -> dict[str, date]:
    """The days on which an undated answer may have been given: after a date, and within so many days of it."""
    after = cells.day("after")
    if after is None:
        return {}
    within = cells.whole("within")
    return {"earliest": after + timedelta(days=1), "latest": after + timedelta(days=365 if within is None else within)}


_BUILDERS: Mapping[str, Callable[[RecordCells, CodeBook, str], Iterator[StagedRow]]] = {
    "observed": _build_observed,
    "death": _build_death,
    "diagnosis": _build_diagnosis,
    "drug": _build_drug,
    "procedure": _build_procedure,
    "finding": _build_finding,
    "measurement": _build_measurement,
    "label": _build_label,
}
