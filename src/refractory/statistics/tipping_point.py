"""How many of those who could not be judged must have failed before a conclusion falls."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.statistics.estimate import Estimate
from refractory.statistics.proportions import estimate_proportion


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
    responders: int, evaluable: int, not_evaluable: int, *, benchmark: float, level: float = 0.95
) -> TippingPoint:
    """Find how many of those who could not be judged must have failed before the lower limit is below a benchmark.

    Everybody is counted: of those who could not be judged so many failed, and the others responded. The limit is
    that of Clopper and Pearson; one that equals the benchmark is not below it.

    Args:
        responders: Persons who responded.
        evaluable: Persons who could be judged.
        not_evaluable: Persons who could not.
        benchmark: A proportion, between 0 and 1, that the treatment is to exceed.
        level: Coverage of the two-sided interval, between 0 and 1.

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
        estimate_proportion(responders + not_evaluable - failures, evaluable + not_evaluable, level)
        for failures in range(not_evaluable + 1)
    )
    below = [k for k, one in enumerate(by_failures) if one.lower is not None and one.lower < benchmark]
    return TippingPoint(benchmark, min(below, default=None), not_evaluable, by_failures)
