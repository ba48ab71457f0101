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
from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.treatment import Route, has_route
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

GLUCOCORTICOID = "glucocorticoid"
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

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        return (
            f"The mean daily dose of {self.glucocorticoid}, in mg of prednisone, over {self.follow_up} was compared "
            f"with that over {self.baseline}; lower means stopped or at least {self.change:g} % lower, among persons "
            "on it at baseline whose doses are known and whose follow-up is long enough.",
            f"Days with at least {self.pulse:g} mg were pulses and kept apart from the daily dose.",
            *(
                [f"Each drug of {self.steroid_sparing} was judged by the same rule in its own mg."]
                if self.steroid_sparing
                else []
            ),
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


def derive_doses_in_window(stretches: ir.Table, cohort: ir.Table, window: Window, pulse_mg: float) -> ir.Table:
    """Average the stretches of equal dose over a window around each person's day 0.

    Args:
        stretches: One row per person, drug and stretch, from exposures.dose.derive_dose_stretches.
        cohort: One row per person: person_id, day0_date.
        window: Days around day 0, both ends known.
        pulse_mg: A day with at least so many mg is a pulse.

    Returns:
        One row per person and drug with a covered day in the window: person_id, drug, mg_per_day,
        covered_days, unknown_days, pulse_days.
    """
    import ibis

    first, last = window.first_day or 0, window.last_day or 0
    near = stretches.join(cohort.select("person_id", "day0_date"), "person_id")
    starts = ibis.greatest(near.from_date, days_later(near.day0_date, first))
    ends = ibis.least(near.until_date, days_later(near.day0_date, last))
    near = near.mutate(days=ends.delta(starts, unit="day") + 1)
    near = near.filter(near.days > 0)
    is_pulse = near.daily_mg >= pulse_mg
    doses = near.group_by(["person_id", "drug"]).aggregate(
        mg=ibis.ifelse(is_pulse, 0.0, near.daily_mg * near.days).sum(),
        covered_days=near.days.sum().cast("int64"),
        unknown_days=ibis.ifelse(near.unknown > 0, near.days, 0).sum().cast("int64"),
        pulse_days=ibis.ifelse(is_pulse, near.days, 0).sum().cast("int64"),
    )
    return doses.mutate(mg_per_day=doses.mg / (last - first + 1)).drop("mg")


def classify_cohort_sparing(
    store: Store, leaves: Leaves, definition: SparingDefinition, followed: Mapping[int, bool]
) -> dict[int, Sparing]:
    """Classify the other drugs of every person of the cohort.

    Args:
        store: Holds `dosed` and `cohort`.
        leaves: The leaf concept sets of each concept set.
        definition: The rule.
        followed: Whether each person of the cohort is observed to the end of follow-up.

    Returns:
        What became of the drugs, by person.
    """
    import ibis

    dosed = store.table("dosed")
    steroids = list(leaves[definition.glucocorticoid])
    others = list(leaves[definition.steroid_sparing]) if definition.steroid_sparing else []
    wanted = dosed.filter(dosed.concept_set.isin([*steroids, *others]))
    wanted = wanted.semi_join(store.table("cohort"), "person_id")
    wanted = wanted.filter(has_route(wanted, definition.routes, "counts"))
    drug = ibis.ifelse(wanted.concept_set.isin(steroids), GLUCOCORTICOID, wanted.concept_set)
    stretches = store.keep("dose_stretches", derive_dose_stretches(wanted.mutate(drug=drug)))
    cohort = store.table("cohort")
    before = _doses(store, derive_doses_in_window(stretches, cohort, definition.baseline, definition.pulse))
    after = _doses(store, derive_doses_in_window(stretches, cohort, definition.follow_up, definition.pulse))
    return {
        person: _classify_person(person, before, after, others, definition, is_followed)
        for person, is_followed in followed.items()
    }


def _doses(store: Store, table: ir.Table) -> dict[tuple[int, str], DoseInWindow]:
    return {
        (row["person_id"], row["drug"]): DoseInWindow(
            row["mg_per_day"], row["covered_days"], row["unknown_days"], row["pulse_days"]
        )
        for row in store.records(table)
    }


def _classify_person(
    person: int,
    before: Mapping[tuple[int, str], DoseInWindow],
    after: Mapping[tuple[int, str], DoseInWindow],
    others: Sequence[str],
    definition: SparingDefinition,
    is_followed: bool,
) -> Sparing:
    none = DoseInWindow()

    def classify(drug: str) -> SparingClass:
        doses = before.get((person, drug), none), after.get((person, drug), none)
        return classify_sparing(*doses, definition.change, is_followed=is_followed)

    taken = [drug for drug in others if (person, drug) in before or (person, drug) in after]
    return Sparing(
        baseline=before.get((person, GLUCOCORTICOID), none),
        follow_up=after.get((person, GLUCOCORTICOID), none),
        glucocorticoid=classify(GLUCOCORTICOID),
        drugs={drug: classify(drug) for drug in taken},
    )
