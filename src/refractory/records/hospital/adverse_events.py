"""Events that may follow an infusion: on both sides of every boundary that a rule about them can have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from refractory.records.hospital.facts import FIRST_R51_9, LAST_RECORD, AdverseEvent, PlannedPerson

# Days after an infusion that are its risk window, and the days from which a record opens an episode of its own.
RISK_DAYS = {
    "headache": 3,
    "aseptic meningitis": 7,
    "thromboembolism": 13,
    "haemolytic anaemia": 13,
    "acute renal failure": 13,
}
APART_DAYS = 30
_FAR_DAYS = 60
_STYLES = ("full", "full", "full", "text", "undotted", "standard")
# ICD-9-CM and ICD-10-CM codes of each kind.
CODES = {
    "headache": (("784.0", "R51"),),
    "aseptic meningitis": (("322.0", "G03.0"),),
    "thromboembolism": (
        ("415.19", "I26.99"), ("453.40", "I82.409"), ("453.41", "I82.4Y9"), ("410.91", "I21.9"), ("434.91", "I63.9"),
    ),
    "haemolytic anaemia": (("283.19", "D59.4"), ("283.9", "D59.9")),
    "acute renal failure": (("584.9", "N17.9"), ("584.5", "N17.0")),
}  # fmt: skip
Turn = Callable[[PlannedPerson, str, Random], Iterator[tuple[int, ...]]]


def plan_events(members: Sequence[PlannedPerson], seed: int) -> dict[str, tuple[AdverseEvent, ...]]:
    """Plan the events of the members: each turn for as many as may have it, and one turn a kind and person.

    Returns:
        Episodes by key of the person. Two episodes of one kind and person begin at least 29 days apart.
    """
    rng = Random(f"events {seed}")
    free = {(person.key, kind) for person in members for kind in RISK_DAYS}
    found: dict[str, list[AdverseEvent]] = {person.key: [] for person in members}
    for kinds, wanted, turn in _TURNS:
        for kind in kinds:
            left = wanted
            for person in rng.sample(list(members), len(members)):
                episodes = list(turn(person, kind, rng)) if left and (person.key, kind) in free else []
                if episodes:
                    found[person.key] += [_coded(person, kind, days, rng) for days in episodes]
                    free.remove((person.key, kind))
                    left -= 1
    return {key: tuple(events) for key, events in found.items()}


def plan_events_of_others(persons: Sequence[PlannedPerson], seed: int) -> dict[str, tuple[AdverseEvent, ...]]:
    """Plan an event now and then for persons outside the cohort, on any observed day."""
    rng = Random(f"events of others {seed}")
    found = {}
    for person in persons:
        last = min(person.observed_until or 100, 400)
        kinds = [kind for kind in RISK_DAYS if rng.random() < 0.12]
        found[person.key] = tuple(_coded(person, kind, (rng.randint(-60, last),), rng) for kind in kinds)
    return found


def _coded(person: PlannedPerson, kind: str, days: tuple[int, ...], rng: Random) -> AdverseEvent:
    code = rng.choice(CODES[kind])
    if kind == "headache" and person.on(days[0]) >= FIRST_R51_9:
        code = (code[0], "R51.9")
    return AdverseEvent(kind, days, code, rng.choice(_STYLES))


def _ends_of_cycles(person: PlannedPerson, days: int) -> list[int]:
    """Return the observed infusion days that no other follows within so many days."""
    given = person.infusion_days
    end = person.observed_until or 0
    return [day for day in given if day + days <= end and not any(day < other <= day + days for other in given)]


def _after_infusion(beyond_window: int) -> Turn:
    """Plan an event a number of days after the end of the risk window: 0 is its last day, 1 the first beyond it."""

    def turn(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
        days = RISK_DAYS[kind] + beyond_window
        ends = _ends_of_cycles(person, days)
        if ends:
            yield (rng.choice(ends) + days,)

    return turn


def _on_an_infusion_day(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    later = [day for day in person.infusion_days if day > APART_DAYS]
    if later:
        yield (rng.choice(later),)


def _on_day_0(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    yield (0,)


def _on_the_day_before(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    yield (-1,)


def _written_again(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    """Plan one event that is coded two or three times within two weeks, at times across the end of its window."""
    first = rng.choice(person.infusion_days) + rng.randint(0, RISK_DAYS[kind])
    days = (first, first + rng.randint(1, 5), first + rng.randint(6, 14))
    if days[-1] <= (person.observed_until or 0):
        yield days[: rng.choice([2, 3, 3])]


def _one_episode_of_29_days(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    first = rng.choice(person.infusion_days) + 1
    if first + APART_DAYS <= (person.observed_until or 0):
        yield (first, first + APART_DAYS - 1)


def _two_episodes_30_days_apart(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    first = rng.choice(person.infusion_days) + 1
    if first + APART_DAYS <= (person.observed_until or 0):
        yield from ((first,), (first + APART_DAYS,))


def _long_before(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    yield (-rng.randint(45, 170),)


def _across_day_0(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    """Plan an event of the days before day 0 that is coded again after it: one episode, and not new."""
    yield (-rng.randint(8, 14), rng.randint(1, 5))


def _on_the_last_day(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    yield (person.observed_until or 0,)


def _after_the_observed_time(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    day = (person.observed_until or 0) + rng.choice([1, 1, rng.randint(2, 40)])
    if person.death_day is None and person.on(day) <= LAST_RECORD:
        yield (day,)


def _far_from_infusions(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    near = {day for given in person.infusion_days for day in range(given, given + _FAR_DAYS + 1)}
    days = sorted(set(range(_FAR_DAYS, person.observed_until or 0)) - near)
    if days:
        yield (rng.choice(days),)


def _somewhere_in_the_window(person: PlannedPerson, kind: str, rng: Random) -> Iterator[tuple[int, ...]]:
    day = rng.choice(person.infusion_days) + rng.randint(0, RISK_DAYS[kind])
    if day <= (person.observed_until or 0):
        yield (day,)


_ALL = tuple(RISK_DAYS)
_CLOTS = ("thromboembolism",)
# Kinds | how many persons of each | turn. Headache is the commonest (Aggarwal 2024: 42 % of treated patients).
_TURNS: tuple[tuple[tuple[str, ...], int, Turn], ...] = (
    (_ALL, 3, _after_infusion(0)),
    (_ALL, 3, _after_infusion(1)),
    (("headache", "thromboembolism"), 3, _on_an_infusion_day),
    (_CLOTS, 3, _after_the_observed_time),
    (_CLOTS, 3, _on_the_last_day),
    (_CLOTS, 3, _on_day_0),
    (_CLOTS, 3, _on_the_day_before),
    (_CLOTS, 3, _far_from_infusions),
    (_CLOTS, 3, _across_day_0),
    (_CLOTS, 3, _long_before),
    (("headache",), 3, _one_episode_of_29_days),
    (("headache",), 3, _two_episodes_30_days_apart),
    (("headache",), 3, _across_day_0),
    (("headache",), 3, _on_day_0),
    (("headache", "acute renal failure"), 3, _written_again),
    (("haemolytic anaemia", "acute renal failure"), 2, _long_before),
    (("headache",), 10, _somewhere_in_the_window),
)
