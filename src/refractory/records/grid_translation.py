"""Grids become staged rows as a mapping says; each row of a grid is used, not asked for, or listed with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.accounts import TableAccount
from refractory.records.cell_words import is_missing, read_cell_text
from refractory.records.grid import Cell, Grid, is_named
from refractory.records.grid_borrowed import add_borrowed_columns, fill_cells
from refractory.records.grid_cells import RecordCells
from refractory.records.grid_codes import CodeBook, build_code_book
from refractory.records.grid_columns import GridPlan, RecordPlan, plan_grid
from refractory.records.grid_once import RepeatedRecords
from refractory.records.grid_persons import TAKEN_FOR_SAME, WRITTEN_OTHERWISE, PersonBook, find_fault_of_key
from refractory.records.grid_places import find_field_columns
from refractory.records.grid_records import build_rows, is_there
from refractory.records.grid_writing import Writing, describe_writing
from refractory.records.mapping import SourceMapping, TableDefinition
from refractory.records.schema import Problem

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource

_LEFT_OUT = "left out"
_STAGED_AT_ONCE = 20_000


def translate_grids(
    source: TranslatedSource,
    grids: Sequence[Grid],
    mapping: SourceMapping,
    used: dict[str, set[int]] | None = None,
) -> tuple[list[Problem], list[TableAccount]]:
    """Stage the records of grids as their mapping says.

    Args:
        source: Takes the staged rows.
        grids: What the files hold.
        mapping: What the columns are.
        used: Takes, by the name of each grid, the lines that a record came of.

    Returns:
        What was not used as written, and one account per grid.

    Raises:
        RecordsError: When the mapping names a table or a column that is not there.
    """
    codes, persons = build_code_book(mapping), PersonBook()
    problems: list[Problem] = []
    accounts: list[TableAccount] = []
    plans: list[GridPlan] = []
    matched = match_tables(grids, mapping)
    for grid, table in matched:
        problems += _tell_notes(grid)
        if table is None:
            if not any(is_named(grid.file, grid.sheet, name) for name in mapping.source.not_used):
                rule = "the mapping says nothing of this sheet"
                problems.append(Problem(grid.name, None, "", rule, "not used", len(grid.rows), is_left_out=False))
            accounts.append(TableAccount(grid.name, len(grid.rows), 0, len(grid.rows), 0))
            continue
        plan = plan_grid(add_borrowed_columns(grid, table), table)
        plan = fill_cells(plan, matched, mapping)
        plans.append(plan)
        problems += _tell_unused(plan)
        for row in plan.grid.rows:
            cell = row[plan.person]
            if is_missing(cell, _missing_persons(mapping)) or find_fault_of_key(cell) or plan.is_heading(row):
                continue
            persons.meet(cell)
    for plan in plans:
        translation = _Translation(source, plan, mapping, codes, persons)
        translation.run()
        if used is not None:
            used[plan.grid.name] = translation.used_lines
        problems += translation.problems
        accounts.append(translation.account())
    source.stage("person", persons.rows())
    problems += _tell_uncoded(codes)
    return problems, _add_up(accounts)


def _add_up(accounts: Sequence[TableAccount]) -> list[TableAccount]:
    """Add up the accounts of tables that stand on one sheet."""
    whole: dict[str, TableAccount] = {}
    for one in accounts:
        sum_of = whole.get(one.table, TableAccount(one.table, 0, 0, 0, 0))
        whole[one.table] = TableAccount(
            one.table,
            sum_of.rows + one.rows,
            sum_of.used + one.used,
            sum_of.not_asked_for + one.not_asked_for,
            sum_of.listed + one.listed,
        )
    return list(whole.values())


def match_tables(grids: Sequence[Grid], mapping: SourceMapping) -> list[tuple[Grid, TableDefinition | None]]:
    """Find the table of the mapping for each grid: by the name of the sheet, of the file, or the only one.

    Raises:
        RecordsError: When a table names a sheet that is not there.
    """
    matched: list[tuple[Grid, TableDefinition | None]] = [(grid, None) for grid in grids]
    for table in mapping.table:
        places = [
            place
            for place, (grid, taken) in enumerate(matched)
            if taken is None and (is_named(grid.file, grid.sheet, table.sheet) or (not table.sheet and len(grids) == 1))
        ]
        if not places:
            names = ", ".join(f'"{grid.sheet}"' for grid in grids[:8])
            raise RecordsError(
                f'The mapping names a sheet "{table.sheet}" that is not there, or names it twice.',
                where="[[table]] sheet",
                remedy=f"name one of: {names}",
            )
        matched[places[0]] = (matched[places[0]][0], table)
    return matched


def _missing_persons(mapping: SourceMapping) -> frozenset[str]:
    """Return the codes for nothing that may stand where a person is told; a number is a person's key."""
    return frozenset(one.lower() for one in mapping.source.missing if not one.strip("-").isdigit())


def _tell_notes(grid: Grid) -> Iterator[Problem]:
    for note, rows in Counter(grid.notes).items():
        done = "not read" if note.startswith("lines below") else "used so"
        yield Problem(grid.name, None, "", note, done, rows, is_left_out=False, file=grid.name)


def _tell_unused(plan: GridPlan) -> Iterator[Problem]:
    for name in plan.unused:
        place = plan.grid.columns.index(name)
        filled = sum(not is_missing(row[place], ()) for row in plan.grid.rows)
        if filled:
            rule = "the mapping does not use this column"
            yield Problem(plan.grid.name, None, name, rule, "not used", filled, is_left_out=False, file=plan.grid.name)


