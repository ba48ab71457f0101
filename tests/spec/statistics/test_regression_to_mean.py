"""How far a score falls by chance alone in those who were chosen because it was high."""

from __future__ import annotations

import pytest

from refractory.statistics.regression_to_mean import (
    find_fall_of_these,
    find_regression_to_mean,
    find_share_falling,
    find_share_falling_by_part,
)


def test_a_score_without_error_does_not_fall():
    found = find_regression_to_mean(20, 8, reliability=1, cutoff=25)
    assert found.fall == 0
    assert found.later == found.baseline > 25


def test_a_score_that_is_all_error_falls_back_to_the_mean():
    found = find_regression_to_mean(20, 8, reliability=0, cutoff=25)
    assert found.later == 20
    assert found.fall == pytest.approx(found.baseline - 20)


def test_a_cutoff_at_the_mean_chooses_half_and_lifts_baseline_by_0_798_standard_deviations():
    found = find_regression_to_mean(20, 10, reliability=0.5, cutoff=20)
    assert found.share_chosen == 0.5
    assert found.baseline == pytest.approx(20 + 10 * 0.7978845608)
    assert found.fall == pytest.approx(10 * 0.7978845608 / 2)


def test_a_cutoff_far_below_chooses_everybody_and_nothing_falls():
    found = find_regression_to_mean(20, 8, reliability=0.5, cutoff=-1000)
    assert (found.share_chosen, found.baseline, found.fall) == (1, 20, 0)


def test_a_baseline_of_many_measurements_hardly_falls():
    falls = [find_regression_to_mean(20, 8, reliability=0.6, cutoff=25, baselines=m).fall for m in (1, 2, 4, 1000)]
    assert falls == sorted(falls, reverse=True)
    assert falls[-1] < 0.02


def test_persons_at_the_mean_are_not_expected_to_move():
    assert find_fall_of_these([18, 22], mean=20, reliability=0.3) == 0


def test_persons_below_the_mean_are_expected_to_rise():
    assert find_fall_of_these([10], mean=20, reliability=0.5) == -5


def test_a_score_without_error_meets_no_rule_of_falling_by_chance():
    assert find_share_falling(20, 8, reliability=1, cutoff=25, fall=1e-6) == 0
    # A fall of 0 is met by a score that stays.
    assert find_share_falling(20, 8, reliability=1, cutoff=25, fall=0) == 1


def test_two_unlike_measurements_of_everybody_fall_as_often_as_they_rise():
    assert find_share_falling(20, 8, reliability=0.7, cutoff=-1000, fall=0) == pytest.approx(0.5, abs=1e-9)


def test_a_larger_part_is_met_less_often():
    shares = [find_share_falling_by_part(20, 8, reliability=0.7, cutoff=20, part=part) for part in (0.2, 0.4, 0.5)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sd": 0}, "spread is positive"),
        ({"reliability": 1.2}, "reliability"),
        ({"cutoff": 1e4}, "nobody reaches"),
        ({"baselines": 0}, "at least one measurement"),
        ({"mean": float("nan")}, "finite"),
    ],
)
def test_a_population_that_cannot_be_is_refused(changed, said):
    population = {"mean": 20, "sd": 8, "reliability": 0.7, "cutoff": 25, **changed}
    with pytest.raises(ValueError, match=said):
        find_regression_to_mean(population.pop("mean"), population.pop("sd"), **population)


def test_a_part_of_a_negative_baseline_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        find_share_falling_by_part(20, 8, reliability=0.7, cutoff=-1, part=0.4)


def test_the_fall_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one baseline"):
        find_fall_of_these([], mean=20, reliability=0.5)
