"""Does an interval hold the truth as often as it says? Counted out where that can be done, else drawn with a seed."""

from __future__ import annotations

from math import comb, exp, inf, lgamma, log

import numpy as np
import pytest

from refractory.statistics.agreement import FEW_PAIRS, estimate_ac1, estimate_kappa
from refractory.statistics.competing import derive_cumulative_incidence, estimate_incidence_by
from refractory.statistics.rates import estimate_rate, estimate_rate_between_persons, estimate_rate_ratio
from refractory.statistics.self_controlled import (
    WindowCounts,
    estimate_self_controlled_ratio,
    estimate_self_controlled_ratio_mid_p,
)

WINDOWS = [(3, 7, 90), (1, 28, 60), (4, 14, 300), (2, 7, 7), (6, 21, 120)]
Ends = list[tuple[float, float]]


def beside_every_end(ends: Ends, least: float, most: float) -> list[float]:
    """Coverage is lowest just beyond an end of an interval: between two ends it has no minimum inside."""
    finite = [end for pair in ends for end in pair if least < end < most]
    return [end * factor for end in finite for factor in (1 - 1e-9, 1 + 1e-9)]


def held(ends: Ends, probabilities: list[float], truth: float) -> float:
    pairs = zip(ends, probabilities, strict=True)
    return sum(probability for (lower, upper), probability in pairs if lower <= truth <= upper)


def poisson(count: int, mean: float) -> float:
    return exp(count * log(mean) - mean - lgamma(count + 1))


def binomial(count: int, total: int, share: float) -> float:
    return comb(total, count) * share**count * (1 - share) ** (total - count)


def test_garwoods_interval_covers_at_least_as_often_as_it_says_at_every_mean_up_to_forty():
    ends = [(estimate_rate(events, 1).lower, estimate_rate(events, 1).upper) for events in range(130)]
    means = beside_every_end(ends, 0.001, 40)
    assert len(means) > 100
    assert min(held(ends, [poisson(events, mean) for events in range(130)], mean) for mean in means) >= 0.95


@pytest.mark.parametrize("total", [1, 5, 12, 30])
def test_the_rate_ratio_covers_at_least_as_often_as_it_says_whatever_the_number_of_events(total):
    time1, time2 = 50, 400
    told = [estimate_rate_ratio(events, time1, total - events, time2) for events in range(total + 1)]
    ends = [(one.lower, one.upper) for one in told]

    def coverage(ratio: float) -> float:
        share = ratio * time1 / (ratio * time1 + time2)
        return held(ends, [binomial(events, total, share) for events in range(total + 1)], ratio)

    assert min(map(coverage, beside_every_end(ends, 0, inf))) >= 0.95


def ends_within_persons(estimate) -> Ends:
    """Given everybody's number of events, the interval for each number of events in risk windows.

    It depends on how many those are and not on whose; they are dealt to persons in turn.
    """
    ends = []
    for in_risk in range(sum(events for events, _, _ in WINDOWS) + 1):
        left, rows = in_risk, []
        for events, risk, control in WINDOWS:
            taken = min(left, events)
            left -= taken
            rows.append(WindowCounts(taken, risk, events - taken, control))
        told = estimate(rows)
        ends.append((told.lower, told.upper))
    return ends


def coverage_within_persons(ends: Ends, ratio: float) -> float:
    folded = [1.0]
    for events, risk, control in WINDOWS:
        share = ratio * risk / (ratio * risk + control)
        folded = np.convolve(folded, [binomial(k, events, share) for k in range(events + 1)]).tolist()
    return held(ends, folded, ratio)


def test_the_self_controlled_interval_covers_at_least_as_often_as_it_says_at_every_ratio():
    ends = ends_within_persons(estimate_self_controlled_ratio)
    assert min(coverage_within_persons(ends, ratio) for ratio in beside_every_end(ends, 0, inf)) >= 0.95


def test_mid_p_covers_less_often_than_it_says_at_some_ratio_and_about_as_often_on_average():
    ends = ends_within_persons(estimate_self_controlled_ratio_mid_p)
    assert 0.92 < min(coverage_within_persons(ends, ratio) for ratio in beside_every_end(ends, 0, inf)) < 0.95
    average = np.mean([coverage_within_persons(ends, ratio) for ratio in np.geomspace(0.2, 9, 200)])
    assert average == pytest.approx(0.955, abs=0.015)


