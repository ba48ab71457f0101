"""What there is to judge a response by: events, what the charts say, scores; of the persons of a kept table."""

from __future__ import annotations

from datetime import date

from refractory.dates import PartialDate
from refractory.outcomes.response import Assessment
from refractory.records.store import Store


def read_events(store: Store, persons: str, names: tuple[str, ...]) -> dict[int, list[date]]:
    """Read the days of the events that any of the sets names, by person; only of the persons of a kept table."""
    event = store.table("event")
    wanted = event.filter(event.concept_set.isin(list(names))).semi_join(store.table(persons), "person_id")
    dates: dict[int, list[date]] = {}
    for person, day in store.rows(wanted.select("person_id", "start_date").distinct()):
        dates.setdefault(person, []).append(day)
    return dates


def read_labels(store: Store, persons: str, item: str) -> dict[int, list[Assessment]]:
    """Read what the charts say of an adjudicated item, by person, in the order of days."""
    labels = store.table("final_labels")
    labels = labels.filter(labels.item == item.lower().strip()).semi_join(store.table(persons), "person_id")
    seen: dict[int, list[Assessment]] = {}
    for row in store.records(labels.order_by(["person_id", "earliest", "latest"])):
        when = PartialDate(row["earliest"], row["latest"]) if row["earliest"] else None
        seen.setdefault(row["person_id"], []).append(Assessment(when, value=row["value"]))
    return seen


def read_scores(store: Store, persons: str, names: tuple[str, ...]) -> dict[int, list[Assessment]]:
    """Read the values of a score, by person, in the order of days."""
    scores: dict[int, list[Assessment]] = {}
    for person, day, _, value in read_values(store, persons, names):
        scores.setdefault(person, []).append(Assessment(PartialDate(day, day), score=value))
    return scores


def read_values(store: Store, persons: str, names: tuple[str, ...]) -> list[tuple[int, date, str, float]]:
    """Read the values that any of the sets names, of the persons of a kept table.

    Returns:
        Person, day, concept set and value of each, in the order of persons and days, and of one day as given.
    """
    measurement = store.table("measurement")
    wanted = measurement.filter(measurement.concept_set.isin(list(names)) & measurement["value"].notnull())
    wanted = wanted.semi_join(store.table(persons), "person_id").order_by(["person_id", "date", "row_id"])
    return [row[:4] for row in store.rows(wanted.select("person_id", "date", "concept_set", "value", "row_id"))]


def read_limited_values(
    store: Store, persons: str, names: tuple[str, ...]
) -> list[tuple[int, date, float, float | None]]:
    """Read the values that any of the sets names with their upper limits of normal, of the persons of a kept table.

    Returns:
        Person, day, value and upper limit of each, in the order of persons and days, and of one day as given.
    """
    measurement = store.table("measurement")
    wanted = measurement.filter(measurement.concept_set.isin(list(names)) & measurement["value"].notnull())
    wanted = wanted.semi_join(store.table(persons), "person_id").order_by(["person_id", "date", "row_id"])
    return [row[:4] for row in store.rows(wanted.select("person_id", "date", "value", "upper_limit", "row_id"))]
