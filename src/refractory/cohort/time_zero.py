"""Candidate days zero, and the disease that must have been there before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from refractory.cohort.criteria import say_entry
from refractory.dates import Days, say_days
from refractory.definition import Definition
from refractory.records.from_circe import CirceKey
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.circe.definition import CirceDefinition


class DiseaseDefinition(Definition):
    """The disease, by codes on or before day 0, or by entry into a cohort definition of ATLAS."""

    concept: str = Field("", description="Concept set of the disease; or `circe`.")
    circe: CirceKey | None = Field(
        None, description="Cohort definition of ATLAS beside the study; each entry into it counts as a code does."
    )
    at_least: int = Field(2, ge=1, le=10, description="Codes needed on or before day 0; with `circe` 1 entry.")
    apart: Days = Field(30, description="Each of them at least this far from the one before; with one entry 0 days.")

    @model_validator(mode="before")
    @classmethod
    def _enters_once(cls, raw: Any) -> Any:
        """Take one entry for enough: how much evidence is needed is what a cohort definition says."""
        if isinstance(raw, dict) and raw.get("circe"):
            return {"at_least": 1, "apart": "0 days" if raw.get("at_least", 1) == 1 else "30 days", **raw}
        return raw

    @model_validator(mode="after")
    def _is_one_thing(self) -> DiseaseDefinition:
        if bool(self.concept) == bool(self.circe):
            raise ValueError("a disease is a concept set (concept) or a cohort definition (circe), one of them")
        return self

    @property
    def name(self) -> str:
        """What the disease is called: the concept set, or the title of the cohort definition."""
        return self.circe.title if self.circe else self.concept

    def describe(self) -> str:
        """Say the definition as one sentence."""
        if self.circe:
            apart = f", each at least {say_days(self.apart)} after the one before," if self.apart else ""
            often = f" at least {self.at_least} times{apart}" if self.at_least > 1 else ""
            return f"E{say_entry(self.circe)[1:]}{often} on or before day 0, as known by then"
        if self.at_least == 1:
            return f"At least 1 code of {self.concept} on or before day 0"
        apart = f", each at least {say_days(self.apart)} after the one before," if self.apart else ""
        return f"At least {self.at_least} codes of {self.concept}{apart} on or before day 0"


@later
def derive_entry_evidence(entries: ir.Table, definition: CirceDefinition) -> ir.Table:
    """Take each entry into a cohort definition for evidence of the disease, as each candidate knew it.

    Args:
        entries: One row per stay in a cohort definition, from records.schema.
        definition: The cohort definition.

    Returns:
        One row per entry and candidate: person_id, day0_date, source_table, row_id, start_date.
    """
    import ibis

    own = entries.filter(entries.definition == definition.file)
    return own.select(
        "person_id",
        "day0_date",
        source_table=own.definition,
        row_id=ibis.literal(0, "int64"),
        start_date=own.entry_date,
    )


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
        evidence: One row per record of the disease: person_id, source_table, row_id, start_date; with day0_date too
            where each candidate has evidence of its own.
        definition: Codes needed and their distance.

    Returns:
        One row per candidate that stays: its columns and diagnosis_date, the first evidence.
    """
    keys = ["person_id", "day0_date"]
    shared = [key for key in keys if key in evidence.columns]
    codes = evidence.select(*shared, "source_table", "row_id", date=evidence.start_date).distinct()
    before = candidates.join(codes, shared)
    before = before.filter(before.date <= before.day0_date)
    reached = before.group_by(keys).aggregate(diagnosis_date=before.date.min(), codes=before.count())
    if definition.apart == 0:
        reached = reached.filter(reached.codes >= definition.at_least)
        return candidates.join(reached, keys).select(*candidates.columns, "diagnosis_date")
    reached = reached.mutate(reached_date=reached.diagnosis_date).drop("codes")
    for _ in range(definition.at_least - 1):
        onward = reached.join(codes.select(*shared, "date"), shared)
        distance = onward.date.delta(onward.reached_date, unit="day")
        onward = onward.filter((distance >= definition.apart) & (onward.date <= onward.day0_date))
        reached = onward.group_by([*keys, "diagnosis_date"]).aggregate(reached_date=onward.date.min())
    return candidates.join(reached, keys).select(*candidates.columns, "diagnosis_date")
