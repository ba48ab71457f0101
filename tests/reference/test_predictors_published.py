"""Exact and ridge logistic regression, Rubin's rules, combined profiles and imputation, as R computes them."""

from __future__ import annotations

import csv
from math import inf, log
from pathlib import Path

import numpy as np
import pytest

from refractory.statistics.combined import fit_firth_to_sets
from refractory.statistics.exact_logistic import fit_exact
from refractory.statistics.imputation import derive_completed_sets
from refractory.statistics.ridge import fit_ridge

HERE = Path(__file__).parent
MODELS = {
    "two": ("female", "skin"), "three": ("female", "skin", "raised"), "apart": ("skin", "apart"),
    "whole": ("dose", "treated"),
}  # fmt: skip


def read_known(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_numbers(name: str) -> dict[str, list[float]]:
    rows = read_known(name)
    return {column: [float(row[column]) for row in rows] for column in rows[0]}


def read_end(printed: str) -> float:
    return {"-Inf": -inf, "Inf": inf}.get(printed) or float(printed)


def log_of(value: float) -> float:
    return -inf if value == 0 else log(value)


@pytest.mark.parametrize("known", read_known("exact_r.csv"), ids=lambda known: "{model} {term}".format(**known))
def test_exact_is_that_of_logistix_and_of_all_choices_one_by_one(known):
    columns = read_numbers("exact_whole.csv" if known["model"] == "whole" else "exact_few.csv")
    responded = [bool(one) for one in columns["responded"]]
    predictors = {name: [int(one) for one in columns[name]] for name in MODELS[known["model"]]}
    (term,) = (term for term in fit_exact(responded, predictors) if term.name == known["term"])
    assert log(term.odds_ratio.value) == pytest.approx(float(known["coefficient"]), abs=1e-7)
    assert log_of(term.odds_ratio.lower) == pytest.approx(read_end(known["lower"]), abs=1e-7)
    assert log_of(term.odds_ratio.upper) == pytest.approx(read_end(known["upper"]), abs=1e-7)
    assert term.test.p_value == pytest.approx(float(known["p_value"]), rel=1e-9)


@pytest.mark.parametrize("known", read_known("combined_r.csv"), ids=lambda known: known["term"])
def test_imputed_sets_are_pooled_as_mice_does_and_combined_as_logistf_does(known):
    columns = read_numbers("imputed_sets.csv")
    sets = [
        {name: [v for v, own in zip(columns[name], columns["set"], strict=True) if own == one] for name in columns}
        for one in sorted(set(columns["set"]))
    ]
    responded = [bool(one) for one in sets[0]["responded"]]
    found = fit_firth_to_sets(responded, [{"skin": one["skin"], "score": one["score"]} for one in sets])
    (term,) = (term for term in found if term.name == known["term"])
    assert term.pooled.value == pytest.approx(float(known["coefficient"]), abs=1e-7)
    assert term.pooled.standard_error == pytest.approx(float(known["error"]), rel=1e-7)
    assert term.pooled.degrees == pytest.approx(float(known["degrees"]), rel=1e-6)
    assert term.pooled.missing_information == pytest.approx(float(known["missing"]), rel=1e-6)
    # logistf stops its search for the ends early.
    assert log(term.odds_ratio.lower) == pytest.approx(float(known["lower"]), abs=1e-3)
    assert log(term.odds_ratio.upper) == pytest.approx(float(known["upper"]), abs=1e-3)
    assert term.test.p_value == pytest.approx(float(known["p_value"]), rel=1e-4)


@pytest.mark.parametrize("known", read_known("ridge_r.csv"), ids=lambda known: "{model} {term}".format(**known))
def test_ridge_has_the_penalty_and_the_coefficients_of_mgcv(known):
    if known["model"] == "few":
        columns = read_numbers("imputed_sets.csv")
        columns = {name: values[:42] for name, values in columns.items()}
        responded, names = columns["responded"], ("skin", "score")
    else:
        columns = read_numbers("endometrial.csv")
        responded, names = columns["HG"], ("NV", "PI", "EH")
    fit = fit_ridge([bool(one) for one in responded], {name: columns[name] for name in names})
    (term,) = (term for term in fit.terms if term.name == known["term"])
    assert fit.penalty == pytest.approx(float(known["penalty"]), rel=1e-4)
    assert fit.degrees == pytest.approx(float(known["degrees"]), rel=1e-4)
    assert term.coefficient == pytest.approx(float(known["coefficient"]), rel=1e-4)


def test_ridge_at_its_penalty_is_the_top_of_the_penalised_likelihood_by_another_programs_search():
    from scipy.optimize import minimize

    columns = read_numbers("endometrial.csv")
    fit = fit_ridge([bool(one) for one in columns["HG"]], {name: columns[name] for name in ("NV", "PI", "EH")})
    plain = np.array([columns[name] for name in ("NV", "PI", "EH")])
    design = ((plain.T - plain.mean(axis=1)) / plain.std(axis=1)).T
    responded = np.array(columns["HG"])

    def loss(beta):
        linear = beta[0] + beta[1:] @ design
        return np.logaddexp(0, linear).sum() - responded @ linear + fit.penalty / 2 * beta[1:] @ beta[1:]

    top = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    expected = top[1:] / plain.std(axis=1)
    assert [term.coefficient for term in fit.terms] == pytest.approx(expected.tolist(), rel=1e-4)


def test_in_the_long_run_imputation_is_that_of_mice():
    rows = read_known("imputation_gaps.csv")
    responded = [row["responded"] == "1" for row in rows]
    numbers = {name: [None if row[name] == "NA" else float(row[name]) for row in rows] for name in ("age", "score")}
    groupings = {"group": [None if row["group"] == "NA" else row["group"] for row in rows]}
    sets = derive_completed_sets(responded, numbers, groupings, sets=60, seed=4, rounds=5)
    of_score = [place for place, value in enumerate(numbers["score"]) if value is None]
    of_group = [place for place, value in enumerate(groupings["group"]) if value is None]
    found = {
        "score_of_gaps": [np.mean([one.numbers["score"][place] for place in of_score]) for one in sets],
        "spread_of_gaps": [np.std([one.numbers["score"][place] for place in of_score], ddof=1) for one in sets],
        "b_of_gaps": [np.mean([one.groupings["group"][place] == "b" for place in of_group]) for one in sets],
        "c_of_gaps": [np.mean([one.groupings["group"][place] == "c" for place in of_group]) for one in sets],
    }
    coefficients = [_fit_plainly(responded, one) for one in sets]
    found |= {name: [one[place] for one in coefficients] for place, name in enumerate(("age", "score", "b", "c"))}
    for known in read_known("imputation_r.csv"):
        own = np.array(found[known["quantity"]])
        # Three standard errors of the mean of so many sets, and a tenth of their spread: Firth's regression and mice's
        # added persons keep separated groups finite in other ways.
        allowed = 3 * float(known["sd"]) / len(sets) ** 0.5 + 0.1 * float(known["sd"])
        assert own.mean() == pytest.approx(float(known["mean"]), abs=allowed), known["quantity"]
        assert own.std(ddof=1) == pytest.approx(float(known["sd"]), rel=0.3), known["quantity"]


def _fit_plainly(responded, completed) -> list[float]:
    """Plain logistic regression by Newton's steps, without the intercept."""
    group = np.array(completed.groupings["group"])
    design = np.column_stack([
        np.ones(len(responded)), completed.numbers["age"], completed.numbers["score"], group == "b", group == "c",
    ]).astype(float)  # fmt: skip
    beta, wanted = np.zeros(5), np.array(responded, dtype=float)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-design @ beta))
        beta = beta + np.linalg.solve(
            design.T @ ((chance * (1 - chance))[:, None] * design), design.T @ (wanted - chance)
        )
    return beta[1:].tolist()
