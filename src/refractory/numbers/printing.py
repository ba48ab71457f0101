"""Counts, percentages, P values and estimates, as a journal prints them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import isinf

from refractory.numbers.rounding import exact, format_number
from refractory.statistics.estimate import Estimate, EstimateKind

NOT_ESTIMABLE = "not estimable"
NOT_REACHED = "not reached"
# A percentage of fewer persons than this changes by more than one point with a single person.
_FEWEST_FOR_A_DECIMAL = 100
_SMALLEST_P_VALUE = 0.001
_BORDER_P_VALUE = 0.05


def format_count(count: int) -> str:
    """Print a count with a comma at each thousand.

    Example:
        >>> format_count(5000)
        '5,000'
    """
    return format_number(count, 0)


def say_count(count: int, one: str, several: str = "") -> str:
    """Say how many there are of something; several are called as one with an s, unless another word is given.

    Example:
        >>> say_count(1, "person"), say_count(1207, "person"), say_count(2, "kind of event", "kinds of event")
        ('1 person', '1,207 persons', '2 kinds of event')
    """
    return f"{format_count(count)} {one if count == 1 else several or one + 's'}"


def format_days(days: int) -> str:
    """Print a number of days with its unit.

    Example:
        >>> format_days(1), format_days(1207)
        ('1 day', '1,207 days')
    """
    return say_count(days, "day")


def format_percentage(numerator: int, denominator: int) -> str:
    """Print a share of persons in per cent: without decimals among fewer than 100, with one from 100 on.

    Example:
        >>> format_percentage(35, 42), format_percentage(350, 420), format_percentage(0, 0)
        ('83 %', '83.3 %', 'not estimable')
    """
    if denominator == 0:
        return NOT_ESTIMABLE
    return f"{format_number(Fraction(100 * numerator, denominator), choose_percentage_decimals(denominator))} %"


def format_share(numerator: int, denominator: int) -> str:
    """Print a count with what it is a share of.

    Example:
        >>> format_share(35, 42), format_share(0, 0)
        ('35/42 (83 %)', 'not estimable (0/0)')
    """
    counts = f"{format_count(numerator)}/{format_count(denominator)}"
    percentage = format_percentage(numerator, denominator)
    return f"{percentage} ({counts})" if denominator == 0 else f"{counts} ({percentage})"


def format_p_value(p_value: float | None) -> str:
    """Print a P value without its letter: two decimals, three below 0.01, and never 0.

    A value below 0.05 that two decimals would print as 0.05 gets a third, or "< 0.05", lest it reads as not below.

    Example:
        >>> [format_p_value(p) for p in (0.274, 0.0274, 0.0074, 0.00074, 0.046, 0.99999)]
        ['0.27', '0.03', '0.007', '< 0.001', '0.046', '1.00']
    """
    if p_value is None:
        return NOT_ESTIMABLE
    if p_value < _SMALLEST_P_VALUE:
        return "< 0.001"
    printed = format_number(p_value, 2 if p_value >= 0.01 else 3)
    if p_value < _BORDER_P_VALUE <= float(printed):
        printed = format_number(p_value, 3)
        return printed if float(printed) < _BORDER_P_VALUE else "< 0.05"
    return printed


def format_estimate(estimate: Estimate, digits: int | None = None) -> str:
    """Print an estimate in full, as a journal prints one of its kind.

    Percentages follow the rule of format_percentage, the difference of two that of the smaller group. A mean has as
    many decimals as give its SD two figures, at least one and at most three; a median or a shift the same for the
    largest of its numbers, but whole numbers stay whole. Ratios have three figures and at most two decimals, rates
    the same with at most four, agreement has two decimals. A median time that too few persons were followed to is not
    reached.

    Args:
        estimate: Any estimate.
        digits: Decimals instead of the rule's; not for counts and P values.

    Example:
        >>> from refractory.statistics.proportions import estimate_difference, estimate_proportion
        >>> format_estimate(estimate_proportion(35, 42))
        '35/42 (83 %; 95 % CI 69 to 93)'
        >>> format_estimate(estimate_difference(13, 15, 22, 27))
        '5 percentage points (95 % CI −21 to 26)'
    """
    if estimate.kind is EstimateKind.TEST:
        return _format_test(estimate)
    if estimate.kind is EstimateKind.TIME and estimate.n:
        return _format_time(estimate, digits)
    if estimate.value is None:
        counts = (
            f"{estimate.numerator}/{estimate.denominator}" if estimate.numerator is not None else f"n = {estimate.n}"
        )
        return f"{NOT_ESTIMABLE} ({counts})"
    match estimate.kind:
        case EstimateKind.COUNT:
            return format_count(round(estimate.value))
        case EstimateKind.PROPORTION:
            return _format_proportion(estimate, digits)
        case EstimateKind.MEAN:
            return _format_mean(estimate, estimate.value, digits)
        case EstimateKind.DIFFERENCE:
            decimals = choose_percentage_decimals(estimate.denominator or estimate.n) if digits is None else digits
            interval = _format_interval(estimate, decimals, factor=100)
            return f"{format_number(100 * exact(estimate.value), decimals)} percentage points{interval}"
        case EstimateKind.AGREEMENT:
            decimals = 2 if digits is None else digits
            return format_number(estimate.value, decimals) + _format_interval(estimate, decimals)
        case EstimateKind.RATIO | EstimateKind.RATE:
            return f"{_format_ratio(estimate, estimate.value, digits)}{_format_ratio_interval(estimate, digits)}"
        case _:
            decimals = _decimals_of_values(estimate, estimate.value) if digits is None else digits
            return format_number(estimate.value, decimals) + _format_interval(estimate, decimals)


def say_number(number: Estimate | str | int | None) -> str:
    """Say a number by itself, an estimate as a journal prints it; nothing for None."""
    if number is None or isinstance(number, str):
        return number or ""
    return format_estimate(number) if isinstance(number, Estimate) else format_count(number)


def choose_decimals(estimates: Iterable[Estimate]) -> int | None:
    """Choose the decimals that several means, or several medians, of one row print alike: those of the largest group.

    Returns:
        The decimals; None when there is no mean and no median that can be printed.
    """
    numbers = [
        one for one in estimates if one.kind in (EstimateKind.MEAN, EstimateKind.MEDIAN) and one.value is not None
    ]
    if not numbers:
        return None
    largest = max(numbers, key=lambda one: one.n)
    value = largest.value or 0.0
    if largest.kind is EstimateKind.MEDIAN:
        return _decimals_of_values(largest, value)
    return _decimals_for((abs(value) if largest.sd is None else largest.sd) or abs(value))


def choose_percentage_decimals(persons: int) -> int:
    """Choose the decimals of a percentage of so many persons: none below 100, one from 100 on."""
    return 0 if persons < _FEWEST_FOR_A_DECIMAL else 1


def _format_test(estimate: Estimate) -> str:
    printed = format_p_value(estimate.p_value)
    if estimate.p_value is None:
        return f"{printed} (n = {estimate.n})"
    return f"P {printed}" if printed.startswith("<") else f"P = {printed}"


def _format_time(estimate: Estimate, digits: int | None) -> str:
    """A median time, and the ends of its interval, as far as anybody was followed."""
    ends = [end for end in (estimate.value, estimate.lower, estimate.upper) if end is not None and not isinf(end)]
    decimals = (0 if all(float(end).is_integer() for end in ends) else 1) if digits is None else digits

    def say(time: float | None) -> str:
        return NOT_REACHED if time is None or isinf(time) else format_number(time, decimals)

    if estimate.lower is None or estimate.upper is None or not ends:
        return say(estimate.value)
    return f"{say(estimate.value)} ({_level(estimate)}{say(estimate.lower)} to {say(estimate.upper)})"


def _format_proportion(estimate: Estimate, digits: int | None) -> str:
    persons = estimate.n if estimate.denominator is None else estimate.denominator
    decimals = choose_percentage_decimals(persons) if digits is None else digits
    percentage = f"{format_number(_percentage(estimate), decimals)} %"
    interval = _interval(estimate, decimals, factor=100)
    if estimate.numerator is None:
        return f"{percentage} ({interval})" if interval else percentage
    counts = f"{format_count(estimate.numerator)}/{format_count(persons)}"
    return f"{counts} ({'; '.join(filter(None, (percentage, interval)))})"


def _format_mean(estimate: Estimate, mean: float, digits: int | None) -> str:
    spread = abs(mean) if estimate.sd is None else estimate.sd
    decimals = _decimals_for(spread or abs(mean)) if digits is None else digits
    printed = format_number(mean, decimals)
    if estimate.sd is None:
        return f"{printed} (SD {NOT_ESTIMABLE}, n = {estimate.n})"
    return f"{printed} ± {format_number(estimate.sd, decimals)}"


def _format_ratio(estimate: Estimate, value: float, digits: int | None) -> str:
    most = 4 if estimate.kind is EstimateKind.RATE else 2
    decimals = _decimals_for(value, least=0, most=most, figures=3) if digits is None else digits
    return format_number(value, decimals)


def _format_ratio_interval(estimate: Estimate, digits: int | None) -> str:
    if estimate.lower is None or estimate.upper is None:
        return ""
    ends = f"{_format_ratio(estimate, estimate.lower, digits)} to {_format_ratio(estimate, estimate.upper, digits)}"
    return f" ({_level(estimate)}{ends})"


def _format_interval(estimate: Estimate, decimals: int, factor: int = 1) -> str:
    interval = _interval(estimate, decimals, factor)
    return f" ({interval})" if interval else ""


def _interval(estimate: Estimate, decimals: int, factor: int = 1) -> str:
    """The interval with its level; without level (quartiles) the two numbers alone; nothing where there is none."""
    if estimate.lower is None or estimate.upper is None:
        return ""
    lower, upper = (
        format_number(end if isinf(end) else factor * exact(end), decimals) for end in (estimate.lower, estimate.upper)
    )
    return f"{_level(estimate)}{lower} to {upper}"


def _level(estimate: Estimate) -> str:
    if estimate.level is None:
        return ""
    return f"{Decimal(repr(estimate.level)) * 100:f}".rstrip("0").rstrip(".") + " % CI "


def _percentage(estimate: Estimate) -> Fraction:
    if estimate.numerator is not None and estimate.denominator:
        return Fraction(100 * estimate.numerator, estimate.denominator)
    return 100 * exact(estimate.value or 0)


def _decimals_for(size: float, least: int = 1, most: int = 3, figures: int = 2) -> int:
    """Decimals that give a number of this size so many figures, within bounds."""
    decimals = least
    while decimals < most and 0 < size < 10 ** (figures - 1 - decimals):
        decimals += 1
    return decimals


def _decimals_of_values(estimate: Estimate, value: float) -> int:
    numbers = [number for number in (value, estimate.lower, estimate.upper) if number is not None and not isinf(number)]
    if all(float(number).is_integer() for number in numbers):
        return 0
    return _decimals_for(max(map(abs, numbers)))
