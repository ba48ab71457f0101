"""Tables as they are printed: every cell a text, every column set to the left or to the right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from refractory.analysis.results import (
    AttritionStep,
    Comparison,
    DayCurve,
    Listing,
    PrintedEstimate,
    ResultRow,
    ResultTable,
    TableAccount,
    TableCell,
)
from refractory.numbers import choose_decimals, format_count, format_estimate
from refractory.report.printed_table import Mark, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable
from refractory.statistics.estimate import Estimate, EstimateKind

NOT_AVAILABLE = "–"
_PRINTED_ALIKE = (EstimateKind.MEAN, EstimateKind.MEDIAN)
_FIGURE_AND_BRACKET = re.compile(r"([\d\u2212][^()]*) (\([^()]*\))")


def _print_figure(figure: str) -> PrintedCell:
    """Part a figure from what follows it in brackets, so that the brackets may go on the next line as one."""
    parts = _FIGURE_AND_BRACKET.fullmatch(figure)
    return PrintedCell(parts[1], parts[2]) if parts else PrintedCell(figure)


def _print_cell(cell: TableCell, decimals: int | None = None) -> PrintedCell:
    if cell is None:
        return PrintedCell("")
    if isinstance(cell, int):
        return PrintedCell(format_count(cell))
    if isinstance(cell, str):
        return _print_figure(cell)
    if isinstance(cell, PrintedEstimate):
        return _print_figure(format_estimate(cell.shown, cell.decimals))
    return _print_figure(format_estimate(cell, decimals))


def _print_cells(cells: Sequence[TableCell], signs: Mapping[str, str]) -> list[PrintedCell]:
    """Print the cells of a row, its means with the same decimals and so its medians."""
    estimates = [cell for cell in cells if isinstance(cell, Estimate)]
    alike = {kind: choose_decimals(one for one in estimates if one.kind is kind) for kind in _PRINTED_ALIKE}
    printed = (_print_cell(cell, alike.get(cell.kind) if isinstance(cell, Estimate) else None) for cell in cells)
    return [replace(one, sign=signs.get(_note_of(cell), "")) for one, cell in zip(printed, cells, strict=True)]


def _note_of(cell: TableCell) -> str:
    estimate = cell.estimate if isinstance(cell, PrintedEstimate) else cell
    return estimate.note if isinstance(estimate, Estimate) else ""


def _find_signs(rows: Iterable[ResultRow]) -> dict[str, str]:
    """Give each note of an estimate of the table its sign, in the order of reading."""
    notes = dict.fromkeys(_note_of(cell) for row in rows for cell in row.cells)
    return {note: _note_sign(place) for place, note in enumerate(filter(None, notes))}


def _is_count(cell: TableCell) -> bool:
    return isinstance(cell, int) or (isinstance(cell, Estimate) and cell.kind == EstimateKind.COUNT)


def _is_heading(row: ResultRow) -> bool:
    return all(cell is None or cell == "" for cell in row.cells)


def _group_rows(rows: Iterable[PrintedRow]) -> tuple[tuple[PrintedRow, ...], ...]:
    groups: list[list[PrintedRow]] = []
    for row in rows:
        # A heading opens a group, and the first row that is not under it any more closes it.
        if not groups or not row.cells or (row.indent == 0 and groups[-1][-1].indent > 0):
            groups.append([])
        groups[-1].append(row)
    return tuple(tuple(group) for group in groups)


def _pad(cells: Sequence[PrintedCell], length: int) -> tuple[PrintedCell, ...]:
    return (*cells, *[PrintedCell("")] * (length - len(cells)))


def tabulate_results(table: ResultTable) -> PrintedTable:
    """Set a table of results: estimates as a journal prints them, each with its note, and headings without figures.

    Args:
        table: One table of the results.

    Returns:
        One row per row of the table, without a number.

    Example:
        >>> table = ResultTable("sex", "Sex", ("", "Persons"), (ResultRow("Women", (29,)), ResultRow("Men", (13,))))
        >>> [[cell.text for cell in row.cells] for row in tabulate_results(table).groups[0]]
        [['29'], ['13']]
    """
    most_cells = max([len(table.columns) - 1, 0, *(len(row.cells) for row in table.rows)])
    headings = (*table.columns, *[""] * (most_cells + 1 - len(table.columns)))
    filled = [row for row in table.rows if not _is_heading(row)]
    columns = [PrintedColumn(headings[0], is_count=False)]
    for place, heading in enumerate(headings[1:]):
        cells = [row.cells[place] for row in filled if place < len(row.cells) and row.cells[place] is not None]
        columns.append(PrintedColumn(heading, is_count=bool(cells) and all(_is_count(cell) for cell in cells)))
    signs = _find_signs(table.rows)
    rows = (
        PrintedRow(
            row.label,
            () if _is_heading(row) else _pad(_print_cells(row.cells, signs), most_cells),
            max(row.indent, 0),
        )
        for row in table.rows
    )
    notes = [PrintedNote(footnote) for footnote in table.footnotes]
    notes += [PrintedNote(note, sign) for note, sign in signs.items()]
    return PrintedTable(table.id, "", table.title, tuple(columns), _group_rows(rows), tuple(notes))


def _columns(*headings: str, counts: bool = False) -> tuple[PrintedColumn, ...]:
    return tuple(PrintedColumn(heading, is_count=counts and place > 0) for place, heading in enumerate(headings))


def _count_cells(*counts: int) -> tuple[PrintedCell, ...]:
    return tuple(PrintedCell(format_count(count)) for count in counts)


def _note_sign(place: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[place % len(letters)] * (place // len(letters) + 1)


def tabulate_comparisons(comparisons: Sequence[Comparison], citation: str) -> PrintedTable:
    """Set the published figures beside the reproduced ones, with a mark and a word for agreement."""
    notes = tuple(dict.fromkeys(comparison.note for comparison in comparisons if comparison.note))
    signs = {note: _note_sign(place) for place, note in enumerate(notes)}
    rows = []
    for comparison in comparisons:
        figures = (comparison.published, comparison.reproduced, comparison.detail)
        mark = Mark.AGREES if comparison.agrees else Mark.DIFFERS
        cells = (
            *(_print_figure(figure or NOT_AVAILABLE) for figure in figures),
            PrintedCell(mark.capitalize(), mark=mark),
        )
        rows.append(PrintedRow(comparison.statement, cells, sign=signs.get(comparison.note, "")))
    agreeing = sum(comparison.agrees for comparison in comparisons)
    summary = f"{agreeing} of {len(comparisons)} print alike, to the digits of the publication."
    source = f" Published: {citation}" if citation else ""
    return PrintedTable(
        anchor="comparison",
        number="",
        title="Published figures beside those of this run",
        columns=_columns("Statement", "Published", "Reproduced", "Reproduced in full", "Agreement"),
        groups=_group_rows(rows),
        notes=(PrintedNote(summary + source), *(PrintedNote(note, sign) for note, sign in signs.items())),
        name="published",
    )


def tabulate_attrition(attrition: Sequence[AttritionStep]) -> PrintedTable:
    """Set the flow chart in words: one row per criterion, in the protocol's order."""
    headings = ["Criterion", "Persons lost", "Persons left"]
    tells_days = all(step.records_lost is not None for step in attrition)
    headings += ["Candidate days lost", "Candidate days left"] if tells_days else []
    rows = []
    for step in attrition:
        counts = (step.persons_lost, step.persons_after, step.records_lost, step.records_after)
        told = (count for count in counts if count is not None)
        rows.append(PrintedRow(step.sentence or step.criterion, _count_cells(*told)))
    return PrintedTable("attrition", "", "The flow chart in words", _columns(*headings, counts=True), _group_rows(rows))


