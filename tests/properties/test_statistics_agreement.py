"""Laws of agreement between raters."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from refractory.statistics.agreement import (
    build_linear_weights,
    build_quadratic_weights,
    estimate_ac1,
    estimate_kappa,
    estimate_percent_agreement,
    estimate_weighted_kappa,
)
from refractory.statistics.krippendorff import (
    estimate_alpha_interval,
    estimate_alpha_nominal,
    estimate_alpha_ordinal,
)
from refractory.statistics.two_labels import estimate_bias_index, estimate_prevalence_index

CHANCE_CORRECTED = [estimate_kappa, estimate_ac1]
ALPHAS = [estimate_alpha_nominal, estimate_alpha_ordinal, estimate_alpha_interval]


@st.composite
def tables(draw, least=2, most=4):
    size = draw(st.integers(least, most))
    row = st.lists(st.integers(0, 30), min_size=size, max_size=size)
    return draw(st.lists(row, min_size=size, max_size=size).filter(lambda table: sum(map(sum, table)) > 1))


ratings = st.lists(st.lists(st.none() | st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=12)


def numbers(estimate):
    ends = (estimate.value, estimate.lower, estimate.upper)
    return [None if end is None else pytest.approx(end, abs=1e-9) for end in ends]


@pytest.mark.parametrize("estimate", CHANCE_CORRECTED)
@given(table=tables())
def test_agreement_lies_within_its_interval_and_within_minus_1_and_1(estimate, table):
    told = estimate(table)
    if told.lower is not None:
        assert -1 <= told.lower <= told.value <= told.upper <= 1
    else:
        assert told.note


@pytest.mark.parametrize("estimate", [*CHANCE_CORRECTED, estimate_percent_agreement])
@given(table=tables())
def test_which_rater_is_the_first_does_not_matter(estimate, table):
    turned = [list(column) for column in zip(*table, strict=True)]
    assert numbers(estimate(turned)) == numbers(estimate(table))


@pytest.mark.parametrize("estimate", [*CHANCE_CORRECTED, estimate_percent_agreement])
@given(table=tables(), order=st.randoms(use_true_random=False))
def test_the_order_of_categories_does_not_matter(estimate, table, order):
    places = list(range(len(table)))
    order.shuffle(places)
    shuffled = [[table[row][column] for column in places] for row in places]
    assert numbers(estimate(shuffled)) == numbers(estimate(table))


@given(table=tables())
def test_a_category_that_nobody_gave_changes_kappa_in_nothing(table):
    wider = [*([*row, 0] for row in table), [0] * (len(table) + 1)]
    assert numbers(estimate_kappa(wider)) == numbers(estimate_kappa(table))


@given(table=tables(least=3, most=3))
def test_a_category_that_nobody_gave_never_lowers_ac1(table):
    wider = [*([*row, 0] for row in table), [0] * 4]
    assert estimate_ac1(wider).value >= estimate_ac1(table).value - 1e-12


@given(table=tables(), factor=st.integers(2, 20))
def test_more_of_the_same_narrows_the_interval_about_the_same_kappa(table, factor):
    one, many = estimate_kappa(table), estimate_kappa([[count * factor for count in row] for row in table])
    assume(one.lower is not None and one.lower > -1 and one.upper < 1)
    assert many.value == pytest.approx(one.value)
    assert many.upper - many.lower == pytest.approx((one.upper - one.lower) / factor**0.5)


@given(table=tables(least=2, most=2))
def test_with_two_categories_every_weight_is_kappa(table):
    for build in (build_linear_weights, build_quadratic_weights):
        assert numbers(estimate_weighted_kappa(table, weights=build(2))) == numbers(estimate_kappa(table))


@given(table=tables(least=2, most=2))
def test_prevalence_bias_and_percent_agreement_give_kappa_of_two_categories(table):
    # Byrt, Bishop and Carlin: kappa is (PABAK - PI^2 + BI^2) / (1 - PI^2 + BI^2), with PABAK twice agreement less 1.
    kappa = estimate_kappa(table)
    assume(kappa.value is not None)
    pabak = 2 * estimate_percent_agreement(table).value - 1
    bend = estimate_bias_index(table).value ** 2 - estimate_prevalence_index(table).value ** 2
    assert kappa.value == pytest.approx((pabak + bend) / (1 + bend), abs=1e-9)


@pytest.mark.parametrize("estimate", ALPHAS)
@given(rated=ratings, order=st.randoms(use_true_random=False))
def test_neither_the_order_of_things_nor_that_of_raters_matters_to_alpha(estimate, rated, order):
    shuffled = [order.sample(row, len(row)) for row in order.sample(rated, len(rated))]
    assert numbers(estimate(shuffled)) == numbers(estimate(rated))


@pytest.mark.parametrize("estimate", ALPHAS)
@given(rated=ratings)
def test_alpha_is_1_where_every_thing_has_one_rating_and_less_elsewhere(estimate, rated):
    alpha = estimate(rated).value
    if alpha is not None:
        alike = all(len({rating for rating in row if rating is not None}) < 2 for row in rated)
        assert (alpha == pytest.approx(1)) is alike
        assert alpha <= 1


@given(rated=ratings, shift=st.integers(-50, 50), factor=st.integers(1, 9))
def test_alpha_of_numbers_does_not_depend_on_their_unit(rated, shift, factor):
    other = [[None if rating is None else shift + factor * rating for rating in row] for row in rated]
    assert numbers(estimate_alpha_interval(other)) == numbers(estimate_alpha_interval(rated))


@given(rated=ratings)
def test_alpha_of_an_order_is_the_same_in_the_opposite_order(rated):
    other = [[None if rating is None else -rating for rating in row] for row in rated]
    assert numbers(estimate_alpha_ordinal(other)) == numbers(estimate_alpha_ordinal(rated))


@given(table=tables(least=3, most=3))
def test_two_raters_alpha_differs_from_scotts_pi_by_its_small_sample_term_alone(table):
    rated = [[i, j] for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    alpha, pairs = estimate_alpha_nominal(rated).value, len(rated)
    shares = [sum(row.count(category) for row in rated) / (2 * pairs) for category in range(3)]
    by_chance = sum(share**2 for share in shares)
    assume(by_chance < 1 and alpha is not None)
    pi = (sum(one == other for one, other in rated) / pairs - by_chance) / (1 - by_chance)
    assert 1 - alpha == pytest.approx((1 - pi) * (2 * pairs - 1) / (2 * pairs))
