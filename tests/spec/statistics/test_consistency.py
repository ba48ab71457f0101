"""What printed numbers can have come from: the boundary of each rule first."""

from __future__ import annotations

import pytest

from refractory.statistics.consistency import find_common_denominators, find_counts, find_divisions, find_sums
from refractory.statistics.consistency_of_spread import Fault, Range, Spread, find_sd_limits, find_spread
from refractory.statistics.consistency_of_tests import find_intervals, find_tests
from refractory.statistics.printed_numbers import (
    ANY_ROUNDING,
    TO_NEAREST,
    Rounding,
    find_stretch,
    parse_printed,
    print_number,
    print_root,
)
from refractory.statistics.whole_number_samples import find_sample


def counts(text, persons, rules=ANY_ROUNDING):
    return [one.count for one in find_counts(parse_printed(text), persons, rules)]


def spread(mean, sd, persons, **more):
    return find_spread(parse_printed(mean), parse_printed(sd), persons, **more)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("12.5", ("half up", "half down", "half to even", "cut off")),
        ("12", ("half down", "half to even", "cut off")),
        ("13", ("half up",)),
    ],
)
def test_one_of_eight_prints_as_12_or_as_13_by_what_is_done_with_the_tie(text, rules):
    found = find_counts(parse_printed(text), 8)
    assert [(one.count, one.roundings) for one in found] == [(1, rules)]


def test_an_odd_digit_takes_no_tie_to_even_and_an_even_one_takes_both():
    # 3/8 is 37.5 %: to even it is 38, and so is no other count.
    assert counts("38", 8, [Rounding.HALF_EVEN]) == [3]
    assert counts("37", 8, [Rounding.HALF_EVEN]) == []
    assert counts("37", 8, [Rounding.HALF_DOWN]) == [3]


def test_a_zero_at_the_end_is_a_digit():
    assert counts("80", 42, [Rounding.CUT_OFF]) == [34]
    assert counts("80.0", 42) == []
    assert counts("80.0", 40) == [32]


def test_nobody_and_everybody_are_counts_and_no_others_lie_beyond_them():
    assert counts("0", 300) == [0, 1, 2]
    assert counts("100", 300) == [299, 300]
    assert counts("100", 300, [Rounding.CUT_OFF]) == [300]


def test_80_per_cent_fits_no_count_out_of_42_by_rounding():
    assert counts("80", 42, TO_NEAREST) == []


def test_of_persons_there_is_at_least_one():
    with pytest.raises(ValueError, match="at least 1 person"):
        find_counts(parse_printed("50"), 0)
    with pytest.raises(ValueError, match="at least 1 person"):
        find_sums(parse_printed("50"), 0)
    with pytest.raises(ValueError, match="at least 1 value"):
        find_sample(0, 0, 0)


@pytest.mark.parametrize("text", ["", "83 %", "1,82", "1.2.3", "1e3", "nan", "٣", "1,20", "--1", "9" * 41])
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="no printed number"):
        parse_printed(text)


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [("-0.50", "-0.5", 2), ("−3", "-3.0", 0), (".05", "0.1", 2), ("12,345.6", "12345.6", 1)],
)
def test_signs_commas_and_a_missing_zero_are_read(text, value, decimals):
    printed = parse_printed(text)
    assert print_number(printed.value, 1) == value
    assert printed.decimals == decimals


def test_a_negative_number_rounds_as_the_positive_one():
    for rule in Rounding:
        below, above = find_stretch(parse_printed("-1.5"), rule), find_stretch(parse_printed("1.5"), rule)
        assert (below.lower, below.has_lower) == (-above.upper, above.has_upper)
        assert (below.upper, below.has_upper) == (-above.lower, above.has_lower)


def test_a_zero_that_was_cut_off_may_have_been_almost_one_step_on_both_sides():
    stretch = find_stretch(parse_printed("0"), Rounding.CUT_OFF)
    assert (stretch.lower, stretch.upper, stretch.has_lower, stretch.has_upper) == (-1, 1, False, False)


