"""Immunoglobulin in cycles, and what the reviewers said about the skin afterwards."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from random import Random

from refractory.records.hospital.facts import Infusion, Label
from refractory.records.hospital.slots import Slot

RESPONSE_ITEM, ACTIVE_ITEM = "cutaneous improvement", "active disease"
_FIRST_LIQUIDS = date(2010, 1, 1)
_BILLED = ("J1566", "J1568", "J1561", "J1569", "J1459")
_WRITINGS = ("drug", "drug", "procedure", "both", "given and billed", "grams", "mL")


def plan_infusions(
    slot: Slot, weight_kg: float, rng: Random
) -> tuple[tuple[Infusion, ...], tuple[tuple[int, ...], ...]]:
    """Plan the infusions of a member.

    Returns:
        The infusions, and the infusion days of each cycle from day 0 on.
    """
    cycles = _plan_cycles(slot, rng)
    product, writing = _draw_product(slot, rng)
    infusions: list[Infusion] = []
    for place, days in enumerate(cycles):
        grams_per_kg = 2.0
        if "low dose" in slot.specials:
            grams_per_kg = 0.4
        elif "high dose" in slot.specials and place == 1:
            grams_per_kg = 3.0
        if "product changed" in slot.specials and place == 2:
            product, writing = _draw_product(slot, rng, other_than=product)
        infusions += give_cycle(days, weight_kg * grams_per_kg, product, writing)
    infusions += _earlier_course(slot, weight_kg, rng)
    if "subcutaneous later" in slot.specials:
        after = cycles[-1][-1] + 30
        infusions += [Infusion(after + 7 * week, 10.0, "J1559", "drug", "subcutaneous") for week in range(6)]
    return tuple(sorted(infusions, key=lambda infusion: infusion.day)), tuple(map(tuple, cycles))


def _plan_cycles(slot: Slot, rng: Random) -> list[list[int]]:
    least = max(slot.cycles or 0, 3 if slot.date_known_to != "day" else 1)
    wanted = max(least + rng.randint(0, 4), 3 if slot.response != "RESPONSE" else 2)
    if slot.date_known_to == "year":
        wanted = max(wanted, 6)
    cycles: list[list[int]] = []
    start = 0
    late_at = rng.randint(1, wanted - 1) if "late cycle" in slot.specials and wanted > 1 else None
    apart_at = 1 if "gap at split" in slot.specials else None
    usual = rng.choice([1, 2, 2, 2, 3, 5])
    for number in range(wanted):
        days = list(range(start, start + usual))
        if number == 0 and apart_at:
            days = [start, start + 7]
        cycles.append(days)
        start += 28 + rng.choice([0, 0, 0, -1, 1, 2, -2])
        if number + 1 == late_at:
            start += rng.randint(18, 30)
        if number == 0 and "gap beyond split" in slot.specials:
            start = days[-1] + 8
    if "treated again" in slot.specials:
        again = cycles[-1][-1] + rng.randint(190, 260)
        cycles += [list(range(again + 28 * place, again + 28 * place + usual)) for place in range(2)]
    return cycles


def _draw_product(slot: Slot, rng: Random, other_than: str = "") -> tuple[str, str]:
    if "100 mg units" in slot.specials and not other_than:
        return "J1553", "drug"
    writing = rng.choice(_WRITINGS)
    if writing in ("grams", "mL", "given and billed"):
        choice = [product for product in ("octagam", "privigen") if product != other_than]
    elif slot.day0_date < _FIRST_LIQUIDS:
        choice = [product for product in _BILLED[:3] if product != other_than]
    else:
        choice = [product for product in _BILLED if product != other_than]
    return rng.choice(choice), writing


def give_cycle(days: list[int], grams: float, product: str, writing: str) -> list[Infusion]:
    """Split a cycle's grams over its days in steps of the vial of 5 g."""
    vials = max(len(days), round(grams / 5))
    shares = [vials // len(days) + (1 if place < vials % len(days) else 0) for place in range(len(days))]
    return [Infusion(day, 5.0 * share, product, writing) for day, share in zip(days, shares, strict=True)]


def _earlier_course(slot: Slot, weight_kg: float, rng: Random) -> list[Infusion]:
    """Plan a course before day 0 that was not eligible, long enough ago to leave day 0 the first of its own."""
    starts: list[int] = []
    if "earlier course 181 days before" in slot.specials:
        starts = [-181 - 28, -181]
    elif "earlier course after one drug" in slot.specials:
        first = -slot.delay_days + rng.randint(60, 120)
        starts = [first, first + 28, first + 56]
    elif "earlier course before diagnosis" in slot.specials:
        first = -max(slot.delay_days, 250) - rng.randint(150, 400)
        starts = [first, first + 29]
    return [given for start in starts for given in give_cycle([start], weight_kg * 1.0, "J1566", "drug")]


def plan_response_labels(slot: Slot, cycle_starts: tuple[int, ...], rng: Random) -> tuple[tuple[Label, ...], str]:
    """Plan the reviewers' labels of response.

    Returns:
        The labels, and the date of the first response as labels.csv gives it (empty without response).
    """
    if slot.response == "NOT_EVALUABLE":
        day = rng.choice([0, 366, 400])
        unseen = _reviewed(slot, "yes", (slot.day0_date + timedelta(days=day)).isoformat(), rng)
        return (unseen if rng.random() < 0.5 else ()), ""
    if slot.response == "NO_RESPONSE":
        day = rng.choice([rng.randint(60, 240), 365, 1])
        labels = list(_reviewed(slot, "no", (slot.day0_date + timedelta(days=day)).isoformat(), rng))
        if "yes after the window" in slot.specials:
            labels += _reviewed(slot, "yes", (slot.day0_date + timedelta(days=366)).isoformat(), rng)
        return tuple(labels), ""
    when = _vague_date(slot, cycle_starts) if slot.date_known_to != "day" else _day_of_response(slot, cycle_starts, rng)
    labels = list(_reviewed(slot, "yes", when, rng))
    if "no before yes" in slot.specials:
        labels.append(Label(RESPONSE_ITEM, "no", (slot.day0_date + timedelta(days=3)).isoformat(), "reviewer 1"))
    if "yes before no" in slot.specials:
        later = date.fromisoformat(when) + timedelta(days=100)
        labels.append(Label(RESPONSE_ITEM, "no", later.isoformat(), "reviewer 1"))
    return tuple(labels), when


def _day_of_response(slot: Slot, cycle_starts: tuple[int, ...], rng: Random) -> str:
    """Draw a day on which exactly the planned number of cycles had begun, often the last cycle's own first day."""
    cycles = slot.cycles or 1
    first = max(1, cycle_starts[cycles - 1])
    last = cycle_starts[cycles] - 1 if cycles < len(cycle_starts) else first + 25
    last = min(last, first + 27)
    day = rng.choice([first, last, rng.randint(first, last), rng.randint(first, last)])
    if "no before yes" in slot.specials:
        day = max(day, min(4, last))
    return (slot.day0_date + timedelta(days=min(day, 365))).isoformat()


def _vague_date(slot: Slot, cycle_starts: tuple[int, ...]) -> str:
    """Return a month or a year wholly inside the window of response, in which a later cycle begins."""
    if slot.date_known_to == "year":
        return str(slot.day0_date.year + 1)
    starts = [slot.day0_date + timedelta(days=start) for start in cycle_starts]
    first = slot.day0_date
    while True:
        first = first.replace(day=monthrange(first.year, first.month)[1]) + timedelta(days=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if any(first < start <= last for start in starts):
            return f"{first.year}-{first.month:02d}"


def _reviewed(slot: Slot, value: str, when: str, rng: Random) -> tuple[Label, ...]:
    if "reviewers disagree" in slot.specials:
        other = "no" if value == "yes" else "yes"
        votes = [(value, "reviewer 1"), (other, "reviewer 2"), (value, "consensus")]
        rng.shuffle(votes)
    elif "two reviewers" in slot.specials:
        votes = [(value, "reviewer 1"), (rng.choice([value, value.capitalize()]), "reviewer 2")]
    else:
        votes = [(value, rng.choice(["reviewer 1", "reviewer 2"]))]
    return tuple(Label(RESPONSE_ITEM, said, when, reviewer) for said, reviewer in votes)
