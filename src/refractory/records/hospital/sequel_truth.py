"""The planted truth of scores by item, of how responses held and of events, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from refractory.dates import read_partial_date
from refractory.records.hospital.adverse_events import RISK_DAYS
from refractory.records.hospital.facts import PlannedPerson, SkinVisit
from refractory.records.hospital.relapses import RETREATMENT_DAYS, STOPPED_DAYS
from refractory.records.hospital.skin_items import ACTIVITY_ITEMS, DAMAGE_ITEMS, activity_of, bounds_of, damage_of

Keyed = Sequence[tuple[int, PlannedPerson]]
_TOTALS = ("activity", "damage")


def instrument_rows(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield each visit with a total or with items: what an instrument that reads items first makes of it.

    A total is made of its items where all of them are there and in range ("items"), else it is the one that was written
    ("total only"), else it has no value ("incomplete"), and bounds where no item is out of range. A damage that was
    neither written nor itemised has an empty provenance.
    """
    for person_id, person in keyed:
        visits = {visit.day: visit for visit in person.sequel.visits}
        written = {name: _written(person, f"CDASI {name}") for name in _TOTALS}
        others = {name: _written(person, name) for name in ("physician global", "pruritus NRS")}
        for day in sorted({*visits, *written["activity"], *written["damage"]}):
            visit = visits.get(day)
            row = {
                "person_id": person_id,
                "is_in_cohort": person.answer is not None,
                "date": person.on(day),
                "day": day,
                "items_missing": len(visit.missing) if visit else "",
                "items_out_of_range": len(visit.too_high) if visit else "",
            }
            for name in _TOTALS:
                row |= _reading(visit, name, written[name].get(day))
            row["physician_global"] = others["physician global"].get(day, "")
            row["pruritus_nrs"] = others["pruritus NRS"].get(day, "")
            yield row


def instrument_scores(person: PlannedPerson) -> list[tuple[int, int]]:
    """Return day and activity of each visit at which an instrument that reads items first finds a value."""
    rows = instrument_rows([(0, person)])
    return [(row["day"], int(row["activity"])) for row in rows if row["activity"] != ""]


def _written(person: PlannedPerson, kind: str) -> dict[int, float]:
    readings = (*person.readings, *person.sequel.readings, *person.sequel.earlier)
    return {each.day: each.value for each in readings if each.kind == kind and each.value is not None}


def _reading(visit: SkinVisit | None, name: str, written: float | None) -> dict[str, Any]:
    own = ACTIVITY_ITEMS if name == "activity" else DAMAGE_ITEMS
    unknown = frozenset((*visit.missing, *visit.too_high)) & set(own) if visit else frozenset(own)
    value: float | str = ""
    provenance = ""
    bounds: tuple[Any, Any] = ("", "")
    if visit and not unknown:
        value = activity_of(visit.items) if name == "activity" else damage_of(visit.items)
        provenance, bounds = "items", (value, value)
    elif written is not None:
        value, provenance, bounds = int(written), "total only", (int(written), int(written))
    elif visit:
        provenance = "incomplete"
        bounds = ("", "") if set(visit.too_high) & set(own) else bounds_of(visit.items, unknown)[name]
    return {
        name: value,
        f"{name}_provenance": provenance,
        f"{name}_lower": bounds[0],
        f"{name}_upper": bounds[1],
        f"written_{name}": "" if written is None else int(written),
    }


def durability_rows(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield how the response of each member held: relapse, second course, end of treatment, end of observation.

    A relapse comes after stopping when none of the 56 days before it has an infusion. A second course begins on the
    first infusion day that is at least 84 days after the one before it; for rules of other lengths the row also gives
    the days since that infusion and since the first day of its cycle.
    """
    for person_id, person in keyed:
        held, answer = person.sequel.durability, person.answer
        if held is None or answer is None:
            continue
        days = person.infusion_days
        relapse, again = held.relapse_day, _second_course(days)
        before = [day for day in days if relapse is not None and day < relapse]
        yield {
            "person_id": person_id,
            "response": answer.response,
            "response_date": answer.response_date,
            "last_infusion_date": person.on(days[-1]),
            "relapse_date": "" if relapse is None else person.on(relapse),
            "infusion_before_relapse_date": person.on(before[-1]) if before else "",
            "is_relapse_after_stopping": "" if relapse is None else relapse - before[-1] > STOPPED_DAYS,
            "retreatment_date": "" if again is None else person.on(again),
            "retreatment_gap_days": "" if again is None else again - max(day for day in days if day < again),
            "retreatment_interval_days": "" if again is None else again - _cycle_before(answer.cycles, again),
            "is_retreatment_after_response": "" if again is None else _is_after_response(person, again),
            "retreatment": held.retreatment,
            "retreatment_response_date": _date(person, held.retreatment_response_day),
            "stop_reason": held.stop_reason,
            "stop_date": _date(person, held.stop_day),
            "observed_until": _date(person, person.observed_until),
            "died": person.death_day is not None,
        }


def _second_course(days: Sequence[int]) -> int | None:
    return next((later for day, later in pairwise(days) if later - day >= RETREATMENT_DAYS), None)


def _cycle_before(cycles: Sequence[Sequence[int]], day: int) -> int:
    """Return the first day of the cycle before a day."""
    return max(cycle[0] for cycle in cycles if cycle[0] < day)


def _is_after_response(person: PlannedPerson, day: int) -> bool | str:
    """Say whether a day comes after the first response; empty without response and where its date leaves it open."""
    when = person.answer.response_date if person.answer else ""
    if not when:
        return ""
    known = read_partial_date(when)
    if known.earliest < person.on(day) <= known.latest:
        return ""
    return person.on(day) > known.latest


def _date(person: PlannedPerson, day: int | None) -> Any:
    return "" if day is None else person.on(day)


def safety_rows(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield each episode of each event: whether it is new in the follow-up, and whether in a window of risk.

    Records of one event belong to the episode whose first day is less than 30 days before them. An episode counts when
    its first day is observed and not before day 0; it is in a window of risk when so few days lie between it and the
    last infusion on or before it. Only infusions from day 0 on are looked at.
    """
    for person_id, person in keyed:
        for event in sorted(person.sequel.events, key=lambda each: (each.kind, each.days)):
            first, end = event.days[0], person.observed_until
            given = [day for day in person.infusion_days if day <= first]
            why = "" if end is not None and 0 <= first <= end else _why_not(event.days, end)
            since = first - given[-1] if given else None
            yield {
                "person_id": person_id,
                "is_in_cohort": person.answer is not None,
                "event": event.kind,
                "first_date": person.on(first),
                "last_date": person.on(event.days[-1]),
                "day": first,
                "records": len(event.days),
                "days_since_infusion": "" if since is None else since,
                "is_in_risk_window": since is not None and since <= RISK_DAYS[event.kind],
                "counts": not why,
                "why_not": why,
            }


def _why_not(days: Sequence[int], end: int | None) -> str:
    if end is None:
        return "not observed"
    if days[0] > end:
        return "after the observed time"
    return "begun before day 0" if days[-1] >= 0 else "before day 0"