def test_the_strata_of_the_published_study_add_up_in_one_way():
    whole, skin, other = (find_counts(parse_printed(t), n) for t, n in (("83", 42), ("87", 15), ("81", 27)))
    divisions = find_divisions(whole, [skin, other])
    assert [(one.whole.count, [part.count for part in one.parts]) for one in divisions.listed] == [(35, [13, 22])]
    # 13 of 15 is not 87 % when digits are cut off.
    assert divisions.listed[0].roundings == TO_NEAREST


def test_parts_whose_persons_do_not_add_up_are_no_division():
    whole, part = find_counts(parse_printed("50"), 10), find_counts(parse_printed("50"), 4)
    assert find_divisions(whole, [part, part]).listed == ()


def test_strata_that_need_two_rules_of_rounding_do_not_add_up():
    # 1/8 prints as 13 only with the tie up, and as 12 only otherwise.
    up, down = find_counts(parse_printed("13"), 8), find_counts(parse_printed("12"), 8)
    whole = find_counts(parse_printed("12.5"), 16)
    assert find_divisions(whole, [up, up]).listed
    assert find_divisions(whole, [up, down]).listed == ()


def test_of_very_many_divisions_only_some_are_listed():
    part = [one for n in range(20, 60) for one in find_counts(parse_printed("50"), n)]
    whole = [one for n in range(60, 180) for one in find_counts(parse_printed("50"), n)]
    found = find_divisions(whole, [part, part, part])
    assert found.has_more
    assert len(found.listed) == 1_000


def test_percentages_share_a_denominator_by_one_rule_or_not_at_all():
    shared = find_common_denominators([parse_printed("13"), parse_printed("12")], 8)
    assert [one.persons for one in shared] == []
    shared = find_common_denominators([parse_printed("13"), parse_printed("38")], 8)
    assert [(one.persons, one.counts, one.roundings) for one in shared] == [(8, ((1,), (3,)), (Rounding.HALF_UP,))]


def test_the_mean_of_1_82_cycles_is_not_of_35_persons_and_may_be_of_34():
    assert find_sums(parse_printed("1.82"), 35, roundings=TO_NEAREST) == ()
    assert {tuple(one.totals) for one in find_sums(parse_printed("1.82"), 34, roundings=TO_NEAREST)} == {(62,)}


def test_two_items_a_person_make_a_mean_possible_that_one_does_not():
    assert find_sums(parse_printed("2.25"), 2, items=1) == ()
    assert {tuple(one.totals) for one in find_sums(parse_printed("2.25"), 2, items=2)} == {(9,)}


def test_a_mean_at_the_end_of_a_scale_is_possible_and_one_beyond_it_is_not():
    assert find_sums(parse_printed("5.0"), 10, least=0, most=5, roundings=[Rounding.HALF_UP])
    assert not find_sums(parse_printed("5.1"), 10, least=0, most=5, roundings=[Rounding.HALF_UP])
    assert not find_sums(parse_printed("0.9"), 10, least=1, roundings=[Rounding.HALF_UP])


def test_values_from_1_to_3_with_the_mean_2_have_an_sd_of_at_most_1_05():
    limits = find_sd_limits(parse_printed("2.0"), 10, within=Range(1, 3), roundings=[Rounding.HALF_UP])
    assert [print_root(end, 2) for end in limits] == ["0.00", "1.05"]
    assert find_sd_limits(parse_printed("2.0"), 10, within=Range(least=1)) is None
    assert find_sd_limits(parse_printed("2.0"), 1, within=Range(1, 3)) is None
    assert find_sd_limits(parse_printed("4.0"), 10, within=Range(1, 3)) is None
    assert find_sd_limits(parse_printed("2"), 2_000, within=Range(1, 3)) is None


@pytest.mark.parametrize(
    ("mean", "sd", "persons", "within", "fault"),
    [
        ("2.05", "1.00", 10, Range(), Fault.MEAN),
        ("2.0", "0.05", 10, Range(), Fault.SQUARES),
        ("3.44", "2.47", 18, Range(), Fault.PARITY),
        ("2.0", "1.5", 10, Range(1, 3), Fault.VALUES),
    ],
)
def test_the_fault_is_the_step_at_which_nothing_is_left(mean, sd, persons, within, fault):
    answer = spread(mean, sd, persons, within=within, roundings=TO_NEAREST)
    assert (answer.possible, answer.fault, answer.is_decided) == ((), fault, True)


