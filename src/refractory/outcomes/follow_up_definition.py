"""What is followed after a response: when it is lost, when the treatment stops and comes back, and at which days."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition

_FOUR_WEEKS = 28


class RelapseDefinition(Definition):
    """What tells that a response is lost: a label, an event, a score that goes back, or several of them."""

    label: str | None = Field(None, description="Adjudicated item that says so.")
    positive: tuple[str, ...] = Field(("yes",), min_length=1, description="Values of the item that are a relapse.")
    event: str | None = Field(None, description="Concept set of an event that is a relapse.")
    lost: float | None = Field(
        None, gt=0, le=100, description="Per cent of the best gain in the score that, when gone, are a relapse."
    )

    @model_validator(mode="after")
    def _tells_something(self) -> RelapseDefinition:
        if not (self.label or self.event or self.lost):
            raise ValueError("a relapse names at least one of label, event, lost")
        return self

    def describe(self, score: str | None) -> str:
        """Say what counts as a relapse."""
        ways = [f'the reviewers\' label "{self.label}" ({", ".join(self.positive)})'] if self.label else []
        ways += [f"a record of {self.event}"] if self.event else []
        if self.lost:
            ways.append(f"the loss of at least {self.lost:g} % of the best gain in {score} since baseline")
        return " or ".join(ways)


class FollowUpDefinition(Definition):
    """How the course of a response is followed."""

    until: Days = Field(730, description="Last day after day 0 that is looked at.")
    days: tuple[int, ...] = Field((112, 180, 365), description="Days at which the response is reported.")
    cycles: tuple[int, ...] = Field((3, 6), description="Cycles at which the response is reported.")
    stopped: Days = Field(56, description="A treatment not given for longer than this has stopped.")
    retreatment: Days = Field(84, description="Treatment after a longer pause than this is retreatment.")
    relapse: RelapseDefinition | None = Field(None, description="What tells that a response is lost.")
    score: str | None = Field(None, description="Score whose course is shown; a concept set or an instrument.")
    higher_is: Literal["worse", "better"] | None = Field(
        None, description="What a higher score means; an instrument says so itself, of a concept set it is worse."
    )
    baseline: WindowDays = Field(Window(-90, 0), description="Days from which the baseline score is taken.")
    near: Days = Field(28, description="At a day, the score of the visit nearest to it and at most so far away.")

    @model_validator(mode="after")
    def _fits_together(self) -> FollowUpDefinition:
        if any(not 0 < day <= self.until for day in self.days):
            raise ValueError(f"the days lie after day 0 and not after day {self.until} (until)")
        if any(cycle < 1 for cycle in self.cycles):
            raise ValueError("cycles are counted from 1")
        if self.relapse and self.relapse.lost and not self.score:
            raise ValueError("a relapse by loss of a gain needs score, the score that had gained")
        if self.baseline.last_day is None or self.baseline.last_day > 0:
            raise ValueError("a baseline window ends on day 0 or before: what comes after is no baseline")
        if self.retreatment < self.stopped:
            raise ValueError("a treatment that comes back must have stopped: retreatment is not shorter than stopped")
        return self

    @property
    def days_drawn(self) -> tuple[int, ...]:
        """The days asked for and, for a figure, every fourth week up to the last of them."""
        weeks = range(_FOUR_WEEKS, max(self.days, default=0) + 1, _FOUR_WEEKS)
        return tuple(sorted({*self.days, *weeks}))

    def describe(self, *, has_cycles: bool, is_benefit: bool) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        said = [
            f"Persons were followed to day {self.until}, or to the last day on which they are observed. Time to "
            "response is by Kaplan-Meier in days, and persons without a response are censored at the end of the "
            "primary window or of their observation."
        ]
        if has_cycles:
            said.append(
                "The cumulative proportion responding by cycle takes the end of treatment without a response as a "
                "competing event (Aalen-Johansen); the treatment has ended when it is not given for more than "
                f"{say_days(self.stopped)} and the person is observed that long."
            )
        if is_benefit:
            said.append(self._describe_duration())
        if self.score:
            said.append(
                f"At a day, {self.score} is that of the nearest visit, at most {say_days(self.near)} away; of two "
                f"equally near the earlier one. Baseline is its last value on {self.baseline}."
            )
        return tuple(said)

    def _describe_duration(self) -> str:
        said = (
            "A response lasts until relapse, until retreatment (the treatment given again after a pause of more than "
            f"{say_days(self.retreatment)}), or until the end of follow-up."
        )
        return f"{said} Relapse is {self.relapse.describe(self.score)}." if self.relapse else said
