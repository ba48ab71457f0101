"""Laws of adjusted P values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg, adjust_by_holm

families = st.lists(st.floats(0, 1), min_size=1, max_size=12)
ADJUSTMENTS = [adjust_by_holm, adjust_by_benjamini_hochberg]


@pytest.mark.parametrize("adjust", ADJUSTMENTS)
@given(p_values=families)
def test_adjusting_never_lowers_a_p_value_never_exceeds_1_and_keeps_their_order(adjust, p_values):
    adjusted = adjust(p_values)
    # One unit in the last place: p * n / n need not be p.
    assert all(p * (1 - 1e-15) <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    in_order = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert in_order == sorted(in_order)


@pytest.mark.parametrize("adjust", ADJUSTMENTS)
@given(p_values=families, order=st.randoms())
def test_the_order_of_the_tests_never_matters(adjust, p_values, order):
    places = list(range(len(p_values)))
    order.shuffle(places)
    adjusted = adjust(p_values)
    assert adjust([p_values[place] for place in places]) == tuple(adjusted[place] for place in places)


@given(p_values=families)
def test_holm_is_at_least_benjamini_hochberg_and_at_most_bonferroni(p_values):
    for p, holm, hochberg in zip(
        p_values, adjust_by_holm(p_values), adjust_by_benjamini_hochberg(p_values), strict=True
    ):
        assert hochberg * (1 - 1e-15) <= holm <= min(1, p * len(p_values))


@pytest.mark.parametrize("adjust", ADJUSTMENTS)
@given(p_values=families, place=st.integers(0, 12))
def test_a_test_that_could_not_be_done_changes_no_other(adjust, p_values, place):
    place = min(place, len(p_values))
    adjusted = adjust([*p_values[:place], None, *p_values[place:]])
    assert adjusted[place] is None
    assert adjusted[:place] + adjusted[place + 1 :] == adjust(p_values)
