"""Response by label, by score and by event: every edge of the three answers."""

from __future__ import annotations

from datetime import date

import pytest
from tests.tables import table

from refractory.dates import PartialDate, read_partial_date
from refractory.outcomes.judging import classify_by_event, classify_by_label, classify_by_score
from refractory.outcomes.response import Assessment, ResponseRule
from refractory.outcomes.timing import count_cycles_to_response

DAY_0 = date(2020, 1, 1)
LABEL = ResponseRule(label="improved", positive=["yes"], negative=["no"], window=[1, 365])


def _seen(text: str) -> list[Assessment]:
    return [
        Assessment(
            when=read_partial_date(row["when"]) if row["when"] else None,
            value=row.get("value"),
            score=float(row["score"]) if row.get("score") else None,
        )
        for row in table(text)
    ]


@pytest.mark.parametrize(
    ("labels", "status", "first"),
    [
        ("when | value\n2020-01-02 | yes", "RESPONSE", "2020-01-02"),
        ("when | value\n2020-12-31 | yes", "RESPONSE", "2020-12-31"),
        ("when | value\n2021-01-01 | yes", "NOT_EVALUABLE", None),
        ("when | value\n2020-01-01 | yes", "NOT_EVALUABLE", None),
        ("when | value\n2020-03-01 | no", "NO_RESPONSE", None),
        ("when | value\n2020-03-01 | no\n2020-05-01 | yes\n2020-06-01 | yes", "RESPONSE", "2020-05-01"),
        ("when | value\n2020-05-01 | yes\n2020-06-01 | no", "RESPONSE", "2020-05-01"),
        ("when | value\n2020-05-01 | unclear", "NOT_EVALUABLE", None),
        ("when | value\n2020-05-01 | -", "NOT_EVALUABLE", None),
        ("when | value\n2020-05-01 | -\n2020-06-01 | no", "NOT_EVALUABLE", None),
        ("when | value\n- | yes", "NOT_EVALUABLE", None),
        ("when | value\n2020 | yes", "NOT_EVALUABLE", None),
        ("when | value\n2019-12 | yes\n2020-05-01 | no", "NO_RESPONSE", None),
    ],
)
def test_the_first_positive_label_in_the_window_is_the_response(labels, status, first):
    found = classify_by_label(_seen(labels), DAY_0, LABEL)
    assert found.status == status
    assert (str(found.when.earliest) if found.when else None) == first
    assert (found.why == "") is (status != "NOT_EVALUABLE")


def test_a_month_that_lies_in_the_window_is_a_response_on_an_interval_of_days():
    found = classify_by_label(_seen("when | value\n2020-02 | yes"), DAY_0, LABEL)
    assert found.when == PartialDate(date(2020, 2, 1), date(2020, 2, 29))


def test_a_known_day_after_an_open_month_narrows_the_interval_from_one_side_only():
    found = classify_by_label(_seen("when | value\n2020-02 | yes\n2020-02-10 | yes"), DAY_0, LABEL)
    assert found.when == PartialDate(date(2020, 2, 1), date(2020, 2, 10))


def test_without_named_negatives_every_other_value_is_no_response():
    rule = ResponseRule(label="improved", positive=["yes"], window=[1, 365])
    assert classify_by_label(_seen("when | value\n2020-05-01 | unclear"), DAY_0, rule).status == "NO_RESPONSE"


FALL_4 = ResponseRule(score="CDASI", fall="4 points", baseline=[-90, 0], window=[28, 365])


@pytest.mark.parametrize(
    ("scores", "rule", "status", "first"),
    [
        ("when | score\n2019-12-01 | 20\n2020-02-01 | 16", FALL_4, "RESPONSE", "2020-02-01"),
        ("when | score\n2019-12-01 | 20\n2020-02-01 | 16.1", FALL_4, "NO_RESPONSE", None),
        ("when | score\n2020-01-01 | 20\n2020-01-29 | 10", FALL_4, "RESPONSE", "2020-01-29"),
        ("when | score\n2020-01-01 | 20\n2020-01-28 | 10", FALL_4, "NOT_EVALUABLE", None),
        ("when | score\n2019-10-03 | 20\n2020-02-01 | 10", FALL_4, "RESPONSE", "2020-02-01"),
        ("when | score\n2019-10-02 | 20\n2020-02-01 | 10", FALL_4, "NOT_EVALUABLE", None),
        ("when | score\n2019-11-01 | 30\n2019-12-01 | 12\n2020-02-01 | 10", FALL_4, "NO_RESPONSE", None),
        ("when | score\n2019-12-01 | 20\n2020-02-01 | 19\n2020-03-01 | 12", FALL_4, "RESPONSE", "2020-03-01"),
        ("when | score\n2020-02-01 | 19", FALL_4, "NOT_EVALUABLE", None),
        ("when | score\n2019-12-01 | 3\n2020-02-01 | 0", FALL_4, "NO_RESPONSE", None),
    ],
)
def test_a_fall_of_four_points_from_the_last_baseline_is_a_response(scores, rule, status, first):
    found = classify_by_score(_seen(scores), DAY_0, rule)
    assert (found.status, str(found.when.earliest) if found.when else None) == (status, first)


