"""What a reader must know before believing the rates and contrasts of events."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.results import Caution, Severity
from refractory.analysis.safety_estimates import count_contrast, find_safety
from refractory.dates import say_days
from refractory.numbers import format_count, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.safety_definition import SafetyDefinition

# With fewer events than this an exact interval of a ratio reaches over a factor of ten and more.
_FEW_EVENTS = 5


def find_safety_cautions(patients: Sequence[Patient], definition: SafetyDefinition) -> list[Caution]:
    """Find what limits the rates and contrasts of events.

    Args:
        patients: The analysis set.
        definition: What counts as an event.
    """
    everybody = find_safety(patients)
    if not everybody:
        return []
    cautions = [*_of_follow_up(_find_known_days(patients), len(everybody), definition)]
    text = (
        "An event is what somebody recorded. Mild events, headache among them, are often never recorded, and more is "
        "recorded on days of care, such as those of an infusion."
    )
    number = f"{say_count(len(everybody), 'person')} watched"
    cautions.append(Caution("recorded-events", "Events are those that were recorded", text, number=number))
    if definition.contrast:
        cautions += _of_contrast(patients, definition)
    return cautions


def _find_known_days(patients: Sequence[Patient]) -> list[int]:
    """Return the days of follow-up of every person who is evaluable for rates."""
    return [one.follow_up_days for one in find_safety(patients) if one.follow_up_days is not None]


def _of_follow_up(known: Sequence[int], persons: int, definition: SafetyDefinition) -> list[Caution]:
    cautions = []
    lost = persons - len(known)
    if lost:
        text = (
            f"For {format_count(lost)} of {format_count(persons)} persons no observation is known on day 0. Their "
            "recorded events count among persons, but nobody knows how long they were watched: they are left out of "
            "rates, cycles and contrasts."
        )
        severity = Severity.SERIOUS if lost * 10 > persons else Severity.NOTE
        number = f"{format_count(lost)} of {format_count(persons)}"
        cautions.append(Caution("safety-not-evaluable", "Persons without known follow-up", text, severity, number))
    short = sum(days <= definition.until for days in known)
    if short:
        text = (
            f"{format_count(short)} of {format_count(persons)} persons were followed for less than "
            f"{say_days(definition.until)}: had they been watched for longer, more persons with an event might be "
            "known. The rates allow for it."
        )
        title, number = "Follow-up for events cut short", f"{format_count(short)} of {format_count(persons)}"
        cautions.append(Caution("safety-short-follow-up", title, text, number=number))
    return cautions


def _of_contrast(patients: Sequence[Patient], definition: SafetyDefinition) -> list[Caution]:
    cautions = []
    few = [
        name
        for name in definition.windows
        if 0 < sum(one.risk_events + one.control_events for one in count_contrast(patients, name)) < _FEW_EVENTS
    ]
    if few:
        text = (
            f"Fewer than {_FEW_EVENTS} episodes stand behind the rate ratio of: {', '.join(few)}. Its interval says "
            "how little is known."
        )
        number = "1 kind of event" if len(few) == 1 else f"{len(few)} kinds of event"
        cautions.append(Caution("few-episodes", "Few episodes behind a rate ratio", text, number=number))
    if not definition.before:
        text = (
            "The self-controlled contrast takes it that an event neither puts off the next infusion nor ends the "
            "observation. Where it does put it off, the days before an infusion are free of events, and the rate ratio "
            "is too large; the key before of the protocol leaves such days out."
        )
        cautions.append(Caution("event-delays-treatment", "An event may put the treatment off", text))
    return cautions
