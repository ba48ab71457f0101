"""The daily dose that a direction says, in stretches of days: what a reader of directions returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DoseStep:
    """One stretch of days with one amount a day.

    Args:
        first_day: Its first day, counted from the start of the direction; the first day of all is 0.
        last_day: Its last day, which belongs to it; None until the exposure ends.
        per_day: Amount a day in `unit`, in the mean over the stretch: 15 mg once a week are 15/7 mg a day. None where
            the text leaves it open: as needed, a range, as directed, or words that could not be read.
        unit: "mg", "mg/kg", "mg/m2", "IU", "mL", "drop" and the like; "unit" counts tablets, capsules, puffs, vials or
            whatever the quantity of the record counts; "" where the text has no amount at all. Grams and micrograms
            are turned into mg.
        least_per_day: Lower bound where the text gives one; 0 for as needed.
        most_per_day: Upper bound where the text gives one.
        is_as_needed: Whether the person decides when to take it.
    """

    first_day: int
    last_day: int | None
    per_day: float | None
    unit: str
    least_per_day: float | None = None
    most_per_day: float | None = None
    is_as_needed: bool = False


@dataclass(frozen=True)
class Sig:
    """A written direction ("sig") as it was understood.

    Args:
        steps: Stretches in order, none overlapping; days between two of them are without the drug.
        route: How the drug is given, in the words of records.routes, when the text says one and only one.
        stops: Whether the text itself says that the drug ends after the last step.
        unread: The words that could not be understood, or that contradict others; "" when there are none.
    """

    steps: tuple[DoseStep, ...]
    route: str | None = None
    stops: bool = False
    unread: str = ""
