"""The planted truth as tables, for tests alone."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from refractory.records.hospital.added_drugs import near_day_0_rows
from refractory.records.hospital.earlier_visits import earlier_rows
from refractory.records.hospital.facts import PlannedPerson, mean_daily_mg
from refractory.records.hospital.products import GLUCOCORTICOID, mg_per_day, products
from refractory.records.hospital.sequel_truth import durability_rows, instrument_rows, instrument_scores, safety_rows

CRITERIA = (
    "Route",
    "Washout",
    "Disease",
    "Observation",
    "Data at diagnosis",
    "Refractory",
    "Active disease",
    "Immunodeficiency",
    "Inclusion body myositis",
)
_DISEASE_CODES = ("710.3", "M33.0", "M33.1", "M33.9", "M36.0")
BASELINE, FOLLOW_UP = (-30, -1), (151, 180)
Keyed = Sequence[tuple[int, PlannedPerson]]


def write_truth(folder: Path, keyed: Keyed, lost_in_background: Mapping[str, int]) -> None:
    """Write what is true of the planted persons, one file per grain.

    Args:
        folder: New folder.
        keyed: The planted persons with their keys.
        lost_in_background: Background persons with immunoglobulin, by the criterion that loses them.
    """
    folder.mkdir()
    keyed = sorted(keyed, key=lambda pair: pair[0])
    _write(folder / "persons.csv", (_person(person_id, person) for person_id, person in keyed))
    _write(folder / "courses.csv", _courses(keyed))
    _write(folder / "infusions.csv", _infusions(keyed))
    _write(folder / "cycles.csv", _cycles(keyed))
    _write(folder / "scores.csv", _scores(keyed))
    _write(folder / "disease.csv", _disease(keyed))
    _write(folder / "sparing.csv", _sparing(keyed))
    _write(folder / "doses.csv", _doses(keyed))
    _write(folder / "instrument.csv", instrument_rows(keyed))
    _write(folder / "durability.csv", durability_rows(keyed))
    _write(folder / "safety.csv", safety_rows(keyed))
    _write(folder / "near_day_0.csv", near_day_0_rows(keyed))
    _write(folder / "earlier_scores.csv", earlier_rows(keyed))
    _write(folder / "attrition.csv", _attrition(keyed, lost_in_background))


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found[0]) if found else [])
        writer.writeheader()
        writer.writerows(found)


def _person(person_id: int, person: PlannedPerson) -> dict[str, Any]:
    answer = person.answer
    glucocorticoid = [mean_daily_mg(person.courses, GLUCOCORTICOID, *window) for window in (BASELINE, FOLLOW_UP)]
    return {
        "person_id": person_id,
        "is_in_cohort": answer is not None,
        "fails": person.fails,
        "near_miss_of": person.near_miss_of,
        "time_zero": person.day0_date if answer else "",
        "candidate_date": person.day0_date,
        "diagnosis_date": person.on(-person.delay_days),
        "stratum": answer.stratum if answer else "",
        "involvement": answer.involvement if answer else "",
        "subtype": answer.subtype if answer else "",
        "sex": person.sex,
        "age_years": f"{(person.day0_date - person.birth_date).days / 365.25:.6f}",
        "days_from_diagnosis": person.delay_days,
        "drugs_before": len(answer.drugs_before) if answer else "",
        "drugs": "+".join(answer.drugs_before) if answer else "",
        "response": answer.response if answer else "",
        "response_date": answer.response_date if answer else "",
        "cycles_to_response": answer.cycles_to_response if answer else "",
        "n_cycles": len(answer.cycles) if answer else "",
        "glucocorticoid": answer.glucocorticoid if answer else "",
        "glucocorticoid_baseline_mg": f"{glucocorticoid[0]:.4f}" if answer else "",
        "glucocorticoid_follow_up_mg": f"{glucocorticoid[1]:.4f}" if answer else "",
        **_falls(_written_scores(person), is_member=answer is not None),
        "observed_from_day": person.observed[0][0] if answer else "",
        "observed_until_day": person.observed[0][1] if answer else "",
        "specials": "+".join(sorted(person.specials)),
        "observed_until": "" if person.observed_until is None else person.on(person.observed_until),
        **_by_items(_falls(instrument_scores(person), is_member=answer is not None)),
    }


def _by_items(answers: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}_by_items": value for name, value in answers.items()}


def _written_scores(person: PlannedPerson) -> list[tuple[int, int]]:
    return sorted(
        (reading.day, int(reading.value))
        for reading in person.readings
        if reading.kind == "CDASI activity" and reading.value is not None
    )


def _falls(scores: Sequence[tuple[int, int]], *, is_member: bool) -> dict[str, Any]:
    """Say who meets each fall of the score: last value of days -90 to 0 against the values of days 28 to 365."""
    before = [value for day, value in scores if -90 <= day <= 0]
    after = [value for day, value in scores if 28 <= day <= 365]
    names = ("falls_4_points", "falls_40_percent", "falls_50_percent")
    if not is_member:
        return {"baseline_score": "", **dict.fromkeys(names, "")}
    if not before or not after:
        return {"baseline_score": before[-1] if before else "", **dict.fromkeys(names, "NOT_EVALUABLE")}
    fall = before[-1] - min(after)
    met = (fall >= 4, 100 * fall >= 40 * before[-1], 100 * fall >= 50 * before[-1])
    said = ("RESPONSE" if each else "NO_RESPONSE" for each in met)
    return {"baseline_score": before[-1], **dict(zip(names, said, strict=True))}


def _courses(keyed: Keyed) -> Iterable[dict[str, Any]]:
    for person_id, person in keyed:
        for course in (*person.courses, *person.sequel.courses):
            days = course.covered()
            yield {
                "person_id": person_id,
                "drug": course.drug,
                "route": products()[course.supplies[0].product].route,
                "start_date": person.on(course.first_day),
                "end_date": person.on(course.last_day),
                "covered_days": len(days),
                "covered_days_before": sum(day < 0 for day in days),
                "is_end_known": all(supply.is_end_known for supply in course.supplies),
                "is_adequate": course.adequacy,
            }


def _infusions(keyed: Keyed) -> Iterable[dict[str, Any]]:
    for person_id, person in keyed:
        for infusion in (*person.infusions, *person.sequel.infusions):
            yield {
                "person_id": person_id,
                "date": person.on(infusion.day),
                "grams": infusion.grams,
                "product": infusion.product,
                "route": infusion.route or "subcutaneous",
            }


def _cycles(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield the cycles of each member from day 0 on, with the dose that the planned weight makes of them."""
    for person_id, person in keyed:
        for number, days in enumerate(person.answer.cycles if person.answer else (), start=1):
            own = [each for each in (*person.infusions, *person.sequel.infusions) if each.day in days]
            grams = sum(each.grams for each in own)
            yield {
                "person_id": person_id,
                "cycle": number,
                "first_date": person.on(days[0]),
                "last_date": person.on(days[-1]),
                "infusion_days": len(days),
                "grams": grams,
                "grams_per_kg": f"{grams / person.weight_kg:.4f}",
                "product": own[0].product,
            }


