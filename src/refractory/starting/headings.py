"""Lines between the rows of a sheet that head a group of them: "CLASSIC DM" above persons 1 to 12."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from refractory.records.cell_words import is_missing, read_cell_text
from refractory.records.grid import Cell, Grid

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
    first = [
        tuple(islice((place for place, cell in enumerate(cells) if not is_missing(cell, ())), 3)) for cells in grid.rows
    ]
    held = [row for row, places in enumerate(first) if len(places) == 3]
    if len(held) < _FEWEST_ROWS:
        return {}
    forms: dict[int, set[str]] = {}
    alone: dict[int, str] = {}
    for row, places in enumerate(first):
        if len(places) != 1 or row > held[-1]:
            continue
        (place,) = places
        if place not in forms:
            forms[place] = _find_forms([grid.rows[one][place] for one in held])
        text = read_cell_text(grid.rows[row][place])
        form = _form(text)
        is_another = form not in forms[place] and "a" in form and ("0" not in form or forms[place] == {"0"})
        if forms[place] and is_another:
            alone[row] = text
    return alone


def _find_forms(cells: Sequence[Cell]) -> set[str]:
    """Return the forms of the persons' numbers in a column; none where it does not tell nearly every person."""
    told = [read_cell_text(cell) for cell in cells if not is_missing(cell, ())]
    forms = {_form(text) for text in told}
    return forms if len(told) >= 0.9 * len(cells) and all("0" in form for form in forms) else set()


def _form(text: str) -> str:
    """Return a text with each run of letters as a, and of digits as 0."""
    return re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "a", text.replace("0", "1")))
