"""Laws of events after day 0 that hold for any person."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.outcomes.safety import classify_events, derive_episode_days
from twins.test_safety_twins import DAYS, definitions, persons, records

often = settings(max_examples=200, deadline=None)


@often
@given(records, persons(), definitions())
def test_a_day_of_follow_up_is_at_risk_or_compared_with_or_neither_and_never_both(record_days, person, definition):
    person = replace(person, is_evaluable=True)
    for event in classify_events(record_days, person, definition).events.values():
        assert 0 <= event.risk_days + event.control_days <= person.last_day + 1
        assert not [one for one in event.episodes if one.is_at_risk and one.is_control]
    plain = definition.model_copy(update={"washout": 0, "before": 0})
    for event in classify_events(record_days, person, plain).events.values():
        assert event.risk_days + event.control_days == person.last_day + 1
        assert all(one.is_at_risk != one.is_control for one in event.episodes)


@often
@given(st.lists(DAYS), st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_order_of_records_and_a_row_that_was_written_twice_never_matter(record_days, apart, random):
    shuffled = random.sample(record_days * 2, 2 * len(record_days))
    assert derive_episode_days(shuffled, apart) == derive_episode_days(record_days, apart)


@often
@given(st.lists(DAYS), st.integers(0, 60))
def test_episodes_further_apart_are_never_more(record_days, apart):
    assert len(derive_episode_days(record_days, apart + 1)) <= len(derive_episode_days(record_days, apart))


@often
@given(st.lists(DAYS), st.integers(0, 60))
def test_the_episodes_of_the_first_days_of_episodes_are_the_same(record_days, apart):
    opened = derive_episode_days(record_days, apart)
    assert derive_episode_days(opened, apart) == opened


@often
@given(records, persons(), definitions(), st.lists(st.integers(1, 300)))
def test_what_is_recorded_after_the_last_day_of_follow_up_changes_nothing(record_days, person, definition, later):
    # Of somebody who died before day 0 the days after the last one are days before day 0.
    person = replace(person, last_day=max(person.last_day, 0))
    added = {name: [*days, *(person.last_day + day for day in later)] for name, days in record_days.items()}
    assert classify_events(added, person, definition) == classify_events(record_days, person, definition)


@often
@given(records, persons(), definitions())
def test_a_longer_risk_window_never_has_fewer_days_or_episodes_at_risk(record_days, person, definition):
    longer = definition.model_copy(update={"risk": replace(definition.risk, last_day=definition.risk.last_day + 1)})
    found, more = (classify_events(record_days, person, one).events["Any event"] for one in (definition, longer))
    assert found.risk_days <= more.risk_days
    assert sum(one.is_at_risk for one in found.episodes) <= sum(one.is_at_risk for one in more.episodes)
    assert [one.day for one in found.episodes] == [one.day for one in more.episodes]


@often
@given(records, persons(), definitions())
def test_all_events_together_have_the_episodes_of_each(record_days, person, definition):
    events = dict(classify_events(record_days, person, definition).events)
    together = events.pop("Any event")
    each = sorted((one.day, one.event) for event in events.values() for one in event.episodes)
    assert [(one.day, one.event) for one in together.episodes] == each