def tabulate_curve(curve: DayCurve) -> PrintedTable:
    """Set a figure over days in words: one row for every fourth of its points, day 0 among them."""
    days = [day for day, _ in curve.points]
    anchor = days.index(0) % 4 if 0 in days else 0
    rows = [
        PrintedRow(f"Day {day}", (*_count_cells(one.n), _print_cell(one)))
        for place, (day, one) in enumerate(curve.points)
        if place % 4 == anchor
    ]
    columns = (*_columns("", "Persons", counts=True), PrintedColumn("Median (quartiles)", is_count=False))
    return PrintedTable("curve", "", curve.axis_name, columns, (tuple(rows),))


def tabulate_accounts(accounts: Sequence[TableAccount]) -> PrintedTable:
    """Set what became of the rows of each source table; where files were translated, of the files first."""
    headings = ("Source table", "Rows", "Used", "Not asked for", "Listed as a problem")
    files = [account for account in accounts if account.is_file]
    tables = [account for account in accounts if not account.is_file]
    rows = _account_rows(tables, indent=1 if files else 0)
    rule = (
        "Not asked for: no concept set of the study names the row, or its person never had the treatment. "
        "Each row is in exactly one of the last three columns."
    )
    if files:
        of_files = [PrintedRow("Files and sheets, as they are", ()), *_account_rows(files, indent=1)]
        rows = [*of_files, PrintedRow("Records that were made of them", ()), *rows]
        rule += " A row of a file may hold several records: the two parts of the table do not add up to each other."
    return PrintedTable(
        "accounts",
        "",
        "What became of the rows of the source",
        _columns(*headings, counts=True),
        _group_rows(rows),
        (PrintedNote(rule),),
    )


def _account_rows(accounts: Sequence[TableAccount], indent: int) -> list[PrintedRow]:
    return [
        PrintedRow(one.table, _count_cells(one.rows, one.used, one.not_asked_for, one.listed), indent)
        for one in accounts
    ]


def tabulate_problems(problems: Sequence[tuple[str, int]]) -> PrintedTable:
    """Set why rows of the source were not used as written, and how many."""
    rows = [PrintedRow(reason, _count_cells(count)) for reason, count in problems]
    return PrintedTable(
        "problems", "", "Problems found in the source", _columns("Problem", "Rows", counts=True), _group_rows(rows)
    )


def tabulate_listing(listing: Listing) -> PrintedTable:
    """Set rows about single persons, as they are: for the study team's report only."""
    columns = max([len(listing.columns), 1, *(len(values) for values in listing.rows)])
    headings = (*listing.columns, *[""] * (columns - len(listing.columns)))
    rows = []
    for values in listing.rows:
        texts = [NOT_AVAILABLE if value is None else str(value) for value in values] or [NOT_AVAILABLE]
        rows.append(PrintedRow(texts[0], _pad([PrintedCell(text) for text in texts[1:]], columns - 1)))
    return PrintedTable(listing.id, "", listing.title, _columns(*headings), (tuple(rows),) if rows else ())


def number_tables(tables: Iterable[PrintedTable], *, word: str = "Table", first: int = 1) -> tuple[PrintedTable, ...]:
    """Number tables in the order of the page, and give each an anchor of its own."""
    return tuple(
        replace(table, number=f"{word} {number}", anchor=f"{word.lower()}-{number}", name=table.name or table.anchor)
        for number, table in enumerate(tables, start=first)
    )
