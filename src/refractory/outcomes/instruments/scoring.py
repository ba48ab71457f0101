"""Scoring sheets: each total with its value, the ends between which it must lie, and all faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.columns import Column, Known, build_column, derive_column
from refractory.outcomes.instruments.declared import Instrument, Item, Severity, Total

Answers = Sequence[float | None]


@dataclass(frozen=True)
class Fault:
    """Answers to one item that are not allowed: which sheets (rows, from 0), and what would be allowed."""

    item: str
    rule: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        """Say the fault without the answers themselves."""
        return f"{self.item} is not {self.rule}"


@dataclass(frozen=True)
class ScoredTotal:
    """One total of every sheet.

    `value` is None where the instrument's rule gives none: an answer is missing or not allowed. `lower` and
    `upper` hold the total whatever the missing answers are, and are None where an answer is not allowed.
    """

    total: Total
    value: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    missing: tuple[int, ...]
    has_fault: tuple[bool, ...]


@dataclass(frozen=True)
class Scored:
    """All totals of every sheet, by key, and all faults."""

    instrument: Instrument
    sheets: int
    totals: Mapping[str, ScoredTotal]
    faults: tuple[Fault, ...]

    def say_problems(self) -> list[str]:
        """Say, per sheet, which answers are not allowed; empty where all are."""
        return say_problems(self.sheets, self.faults)


def score(instrument: Instrument, items: Mapping[str, Answers]) -> Scored:
    """Score sheets by the instrument's own rules.

    A missing answer (None, or a number that is none) leaves a total without a value, unless the rule of the instrument
    says how many answers suffice. An answer outside its range, or between whole numbers, is a fault: the sheet has none
    of the totals that ask for it.

    Args:
        instrument: What is scored.
        items: The answers of every sheet by item; an item that is not there is missing on every sheet.

    Returns:
        Per total one number per sheet.

    Raises:
        InstrumentError: When an item is none of the instrument's, or the items have different numbers of sheets.

    Example:
        >>> from refractory.outcomes.instruments.declared import Instrument, Item, Total
        >>> from refractory.outcomes.instruments.rules import Sum
        >>> itch = Item("itch", "Itch", 0, 3), Item("scale", "Scale", 0, 2)
        >>> total = Total("total", "Total", 0, 5, "worse", Sum(("itch", "scale")), "invented", "C")
        >>> scored = score(Instrument("demo", "Demo", "1", itch, (total,)), {"itch": [3, 3], "scale": [1, None]})
        >>> found = scored.totals["total"]
        >>> found.value, found.lower, found.upper, found.missing
        ((4.0, None), (4.0, 3.0), (4.0, 5.0), (0, 1))
    """
    sheets = count_sheets(items, instrument.item_keys, f"instrument {instrument.key}")
    answers: dict[str, Answers] = {}
    faults: list[Fault] = []
    for item in instrument.items:
        answers[item.key], found = read_answers(item, items.get(item.key, (None,) * sheets))
        faults += found
    columns = {item.key: build_column(answers[item.key], item.least, item.most) for item in instrument.items}
    at_fault: dict[str, set[int]] = {}
    for fault in faults:
        at_fault.setdefault(fault.item, set()).update(fault.rows)
    totals = {}
    for total in instrument.totals:
        totals[total.key] = _score_total(total, columns, sheets, at_fault)
    return Scored(instrument, sheets, totals, tuple(faults))


def count_sheets(items: Mapping[str, Sequence[object]], known: Sequence[str], where: str) -> int:
    """Count the sheets, after a look whether the items are known and equally many.

    Raises:
        InstrumentError: When they are not.
    """
    for key in items:
        if key not in known:
            from refractory.protocol_mistakes import say_nearest

            raise InstrumentError(
                f'there is no item "{key}".{say_nearest(key, list(known))}',
                where=where,
                remedy="name the items as the instrument does: `refractory score INSTRUMENT --items`.",
            )
    lengths = {len(several) for several in items.values()}
    if len(lengths) > 1:
        raise InstrumentError(
            f"the items have different numbers of sheets: {', '.join(map(str, sorted(lengths)))}.",
            where=where,
            remedy="give each item one answer a sheet, None where it is missing.",
        )
    return lengths.pop() if lengths else 0


def read_answers(item: Item, given: Answers) -> tuple[Answers, list[Fault]]:
    """Read the answers to one item: what is missing or not allowed becomes None, and what is not allowed a fault."""
    # A sheet has few different answers: each is judged once.
    fit = {answer: _fit(item, answer) for answer in set(given)}
    wrong = {answer for answer, (_, is_allowed) in fit.items() if not is_allowed}
    read = [fit[answer][0] for answer in given]
    if not wrong:
        return read, []
    return read, [Fault(item.key, str(item), tuple(row for row, answer in enumerate(given) if answer in wrong))]


def _fit(item: Item, answer: float | None) -> tuple[float | None, bool]:
    """Say what an answer counts as, and whether it is allowed."""
    if answer is None or isnan(answer):
        return item.blank_is, True
    is_inside = isfinite(answer) and item.least <= answer <= item.most
    is_allowed = is_inside and (not item.is_whole or float(answer).is_integer())
    return (float(answer) if is_allowed else None), is_allowed


def say_problems(sheets: int, faults: Iterable[Fault]) -> list[str]:
    """Say, per sheet, its faults in one line."""
    said: list[list[str]] = [[] for _ in range(sheets)]
    for fault in faults:
        for row in fault.rows:
            said[row].append(str(fault))
    return ["; ".join(one) for one in said]


def classify_severity(severity: Severity, values: Answers) -> tuple[str | None, ...]:
    """Classify totals by how severe they are; None where there is no total.

    Example:
        >>> mild = Severity((("mild", 19),), "moderate or severe", "invented", "C")
        >>> classify_severity(mild, [19, 20, None])
        ('mild', 'moderate or severe', None)
    """

    def name(value: float) -> str:
        return next((name for name, end in severity.up_to if value <= end), severity.above)

    return tuple(None if value is None else name(value) for value in values)


def _score_total(
    total: Total, columns: Mapping[str, Column], sheets: int, at_fault: Mapping[str, set[int]]
) -> ScoredTotal:
    made = derive_column(total.rule, columns, sheets)
    without: set[int] = set()
    missing = [0] * sheets
    for key in total.item_keys:
        if not columns[key].is_complete:
            missing = [count + (one is None) for count, one in zip(missing, columns[key].value, strict=True)]
        # What is not allowed was given, and so is not missing.
        for row in at_fault.get(key, ()):
            missing[row] -= 1
            without.add(row)
    has_fault = tuple(row in without for row in range(sheets))

    def told(numbers: Known) -> tuple[float | None, ...]:
        return tuple(
            None if number is None or row in without else number / made.over for row, number in enumerate(numbers)
        )

    return ScoredTotal(total, told(made.value), told(made.lower), told(made.upper), tuple(missing), has_fault)
