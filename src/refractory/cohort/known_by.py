"""What was known of each person by a day: every record that is dated after it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.exposures.days import days_later
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


@later
def derive_last_days(kept: Sequence[ir.Table]) -> ir.Table:
    """Find the day by which each person was judged: day 0 of the cohort, the first candidate of the last step else.

    Args:
        kept: The candidates before the first criterion and after each, the cohort last: person_id, day0_date.

    Returns:
        One row per person who ever had the treatment: person_id, last_date.
    """
    import ibis

    judged = ibis.union(
        *(table.select("person_id", "day0_date", place=ibis.literal(place)) for place, table in enumerate(kept)),
        distinct=False,
    )
    reached = judged.group_by("person_id").aggregate(place=judged.place.max())
    last = judged.join(reached, ["person_id", "place"])
    return last.group_by("person_id").aggregate(last_date=last.day0_date.min())


@later
def keep_dated(rows: ir.Table, days: ir.Table, column: str) -> ir.Table:
    """Keep the records of the persons of `days` that are dated on their last day or before; without a date, none."""
    known = rows.join(days, "person_id")
    return known.filter(known[column] <= known.last_date).select(*rows.columns)


@later
def cut_periods(periods: ir.Table, days: ir.Table) -> ir.Table:
    """Keep the periods of observation begun by the last day, and end those that go on with it."""
    import ibis

    known = periods.join(days, "person_id")
    known = known.filter(known.start_date <= known.last_date)
    return known.mutate(end_date=ibis.least(known.end_date, known.last_date)).select(*periods.columns)


@later
def cut_drugs(drug: ir.Table, days: ir.Table) -> ir.Table:
    """Keep the drug records begun by the last day, without the reason for stopping of those that go on beyond it.

    How long a supply lasts is written when it is given out, and stays.
    """
    import ibis

    known = drug.join(days, "person_id")
    known = known.filter(known.start_date <= known.last_date)
    by_supply = days_later(known.start_date, known.days_supply - 1)
    is_over = ibis.coalesce(known.end_date, by_supply, known.start_date) <= known.last_date
    return known.mutate(stop_reason=ibis.ifelse(is_over, known.stop_reason, ibis.null("string"))).select(*drug.columns)


def derive_known_by(store: Store, days: ir.Table) -> dict[str, ir.Table]:
    """Derive every table of records as it was known on each person's last day.

    A label whose date may lie after that day is taken for one that does. Entries into a cohort definition are told as
    each candidate day knew them: those of later candidates are gone.

    Args:
        store: Holds the tables of records.schema.
        days: One row per person: person_id, last_date.

    Returns:
        The tables by name, of the persons of `days` alone.
    """
    entries = {"entry": keep_dated(store.table("entry"), days, "day0_date")} if store.has("entry") else {}
    return entries | {
        "person": store.table("person").semi_join(days, "person_id"),
        "observation_period": cut_periods(store.table("observation_period"), days),
        "death": keep_dated(store.table("death"), days, "death_date"),
        "event": keep_dated(store.table("event"), days, "start_date"),
        "drug": cut_drugs(store.table("drug"), days),
        "measurement": keep_dated(store.table("measurement"), days, "date"),
        "label": keep_dated(store.table("label"), days, "latest"),
    }


def derive_of_persons(store: Store, persons: ir.Table) -> dict[str, ir.Table]:
    """Derive every table of records, of some persons alone.

    Args:
        store: Holds the tables of records.schema.
        persons: One row per person: person_id.
    """
    names = ("person", "observation_period", "death", "event", "drug", "measurement", "label", "entry")
    return {name: store.table(name).semi_join(persons, "person_id") for name in names if store.has(name)}
