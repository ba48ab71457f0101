"""The figure of predictors: each effect beside the smallest that the study could have found."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import stdev

from refractory.analysis.detectable import POWER
from refractory.analysis.estimates import Plan
from refractory.analysis.figures import EffectFigure, EffectPanel, EffectRow
from refractory.analysis.predictors import list_numbers
from refractory.analysis.results import NamedEstimate
from refractory.numbers import format_estimate
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.estimate import Estimate, EstimateKind


def derive_effects(patients: Sequence[Patient], plan: Plan, estimates: Sequence[NamedEstimate]) -> EffectFigure | None:
    """Derive the effect of each predictor of two groups in percentage points, and of each number in SD.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        estimates: All estimates of the run; those of predictors are used.
    """
    by_id = {one.id: one.estimate for one in estimates}
    judged = [one for one in patients if one.response.status is not ResponseStatus.NOT_EVALUABLE]
    spreads: dict[str, float] = {}
    for name, value_of in list_numbers(judged, plan):
        values = [float(value) for one in judged if (value := value_of(one)) is not None]
        spreads[name] = stdev(values) if len(values) > 1 else 0.0
    shares, shifts = [], []
    for one in estimates:
        if not (one.id.startswith("predictor.") and one.id.endswith(".effect")) or one.estimate.value is None:
            continue
        name = one.id.removeprefix("predictor.").removesuffix(".effect")
        detectable = by_id.get(f"predictor.{name}.detectable")
        if one.estimate.kind is EstimateKind.DIFFERENCE:
            shares.append(_build_row(name, one.estimate, detectable, 100, 100))
        elif spreads.get(name):
            shifts.append(_build_row(name, one.estimate, detectable, 1 / spreads[name], 1))
    panels = (
        EffectPanel(f"Difference in {plan.response.name.lower()}, percentage points", tuple(shares)),
        EffectPanel("Those with it less those without, in standard deviations", tuple(shifts)),
    )
    shown = tuple(panel for panel in panels if panel.rows)
    if not shown:
        return None
    note = (
        f"Grey: effects that were too small for the study to have a chance of {100 * POWER:.0f} % of finding them. An "
        "interval that reaches beyond the grey leaves open effects that matter."
    )
    return EffectFigure("predictors", f"Predictors of {plan.response.name.lower()}", shown, note)


def _build_row(
    name: str, effect: Estimate, detectable: Estimate | None, factor: float, detectable_factor: float
) -> EffectRow:
    def scale(end: float | None) -> float | None:
        return None if end is None else end * factor

    least = None if detectable is None or detectable.value is None else abs(detectable.value) * detectable_factor
    return EffectRow(
        name, (effect.value or 0.0) * factor, scale(effect.lower), scale(effect.upper), least, format_estimate(effect)
    )
