"""What happened after: responses, scores, weights, laboratory values, the last visit, death."""

from __future__ import annotations

from dataclasses import replace

from refractory.numbers import say_count
from refractory.starting.answers import Meaning
from refractory.starting.column_days import count_days, find_column_day, find_row_day, find_visits, say_times
from refractory.starting.column_facts import is_pair
from refractory.starting.drafting import Draft, find_dose_days
from refractory.starting.drafting_disease import find_rows_of_treatment
from refractory.starting.drafts import DraftRecord
from refractory.starting.looks import ColumnLook
from refractory.starting.row_events import find_other_events
from refractory.starting.treatments import name_drug_of_row

_WITHIN = "365"


def draft_outcomes(draft: Draft) -> list[DraftRecord]:
    """Draft every record of an outcome that a sheet holds."""
    records = [one for meaning in draft.meanings for one in _draft_response(draft, meaning)]
    return [*records, *_draft_values(draft), *_draft_ends(draft), *_offer_values(draft)]


def _draft_response(draft: Draft, meaning: Meaning) -> list[DraftRecord]:
    view, look = draft.view, meaning.look
    is_of_person = _is_of_person(draft, look)
    dated = None if is_of_person else _find_day(draft, look)
    anchor = draft.anchor
    column, looks, text = {"value": look.name}, [look], {"item": meaning.item}
    says = [f'"{look.name}": {view.role(look).why}', *meaning.says]
    if dated is not None:
        column |= {"date": dated.name, **_count_visits(draft, dated)}
        looks.append(dated)
        says.append(f'Its day: "{dated.name}", {view.role(dated).why}')
    rest: dict[str, object] = {"values": meaning.values} if meaning.values else {}
    if (names := view.first("drug name")) is not None:
        own = (find_rows_of_treatment(draft) or ("", ()))[1]
        is_apart = bool({row for row, _ in look.cells} - {row for row, _ in names.cells})
        rest["when"] = (names.name, (*own, *find_other_events(view, names), *(("nothing",) if is_apart else ())))
        is_apart |= bool(find_other_events(view, names))
        rows = f"rows of {draft.treatment.drug.name}{' and of no drug' if is_apart else ''}"
        says.append(f"Of the drug of its row: only {rows} tell of its response.")
    unknown = {row for row, _ in look.cells} - ({row for row, _ in dated.cells} if dated is not None else set())
    later = max(count_days(look.plain), default=0) if dated is None else 0
    if anchor is not None and later:
        column["date"] = anchor.name
        looks.append(anchor)
        says.append(f'Its name says when: day {later}, counted from "{anchor.name}".')
        return [draft.record("label", looks, text=text, column=column, says=says, days_later=later, **rest)]
    if is_of_person:
        says.append("Only the first row of each person tells it, the row of the first treatment: of some day after it.")
    if anchor is not None and anchor is not dated and (find_row_day(draft) is None or is_of_person):
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
    return [draft.record("label", looks, text=text, column=column, says=says, **rest)]


def _find_day(draft: Draft, look: ColumnLook) -> ColumnLook | None:
    """Find the column with the day of an answer: its own, the nearest that speaks of responses, else its row's."""
    view, own = draft.view, say_times(look.plain)
    dated = [one for one in view.of("response date") if not (own and (its := say_times(one.plain)) and not own & its)]
    if dated:
        return min(dated, key=lambda one: (not own & say_times(one.plain), abs(one.place - look.place), one.place))
    found = find_column_day(draft, look)
    return found.looks[0] if found is not None and found.from_start is None and found.family is None else None


def _is_of_person(draft: Draft, look: ColumnLook) -> bool:
    """Say whether an answer stands once a person in a sheet of infusions: in the first row, and of no day of it."""
    view, day = draft.view, find_row_day(draft)
    if day is None or draft.lent is not None or view.role(day).kind != "drug start" or view.of("response date"):
        return False
    names = view.first("drug name")
    of_row = name_drug_of_row(view, names) if names is not None else {}
    if names is not None and not (
        len(of_row) == names.filled and all(draft.is_treatment(drug) for drug in of_row.values())
    ):
        return False  # the first row need not be of the treatment
    first: dict[str, int] = {}
    for row, person in enumerate(view.persons):
        if person is not None:
            first.setdefault(person, row)
    return look.filled > 0 and all(first.get(view.persons[row] or "") == row for row, _ in look.cells)


def _count_visits(draft: Draft, dated: ColumnLook) -> dict[str, str]:
    """Return the field that counts visits from the first day, where the column of an answer's day holds visits."""
    is_of_visits = draft.lent is not None and dated is find_visits(draft.view)
    return {"counted_from": draft.lent.name} if draft.lent is not None and is_of_visits else {}


def _draft_values(draft: Draft) -> list[DraftRecord]:
    """Draft scores, body weights and laboratory values, each on the day that its name, its group or its row tells."""
    view, found = draft.view, draft.found
    records, told = [], set[str]()
    for look in view.of("score", "weight", "lab"):
        role, day = view.role(look), find_column_day(draft, look)
        if day is None or look.name in told:
            continue
        if is_pair(look):
            records += _draft_pair(draft, look)
            continue
        members = list(day.family.members.values()) if day.family is not None else [look]
        told |= {one.name for one in members}
        what = role.item or "body weight"
        text = {"what": what, **({"unit": "kg"} if role.kind == "weight" else {})}
        column = {"value": day.family.pattern if day.family is not None else look.name, "date": day.column}
        column |= day.of_visits
        says = [f'"{column["value"]}": {role.why}', *([day.why] if day.why else [])]
        covers = [one.name for one in (*members, *day.looks)]
        records.append(
            draft.record(
                "measurement", [*members, *day.looks], text=text, column=column, says=says, days_later=day.later,
                covers=covers,
            )
        )  # fmt: skip
        if role.kind == "score":
            found.scores.setdefault(what, set()).add(day.from_start)
        found.has_weight |= role.kind == "weight"
    return records


def _draft_pair(draft: Draft, look: ColumnLook) -> list[DraftRecord]:
    """Draft a column whose cells tell a value before and one after, each on a day counted from the treatment."""
    anchor, role = draft.anchor, draft.view.role(look)
    if anchor is None or draft.view.is_long:
        return []
    records = []
    for _, day, which in find_dose_days(look, role.day):
        says = [f'"{look.name}": its cells tell a value before and one after; the {which} is taken as of day {day}.']
        records.append(
            draft.record(
                "measurement", [look, anchor], text={"what": role.item or "body weight"}, of_several=which, says=says,
                column={"value": look.name, "date": anchor.name}, days_later=day or 0,
            )
        )  # fmt: skip
        if role.kind == "score":
            draft.found.scores.setdefault(role.item, set()).add(day)
    return records


def _offer_values(draft: Draft) -> list[DraftRecord]:
    """Offer, as comments, numbers that nobody asked for and of which a day is known."""
    records = []
    for look in draft.view.of("unknown"):
        day = find_column_day(draft, look) if look.is_number and not look.is_yes_or_no else None
        if day is None or day.family is not None or not any(one.isalpha() for one in look.name) or "{n}" in look.name:
            continue
        says = [
            f'"{look.name}": {look.numbers} numbers with a day, of nothing that is known here; as a measurement, take '
            "off the marks:",
        ]
        column = {"value": look.name, "date": day.column, **day.of_visits}
        offered = draft.record(
            "measurement", [look, *day.looks], text={"what": look.name}, column=column, days_later=day.later
        )
        records.append(replace(offered, says=says, is_offered=True))
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
