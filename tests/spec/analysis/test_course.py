"""The course of the response over a cohort that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from refractory.analysis.agreement import count_pairs, estimate_agreement, find_independent, tabulate_agreement
from refractory.analysis.course import analyse_course
from refractory.analysis.course_cautions import find_course_cautions
from refractory.analysis.cycle_incidence import estimate_by_cycle, find_cycle_times, tabulate_by_cycle
from refractory.analysis.cycle_tables import tabulate_cycles
from refractory.analysis.estimates import Plan, estimate_all
from refractory.analysis.follow_up_estimates import estimate_follow_up, find_duration_waits, find_response_waits
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import Severity
from refractory.analysis.score_origins import find_score_cautions, tabulate_origins
from refractory.analysis.trajectory import estimate_trajectory
from refractory.cohort.strata import Member
from refractory.dates import PartialDate
from refractory.outcomes.assess import CycleRow, Patient
from refractory.outcomes.durability import FollowUp, Loss
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.followed import Followed
from refractory.outcomes.response import Response, ResponseDefinition, ResponseRule, ResponseStatus
from refractory.outcomes.timing import count_cycles_to_response

YES, NO, OPEN = ResponseStatus
DAY_0 = date(2020, 1, 1)
PLAN = Plan(
    analysis=AnalysisDefinition(),
    response=ResponseDefinition(
        name="Improvement",
        primary=ResponseRule(label="improved"),
        supporting=[ResponseRule(name="by score", score="skin", fall="4 points")],
    ),
    sparing=None,
    strata=(),
    subtypes=(),
    has_cycles=True,
    has_refractory_rule=False,
    follow_up=FollowUpDefinition(days=[60, 180], cycles=[2]),
)


def _response(status: ResponseStatus, first: int | None = None, last: int | None = None) -> Response:
    if first is None:
        return Response(status, why="nobody looked" if status is OPEN else "")
    return Response(status, PartialDate(DAY_0 + timedelta(days=first), DAY_0 + timedelta(days=last or first)))


def _patient(
    number: int,
    response: Response,
    cycle_days: tuple[int, ...] = (0, 28, 56),
    supporting: ResponseStatus = NO,
    scores: dict[int, float | None] | None = None,
    **seen: object,
) -> Patient:
    member = Member(number, DAY_0, DAY_0 - timedelta(days=90), None, None, "female", None, None, None, {}, None, None)
    cycles = tuple(
        CycleRow(
            place, DAY_0 + timedelta(days=day), DAY_0 + timedelta(days=day), 1, 70.0, 1.0, None, 1, place == 1, 0,
            False, False, False, False,
        )
        for place, day in enumerate(cycle_days, start=1)
    )  # fmt: skip
    when = response.when
    days = {}
    if when:
        days = {"first_response_day": (when.earliest - DAY_0).days, "response_day": (when.latest - DAY_0).days}
    follow_up = FollowUp(**({"seen_until_day": 400} | days | seen))
    starts = [cycle.first_date for cycle in cycles]
    at_days = scores or {}
    return Patient(
        member, cycles, response, (_response(supporting),), count_cycles_to_response(starts, when), None, {}, None,
        followed=Followed(follow_up, 20.0 if at_days else None, at_days),
    )  # fmt: skip


# Cycles begin on days 0, 28 and 56.
COHORT = [
    _patient(1, _response(YES, 10), supporting=YES, stop_day=56),  # cycle 1
    _patient(2, _response(YES, 30), supporting=YES, stop_day=56, loss=Loss.RELAPSE, loss_day=130),  # cycle 2
    _patient(3, _response(YES, 20, 40), stop_day=56),  # cycle 1 or 2
    _patient(4, _response(YES, 150), stop_day=56),  # only after the treatment had stopped
    _patient(5, _response(NO), (0, 28), stop_day=28),  # stops after two cycles without
    _patient(6, _response(NO), supporting=YES, seen_until_day=70),  # goes on, and the record ends
    _patient(7, _response(OPEN), stop_day=56, supporting=OPEN),
    _patient(8, _response(NO), (0, 28, 56, 200), stop_day=56, restart_day=200, again=YES),
]


def _by_id(estimates):
    return {one.id: one.estimate for one in estimates}


def test_each_person_stands_once_in_the_race_between_response_and_stop():
    times = find_cycle_times(COHORT, PLAN)
    assert sorted(times.responded) == [1, 2, 2]
    assert sorted(times.stopped) == [2, 3, 3]
    assert times.censored == (3,)
    assert times.not_evaluable == (3,)
    assert (times.late, times.undecided) == (1, 1)


def test_who_stops_without_a_response_is_not_taken_for_somebody_who_may_still_respond():
    found = _by_id(estimate_by_cycle(COHORT, PLAN))
    # Of seven: one at cycle 1, two at cycle 2, and nobody after; stopping does not raise the share.
    shares = [found[f"cumulative_response.cycle_{cycle}.evaluable"].value for cycle in (1, 2, 3)]
    assert shares == pytest.approx([1 / 7, 3 / 7, 3 / 7])
    never = [found[f"cumulative_response.cycle_{cycle}.as_non_response"].value for cycle in (1, 2, 3)]
    assert never == pytest.approx([1 / 8, 3 / 8, 3 / 8])
    best = [found[f"cumulative_response.cycle_{cycle}.best"].value for cycle in (1, 2, 3)]
    assert best == pytest.approx([2 / 8, 4 / 8, 4 / 8])
    assert found["cumulative_response.median"].value is None


def test_the_table_by_cycle_shows_who_is_at_risk_and_where_each_went():
    table = tabulate_by_cycle(COHORT, PLAN, estimate_by_cycle(COHORT, PLAN))
    assert [row.cells[:4] for row in table.rows] == [(7, 1, 0, 0), (6, 2, 1, 0), (3, 0, 2, 1)]
    said = " ".join(table.footnotes)
    assert "(last column): 1 not evaluable" in said
    assert "that they may belong to: 1." in said
    assert "count as stopped: 1." in said


def test_the_same_question_is_answered_three_ways_at_each_day_and_cycle():
    found = {key: (one.numerator, one.denominator) for key, one in _by_id(estimate_follow_up(COHORT, PLAN)).items()}
    # By day 60 persons 1, 2 and 3 have responded; nobody can say it of 7.
    assert found["course.by_day_60"] == found["course.by_day_60.evaluable"] == (3, 7)
    assert found["course.by_day_60.as_non_response"] == (3, 8)
    assert (found["course.by_day_60.worst"], found["course.by_day_60.best"]) == ((3, 8), (4, 8))
    # By day 180 person 4 has responded too, and person 6 is no longer followed.
    assert found["course.by_day_180"] == (4, 6)
    # Person 2 has lost it.
    assert found["course.on_day_180"] == (3, 6)
    # By cycle 2, before day 56: person 4 had not.
    assert found["course.by_cycle_2"] == (3, 7)


def test_a_response_that_is_not_known_to_the_day_waits_the_longest_that_it_may():
    waits = find_response_waits(COHORT, PLAN)
    assert sorted(waits.reached) == [10, 30, 40, 150]
    # The primary window ends on day 365, person 6 is followed to day 70.
    assert sorted(waits.censored) == [70, 365, 365]


def test_the_duration_is_from_the_first_response_of_those_whose_day_is_known():
    waits = find_duration_waits(COHORT)
    assert waits.reached == (100,)
    assert sorted(waits.censored) == [250, 390]
    assert find_duration_waits(COHORT, Loss.RETREATMENT).reached == ()
    found = _by_id(estimate_follow_up(COHORT, PLAN))
    assert (found["duration.relapse"].value, found["duration.retreatment"].value) == (1, 0)
    # Persons 1, 2 and 4 stopped while it lasted, and person 2 lost it 74 days after the stop.
    assert (found["after_stop.persons"].value, found["after_stop.lost"].value) == (3, 1)
    assert (found["retreatment.persons"].value, found["retreatment.response"].value) == (1, 1)


def test_a_harm_has_no_duration_and_no_retreatment():
    harm = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm"}))
    course = analyse_course(COHORT, harm, {})
    ids = {one.id for one in course.estimates}
    assert not {one for one in ids if one.startswith(("duration", "retreatment", "after_stop", "course.on_day"))}
    table = next(table for table in course.tables if table.id == "course")
    said = " ".join((*(row.label for row in table.rows), *table.footnotes)).lower()
    assert "respon" not in said.replace("as non-response", "").replace("evaluable persons only", "")
    assert "had the outcome by" in said
    assert "duration" not in {table.id for table in course.tables}


def test_the_two_by_two_counts_persons_whom_both_rules_judge():
    assert count_pairs(COHORT, 0) == ((2, 2), (1, 2))
    found = _by_id(estimate_agreement(COHORT, PLAN))
    percent = found["agreement.by score.percent"]
    assert (percent.numerator, percent.denominator) == (4, 7)
    # Observed 4/7, by chance (4*3 + 3*4)/49: kappa is (28 - 24)/(49 - 24).
    assert found["agreement.by score.kappa"].value == pytest.approx(4 / 25)
    table = tabulate_agreement(COHORT, PLAN, estimate_agreement(COHORT, PLAN))
    assert table.rows[0].cells[:4] == (2, 2, 1, 2)


def test_a_rule_that_takes_the_primary_one_up_cannot_judge_it():
    primary = ResponseRule(name="chart", label="improved")
    both = ResponseRule(name="both", all_of=["chart", "by score"])
    rules = ResponseDefinition(name="Improvement", primary=primary, supporting=[*PLAN.response.supporting, both])
    assert find_independent(replace(PLAN, response=rules)) == [0]
    turned = ResponseDefinition(
        name="Improvement", primary=ResponseRule(any_of=["by score"]), supporting=[*rules.supporting[:1]]
    )
    assert find_independent(replace(PLAN, response=turned)) == []


def test_the_trajectory_takes_changes_from_persons_who_have_both():
    scored = replace(PLAN, follow_up=FollowUpDefinition(days=[60], score="skin"))
    cohort = [_patient(n, _response(YES, 10), scores={60: value}) for n, value in enumerate((10.0, 14.0, None), 1)]
    found = _by_id(estimate_trajectory(cohort, scored))
    assert (found["trajectory.baseline"].n, found["trajectory.day_60"].n) == (3, 2)
    assert found["trajectory.day_60.change"].value == -8
    assert found["trajectory.day_60.mean"].value == 12


def test_every_id_is_given_once_and_the_smallest_cohorts_are_analysed():
    for cohort in ([], COHORT[:1], [COHORT[6]], COHORT):
        ids = [one.id for one in analyse_course(cohort, PLAN, {}).estimates]
        assert len(ids) == len(set(ids))


def test_scores_that_are_written_wrongly_or_incomplete_are_cautions_with_their_numbers():
    origins = {"CDASI": {"items": 116, "total only": 77, "incomplete": 10, "disagrees": 6}}
    cautions = find_score_cautions(origins)
    assert [one.title for one in cautions] == [
        "Written scores that their items do not give",
        "Scores with missing items",
    ]
    assert "at 6 of 203 visits" in cautions[0].text
    assert "at 10 of 203 visits" in cautions[1].text
    assert tabulate_origins(origins).rows[0].cells[0] == 203
    assert find_score_cautions({"CDASI": {"items": 3, "disagrees": 0}}) == []


def test_a_response_that_was_lost_is_not_hidden_behind_whoever_responded_at_any_time():
    found = {one.code: one for one in find_course_cautions(COHORT, PLAN)}
    still = _by_id(estimate_follow_up(COHORT, PLAN))["course.on_day_180"]
    assert found["response-not-kept"].number == f"{still.numerator} of {still.denominator}" == "3 of 6"
    assert found["response-not-kept"].severity is Severity.NOTE
    lost = [
        replace(
            one,
            followed=replace(one.followed, follow_up=replace(one.followed.follow_up, loss=Loss.RELAPSE, loss_day=170)),
        )
        for one in COHORT[:4]
    ]
    (caution,) = [one for one in find_course_cautions([*lost, *COHORT[4:]], PLAN) if one.code == "response-not-kept"]
    assert (caution.severity, caution.number) == (Severity.SERIOUS, "0 of 6")
    # Nobody lost it: nothing to say.
    kept = [_patient(1, _response(YES, 10)), _patient(2, _response(NO))]
    assert find_course_cautions(kept, PLAN) == []


@pytest.mark.parametrize(("day", "number"), [(7, "1 of 1"), (8, None)])
def test_a_response_within_a_week_may_have_begun_before_the_treatment(day, number):
    found = {one.code: one.number for one in find_course_cautions([_patient(1, _response(YES, day))], PLAN)}
    assert found.get("early-response") == number


def test_persons_who_did_not_come_back_are_counted_on_the_day_with_the_fewest_visits():
    plan = replace(PLAN, follow_up=FollowUpDefinition(days=[60, 180], score="skin"))
    cohort = [
        _patient(1, _response(YES, 10), scores={60: 10.0, 180: 9.0}),
        _patient(2, _response(YES, 10), scores={60: 10.0, 180: None}),
        _patient(3, _response(NO), scores={60: None, 180: None}),
    ]
    (caution,) = [one for one in find_course_cautions(cohort, plan) if one.code == "visits-missing"]
    assert (caution.number, caution.severity) == ("2 of 3", Severity.SERIOUS)
    assert "near day 180" in caution.text
    (mild,) = [one for one in find_course_cautions(cohort[:2], plan) if one.code == "visits-missing"]
    assert (mild.number, mild.severity) == ("1 of 2", Severity.NOTE)


def test_of_a_harm_and_of_nobody_the_course_says_nothing():
    harm = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm"}))
    assert find_course_cautions(COHORT, harm) == find_course_cautions([], PLAN) == []


def test_nobody_responds_to_a_harm_cycle_by_cycle():
    harm = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm"}))
    table = tabulate_cycles(COHORT, harm)
    said = " ".join((table.title, *(row.label for row in table.rows), *table.footnotes)).lower()
    assert "respon" not in said
    assert "cycles to the outcome" in said
    labels = {one.label for one in estimate_all(COHORT, harm) if one.id.startswith("cycles_to_response")}
    assert labels == {"Cycles to the outcome"}
    assert "Cycles to response, responders" in {row.label for row in tabulate_cycles(COHORT, PLAN).rows}
