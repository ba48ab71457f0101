"""The columns of the treatment: cycles and grams, the other drugs after day 0, and harms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from refractory.codebook.columns import Column, Kind, build_day, build_yes_no, days_from_day0
from refractory.outcomes.assess import Patient
from refractory.outcomes.given_cycles import CycleRow
from refractory.protocol import Protocol

if TYPE_CHECKING:
    from refractory.outcomes.safety import EventOfPerson

_NO_CYCLE = "no cycle"
_UNKNOWN_DOSE = "of no cycle are grams and weight known"


def build_cycle_columns(protocol: Protocol) -> list[Column]:
    """Build the columns of the cycles of the studied treatment; none for a treatment without cycles."""
    rule = protocol.treatment.cycle
    if rule is None:
        return []
    columns = [
        Column(
            ("cycles",), "Cycles given from day 0 on", Kind.INTEGER, lambda one: len(one.cycles), "treatment.cycle",
            f"Infusion days at most {rule.split} days apart are one cycle.", "cycles",
        ),
        Column(
            ("infusion_days",), "Infusion days from day 0 on", Kind.INTEGER,
            lambda one: sum(cycle.infusion_days for cycle in one.cycles), "treatment.cycle", unit="days",
        ),
        build_day(
            ("last_cycle_day",), "First day of the last cycle",
            lambda one: days_from_day0(one, one.cycles[-1].first_date) if one.cycles else None, "treatment.cycle",
            why=lambda _: _NO_CYCLE,
        ),
        Column(
            ("first_cycle_grams",), "Grams of the first cycle", Kind.NUMBER,
            lambda one: one.cycles[0].grams if one.cycles else None, "treatment.cycle", unit="g",
            why=lambda _: "grams are not known",
        ),
        Column(
            ("grams",), "Grams of all cycles", Kind.NUMBER, _sum_grams, "treatment.cycle",
            "Only where the grams of every cycle are known.", "g", why=lambda _: "grams of a cycle are not known",
        ),
        Column(
            ("grams_per_kg",), "Mean dose of a cycle", Kind.NUMBER, _average_grams_per_kg, "treatment.cycle",
            "Over the cycles whose grams and weight are known.", "g/kg", why=lambda _: _UNKNOWN_DOSE,
        ),
        Column(
            ("cycles_of_known_dose",), "Cycles whose grams and weight are known", Kind.INTEGER,
            lambda one: len(_doses(one)), "treatment.cycle", unit="cycles",
        ),
    ]  # fmt: skip
    counted: list[tuple[str, str, Callable[[CycleRow], bool]]] = [
        ("late_cycles", f"Cycles later than {rule.late:g} times the planned interval", lambda cycle: cycle.is_late),
        ("low_dose_cycles", f"Cycles below {rule.low_dose:g} g/kg", lambda cycle: cycle.is_low_dose),
        ("high_dose_cycles", f"Cycles above {rule.high_dose:g} g/kg", lambda cycle: cycle.is_high_dose),
    ]
    return [
        *columns,
        *(
            Column((name,), label, Kind.INTEGER, _count(asked), "treatment.cycle", unit="cycles")
            for name, label, asked in counted
        ),
    ]


def _count(asked: Callable[[CycleRow], bool]) -> Callable[[Patient], int]:
    return lambda one: sum(bool(asked(cycle)) for cycle in one.cycles)


def _doses(one: Patient) -> list[float]:
    return [cycle.grams_per_kg for cycle in one.cycles if cycle.grams_per_kg is not None]


def _average_grams_per_kg(one: Patient) -> float | None:
    doses = _doses(one)
    return sum(doses) / len(doses) if doses else None


def _sum_grams(one: Patient) -> float | None:
    grams = [cycle.grams for cycle in one.cycles]
    known = [each for each in grams if each is not None]
    return sum(known) if grams and len(known) == len(grams) else None


def build_drug_columns(protocol: Protocol) -> list[Column]:
    """Build the columns of what became of each systemic drug after day 0; none where the protocol has no lines."""
    if protocol.lines is None:
        return []
    columns: list[Column] = []
    for drug in protocol.leaves[protocol.lines.among]:
        columns += _build_drug(drug)
    return columns


def _build_drug(drug: str) -> list[Column]:
    was_not_on = "not on it at day 0"
    ends = {
        "continued": "covered to the end of follow-up",
        "discontinued": "not covered for longer than the protocol allows",
        "not observed long enough": "observation ends before it could be seen",
    }

    def end(one: Patient) -> str | None:
        fate = one.drugs_after.get(drug)
        return fate.end.value if fate and fate.end else None

    return [
        build_yes_no(
            ("on", drug, "day0"), f"On {drug} at day 0",
            lambda one: bool((fate := one.drugs_after.get(drug)) and fate.was_on), "lines",
            "A course that began before covers day 0.",
        ),
        Column(
            ("after", drug), f"How {drug} went on after day 0", Kind.TEXT, end, "lines.grace", values=ends,
            why=lambda _: was_not_on,
        ),
        build_day(
            ("stopped", drug, "day"), f"Day on which {drug} was discontinued",
            lambda one: fate.end_day if (fate := one.drugs_after.get(drug)) else None, "lines.grace",
            why=lambda one: "not discontinued" if end(one) else was_not_on,
        ),
        build_day(
            ("begun", drug, "day"), f"First day in follow-up on which {drug} was begun, or begun again",
            lambda one: fate.begun_day if (fate := one.drugs_after.get(drug)) else None, "lines.follow_up_day",
            why=lambda _: "not begun in follow-up",
        ),
    ]  # fmt: skip


def build_safety_columns(protocol: Protocol) -> list[Column]:
    """Build the columns of the events after day 0; none where the protocol asks for none."""
    rule = protocol.safety
    if rule is None:
        return []
    columns = [
        Column(
            ("safety_follow_up_days",), "Days of follow-up for events", Kind.INTEGER,
            lambda one: one.safety.follow_up_days if one.safety else None, "safety.until", "Day 0 among them.", "days",
            why=lambda one: (one.safety.why if one.safety else None) or "not evaluable for rates",
        )
    ]  # fmt: skip
    if rule.stop_reason:
        columns.append(
            Column(
                ("stop_reason",), "Why the treatment was stopped", Kind.TEXT,
                lambda one: one.safety.stop_reason if one.safety else None, "safety.stop_reason",
                "As the reviewers say.", why=lambda _: "nobody says",
            )
        )  # fmt: skip
    for event in rule.event:
        columns += _build_event(event.name)
    return columns


def _build_event(name: str) -> list[Column]:
    def find(one: Patient) -> EventOfPerson | None:
        return one.safety.events.get(name) if one.safety else None

    said = "New episodes in follow-up; records of one event nearer to its first day than `apart` are one."
    return [
        Column(
            ("event", name, "episodes"), f"{name}: episodes", Kind.INTEGER,
            lambda one: len(event.episodes) if (event := find(one)) else None, "safety.event", said, "episodes",
        ),
        build_day(
            ("event", name, "day"), f"{name}: first day",
            lambda one: event.episodes[0].day if (event := find(one)) and event.episodes else None, "safety.event",
            said, lambda _: "no episode",
        ),
    ]  # fmt: skip
