"""Disease still active at day 0: by the charts, else by a score, else by the treatment's own indication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from refractory.cohort.criteria import in_window
from refractory.dates import Window, WindowDays
from refractory.definition import Definition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


class ActiveDefinition(Definition):
    """Disease still active at day 0: the chart says so, else the score, else the treatment's own indication."""

    label: str | None = Field(None, description="Adjudicated item that says whether the disease was active.")
    positive: tuple[str, ...] = Field(("yes",), description="Values of the item that mean active.")
    window: WindowDays = Field(Window(-90, 0), description="Days around day 0 from which the item is taken.")
    score: str | None = Field(None, description="Concept set of a score, for persons without the item.")
    at_least: float | None = Field(None, description="A score of at least this is active disease.")
    score_window: WindowDays = Field(Window(-90, 0), description="Days around day 0 from which the score is taken.")
    otherwise: Literal["counts", "left out"] = Field(
        "counts", description="Without item and score: the treatment is its own indication, or the person is out."
    )

    def describe(self) -> str:
        """Say the rule as one sentence."""
        ways = []
        if self.label:
            ways.append(f'the charts\' last "{self.label}" on {self.window}')
        if self.score and self.at_least is not None:
            ways.append(f"a last {self.score} of at least {self.at_least:g} on {self.score_window}")
        rest = "the treatment itself" if self.otherwise == "counts" else "not taken as active"
        return f"Disease active at day 0 by {', else '.join([*ways, rest])}"


@later
def classify_activity(
    candidates: ir.Table, labels: ir.Table, scores: ir.Table, definition: ActiveDefinition
) -> ir.Table:
    """Say of each candidate whether the disease was active at day 0, and by what it is known.

    Args:
        candidates: One row per candidate: person_id, day0_date.
        labels: One row per person, item and date, from records.adjudicated.derive_final_labels.
        scores: One row per measurement of the score: person_id, date, value, row_id.
        definition: The rule.

    Returns:
        One row per candidate: person_id, day0_date, is_active, known_by ("chart", "score", "treatment").
    """
    import ibis

    keys = ["person_id", "day0_date"]
    said = labels.filter((labels.item == (definition.label or "").lower()) & labels["value"].notnull())
    said = candidates.select(*keys).join(said, "person_id")
    fits = in_window(said.earliest.delta(said.day0_date, unit="day"), definition.window)
    said = said.filter(fits & in_window(said.latest.delta(said.day0_date, unit="day"), definition.window))
    latest = ibis.window(group_by=keys, order_by=[said.latest.desc(), said.earliest.desc(), "value"])
    said = said.mutate(rank=ibis.row_number().over(latest))
    positive = [text.lower() for text in definition.positive]
    said = said.filter(said["rank"] == 0).select(*keys, by_chart=said["value"].isin(positive))

    seen = candidates.select(*keys).join(scores, "person_id")
    seen = seen.filter(in_window(seen.date.delta(seen.day0_date, unit="day"), definition.score_window))
    seen = seen.filter(seen["value"].notnull() & (seen.date <= seen.day0_date))
    last = ibis.window(group_by=keys, order_by=[seen.date.desc(), seen.row_id.desc()])
    seen = seen.mutate(rank=ibis.row_number().over(last))
    threshold = definition.at_least if definition.at_least is not None else 0.0
    seen = seen.filter(seen["rank"] == 0).select(*keys, by_score=seen["value"] >= threshold)

    known = candidates.select(*keys).left_join(said, keys).drop("person_id_right", "day0_date_right")
    known = known.left_join(seen, keys).drop("person_id_right", "day0_date_right")
    return known.select(
        *keys,
        is_active=ibis.coalesce(known.by_chart, known.by_score, definition.otherwise == "counts"),
        known_by=ibis.cases(
            (known.by_chart.notnull(), "chart"), (known.by_score.notnull(), "score"), else_="treatment"
        ),
    )
