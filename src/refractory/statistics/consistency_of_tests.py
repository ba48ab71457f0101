"""Which test gives a printed P value from the counts of two groups, and which method a printed interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import erfc, sqrt
from types import MappingProxyType

from refractory.statistics.association import estimate_fisher_exact
from refractory.statistics.distributions import hypergeometric_probabilities, normal_quantile
from refractory.statistics.printed_numbers import ANY_ROUNDING, Printed, Rounding, find_stretch
from refractory.statistics.proportions import PROPORTION_METHODS

# A computed number is not exact; one that lies so near an end of what prints alike may print either way.
_TOLERANCE = Fraction(1, 10**9)
_FIRST_PLACES = 15


@dataclass(frozen=True)
class NamedNumbers:
    """A method, what it gives, and whether that is what was printed."""

    method: str
    numbers: tuple[float, ...]
    fits: bool


def find_tests(r1: int, n1: int, r2: int, n2: int, printed: Printed, sign: str = "=") -> tuple[NamedNumbers, ...]:
    """Compute the P values of two groups' counts by the usual tests, and say which print as the one that was printed.

    Args:
        r1: Persons counted in group 1.
        n1: Persons of group 1, at least 1.
        r2: Persons counted in group 2.
        n2: Persons of group 2, at least 1.
        printed: The P value as it is printed.
        sign: What stands before it: "=", "<" or ">".

    Returns:
        One entry per test: Fisher's exact two-sided, its mid-P, chi-squared without and with Yates's correction.

    Raises:
        ValueError: When a group is empty or has more responders than persons, or the sign is another.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> [one.method for one in find_tests(3, 4, 1, 4, parse_printed("0.49")) if one.fits]
        ["Fisher's exact test"]
    """
    if n1 < 1 or n2 < 1 or not (0 <= r1 <= n1 and 0 <= r2 <= n2):
        raise ValueError("each group has persons, and no more responders than persons")
    if sign not in ("=", "<", ">"):
        raise ValueError(f'"{sign}" is no sign of a P value')
    fisher = estimate_fisher_exact(r1, n1, r2, n2).p_value
    given = {
        "Fisher's exact test": 1.0 if fisher is None else fisher,
        "Fisher's exact test, mid-P": _mid_p(r1, n1, r2, n2),
        "chi-squared test": _chi_squared(r1, n1, r2, n2, 0),
        "chi-squared test, Yates's correction": _chi_squared(r1, n1, r2, n2, Fraction(1, 2)),
    }
    return tuple(NamedNumbers(name, (p,), _is_printed_so(p, printed, sign)) for name, p in given.items())


def find_intervals(
    count: int, persons: int, lower: Printed, upper: Printed, level: float = 0.95
) -> tuple[NamedNumbers, ...]:
    """Compute the interval of a percentage by the usual methods, and say which print as the one that was printed.

    Args:
        count: Persons counted.
        persons: Persons among whom they were counted, at least 1.
        lower: The lower end in per cent, as it is printed.
        upper: The upper end.
        level: Coverage of the interval.

    Returns:
        One entry per method, in per cent: Clopper-Pearson, Wilson, Jeffreys, mid-P, Agresti-Coull, Wald, and Wald with
        its ends kept within 0 to 100.

    Raises:
        ValueError: When there are no persons, or more counted than persons.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> found = find_intervals(35, 42, parse_printed("68.6"), parse_printed("93.0"))
        >>> [one.method for one in found if one.fits]
        ['Clopper-Pearson']
    """
    if persons < 1 or not 0 <= count <= persons:
        raise ValueError(f"{count} persons cannot be counted among {persons}")
    ends: dict[str, tuple[float, float]] = {}
    for name, estimate in PROPORTION_METHODS.items():
        made = estimate(count, persons, level)
        ends[name] = (made.lower or 0.0, 1.0 if made.upper is None else made.upper)
    for name, method in _OTHER_INTERVALS.items():
        ends[name] = method(count, persons, normal_quantile((1 + level) / 2))
    found = []
    for name, both in ends.items():
        in_per_cent = (100 * both[0], 100 * both[1])
        fits = any(
            _prints_as(in_per_cent[0], lower, rule) and _prints_as(in_per_cent[1], upper, rule) for rule in ANY_ROUNDING
        )
        found.append(NamedNumbers(name, in_per_cent, fits))
    return tuple(found)


def _wald(count: int, persons: int, z: float) -> tuple[float, float]:
    share = count / persons
    half = z * sqrt(share * (1 - share) / persons)
    return share - half, share + half


def _wald_within(count: int, persons: int, z: float) -> tuple[float, float]:
    lower, upper = _wald(count, persons, z)
    return max(lower, 0.0), min(upper, 1.0)


def _agresti_coull(count: int, persons: int, z: float) -> tuple[float, float]:
    """Wald's interval after z²/2 persons of either kind are added: Agresti and Coull, Am Stat 52 (1998) 119-126."""
    added = persons + z * z
    share = (count + z * z / 2) / added
    half = z * sqrt(share * (1 - share) / added)
    return share - half, share + half


_OTHER_INTERVALS: Mapping[str, Callable[[int, int, float], tuple[float, float]]] = MappingProxyType(
    {"Agresti-Coull": _agresti_coull, "Wald": _wald, "Wald, kept within 0 to 100": _wald_within}
)


def _mid_p(r1: int, n1: int, r2: int, n2: int) -> float:
    """Two-sided P in which the tables as probable as the observed one count half."""
    first, probabilities = hypergeometric_probabilities(n1, n2, r1 + r2)
    own = probabilities[r1 - first]
    below = sum(one for one in probabilities if one < own * (1 - 1e-7))
    alike = sum(one for one in probabilities if own * (1 - 1e-7) <= one <= own * (1 + 1e-7))
    return below + alike / 2


def _chi_squared(r1: int, n1: int, r2: int, n2: int, correction: Fraction | int) -> float:
    """P of Pearson's statistic with one degree of freedom; 1 where all or none responded."""
    persons, responders = n1 + n2, r1 + r2
    if responders in (0, persons):
        return 1.0
    expected = Fraction(n1 * responders, persons)
    distance = max(abs(r1 - expected) - correction, Fraction(0))
    statistic = distance**2 * Fraction(persons**3, n1 * n2 * responders * (persons - responders))
    return erfc(sqrt(statistic / 2))


def _is_printed_so(p: float, printed: Printed, sign: str) -> bool:
    number = Fraction(p)
    if sign == "<":
        return number < printed.value + _TOLERANCE
    if sign == ">":
        return number > printed.value - _TOLERANCE
    return any(_prints_as(p, printed, rule) for rule in ANY_ROUNDING)


def _prints_as(number: float, printed: Printed, rule: Rounding) -> bool:
    exact = Fraction(round(Fraction(number), _FIRST_PLACES))
    stretch = find_stretch(printed, rule)
    return any(stretch.holds(exact + moved) for moved in (-_TOLERANCE, Fraction(0), _TOLERANCE))
