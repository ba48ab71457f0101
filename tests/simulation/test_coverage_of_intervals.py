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

MEANS = [0.05, 0.5, 1, 2, 3.5, 3.7, 5, 5.6, 10, 20, 40]
WINDOWS = [(3, 7, 90), (1, 28, 60), (4, 14, 300), (2, 7, 7), (6, 21, 120)]
RATIOS = [0.1, 0.5, 1, 2, 5, 20]


def poisson(count: int, mean: float) -> float:
    return exp(count * log(mean) - mean - lgamma(count + 1))


@pytest.mark.parametrize("mean", MEANS)
def test_garwoods_interval_covers_at_least_as_often_as_it_says(mean):
    ends = [(estimate_rate(events, 1).lower, estimate_rate(events, 1).upper) for events in range(120)]
    covered = sum(poisson(events, mean) for events, (lower, upper) in enumerate(ends) if lower <= mean <= upper)
    assert covered >= 0.95


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("total", [1, 5, 12, 30])
def test_the_rate_ratio_covers_at_least_as_often_as_it_says_whatever_the_number_of_events(ratio, total):
    time1, time2 = 50, 400
    share = ratio * time1 / (ratio * time1 + time2)
    covered = 0.0
    for events in range(total + 1):
        told = estimate_rate_ratio(events, time1, total - events, time2)
        is_held = told.lower <= ratio <= told.upper
        covered += is_held * comb(total, events) * share**events * (1 - share) ** (total - events)
    assert covered >= 0.95


def coverage_within_persons(estimate, ratio: float) -> float:
    """Given everybody's number of events: each number of risk events, its probability, and whether its interval holds.

    The interval depends on how many events fall into risk windows and not on whose they are; they are dealt to
    persons in turn.
    """
    folded = np.array([1.0])
    for events, risk, control in WINDOWS:
        share = ratio * risk / (ratio * risk + control)
        folded = np.convolve(
            folded, [comb(events, k) * share**k * (1 - share) ** (events - k) for k in range(events + 1)]
        )
    covered = 0.0
    for in_risk, probability in enumerate(folded):
        left, rows = in_risk, []
        for events, risk, control in WINDOWS:
            taken = min(left, events)
            left -= taken
            rows.append(WindowCounts(taken, risk, events - taken, control))
        told = estimate(rows)
        covered += probability * (told.lower <= ratio <= told.upper)
    return covered


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_self_controlled_interval_covers_at_least_as_often_as_it_says(ratio):
    assert coverage_within_persons(estimate_self_controlled_ratio, ratio) >= 0.95


def test_mid_p_covers_less_often_than_it_says_at_some_ratio_and_about_as_often_on_average():
    covered = [
        coverage_within_persons(estimate_self_controlled_ratio_mid_p, ratio) for ratio in np.geomspace(0.2, 9, 40)
    ]
    assert min(covered) < 0.95
    assert np.mean(covered) == pytest.approx(0.955, abs=0.02)


def test_the_self_controlled_ratio_finds_back_a_ratio_of_3_whatever_the_rates_of_persons():
    draw = np.random.default_rng(7)
    held, logs = 0, []
    for _ in range(150):
        rates = draw.gamma(0.5, 0.02, size=80)
        risk, control = draw.integers(7, 29, size=80), draw.integers(60, 300, size=80)
        # Who has more events is treated sooner and has a shorter control time: this must not matter.
        control = np.where(rates > 0.01, control // 3 + 1, control)
        in_risk, outside = draw.poisson(3 * rates * risk), draw.poisson(rates * control)
        rows = zip(in_risk.tolist(), risk.tolist(), outside.tolist(), control.tolist(), strict=True)
        told = estimate_self_controlled_ratio([WindowCounts(*row) for row in rows])
        held += told.lower <= 3 <= told.upper
        logs.append(log(told.value))
    assert held / 150 >= 0.92
    assert exp(np.mean(logs)) == pytest.approx(3, rel=0.06)


@pytest.mark.parametrize("time", [30, 100, 200])
def test_the_interval_of_the_incidence_covers_about_as_often_as_it_says_among_sixty(time):
    # Response at 1/90 a day, stopping at 1/140: the incidence by then is known.
    response, stopping = 1 / 90, 1 / 140
    truth = response / (response + stopping) * (1 - exp(-(response + stopping) * time))
    draw, held, values = np.random.default_rng(time), 0, []
    for _ in range(600):
        first = draw.exponential(1 / response, 60), draw.exponential(1 / stopping, 60), draw.uniform(205, 500, 60)
        cause, end = np.argmin(first, axis=0), np.min(first, axis=0)
        told = estimate_incidence_by(
            derive_cumulative_incidence(*(end[cause == which].tolist() for which in range(3))), time=time
        )
        held += told.lower <= truth <= told.upper
        values.append(told.value)
    # The standard error of a coverage of 95 % in 600 draws is 0.9 %.
    assert held / 600 == pytest.approx(0.95, abs=0.025)
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
    draw, held, wrongly = np.random.default_rng(3), 0, 0
    for _ in range(500):
        times = draw.integers(3, 13, size=40).tolist()
        events = draw.poisson(draw.gamma(0.7, 0.3 / 0.7, size=40) * np.array(times)).tolist()
        robust, plain = estimate_rate_between_persons(events, times), estimate_rate(sum(events), sum(times))
        held += robust.lower <= 0.3 <= robust.upper
        wrongly += not plain.lower <= 0.3 <= plain.upper
    assert held / 500 == pytest.approx(0.93, abs=0.03)
    assert wrongly / 500 > 0.2
