"""Regression to the mean: how far the score would have improved by chance alone, against how far it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.series import Triple, find_triple, sign_of
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_estimate
from refractory.outcomes.around import ScoreAround
from refractory.outcomes.around_definition import RegressionToMeanDefinition
from refractory.outcomes.durability import find_at_day
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.joining import estimate_remainder
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.regression_to_mean import find_fall_of_these, find_regression_to_mean
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.trajectory import estimate_mean_by_t

# A reliability of fewer pairs is hardly a number.
FEWEST_PAIRS = 10
# A mean of fewer persons is nearly one of them.
FEWEST_AT_DAY = 5
BY_VISITS, BY_POPULATION = "visits", "population"
_HEADS = {
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

    @property
    def share(self) -> Estimate | None:
        """Expected over observed; None where nothing improved, and at least 0."""
        if not self.observed.value or self.observed.value <= 0 or self.expected.value is None:
            return None
        share = max(0.0, self.expected.value / self.observed.value)
        return Estimate(EstimateKind.PROPORTION, share, self.persons, "ratio of two means")


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
    ends = sorted(end for end in (lower, upper) if end is not None) or [None, None]
    expected = Estimate(
        EstimateKind.SHIFT, value, len(own), "reliability and mean of the population", lower=ends[0], upper=ends[1],
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


def analyse_chance(score: ScoreAround, asked: RegressionToMeanDefinition, plan: Plan) -> Findings:
    """Say what chance alone would have done to the followed score, and what is left.

    Args:
        score: The score at every visit.
        asked: What the protocol says of it.
        plan: What the protocol chose.
    """
    premises = find_premises(score, asked, plan.analysis.level)
    found = find_chance(score, premises, asked, plan)
    estimates = [
        NamedEstimate(
            "explanation.chance.reliability", f"Reliability of {score.name}",
            "Intraclass correlation of the baseline visit and an earlier one", "overall", score.name,
            premises.reliability,
        )
    ]  # fmt: skip
    for one in found:
        key, label = f"explanation.chance.{one.way}.day_{one.day}", f"{score.name}, improvement by day {one.day}"
        parts = (("observed", one.observed), ("expected", one.expected), ("rest", one.rest))
        estimates += [
            NamedEstimate(f"{key}.{part}", label, f"{_HEADS[one.way]}: {part}", "overall", score.name, estimate)
            for part, estimate in parts
        ]
    tables = [_tabulate_premises(score, premises, asked, plan)]
    if found:
        tables.insert(0, _tabulate_chance(score, found, premises))
    return Findings(tuple(estimates), tuple(tables), tuple(_find_cautions(score, found, premises)))


def _tabulate_chance(score: ScoreAround, found: Sequence[ChanceAtDay], premises: Premises) -> ResultTable:
    rows = []
    for way in dict.fromkeys(one.way for one in found):
        rows.append(ResultRow(_HEADS[way], (None,) * 5))
        rows += [
            ResultRow(f"Day {one.day}", (one.persons, one.observed, one.expected, one.rest, one.share), indent=1)
            for one in found
            if one.way == way
        ]
    notes = []
    if any(one.way == BY_VISITS for one in found):
        days = f"{median(premises.days_apart):g}"
        notes.append(
            "By an earlier visit: what the score worsened from that visit to baseline, chance is expected to give back "
            f"after it, whatever the reliability and whatever persons were chosen from. The visit lies {days} days "
            "before the baseline visit (median). A true worsening in these days is taken for chance, and a true "
            "improvement hides it: the two cannot be told apart without a third visit. The rest is the improvement "
            "since that earlier visit."
        )
    if any(one.way == BY_POPULATION for one in found):
        notes.append(
            "By reliability and mean: each person is expected to come back towards the mean before the choice by 1 "
            "minus the reliability of the distance. The interval of what is expected is that of the reliability "
            "alone; the mean is taken as it was stated."
        )
    columns = ("", "Persons", "Improvement", "Expected by chance", "The rest", "Share by chance")
    title = f"Regression to the mean: {score.name} since baseline, and what chance alone would have done"
    return ResultTable("explanation-regression-to-mean", title, columns, tuple(rows), tuple(notes))


def _tabulate_premises(
    score: ScoreAround, premises: Premises, asked: RegressionToMeanDefinition, plan: Plan
) -> ResultTable:
    sign = sign_of(score)
    base = [sign * one.baseline for one in premises.triples.values() if one.baseline is not None]
    rows = [
        ResultRow(f"{score.name} at baseline", (len(base), estimate_mean(base))),
        ResultRow(
            "At the earlier visit", (len(premises.pairs), estimate_mean([sign * one for _, one in premises.pairs]))
        ),
        ResultRow("Days between the two visits", (len(premises.days_apart), estimate_median(premises.days_apart))),
        ResultRow("Reliability of one score", (premises.reliability.n, premises.reliability)),
    ]
    if premises.taken is not None and not premises.taken.n:
        rows.append(ResultRow(f"Reliability as stated ({premises.taken_from})", (None, premises.taken)))
    if asked.mean is not None:
        spread = f" ± {asked.sd:g}" if asked.sd is not None else ""
        rows.append(ResultRow(f"Before the choice ({asked.population_source})", (None, f"{asked.mean:g}{spread}")))
    rows += _tabulate_cutoff(premises, asked, plan, sign)
    return ResultTable(
        "explanation-reliability",
        "What regression to the mean is worked out from",
        ("", "Persons", "Number"),
        tuple(rows),
        (_say_what_is_known(asked),),
    )


def _tabulate_cutoff(premises: Premises, asked: RegressionToMeanDefinition, plan: Plan, sign: int) -> list[ResultRow]:
    """Say what a choice by a cut-off alone would do, where mean, spread and reliability are known."""
    cutoff = asked.chosen_at_least if sign == 1 else asked.chosen_at_most
    label = f"Chosen at or {'above' if sign == 1 else 'below'}"
    if cutoff is None and sign == 1:
        cutoff, label = plan.active_at_least, "Active by the refractory rule at or above"
    if cutoff is None:
        return []
    rows = [ResultRow(label, (None, f"{cutoff:g}"))]
    if asked.mean is None or asked.sd is None or premises.taken is None or premises.taken.value is None:
        return rows
    try:
        found = find_regression_to_mean(
            sign * asked.mean, asked.sd, reliability=premises.taken.value, cutoff=sign * cutoff
        )
    except ValueError:
        return [*rows, ResultRow("Expected improvement by that choice alone", (None, "nobody reaches it"))]
    fall = Estimate(EstimateKind.SHIFT, found.fall, 0, "truncated normal")
    return [*rows, ResultRow("Expected improvement by that choice alone", (None, fall))]


def _say_what_is_known(asked: RegressionToMeanDefinition) -> str:
    said = (
        "Reliability: the share of the variance of one score that lies between persons. Among persons who were all "
        "chosen for a bad score they differ less than before the choice, and true changes between the visits count as "
        "error: the reliability comes out too low rather than too high, and chance too large."
    )
    if asked.mean is None:
        said += (
            " Mean and spread before the choice cannot be told from persons who were all chosen, and the protocol "
            "states none; the earlier visit does without them."
        )
    return said


def _find_cautions(score: ScoreAround, found: Sequence[ChanceAtDay], premises: Premises) -> list[Caution]:
    if not found:
        text = (
            f"Of {len(premises.triples)} persons {len(premises.pairs)} have a {score.name} at baseline and at a visit "
            f"before it, fewer than {FEWEST_PAIRS}, and the protocol states no reliability with a mean before the "
            "choice: how much of the improvement is regression to the mean cannot be said."
        )
        title = "Regression to the mean not known"
        return [Caution("explanation-chance-unknown", title, text, Severity.NOTE, len(premises.pairs))]
    cautions = []
    for way in dict.fromkeys(one.way for one in found):
        # The day with the most persons; of equal ones the last.
        one = max((each for each in found if each.way == way), key=lambda each: (each.persons, each.day))
        if one.rest.lower is None or one.rest.lower > 0 or (one.observed.value or 0.0) <= 0:
            continue
        text = (
            f"{_HEADS[way]}, {score.name} is expected to improve by {format_estimate(one.expected)} by day {one.day} "
            f"without any treatment. It improved by {format_estimate(one.observed)}; what is left is "
            f"{format_estimate(one.rest)}, which may be nothing."
        )
        title = "Chance alone may explain the improvement"
        cautions.append(Caution(f"explanation-chance-{way}", title, text, Severity.SERIOUS, one.rest))
    return cautions
