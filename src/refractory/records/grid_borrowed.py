"""Cells that stand elsewhere: the one above, or in another sheet, such as the first infusion of a patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from refractory.errors import RecordsError
from refractory.records.cell_words import is_ditto, is_missing, spell_person
from refractory.records.grid import Cell, Grid, is_named
from refractory.records.grid_cells import RecordCells
from refractory.records.grid_columns import GridPlan, plan_grid
from refractory.records.grid_persons import find_fault_of_key
from refractory.records.grid_writing import describe_writing
from refractory.records.mapping import BorrowedDefinition, RecordDefinition, SourceMapping, TableDefinition


def add_borrowed_columns(grid: Grid, table: TableDefinition) -> Grid:
    """Add the columns that a table borrows to a grid, all of their cells empty.

    Raises:
        RecordsError: When the grid has a column of that name.
    """
    names = tuple(one.name for one in table.borrow)
    if not names:
        return grid
    taken = sorted({name.lower() for name in grid.columns} & {name.lower() for name in names})
    if taken or len(set(names)) < len(names):
        raise RecordsError(
            f"{grid.name} has a column of the name that a borrowed one shall have, or two are borrowed under one name.",
            where="[[table.borrow]] name",
            remedy="give the borrowed column another name",
        )
    empty: tuple[Cell, ...] = (None,) * len(names)
    return replace(grid, columns=(*grid.columns, *names), rows=[(*row, *empty) for row in grid.rows])


def find_lenders(
    borrow: BorrowedDefinition, tables: Sequence[tuple[Grid, TableDefinition | None]]
) -> list[tuple[Grid, TableDefinition]]:
    """Find the sheet that has the days, and its table; an instrument of REDCap may stand in several files.

    Raises:
        RecordsError: When the mapping has no table of that sheet.
    """
    found = [
        (grid, table)
        for grid, table in tables
        if table is not None and (is_named(grid.file, grid.sheet, borrow.sheet) or grid.group == borrow.sheet)
    ]
    if found:
        return found
    raise RecordsError(
        f'A table borrows from a sheet "{borrow.sheet}" that has no table in the mapping.',
        where="[[table.borrow]] sheet",
        remedy="name a sheet that stands under [[table]], as it stands there",
    )


def plan_lender(grid: Grid, table: TableDefinition, borrow: BorrowedDefinition) -> GridPlan:
    """Find the columns of the days that are lent.

    Raises:
        MissingColumnsError: When they are not there.
    """
    record = RecordDefinition(kind="finding", column={"date": borrow.first}, text={"what": "day"}, when=borrow.when)
    return plan_grid(grid, table.model_copy(update={"record": (record,), "not_used": (), "borrow": ()}))


def fill_cells(
    plan: GridPlan, tables: Sequence[tuple[Grid, TableDefinition | None]], mapping: SourceMapping
) -> GridPlan:
    """Fill what stands elsewhere: cells that mean the one above, and the first day of each person in another sheet.

    Args:
        plan: The table; the columns that it borrows are the last of its grid.
        tables: Every sheet with its table.
        mapping: How days are written.
    """
    plan = replace(plan, grid=_fill_down(plan))
    if not plan.table.borrow:
        return plan
    firsts = [
        _find_first_days([plan_lender(*lender, one) for lender in find_lenders(one, tables)], mapping)
        for one in plan.table.borrow
    ]
    rows = []
    for row in plan.grid.rows:
        key = spell_person(row[plan.person])
        rows.append((*row[: len(row) - len(firsts)], *(days.get(key) for days in firsts)))
    return replace(plan, grid=replace(plan.grid, rows=rows))


def _fill_down(plan: GridPlan) -> Grid:
    if not plan.fill_down:
        return plan.grid
    above: dict[int, Cell] = {}
    rows = []
    for row in plan.grid.rows:
        filled = list(row)
        for place in plan.fill_down:
            if is_missing(filled[place], ()) or is_ditto(filled[place]):
                filled[place] = above.get(place)
            above[place] = filled[place]
        rows.append(tuple(filled))
    return replace(plan.grid, rows=rows)


def _find_first_days(lenders: Iterable[GridPlan], mapping: SourceMapping) -> dict[str, date]:
    """Find the first day of each person; a day that cannot be read is told where the sheet itself is read."""
    found: dict[str, date] = {}
    for plan in lenders:
        for key, day in _find_days(plan, mapping):
            found[key] = min(day, found.get(key, day))
    return found


def _find_days(plan: GridPlan, mapping: SourceMapping) -> Iterator[tuple[str, date]]:
    writings = [describe_writing(mapping.source, plan.table, record, plan.grid) for record in plan.records]
    for row in _fill_down(plan).rows:
        if row[plan.person] is None or find_fault_of_key(row[plan.person]):
            continue
        for record, writing in zip(plan.records, writings, strict=True):
            cells = RecordCells(record, writing, row, _tell_nobody)
            day = cells.day("date") if cells.is_met(plan.grid.columns) else None
            if day is not None:
                yield spell_person(row[plan.person]), day


def _tell_nobody(column: str, rule: str, done: str) -> None:
    pass
