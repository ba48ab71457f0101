"""Laws of proportions and of their differences."""

from __future__ import annotations

from functools import cache
from itertools import chain
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.proportions import PROPORTION_METHODS, estimate_difference, estimate_proportion

METHODS = sorted(PROPORTION_METHODS)
levels = st.floats(0.5, 0.999)


@st.composite
def groups(draw, most=200):
    persons = draw(st.integers(1, most))
    return draw(st.integers(0, persons)), persons


@cache
def intervals(persons: int, method: str) -> list[tuple[float, float]]:
    estimates = [PROPORTION_METHODS[method](responders, persons) for responders in range(persons + 1)]
    return [(estimate.lower, estimate.upper) for estimate in estimates]


def coverage(persons: int, rate: float, method: str) -> float:
    return sum(
        comb(persons, responders) * rate**responders * (1 - rate) ** (persons - responders)
        for responders, (lower, upper) in enumerate(intervals(persons, method))
        if lower <= rate <= upper
    )


def rates_beside_every_end(persons: int, method: str) -> list[float]:
    """Coverage is lowest just beyond an end of an interval: between two ends it has no minimum inside."""
    return sorted(
        rate for end in chain(*intervals(persons, method)) for rate in (end - 1e-9, end + 1e-9) if 0 <= rate <= 1
    )


@pytest.mark.parametrize("persons", range(1, 31))
def test_clopper_pearson_covers_at_least_as_often_as_it_says_at_every_rate(persons):
    rates = rates_beside_every_end(persons, "Clopper-Pearson")
    assert min(coverage(persons, rate, "Clopper-Pearson") for rate in rates) >= 0.95


@pytest.mark.parametrize("method", ["Wilson", "Jeffreys", "mid-P"])
def test_the_other_intervals_cover_less_often_than_they_say_at_some_rate_and_about_as_often_on_average(method):
    worst = min(coverage(20, rate, method) for rate in rates_beside_every_end(20, method))
    average = sum(coverage(20, (k + 0.5) / 200, method) for k in range(200)) / 200
    assert worst < 0.95
    assert average == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("method", METHODS)
@given(counts=groups(), level=levels)
def test_an_interval_lies_within_0_and_1_and_holds_the_proportion(method, counts, level):
    estimate = PROPORTION_METHODS[method](*counts, level=level)
    assert 0 <= estimate.lower <= estimate.value <= estimate.upper <= 1


@pytest.mark.parametrize("method", METHODS)
@given(counts=groups(), level=levels)
def test_counting_those_without_a_response_mirrors_the_interval(method, counts, level):
    responders, persons = counts
    estimate = PROPORTION_METHODS[method](responders, persons, level=level)
    mirrored = PROPORTION_METHODS[method](persons - responders, persons, level=level)
    assert mirrored.lower == pytest.approx(1 - estimate.upper, abs=1e-14)
    assert mirrored.upper == pytest.approx(1 - estimate.lower, abs=1e-14)


@pytest.mark.parametrize("method", METHODS)
@given(counts=groups(), level=st.floats(0.5, 0.99))
def test_a_higher_level_never_gives_a_narrower_interval(method, counts, level):
    estimate = PROPORTION_METHODS[method](*counts, level=level)
    surer = PROPORTION_METHODS[method](*counts, level=level + 0.005)
    assert surer.lower <= estimate.lower
    assert surer.upper >= estimate.upper


@pytest.mark.parametrize("method", METHODS)
@given(counts=groups())
def test_one_responder_more_never_lowers_an_end(method, counts):
    responders, persons = counts
    estimate = PROPORTION_METHODS[method](responders, persons + 1)
    more = PROPORTION_METHODS[method](responders + 1, persons + 1)
    assert more.lower >= estimate.lower
    assert more.upper >= estimate.upper


@given(counts=groups())
def test_clopper_pearson_holds_the_mid_p_interval(counts):
    exact, shorter = estimate_proportion(*counts), PROPORTION_METHODS["mid-P"](*counts)
    assert exact.lower <= shorter.lower + 1e-12
    assert exact.upper >= shorter.upper - 1e-12


@given(first=groups(), second=groups(), level=levels)
def test_swapping_the_groups_flips_the_sign_of_the_difference(first, second, level):
    there, back = estimate_difference(*first, *second, level=level), estimate_difference(*second, *first, level=level)
    assert (back.value, back.lower, back.upper) == pytest.approx((-there.value, -there.upper, -there.lower), abs=1e-14)


@given(first=groups(), second=groups(), level=levels)
def test_the_interval_of_a_difference_lies_within_minus_1_and_1_and_holds_the_difference(first, second, level):
    estimate = estimate_difference(*first, *second, level=level)
    assert -1 <= estimate.lower <= estimate.value <= estimate.upper <= 1
