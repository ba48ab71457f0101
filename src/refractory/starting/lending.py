"""The first day of the treatment where it stands in another sheet than the answers: infusions apart from patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from refractory.numbers import say_count
from refractory.records.cell_day_lists import read_first_date
from refractory.records.cell_words import read_cell_text
from refractory.records.grid import Cell
from refractory.starting.drafting import Draft
from refractory.starting.drafts import DraftBorrow, DraftRecord, DraftTable
from refractory.starting.looks import ColumnLook
from refractory.starting.row_events import find_rows_given
from refractory.starting.treatments import Treatment, find_given_rows, name_drug_of_row


@dataclass(frozen=True)
class Lender:
    """A sheet that says when each person was treated first.

    Args:
        table: Its table.
        record: Its record of the treatment.
        days: The first day by person.
        when: Column that says whether a row is of the treatment, and the texts that say so.
        also: Column that says whether it was given, and the texts that say so.
    """

    table: DraftTable
    record: DraftRecord
    days: dict[str, date]
    when: tuple[str, Sequence[str]] | None
    also: tuple[str, Sequence[str]] | None = None


def find_lender(drafts: Sequence[Draft], tables: Sequence[DraftTable]) -> Lender | None:
    """Find the sheet that tells the first day of the treatment for most persons."""
    found = [
        _look_at(draft, table, record)
        for draft, table in zip(drafts, tables, strict=True)
        for record in table.records
        if gives_treatment(record, draft.treatment)
    ]
    return max(found, key=lambda one: len(one.days), default=None)


def gives_treatment(record: DraftRecord, treatment: Treatment) -> bool:
    """Say whether a record may be of the treatment, on its day."""
    is_named = record.text.get("what") == treatment.drug.name or "what" in record.column
    return record.kind == "drug" and is_named and "start" in record.column and not record.days_later


def _look_at(draft: Draft, table: DraftTable, record: DraftRecord) -> Lender:
    view = draft.view
    pattern, when, rows = record.column["start"], record.when, set(range(len(view.persons)))
    names = view.first("drug name") if "what" in record.column else None
    also = None
    if names is not None:
        also = next((one for one in (record.when, record.also) if one is not None and one[0] != names.name), None)
        of_row = name_drug_of_row(view, names)
        rows = {row for row in of_row if draft.is_treatment(of_row[row])}
        rows &= find_rows_given(view, names)
        said = [read_cell_text(cell) for row, cell in names.cells if row in rows]
        when = (names.name, tuple(dict.fromkeys(said)))
    elif when is not None:
        name, _ = when
        asked = next(look for look in view.looks if look.name == name)
        rows = find_given_rows(asked)
        if record.missing is not None and len(rows) < asked.filled:  # a dose of 0 is none: the doses are named
            said = [read_cell_text(cell) for row, cell in asked.cells if row in rows]
            when = (name, tuple(dict.fromkeys(said)))
    looks = [look for look in view.looks if look.name == pattern or (look.name in record.covers and look.is_date)]
    days: dict[str, date] = {}
    for look in looks:
        order = record.dates or draft.order.order
        for row, cell in look.cells:
            day, person = read_first_date(cell, order).day, view.persons[row]
            if row in rows and person and day and (person not in days or day < days[person]):
                days[person] = day
    return Lender(table, record, days, when, also)


def lend_day(draft: Draft, lender: Lender) -> Draft | None:
    """Give a sheet without the day of the treatment the first day that another sheet has; None where it needs none."""
    view = draft.view
    if draft.anchor is not None or view.first("drug name") is not None:
        return None
    name = f"first day of {draft.treatment.drug.name}"
    days = [(row, lender.days.get(person or "")) for row, person in enumerate(view.persons)]
    cells: list[tuple[int, Cell]] = [(row, datetime(day.year, day.month, day.day)) for row, day in days if day]
    if not cells:
        return None
    look = ColumnLook(name, len(view.grid.columns), cells, len(view.grid.rows), {})
    return replace(draft, lent=look)


def write_borrow(draft: Draft, lender: Lender) -> DraftBorrow:
    """Write that a table takes the first day from another sheet."""
    assert draft.lent is not None
    says = [
        f'The first day of each person in "{lender.table.sheet}", for {say_count(draft.lent.filled, "row")} of this '
        "sheet: it does not tell when the treatment began."
    ]
    return DraftBorrow(
        draft.lent.name, lender.table.sheet, lender.record.column["start"], lender.when, says, lender.also
    )
