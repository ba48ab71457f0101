"""Which column of a sheet with a row an event is the day of the row, where its name alone does not tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from refractory.starting.drug_times import is_apart_from_treatment
from refractory.starting.roles import Role
from refractory.starting.words import INFUSION_SHEET, START, spell_name

if TYPE_CHECKING:
    from refractory.starting.views import SheetView

_DAYS = ("date", "drug start")


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
        look
        for look in view.looks
        if roles[look.place].kind == "other date" and not is_apart_from_treatment(look.name)
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
