"""The estimates of the glucocorticoid dose over time: at days, over windows, and when it came down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refractory.analysis.estimates import Plan, count_of, estimate_share
from refractory.analysis.methods import estimate_change, estimate_change_test
from refractory.analysis.results import DayCurve, NamedEstimate
from refractory.dates import Window
from refractory.exposures.tapers import DoseGoal, TimeStatus
from refractory.outcomes.assess import Patient
from refractory.outcomes.dose_over_time import DoseOverTime, DoseOverTimeDefinition, DoseTime, WindowDose
from refractory.outcomes.sparing import SparingDefinition
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_median
from refractory.statistics.survival import estimate_median_time, estimate_probability_by

# A median of fewer persons is nearly one of them.
FEWEST_DRAWN = 5
UNIT = "mg prednisone equivalent"


@dataclass(frozen=True)
class GoalTimes:
    """When the doses of all persons came down to one goal.

    Args:
        key: Short name of the goal, for ids.
        label: The goal in words.
        times: One per person.
    """

    key: str
    label: str
    times: tuple[DoseTime, ...]

    def with_status(self, status: TimeStatus) -> list[DoseTime]:
        """Return the persons with that status."""
        return [one for one in self.times if one.status is status]

    def days(self, status: TimeStatus) -> list[float]:
        """Return the days of the persons with that status."""
        return [float(one.day) for one in self.with_status(status) if one.day is not None]

    @property
    def at_risk(self) -> int:
        """Persons whose dose was not down on day 0, and who were followed."""
        return len(self.with_status(TimeStatus.REACHED)) + len(self.with_status(TimeStatus.CENSORED))


def doses_of(patients: Sequence[Patient]) -> list[DoseOverTime]:
    """Return the dose over time of each person, in the order of the cohort."""
    return [patient.doses for patient in patients if patient.doses]


def say_window(window: Window) -> str:
    """Name a window in an id: "-180 to -1"."""
    return f"{window.first_day} to {window.last_day}"


def name_goal(goal: DoseGoal, below_mg: float | None) -> tuple[str, str]:
    """Name a goal, for ids and in words."""
    if goal is DoseGoal.BELOW:
        return f"below_{below_mg:g}", f"Below {below_mg:g} mg/day"
    return {DoseGoal.HALF: ("half", "At most half of baseline"), DoseGoal.OFF: ("off", "Stopped")}[goal]


def find_goals(doses: Sequence[DoseOverTime]) -> list[GoalTimes]:
    """Gather the times of all persons by goal: limits from the highest to the lowest, then half, then off."""
    found: dict[tuple[DoseGoal, float | None], list[DoseTime]] = {}
    for one in doses:
        for time in one.times:
            found.setdefault((time.goal, time.below_mg), []).append(time)
    order = {DoseGoal.BELOW: 0, DoseGoal.HALF: 1, DoseGoal.OFF: 2}
    keys = sorted(found, key=lambda key: (order[key[0]], -(key[1] or 0)))
    return [GoalTimes(*name_goal(*key), tuple(found[key])) for key in keys]


def find_pairs(doses: Sequence[DoseOverTime], definition: DoseOverTimeDefinition) -> list[float] | None:
    """Return each person's second cumulative dose less the first, where both are known.

    Returns:
        None unless the protocol asks for two windows of one length: only such sums can be compared.
    """
    if len(definition.cumulative) != 2:
        return None
    before, after = definition.cumulative
    if _length(before) != _length(after):
        return None
    pairs = [(one.windows[before].cumulative_mg, one.windows[after].cumulative_mg) for one in doses]
    return [later - earlier for earlier, later in pairs if earlier is not None and later is not None]


def _length(window: Window) -> int:
    return (window.last_day or 0) - (window.first_day or 0)


def known(doses: Sequence[WindowDose], number: Callable[[WindowDose], float | None]) -> list[float]:
    """Return the numbers that are known."""
    return [value for value in map(number, doses) if value is not None]


def estimate_doses(
    patients: Sequence[Patient], plan: Plan, sparing: SparingDefinition, definition: DoseOverTimeDefinition
) -> list[NamedEstimate]:
    """Estimate the glucocorticoid dose over time.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        sparing: What the doses are compared over.
        definition: Days, windows and limits.

    Returns:
        The estimates in the order of the report.
    """
    doses = doses_of(patients)
    estimates = _estimate_days(doses, plan, definition)
    estimates += _estimate_windows(doses, plan, sparing, definition)
    for goal in find_goals(doses):
        estimates += _estimate_goal(goal, plan, sparing, definition)
    return [*estimates, *_estimate_tapers(doses)]


def _name(key: str, label: str, rule: str, estimate: Estimate) -> NamedEstimate:
    return NamedEstimate(f"dose.{key}", label, f"{label}: {rule}", "overall", label, estimate)


def _estimate_days(
    doses: Sequence[DoseOverTime], plan: Plan, definition: DoseOverTimeDefinition
) -> list[NamedEstimate]:
    estimates = []
    for day in definition.days:
        at_day = [one.at_days[day] for one in doses if one.at_days[day].mg_per_day is not None]
        milligrams = known(at_day, lambda dose: dose.mg_per_day)
        label, among = f"Glucocorticoid dose at day {day}", "among evaluable persons"
        rule = f"{UNIT} a day, mean over the {definition.mean_over} days up to it, {among}"
        estimates.append(_name(f"day.{day}", label, rule, estimate_median(milligrams)))
        shares = [("off", "no exposure in these days", sum(dose.covered_days == 0 for dose in at_day))]
        shares += [
            (f"below_{limit:g}", f"below {limit:g} mg a day", sum(mg < limit for mg in milligrams))
            for limit in definition.below
        ]
        estimates += [
            _name(f"day.{day}.{key}", label, f"{said}, {among}", estimate_share(count, len(at_day), plan.analysis))
            for key, said, count in shares
        ]
    return estimates


def _estimate_windows(
    doses: Sequence[DoseOverTime], plan: Plan, sparing: SparingDefinition, definition: DoseOverTimeDefinition
) -> list[NamedEstimate]:
    estimates = []
    for window in definition.cumulative:
        over, among = [one.windows[window] for one in doses], "among evaluable persons"
        label = f"Cumulative glucocorticoid dose over {window}"
        sums = (
            ("cumulative", "pulses apart", known(over, lambda dose: dose.cumulative_mg)),
            ("cumulative_with_pulses", "with pulses", known(over, lambda dose: dose.cumulative_with_pulses_mg)),
        )
        estimates += [
            _name(f"{key}.{say_window(window)}", label, f"{UNIT}, {said}, {among}", estimate_median(values))
            for key, said, values in sums
        ]
        label = f"Pulses over {window}"
        pulsed = [dose.pulse_days for dose in over if dose.pulse_days]
        rule = f"persons with a day of at least {sparing.pulse:g} mg, among all persons"
        share = estimate_share(len(pulsed), len(over), plan.analysis)
        estimates.append(_name(f"pulses.{say_window(window)}", label, rule, share))
        rule = f"days of at least {sparing.pulse:g} mg, over all persons"
        estimates.append(_name(f"pulse_days.{say_window(window)}", label, rule, count_of(sum(pulsed), "days")))
    pairs = find_pairs(doses, definition)
    if pairs is not None:
        before, after = definition.cumulative
        label = "Change of the cumulative glucocorticoid dose"
        rule = f"{UNIT} over {after} less that over {before}, pulses apart, among persons evaluable for both"
        shift = estimate_change(pairs, plan.analysis)
        estimates.append(_name("cumulative.change", label, rule, shift))
        estimates.append(_name("cumulative.change.median", label, rule, estimate_median(pairs)))
        estimates.append(_name("cumulative.change.test", label, rule, estimate_change_test(pairs, plan.analysis)))
    return estimates


def days_reported(sparing: SparingDefinition, definition: DoseOverTimeDefinition) -> tuple[int, ...]:
    """Return the days by which the probability of a lower dose is given: the end of follow-up and the last day."""
    return tuple(sorted({min(sparing.follow_up_day, definition.until_day), definition.until_day}))


def _estimate_goal(
    goal: GoalTimes, plan: Plan, sparing: SparingDefinition, definition: DoseOverTimeDefinition
) -> list[NamedEstimate]:
    reached, censored = goal.days(TimeStatus.REACHED), goal.days(TimeStatus.CENSORED)
    level, label = plan.analysis.level, f"Glucocorticoid: {goal.label.lower()}"
    among = "among persons whose dose was not down on day 0"
    key = f"time.{goal.key}"
    counts = (
        (f"{key}.at_baseline", "persons whose dose was down on day 0", TimeStatus.BELOW_AT_BASELINE),
        (f"{key}.not_evaluable", "persons who cannot be judged", TimeStatus.NOT_EVALUABLE),
    )
    return [
        _name(
            key,
            label,
            f"median day by Kaplan-Meier, {among}",
            estimate_median_time(reached, censored, level=level),
        ),
        _name(f"{key}.reached", label, f"persons seen to reach it, {among}", _share(reached, goal.at_risk)),
        _name(f"{key}.day", label, "day, among persons seen to reach it", estimate_median(reached)),
        *(
            _name(
                f"{key}.by_{day}",
                label,
                f"probability by day {day} by Kaplan-Meier, {among}",
                estimate_probability_by(reached, censored, time=day, level=level),
            )
            for day in days_reported(sparing, definition)
        ),
        *(_name(name, label, rule, count_of(len(goal.with_status(status)))) for name, rule, status in counts),
    ]


def _share(reached: Sequence[float], at_risk: int) -> Estimate:
    """Share of persons seen to reach a goal; without interval, for it depends on how long they were followed."""
    value = len(reached) / at_risk if at_risk else None
    return Estimate(EstimateKind.PROPORTION, value, at_risk, "count", numerator=len(reached), denominator=at_risk)


def share_of_unknown_days(doses: Sequence[DoseOverTime]) -> Estimate:
    """Share of the covered days, over all persons, on which a dose is unknown."""
    covered, unknown = (sum(getattr(one.whole, name) for one in doses) for name in ("covered_days", "unknown_days"))
    value = unknown / covered if covered else None
    return Estimate(EstimateKind.PROPORTION, value, covered, "days", numerator=unknown, denominator=covered)


def _estimate_tapers(doses: Sequence[DoseOverTime]) -> list[NamedEstimate]:
    falls = [one.taper.fall_mg_per_4_weeks for one in doses if one.taper.fall_mg_per_4_weeks is not None]
    named = [
        _name(
            "taper.fall_per_4_weeks",
            "Fall of the glucocorticoid dose",
            f"{UNIT} a day for each four weeks, among persons on it at baseline whose doses are known",
            estimate_median(falls),
        )
    ]
    for key, label in (("reductions", "Reductions of the glucocorticoid dose"), ("rises", "Rises of the same")):
        steps = [getattr(one.taper, key) for one in doses]
        counted = [float(step) for step in steps if step is not None]
        rule = "between day 0 and the end of follow-up, among persons whose dose is known throughout"
        named.append(_name(f"taper.{key}", label, rule, estimate_median(counted)))
    label = "Covered days with unknown glucocorticoid dose"
    named.append(_name("unknown_days", label, "days, over all persons", share_of_unknown_days(doses)))
    shares = [100 * one.whole.unknown_days / one.whole.covered_days for one in doses if one.whole.covered_days]
    rule = "per cent of the covered days of a person, among persons ever covered"
    named.append(_name("unknown_days.per_person", label, rule, estimate_median(shares)))
    return named


def derive_dose_curve(patients: Sequence[Patient], definition: DoseOverTimeDefinition) -> DayCurve:
    """Derive the median daily dose and its quartiles on every seventh day, where enough persons have a known one.

    Args:
        patients: The analysis set.
        definition: From which day to which.

    Returns:
        One point per day on which at least five persons have a known dose.
    """
    doses = doses_of(patients)
    points = []
    for day in definition.weeks:
        milligrams = [mg for one in doses if (mg := one.weekly_mg[day]) is not None]
        if len(milligrams) >= FEWEST_DRAWN:
            points.append((day, estimate_median(milligrams)))
    return DayCurve("dose", "Daily glucocorticoid dose, median and quartiles", f"{UNIT} a day", tuple(points))
