"""Grids of cells: what a spreadsheet, a CSV file or an export of REDCap holds, whatever it was written in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

# A cell as its file has it: a CSV file has texts only; an empty cell is None.
Cell = str | float | int | bool | date | datetime | time | None
# What stands in a cell whose formula has no result in the file.
NO_RESULT = "#NO RESULT!"
# What stands in a cell that holds an error of the spreadsheet, where the file does not say which.
AN_ERROR = "#ERROR!"


@dataclass(frozen=True)
class ColumnFacts:
    """What a data dictionary says of a column.

    Args:
        label: The question as a person reads it.
        kind: "text", "date", "number", "yes or no", "choice" or "checked" (one box of several).
        choices: Meaning by code, for a choice; for a box, what it stands for when checked under "1".
        date_order: "year first", "day first" or "month first", where the dictionary fixes it.
        is_identifier: True when the dictionary marks it as identifying a person.
        instrument: The form that it belongs to.
    """

    label: str = ""
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""
    is_identifier: bool = False
    instrument: str = ""


@dataclass(frozen=True)
class Grid:
    """Cells in rows under named columns. One row per line of a sheet that holds anything.

    Args:
        file: Name of the file, without its folder.
        sheet: Name of the sheet; of a CSV file, and of an instrument, its own name.
        columns: Names of the columns as written, outer blanks away; made different where two are the same.
        rows: Cells in the order of the columns; each row as long as the header.
        lines: Line of each row as a spreadsheet numbers it, from 1.
        facts: What a data dictionary says, by column; empty without one.
        notes: What was taken for granted when the file was read.
        group: Name with * under which a mapping has it, with others; empty where it has a table of its own.
    """

    file: str
    sheet: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    lines: Sequence[int]
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        """How problems and accounts call it: the file, and the sheet where the file has several."""
        return self.file if self.sheet in ("", self.file) else f"{self.file}: {self.sheet}"


@dataclass(frozen=True)
class RawSheet:
    """A sheet as its file has it, before anybody says which lines are its header.

    Args:
        file: Name of the file, without its folder.
        sheet: Name of the sheet; of a CSV file, its own name.
        cells: Cells by line; the first line is line 1. Lines may differ in length.
        merged: Merged cells: first line, first column, last line, last column, each from 1; the value stands in the
            first of them.
        is_hidden: True when the spreadsheet hides it.
        notes: What was taken for granted when the file was read.
    """

    file: str
    sheet: str
    cells: Sequence[tuple[Cell, ...]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    is_hidden: bool = False
    notes: tuple[str, ...] = ()

    def with_merged(self, spans: Sequence[tuple[int, int, int, int]]) -> RawSheet:
        """Return the sheet with more cells that count as merged."""
        return replace(self, merged=(*self.merged, *spans)) if spans else self


def build_grid(
    raw: RawSheet, header: Sequence[int] = (1,), until: int | None = None, next_table: int | None = None
) -> Grid:
    """Build a grid of a sheet whose header is known.

    A header of several lines names a column by its parts, from top to bottom, with one blank between; what a merged
    cell says holds for each column that it covers. A column without a name is called by its letter ("column F"); a
    name that comes again gets its number ("dose (2)"). Lines without any cell are passed over.

    Args:
        raw: The sheet.
        header: Lines that name the columns.
        until: Last line that holds a row; None: the last one of the sheet.
        next_table: First line below it that another table reads; None: nothing below it is read.
    """
    width = max((len(line) for line in raw.cells), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    covering = _find_covering(raw, width)
    for line in header:
        for column in range(1, width + 1):
            at = covering.get((line, column), (line, column))
            if at != (line, column) and at[0] != line:
                continue  # a cell that is merged downwards has said it above
            cells = raw.cells[at[0] - 1] if at[0] <= len(raw.cells) else ()
            cell = cells[at[1] - 1] if at[1] <= len(cells) else None
            text = " ".join(str(cell).split()) if cell is not None else ""
            if text:
                parts[column - 1].append(text)
    columns = _tell_apart([" ".join(said) or f"column {letter_of(place)}" for place, said in enumerate(parts, start=1)])
    rows, lines = [], []
    downwards = {at: above for at, above in covering.items() if at[1] == above[1] and at[0] > max(header, default=0)}
    for number, cells in enumerate(raw.cells, start=1):
        if number <= max(header, default=0) or (until is not None and number > until):
            continue
        if any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in cells):
            rows.append(_fill_merged(raw, (*cells, *(None,) * (width - len(cells))), number, downwards))
            lines.append(number)
    below = (
        0
        if until is None
        else sum(any(cell is not None for cell in line) for line in raw.cells[until : next_table and next_table - 1])
    )
    notes = (*raw.notes, *((f"lines below line {until}, where the mapping says that the rows end",) * below))
    return Grid(raw.file, raw.sheet, tuple(columns), rows, lines, notes=notes)


def _find_covering(raw: RawSheet, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the cell that speaks for each cell that it is merged with; both by line and column."""
    return {
        (line, column): (first_line, first_column)
        for first_line, first_column, last_line, last_column in raw.merged
        for line in range(first_line, min(last_line, len(raw.cells)) + 1)
        for column in range(first_column, min(last_column, width) + 1)
    }