def _tell_uncoded(codes: CodeBook) -> Iterator[Problem]:
    for (grid, kind, column), texts in sorted(codes.uncoded.items()):
        rule = f"{len(texts)} different text{'' if len(texts) == 1 else 's'} of a {kind} without a code"
        if not column:  # the mapping's own words are nobody's secret
            rule = f"no code is known for what the mapping calls a {kind}: {', '.join(sorted(texts))}"
        rows = codes.uncoded_cells[grid, kind, column]
        yield Problem(grid, None, column, rule, "kept as text", rows, is_left_out=False, file=grid)


@dataclass
class _Row:
    """What became of one row."""

    line: int
    faults: list[Problem]
    asks: bool = False
    is_used: bool = False


class _Translation:
    """The translation of one grid."""

    def __init__(
        self, source: TranslatedSource, plan: GridPlan, mapping: SourceMapping, codes: CodeBook, persons: PersonBook
    ) -> None:
        self.source, self.plan, self.mapping = source, plan, mapping
        self.codes, self.persons = codes, persons
        self.problems: list[Problem] = []
        self.used_lines: set[int] = set()
        self.used = self.not_asked_for = self.listed = 0
        self._staged: dict[str, list[Mapping[str, Any]]] = {}
        self._repeated = RepeatedRecords()
        self._records: list[tuple[RecordPlan, Writing]] = [
            (record, describe_writing(mapping.source, plan.table, record, plan.grid)) for record in plan.records
        ]
        self._header = tuple(" ".join(name.split()).lower() for name in plan.grid.columns)
        self._missing = _missing_persons(mapping)

    def run(self) -> None:
        for cells, line in zip(self.plan.grid.rows, self.plan.grid.lines, strict=True):
            self._translate(cells, line)
        for one in self._repeated.kept.values():
            self._staged.setdefault(one.table, []).append(one.staged)
        self.problems += [self._problem(line, *fault) for line, fault in self._repeated.faults()]
        for table in list(self._staged):
            self._flush(table)

    def account(self) -> TableAccount:
        return TableAccount(self.plan.grid.name, len(self.plan.grid.rows), self.used, self.not_asked_for, self.listed)

    def _translate(self, cells: tuple[Cell, ...], line: int) -> None:
        grid = self.plan.grid
        row = _Row(line, [])
        person = cells[self.plan.person]
        column = grid.columns[self.plan.person]
        if is_missing(person, self._missing):
            self._list(row, column, "no person")
            return
        if self.plan.is_heading(cells):
            self._list(row, column, "a heading between the rows")
            return
        if self._is_header(cells):
            self._list(row, "", "the header again")
            return
        fault = find_fault_of_key(person)
        if fault:
            self._list(row, column, fault)
            return
        key = self.persons.key(person)
        if self.persons.is_spelled_otherwise(person):
            row.faults.append(self._problem(line, column, WRITTEN_OTHERWISE, TAKEN_FOR_SAME))
        for record, writing in self._records:
            self._read_record(row, key, RecordCells(record, writing, cells, self._teller(row)))
        if row.is_used:
            self.persons.add(key, (grid.name, line, column))
            self.used += 1
            self.used_lines.add(line)
            self.problems += row.faults
        elif not row.asks:
            self.not_asked_for += 1
            self.problems += row.faults
        else:
            first = next(
                (one for one in row.faults if one.done != TAKEN_FOR_SAME),
                self._problem(line, "", "nothing of it can be used", _LEFT_OUT),
            )
            self._list(row, first.column, first.rule)

    def _read_record(self, row: _Row, key: str, cells: RecordCells) -> None:
        grid = self.plan.grid
        if cells.plan.definition.kind == "person":
            if any(cells.has(name) for name in cells.plan.places):
                row.asks = True
                if self.persons.add(key, (grid.name, row.line, cells.column("birth")), cells):
                    row.is_used = True
            return
        before = len(row.faults)
        if not is_there(cells) or not cells.is_met(grid.columns):
            row.asks |= len(row.faults) > before
            return
        row.asks = True
        column = cells.plan.telling
        fields = self.source.number_fields(find_field_columns(cells))
        place = {"origin_file": grid.name, "origin_row": row.line, "origin_column": column, "origin_fields": fields}
        if cells.plan.definition.once:
            row.is_used |= self._repeated.read(cells, self.codes, key, place)
            return
        for table, staged in build_rows(cells, self.codes, grid.name):
            waiting = self._staged.setdefault(table, [])
            waiting.append({"person_key": key, **staged, **place})
            row.is_used = True
            if len(waiting) >= _STAGED_AT_ONCE:
                self._flush(table)

    def _flush(self, table: str) -> None:
        self.source.stage(table, self._staged.pop(table, []))

    def _is_header(self, cells: tuple[Cell, ...]) -> bool:
        said = [read_cell_text(cell).lower() == name for cell, name in zip(cells, self._header, strict=True) if cell]
        return len(said) > 1 and all(said)

    def _teller(self, row: _Row) -> Any:
        def tell(column: str, rule: str, done: str) -> None:
            problem = self._problem(row.line, column, rule, done)
            if problem not in row.faults:
                row.faults.append(problem)

        return tell

    def _problem(self, line: int, column: str, rule: str, done: str) -> Problem:
        name = self.plan.grid.name
        return Problem(name, line, column, rule, done, is_left_out=False, file=name, line=line, place=column)

    def _list(self, row: _Row, column: str, rule: str) -> None:
        kept = [one for one in row.faults if (one.column, one.rule) != (column, rule)]
        self.problems += [*kept, replace(self._problem(row.line, column, rule, _LEFT_OUT), is_left_out=True)]
        self.listed += 1
