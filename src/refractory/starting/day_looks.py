"""Columns looked at as days: in which order they can be read, and what proves it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from refractory.records.cell_dates import AGAINST_ORDER, NO_DATE, read_cell_date
from refractory.records.cell_day_lists import split_days
from refractory.records.cell_words import read_cell_text
from refractory.records.grid import Cell

ORDERS = ("day first", "month first", "year first")
_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class DayLook:
    """The cells of a column as days.

    Args:
        cells: Cells in all.
        typed: Cells that the file itself has as days.
        readable: Cells that can be read as a date in each order.
        against: Cells that contradict each order: month first is contradicted by 25/03/2015.
        in_parts: Cells of which only the month, the year or a part of it is known.
        plain_numbers: Cells that are nothing but a number.
        spans: Cells that tell two days, a first and a last.
        lists: Cells that list several days.
        best: The order in which most can be read.
    """

    cells: int
    typed: int
    readable: Mapping[str, int]
    against: Mapping[str, int]
    in_parts: int
    plain_numbers: int
    best: str
    spans: int = 0
    lists: int = 0

    @property
    def share(self) -> float:
        """Share of the cells that are dates in the best order."""
        return self.readable[self.best] / self.cells if self.cells else 0.0

    @property
    def order(self) -> str:
        """The order that the cells themselves prove; empty where they prove none."""
        day, month = self.against["month first"], self.against["day first"]
        if day and not month:
            return "day first"
        if month and not day:
            return "month first"
        return ""

    @property
    def is_open(self) -> bool:
        """True when some cells have two readings and nothing decides."""
        return self.readable["day first"] > self.readable["year first"] and not self.order

    @property
    def is_mixed(self) -> bool:
        """True when some cells have their day first and some their month."""
        return bool(self.against["month first"] and self.against["day first"])


def look_at_days(cells: Sequence[tuple[int, Cell]]) -> DayLook:
    """Look at cells as days, in each order."""
    readable, against = dict.fromkeys(ORDERS, 0), dict.fromkeys(ORDERS, 0)
    typed = in_parts = plain = spans = lists = 0
    for _, cell in cells:
        typed += isinstance(cell, date | datetime)
        plain += not isinstance(cell, date | datetime) and bool(_PLAIN_NUMBER.fullmatch(read_cell_text(cell)))
        if isinstance(cell, str) and not any(letter.isdigit() for letter in cell):
            continue  # no date is written without a digit
        faults, is_part, is_span = _read_in_each_order(str(type(cell)), cell)
        if all(faults) and isinstance(cell, str) and (listed := _read_list_in_each_order(cell)):
            faults, lists = listed, lists + 1
        for order, fault in zip(ORDERS, faults, strict=True):
            readable[order] += not fault
            against[order] += fault == AGAINST_ORDER
        in_parts += is_part
        spans += is_span
    best = max(ORDERS, key=lambda order: (readable[order], -ORDERS.index(order)))
    return DayLook(len(cells), typed, readable, against, in_parts, plain, best, spans, lists)


def is_in_parts(cell: Cell) -> bool:
    """Say whether a cell tells a day of which only the month, the year or a part of it is known."""
    if isinstance(cell, str) and not any(letter.isdigit() for letter in cell):
        return False
    return _read_in_each_order(str(type(cell)), cell)[1]


@lru_cache(maxsize=50_000)
def _read_in_each_order(kind: str, cell: Cell) -> tuple[tuple[str, ...], bool, bool]:
    """Read a cell in each order: the faults, and whether some reading does not tell the day, or tells two."""
    found = [read_cell_date(cell, order) for order in ORDERS]
    is_part = any(not one.fault and one.day is None and not one.is_span for one in found)
    return tuple(one.fault for one in found), is_part, any(one.is_span for one in found)


@lru_cache(maxsize=50_000)
def _read_list_in_each_order(text: str) -> tuple[str, ...]:
    """Read a cell that lists days in each order: the fault of one that cannot be read; empty where it is no list."""
    faults = []
    for order in ORDERS:
        parts = split_days(text, order)
        dated = [part for part in parts if any(letter.isdigit() for letter in part)]  # the others are words
        said = [read_cell_date(part, order).fault for part in dated] if len(parts) > 1 else [NO_DATE]
        faults.append(AGAINST_ORDER if AGAINST_ORDER in said else next((one for one in said if one), ""))
    return () if all(faults) else tuple(faults)


def say_days(days: DayLook, filled: int) -> str:
    """Say how the cells of a column are dates: how many, in which order, and what proves it."""
    read = days.readable[days.best]
    said = f"{read} of {filled} cell{'' if filled == 1 else 's'} are dates"
    if days.typed == filled:
        return f"{said}, typed as such"
    if days.is_mixed:
        firsts = f"{days.against['month first']} have a day above 12 in front, {days.against['day first']} behind"
        return f"{said}, in MIXED order: {firsts}"
    if days.order == "day first":
        said += f", day first: {days.against['month first']} have a day above 12 in front"
    elif days.order == "month first":
        said += f", month first: {days.against['day first']} have a day above 12 behind"
    elif days.is_open:
        said += ", and none has a day above 12 that would tell the order"
    if days.in_parts:
        said += f"; {days.in_parts} without their day"
    return said
