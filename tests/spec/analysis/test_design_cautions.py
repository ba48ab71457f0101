"""What no record can mend: cautions of the design, and the number behind every caution."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.design_cautions import find_design_cautions
from refractory.analysis.results import Severity
from refractory.numbers import say_number
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.response import ResponseRule
from refractory.run_store import derive_caution_rows
from spec.analysis.test_analysis import FACTS, PLAN, _patients

# The design alone gives rise to these: there is nothing to count.
WITHOUT_NUMBER = {"invented-data", "no-comparison-group", "no-observation", "no-vocabulary", "event-delays-treatment"}


def _codes(patients, plan=PLAN):
    return {one.code: one for one in find_design_cautions(patients, plan, is_invented=False)}


@pytest.mark.parametrize(("yes", "no", "open_"), [(6, 3, 2), (1, 0, 0), (0, 1, 0), (30, 12, 5), (0, 0, 0)])
def test_every_caution_has_the_number_behind_it(yes, no, open_):
    facts = replace(
        FACTS, is_invented=True, is_observation_known=False, has_vocabulary=True, doubtful_codes=1, unresolved_codes=2,
        empty_sets=("lung",), start_only_exposures=3, unknown_routes=3, unknown_courses=1, rows_left_out=4,
        score_origins={"CDASI": {"items": 3, "disagrees": 1, "incomplete": 1}},
    )  # fmt: skip
    cautions = analyse(_patients(yes, no, open_), PLAN, (), facts, None, Explanations()).cautions
    assert cautions
    assert {one.code for one in cautions if not say_number(one.number)} <= WITHOUT_NUMBER


def test_few_events_are_said_with_their_number():
    assert _codes(_patients(35, 7, 0))["few-events"].number == "7 of 42"


@pytest.mark.parametrize(
    ("yes", "no", "missing"), [(12, 0, "non-responders"), (0, 12, "responders"), (1, 0, "non-responders")]
)
def test_where_everybody_or_nobody_responded_no_predictor_is_said_to_have_been_tested(yes, no, missing):
    few = _codes(_patients(yes, no, 0))["few-events"]
    assert few.title == f"Few {missing}"
    assert "no predictor can be tested" in few.text
    assert "could have been found" not in few.text
    assert few.text.startswith("Of 1 evaluable person none" if yes == 1 else "Of 12 evaluable persons none")


def test_one_person_on_one_side_is_said_in_the_singular():
    assert "Of 10 evaluable persons 1 is among the non-responders." in _codes(_patients(9, 1, 0))["few-events"].text


def test_a_harm_has_no_responders_and_no_comparison_group_either():
    plan = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm", "name": "Bleeding"}))
    found = _codes(_patients(3, 30, 0), plan)
    assert found["few-events"].title == "Few persons with bleeding"
    assert "responders" not in found["few-events"].text
    assert "not shown to be absent" in found["no-comparison-group"].text
    assert "regression to the mean" not in found["no-comparison-group"].text


@pytest.mark.parametrize(
    ("yes", "no", "is_wide"),
    # Clopper-Pearson, 2 of 20: 1.2 to 31.7, width 30.5; 10 of 20: 27.2 to 72.8, width 45.6; 42 of 42: 91.6 to 100.
    [(2, 18, False), (10, 10, True), (42, 0, False), (2, 1, True), (1, 0, True)],
)
def test_an_interval_that_leaves_nearly_everything_open_is_a_serious_caution(yes, no, is_wide):
    found = _codes(_patients(yes, no, 0))
    assert ("wide-interval" in found) is is_wide
    assert not is_wide or found["wide-interval"].severity is Severity.SERIOUS


def test_a_proportion_of_nobody_is_no_wide_interval():
    assert "wide-interval" not in _codes(_patients(0, 0, 4))


@pytest.mark.parametrize(("last", "is_said"), [(date(2014, 12, 30), False), (date(2015, 1, 2), True)])
def test_persons_first_treated_five_years_apart_are_a_caution(last, is_said):
    first, second = (one.member for one in _patients(2, 0, 0))
    members = (replace(first, day0_date=date(2010, 1, 1)), replace(second, day0_date=last))
    patients = [replace(one, member=member) for one, member in zip(_patients(2, 0, 0), members, strict=True)]
    assert ("calendar-time" in _codes(patients)) is is_said


@pytest.mark.parametrize(("supporting", "is_said"), [(1, False), (2, True)])
def test_three_rules_for_one_response_are_a_caution(supporting, is_said):
    rules = tuple(
        ResponseRule.model_validate({"name": f"Rule {n}", "score": "skin", "fall": "4 points", "window": [1, 90]})
        for n in range(supporting)
    )
    plan = replace(PLAN, response=PLAN.response.model_copy(update={"supporting": rules}))
    assert ("many-outcomes" in _codes(_patients(5, 5, 0), plan)) is is_said


def test_the_file_of_cautions_has_one_row_per_caution_in_the_order_of_the_report():
    cautions = analyse(_patients(10, 10, 1), PLAN, (), FACTS, None, Explanations()).cautions
    rows = derive_caution_rows(cautions)
    assert [row[0] for row in rows] == [str(place) for place in range(1, len(cautions) + 1)]
    assert [row[1] for row in rows] == sorted((one.severity.value for one in cautions), reverse=True)
    assert all(len(row) == 6 and row[5] for row in rows)
