"""Drugs of which a sheet with one drug a row says why they were stopped: they were tried for the disease."""

from __future__ import annotations

import re
from collections.abc import Mapping

from refractory.records.cell_words import read_cell_text
from refractory.records.from_drug_names import Ingredient
from refractory.starting.looks import ColumnLook
from refractory.starting.row_events import find_stop_rows
from refractory.starting.treatments import name_drug_of_row
from refractory.starting.views import SheetView

_MOSTLY, _SHORTEST = 0.5, 3
_BEHIND_NAME = re.compile(r"[\d(,;:/+=].*$", re.DOTALL)


def find_rows_with_reason(view: SheetView) -> set[int]:
    """Return the rows that say why a drug was stopped, or, of a sheet of events, that it was."""
    return {row for look in view.of("drug reason") for row, _ in look.cells} | find_stop_rows(view)


def find_stopped_drugs(view: SheetView, of_row: Mapping[int, Ingredient]) -> set[str]:
    """Return the names of drugs of which half of the rows or more say why they were stopped.

    Args:
        view: The sheet.
        of_row: The drug of each row.
    """
    told = find_rows_with_reason(view)
    rows: dict[str, list[int]] = {}
    for row, drug in of_row.items():
        rows.setdefault(drug.name, []).append(row)
    return {name for name, held in rows.items() if sum(row in told for row in held) >= _MOSTLY * len(held)}


def name_unknown_drugs(view: SheetView, names: ColumnLook) -> dict[int, Ingredient]:
    """Return the drug of each row whose text no list of drugs has, where the sheet says why it was stopped.

    It is called as the sheet calls it, without its dose: "flunarizine 10 mg" and "flunarizine" are one drug.
    """
    known = name_drug_of_row(view, names)
    found = {}
    for row, cell in names.cells:
        head = _BEHIND_NAME.sub("", read_cell_text(cell)).strip(" .-–*").lower()
        if row not in known and sum(one.isalpha() for one in head) >= _SHORTEST:
            found[row] = Ingredient("", head)
    stopped = find_stopped_drugs(view, found)
    return {row: drug for row, drug in found.items() if drug.name in stopped}
