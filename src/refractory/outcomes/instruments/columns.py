"""How a rule is worked out for many sheets at once: what each total is, and between which ends it must lie.

All numbers are whole numbers over one denominator, so no total depends on how a computer stores 0.1. Where an answer
is missing, the ends come from its least and its most. They are as close as they can be when a rule
asks for each item once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from refractory.outcomes.instruments.rules import Constant, Doubled, Largest, Mean, Part, Product, Scaled, Sum

Known: TypeAlias = Sequence[int | None]
# Makes one number of those of one sheet.
Fold: TypeAlias = Callable[[Iterable[int]], int]


@dataclass(frozen=True)
class Column:
    """One number a sheet, over `over`: its value where it is known, and its lower and upper end."""

    value: Known
    lower: Sequence[int]
    upper: Sequence[int]
    over: int

    @property
    def is_complete(self) -> bool:
        """True when nothing is missing; the three are then one list."""
        return self.value is self.lower

    def to(self, over: int) -> Column:
        """The same numbers over a multiple of the denominator."""
        return self if over == self.over else _times(self, over // self.over, over)


def exact(number: float) -> Fraction:
    """The shortest decimal that stands for a number, as a fraction.

    Example:
        >>> exact(0.1)
        Fraction(1, 10)
    """
    return Fraction(repr(float(number)))


def build_column(answers: Sequence[float | None], least: float, most: float) -> Column:
    """Build the column of one item: a missing answer lies somewhere from its least to its most.

    Example:
        >>> column = build_column([1, None], 0, 3)
        >>> column.value, column.lower, column.upper, column.over
        ([1, None], [1, 0], [1, 3], 1)
    """
    given = {answer for answer in answers if answer is not None}
    numbers = {answer: exact(answer) for answer in given | {least, most}}
    over = lcm(*(number.denominator for number in numbers.values()))
    wholes = {answer: int(number * over) for answer, number in numbers.items()}
    lower = [wholes[least if answer is None else answer] for answer in answers]
    if None not in answers:
        return Column(lower, lower, lower, over)
    upper = [wholes[most if answer is None else answer] for answer in answers]
    return Column([None if answer is None else wholes[answer] for answer in answers], lower, upper, over)


def derive_column(part: Part, items: Mapping[str, Column], sheets: int) -> Column:
    """Work a rule out for every sheet.

    Args:
        part: The rule, or the key of an item.
        items: The column of each item.
        sheets: How many sheets there are.
    """

    def of(inner: Part) -> Column:
        return derive_column(inner, items, sheets)

    match part:
        case str():
            return items[part]
        case Constant(number=number):
            return build_column([number] * sheets, number, number)
        case Scaled(of=inner, by=by, over=over):
            factor = exact(by) / exact(over)
            column = of(inner)
            return _times(column, factor.numerator, column.over * factor.denominator)
        case Doubled(of=inner, when=item):
            return _doubled(of(inner), items[item])
        case Product(of=several):
            return _product([of(one) for one in several])
        case Sum(of=several, answered=needed):
            return _folded([of(one) for one in several], needed, sum)
        case Largest(of=several, answered=needed):
            return _folded([of(one) for one in several], needed, max)
        case Mean(of=several, answered=needed):
            return _mean([of(one) for one in several], needed)


def _times(column: Column, factor: int, over: int) -> Column:
    lower = [one * factor for one in column.lower]
    if column.is_complete:
        return Column(lower, lower, lower, over)
    upper = [one * factor for one in column.upper]
    value = [None if one is None else one * factor for one in column.value]
    return Column(value, lower, upper, over) if factor >= 0 else Column(value, upper, lower, over)


def _common(columns: list[Column]) -> list[Column]:
    over = lcm(*(column.over for column in columns))
    return [column.to(over) for column in columns]


def _folded(columns: list[Column], needed: int | None, fold: Fold) -> Column:
    columns = _common(columns)
    lower = [fold(one) for one in zip(*(column.lower for column in columns), strict=True)]
    if all(column.is_complete for column in columns):
        return Column(lower, lower, lower, columns[0].over)
    upper = [fold(one) for one in zip(*(column.upper for column in columns), strict=True)]
    least = len(columns) if needed is None else needed
    value: list[int | None] = []
    for one in zip(*(column.value for column in columns), strict=True):
        known = [number for number in one if number is not None]
        value.append(fold(known) if len(known) >= least else None)
    return Column(value, lower, upper, columns[0].over)


def _mean(columns: list[Column], needed: int | None) -> Column:
    columns = _common(columns)
    least = len(columns) if needed is None else needed
    # Over a number that every count of answers divides.
    shared = lcm(*range(least, len(columns) + 1))
    whole = _times(_folded(columns, len(columns), sum), shared // len(columns), columns[0].over * shared)
    if whole.is_complete or least == len(columns):
        return whole
    value: list[int | None] = []
    for one in zip(*(column.value for column in columns), strict=True):
        known = [number for number in one if number is not None]
        value.append(sum(known) * (shared // len(known)) if len(known) >= least else None)
    return Column(value, whole.lower, whole.upper, whole.over)


def _product(columns: list[Column]) -> Column:
    product = columns[0]
    for column in columns[1:]:
        product = _multiplied(product, column)
    return product


def _multiplied(one: Column, other: Column) -> Column:
    over = one.over * other.over
    if one.is_complete and other.is_complete:
        value = [a * b for a, b in zip(one.lower, other.lower, strict=True)]
        return Column(value, value, value, over)
    known: Known = [None if a is None or b is None else a * b for a, b in zip(one.value, other.value, strict=True)]
    corners = [
        (a * c, a * d, b * c, b * d) for a, b, c, d in zip(one.lower, one.upper, other.lower, other.upper, strict=True)
    ]
    return Column(known, [min(four) for four in corners], [max(four) for four in corners], over)


def _doubled(column: Column, when: Column) -> Column:
    # Where nobody said whether it counts twice, it counts once at one end and twice at the other.
    once = build_column([1] * len(when.lower), 1, 1)
    return _multiplied(column, _folded([once, when], None, sum))
