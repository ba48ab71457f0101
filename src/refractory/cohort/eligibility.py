"""Who may be in the study: observation, age, data at diagnosis, exclusions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from refractory.cohort.criteria import Criterion
from refractory.dates import Days
from refractory.definition import Definition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


class AgeDefinition(Definition):
    """Age in completed years: at least one of the two bounds."""

    at_least: int | None = Field(None, ge=0, le=120, description="Youngest age, included.")
    below: int | None = Field(None, ge=1, le=130, description="First age that is too old.")

    @model_validator(mode="after")
    def _has_a_bound(self) -> AgeDefinition:
        if self.at_least is None and self.below is None:
            raise ValueError("an age needs at_least, below or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(f"no age is at least {self.at_least} and below {self.below}")
        return self

    def describe(self) -> str:
        """Say the bounds in words: "18 or older", "younger than 18", "18 to 64"."""
        if self.below is None:
            return f"{self.at_least} or older"
        if self.at_least is None:
            return f"younger than {self.below}"
        return f"{self.at_least} to {self.below - 1}"


class DataAtDiagnosis(Criterion):
    """Clinical data that must exist around the diagnosis."""

    anchor: str = Field("diagnosis", pattern="^diagnosis$", description="Always the diagnosis.")  # type: ignore[assignment]  # narrows Criterion's choice to one


class EligibilityDefinition(Definition):
    """Conditions that every person of the cohort meets."""

    observed_before: Days = Field(0, description="Days of observation that the source has before day 0.")
    age: AgeDefinition | None = Field(None, description="Age at day 0.")
    data_at_diagnosis: DataAtDiagnosis | None = Field(None, description="Clinical data around the diagnosis.")


class ExclusionDefinition(Criterion):
    """One reason to be left out: what is found by day 0 excludes."""

    name: str = Field(min_length=1, description="Short name, printed in the flow chart.")


@later
def require_observation(candidates: ir.Table, observation_period: ir.Table, before_days: int) -> ir.Table:
    """Keep the candidates whom one observation period covers from `before_days` before day 0 to day 0.

    Returns:
        One row per candidate that stays, with the columns of `candidates`.
    """
    keys = ["person_id", "day0_date"]
    periods = observation_period.select("person_id", "start_date", "end_date")
    held = candidates.join(periods, "person_id")
    seen_for = held.day0_date.delta(held.start_date, unit="day")
    held = held.filter((seen_for >= before_days) & (held.end_date >= held.day0_date)).select(*keys)
    return candidates.semi_join(held, keys)


@later
def require_age(candidates: ir.Table, person: ir.Table, definition: AgeDefinition) -> ir.Table:
    """Keep the candidates whose age at day 0 is certainly within the bounds.

    A birthday is known to the day, the month or the year: a person whose age cannot be decided is not kept.

    Args:
        candidates: One row per candidate: person_id, day0_date.
        person: One row per person: person_id, birth_earliest, birth_latest.
        definition: The bounds, in completed years.

    Returns:
        One row per candidate that stays, with the columns of `candidates`.
    """
    import ibis

    keys = ["person_id", "day0_date"]
    born = candidates.join(person.select("person_id", "birth_earliest", "birth_latest"), "person_id")
    is_within: ir.BooleanValue = ibis.literal(True)
    if definition.at_least is not None:
        is_within = is_within & (completed_years(born.birth_latest, born.day0_date) >= definition.at_least)
    if definition.below is not None:
        is_within = is_within & (completed_years(born.birth_earliest, born.day0_date) < definition.below)
    return candidates.semi_join(born.filter(is_within).select(*keys), keys)


def completed_years(born: ir.DateColumn, on: ir.DateColumn) -> ir.IntegerColumn:
    """Return the age in completed years; who is born on 29 February has the birthday on 1 March."""
    import ibis

    had_birthday = (on.month() > born.month()) | ((on.month() == born.month()) & (on.day() >= born.day()))
    return on.year() - born.year() - ibis.ifelse(had_birthday, 0, 1)
