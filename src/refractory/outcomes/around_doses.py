"""The glucocorticoid dose around day 0: the mean of every 28 days, and whether it fell before day 0 as after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refractory.cohort.build import Cohort
from refractory.dates import Window
from refractory.exposures.timeline import derive_cumulative_doses, derive_timeline
from refractory.outcomes.around_definition import AroundDefinition, TrendDefinition
from refractory.outcomes.assess import OutcomeDefinition
from refractory.outcomes.durability import Visit
from refractory.outcomes.follow_up import derive_observed
from refractory.outcomes.sparing import DoseInWindow, SparingClass, SparingDefinition, classify_sparing
from refractory.records.store import Store

EVERY = 28
Doses = Mapping[int, Mapping[Window, dict[str, Any]]]


@dataclass(frozen=True)
class PlaceboSparing:
    """Whether the dose was lower at the end of so many days: those before day 0, and those after it.

    Args:
        days: How far time zero is moved back.
        earlier: By person the class at the earlier day 0; empty where the days are too few to ask.
        true: The class at the true day 0, after as many days.
        last: Last day of the comparison, from either day 0.
    """

    days: int
    earlier: Mapping[int, SparingClass]
    true: Mapping[int, SparingClass]
    last: int


@dataclass(frozen=True)
class DosesAround:
    """The glucocorticoid dose around day 0, pulses apart, in mg prednisone equivalent a day.

    Args:
        points: By person, the middle day of every 28 days and the mean dose of them, where it is known.
        at_days: By day asked for and person, the same of the 28 days that end with it.
        placebos: The comparison at each earlier day 0.
    """

    points: Mapping[int, tuple[Visit, ...]] = field(default_factory=dict)
    at_days: Mapping[int, Mapping[int, Visit]] = field(default_factory=dict)
    placebos: tuple[PlaceboSparing, ...] = ()


def read_doses_around(
    store: Store, cohort: Cohort, definition: OutcomeDefinition, asked: AroundDefinition
) -> DosesAround:
    """Read the doses of every 28 days before day 0 and after it, and those that an earlier day 0 asks for.

    Args:
        store: Holds `glucocorticoid_stretches` and what build_cohort left.
        cohort: The persons at time zero.
        definition: What is looked at after day 0; it asks for sparing.
        asked: What is looked for around day 0.
    """
    sparing = definition.sparing
    assert sparing is not None
    blocks = _find_blocks(asked.trend) if asked.trend else []
    days = {day: Window(day - EVERY + 1, day) for day in definition.follow_up.days} if asked.trend else {}
    pairs = {days: _find_pairs(sparing, days) for days in asked.placebo}
    windows = dict.fromkeys([*blocks, *days.values()])
    windows |= dict.fromkeys(window for found in pairs.values() if found for window in found)
    doses = _read_doses(store, cohort, sparing, list(windows)) if windows else {}
    points: dict[int, tuple[Visit, ...]] = {}
    at_days: dict[int, dict[int, Visit]] = {day: {} for day in days}
    for member in cohort.members:
        own = doses.get(member.person_id, {})
        known = [_point(own, window) for window in blocks if _is_ill(window, member.days_from_diagnosis)]
        points[member.person_id] = tuple(one for one in known if one)
        for day, window in days.items():
            if one := _point(own, window):
                at_days[day][member.person_id] = one
    placebos = tuple(_compare(doses, sparing, days, found) for days, found in pairs.items())
    return DosesAround(points, at_days, placebos)


def _find_blocks(trend: TrendDefinition) -> list[Window]:
    """The whole blocks of 28 days before day 0 and from it on, in order, within the windows of the trend."""
    first, last = trend.before.first_day or 0, trend.after.last_day or 0
    before = range(-(-first // EVERY) if first % EVERY else first // EVERY, 0)
    return [Window(place * EVERY, place * EVERY + EVERY - 1) for place in (*before, *range((last + 1) // EVERY))]


def _is_ill(window: Window, days_from_diagnosis: int) -> bool:
    return (window.first_day or 0) >= -days_from_diagnosis


def _find_pairs(sparing: SparingDefinition, days: int) -> tuple[Window, Window, Window, Window] | None:
    """Baseline and end at the earlier day 0, then at the true one, after as many days; None where they overlap."""
    first, last = sparing.baseline.first_day or 0, sparing.baseline.last_day or 0
    end = min(sparing.follow_up_day, days - 1)
    begin = end - sparing.last + 1
    if begin <= last:
        return None
    shifted = Window(first - days, last - days), Window(begin - days, end - days)
    return (*shifted, sparing.baseline, Window(begin, end))


def _read_doses(store: Store, cohort: Cohort, sparing: SparingDefinition, windows: list[Window]) -> Doses:
    span = Window(min(one.first_day or 0 for one in windows), max(one.last_day or 0 for one in windows))
    observed = derive_observed(
        store.table("cohort"),
        store.table("observation_period"),
        store.table("death"),
        span,
        is_observation_known=cohort.is_observation_known,
    )
    persons = store.keep("observed_around", observed)
    stretches = store.table("glucocorticoid_stretches")
    timeline = store.keep("glucocorticoid_around", derive_timeline(stretches, persons, span, sparing.pulse))
    allowed = sparing.over_time.unknown_at_most if sparing.over_time else 0
    doses: defaultdict[int, dict[Window, dict[str, Any]]] = defaultdict(dict)
    for row in store.records(derive_cumulative_doses(timeline, persons, windows, unknown_percent=allowed)):
        doses[row["person_id"]][Window(row["first_day"], row["last_day"])] = row
    return doses


def _point(own: Mapping[Window, dict[str, Any]], window: Window) -> Visit | None:
    """The middle day of a window and its mean dose; None where that is not known."""
    row = own.get(window)
    if row is None or row["mg_per_day"] is None:
        return None
    first, last = window.first_day or 0, window.last_day or 0
    return (first + last + 1) // 2, row["mg_per_day"]


def _compare(
    doses: Doses, sparing: SparingDefinition, days: int, windows: tuple[Window, Window, Window, Window] | None
) -> PlaceboSparing:
    if windows is None:
        return PlaceboSparing(days, {}, {}, days - 1)
    found: list[dict[int, SparingClass]] = [
        {person: _classify(own[baseline], own[end], sparing) for person, own in doses.items()}
        for baseline, end in (windows[:2], windows[2:])
    ]
    return PlaceboSparing(days, found[0], found[1], windows[3].last_day or 0)


def _classify(baseline: dict[str, Any], end: dict[str, Any], sparing: SparingDefinition) -> SparingClass:
    if baseline["unobserved_days"] or end["unobserved_days"]:
        return SparingClass.NOT_EVALUABLE
    before, after = (
        DoseInWindow(
            row["known_mg"] / (row["last_day"] - row["first_day"] + 1), row["covered_days"], row["unknown_days"]
        )
        for row in (baseline, end)
    )
    return classify_sparing(before, after, sparing.change, is_followed=True)
