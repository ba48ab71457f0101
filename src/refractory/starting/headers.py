"""Where a sheet's header ends and its rows begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from refractory.records.cell_dates import read_cell_date
from refractory.records.grid import Cell, RawSheet
from refractory.starting.header_groups import Span, find_spans, is_line_below
from refractory.starting.words import TOTALS, spell_name

_MOST_LINES_ABOVE = 15
_SHORT = 0.25  # of the width of a sheet
_PERSON = re.compile(r"(?:n|sd|std|sum|avg|key) ?\d+")  # "SD-012" is a number of a person, not a standard deviation
_UNIT = re.compile(
    r"(?:dd|tt|jj|mm|yy|yyyy|jjjj|aaaa|aa|[./\-\s]){3,}|\(?(?:y|n|j|yes|no|ja|nein|oui|non|si|m|f|w|h)(?:\s*/\s*"
    r"(?:y|n|yes|no|ja|nein|oui|non|m|f|w|h|unk))+\)?|\(?(?:g|mg|kg|mg/d|mg/day|mg/kg|g/kg|cm|years?|yrs?|jahre|ans|days?|"
    r"u/l|iu/l|months?|date|text|number|0-100|%)\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SheetShape:
    """Which lines of a sheet are what.

    Args:
        header: Lines that name the columns.
        until: Last line that holds a row; None: the last of the sheet.
        units: Line below the header that says units or formats; None without one.
        above: Lines above the header that hold a title.
        below: Lines that stand below the rows: totals, a legend, notes.
        title: What the lines above say.
        spans: Names of the header's first line that stand for columns to their right too, as if they were merged.
    """

    header: tuple[int, ...]
    until: int | None = None
    units: int | None = None
    above: int = 0
    below: int = 0
    title: str = ""
    spans: tuple[Span, ...] = ()


def find_shape(raw: RawSheet) -> SheetShape | None:
    """Find the header of a sheet, and where its rows end; None when it holds no table."""
    lines = [[_text(cell) for cell in line] for line in raw.cells]
    filled = [sum(bool(cell) for cell in line) for line in lines]
    width = max(filled, default=0)
    if width < 2 or sum(bool(one) for one in filled) < 2:
        return None
    last = _find_last_header(raw, lines, filled, width)
    if last + 1 < len(lines) and is_line_below(lines[last], lines[last + 1]):
        last += 1
        header: tuple[int, ...] = (last, last + 1)
    else:
        header = _with_line_above(raw, lines, filled, last)
    spans = find_spans(lines[last - 1], lines[last], last, raw.merged) if len(header) > 1 else ()
    units = None
    first_row = last + 1
    if first_row < len(lines) and _is_units(raw.cells[first_row], lines[first_row]):
        units = first_row + 1
    title = " ".join(cell for line in lines[: header[0] - 1] for cell in line if cell)[:200]
    until, below = _find_end(lines, filled, first_row, width, _find_lead(lines[first_row:], width))
    above = sum(bool(one) for one in filled[: header[0] - 1])
    return SheetShape(header, until, units, above, below, title, spans)


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _is_name(cell: Cell) -> bool:
    """Say whether a cell may name a column: a text that is no date and no number."""
    if not isinstance(cell, str) or not cell.strip() or len(cell) > 120:
        return False
    if re.fullmatch(r"[-+<>~\d.,\s%]+", cell.strip()):
        return False
    return bool(read_cell_date(cell, "day first").fault)


def _find_last_header(raw: RawSheet, lines: list[list[str]], filled: list[int], width: int) -> int:
    best, score = 0, -1.0
    for place in range(min(_MOST_LINES_ABOVE, len(lines))):
        if filled[place] < max(2, 0.4 * width):
            continue
        cells = [cell for cell in raw.cells[place] if _text(cell)]
        named = sum(_is_name(cell) for cell in cells)
        distinct = len({_text(cell).lower() for cell in cells}) / len(cells)
        here = named / len(cells) * (0.5 + 0.5 * filled[place] / width) * (0.6 + 0.4 * distinct)
        if _is_units(raw.cells[place], lines[place]):
            here *= 0.5
        # The first line that looks like names is the header; a later one must look clearly better.
        if here > score + (0.12 if score > 0 else 0):
            best, score = place, here
        if score > 0 and any(isinstance(cell, date | datetime | float) for cell in cells):
            break
    return best


def _with_line_above(raw: RawSheet, lines: list[list[str]], filled: list[int], last: int) -> tuple[int, ...]:
    """Add the line above where it groups the columns: merged cells, or names over some of them."""
    if last == 0:
        return (1,)
    above = last - 1
    spans = [one for one in raw.merged if one[0] == last and one[3] > one[1]]
    widest = max((one[3] - one[1] + 1 for one in spans), default=0)
    is_named = all(_is_name(cell) for cell in raw.cells[above] if _text(cell))
    reaches = find_spans(lines[above], lines[last], last, raw.merged)
    # A name alone in the first column is the title of the sheet.
    is_group = is_named and (filled[above] >= 2 or any(left > 1 for _, left, _, _ in reaches))
    if is_group and widest < len(lines[last]) and (spans or reaches or _repeats(lines[last])):
        return (above + 1, last + 1)
    return (last + 1,)


def _repeats(line: Sequence[str]) -> bool:
    named = [cell.lower() for cell in line if cell]
    return len(set(named)) < len(named)


def _is_units(cells: Sequence[Cell], texts: Sequence[str]) -> bool:
    said = [text for text in texts if text]
    return (
        len(said) >= 2
        and all(isinstance(cell, str) for cell in cells if _text(cell))
        and sum(bool(_UNIT.fullmatch(text)) for text in said) >= 0.8 * len(said)
        and len({text.lower() for text in said}) > 1
    )


def _find_lead(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """Find the first column that is filled in nearly every row: a row of a person has a cell there."""
    held = [row for row in rows if sum(map(bool, row)) > _count_short(width)]
    columns = range(max(map(len, held), default=0))
    return next((at for at in columns if sum(at < len(row) and bool(row[at]) for row in held) >= 0.8 * len(held)), None)


def _find_end(
    lines: list[list[str]], filled: list[int], first: int, width: int, lead: int | None
) -> tuple[int | None, int]:
    """Find the last line that holds a row, and how many lines with something in them stand below it."""
    last = len(lines) - 1
    while last > first and not filled[last]:
        last -= 1
    end = last
    while end > first and (not filled[end] or _is_no_row(lines[end], filled[end], width, lead)):
        end -= 1
    below = sum(bool(one) for one in filled[end + 1 :])
    # A few short lines at the end may be all that there is of persons whose cells are empty: they need a word or a gap.
    return (end + 1, below) if below else (None, 0)


def _count_short(width: int) -> int:
    return max(2, int(_SHORT * width))


def _is_no_row(line: Sequence[str], filled: int, width: int, lead: int | None) -> bool:
    first = next(cell for cell in line if cell)
    name = spell_name(first)
    is_person = _PERSON.fullmatch(name) and "=" not in first  # "N = 45" counts persons, "N-45" is one
    if re.fullmatch(TOTALS.pattern + r"(?: .*)?", name) and not is_person:
        return True
    # A share or a sum below a column: a short line without what every row has.
    if lead is not None and not any(line[: lead + 1]) and width >= 4 and filled <= _count_short(width):
        return True
    return filled == 1 and width >= 4 and (len(first) > 25 or "=" in first or ":" in first or len(first.split()) >= 4)
