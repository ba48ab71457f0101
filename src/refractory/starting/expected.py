"""What a sheet holds, to compare with what its mapping gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.starting.answers import Meaning
from refractory.starting.drafting import Draft
from refractory.starting.row_events import find_rows_given
from refractory.starting.treatments import find_given_rows, name_drug_of_row
from refractory.starting.views import cells_by_row


@dataclass(frozen=True)
class Expected:
    """What a sheet holds.

    Args:
        treatment: Name of the studied treatment.
        treated: Persons with a day of it.
        answers: Filled cells of the column that decides on the response.
    """

    treatment: str
    treated: int
    answers: int


def count_expected(drafts: Sequence[Draft], main: Meaning | None) -> Expected:
    """Count the persons with a day of the treatment, and the answers."""
    persons = {person for draft in drafts for row in _rows_of_treatment(draft) if (person := draft.view.persons[row])}
    return Expected(drafts[0].treatment.drug.name, len(persons), main.look.filled if main is not None else 0)


def _rows_of_treatment(draft: Draft) -> set[int]:
    view, anchor = draft.view, draft.anchor
    names = view.first("drug name")
    if names is not None:
        given_on = find_rows_given(view, names) & set(cells_by_row(anchor))
        of_row = name_drug_of_row(view, names)
        return {row for row, drug in of_row.items() if draft.is_treatment(drug) and row in given_on}
    started = {row for look in draft.treated("drug start") for row, _ in look.cells}
    started &= find_rows_given(view, None) if view.is_long else started
    given = draft.treated("given")
    if started or not given or anchor is None:
        return started
    dated = cells_by_row(anchor)
    return {row for row in find_given_rows(given[0]) if row in dated}
