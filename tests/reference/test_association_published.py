"""Exact tests of association, as R printed them for published tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.association import (
    estimate_fisher_exact,
    estimate_freeman_halton,
    estimate_odds_ratio,
)

with (Path(__file__).parent / "published_tests.csv").open(encoding="utf-8", newline="") as file:
    KNOWN = list(csv.DictReader(file))


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known["name"])
def test_the_p_value_of_a_published_table_is_the_printed_one(known):
    table = [[int(count) for count in row.split()] for row in known["table"].split("/")]
    unknown = estimate_freeman_halton(table)
    assert unknown.method == "Freeman-Halton exact test"
    assert round(unknown.p_value, int(known["decimals"])) == float(known["p_value"])


def test_a_table_too_large_to_enumerate_is_sampled_near_the_exact_p_value_and_says_so():
    unknown = estimate_freeman_halton(
        [
            [1, 2, 2, 1, 1, 0, 1],
            [2, 0, 0, 2, 3, 0, 0],
            [0, 1, 1, 1, 2, 7, 3],
            [1, 1, 2, 0, 0, 0, 1],
            [0, 1, 1, 1, 1, 0, 0],
        ]
    )
    assert unknown.method == "Freeman-Halton test, Monte Carlo with 100,000 tables, seed 1"
    # Four standard errors of a share of 100,000 samples.
    assert unknown.p_value == pytest.approx(0.03929, abs=0.0025)


def test_the_odds_ratio_of_the_convictions_of_twins_is_the_one_that_r_prints():
    unknown = estimate_odds_ratio(2, 17, 10, 13)
    assert unknown.value == pytest.approx(0.04693661, rel=1e-5)
    # R's root finder stops at a tolerance of 1e-4 of the odds ratio.
    assert unknown.lower == pytest.approx(0.003325764, abs=1e-4)
    assert unknown.upper == pytest.approx(0.363182271, abs=1e-4)


def test_the_strata_of_the_published_study_respond_alike():
    assert round(estimate_fisher_exact(13, 15, 22, 27).p_value, 2) == 1.00


def test_progression_in_the_french_series_differs_between_responders_and_others():
    # Bounfour 2014: 4 of 8 against 2 of 19.
    assert round(estimate_fisher_exact(4, 8, 2, 19).p_value, 3) == 0.044
