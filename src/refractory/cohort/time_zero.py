"""Candidate days zero, and the disease that must have been there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from refractory.dates import Days, say_days
from refractory.definition import Definition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


class DiseaseDefinition(Definition):
    """The disease, by codes on or before day 0."""

    concept: str = Field(description="Concept set of the disease.")
    at_least: int = Field(2, ge=1, le=10, description="Codes needed on or before day 0.")
    apart: Days = Field(30, description="Each of them at least this far from the one before.")

    def describe(self) -> str:
        """Say the definition as one sentence."""
        if self.at_least == 1:
            return f"At least 1 code of {self.concept} on or before day 0"
        apart = f", each at least {say_days(self.apart)} after the one before," if self.apart else ""
        return f"At least {self.at_least} codes of {self.concept}{apart} on or before day 0"


@later
def derive_candidates(treatment: ir.Table) -> ir.Table:
    """Take every day on which the treatment was given or begun as a candidate day 0.

    Args:
        treatment: One row per exposure of the studied treatment.

    Returns:
        One row per person per day with such a record: person_id, day0_date.
    """
    return treatment.select("person_id", day0_date=treatment.start_date).distinct()


@later
def keep_first_days(candidates: ir.Table) -> ir.Table:
    """Keep the first candidate day of each person.

    Returns:
        One row per person: the columns of `candidates`.
    """
    import ibis

    by_day = ibis.window(group_by="person_id", order_by="day0_date")
    ranked = candidates.mutate(rank=ibis.row_number().over(by_day))
    return ranked.filter(ranked["rank"] == 0).drop("rank")


@later
def require_washout(candidates: ir.Table, treatment: ir.Table, washout_days: int) -> ir.Table:
    """Keep the candidates with no day of the treatment in the days before: day 0 opens a course.

    Args:
        candidates: One row per candidate: person_id, day0_date.
        treatment: One row per exposure of the studied treatment with its last_covered_date.
        washout_days: The window is [-washout_days, -1], both ends included.

    Returns:
        One row per candidate that stays, with the columns of `candidates`.
    """
    earlier = candidates.join(treatment.select("person_id", "start_date", "last_covered_date"), "person_id")
    since = earlier.day0_date.delta(earlier.last_covered_date, unit="day")
    began_before = earlier.start_date < earlier.day0_date
    on_it = earlier.filter(began_before & (since <= washout_days)).select("person_id", "day0_date")
    return candidates.anti_join(on_it, ["person_id", "day0_date"])


@later
def require_disease(candidates: ir.Table, evidence: ir.Table, definition: DiseaseDefinition) -> ir.Table:
    """Keep the candidates with enough evidence of the disease on or before day 0, and date the diagnosis.

    Codes are taken in order of date: the first, then each next one at least `apart` days after the one
    taken before. This greedy choice finds `at_least` codes whenever they exist.

    Args:
        candidates: One row per candidate: person_id, day0_date.
        evidence: One row per record of the disease: person_id, source_table, row_id, start_date.
        definition: Codes needed and their distance.

    Returns:
        One row per candidate that stays: its columns and diagnosis_date, the first evidence.
    """
    keys = ["person_id", "day0_date"]
    codes = evidence.select("person_id", "source_table", "row_id", date=evidence.start_date).distinct()
    before = candidates.join(codes, "person_id")
    before = before.filter(before.date <= before.day0_date)
    reached = before.group_by(keys).aggregate(diagnosis_date=before.date.min(), codes=before.count())
    if definition.apart == 0:
        reached = reached.filter(reached.codes >= definition.at_least)
        return candidates.join(reached, keys).select(*candidates.columns, "diagnosis_date")
    reached = reached.mutate(reached_date=reached.diagnosis_date).drop("codes")
    for _ in range(definition.at_least - 1):
        onward = reached.join(codes.select("person_id", "date"), "person_id")
        distance = onward.date.delta(onward.reached_date, unit="day")
        onward = onward.filter((distance >= definition.apart) & (onward.date <= onward.day0_date))
        reached = onward.group_by([*keys, "diagnosis_date"]).aggregate(reached_date=onward.date.min())
    return candidates.join(reached, keys).select(*candidates.columns, "diagnosis_date")
