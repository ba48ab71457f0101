"""Numbers in cells: with a unit behind them, with marks of doubt, with a comma or a point."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, time

from refractory.records.grid import Cell

NO_NUMBER = "no number can be read"
TWO_READINGS = "a comma or point that may part thousands or decimals"
RANGE = "a range of numbers"
LIMIT, ABOUT = "below or above a limit: the limit was used", "written as about that number"
OF_WHOLE = "written as so many of so many: the first was used"
_NUMBER = r"[-+−]?(?:\d[\d.,'’   ]*\d|\d)|[-+−]?[.,]\d+"
_WHOLE = re.compile(
    r"(?P<about>~|≈|±|ca\.?|circa|approx(?:\.|imately)?|about|around)?\s*"
    r"(?P<limit><=|>=|<|>|≤|≥|under|over|less than|more than)?\s*"
    rf"(?P<number>{_NUMBER})\s*(?P<times>[x*×]\s*10\s*\^?\s*[+-]?\d+|e[+-]?\d+\b)?\s*(?P<unit>[^\d\s<>~=][^<>~=]*)?",
    re.IGNORECASE | re.ASCII,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MIXED = re.compile(r"(?P<whole>\d+)\s*(?:\+|\s|and)\s*(?P<over>\d+)\s*/\s*(?P<under>[1-9]\d*)(?P<unit>\s*[^\d\s].*)?")
_FRACTION = re.compile(r"(?P<over>[123])/(?P<under>[234])(?P<unit>\s*[a-z].*)?", re.IGNORECASE | re.ASCII)
_OF_WHOLE = re.compile(r"/\s*\d+")
_MORE_NUMBERS = re.compile(r"(?:[/:,;]|[→⇒➔➝]|[-–—]+>)\s*\d")  # a date, a time, a list, from one number to another
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_TO = re.compile(rf"(?:{_NUMBER})\s*(?:-|–|—|to|bis|à)\s*(?:{_NUMBER})(?:\s*[^\d\s].*)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class CellNumber:
    """What a cell says of a number.

    Args:
        value: The number; None where it cannot be read.
        unit: What stands behind it, as written.
        fault: Why it cannot be read; empty where it can.
        note: What was read into it; empty when nothing.
        limit: "<" or ">" where only a limit is known; the value is that limit.
    """

    value: float | None = None
    unit: str = ""
    fault: str = ""
    note: str = ""
    limit: str = ""


def read_cell_number(cell: Cell, decimal: str = ".") -> CellNumber:
    """Read a cell as a number.

    Args:
        cell: The cell; not empty.
        decimal: What parts the decimals in texts; "1,5" and "1.500" are told by it.

    Example:
        >>> read_cell_number("2 g/kg"), read_cell_number("1,5", decimal=",").value
        (CellNumber(value=2.0, unit='g/kg', fault='', note='', limit=''), 1.5)
        >>> read_cell_number("60-70").fault, read_cell_number("<5").limit
        ('a range of numbers', '<')
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, date | time):
        return CellNumber(fault=NO_NUMBER)
    if isinstance(cell, int | float):
        return CellNumber(float(cell)) if math.isfinite(cell) else CellNumber(fault=NO_NUMBER)
    text = " ".join(cell.replace("\u00a0", " ").split()).lstrip("'").strip()
    if not text or len(text) > 200 or _CONTROL.search(text):
        return CellNumber(fault=NO_NUMBER)
    for sign, spelt in _VULGAR.items():
        text = re.sub(rf"(\d?)\s*{sign}", rf"\1 {spelt}", text).strip()
    if mixed := _MIXED.fullmatch(text):
        value = int(mixed["whole"]) + int(mixed["over"]) / int(mixed["under"])
        return CellNumber(value, (mixed["unit"] or "").strip())
    if (part := _FRACTION.fullmatch(text)) and int(part["over"]) < int(part["under"]):
        return CellNumber(int(part["over"]) / int(part["under"]), (part["unit"] or "").strip())
    if _TO.fullmatch(text):
        return CellNumber(fault=RANGE)
    found = _WHOLE.fullmatch(text)
    if found is None:
        return CellNumber(fault=NO_NUMBER)
    try:
        value = read_plain_number(found["number"], decimal)
    except ValueError as error:
        return CellNumber(fault=str(error))
    if found["times"]:
        value *= 10.0 ** min(int(re.findall(r"[+-]?\d+", found["times"])[-1]), 300)
    if not math.isfinite(value):
        return CellNumber(fault=NO_NUMBER)
    limit = (
        "" if not found["limit"] else "<" if found["limit"].lower() in ("<", "<=", "≤", "under", "less than") else ">"
    )
    note = LIMIT if limit else ABOUT if found["about"] else ""
    unit = (found["unit"] or "").strip(" .;,")
    if _OF_WHOLE.fullmatch(unit):  # 135/150 is 135 points
        unit, note = "", note or OF_WHOLE
    if _MORE_NUMBERS.match(unit):
        return CellNumber(fault=NO_NUMBER)
    return CellNumber(value, unit, note=note, limit=limit)


def read_plain_number(text: str, decimal: str = ".") -> float:
    """Read digits with points and commas.

    Raises:
        ValueError: When it is no number, or may be two; its text is the rule.

    Example:
        >>> read_plain_number("1,500"), read_plain_number("1.500,25", ","), read_plain_number("1,5")
        (1500.0, 1500.25, 1.5)
    """
    plain = re.sub(r"['’   ](?=\d{3}(?:\D|$))", "", text.replace("−", "-")).replace(" ", "")
    sign, digits = (-1.0, plain[1:]) if plain.startswith("-") else (1.0, plain.lstrip("+"))
    group = "," if decimal == "." else "."
    if re.fullmatch(r"\d+|\d*" + re.escape(decimal) + r"\d+", digits):
        return sign * float(digits.replace(decimal, "."))
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", digits):
        return sign * float(digits.replace(group, "").replace(decimal, "."))
    if re.fullmatch(rf"\d*{re.escape(group)}\d{{1,2}}|\d*{re.escape(group)}\d{{4,}}|0{re.escape(group)}\d+", digits):
        return sign * float(digits.replace(group, "."))  # 1,5 where a point parts decimals can be nothing else
    raise ValueError(
        TWO_READINGS if re.fullmatch(r"[\d.,]+", digits) and digits.count(".") + digits.count(",") > 1 else NO_NUMBER
    )
