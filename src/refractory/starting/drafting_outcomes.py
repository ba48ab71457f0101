"""What happened after: responses, scores, weights, laboratory values, the last visit, death."""

from __future__ import annotations

from refractory.numbers import say_count
from refractory.records.cell_words import read_cell_text
from refractory.starting.answers import Meaning
from refractory.starting.drafting import Draft
from refractory.starting.drafts import DraftRecord
from refractory.starting.looks import ColumnLook
from refractory.starting.treatments import name_drug_of_row

_WITHIN = "365"


def draft_outcomes(draft: Draft) -> list[DraftRecord]:
    """Draft every record of an outcome that a sheet holds."""
    records = [one for meaning in draft.meanings for one in _draft_response(draft, meaning)]
    return [*records, *_draft_values(draft), *_draft_ends(draft)]


def _draft_response(draft: Draft, meaning: Meaning) -> list[DraftRecord]:
    view, look = draft.view, meaning.look
    dated = _find_day(draft, look)
    anchor = draft.anchor
    column, looks, text = {"value": look.name}, [look], {"item": meaning.item}
    says = [f'"{look.name}": {view.role(look).why}', *meaning.says]
    if dated is not None:
        column["date"] = dated.name
        looks.append(dated)
        says.append(f'Its day: "{dated.name}", {view.role(dated).why}')
    unknown = {row for row, _ in look.cells} - ({row for row, _ in dated.cells} if dated is not None else set())
    if anchor is not None and anchor is not dated:
        column["after"] = anchor.name
        text["within"] = _WITHIN
        looks.append(anchor)
        if unknown:
            says.append(
                f"{say_count(len(unknown), 'answer')} without a day: of some day in the {_WITHIN} after "
                "the first treatment."
            )
    elif unknown:
        draft.found.warnings.append(
            f'{len(unknown)} of {say_count(look.filled, "answer")} of "{look.name}" have no day, and {view.grid.name} '
            "does not say when the treatment began: they cannot be used, and the share that responded is WRONG where "
            "answers with a day are another kind. Put the treatment's first day into that sheet."
        )
    rest: dict[str, object] = {}
    if (names := view.first("drug name")) is not None:
        of_row = name_drug_of_row(view, names)
        own = [read_cell_text(cell) for row, cell in names.cells if row in of_row and draft.is_treatment(of_row[row])]
        rest["when"] = (names.name, tuple(dict.fromkeys(own)))
        says.append(f"Of the drug of its row: only rows of {draft.treatment.drug.name} tell of its response.")
    return [draft.record("label", looks, text=text, column=column, says=says, **rest)]


def _find_day(draft: Draft, look: ColumnLook) -> ColumnLook | None:
    """Find the column with the day of an answer: the nearest that speaks of responses, else the day of the row."""
    view = draft.view
    dated = view.of("response date")
    if dated:
        return min(dated, key=lambda one: (abs(one.place - look.place), one.place))
    return view.first("date") if view.first("drug name") is None else None


def _draft_values(draft: Draft) -> list[DraftRecord]:
    """Draft scores, body weights and laboratory values, on the day of the row or counted from the treatment."""
    view, anchor = draft.view, draft.anchor
    row_day = view.first("date") if view.first("drug name") is None else None
    records = []
    for look in view.of("score", "weight", "lab"):
        role = view.role(look)
        what = role.item or "body weight"
        day = row_day or anchor
        if day is None or (row_day is None and role.day is None and role.kind == "lab"):
            continue
        later = (role.day or 0) if row_day is None else 0
        says = [f'"{look.name}": {role.why}']
        if row_day is None:
            says.append(
                f"Taken as of day {later}, counted from the treatment's first."
                + ("" if role.day is not None else " CHOSEN WITHOUT EVIDENCE: the name says no time.")
            )
        text = {"what": what, **({"unit": "kg"} if role.kind == "weight" else {})}
        column = {"value": look.name, "date": day.name}
        records.append(draft.record("measurement", [look, day], text=text, column=column, says=says, days_later=later))
        if role.kind == "score":
            draft.found.scores.setdefault(what, set()).add(None if row_day is not None else later)
        draft.found.has_weight |= role.kind == "weight"
    return records


def _draft_ends(draft: Draft) -> list[DraftRecord]:
    view, anchor = draft.view, draft.anchor
    last, death, died = view.first("last seen"), view.first("death date"), view.first("died")
    records = []
    if last is not None and anchor is not None and not view.is_long:
        says = [f'"{last.name}": {view.role(last).why}']
        column = {"start": anchor.name, "end": last.name}
        records.append(draft.record("observed", [anchor, last], column=column, says=says))
    if death is not None:
        column = {"date": death.name, **({"died": died.name} if died is not None else {})}
        says = [f'"{death.name}": {view.role(death).why}']
        looks = [one for one in (death, died) if one is not None]
        records.append(draft.record("death", looks, column=column, says=says))
    return records