def _scores(keyed: Keyed) -> Iterable[dict[str, Any]]:
    for person_id, person in keyed:
        for reading in person.readings:
            if reading.kind == "CDASI activity" and reading.value is not None:
                yield {"person_id": person_id, "date": person.on(reading.day), "value": reading.value}


def _disease(keyed: Keyed) -> Iterable[dict[str, Any]]:
    for person_id, person in keyed:
        days = {each.day for each in person.diagnoses if each.code.startswith(_DISEASE_CODES)}
        for day in sorted(days):
            yield {"person_id": person_id, "date": person.on(day)}


def _sparing(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield each drug that a member was on at baseline or at follow-up, with its doses and their class."""
    for person_id, person in keyed:
        if person.answer is None:
            continue
        courses = (*person.courses, *person.sequel.courses)
        for drug in sorted({course.drug for course in courses}):
            if drug == "rituximab":
                continue
            baseline, later = (mean_daily_mg(courses, drug, *window) for window in (BASELINE, FOLLOW_UP))
            if baseline or later:
                yield {
                    "person_id": person_id,
                    "drug": drug,
                    "baseline_mg": f"{baseline:.4f}",
                    "follow_up_mg": f"{later:.4f}",
                    "class": _sparing_class(baseline, later),
                }


def _sparing_class(baseline: float, later: float) -> str:
    if not later:
        return "STOPPED"
    if later <= 0.75 * baseline:
        return "DECREASED"
    return "INCREASED" if later >= 1.25 * baseline else "UNCHANGED"


def _doses(keyed: Keyed) -> Iterable[dict[str, Any]]:
    """Yield what each member took of glucocorticoids, in mg of prednisone a day, as it was planned and not dispensed.

    Days are counted from day 0. An injection of methylprednisolone is a pulse, and not part of the daily dose.
    """
    for person_id, person in keyed:
        for course in person.courses if person.answer else ():
            for supply in course.supplies if course.drug == GLUCOCORTICOID else ():
                yield {
                    "person_id": person_id,
                    "first_day": supply.first_day,
                    "last_day": supply.last_day,
                    "daily_mg": f"{mg_per_day(supply.product, supply.units_per_day):.6f}",
                    "is_pulse": supply.product == "methylprednisolone pulse",
                    "is_known": supply.is_end_known,
                }


def _attrition(keyed: Keyed, lost_in_background: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    """Yield how many persons who ever had immunoglobulin each criterion loses."""
    left = len(keyed) + sum(lost_in_background.values())
    for criterion in CRITERIA:
        lost = sum(person.fails == criterion for _, person in keyed) + lost_in_background.get(criterion, 0)
        yield {"criterion": criterion, "persons_before": left, "persons_lost": lost, "persons_after": left - lost}
        left -= lost
