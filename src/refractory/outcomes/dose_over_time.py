"""The glucocorticoid dose over time: at days around day 0, added up, and when it came down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition
from refractory.exposures.tapers import DoseGoal, TimeStatus, derive_dose_times, derive_tapers
from refractory.exposures.timeline import derive_cumulative_doses
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WEEK = 7
# Day -1 ends with the baseline window and day 180 with the default follow-up: the tables of both agree.
_DAYS = (-180, -90, -30, -1, 30, 60, 90, 120, 150, 180, 365)


class DoseOverTimeDefinition(Definition):
    """The glucocorticoid dose over time, in mg of prednisone a day, pulses kept apart.

    Source:
        The limits: Strehl et al., Ann Rheum Dis 75 (2016) 952-957, for whom long-term treatment does little harm
        at up to 5 mg a day and mostly harm above 10 mg; Buttgereit et al., Ann Rheum Dis 61 (2002) 718-722, who
        call a dose of up to 7.5 mg low.
    """

    days: tuple[int, ...] = Field(_DAYS, min_length=1, description="Days for which the dose is given.")
    mean_over: Days = Field(30, description="The dose of a day is the mean over so many days, that day the last.")
    cumulative: tuple[WindowDays, ...] = Field(
        (Window(-180, -1), Window(1, 180)), description="Windows over which the daily doses are added up."
    )
    unknown_at_most: float = Field(
        0,
        ge=0,
        lt=100,
        description="Per cent of the days of a mean or a sum whose dose may be unknown; they count with the mean of "
        "the others. Beyond it the mean or sum is not evaluable.",
    )
    below: tuple[float, ...] = Field(
        (5, 7.5, 10), description="Limits in mg a day; the first day from which the dose stays below each is found."
    )
    sustained: Days = Field(28, description="For how many days a dose stays below a limit, or at half, to be counted.")
    stopped: Days = Field(30, description="After how many days without any exposure the drug has stopped.")
    step: Days = Field(7, description="How many days a dose lasts at least to be a level of its own in a taper.")
    until_day: int = Field(365, ge=1, description="Last day on which the dose may come down; later is censored.")

    @model_validator(mode="after")
    def _can_be_told(self) -> DoseOverTimeDefinition:
        for name, each in (("days", self.days), ("below", self.below), ("cumulative", self.cumulative)):
            if len(set(each)) < len(each):
                raise ValueError(f"{name} names one thing twice")
        if any(window.first_day is None or window.last_day is None for window in self.cumulative):
            raise ValueError("a window of cumulative has two ends: doses are added up from one day to another")
        if any(limit <= 0 for limit in self.below):
            raise ValueError("a limit of below is above 0: no dose lies below it otherwise")
        for name in ("mean_over", "sustained", "stopped", "step"):
            if getattr(self, name) < 1:
                raise ValueError(f'{name} is at least "1 day"')
        return self

    def _say_unknown(self) -> str:
        if not self.unknown_at_most:
            return "has an exposure of unknown dose, the dose is not evaluable."
        return (
            f"more than {self.unknown_at_most:g} % of the days have an exposure of unknown dose, the dose is not "
            "evaluable; up to so many count with the mean of the others."
        )

    @property
    def span(self) -> Window:
        """All days that the definition asks for, and those after them on which a lower dose must last."""
        first = [day - self.mean_over + 1 for day in self.days] + [window.first_day or 0 for window in self.cumulative]
        last = [*self.days, *(window.last_day or 0 for window in self.cumulative)]
        longest = max(self.sustained, self.stopped)
        return Window(min(*first, 1 - longest), max(*last, self.until_day + longest - 1))

    @property
    def weeks(self) -> tuple[int, ...]:
        """Every seventh day, day 0 among them, from the first day asked for to the last."""
        return tuple(range(-(-min(self.days) // _WEEK) * _WEEK, max(self.days) + 1, _WEEK))

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        limits = " or ".join(f"{limit:g}" for limit in self.below)
        windows = " and ".join(map(str, self.cumulative))
        said = [
            f"The glucocorticoid dose at a day is the mean daily dose over the {say_days(self.mean_over)} that end "
            "with it. Days without any exposure have dose 0; where a day is not observed, or " + self._say_unknown()
        ]
        if self.cumulative:
            said.append(f"Cumulative doses are the daily doses added up over {windows}, without pulses and with them.")
        goals = ["at or below half of its mean at baseline"]
        goals = [f"below {limits} mg a day", *goals] if self.below else goals
        said += [
            f"A dose came down on the first day after day 0 from which it stayed {', or '.join(goals)}, for at least "
            f"{say_days(self.sustained)}; it stopped on the first of at least {say_days(self.stopped)} without any "
            "exposure. Persons whose dose was down on day 0 are told apart; the others are followed to day "
            f"{self.until_day}, to the last day from which so long a stretch could still be seen, or to the day before "
            "an unknown dose leaves it open (Kaplan-Meier, log-log intervals).",
            "The speed of a taper is the mean daily dose at baseline less that at the end of follow-up, per four weeks "
            f"between the middles of the two windows; steps are changes between doses that lasted at least "
            f"{say_days(self.step)} each.",
        ]
        return tuple(said)


@dataclass(frozen=True)
class WindowDose:
    """The dose of one person over one window.

    Args:
        covered_days: Days on the drug.
        unknown_days: Days on which a dose is unknown.
        pulse_days: Days of a pulse.
        pulse_mg: The pulses that are known, added up.
        cumulative_mg: The daily doses added up, pulses apart; None when not known.
        cumulative_with_pulses_mg: The same with the pulses; None when not known.
        mg_per_day: Mean daily dose over all days of the window, pulses apart; None when not known.
        why: Why it is not known; None when it is.
    """

    covered_days: int
    unknown_days: int
    pulse_days: int
    pulse_mg: float
    cumulative_mg: float | None
    cumulative_with_pulses_mg: float | None
    mg_per_day: float | None
    why: str | None


@dataclass(frozen=True)
class DoseTime:
    """When the dose of one person came down to one goal.

    Args:
        goal: Below a limit, half, or off.
        below_mg: The limit; None for the other goals.
        status: What is known of the day.
        day: Day of REACHED, last day of CENSORED; else None.
        why: Why it cannot be told, or is censored before the last day; else None.
    """

    goal: DoseGoal
    below_mg: float | None
    status: TimeStatus
    day: int | None
    why: str | None


@dataclass(frozen=True)
class Taper:
    """How fast and in how many steps the dose of one person changed; None where it is not known."""

    fall_mg_per_4_weeks: float | None
    reductions: int | None
    rises: int | None


@dataclass(frozen=True)
class DoseOverTime:
    """The glucocorticoid dose of one person over time.

    Args:
        at_days: Mean dose up to each day asked for.
        windows: Dose over each window asked for.
        weekly_mg: Daily dose on every seventh day; None where it is not known.
        times: When it came down to each goal.
        taper: How it came down.
        whole: Dose over the whole time that was looked at.
    """

    at_days: Mapping[int, WindowDose]
    windows: Mapping[Window, WindowDose]
    weekly_mg: Mapping[int, float | None]
    times: tuple[DoseTime, ...]
    taper: Taper
    whole: WindowDose


def read_doses_over_time(
    store: Store, definition: DoseOverTimeDefinition, baseline: Window, follow_up: Window
) -> dict[int, DoseOverTime]:
    """Read what the timeline of each person says.

    Args:
        store: Holds `glucocorticoid_timeline` and `observed`.
        definition: What is asked.
        baseline: Days of the baseline dose.
        follow_up: Days of the dose at the end of follow-up.

    Returns:
        The dose over time by person, for every person of the cohort.
    """
    timeline, observed = store.table("glucocorticoid_timeline"), store.table("observed")
    at_days = [Window(day - definition.mean_over + 1, day) for day in definition.days]
    weekly = [Window(day, day) for day in definition.weeks]
    asked = [*at_days, *definition.cumulative, *weekly, definition.span]
    doses: defaultdict[int, dict[Window, WindowDose]] = defaultdict(dict)
    sums = derive_cumulative_doses(
        timeline, observed, list(dict.fromkeys(asked)), unknown_percent=definition.unknown_at_most
    )
    for row in store.records(sums):
        doses[row["person_id"]][Window(row["first_day"], row["last_day"])] = _take(WindowDose, row)
    times = _read_times(store, definition, baseline)
    tapers = derive_tapers(timeline, observed, baseline, follow_up, definition.step)
    return {
        row["person_id"]: DoseOverTime(
            at_days={window.last_day or 0: own[window] for window in at_days},
            windows={window: own[window] for window in definition.cumulative},
            weekly_mg={window.last_day or 0: own[window].mg_per_day for window in weekly},
            times=times[row["person_id"]],
            taper=_take(Taper, row),
            whole=own[definition.span],
        )
        for row in store.records(tapers)
        for own in [doses[row["person_id"]]]
    }


def _take(kind: Any, row: Mapping[str, Any]) -> Any:
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


def _read_times(store: Store, definition: DoseOverTimeDefinition, baseline: Window) -> dict[int, tuple[DoseTime, ...]]:
    found = store.keep(
        "glucocorticoid_times",
        derive_dose_times(
            store.table("glucocorticoid_timeline"),
            store.table("observed"),
            definition.below,
            baseline,
            sustained_days=definition.sustained,
            off_days=definition.stopped,
            until_day=definition.until_day,
        ),
    )
    times: defaultdict[int, list[DoseTime]] = defaultdict(list)
    for row in store.records(_in_order(found)):
        goal, status = DoseGoal(row["goal"]), TimeStatus(row["status"])
        times[row["person_id"]].append(DoseTime(goal, row["below_mg"], status, row["day"], row["why"]))
    return {person: tuple(own) for person, own in times.items()}


def _in_order(times: ir.Table) -> ir.Table:
    return times.order_by(["person_id", "goal", "below_mg"])
