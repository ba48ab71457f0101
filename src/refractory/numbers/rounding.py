"""How a number is rounded, signed and spelled.

Numbers are rounded half up (away from zero), as a reader with a pencil does it, and not half to even. What is
rounded is exact: the ratio of two counts for a proportion, and for any other number the shortest decimal that
stands for it in the computer, so that 1.825 prints as 1.83 although its binary form lies a little below. A number that
rounds to zero has no sign. A negative number has a true minus sign.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isinf

MINUS = "\u2212"


def exact(number: float | Fraction) -> Fraction:
    """The shortest decimal that stands for the number, as an exact fraction.

    Example:
        >>> exact(1.825)
        Fraction(73, 40)
    """
    return number if isinstance(number, Fraction) else Fraction(Decimal(repr(number)))


def format_number(value: float | Fraction, decimals: int) -> str:
    """Print a number with so many decimals, a comma at each thousand and a true minus sign.

    Example:
        >>> format_number(1207.85, 1), format_number(2.5, 0), format_number(-0.04, 1)
        ('1,207.9', '3', '0.0')
    """
    if isinstance(value, float) and isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    value = exact(value)
    rounded = int(abs(value) * 10**decimals + Fraction(1, 2))
    whole, rest = divmod(rounded, 10**decimals)
    sign = MINUS if value < 0 and rounded else ""
    return f"{sign}{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")
