"""Time to an event that another event may forestall: the cumulative incidence of Aalen and Johansen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from refractory.statistics.distributions import check_level, normal_quantile
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.survival import NO_INTERVAL, find_log_log_interval

METHOD = "Aalen-Johansen, log-log interval"
NOBODY = "There is nobody to follow."
NOT_FOLLOWED = "Nobody who might still have the event is followed so long."
FEWER_THAN_HALF = "Fewer than half have the event within the time that was followed."
_HALF = 0.5
# A curve that reaches one half, or 1, does so as a sum of fractions, which may miss it by its last bits.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class IncidenceStep:
    """The cumulative incidence from one time at which anybody's follow-up ends to the next.

    Args:
        time: The time.
        at_risk: Persons followed at least until then and without either event before.
        events: Events at that time.
        competing: Competing events at that time.
        censored: Persons whose follow-up ends at that time without either.
        incidence: Probability of having had the event by that time, the competing event not having come first.
        lower: Lower end of its interval; None where there is none (no event yet, or everybody has had it).
        upper: Upper end of its interval; None where there is none.
    """

    time: float
    at_risk: int
    events: int
    competing: int
    censored: int
    incidence: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class IncidenceCurve:
    """A cumulative incidence over time.

    Args:
        steps: One per time at which anybody's follow-up ends, in order.
        n: Persons at the start.
        level: Coverage of the interval at each time.
    """

    steps: tuple[IncidenceStep, ...]
    n: int
    level: float


@dataclass(frozen=True)
class _State:
    """Who is where, and how surely: free of both events, or past the event."""

    free: float = 1.0
    incidence: float = 0.0
    var_free: float = 0.0
    var_incidence: float = 0.0
    covariance: float = 0.0


def derive_cumulative_incidence(
    event_times: Sequence[float],
    competing_times: Sequence[float],
    censored_times: Sequence[float],
    *,
    level: float = 0.95,
) -> IncidenceCurve:
    """Derive the cumulative incidence of an event that a competing event makes impossible.

    Each person has one time, at which the event, the competing event or the end of follow-up came first. Events and
    competing events of one time share those at risk of it, and who is censored at that time was still at risk of
    both: events come before censoring. Times may be days or the numbers of treatment cycles; then the curve is the
    cumulative proportion with the event by cycle k. A competing event is not censoring: one less Kaplan-Meier with
    competing events censored is the incidence in a world without them, and is never smaller.

    The variance is Greenwood's for the Aalen-Johansen estimator, as in R's survival (cmprsk has Gray's, which is near
    it while many are at risk), and the interval is symmetric on the scale of
    log(-log(1 - incidence)), so that without competing events both are those of Kaplan-Meier.

    Args:
        event_times: One time per person whose event came first.
        competing_times: One time per person whose competing event came first.
        censored_times: One time per person who was followed so long without either.
        level: Coverage of the interval at each time, between 0 and 1.

    Returns:
        The curve, one step per time at which anybody's follow-up ends.

    Raises:
        ValueError: When a time is not a finite number, or the level is no share.

    Source:
        Aalen and Johansen, Scand J Stat 5 (1978) 141-150; Andersen, Borgan, Gill and Keiding, Statistical Models Based
        on Counting Processes (1993), formula 4.4.19 for the variance; Beyersmann, Allignol and Schumacher, Competing
        Risks and Multistate Models with R (2012), section 4.2, for the scale of the interval.

    Example:
        >>> curve = derive_cumulative_incidence([1, 2, 2], [1, 3], [2, 4])
        >>> [(step.time, step.at_risk, round(step.incidence, 4)) for step in curve.steps]
        [(1, 7, 0.1429), (2, 5, 0.4286), (3, 2, 0.4286), (4, 1, 0.4286)]
    """
    check_level(level)
    if not all(map(isfinite, (*event_times, *competing_times, *censored_times))):
        raise ValueError("a time is not a finite number")
    z = normal_quantile((1 + level) / 2)
    events, competing, censored = Counter(event_times), Counter(competing_times), Counter(censored_times)
    n = at_risk = len(event_times) + len(competing_times) + len(censored_times)
    state, steps = _State(), []
    for time in sorted({*events, *competing, *censored}):
        state = _move(state, at_risk, events[time], competing[time])
        lower, upper = _interval(state, z)
        counts = (at_risk, events[time], competing[time], censored[time])
        steps.append(IncidenceStep(time, *counts, state.incidence, lower, upper))
        at_risk -= events[time] + competing[time] + censored[time]
    return IncidenceCurve(tuple(steps), n, level)


def estimate_incidence_by(curve: IncidenceCurve, *, time: float) -> Estimate:
    """Estimate the probability of having had the event by a time, the competing event not having come first.

    Args:
        curve: A cumulative incidence.
        time: The time, in the unit of the curve; its own events count.

    Returns:
        No value, and the reason in `note`, without persons and where nobody who might still have the event is followed
        so long. No interval, and the reason, before the first event and where everybody has had it.

    Example:
        >>> curve = derive_cumulative_incidence([1, 2, 2], [1, 3], [2, 4])
        >>> round(estimate_incidence_by(curve, time=2.5).value, 4), estimate_incidence_by(curve, time=5).value
        (0.4286, None)
    """
    if not curve.steps:
        return Estimate(EstimateKind.PROPORTION, None, 0, METHOD, note=NOBODY)
    last = curve.steps[-1]
    if time > last.time and last.censored:
        return Estimate(EstimateKind.PROPORTION, None, curve.n, METHOD, note=NOT_FOLLOWED)
    past = [step for step in curve.steps if step.time <= time]
    if not past:
        return Estimate(EstimateKind.PROPORTION, 0.0, curve.n, METHOD, note=NO_INTERVAL)
    step = past[-1]
    has_interval = step.lower is not None
    return Estimate(
        EstimateKind.PROPORTION, step.incidence, curve.n, METHOD, lower=step.lower, upper=step.upper,
        level=curve.level if has_interval else None, note="" if has_interval else NO_INTERVAL,
    )  # fmt: skip


def estimate_median_time_of_incidence(curve: IncidenceCurve) -> Estimate:
    """Estimate the time by which half of all persons have had the event, the competing event not having come first.

    Its interval holds the times at which one half lies within the curve's own interval.

    Args:
        curve: A cumulative incidence.

    Returns:
        No value, and the reason in `note`, where fewer than half have the event; the upper end is infinite where the
        curve's lower limit never comes up to one half.

    Example:
        >>> estimate_median_time_of_incidence(derive_cumulative_incidence([1, 2, 3, 3], [2], [4])).value
        3
    """
    if not curve.steps:
        return Estimate(EstimateKind.TIME, None, 0, METHOD, note=NOBODY)
    value = _first_at_half((step.time, step.incidence) for step in curve.steps)
    lower = _first_at_half((step.time, step.upper) for step in curve.steps)
    upper = _first_at_half((step.time, step.lower) for step in curve.steps)
    return Estimate(
        EstimateKind.TIME,
        None if value == inf else value,
        curve.n,
        METHOD,
        # Where the curve rises to 1 at once it has no upper limit, and the median itself is the earliest time.
        lower=min(lower, value),
        upper=upper,
        level=curve.level,
        note=FEWER_THAN_HALF if value == inf else "",
    )


def _move(state: _State, at_risk: int, events: int, competing: int) -> _State:
    """One time further: each of those at risk has the event, the competing event or neither."""
    share, other = events / at_risk, competing / at_risk
    stays = (at_risk - events - competing) / at_risk
    # What is drawn anew at this time: one of three ways for each person at risk, weighed by those still free.
    drawn = state.free**2 / at_risk
    return _State(
        free=state.free * stays,
        incidence=state.incidence + state.free * share,
        var_free=stays**2 * state.var_free + drawn * stays * (share + other),
        var_incidence=state.var_incidence
        + 2 * share * state.covariance
        + share**2 * state.var_free
        + drawn * share * (1 - share),
        covariance=stays * (state.covariance + share * state.var_free) - drawn * share * stays,
    )


def _interval(state: _State, z: float) -> tuple[float | None, float | None]:
    without = 1 - state.incidence
    if without >= 1 or without < _ROUNDING:
        return None, None
    upper, lower = find_log_log_interval(without, state.var_incidence / without**2, z)
    return (None, None) if upper is None or lower is None else (1 - lower, 1 - upper)


def _first_at_half(limits: Iterable[tuple[float, float | None]]) -> float:
    return next((time for time, limit in limits if limit is not None and limit >= _HALF - _ROUNDING), inf)
