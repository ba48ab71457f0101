"""Several days in one cell, each of something of its own: "2/13/19, 3/13, 4/10", "C1: 12.03.2018; C2: 09.04.2018"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refractory.records.cell_dates import AGAINST_ORDER, TWO_READINGS, CellDate, read_cell_date
from refractory.records.grid import Cell

YEAR_OF_NEIGHBOUR = "a day without its year was taken to be of the year of the day beside it"
FIRST_OF_DAYS = "several days in one cell: the first was taken"
_MOST = 60  # days in a cell
_MARKS = re.compile(r"\s*(?:[;\n\r|]+|,|\s(?:and|und|et|y|e|en)\s|[&+])\s*|\s+(?=#\s?\d|\(?\d{1,2}\)\s)", re.IGNORECASE)
_COMMA_OF_DATE = re.compile(r"([^\W\d_]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?),\s*((?:19|20)\d\d)", re.IGNORECASE)
# What counts the days: "#1: 2/13/19", "C2 9.4.18", "1) 2/13/19", "(3) 2/13/19".
_COUNTED = re.compile(
    r"^(?:#\s?\d{1,2}\s?[:.)-]?|\(?\d{1,2}\)\s*:?|\d{1,2}:(?!\d)"
    r"|(?:c|cycle|dose|inf(?:usion)?|zyklus|gabe|cure|ciclo)\.?\s?#?\d{1,2}\s?[:.)=-]*)\s*(?=\S)",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})\.?")
_WITH_YEAR = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")


def split_days(text: str, order: str = "year first", years: int = 30) -> tuple[str, ...]:
    """Split a cell that lists days into them; what is no list of days stays as it is.

    A day without its year has that of the next day that has one, or of the one before; where the days would then go
    back, the year changes between them.

    Args:
        text: The cell.
        order: Order of day and month of its column.
        years: Years of two digits up to this one are 20...

    Example:
        >>> split_days("11/20, 12/18, 1/15/20", "month first"), split_days("C1: 12.3.18; C2: 9.4.18", "day first")
        (('11/20/19', '12/18/19', '1/15/20'), ('12.3.18', '9.4.18'))
        >>> split_days("12.-16.03.2018", "day first"), split_days("Jan 5, 2018", "day first")
        (('12.-16.03.2018',), ('Jan 5, 2018',))
    """
    plain = _COMMA_OF_DATE.sub(r"\1 \2", text.strip())
    parts = [_COUNTED.sub("", part.strip()).strip() for part in _MARKS.split(plain)]
    parts = [part for part in parts if part]
    if not 2 <= len(parts) <= _MOST:
        return (text,)
    parts = _add_years(parts, is_month_first=order == "month first")
    read = [read_cell_date(part, order, years).fault in ("", AGAINST_ORDER, TWO_READINGS) for part in parts]
    is_list = read[0] and sum(read) >= 2 and sum(read) > 0.5 * len(parts)
    return tuple(parts) if is_list else (text,)


def _add_years(parts: list[str], *, is_month_first: bool) -> list[str]:
    """Give each day without its year the year of its neighbour."""
    whole = list(parts)
    ahead = [*reversed(range(len(whole) - 1))]  # the last first: each takes the year of the next
    for at, beside, step in [*((at, at + 1, -1) for at in ahead), *((at, at - 1, 1) for at in range(1, len(whole)))]:
        said, known = _NO_YEAR.fullmatch(whole[at]), _WITH_YEAR.fullmatch(whole[beside])
        if said is None or known is None or said[2] != known[2]:
            continue
        own, other = ((int(one[1]), int(one[3])) for one in (said, known))
        if not is_month_first:
            own, other = own[::-1], other[::-1]
        turns = own > other if step < 0 else own < other
        year = (int(known[4]) + (step if turns else 0)) % 10 ** len(known[4])
        whole[at] = f"{said[1]}{said[2]}{said[3]}{said[2]}{year:0{len(known[4])}d}"
    return whole


def has_years_added(text: str, days: Sequence[str]) -> bool:
    """Say whether some of the days of a list have a year that the cell does not write.

    Example:
        >>> cells = ("2/13/19, 3/13", "Jan 5, 2018; Feb 2, 2018")
        >>> [has_years_added(one, split_days(one, "month first")) for one in cells]
        [True, False]
    """
    written = _plain(text)
    return any(_plain(day) not in written for day in days)


def _plain(text: str) -> str:
    return " ".join(text.replace(",", " ").split())


def read_first_date(cell: Cell, order: str = "year first", years: int = 30) -> CellDate:
    """Read a cell as a date; of a list of days the first one counts, and a note says so.

    Where any of the days cannot be read nobody knows which is the first.

    Args:
        cell: The cell; not empty.
        order: Order of day and month of its column.
        years: Years of two digits up to this one are 20...

    Example:
        >>> read_first_date("2/13/19, 3/13/19", "month first").day
        datetime.date(2019, 2, 13)
    """
    found = read_cell_date(cell, order, years)
    if not found.fault or not isinstance(cell, str):
        return found
    first, *others = split_days(cell, order, years)
    if not others:
        return found
    dated = [part for part in (first, *others) if any(letter.isdigit() for letter in part)]  # the others are words
    days = [day for part in dated if (day := read_cell_date(part, order, years).day) is not None]
    return CellDate(min(days), min(days), note=FIRST_OF_DAYS) if len(days) == len(dated) else found