def test_a_relative_fall_is_of_the_baseline_and_its_edge_is_included():
    rule = FALL_4.model_copy(update={"fall": ResponseRule(score="s", fall="40 %").fall})
    at_edge = _seen("when | score\n2019-12-01 | 20\n2020-02-01 | 12")
    above = _seen("when | score\n2019-12-01 | 20\n2020-02-01 | 12.1")
    zero = _seen("when | score\n2019-12-01 | 0\n2020-02-01 | 0")
    found = [classify_by_score(seen, DAY_0, rule).status.value for seen in (at_edge, above, zero)]
    assert found == ["RESPONSE", "NO_RESPONSE", "NOT_EVALUABLE"]


def test_a_rise_is_read_in_the_other_direction():
    rule = ResponseRule(score="MMT-8", rise="10 points", window=[1, 365])
    seen = _seen("when | score\n2019-12-01 | 100\n2020-02-01 | 110")
    assert classify_by_score(seen, DAY_0, rule).status == "RESPONSE"


def test_a_score_may_rise_by_more_than_all_of_its_baseline():
    rule = ResponseRule(score="platelets", rise="150 %", window=[1, 365])
    seen = _seen("when | score\n2019-12-01 | 20\n2020-02-01 | 50")
    assert classify_by_score(seen, DAY_0, rule).status == "RESPONSE"


def test_a_confirmed_response_is_met_again_at_a_visit_late_enough():
    rule = FALL_4.model_copy(update={"confirmed": 28})
    once = _seen("when | score\n2019-12-01 | 20\n2020-02-01 | 10\n2020-02-28 | 10")
    again = _seen("when | score\n2019-12-01 | 20\n2020-02-01 | 10\n2020-02-29 | 10")
    assert classify_by_score(once, DAY_0, rule).status == "NO_RESPONSE"
    assert classify_by_score(again, DAY_0, rule).when.earliest == date(2020, 2, 1)


@pytest.mark.parametrize(
    ("events", "until", "status"),
    [
        ([date(2020, 1, 2)], date(2020, 1, 5), "RESPONSE"),
        ([date(2020, 1, 1)], date(2022, 1, 1), "NO_RESPONSE"),
        ([date(2021, 1, 1)], date(2022, 1, 1), "NO_RESPONSE"),
        ([], date(2020, 12, 31), "NO_RESPONSE"),
        ([], date(2020, 12, 30), "NOT_EVALUABLE"),
        ([], None, "NO_RESPONSE"),
    ],
)
def test_without_the_event_a_person_is_evaluable_only_when_observed_through_the_window(events, until, status):
    rule = ResponseRule(event="bleeding", window=[1, 365])
    assert classify_by_event(events, until, DAY_0, rule).status == status


def test_a_cycle_that_begins_on_the_day_of_response_counts():
    starts = [date(2020, 1, 1), date(2020, 1, 29), date(2020, 2, 26)]
    day = date(2020, 1, 29)
    assert count_cycles_to_response(starts, PartialDate(day, day)) == 2
    assert count_cycles_to_response(starts, PartialDate(date(2020, 1, 28), date(2020, 1, 28))) == 1


def test_an_incomplete_date_gives_a_count_only_where_every_day_of_it_gives_the_same():
    starts = [date(2020, 1, 1), date(2020, 1, 29), date(2020, 3, 10)]
    assert count_cycles_to_response(starts, read_partial_date("2020-02")) == 2
    assert count_cycles_to_response(starts, read_partial_date("2020-01")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "a", "score": "b"},
        {},
        {"score": "b"},
        {"score": "b", "fall": "4 points", "rise": "4 points"},
        {"score": "b", "fall": "4"},
        {"score": "b", "fall": "0 points"},
        {"score": "b", "fall": "120 %"},
        {"score": "b", "fall": "4 points", "baseline": [-90, 1]},
        {"label": "a", "window": [-1, 30]},
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_refused(wrong):
    with pytest.raises(ValueError, match=r"response|change|score|baseline|window"):
        ResponseRule(**wrong)
