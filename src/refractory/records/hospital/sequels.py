"""What is planned of a person beside the course of the published study, each part from a stream of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from refractory.records.hospital.added_drugs import plan_added_drugs
from refractory.records.hospital.adverse_events import plan_events, plan_events_of_others
from refractory.records.hospital.earlier_visits import plan_earlier
from refractory.records.hospital.facts import Infusion, PlannedPerson, Sequel
from refractory.records.hospital.relapses import plan_durability
from refractory.records.hospital.skin_visits import plan_globals, plan_visits, plan_visits_of_others


def plan_sequels(members: Sequence[PlannedPerson], seed: int, score_slope: float) -> list[PlannedPerson]:
    """Plan what else is true of the members of the cohort; whatever was planned of them before stays as it is.

    Args:
        members: The members, planned otherwise.
        seed: Source of everything that is drawn.
        score_slope: Mean slope of the skin score before day 0, in points per 28 days.
    """
    visits, held = plan_visits(members, seed), plan_durability(members, seed)
    added = plan_added_drugs(members, seed)
    found = []
    for person in members:
        own, one = visits.get(person.key, ()), held[person.key]
        globals_ = plan_globals(person, own, Random(f"globals {seed} {person.key}"))
        earlier, slope = plan_earlier(person, score_slope, Random(f"earlier scores {seed} {person.key}"))
        sequel = Sequel(
            infusions=one.infusions,
            readings=(*globals_, *one.weights),
            visits=own,
            labels=one.labels,
            durability=one.durability,
            courses=added.get(person.key, ()),
            earlier=earlier,
            earlier_slope=slope,
        )
        answer = person.answer and replace(person.answer, cycles=(*person.answer.cycles, *_cycles(one.infusions)))
        found.append(replace(person, sequel=sequel, answer=answer))
    events = plan_events(found, seed)
    return [replace(person, sequel=replace(person.sequel, events=events[person.key])) for person in found]


def plan_sequels_of_others(persons: Sequence[PlannedPerson], seed: int) -> list[PlannedPerson]:
    """Plan what else is true of persons outside the cohort: items of scores, and events."""
    visits, events = plan_visits_of_others(persons, seed), plan_events_of_others(persons, seed)
    return [
        replace(person, sequel=Sequel(visits=visits.get(person.key, ()), events=events[person.key]))
        for person in persons
    ]


def _cycles(infusions: Sequence[Infusion]) -> tuple[tuple[int, ...], ...]:
    """Put the infusion days of later cycles, four weeks apart, into cycles."""
    found: list[list[int]] = []
    for day in sorted({each.day for each in infusions}):
        if found and day - found[-1][-1] <= 7:
            found[-1].append(day)
        else:
            found.append([day])
    return tuple(map(tuple, found))