def test_the_self_controlled_ratio_finds_back_a_ratio_of_3_whatever_the_rates_of_persons():
    draw = np.random.default_rng(7)
    times_held, logs = 0, []
    for _ in range(150):
        rates = draw.gamma(0.5, 0.02, size=80)
        risk, control = draw.integers(7, 29, size=80), draw.integers(60, 300, size=80)
        # Who has more events is treated sooner and has a shorter control time: this must not matter.
        control = np.where(rates > 0.01, control // 3 + 1, control)
        in_risk, outside = draw.poisson(3 * rates * risk), draw.poisson(rates * control)
        rows = zip(in_risk.tolist(), risk.tolist(), outside.tolist(), control.tolist(), strict=True)
        told = estimate_self_controlled_ratio([WindowCounts(*row) for row in rows])
        times_held += told.lower <= 3 <= told.upper
        logs.append(log(told.value))
    assert times_held / 150 >= 0.92
    assert exp(np.mean(logs)) == pytest.approx(3, rel=0.06)


@pytest.mark.parametrize("time", [30, 100, 200])
def test_the_interval_of_the_incidence_covers_about_as_often_as_it_says_among_sixty(time):
    # Response at 1/90 a day, stopping at 1/140: the incidence by then is known.
    response, stopping = 1 / 90, 1 / 140
    truth = response / (response + stopping) * (1 - exp(-(response + stopping) * time))
    draw, times_held, values = np.random.default_rng(time), 0, []
    for _ in range(600):
        first = draw.exponential(1 / response, 60), draw.exponential(1 / stopping, 60), draw.uniform(205, 500, 60)
        cause, end = np.argmin(first, axis=0), np.min(first, axis=0)
        told = estimate_incidence_by(
            derive_cumulative_incidence(*(end[cause == which].tolist() for which in range(3))), time=time
        )
        times_held += told.lower <= truth <= told.upper
        values.append(told.value)
    # The standard error of a coverage of 95 % in 600 draws is 0.9 %.
    assert times_held / 600 == pytest.approx(0.95, abs=0.025)
    assert np.mean(values) == pytest.approx(truth, abs=0.01)


def coverage_of_agreement(estimate, pairs: int, shares: tuple[float, float, float, float], truth: float) -> float:
    """Every 2 x 2 table of so many pairs, how probable it is, and whether its interval holds; no interval counts so."""
    logs = [log(share) for share in shares]
    covered = 0.0
    for a in range(pairs + 1):
        for b in range(pairs + 1 - a):
            for c in range(pairs + 1 - a - b):
                counts = (a, b, c, pairs - a - b - c)
                probability = exp(
                    lgamma(pairs + 1)
                    + sum(count * weight - lgamma(count + 1) for count, weight in zip(counts, logs, strict=True))
                )
                if probability > 1e-7:
                    told = estimate([counts[:2], counts[2:]])
                    lower, upper = (-inf, inf) if told.lower is None else (told.lower, told.upper)
                    covered += probability * (lower <= truth <= upper)
    return covered


# Seven in ten are said to be of the first category by both, and they disagree on two in ten.
SKEWED = (0.7, 0.1, 0.1, 0.1)
KAPPA_OF_SKEWED = (0.8 - 0.68) / (1 - 0.68)
AC1_OF_SKEWED = (0.8 - 0.32) / (1 - 0.32)


@pytest.mark.parametrize(
    ("estimate", "truth"), [(estimate_kappa, KAPPA_OF_SKEWED), (estimate_ac1, AC1_OF_SKEWED)], ids=["kappa", "AC1"]
)
def test_the_interval_of_agreement_covers_nearly_as_often_as_it_says_where_pairs_are_no_longer_few(estimate, truth):
    assert 0.925 < coverage_of_agreement(estimate, FEW_PAIRS, SKEWED, truth) < 0.95


def test_with_few_pairs_the_interval_of_kappa_covers_too_seldom():
    assert 0.82 < coverage_of_agreement(estimate_kappa, 20, SKEWED, KAPPA_OF_SKEWED) < 0.85


def test_the_interval_between_persons_covers_where_garwoods_does_not():
    draw, times_held, wrongly = np.random.default_rng(3), 0, 0
    for _ in range(500):
        times = draw.integers(3, 13, size=40).tolist()
        events = draw.poisson(draw.gamma(0.7, 0.3 / 0.7, size=40) * np.array(times)).tolist()
        robust, plain = estimate_rate_between_persons(events, times), estimate_rate(sum(events), sum(times))
        times_held += robust.lower <= 0.3 <= robust.upper
        wrongly += not plain.lower <= 0.3 <= plain.upper
    assert times_held / 500 == pytest.approx(0.93, abs=0.03)
    assert wrongly / 500 > 0.2
