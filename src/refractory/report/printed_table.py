"""A table as it is printed in any form of the report: every cell a text, every column set to the left or right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """A sign beside a cell; the cell's own words say the same."""

    NONE = ""
    AGREES = "agrees"
    DIFFERS = "differs"


@dataclass(frozen=True)
class PrintedCell:
    """One cell: what it says, what follows in brackets and may go on the next line, a mark, and a footnote's sign."""

    text: str
    bracket: str = ""
    mark: Mark = Mark.NONE
    sign: str = ""

    @property
    def whole(self) -> str:
        """All that it says, on one line."""
        return f"{self.text} {self.bracket}" if self.bracket else self.text


@dataclass(frozen=True)
class PrintedRow:
    """One row; without cells it is a heading over the rows below it. The sign refers to a footnote."""

    label: str
    cells: tuple[PrintedCell, ...]
    indent: int = 0
    sign: str = ""


@dataclass(frozen=True)
class PrintedColumn:
    """One heading, and whether whole numbers stand below it."""

    heading: str
    is_count: bool


@dataclass(frozen=True)
class PrintedNote:
    """One sentence under a table, and the sign in a row or a cell that refers to it."""

    text: str
    sign: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """One table of the page.

    Args:
        anchor: Name within the page, made of letters, digits and hyphens.
        number: "Table 2"; empty for a table that repeats a figure in words.
        title: Caption without its number.
        columns: Headings, the one over the row labels first.
        groups: Rows in order, each heading with the rows below it.
        notes: Sentences under the table.
        name: Which table it is, whatever its number; empty for one that repeats a figure in words.
    """

    anchor: str
    number: str
    title: str
    columns: tuple[PrintedColumn, ...]
    groups: tuple[tuple[PrintedRow, ...], ...]
    notes: tuple[PrintedNote, ...] = ()
    name: str = ""
