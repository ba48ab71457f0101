"""What the columns of the analysis set need of the store beside the patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from refractory.cohort.readings import READINGS

if TYPE_CHECKING:
    from refractory.study import StudyRun

NOT_TAKEN = "NOT_TAKEN"
# Of several courses of one drug the best one tells whether the drug was tried well enough.
_BEST_FIRST = ("ADEQUATE", "UNKNOWN", "INADEQUATE")


@dataclass(frozen=True)
class Facts:
    """What the store says of each person of the cohort.

    Args:
        readings: By reading of the refractory rule, the day 0 that it gives each person whom it takes.
        drugs: By person and drug, the best adequacy of a course before day 0.
        near_day_0: Persons with another drug begun or raised near day 0; None where the study does not ask.
    """

    readings: Mapping[str, Mapping[int, date]] = field(default_factory=dict)
    drugs: Mapping[tuple[int, str], str] = field(default_factory=dict)
    near_day_0: frozenset[int] | None = None


def read_facts(run: StudyRun) -> Facts:
    """Read the facts of a run that has ended from its store."""
    store = run.records.store
    readings: dict[str, dict[int, date]] = {}
    if store.has("readings"):
        rows = store.records(store.table("readings"))
        readings = {name: {row["person_id"]: row[name] for row in rows if row[name]} for name in READINGS}
    drugs: dict[tuple[int, str], str] = {}
    if run.protocol.refractory and store.has("courses_before"):
        own = store.table("courses_before").semi_join(store.table("cohort"), ["person_id", "day0_date"])
        for person, drug, adequacy in store.rows(own.select("person_id", "concept_set", "adequacy")):
            best = drugs.get((person, drug), adequacy)
            drugs[person, drug] = min(best, adequacy, key=_BEST_FIRST.index)
    near = None
    if store.has("near_day_0"):
        near = frozenset(person for (person,) in store.rows(store.table("near_day_0").select("person_id").distinct()))
    return Facts(readings, drugs, near)
