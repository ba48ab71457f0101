"""Laws of what is possible: what was counted is never called impossible, and an example prints its numbers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.statistics.consistency import find_counts, find_divisions, find_sums
from refractory.statistics.consistency_of_spread import Range, Spread, find_spread
from refractory.statistics.consistency_of_tests import find_intervals, find_tests
from refractory.statistics.printed_numbers import ANY_ROUNDING, Rounding, find_stretch, parse_printed, print_number
from twins.printing_rules import print_mean, print_sd, print_share

rules = st.sampled_from(ANY_ROUNDING)
decimals = st.integers(0, 3)


@st.composite
def groups(draw, most=400):
    persons = draw(st.integers(1, most))
    return draw(st.integers(0, persons)), persons


@given(groups(), decimals, rules)
def test_a_percentage_of_real_persons_is_possible(group, places, rule):
    count, persons = group
    found = find_counts(parse_printed(print_share(count, persons, places, rule)), persons)
    assert [one for one in found if one.count == count and rule in one.roundings]


@given(st.lists(groups(60), min_size=2, max_size=4), rules)
def test_percentages_of_real_strata_add_up(strata, rule):
    whole = sum(count for count, _ in strata), sum(persons for _, persons in strata)
    possible = [find_counts(parse_printed(print_share(*one, 1, rule)), one[1]) for one in (whole, *strata)]
    divisions = find_divisions(possible[0], possible[1:])
    told = [
        tuple((one.count, one.persons) for one in each.parts) for each in divisions.listed if rule in each.roundings
    ]
    assert tuple(strata) in told


values = st.lists(st.integers(-50, 400), min_size=1, max_size=60)


@given(values, st.integers(1, 4), decimals, rules)
def test_a_mean_of_real_whole_numbers_is_possible(seen, items, places, rule):
    found = find_sums(parse_printed(print_mean(seen, places, rule, items)), len(seen), items)
    assert [one for one in found if sum(seen) in one.totals and one.rounding is rule]


@settings(max_examples=150)
@given(values, st.integers(1, 3), decimals, decimals, rules, st.sampled_from(Spread))
def test_a_mean_and_an_sd_of_real_whole_numbers_are_possible(seen, items, mean_places, sd_places, rule, spread):
    less = 1 if spread is Spread.SAMPLE and len(seen) > 1 else 0
    mean, sd = print_mean(seen, mean_places, rule, items), print_sd(seen, sd_places, rule, less, items)
    within = Range(min(seen), max(seen), min(seen), max(seen))
    answer = find_spread(parse_printed(mean), parse_printed(sd), len(seen), items=items, within=within)
    # A search may give up, but it never says that what was seen is not there.
    assert answer.fault is None
    if answer.is_decided:
        kind = Spread.SAMPLE if less else Spread.POPULATION
        assert [one for one in answer.possible if one.spread is kind and rule in one.roundings]


@settings(max_examples=150)
@given(st.integers(2, 80), st.integers(0, 900), st.integers(0, 600), st.integers(1, 3))
def test_an_example_prints_the_mean_and_the_sd_that_it_is_an_example_of(persons, mean, sd, items):
    texts = f"{mean // 100}.{mean % 100:02d}", f"{sd // 100}.{sd % 100:02d}"
    answer = find_spread(*map(parse_printed, texts), persons, items=items, within=Range(0, 10 * items))
    for one in answer.possible:
        less = 1 if one.spread is Spread.SAMPLE else 0
        assert len(one.values) == persons
        assert 0 <= min(one.values) <= max(one.values) <= 10 * items
        printed = [
            (print_mean(one.values, 2, rule, items), print_sd(one.values, 2, rule, less, items))
            for rule in one.roundings
        ]
        assert texts in printed


numbers = st.fractions(min_value=-50, max_value=50, max_denominator=2000)


@given(numbers, decimals)
def test_rounding_to_the_nearest_moves_by_half_a_step_at_most_and_cutting_off_by_less_than_one(number, places):
    printed = parse_printed(print_number(number, places))
    assert abs(printed.value - number) <= printed.step / 2
    assert find_stretch(printed, Rounding.HALF_UP).holds(number)
    cut = Fraction(int(number * 10**places), 10**places)
    assert find_stretch(parse_printed(print_number(cut, places)), Rounding.CUT_OFF).holds(number)


@given(groups(80), groups(80))
def test_turning_the_table_over_changes_no_p_value(one, other):
    printed = parse_printed("0.50")
    straight = find_tests(*one, *other, printed)
    turned = find_tests(*other, *one, printed)
    others = find_tests(one[1] - one[0], one[1], other[1] - other[0], other[1], printed)
    for a, b, c in zip(straight, turned, others, strict=True):
        assert abs(a.numbers[0] - b.numbers[0]) < 1e-9
        assert abs(a.numbers[0] - c.numbers[0]) < 1e-9


@given(groups(80))
def test_a_printed_interval_is_found_by_the_method_that_made_it(group):
    for made in find_intervals(*group, parse_printed("0"), parse_printed("0")):
        ends = [parse_printed(print_number(Fraction(end), 1)) for end in made.numbers]
        assert made.method in [one.method for one in find_intervals(*group, *ends) if one.fits]
