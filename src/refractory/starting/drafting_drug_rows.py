"""The drugs of a sheet that has one drug a row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from refractory.numbers import say_count
from refractory.records.cell_notes import find_noted_end
from refractory.records.cell_words import read_cell_text
from refractory.records.from_drug_names import Ingredient
from refractory.starting.drafting import Draft
from refractory.starting.drafting_doses import find_dose_unit, find_weight_column, name_dose
from refractory.starting.drafts import DraftRecord
from refractory.starting.failed_drugs import find_stopped_drugs, name_unknown_drugs
from refractory.starting.looks import ColumnLook
from refractory.starting.row_days import EVENT, is_other_event
from refractory.starting.row_events import find_drug_events, find_given
from refractory.starting.steroids import STEROIDS
from refractory.starting.treatments import name_drug_of_row


def draft_drug_rows(draft: Draft, names: ColumnLook, start: ColumnLook) -> list[DraftRecord]:
    """Draft a sheet that has one drug a row."""
    view, found = draft.view, draft.found
    column = {"what": names.name, "start": start.name}
    looks = [names, start]
    family = next((one for one in view.families if start in one.members.values()), None)
    conditions: list[tuple[str, tuple[str, ...]]] = []
    if family is not None and draft.has_drug_of_person:  # "Cycle 1 start", "Cycle 2 start" of the drug of the person
        column["start"] = family.pattern
        looks += [one for one in family.members.values() if one is not start]
        conditions.append((family.pattern, ("anything",)))  # an empty cell is no cycle
    kinds = ("drug stop", "end"), ("drug reason", "stop_reason"), ("drug route", "route"), ("drug unit", "unit")
    for kind, name in kinds:
        look = view.first(kind)
        if look is not None:
            column[name] = look.name
            looks.append(look)
    dose = view.first("drug dose")
    text: dict[str, str] = {}
    if dose is not None:
        named = "quantity" if re.search(r"quantity|qty|menge", dose.plain) else name_dose(dose)
        column[named] = dose.name
        looks.append(dose)
        text |= find_dose_unit(draft, dose) if "unit" not in column else {}
        column |= find_weight_column(draft) if named == "dose" else {}
    says = [f'"{names.name}": {view.role(names).why}', f'"{start.name}": {view.role(start).why}']
    if "end" not in column and (note := _find_noted_ends(draft)) is not None:
        column["end_noted"] = note.name
        looks.append(note)
        said = sum(bool(find_noted_end(str(cell))) for _, cell in note.cells)
        says.append(f'"{note.name}": {said} of {say_count(note.filled, "cell")} say until when; the rest is not read.')
    if (code := view.first("drug code")) is not None:
        column["code"] = code.name
        text["vocabulary"] = "RxNorm"
        looks.append(code)
    given = [one for one in (find_drug_events(view, names), find_given(view)) if one is not None]
    says += [f'Only rows whose "{name}" says that a drug was given.' for name, _ in given]
    conditions += given
    when, also = (*conditions, None, None)[:2]
    of_row = name_drug_of_row(view, names)
    for drug, rows in Counter(of_row.values()).most_common():
        if not draft.is_treatment(drug) and not draft.has_drug_of_person:
            found.add_tried(drug, f'"{names.name}", {say_count(rows, "row")}')
    if dose is not None and {"end", "end_noted"} & column.keys():
        dosed = {row for row, _ in dose.cells}
        found.steroid_courses += sum(drug.name in STEROIDS and row in dosed for row, drug in of_row.items())
    found.own_column |= find_stopped_drugs(view, of_row)
    _tell_unknown(draft, names, of_row)
    covers = [look.name for look in looks]
    return [draft.record("drug", looks, text=text, column=column, says=says, covers=covers, when=when, also=also)]


def _tell_unknown(draft: Draft, names: ColumnLook, of_row: Mapping[int, Ingredient]) -> None:
    """Take unknown drugs that were stopped for a reason as tried, and tell of those that count as none."""
    if draft.view.role(names).item == EVENT:
        untold = sum(row not in of_row and not is_other_event(read_cell_text(cell)) for row, cell in names.cells)
        if untold:
            draft.found.warnings.append(
                f'{say_count(untold, "cell")} of "{names.name}" of {draft.view.grid.name} name neither a drug nor a '
                "visit, and count as no drug: give a drug among them its code, and name it under `when`."
            )
        return
    found, unknown = draft.found, name_unknown_drugs(draft.view, names)
    silent = 0
    for row, cell in names.cells:
        text = read_cell_text(cell)
        if row in unknown:
            found.spellings.setdefault(unknown[row].name, set()).add(text)
            found.add_tried(unknown[row], f'"{names.name}"')
        if row not in of_row:
            found.unnamed[text] = found.unnamed.get(text, 0) + 1
            silent += row not in unknown
    if silent:
        found.warnings.append(
            f'{say_count(silent, "cell")} of "{names.name}" of {draft.view.grid.name} name no drug that is known, and '
            "count as none: give them their codes at the end of the mapping."
        )


def _find_noted_ends(draft: Draft) -> ColumnLook | None:
    """Find a column of notes of which many say until when."""
    for look in draft.view.of("note"):
        if sum(bool(find_noted_end(str(cell))) for _, cell in look.cells) >= 0.3 * look.filled > 0:
            return look
    return None
