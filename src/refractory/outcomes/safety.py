"""Events after day 0: episodes, the days at risk, and the days that they are compared with, person by person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refractory.dates import Window
from refractory.exposures.time_at_risk import Span, TimeAtRisk, count_days, derive_time_at_risk, is_in_spans
from refractory.outcomes.safety_definition import ANY_EVENT, SafetyDefinition

NOT_OBSERVED = "no observation is known on day 0"


@dataclass(frozen=True)
class Episode:
    """One episode of one event of one person.

    Args:
        event: Name of the event.
        day: First day, counted from day 0.
        is_at_risk: The day lies in a risk window.
        is_control: The day is one of those that risk windows are compared with.
        cycles: Numbers of the cycles in the risk window of one of whose infusion days it lies.
        days_since: Days since the last day of the treatment on or before it; None where there is none.
    """

    event: str
    day: int
    is_at_risk: bool
    is_control: bool
    cycles: tuple[int, ...] = ()
    days_since: int | None = None


@dataclass(frozen=True)
class EventOfPerson:
    """One event of one person.

    Args:
        episodes: The new episodes in follow-up, in the order of days.
        risk_days: Days of follow-up in risk windows; 0 for a person who is not evaluable.
        control_days: Days of follow-up that they are compared with; 0 for a person who is not evaluable.
    """

    episodes: tuple[Episode, ...]
    risk_days: int
    control_days: int


@dataclass(frozen=True)
class PersonSafety:
    """The events of one person after day 0.

    Args:
        events: By name of the event, all events together under "Any event" where there are several.
        follow_up_days: Days of follow-up, day 0 among them; None for a person who is not evaluable for rates.
        cycles: Cycles whose first day lies in follow-up; 0 for a person who is not evaluable.
        stop_reason: Why the treatment was stopped; None where the protocol does not ask or nobody says.
        why: Why the person is not evaluable for rates; None for a person who is.
    """

    events: Mapping[str, EventOfPerson]
    follow_up_days: int | None
    cycles: int = 0
    stop_reason: str | None = None
    why: str | None = None


def derive_episode_days(record_days: Iterable[int], apart_days: int) -> list[int]:
    """Return the first days of the new episodes of one event of one person, from day 0 on.

    The first record opens an episode, and one nearer than `apart_days` to the first day of the episode belongs to it:
    the last record of an episode carries nothing on. Records nearer than that to the last one before day 0 continue
    what was there before.

    Args:
        record_days: Days of the records of the event, counted from day 0, in any order.
        apart_days: Shortest time between the first days of two episodes.

    Example:
        >>> derive_episode_days([0, 29, 30, 59, 60], 30)
        [0, 30, 60]
        >>> derive_episode_days([-20, 9, 10], 30)
        [10]
    """
    days = set(record_days)
    last_before = max((day for day in days if day < 0), default=None)
    opened: list[int] = []
    for day in sorted(day for day in days if day >= 0):
        if last_before is not None and day - last_before < apart_days:
            continue
        if not opened or day - opened[-1] >= apart_days:
            opened.append(day)
    return opened


@dataclass(frozen=True)
class FollowedPerson:
    """What the events of one person are judged by, all days counted from day 0.

    Args:
        given: Days of the treatment at or after day 0.
        cycles: First and last day of each cycle, cycle 1 first; empty for a drug that is taken.
        last_day: Last day of follow-up; of a person who is not evaluable the last day that is asked for.
        is_evaluable: Whether observation is known on day 0.
    """

    given: tuple[Span, ...]
    cycles: tuple[Span, ...]
    last_day: int
    is_evaluable: bool


def classify_events(
    record_days: Mapping[str, Iterable[int]], person: FollowedPerson, definition: SafetyDefinition
) -> PersonSafety:
    """Find the episodes of every event of one person, and its days at risk.

    All events together are the episodes of each event, judged by the risk window that no event changes.

    Args:
        record_days: By name of the event the days of its records, counted from day 0.
        person: Treatment and follow-up.
        definition: What counts.
    """
    opened = {
        event.name: [
            day
            for day in derive_episode_days(record_days.get(event.name, ()), definition.apart)
            if day <= person.last_day
        ]
        for event in definition.event
    }
    windows = definition.windows
    times = {window: _find_time(person, window, definition) for window in set(windows.values())}
    events = {}
    for name, window in windows.items():
        own = opened if name == ANY_EVENT else {name: opened[name]}
        time = times[window]
        episodes = [_describe_episode(event, day, time, window, person) for event, days in own.items() for day in days]
        events[name] = EventOfPerson(
            tuple(sorted(episodes, key=lambda one: (one.day, one.event))),
            count_days(time.risk) if person.is_evaluable else 0,
            count_days(time.control) if person.is_evaluable else 0,
        )
    if not person.is_evaluable:
        return PersonSafety(events, None, why=NOT_OBSERVED)
    begun = sum(cycle.first_day <= person.last_day for cycle in person.cycles)
    return PersonSafety(events, person.last_day + 1, begun)


def _find_time(person: FollowedPerson, window: Window, definition: SafetyDefinition) -> TimeAtRisk:
    left_out = {"washout_days": definition.washout, "before_days": definition.before}
    return derive_time_at_risk(person.given, window, person.last_day, **left_out)


def _describe_episode(event: str, day: int, time: TimeAtRisk, window: Window, person: FollowedPerson) -> Episode:
    starts, ends = window.first_day or 0, window.last_day or 0
    before = [span for span in person.given if span.first_day + starts <= day <= span.last_day + ends]
    cycles = [
        number
        for number, cycle in enumerate(person.cycles, start=1)
        if any(cycle.first_day <= span.first_day <= cycle.last_day for span in before)
    ]
    since = [max(day - span.last_day, 0) for span in person.given if span.first_day <= day]
    at_risk, control = is_in_spans(day, time.risk), is_in_spans(day, time.control)
    return Episode(event, day, at_risk, control, tuple(cycles), min(since, default=None))