def _fill_merged(
    raw: RawSheet, cells: tuple[Cell, ...], line: int, downwards: Mapping[tuple[int, int], tuple[int, int]]
) -> tuple[Cell, ...]:
    """Fill a row with what cells say that are merged downwards over it."""
    if not downwards:
        return cells
    filled = list(cells)
    for place, cell in enumerate(cells):
        above = downwards.get((line, place + 1))
        if cell is None and above is not None and above[1] <= len(raw.cells[above[0] - 1]):
            filled[place] = raw.cells[above[0] - 1][above[1] - 1]
    return tuple(filled)


def _tell_apart(names: Sequence[str]) -> list[str]:
    """Give a name that comes again the next number that no column has."""
    written, taken, met = set(names), set[str](), dict[str, int]()
    told = []
    for name in names:
        own = name
        while own in taken:
            met[name] = met.get(name, 1) + 1
            own = f"{name} ({met[name]})"
            if own in written:  # another column is called so itself
                own = name
        taken.add(own)
        told.append(own)
    return told


def is_named(file: str, sheet: str, name: str) -> bool:
    """Say whether a table's name is that of a sheet: its own, its file's, or both with a colon between.

    Example:
        >>> is_named("charts.xlsx", "Patients ", "patients"), is_named("charts.xlsx", "Visits", "Charts.xlsx: visits")
        (True, True)
    """
    plain = " ".join(name.split()).lower()
    return bool(plain) and plain in (" ".join(one.split()).lower() for one in (sheet, file, f"{file}: {sheet}"))


def write_span(span: tuple[int, int, int, int]) -> str:
    """Write cells as a spreadsheet calls them; `read_span` reads them back.

    Example:
        >>> write_span((1, 3, 1, 28)), read_span("C1:AB1")
        ('C1:AB1', (1, 3, 1, 28))
    """
    first_line, left, last_line, right = span
    return f"{letter_of(left)}{first_line}:{letter_of(right)}{last_line}"


def read_span(text: str) -> tuple[int, int, int, int]:
    """Read cells as a spreadsheet calls them: first line, first column, last line, last column, each from 1.

    Raises:
        ValueError: When the text does not name cells so, or the last of them stands before the first.
    """
    found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})", text, re.ASCII)
    if found is None:
        raise ValueError("is no name of cells such as C1:E1")
    left, first_line, right, last_line = (_number_of(one) if one.isalpha() else int(one) for one in found.groups())
    if left > right or first_line > last_line:
        raise ValueError("names its last cell first")
    return first_line, left, last_line, right


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def letter_of(column: int) -> str:
    """Return what a spreadsheet calls a column.

    Example:
        >>> letter_of(1), letter_of(26), letter_of(28)
        ('A', 'Z', 'AB')
    """
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
