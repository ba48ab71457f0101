"""Grids of cells: what a spreadsheet, a CSV file or an export of REDCap holds, whatever it was written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

# A cell as its file has it: a CSV file has texts only; an empty cell is None.
Cell = str | float | int | bool | date | datetime | time | None


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
    """

    file: str
    sheet: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    lines: Sequence[int]
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How problems and accounts call it: the file, and the sheet where the file has several."""
        return self.file if self.sheet in ("", self.file) else f"{self.file}: {self.sheet}"
