"""Firth's regression and the alternatives for small groups, as R computes them."""

from __future__ import annotations

import csv
from math import exp, log
from pathlib import Path

import pytest
from scipy import stats

from refractory.statistics.association import estimate_boschloo
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.firth import fit_firth
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.means import (
    estimate_mean_change,
    estimate_mean_difference,
    estimate_paired_t_test,
    estimate_welch_test,
)
from refractory.statistics.score_difference import estimate_difference_by_score

HERE = Path(__file__).parent


def read_known(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_columns(name: str) -> dict[str, list[float]]:
    rows = read_known(name)
    return {column: [float(row[column]) for row in rows] for column in rows[0]}


def read_model(name: str) -> tuple[list[float], dict[str, list[float]]]:
    """The response and the predictors of a model, by the names that R was given."""
    if name == "separated":
        return [0] * 9 + [1] * 6, {"apart": [0] * 9 + [1] * 6}
    columns = read_columns({"endometrial": "endometrial.csv", "few": "firth_few.csv"}[name])
    return columns.pop({"endometrial": "HG", "few": "responded"}[name]), columns


@pytest.mark.parametrize("known", read_known("firth_r.csv"), ids=lambda known: "{model} {level} {term}".format(**known))
def test_firth_is_that_of_logistf(known):
    fit = fit_firth(*read_model(known["model"]), level=float(known["level"]))
    assert fit.log_likelihood == pytest.approx(float(known["likelihood"]), abs=1e-7)
    assert 2 * (fit.log_likelihood - float(known["likelihood_of_none"])) == pytest.approx(float(known["overall"]))
    if known["term"] == "(Intercept)":
        assert fit.intercept == pytest.approx(float(known["coefficient"]), abs=1e-5)
        assert fit.test.p_value == pytest.approx(float(known["overall_p_value"]), rel=1e-5)
        return
    (term,) = (term for term in fit.terms if term.name == known["term"])
    assert term.coefficient == pytest.approx(float(known["coefficient"]), abs=1e-5)
    assert log(term.odds_ratio.lower) == pytest.approx(float(known["lower"]), abs=1e-4)
    assert log(term.odds_ratio.upper) == pytest.approx(float(known["upper"]), abs=1e-4)
    assert term.test.p_value == pytest.approx(float(known["p_value"]), rel=1e-5)
    assert term.standard_error == pytest.approx(float(known["error"]), rel=1e-4)


def test_neovascularisation_separates_and_has_the_finite_ratio_and_the_error_that_brglm2_prints():
    fit = fit_firth(*read_model("endometrial"))
    assert fit.is_separated
    # With the true second derivatives each step squares the error that is left.
    assert fit.steps <= 10
    neovascularisation = fit.terms[0]
    assert round(neovascularisation.coefficient, 6) == 2.929273
    assert round(neovascularisation.standard_error, 6) == 1.550764
    assert neovascularisation.odds_ratio.value == pytest.approx(exp(2.929273), rel=1e-6)


@pytest.mark.parametrize(
    "known", read_known("two_groups_r.csv"), ids=lambda known: "{r1}/{n1} v {r2}/{n2}".format(**known)
)
def test_the_score_interval_is_that_of_propcis_and_boschloo_that_of_exact(known):
    groups = [int(known[name]) for name in ("r1", "n1", "r2", "n2")]
    unknown = estimate_difference_by_score(*groups)
    # R stops its search when the squared distance is right to 1e-6, or the end to 1e-7.
    assert unknown.lower == pytest.approx(float(known["lower"]), abs=2e-6)
    assert unknown.upper == pytest.approx(float(known["upper"]), abs=2e-6)
    # R tries rates in steps of a thousandth, and so stays a little below the largest chance.
    boschloo = 1.0 if known["boschloo"] == "NA" else float(known["boschloo"])
    assert estimate_boschloo(*groups).p_value == pytest.approx(boschloo, rel=1e-4)


def test_where_groups_are_of_one_size_boschloo_is_that_of_scipy_which_doubles_the_smaller_side():
    for r1, r2, n in ((7, 1, 12), (9, 3, 10), (7, 1, 34)):
        known = stats.boschloo_exact([[r1, r2], [n - r1, n - r2]], n=64).pvalue
        assert estimate_boschloo(r1, n, r2, n).p_value == pytest.approx(known, rel=1e-6)


@pytest.mark.parametrize(
    "known", read_known("corrected_r.csv"), ids=lambda known: "{responders}/{evaluable}".format(**known)
)
def test_the_melded_interval_is_that_of_asht_within_the_error_of_its_draws(known):
    given = {name: int(known[name]) for name in ("said_yes", "truly_yes", "said_no", "truly_no")}
    unknown = estimate_true_proportion(int(known["responders"]), int(known["evaluable"]), **given)
    assert unknown.value == pytest.approx(float(known["value"]))
    assert unknown.lower == pytest.approx(float(known["lower"]), abs=1e-3)
    assert unknown.upper == pytest.approx(float(known["upper"]), abs=1e-3)


def test_standardised_differences_are_those_of_stddiff():
    persons = read_columns("balance_persons.csv")
    known = {
        row["variable"]: {name: float(row[name]) for name in ("value", "lower", "upper")}
        for row in read_known("balance_r.csv")
    }
    in_group = [[place for place, group in enumerate(persons["group"]) if group == which] for which in (0, 1)]

    def split(name):
        return [[persons[name][place] for place in places] for places in in_group]

    women = [value for group in split("woman") for value in (int(sum(group)), len(group))]
    age, woman = (
        estimate_standardised_difference(*split("age")),
        estimate_standardised_difference_of_proportions(*women),
    )
    # R gives the size of a difference, rounded to three places.
    for name, unknown in (("age", age), ("woman", woman)):
        assert abs(unknown.value) == pytest.approx(known[name]["value"], abs=5.1e-4)
        assert sorted((abs(unknown.lower), abs(unknown.upper))) == pytest.approx(
            sorted((abs(known[name]["lower"]), abs(known[name]["upper"]))), abs=5.1e-4
        )
    counts = [[group.count(subtype) for subtype in (1, 2, 3)] for group in split("subtype")]
    unknown = estimate_standardised_difference_of_categories(*counts)
    assert unknown.value == pytest.approx(known["subtype"]["value"], abs=5.1e-4)


# Student 1908, hours of sleep gained under two drugs; R's data `sleep` and its examples of t.test.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_welch_of_students_sleep_data_is_what_r_prints():
    unknown, tested = estimate_mean_difference(FIRST, SECOND), estimate_welch_test(FIRST, SECOND)
    assert round(unknown.lower, 7) == -3.3654832
    assert round(unknown.upper, 7) == 0.2054832
    assert round(tested.p_value, 5) == 0.07939


def test_the_paired_t_of_students_sleep_data_is_what_r_prints():
    differences = [one - other for one, other in zip(FIRST, SECOND, strict=True)]
    unknown, tested = estimate_mean_change(differences), estimate_paired_t_test(differences)
    assert round(unknown.value, 2) == -1.58
    assert [round(unknown.lower, 7), round(unknown.upper, 7)] == [-2.4598858, -0.7001142]
    assert round(tested.p_value, 6) == 0.002833


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_welch_and_the_paired_t_are_those_of_scipy(level):
    known = stats.ttest_ind(FIRST[:4], SECOND, equal_var=False)
    ends = known.confidence_interval(level)
    unknown = estimate_mean_difference(FIRST[:4], SECOND, level)
    assert (unknown.lower, unknown.upper) == pytest.approx((ends.low, ends.high), rel=1e-9)
    assert estimate_welch_test(FIRST[:4], SECOND).p_value == pytest.approx(known.pvalue, rel=1e-9)
    paired = stats.ttest_rel(FIRST, SECOND)
    differences = [one - other for one, other in zip(FIRST, SECOND, strict=True)]
    ends = paired.confidence_interval(level)
    unknown = estimate_mean_change(differences, level)
    assert (unknown.lower, unknown.upper) == pytest.approx((ends.low, ends.high), rel=1e-9)
    assert estimate_paired_t_test(differences).p_value == pytest.approx(paired.pvalue, rel=1e-9)
