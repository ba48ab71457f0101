"""The course after a response: when a treatment has stopped, when a response is lost, what is seen at a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from refractory.dates import PartialDate, read_partial_date
from refractory.outcomes.durability import (
    FollowUp,
    History,
    Loss,
    classify_by_day,
    classify_on_day,
    derive_follow_up,
    find_at_day,
    find_best,
    find_loss_of_gain,
    find_restart,
    find_stop,
)
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import Response, ResponseStatus
from refractory.outcomes.timing import classify_by_cycle

DAY_0 = date(2020, 1, 1)
RESPONSE, NO_RESPONSE, NOT_EVALUABLE = ResponseStatus
FOLLOWED = FollowUpDefinition(
    until="730 days", stopped="56 days", retreatment="84 days", relapse={"label": "relapse", "lost": 50}, score="skin"
)


def _on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def _response(first: int, last: int | None = None) -> Response:
    return Response(RESPONSE, PartialDate(_on(first), _on(first if last is None else last)))


@pytest.mark.parametrize(
    ("spans", "seen_until", "stop"),
    [
        # A pause of exactly 56 days is no stop, one day more is.
        ([(0, 1), (57, 58)], 80, None),
        ([(0, 1), (58, 59)], 80, 1),
        # Nothing comes after, and the person is seen for 56 days, or for one more.
        ([(0, 1)], 57, None),
        ([(0, 1)], 58, 1),
        # The first of several stops.
        ([(0, 1), (28, 29), (200, 201)], 700, 29),
        # A short time under treatment within a longer one opens no pause.
        ([(0, 100), (10, 12)], 140, None),
        ([(0, 100), (10, 12)], 157, 100),
        # What begins after the follow-up has ended is not seen.
        ([(0, 1), (40, 41)], 39, None),
        ([], 700, None),
    ],
)
def test_a_treatment_stops_when_a_pause_longer_than_the_rule_is_seen_to_its_end(spans, seen_until, stop):
    assert find_stop(spans, seen_until, 56) == stop


@pytest.mark.parametrize(
    ("spans", "seen_until", "restart"),
    [
        ([(0, 1), (85, 86)], 700, None),
        ([(0, 1), (86, 87)], 700, 86),
        ([(0, 1), (86, 87)], 85, None),
        ([(0, 1), (86, 87), (300, 301)], 700, 86),
    ],
)
def test_retreatment_begins_after_a_pause_longer_than_the_rule(spans, seen_until, restart):
    assert find_restart(spans, seen_until, 84) == restart


@pytest.mark.parametrize(
    ("visits", "day"),
    [
        # Baseline 20, best 10: half of the gain is gone at 15, not at 14.
        ([(30, 10.0), (60, 14.0)], None),
        ([(30, 10.0), (60, 15.0)], 60),
        # The best may come after the response: from 4 on, half of the gain is gone at 12.
        ([(30, 10.0), (60, 4.0), (90, 11.0), (120, 12.0)], 120),
        # A bad visit before the response, or on its day, is no relapse.
        ([(10, 10.0), (20, 20.0), (30, 10.0)], None),
        # Without a gain there is nothing to lose.
        ([(60, 25.0), (90, 30.0)], None),
    ],
)
def test_half_of_the_best_gain_gone_is_a_relapse(visits, day):
    assert find_loss_of_gain(20.0, visits, 30, 50, is_higher_worse=True) == day


def test_where_a_higher_score_is_better_the_gain_is_a_rise():
    assert find_loss_of_gain(60.0, [(30, 80.0), (60, 70.0)], 30, 50, is_higher_worse=False) == 60
    assert find_best(60.0, [(30, 80.0), (60, 70.0)], is_higher_worse=False) == (30, 20.0)
    assert find_best(60.0, [(30, 60.0), (60, 50.0)], is_higher_worse=False) is None


def test_the_score_at_a_day_is_of_the_nearest_visit_and_of_two_the_earlier_one():
    assert find_at_day([(84, 9.0), (140, 7.0)], 112, 28) == 9.0
    assert find_at_day([(83, 9.0), (140, 7.0)], 112, 28) == 7.0
    assert find_at_day([(83, 9.0), (141, 7.0)], 112, 28) is None


@pytest.mark.parametrize(
    ("relapses", "spans", "seen_until", "loss", "day"),
    [
        ((90,), [(0, 1)], 400, Loss.RELAPSE, 90),
        # On the day of the response or before it is no relapse of this response.
        ((60, 30), [(0, 1)], 400, None, None),
        ((61, 60), [(0, 1)], 400, Loss.RELAPSE, 61),
        # What lies behind the end of follow-up is not seen.
        ((401,), [(0, 1)], 400, None, None),
        ((400,), [(0, 1)], 400, Loss.RELAPSE, 400),
        # Retreatment ends a response too, and of the two the earlier counts.
        ((), [(0, 1), (120, 121)], 400, Loss.RETREATMENT, 120),
        ((130,), [(0, 1), (120, 121)], 400, Loss.RETREATMENT, 120),
        ((110,), [(0, 1), (120, 121)], 400, Loss.RELAPSE, 110),
        # On one day it is the relapse that is treated.
        ((120,), [(0, 1), (120, 121)], 400, Loss.RELAPSE, 120),
    ],
)
def test_a_response_lasts_until_relapse_or_retreatment(relapses, spans, seen_until, loss, day):
    found = derive_follow_up(_response(60), DAY_0, History(tuple(spans), seen_until, relapses), FOLLOWED)
    assert (found.loss, found.loss_day) == (loss, day)
    assert (found.response_day, found.has_known_response_day) == (60, True)


def test_a_retreatment_before_the_response_does_not_end_it():
    found = derive_follow_up(_response(150), DAY_0, History(((0, 1), (120, 121)), 400), FOLLOWED)
    assert (found.restart_day, found.loss) == (120, None)


def test_who_never_responded_has_nothing_to_lose():
    found = derive_follow_up(Response(NO_RESPONSE), DAY_0, History(((0, 1), (120, 121)), 400, (90,)), FOLLOWED)
    assert (found.response_day, found.loss, found.stop_day, found.restart_day) == (None, None, 1, 120)


def test_a_score_that_goes_back_is_a_relapse_beside_the_label():
    history = History(((0, 1),), 400, (300,), 20.0, ((60, 8.0), (120, 15.0)))
    found = derive_follow_up(_response(60), DAY_0, history, FOLLOWED)
    assert (found.loss, found.loss_day, found.best_day, found.best_gain) == (Loss.RELAPSE, 120, 60, 12.0)


def test_a_score_of_which_more_is_better_is_lost_when_it_falls():
    strength = History(((0, 1),), 400, (), 60.0, ((60, 76.0), (120, 68.0)))
    found = derive_follow_up(_response(60), DAY_0, strength, FOLLOWED, is_higher_worse=False)
    assert (found.loss_day, found.best_day, found.best_gain) == (120, 60, 16.0)


@pytest.mark.parametrize(
    ("status", "follow_up", "by_then", "on_the_day"),
    [
        (RESPONSE, FollowUp(400, first_response_day=112, response_day=112), RESPONSE, RESPONSE),
        (RESPONSE, FollowUp(400, first_response_day=113, response_day=113), NO_RESPONSE, NO_RESPONSE),
        # The day of response may lie on either side.
        (RESPONSE, FollowUp(400, first_response_day=90, response_day=120), NOT_EVALUABLE, NOT_EVALUABLE),
        # Responded, and lost on the day, or the day after.
        (RESPONSE, FollowUp(400, 1, None, 60, 60, Loss.RELAPSE, 112), RESPONSE, NO_RESPONSE),
        (RESPONSE, FollowUp(400, 1, None, 60, 60, Loss.RELAPSE, 113), RESPONSE, RESPONSE),
        # Responded and not followed until then: responded, but nobody knows whether it lasts.
        (RESPONSE, FollowUp(111, first_response_day=60, response_day=60), RESPONSE, NOT_EVALUABLE),
        (NO_RESPONSE, FollowUp(112), NO_RESPONSE, NO_RESPONSE),
        (NO_RESPONSE, FollowUp(111), NOT_EVALUABLE, NOT_EVALUABLE),
        (NOT_EVALUABLE, FollowUp(400), NOT_EVALUABLE, NOT_EVALUABLE),
    ],
)
def test_responded_by_a_day_and_in_response_on_it_are_two_questions(status, follow_up, by_then, on_the_day):
    assert classify_by_day(status, follow_up, 112) is by_then
    assert classify_on_day(status, follow_up, 112) is on_the_day


@pytest.mark.parametrize(
    ("response", "starts", "has_stopped", "answer"),
    [
        # Cycles begin on days 0, 28, 56, 84; asked for: by cycle 3, that is before day 84.
        (_response(83), (0, 28, 56, 84), False, RESPONSE),
        (_response(84), (0, 28, 56, 84), False, NO_RESPONSE),
        (_response(80, 90), (0, 28, 56, 84), False, NOT_EVALUABLE),
        (_response(200), (0, 28), True, RESPONSE),
        (Response(NO_RESPONSE), (0, 28, 56), False, NO_RESPONSE),
        (Response(NO_RESPONSE), (0, 28), False, NOT_EVALUABLE),
        (Response(NO_RESPONSE), (0, 28), True, NO_RESPONSE),
        (Response(NOT_EVALUABLE), (0, 28, 56), True, NOT_EVALUABLE),
    ],
)
def test_responded_by_a_cycle_is_before_the_next_one_begins(response, starts, has_stopped, answer):
    assert classify_by_cycle(response, [_on(day) for day in starts], 3, has_stopped=has_stopped) is answer


def test_a_response_known_to_the_month_is_lost_only_after_the_month():
    month = Response(RESPONSE, read_partial_date("2020-03"))
    history = History(((0, 1),), 400, ((date(2020, 3, 20) - DAY_0).days, (date(2020, 4, 1) - DAY_0).days))
    found = derive_follow_up(month, DAY_0, history, FOLLOWED)
    assert found.loss_day == (date(2020, 4, 1) - DAY_0).days
    assert not found.has_known_response_day


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"days": [800]}, "not after day 730"),
        ({"days": [0]}, "after day 0"),
        ({"cycles": [0]}, "counted from 1"),
        ({"relapse": {"lost": 50}}, "needs score"),
        ({"relapse": {}}, "at least one of label, event, lost"),
        ({"baseline": [-90, 1]}, "ends on day 0"),
        ({"stopped": "90 days", "retreatment": "84 days"}, "must have stopped"),
    ],
)
def test_a_follow_up_that_cannot_be_is_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        FollowUpDefinition(**changed)
