"""The sequel of a planned person as rows, written after everybody's other rows so that those keep their keys."""

from __future__ import annotations

from random import Random

from refractory.records.hospital.book import RecordBook
from refractory.records.hospital.facts import Diagnosis, PlannedPerson, SkinVisit, icd
from refractory.records.hospital.rendering import write_diagnosis, write_infusion, write_reading
from refractory.records.hospital.skin_items import ITEMS

TOO_HIGH = 4
_TWICE = 0.01  # share of item rows that are written twice


def write_sequel(person: PlannedPerson, person_id: int, book: RecordBook, rng: Random) -> None:
    """Write a person's later infusions, global assessments, items and events."""
    sequel = person.sequel
    for infusion in sequel.infusions:
        write_infusion(person, person_id, infusion, book, rng)
    for reading in sequel.readings:
        write_reading(person, person_id, reading, book, rng)
    for visit in sequel.visits:
        _write_items(person, person_id, visit, book, rng)
    for event in sequel.events:
        for day in event.days:
            code = icd(event.code, person.on(day))
            write_diagnosis(person, person_id, Diagnosis(day, code, event.style), book)


def _write_items(person: PlannedPerson, person_id: int, visit: SkinVisit, book: RecordBook, rng: Random) -> None:
    for item in ITEMS:
        if item in visit.missing:
            continue
        value = TOO_HIGH if item in visit.too_high else visit.items[item]
        row = book.add(
            "measurement",
            person_id,
            person.on(visit.day),
            measurement_concept_id=0,
            measurement_source_concept_id=0,
            measurement_source_value=f"cdasi_{item}",
            value_as_number=float(value),
            value_source_value=str(value),
            unit_concept_id=0,
        )
        if rng.random() < _TWICE:
            book.repeat("measurement", row)
