"""Laws of the exact tests of association, against plain enumeration with fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial, inf, prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from refractory.statistics.association import estimate_fisher_exact, estimate_freeman_halton, estimate_odds_ratio
from refractory.statistics.tables_of_counts import share_no_more_probable, share_sampled


@st.composite
def groups(draw, most=25):
    persons = draw(st.integers(1, most))
    return draw(st.integers(0, persons)), persons


@st.composite
def tables(draw):
    rows, columns, most = draw(st.sampled_from([(2, 2, 6), (2, 4, 3), (3, 2, 4), (3, 3, 3)]))
    return draw(
        st.lists(st.lists(st.integers(0, most), min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )


def probability(table) -> Fraction:
    """Probability of a table, its totals given, up to what all such tables share."""
    return Fraction(1, prod(factorial(count) for row in table for count in row))


def all_tables(table):
    """Every table with the totals of this one, found the slow way: all but one row and one column run free."""
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    free_rows = product(*(product(*(range(min(row, column) + 1) for column in columns)) for row in rows[:-1]))
    for upper in free_rows:
        last = tuple(total - sum(column) for total, column in zip(columns, zip(*upper, strict=True), strict=True))
        if all(sum(row) == total for row, total in zip(upper, rows, strict=False)) and min(last) >= 0:
            yield (*upper, last)


def brute_force_p_value(table) -> Fraction:
    probabilities = [probability(other) for other in all_tables(table)]
    observed = probability(table)
    return sum((p for p in probabilities if p <= observed), Fraction(0)) / sum(probabilities)


@given(first=groups(), second=groups())
def test_fisher_is_the_share_of_tables_no_more_probable_counted_one_by_one(first, second):
    (r1, n1), (r2, n2) = first, second
    known = brute_force_p_value([[r1, n1 - r1], [r2, n2 - r2]])
    assert estimate_fisher_exact(r1, n1, r2, n2).p_value == pytest.approx(float(known), rel=1e-12)


@settings(deadline=None, max_examples=50)
@given(table=tables())
def test_freeman_halton_is_the_share_of_tables_no_more_probable_counted_one_by_one(table):
    assume(sum(any(row) for row in table) >= 2)
    unknown = estimate_freeman_halton(table)
    assert unknown.method == "Freeman-Halton exact test"
    assert unknown.p_value == pytest.approx(float(brute_force_p_value(table)), rel=1e-12)


@given(first=groups(), second=groups())
def test_freeman_halton_on_two_groups_and_two_answers_is_fisher(first, second):
    (r1, n1), (r2, n2) = first, second
    p_value = estimate_freeman_halton([[r1, n1 - r1], [r2, n2 - r2]]).p_value
    assert p_value == pytest.approx(estimate_fisher_exact(r1, n1, r2, n2).p_value, rel=1e-12)


@given(table=tables(), order=st.randoms())
def test_the_order_of_groups_and_answers_and_their_roles_never_matter(table, order):
    assume(sum(any(row) for row in table) >= 2 and sum(map(any, zip(*table, strict=True))) >= 2)
    shuffled = [list(row) for row in table]
    order.shuffle(shuffled)
    turned = [list(column) for column in zip(*shuffled, strict=True)]
    order.shuffle(turned)
    assert estimate_freeman_halton(turned).p_value == estimate_freeman_halton(table).p_value


@settings(deadline=None, max_examples=20)
@given(table=tables(), seed=st.integers(0, 1000))
def test_sampled_tables_come_near_the_exact_p_value(table, seed):
    assume(all(any(row) for row in table) and all(map(any, zip(*table, strict=True))))
    exact = share_no_more_probable(table)
    # Five standard errors of a share of 20,000 samples.
    assert share_sampled(table, 20_000, seed) == pytest.approx(
        exact, abs=5 * (exact * (1 - exact) / 20_000) ** 0.5 + 1e-4
    )


@given(first=groups(), second=groups())
def test_swapping_the_groups_leaves_fisher_and_inverts_the_odds_ratio(first, second):
    assert estimate_fisher_exact(*second, *first).p_value == pytest.approx(
        estimate_fisher_exact(*first, *second).p_value, rel=1e-12
    )
    there, back = estimate_odds_ratio(*first, *second), estimate_odds_ratio(*second, *first)
    assert (there.value is None) == (back.value is None)
    if there.value is not None:
        for end, mirrored in ((there.value, back.value), (there.lower, back.upper), (there.upper, back.lower)):
            assert mirrored == pytest.approx(1 / end if end else inf, rel=1e-9)


@given(first=groups(), second=groups(), level=st.floats(0.5, 0.999))
def test_the_interval_of_the_odds_ratio_holds_the_odds_ratio(first, second, level):
    estimate = estimate_odds_ratio(*first, *second, level=level)
    if estimate.value is not None:
        assert 0 <= estimate.lower <= estimate.value <= estimate.upper
