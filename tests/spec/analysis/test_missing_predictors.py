"""A model of several predictors with gaps: imputed, complete beside it, by each method, and what its report says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.model_persons import Coding, find_model_persons
from refractory.analysis.multivariable import (
    analyse_together,
    find_multivariable_cautions,
    fit_together,
    tabulate_multivariable,
)
from refractory.outcomes.explanations import Explanations
from spec.analysis.test_analysis import FACTS, PLAN, _patients

AGE, SEX, DRUGS = "Age at day 0, years", "Sex", "Drugs before day 0"


def _plan(*names: str, **keys: str):
    return replace(PLAN, analysis=PLAN.analysis.model_copy(update={"together": names, **keys}))


def _persons(yes: int, no: int, *, ageless: int = 0, sexless: int = 0):
    """Persons of different ages; of the first so many the age, of the last so many the sex is not known."""
    patients = _patients(yes, no, 0)
    found = []
    for place, one in enumerate(patients):
        born = None if place < ageless else date(1940 + (7 * place) % 50, 1, 1)
        sex = None if place >= len(patients) - sexless else one.member.sex
        member = replace(one.member, birth_earliest=born, birth_latest=born, sex=sex)
        found.append(replace(one, member=member))
    return found


def test_where_nothing_is_missing_nothing_is_imputed_and_no_column_stands_beside():
    found = fit_together(_persons(20, 8), _plan(AGE, SEX))
    assert (found.sets, found.why_not, found.left_out) == (0, "", 0)
    assert found.fit is found.complete
    table = tabulate_multivariable(found)
    assert table.columns == ("Predictor", "Odds ratio", "P", "Detectable with 80 % power")
    assert "gaps-in-the-model" not in [one.code for one in find_multivariable_cautions(found)]


def test_a_gap_is_imputed_and_the_complete_persons_stand_beside():
    found = fit_together(_persons(24, 10, ageless=5, sexless=2), _plan(AGE, SEX))
    assert (found.sets, found.fit.n, found.complete.n, found.left_out) == (21, 34, 27, 0)
    assert found.persons.unknown == {AGE: 5, SEX: 2}
    assert [term.predictor for term in found.fit.terms] == [AGE, SEX]
    assert all(0 < term.missing_information < 1 for term in found.fit.terms)
    table = tabulate_multivariable(found)
    assert table.columns == (
        "Predictor", "Odds ratio", "P", "Odds ratio, complete persons (n = 27)", "P, complete persons",
        "Missing information", "Detectable with 80 % power",
    )  # fmt: skip
    assert any(
        "Not known: Age at day 0, years, 5 of 34; Sex, 2 of 34. Imputed 21 times" in one for one in table.footnotes
    )
    (caution,) = [one for one in find_multivariable_cautions(found) if one.code == "gaps-in-the-model"]
    assert caution.number == "5 of 34"
    assert "imputed 21 times" in caution.text


def test_the_seed_of_the_plan_decides_what_is_drawn():
    patients, plan = _persons(24, 10, ageless=5), _plan(AGE)
    first, again = (fit_together(patients, plan).fit.terms[0].odds_ratio for _ in range(2))
    assert first == again
    assert fit_together(patients, replace(plan, seed=2)).fit.terms[0].odds_ratio != first


def test_the_protocol_may_ask_for_complete_persons_only():
    found = fit_together(_persons(24, 10, ageless=5), _plan(AGE, SEX, missing_predictors="complete cases"))
    assert (found.sets, found.fit.n, found.left_out) == (0, 29, 5)
    footnotes = tabulate_multivariable(found).footnotes
    assert any("Not imputed: the protocol asks for complete cases." in one for one in footnotes)
    (caution,) = [one for one in find_multivariable_cautions(found) if one.code == "gaps-in-the-model"]
    assert caution.text.endswith("left out (5), because the protocol asks for complete cases.")


def test_too_few_known_persons_are_not_imputed_and_the_table_says_why():
    found = fit_together(_persons(10, 6, ageless=8), _plan(AGE, SEX))
    assert (found.sets, found.complete.n) == (0, 8)
    assert found.why_not == "Age at day 0, years is known of 8 persons, and imputing it asks for 10"


def test_a_predictor_that_is_known_of_nobody_leaves_no_model():
    assert fit_together(_persons(10, 6, ageless=16), _plan(AGE)) is None
    assert analyse_together(_persons(10, 6, ageless=16), _plan(AGE)).tables == ()
    assert fit_together(_patients(0, 0, 5), _plan(AGE)) is None


def test_where_everybody_responded_the_model_has_no_value_and_nothing_could_be_found():
    found = fit_together(_persons(20, 0), _plan(AGE))
    assert found.fit.terms[0].odds_ratio.value is None
    assert found.detectable["Age at day 0, years, per SD"].words == "none"
    assert "where 0 persons of the rarer answer carry none" in tabulate_multivariable(found).title


def test_the_table_says_at_its_head_that_the_persons_are_too_few():
    table = tabulate_multivariable(fit_together(_persons(20, 8), _plan(AGE, SEX)))
    assert table.title == "Predictors of response together: 2 terms, where 8 persons of the rarer answer carry none"
    enough = tabulate_multivariable(fit_together(_persons(30, 25), _plan(AGE, SEX)))
    assert enough.title == "Predictors of response together"


def test_an_exact_model_leaves_gaps_out_and_has_exact_intervals():
    found = fit_together(_persons(24, 10, ageless=5), _plan(AGE, SEX, DRUGS, several_predictors="exact"))
    assert (found.sets, found.fit.n) == (0, 29)
    assert "exact model" in found.why_not
    assert all(term.odds_ratio.lower < term.odds_ratio.value < term.odds_ratio.upper for term in found.fit.terms)
    assert tabulate_multivariable(found).footnotes[0].startswith("Exact conditional logistic regression")


def test_an_exact_model_of_one_grouping_is_that_of_the_table_of_two_groups():
    from refractory.statistics.association import estimate_odds_ratio

    patients = _persons(20, 8)
    (term,) = fit_together(patients, _plan(SEX, several_predictors="exact")).fit.terms
    # The most frequent group is the reference; of two as frequent, the last by name.
    counts = {sex: [one for one in patients if one.member.sex == sex] for sex in ("female", "male")}
    (r1, n1), (r2, n2) = (
        (sum(one.response.status == "RESPONSE" for one in counts[sex]), len(counts[sex])) for sex in ("female", "male")
    )
    known = estimate_odds_ratio(r1, n1, r2, n2)
    assert (term.odds_ratio.lower, term.odds_ratio.upper) == pytest.approx((known.lower, known.upper))


def test_ridge_gives_ratios_without_interval_or_p_and_says_so():
    found = fit_together(_persons(24, 10, ageless=5), _plan(AGE, SEX, several_predictors="ridge"))
    assert found.sets == 20
    table = tabulate_multivariable(found)
    assert table.columns == (
        "Predictor", "Odds ratio", "Odds ratio, complete persons (n = 29)", "Detectable with 80 % power",
    )  # fmt: skip
    assert all(term.odds_ratio.lower is None and term.test is None for term in found.fit.terms)
    assert "No interval is known that keeps its coverage" in table.footnotes[0]


def test_numbers_are_coded_per_standard_deviation_of_what_is_known():
    persons = find_model_persons(_persons(12, 6, ageless=4), _plan(AGE, SEX))
    coding = Coding.build(persons)
    known = [one for one in persons.numbers[AGE] if one is not None]
    columns = coding.code((AGE,), lambda _: known)["Age at day 0, years, per SD"]
    assert sum(columns) == pytest.approx(0, abs=1e-9)
    assert sum(one * one for one in columns) / (len(known) - 1) == pytest.approx(1)


def test_an_exact_model_keeps_small_whole_numbers_and_rounds_others_to_fifths_of_a_standard_deviation():
    persons = find_model_persons(_persons(12, 6), _plan(AGE, DRUGS))
    coding = Coding.build(persons)
    columns, units = coding.code_in_steps(persons)
    assert columns[f"{DRUGS}, per SD"] == list(persons.numbers[DRUGS])
    assert units[f"{DRUGS}, per SD"] == pytest.approx(coding.spreads[DRUGS])
    assert units[f"{AGE}, per SD"] == 5
    exact = coding.code((AGE,), persons.read)[f"{AGE}, per SD"]
    assert all(abs(step / 5 - one) <= 0.1 + 1e-9 for step, one in zip(columns[f"{AGE}, per SD"], exact, strict=True))


def test_a_predictor_tested_by_itself_is_a_caution_when_it_is_not_known_of_everybody():
    done = analyse(_persons(24, 10, ageless=5, sexless=2), PLAN, (), FACTS, None, Explanations())
    (caution,) = [one for one in done.cautions if one.code == "missing-predictors"]
    assert caution.number == "5 of 34"
    assert "Age at day 0, years, 5; Sex, 2." in caution.text
    whole = analyse(_persons(24, 10), PLAN, (), FACTS, None, Explanations())
    assert "missing-predictors" not in [one.code for one in whole.cautions]


def test_the_plan_says_how_several_predictors_are_fitted_and_what_becomes_of_gaps():
    said = {
        name: " ".join(_plan(AGE, several_predictors=name).analysis.describe()) for name in ("Firth", "exact", "ridge")
    }
    assert "Firth's penalised logistic regression with profile" in said["Firth"]
    assert "imputed by chained equations" in said["Firth"]
    assert "exact conditional logistic regression" in said["exact"]
    assert "left out of the model" in said["exact"]
    assert "without intervals" in said["ridge"]
    complete = " ".join(_plan(AGE, missing_predictors="complete cases").analysis.describe())
    assert "left out of the model" in complete
    assert "imputed" not in complete
    assert "imputed" not in " ".join(_plan().analysis.describe())
