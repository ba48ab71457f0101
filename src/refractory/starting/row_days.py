"""Sheets with a row an event: which column is the day of the row, which says what it is, and what is no drug given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from refractory.records.cell_words import read_cell_text, read_yes_or_no
from refractory.records.from_drug_names import find_drug_mentions
from refractory.starting.drug_times import is_apart_from_treatment
from refractory.starting.looks import NO, YES
from refractory.starting.roles import Role
from refractory.starting.words import DIAGNOSED, EVENTS, INFUSION_SHEET, NOT_GIVEN, START, STOP, spell_name

if TYPE_CHECKING:
    from refractory.starting.looks import ColumnLook
    from refractory.starting.views import SheetView

_DAYS = ("date", "drug start")
EVENT = "event"
_FEWEST, _SOME, _FEW, _LONGEST = 3, 0.1, 0.03, 40
_A_DAY = ("date", "drug start", "other date", "response date")


def settle_events(view: SheetView, roles: Mapping[int, Role]) -> dict[int, Role]:
    """Settle a column that says what each row is, a drug among visits: "Visit", "Rituximab 1 g", "RTX infusion".

    Args:
        view: The sheet.
        roles: What each column is so far.

    Returns:
        The role that changes, by its place; none where a column of drugs alone is there, or the rows have no day.
    """
    for look in view.looks:
        if roles[look.place].kind in ("drug name", "tried list") and view.is_long and _holds_visits(look):
            return {look.place: replace(roles[look.place], kind="drug name", item=EVENT)}
    kinds = {role.kind for role in roles.values()}
    has_start = any(role.kind == "drug start" and role.drug is not None for role in roles.values())
    if {"drug name", "tried list"} & kinds or has_start or not view.is_long or not kinds & set(_A_DAY):
        return {}
    for look in view.looks:
        texts = [len(text) for text in look.texts.elements()]
        if roles[look.place].kind not in ("unknown", "diagnosis") or look.is_number or not texts:
            continue
        if look.naming_drugs >= max(_FEWEST, _SOME * look.filled) and sum(texts) <= _LONGEST * len(texts):
            why = f"{look.naming_drugs} of {look.filled} cells name a drug; the others tell other events"
            return {look.place: Role("drug name", why, item=EVENT)}
    return {}


def _holds_visits(look: ColumnLook) -> bool:
    """Say whether a column that names drugs tells visits or diagnoses too."""
    others = [low for low in look.texts if not find_drug_mentions(low) and is_other_event(low)]
    return sum(look.texts[low] for low in others) >= _FEW * look.filled > 0


def is_other_event(text: str) -> bool:
    """Say whether a text is an event that is no drug: a visit or a diagnosis."""
    plain = spell_name(text)
    return EVENTS.search(plain) is not None or DIAGNOSED.fullmatch(plain) is not None


def find_other_events(view: SheetView, names: ColumnLook) -> tuple[str, ...]:
    """Return the texts of a column of events that name no drug; none where the column names drugs alone."""
    if view.role(names).item != EVENT:
        return ()
    return tuple(text for low, text in names.first_spelling.items() if not find_drug_mentions(low))


def find_drug_events(view: SheetView, names: ColumnLook) -> tuple[str, tuple[str, ...]] | None:
    """Find the condition that a row tells of a drug that was given, and not of one that was stopped.

    Returns:
        A column and its texts; None where every row with a drug counts.
    """
    if view.role(names).item == EVENT:
        others = find_other_events(view, names)
        given = [text for low, text in names.first_spelling.items() if text not in others and not says_no_drug(low)]
        return names.name, tuple(given)
    given = [text for low, text in names.first_spelling.items() if not says_no_drug(low)]
    return (names.name, tuple(given)) if given and len(given) < len(names.texts) else None


def find_given(view: SheetView) -> tuple[str, tuple[str, ...]] | None:
    """Find the condition that a drug of a row was given: not cancelled, planned or stopped, as another column says.

    Returns:
        A column and its texts; None where no column tells it.
    """
    asked = next((look for look in view.of("given") if look.is_yes_or_no and view.role(look).drug is None), None)
    if asked is not None and asked.answers[1] > 0:
        return asked.name, ("yes",)
    if (look := _find_stops(view)) is not None:
        given = [text for low, text in look.first_spelling.items() if not says_no_drug(low)]
        return look.name, (*given, "nothing")
    return None


def find_meeting_rows(view: SheetView, condition: tuple[str, Sequence[str]]) -> set[int]:
    """Find the rows of a sheet that meet a condition of a mapping."""
    asked = next(look for look in view.looks if look.name == condition[0])
    if tuple(condition[1]) == ("yes",):
        return {row for row, cell in asked.cells if read_yes_or_no(cell, YES, NO)}
    wanted = {text.lower() for text in condition[1]}
    met = {row for row, cell in asked.cells if read_cell_text(cell).lower() in wanted}
    return met | (set(range(len(view.persons))) - {row for row, _ in asked.cells} if "nothing" in wanted else set())


def find_rows_given(view: SheetView, names: ColumnLook | None) -> set[int]:
    """Find the rows of a sheet in which a drug was given: not those that were cancelled, planned or stopped."""
    found = set(range(len(view.persons)))
    for condition in (find_drug_events(view, names) if names is not None else None, find_given(view)):
        if condition is not None:
            found &= find_meeting_rows(view, condition)
    return found


def find_stop_rows(view: SheetView) -> set[int]:
    """Return the rows of a sheet of events that say that a drug was stopped."""
    look = _find_stops(view)
    return {row for row, cell in look.cells if says_stop(read_cell_text(cell))} if look is not None else set()


def _find_stops(view: SheetView) -> ColumnLook | None:
    """Find the column of events in which some rows say that something was stopped, or not given at all."""
    for look in view.of("unknown"):
        stops = sum(says_no_drug(low) for low in look.texts)
        if look.is_category and 0 < stops < len(look.texts) and not look.is_yes_or_no and not look.is_number:
            return look
    return None


def find_diagnosis_events(view: SheetView) -> tuple[str, tuple[str, ...]] | None:
    """Find the condition that a row tells of the diagnosis: a column of events, and its texts; None without one."""
    for look in view.of("unknown", "drug name"):
        is_of_events = view.role(look).item == EVENT or (look.is_category and view.role(look).kind == "unknown")
        told = [text for low, text in look.first_spelling.items() if DIAGNOSED.fullmatch(spell_name(low))]
        if is_of_events and told and len(told) < len(look.texts):
            return look.name, tuple(told)
    return None


def says_no_drug(text: str) -> bool:
    """Say whether a text says that a drug was stopped on that day, or was not given.

    Example:
        >>> [says_no_drug(one) for one in ("given", "DNA", "MTX abgesetzt", "Infusión prevista", "start")]
        [False, True, True, True, False]
    """
    return says_stop(text) or NOT_GIVEN.search(spell_name(text)) is not None


def says_stop(text: str) -> bool:
    """Say whether a text says that a drug was stopped."""
    plain = spell_name(text)
    return STOP.search(plain) is not None and START.search(plain) is None


def settle_days(view: SheetView, roles: Mapping[int, Role], *, has_drugs: bool) -> dict[int, Role]:
    """Settle the day of a row: "From" and "von" beside names of drugs, the only date of a row, a log of infusions.

    Args:
        view: The sheet.
        roles: What each column is so far.
        has_drugs: True when a column names the drug of each row.

    Returns:
        The roles that change, by the place of their columns.
    """
    dated = [look for look in view.looks if roles[look.place].kind in _DAYS and roles[look.place].drug is None]
    named = [look for look in view.looks if roles[look.place].kind in _DAYS and roles[look.place].drug is not None]
    others = [
        look for look in view.looks if roles[look.place].kind == "other date" and not is_apart_from_treatment(look.name)
    ]
    if named or not view.is_long:
        return {}
    if not dated:
        begun = [look for look in others if START.search(look.plain)]
        dated = begun[:1] or (others if len(others) == 1 else [])
        if not dated:
            return {}
        kind = "drug start" if begun and has_drugs else "date"
        said = roles[dated[0].place].why.removesuffix("; its name does not say of what")
        roles = {**roles, dated[0].place: Role(kind, said)}
    first = dated[0]
    if not has_drugs and INFUSION_SHEET.search(spell_name(view.grid.sheet)) and roles[first.place].kind == "date":
        why = f"{roles[first.place].why}; the sheet is called after infusions"
        return {first.place: replace(roles[first.place], kind="drug start", why=why)}
    return {first.place: roles[first.place]}
