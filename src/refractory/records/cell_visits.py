"""Visits in cells: "Baseline", "W12" or "month 6" instead of a day, counted from the first day of the treatment."""

from __future__ import annotations

import re

from refractory.records.cell_words import read_cell_text
from refractory.records.grid import Cell

COUNTED = "a visit was counted from the first day"
DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
_UNITS = {
    "day": "days? tage? jours? d[ií]as? giorn[oi] dag(?:en)? d j",  # T1 is the next point in time after T0
    "week": "weeks? wks? wk wochen? woche semaines? semanas? settiman[ae] weken w s",
    "month": "months? mths? mos? mon monate?n? mois mes(?:es)? mes[ei] maand(?:en)? m",
    "year": "years? yrs? yr y jahre?n? ans? ann[ée]es? a[ñn]os? ann[oi] jaar",
}
_AFTER = r"(?:\s*(?:post|after|nach|apr[eè]s|despu[eé]s|dopo|of|fu|f/u|follow[- ]?up)\b.*)?"
_VISIT = r"(?:(?:visit|visite|visita|besuch|kontrolle|control|controle|controllo|suivi|follow[- ]?up|fu|f/u|time)\W*)?"
_BY_UNIT = tuple(
    (
        DAYS_OF[unit],
        re.compile(
            rf"{_VISIT}(?:(?:{(names := '|'.join(said.split()))})\.?\s*[-_+]?\s*(?P<n>\d{{1,3}})"
            rf"|\+?(?P<m>\d{{1,3}})\s*\.?\s*[-_]?\s*(?:{names})){_AFTER}"
        ),
    )
    for unit, said in _UNITS.items()
)
_ALONE = tuple(
    (
        DAYS_OF[unit],
        re.compile(
            rf"{_VISIT}(?:{'|'.join(one for one in said.split() if len(one) > 2)})"
            r"(?:\W+(?:since|after|from|post|no|nr|nach|seit|ab|apr[eè]s|depuis|despu[eé]s|desde|dopo|dal)\b.*)?"
        ),
    )
    for unit, said in _UNITS.items()
)
_TWELFTHS = re.compile(rf"{_VISIT}(\d{{1,2}})\s*/\s*12{_AFTER}")
_BASELINE = re.compile(
    rf"{_VISIT}(?:base ?line|bl|basal|basale|initial|initiale|inclusion|einschluss|ausgangs(?:wert|befund|visite)"
    r"|day of (?:first )?(?:infusion|treatment)|t\s*0|v\s*0)(?: visit| visite| visita)?"
)


def read_visit(cell: Cell, column: str = "") -> int | None:
    """Read how many days after the first day of the treatment a visit is; None where a cell does not say it.

    A month has 30 days and a year 365. What is numbered ("visit 2") tells no day.

    Args:
        cell: The cell.
        column: Name of its column: where that is "Week", 12 is twelve weeks.

    Example:
        >>> [read_visit(one) for one in ("Baseline", "W12", "Month 3", "6/12", "1 Jahr", "visit 2", "T1")]
        [0, 84, 90, 180, 365, None, None]
        >>> read_visit(12.0, "Week"), read_visit(12.0, "CK")
        (84, None)
        >>> read_visit(12.0, "Headache days") is None
        True
    """
    text = read_cell_text(cell).lower().strip(" .:()")
    if text.isascii() and text.isdigit():
        name = " ".join(column.lower().split())
        days = next((days for days, pattern in _ALONE if pattern.fullmatch(name)), 0)
        return int(text) * days if days and len(text) <= 3 else None
    if _BASELINE.fullmatch(text):
        return 0
    if twelfths := _TWELFTHS.fullmatch(text):
        return int(twelfths[1]) * DAYS_OF["month"]
    for days, pattern in _BY_UNIT:
        if found := pattern.fullmatch(text):
            return int(found["n"] or found["m"]) * days
    return None
