"""Laws of lines before and after time 0, of pairs of answers, and of pairs of measurements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from refractory.statistics.paired_proportions import estimate_mcnemar, estimate_paired_difference
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.segments import fit_projections, fit_segments

few = settings(max_examples=40, deadline=None)
counts = st.tuples(*[st.integers(0, 25)] * 4)


@st.composite
def persons(draw):
    """Six persons or more with three values before time 0 and two after it, in whole numbers."""
    number = draw(st.integers(6, 10))
    found = []
    for _ in range(number):
        before = sorted(draw(st.lists(st.integers(-12, 0), min_size=3, max_size=3, unique=True)))
        after = sorted(draw(st.lists(st.integers(1, 12), min_size=2, max_size=2, unique=True)))
        values = draw(st.lists(st.integers(0, 40), min_size=5, max_size=5))
        found.append([(float(time), float(value)) for time, value in zip([*before, *after], values, strict=True)])
    return found


def _told(found):
    return [(one.value, one.lower, one.upper) for one in (found.before, found.after, found.level, found.change)]


def _close(one, other):
    assert one == pytest.approx(other, rel=1e-4, abs=1e-4)


@few
@given(persons(), st.integers(-5, 5))
def test_an_earlier_trend_that_is_added_is_found_as_that_much_more(people, slope):
    """A slope that goes through all values moves both slopes and neither the jump nor the change of slope."""
    tilted = [[(time, value + slope * time) for time, value in points] for points in people]
    before, after, level, change = _told(fit_segments(people))
    moved = [tuple(number + slope for number in one) for one in (before, after)]
    for one, other in zip(_told(fit_segments(tilted)), [*moved, level, change], strict=True):
        _close(one, other)


@few
@given(persons(), st.integers(-9, 9))
def test_a_jump_that_is_added_after_time_0_is_found_and_nothing_else_moves(people, jump):
    jumped = [[(time, value + jump * (time > 0)) for time, value in points] for points in people]
    before, after, level, change = _told(fit_segments(people))
    for one, other in zip(
        _told(fit_segments(jumped)), [before, after, tuple(number + jump for number in level), change], strict=True
    ):
        _close(one, other)


@few
@given(persons(), st.lists(st.integers(-50, 50), min_size=10, max_size=10), st.randoms())
def test_the_level_of_a_person_and_the_order_of_persons_tell_nothing_within_persons(people, levels, random):
    raised = [[(time, value + level) for time, value in points] for points, level in zip(people, levels, strict=False)]
    random.shuffle(raised)
    one, other = fit_segments(people).within, fit_segments(raised).within
    _close((one.value, one.lower, one.upper), (other.value, other.lower, other.upper))


@few
@given(persons())
def test_more_is_better_turned_round_is_less_is_better(people):
    turned = fit_segments([[(time, -value) for time, value in points] for points in people])
    for one, (value, lower, upper) in zip(_told(turned), _told(fit_segments(people)), strict=True):
        _close(one, (-value, -upper, -lower))


@few
@given(persons())
def test_the_difference_from_the_projection_is_what_was_less_what_the_line_says(people):
    before = [[point for point in points if point[0] <= 0] for points in people]
    then = [[(4.0, points[-1][1]) for points in people]]
    (found,) = fit_projections(before, [4], then)
    assert found.difference.value == pytest.approx(found.observed.value - found.projected.value, abs=1e-6)
    assert found.difference.lower <= found.difference.value <= found.difference.upper


@given(counts)
def test_the_exact_test_of_pairs_is_a_binomial_test_of_those_who_differ(four):
    _, first, second, _ = four
    found = estimate_mcnemar(first, second).p_value
    known = stats.binomtest(first, first + second).pvalue if first + second else None
    assert found == pytest.approx(known)


@given(counts)
def test_changing_the_two_answers_over_turns_the_difference_round(four):
    both, first, second, neither = four
    one = estimate_paired_difference(both, first, second, neither)
    other = estimate_paired_difference(both, second, first, neither)
    if one.value is None:
        assert other.value is None
        return
    assert (one.value, one.lower, one.upper) == pytest.approx((-other.value, -other.upper, -other.lower))
    assert -1 - 1e-9 <= one.lower <= one.value <= one.upper <= 1 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=20), st.integers(1, 9))
def test_a_reliability_has_no_unit_and_does_not_mind_which_measurement_came_first(pairs, factor):
    found = estimate_reliability(pairs)
    scaled = estimate_reliability([(factor * other + 7, factor * one + 7) for one, other in pairs])
    if found.value is None:
        assert scaled.value is None
        return
    assert scaled.value == pytest.approx(found.value, abs=1e-9)
    assert -1 - 1e-9 <= found.lower <= found.value + 1e-9
    assert found.value - 1e-9 <= found.upper <= 1 + 1e-9
