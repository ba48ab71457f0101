"""The cycles of the studied treatment that each person of the cohort was given from day 0 on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from refractory.cohort.criteria import Leaves
from refractory.exposures.cycles import derive_cycle_doses, derive_cycles, derive_infusion_days
from refractory.exposures.treatment import CycleDefinition, TreatmentDefinition
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class CycleRow:
    """One cycle of one person."""

    cycle: int
    first_date: date
    last_date: date
    infusion_days: int
    grams: float | None
    grams_per_kg: float | None
    interval_days: int | None
    course: int
    opens_course: bool
    missed: int
    is_late: bool
    is_low_dose: bool
    is_high_dose: bool
    is_product_changed: bool


def read_cycles(store: Store, leaves: Leaves, treatment: TreatmentDefinition) -> dict[int, tuple[CycleRow, ...]]:
    """Read the cycles of each person from day 0 on, in order; empty for a treatment without cycles.

    Args:
        store: Holds the treatment and the cohort; keeps the infusion days and the cycles.
        leaves: The leaf concept sets of each concept set.
        treatment: What makes a cycle.
    """
    if treatment.cycle is None:
        return {}
    given = store.table("treatment")
    cohort = store.table("cohort").select("person_id", "day0_date")
    days = derive_infusion_days(given.semi_join(cohort, "person_id"))
    days = days.join(cohort, "person_id")
    days = store.keep("infusion_days", days.filter(days.infusion_date >= days.day0_date).drop("day0_date"))
    cycles = store.keep("undosed_cycles", derive_cycles(days, treatment.cycle))
    weights = _weights(store, leaves, treatment.cycle)
    dosed = store.keep("cycles", derive_cycle_doses(cycles, weights, treatment.cycle))
    rows: dict[int, list[CycleRow]] = {}
    for row in store.records(dosed.order_by(["person_id", "cycle"])):
        fields = {name: row[name] for name in CycleRow.__dataclass_fields__}
        rows.setdefault(row["person_id"], []).append(CycleRow(**fields))
    return {person: tuple(own) for person, own in rows.items()}


def _weights(store: Store, leaves: Leaves, cycle: CycleDefinition) -> ir.Table:
    measurement = store.table("measurement")
    names = list(leaves[cycle.weight]) if cycle.weight else [""]
    return measurement.filter(measurement.concept_set.isin(names)).select("person_id", "date", "value", "row_id")
