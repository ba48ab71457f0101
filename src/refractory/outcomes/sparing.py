"""Sparing: which other drugs were lower at follow-up than at baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from refractory.cohort.criteria import Leaves
from refractory.dates import Days, Window, WindowDays
from refractory.definition import Definition
from refractory.exposures.days import days_later
from refractory.exposures.supplies import SameSupply
from refractory.exposures.timeline import derive_cumulative_doses
from refractory.exposures.treatment import Route
from refractory.outcomes.dose_over_time import DoseOverTimeDefinition
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROUNDING = 1e-9  # a dose lower by exactly the threshold stays lower after division


class SparingClass(StrEnum):
    """What became of one drug of one person."""

    STOPPED = "STOPPED"
    DECREASED = "DECREASED"
    UNCHANGED = "UNCHANGED"
    INCREASED = "INCREASED"
    NOT_EVALUABLE = "NOT_EVALUABLE"


LOWER = (SparingClass.STOPPED, SparingClass.DECREASED)
_BEST_FIRST = (SparingClass.STOPPED, SparingClass.DECREASED, SparingClass.UNCHANGED, SparingClass.INCREASED)


class SparingDefinition(Definition):
    """Other drugs over the follow-up against baseline."""

    glucocorticoid: str = Field(description="Concept set of the glucocorticoids, in prednisone equivalents.")
    steroid_sparing: str | None = Field(
        None, description="Concept set of the steroid-sparing drugs, one member a drug."
    )
    baseline: WindowDays = Field(Window(-30, -1), description="Days of the baseline dose.")
    follow_up_day: int = Field(180, ge=1, description="Last day of follow-up.")
    last: Days = Field(30, description="The last days of follow-up over which the dose is averaged.")
    change: float = Field(25, gt=0, lt=100, description="Per cent that counts as lower or higher.")
    pulse: float = Field(250, gt=0, description="Mg prednisone equivalent in a day that is a pulse, kept apart.")
    routes: tuple[Route, ...] = Field(("oral", "intravenous", "intramuscular"), description="Systemic routes.")
    same_supply: SameSupply = Field(
        "adds up",
        description="What supplies of one strength and one daily dose do on days that both cover: add up, or count "
        "once, as a refill that was fetched early or a row that was written twice does.",
    )
    over_time: DoseOverTimeDefinition | None = Field(
        None, description="The glucocorticoid dose over time; without this table it is not reported."
    )

    @model_validator(mode="after")
    def _has_closed_windows(self) -> SparingDefinition:
        if self.baseline.first_day is None or self.baseline.last_day is None or self.baseline.last_day > 0:
            raise ValueError("the baseline window has two ends and ends on day 0 or before")
        if not 1 <= self.last <= self.follow_up_day:
            raise ValueError(f'last is between "1 day" and "{self.follow_up_day} days", the length of follow-up')
        return self

    @property
    def follow_up(self) -> Window:
        """The last days of follow-up."""
        return Window(self.follow_up_day - self.last + 1, self.follow_up_day)

    @property
    def span(self) -> Window:
        """All days around day 0 whose glucocorticoid dose is asked for."""
        asked = [self.baseline, self.follow_up, *([self.over_time.span] if self.over_time else [])]
        return Window(min(one.first_day or 0 for one in asked), max(one.last_day or 0 for one in asked))

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        return (
            f"The mean daily dose of {self.glucocorticoid}, in mg of prednisone, over {self.follow_up} was compared "
            f"with that over {self.baseline}; lower means stopped or at least {self.change:g} % lower, among persons "
            "on it at baseline whose doses are known and whose follow-up is long enough.",
            f"Days with at least {self.pulse:g} mg in all were pulses: what was given by injection, or reached so much "
            "alone, was kept apart, and the daily dose is what the person took beside it.",
            *(
                [
                    "Supplies of one strength and one daily dose counted once on days that both cover: a refill that "
                    "was fetched early is no double dose."
                ]
                if self.same_supply == "counts once"
                else []
            ),
            *(
                [f"Each drug of {self.steroid_sparing} was judged by the same rule in its own mg."]
                if self.steroid_sparing
                else []
            ),
            *(self.over_time.describe() if self.over_time else ()),
        )


@dataclass(frozen=True)
class DoseInWindow:
    """The dose of one drug over one window of one person.

    Args:
        mg_per_day: Mean over all days of the window, pulses left out.
        covered_days: Days on the drug, pulses included.
        unknown_days: Days on which a dose is unknown.
        pulse_days: Days of a pulse.
    """

    mg_per_day: float = 0.0
    covered_days: int = 0
    unknown_days: int = 0
    pulse_days: int = 0


@dataclass(frozen=True)
class Sparing:
    """What became of the other drugs of one person.

    Args:
        baseline: Glucocorticoid dose at baseline.
        follow_up: Glucocorticoid dose at the end of follow-up.
        glucocorticoid: Its class.
        drugs: Class of each steroid-sparing drug that the person was on at baseline or follow-up.
    """

    baseline: DoseInWindow
    follow_up: DoseInWindow
    glucocorticoid: SparingClass
    drugs: Mapping[str, SparingClass]

    @property
    def is_on_glucocorticoid(self) -> bool:
        """True when a glucocorticoid covers a day of the baseline window."""
        return self.baseline.covered_days > 0

    @property
    def best_of_drugs(self) -> SparingClass | None:
        """The best class over the person's steroid-sparing drugs; None without any that can be judged."""
        judged = [sparing for sparing in self.drugs.values() if sparing in _BEST_FIRST]
        return min(judged, key=_BEST_FIRST.index) if judged else None

    @property
    def worst_of_drugs(self) -> SparingClass | None:
        """The worst class over the person's steroid-sparing drugs; None without any that can be judged."""
        judged = [sparing for sparing in self.drugs.values() if sparing in _BEST_FIRST]
        return max(judged, key=_BEST_FIRST.index) if judged else None


