"""What is possible, held against everything that can be enumerated."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.statistics.consistency import (
    PossibleCount,
    find_common_denominators,
    find_counts,
    find_denominators,
    find_divisions,
    find_sums,
)
from refractory.statistics.consistency_of_spread import Range, Spread, find_sd_limits, find_spread
from refractory.statistics.printed_numbers import ANY_ROUNDING, Rounding, parse_printed
from refractory.statistics.whole_number_samples import find_sample
from twins.printing_rules import print_decimal, print_mean, print_sd, print_share

LESS = {Spread.SAMPLE: 1, Spread.POPULATION: 0}


@pytest.mark.parametrize("persons", range(1, 60))
def test_counts_of_a_percentage_are_those_that_print_so(persons):
    for decimals in (0, 1):
        printed = {
            rule: [print_share(count, persons, decimals, rule) for count in range(persons + 1)] for rule in ANY_ROUNDING
        }
        for text in {one for texts in printed.values() for one in texts} | {"0", "50", "80", "99.9", "100"}:
            if len(text.partition(".")[2]) != decimals:
                continue
            expected = {
                count: tuple(rule for rule in ANY_ROUNDING if printed[rule][count] == text)
                for count in range(persons + 1)
                if any(printed[rule][count] == text for rule in ANY_ROUNDING)
            }
            found = find_counts(parse_printed(text), persons)
            assert {one.count: one.roundings for one in found} == expected


@given(st.integers(0, 1000), st.integers(1, 40))
def test_denominators_of_a_percentage_are_those_that_print_so(tenths, most):
    text = f"{tenths // 10}.{tenths % 10}"
    expected = {
        (count, persons)
        for persons in range(1, most + 1)
        for count in range(persons + 1)
        if any(print_share(count, persons, 1, rule) == text for rule in ANY_ROUNDING)
    }
    assert {(one.count, one.persons) for one in find_denominators(parse_printed(text), most)} == expected


@given(st.lists(st.integers(0, 100), min_size=2, max_size=3))
def test_a_common_denominator_prints_all_percentages_by_one_rule(percentages):
    texts = [str(one) for one in percentages]
    expected = {}
    for persons in range(1, 30):
        rules = [
            rule
            for rule in ANY_ROUNDING
            if all(any(print_share(count, persons, 0, rule) == text for count in range(persons + 1)) for text in texts)
        ]
        if rules:
            expected[persons] = tuple(rules)
    found = find_common_denominators([parse_printed(text) for text in texts], 29)
    assert {one.persons: one.roundings for one in found} == expected


possible_counts = st.lists(
    st.builds(
        PossibleCount,
        st.integers(0, 5),
        st.integers(5, 8),
        st.sets(st.sampled_from(ANY_ROUNDING), min_size=1).map(
            lambda rules: tuple(rule for rule in ANY_ROUNDING if rule in rules)
        ),
    ),
    max_size=6,
    unique_by=lambda one: (one.count, one.persons),
)
whole_counts = st.lists(
    st.builds(PossibleCount, st.integers(0, 12), st.integers(10, 22), st.just(ANY_ROUNDING)),
    max_size=20,
    unique_by=lambda one: (one.count, one.persons),
)


@given(whole_counts, st.lists(possible_counts, min_size=2, max_size=3))
def test_divisions_are_the_combinations_that_add_up_by_one_rule(whole, parts):
    expected = {}
    for one, *rest in product(whole, *parts):
        rules = tuple(rule for rule in one.roundings if all(rule in part.roundings for part in rest))
        adds_up = one.count == sum(part.count for part in rest) and one.persons == sum(part.persons for part in rest)
        if rules and adds_up:
            expected[(one.count, one.persons), *((part.count, part.persons) for part in rest)] = rules
    found = find_divisions(whole, parts)
    assert not found.has_more
    assert {
        tuple((one.count, one.persons) for one in (division.whole, *division.parts)): division.roundings
        for division in found.listed
    } == expected


@pytest.mark.parametrize("persons", range(1, 40))
def test_sums_of_a_mean_are_those_that_print_so(persons):
    for items in (1, 3):
        values = persons * items
        for hundredths in range(-120, 320, 7):
            text = print_decimal(Decimal(hundredths) / 100, 2, Rounding.HALF_UP)
            expected = {
                rule: totals
                for rule in ANY_ROUNDING
                if (
                    totals := [
                        total
                        for total in range(-2 * values, 4 * values)
                        if print_share(total, 100 * values, 2, rule) == text
                    ]
                )
            }
            found = find_sums(parse_printed(text), persons, items)
            assert {one.rounding: list(one.totals) for one in found} == expected


@pytest.mark.parametrize("persons", [2, 3, 4])
def test_the_limits_of_an_sd_are_those_of_all_values_with_the_mean(persons):
    for tenths in range(41):
        mean = f"{tenths / 10:.1f}"
        variances = {
            Fraction(persons * sum(value**2 for value in one) - sum(one) ** 2, persons * (persons - 1))
            for one in combinations_with_replacement(range(1, 5), persons)
            if print_mean(one, 1, Rounding.HALF_UP) == mean
        }
        limits = find_sd_limits(parse_printed(mean), persons, within=Range(1, 4), roundings=[Rounding.HALF_UP])
        assert limits == ((min(variances), max(variances)) if variances else None)


@pytest.mark.parametrize("values", range(1, 6))
@pytest.mark.parametrize(("least", "most"), [(-3, 3), (0, 4), (None, None), (-2, None), (None, 1), (2, 2)])
def test_a_sample_is_found_exactly_where_one_exists(values, least, most):
    # A value beyond 6 has a square beyond 45.
    lower, upper = (-6 if least is None else least), (6 if most is None else most)
    exist = {
        (sum(one), sum(value**2 for value in one))
        for one in combinations_with_replacement(range(lower, upper + 1), values)
    }
    for total in range(-16, 21):
        for squares in range(46):
            found = find_sample(values, total, squares, least=least, most=most)
            assert found.is_decided
            assert (found.values is not None) == ((total, squares) in exist), (total, squares)
            if found.values is not None:
                assert (len(found.values), sum(found.values)) == (values, total)
                assert sum(value**2 for value in found.values) == squares
                assert lower <= min(found.values) <= max(found.values) <= upper


@pytest.mark.parametrize("persons", [1, 2, 3, 4])
def test_mean_and_sd_are_possible_exactly_where_some_values_print_so(persons):
    samples = list(combinations_with_replacement(range(4), persons))
    printed = {
        (spread, rule): {(print_mean(one, 1, rule), print_sd(one, 1, rule, less)) for one in samples}
        for spread, less in LESS.items()
        for rule in ANY_ROUNDING
        if persons > less
    }
    for mean, sd in product((f"{tenths / 10:.1f}" for tenths in range(32)), (f"{t / 10:.1f}" for t in range(24))):
        answer = find_spread(parse_printed(mean), parse_printed(sd), persons, within=Range(0, 3))
        expected = {key for key, pairs in printed.items() if (mean, sd) in pairs}
        assert answer.is_decided
        assert {(one.spread, rule) for one in answer.possible for rule in one.roundings} == expected, (mean, sd)


samples_of_a_clinic = st.lists(st.integers(0, 6), min_size=3, max_size=5)


@settings(max_examples=60)
@given(samples_of_a_clinic, st.integers(-2, 2), st.integers(-3, 3), st.sampled_from([1, 2]))
def test_near_real_numbers_the_answer_is_that_of_the_enumeration(values, mean_off, sd_off, items):
    mean = round(100 * sum(values) / (len(values) * items)) + mean_off
    sd = int(print_sd(values, 2, Rounding.HALF_UP, 1, items).replace(".", "")) + sd_off
    if mean < 0 or sd < 0:
        return
    texts = f"{mean // 100}.{mean % 100:02d}", f"{sd // 100}.{sd % 100:02d}"
    samples = combinations_with_replacement(range(7), len(values))
    expected = {
        (spread, rule)
        for one in samples
        for spread, less in LESS.items()
        for rule in ANY_ROUNDING
        if print_mean(one, 2, rule, items) == texts[0] and print_sd(one, 2, rule, less, items) == texts[1]
    }
    answer = find_spread(*map(parse_printed, texts), len(values), items=items, within=Range(0, 6))
    assert {(one.spread, rule) for one in answer.possible for rule in one.roundings} == expected


@settings(max_examples=60)
@given(samples_of_a_clinic, st.integers(0, 6), st.integers(0, 6))
def test_with_ends_that_were_seen_the_values_have_exactly_these_ends(values, one_end, other_end):
    smallest, largest = sorted((one_end, other_end))
    texts = print_mean(values, 1, Rounding.HALF_UP), print_sd(values, 1, Rounding.HALF_UP, 1)
    answer = find_spread(*map(parse_printed, texts), len(values), within=Range(0, 6, smallest, largest))
    expected = {
        (spread, rule)
        for one in combinations_with_replacement(range(7), len(values))
        for spread, less in LESS.items()
        for rule in ANY_ROUNDING
        if (min(one), max(one)) == (smallest, largest)
        and print_mean(one, 1, rule) == texts[0]
        and print_sd(one, 1, rule, less) == texts[1]
    }
    assert {(one.spread, rule) for one in answer.possible for rule in one.roundings} == expected
