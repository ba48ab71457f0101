"""The systemic glucocorticoids of one person: a taper before day 0, a dose at baseline, a dose at follow-up."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from refractory.records.hospital.facts import Course, Supply
from refractory.records.hospital.products import GLUCOCORTICOID, mg_per_day
from refractory.records.hospital.slots import Slot

# Mg of prednisone a day at baseline and at follow-up: far from a quarter less or more.
_DECREASED = (
    (20.0, 10.0),
    (20.0, 5.0),
    (15.0, 5.0),
    (40.0, 10.0),
    (30.0, 10.0),
    (10.0, 5.0),
    (60.0, 20.0),
    (10.0, 2.5),
)
_INCREASED = ((10.0, 20.0), (5.0, 10.0), (15.0, 30.0))
_STEADY = (5.0, 7.5, 10.0, 15.0, 20.0)
_BEFORE = (60.0, 50.0, 40.0, 30.0, 20.0)


def plan_glucocorticoid(slot: Slot, rng: Random) -> tuple[Course, ...]:
    """Plan the courses of systemic glucocorticoids of a member."""
    form = _draw_form(slot, rng)
    if slot.glucocorticoid == "NOT_EVALUABLE":
        if slot.delay_days < 150:
            return ()
        start = -slot.delay_days + rng.randint(0, 10)
        end = min(start + rng.randint(60, 160), -75)
        return (_course(_taper(start, end, 10.0, form, rng)),)
    baseline, later = _doses(slot, rng)
    if slot.delay_days > 500:
        early_start = -slot.delay_days + rng.randint(0, 14)
        early = _taper(early_start, early_start + rng.randint(100, 180), 5.0, form, rng)
        start = -rng.randint(100, 200)
        first: tuple[Course, ...] = (_course(early),)
    else:
        start = -slot.delay_days + rng.randint(0, min(14, slot.delay_days - 60))
        first = ()
    if "glucocorticoid begun before diagnosis" in slot.specials:
        start, first = -slot.delay_days - rng.choice([1, 1, 40]), ()
    supplies = [*_until_baseline(start, baseline, form, slot, rng), *_after(slot, baseline, later, form, rng)]
    course = _course(tuple(supplies))
    if "pulse before" in slot.specials:
        day = start + rng.randint(5, 20)
        course = _course((*_without(course.supplies, day, day + 2), *_pulse(day)))
    return (*first, course)


def _draw_form(slot: Slot, rng: Random) -> str:
    if slot.age_days < 10 * 365:
        return "prednisolone liquid"
    return rng.choices(["prednisone", "methylprednisolone 4", "dexamethasone 0.75"], [8, 1, 1])[0]


def _doses(slot: Slot, rng: Random) -> tuple[float, float]:
    if slot.glucocorticoid == "DECREASED":
        return rng.choice(_DECREASED)
    if slot.glucocorticoid == "INCREASED":
        return rng.choice(_INCREASED)
    steady = rng.choice(_STEADY)
    return steady, 0.0 if slot.glucocorticoid == "STOPPED" else steady


def _course(supplies: tuple[Supply, ...]) -> Course:
    return Course(GLUCOCORTICOID, supplies, "ADEQUATE")


def _supplies(first_day: int, last_day: int, daily_mg: float, form: str, rng: Random) -> list[Supply]:
    """Write a daily dose as tablets of one strength, as two strengths side by side, or as a liquid."""
    if form != "prednisone":
        return [Supply(first_day, last_day, form, round(daily_mg / mg_per_day(form, 1.0) * 2) / 2)]
    if daily_mg == 15.0 and rng.random() < 0.5:
        return [Supply(first_day, last_day, f"prednisone {mg}", 1.0) for mg in (10, 5)]
    strengths = [mg for mg in (20, 10, 5, 1) if (daily_mg / mg * 2).is_integer() and daily_mg / mg <= 8]
    strength = rng.choice(strengths[:2])
    return [Supply(first_day, last_day, f"prednisone {strength}", daily_mg / strength)]


def _taper(first_day: int, last_day: int, lowest: float, form: str, rng: Random) -> tuple[Supply, ...]:
    """Step down from a high dose to a low one over the days."""
    steps = [mg for mg in _BEFORE if mg > lowest][:: rng.choice([1, 2])]
    length = (last_day - first_day + 1) // (len(steps) + 1)
    if length < 7:
        return tuple(_supplies(first_day, last_day, lowest, form, rng))
    supplies: list[Supply] = []
    for place, daily_mg in enumerate(steps):
        begin = first_day + place * length
        supplies += _supplies(begin, begin + length - 1, daily_mg, form, rng)
    return (*supplies, *_supplies(first_day + len(steps) * length, last_day, lowest, form, rng))


def _until_baseline(start: int, baseline: float, form: str, slot: Slot, rng: Random) -> list[Supply]:
    before = list(_taper(start, -31, baseline, form, rng))
    if "pulse at baseline" in slot.specials:
        # In hospital the pulse stands in for the tablets of those days.
        now = [*_supplies(-30, -21, baseline, form, rng), *_pulse(-20), *_supplies(-17, -1, baseline, form, rng)]
        return [*before, *now]
    if "dose changes at baseline" in slot.specials and slot.glucocorticoid == "DECREASED":
        higher = _supplies(-30, -16, baseline * 1.5 if baseline != 15.0 else 20.0, form, rng)
        return [*before, *higher, *_supplies(-15, -1, baseline, form, rng)]
    return [*before, *_supplies(-30, -1, baseline, form, rng)]


def _after(slot: Slot, baseline: float, later: float, form: str, rng: Random) -> list[Supply]:
    change = rng.randint(15, 60)
    first = _supplies(0, change, baseline, form, rng)
    if slot.glucocorticoid == "STOPPED":
        if rng.random() < 0.3:
            return first
        return [*first, *_supplies(change + 1, rng.randint(change + 10, 135), _halfway(baseline, 0.0), form, rng)]
    end = 165 if "stops during follow-up window" in slot.specials else rng.randint(200, 420)
    if "stops during follow-up window" in slot.specials:
        later = baseline
    middle = rng.randint(change + 20, 140)
    between = _halfway(baseline, later) if slot.glucocorticoid == "DECREASED" else later
    return [
        *first,
        *_supplies(change + 1, middle, between, form, rng),
        *_supplies(middle + 1, end, later, form, rng),
    ]


def _halfway(higher_mg: float, lower_mg: float) -> float:
    """Return a dose between two that half tablets can make."""
    return max(2.5, round((higher_mg + lower_mg) / 5) * 2.5)


def _pulse(first_day: int) -> list[Supply]:
    return [Supply(day, day, "methylprednisolone pulse", 1.0) for day in range(first_day, first_day + 3)]


def _without(supplies: tuple[Supply, ...], first_day: int, last_day: int) -> list[Supply]:
    """Cut days out of supplies: what a pulse replaces."""
    kept = []
    for supply in supplies:
        before = (supply.first_day, min(supply.last_day, first_day - 1))
        after = (max(supply.first_day, last_day + 1), supply.last_day)
        kept += [replace(supply, first_day=begin, last_day=end) for begin, end in (before, after) if begin <= end]
    return kept
