"""Sheets of one person each: seen as one sheet with the name of each as the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from refractory.records.grid import Cell, Grid, RawSheet, build_grid
from refractory.records.person_sheets import ANY, NAME_OF_SHEET, matches
from refractory.starting.headers import SheetShape, find_shape
from refractory.starting.views import SheetView, view_grid
from refractory.starting.words import NAMES, PERSON, spell_name

_FEWEST = 3
_YEAR_OR_MONTH = re.compile(
    r"(?:19|20)\d\d|\d{1,2} (?:19|20)\d\d|(?:q|t|h|s) ?[1-4](?: (?:19|20)\d\d)?"
    r"|(?:jan|feb|mar|apr|mai|may|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*(?: (?:(?:19|20)?\d\d))?"
)


def join_person_sheets(raws: Sequence[RawSheet]) -> tuple[list[SheetView], list[RawSheet]]:
    """Join sheets that have the same columns and none that tells a person: each is of one person.

    Args:
        raws: The sheets.

    Returns:
        The views of what was joined, and the sheets that stay as they are.
    """
    groups: dict[tuple[object, ...], list[tuple[RawSheet, SheetShape, Grid]]] = {}
    for raw in raws:
        shape = find_shape(raw)
        if shape is None or raw.is_hidden:
            continue
        grid = build_grid(raw.with_merged(shape.spans), shape.header, shape.until)
        names = [spell_name(name) for name in grid.columns]
        if not any(PERSON.fullmatch(name) or NAMES.fullmatch(name) for name in names):
            groups.setdefault((shape.header, *names), []).append((raw, shape, grid))
    views, joined = [], list[RawSheet]()
    for held in groups.values():
        dated = sum(bool(_YEAR_OR_MONTH.fullmatch(spell_name(raw.sheet))) for raw, _, _ in held)
        if len(held) < _FEWEST or dated * 2 > len(held):
            continue
        view = _join(held, raws)
        if view is not None:
            views.append(view)
            joined += [raw for raw, _, _ in held]
    return views, [raw for raw in raws if not any(raw is one for one in joined)]


def _find_head(names: Sequence[str]) -> str:
    """Find the letters with which all names begin.

    Example:
        >>> _find_head(["Patient 1", "Patient 2", "Patient 12"])
        'Patient '
    """
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in alike)


def _join(held: Sequence[tuple[RawSheet, SheetShape, Grid]], raws: Sequence[RawSheet]) -> SheetView | None:
    """Join the sheets of a group; None where no name with * tells them from the others."""
    _, shape, first = held[0]
    pattern = _find_head([raw.sheet for raw, _, _ in held]).rstrip("0123456789") + ANY
    own = {id(raw) for raw, _, _ in held}
    if pattern != ANY and any(id(raw) not in own and matches(raw.file, raw.sheet, pattern) for raw in raws):
        return None
    columns = (*first.columns, NAME_OF_SHEET)
    rows: list[tuple[Cell, ...]] = []
    for raw, _, grid in held:
        rows += [(*row, re.sub(r"\.\w{3,4}$", "", raw.sheet)) for row in grid.rows]
    grid = Grid(first.file, pattern, columns, rows, range(1, len(rows) + 1))
    return view_grid(grid, SheetShape(shape.header, spans=shape.spans), NAME_OF_SHEET)
