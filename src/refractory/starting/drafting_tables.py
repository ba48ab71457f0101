"""The table of a mapping, drafted from a sheet: its records, and the columns that none of them uses."""

from __future__ import annotations

from refractory.numbers import say_count
from refractory.records.grid import write_span
from refractory.starting.drafting import Draft, draft_person
from refractory.starting.drafting_disease import draft_disease
from refractory.starting.drafting_drugs import draft_drugs
from refractory.starting.drafting_outcomes import draft_outcomes
from refractory.starting.drafts import DraftTable
from refractory.starting.looks import ColumnLook
from refractory.starting.views import SheetView


def draft_table(draft: Draft) -> DraftTable:
    """Draft the table of a sheet: every column is used, or named with the reason why it is not."""
    view = draft.view
    person = view.person
    assert person is not None
    # Sheets of several files may be called alike: there the file belongs to the name.
    sheet = view.grid.name if draft.is_of_many_files else view.grid.sheet or view.grid.file
    shape = view.shape
    table = DraftTable(sheet, person.name, shape.header, shape.until, [write_span(one) for one in shape.spans])
    table.says += _say_shape(view)
    if view.headings:
        table.headings = view.headings
        many = say_count(len(view.headings), "text")
        table.says.append(f"{many} between the rows, alone in a line, TAKEN FOR headings: no persons.")
    if view.is_filled_down:
        table.fill_down = [person.name]
        table.says.append(f'"{person.name}" is filled in once a person: an empty cell means the person above.')
    for part in (draft_person, draft_disease, draft_drugs, draft_outcomes):
        table.records += part(draft)
    table.dates_of = dict(draft.dates_of)
    used = _used_columns(table)
    for look in view.looks:
        if look.name not in used and look.place != person.place:
            is_offered = any(one.is_offered and look.name in one.column.values() for one in table.records)
            table.not_used[look.name] = _say_unused(view, look) + ("; offered below" if is_offered else "")
            if view.role(look).kind == "name":
                draft.found.warnings.append(
                    f'Column "{look.name}" of {view.grid.name} identifies persons; it is not used: better take it out.'
                )
    return table


def _say_shape(view: SheetView) -> list[str]:
    shape = view.shape
    rows, persons = sum(bool(one) for one in view.persons), view.count_persons(range(len(view.persons)))
    said = [f"{say_count(rows, 'row')} of {say_count(persons, 'person')}."]
    if len(shape.header) > 1:
        said.append(f"The header has {len(shape.header)} lines: a column is called by both.")
    if shape.spans:
        many = say_count(len(shape.spans), "name")
        said.append(f"{many} of its upper line stand for the columns beside them too, though the cells are not merged.")
    if shape.above:
        said.append(f"{say_count(shape.above, 'line')} above the header with a title: passed over.")
    if shape.units:
        said.append(f"Line {shape.units} tells units and formats: it is no row (listed, for it tells no person).")
    if shape.below:
        said.append(f"{say_count(shape.below, 'line')} below line {shape.until} are no persons (totals, notes).")
    return said


def _used_columns(table: DraftTable) -> set[str]:
    used: set[str] = set(table.fill_down)
    for record in table.records:
        if record.is_offered:
            continue
        for name in (*record.column.values(), *([record.when[0]] if record.when else [])):
            used.add(name)
    return used | {name for record in table.records if not record.is_offered for name in record.covers}


def _say_unused(view: SheetView, look: ColumnLook) -> str:
    role = view.role(look)
    said = {
        "name": "identifies persons: a study does not need it",
        "empty": "empty",
        "note": "notes",
        "unknown": f"not recognised ({say_count(look.filled, 'cell')} filled)",
        "other date": f"{role.why}",
        "drugs now": "drugs beside the treatment; what was tried before is not told apart",
    }.get(role.kind)
    return said or f"{role.kind}: {role.why or 'by its name'}; nothing here asks for it"
