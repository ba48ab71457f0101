"""The studied treatment: which records are it, by route, and on which days it was given or begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from refractory.dates import Days, say_days
from refractory.definition import Definition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

Route = Literal[
    "intravenous", "subcutaneous", "intramuscular", "oral", "topical", "inhaled", "nasal", "ophthalmic", "otic",
    "rectal", "intra-articular", "other",
]  # fmt: skip
UnknownRoute = Literal["counts", "left out"]


class CycleDefinition(Definition):
    """Infusion days given as one dose."""

    split: Days = Field(7, description="A new cycle opens when more days than this lie between two infusion days.")
    planned: Days = Field(28, description="Planned days from one cycle to the next.")
    late: float = Field(1.5, gt=1, description="A cycle is late after more than this times the planned interval.")
    missed: float = Field(
        1.75, gt=1, description="A planned cycle was missed when the next begins this many planned intervals later."
    )
    retreatment: Days = Field(
        180, description="Cycles more than this long after the cycle before are a new course: retreatment."
    )
    low_dose: float = Field(0.8, ge=0, description="Below this many g/kg a cycle is replacement.")
    high_dose: float = Field(2.5, gt=0, description="Above this many g/kg a cycle is high dose.")
    weight: str | None = Field(None, description="Concept set of body weight, for g/kg.")
    weight_window: Days = Field(90, description="The nearest weight at most this far away is taken.")


class TreatmentDefinition(Definition):
    """The studied treatment."""

    concept: str = Field(description="Concept set of the treatment.")
    routes: tuple[Route, ...] = Field((), description="Routes that are this treatment; none named: all.")
    unknown_route: UnknownRoute = Field("counts", description="What a record of unknown route does.")
    washout: Days = Field(0, description="Day 0 has no such treatment in this many days before.")
    cycle: CycleDefinition | None = Field(None, description="For infusions: what makes a cycle.")
    persistence: Days = Field(30, description="For drugs that are taken: the longest gap that an era survives.")

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        said = [f"The studied treatment was {self.concept}{_by_route(self.routes, self.unknown_route)}."]
        if self.cycle:
            cycle = self.cycle
            said.append(
                "Days with at least one such record are infusion days. Infusion days are one cycle until more than "
                f"{say_days(cycle.split)} lie between one infusion day and the next; cycle 1 is the first on or after "
                f"day 0. A cycle is late when it begins more than {cycle.late:g} times the planned "
                f"{say_days(cycle.planned)} after the one before; from {cycle.missed:g} times on a planned cycle was "
                f"missed, and more than {say_days(cycle.retreatment)} after it the cycle opens a course (retreatment)."
            )
            if cycle.weight:
                said.append(
                    f"Grams per kg use the weight nearest to the cycle, at most {say_days(cycle.weight_window)} away; "
                    f"below {cycle.low_dose:g} g/kg a cycle is flagged as replacement, above {cycle.high_dose:g} "
                    "g/kg as high dose."
                )
        else:
            said.append(f"Records join into eras across gaps of at most {say_days(self.persistence)}.")
        return tuple(said)


def _by_route(routes: tuple[Route, ...], unknown_route: UnknownRoute) -> str:
    if not routes:
        return " by any route"
    return f", {' or '.join(routes)} ({say_unknown_route(unknown_route)})"


def say_unknown_route(unknown_route: UnknownRoute) -> str:
    """Say what a record of unknown route does."""
    return "records of unknown route count" if unknown_route == "counts" else "records of unknown route are left out"


@later
def has_route(drug: ir.Table, routes: tuple[Route, ...], unknown_route: UnknownRoute) -> ir.BooleanValue:
    """Say of each drug record whether its route is one of those named; no route named means any."""
    import ibis

    if not routes:
        return ibis.literal(True)
    allowed = [*routes, "unknown"] if unknown_route == "counts" else list(routes)
    return drug.route.isin(allowed)
