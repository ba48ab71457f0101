"""Sheets with a row an event: the rows that tell a drug that was given, a diagnosis, or something else."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.records.cell_words import read_cell_text, read_yes_or_no
from refractory.records.from_drug_names import find_drug_mentions
from refractory.starting.looks import NO, YES, ColumnLook
from refractory.starting.row_days import EVENT, says_no_drug, says_stop
from refractory.starting.views import SheetView
from refractory.starting.words import DIAGNOSED, spell_name


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
