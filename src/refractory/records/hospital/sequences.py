"""Integers with a wanted mean and standard deviation, as a paper prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from statistics import NormalDist

_TRIES = 200_000
_LESS_THAN_HALF = 0.49


@dataclass(frozen=True)
class Moments:
    """A mean and a sample standard deviation as printed: 1.82 and 1.38, each to its digits.

    Args:
        mean: Wanted mean.
        sd: Wanted sample standard deviation.
        mean_digits: Decimals that the mean is printed with.
        sd_digits: Decimals that the standard deviation is printed with.
    """

    mean: float
    sd: float
    mean_digits: int
    sd_digits: int


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the sample standard deviation of at least two values.

    Example:
        >>> mean_and_sd([1, 2, 3])
        (2.0, 1.0)
    """
    mean = sum(values) / len(values)
    return mean, sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def prints_as(values: Sequence[float], moments: Moments) -> bool:
    """Say whether the values print as the wanted mean and standard deviation, whatever way halves are rounded."""
    mean, sd = mean_and_sd(values)
    nearness = (abs(mean - moments.mean) * 10.0**moments.mean_digits, abs(sd - moments.sd) * 10.0**moments.sd_digits)
    return max(nearness) < _LESS_THAN_HALF


def solve_integers(
    start: Sequence[int],
    moments: Moments,
    *,
    minimum: int,
    maximum: int,
    rng: Random,
    fixed: Sequence[int] = (),
    scale: float = 1.0,
) -> list[int]:
    """Move integers as little as it takes until, with the fixed ones, they print as the wanted mean and SD.

    They are stretched to the moments that they need, the sum is set, and then one value goes up and
    another down by the same step, which keeps the mean, whenever that brings the SD nearer.

    Args:
        start: Integers of a plausible shape; these move.
        moments: Mean and SD wanted of all values divided by `scale`.
        minimum: Smallest value allowed among those that move.
        maximum: Largest value allowed among those that move.
        rng: Source of the pairs tried.
        fixed: Integers that count but do not move.
        scale: What one printed unit is in integers (365.25 when integers are days and years are printed).

    Returns:
        The moved integers in the order of `start`.

    Raises:
        ValueError: When no such integers were found.

    Example:
        >>> found = solve_integers([1] * 30 + [5, 6, 7], Moments(1.82, 1.38, 2, 2), minimum=1, maximum=8, rng=Random(1))
        >>> sum(found), sum(value * value for value in found)
        (60, 170)
    """
    everyone = len(start) + len(fixed)
    total = round(moments.mean * scale * everyone) - sum(fixed)
    values = _with_sum(_stretched(start, fixed, moments, scale, minimum, maximum), total, minimum, maximum, rng)

    def distance() -> float:
        return abs(mean_and_sd([*values, *fixed])[1] - moments.sd * scale)

    now = distance()
    for _ in range(_TRIES):
        if prints_as([value / scale for value in (*values, *fixed)], moments):
            return values
        up, down = rng.randrange(len(values)), rng.randrange(len(values))
        step = rng.randint(1, max(1, round(min(now * everyone, moments.sd * scale))))
        if up == down or values[up] + step > maximum or values[down] - step < minimum:
            continue
        values[up] += step
        values[down] -= step
        after = distance()
        if after <= now:
            now = after
        else:
            values[up] -= step
            values[down] += step
    raise ValueError(f"no {len(start)} integers from {minimum} to {maximum} print as {moments.mean} ± {moments.sd}")


def _stretched(
    start: Sequence[int], fixed: Sequence[int], moments: Moments, scale: float, minimum: int, maximum: int
) -> list[int]:
    everyone, mean, sd = len(start) + len(fixed), moments.mean * scale, moments.sd * scale
    own_mean = (mean * everyone - sum(fixed)) / len(start)
    squares = (
        sd * sd * (everyone - 1) - sum((value - mean) ** 2 for value in fixed) - len(start) * (own_mean - mean) ** 2
    )
    own_sd = sqrt(max(squares, 0.0) / (len(start) - 1))
    old_mean, old_sd = mean_and_sd(start)
    factor = own_sd / old_sd if old_sd else 1.0
    return [min(maximum, max(minimum, round(own_mean + (value - old_mean) * factor))) for value in start]


def _with_sum(values: list[int], total: int, minimum: int, maximum: int, rng: Random) -> list[int]:
    if not minimum * len(values) <= total <= maximum * len(values):
        raise ValueError(f"{len(values)} integers from {minimum} to {maximum} cannot add up to {total}")
    missing = total - sum(values)
    while missing:
        share = max(1, abs(missing) // len(values)) * (1 if missing > 0 else -1)
        place = rng.randrange(len(values))
        if minimum <= values[place] + share <= maximum:
            values[place] += share
            missing -= share
    return values


def skewed_quantiles(persons: int, mean: float, sd: float, minimum: int) -> list[int]:
    """Return the quantiles of a lognormal law, widened until their own mean and SD are those wanted.

    A sample of 42 has a thinner tail than the law that it stands for: the width is found by bisection.

    Args:
        persons: How many values, at least two.
        mean: Wanted mean.
        sd: Wanted standard deviation, larger values make a longer right tail.
        minimum: Smallest value.

    Returns:
        Ascending integers, roughly with the wanted mean and SD.
    """
    places = [NormalDist().inv_cdf((place + 0.5) / persons) for place in range(persons)]

    def shaped(width: float) -> list[float]:
        raw = [exp(width * place) for place in places]
        factor = (mean - minimum) / (sum(raw) / persons)
        return [minimum + factor * value for value in raw]

    narrow, wide = 0.01, 6.0
    for _ in range(60):
        width = (narrow + wide) / 2
        narrow, wide = (width, wide) if mean_and_sd(shaped(width))[1] < sd else (narrow, width)
    return [round(value) for value in shaped(narrow)]
