"""Agreement as published examples and other programs have it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from refractory.statistics.agreement import (
    build_linear_weights,
    build_quadratic_weights,
    estimate_ac1,
    estimate_kappa,
    estimate_percent_agreement,
    estimate_weighted_kappa,
)
from refractory.statistics.distributions import normal_quantile
from refractory.statistics.krippendorff import (
    estimate_alpha_interval,
    estimate_alpha_nominal,
    estimate_alpha_ordinal,
)

with (Path(__file__).parent / "agreement_r.csv").open(encoding="utf-8", newline="") as lines:
    KNOWN = list(csv.DictReader(lines))
with (Path(__file__).parent / "agreement_weights_r.csv").open(encoding="utf-8", newline="") as lines:
    WEIGHTED = list(csv.DictReader(lines))
Z = normal_quantile(0.975)

# Krippendorff's example: four observers, twelve units, some of them left out.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = list(zip(*OBSERVERS, strict=True))
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
SAS_TABLE = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def read_table(row):
    return [[int(count) for count in line.split()] for line in row["table"].split(" / ")]


@pytest.mark.parametrize("row", KNOWN, ids=[row["name"] for row in KNOWN])
def test_kappa_and_its_standard_error_are_those_of_vcd_and_psych(row):
    unknown = estimate_kappa(read_table(row), level=0.5)
    error = (unknown.upper - unknown.value) / normal_quantile(0.75)
    assert unknown.value == pytest.approx(float(row["kappa"]), abs=1e-9)
    assert unknown.value == pytest.approx(float(row["psych_kappa"]), abs=1e-9)
    assert error == pytest.approx(float(row["kappa_error"]), abs=1e-9)


@pytest.mark.parametrize("row", KNOWN, ids=[row["name"] for row in KNOWN])
@pytest.mark.parametrize(("scale", "build"), [("linear", build_linear_weights), ("quadratic", build_quadratic_weights)])
def test_weighted_kappa_and_its_standard_error_are_those_of_vcd(row, scale, build):
    table = read_table(row)
    unknown = estimate_weighted_kappa(table, weights=build(len(table)), level=0.5)
    error = (unknown.upper - unknown.value) / normal_quantile(0.75)
    assert unknown.value == pytest.approx(float(row[scale]), abs=1e-9)
    assert error == pytest.approx(float(row[f"{scale}_error"]), abs=1e-9)


@pytest.mark.parametrize("row", KNOWN, ids=[row["name"] for row in KNOWN])
def test_kappa_and_its_standard_error_are_those_of_statsmodels(row):
    table = read_table(row)
    known = cohens_kappa(np.array(table))
    unknown = estimate_kappa(table, level=0.5)
    error = (unknown.upper - unknown.value) / normal_quantile(0.75)
    assert (unknown.value, error) == pytest.approx((known.kappa, known.std_kappa), abs=1e-9)


def test_both_kappas_of_the_sas_example_are_those_that_sas_prints():
    simple = estimate_kappa(SAS_TABLE)
    weighted = estimate_weighted_kappa(SAS_TABLE, weights=build_linear_weights(3))
    assert [f"{number:.4f}" for number in (simple.value, simple.lower, simple.upper)] == ["0.4842", "0.2137", "0.7547"]
    assert [f"{number:.4f}" for number in (weighted.value, weighted.lower, weighted.upper)] == [
        "0.4701",
        "0.1845",
        "0.7558",
    ]


def test_kappa_and_weighted_kappa_of_cohens_example_are_those_that_he_reports():
    # 200 pairs; two ways to differ weigh 1, two weigh 3 and two weigh 6, as disagreement.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    weights = [[1, 5 / 6, 1 / 2], [5 / 6, 1, 0], [1 / 2, 0, 1]]
    assert f"{estimate_kappa(table).value:.3f}" == "0.492"
    assert f"{estimate_weighted_kappa(table, weights=weights).value:.3f}" == "0.348"


@pytest.mark.parametrize("row", WEIGHTED, ids=[row["name"] for row in WEIGHTED])
def test_weighted_kappa_with_weights_of_ones_own_is_that_of_vcd_psych_and_statsmodels(row):
    weights = [[float(weight) for weight in line.split()] for line in row["weights"].split(" / ")]
    unknown = estimate_weighted_kappa(read_table(row), weights=weights, level=0.5)
    error = (unknown.upper - unknown.value) / normal_quantile(0.75)
    again = cohens_kappa(np.array(read_table(row)), weights=1 - np.array(weights))
    assert unknown.value == pytest.approx(float(row["psych_weighted"]), abs=1e-9)
    assert (unknown.value, error) == pytest.approx((float(row["weighted"]), float(row["error"])), abs=1e-9)
    assert (unknown.value, error) == pytest.approx((again.kappa, again.std_kappa), abs=1e-9)


def test_kappa_ac1_and_agreement_of_gwets_abstractors_are_his():
    kappa, ac1 = estimate_kappa(ABSTRACTORS), estimate_ac1(ABSTRACTORS)
    assert kappa.value == pytest.approx(0.7964094, abs=5e-8)
    assert (kappa.upper - kappa.value) / Z == pytest.approx(0.05891072, abs=5e-9)
    assert ac1.value == pytest.approx(0.8493305, abs=5e-8)
    assert [f"{end:.3f}" for end in (ac1.lower, ac1.upper)] == ["0.764", "0.935"]
    # Student's t with 99 degrees of freedom; his standard error has eight decimals.
    assert (ac1.upper - ac1.value) / 1.9842169515 == pytest.approx(0.04321747, abs=5e-9)
    assert estimate_percent_agreement(ABSTRACTORS).value == 0.89


@pytest.mark.parametrize(
    ("estimate", "published"),
    [(estimate_alpha_nominal, "0.743"), (estimate_alpha_ordinal, "0.815"), (estimate_alpha_interval, "0.849")],
)
def test_krippendorffs_example_has_his_alpha(estimate, published):
    assert f"{estimate(UNITS).value:.3f}" == published


def test_the_nominal_alpha_of_the_same_example_is_that_of_gwets_program():
    unknown = estimate_alpha_nominal(UNITS)
    assert f"{unknown.value:.5f}" == "0.74342"
    assert unknown.n == 11
