"""The diagnosis of a sheet: on its day; where no day is known, before the treatment, and in these rows only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractory.numbers import say_count
from refractory.records.cell_day_lists import read_first_date
from refractory.records.cell_words import read_cell_text
from refractory.starting.drafting import Draft, Found
from refractory.starting.drafts import DraftRecord, DraftTable
from refractory.starting.looks import ColumnLook
from refractory.starting.row_events import find_diagnosis_events
from refractory.starting.treatments import name_drug_of_row


def find_diagnosis_day(draft: Draft) -> ColumnLook | None:
    """Find the column with the day of the diagnosis: its own, else the day of a row of diagnoses alone."""
    view = draft.view
    if (dated := view.first("diagnosis date")) is not None:
        return dated
    is_of_drugs = view.first("drug name") is not None or bool(draft.treated("drug start", "given"))
    return None if is_of_drugs or view.first("icd", "diagnosis") is None else view.first("date")


def find_dated_persons(drafts: Sequence[Draft]) -> set[str]:
    """Return the persons of whom some sheet tells the day of the diagnosis."""
    return {person for draft in drafts for person in _persons_with_day(draft)}


def _persons_with_day(draft: Draft) -> set[str]:
    dated, rows = find_diagnosis_day(draft), None
    if dated is None and (told := _find_events(draft)) is not None:
        dated, rows = told[0], told[2]
    with_day = _rows_with_day(draft, dated)
    return {person for row in with_day if (rows is None or row in rows) and (person := draft.view.persons[row])}


def _find_events(draft: Draft) -> tuple[ColumnLook, tuple[str, tuple[str, ...]], set[int]] | None:
    """Find the day, the condition and the rows of a sheet of events that tell the diagnosis; None without any."""
    view = draft.view
    day, events = view.first("date", "drug start"), find_diagnosis_events(view)
    if day is None or events is None or view.first("icd", "diagnosis", "diagnosis date") is not None:
        return None
    look = next(one for one in view.looks if one.name == events[0])
    return day, events, {row for row, cell in look.cells if read_cell_text(cell) in events[1]}


def _rows_with_day(draft: Draft, dated: ColumnLook | None) -> set[int]:
    if dated is None:
        return set()
    order = draft.order.find_order_of(draft.view, dated)
    return {row for row, cell in dated.cells if read_first_date(cell, order).day is not None}


def draft_disease(draft: Draft) -> list[DraftRecord]:
    """Draft the diagnosis of a sheet; a diagnosis that the rows of a person repeat is one record."""
    view, found = draft.view, draft.found
    if (told := _find_events(draft)) is not None:
        day, events, rows = told
        says = [f'{say_count(len(rows), "row")} of the diagnosis, as "{events[0]}" says.']
        text, column = {"what": draft.disease}, {"date": day.name}
        found.diseases.setdefault(draft.disease, 0)
        found.has_disease = True
        return [draft.record("diagnosis", [day], text=text, column=column, says=says, when=events)]
    icd, named, dated = view.first("icd"), view.first("diagnosis"), find_diagnosis_day(draft)
    what = named or icd
    text = {} if what is not None else {"what": draft.disease}
    column = {"what": what.name} if what is not None else {}
    if icd is not None:
        column |= {"code": icd.name} if named is not None else {}
        text["vocabulary"] = "ICD10CM" if sum(one[:1].isalpha() for one in icd.texts) * 2 > len(icd.texts) else "ICD9CM"
        for code, cells in icd.texts.items():
            found.icd[icd.first_spelling[code]] = found.icd.get(icd.first_spelling[code], 0) + cells
    looks = [one for one in (icd, named, dated) if one is not None]
    records = (
        _draft_dated(draft, looks, dated, what, text, column) if dated else _draft_undated(draft, what, column, text)
    )
    if records and named is not None:
        for one, cells in named.texts.items():
            found.diseases[named.first_spelling[one]] = found.diseases.get(named.first_spelling[one], 0) + cells
    if any(record.text.get("what") for record in records):
        found.diseases.setdefault(draft.disease, 0)
    found.has_disease |= bool(records)
    return records


def _anchor_of_treatment(draft: Draft) -> ColumnLook | None:
    """Return the day of the treatment; None for a sheet of drugs in which no row is of it."""
    if draft.view.first("drug name") is not None and find_rows_of_treatment(draft) is None:
        return None
    return draft.anchor if draft.treated("drug start", "given") else None


def _draft_dated(
    draft: Draft, looks: list[ColumnLook], dated: ColumnLook, what: ColumnLook | None, text: Mapping[str, str],
    column: Mapping[str, str],
) -> list[DraftRecord]:  # fmt: skip
    view, anchor = draft.view, _anchor_of_treatment(draft) or draft.lent
    says = [f'"{dated.name}": {view.role(dated).why}']
    known = _rows_with_day(draft, dated)
    placed = {"date": dated.name}
    more: dict[str, object] = {}
    if view.is_long:
        more["once"] = dated is not view.first("date")
        filled = {row for row, _ in dated.cells}
        silent = {row for row, person in enumerate(view.persons) if person and row not in filled}
        if more["once"]:
            says.append("The rows of a person repeat it: taken once.")
        if silent:  # of a person whose other rows tell the day
            more["when"] = (dated.name, ("anything",))
    gaps = {row for row, _ in anchor.cells} - known if anchor is not None and anchor is not dated else set()
    if anchor is not None and gaps and not view.is_long:
        placed["before"] = anchor.name
        looks = [*looks, anchor]
        says.append(
            f"{say_count(len(gaps), 'row')} without the day of the diagnosis: there it is known only to be before the "
            f'treatment, the latest day before "{anchor.name}".'
        )
    records = [draft.record("diagnosis", looks, text=text, column={**column, **placed}, says=says, **more)]
    if what is not None and what.filled < what.rows and not view.is_long and (anchor is not None or dated.filled):
        records += _draft_unnamed(draft, what, placed, [one for one in (dated, anchor) if one is not None])
    return records


def _draft_unnamed(
    draft: Draft, what: ColumnLook, placed: Mapping[str, str], looks: Sequence[ColumnLook]
) -> list[DraftRecord]:
    """Draft the diagnosis of rows whose cell of it is empty."""
    says = [f'In {say_count(what.rows - what.filled, "row")} "{what.name}" is empty: taken to be {draft.disease}.']
    text, when = {"what": draft.disease}, (what.name, ("nothing",))
    return [draft.record("diagnosis", [*looks, what], text=text, column=placed, when=when, says=says)]


def _draft_undated(
    draft: Draft, what: ColumnLook | None, column: Mapping[str, str], text: Mapping[str, str]
) -> list[DraftRecord]:
    """Draft a diagnosis without a day: before the treatment; none where another sheet tells the day."""
    anchor = _anchor_of_treatment(draft)
    if anchor is None:
        return []
    if draft.found.dated_persons:  # a second record would be a second diagnosis of all who have one
        return []
    says = ["no day of the diagnosis: the disease is known only to be there before the treatment."]
    placed = {"before": anchor.name}
    more: dict[str, object] = {"once": True} if draft.view.is_long else {}
    rows = find_rows_of_treatment(draft)
    if what is None and rows is not None:
        more["when"] = rows
    records = [draft.record("diagnosis", [anchor], text=text, column={**column, **placed}, says=says, **more)]
    if what is not None and what.filled < what.rows and not draft.view.is_long:
        records += _draft_unnamed(draft, what, placed, [anchor])
    return records


def find_rows_of_treatment(draft: Draft) -> tuple[str, tuple[str, ...]] | None:
    """Return the condition that a row of a sheet with one drug a row is of the treatment; None for other sheets."""
    names = draft.view.first("drug name")
    if names is None:
        return None
    of_row = name_drug_of_row(draft.view, names)
    own = [read_cell_text(cell) for row, cell in names.cells if row in of_row and draft.is_treatment(of_row[row])]
    return (names.name, tuple(dict.fromkeys(own))) if own else None


def add_disease(drafts: Sequence[Draft], tables: Sequence[DraftTable], disease: str, found: Found) -> None:
    """Say of everybody who was treated that they had the disease before, where no column says so."""
    for draft, table in zip(drafts, tables, strict=True):
        anchor, rows = draft.anchor, find_rows_of_treatment(draft)
        is_treated = any(record.kind == "drug" for record in table.records)
        if anchor is None or not is_treated or (rows is None and draft.view.first("drug name") is not None):
            continue
        says = [
            "No column tells the diagnosis: everybody in this sheet is taken to have the disease before the treatment."
        ]
        more = {"once": True} if draft.view.is_long else {}
        record = draft.record(
            "diagnosis", [anchor], text={"what": disease}, column={"before": anchor.name}, says=says, when=rows, **more
        )
        table.records.insert(1 if table.records and table.records[0].kind == "person" else 0, record)
        found.has_disease = True
        found.diseases.setdefault(disease, 0)
        found.icd.clear()
        return
