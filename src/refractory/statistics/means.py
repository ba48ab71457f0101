"""Two means: of two groups by Welch's t, and of the same persons twice by the paired t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum, isfinite, sqrt

from refractory.statistics.distributions import check_level, student_quantile, student_upper_tail
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.skewness import note_skewness

TOO_FEW = "A group of fewer than two has no spread."
ALL_EQUAL = "The values do not vary within any group, so that there is nothing to measure a difference by."


def estimate_mean_difference(first: Sequence[float], second: Sequence[float], level: float = 0.95) -> Estimate:
    """Estimate how far the mean of group 1 lies above that of group 2, with Welch's interval.

    The groups may vary differently: each brings the variance of its own mean, and Student's t takes the degrees of
    freedom of Welch and Satterthwaite.

    Args:
        first: One number per person of group 1; without persons in a group there is no value.
        second: One number per person of group 2.
        level: Coverage of the interval, between 0 and 1; kept where the means are about normal.

    Returns:
        The difference in the unit of the values; no interval, and the reason in `note`, where there is no spread. The
        note also says where a group of fewer than 30 is skewed.

    Raises:
        ValueError: When a value is not a finite number, or the level is not between 0 and 1.

    Source:
        Welch, Biometrika 34 (1947) 28-35; Satterthwaite, Biometrics Bulletin 2 (1946) 110-114.

    Example:
        >>> e = estimate_mean_difference([3, 4, 5, 8], [1, 2, 3])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (3.0, -0.277, 6.277)
    """
    check_level(level)
    method = "difference of means, Welch's t interval"
    if not first or not second:
        _measure(first, second)
        return Estimate(EstimateKind.SHIFT, None, len(first) + len(second), method, level=level)
    difference, error, degrees, note = _measure(first, second)
    plain = Estimate(EstimateKind.SHIFT, difference, len(first) + len(second), method, level=level, note=note)
    return plain if note else _with_interval(plain, error, degrees, level, note_skewness(first, second))


def estimate_welch_test(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """Test whether two groups have the same mean with Welch's t test, two-sided.

    Args:
        first: One number per person of group 1; with fewer than two in a group nothing can be tested.
        second: One number per person of group 2.

    Raises:
        ValueError: When a value is not a finite number.

    Source:
        Welch, Biometrika 34 (1947) 28-35.

    Example:
        >>> round(estimate_welch_test([3, 4, 5, 8], [1, 2, 3]).p_value, 4)
        0.0645
    """
    difference, error, degrees, note = _measure(first, second)
    return _build_test(difference, error, degrees, note, len(first) + len(second), "Welch's t test")


def estimate_mean_change(differences: Sequence[float], level: float = 0.95) -> Estimate:
    """Estimate the mean of paired differences with Student's t interval.

    Args:
        differences: One number per person, the second value minus the first; without persons there is no value.
        level: Coverage of the interval, between 0 and 1; kept where the mean is about normal.

    Returns:
        The mean in the unit of the values; no interval, and the reason in `note`, where there is no spread. The note
        also says where fewer than 30 differences are skewed.

    Raises:
        ValueError: When a difference is not a finite number, or the level is not between 0 and 1.

    Source:
        Student, Biometrika 6 (1908) 1-25.

    Example:
        >>> e = estimate_mean_change([1, 2, 6])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (3.0, -3.572, 9.572)
    """
    check_level(level)
    method = "mean of paired differences, Student's t interval"
    if not differences:
        return Estimate(EstimateKind.SHIFT, None, 0, method, level=level)
    mean, error, degrees, note = _measure_paired(differences)
    plain = Estimate(EstimateKind.SHIFT, mean, len(differences), method, level=level, note=note)
    return plain if note else _with_interval(plain, error, degrees, level, note_skewness(differences))


def estimate_paired_t_test(differences: Sequence[float]) -> Estimate:
    """Test whether paired differences have a mean of zero with Student's paired t test, two-sided.

    Args:
        differences: One number per person; with fewer than two nothing can be tested.

    Raises:
        ValueError: When a difference is not a finite number.

    Source:
        Student, Biometrika 6 (1908) 1-25.

    Example:
        >>> round(estimate_paired_t_test([1, 2, 6]).p_value, 4)
        0.1885
    """
    mean, error, degrees, note = _measure_paired(differences)
    return _build_test(mean, error, degrees, note, len(differences), "paired t test")


def _measure(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, float, str]:
    """The difference of the means, its standard error, its degrees of freedom, and why it has none."""
    parts = [_mean_and_variance(group) for group in (first, second)]
    (mean1, variance1), (mean2, variance2) = parts
    if min(len(first), len(second)) < 2:
        return mean1 - mean2, 0.0, 0.0, TOO_FEW
    of_mean1, of_mean2 = variance1 / len(first), variance2 / len(second)
    variance = of_mean1 + of_mean2
    if variance == 0:
        return mean1 - mean2, 0.0, 0.0, ALL_EQUAL
    # As shares of the variance, whose squares neither overflow nor vanish.
    share1, share2 = of_mean1 / variance, of_mean2 / variance
    degrees = 1 / (share1**2 / (len(first) - 1) + share2**2 / (len(second) - 1))
    return mean1 - mean2, sqrt(variance), degrees, ""


def _measure_paired(differences: Sequence[float]) -> tuple[float, float, float, str]:
    mean, variance = _mean_and_variance(differences)
    n = len(differences)
    note = TOO_FEW if n < 2 else ALL_EQUAL if variance == 0 else ""
    return mean, sqrt(variance / n) if n else 0.0, n - 1.0, note


def _mean_and_variance(values: Sequence[float]) -> tuple[float, float]:
    if not all(map(isfinite, values)):
        raise ValueError("a value is not a finite number")
    n = len(values)
    if n == 0:
        return 0.0, 0.0
    mean = fsum(values) / n
    # Values that are all equal have a mean that may differ from them in its last digit.
    spread = fsum((value - mean) ** 2 for value in values) if min(values) < max(values) else 0.0
    return mean, spread / (n - 1) if n > 1 else 0.0


def _with_interval(plain: Estimate, error: float, degrees: float, level: float, note: str) -> Estimate:
    value = plain.value or 0.0
    half_width = student_quantile((1 + level) / 2, degrees) * error
    return replace(plain, lower=value - half_width, upper=value + half_width, note=note)


def _build_test(mean: float, error: float, degrees: float, note: str, n: int, method: str) -> Estimate:
    if note:
        return Estimate(EstimateKind.TEST, None, n, method, note=note)
    p_value = min(1.0, 2 * student_upper_tail(abs(mean) / error, degrees))
    return Estimate(EstimateKind.TEST, p_value, n, method, p_value=p_value)
