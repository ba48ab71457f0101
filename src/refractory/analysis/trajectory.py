"""The score that a study follows, over time: at baseline, at days, its change, its best."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.dose_estimates import FEWEST_DRAWN
from refractory.analysis.estimates import Plan
from refractory.analysis.follow_up_estimates import followed_of, name_course
from refractory.analysis.methods import estimate_change, estimate_change_test
from refractory.analysis.results import DayCurve, NamedEstimate
from refractory.outcomes.assess import Patient
from refractory.statistics.location import estimate_mean, estimate_median


def scores_at(patients: Sequence[Patient], day: int) -> tuple[list[float], list[float]]:
    """Return the followed score at a day, and its change from baseline in persons who have both."""
    pairs = [(seen.baseline, seen.at_days.get(day)) for _, seen in followed_of(patients)]
    values = [score for _, score in pairs if score is not None]
    changes = [score - before for before, score in pairs if before is not None and score is not None]
    return values, changes


def estimate_trajectory(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate the followed score at baseline, at each day, its change, and its best.

    Args:
        patients: The analysis set.
        plan: What the protocol chose; it follows a score.
    """
    label = str(plan.follow_up.score)
    before = [seen.baseline for _, seen in followed_of(patients) if seen.baseline is not None]
    estimates = [
        name_course("trajectory.baseline", label, "at baseline", estimate_median(before)),
        name_course("trajectory.baseline.mean", label, "at baseline", estimate_mean(before)),
    ]
    for day in plan.follow_up.days:
        values, changes = scores_at(patients, day)
        key, rule = f"trajectory.day_{day}", f"at day {day}"
        paired = f"change from baseline to day {day}, in persons with both"
        estimates += [
            name_course(key, label, rule, estimate_median(values)),
            name_course(f"{key}.mean", label, rule, estimate_mean(values)),
            name_course(f"{key}.change", label, paired, estimate_mean(changes)),
            name_course(f"{key}.shift", label, paired, estimate_change(changes, plan.analysis)),
            name_course(f"{key}.test", label, paired, estimate_change_test(changes, plan.analysis)),
        ]
    best = [(seen.follow_up.best_day, seen.follow_up.best_gain) for _, seen in followed_of(patients)]
    days = [float(day) for day, _ in best if day is not None]
    gains = [gain for _, gain in best if gain is not None]
    rule = "in persons who are ever better than at baseline"
    return [
        *estimates,
        name_course("best.day", f"Best {label}, day", rule, estimate_median(days)),
        name_course("best.gain", f"Best {label}, gain", rule, estimate_median(gains)),
    ]


def derive_score_curve(patients: Sequence[Patient], plan: Plan) -> DayCurve | None:
    """Derive the median of the followed score at baseline and at each day, where enough persons have one.

    Returns:
        None where the study follows no score, or fewer than two points can be drawn.
    """
    name = plan.follow_up.score
    if name is None:
        return None
    before = [seen.baseline for _, seen in followed_of(patients) if seen.baseline is not None]
    columns = [(0, before), *((day, scores_at(patients, day)[0]) for day in plan.follow_up.days_drawn)]
    points = tuple((day, estimate_median(values)) for day, values in columns if len(values) >= FEWEST_DRAWN)
    if len(points) < 2:
        return None
    return DayCurve("trajectory", f"{name} over time, median and quartiles", name, points)
