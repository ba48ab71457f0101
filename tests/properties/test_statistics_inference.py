"""Laws of Firth's regression and of the alternatives for small groups."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from refractory.statistics.association import estimate_boschloo
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.firth import fit_firth
from refractory.statistics.label_validity import correct_proportion, estimate_true_proportion
from refractory.statistics.means import (
    estimate_mean_change,
    estimate_mean_difference,
    estimate_paired_t_test,
    estimate_welch_test,
)
from refractory.statistics.proportions import estimate_difference, estimate_proportion
from refractory.statistics.regression_to_mean import find_fall_of_these, find_regression_to_mean
from refractory.statistics.score_difference import estimate_difference_by_score
from refractory.statistics.shrinkage import derive_shrunken_proportions
from refractory.statistics.tipping_point import find_fragility, find_fragility_of_difference, find_tipping_point

few = settings(max_examples=30, deadline=None)
values = st.lists(st.integers(-40, 40), min_size=2, max_size=12)


@st.composite
def two_groups(draw, most=30):
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


@st.composite
def persons(draw):
    """Rows of a yes or no, a muscle or none, and an age; both answers and both kinds of muscle occur."""
    row = st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(18, 90))
    rows = draw(st.lists(row, min_size=5, max_size=25))
    assume(all(len({row[place] for row in rows}) > 1 for place in range(3)))
    return rows


def fit_rows(rows, **changed):
    responded, muscle, age = zip(*rows, strict=True)
    return fit_firth(responded, {"muscle": muscle, "age": age, **changed})


@few
@given(two_groups(most=60))
def test_firth_of_one_yes_or_no_is_the_odds_ratio_with_half_a_person_added_to_each_cell(groups):
    r1, n1, r2, n2 = groups
    assume(0 < r1 + r2 < n1 + n2)
    responded = [1] * r1 + [0] * (n1 - r1) + [1] * r2 + [0] * (n2 - r2)
    (term,) = fit_firth(responded, {"first": [1] * n1 + [0] * n2}).terms
    by_hand = (r1 + 0.5) * (n2 - r2 + 0.5) / ((n1 - r1 + 0.5) * (r2 + 0.5))
    assert term.odds_ratio.value == pytest.approx(by_hand, rel=1e-6)
    assert term.odds_ratio.lower < by_hand < term.odds_ratio.upper


@few
@given(persons())
def test_a_fit_converges_and_its_interval_is_finite_whatever_separates(rows):
    fit = fit_rows(rows)
    assert fit.is_converged
    for term in fit.terms:
        if term.odds_ratio.value is not None:
            assert 0 < term.odds_ratio.lower < term.odds_ratio.value < term.odds_ratio.upper < inf


@few
@given(persons())
def test_to_ask_for_those_who_did_not_respond_turns_each_ratio_round(rows):
    fit, turned = fit_rows(rows), fit_rows([(1 - answer, *rest) for answer, *rest in rows])
    for term, other in zip(fit.terms, turned.terms, strict=True):
        if term.odds_ratio.value is not None:
            assert other.odds_ratio.value == pytest.approx(1 / term.odds_ratio.value, rel=1e-6)
            assert other.odds_ratio.upper == pytest.approx(1 / term.odds_ratio.lower, rel=1e-6)
            assert other.test.p_value == pytest.approx(term.test.p_value, abs=1e-7)


@few
@given(persons(), st.randoms(use_true_random=False))
def test_the_order_of_persons_does_not_matter(rows, order):
    shuffled = rows.copy()
    order.shuffle(shuffled)
    for term, other in zip(fit_rows(rows).terms, fit_rows(shuffled).terms, strict=True):
        assert other.coefficient == pytest.approx(term.coefficient, abs=1e-6)
        assert other.test.p_value == pytest.approx(term.test.p_value, abs=1e-7)


@few
@given(persons())
def test_decades_instead_of_years_raise_the_ratio_to_the_tenth_power_and_move_no_p_value(rows):
    decades = [age / 10 - 3 for _, _, age in rows]
    fit, other = fit_rows(rows), fit_rows(rows, age=decades)
    years, tens = fit.terms[1], other.terms[1]
    if years.coefficient is not None:
        assert tens.coefficient == pytest.approx(10 * years.coefficient, abs=1e-5)
        assert tens.test.p_value == pytest.approx(years.test.p_value, abs=1e-7)
    assert other.terms[0].odds_ratio.value == pytest.approx(fit.terms[0].odds_ratio.value, rel=1e-6)


@few
@given(persons())
def test_a_p_value_below_one_in_twenty_is_an_interval_without_the_ratio_of_one(rows):
    for term in fit_rows(rows).terms:
        if term.odds_ratio.value is not None and abs(term.test.p_value - 0.05) > 1e-6:
            holds_one = term.odds_ratio.lower <= 1 <= term.odds_ratio.upper
            assert holds_one == (term.test.p_value > 0.05)


@given(two_groups(most=200), st.floats(0.5, 0.999))
@few
def test_the_score_interval_holds_the_difference_and_turns_round_when_the_groups_swap(groups, level):
    r1, n1, r2, n2 = groups
    estimate, swapped = (
        estimate_difference_by_score(*groups, level),
        estimate_difference_by_score(r2, n2, r1, n1, level),
    )
    assert -1 <= estimate.lower <= estimate.value <= estimate.upper <= 1
    assert swapped.lower == pytest.approx(-estimate.upper, abs=1e-7)
    others = estimate_difference_by_score(n1 - r1, n1, n2 - r2, n2, level)
    assert others.upper == pytest.approx(-estimate.lower, abs=1e-7)


@few
@given(two_groups(most=60))
def test_a_higher_level_widens_the_score_interval(groups):
    narrow, wide = (estimate_difference_by_score(*groups, level) for level in (0.9, 0.99))
    assert wide.lower <= narrow.lower
    assert wide.upper >= narrow.upper


@few
@given(two_groups())
def test_boschloo_does_not_care_which_group_is_the_first_and_which_answer_is_counted(groups):
    r1, n1, r2, n2 = groups
    p_value = estimate_boschloo(*groups).p_value
    assert estimate_boschloo(r2, n2, r1, n1).p_value == pytest.approx(p_value, rel=1e-6)
    assert estimate_boschloo(n1 - r1, n1, n2 - r2, n2).p_value == pytest.approx(p_value, rel=1e-6)


@few
@given(values, values)
def test_welch_turns_round_when_the_groups_swap_and_agrees_with_its_interval(first, second):
    estimate, swapped = estimate_mean_difference(first, second), estimate_mean_difference(second, first)
    assert swapped.value == pytest.approx(-estimate.value)
    if estimate.lower is not None:
        assert swapped.lower == pytest.approx(-estimate.upper)
        p_value = estimate_welch_test(first, second).p_value
        if abs(p_value - 0.05) > 1e-9:
            assert (estimate.lower <= 0 <= estimate.upper) == (p_value > 0.05)


@few
@given(values)
def test_the_paired_t_agrees_with_its_interval(differences):
    estimate, p_value = estimate_mean_change(differences), estimate_paired_t_test(differences).p_value
    if p_value is not None and abs(p_value - 0.05) > 1e-9:
        assert (estimate.lower <= 0 <= estimate.upper) == (p_value > 0.05)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 15).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=4))
def test_a_subgroup_is_drawn_into_the_range_of_all_and_the_order_of_subgroups_does_not_matter(counts):
    responders, evaluable = zip(*counts, strict=True)
    found = derive_shrunken_proportions(responders, evaluable)
    turned = derive_shrunken_proportions(responders[::-1], evaluable[::-1])
    raw = [one.value for one in found.raw]
    for alone, together, other in zip(found.raw, found.shrunken, reversed(turned.shrunken), strict=True):
        assert together.lower < together.value < together.upper
        assert together.value == pytest.approx(other.value, abs=1e-10)
        # Where it is the highest or the lowest it comes down or up; the uniform prior may draw beyond by little.
        if alone.value == 1:
            assert together.value < 1
        if alone.value == max(raw) > max(0.6, min(raw)):
            assert together.value < alone.value


@few
@given(two_groups(), st.floats(0.55, 1), st.floats(0.55, 1))
def test_to_correct_what_the_errors_made_gives_back_the_truth(groups, sensitivity, specificity):
    truth = groups[0] / groups[1]
    seen = truth * sensitivity + (1 - truth) * (1 - specificity)
    assert correct_proportion(seen, sensitivity=sensitivity, specificity=specificity) == pytest.approx(truth)


@few
@given(two_groups(most=40), st.integers(15, 30), st.integers(15, 30))
def test_a_label_turned_round_corrects_the_other_answer(groups, said_yes, said_no):
    responders, evaluable = groups[:2]
    told = estimate_true_proportion(
        responders, evaluable, said_yes=said_yes, truly_yes=30, said_no=said_no + 1, truly_no=31
    )
    turned = estimate_true_proportion(
        evaluable - responders, evaluable, said_yes=said_no + 1, truly_yes=31, said_no=said_yes, truly_no=30
    )
    assert turned.value == pytest.approx(1 - told.value)
    assert turned.lower == pytest.approx(1 - told.upper, abs=1e-6)
    assert told.lower <= told.value <= told.upper


@few
@given(two_groups(), st.integers(0, 8), st.floats(0, 1))
def test_below_the_tipping_point_the_limit_holds_and_from_there_on_it_does_not(groups, unjudged, benchmark):
    found = find_tipping_point(groups[0], groups[1], unjudged, benchmark=benchmark)
    turn = unjudged + 1 if found.failures is None else found.failures
    assert [one.lower < benchmark for one in found.by_failures] == [k >= turn for k in range(unjudged + 1)]


@few
@given(two_groups(), st.floats(0, 1))
def test_as_many_misjudged_as_the_fragility_says_undo_a_conclusion_and_one_fewer_does_not(groups, benchmark):
    r1, n1, r2, n2 = groups

    def holds_by_limit(counted):
        return estimate_proportion(counted, n1).lower >= benchmark

    def holds_by_difference(counted):
        return estimate_difference(counted, n1, r2, n2).lower > 0

    for holds, found in (
        (holds_by_limit, find_fragility(r1, n1, benchmark=benchmark)),
        (holds_by_difference, find_fragility_of_difference(r1, n1, r2, n2)),
    ):
        told = [holds(r1 - k) for k in range(r1 + 1)]
        assert found.misjudged == (told.index(False) if False in told else None)
        above = [k for k in range(n1 + 1) if holds(k)]
        assert found.needed == (above[0] if above else None)


@few
@given(st.floats(-50, 50), st.floats(0.5, 20), st.floats(0, 1), st.floats(-3, 3))
def test_galtons_rule_for_the_mean_of_those_chosen_is_daviss_formula(mean, sd, reliability, z):
    found = find_regression_to_mean(mean, sd, reliability=reliability, cutoff=mean + z * sd)
    alone = find_fall_of_these([found.baseline], mean=mean, reliability=reliability)
    assert alone == pytest.approx(found.fall, abs=1e-7)
    assert found.later >= mean - 1e-9


@few
@given(two_groups(), values, values)
def test_standardised_differences_turn_round_when_the_groups_swap_and_know_no_unit(groups, first, second):
    r1, n1, r2, n2 = groups
    of_shares = estimate_standardised_difference_of_proportions(*groups)
    assert estimate_standardised_difference_of_proportions(r2, n2, r1, n1).value == -of_shares.value
    of_two = estimate_standardised_difference_of_categories([r1, n1 - r1], [r2, n2 - r2])
    assert of_two.value == pytest.approx(abs(of_shares.value), abs=1e-6)
    of_means = estimate_standardised_difference(first, second)
    in_tens = estimate_standardised_difference([10 * one + 3 for one in first], [10 * one + 3 for one in second])
    assert in_tens.value == pytest.approx(of_means.value)
    assert estimate_standardised_difference(second, first).value == pytest.approx(-of_means.value)
