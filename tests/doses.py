"""Doses over days around day 0, drawn in text, as the expressions want them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.tables import fill, table

from refractory.dates import Window
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.timeline import derive_pulse_stretches, derive_timeline
from refractory.records.store import Store

DAY_0 = date(2020, 1, 1)
PULSE_MG = 250.0
SPAN = Window(-200, 400)
A_MONTH = Window(-30, 30)
PERSONS = {
    "person_id": "int64",
    "day0_date": "date",
    "observed_from_day": "int64",
    "observed_until_day": "int64",
}
STRETCHES = {
    "person_id": "int64",
    "drug": "string",
    "from_date": "date",
    "until_date": "date",
    "daily_mg": "float64",
    "unknown": "int64",
}


def on(day: int) -> date:
    """Return the date of a day."""
    return DAY_0 + timedelta(days=day)


def fill_persons(store: Store, observed: str | None = None, persons: Sequence[int] = (1,), span: Window = SPAN) -> Any:
    """Put persons into the store, observed on the days that a drawn table gives, else on all days."""
    seen = {
        int(row["person_id"] or 0): (int(row["from_day"] or 0), int(row["until_day"] or 0))
        for row in table(observed or "person_id | from_day | until_day")
    }
    rows = [(one, DAY_0, *seen.get(one, (span.first_day, span.last_day))) for one in sorted({*persons, *seen})]
    return store.add("persons", PERSONS, rows)


def story(doses: str, observed: str | None = None, span: Window = SPAN) -> tuple[Store, Any, Any]:
    """Tell doses drawn as from_day, until_day and mg ("?" for an unknown dose) as a timeline.

    Returns:
        The store, the timeline and the persons.
    """
    store = Store()
    drawn = table(doses)
    rows = []
    for row in drawn:
        is_unknown = row["mg"] == "?"
        until = on(int(row["until_day"] or 0))
        mg = 0.0 if is_unknown else float(row["mg"] or 0)
        person = int(row.get("person_id") or 1)
        rows.append((person, row.get("drug") or "daily", on(int(row["from_day"] or 0)), until, mg, int(is_unknown)))
    persons = fill_persons(store, observed, [row[0] for row in rows] or [1], span)
    stretches = store.add("stretches", STRETCHES, rows)
    return store, store.keep("timeline", derive_timeline(stretches, persons, span, PULSE_MG)), persons


def timeline_of(drug: str, *, counts_once: bool = False, span: Window = A_MONTH) -> tuple[Store, Any]:
    """Tell drawn drug records as a timeline of persons who are observed throughout."""
    store = Store()
    exposures = store.keep("exposures", derive_exposures(fill(store, "drug", drug)))
    dosed = derive_daily_doses(exposures)
    dosed = derive_supplies_once(dosed) if counts_once else dosed
    people = sorted({int(row["person_id"] or 0) for row in table(drug)})
    persons = fill_persons(store, None, people, span)
    stretches = store.keep("stretches", derive_pulse_stretches(dosed, PULSE_MG))
    return store, store.keep("timeline", derive_timeline(stretches, persons, span, PULSE_MG))
