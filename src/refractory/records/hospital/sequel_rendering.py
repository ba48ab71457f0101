"""The sequel of a planned person as rows, written after everybody's other rows so that those keep their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from refractory.records.hospital.book import EHR, RecordBook
from refractory.records.hospital.dispensing import write_course
from refractory.records.hospital.facts import Diagnosis, PlannedPerson, SkinVisit, icd
from refractory.records.hospital.rendering import write_diagnosis, write_infusion, write_reading
from refractory.records.hospital.skin_items import ITEMS

TOO_HIGH = 4
_TWICE = 0.5  # share of visits of which one item is written twice
_EPOCH = date(1970, 1, 1).toordinal()
_TEXTS = {item: f"cdasi_{item}" for item in ITEMS}


@dataclass(frozen=True)
class ItemSheet:
    """The rows of items, column by column: they are as many as all other measurements of the planted persons."""

    persons: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    visits: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def add(self, person_id: int, when: date, visit: int, items: dict[str, int]) -> None:
        """Add the items of one person and day."""
        rows = len(items)
        self.persons.extend([person_id] * rows)
        self.days.extend([when.toordinal() - _EPOCH] * rows)
        self.visits.extend([visit] * rows)
        self.texts.extend(_TEXTS[item] for item in items)
        self.values.extend(items.values())

    def columns(self) -> dict[str, Any]:
        """Return the columns of the table of measurements; the visits are numbers and not yet keys."""
        import numpy as np

        none = np.zeros(len(self.values), dtype=np.int64)
        values = np.array(self.values, dtype=np.int64)
        return {
            "person_id": np.array(self.persons, dtype=np.int64),
            "measurement_date": np.array(self.days, dtype=np.int64),
            "measurement_concept_id": none,
            "measurement_source_concept_id": none,
            "measurement_source_value": np.array(self.texts, dtype=object),
            "measurement_type_concept_id": none + EHR,
            "unit_concept_id": none,
            "value_as_number": values.astype(float),
            "value_source_value": np.array([str(number) for number in range(TOO_HIGH + 1)], dtype=object)[values],
            "visit_occurrence_id": np.array(self.visits, dtype=np.int64),
        }


def write_sequel(person: PlannedPerson, person_id: int, book: RecordBook, sheet: ItemSheet, rng: Random) -> None:
    """Write a person's later infusions, other drugs, assessments and events into the book, the items into the sheet."""
    sequel = person.sequel
    for infusion in sequel.infusions:
        write_infusion(person, person_id, infusion, book, rng)
    for reading in sequel.readings:
        write_reading(person, person_id, reading, book, rng)
    for event in sequel.events:
        for day in event.days:
            code = icd(event.code, person.on(day))
            write_diagnosis(person, person_id, Diagnosis(day, code, event.style), book)
    for visit in sequel.visits:
        when, items = person.on(visit.day), _as_written(visit)
        number = book.visit(person_id, when)
        sheet.add(person_id, when, number, items)
        if rng.random() < _TWICE:
            item = rng.choice(list(items))
            sheet.add(person_id, when, number, {item: items[item]})
    for course in sequel.courses:
        write_course(person, person_id, course, book, rng)


def _as_written(visit: SkinVisit) -> dict[str, int]:
    spoilt = dict.fromkeys(visit.too_high, TOO_HIGH)
    return {item: value for item, value in {**visit.items, **spoilt}.items() if item not in visit.missing}
