"""The course after day 0 against its slow twin, which walks through the days one by one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.dates import PartialDate
from refractory.outcomes.durability import (
    History,
    classify_by_day,
    classify_on_day,
    derive_follow_up,
)
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import Response, ResponseStatus

DAY_0 = date(2020, 1, 1)
RULE = FollowUpDefinition(
    until="120 days", stopped="10 days", retreatment="15 days", days=[60], relapse={"label": "r", "lost": 50}, score="s"
)


def _walk(spans, seen_until, relapse_days, baseline, visits, response_day):
    """Walk from day 0 to the last day that is followed, and note what happens for the first time."""
    treated = {day for first, last in spans for day in range(first, last + 1)}
    scores = dict(visits)
    stop = restart = loss = None
    last_treated, best = None, 0.0
    for day in range(seen_until + 1):
        if last_treated is not None and day - last_treated > RULE.stopped and stop is None:
            stop = last_treated
        if day in treated:
            if last_treated is not None and day - last_treated > RULE.retreatment and restart is None:
                restart = day
                if response_day is not None and day > response_day and loss is None and day not in relapse_days:
                    loss = (day, "retreatment")
            last_treated = day
        gain = baseline - scores[day] if baseline is not None and day in scores else None
        has_gone = gain is not None and best > 0 and best - gain >= 0.5 * best
        is_relapse = response_day is not None and day > response_day and (day in relapse_days or has_gone)
        if is_relapse and (loss is None or loss == (day, "retreatment")):
            loss = (day, "relapse")
        if gain is not None and day > 0:
            best = max(best, gain)
    return stop, restart, loss


spans = st.lists(
    st.tuples(st.integers(0, 110), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
)
visits = st.dictionaries(st.integers(1, 125), st.integers(0, 20).map(float), max_size=8)


@settings(max_examples=400, deadline=None)
@given(
    spans,
    st.integers(0, 120),
    st.sets(st.integers(1, 125), max_size=3),
    st.one_of(st.none(), st.integers(0, 20).map(float)),
    visits,
    st.one_of(st.none(), st.integers(1, 100)),
    st.integers(1, 120),
)
def test_the_course_is_what_a_walk_through_the_days_finds(given_spans, seen, relapses, baseline, scores, day, asked):
    ordered = sorted((one, score) for one, score in scores.items() if one <= seen)
    history = History(tuple(given_spans), seen, tuple(sorted(relapses)), baseline, tuple(ordered))
    status = ResponseStatus.NO_RESPONSE if day is None else ResponseStatus.RESPONSE
    on = DAY_0 + timedelta(days=day or 0)
    response = Response(status, None if day is None else PartialDate(on, on))
    found = derive_follow_up(response, DAY_0, history, RULE)
    stop, restart, loss = _walk(given_spans, seen, relapses, baseline, ordered, day)
    assert (found.stop_day, found.restart_day) == (stop, restart)
    assert (found.loss_day, str(found.loss) if found.loss else None) == (loss or (None, None))
    has_responded = day is not None and day <= asked
    is_lost = loss is not None and loss[0] <= asked
    if has_responded:
        assert classify_by_day(status, found, asked) is ResponseStatus.RESPONSE
        expected = ResponseStatus.NOT_EVALUABLE if seen < asked else ResponseStatus.RESPONSE
        assert classify_on_day(status, found, asked) is (ResponseStatus.NO_RESPONSE if is_lost else expected)
    else:
        expected = ResponseStatus.NOT_EVALUABLE if seen < asked else ResponseStatus.NO_RESPONSE
        assert classify_by_day(status, found, asked) is classify_on_day(status, found, asked) is expected
