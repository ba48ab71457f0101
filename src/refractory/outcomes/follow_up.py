"""From which day to which day each person of the cohort is observed, around day 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.dates import Window
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


@later
def derive_observed(
    cohort: ir.Table, periods: ir.Table, deaths: ir.Table, span: Window, *, is_observation_known: bool
) -> ir.Table:
    """Find the days of a span on which each person is observed alive: those of the periods that hold day 0.

    Where the source knows no periods everybody is observed throughout, until death. Whom no period holds on day 0
    is observed on no day.

    Args:
        cohort: One row per person: person_id, day0_date.
        periods: One row per period of observation: person_id, start_date, end_date.
        deaths: One row per death: person_id, death_date.
        span: Days around day 0, both ends known.
        is_observation_known: Whether the source has periods at all.

    Returns:
        One row per person: person_id, day0_date, observed_from_day, observed_until_day (relative to day 0, within the
        span; the first after the second when no day is observed).
    """
    import ibis

    first_day, last_day = span.first_day or 0, span.last_day or 0
    persons = cohort.select("person_id", "day0_date")
    died = deaths.group_by("person_id").aggregate(death_date=deaths.death_date.min())
    persons = persons.left_join(died, "person_id").drop("person_id_right")
    death_day = persons.death_date.delta(persons.day0_date, unit="day")
    is_dead_by_then = ibis.coalesce(death_day < last_day, False)
    alive_until = ibis.ifelse(is_dead_by_then, death_day, last_day).cast("int64")
    if not is_observation_known:
        return persons.select(
            "person_id",
            "day0_date",
            observed_from_day=ibis.literal(first_day).cast("int64"),
            observed_until_day=alive_until,
        )
    held = persons.select("person_id", "day0_date").join(periods, "person_id")
    held = held.filter((held.start_date <= held.day0_date) & (held.end_date >= held.day0_date))
    seen = held.group_by("person_id").aggregate(
        from_day=held.start_date.delta(held.day0_date, unit="day").min(),
        until_day=held.end_date.delta(held.day0_date, unit="day").max(),
    )
    persons = persons.mutate(alive_until=alive_until).left_join(seen, "person_id").drop("person_id_right")
    # The engines do not agree on the greatest of a number and nothing.
    is_seen = persons.from_day.notnull()
    until_day = ibis.least(persons.until_day, persons.alive_until)
    return persons.select(
        "person_id",
        "day0_date",
        observed_from_day=ibis.ifelse(is_seen, ibis.greatest(persons.from_day, first_day), 1).cast("int64"),
        observed_until_day=ibis.ifelse(is_seen, until_day, 0).cast("int64"),
    )
