"""One proportion of several sites that share only counts."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from refractory.statistics.pooling import (
    ALL_ALIKE,
    NOBODY,
    ONE_SITE,
    TOO_FEW_TO_PREDICT,
    TWO_SITES,
    derive_pooled_proportion,
)
from refractory.statistics.proportions import estimate_proportion


def test_one_site_has_its_own_proportion_and_clopper_and_pearsons_interval_and_says_that_it_is_one():
    found = derive_pooled_proportion([13], [15])
    alone = estimate_proportion(13, 15)
    assert (found.pooled.value, found.pooled.lower, found.pooled.upper) == (alone.value, alone.lower, alone.upper)
    assert found.pooled.note == ONE_SITE
    assert found.spread.value is None
    assert found.further.lower is None


def test_a_site_without_persons_changes_nothing():
    assert derive_pooled_proportion([13, 0], [15, 0]) == derive_pooled_proportion([13], [15])


def test_no_site_has_no_value():
    found = derive_pooled_proportion([0], [0])
    assert (found.pooled.value, found.pooled.note) == (None, NOBODY)


@pytest.mark.parametrize(("counts", "share"), [([5, 3, 9], 1.0), ([0, 0, 0], 0.0)])
def test_where_everybody_or_nobody_responded_at_every_site_the_interval_is_that_of_all_persons(counts, share):
    found = derive_pooled_proportion(counts, [5, 3, 9])
    whole = estimate_proportion(sum(counts), 17)
    assert found.pooled.value == share
    assert (found.pooled.lower, found.pooled.upper) == (whole.lower, whole.upper)
    assert found.pooled.note == ALL_ALIKE
    assert found.test.p_value is None


def test_sites_of_one_rate_have_no_spread_and_the_rate_of_all_persons():
    found = derive_pooled_proportion([8, 16, 12], [10, 20, 15])
    assert found.pooled.value == pytest.approx(36 / 45, abs=1e-9)
    assert found.spread.value == 0.0
    assert found.spread.lower == 0.0
    assert found.test.p_value == 1.0


def test_two_sites_have_an_interval_that_says_nearly_nothing_and_no_prediction():
    found = derive_pooled_proportion([3, 19], [12, 22])
    assert found.pooled.note == TWO_SITES
    assert found.pooled.lower < 0.01
    assert found.pooled.upper > 0.99
    assert (found.further.lower, found.further.note) == (None, TOO_FEW_TO_PREDICT)


def test_a_site_where_all_and_one_where_none_responded_need_no_correction():
    found = derive_pooled_proportion([0, 8, 3, 12, 5, 6], [3, 8, 5, 15, 9, 6])
    assert 0 < found.pooled.lower < found.pooled.value < found.pooled.upper < 1


def test_responders_and_the_others_change_places():
    counts, persons = [8, 13, 5, 20], [10, 15, 9, 22]
    yes = derive_pooled_proportion(counts, persons)
    no = derive_pooled_proportion([n - r for r, n in zip(counts, persons, strict=True)], persons)
    assert no.pooled.value == pytest.approx(1 - yes.pooled.value, abs=1e-9)
    assert no.pooled.lower == pytest.approx(1 - yes.pooled.upper, abs=1e-7)
    assert no.spread.value == pytest.approx(yes.spread.value, abs=1e-6)


def test_the_order_of_sites_never_matters():
    one = derive_pooled_proportion([8, 13, 5], [10, 15, 9])
    other = derive_pooled_proportion([5, 8, 13], [9, 10, 15])
    assert one.pooled.lower == pytest.approx(other.pooled.lower, abs=1e-8)


@pytest.mark.parametrize(
    ("counts", "persons"), [([3, 19], [12, 22]), ([0, 8, 3, 12, 5, 6], [3, 8, 5, 15, 9, 6]), ([1, 14, 3], [10, 15, 9])]
)
def test_at_the_ends_of_the_spread_the_likelihood_summed_over_a_fine_grid_has_fallen_by_half_of_chi_square(
    counts, persons
):
    found = derive_pooled_proportion(counts, persons)
    top = likeliest(counts, persons, found.spread.value)
    assert top == pytest.approx(found.log_likelihood, abs=1e-7)
    for end in (found.spread.lower, found.spread.upper):
        fallen = top - likeliest(counts, persons, end)
        assert fallen == pytest.approx(3.841459 / 2, abs=1e-4) or (end == 0 and fallen < 3.841459 / 2)


def likeliest(counts, persons, spread):
    """The largest log-likelihood at a spread, by sums over a grid and a search in thirds."""
    own = np.linspace(-12, 12, 4001)
    weights = np.exp(-(own**2) / 2) / np.sqrt(2 * np.pi) * (own[1] - own[0])

    def likelihood(centre):
        linear = centre + spread * own
        return sum(
            log(float(weights @ np.exp(r * linear - n * np.logaddexp(0, linear))))
            for r, n in zip(counts, persons, strict=True)
        )

    low, high = -8.0, 8.0
    while high - low > 1e-6:
        first, second = low + (high - low) / 3, high - (high - low) / 3
        low, high = (first, high) if likelihood(first) < likelihood(second) else (low, second)
    return likelihood(low)


def test_a_wider_level_gives_a_wider_interval():
    counts, persons = [8, 13, 5, 20], [10, 15, 9, 22]
    narrow = derive_pooled_proportion(counts, persons, level=0.8)
    wide = derive_pooled_proportion(counts, persons, level=0.99)
    assert wide.pooled.lower < narrow.pooled.lower < narrow.pooled.value
    assert wide.further.upper > narrow.further.upper


def test_more_responders_than_persons_are_refused():
    with pytest.raises(ValueError, match="more responders than persons"):
        derive_pooled_proportion([3], [2])
    with pytest.raises(ValueError, match="one count of responders"):
        derive_pooled_proportion([3], [3, 4])


def test_the_value_is_that_of_the_typical_site_and_not_the_mean_of_all_persons():
    found = derive_pooled_proportion([1, 14, 3, 20, 9], [10, 15, 9, 22, 10])
    assert found.pooled.value == pytest.approx(1 / (1 + exp(-found.log_odds)))
    assert found.pooled.numerator / found.pooled.denominator == 47 / 66
