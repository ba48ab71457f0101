"""Days of which only the month or the year is known: what becomes of them in a mapping to start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refractory.numbers import say_count
from refractory.records.from_drug_names import Ingredient
from refractory.starting.choices import Chooser, Question
from refractory.starting.day_looks import is_in_parts
from refractory.starting.looks import ColumnLook
from refractory.starting.treatments import name_drug_of_row
from refractory.starting.views import SheetView

SHORTEST = "shortest"
_STARTS = ("drug start", "date")
_PARTS = (SHORTEST, "not used", "first day", "middle", "last day")


def choose_parts(looks: Sequence[ColumnLook], warnings: list[str], chooser: Chooser) -> str:
    """Choose what becomes of days of which only the month or the year is known; empty where there are none.

    Args:
        looks: The columns of days that hold such.
        warnings: Takes what must be known.
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
        warnings.append(
            f"In {named} only the month or year of some days is known. Of other drugs and of diagnoses the last day "
            "that a start may be is taken, and the first that an end may be; a first day of the treatment is NOT USED, "
            'and its person is left out: complete it, or write incomplete_dates = "middle" under [source].'
        )
    if answer == 1:
        warnings.append(
            f"Days without their day in {named} are NOT USED, and a person without a first day of the treatment is "
            'left out of the study: complete them, or write incomplete_dates = "middle" under [source] of the mapping.'
        )
    return _PARTS[answer]


def find_incomplete(
    view: SheetView,
    kind: str,
    looks: Sequence[ColumnLook],
    anchor: ColumnLook | None,
    is_treatment: Callable[[Ingredient | None], bool],
) -> str:
    """Say what becomes of such days in a record: "shortest" where none begins the treatment, else empty.

    Args:
        view: The sheet.
        kind: Kind of the record.
        looks: The columns that it reads.
        anchor: The column with the first day of the treatment.
        is_treatment: Says whether a drug is the studied one; one without a name is.
    """
    spoilt = [look for look in looks if look.is_date and look.days.in_parts]
    if kind not in ("drug", "diagnosis") or not spoilt:
        return ""
    if kind == "diagnosis":
        return "" if anchor in spoilt else SHORTEST
    starts = [look for look in spoilt if view.role(look).kind in _STARTS]
    names = view.first("drug name")
    if names is None or names not in looks:
        return "" if any(is_treatment(view.role(look).drug) for look in starts) else SHORTEST
    treated = {row for row, drug in name_drug_of_row(view, names).items() if is_treatment(drug)}
    is_open = any(row in treated and is_in_parts(cell) for look in starts for row, cell in look.cells)
    return "" if is_open else SHORTEST
