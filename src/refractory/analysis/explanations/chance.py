"""Regression to the mean: how far the score would have improved by chance alone, against how far it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.series import Triple, find_triple, sign_of
from refractory.outcomes.around import ScoreAround
from refractory.outcomes.around_definition import RegressionToMeanDefinition
from refractory.outcomes.durability import find_at_day
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.joining import estimate_remainder
from refractory.statistics.regression_to_mean import find_fall_of_these
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.trajectory import estimate_mean_by_t

# A reliability of fewer pairs is hardly a number.
FEWEST_PAIRS = 10
# A mean of fewer persons is nearly one of them.
FEWEST_AT_DAY = 5
BY_VISITS, BY_POPULATION = "visits", "population"
HEADS = {
    BY_VISITS: "By an earlier visit of the same persons",
    BY_POPULATION: "By reliability and the mean before the choice",
}


@dataclass(frozen=True)
class ChanceAtDay:
    """What chance explains of the improvement at one day, by one way of telling it.

    Args:
        way: By an earlier visit of the same persons, or by reliability and population.
        day: The day.
        persons: Persons on whom all numbers of it rest.
        observed: Mean improvement since baseline.
        expected: What is expected of it by chance.
        rest: Observed minus expected.
    """

    way: str
    day: int
    persons: int
    observed: Estimate
    expected: Estimate
    rest: Estimate


@dataclass(frozen=True)
class Premises:
    """What regression to the mean is worked out from.

    Args:
        triples: Scores before baseline and at baseline, by person.
        reliability: Of one score, from two visits of each person.
        taken: The reliability that is used; None where there is none.
        taken_from: Where it comes from.
    """

    triples: dict[int, Triple]
    reliability: Estimate
    taken: Estimate | None
    taken_from: str

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """Baseline and earlier score of the persons who have both."""
        own = [(one.baseline, one.earlier) for one in self.triples.values()]
        return [(base, early) for base, early in own if base is not None and early is not None]

    @property
    def days_apart(self) -> list[float]:
        """Days between the two."""
        return [float(one.days_apart) for one in self.triples.values() if one.days_apart is not None]


def find_premises(score: ScoreAround, asked: RegressionToMeanDefinition, level: float) -> Premises:
    """Find the pairs of visits, and the reliability that they or the protocol give."""
    first = asked.before.first_day or 0
    triples = {person: find_triple(visits, score, asked.apart, first) for person, visits in score.visits.items()}
    found = Premises(triples, Estimate(EstimateKind.AGREEMENT, None, 0, ""), None, "")
    reliability = estimate_reliability(found.pairs, level=level)
    taken, source = None, ""
    if len(found.pairs) >= FEWEST_PAIRS and reliability.value is not None:
        taken, source = _within_bounds(reliability), f"{len(found.pairs)} persons with two visits before day 0"
    elif asked.reliability is not None:
        taken = Estimate(EstimateKind.AGREEMENT, asked.reliability, 0, "as stated")
        source = asked.reliability_source
    return Premises(triples, reliability, taken, source)


def _within_bounds(reliability: Estimate) -> Estimate:
    """Hold a reliability, and the ends of its interval, between 0 and 1."""
    value, lower, upper = (
        None if end is None else min(1.0, max(0.0, end))
        for end in (reliability.value, reliability.lower, reliability.upper)
    )
    return Estimate(
        EstimateKind.AGREEMENT, value, reliability.n, reliability.method, lower=lower, upper=upper,
        level=reliability.level,
    )  # fmt: skip


def find_chance(
    score: ScoreAround, premises: Premises, asked: RegressionToMeanDefinition, plan: Plan
) -> list[ChanceAtDay]:
    """Find what chance explains of the improvement at each day of follow-up, by every way that can be gone."""
    sign, level = sign_of(score), plan.analysis.level
    found = []
    for day in plan.follow_up.days:
        later = {
            person: find_at_day([visit for visit in visits if visit[0] > 0], day, score.near)
            for person, visits in score.visits.items()
        }
        seen = [(premises.triples[person], sign * value) for person, value in later.items() if value is not None]
        if len(premises.pairs) >= FEWEST_PAIRS:
            found.append(_compare_with_earlier(day, seen, level))
        if premises.taken is not None and asked.mean is not None:
            found.append(_compare_with_population(day, seen, premises.taken, sign * asked.mean, level))
    return sorted(found, key=lambda one: one.way != BY_VISITS)


def _compare_with_earlier(day: int, seen: Sequence[tuple[Triple, float]], level: float) -> ChanceAtDay:
    """Take what the score worsened from an earlier visit to baseline for what chance takes back after it."""
    own = [
        (one.baseline, one.earlier, value)
        for one, value in seen
        if one.baseline is not None and one.earlier is not None
    ]
    if len(own) < FEWEST_AT_DAY:
        return _too_few(BY_VISITS, day, len(own))
    observed = estimate_mean_by_t([base - value for base, _, value in own], level=level)
    expected = estimate_mean_by_t([base - early for base, early, _ in own], level=level)
    rest = estimate_mean_by_t([early - value for _, early, value in own], level=level)
    return ChanceAtDay(BY_VISITS, day, len(own), *(_as_shift(one) for one in (observed, expected, rest)))


def _compare_with_population(
    day: int, seen: Sequence[tuple[Triple, float]], reliability: Estimate, mean: float, level: float
) -> ChanceAtDay:
    own = [(one.baseline, value) for one, value in seen if one.baseline is not None]
    if len(own) < FEWEST_AT_DAY:
        return _too_few(BY_POPULATION, day, len(own))
    observed = _as_shift(estimate_mean_by_t([base - value for base, value in own], level=level))
    value, lower, upper = (
        None if one is None else find_fall_of_these([base for base, _ in own], mean=mean, reliability=one)
        for one in (reliability.value, reliability.upper, reliability.lower)
    )
    if lower is not None and upper is not None:
        lower, upper = min(lower, upper), max(lower, upper)
    expected = Estimate(
        EstimateKind.SHIFT, value, len(own), "reliability and mean of the population", lower=lower, upper=upper,
        level=reliability.level,
    )  # fmt: skip
    return ChanceAtDay(BY_POPULATION, day, len(own), observed, expected, estimate_remainder(observed, expected))


def _too_few(way: str, day: int, persons: int) -> ChanceAtDay:
    none = Estimate(EstimateKind.SHIFT, None, persons, "", note=f"Fewer than {FEWEST_AT_DAY} persons.")
    return ChanceAtDay(way, day, persons, none, none, none)


def _as_shift(mean: Estimate) -> Estimate:
    """A mean change prints with its interval and not with the SD of single changes."""
    return Estimate(
        EstimateKind.SHIFT, mean.value, mean.n, mean.method, lower=mean.lower, upper=mean.upper, level=mean.level,
        note=mean.note,
    )  # fmt: skip
