"""A planted person's facts as the rows that a hospital would have written."""

from __future__ import annotations

from random import Random

from refractory.records.hospital.book import RecordBook
from refractory.records.hospital.dispensing import write_course
from refractory.records.hospital.facts import Diagnosis, Infusion, PlannedPerson, Reading
from refractory.records.hospital.products import products
from refractory.records.hospital.vocabulary import IMMUNOGLOBULIN, ROUTES, UNITS, billing_unit_mg, source_concepts

_GENDERS = {"female": 8532, "male": 8507}
_RACES = {"White": 8527, "Black": 8516, "Asian": 8515, "unknown": 0}
_READINGS = {
    "creatine kinase": (3007220, ("2157-6", "CK", "CPK")),
    "aldolase": (2000000020, ("1761-6", "Aldolase")),
    "body weight": (3025315, ("29463-7", "Weight")),
    "hemoglobin": (2000000021, ("718-7",)),
    "CDASI activity": (0, ("CDASI activity", "CDASI activity", "CDASI Activity Score", "CDASI-A")),
    "CDASI damage": (0, ("CDASI damage",)),
    "physician global": (0, ("physician global",)),
    "pruritus NRS": (0, ("pruritus NRS",)),
}
_UNIT_CONCEPTS = {"kg": UNITS["kg"], "lb": UNITS["lb"], "lbs": UNITS["lb"], "U/L": UNITS["U/L"], "g/dL": 2000000022}
_EXAMINATIONS = ("Skin examination", "SKIN EXAM - TOTAL BODY", "Full skin examination")


def write_person(person: PlannedPerson, person_id: int, book: RecordBook, rng: Random) -> None:
    """Write every fact of a person into the book."""
    _write_demography(person, person_id, book, rng)
    for diagnosis in person.diagnoses:
        write_diagnosis(person, person_id, diagnosis, book)
    for reading in person.readings:
        write_reading(person, person_id, reading, book, rng)
    for day in person.examination_days:
        _write_examination(person, person_id, day, book, rng)
    for course in person.courses:
        write_course(person, person_id, course, book, rng)
    for infusion in person.infusions:
        write_infusion(person, person_id, infusion, book, rng)


def _write_demography(person: PlannedPerson, person_id: int, book: RecordBook, rng: Random) -> None:
    birth = person.birth_date
    book.add(
        "person",
        person_id,
        gender_concept_id=_GENDERS[person.sex],
        year_of_birth=birth.year,
        month_of_birth=birth.month,
        day_of_birth=birth.day,
        birth_datetime=birth if rng.random() < 0.5 else None,
        race_concept_id=_RACES[person.race],
        ethnicity_concept_id=0,
        person_source_value=f"P{person_id}",
        gender_source_value=person.sex[0].upper(),
        race_source_value=person.race,
    )
    for first, last in person.observed:
        book.add(
            "observation_period",
            person_id,
            observation_period_start_date=person.on(first),
            observation_period_end_date=person.on(last),
        )
    if person.death_day is not None:
        book.add("death", person_id, death_date=person.on(person.death_day), cause_concept_id=0)


def write_diagnosis(person: PlannedPerson, person_id: int, diagnosis: Diagnosis, book: RecordBook) -> None:
    """Write one diagnosis in its style."""
    found = next(pair for (_, code), pair in source_concepts().items() if code == diagnosis.code)
    concept, standard = found
    book.add(
        "condition_occurrence",
        person_id,
        person.on(diagnosis.day),
        condition_concept_id=standard if diagnosis.style in ("full", "standard") else 0,
        condition_source_concept_id=concept.concept_id if diagnosis.style == "full" else 0,
        condition_source_value={
            "full": diagnosis.code,
            "text": diagnosis.code,
            "undotted": diagnosis.code.replace(".", ""),
        }.get(diagnosis.style),
    )


def write_reading(person: PlannedPerson, person_id: int, reading: Reading, book: RecordBook, rng: Random) -> None:
    """Write one measurement; the unit is a concept, a text or both."""
    concept_id, texts = _READINGS[reading.kind]
    text = rng.choice(texts)
    is_text_only = concept_id == 0 or (not text[0].isdigit() and rng.random() < 0.4)
    unit_concept = _UNIT_CONCEPTS.get(reading.unit, 0)
    has_unit_text = not unit_concept or rng.random() < 0.7
    book.add(
        "measurement",
        person_id,
        person.on(reading.day),
        measurement_concept_id=0 if is_text_only else concept_id,
        measurement_source_concept_id=0 if is_text_only else concept_id,
        measurement_source_value=text,
        value_as_number=reading.value,
        value_source_value=None if reading.value is None else f"{reading.value:g}",
        unit_concept_id=unit_concept if not has_unit_text or rng.random() < 0.7 else 0,
        unit_source_value=reading.unit or None if has_unit_text else None,
        range_low=0.0 if reading.upper_limit is not None else None,
        range_high=reading.upper_limit,
    )


def _write_examination(person: PlannedPerson, person_id: int, day: int, book: RecordBook, rng: Random) -> None:
    text = rng.choice(_EXAMINATIONS)
    if rng.random() < 0.5:
        book.add("procedure_occurrence", person_id, person.on(day), procedure_concept_id=0, procedure_source_value=text)
        return
    book.add("observation", person_id, person.on(day), observation_concept_id=0, observation_source_value=text)


def write_infusion(person: PlannedPerson, person_id: int, infusion: Infusion, book: RecordBook, rng: Random) -> None:
    """Write one infusion: what was given, what was billed, or both."""
    when = person.on(infusion.day)
    has_route = bool(infusion.route) and (infusion.route != "intravenous" or rng.random() < 0.7)
    route = {
        "route_concept_id": ROUTES[infusion.route] if has_route else 0,
        "route_source_value": infusion.route.capitalize() if has_route else None,
    }
    bill = infusion.product
    if infusion.writing in ("grams", "mL", "given and billed"):
        product = products()[infusion.product]
        is_volume = infusion.writing == "mL"
        book.add(
            "drug_exposure",
            person_id,
            when,
            drug_exposure_end_date=when,
            drug_concept_id=product.concept_id,
            drug_source_concept_id=0,
            drug_source_value=product.name,
            quantity=infusion.grams * 1000 / product.mg if is_volume else infusion.grams,
            dose_unit_source_value="mL" if is_volume else "g",
            **route,
        )
        bill = "J1568" if infusion.product == "octagam" else "J1459"
    concept, _ = source_concepts().get(("HCPCS", bill), (None, 0))
    units = infusion.grams * 1000 / billing_unit_mg()[bill]
    if concept and infusion.writing in ("drug", "both"):
        book.add(
            "drug_exposure",
            person_id,
            when,
            drug_exposure_end_date=when if rng.random() < 0.7 else None,
            drug_concept_id=IMMUNOGLOBULIN,
            drug_source_concept_id=concept.concept_id,
            drug_source_value=bill,
            quantity=units,
            **route,
        )
    if concept and infusion.writing in ("procedure", "both", "given and billed"):
        is_text_only = rng.random() < 0.3
        book.add(
            "procedure_occurrence",
            person_id,
            when,
            procedure_concept_id=0 if is_text_only else concept.concept_id,
            procedure_source_concept_id=0 if is_text_only else concept.concept_id,
            procedure_source_value=bill,
            quantity=round(units),
        )
