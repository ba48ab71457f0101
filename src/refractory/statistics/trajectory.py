"""A score over time: where it lies at each time, and how far it has moved from baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from refractory.statistics.distributions import check_level, student_quantile
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from refractory.statistics.skewness import note_skewness

ONE_VALUE = "A single value has no spread, and its mean no interval."

# One score per person, always in the same order; None where it was not measured.
Scores = Sequence[float | None]


@dataclass(frozen=True)
class TrajectoryPoint:
    """Where a score lies at one time.

    Args:
        time: The time.
        n: Persons measured.
        mean: The mean with Student's t interval, and the standard deviation.
        median: The median with both quartiles.
    """

    time: float
    n: int
    mean: Estimate
    median: Estimate


@dataclass(frozen=True)
class ChangePoint:
    """How far a score has moved from baseline at one time, in persons measured at both.

    Args:
        time: The time.
        n: Persons measured at both.
        mean: The mean change with Student's t interval, and its standard deviation.
        shift: Hodges and Lehmann's shift with its interval.
        test: Wilcoxon's signed rank test.
    """

    time: float
    n: int
    mean: Estimate
    shift: Estimate
    test: Estimate


def estimate_mean_by_t(values: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Estimate the mean with the interval of Student's t.

    Args:
        values: One number per person.
        level: Coverage of the interval, between 0 and 1; kept where the mean is about normal.

    Returns:
        No value without persons; no interval, and the reason in `note`, for one. The note also says where fewer than
        30 values are skewed.

    Raises:
        ValueError: When a value is not a finite number, or the level is no share.

    Source:
        Student, Biometrika 6 (1908) 1-25.

    Example:
        >>> e = estimate_mean_by_t([1, 2, 6])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (3.0, -3.572, 9.572)
    """
    check_level(level)
    mean = replace(estimate_mean(values), method="mean, Student's t interval")
    if mean.value is None:
        return mean
    if mean.sd is None:
        return replace(mean, note=ONE_VALUE)
    half_width = student_quantile((1 + level) / 2, mean.n - 1) * mean.sd / sqrt(mean.n)
    ends = (mean.value - half_width, mean.value + half_width)
    return replace(mean, lower=ends[0], upper=ends[1], level=level, note=note_skewness(values))


def derive_trajectory(
    times: Sequence[float], scores: Sequence[Scores], *, level: float = 0.95
) -> tuple[TrajectoryPoint, ...]:
    """Derive where a score lies at each time, among those measured then.

    Who is measured may differ from time to time: a mean that moves need not be persons who moved.

    Args:
        times: The times.
        scores: One row per time, one score per person, None where it was not measured.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        One row per time, in the order given.

    Raises:
        ValueError: When there are not as many rows as times, a score is not a finite number, or the level is no share.

    Example:
        >>> [(point.time, point.n, point.mean.value) for point in derive_trajectory([0, 90], [[20, 10], [8, None]])]
        [(0, 2, 15.0), (90, 1, 8.0)]
    """
    check_level(level)
    _check_times(times, scores)
    points = []
    for time, row in zip(times, scores, strict=True):
        measured = [score for score in row if score is not None]
        mean = estimate_mean_by_t(measured, level=level)
        points.append(TrajectoryPoint(time, len(measured), mean, estimate_median(measured)))
    return tuple(points)


def derive_change_from_baseline(
    baseline: Scores, times: Sequence[float], scores: Sequence[Scores], *, level: float = 0.95
) -> tuple[ChangePoint, ...]:
    """Derive how far a score has moved from baseline at each time, among those measured at both.

    Args:
        baseline: One score per person, None where it was not measured.
        times: The times.
        scores: One row per time, one score per person in the order of the baseline, None where not measured.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        One row per time, in the order given; a change below 0 is a fall.

    Raises:
        ValueError: When there are not as many rows as times, or not as many scores as at baseline; when a score is not
            a finite number, or the level is no share.

    Example:
        >>> (point,) = derive_change_from_baseline([20, 10, None], [90], [[8, 6, 5]])
        >>> point.n, point.mean.value, point.shift.value
        (2, -8.0, -8.0)
    """
    check_level(level)
    _check_times(times, scores)
    if any(len(row) != len(baseline) for row in scores):
        raise ValueError(f"each time has the scores of the same {len(baseline)} persons as the baseline")
    points = []
    for time, row in zip(times, scores, strict=True):
        changes = [
            after - before
            for before, after in zip(baseline, row, strict=True)
            if before is not None and after is not None
        ]
        points.append(
            ChangePoint(
                time,
                len(changes),
                estimate_mean_by_t(changes, level=level),
                estimate_paired_shift(changes, level=level),
                estimate_signed_rank(changes),
            )
        )
    return tuple(points)


def _check_times(times: Sequence[float], scores: Sequence[Scores]) -> None:
    if len(times) != len(scores):
        raise ValueError(f"{len(times)} times cannot have {len(scores)} rows of scores")
