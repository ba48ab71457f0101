"""Dates in cells: what people type, as the interval of days that it may mean, or why it cannot be read."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite

from refractory.records import cell_date_words as words
from refractory.records.cell_date_spans import split_span
from refractory.records.grid import Cell

NO_DATE = "no date can be read"
NO_SUCH_DAY = "there is no such day"
TWO_READINGS = "day and month can be read in two ways"
AGAINST_ORDER = "contradicts the order of day and month in its column"
NO_YEAR = "the year is not written, or not told from a day"
OUTSIDE = "the year is before 1880 or after 2100"
ABOUT, DOUBTFUL, BESIDE, DAY_COUNT, RANGE = (
    "written as about that date",
    "written with a question mark",
    "words in brackets beside a date were passed over",
    "a number was taken for a spreadsheet's count of days",
    "a range of dates",
)
_FIRST_YEAR, _LAST_YEAR = 1880, 2100
_DAY_0 = date(1899, 12, 30)  # day 0 of a spreadsheet whose day 60 is 1900-02-29
_DAY_COUNTS = range(10_000, 73_051)  # 1927-05-18 to 2099-12-31


@dataclass(frozen=True)
class CellDate:
    """What a cell says of a date.

    Args:
        earliest: First day that it may be; None where it cannot be read.
        latest: Last day that it may be.
        fault: Why it cannot be read; empty where it can.
        note: What was read into it; empty when nothing.
        is_span: True when it says two days, the first and the last of something.
    """

    earliest: date | None = None
    latest: date | None = None
    fault: str = ""
    note: str = ""
    is_span: bool = False

    @property
    def day(self) -> date | None:
        """The day, where it is known to the day."""
        return self.earliest if self.earliest == self.latest else None


class _UnreadableError(Exception):
    """A cell that is no date; the rule that it breaks is its text."""


def read_cell_date(cell: Cell, order: str = "year first", years: int = 30) -> CellDate:
    """Read a cell as a date.

    A cell of which two readings differ is not read, unless the order of its column decides; a cell that contradicts
    that order is not read either. A date of which only the month or the year is known is the interval that it is.

    Args:
        cell: The cell; not empty.
        order: "day first" or "month first" decide 02/03/2015; "year first" leaves it open.
        years: Years of two digits up to this one are 20.., others 19...

    Example:
        >>> read_cell_date("02/03/15", "day first").day, read_cell_date("mar 2015").latest
        (datetime.date(2015, 3, 2), datetime.date(2015, 3, 31))
        >>> read_cell_date("25/03/2015", "month first").fault
        'contradicts the order of day and month in its column'
    """
    try:
        return _read(cell, order, years)
    except _UnreadableError as unreadable:
        return CellDate(fault=str(unreadable))
    except (ValueError, OverflowError):  # digits of other scripts, and more of them than a day or a year has
        return CellDate(fault=NO_DATE)


def _read(cell: Cell, order: str, years: int) -> CellDate:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _days(_checked(cell.year), cell.month, cell.day)
    if isinstance(cell, bool) or cell is None:
        raise _UnreadableError(NO_DATE)
    if isinstance(cell, int | float):
        if not isfinite(cell):
            raise _UnreadableError(NO_DATE)
        if cell == int(cell) or int(cell) in _DAY_COUNTS:
            return _read_whole(str(int(cell)), order)
        cell = repr(cell)
    if not isinstance(cell, str) or len(cell) > 80:
        raise _UnreadableError(NO_DATE)
    text = " ".join(cell.replace("’", "'").replace("‑", "-").replace("–", "-").replace("—", "-").split()).lower()
    text = words.TIME_OF_DAY.sub("", re.sub(r"^'(?!\d\d$)", "", text).strip(" ;,")).strip(" ,;")
    plain, note = text, ""
    for drop, said in ((words.drop_brackets, BESIDE), (words.drop_about, ABOUT), (words.drop_doubt, DOUBTFUL)):
        if (rest := drop(plain)) != plain:
            plain, note = rest, said
    try:
        found = _read_text(plain, order, years)
    except _UnreadableError:
        between = _read_range(plain, order, years)
        if between is None:
            raise
        found = between
    return CellDate(found.earliest, found.latest, note=note or found.note, is_span=found.is_span and not note)


def _read_text(text: str, order: str, years: int) -> CellDate:
    if text.isascii() and text.isdigit():
        return _read_whole(text, order)
    part = re.fullmatch(r"([a-zäöüéèû]+)(?:\s+of)?[\s-]+(.+)", text)
    if part and part[1] in words.PARTS:
        return _narrowed(_read_text(part[2], order, years), words.PARTS[part[1]])
    if found := words.QUARTERS.fullmatch(text) or words.QUARTERS_LAST.fullmatch(text):
        return _read_part_of_year(found.groupdict(), years)
    if season := words.SEASONS.fullmatch(text):
        year = _checked(int(season["y"]))
        if season["s"] in words.WINTERS:  # the winter of a year may be either of two
            return CellDate(date(year - 1, 12, 1), date(year + 1, 3, 1) - timedelta(days=1))
        return _days(year)
    if decade := re.fullmatch(r"(?:the )?(\d{3}0)'?s", text):
        return CellDate(date(_checked(int(decade[1])), 1, 1), date(int(decade[1]) + 9, 12, 31))
    if short := re.fullmatch(r"'(\d{2})", text):
        return _days(_long_year(short[1], years))
    if any(word in words.MONTHS for word in re.findall(r"[^\W\d_]+", text)):
        return _read_named_month(text, years)
    parts = re.split(r"\s*[-/.]\s*|\s+", text.rstrip("."))
    if any(word in words.EMPTY_WORDS for word in parts) and len(parts) > 1:
        return _read_text(" ".join(one for one in parts if one not in words.EMPTY_WORDS), order, years)
    if not all(part.isdigit() or words.UNKNOWN_PART.fullmatch(part) for part in parts) or not text.isascii():
        raise _UnreadableError(NO_DATE)
    return _read_numbers(parts, order, years)


def _read_whole(digits: str, order: str) -> CellDate:
    """Read digits without a mark: 2015, 20150302, 201503, or a spreadsheet's count of days."""
    number = int(digits)
    if len(digits) == 4:
        return _days(_checked(number))
    if len(digits) == 5 and number in _DAY_COUNTS:
        day = _DAY_0 + timedelta(days=number)
        return CellDate(day, day, note=DAY_COUNT)
    if len(digits) == 6 and _FIRST_YEAR <= int(digits[:4]) <= _LAST_YEAR and 1 <= int(digits[4:]) <= 12:
        return _days(int(digits[:4]), int(digits[4:]))
    if len(digits) == 8:
        if _FIRST_YEAR <= int(digits[:4]) <= _LAST_YEAR:
            return _days(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        if order != "year first":
            return _read_numbers([digits[:2], digits[2:4], digits[4:]], order, 0)
    raise _UnreadableError(NO_DATE)


def _read_numbers(parts: list[str], order: str, years: int) -> CellDate:
    if len(parts) == 2:
        first, second = parts
        if len(first) == 4 and len(second) <= 2:
            return _days(_checked(int(first)), _month_of(second))
        if len(second) == 4 and len(first) <= 2:
            return _days(_checked(int(second)), _month_of(first))
        raise _UnreadableError(NO_YEAR if max(len(first), len(second)) <= 2 else NO_DATE)
    if len(parts) != 3:
        raise _UnreadableError(NO_DATE)
    if len(parts[0]) == 4 and parts[0].isdigit():
        return _from_parts(parts[0], parts[1], parts[2], years)
    if len(parts[2]) not in (2, 4) or max(len(parts[0]), len(parts[1])) > 3 or not parts[2].isdigit():
        if parts[0].isdigit() and int(parts[0]) > 31 and len(parts[0]) == 2 and len(parts[2]) <= 2:
            return _from_parts(parts[0], parts[1], parts[2], years)
        raise _UnreadableError(NO_DATE)
    first, second, year = parts
    if len(year) == 2 and first.isdigit() and int(first) > 31:  # 98-03-02: nothing else than a year
        return _from_parts(first, second, year, years)
    day, month = _place_day(first, second, order)
    if len(year) == 2 and order == "year first":
        raise _UnreadableError(TWO_READINGS)  # 02/03/15 may begin with any of the three
    return _from_parts(year, month, day, years)


def _place_day(first: str, second: str, order: str) -> tuple[str, str]:
    """Say which of two parts is the day, and which the month."""
    numbers = [int(part) if part.isdigit() else 0 for part in (first, second)]
    if order == "day first":
        if numbers[1] > 12 >= numbers[0] > 0:
            raise _UnreadableError(AGAINST_ORDER)
        return first, second
    if order == "month first":
        if numbers[0] > 12 >= numbers[1] > 0:
            raise _UnreadableError(AGAINST_ORDER)
        return second, first
    if 0 in numbers and max(numbers) <= 12 and numbers != [0, 0]:
        raise _UnreadableError(TWO_READINGS)
    if max(numbers) <= 12 and numbers[0] != numbers[1]:
        raise _UnreadableError(TWO_READINGS)
    return (first, second) if numbers[0] > 12 else (second, first)


def _read_named_month(text: str, years: int) -> CellDate:
    tokens = re.findall(r"'?\d+|[^\W\d_]+|\?+|--", text)
    named = [place for place, one in enumerate(tokens) if one in words.MONTHS]
    rest = [one for place, one in enumerate(tokens) if place not in named[:1]]
    rest = [one for one in rest if one not in words.EMPTY_WORDS]
    if len(named) != 1 or len(rest) not in (1, 2):
        raise _UnreadableError(NO_DATE)
    month = str(words.MONTHS[tokens[named[0]]])
    if len(rest) == 1:
        (year,) = rest
        if len(year.lstrip("'")) == 4 or year.startswith("'") or (year.isdigit() and int(year) > 31):
            return _from_parts(year.lstrip("'"), month, "00", years)
        raise _UnreadableError(NO_YEAR if year.isdigit() else NO_DATE)
    first, last = rest
    is_year_first = (len(first) == 4 or (first.isdigit() and int(first) > 31)) and len(last.lstrip("'")) <= 3
    year, day = (first, last) if is_year_first else (last, first)
    return _from_parts(year.lstrip("'"), month, day, years)


def _from_parts(year: str, month: str, day: str, years: int) -> CellDate:
    if not year.isdigit() or len(year) not in (2, 4):
        raise _UnreadableError(NO_DATE)
    whole = _checked(int(year)) if len(year) == 4 else _long_year(year, years)
    if words.UNKNOWN_PART.fullmatch(month):
        if not words.UNKNOWN_PART.fullmatch(day):
            raise _UnreadableError(NO_DATE)
        return _days(whole)
    if words.UNKNOWN_PART.fullmatch(day):
        return _days(whole, _month_of(month))
    if not day.isdigit():
        raise _UnreadableError(NO_DATE)
    return _days(whole, _month_of(month), int(day))


def _read_part_of_year(said: dict[str, str | None], years: int) -> CellDate:
    number = int(said.get("n1") or said.get("n2") or 0)
    kind = (said.get("q") or said.get("q2") or "q")[:2]
    year = str(said["y"])
    whole = _checked(int(year)) if len(year) == 4 else _long_year(year, years)
    months = 6 if kind in ("h", "ha", "s") else 3
    if number * months > 12:
        raise _UnreadableError(NO_DATE)
    last = number * months
    return CellDate(date(whole, last - months + 1, 1), date(whole, last, monthrange(whole, last)[1]))


def _narrowed(found: CellDate, part: int) -> CellDate:
    """Keep a third of a year or of a month; anything else stays as it is."""
    first, last = found.earliest, found.latest
    if first is None or last is None or first == last:
        raise _UnreadableError(NO_DATE)
    if (first.month, last.month) == (1, 12) and first.year == last.year:
        month = part * 4 + 1
        return CellDate(date(first.year, month, 1), date(first.year, month + 3, monthrange(first.year, month + 3)[1]))
    if first.month == last.month:
        ends = ((1, 10), (11, 20), (21, last.day))[part]
        return CellDate(first.replace(day=ends[0]), first.replace(day=ends[1]))
    return found


def _read_range(text: str, order: str, years: int) -> CellDate | None:
    for first, last in split_span(text, is_month_first=order == "month first"):
        try:
            ends = _read_text(first, order, years), _read_text(last, order, years)
        except _UnreadableError:
            continue
        if ends[0].earliest and ends[1].latest and ends[0].earliest <= ends[1].latest:
            is_span = all(end.day is not None for end in ends) and ends[0].day != ends[1].day
            return CellDate(ends[0].earliest, ends[1].latest, note=RANGE, is_span=is_span)
    return None


def _days(year: int, month: int | None = None, day: int | None = None) -> CellDate:
    if month is None:
        return CellDate(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return CellDate(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    if not 1 <= day <= monthrange(year, month)[1]:
        raise _UnreadableError(NO_SUCH_DAY)
    return CellDate(date(year, month, day), date(year, month, day))


def _month_of(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 12:
        raise _UnreadableError(NO_SUCH_DAY if text.isdigit() else NO_DATE)
    return int(text)


def _long_year(text: str, years: int) -> int:
    return int(text) + (2000 if int(text) <= years else 1900)


def _checked(year: int) -> int:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _UnreadableError(OUTSIDE)
    return year
