"""What every hospital has besides: duplicates, other drugs, rows that cannot be right."""

from __future__ import annotations

from random import Random

from refractory.records.hospital.book import RecordBook, Row
from refractory.records.hospital.dispensing import is_in_dose_window, route_columns, write_course
from refractory.records.hospital.facts import Course, Diagnosis, PlannedPerson, Reading, Supply, icd
from refractory.records.hospital.products import GLUCOCORTICOID, products
from refractory.records.hospital.rendering import write_diagnosis, write_reading
from refractory.records.hospital.vocabulary import IMMUNOGLOBULIN

_OTHER_DISEASES = (("401.9", "I10"), ("272.4", "E78.5"), ("530.81", "K21.9"), ("715.90", "M19.90"), ("311", "F32.9"))
_OTHER_DRUGS = (("lisinopril 10", 1.0), ("atorvastatin 20", 1.0), ("insulin", 0.3), ("metformin 500", 2.0))
_NOT_SYSTEMIC = (("triamcinolone cream", 3.0), ("hydrocortisone cream", 2.0), ("prednisolone drops", 0.2))
_ALSO_NOT_SYSTEMIC = (("tacrolimus ointment", 2.0), ("dapsone gel", 2.0))
_REPEATED = ("condition_occurrence", "procedure_occurrence", "measurement", "drug_exposure")


def write_mess(person: PlannedPerson, person_id: int, book: RecordBook, rng: Random) -> None:
    """Write rows beside a person's facts that must change no answer."""
    for _ in range(rng.randint(1, 5)):
        day = rng.randint(-person.delay_days - 300, 300)
        code = icd(rng.choice(_OTHER_DISEASES), person.on(day))
        write_diagnosis(person, person_id, Diagnosis(day, code), book)
    for product, units in rng.sample(_OTHER_DRUGS, rng.randint(0, 2)):
        _write_supply(person, person_id, product, units, (-150, 250), book, rng)
    for product, units in rng.sample(_NOT_SYSTEMIC, rng.choice([0, 1, 1, 2])):
        _write_supply(person, person_id, product, units, (-60, 240), book, rng)
    for product, units in _ALSO_NOT_SYSTEMIC:
        if rng.random() < 0.15:
            _write_supply(person, person_id, product, units, (-200, 200), book, rng)
    write_reading(person, person_id, Reading(-3, "hemoglobin", rng.randint(100, 160) / 10, "g/dL"), book, rng)
    if person.answer is not None:
        _write_broken_rows(person, person_id, book, rng)


def repeat_rows(person: PlannedPerson, person_id: int, book: RecordBook, starts: dict[str, int], rng: Random) -> None:
    """Write some of a person's rows twice, equal in everything but the key.

    Fills on days that decide a dose are left alone: a second bottle looks just like a second row.

    Args:
        person: The person.
        person_id: The person's key.
        book: Holds the person's rows, the last of each table.
        starts: Rows that each table had before the person.
        rng: Source of the choice.
    """
    for table in _REPEATED:
        for row in book.rows.get(table, [])[starts.get(table, 0) :]:
            if rng.random() < 0.06 and not (table == "drug_exposure" and _decides_a_dose(person, row)):
                book.repeat(table, row)


def _decides_a_dose(person: PlannedPerson, row: Row) -> bool:
    if row["drug_concept_id"] == IMMUNOGLOBULIN or row.get("dose_unit_source_value"):
        return False
    first = (row["drug_exposure_start_date"] - person.day0_date).days
    end = row.get("drug_exposure_end_date")
    last = (end - person.day0_date).days if end else first + (row.get("days_supply") or 1) - 1
    return is_in_dose_window(first, last)


def _write_supply(
    person: PlannedPerson,
    person_id: int,
    product: str,
    units: float,
    days: tuple[int, int],
    book: RecordBook,
    rng: Random,
) -> None:
    first = rng.randint(days[0], days[1] - 60)
    supply = Supply(first, first + rng.choice([29, 59]), product, units)
    write_course(person, person_id, Course("", (supply,), ""), book, rng)


def _write_broken_rows(person: PlannedPerson, person_id: int, book: RecordBook, rng: Random) -> None:
    """Write rows that no program can use, on days that a usable row covers."""
    quiet = [
        day
        for course in person.courses
        if course.drug == GLUCOCORTICOID
        for day in sorted(course.covered())
        if not is_in_dose_window(day - 10, day)
    ]
    tablet = products()["prednisone 5"]
    named = {"drug_concept_id": tablet.concept_id, "drug_source_concept_id": 0, "drug_source_value": tablet.name}
    if quiet and rng.random() < 0.3:
        columns = {**named, **route_columns("oral", rng), "quantity": 0.0}
        book.add("drug_exposure", person_id, person.on(rng.choice(quiet)), **columns)
    if quiet and rng.random() < 0.2:
        day = rng.choice(quiet)
        columns = {
            **named,
            **route_columns("oral", rng),
            "quantity": 30.0,
            "drug_exposure_end_date": person.on(day - 5),
        }
        book.add("drug_exposure", person_id, person.on(day), **columns)
    if rng.random() < 0.2:
        write_reading(person, person_id, Reading(-10, "creatine kinase", None, "U/L", 200.0), book, rng)
