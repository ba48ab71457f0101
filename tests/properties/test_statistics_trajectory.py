"""Laws of trajectories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.trajectory import derive_change_from_baseline, derive_trajectory

PERSONS = 7
scores = st.lists(st.none() | st.integers(0, 100), min_size=PERSONS, max_size=PERSONS)


def numbers(estimate):
    return [
        None if end is None else pytest.approx(end, abs=1e-9)
        for end in (estimate.value, estimate.lower, estimate.upper)
    ]


@given(scores, scores, st.integers(-50, 50))
def test_adding_the_same_to_every_score_moves_the_means_and_not_the_changes(baseline, later, shift):
    moved = [[None if score is None else score + shift for score in row] for row in (baseline, later)]
    (change,) = derive_change_from_baseline(baseline, [90], [later])
    (same,) = derive_change_from_baseline(moved[0], [90], [moved[1]])
    assert numbers(same.mean) == numbers(change.mean)
    assert numbers(same.shift) == numbers(change.shift)
    (point,), (higher,) = derive_trajectory([90], [later]), derive_trajectory([90], [moved[1]])
    if point.n:
        assert higher.mean.value == pytest.approx(point.mean.value + shift)


@given(scores, scores)
def test_the_change_back_is_the_change_with_its_sign_turned(baseline, later):
    (there,), (back,) = (
        derive_change_from_baseline(baseline, [90], [later]),
        derive_change_from_baseline(later, [90], [baseline]),
    )
    turned = [None if end is None else -end for end in (back.mean.value, back.mean.upper, back.mean.lower)]
    assert numbers(there.mean) == [None if end is None else pytest.approx(end, abs=1e-9) for end in turned]
    assert there.test.p_value == back.test.p_value


@given(scores, scores, st.integers(0, PERSONS))
def test_a_person_who_was_never_measured_changes_nothing(baseline, later, place):
    def add(row):
        return [*row[:place], None, *row[place:]]

    assert derive_trajectory([0, 90], [baseline, later]) == derive_trajectory([0, 90], [add(baseline), add(later)])
    assert derive_change_from_baseline(baseline, [90], [later]) == derive_change_from_baseline(
        add(baseline), [90], [add(later)]
    )


@given(scores, scores)
def test_the_change_at_baseline_is_0(baseline, later):
    first, _ = derive_change_from_baseline(baseline, [0, 90], [baseline, later])
    assert first.n == sum(score is not None for score in baseline)
    assert first.mean.value in (0, None)
