"""Lines between the rows of a sheet that head a group of them: "CLASSIC DM" above persons 1 to 12."""

from __future__ import annotations

import re
from collections.abc import Mapping

from refractory.records.cell_words import is_missing, read_cell_text
from refractory.records.grid import Grid

_FEWEST_COLUMNS, _FEWEST_ROWS = 4, 3


def find_headings(grid: Grid) -> Mapping[int, str]:
    """Find the headings of a sheet: lines with one text alone, where the rows have something of another form.

    A person of whom nothing else is known stays a row: the text has no form that a person's number has there.

    Args:
        grid: The sheet.

    Returns:
        The text of each heading, by its row from 0.
    """
    if len(grid.columns) < _FEWEST_COLUMNS:
        return {}
    filled = [[place for place, cell in enumerate(cells) if not is_missing(cell, ())] for cells in grid.rows]
    held = [row for row, places in enumerate(filled) if len(places) > 2]
    alone: dict[int, str] = {}
    for row, places in enumerate(filled):
        if len(places) != 1 or row > max(held, default=0):
            continue
        forms = {_form(read_cell_text(grid.rows[one][places[0]])) for one in held if places[0] in filled[one]}
        named = sum(places[0] in filled[one] for one in held)
        text = read_cell_text(grid.rows[row][places[0]])
        is_told = _FEWEST_ROWS <= len(held) <= named * 1.1 and all("0" in form for form in forms)
        if is_told and _form(text) not in forms and ("0" not in _form(text) or forms == {"0"}) and "a" in _form(text):
            alone[row] = text
    return alone


def _form(text: str) -> str:
    """Return a text with each run of letters as a, and of digits as 0."""
    return re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "a", text.replace("0", "1")))
