"""A value before and after time 0: how it moved before, and whether what came after is more than that going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from refractory.statistics.distributions import check_level
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.joining import estimate_remainder
from refractory.statistics.repeated_visits import METHOD, RepeatedFit, fit_repeated, fit_within

# Time and value; the value is that of one person at one time.
Point = tuple[float, float]
Points = Sequence[Point]

# A slope needs at least so many persons with two values at different times.
FEWEST_WITH_TWO = 5
# Two lines that meet are told from one by four different times at least.
_FEWEST_TIMES = 4
_TOO_FEW = "Fewer than {} persons have two values {}."
_NO_HALVES = "Fewer than five persons have values in both halves of the time before."
BEYOND_FLOOR = "The earlier trend would by then have passed the least possible value, and is held there."


@dataclass(frozen=True)
class Segments:
    """A straight line before time 0 and another after it.

    Args:
        persons_before: Persons with two values or more at different times before.
        persons_after: The same, after.
        before: Slope before, per unit of time.
        after: Slope after.
        level: By how much the line jumps at time 0.
        change: Slope after minus slope before.
        within: Slope before, from what changed within persons alone.
        late: Slope in the later half of the values before.
        bend: The same less the slope in their earlier half; 0 where they lie along one straight line.
    """

    persons_before: int
    persons_after: int
    before: Estimate
    after: Estimate
    level: Estimate
    change: Estimate
    within: Estimate
    late: Estimate
    bend: Estimate


@dataclass(frozen=True)
class Projection:
    """Where the earlier trend led by one time, and where the persons were.

    Args:
        time: The time asked for.
        persons: Persons with a value then.
        projected: Mean value, had the trend before time 0 gone on.
        observed: Mean value, of persons who had the same level before.
        difference: Observed minus projected.
    """

    time: float
    persons: int
    projected: Estimate
    observed: Estimate
    difference: Estimate


def count_with_two(persons: Sequence[Points]) -> int:
    """Count the persons with values at two different times or more.

    Example:
        >>> count_with_two([[(-3, 20), (-1, 18)], [(-1, 18), (-1, 19)], []])
        1
    """
    return sum(len({time for time, _ in points}) > 1 for points in persons)


def fit_segments(persons: Sequence[Points], *, level: float = 0.95) -> Segments:
    """Fit a line to the values up to time 0 and another to those after it, each person being as much higher or lower.

    Args:
        persons: The values of each person; those at time 0 count as before.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        Slopes per unit of time. Where fewer than five persons have two values before, nothing has a value; where this
        is so after, the slope after and the change of slope have none.

    Raises:
        ValueError: When a value or a time is not a finite number, or the level is no share.

    Source:
        Wagner et al., J Clinical Pharmacy and Therapeutics 27 (2002) 299-309.
    """
    check_level(level)
    before = [[point for point in points if point[0] <= 0] for points in persons]
    after = [[point for point in points if point[0] > 0] for points in persons]
    two_before, two_after = count_with_two(before), count_with_two(after)
    if two_before < FEWEST_WITH_TWO:
        none = _no_value(len(persons), _TOO_FEW.format(_WORDS[FEWEST_WITH_TWO], "before"))
        return Segments(two_before, two_after, none, none, none, none, none, none, none)
    is_bent = two_after >= FEWEST_WITH_TWO
    rows = [(place, *point) for place, points in enumerate(persons) for point in points]
    has_after = any(after)
    columns = [[1.0, time, *([float(time > 0)] if has_after else [])] for _, time, _ in rows]
    if is_bent:
        columns = [[*row, row[1] * row[2]] for row in columns]
    fit = fit_repeated([row[0] for row in rows], columns, [row[2] for row in rows])
    early = [row for row in rows if row[1] <= 0]
    within = fit_within([row[0] for row in early], [[row[1]] for row in early], [row[2] for row in early])

    def told(*weights: float) -> Estimate:
        return fit.estimate(weights, kind=EstimateKind.SHIFT, level=level)

    none = _no_value(len(persons), _TOO_FEW.format(_WORDS[FEWEST_WITH_TWO], "after"))
    late, bend = _estimate_bend(before, level)
    straight = (0.0, 1.0, *((0.0,) if has_after else ()))
    return Segments(
        persons_before=two_before,
        persons_after=two_after,
        before=told(*straight, *((0.0,) if is_bent else ())),
        after=told(0, 1, 0, 1) if is_bent else none,
        level=told(0, 0, 1, *((0.0,) if is_bent else ())) if has_after else none,
        change=told(0, 0, 0, 1) if is_bent else none,
        within=within.estimate([1.0], kind=EstimateKind.SHIFT, level=level),
        late=late,
        bend=bend,
    )


def _estimate_bend(before: Sequence[Points], level: float) -> tuple[Estimate, Estimate]:
    """Estimate the slope of the later half of the values, and how far it departs from that of the earlier half."""
    rows = [(place, *point) for place, points in enumerate(before) for point in points]
    knot = median(time for _, time, _ in rows)
    in_both = sum(any(time < knot for time, _ in own) and any(time > knot for time, _ in own) for own in before)
    if in_both < FEWEST_WITH_TWO or len({time for _, time, _ in rows}) < _FEWEST_TIMES:
        none = _no_value(len(before), _NO_HALVES)
        return none, none
    columns = [[1.0, time, max(0.0, time - knot)] for _, time, _ in rows]
    fit = fit_repeated([row[0] for row in rows], columns, [row[2] for row in rows])
    late, bend = (fit.estimate([0.0, own, 1.0], kind=EstimateKind.SHIFT, level=level) for own in (1.0, 0.0))
    return late, bend


_WORDS = {FEWEST_WITH_TWO: "five"}


def fit_projections(
    before: Sequence[Points],
    times: Sequence[float],
    then: Sequence[Sequence[Point | None]],
    *,
    floor: float | None = None,
    level: float = 0.95,
) -> tuple[Projection, ...]:
    """Find where the trend before time 0 would have led, and how far from it the persons were.

    One line runs through the values before and goes on; each time asked for has a departure from it of its own, so
    that nothing is said of the course in between.

    Args:
        before: The values of each person at time 0 or before.
        times: The times asked for, after time 0.
        then: For each of them the point of each person, in the order of `before`; None where there is none.
        floor: The least value that there is; a trend cannot lead below it.
        level: Coverage of the intervals, between 0 and 1.

    Returns:
        One row per time at which anybody has a value; empty where fewer than five persons have two values before. A
        projection that would lie below the floor is held at it, and the interval of the difference then joins those
        of both sides.

    Raises:
        ValueError: When a row of points has not one place per person, a number is not finite, or the level is no share.

    Source:
        Bernal, Cummins and Gasparrini, Int J Epidemiol 46 (2017) 348-355, on the counterfactual; the interval of a
        difference of two estimates: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.
    """
    check_level(level)
    if any(len(row) != len(before) for row in then) or len(then) != len(times):
        raise ValueError(f"each time has one place for each of {len(before)} persons")
    asked = [(time, row) for time, row in zip(times, then, strict=True) if any(row)]
    if count_with_two(before) < FEWEST_WITH_TWO:
        return ()
    rows = [(place, time, value, -1) for place, points in enumerate(before) for time, value in points]
    rows += [
        (place, point[0], point[1], number)
        for number, (_, points) in enumerate(asked)
        for place, point in enumerate(points)
        if point
    ]
    columns = [[1.0, time, *(float(number == one) for one in range(len(asked)))] for _, time, _, number in rows]
    fit = fit_repeated([row[0] for row in rows], columns, [row[2] for row in rows])
    return tuple(
        _project(fit, time, number, sum(point is not None for point in points), len(asked), floor, level)
        for number, (time, points) in enumerate(asked)
    )


def _project(
    fit: RepeatedFit, time: float, number: int, persons: int, asked: int, floor: float | None, level: float
) -> Projection:
    own = [float(number == one) for one in range(asked)]
    projected = fit.estimate([1, time, *[0.0] * asked], kind=EstimateKind.SHIFT, level=level)
    observed = fit.estimate([1, time, *own], kind=EstimateKind.SHIFT, level=level)
    difference = fit.estimate([0, 0, *own], kind=EstimateKind.SHIFT, level=level)
    if floor is not None and (projected.value or 0.0) < floor:
        projected = _hold(projected, floor)
        difference = estimate_remainder(observed, projected)
    return Projection(time, persons, projected, observed, difference)


def _hold(estimate: Estimate, floor: float) -> Estimate:
    """Hold an estimate, and the ends of its interval, at the least value that there is."""
    ends = (estimate.value, estimate.lower, estimate.upper)
    value, lower, upper = (max(floor, end) if end is not None else None for end in ends)
    return Estimate(
        estimate.kind, value, estimate.n, estimate.method, lower=lower, upper=upper, level=estimate.level,
        note=BEYOND_FLOOR,
    )  # fmt: skip


def _no_value(persons: int, note: str) -> Estimate:
    return Estimate(EstimateKind.SHIFT, None, persons, METHOD, note=note)
