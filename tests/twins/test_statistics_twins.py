"""The slow and obvious version of agreement, incidence and self-controlled ratios, written from their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from math import comb, inf

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from refractory.statistics.agreement import (
    build_linear_weights,
    build_quadratic_weights,
    estimate_ac1,
    estimate_kappa,
    estimate_weighted_kappa,
)
from refractory.statistics.competing import derive_cumulative_incidence
from refractory.statistics.krippendorff import (
    estimate_alpha_interval,
    estimate_alpha_nominal,
    estimate_alpha_ordinal,
)
from refractory.statistics.self_controlled import WindowCounts, estimate_self_controlled_ratio

cells = st.lists(st.integers(0, 12), min_size=9, max_size=9).filter(lambda counts: sum(counts) > 1)
rated = st.lists(st.lists(st.none() | st.integers(1, 4), min_size=3, max_size=3), min_size=1, max_size=8)
times = st.lists(st.integers(1, 9), max_size=12)
persons = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 30), st.integers(0, 2), st.integers(1, 90)), min_size=1, max_size=4
)


def kappa_of_shares(shares: np.ndarray, weights: np.ndarray) -> float:
    """Credit of each pair that was seen, against that of each first rating with each second one."""
    size = len(shares)
    seen = sum(weights[i, j] * shares[i, j] for i in range(size) for j in range(size))
    drawn = sum(
        weights[i, j] * shares[i, k] * shares[h, j] for i in range(size) for j in range(size)
        for k in range(size) for h in range(size)
    )  # fmt: skip
    return (seen - drawn) / (1 - drawn)


def ac1_of_shares(shares: np.ndarray) -> float:
    """Agreement, against both being unsure and meeting by luck."""
    given_at_all = [(shares[k, :].sum() + shares[:, k].sum()) / 2 for k in range(len(shares))]
    by_luck = sum(share * (1 - share) for share in given_at_all) / (len(shares) - 1)
    return (np.trace(shares) - by_luck) / (1 - by_luck)


def delta_method_error(value, shares: np.ndarray, n: int) -> float:
    """Standard error of a function of multinomial shares, its slopes taken by moving each share a little."""
    step = 1e-6
    slopes = np.zeros(shares.shape)
    for place in np.ndindex(*shares.shape):
        moved = np.zeros(shares.shape)
        moved[place] = step
        slopes[place] = (value(shares + moved) - value(shares - moved)) / (2 * step)
    variance = (shares * slopes**2).sum() - (shares * slopes).sum() ** 2
    return float(np.sqrt(max(variance, 0) / n))


@settings(max_examples=40)
@given(counts=cells, build=st.sampled_from([None, build_linear_weights, build_quadratic_weights]))
def test_kappa_is_that_of_drawing_ratings_and_its_error_that_of_moving_each_share(counts, build):
    n, table = sum(counts), [counts[0:3], counts[3:6], counts[6:9]]
    weights = np.eye(3) if build is None else np.array(build(3))
    ours = estimate_kappa(table) if build is None else estimate_weighted_kappa(table, weights=build(3))
    assume(ours.lower is not None)
    shares = np.array(table) / n
    assert ours.value == pytest.approx(kappa_of_shares(shares, weights), abs=1e-9)
    # A moved share makes them add up to a little more than 1; what all slopes have in common cancels.
    error = delta_method_error(lambda moved: kappa_of_shares(moved, weights), shares, n)
    half_width = norm.ppf(0.975) * error
    assert ours.lower == pytest.approx(max(-1, ours.value - half_width), abs=1e-5)
    assert ours.upper == pytest.approx(min(1, ours.value + half_width), abs=1e-5)


@settings(max_examples=40)
@given(counts=cells)
def test_ac1_is_that_of_its_definition_and_its_error_that_of_moving_each_share(counts):
    n, table = sum(counts), [counts[0:3], counts[3:6], counts[6:9]]
    ours, shares = estimate_ac1(table), np.array(table) / n
    assert ours.value == pytest.approx(ac1_of_shares(shares), abs=1e-9)
    assume(ours.lower is not None)
    half_width = t.ppf(0.975, n - 1) * delta_method_error(ac1_of_shares, shares, n)
    assert ours.lower == pytest.approx(max(-1, ours.value - half_width), abs=1e-5)
    assert ours.upper == pytest.approx(min(1, ours.value + half_width), abs=1e-5)


def alpha_by_pairs(rows, distance) -> float | None:
    """All pairs of ratings of one thing, against all pairs of ratings there are."""
    kept = [[rating for rating in row if rating is not None] for row in rows]
    kept = [row for row in kept if len(row) > 1]
    everything = [rating for row in kept for rating in row]
    if not everything:
        return None
    seen = sum(
        Fraction(distance(one, other, everything), len(row) - 1) for row in kept for one, other in permutations(row, 2)
    ) / len(everything)
    pairs = list(permutations(everything, 2))
    drawn = sum(Fraction(distance(one, other, everything)) for one, other in pairs) / len(pairs)
    return float(1 - seen / drawn) if drawn else None


def ordinal_distance(one, other, everything) -> Fraction:
    low, high = sorted((one, other))
    between = sum(low <= rating <= high for rating in everything)
    return (between - Fraction(everything.count(low) + everything.count(high), 2)) ** 2


@given(rows=rated)
def test_alpha_is_that_of_all_pairs(rows):
    for estimate, distance in (
        (estimate_alpha_nominal, lambda one, other, everything: int(one != other)),
        (estimate_alpha_ordinal, ordinal_distance),
        (estimate_alpha_interval, lambda one, other, everything: (one - other) ** 2),
    ):
        known = alpha_by_pairs(rows, distance)
        assert estimate(rows).value == (None if known is None else pytest.approx(known, abs=1e-9))


def incidence_by_weights(events, competing, censored, time) -> float:
    """Each event counts for itself and for those who would have had it then, had they not been lost from sight."""
    everybody = [*events, *competing, *censored]
    total = 0.0
    for event in (one for one in events if one <= time):
        still_seen = 1.0
        for lost in sorted({one for one in censored if one < event}):
            # At the time of a loss, events of that time have come before it.
            exposed = sum(one >= lost for one in everybody) - events.count(lost) - competing.count(lost)
            still_seen *= 1 - censored.count(lost) / exposed
        total += 1 / still_seen
    return total / len(everybody)


def incidence_error(events, competing, censored, time) -> float:
    """The delta method over the shares that leave by either event at each time, taken as three-way draws."""
    everybody = [*events, *competing, *censored]
    moments = sorted({one for one in (*events, *competing) if one <= time})
    at_risk = [sum(one >= moment for one in everybody) for moment in moments]
    first = [events.count(moment) / n for moment, n in zip(moments, at_risk, strict=True)]
    second = [competing.count(moment) / n for moment, n in zip(moments, at_risk, strict=True)]

    def incidence(first, second) -> float:
        free, reached = 1.0, 0.0
        for one, other in zip(first, second, strict=True):
            reached += free * one
            free *= 1 - one - other
        return reached

    variance, step = 0.0, 1e-6
    for place, n in enumerate(at_risk):
        slopes = []
        for which in (0, 1):
            ends = []
            for sign in (1, -1):
                moved = [list(first), list(second)]
                moved[which][place] += sign * step
                ends.append(incidence(*moved))
            slopes.append((ends[0] - ends[1]) / (2 * step))
        shares = (first[place], second[place])
        mean = sum(share * slope for share, slope in zip(shares, slopes, strict=True))
        variance += (sum(share * slope**2 for share, slope in zip(shares, slopes, strict=True)) - mean**2) / n
    return float(np.sqrt(max(variance, 0)))


@settings(max_examples=60)
@given(times, times, times)
def test_the_incidence_is_that_of_weighing_events_for_those_lost_before_and_its_error_that_of_moving_each_share(
    events, competing, censored
):
    for step in derive_cumulative_incidence(events, competing, censored).steps:
        assert step.incidence == pytest.approx(incidence_by_weights(events, competing, censored, step.time), abs=1e-9)
        if step.lower is None or step.upper is None:
            continue
        without = 1 - step.incidence
        spread = norm.ppf(0.975) * incidence_error(events, competing, censored, step.time)
        spread = np.exp(spread / (without * -np.log(without)))
        assert step.lower == pytest.approx(1 - without ** (1 / spread), abs=1e-5)
        assert step.upper == pytest.approx(1 - without**spread, abs=1e-5)


def tail_by_listing(rows, ratio: float, observed: int) -> tuple[float, float]:
    """Probability of at most, and of at least, so many risk events, over every way to place each person's events."""
    at_most = at_least = 0.0
    for placed in product(*(range(risk + control + 1) for risk, _, control, _ in rows)):
        probability = 1.0
        for in_risk, (risk, risk_days, control, control_days) in zip(placed, rows, strict=True):
            share = ratio * risk_days / (ratio * risk_days + control_days)
            whole = risk + control
            probability *= comb(whole, in_risk) * share**in_risk * (1 - share) ** (whole - in_risk)
        at_most += probability * (sum(placed) <= observed)
        at_least += probability * (sum(placed) >= observed)
    return at_most, at_least


