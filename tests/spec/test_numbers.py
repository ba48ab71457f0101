"""How numbers print."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.numbers import (
    format_count,
    format_days,
    format_estimate,
    format_number,
    format_p_value,
    format_percentage,
    format_share,
    reproduce_as,
)
from refractory.statistics.association import estimate_fisher_exact, estimate_odds_ratio
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import (
    estimate_hodges_lehmann_shift,
    estimate_mean,
    estimate_median,
)
from refractory.statistics.proportions import estimate_difference, estimate_proportion


def mean_of(value: float, sd: float | None, n: int = 33) -> Estimate:
    return Estimate(EstimateKind.MEAN, value, n, "mean and sample SD", sd=sd)


def p_value_of(p_value: float | None) -> Estimate:
    return Estimate(EstimateKind.TEST, p_value, 42, "Fisher's exact test", p_value=p_value)


def count_of(count: int) -> Estimate:
    return Estimate(EstimateKind.COUNT, count, count, "count")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (1.825, 2, "1.83"),
        (1.005, 2, "1.01"),
        (-2.5, 0, "−3"),
        (-1.825, 2, "−1.83"),
        (0.049, 1, "0.0"),
        (9.995, 2, "10.00"),
        (999.95, 1, "1,000.0"),
        (1234567, 0, "1,234,567"),
        (1e-7, 3, "0.000"),
        (inf, 2, "∞"),
        (-inf, 2, "−∞"),
    ],
)
def test_a_number_is_rounded_half_up_as_it_is_written_and_has_a_comma_at_each_thousand(value, decimals, printed):
    assert format_number(value, decimals) == printed


@given(value=st.floats(-1e6, 1e6), decimals=st.integers(0, 4))
def test_a_number_that_rounds_to_zero_has_no_sign_and_every_other_prints_within_half_a_digit(value, decimals):
    printed = format_number(value, decimals)
    read = float(printed.replace(",", "").replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10**-decimals * (1 + 1e-9)
    assert ("−" in printed) == (read < 0)
    assert "-" not in printed


@pytest.mark.parametrize(("count", "printed"), [(0, "0"), (42, "42"), (5000, "5,000"), (1000000, "1,000,000")])
def test_a_count_has_a_comma_at_each_thousand(count, printed):
    assert format_count(count) == printed


@pytest.mark.parametrize(
    ("days", "printed"), [(0, "0 days"), (1, "1 day"), (-1, "−1 days"), (28, "28 days"), (1207, "1,207 days")]
)
def test_days_have_their_unit(days, printed):
    assert format_days(days) == printed


@pytest.mark.parametrize(
    ("numerator", "denominator", "printed"),
    [
        (35, 42, "83 %"),
        (1, 8, "13 %"),
        (3, 8, "38 %"),
        (0, 99, "0 %"),
        (99, 99, "100 %"),
        (1, 100, "1.0 %"),
        (5, 1000, "0.5 %"),
        (1, 2000, "0.1 %"),
        (0, 0, "not estimable"),
    ],
)
def test_a_percentage_gets_its_decimal_from_100_persons_on_and_halves_go_up(numerator, denominator, printed):
    assert format_percentage(numerator, denominator) == printed


def test_a_share_prints_its_counts():
    assert format_share(1, 2000) == "1/2,000 (0.1 %)"
    assert format_share(0, 0) == "not estimable (0/0)"


@pytest.mark.parametrize(
    ("p_value", "printed"),
    [
        (1.0, "1.00"),
        (0.995, "1.00"),
        (0.274, "0.27"),
        (0.05, "0.05"),
        (0.0499, "< 0.05"),
        (0.0494, "0.049"),
        (0.046, "0.046"),
        (0.044, "0.04"),
        (0.01, "0.01"),
        (0.00999, "0.010"),
        (0.0074, "0.007"),
        (0.001, "0.001"),
        (0.00099, "< 0.001"),
        (0.0, "< 0.001"),
        (None, "not estimable"),
    ],
)
def test_a_p_value_has_two_decimals_three_when_small_and_is_never_0(p_value, printed):
    assert format_p_value(p_value) == printed


@given(p_value=st.floats(0, 1))
def test_a_printed_p_value_is_on_the_same_side_of_5_per_cent_as_the_p_value(p_value):
    printed = format_p_value(p_value)
    assert (printed.startswith("<") or float(printed) < 0.05) == (p_value < 0.05)
    assert printed.strip("< 0.") != ""


@pytest.mark.parametrize(
    ("estimate", "printed"),
    [
        (count_of(5000), "5,000"),
        (estimate_proportion(35, 42), "35/42 (83 %; 95 % CI 69 to 93)"),
        (estimate_proportion(0, 20), "0/20 (0 %; 95 % CI 0 to 17)"),
        (estimate_proportion(81, 263), "81/263 (30.8 %; 95 % CI 25.3 to 36.8)"),
        (estimate_proportion(1200, 5000, level=0.9), "1,200/5,000 (24.0 %; 90 % CI 23.0 to 25.0)"),
        (estimate_proportion(35, 42, level=0.999), "35/42 (83 %; 99.9 % CI 58 to 97)"),
        (estimate_proportion(0, 0), "not estimable (0/0)"),
        (Estimate(EstimateKind.PROPORTION, 0.25, 40, "weighted"), "25 %"),
        (Estimate(EstimateKind.PROPORTION, 0.25, 40, "weighted", 0.1, 0.5, 0.95), "25 % (95 % CI 10 to 50)"),
        (estimate_difference(13, 15, 22, 27), "5 percentage points (95 % CI −21 to 26)"),
        (estimate_difference(22, 27, 13, 15), "−5 percentage points (95 % CI −26 to 21)"),
        (estimate_difference(560, 700, 480, 800), "20.0 percentage points (95 % CI 15.4 to 24.4)"),
        (estimate_difference(0, 10, 0, 20), "0 percentage points (95 % CI −16 to 28)"),
        (estimate_difference(0, 0, 1, 2), "not estimable (n = 2)"),
        (mean_of(49.94, 20.42), "49.9 ± 20.4"),
        (mean_of(1.8182, 1.3797), "1.8 ± 1.4"),
        (mean_of(671.64, 1207.94), "671.6 ± 1,207.9"),
        (mean_of(0.0526, 0.0123), "0.053 ± 0.012"),
        (mean_of(3, 0), "3.0 ± 0.0"),
        (mean_of(3, None, n=1), "3.0 (SD not estimable, n = 1)"),
        (estimate_mean([]), "not estimable (n = 0)"),
        (estimate_median([8, 9, 12, 20, 30]), "12 (9 to 20)"),
        (estimate_median([8, 9, 12, 13]), "10.5 (8.8 to 12.3)"),
        (estimate_median([0.8, 0.9, 2.1]), "0.9 (0.9 to 1.5)"),
        (estimate_median([]), "not estimable (n = 0)"),
        (estimate_hodges_lehmann_shift([5, 6, 7, 9], [1, 2, 3, 4]), "4 (95 % CI 1 to 8)"),
        (estimate_hodges_lehmann_shift([1], [2.5]), "−1.5 (95 % CI −∞ to ∞)"),
        (estimate_odds_ratio(13, 15, 22, 27), "1.46 (95 % CI 0.20 to 17.5)"),
        (estimate_odds_ratio(10, 10, 3, 10), "∞ (95 % CI 2.58 to ∞)"),
        (estimate_odds_ratio(0, 3, 0, 4), "not estimable (n = 7)"),
        (Estimate(EstimateKind.RATIO, 1234.5, 42, "maximum likelihood"), "1,235"),
        (estimate_fisher_exact(13, 15, 22, 27), "P = 1.00"),
        (p_value_of(0.0321), "P = 0.03"),
        (p_value_of(0.0000321), "P < 0.001"),
        (p_value_of(None), "not estimable (n = 42)"),
    ],
)
def test_each_kind_of_estimate_prints_as_a_journal_prints_it(estimate, printed):
    assert format_estimate(estimate) == printed


@pytest.mark.parametrize(
    ("estimate", "digits", "printed"),
    [
        (estimate_proportion(35, 42), 1, "35/42 (83.3 %; 95 % CI 68.6 to 93.0)"),
        (mean_of(49.94, 20.42), 2, "49.94 ± 20.42"),
        (mean_of(49.94, 20.42), 0, "50 ± 20"),
        (estimate_median([8, 9, 12, 13]), 2, "10.50 (8.75 to 12.25)"),
        (estimate_difference(13, 15, 22, 27), 1, "5.2 percentage points (95 % CI −21.5 to 25.7)"),
        (estimate_odds_ratio(13, 15, 22, 27), 1, "1.5 (95 % CI 0.2 to 17.5)"),
    ],
)
def test_digits_take_the_place_of_the_rule(estimate, digits, printed):
    assert format_estimate(estimate, digits) == printed


# The reproduced estimate differs from the published one in every number, so that a digit left over shows.
SHARE = estimate_proportion(22, 27)
DIFFERENCE = estimate_difference(22, 27, 13, 15)
MEAN = mean_of(2.345, 0.55)


@pytest.mark.parametrize(
    ("published", "estimate", "reproduced"),
    [
        ("42", count_of(41), "41"),
        ("n = 42", count_of(41), "n = 41"),
        ("5,000", count_of(4999), "4,999"),
        ("5000", count_of(4999), "4999"),
        ("83 %", SHARE, "81 %"),
        ("83%", SHARE, "81%"),
        ("83.3%", SHARE, "81.5%"),
        ("35", SHARE, "22"),
        ("35/42", SHARE, "22/27"),
        ("35 of 42", SHARE, "22 of 27"),
        ("35/42 (83 %)", SHARE, "22/27 (81 %)"),
        ("35 (83.3%)", SHARE, "22 (81.5%)"),
        ("83 % of 42", SHARE, "81 % of 27"),
        ("83 % (n = 42)", SHARE, "81 % (n = 27)"),
        ("83 % (95 % CI 69 to 93)", SHARE, "81 % (95 % CI 62 to 94)"),
        ("83.3 (68.6-93.0)", SHARE, "81.5 (61.9-93.7)"),
        ("83% (69%-93%)", SHARE, "81% (62%-94%)"),
        ("83% (69% - 93%)", SHARE, "81% (62% - 94%)"),
        ("95 % CI 69 to 93 %", SHARE, "95 % CI 62 to 94 %"),
        ("0.83 (0.69 to 0.93)", SHARE, "0.81 (0.62 to 0.94)"),
        (".83", SHARE, ".81"),
        ("0.5 %", estimate_proportion(1, 400), "0.3 %"),
        ("12.5 %", estimate_proportion(1, 800), "0.1 %"),
        ("3 %", estimate_proportion(1, 40), "3 %"),
        ("1.82 ± 1.38", MEAN, "2.35 ± 0.55"),
        ("1.8 ± 1.38", MEAN, "2.3 ± 0.55"),
        ("49.9 ± 20.42", mean_of(50.04999, 20.415), "50.0 ± 20.42"),
        ("1.82 +/- 1.38", MEAN, "2.35 +/- 0.55"),
        ("1.82+/-1.38", MEAN, "2.35+/-0.55"),
        ("1.82 (SD 1.38)", MEAN, "2.35 (SD 0.55)"),
        ("2", MEAN, "2"),
        ("671.6 ± 1207.9", mean_of(1671.64, 1207.95), "1671.6 ± 1208.0"),
        ("671.6 ± 1,207.9", mean_of(1671.64, 1207.95), "1671.6 ± 1,208.0"),
        ("-1.2 ± 0.3", mean_of(-2.34, 0.55), "-2.3 ± 0.6"),
        ("−1.2 ± 0.3", mean_of(0.04, 0.55), "0.0 ± 0.6"),
        ("1.2 ± 0.3", mean_of(-2.34, 0.55), "−2.3 ± 0.6"),
        ("11 (7 to 19)", estimate_median([8, 9, 12, 20, 30]), "12 (9 to 20)"),
        ("11 (7-19)", estimate_median([8, 9, 12, 20, 30]), "12 (9-20)"),
        ("11.5", estimate_median([8, 9, 12, 20, 30]), "12.0"),
        ("5 (-21 to 27)", DIFFERENCE, "−5 (-26 to 21)"),
        ("-35 percentage points", DIFFERENCE, "-5 percentage points"),
        ("0.05 (−0.21 to 0.27)", DIFFERENCE, "−0.05 (−0.26 to 0.21)"),
        ("0.5 percentage points", DIFFERENCE, "−5.2 percentage points"),
        ("1.48 (0.25 to 8.8)", estimate_odds_ratio(10, 10, 3, 10), "∞ (2.58 to ∞)"),
        ("P = 0.03", p_value_of(0.274), "P = 0.27"),
        ("P=.03", p_value_of(0.274), "P=.27"),
        ("0.44", p_value_of(0.274), "0.27"),
        ("0.44", p_value_of(0.00274), "<0.01"),
        ("P = 0.03", p_value_of(0.0007), "P < 0.01"),
        ("P < 0.05", p_value_of(0.0007), "P < 0.05"),
        ("P < 0.05", p_value_of(0.274), "P = 0.27"),
        ("P > 0.05", p_value_of(0.274), "P > 0.05"),
        ("P > 0.05", p_value_of(0.0274), "P = 0.03"),
        ("P ≤ 0.05", p_value_of(0.05), "P ≤ 0.05"),
        ("P ≥ 0.05", p_value_of(0.04), "P = 0.04"),
        ("P = 1.00", p_value_of(0.5), "P = 0.50"),
    ],
)
def test_a_reproduced_figure_has_the_shape_and_the_digits_of_the_published_one(published, estimate, reproduced):
    assert reproduce_as(published, estimate) == reproduced


@pytest.mark.parametrize(
    ("published", "estimate", "reproduced"),
    [
        ("none", SHARE, "22/27 (81 %; 95 % CI 62 to 94)"),
        ("1 2 3", SHARE, "22/27 (81 %; 95 % CI 62 to 94)"),
        ("1 % 2 3 4", SHARE, "22/27 (81 %; 95 % CI 62 to 94)"),
        ("83 % (69 to 93)", Estimate(EstimateKind.PROPORTION, 0.25, 40, "weighted"), "25 %"),
        ("83 %", estimate_proportion(0, 0), "not estimable (0/0)"),
        ("1.82 ± 1.38", mean_of(3, None, n=1), "3.0 (SD not estimable, n = 1)"),
        ("42 (15)", count_of(41), "41"),
        ("not significant", p_value_of(0.274), "P = 0.27"),
        ("P = 0.03", p_value_of(None), "not estimable (n = 42)"),
    ],
)
def test_a_shape_that_the_estimate_cannot_fill_is_printed_in_full(published, estimate, reproduced):
    assert reproduce_as(published, estimate) == reproduced


@pytest.mark.parametrize("published", ["83 %", "87 %", "81 %"])
def test_only_one_count_of_responders_reproduces_each_published_percentage(published):
    persons = {"83 %": 42, "87 %": 15, "81 %": 27}[published]
    fitting = [r for r in range(persons + 1) if reproduce_as(published, estimate_proportion(r, persons)) == published]
    assert fitting == [{"83 %": 35, "87 %": 13, "81 %": 22}[published]]


def test_no_count_of_42_persons_reproduces_80_per_cent():
    assert all(reproduce_as("80 %", estimate_proportion(r, 42)) != "80 %" for r in range(43))
