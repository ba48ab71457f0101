"""What was looked for, and what was not: silence about an explanation never reads as its absence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.explanations.explain_away import explain_away
from refractory.analysis.explanations.looked_for import ASKED, CANNOT, NOT_ASKED
from refractory.dates import Window
from refractory.outcomes.around import Around
from refractory.outcomes.around_definition import RegressionToMeanDefinition, TrendDefinition
from refractory.outcomes.counted import Counted
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.look_ahead import LookAheadCheck
from refractory.outcomes.response import ResponseDefinition, ResponseRule
from spec.analysis.test_around_day_0 import _answer, _falling, _placebo, _score
from spec.analysis.test_who_was_counted import COHORT, PLAN, WATCHED

EVERYTHING = {
    "regression_to_mean": RegressionToMeanDefinition(),
    "trend": TrendDefinition(),
    "placebo": ["90 days"],
    "threshold": [0.5],
}
NOTHING = Around()
CHECKED = (LookAheadCheck("Day 0", 8, 0, ()),)
NATURAL, CHANCE = "Natural course of the disease", "Regression to the mean"
PRIMARY, OTHERS = "A placebo time zero: the primary outcome", "A placebo time zero: the other rules"


def _plan(*benchmarks: dict, **asked):
    return replace(
        PLAN,
        benchmarks=tuple(BenchmarkDefinition(**one) for one in benchmarks),
        explanations=ExplanationsDefinition(**asked),
    )


def _look(plan, around=NOTHING, watched=WATCHED, patients=COHORT):
    found = explain_away(patients, plan, Explanations(Counted(watched=watched, look_ahead=CHECKED), around))
    table = found.tables[0]
    assert table.id == "explanation-looked-for"
    cautions = [one for one in found.cautions if one.code == "explanations-not-looked-for"]
    return {row.label: row.cells for row in table.rows}, cautions


def test_a_protocol_that_asks_for_nothing_has_every_explanation_named_as_not_asked():
    rows, (caution,) = _look(_plan(), watched=None)
    missing = {name for name, (answer, _) in rows.items() if answer == NOT_ASKED}
    assert missing == {
        NATURAL,
        CHANCE,
        "A score that improved before the treatment",
        "A glucocorticoid dose that fell before the treatment",
        PRIMARY,
        "Other drugs begun or raised near day 0",
        "Few misjudged persons",
    }
    assert all(name[:1].lower() + name[1:] in caution.text for name in missing)
    assert (caution.number, caution.severity) == (f"7 of {len(rows)}", "serious")
    assert "no sign that they are absent" in caution.text


def test_what_was_asked_says_on_how_many_it_rests():
    usual = {"name": "usual care", "events": 3, "among": 8}
    around = replace(_placebo(_answer("By score", "ny " * 9)), score=_score(_falling(0, -9)))
    rows, cautions = _look(_plan(usual, **EVERYTHING), around)
    assert rows[NATURAL] == (ASKED, "usual care: 8 persons")
    assert rows["A score that improved before the treatment"][0] == ASKED
    assert rows[PRIMARY] == (ASKED, "9 persons")
    assert OTHERS not in rows
    assert rows["Few misjudged persons"] == (ASKED, "held against 2 proportions")
    assert rows["Loss to follow-up"] == (ASKED, "0 of 8 persons not observed to the end")
    assert cautions == []


def test_what_cannot_be_asked_says_why_and_is_no_fault_of_the_protocol():
    around = _placebo(_answer("By review", "", "no reviewer judged these days"), _answer("By score", "ny " * 9))
    rows, cautions = _look(_plan(**{**EVERYTHING, "placebo": ["90 days"]}), around)
    assert rows[CHANCE] == (CANNOT, "the study follows no score")
    assert rows["A glucocorticoid dose that fell before the treatment"] == (CANNOT, "the study names no glucocorticoid")
    assert rows[PRIMARY] == (CANNOT, "no reviewer judged these days")
    assert rows[OTHERS] == (ASKED, "up to 9 persons by a rule")
    assert rows["Errors of the outcome itself"][0] == CANNOT
    # Only the natural course is left out by choice.
    assert [one.number for one in cautions] == [f"1 of {len(rows)}"]
    assert cautions[0].severity == "note"


def test_two_visits_of_too_few_persons_are_no_answer():
    rows, _ = _look(_plan(**EVERYTHING), Around(score=_score(_falling(0, -9, persons=4))))
    assert rows[CHANCE][0] == rows["A score that improved before the treatment"][0] == CANNOT


@pytest.mark.parametrize("treated", [True, False])
def test_a_series_that_had_the_treatment_too_is_no_natural_course(treated):
    rows, _ = _look(_plan({"name": "a series", "events": 3, "among": 8, "treated": treated}))
    assert rows[NATURAL][0] == (NOT_ASKED if treated else ASKED)


def test_nobody_evaluable_and_errors_that_do_not_fit_leave_nothing_asked():
    plan = _plan({"name": "usual care", "events": 3, "among": 8}, threshold=[0.5])
    rows, _ = _look(plan, patients=COHORT[7:])
    assert rows[NATURAL] == rows["Few misjudged persons"] == (CANNOT, "nobody is evaluable")
    useless = {"said_yes": 5, "truly_yes": 10, "said_no": 4, "truly_no": 10}
    assert _look(_plan(label=useless))[0]["Errors of the outcome itself"][0] == CANNOT
    useful = {"said_yes": 9, "truly_yes": 10, "said_no": 9, "truly_no": 10}
    assert _look(_plan(label=useful))[0]["Errors of the outcome itself"] == (ASKED, "errors counted in a validation")


def test_a_score_without_stated_errors_and_a_window_without_an_end_are_named():
    rule = ResponseRule(score="skin", fall="4 points", window=Window(1, None))
    plan = replace(_plan(), response=ResponseDefinition(name="Improvement", primary=rule))
    rows, _ = _look(plan)
    assert rows["Errors of the outcome itself"] == (NOT_ASKED, "no label under [explanations]")
    assert rows["Loss to follow-up"] == (CANNOT, "the response window has no end")
    unknown = [replace(one, observed_until=None) for one in COHORT]
    assert _look(_plan(), patients=unknown)[0]["Loss to follow-up"][0] == CANNOT
