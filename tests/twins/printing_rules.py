"""How a mean and a standard deviation print by each rule of rounding, by decimal arithmetic and not by fractions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

from refractory.statistics.printed_numbers import Rounding

RULES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.CUT_OFF: ROUND_DOWN,
}
# So many digits that no number of these tests comes near a tie without being one.
_EXACT = Context(prec=60)


def print_decimal(number: Decimal, decimals: int, rule: Rounding) -> str:
    """Print a number; one that rounds to zero has no sign."""
    printed = number.quantize(Decimal(1).scaleb(-decimals), RULES[rule], _EXACT)
    return f"{abs(printed) if printed == 0 else printed}"


def print_share(count: int, persons: int, decimals: int, rule: Rounding) -> str:
    """Print a percentage."""
    return print_decimal(_EXACT.divide(Decimal(100 * count), Decimal(persons)), decimals, rule)


def print_mean(values: Sequence[int], decimals: int, rule: Rounding, items: int = 1) -> str:
    """Print the mean of values that are sums of so many items."""
    return print_decimal(_EXACT.divide(Decimal(sum(values)), Decimal(len(values) * items)), decimals, rule)


def print_sd(values: Sequence[int], decimals: int, rule: Rounding, less: int, items: int = 1) -> str:
    """Print the standard deviation with the number of values, less 0 or 1, as its divisor."""
    n = len(values)
    # n times the sum of squared deviations is a whole number.
    squares = n * sum(value**2 for value in values) - sum(values) ** 2
    variance = _EXACT.divide(Decimal(squares), Decimal(n * (n - less) * items**2))
    return print_decimal(_EXACT.sqrt(variance), decimals, rule)
