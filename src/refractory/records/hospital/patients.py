"""The members of the cohort, every fact of them planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from refractory.dates import read_partial_date
from refractory.records.hospital.clinic import (
    has_weakness,
    plan_active_labels,
    plan_diagnoses,
    plan_laboratory,
    plan_scores,
    plan_weights,
)
from refractory.records.hospital.courses import plan_other_drugs
from refractory.records.hospital.facts import LAST_RECORD, Answer, Course, PlannedPerson
from refractory.records.hospital.infusions import plan_infusions, plan_response_labels
from refractory.records.hospital.plan import HospitalPlan
from refractory.records.hospital.sequels import plan_sequels
from refractory.records.hospital.slots import SKIN_ALONE, WITH_ORGANS, Slot, draw_slots
from refractory.records.hospital.specials import deal_specials
from refractory.records.hospital.steroids import plan_glucocorticoid

_RACES = (("White", 70), ("Black", 14), ("Asian", 6), ("unknown", 10))


def plan_members(plan: HospitalPlan) -> list[PlannedPerson]:
    """Plan every member of the cohort: no two calls with one plan differ."""
    slots = draw_slots(plan)
    deal_specials(slots, plan)
    members = [plan_person(slot, Random(f"{plan.seed} {slot.key}")) for slot in slots]
    return plan_sequels(members, plan.seed, plan.score_slope)


def plan_person(slot: Slot, rng: Random) -> PlannedPerson:
    """Plan one eligible person from the slot of the plan."""
    weight_kg = _draw_weight(slot, rng)
    diagnoses = plan_diagnoses(slot, rng)
    courses = (*plan_glucocorticoid(slot, rng), *plan_other_drugs(slot, rng))
    infusions, cycles = plan_infusions(slot, weight_kg, rng)
    cycle_starts = tuple(days[0] for days in cycles)
    laboratory, examination_days = plan_laboratory(slot, has_weakness(diagnoses), rng)
    response_labels, response_date = plan_response_labels(slot, cycle_starts, rng)
    planned = PlannedPerson(
        key=slot.key,
        day0_date=slot.day0_date,
        sex=slot.sex,
        race=rng.choices([race for race, _ in _RACES], [weight for _, weight in _RACES])[0],
        birth_date=slot.day0_date - timedelta(days=slot.age_days),
        weight_kg=weight_kg,
        delay_days=slot.delay_days,
        observed=(),
        diagnoses=diagnoses,
        courses=courses,
        infusions=infusions,
        readings=(*laboratory, *plan_scores(slot, rng), *plan_weights(slot, weight_kg, rng)),
        examination_days=examination_days,
        labels=(*plan_active_labels(slot, rng), *response_labels),
        answer=Answer(
            stratum=WITH_ORGANS if slot.has_organs else SKIN_ALONE,
            involvement=slot.involvement,
            subtype=slot.subtype,
            response=slot.response,
            response_date=response_date,
            cycles_to_response=slot.cycles,
            cycles=cycles,
            glucocorticoid=slot.glucocorticoid,
            drugs_before=failed_drugs(courses, slot.delay_days),
        ),
        specials=frozenset(slot.specials),
    )
    first = _observed_from(slot, rng)
    end = min(max(rng.randint(300, 1500), last_day(planned)), (LAST_RECORD - slot.day0_date).days)
    return replace(planned, observed=((first, end),), death_day=end if "death" in slot.specials else None)


def last_day(person: PlannedPerson) -> int:
    """Return the last day on which anything is planned for a person."""
    days = [course.last_day for course in person.courses]
    days += [diagnosis.day for diagnosis in person.diagnoses]
    days += [infusion.day for infusion in person.infusions]
    days += [reading.day for reading in person.readings]
    days += [(read_partial_date(label.when).latest - person.day0_date).days for label in person.labels]
    return max(0, *days, *person.examination_days)


def failed_drugs(courses: tuple[Course, ...], delay_days: int) -> tuple[str, ...]:
    """Return the drugs planned to count as failed: begun from diagnosis to day -1, not known to be too short."""
    counted = {
        course.drug
        for course in courses
        if -delay_days <= course.first_day < 0 and course.adequacy in ("ADEQUATE", "UNKNOWN")
    }
    return tuple(sorted(counted))


def _observed_from(slot: Slot, rng: Random) -> int:
    if "observed for 180 days" in slot.specials:
        return -180
    return -max(slot.delay_days, 180) - rng.randint(100, 2500)


def _draw_weight(slot: Slot, rng: Random) -> float:
    years = slot.age_days / 365.25
    if years < 18:
        return round(8 + 2.8 * years + rng.uniform(-3, 6), 1)
    return round(min(125.0, max(45.0, rng.gauss(82 if slot.sex == "male" else 71, 13))), 1)