def test_three_values_may_have_sums_that_no_three_whole_numbers_have():
    # Sum 0 and squares 4: even and even, large enough, and yet 1 + 1 + 4 is 6 and 1 + 1 + 0 is 2.
    assert find_sample(3, 0, 4).values is None
    assert find_sample(4, 0, 4).values == (1, 1, -1, -1)


def test_an_sd_of_one_person_can_only_divide_by_the_persons():
    answer = spread("3", "0", 1)
    assert [one.spread for one in answer.possible] == [Spread.POPULATION]
    assert spread("3", "1", 1).possible == ()


def test_values_at_the_ends_that_were_seen_are_in_the_example():
    answer = spread("2.0", "1.5", 10, within=Range(smallest=0, largest=5))
    assert (max(answer.possible[0].values), min(answer.possible[0].values)) == (5, 0)
    assert spread("2.0", "0.5", 10, within=Range(smallest=0, largest=5)).possible == ()
    assert spread("2.0", "0.0", 1, within=Range(smallest=2, largest=2)).possible[0].values == (2,)
    assert spread("2.0", "0.0", 1, within=Range(smallest=2, largest=3)).possible == ()


def test_a_search_that_runs_out_of_steps_decides_nothing():
    # 4 values with these sums exist, but not at the first place that is looked at.
    found = find_sample(4, 1, 10_003, most_steps=1)
    assert (found.values, found.is_decided) == (None, False)
    answer = spread("0.3", "50", 4, most_steps=0, roundings=TO_NEAREST)
    assert (answer.possible, answer.fault, answer.is_decided) == ((), None, False)


def test_a_thousand_values_at_the_two_ends_of_a_scale_are_found():
    found = find_sample(1_000, 4_000, 25_000, least=1, most=7)
    assert found.values == (7,) * 500 + (1,) * 500


def test_a_small_p_value_is_judged_by_its_sign():
    fits = {sign: [one.fits for one in find_tests(9, 10, 1, 10, parse_printed("0.01"), sign)] for sign in "=<>"}
    assert fits["<"] == [True] * 4
    assert fits[">"] == [False] * 4
    # Fisher's exact test gives 0.0011.
    assert find_tests(9, 10, 1, 10, parse_printed("0.001"))[0].fits


def test_the_p_value_of_the_published_strata_is_1_by_fisher():
    found = find_tests(13, 15, 22, 27, parse_printed("1.00"))
    assert [one.method for one in found if one.fits] == ["Fisher's exact test", "chi-squared test, Yates's correction"]


def test_where_everybody_responded_no_test_tells_the_groups_apart():
    assert {one.numbers for one in find_tests(5, 5, 7, 7, parse_printed("1"))} == {(1.0,), (0.5,)}


@pytest.mark.parametrize("table", [(1, 0, 1, 2), (3, 2, 1, 2), (1, 2, -1, 2)])
def test_counts_that_are_no_table_are_refused(table):
    with pytest.raises(ValueError, match="each group has persons"):
        find_tests(*table, parse_printed("1"))


def test_another_sign_and_an_impossible_count_are_refused():
    with pytest.raises(ValueError, match="no sign"):
        find_tests(1, 2, 1, 2, parse_printed("1"), "≤")
    with pytest.raises(ValueError, match="cannot be counted"):
        find_intervals(3, 2, parse_printed("1"), parse_printed("1"))


def test_the_interval_of_35_of_42_tells_its_method():
    made = {("69.4", "91.7"): ["Wilson"], ("72.1", "94.6"): ["Wald", "Wald, kept within 0 to 100"]}
    for (lower, upper), methods in made.items():
        found = find_intervals(35, 42, parse_printed(lower), parse_printed(upper))
        assert [one.method for one in found if one.fits] == methods
