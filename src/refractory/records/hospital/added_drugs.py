"""Other drugs that members begin near day 0: what else may have brought the response."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from refractory.records.hospital.facts import Course, PlannedPerson, Supply
from refractory.records.hospital.products import GLUCOCORTICOID, mg_per_day, products

NEAR_DAY_0 = range(-30, 31)
PERSISTENCE_DAYS = 30
RAISED_PERCENT, RAISED_FOR_DAYS = 25, 14
_LOOK_BACK_DAYS = 90
# Long over before the dose at the end of follow-up is read: the class of no drug moves.
_LAST_DAY = 135
_PRODUCTS = {
    "dapsone": ("dapsone 100", 1.0),
    "leflunomide": ("leflunomide 20", 1.0),
    "thalidomide": ("thalidomide 100", 1.0),
    "hydroxychloroquine": ("hydroxychloroquine 200", 2.0),
}
# First day of a drug that the member never had: three inside the window, one on its last day, one on the day after it.
_NEW = (0, 3, 18, 30, 31)
_BEFORE = (-3, -10)
_AGAIN_DAY = 6
# A drug taken again was off for longer than a course survives.
_PAUSE_DAYS = 95
_BASELINE, _FOLLOW_UP = (-30, -1), (151, 180)


def plan_added_drugs(members: Sequence[PlannedPerson], seed: int) -> dict[str, tuple[Course, ...]]:
    """Plan the drugs that members begin near day 0, by the key of the member.

    Nothing that the study counts moves: a drug that is begun before day 0 is too short to count as failed, and is given
    to members of whom another drug has stopped anyway; all are over before the end of follow-up.
    """
    rng = Random(f"added drugs {seed}")
    free = [person for person in members if person.answer is not None]
    rng.shuffle(free)
    planned: dict[str, tuple[Course, ...]] = {}
    for first in _BEFORE:
        person = next((one for one in free if _has_stopped_drug(one) and _never_taken(one)), None)
        if person is not None:
            planned[person.key] = (_draw_course(rng, _never_taken(person), first),)
            free.remove(person)
    person = next((one for one in free if _long_over(one)), None)
    if person is not None:
        planned[person.key] = (_draw_course(rng, _long_over(person), _AGAIN_DAY),)
        free.remove(person)
    for first in _NEW:
        person = next((one for one in free if _never_taken(one)), None)
        if person is not None:
            planned[person.key] = (_draw_course(rng, _never_taken(person), first),)
            free.remove(person)
    return planned


def _draw_course(rng: Random, drugs: Sequence[str], first: int) -> Course:
    drug = rng.choice(drugs)
    product, units = _PRODUCTS[drug]
    last = min(_LAST_DAY, first + rng.randint(40, 100))
    return Course(drug, (Supply(first, last, product, units),), "INADEQUATE" if first < 0 else "")


def _never_taken(person: PlannedPerson) -> list[str]:
    taken = {course.drug for course in person.courses}
    return [drug for drug in _PRODUCTS if drug not in taken]


def _long_over(person: PlannedPerson) -> list[str]:
    """Name the drugs that a member had given up long before day 0 and never took again."""
    return [
        drug
        for drug in _PRODUCTS
        if any(course.drug == drug for course in person.courses)
        and all(course.last_day < -_PAUSE_DAYS for course in person.courses if course.drug == drug)
    ]


def _has_stopped_drug(person: PlannedPerson) -> bool:
    """Say whether a member was on a steroid-sparing drug at baseline that is stopped at the end of follow-up."""
    for drug in {course.drug for course in person.courses} - {GLUCOCORTICOID, "rituximab"}:
        days = set().union(*(course.covered() for course in person.courses if course.drug == drug))
        if days & set(range(_BASELINE[0], _BASELINE[1] + 1)) and not days & set(
            range(_FOLLOW_UP[0], _FOLLOW_UP[1] + 1)
        ):
            return True
    return False


def near_day_0_rows(keyed: Iterable[tuple[int, PlannedPerson]]) -> Iterable[dict[str, Any]]:
    """Yield what each member began, raised or was given as a pulse on days -30 to 30, told day by day from the plan."""
    for person_id, person in keyed:
        if person.answer is None:
            continue
        courses = [
            course
            for course in (*person.courses, *person.sequel.courses)
            if products()[course.supplies[0].product].route not in ("topical", "ophthalmic")
        ]
        for drug in sorted({course.drug for course in courses}):
            days = set().union(*(course.covered() for course in courses if course.drug == drug))
            for day in NEAR_DAY_0:
                if day in days and not days & set(range(day - PERSISTENCE_DAYS, day)):
                    change = "begun again" if min(days) < day else "begun"
                    yield {"person_id": person_id, "drug": drug, "change": change, "day": day}
        yield from _dose_rows(person_id, courses)


def _dose_rows(person_id: int, courses: Sequence[Course]) -> Iterable[dict[str, Any]]:
    supplies = [supply for course in courses if course.drug == GLUCOCORTICOID for supply in course.supplies]
    pulses = [one for one in supplies if one.product == "methylprednisolone pulse"]
    pulse_days = sorted(one.first_day for one in pulses if one.first_day in NEAR_DAY_0)
    if pulse_days:
        yield {"person_id": person_id, "drug": GLUCOCORTICOID, "change": "pulse", "day": pulse_days[0]}
    doses = [
        (day, sum(
            mg_per_day(one.product, one.units_per_day)
            for one in supplies
            if one not in pulses and one.first_day <= day <= one.last_day
        ))
        for day in range(NEAR_DAY_0[0] - _LOOK_BACK_DAYS, NEAR_DAY_0[-1] + RAISED_FOR_DAYS)
    ]  # fmt: skip
    level = None
    while doses:
        length = next((place for place, (_, mg) in enumerate(doses) if abs(mg - doses[0][1]) > 1e-6), len(doses))
        first, mg = doses[0]
        doses = doses[length:]
        if length < RAISED_FOR_DAYS or not mg:
            continue
        if level and mg >= level * (1 + RAISED_PERCENT / 100) and first in NEAR_DAY_0:
            yield {"person_id": person_id, "drug": GLUCOCORTICOID, "change": "raised", "day": first}
        level = mg
