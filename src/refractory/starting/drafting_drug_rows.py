"""The drugs of a sheet that has one drug a row."""

from __future__ import annotations

import re
from collections import Counter

from refractory.numbers import say_count
from refractory.records.cell_notes import find_noted_end
from refractory.starting.drafting import Draft
from refractory.starting.drafting_doses import find_dose_unit, find_weight_column, name_dose
from refractory.starting.drafts import DraftRecord
from refractory.starting.looks import ColumnLook
from refractory.starting.steroids import STEROIDS
from refractory.starting.treatments import name_drug_of_row


def draft_drug_rows(draft: Draft, names: ColumnLook, start: ColumnLook) -> list[DraftRecord]:
    """Draft a sheet that has one drug a row."""
    view, found = draft.view, draft.found
    column = {"what": names.name, "start": start.name}
    looks = [names, start]
    family = next((one for one in view.families if start in one.members.values()), None)
    rest: dict[str, object] = {}
    if family is not None and draft.has_drug_of_person:  # "Cycle 1 start", "Cycle 2 start" of the drug of the person
        column["start"] = family.pattern
        looks += [one for one in family.members.values() if one is not start]
        rest["when"] = (family.pattern, ("anything",))  # an empty cell is no cycle
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
    of_row = name_drug_of_row(view, names)
    for drug, rows in Counter(of_row.values()).most_common():
        if not draft.is_treatment(drug) and not draft.has_drug_of_person:
            found.add_tried(drug, f'"{names.name}", {say_count(rows, "row")}')
    if dose is not None and {"end", "end_noted"} & column.keys():
        dosed = {row for row, _ in dose.cells}
        found.steroid_courses += sum(drug.name in STEROIDS and row in dosed for row, drug in of_row.items())
    unnamed = [str(cell) for row, cell in names.cells if row not in of_row]
    for one in unnamed:
        found.unnamed[one] = found.unnamed.get(one, 0) + 1
    if unnamed:
        found.warnings.append(
            f'In {say_count(len(unnamed), "cell")} of "{names.name}" no drug was recognised: their rows are of no drug '
            "of the study until [codes.drug] says which they name."
        )
    covers = [look.name for look in looks]
    return [draft.record("drug", looks, text=text, column=column, says=says, covers=covers, **rest)]


def _find_noted_ends(draft: Draft) -> ColumnLook | None:
    """Find a column of notes of which many say until when."""
    for look in draft.view.of("note"):
        if sum(bool(find_noted_end(str(cell))) for _, cell in look.cells) >= 0.3 * look.filled > 0:
            return look
    return None
