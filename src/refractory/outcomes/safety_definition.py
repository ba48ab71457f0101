"""What a study counts as an event, which days are its risk window, and with which days they are compared."""

from __future__ import annotations

from pydantic import Field, model_validator

from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition

ANY_EVENT = "Any event"
# The mean length of a month: 365.25 days over 12.
DAYS_PER_MONTH = 30.4375


class SafetyEventDefinition(Definition):
    """One kind of event that is counted after day 0."""

    name: str = Field(min_length=1, description="The event in words.")
    concept: str = Field(description="Concept set of diagnoses, procedures or observations that are the event.")
    risk: WindowDays | None = Field(
        None, description="Days after each infusion day that are the risk window of this event; none: that of `safety`."
    )

    @model_validator(mode="after")
    def _may_be_told_apart(self) -> SafetyEventDefinition:
        if self.name.casefold() == ANY_EVENT.casefold():
            raise ValueError(f'"{ANY_EVENT}" is the row of all events together; this one needs another name')
        _check_risk(self.risk)
        return self


class SafetyDefinition(Definition):
    """Events after day 0: who had them, how often, and whether more often in the days after the treatment."""

    risk: WindowDays = Field(
        Window(0, 13), description="Days after each infusion day, or each covered day, that are the risk window."
    )
    apart: Days = Field(
        30, description="A record nearer than this to the first day of an episode of the same event belongs to it."
    )
    until: Days = Field(365, description="Follow-up ends so long after day 0, or with observation, or with death.")
    contrast: bool = Field(True, description="Whether risk windows are compared with the person's other days.")
    washout: Days = Field(0, description="So many days after a risk window are left out of the days compared with.")
    before: Days = Field(
        0,
        description="So many days before an infusion day are left out of the days compared with: an event may put the "
        "next infusion off.",
    )
    stop_reason: str | None = Field(None, description="Adjudicated item that says why the treatment was stopped.")
    event: tuple[SafetyEventDefinition, ...] = Field(min_length=1, description="The events, in the order of the table.")

    @model_validator(mode="after")
    def _can_be_counted(self) -> SafetyDefinition:
        _check_risk(self.risk)
        names = [event.name for event in self.event]
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        if twice:
            raise ValueError(f'a second event is called "{twice[0]}"; each has a name of its own')
        return self

    @property
    def windows(self) -> dict[str, Window]:
        """The risk window of each event by name; all events together, where there are several, come first."""
        named = {event.name: event.risk or self.risk for event in self.event}
        return {ANY_EVENT: self.risk, **named} if len(named) > 1 else named

    def describe(self, *, has_cycles: bool) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section.

        Args:
            has_cycles: The treatment is given as infusions; else it is taken, and covers days.
        """
        day = "infusion day" if has_cycles else "covered day"
        named = ", ".join(
            event.concept if event.name.lower() == event.concept.lower() else f"{event.name.lower()} ({event.concept})"
            for event in self.event
        )
        others = "; ".join(f"{event.name.lower()}: {event.risk}" for event in self.event if event.risk)
        said = [
            f"The events counted were {named}. A record less than {say_days(self.apart)} after the first day of an "
            "episode of the same event belongs to that episode. An episode counts when its first day lies in "
            f"follow-up; records less than {say_days(self.apart)} after a record before day 0 continue what was there "
            "before and are no new episode.",
            f"Follow-up is from day 0 to day {self.until}, to the last day of observation or to death, whichever comes "
            "first. Of persons whose observation is not known on day 0 the events recorded are counted among persons; "
            "they are not evaluable for rates, cycles and contrasts.",
            f"The risk window is {self.risk} after each {day} at or after day 0"
            + (f" ({others})" if others else "")
            + ", cut by follow-up; a day of two windows counts once."
            + (f" For all events together it is {self.risk} throughout." if others and len(self.event) > 1 else ""),
            "Rates are given per 100 person-months (a month is "
            f"{DAYS_PER_MONTH} days) of follow-up and of risk windows, with exact Poisson intervals."
            + (
                " A cycle counts as one with an event when the first day of an episode lies in the risk window of one "
                "of its infusion days."
                if has_cycles
                else ""
            ),
        ]
        return (*said, *self._describe_contrast(day), *self._describe_stopping())

    def _describe_contrast(self, day: str) -> list[str]:
        if not self.contrast:
            return []
        left_out = [f"the {say_days(self.washout)} after a risk window"] if self.washout else []
        left_out += [f"the {say_days(self.before)} before each {day}"] if self.before else []
        without = f", {' and '.join(left_out)} left out" if left_out else ""
        return [
            f"The self-controlled contrast compares the rate in the risk windows with that on the person's other days "
            f"of follow-up{without}, conditional on the persons with events and with an exact interval. The disease "
            "itself raises the risk of some of these events, of thrombosis among them: a comparison with other people "
            "would lay that at the door of the treatment. Here each person is compared with himself or herself, and "
            "what does not change within a person cannot explain a difference; what changes with time can."
        ]

    def _describe_stopping(self) -> list[str]:
        if self.stop_reason is None:
            return []
        return [f'Why the treatment was stopped is the last value of the reviewers\' label "{self.stop_reason}".']


def _check_risk(risk: Window | None) -> None:
    """Check that a risk window has two ends and begins with the treatment, not before it."""
    if risk is None:
        return
    if risk.first_day is None or risk.last_day is None:
        raise ValueError("a risk window has two ends, such as [0, 13]")
    if risk.first_day < 0:
        raise ValueError(
            "a risk window starts on the infusion day or after it: what comes before is no effect of it. "
            'Days before an infusion are left out of the comparison with before = "7 days"'
        )
