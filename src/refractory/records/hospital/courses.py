"""The drugs of one person before and after day 0, as planned courses."""

from __future__ import annotations

from datetime import date
from random import Random

from refractory.records.hospital.facts import Course, Supply
from refractory.records.hospital.slots import Slot

LEAST_DAYS = {"methotrexate": 56, "azathioprine": 56, "mycophenolate": 56, "rituximab": 1}
_OTHER_LEAST_DAYS = 28

# Drug: product, units a day, units a day when reduced, weight in the draw.
_DRUGS = {
    "methotrexate": ("methotrexate 2.5", 6 / 7, 3 / 7, 10),
    "hydroxychloroquine": ("hydroxychloroquine 200", 2.0, 1.0, 8),
    "mycophenolate": ("mycophenolate 500", 4.0, 2.0, 6),
    "azathioprine": ("azathioprine 50", 3.0, 2.0, 4),
    "ciclosporin": ("ciclosporin 100", 2.0, 1.0, 1),
    "tacrolimus": ("tacrolimus 1", 4.0, 2.0, 2),
    "cyclophosphamide": ("cyclophosphamide 50", 2.0, 1.0, 1),
    "rituximab": ("rituximab", 100.0, 100.0, 3),
    "leflunomide": ("leflunomide 20", 1.0, 0.5, 1),
    "tofacitinib": ("tofacitinib 5", 2.0, 1.0, 2),
    "dapsone": ("dapsone 100", 1.0, 0.5, 2),
    "thalidomide": ("thalidomide 100", 1.0, 0.5, 1),
}
_FIRST_TOFACITINIB = date(2013, 1, 1)
_WEEKLY = "methotrexate"


def least_days(drug: str) -> int:
    """Return the least covered days of an adequate course of a drug in the published study."""
    return LEAST_DAYS.get(drug, _OTHER_LEAST_DAYS)


def draw_drugs(slot: Slot, rng: Random) -> list[str]:
    """Draw the names of the drugs other than glucocorticoids that a member had tried before day 0."""
    wanted = slot.drugs - (1 if counts_glucocorticoid(slot) else 0)
    pool = {name: row[3] for name, row in _DRUGS.items()}
    if slot.diagnosis_date < _FIRST_TOFACITINIB:
        del pool["tofacitinib"]
    return [_draw(pool, rng) for _ in range(wanted)]


def counts_glucocorticoid(slot: Slot) -> bool:
    """Say whether a glucocorticoid is among the drugs that failed: begun after diagnosis, long enough."""
    if slot.glucocorticoid == "NOT_EVALUABLE":
        return slot.delay_days >= 150
    return "glucocorticoid begun before diagnosis" not in slot.specials


def _draw(pool: dict[str, int], rng: Random) -> str:
    name = rng.choices(list(pool), list(pool.values()))[0]
    del pool[name]
    return name


def plan_other_drugs(slot: Slot, rng: Random) -> tuple[Course, ...]:
    """Plan the courses of the drugs other than glucocorticoids."""
    drugs = draw_drugs(slot, rng)
    courses = []
    # Only the first drug may have been tried when an earlier course of immunoglobulin was given.
    earliest_next = -slot.delay_days
    if "earlier course after one drug" in slot.specials:
        earliest_next = -slot.delay_days // 3
    for place, drug in enumerate(drugs):
        earliest = -slot.delay_days if place == 0 and not counts_glucocorticoid(slot) else earliest_next
        if "courses adequate to the day" in slot.specials and drug != "rituximab":
            start = rng.randint(earliest, -32 - least_days(drug))
            courses.append(_ended(drug, start, least_days(drug), "ADEQUATE", rng))
        elif "course of unknown length" in slot.specials and place == len(drugs) - 1:
            day = rng.randint(earliest, -40)
            supply = Supply(day, day, _DRUGS[drug][0], _DRUGS[drug][1], is_end_known=False)
            adequacy = "ADEQUATE" if drug == "rituximab" else "UNKNOWN"
            courses.append(Course(drug, (supply,), adequacy))
        else:
            courses.append(_adequate(drug, earliest, slot, rng))
    courses += _uncounted(slot, drugs, rng)
    return tuple(courses)


def _adequate(drug: str, earliest: int, slot: Slot, rng: Random) -> Course:
    if drug == "rituximab":
        start = rng.randint(earliest, max(earliest, -50))
        second = start + 14 if start + 14 < -31 else start
        days = sorted({start, second})
        return Course(drug, tuple(Supply(day, day, "rituximab", 100.0) for day in days), "ADEQUATE")
    least = least_days(drug)
    room = -31 + -earliest  # days from the earliest start to the last day before the baseline window
    if room < least + 4 or rng.random() < 0.45:
        return _continuing(drug, earliest, slot, rng)
    length = rng.randint(least + 2, min(room, least + 260))
    if drug == _WEEKLY:
        length = min(length // 7 * 7 + 7, room // 7 * 7)
    start = rng.randint(earliest, -31 - length)
    return _ended(drug, start, length, "ADEQUATE", rng)


def _ended(drug: str, start: int, length: int, adequacy: str, rng: Random) -> Course:
    product, units, _, _ = _DRUGS[drug]
    if drug == _WEEKLY and rng.random() < 0.3:
        product, units = "methotrexate injection", 0.8 / 7
    if drug == "mycophenolate" and rng.random() < 0.3:
        product = "mycophenolic acid 360"
    reason = rng.choice(["lack of efficacy", "lack of efficacy", "adverse event", ""])
    return Course(drug, (Supply(start, start + length - 1, product, units),), adequacy, reason)


def _continuing(drug: str, earliest: int, slot: Slot, rng: Random) -> Course:
    """Plan a course that day 0 finds running: later stopped, reduced or left alone."""
    product, units, reduced, _ = _DRUGS[drug]
    latest = -(least_days(drug) + 4)
    start = rng.randint(max(earliest, -600), latest) if earliest < latest else earliest
    change, end = rng.randint(20, 110), rng.randint(200, 330)
    if drug == _WEEKLY:
        change = start - 1 + (change - start) // 7 * 7
        end = change + (end - change) // 7 * 7
    fate = rng.choice(["STOPPED", "DECREASED", "UNCHANGED", "UNCHANGED"])
    first = Supply(start, change, product, units)
    if fate == "STOPPED":
        return Course(drug, (first,), "ADEQUATE")
    after = Supply(change + 1, end, product, reduced if fate == "DECREASED" else units)
    return Course(drug, (first, after), "ADEQUATE")


def _uncounted(slot: Slot, taken: list[str], rng: Random) -> list[Course]:
    """Plan courses that the refractory rule must not count."""
    pool = {name: 1 for name in ("leflunomide", "dapsone", "thalidomide", "azathioprine") if name not in taken}
    if "drug tried too briefly" in slot.specials:
        drug = _draw(pool, rng)
        length = least_days(drug) - rng.choice([1, 1, 7, 14])
        start = rng.randint(-slot.delay_days, -32 - length)
        return [_ended(drug, start, length, "INADEQUATE", rng)]
    return []
