"""Means and SDs that papers and other programs call possible or not, and P values and intervals of other programs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.proportion import proportion_confint

from refractory.statistics.consistency import find_sums
from refractory.statistics.consistency_of_spread import Fault, Range, Spread, find_spread
from refractory.statistics.consistency_of_tests import find_intervals, find_tests
from refractory.statistics.printed_numbers import TO_NEAREST, parse_printed

with (Path(__file__).parent / "consistency_published.csv").open(encoding="utf-8", newline="") as file:
    ROWS = [tuple(row.values()) for row in csv.DictReader(file)]
TABLES = [(13, 15, 22, 27), (3, 4, 1, 4), (0, 9, 6, 30), (50, 60, 40, 70), (7, 7, 2, 11)]
ANY = parse_printed("0.5")


@pytest.mark.parametrize(("mean", "sd", "n", "possible", "source"), ROWS)
def test_a_mean_with_its_sd_is_as_possible_as_its_source_says(mean, sd, n, possible, source):
    # These sources round to the nearest, a tie either way, and take the SD of a sample.
    if sd:
        answer = find_spread(parse_printed(mean), parse_printed(sd), int(n), roundings=TO_NEAREST)
        known = any(one.spread is Spread.SAMPLE for one in answer.possible)
    else:
        known = bool(find_sums(parse_printed(mean), int(n), roundings=TO_NEAREST))
    assert known == (possible == "yes")


def test_values_of_a_scale_cannot_have_the_sd_that_values_without_ends_can():
    # The last row of pigs5 needs values below zero: the two squares that 8 persons' ones leave cannot be so large.
    mean, sd = parse_printed("0.24"), parse_printed("6.43")
    assert find_spread(mean, sd, 34, roundings=TO_NEAREST).possible
    assert find_spread(mean, sd, 34, within=Range(least=0), roundings=TO_NEAREST).fault is Fault.VALUES


@pytest.mark.parametrize("table", TABLES)
def test_p_values_are_those_of_scipy(table):
    r1, n1, r2, n2 = table
    counts = [[r1, n1 - r1], [r2, n2 - r2]]
    ours = {one.method: one.numbers[0] for one in find_tests(*table, ANY)}
    assert ours["Fisher's exact test"] == pytest.approx(fisher_exact(counts).pvalue, abs=1e-9)
    assert ours["chi-squared test"] == pytest.approx(chi2_contingency(counts, correction=False).pvalue, abs=1e-9)
    yates = chi2_contingency(counts, correction=True).pvalue
    assert ours["chi-squared test, Yates's correction"] == pytest.approx(yates, abs=1e-9)


@pytest.mark.parametrize(("count", "persons"), [(35, 42), (13, 15), (0, 7), (22, 27), (9, 9)])
@pytest.mark.parametrize(
    ("method", "theirs"),
    [("Wald, kept within 0 to 100", "normal"), ("Wilson", "wilson"), ("Clopper-Pearson", "beta")],
)
def test_intervals_are_those_of_statsmodels(count, persons, method, theirs):
    ours = {one.method: one.numbers for one in find_intervals(count, persons, ANY, ANY)}
    known = [100 * end for end in proportion_confint(count, persons, method=theirs)]
    assert list(ours[method]) == pytest.approx(known, abs=1e-6)


def test_agresti_coull_is_that_of_statsmodels():
    ours = {one.method: one.numbers for one in find_intervals(35, 42, ANY, ANY)}
    known = [100 * end for end in proportion_confint(35, 42, method="agresti_coull")]
    assert list(ours["Agresti-Coull"]) == pytest.approx(known, abs=1e-6)