def classify_sparing(
    baseline: DoseInWindow, follow_up: DoseInWindow, change_percent: float, *, is_followed: bool
) -> SparingClass:
    """Classify one drug of one person by its dose at baseline and at the end of follow-up.

    Example:
        >>> on_20, on_15 = DoseInWindow(20.0, 30), DoseInWindow(15.0, 30)
        >>> classify_sparing(on_20, on_15, 25, is_followed=True).value
        'DECREASED'
    """
    if not is_followed:
        return SparingClass.NOT_EVALUABLE
    if baseline.covered_days == 0:
        return SparingClass.INCREASED if follow_up.covered_days else SparingClass.NOT_EVALUABLE
    if follow_up.covered_days == 0:
        return SparingClass.STOPPED
    if baseline.unknown_days or follow_up.unknown_days or baseline.mg_per_day <= 0:
        return SparingClass.NOT_EVALUABLE
    ratio = follow_up.mg_per_day / baseline.mg_per_day
    if ratio <= 1 - change_percent / 100 + _ROUNDING:
        return SparingClass.DECREASED
    return SparingClass.INCREASED if ratio >= 1 + change_percent / 100 - _ROUNDING else SparingClass.UNCHANGED


@later
def derive_doses_in_window(stretches: ir.Table, cohort: ir.Table, window: Window) -> ir.Table:
    """Average the stretches of equal dose over a window around each person's day 0.

    Args:
        stretches: One row per person, drug and stretch, from exposures.dose.derive_dose_stretches.
        cohort: One row per person: person_id, day0_date.
        window: Days around day 0, both ends known.

    Returns:
        One row per person and drug with a covered day in the window: person_id, drug, mg_per_day,
        covered_days, unknown_days.
    """
    import ibis

    first, last = window.first_day or 0, window.last_day or 0
    near = stretches.join(cohort.select("person_id", "day0_date"), "person_id")
    starts = ibis.greatest(near.from_date, days_later(near.day0_date, first))
    ends = ibis.least(near.until_date, days_later(near.day0_date, last))
    near = near.mutate(days=ends.delta(starts, unit="day") + 1)
    near = near.filter(near.days > 0)
    doses = near.group_by(["person_id", "drug"]).aggregate(
        mg=(near.daily_mg * near.days).sum(),
        covered_days=near.days.sum().cast("int64"),
        unknown_days=ibis.ifelse(near.unknown > 0, near.days, 0).sum().cast("int64"),
    )
    return doses.mutate(mg_per_day=doses.mg / (last - first + 1)).drop("mg")


def classify_cohort_sparing(
    store: Store, leaves: Leaves, definition: SparingDefinition, followed: Mapping[int, bool]
) -> dict[int, Sparing]:
    """Classify the other drugs of every person of the cohort.

    Args:
        store: Holds what doses.keep_doses left.
        leaves: The leaf concept sets of each concept set.
        definition: The rule.
        followed: Whether each person of the cohort is observed to the end of follow-up.

    Returns:
        What became of the drugs, by person.
    """
    windows = (definition.baseline, definition.follow_up)
    steroids = _read_glucocorticoid(store, windows)
    others: tuple[str, ...] = ()
    doses: tuple[dict[tuple[int, str], DoseInWindow], ...] = ({}, {})
    if definition.steroid_sparing:
        others = tuple(leaves[definition.steroid_sparing])
        doses = tuple(_read_doses(store, window) for window in windows)
    return {
        person: _classify_person(person, steroids, doses, others, definition, is_followed)
        for person, is_followed in followed.items()
    }


def _read_glucocorticoid(store: Store, windows: Sequence[Window]) -> dict[tuple[int, int], DoseInWindow]:
    """Read the glucocorticoid dose of each person over each window, by the window's place."""
    found = derive_cumulative_doses(store.table("glucocorticoid_timeline"), store.table("observed"), windows)
    return {
        (row["person_id"], row["place"]): DoseInWindow(
            row["known_mg"] / (row["last_day"] - row["first_day"] + 1),
            row["covered_days"],
            row["unknown_days"],
            row["pulse_days"],
        )
        for row in store.records(found)
    }


def _read_doses(store: Store, window: Window) -> dict[tuple[int, str], DoseInWindow]:
    found = derive_doses_in_window(store.table("dose_stretches"), store.table("cohort"), window)
    return {
        (row["person_id"], row["drug"]): DoseInWindow(row["mg_per_day"], row["covered_days"], row["unknown_days"])
        for row in store.records(found)
    }


def _classify_person(
    person: int,
    steroids: Mapping[tuple[int, int], DoseInWindow],
    doses: Sequence[Mapping[tuple[int, str], DoseInWindow]],
    others: Sequence[str],
    definition: SparingDefinition,
    is_followed: bool,
) -> Sparing:
    before, after = doses
    none = DoseInWindow()

    def classify(baseline: DoseInWindow, follow_up: DoseInWindow) -> SparingClass:
        return classify_sparing(baseline, follow_up, definition.change, is_followed=is_followed)

    taken = [drug for drug in others if (person, drug) in before or (person, drug) in after]
    return Sparing(
        baseline=steroids[person, 0],
        follow_up=steroids[person, 1],
        glucocorticoid=classify(steroids[person, 0], steroids[person, 1]),
        drugs={drug: classify(before.get((person, drug), none), after.get((person, drug), none)) for drug in taken},
    )
