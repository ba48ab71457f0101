"""Shares of the variance over all combinations of some factors: main effects, total effects, and the spread."""

from __future__ import annotations

from itertools import product
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.variance_shares import estimate_main_effect, estimate_spread, estimate_total_effect

SIZES = (2, 3, 2)
CELLS = list(product(*map(range, SIZES)))
NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=len(CELLS), max_size=len(CELLS))


def _levels(place: int) -> list[int]:
    return [cell[place] for cell in CELLS]


def _others(place: int) -> list[tuple[int, ...]]:
    return [(*cell[:place], *cell[place + 1 :]) for cell in CELLS]


def test_a_factor_that_alone_decides_has_all_of_the_variance():
    values = [10.0 * cell[1] for cell in CELLS]
    assert estimate_main_effect(values, _levels(1)).value == pytest.approx(1)
    assert estimate_total_effect(values, _others(1)).value == pytest.approx(1)
    assert estimate_main_effect(values, _levels(0)).value == pytest.approx(0)
    assert estimate_total_effect(values, _others(0)).value == pytest.approx(0)


def test_two_factors_that_act_only_together_have_no_main_effect_and_all_of_the_total_effect():
    cells = list(product((0, 1), (0, 1)))
    values = [float(one ^ other) for one, other in cells]
    assert estimate_main_effect(values, [one for one, _ in cells]).value == 0
    assert estimate_total_effect(values, [other for _, other in cells]).value == 1


def test_a_number_that_never_varies_has_no_shares_and_says_so():
    for found in (estimate_main_effect([3.0] * 12, _levels(0)), estimate_total_effect([3.0] * 12, _others(0))):
        assert found.value is None
        assert found.note == "the number is the same in every combination"
    assert estimate_main_effect([], []).value is None
    assert estimate_main_effect([1.0], [0]).value is None


def test_as_many_levels_as_values_are_asked_for():
    with pytest.raises(ValueError, match="zip"):
        estimate_main_effect([1.0, 2.0], [0])


@given(NUMBERS)
def test_shares_lie_between_0_and_1_main_effects_add_up_to_no_more_and_no_total_is_less_than_its_main(values):
    mains = [estimate_main_effect(values, _levels(place)).value for place in range(3)]
    totals = [estimate_total_effect(values, _others(place)).value for place in range(3)]
    if len(set(values)) == 1:
        assert mains == totals == [None, None, None]
        return
    assert all(0 <= share <= 1 for share in (*mains, *totals))
    assert sum(mains) <= 1 + 1e-9 <= sum(totals) + 2e-9
    assert all(main <= total + 1e-9 for main, total in zip(mains, totals, strict=True))


@given(NUMBERS)
def test_the_shares_are_those_of_the_variances_written_out(values):
    """The slow and obvious way: the variance of conditional means, and the mean of conditional variances."""
    if len(set(values)) == 1:
        return
    by_cell, whole = dict(zip(CELLS, values, strict=True)), pvariance(values)
    for place, size in enumerate(SIZES):
        means = [fmean(value for cell, value in by_cell.items() if cell[place] == level) for level in range(size)]
        assert estimate_main_effect(values, _levels(place)).value == pytest.approx(pvariance(means) / whole, abs=1e-9)
        left = [
            pvariance([value for cell, value in by_cell.items() if (*cell[:place], *cell[place + 1 :]) == others])
            for others in set(_others(place))
        ]
        assert estimate_total_effect(values, _others(place)).value == pytest.approx(fmean(left) / whole, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "share", "spread"),
    [
        ([5.0], 0.9, (5.0, 5.0, 5.0)),
        ([1.0, 2.0], 0.9, (1.5, 1.0, 2.0)),
        ([4.0] * 7, 0.9, (4.0, 4.0, 4.0)),
        (list(map(float, range(1, 101))), 0.9, (50.5, 5.0, 95.0)),
        (list(map(float, range(1, 22))), 0.9, (11.0, 2.0, 20.0)),
        (list(map(float, range(1, 11))), 0.8, (5.5, 1.0, 9.0)),
    ],
)
def test_the_spread_ends_at_numbers_that_come(values, share, spread):
    found = estimate_spread(list(reversed(values)), share)
    assert (found.value, found.lower, found.upper) == spread
    assert found.n == len(values)


def test_a_spread_over_nothing_has_no_number_and_a_share_beyond_1_is_refused():
    assert estimate_spread([]).value is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_spread([1.0], 1)
