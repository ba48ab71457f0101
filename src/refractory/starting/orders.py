"""Day or month first: what a whole sheet says about the order of its dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from refractory.numbers import say_count
from refractory.records.cell_day_lists import read_first_date
from refractory.starting.choices import Chooser, Question
from refractory.starting.looks import ColumnLook
from refractory.starting.views import SheetView, cells_by_row

_DAY, _MONTH = "day first", "month first"
_GERMAN_MARKS = "."


@dataclass(frozen=True)
class OrderOfDates:
    """The order of a source's dates.

    Args:
        order: "day first", "month first" or "year first".
        why: How it is known.
        is_known: False when it was chosen without evidence.
        of_columns: Columns that prove another order, by sheet and name.
    """

    order: str
    why: str
    is_known: bool
    of_columns: dict[tuple[str, str], str]

    def find_order_of(self, view: SheetView, look: ColumnLook) -> str:
        """Find the order of a column's dates: its own where it proves one, else the source's."""
        return self.of_columns.get((view.grid.name, look.name), self.order)


def find_order(views: Sequence[SheetView], chooser: Chooser) -> OrderOfDates:
    """Find the order of a source's dates: what most columns prove, else what the order of events proves, else ask."""
    dated = [(view, look) for view in views for look in view.looks if _may_be_dates(view, look)]
    proven: dict[str, list[tuple[SheetView, ColumnLook]]] = {_DAY: [], _MONTH: []}
    for view, look in dated:
        order = look.days.order or _main_order(look)
        if order:
            proven[order].append((view, look))
    open_ones = [look for _, look in dated if look.days.is_open]
    if proven[_DAY] or proven[_MONTH]:
        weights = {order: sum(_proofs(look) for _, look in found) for order, found in proven.items()}
        order = max((_DAY, _MONTH), key=lambda one: weights[one])
        other = _MONTH if order == _DAY else _DAY
        columns = {(view.grid.name, look.name): other for view, look in proven[other]}
        why = f"{weights[order]} dates can be read in no other way"
        if open_ones:
            why += f"; {len(open_ones)} column{'' if len(open_ones) == 1 else 's'} with no such date taken likewise"
        return OrderOfDates(order, why, True, columns)
    if not open_ones:
        return OrderOfDates("year first", "no date has two readings", True, {})
    wrong = {order: sum(_count_reversals(view, order) for view in views) for order in (_DAY, _MONTH)}
    for order, other in ((_DAY, _MONTH), (_MONTH, _DAY)):
        if not wrong[order] and wrong[other]:
            why = f"read {other}, {say_count(wrong[other], 'later event')} would come before earlier ones"
            return OrderOfDates(order, why, True, {})
    texts = [text for look in open_ones for text in look.texts]
    is_dotted = sum(_GERMAN_MARKS in text for text in texts) > 0.5 * len(texts)
    question = Question(
        "Dates such as 03/04/2015: which part is the day?",
        ("the day comes first (3 April)", "the month comes first (March 4)"),
        0 if is_dotted else 1,
        f"No date in {len(open_ones)} column{'' if len(open_ones) == 1 else 's'} has a day above 12.",
    )
    answer, is_known = chooser(question)
    why = "as you said" if is_known else "CHOSEN WITHOUT EVIDENCE: no date has a day above 12"
    return OrderOfDates((_DAY, _MONTH)[answer], why, is_known, {})


def _may_be_dates(view: SheetView, look: ColumnLook) -> bool:
    return view.role(look).kind in (
        "birth", "death date", "last seen", "response date", "drug start", "drug stop", "diagnosis date", "date",
        "other date",
    ) and look.days.typed < look.filled  # fmt: skip


def _main_order(look: ColumnLook) -> str:
    if not look.days.is_mixed:
        return ""
    against = look.days.against
    return _DAY if against[_MONTH] >= against[_DAY] else _MONTH


def _proofs(look: ColumnLook) -> int:
    return max(look.days.against[_MONTH], look.days.against[_DAY])


def _count_reversals(view: SheetView, order: str) -> int:
    """Count the rows in which what must come later comes earlier, when dates are read in an order."""
    return sum(
        sooner is not None and later is not None and later < sooner
        for first, second in _pairs(view)
        for sooner, later in _both_days(first, second, order)
    )


def _pairs(view: SheetView) -> Iterator[tuple[ColumnLook, ColumnLook]]:
    for family in view.families:
        dated = [look for look in family.members.values() if view.role(look).kind == "drug start"]
        yield from pairwise(dated)
    chain = [view.first(kind) for kind in ("birth", "diagnosis date", "drug start", "response date")]
    known = [look for look in chain if look is not None]
    yield from pairwise(known)
    if (last := view.first("last seen")) and (start := view.first("drug start")):
        yield start, last


def _both_days(first: ColumnLook, second: ColumnLook, order: str) -> Iterator[tuple[date | None, date | None]]:
    later = cells_by_row(second)
    for row, cell in first.cells:
        if row in later:
            yield read_first_date(cell, order).day, read_first_date(later[row], order).day
