"""The doses of a treatment: their column, their unit, and the weight for doses per kg."""

from __future__ import annotations

import re

from refractory.starting import words
from refractory.starting.drafting import Draft
from refractory.starting.families import Family
from refractory.starting.looks import ColumnLook
from refractory.starting.roles import find_day
from refractory.starting.views import name_units

_UNIT = re.compile(r"(?<![a-z])(g / kg|mg / kg|mg / d|mg / day|mg|g|gm|grams?|gramm)(?![a-z])")
_DAILY = re.compile(
    r"(?<![a-z])(?:daily|per day|mg / (?:d|day|tag|jour|dia)|taglich\w*|tgl|tagesdosis|diari\w*|jour)(?![a-z])"
)


def find_dose_column(draft: Draft) -> dict[str, str]:
    """Return the columns of a single dose of the treatment, with the weight where it is per kg."""
    repeated = {look.place for family in draft.view.families for look in family.members.values()}
    doses = [look for look in draft.treated("drug dose") if look.place not in repeated]
    return {"dose": doses[0].name, **find_weight_column(draft)} if doses else {}


def name_dose(dose: ColumnLook) -> str:
    """Name the field of a column of doses: "daily_dose" is of each day where it holds plain numbers."""
    is_plain = all(not isinstance(cell, str) or not any(one.isalpha() for one in cell) for _, cell in dose.cells)
    return "daily_dose" if is_plain and _DAILY.search(dose.plain) else "dose"


def find_weight_column(draft: Draft, family: Family | None = None) -> dict[str, str]:
    """Return the column of the weight for a dose per kg: repeated as the doses are, else one that is not of later."""
    weights = draft.view.of("weight")
    for other in draft.view.families:
        is_of_it = family is not None and set(other.members) & set(family.members)
        if is_of_it and any(look in weights for look in other.members.values()):
            return {"weight": other.pattern}
    repeated = {look.place for other in draft.view.families for look in other.members.values()}
    own = [look for look in weights if look.place not in repeated and not find_day(look)]
    return {"weight": own[0].name} if own else {}


def find_dose_unit(draft: Draft, look: ColumnLook) -> dict[str, str]:
    """Return the unit that the name of a column of doses tells, or the line of units."""
    said = _UNIT.search(look.plain) or _UNIT.search(words.spell_name(name_units(draft.view).get(look.place, "")))
    if said is None:
        return {}
    unit = said[1].replace(" ", "")
    return {
        "unit": {"gm": "g", "grams": "g", "gram": "g", "gramm": "g"}.get(
            unit, unit.removesuffix("/d").removesuffix("/day")
        )
    }
