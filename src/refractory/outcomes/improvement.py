"""The Total Improvement Score of a study: core measures gathered into visits, each against the person's baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from refractory.cohort.criteria import Leaves
from refractory.dates import PartialDate, Window
from refractory.outcomes.evidence import read_limited_values
from refractory.outcomes.instrument_use import InstrumentDefinition
from refractory.outcomes.response import Assessment
from refractory.records.store import Store

Reading = tuple[int, float, float | None]  # day, value, upper limit of normal


@dataclass(frozen=True)
class MeasureVisit:
    """The core measures of one person at one visit.

    Args:
        day: Last day of the visit: before it the score is not known.
        values: Value and upper limit of normal by measure; a measure that was not taken is absent.
    """

    day: int
    values: Mapping[str, tuple[float, float | None]]


def gather_visits(readings: Mapping[str, Sequence[Reading]], longest: int) -> list[MeasureVisit]:
    """Gather the readings after day 0 into visits.

    A visit opens on the first day with a reading and takes the days up to `longest` after it; of several readings of
    one measure in a visit the last counts.

    Args:
        readings: The readings of each measure, in the order of days.
        longest: Most days from the first to the last reading of a visit.

    Example:
        >>> visits = gather_visits({"mmt": [(28, 70.0, None)], "haq": [(30, 1.0, None), (60, 0.5, None)]}, 14)
        >>> [(visit.day, sorted(visit.values)) for visit in visits]
        [(30, ['haq', 'mmt']), (60, ['haq'])]
    """
    taken = [(day, measure, value, limit) for measure, own in readings.items() for day, value, limit in own]
    # Readings of one measure and day stay in the order in which they were given.
    taken.sort(key=lambda reading: reading[:2])
    visits: list[MeasureVisit] = []
    first: int | None = None
    values: dict[str, tuple[float, float | None]] = {}
    last = 0
    for day, measure, value, limit in taken:
        if day <= 0:
            continue
        if first is not None and day - first > longest:
            visits.append(MeasureVisit(last, values))
            first, values = None, {}
        first = day if first is None else first
        values = values | {measure: (value, limit)}
        last = day
    return [*visits, MeasureVisit(last, values)] if values else visits


def find_baseline(readings: Sequence[Reading], window: Window) -> tuple[float, float | None] | None:
    """Find the last reading of a measure in the baseline window."""
    first, last = window.first_day, window.last_day
    within = [
        (value, limit)
        for day, value, limit in readings
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    return within[-1] if within else None


def read_improvements(
    store: Store,
    persons: str,
    leaves: Leaves,
    definition: InstrumentDefinition,
    day0: Mapping[int, date],
    baseline: Window,
) -> dict[int, list[Assessment]]:
    """Read the Total Improvement Score at each visit after day 0, against the person's baseline.

    The baseline of a measure is its last value in the window. A measure that is missing at either visit leaves the
    score between the least and the most that it allows. An enzyme counts as a multiple of its upper limit of normal,
    which its record gives; without one it is missing.

    Args:
        store: Holds the measurements.
        persons: Name of the kept table of persons.
        leaves: The leaf concept sets of each concept set.
        definition: Which measures, and what a visit is.
        day0: Time zero by person.
        baseline: Days of the baseline.

    Returns:
        By person the dated scores, in the order of days.
    """
    readings = _read_all(store, persons, leaves, definition, day0)
    rows: list[tuple[int, MeasureVisit, dict[str, tuple[float, float | None] | None]]] = []
    for person in day0:
        own = {measure: by_person.get(person, []) for measure, by_person in readings.items()}
        before = {measure: find_baseline(seen, baseline) for measure, seen in own.items()}
        rows += [(person, visit, before) for visit in gather_visits(own, definition.visit)]
    return _score(rows, definition, day0)


def _read_all(
    store: Store, persons: str, leaves: Leaves, definition: InstrumentDefinition, day0: Mapping[int, date]
) -> dict[str, dict[int, list[Reading]]]:
    found: dict[str, dict[int, list[Reading]]] = {}
    for measure, source in definition.measures.items():
        by_person = found.setdefault(measure, {})
        for person, day, value, limit in read_limited_values(store, persons, leaves[source]):
            if person in day0:
                by_person.setdefault(person, []).append(((day - day0[person]).days, value, limit))
    return found


def _score(
    rows: Sequence[tuple[int, MeasureVisit, Mapping[str, tuple[float, float | None] | None]]],
    definition: InstrumentDefinition,
    day0: Mapping[int, date],
) -> dict[int, list[Assessment]]:
    from refractory.outcomes.instruments.tis import score_tis

    before: dict[str, list[float | None]] = {measure: [] for measure in definition.measures}
    after: dict[str, list[float | None]] = {measure: [] for measure in definition.measures}
    limits: dict[str, list[float | None]] = {measure: [] for measure in definition.enzymes}
    for _, visit, baseline in rows:
        for measure in definition.measures:
            pair = baseline[measure], visit.values.get(measure)
            first, second, limit = _compare(*pair) if measure in limits else (*_values(pair), None)
            before[measure].append(first)
            after[measure].append(second)
            if measure in limits:
                limits[measure].append(limit)
    scored = score_tis(definition.kind_of_change, before, after, dict(definition.ranges), upper_limits=limits)
    found: dict[int, list[Assessment]] = {}
    for place, (person, visit, _) in enumerate(rows):
        on = date.fromordinal(day0[person].toordinal() + visit.day)
        seen = Assessment(
            PartialDate(on, on), score=scored.total[place], lower=scored.lower[place], upper=scored.upper[place]
        )
        found.setdefault(person, []).append(seen)
    return found


Pair = tuple[tuple[float, float | None] | None, tuple[float, float | None] | None]


def _values(pair: Pair) -> tuple[float | None, float | None]:
    return (pair[0][0] if pair[0] else None), (pair[1][0] if pair[1] else None)


def _compare(
    first: tuple[float, float | None] | None, second: tuple[float, float | None] | None
) -> tuple[float | None, float | None, float | None]:
    """Bring two values of an enzyme under one upper limit of normal; a value without any is missing.

    Returns:
        The two values and the limit.
    """
    of_first = first[1] if first and first[1] else None
    of_second = second[1] if second and second[1] else None
    if of_first is None or of_second is None or of_first == of_second:
        limit = of_first if of_first is not None else of_second
        has_second = second is not None and of_second is not None
        return (first[0] if first and of_first else None), (second[0] if second and has_second else None), limit
    return (first[0] / of_first if first else None), (second[0] / of_second if second else None), 1.0
