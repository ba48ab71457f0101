"""How many of those who could not be judged, or of those who responded, must have failed before a conclusion falls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from refractory.statistics.estimate import Estimate
from refractory.statistics.proportions import estimate_difference, estimate_proportion

# Counted, among and level to a proportion with its interval.
OneProportion = Callable[[int, int, float], Estimate]
DifferenceOfTwo = Callable[[int, int, int, int, float], Estimate]


@dataclass(frozen=True)
class TippingPoint:
    """How many of those who could not be judged must have failed before a conclusion falls.

    Args:
        benchmark: What the lower limit is held against, as a fraction.
        failures: The fewest failures among them with which the lower limit lies below the benchmark, the others
            having responded; 0 where it lies below even if all responded, None where it never does.
        not_evaluable: Persons who could not be judged.
        by_failures: One estimate per number of failures, from none to all of them.
    """

    benchmark: float
    failures: int | None
    not_evaluable: int
    by_failures: tuple[Estimate, ...]


def find_tipping_point(
    responders: int,
    evaluable: int,
    not_evaluable: int,
    *,
    benchmark: float,
    level: float = 0.95,
    interval: OneProportion = estimate_proportion,
) -> TippingPoint:
    """Find how many of those who could not be judged must have failed before the lower limit is below a benchmark.

    Everybody is counted: of those who could not be judged so many failed, and the others responded. A limit that
    equals the benchmark is not below it.

    Args:
        responders: Persons who responded.
        evaluable: Persons who could be judged.
        not_evaluable: Persons who could not.
        benchmark: A proportion, between 0 and 1, that the treatment is to exceed.
        level: Coverage of the two-sided interval, between 0 and 1.
        interval: Estimates a proportion, by Clopper and Pearson where none is given.

    Raises:
        ValueError: When there are more responders than persons, a count is negative, or the benchmark or the level is
            no share.

    Source:
        Yan, Lee and Li, J Biopharm Stat 19 (2009) 1085-1098, for the idea.

    Example:
        >>> find_tipping_point(35, 42, 10, benchmark=0.6).failures
        7
    """
    if not 0 <= benchmark <= 1 or not_evaluable < 0:
        raise ValueError("a benchmark lies between 0 and 1, and a count is not negative")
    estimate_proportion(responders, evaluable, level)
    by_failures = tuple(
        interval(responders + not_evaluable - failures, evaluable + not_evaluable, level)
        for failures in range(not_evaluable + 1)
    )
    below = [k for k, one in enumerate(by_failures) if one.lower is not None and one.lower < benchmark]
    return TippingPoint(benchmark, min(below, default=None), not_evaluable, by_failures)


@dataclass(frozen=True)
class Fragility:
    """How many of those who responded must truly have failed before a conclusion falls.

    Args:
        benchmark: What the lower limit is held against, as a fraction.
        misjudged: The fewest responders who must have failed before the lower limit lies below the benchmark; 0 where
            it lies below already, None where it never does.
        needed: The fewest responders among the same persons whose lower limit is not below the benchmark; None where
            not even all of them are enough.
    """

    benchmark: float
    misjudged: int | None
    needed: int | None


def find_fragility(
    responders: int,
    evaluable: int,
    *,
    benchmark: float,
    level: float = 0.95,
    interval: OneProportion = estimate_proportion,
) -> Fragility:
    """Find how many of those who responded must truly have failed before the lower limit is below a benchmark.

    A limit that equals the benchmark is not below it.

    Args:
        responders: Persons who responded.
        evaluable: Persons who could be judged.
        benchmark: A proportion, between 0 and 1, that the treatment is to exceed.
        level: Coverage of the two-sided interval, between 0 and 1.
        interval: Estimates a proportion, by Clopper and Pearson where none is given.

    Raises:
        ValueError: When there are more responders than persons, or the benchmark or the level is no share.

    Source:
        Walsh et al., J Clin Epidemiol 67 (2014) 622-628, for the idea.

    Example:
        >>> find_fragility(35, 42, benchmark=0.6)
        Fragility(benchmark=0.6, misjudged=4, needed=32)
    """
    if not 0 <= benchmark <= 1:
        raise ValueError("a benchmark lies between 0 and 1")
    estimate_proportion(responders, evaluable, level)

    def is_above(counted: int) -> bool:
        lower = interval(counted, evaluable, level).lower
        return lower is not None and lower >= benchmark

    # The limit rises with the responders: the first that is above has all others above it.
    needed = _find_first(is_above, evaluable)
    if needed is None or responders < needed:
        return Fragility(benchmark, 0, needed)
    return Fragility(benchmark, None if needed == 0 else responders - needed + 1, needed)


def find_fragility_of_difference(
    responders: int,
    evaluable: int,
    events: int,
    among: int,
    *,
    level: float = 0.95,
    interval: DifferenceOfTwo = estimate_difference,
) -> Fragility:
    """Find how many of those who responded must truly have failed before they are no longer clearly above others.

    They are clearly above when the interval of the difference lies above 0; the counts of the others stay.

    Args:
        responders: Persons who responded.
        evaluable: Persons who could be judged.
        events: Of the others, those who responded.
        among: The others.
        level: Coverage of the two-sided interval, between 0 and 1.
        interval: Estimates the difference of two proportions, Newcombe's hybrid score where none is given.

    Returns:
        The proportion of the others as the benchmark; `misjudged` is 0 where the two are not told apart already.

    Raises:
        ValueError: When more are counted than there are, there are no others, or the level is not between 0 and 1.

    Source:
        Walsh et al., J Clin Epidemiol 67 (2014) 622-628, for the idea; Newcombe, Statistics in Medicine 17 (1998)
        873-890, method 10, for the interval.

    Example:
        >>> find_fragility_of_difference(35, 42, 19, 60).misjudged
        14
    """
    if among < 1:
        raise ValueError("there are no others to be held against")
    interval(responders, evaluable, events, among, level)

    def is_above(counted: int) -> bool:
        lower = interval(counted, evaluable, events, among, level).lower
        return lower is not None and lower > 0

    needed = _find_first(is_above, evaluable)
    misjudged = 0 if needed is None or responders < needed else responders - needed + 1
    return Fragility(events / among, misjudged, needed)


def _find_first(is_met: Callable[[int], bool], last: int) -> int | None:
    """Find the first number from 0 to `last` that meets what every number above it meets too; None where none does."""
    if not is_met(last):
        return None
    low, high = 0, last
    while low < high:
        middle = (low + high) // 2
        if is_met(middle):
            high = middle
        else:
            low = middle + 1
    return low
