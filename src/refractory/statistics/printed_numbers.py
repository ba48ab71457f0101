"""A printed number as all numbers that it may stand for, exactly, by the rule with which its last digit was made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor, isqrt

_NUMBER = re.compile(r"(?P<sign>[-+\u2212]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_MOST_CHARACTERS = 40


class Rounding(StrEnum):
    """How the last printed digit was made.

    Ties that go down belong here because most programs print the binary form of a number, and that of a tie often
    lies a little below it: 1.005 prints as 1.00.
    """

    HALF_UP = "half up"
    HALF_DOWN = "half down"
    HALF_EVEN = "half to even"
    CUT_OFF = "cut off"


TO_NEAREST = (Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN)
ANY_ROUNDING = tuple(Rounding)


@dataclass(frozen=True)
class Printed:
    """A number as it is printed: its text, its value, and its decimals, which an end of 0 counts among."""

    text: str
    value: Fraction
    decimals: int

    @property
    def step(self) -> Fraction:
        """One unit of the last digit."""
        return Fraction(1, 10**self.decimals)


@dataclass(frozen=True)
class Stretch:
    """All numbers between two ends, each of which belongs to it or not."""

    lower: Fraction
    upper: Fraction
    has_lower: bool
    has_upper: bool

    def holds(self, number: Fraction) -> bool:
        """Say whether a number lies in the stretch."""
        return (self.lower < number or (self.has_lower and self.lower == number)) and (
            number < self.upper or (self.has_upper and self.upper == number)
        )

    def scaled(self, factor: Fraction) -> Stretch:
        """The stretch of the numbers times a factor above 0."""
        return Stretch(self.lower * factor, self.upper * factor, self.has_lower, self.has_upper)

    def shifted(self, added: Fraction) -> Stretch:
        """The stretch of the numbers plus another one."""
        return Stretch(self.lower + added, self.upper + added, self.has_lower, self.has_upper)

    def squared(self) -> Stretch:
        """The stretch of the squares of the numbers that are not negative."""
        lower, has_lower = (self.lower, self.has_lower) if self.lower > 0 else (Fraction(0), True)
        return Stretch(lower**2, self.upper**2, has_lower, self.has_upper)

    def whole_numbers(self) -> range:
        """The whole numbers of the stretch."""
        first, last = ceil(self.lower), floor(self.upper)
        first += first == self.lower and not self.has_lower
        last -= last == self.upper and not self.has_upper
        return range(first, last + 1)


def parse_printed(text: str) -> Printed:
    """Read a number as a paper prints it: digits, at most one point, commas at thousands, a sign.

    Raises:
        ValueError: When the text is no such number.

    Example:
        >>> parse_printed("1.80").value, parse_printed("1.80").decimals
        (Fraction(9, 5), 2)
        >>> parse_printed("1,207.9").value
        Fraction(12079, 10)
    """
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= _MOST_CHARACTERS else None
    if found is None:
        raise ValueError(f'"{text[:_MOST_CHARACTERS]}" is no printed number, such as "83" or "1.82"')
    digits = found["digits"].replace(",", "")
    value = Fraction(digits if digits[0] != "." else f"0{digits}")
    is_negative = found["sign"] in ("-", "\u2212")
    return Printed(text.strip(), -value if is_negative else value, len(digits.partition(".")[2]))


def find_stretch(printed: Printed, rounding: Rounding) -> Stretch:
    """Find the numbers that one rule prints so.

    A rule treats a negative number as it treats the positive one: half up takes a tie away from zero, and cutting
    off goes towards zero.

    Example:
        >>> find_stretch(parse_printed("80"), Rounding.HALF_UP)
        Stretch(lower=Fraction(159, 2), upper=Fraction(161, 2), has_lower=True, has_upper=False)
    """
    size, step = abs(printed.value), printed.step
    is_even = size / step % 2 == 0
    lower, upper = (size, size + step) if rounding is Rounding.CUT_OFF else (size - step / 2, size + step / 2)
    has_lower = rounding in (Rounding.HALF_UP, Rounding.CUT_OFF) or (rounding is Rounding.HALF_EVEN and is_even)
    has_upper = rounding is Rounding.HALF_DOWN or (rounding is Rounding.HALF_EVEN and is_even)
    if size == 0:
        return Stretch(-upper, upper, has_upper, has_upper)
    if printed.value < 0:
        return Stretch(-upper, -lower, has_upper, has_lower)
    return Stretch(lower, upper, has_lower, has_upper)


def print_number(number: Fraction, decimals: int) -> str:
    """Print a number with so many decimals, ties away from zero, without commas.

    Example:
        >>> print_number(Fraction(64, 35), 2), print_number(Fraction(-1, 8), 2)
        ('1.83', '-0.13')
    """
    steps = floor(abs(number) * 10**decimals + Fraction(1, 2))
    whole, rest = divmod(steps, 10**decimals)
    sign = "-" if number < 0 and steps else ""
    return f"{sign}{whole}" + (f".{rest:0{decimals}d}" if decimals else "")


def print_root(square: Fraction, decimals: int) -> str:
    """Print the square root of a number that is not negative, exactly rounded.

    Example:
        >>> print_root(Fraction(2), 3)
        '1.414'
    """
    steps = (isqrt(floor(4 * square * 100**decimals)) + 1) // 2
    return print_number(Fraction(steps, 10**decimals), decimals)
