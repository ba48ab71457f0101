"""The column of the person in sheets that belong together: the one whose values other sheets have too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refractory.records.cell_words import spell_person
from refractory.starting import words
from refractory.starting.looks import ColumnLook
from refractory.starting.views import SheetView, view_grid

_SHARED = 0.5  # of the values of the smaller column
_OF_A_PERSON = re.compile(r"mrn|patient|pt|subj|pat|study|record|nhc|person|chart")

_Values = dict[int, frozenset[str]]


def share_persons(views: Sequence[SheetView]) -> list[SheetView]:
    """Tell the person of each sheet by the column whose values most other sheets have too.

    A sheet of drugs often numbers its rows beside the number of the patient: the number of the row tells more rows
    apart, and nobody of another sheet. Rows counted from 1 in every sheet are shared as well, so of two columns that
    as many sheets share the one with the name of a person wins.

    Args:
        views: The sheets of one study.
    """
    if len(views) < 2:
        return list(views)
    values = [_read_values(view) for view in views]
    shared = []
    for place, view in enumerate(views):
        others = [found for at, found in enumerate(values) if at != place]
        best = max(
            (look for look in view.looks if look.place in values[place]),
            key=lambda look: (
                _count_sharing(values[place][look.place], others),
                bool(_OF_A_PERSON.search(look.plain)),
                look is view.person,
                -look.place,
            ),
            default=None,
        )
        is_shared = best is not None and _count_sharing(values[place][best.place], others) > 0
        other = None
        if best is not None and is_shared and best is not view.person:
            other = view_grid(view.grid, view.shape, best.name)
        shared.append(other or view)
    return shared


def leave_out_legends(views: Sequence[SheetView]) -> tuple[list[SheetView], list[str]]:
    """Leave out the sheets that hold no records: a key of codes, a list of abbreviations.

    Such a sheet has a few columns that nothing is known of, and no value that tells a person of another sheet.

    Returns:
        The sheets that are left, and the names of the others.
    """
    values = [_read_values(view) for view in views]
    kept, names = [], []
    for place, view in enumerate(views):
        others = [found for at, found in enumerate(values) if at != place]
        person = values[place].get(view.person.place, frozenset()) if view.person is not None else frozenset()
        is_known = any(role.kind not in _TELLS_NOTHING for role in view.roles.values())
        if is_known or not others or _count_sharing(person, others):
            kept.append(view)
        else:
            names.append(view.grid.sheet)
    return kept, names


_TELLS_NOTHING = frozenset({"person", "unknown", "note", "name", "empty"})


def _read_values(view: SheetView) -> _Values:
    """Return the values of each column that may tell the person, by its place."""
    return {
        look.place: frozenset(key for _, cell in look.cells if (key := spell_person(cell)))
        for look in view.looks
        if _may_tell(view, look)
    }


def _may_tell(view: SheetView, look: ColumnLook) -> bool:
    return look.filled > 0 and not look.is_date and (look is view.person or bool(words.PERSON.fullmatch(look.short)))


def _count_sharing(own: frozenset[str], others: Sequence[_Values]) -> int:
    """Count the sheets of which a column has half of the values, or the other way round."""
    return sum(
        any(len(own & values) >= _SHARED * min(len(own), len(values)) > 0 for values in columns.values())
        for columns in others
    )
