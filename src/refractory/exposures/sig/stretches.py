"""From a direction to the milligrams of each day that an exposure covers."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.exposures.sig.steps import DoseStep, Sig


@dataclass(frozen=True)
class DoseStretch:
    """Days of an exposure with one dose a day.

    Args:
        first_day: Its first day, counted from the first day of the exposure, which is 0.
        last_day: Its last day, which belongs to it; None where neither the direction nor the exposure has an end.
        mg_per_day: Milligrams a day, in the mean over the stretch; None when they are not known.
    """

    first_day: int
    last_day: int | None
    mg_per_day: float | None


def derive_sig_stretches(
    sig: Sig,
    *,
    mg_per_unit: float | None = None,
    mg_per_ml: float | None = None,
    weight_kg: float | None = None,
    covered_days: int | None = None,
) -> tuple[DoseStretch, ...]:
    """Derive the milligrams of each day of an exposure from its direction.

    Days behind the last step have no dose where the text says that the drug ends, and an unknown one elsewhere; days
    behind the last covered one are cut off. Doses in international units, in drops and by body surface are unknown.

    Args:
        sig: The direction as it was read.
        mg_per_unit: Milligrams in one tablet, capsule or whatever the text counts.
        mg_per_ml: Milligrams in one millilitre.
        weight_kg: Body weight.
        covered_days: Days that the exposure covers; None when nobody knows.

    Returns:
        One row per stretch, in order and apart from each other: days without the drug are in none. A direction of
        which nothing was read gives one stretch of unknown dose.

    Example:
        >>> from refractory.exposures.sig import read_sig
        >>> sig = read_sig("2 tabs daily x 5 days, then 1 tab daily")
        >>> [(s.first_day, s.last_day, s.mg_per_day) for s in derive_sig_stretches(sig, mg_per_unit=20, covered_days=9)]
        [(0, 4, 40.0), (5, 8, 20.0)]
        >>> derive_sig_stretches(read_sig("1 mg/kg/day"), weight_kg=70)
        (DoseStretch(first_day=0, last_day=None, mg_per_day=70.0),)
    """
    end = None if covered_days is None else covered_days - 1
    if end is not None and end < 0:
        return ()
    mg_in = {"mg": 1.0, "unit": mg_per_unit, "mL": mg_per_ml, "mg/kg": weight_kg}
    stretches = []
    for step in sig.steps:
        if end is not None and step.first_day > end:
            break
        last = step.last_day if end is None else end if step.last_day is None else min(step.last_day, end)
        stretches.append(DoseStretch(step.first_day, last, _derive_mg(step, mg_in.get(step.unit))))
    reached = stretches[-1].last_day if stretches else -1
    is_laid = len(stretches) == len(sig.steps) and not sig.stops
    if is_laid and reached is not None and (end is None or reached < end):
        stretches.append(DoseStretch(reached + 1, end, None))
    return tuple(stretches)


def _derive_mg(step: DoseStep, factor: float | None) -> float | None:
    if step.per_day is None:
        return None
    if step.per_day == 0:
        return 0.0
    # Zero and less are slips of the source, and so is not-a-number, which is not greater than anything.
    return step.per_day * factor if factor is not None and 0 < factor < float("inf") else None
