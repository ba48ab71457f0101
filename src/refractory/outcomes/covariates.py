"""Baseline values: the last on or before day 0, not older than the protocol's window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from refractory.cohort.criteria import Leaves, in_window
from refractory.dates import Window, WindowDays
from refractory.definition import Definition
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


class CovariateDefinition(Definition):
    """A measured value at baseline, for table 1 and as a predictor."""

    name: str = Field(min_length=1, description="The value in words, with its unit.")
    concept: str | None = Field(None, description="Concept set of the measurement.")
    score: str | None = Field(None, description="An instrument of the study, in the place of a concept set.")
    window: WindowDays = Field(Window(-90, 0), description="Days from which the last value is taken.")
    unit: str | None = Field(None, description="Unit to convert to; none: as it is recorded.")

    @model_validator(mode="after")
    def _ends_by_day_0(self) -> CovariateDefinition:
        if self.window.last_day is None or self.window.last_day > 0:
            raise ValueError("a baseline window ends on day 0 or before: what comes after is no baseline")
        if bool(self.concept) == bool(self.score):
            raise ValueError("a covariate names one of concept and score")
        return self


@later
def derive_baseline_values(measurement: ir.Table, cohort: ir.Table, window: Window) -> ir.Table:
    """Take each person's last value in the window; of several on one day the one with the highest row id.

    Returns:
        One row per person with a value: person_id, value.
    """
    import ibis

    near = measurement.join(cohort.select("person_id", "day0_date"), "person_id")
    near = near.filter(in_window(near.date.delta(near.day0_date, unit="day"), window) & near["value"].notnull())
    latest = ibis.window(group_by="person_id", order_by=[near.date.desc(), near.row_id.desc()])
    near = near.mutate(rank=ibis.row_number().over(latest))
    return near.filter(near["rank"] == 0).select("person_id", "value")


def read_baseline_values(
    store: Store, leaves: Leaves, covariates: tuple[CovariateDefinition, ...]
) -> dict[str, dict[int, float]]:
    """Return each covariate's values by person; a person without a value is absent."""
    values = {}
    for covariate in covariates:
        if covariate.concept:
            measurement = store.table("measurement")
            wanted = measurement.filter(measurement.concept_set.isin(list(leaves[covariate.concept])))
        else:
            scores = store.table("scores")
            # One row per person and day: any number serves as its place among those of the day.
            wanted = scores.filter(scores.score == covariate.score).rename(row_id="missing")
        found = store.rows(derive_baseline_values(wanted, store.table("cohort"), covariate.window))
        values[covariate.name] = dict(found)
    return values
