"""How wide the columns of a table are on paper, and whether the page has to be turned for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from refractory.report.lettering import measure_text
from refractory.report.printed_table import PrintedRow, PrintedTable
from refractory.report.typesetting import set_text

TEXT_POINTS = 8.0
# What a table is set in rather than turning its page.
SMALL_TEXT_POINTS = 7.0
INDENT_POINTS = 9.0
# Room at both sides of a cell together.
PADDING_POINTS = 8.0
# Widths are those of a wide face; the one on paper is narrower.
_ON_PAPER = 0.9
# A label breaks over lines sooner than a figure.
_MOST_LABEL_POINTS = 250.0
_MOST_CELL_POINTS = 150.0
# A row of more lines than that is hard to read across.
_MOST_LINES = 4
# Widths are rounded to a tenth of a point.
_ROUNDING = 0.1


@dataclass(frozen=True)
class Paper:
    """Room for a table on a page, upright and turned, in points."""

    upright: float
    turned: float


A4 = Paper(upright=471.0, turned=718.0)


@dataclass(frozen=True)
class TableLayout:
    """How a table stands on its page.

    Args:
        widths: Widths of the columns, in points.
        points: Size of its letters.
        is_turned: Whether the page is turned for them.
        lines: Lines that its rows take together, its heading not counted.
    """

    widths: tuple[float, ...]
    points: float
    is_turned: bool
    lines: int


@dataclass(frozen=True)
class _Need:
    """Room that a column needs at least, and what it takes at most, in points."""

    least: float
    most: float


def _measure(text: str, *, is_bold: bool = False) -> float:
    return measure_text(text, size=TEXT_POINTS, is_bold=is_bold) * _ON_PAPER


def _need(texts: Sequence[str], *, is_bold: bool, most: float, indent: float = 0.0) -> _Need:
    words = [word for text in texts for word in text.split(" ")]
    least = max((_measure(word, is_bold=is_bold) for word in words), default=0.0) + indent
    widest = max((_measure(text, is_bold=is_bold) for text in texts), default=0.0) + indent
    return _Need(least + PADDING_POINTS, max(least, min(widest, most)) + PADDING_POINTS)


def _needs(table: PrintedTable) -> list[_Need]:
    """Return what each column needs, its heading among it."""
    rows = [row for group in table.groups for row in group if row.cells]
    deepest = max((row.indent for row in rows), default=0)
    labels = _need([set_text(row.label) for row in rows], is_bold=False, most=_MOST_LABEL_POINTS)
    needs = [_Need(labels.least + deepest * INDENT_POINTS, labels.most + deepest * INDENT_POINTS)]
    for place in range(len(table.columns) - 1):
        cells = [set_text(row.cells[place].whole) for row in rows]
        needs.append(_need(cells, is_bold=False, most=_MOST_CELL_POINTS))
    for place, column in enumerate(table.columns):
        # A heading may break between any two words, and asks for no more than two lines where it can.
        heading = set_text(column.heading)
        own = _need([heading], is_bold=True, most=_measure(heading, is_bold=True) / 2)
        needs[place] = _Need(max(needs[place].least, own.least), max(needs[place].most, own.most))
    return needs


def _share(needs: Sequence[_Need], room: float) -> tuple[float, ...]:
    """Give each column what it needs at least, and divide what is left by what each would still take."""
    least, most = sum(need.least for need in needs), sum(need.most for need in needs)
    if most <= room:
        return tuple(round(need.most, 1) for need in needs)
    if least >= room:
        return tuple(round(need.least * room / least, 1) for need in needs)
    given = (room - least) / (most - least)
    return tuple(round(need.least + (need.most - need.least) * given, 1) for need in needs)


def _scale(widths: Sequence[float], factor: float) -> tuple[float, ...]:
    return tuple(round(width * factor, 1) for width in widths)


def _count_lines_of_row(row: PrintedRow, widths: Sequence[float]) -> int:
    """Return the lines that a row takes, by the cell that takes most."""
    if not row.cells:
        return 1
    texts = zip((row.label, *(cell.whole for cell in row.cells)), widths, strict=True)
    rooms = ((_measure(set_text(text)), max(width - PADDING_POINTS, 1.0)) for text, width in texts)
    return max(max(1, ceil((taken - _ROUNDING) / room)) for taken, room in rooms)


def _count_lines(table: PrintedTable, widths: Sequence[float]) -> list[int]:
    return [_count_lines_of_row(row, widths) for group in table.groups for row in group] or [0]


def _try(
    table: PrintedTable, needs: Sequence[_Need], points: float, room: float, *, is_turned: bool
) -> tuple[TableLayout, int]:
    """Return the layout in letters of a size and a room in points, and the lines of its highest row."""
    scale = points / TEXT_POINTS
    widths = _share(needs, room / scale)
    lines = _count_lines(table, widths)
    return TableLayout(_scale(widths, scale), points, is_turned, sum(lines)), max(lines)


# The forms of a report lay out the same tables.
@lru_cache(maxsize=256)
def lay_out_table(table: PrintedTable, paper: Paper = A4) -> TableLayout:
    """Choose the widths of a table's columns, and turn the page where it cannot be read upright.

    A column is at least as wide as its longest word. Where the words do not fit, or a row would take more than four
    lines, the table is set in smaller letters, or on a turned page, whichever helps first; where neither does, it is
    upright as long as its words fit.

    Args:
        table: As it is printed.
        paper: Room on a page.
    """
    needs = _needs(table)
    least = sum(need.least for need in needs)
    tried = [
        _try(table, needs, points, paper.turned if is_turned else paper.upright, is_turned=is_turned)
        for points, is_turned in ((TEXT_POINTS, False), (SMALL_TEXT_POINTS, False), (TEXT_POINTS, True))
        if is_turned or least * points / TEXT_POINTS <= paper.upright
    ]
    readable = [layout for layout, highest in tried if len(needs) <= _MOST_LINES or highest <= _MOST_LINES]
    return readable[0] if readable else tried[0][0]
