"""A score by limits and bounds, and rules taken together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from refractory.dates import PartialDate
from refractory.outcomes.judging import ScoreScale, classify_by_score, combine_all, combine_any
from refractory.outcomes.response import Assessment, Response, ResponseDefinition, ResponseRule, ResponseStatus

DAY_0 = date(2020, 1, 1)
RESPONSE, NO_RESPONSE, NOT_EVALUABLE = ResponseStatus


def _visit(day: int, score: float | None = None, bounds: tuple[float, float] = (0, 0)) -> Assessment:
    on = DAY_0 + timedelta(days=day)
    if score is not None:
        return Assessment(PartialDate(on, on), score=score)
    return Assessment(PartialDate(on, on), lower=bounds[0], upper=bounds[1])


def _rule(**limits) -> ResponseRule:
    return ResponseRule(score="CDASI", window=[1, 365], **limits)


@pytest.mark.parametrize(
    ("limits", "score", "status"),
    [
        ({"fall": "minimal important change"}, 16, RESPONSE),
        ({"fall": "minimal important change"}, 17, NO_RESPONSE),
        ({"at_most": 14}, 14, RESPONSE),
        ({"at_most": 14}, 15, NO_RESPONSE),
        ({"at_least": 20}, 20, RESPONSE),
        ({"at_least": 20}, 19, NO_RESPONSE),
        # Both limits must be met at one visit.
        ({"at_most": 18, "fall": "4 points"}, 17, NO_RESPONSE),
        ({"at_most": 18, "fall": "4 points"}, 16, RESPONSE),
        ({"category": "moderate"}, 40, RESPONSE),
        ({"category": "moderate"}, 39.5, NO_RESPONSE),
    ],
)
def test_a_score_meets_a_limit_exactly_on_its_edge(limits, score, status):
    scale = ScoreScale(4, (("minimal", 20), ("moderate", 40), ("major", 60)))
    assert classify_by_score([_visit(-5, 20), _visit(60, score)], DAY_0, _rule(**limits), scale).status is status


def test_a_limit_of_the_score_itself_needs_no_baseline():
    assert classify_by_score([_visit(60, 3)], DAY_0, _rule(at_most=5)).status is RESPONSE


@pytest.mark.parametrize(
    ("baseline", "visit", "status"),
    [
        # A fall of 4 points is certain, excluded, or open.
        ((20, 20), (10, 16), RESPONSE),
        ((20, 20), (17, 25), NO_RESPONSE),
        ((20, 20), (16, 17), NOT_EVALUABLE),
        ((20, 24), (10, 16), RESPONSE),
        ((20, 24), (16, 17), NOT_EVALUABLE),
        ((12, 20), (21, 30), NO_RESPONSE),
    ],
)
def test_where_items_are_missing_the_bounds_decide_or_leave_it_open(baseline, visit, status):
    found = classify_by_score([_visit(-5, bounds=baseline), _visit(60, bounds=visit)], DAY_0, _rule(fall="4 points"))
    assert found.status is status
    assert (found.why == "items of the score are missing") is (status is NOT_EVALUABLE)


def test_bounds_decide_a_relative_fall_by_the_same_baseline_on_both_sides():
    rule = _rule(fall="50 %")
    assert classify_by_score([_visit(-5, bounds=(20, 24)), _visit(60, 10)], DAY_0, rule).status is RESPONSE
    assert classify_by_score([_visit(-5, bounds=(20, 24)), _visit(60, 13)], DAY_0, rule).status is NO_RESPONSE
    assert classify_by_score([_visit(-5, bounds=(20, 24)), _visit(60, 11)], DAY_0, rule).status is NOT_EVALUABLE


def test_an_incomplete_visit_that_may_have_met_the_rule_leaves_the_day_of_response_open():
    seen = [_visit(-5, 20), _visit(30, bounds=(10, 20)), _visit(60, 10)]
    found = classify_by_score(seen, DAY_0, _rule(fall="4 points"))
    assert found.status is RESPONSE
    assert found.when == PartialDate(DAY_0 + timedelta(days=30), DAY_0 + timedelta(days=60))


def test_an_incomplete_visit_is_no_proof_that_a_response_held():
    seen = [_visit(-5, 20), _visit(30, 10), _visit(60, bounds=(10, 20))]
    confirmed = _rule(fall="4 points", confirmed="28 days")
    assert classify_by_score(seen, DAY_0, confirmed).status is NOT_EVALUABLE
    assert classify_by_score([*seen, _visit(90, 12)], DAY_0, confirmed).status is RESPONSE
    assert classify_by_score([*seen[:2], _visit(60, 18)], DAY_0, confirmed).status is NO_RESPONSE


def _answer(status: ResponseStatus, day: int = 0) -> Response:
    on = DAY_0 + timedelta(days=day)
    when = PartialDate(on, on) if status is RESPONSE else None
    return Response(status, when, "nobody looked" if status is NOT_EVALUABLE else "")


@pytest.mark.parametrize(
    ("first", "second", "all_of", "any_of"),
    [
        (RESPONSE, RESPONSE, RESPONSE, RESPONSE),
        (RESPONSE, NO_RESPONSE, NO_RESPONSE, RESPONSE),
        (RESPONSE, NOT_EVALUABLE, NOT_EVALUABLE, RESPONSE),
        (NO_RESPONSE, NO_RESPONSE, NO_RESPONSE, NO_RESPONSE),
        (NO_RESPONSE, NOT_EVALUABLE, NO_RESPONSE, NOT_EVALUABLE),
        (NOT_EVALUABLE, NOT_EVALUABLE, NOT_EVALUABLE, NOT_EVALUABLE),
    ],
)
def test_rules_taken_together_keep_what_is_not_known(first, second, all_of, any_of):
    for pair in ((first, second), (second, first)):
        parts = [_answer(pair[0], 30), _answer(pair[1], 60)]
        assert combine_all(parts).status is all_of
        assert combine_any(parts).status is any_of
        assert bool(combine_all(parts).why) is (all_of is NOT_EVALUABLE)


def test_all_of_responds_on_the_day_of_the_last_and_any_of_on_that_of_the_first():
    parts = [_answer(RESPONSE, 60), _answer(RESPONSE, 30)]
    assert combine_all(parts).when.earliest == DAY_0 + timedelta(days=60)
    assert combine_any(parts).when.earliest == DAY_0 + timedelta(days=30)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"score": "CDASI"}, "needs fall, rise, at_most"),
        ({"label": "better", "at_most": 3}, "speak of a score"),
        ({"score": "CDASI", "fall": "4 points", "rise": "4 points"}, "either falls or rises"),
        ({"label": "better", "any_of": ["x"]}, "exactly one of"),
        ({"score": "CDASI", "fall": "a lot"}, "minimal important change"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, said):
    with pytest.raises(ValueError, match=said):
        ResponseRule(**rule)


def test_rules_are_taken_together_by_the_names_of_supporting_ones():
    parts = [
        {"name": "chart", "label": "better"},
        {"name": "score", "score": "CDASI", "fall": "4 points"},
    ]
    whole = ResponseDefinition(name="Better", primary={"all_of": ["chart", "score"]}, supporting=parts)
    assert whole.primary.parts == ("chart", "score")
    with pytest.raises(ValueError, match="'skin' is none of them"):
        ResponseDefinition(name="Better", primary={"any_of": ["chart", "skin"]}, supporting=parts)
    with pytest.raises(ValueError, match="two rules have the name 'chart'"):
        ResponseDefinition(name="Better", primary={"any_of": ["chart"]}, supporting=[parts[0], parts[0]])
