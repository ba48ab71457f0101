"""Gaps in predictors: when they can be filled, what fills them, and what several fillings say together."""

from __future__ import annotations

import numpy as np
import pytest

from refractory.statistics.combined import METHOD, fit_firth_to_sets, pool_by_rubin
from refractory.statistics.firth import ALL_ALIKE, fit_firth
from refractory.statistics.firth_model import THE_SAME_IN_EVERYBODY
from refractory.statistics.imputation import derive_completed_sets, find_sets_needed, find_why_not

RESPONDED = [bool(place % 4) for place in range(24)]
AGES = [30.0 + 2 * place - 7 * (place % 3) for place in range(24)]
GROUPS = ["abc"[place % 3] for place in range(24)]


def with_gaps(values, *places):
    return [None if place in places else value for place, value in enumerate(values)]


def test_without_gaps_every_set_is_what_was_given():
    (first, second) = derive_completed_sets(RESPONDED, {"age": AGES}, {"group": GROUPS}, sets=2)
    assert first == second
    assert (first.numbers["age"], first.groupings["group"]) == (AGES, GROUPS)


def test_what_is_known_stays_and_a_gap_gets_a_known_value():
    ages, groups = with_gaps(AGES, 0, 5, 23), with_gaps(GROUPS, 2, 5)
    for one in derive_completed_sets(RESPONDED, {"age": ages}, {"group": groups}, sets=5):
        for given, filled in ((ages, one.numbers["age"]), (groups, one.groupings["group"])):
            assert all(own in (None, value) for own, value in zip(given, filled, strict=True))
            assert set(filled) <= set(given) - {None}


def test_the_same_seed_gives_the_same_sets_and_another_seed_others():
    ages = with_gaps(AGES, 0, 3, 5, 8, 12, 17)
    first, again, other = (derive_completed_sets(RESPONDED, {"age": ages}, {}, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert len({tuple(one.numbers["age"]) for one in first}) > 10, "each set is drawn anew"


def test_a_gap_follows_what_predicts_it_and_the_response():
    # The score is twice the age in those who responded, and 40 more in those who did not.
    scores = [2 * age + 40 * (not yes) for age, yes in zip(AGES, RESPONDED, strict=True)]
    sets = derive_completed_sets(RESPONDED, {"age": AGES, "score": with_gaps(scores, 6, 8)}, {}, sets=20)
    for place in (6, 8):
        mean = np.mean([one.numbers["score"][place] for one in sets])
        assert abs(mean - scores[place]) < 20
    by_answer = derive_completed_sets(RESPONDED, {"score": with_gaps(scores, 4, 5)}, {}, sets=40)
    assert np.mean([one.numbers["score"][4] - one.numbers["score"][5] for one in by_answer]) > 10


@pytest.mark.parametrize(
    ("ages", "groups", "why"),
    [
        (with_gaps(AGES, *range(15)), GROUPS, "age is known of 9 persons, and imputing it asks for 10"),
        (with_gaps(AGES, 0, 4, 8, 12, 16, 20), GROUPS, "all persons of whom age is known responded alike"),
        ([None, *[50.0] * 23], GROUPS, "age is the same in everybody of whom it is known"),
        ([None] * 24, GROUPS, "age is known of 0 persons, and imputing it asks for 10"),
        (AGES, [None, *["a"] * 23], "group is the same in everybody of whom it is known"),
        (with_gaps(AGES, 0), with_gaps(GROUPS, 0), ""),
        (AGES, GROUPS, ""),
    ],
)
def test_gaps_are_filled_only_where_enough_persons_are_known(ages, groups, why):
    assert find_why_not(RESPONDED, {"age": ages}, {"group": groups}) == why
    if why:
        with pytest.raises(ValueError, match=why):
            derive_completed_sets(RESPONDED, {"age": ages}, {"group": groups})


def test_more_coefficients_ask_for_more_persons():
    many = {f"number {one}": [float((place * (one + 2)) % 7) for place in range(24)] for one in range(11)}
    gappy = {**many, "age": with_gaps(AGES, 1, 2)}
    assert find_why_not(RESPONDED, gappy, {}) == "age is known of 22 persons, and imputing it asks for 26"


def test_a_predictor_of_other_persons_is_refused():
    with pytest.raises(ValueError, match="for each person"):
        derive_completed_sets(RESPONDED, {"age": AGES[1:]}, {})


def test_gaps_are_filled_twenty_times_or_once_for_each_hundredth_of_persons():
    assert [find_sets_needed(gaps, 42) for gaps in (1, 8, 9, 42)] == [20, 20, 22, 100]
    assert find_sets_needed(0, 0) == 20


def test_pooling_asks_for_two_sets_and_sets_that_agree_have_no_gap():
    with pytest.raises(ValueError, match="two sets"):
        pool_by_rubin([1.0], [0.1], 40)
    with pytest.raises(ValueError, match="two sets"):
        fit_firth_to_sets(RESPONDED, [{"age": AGES}])
    agreed = pool_by_rubin([1.5, 1.5, 1.5], [0.04, 0.04, 0.04], 38)
    assert (agreed.value, agreed.degrees, agreed.missing_information) == (1.5, 38, 0)
    assert agreed.standard_error == pytest.approx(0.2)


def test_sets_that_differ_are_known_less_well():
    near = pool_by_rubin([1.4, 1.5, 1.6], [0.04] * 3, 38)
    far = pool_by_rubin([0.5, 1.5, 2.5], [0.04] * 3, 38)
    assert near.standard_error < far.standard_error
    assert near.missing_information < far.missing_information < 1
    assert far.degrees < near.degrees < 38
    with pytest.raises(ValueError, match="positive"):
        pool_by_rubin([0.0, 1.0], [0.0, 0.1], 10)


def test_sets_without_gaps_combine_to_the_profile_interval_of_one_of_them():
    columns = {"age": AGES, "b": [float(group == "b") for group in GROUPS]}
    alone = fit_firth(RESPONDED, columns)
    for one, term in zip(fit_firth_to_sets(RESPONDED, [columns] * 3), alone.terms, strict=True):
        assert one.odds_ratio.value == pytest.approx(term.odds_ratio.value, rel=1e-9)
        assert one.odds_ratio.lower == pytest.approx(term.odds_ratio.lower, rel=1e-6)
        assert one.odds_ratio.upper == pytest.approx(term.odds_ratio.upper, rel=1e-6)
        assert one.test.p_value == pytest.approx(term.test.p_value, rel=1e-6)
        assert one.pooled.missing_information == 0
        assert one.odds_ratio.method == METHOD


def test_a_separating_predictor_has_an_end_at_one_side_only_or_none():
    apart = {"apart": [float(yes) for yes in RESPONDED]}
    (term,) = fit_firth_to_sets(RESPONDED, [apart, apart])
    assert term.odds_ratio.lower > 1
    assert term.odds_ratio.value < term.odds_ratio.upper


def test_where_all_responded_or_a_predictor_is_fixed_there_is_no_value():
    (term,) = fit_firth_to_sets([True] * 24, [{"age": AGES}] * 2)
    assert (term.odds_ratio.value, term.odds_ratio.note, term.pooled) == (None, ALL_ALIKE, None)
    fixed, free = fit_firth_to_sets(RESPONDED, [{"one": [1.0] * 24, "age": AGES}] * 2)
    assert (fixed.odds_ratio.value, fixed.odds_ratio.note) == (None, THE_SAME_IN_EVERYBODY)
    assert free.odds_ratio.value is not None
