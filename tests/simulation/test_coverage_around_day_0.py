"""Do the intervals around day 0 hold the truth as often as they say, also where their model is wrong?"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from refractory.statistics.paired_proportions import estimate_mcnemar, estimate_paired_difference
from refractory.statistics.regression_to_mean import find_regression_to_mean
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.segments import fit_projections, fit_segments
from refractory.statistics.trajectory import estimate_mean_by_t

BEFORE, JUMP, AFTER = -0.5, -6.0, -0.8


def _draw_persons(draw, persons: int, *, slopes: float, memory: float) -> list[list[tuple[float, float]]]:
    """Persons with one to four visits on either side, slopes of their own, and errors that remember the one before."""
    found = []
    for place in range(persons):
        before, after = draw.integers(2 if place < 6 else 1, 5, 2)
        times = [*-draw.uniform(0, 12, before), *draw.uniform(0.3, 12, after)]
        level, own = draw.normal(25, 7), draw.normal(0, slopes)
        error, values = draw.normal(0, 2.5), []
        for time in sorted(times):
            error = memory * error + draw.normal(0, 2.5 * (1 - memory**2) ** 0.5)
            line = BEFORE * time if time <= 0 else JUMP + AFTER * time
            values.append((float(time), float(level + own * time + line + error)))
        found.append(values)
    return found


@pytest.mark.parametrize(
    ("persons", "slopes", "memory", "draws"),
    [(12, 0.0, 0.0, 250), (12, 0.4, 0.5, 250), (42, 0.4, 0.5, 150)],
    ids=["12 persons", "12 persons whose slopes differ", "42 persons whose slopes differ"],
)
def test_slopes_jump_and_change_are_held_though_the_model_knows_nothing_of_own_slopes_and_memory(
    persons, slopes, memory, draws
):
    draw = np.random.default_rng(persons)
    truth = {"before": BEFORE, "after": AFTER, "level": JUMP, "change": AFTER - BEFORE, "within": BEFORE}
    held = dict.fromkeys(truth, 0)
    for _ in range(draws):
        found = fit_segments(_draw_persons(draw, persons, slopes=slopes, memory=memory))
        for name, value in truth.items():
            one = getattr(found, name)
            held[name] += one.lower <= value <= one.upper
    # The standard error of a coverage of 95 % is 1.4 % in 250 draws and 1.8 % in 150.
    assert all(count / draws >= 0.91 for count in held.values()), held
    assert sum(held.values()) / draws / len(held) == pytest.approx(0.95, abs=0.025)


def test_the_distance_from_a_trend_that_goes_on_is_nothing_as_often_as_the_interval_says():
    draw, held, draws = np.random.default_rng(5), 0, 200
    for _ in range(draws):
        before, then = [], []
        for _ in range(20):
            level, own = draw.normal(25, 7), draw.normal(BEFORE, 0.3)
            times = -np.sort(draw.uniform(0, 12, draw.integers(1, 4)))
            before.append([(float(time), float(level + own * time + draw.normal(0, 2.5))) for time in times])
            seen = draw.random() < 0.7
            then.append((6.0, float(level + own * 6 + draw.normal(0, 2.5))) if seen else None)
        (found,) = fit_projections(before, [6], [then])
        held += found.difference.lower <= 0 <= found.difference.upper
    assert held / draws == pytest.approx(0.95, abs=0.035)


def test_an_interval_of_least_squares_that_forgets_who_is_who_would_not_hold():
    """The yardstick: among 12 persons with own slopes the plain interval of the slope is far too short."""
    draw, held = np.random.default_rng(12), 0
    for _ in range(200):
        rows = [point for points in _draw_persons(draw, 12, slopes=0.8, memory=0.5) for point in points]
        x = np.array([[1, time, time > 0, time * (time > 0)] for time, _ in rows], dtype=float)
        y = np.array([value for _, value in rows])
        inverse = np.linalg.inv(x.T @ x)
        found = inverse @ x.T @ y
        spread = ((y - x @ found) ** 2).sum() / (len(y) - 4)
        held += abs(found[1] - BEFORE) <= 2 * (spread * inverse[1, 1]) ** 0.5
    assert held / 200 < 0.93


def test_the_interval_of_a_reliability_is_held_in_ten_and_in_forty_pairs():
    draw = np.random.default_rng(3)
    for persons, truth in ((10, 0.9), (40, 0.7)):
        held = 0
        for _ in range(400):
            levels = draw.normal(25, truth**0.5, persons)
            pairs = [tuple(level + draw.normal(0, (1 - truth) ** 0.5, 2)) for level in levels]
            found = estimate_reliability(pairs)
            held += found.lower <= truth <= found.upper
        # The standard error of 95 % in 400 draws is 1.1 %.
        assert held / 400 == pytest.approx(0.95, abs=0.033)


def test_what_was_worse_at_baseline_than_before_is_what_chance_gives_back():
    """Of persons chosen for a score of 24 the rise from the earlier visit is the fall that Davis' formula says."""
    draw = np.random.default_rng(4)
    levels = draw.normal(20, 8 * 0.8**0.5, 60_000)
    earlier, baseline, later = (levels + draw.normal(0, 8 * 0.2**0.5, levels.size) for _ in range(3))
    chosen = baseline >= 24
    expected = find_regression_to_mean(20, 8, reliability=0.8, cutoff=24).fall
    assert np.mean((baseline - earlier)[chosen]) == pytest.approx(expected, abs=0.1)
    assert np.mean((baseline - later)[chosen]) == pytest.approx(expected, abs=0.1)
    # In 30 of them the interval of what is left, the earlier visit less the later one, holds nothing.
    held, places = 0, np.flatnonzero(chosen)
    for _ in range(400):
        some = draw.choice(places, 30, replace=False)
        left = estimate_mean_by_t(list((earlier - later)[some]))
        held += left.lower <= 0 <= left.upper
    assert held / 400 == pytest.approx(0.95, abs=0.033)


def _chances(n: int, first: float, second: float, together: float):
    """The probability of each table of n pairs, counted out."""
    cells = (together, first - together, second - together, 1 - first - second + together)
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                d = n - a - b - c
                ways = comb(n, a) * comb(n - a, b) * comb(n - a - b, c)
                yield (a, b, c, d), ways * np.prod([cell**k for cell, k in zip(cells, (a, b, c, d), strict=True)])


@pytest.mark.parametrize(("first", "second", "together"), [(0.8, 0.2, 0.15), (0.5, 0.5, 0.4), (0.9, 0.6, 0.55)])
def test_the_interval_of_a_paired_difference_is_held_among_17_pairs_and_the_test_keeps_its_level(
    first, second, together
):
    held = rejected = 0.0
    for four, chance in _chances(17, first, second, together):
        found = estimate_paired_difference(*four)
        held += chance * (found.lower - 1e-9 <= first - second <= found.upper + 1e-9)
        rejected += chance * ((estimate_mcnemar(four[1], four[2]).p_value or 1.0) <= 0.05)
    assert held >= 0.93
    assert first != second or rejected <= 0.05
