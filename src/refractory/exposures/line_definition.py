"""What makes a line of systemic treatment, and how a line may begin."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from refractory.dates import Days, say_days
from refractory.definition import Definition
from refractory.exposures.treatment import Route, UnknownRoute, say_unknown_route


class LineBegins(StrEnum):
    """How a line follows from the one before."""

    FIRST = "first"
    SWITCH = "switch"
    ADD_ON = "add-on"
    RESTART = "restart"
    UNDECIDED = "undecided"


class LineDefinition(Definition):
    """Courses of systemic drugs in order of start, and which of them make one line."""

    among: str = Field(description="Concept set with one member a drug.")
    begun: Literal["after diagnosis", "any time before day 0"] = Field(
        "after diagnosis",
        description="Which courses make lines: begun on or after the first evidence of disease, or any.",
    )
    routes: tuple[Route, ...] = Field((), description="Routes that are systemic; none named: all.")
    unknown_route: UnknownRoute = Field("counts", description="What a record of unknown route does.")
    combination: Days = Field(
        30, description="Drugs that start at most this long after the first start of a line belong to it."
    )
    overlap: Days = Field(
        30, description="A drug of the former line covered for at least this long after the start: an add-on."
    )
    grace: Days = Field(
        60, description="Longest gap that a course survives: a drug not covered for longer is discontinued."
    )
    least: Days = Field(0, description="A course known to cover fewer days than this makes no line.")
    covers: Mapping[str, Days] = Field(
        default_factory=dict,
        description="Least days that one record of a drug covers, for drugs that act for longer than their infusion.",
    )
    follow_up_day: int = Field(180, ge=1, description="Last day on which it is asked what became of each drug.")

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        said = [f"Lines of treatment are made of the courses of {self.among} before day 0{self._say_begun()}."]
        if self.routes:
            said.append(f"Routes that count: {', '.join(self.routes)} ({say_unknown_route(self.unknown_route)}).")
        said += [
            f"Exposures of one drug are one course across gaps of at most {say_days(self.grace)}.",
            f"Drugs that start at most {say_days(self.combination)} after the first start of a line belong to it; a "
            "later start of a drug that is not one of the line's opens the next line. A drug of the line that is begun "
            "again after a longer gap stays in it.",
            "A line that has only drugs of earlier lines is a restart. Any other is an add-on when a drug of the line "
            f"before is covered {say_days(self.overlap)} after its start or later, and a switch when none is; it is "
            "undecided where day 0 comes too soon to tell.",
            *self._say_exceptions(),
            f"After day 0 a drug is discontinued on its last covered day when no covered day follows within "
            f"{say_days(self.grace)} and the person is observed that long. What became of each drug is told as of day "
            f"{self.follow_up_day}.",
        ]
        return tuple(said)

    def _say_begun(self) -> str:
        return " that were begun on or after the diagnosis" if self.begun == "after diagnosis" else ""

    def _say_exceptions(self) -> list[str]:
        said = []
        if self.least:
            said.append(f"A course known to cover fewer than {say_days(self.least)} makes no line.")
        if self.covers:
            named = ", ".join(f"{drug} {say_days(days)}" for drug, days in sorted(self.covers.items()))
            said.append(f"One record covers at least: {named}.")
        return said
