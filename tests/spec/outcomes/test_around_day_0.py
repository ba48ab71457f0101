"""What the records hold around day 0: scores before it, the rules at an earlier day 0, doses of every 28 days."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from tests import tables
from tests.tables import empty, fill

from refractory.cohort.build import build_cohort
from refractory.dates import Window
from refractory.outcomes.around import find_followed_score, read_around
from refractory.outcomes.around_definition import (
    AroundDefinition,
    RegressionToMeanDefinition,
    TrendDefinition,
)
from refractory.outcomes.around_doses import PlaceboSparing
from refractory.outcomes.assess import assess_cohort
from refractory.outcomes.placebo import NOT_ILL, NOT_OBSERVED, TREATED, cut_rule
from refractory.outcomes.response import ResponseRule, ResponseStatus
from refractory.outcomes.sparing import SparingClass
from refractory.protocol import parse_protocol
from refractory.records.schema import SCHEMAS
from refractory.records.store import Store

YES, NO, OPEN = ResponseStatus
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
STUDY = """
[study]
name  = "around"
title = "Around day 0"
[concepts.disease]
ICD10CM = ["M33.1*"]
[concepts.drug]
RxNorm = ["5666+"]
[concepts.skin]
LOINC = ["1-8"]
[concepts.flare]
ICD10CM = ["L30"]
[concepts.steroid]
RxNorm = ["8640+"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "drug"
washout = "30 days"
[response]
name    = "Improvement"
primary = { name = "By review", label = "improved", positive = ["yes"], negative = ["no"], window = [1, 365] }
[[response.supporting]]
name   = "By score"
score  = "skin"
fall   = "4 points"
baseline = [-30, 0]
window = [28, 365]
[[response.supporting]]
name   = "By both"
all_of = ["By review", "By score"]
[[response.supporting]]
name   = "By event"
event  = "flare"
window = [1, 60]
[sparing]
glucocorticoid = "steroid"
follow_up_day  = 60
last           = "28 days"
[follow_up]
days  = [112]
score = "skin"
[explanations]
placebo = ["90 days"]
trend = { before = [-140, 0], after = [1, 140] }
regression_to_mean = {}
"""
# Day 0 is 2020-04-10 for all: day -90 is 2020-01-11, and day -120 2019-12-12.
GIVEN = "\n".join(f"{n} | drug | 2020-04-10" for n in range(1, 8))
ILL = "\n".join(f"{n} | disease | 2019-01-01" for n in (1, 2, 3, 4, 6, 7))


def _read(
    scores: str = "",
    *,
    drugs: str = "",
    events: str = "",
    labels: str = "",
    periods: str | None = None,
    study: str = STUDY,
    moved: int = 0,
):
    protocol = parse_protocol(study)
    store = Store()

    def fill(store: Store, name: str, text: str) -> None:
        tables.fill(store, name, _DATE.sub(lambda found: str(date.fromisoformat(found[0]) + timedelta(moved)), text))

    empty(store, "measurement", "death", "label", "observation_period")
    fill(store, "person", "person_id\n" + "\n".join(map(str, range(1, 8))))
    fill(store, "drug", f"person_id | concept_set | start_date | end_date\n{_wide(GIVEN)}\n{drugs}")
    fill(store, "event", f"person_id | concept_set | start_date\n{ILL}\n5 | disease | 2020-02-01\n{events}")
    if scores:
        fill(store, "measurement", f"person_id | concept_set | date | value\n{scores}")
    if labels:
        fill(store, "label", f"person_id | item | value | earliest | latest | reviewer\n{labels}")
    if periods:
        fill(store, "observation_period", f"person_id | start_date | end_date\n{periods}")
    cohort = build_cohort(store, protocol.leaves, protocol.cohort_definition)
    patients = assess_cohort(store, protocol.leaves, cohort, protocol.outcome_definition)
    asked = protocol.explanations
    return read_around(store, protocol.leaves, cohort, patients, protocol.outcome_definition, asked)


def _wide(rows: str) -> str:
    return "\n".join(f"{row} | {row.split('|')[2]}" for row in rows.splitlines())


def _answers(around, name: str):
    (placebo,) = around.placebos
    return next(answer for answer in placebo.answers if answer.name == name)


def _statuses(found) -> dict[int, ResponseStatus]:
    return {person: one.status for person, one in found.items()}


SCORES = """
    1 | skin | 2020-01-01 | 20
    1 | skin | 2020-03-01 | 16
    1 | skin | 2020-04-01 | 20
    1 | skin | 2020-06-01 | 10
    2 | skin | 2020-01-11 | 20
    2 | skin | 2020-04-09 | 16
    2 | skin | 2020-04-10 | 20
    2 | skin | 2020-07-08 | 16
    3 | skin | 2020-01-11 | 20
    3 | skin | 2020-04-10 | 10
    3 | skin | 2020-07-09 | 1
    4 | skin | 2020-04-01 | 20
"""


def test_a_rule_is_asked_at_the_earlier_day_0_and_ends_before_the_true_one():
    """1 falls by 4 before day 0. 2 on day -1, the last that counts. 3 on day 0, too late; 4 was not seen."""
    answer = _answers(_read(SCORES), "By score")
    assert answer.window == Window(28, 89)
    assert _statuses(answer.earlier) == {1: YES, 2: YES, 3: OPEN, 4: OPEN, 6: OPEN, 7: OPEN}


def test_the_true_day_0_is_asked_over_as_many_days():
    """2 falls on day 89, the last that counts, and 3 only on day 90, when the window is over."""
    answer = _answers(_read(SCORES), "By score")
    assert _statuses(answer.true) == {1: YES, 2: YES, 3: OPEN, 4: OPEN, 6: OPEN, 7: OPEN}


def test_a_label_that_no_reviewer_gave_before_day_0_cannot_be_asked_and_neither_can_what_takes_it_up():
    labels = "1 | improved | yes | 2020-06-01 | 2020-06-01 | A\n2 | improved | no | 2020-06-01 | 2020-06-01 | A"
    around = _read(SCORES, labels=labels)
    review, both = _answers(around, "By review"), _answers(around, "By both")
    assert review.why == "no reviewer judged these days"
    assert _statuses(review.true)[1] is YES
    # Without this, whoever did not fall would count as judged by both, and nobody who fell.
    assert both.why == "it takes up a rule that cannot be asked (no reviewer judged these days)"
    assert both.earlier == {}
    assert both.true == {}


def test_a_label_that_was_given_before_day_0_is_asked():
    labels = "1 | improved | yes | 2020-02-01 | 2020-02-01 | A\n2 | improved | no | 2020-02-01 | 2020-02-01 | A"
    around = _read(SCORES, labels=labels)
    review, both = _answers(around, "By review"), _answers(around, "By both")
    assert (review.why, both.why) == ("", "")
    assert _statuses(review.earlier)[1] is YES
    assert _statuses(both.earlier)[2] is NO


def test_an_event_is_asked_in_the_same_way_and_one_on_the_true_day_0_is_not_of_the_earlier_time():
    events = "1 | flare | 2020-03-11\n2 | flare | 2020-03-12\n3 | flare | 2020-04-10\n3 | flare | 2020-04-11"
    answer = _answers(_read(events=events), "By event")
    # Day 60 of the earlier day 0 is 2020-03-11.
    assert _statuses(answer.earlier) == {1: YES, 2: NO, 3: NO, 4: NO, 6: NO, 7: NO}
    assert _statuses(answer.true)[3] is YES


# Whoever is observed for less than 30 days cannot begin the study: an earlier drug day is then no day 0.
OBSERVED = STUDY.replace("[response]", '[eligibility]\nobserved_before = "30 days"\n[response]', 1)
PERIODS = "\n".join(f"{n} | 2018-01-01 | 2022-01-01" for n in range(1, 6))


def test_who_was_not_yet_ill_not_yet_observed_or_treated_shortly_before_is_not_asked():
    """5 fell ill later. 6 is observed from the day after. 7 was given the drug 30 days before the earlier day 0."""
    periods = f"{PERIODS}\n6 | 2020-01-12 | 2022-01-01\n7 | 2019-12-01 | 2022-01-01"
    around = _read(periods=periods, drugs="7 | drug | 2019-12-12 | 2019-12-12", study=OBSERVED)
    (placebo,) = around.placebos
    assert placebo.persons == (1, 2, 3, 4)
    assert placebo.lost == {NOT_ILL: 1, NOT_OBSERVED: 1, TREATED: 1}


def test_a_treatment_before_the_washout_does_not_count_and_one_in_the_earlier_time_does():
    """7 was given the drug 31 days before the earlier day 0, and 6 on it."""
    periods = f"{PERIODS}\n6 | 2020-01-01 | 2022-01-01\n7 | 2019-12-01 | 2022-01-01"
    drugs = "7 | drug | 2019-12-11 | 2019-12-11\n6 | drug | 2020-01-11 | 2020-01-11"
    (placebo,) = _read(periods=periods, drugs=drugs, study=OBSERVED).placebos
    assert placebo.persons == (1, 2, 3, 4, 7)
    assert placebo.lost == {NOT_ILL: 1, TREATED: 1}


def test_who_is_observed_from_the_earlier_day_0_on_is_asked():
    periods = f"{PERIODS}\n6 | 2020-01-11 | 2022-01-01\n7 | 2018-01-01 | 2022-01-01"
    (placebo,) = _read(periods=periods, study=OBSERVED).placebos
    assert placebo.persons == (1, 2, 3, 4, 6, 7)


def test_a_window_of_which_nothing_is_left_cannot_be_asked():
    study = STUDY.replace('placebo = ["90 days"]', 'placebo = ["28 days"]')
    around = _read(SCORES, study=study)
    answer = _answers(around, "By score")
    assert (answer.window, answer.earlier) == (None, {})
    assert answer.why == "its window begins on day 28, and day 0 was moved by 28 days"
    assert _answers(around, "By both").why.startswith("it")
    rule = ResponseRule(score="skin", fall="4 points", window=[28, 365])
    assert cut_rule(rule, 28) is None
    assert cut_rule(rule, 29).window == Window(28, 28)
    assert cut_rule(rule, 1000).window == Window(28, 365)
    assert cut_rule(ResponseRule(score="skin", fall="4 points", window=[1, "any day after"]), 90).window.last_day == 89


def test_scores_before_the_disease_do_not_count_and_of_one_day_the_last_as_given_does():
    seen = "1 | skin | 2018-12-31 | 9\n1 | skin | 2019-01-01 | 8\n1 | skin | 2020-04-10 | 7\n1 | skin | 2020-04-10 | 6"
    around = _read(seen)
    assert around.score.visits[1] == ((-465, 8), (0, 6))
    assert (around.score.higher_is, around.score.best, around.score.visits[2]) == ("worse", None, ())


def test_a_study_that_follows_no_score_takes_that_of_its_first_rule_and_one_without_any_has_none():
    followed = parse_protocol(STUDY).outcome_definition
    assert find_followed_score(followed) == ("skin", Window(-90, 0))
    by_rule = parse_protocol(STUDY.replace('score = "skin"\n[expl', "[expl")).outcome_definition
    assert find_followed_score(by_rule) == ("skin", Window(-30, 0))
    events = STUDY[: STUDY.index("[[response.supporting]]")] + STUDY[STUDY.index("[sparing]") :]
    assert find_followed_score(parse_protocol(events.replace('score = "skin"\n', "")).outcome_definition) is None


@pytest.mark.parametrize("days", [1, 366, -4000])
def test_moving_every_date_by_as_many_days_changes_nothing(days):
    """The law is that of days counted from day 0: the calendar decides nothing."""
    labels = "1 | improved | yes | 2020-02-01 | 2020-02-01 | A"
    events = "2 | flare | 2020-03-11"
    one = _read(SCORES, labels=labels, events=events, drugs=STEROID)
    other = _read(SCORES, labels=labels, events=events, drugs=STEROID, moved=days)
    assert other.score == one.score
    assert other.doses == one.doses
    for before, after in zip(one.placebos[0].answers, other.placebos[0].answers, strict=True):
        assert (after.name, after.why, after.window) == (before.name, before.why, before.window)
        assert _statuses(after.earlier) == _statuses(before.earlier)
        assert _statuses(after.true) == _statuses(before.true)


STEROID = "1 | steroid | 2019-12-22 | 2020-05-09"


def test_nothing_is_read_where_nothing_is_asked():
    around = _read(SCORES, study=STUDY[: STUDY.index("[explanations]")])
    assert (around.score, around.doses, around.placebos) == (None, None, ())


# A row a supply: 20 mg a day for the first 50 days of person 1, then 10; of person 3 nobody knows the dose.
DOSES = """
    1 | steroid | 2019-12-22 | 2020-02-09 | 50  | 20
    1 | steroid | 2020-02-10 | 2020-06-30 | 142 | 10
    2 | steroid | 2019-12-01 | 2020-06-30 | 213 | 20
    3 | steroid | 2020-03-20 | 2020-06-30 | -   | -
"""


def _doses(rows: str = DOSES, study: str = STUDY):
    """Person 2 fell ill on 2020-02-14, which is day -56."""
    protocol = parse_protocol(study)
    store = Store()
    empty(store, "measurement", "death", "label", "observation_period")
    fill(store, "person", "person_id\n1\n2\n3")
    heads = "person_id | concept_set | start_date | end_date | quantity | mg_per_unit"
    given = "\n".join(f"{n} | drug | 2020-04-10 | 2020-04-10 | - | -" for n in range(1, 4))
    kinds = SCHEMAS["drug"]
    fill(store, "drug", f"{heads}\n{given}\n{rows}", kinds)
    ill = "1 | disease | 2019-01-01\n2 | disease | 2020-02-14\n3 | disease | 2019-01-01"
    fill(store, "event", f"person_id | concept_set | start_date\n{ill}")
    cohort = build_cohort(store, protocol.leaves, protocol.cohort_definition)
    patients = assess_cohort(store, protocol.leaves, cohort, protocol.outcome_definition)
    return read_around(
        store, protocol.leaves, cohort, patients, protocol.outcome_definition, protocol.explanations
    ).doses


def test_the_dose_is_the_mean_of_every_28_days_from_the_disease_on_and_unknown_is_no_point():
    doses = _doses()
    # Days -140 to -113 end with 2019-12-19: nothing was taken. Days -112 to -85 hold 26 of 28 days of 20 mg.
    assert doses.points[1][0] == (-126, 0)
    assert doses.points[1][1] == (-98, pytest.approx(20 * 26 / 28))
    assert [day for day, _ in doses.points[1]] == list(range(-126, 127, 28))
    # The disease begins on day -56, and with it the first whole block.
    assert doses.points[2][0] == (-42, 20)
    # Days -28 to 83 hold days of an unknown dose; before and after them the dose is 0.
    assert doses.points[3] == tuple((day, 0) for day in (-126, -98, -70, -42, 98, 126))
    # The 28 days that end with day 112 begin after the last supply, which ends on day 81.
    assert doses.points[1][-3:] == ((70, pytest.approx(10 * 26 / 28)), (98, 0), (126, 0))
    assert doses.at_days == {112: {1: (99, 0), 2: (99, 0), 3: (99, 0)}}


def test_the_dose_is_compared_over_the_end_of_as_many_days_before_day_0_as_after_it():
    """Baseline is days -30 to -1 of either day 0; the end is days 33 to 60, before day 0 days -57 to -30."""
    (found,) = _doses().placebos
    assert (found.days, found.last) == (90, 60)
    # 1: 20 mg over 20 of the 30 days before the earlier day 0, then 10: a quarter less. 2: 20 mg throughout.
    assert found.earlier[1] is SparingClass.DECREASED
    assert found.true[1] is SparingClass.UNCHANGED
    assert (found.earlier[2], found.true[2]) == (SparingClass.UNCHANGED,) * 2
    assert found.true[3] is SparingClass.NOT_EVALUABLE


def test_a_comparison_that_has_no_room_is_not_made():
    (found,) = _doses(study=STUDY.replace('placebo = ["90 days"]', 'placebo = ["27 days"]')).placebos
    assert found == PlaceboSparing(27, {}, {}, 26)
    (just,) = _doses(study=STUDY.replace('placebo = ["90 days"]', 'placebo = ["28 days"]')).placebos
    assert just.last == 27
    assert just.earlier


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"reliability": 0.9}, "reliability_source"),
        ({"reliability": 1.2, "reliability_source": "x"}, "less than or equal to 1"),
        ({"mean": 20}, "population_source"),
        ({"sd": 8}, "needs its mean too"),
        ({"chosen_at_least": 3, "chosen_at_most": 8}, "not both"),
        ({"before": [-90, 1]}, "ends on day 0 or before"),
        ({"before": ["any day before", 0]}, "two ends"),
        ({"before": [0, 0]}, "ends on day 0 or before"),
    ],
)
def test_what_regression_to_the_mean_cannot_be_worked_out_from_is_refused(keys, said):
    with pytest.raises(ValidationError, match=said):
        RegressionToMeanDefinition(**keys)


def test_windows_that_do_not_lie_on_both_sides_and_a_placebo_that_moves_nothing_are_refused():
    for keys in ({"before": [-90, 5]}, {"after": [0, 90]}, {"after": [1, "any day after"]}):
        with pytest.raises(ValidationError, match="window"):
            TrendDefinition(**keys)
    for days in (["0 days"], ["90 days", "90 days"]):
        with pytest.raises(ValidationError, match="placebo"):
            AroundDefinition(placebo=days)


def test_the_methods_say_what_is_looked_for_and_nothing_where_nothing_is():
    assert AroundDefinition().describe_around() == ()
    said = " ".join(
        AroundDefinition(
            placebo=["90 days", "180 days"],
            trend=TrendDefinition(),
            regression_to_mean=RegressionToMeanDefinition(
                reliability=0.9, reliability_source="a paper", mean=20, sd=8, population_source="a registry"
            ),
        ).describe_around()
    )
    for words in (
        "at least 14 days before", "the reliability is 0.9 (a paper)", "taken as 20, SD 8 (a registry)",
        "days -365 to 0", "days 1 to 365", "90 days and 180 days", "McNemar",
    ):  # fmt: skip
        assert words in said
