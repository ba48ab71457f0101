"""Days of which only the month or the year is known: what becomes of them in a mapping to start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.numbers import say_count
from refractory.starting.choices import Chooser, Question
from refractory.starting.day_looks import is_in_parts
from refractory.starting.looks import ColumnLook
from refractory.starting.treatments import name_drug_of_row

if TYPE_CHECKING:
    from refractory.starting.drafting import Draft, Found

SHORTEST = "shortest"
_STARTS = ("drug start", "date")
_PARTS = (SHORTEST, "not used", "first day", "middle", "last day")


def choose_parts(looks: Sequence[ColumnLook], found: Found, chooser: Chooser) -> str:
    """Choose what becomes of days of which only the month or the year is known; empty where there are none.

    Args:
        looks: The columns of days that hold such.
        found: Takes the warning.
        chooser: Asks.

    Returns:
        What the mapping is to say; "shortest": each record of an earlier drug or a diagnosis says so, and no other.
    """
    if not looks:
        return ""
    named = ", ".join(f'"{look.name}" ({look.days.in_parts} of {look.filled})' for look in looks)
    question = Question(
        f"In {named} only the month or the year is known: which day is taken?",
        (
            "of other drugs and of diagnoses the last that a start may be and the first that an end may be; of the "
            "treatment none",
            "none: such a day is not used",
            "the first",
            "the middle one",
            "the last",
        ),
        0,
        f"{say_count(sum(look.days.in_parts for look in looks), 'cell')}.",
    )
    answer, _ = chooser(question)
    if answer == 0:
        found.warnings.append(
            f"In {named} only the month or year of some days is known. Of other drugs and of diagnoses the last day "
            "that a start may be is taken, and the first that an end may be; a first day of the treatment is NOT USED, "
            'and its person is left out: complete it, or write incomplete_dates = "middle" under [source].'
        )
    if answer == 1:
        found.warnings.append(
            f"Days without their day in {named} are NOT USED, and a person without a first day of the treatment is "
            'left out of the study: complete them, or write incomplete_dates = "middle" under [source] of the mapping.'
        )
    return _PARTS[answer]


def find_incomplete(draft: Draft, kind: str, looks: Sequence[ColumnLook]) -> str:
    """Say what becomes of such days in a record: "shortest" where none begins the treatment, else empty."""
    view = draft.view
    spoilt = [look for look in looks if look.is_date and look.days.in_parts]
    if kind not in ("drug", "diagnosis") or not spoilt or (kind == "diagnosis" and draft.anchor in spoilt):
        return ""
    if kind == "diagnosis":
        return SHORTEST
    starts = [look for look in spoilt if view.role(look).kind in _STARTS]
    names = view.first("drug name")
    if names is not None and names in looks:
        return "" if _has_treatment(draft, names, starts) else SHORTEST
    return "" if any(draft.is_treatment(view.role(look).drug) for look in starts) else SHORTEST


def _has_treatment(draft: Draft, names: ColumnLook, starts: Sequence[ColumnLook]) -> bool:
    """Say whether a row of the treatment begins on a day that is not known."""
    of_row = name_drug_of_row(draft.view, names)
    return any(
        is_in_parts(cell)
        for look in starts
        for row, cell in look.cells
        if row in of_row and draft.is_treatment(of_row[row])
    )
