"""Events after day 0 against a slow twin that walks through the days of one person."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.exposures.time_at_risk import Span
from refractory.outcomes.safety import FollowedPerson, classify_events
from refractory.outcomes.safety_definition import SafetyDefinition

slowly = settings(max_examples=300, deadline=None)
HEADACHE, CLOT = "Headache", "Thromboembolism"
# Days that meet the windows, the episodes and the end of follow-up on the day.
DAYS = st.one_of(st.integers(-45, 130), st.sampled_from((-30, -29, -1, 0, 13, 14, 29, 30, 59, 60, 99, 100, 101)))


@st.composite
def definitions(draw: st.DrawFn) -> SafetyDefinition:
    first = draw(st.integers(0, 3))
    days = st.sampled_from(("0 days", "1 day", "7 days", "30 days"))
    return SafetyDefinition(
        risk=[first, first + draw(st.integers(0, 30))],
        apart=draw(st.sampled_from(("0 days", "1 day", "14 days", "30 days"))),
        until="100 days",
        washout=draw(days),
        before=draw(days),
        event=[
            {"name": HEADACHE, "concept": "headache", "risk": draw(st.sampled_from(([0, 0], [0, 3], [1, 5])))},
            {"name": CLOT, "concept": "clot"},
        ],
    )


@st.composite
def persons(draw: st.DrawFn) -> FollowedPerson:
    """Draw a person who has infusions, a few of them next to each other, or takes a drug."""
    if draw(st.booleans()):
        starts = draw(st.sets(st.integers(0, 120), max_size=4))
        lengths = draw(st.lists(st.integers(1, 40), min_size=4, max_size=4))
        given_days = [Span(start, start + length - 1) for start, length in zip(sorted(starts), lengths, strict=False)]
        cycles = []
    else:
        given_days, cycles = [], []
        for start in sorted(draw(st.sets(st.sampled_from(range(0, 121, 10)), max_size=4))):
            last = start + draw(st.integers(0, 4))
            own = sorted({start, last, *draw(st.sets(st.integers(start, last), max_size=3))})
            given_days += [Span(day, day) for day in own]
            cycles.append(Span(start, last))
    last_day = draw(st.sampled_from((-1, 0, 13, 14, 59, 99, 100)))
    return FollowedPerson(tuple(given_days), tuple(cycles), last_day, draw(st.booleans()))


records = st.fixed_dictionaries({HEADACHE: st.lists(DAYS, max_size=8), CLOT: st.lists(DAYS, max_size=8)})


def twin_sort_of_day(day: int, person: FollowedPerson, window: tuple[int, int], washout: int, before: int) -> str:
    """Ask one day of follow-up what it is, by every day of the treatment that there is."""
    treated = [number for span in person.given for number in range(span.first_day, span.last_day + 1)]
    if any(window[0] <= day - number <= window[1] for number in treated):
        return "at risk"
    is_washout = any(window[1] < day - number <= window[1] + washout for number in treated)
    is_before = any(1 <= number - day <= before for number in treated)
    return "left out" if is_washout or is_before else "control"


def twin_episode_days(record_days: list[int], apart: int, last_day: int) -> list[int]:
    """Walk the days: a record opens an episode unless one is open, or the event was there shortly before day 0."""
    opened: list[int] = []
    for today in range(last_day + 1):
        if today not in record_days:
            continue
        was_there = any(day < 0 and today - day < apart for day in record_days)
        is_open = bool(opened) and today < opened[-1] + apart
        if not was_there and not is_open:
            opened.append(today)
    return opened


def twin_event(
    record_days: dict[str, list[int]], person: FollowedPerson, window: tuple[int, int], definition: SafetyDefinition
) -> tuple[list[Any], int, int]:
    """Return the episodes of some events with the sort of their day and their cycles, risk days and control days."""
    sorts = [
        twin_sort_of_day(day, person, window, definition.washout, definition.before)
        for day in range(person.last_day + 1)
    ]
    episodes = []
    for event, days in record_days.items():
        for day in twin_episode_days(days, definition.apart, person.last_day):
            cycles = []
            for number, cycle in enumerate(person.cycles, start=1):
                infused = [one.first_day for one in person.given if cycle.first_day <= one.first_day <= cycle.last_day]
                if any(window[0] <= day - infusion <= window[1] for infusion in infused):
                    cycles.append(number)
            treated = [number for span in person.given for number in range(span.first_day, span.last_day + 1)]
            since = min((day - number for number in treated if number <= day), default=None)
            episodes.append((day, event, sorts[day], tuple(cycles), since))
    known = person.is_evaluable
    return sorted(episodes), sorts.count("at risk") * known, sorts.count("control") * known


@slowly
@given(records, persons(), definitions())
def test_the_events_are_what_a_walk_through_the_days_finds(record_days, person, definition):
    found = classify_events(record_days, person, definition)
    asked = {
        "Any event": (record_days, definition.risk),
        HEADACHE: ({HEADACHE: record_days[HEADACHE]}, definition.event[0].risk),
        CLOT: ({CLOT: record_days[CLOT]}, definition.risk),
    }
    assert list(found.events) == list(asked)
    for name, (own, window) in asked.items():
        event = found.events[name]
        episodes = [
            (
                one.day,
                one.event,
                "at risk" if one.is_at_risk else "control" if one.is_control else "left out",
                one.cycles,
                one.days_since,
            )
            for one in event.episodes
        ]
        expected = twin_event(own, person, (window.first_day, window.last_day), definition)
        assert (episodes, event.risk_days, event.control_days) == expected
    assert found.follow_up_days == (person.last_day + 1 if person.is_evaluable else None)
    begun = [cycle for cycle in person.cycles if cycle.first_day in range(person.last_day + 1)]
    assert found.cycles == len(begun) * person.is_evaluable
