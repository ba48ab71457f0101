"""Subgroups of a few persons, drawn towards what the subgroups have in common."""

from __future__ import annotations

import pytest

from refractory.statistics.shrinkage import derive_shrunken_proportions


def test_three_of_three_and_six_of_six_are_no_longer_certain_and_the_larger_stays_nearer_to_all():
    found = derive_shrunken_proportions([3, 6, 10, 12], [3, 6, 15, 18])
    three, six, ten, twelve = (one.value for one in found.shrunken)
    assert [one.value for one in found.raw[:2]] == [1, 1]
    assert ten < three < six < 1
    assert abs(ten - twelve) < 0.02
    assert found.raw[1].upper == 1 > found.shrunken[1].upper


def test_all_responders_in_every_subgroup_stay_below_one_and_above_one_half():
    found = derive_shrunken_proportions([3, 6], [3, 6])
    assert all(0.8 < one.value < 1 and one.lower > 0.4 for one in found.shrunken)


def test_nobody_who_responded_mirrors_everybody():
    none, all_of_them = derive_shrunken_proportions([0, 0], [3, 6]), derive_shrunken_proportions([3, 6], [3, 6])
    for low, high in zip(none.shrunken, all_of_them.shrunken, strict=True):
        assert low.value == pytest.approx(1 - high.value)
        assert low.lower == pytest.approx(1 - high.upper, abs=1e-9)


def test_a_subgroup_without_persons_has_the_rate_of_a_further_one():
    found = derive_shrunken_proportions([8, 5, 0], [10, 9, 0])
    assert found.raw[2].value is None
    assert found.shrunken[2].value == pytest.approx(found.further.value)
    assert found.shrunken[2].upper - found.shrunken[2].lower > found.shrunken[0].upper - found.shrunken[0].lower


def test_a_large_subgroup_keeps_its_own_rate():
    found = derive_shrunken_proportions([900, 1], [1000, 4])
    assert found.shrunken[0].value == pytest.approx(0.9, abs=0.002)
    assert 0.3 < found.shrunken[1].value < 0.6


def test_subgroups_that_differ_plainly_are_hardly_drawn_together_and_are_told_to_differ():
    apart = derive_shrunken_proportions([19, 1, 18], [20, 20, 20])
    alike = derive_shrunken_proportions([16, 15, 16], [20, 20, 20])
    assert apart.shrunken[1].value < 0.12
    assert apart.likeness.value > 0.3 > alike.likeness.value
    assert apart.heterogeneity.p_value < 1e-6
    assert alike.heterogeneity.p_value > 0.5


@pytest.mark.parametrize(
    ("responders", "evaluable", "said"),
    [([], [], "for each subgroup"), ([1], [1, 2], "for each subgroup"), ([3], [2], "cannot be counted among 2")],
)
def test_counts_that_do_not_fit_are_refused(responders, evaluable, said):
    with pytest.raises(ValueError, match=said):
        derive_shrunken_proportions(responders, evaluable)
