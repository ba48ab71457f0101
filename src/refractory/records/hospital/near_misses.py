"""Persons who miss the cohort by one criterion alone, each in the hardest way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from refractory.records.hospital.clinic import IMMUNODEFICIENCY
from refractory.records.hospital.facts import Course, Diagnosis, Infusion, Label, PlannedPerson, Reading, Supply, icd
from refractory.records.hospital.infusions import ACTIVE_ITEM, RESPONSE_ITEM
from refractory.records.hospital.patients import plan_person
from refractory.records.hospital.products import GLUCOCORTICOID
from refractory.records.hospital.sequels import plan_sequels_of_others
from refractory.records.hospital.slots import Slot

INCLUSION_BODY = ("359.71", "G72.41")
_DIABETES = ("250.00", "E11.9")
_POLYMYOSITIS = ("710.4", "M33.20")
_LEAST, _USUAL = 80, 400


def plan_near_misses(seed: int) -> list[PlannedPerson]:
    """Plan the near misses of every criterion of the study, at least three each."""
    found = []
    for criterion, ways in _CRITERIA:
        for place, person in enumerate(ways(_Base(criterion, seed))):
            # A washout alone loses nobody: what loses the person is the criterion that the earlier course missed.
            fails = person.fails or criterion
            key = f"near miss {criterion} {place}"
            found.append(replace(person, key=key, fails=fails, near_miss_of=criterion, answer=None))
    return plan_sequels_of_others(found, seed)


class _Base:
    """Eligible persons without any special turn, one after another, from which one thing is then taken."""

    def __init__(self, criterion: str, seed: int) -> None:
        self.rng = Random(f"near misses {seed} {criterion}")
        self.number = 0

    def person(self, delay_days: int = _USUAL) -> PlannedPerson:
        """Plan the next eligible person, diagnosed that many days before day 0."""
        self.number += 1
        rng = self.rng
        slot = Slot(
            key=f"base {self.number}",
            involvement="none",
            subtype="Clinically amyopathic",
            sex=rng.choice(["female", "male"]),
            response="RESPONSE",
            cycles=rng.randint(1, 3),
            age_days=round(365.25 * rng.uniform(25, 80)),
            delay_days=delay_days,
            drugs=2,
            glucocorticoid=rng.choice(["DECREASED", "UNCHANGED", "STOPPED"]),
            day0_date=date(2009, 1, 1) + timedelta(days=rng.randrange(5600)),
        )
        return plan_person(slot, rng)


def _route(base: _Base) -> Iterator[PlannedPerson]:
    for product, writing, route in (
        ("J1559", "drug", "subcutaneous"),
        ("J1575", "drug", ""),
        ("J1561", "drug", "subcutaneous"),
        ("hizentra", "grams", "subcutaneous"),
        ("octagam", "mL", "subcutaneous"),
        ("J1559", "procedure", ""),
    ):
        person = base.person()
        given = tuple(Infusion(each.day, each.grams, product, writing, route) for each in person.infusions)
        yield replace(person, infusions=given)


def _with_earlier(person: PlannedPerson, days: Sequence[int]) -> PlannedPerson:
    earlier = tuple(Infusion(day, 70.0, "J1566") for day in days)
    return replace(person, infusions=(*earlier, *person.infusions))


def _washout(base: _Base) -> Iterator[PlannedPerson]:
    # Day -180 has one code of the disease; by day 0 there are two, but the days between are too few.
    person = base.person()
    few = tuple(d for d in person.diagnoses if not -_USUAL < d.day < -170)
    yield replace(_with_earlier(person, [-180]), diagnoses=(*few, _disease(person, -100)), fails="Disease")

    # Day -150 comes after one drug; by day 0 there are two, and infusions all the while.
    person = base.person()
    yield replace(
        _with_earlier(person, range(-150, 0, 30)),
        courses=(*_glucocorticoid(person), _tablets("hydroxychloroquine", -120, -20)),
        fails="Refractory",
    )

    # Day -120 is observed for 80 days, day 0 for 200.
    person = base.person(delay_days=190)
    codes = (*person.diagnoses, _disease(person, -150))
    yield replace(_with_earlier(person, [-120, -92]), diagnoses=codes, observed=((-200, 900),), fails="Observation")

    # On day -28 the charts call the disease inactive, on day -1 active again.
    person = base.person()
    said = (_label(person, "no", -28, "reviewer 1"), _label(person, "yes", -1, "reviewer 1"))
    courses = (*_glucocorticoid(person), _tablets("hydroxychloroquine", -300, -100))
    person = replace(person, courses=courses, labels=(*said, *_responses(person)))
    yield replace(_with_earlier(person, [-28]), fails="Active disease")


def _disease_near(base: _Base) -> Iterator[PlannedPerson]:
    def with_codes(person: PlannedPerson, *codes: Diagnosis) -> PlannedPerson:
        return replace(person, diagnoses=codes)

    first = -_USUAL
    person = base.person()
    yield with_codes(person, _disease(person, first), _disease(person, first + 29), _disease(person, 1))
    person = base.person()
    yield with_codes(person, _disease(person, first), _disease(person, 1), _disease(person, 60))
    person = base.person()
    others = [_coded(person, day, _POLYMYOSITIS) for day in (first, -200, -100, -1)]
    yield with_codes(person, _disease(person, first), *others)
    person = base.person()
    yield with_codes(
        person, _disease(person, first), _disease(person, first), replace(_disease(person, first), style="standard")
    )
    person = base.person()
    diabetes = [_coded(person, day, _DIABETES) for day in (first + 40, -90, -30)]
    yield with_codes(person, _disease(person, first), *diabetes)


def _observation(base: _Base) -> Iterator[PlannedPerson]:
    yield replace(base.person(delay_days=170), observed=((-179, 800),))
    yield replace(base.person(delay_days=170), observed=((-2000, -190), (-179, 800)))
    yield replace(base.person(delay_days=170), observed=((-10, 800),))
    yield replace(base.person(), observed=())


def _work_up(base: _Base) -> Iterator[PlannedPerson]:
    def without(person: PlannedPerson, *examinations: int, readings: tuple[Reading, ...] = ()) -> PlannedPerson:
        kept = tuple(each for each in person.readings if each.kind not in ("creatine kinase", "aldolase"))
        return replace(person, readings=(*kept, *readings), examination_days=examinations)

    def enzyme(day: int, kind: str = "creatine kinase") -> Reading:
        return Reading(day, kind, 5.0 if kind == "aldolase" else 110.0, "U/L", 7.6 if kind == "aldolase" else 200.0)

    first = -_USUAL
    yield without(base.person(), first + 91)
    yield without(base.person(), first - 31)
    yield without(base.person(), readings=(enzyme(first - 31, "aldolase"), enzyme(first + 91)))
    yield without(base.person(), readings=(Reading(first + 5, "hemoglobin", 13.1, "g/dL"), enzyme(-20)))
    # Day 85 after diagnosis would be in time, but is day 5 of treatment: the future decides nothing.
    yield without(base.person(delay_days=_LEAST), 85 - _LEAST)


def _refractory(base: _Base) -> Iterator[PlannedPerson]:
    def with_second(*second: Course) -> PlannedPerson:
        person = base.person()
        return replace(person, courses=(*_glucocorticoid(person), *second))

    first = -_USUAL
    yield with_second(_tablets("hydroxychloroquine", 0, 200))
    yield with_second(_tablets("hydroxychloroquine", first - 1, -40))
    yield with_second(_tablets("methotrexate", -200, -146, adequacy="INADEQUATE"))
    yield with_second(Course("tacrolimus", (Supply(-300, -100, "tacrolimus ointment", 2.0),), "INADEQUATE"))
    yield with_second(_tablets("hydroxychloroquine", -26, 120, adequacy="INADEQUATE"))
    # Two attempts of 40 days with 31 uncovered days between them: two courses, neither of 56 days.
    yield with_second(
        _tablets("methotrexate", -250, -211, adequacy="INADEQUATE"),
        _tablets("methotrexate", -179, -140, adequacy="INADEQUATE"),
    )
    # One course of 75 days, of which 55 are covered.
    pieces = (Supply(-250, -223, "azathioprine 50", 3.0), Supply(-202, -176, "azathioprine 50", 3.0))
    yield with_second(Course("azathioprine", pieces, "INADEQUATE"))
    # Mycophenolate by two names is one drug.
    person = base.person()
    names = (Supply(-300, -220, "mycophenolate 500", 4.0), Supply(-219, -100, "mycophenolic acid 360", 4.0))
    yield replace(person, courses=(Course("mycophenolate", names, "ADEQUATE"),))
    # Glucocorticoids on the skin and in the eyes are not systemic.
    person = base.person()
    outside = (Supply(-390, -10, "triamcinolone cream", 3.0), Supply(-200, -100, "prednisolone drops", 0.2))
    yield replace(
        person, courses=(_tablets("hydroxychloroquine", -350, -50), Course(GLUCOCORTICOID, outside, "INADEQUATE"))
    )


def _active(base: _Base) -> Iterator[PlannedPerson]:
    def said(person: PlannedPerson, *labels: Label) -> PlannedPerson:
        return replace(person, labels=(*labels, *_responses(person)))

    def scored(person: PlannedPerson, *scores: tuple[int, float]) -> PlannedPerson:
        kept = tuple(each for each in person.readings if each.kind != "CDASI activity")
        return replace(person, readings=(*kept, *(Reading(day, "CDASI activity", value) for day, value in scores)))

    person = base.person()
    yield said(scored(person), _label(person, "no", -10, "reviewer 1"))
    person = base.person()
    yield said(scored(person, (-5, 15.0)), _label(person, "no", -10, "reviewer 2"))
    yield said(scored(base.person(), (-60, 9.0), (-3, 0.0)))
    person = base.person()
    votes = (("yes", "reviewer 1"), ("no", "reviewer 2"), ("no", "consensus"))
    yield said(person, *(_label(person, value, -30, reviewer) for value, reviewer in votes))
    person = base.person()
    # Active before the window and again after day 0.
    days = (("yes", -91), ("no", -5), ("yes", 1))
    yield said(person, *(_label(person, value, day, "reviewer 1") for value, day in days))


def _exclusion(kind: tuple[str, str]) -> Callable[[_Base], Iterator[PlannedPerson]]:
    def near_misses(base: _Base) -> Iterator[PlannedPerson]:
        for day, style in ((0, "full"), (-1, "undotted"), (-3300, "text"), (-100, "standard")):
            person = base.person()
            code = icd(kind, person.on(day))
            yield replace(person, diagnoses=(*person.diagnoses, Diagnosis(day, code, style)))

    return near_misses


def _disease(person: PlannedPerson, day: int) -> Diagnosis:
    return _coded(person, day, ("710.3", "M33.10"))


def _coded(person: PlannedPerson, day: int, kind: tuple[str, str]) -> Diagnosis:
    return Diagnosis(day, icd(kind, person.on(day)))


def _glucocorticoid(person: PlannedPerson) -> tuple[Course, ...]:
    return tuple(course for course in person.courses if course.drug == GLUCOCORTICOID)


_TABLETS = {
    "hydroxychloroquine": ("hydroxychloroquine 200", 2.0),
    "methotrexate": ("methotrexate 2.5", 6 / 7),
}


def _tablets(drug: str, first_day: int, last_day: int, adequacy: str = "ADEQUATE") -> Course:
    product, units = _TABLETS[drug]
    return Course(drug, (Supply(first_day, last_day, product, units),), adequacy)


def _label(person: PlannedPerson, value: str, day: int, reviewer: str) -> Label:
    return Label(ACTIVE_ITEM, value, person.on(day).isoformat(), reviewer)


def _responses(person: PlannedPerson) -> tuple[Label, ...]:
    return tuple(label for label in person.labels if label.item == RESPONSE_ITEM)


_CRITERIA: tuple[tuple[str, Callable[[_Base], Iterator[PlannedPerson]]], ...] = (
    ("Route", _route),
    ("Washout", _washout),
    ("Disease", _disease_near),
    ("Observation", _observation),
    ("Data at diagnosis", _work_up),
    ("Refractory", _refractory),
    ("Active disease", _active),
    ("Immunodeficiency", _exclusion(IMMUNODEFICIENCY)),
    ("Inclusion body myositis", _exclusion(INCLUSION_BODY)),
)