@settings(max_examples=60)
@given(persons)
def test_at_the_ends_of_the_self_controlled_interval_the_listed_tails_are_a_fortieth(rows):
    ours = estimate_self_controlled_ratio([WindowCounts(*row) for row in rows])
    assume(ours.value is not None)
    observed = sum(row[0] for row in rows)
    if ours.lower > 0:
        assert tail_by_listing(rows, ours.lower, observed)[1] == pytest.approx(0.025, rel=1e-6)
    if ours.upper < inf:
        assert tail_by_listing(rows, ours.upper, observed)[0] == pytest.approx(0.025, rel=1e-6)
    assert ours.p_value == pytest.approx(min(1, 2 * min(tail_by_listing(rows, 1.0, observed))), rel=1e-6)


@settings(max_examples=60)
@given(persons)
def test_the_self_controlled_ratio_makes_what_was_seen_most_probable(rows):
    ours = estimate_self_controlled_ratio([WindowCounts(*row) for row in rows])
    assume(ours.value is not None and 0 < ours.value < inf)

    def likelihood(ratio: float) -> float:
        return float(
            sum(
                risk * np.log(ratio) - (risk + control) * np.log(ratio * risk_days + control_days)
                for risk, risk_days, control, control_days in rows
            )
        )

    best = likelihood(ours.value)
    assert all(likelihood(ours.value * factor) < best for factor in (0.5, 0.99, 1.01, 2))
