"""What a direction leaves to the reader: how often, where it does not say it, and within which bounds."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.exposures.sig.elements import Cap, Measure
from refractory.exposures.sig.factors import UNSAID, ContradictionError, Factor, derive_factor
from refractory.exposures.sig.rates import Rate, choose_measure, derive_rate
from refractory.exposures.sig.segments import Direction, Segment

# Where a text says for how many weeks and not how often, these are taken once a day; methotrexate is not.
_TAKEN_DAILY = {"prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone"}


def find_inherited(segment: Segment, before: Rate | None, direction: Direction) -> Factor | None:
    """Say how often an amount is taken of which the text does not say it; None when that is open.

    Once where the text says "once", and once a day where the days are counted ("60 mg x 5 days") or the stretch before
    is once a day. A weekly dose goes on weekly where it is said to rise or fall. After "twice daily" nobody knows
    whether the next amount is for an intake or for a day.

    Args:
        segment: The stretch.
        before: The stretch before it.
        direction: The whole direction.
    """
    is_on_own_days = segment.days is not None and segment.days.is_points
    if "single" in segment.marks or segment.again is not None or is_on_own_days or segment.over is not None:
        return UNSAID
    if before is not None:
        factor = before.factor
        is_regular = factor.least == factor.most and factor.times == 1
        return factor if factor.is_daily or (segment.is_step and is_regular) else None
    others = _find_said(direction.segments)
    length = segment.lasting or segment.days
    if length is None or segment.count is not None or any(other.most > 1 for other in others):
        return None
    is_said = bool(others) and all(other.is_daily for other in others)
    is_surely_daily = length.period == 1 or is_said or bool(direction.drugs & _TAKEN_DAILY)
    return UNSAID if is_surely_daily else None


def _find_said(segments: Sequence[Segment]) -> list[Factor]:
    """Find how often the amounts are taken for which the text says it."""
    said = []
    for intake in (intake for segment in segments for intake in segment.intakes):
        try:
            factor = derive_factor(intake)
        except ContradictionError:
            continue
        if factor.is_said:
            said.append(factor)
    return said


def find_limit(cap: Cap | None, measure: Measure, rate: Rate | None) -> float | None:
    """Find the most a day that a cap allows, in the unit of the amount; None when it says none."""
    if cap is None or not cap.days:
        return None
    if cap.unit is None:
        single = rate.single.find(measure.unit) if rate and rate.single else None
        return cap.most * single.most / cap.days if single else None
    return cap.most / cap.days if cap.unit == measure.unit else None


def find_bounds(
    rate: Rate, later: Sequence[Segment], direction: Direction
) -> tuple[float | None, float | None, str | None]:
    """Bound the days on which one of several amounts is taken and nobody knows which: least, most and their unit."""
    rates = [rate]
    for segment in later:
        if segment.is_end:
            continue
        other = None
        if segment.intakes and not segment.faults and segment.change is None:
            try:
                other = derive_rate(segment, rate.factor if rate.factor.is_daily else None, direction.sides)
            except ContradictionError:
                other = None
        if other is None:
            return None, None, rate.choose().unit
        rates.append(other)
    found = [one.choose() for one in rates]
    if len({one.unit for one in found}) > 1:
        return None, None, found[0].unit
    return min(one.least for one in found), max(one.most for one in found), found[0].unit


def are_ends(segments: Sequence[Segment]) -> bool:
    """Say whether nothing follows but the end, or that the last amount goes on."""
    return all(
        not segment.faults and (segment.is_end or (segment.marks == {"stay"} and not segment.intakes))
        for segment in segments
    )


def find_unit(direction: Direction) -> str:
    """Find the unit of the first amount; "" where a text has none."""
    doses = [intake.dose for segment in direction.segments for intake in segment.intakes]
    return choose_measure(doses[0].measures).unit if doses else ""
