"""Scores around day 0, turned so that less is better, and what was found of them turned back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractory.outcomes.around import ScoreAround
from refractory.outcomes.durability import Visit
from refractory.statistics.estimate import Estimate


@dataclass(frozen=True)
class Triple:
    """One person's score before the baseline, at baseline and later, turned so that less is better.

    Args:
        baseline: The last score of the baseline window; None without.
        earlier: The last score that lies long enough before it; None without.
        days_apart: Days between the two.
    """

    baseline: float | None
    earlier: float | None = None
    days_apart: int | None = None


def sign_of(score: ScoreAround) -> int:
    """Return 1 where less of a score is better, and -1 where more is."""
    return 1 if score.higher_is == "worse" else -1


def turn(estimate: Estimate, sign: int) -> Estimate:
    """Turn an estimate round: where more is better, what was found of the turned score is put back."""
    if sign == 1 or estimate.value is None:
        return estimate
    lower = None if estimate.upper is None else -estimate.upper
    upper = None if estimate.lower is None else -estimate.lower
    return replace(estimate, value=-estimate.value, lower=lower, upper=upper)


def find_triple(visits: Sequence[Visit], score: ScoreAround, apart: int, first_day: int) -> Triple:
    """Find the baseline visit of a person and the last visit that lies long enough before it.

    Args:
        visits: Day and score of each visit, in order.
        score: The score; its baseline window decides.
        apart: Days that the earlier visit lies before the baseline visit, at least.
        first_day: Earliest day of an earlier visit.
    """
    sign, (first, last) = sign_of(score), (score.baseline.first_day, score.baseline.last_day)
    inside = [visit for visit in visits if (first is None or visit[0] >= first) and (last is None or visit[0] <= last)]
    if not inside:
        return Triple(None)
    day, baseline = inside[-1]
    before = [visit for visit in visits if first_day <= visit[0] <= day - apart]
    if not before:
        return Triple(sign * baseline)
    return Triple(sign * baseline, sign * before[-1][1], day - before[-1][0])
