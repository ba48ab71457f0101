"""The doses of drugs in rows: an amount with its unit, per kilogram or a day, or directions as they are written."""

from __future__ import annotations

import re
from typing import Any

from refractory.records.grid_cells import NOT_USED, RecordCells
from refractory.units import convert, find_unit

_PER_WEIGHT = re.compile(r"(g|gm|gr|mg|mcg|µg)\s*(?:/|per)\s*kg(?:\s*(?:bw|body ?weight))?", re.IGNORECASE)
_TIMES = re.compile(r"(?<![a-z])\d+\s*[x×*]\s*\d|kg\b.*[x×*]\s*\d|\bg\s*[x×*]\s*\d", re.IGNORECASE)


def find_zero_dose(cells: RecordCells) -> str | None:
    """Return the column of a dose of 0, if the record has one: the drug was not taken."""
    for name in ("dose", "daily_dose"):
        found = cells.number(name)
        if found is not None and found.value == 0 and not found.limit:
            return cells.column(name)
    return None


def read_dose(cells: RecordCells) -> dict[str, Any]:
    """Read what a record says of the dose: an amount with its unit, or directions as they are written."""
    quantity, unit, said = cells.amount("quantity"), cells.text("unit"), [cells.text("directions")]
    dose = cells.number("dose")
    if dose is not None:
        own = dose.unit or unit
        if dose.value is None or (dose.unit and not find_unit(dose.unit) and not _PER_WEIGHT.fullmatch(dose.unit)):
            if any(one.isalpha() for one in cells.text("dose")):
                said.insert(0, cells.text("dose"))
                if _TIMES.search(cells.text("dose")):  # of the whole row, or of each of five rows: nobody can tell
                    cells.tell(cells.column("dose"), "a dose times a number", "kept as text: its amount is not known")
            else:
                cells.tell(cells.column("dose"), dose.fault, NOT_USED)
        elif dose.limit:
            cells.tell(cells.column("dose"), "below or above a limit", NOT_USED)
        else:
            if dose.note:
                cells.tell(cells.column("dose"), dose.note, "used so")
            quantity, unit = _weigh(cells, dose.value, own)
    daily = cells.number("daily_dose")
    if daily is not None:
        if daily.value is not None and not daily.limit and (not daily.unit or find_unit(daily.unit)):
            if not daily.unit and not unit:
                cells.tell(cells.column("daily_dose"), "a daily dose without its unit", "taken as mg")
            said.insert(0, f"{daily.value:g} {daily.unit or unit or 'mg'} daily")
        elif any(one.isalpha() for one in cells.text("daily_dose")):
            said.insert(0, cells.text("daily_dose"))
        else:
            cells.tell(cells.column("daily_dose"), daily.fault or "below or above a limit", NOT_USED)
    sig = "; ".join(one for one in said if one)
    return {"quantity": quantity, "dose_unit_source_value": unit or None, "sig": sig or None}


def _weigh(cells: RecordCells, dose: float, unit: str) -> tuple[float, str]:
    """Turn grams per kilogram into grams where the row has the weight; else they stay as they are, which is told."""
    per = _PER_WEIGHT.fullmatch(unit.strip())
    if per is None:
        return dose, unit
    weight = cells.number("weight")
    weight_unit = (weight.unit if weight else "") or cells.text("weight_unit") or "kg"
    known = find_unit(weight_unit)
    if weight is None or weight.value is None or weight.limit or known is None or known.family != "mass":
        cells.tell(cells.column("dose"), "a dose per kilogram without a weight in its row", "kept per kilogram")
        return dose, unit
    return dose * convert(weight.value, weight_unit, "kg"), per[1]
