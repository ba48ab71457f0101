"""Checkboxes of REDCap: one column per choice, named by the field and the choice's code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SIGN = "___"


def name_box(field: str, code: str) -> str:
    """Name the column of one box: small letters, an underscore for a minus sign, other marks left out.

    Example:
        >>> name_box("race", "4"), name_box("race", "-99"), name_box("race", "UNK"), name_box("race", "a.b")
        ('race___4', 'race____99', 'race___unk', 'race___ab')
    """
    return f"{field}{SIGN}{re.sub(r'[^a-z0-9_]', '', code.lower().replace('-', '_'))}"


def match_boxes(field: str, columns: Iterable[str], codes: Iterable[str]) -> dict[str, str]:
    """Find which column of a checkbox field belongs to which code.

    REDCap itself has written the codes in several ways: with and without underscores, and with a point or without. A
    column is matched as REDCap writes it today; else by letters and digits alone, where only one code has them.

    Args:
        field: Name of the field.
        columns: Columns of the export that begin with the field and three underscores.
        codes: The codes that a box may have: the field's choices, then the project's missing-data codes.

    Returns:
        Code by column; a column that belongs to none is left out.

    Example:
        >>> match_boxes("race", ["race___1", "race____99", "race___ab", "race___7"], ["1", "-99", "a_b"])
        {'race___1': '1', 'race____99': '-99', 'race___ab': 'a_b'}
    """
    every = list(dict.fromkeys(codes))
    exact: dict[str, str] = {}
    loose: dict[str, list[str]] = {}
    for code in every:
        exact.setdefault(name_box(field, code), code)
        exact.setdefault(f"{field}{SIGN}{code.lower()}", code)
        loose.setdefault(_letters(code), []).append(code)
    found: dict[str, str] = {}
    rest = []
    for column in columns:
        said = exact.get(column.lower())
        if said is not None and said not in found.values():
            found[column] = said
        else:
            rest.append(column)
    for column in rest:
        free = [
            code for code in loose.get(_letters(column[len(field) + len(SIGN) :]), ()) if code not in found.values()
        ]
        if len(free) == 1:
            found[column] = free[0]
    return found


def _letters(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.lower())


def find_hidden_codes(boxes: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Find codes that stand beside the choices of every checkbox field: the missing-data codes of the project.

    Args:
        boxes: By checkbox field, what follows its name in the columns that belong to none of its choices.

    Example:
        >>> find_hidden_codes({"race": ["unk", "_99"], "prior": ["_99", "unk"]})
        ('unk', '-99')
    """
    several = [list(dict.fromkeys(ends)) for ends in boxes.values()]
    if not several:
        return ()
    return tuple(
        f"-{end[1:]}" if end.startswith("_") else end for end in several[0] if all(end in other for other in several)
    )
