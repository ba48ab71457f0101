"""Time to an event when not everybody is followed to it: Kaplan-Meier, with intervals that stay between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt

from refractory.statistics.distributions import check_level, normal_quantile
from refractory.statistics.estimate import Estimate, EstimateKind

METHOD = "Kaplan-Meier, log-log interval"
NO_INTERVAL = "By then nobody, or everybody, has had the event: the curve has no interval there, and is not certain."
_HALF = 0.5
# A curve that reaches one half does so as a product of fractions, which may miss it by its last bit.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class SurvivalStep:
    """The Kaplan-Meier curve from one time of events to the next.

    Args:
        time: Time of the events.
        at_risk: Persons followed at least until then and without the event before.
        events: Events at that time.
        survival: Probability of being without the event after that time.
        lower: Lower end of its interval; None where there is none (the curve has reached 0).
        upper: Upper end of its interval; None where there is none.
    """

    time: float
    at_risk: int
    events: int
    survival: float
    lower: float | None
    upper: float | None


def derive_survival(
    event_times: Sequence[float], censored_times: Sequence[float], *, level: float = 0.95
) -> tuple[SurvivalStep, ...]:
    """Derive the Kaplan-Meier curve, with Greenwood's variance on the scale of log(-log).

    Who is censored at the time of an event was still at risk of it.

    Args:
        event_times: One time per person who had the event.
        censored_times: One time per person who was followed so long without it.
        level: Coverage of the interval at each time, between 0 and 1.

    Returns:
        One step per time with an event, in order.

    Raises:
        ValueError: When a time is not a finite number, or the level is no share.

    Source:
        Kaplan and Meier, JASA 53 (1958) 457-481; Kalbfleisch and Prentice, The Statistical Analysis of Failure Time
        Data (2002), section 1.4, for the interval.

    Example:
        >>> [(step.time, step.at_risk, round(step.survival, 3)) for step in derive_survival([6, 6, 6, 7], [6, 9])]
        [(6, 6, 0.5), (7, 2, 0.25)]
    """
    check_level(level)
    if not all(map(isfinite, (*event_times, *censored_times))):
        raise ValueError("a time is not a finite number")
    z = normal_quantile(1 - (1 - level) / 2)
    events, left = Counter(event_times), Counter((*event_times, *censored_times))
    at_risk, survival, variance = sum(left.values()), 1.0, 0.0
    steps = []
    for time in sorted(left):
        happened = events[time]
        if happened:
            survival *= (at_risk - happened) / at_risk
            if at_risk > happened:
                variance += happened / (at_risk * (at_risk - happened))
            steps.append(SurvivalStep(time, at_risk, happened, survival, *find_log_log_interval(survival, variance, z)))
        at_risk -= left[time]
    return tuple(steps)


def find_log_log_interval(survival: float, variance: float, z: float) -> tuple[float | None, float | None]:
    """Find the ends of an interval that is symmetric on the scale of log(-log).

    Args:
        survival: Share that is without the event, between 0 and 1.
        variance: Variance of its logarithm.
        z: Standard errors to either side.

    Returns:
        Both ends; None where the share is 0.
    """
    if survival <= 0:
        return None, None
    spread = exp(z * sqrt(variance) / -log(survival))
    return survival**spread, survival ** (1 / spread)


def estimate_median_time(
    event_times: Sequence[float], censored_times: Sequence[float], *, level: float = 0.95
) -> Estimate:
    """Estimate the time by which half of the persons have had the event.

    It is the first time at which the Kaplan-Meier curve is at one half or below. Its interval holds the times at
    which one half lies within the curve's own interval (Brookmeyer and Crowley): infinite where the curve's upper
    limit never comes down so far.

    Args:
        event_times: One time per person who had the event.
        censored_times: One time per person who was followed so long without it.
        level: Coverage of the interval, between 0 and 1.

    Returns:
        No value where the curve stays above one half, and none without persons.

    Raises:
        ValueError: When a time is not a finite number, or the level is no share.

    Source:
        Brookmeyer and Crowley, Biometrics 38 (1982) 29-41.

    Example:
        >>> e = estimate_median_time([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
        >>> e.value, e.lower, e.upper, e.n
        (23, 13, inf, 21)
    """
    steps = derive_survival(event_times, censored_times, level=level)
    n = len(event_times) + len(censored_times)
    if n == 0:
        return Estimate(EstimateKind.TIME, None, 0, METHOD)

    def first(limits: Sequence[tuple[float, float | None]]) -> float:
        return next((time for time, limit in limits if limit is not None and limit <= _HALF + _ROUNDING), inf)

    value = first([(step.time, step.survival) for step in steps])
    lower = first([(step.time, step.lower) for step in steps])
    upper = first([(step.time, step.upper) for step in steps])
    # Where the curve falls to 0 at once it has no lower limit, and the median itself is the earliest time.
    lower = min(lower, value)
    return Estimate(
        EstimateKind.TIME, None if value == inf else value, n, METHOD, lower=lower, upper=upper, level=level
    )


def estimate_probability_by(
    event_times: Sequence[float], censored_times: Sequence[float], *, time: float, level: float = 0.95
) -> Estimate:
    """Estimate the probability of having had the event by a time: one less the Kaplan-Meier curve.

    Args:
        event_times: One time per person who had the event.
        censored_times: One time per person who was followed so long without it.
        time: The time; the curve beyond the last person followed is not known.
        level: Coverage of the interval, between 0 and 1.

    Returns:
        No value when nobody is followed so long and the curve has not fallen to 0, and none without persons. No
        interval, and the reason in `note`, where the curve is still at 1 or has fallen to 0.

    Raises:
        ValueError: When a time is not a finite number, or the level is no share.

    Example:
        >>> e = estimate_probability_by([6, 6, 6, 7], [6, 9], time=8)
        >>> e.value, e.n
        (0.75, 6)
    """
    steps = derive_survival(event_times, censored_times, level=level)
    n = len(event_times) + len(censored_times)
    until = max((*event_times, *censored_times), default=-inf)
    is_over = bool(steps) and steps[-1].survival == 0
    if n == 0 or (until < time and not is_over):
        return Estimate(EstimateKind.PROPORTION, None, n, METHOD)
    past = [step for step in steps if step.time <= time]
    if not past:
        return Estimate(EstimateKind.PROPORTION, 0.0, n, METHOD, note=NO_INTERVAL)
    last = past[-1]
    if last.lower is None or last.upper is None:
        return Estimate(EstimateKind.PROPORTION, 1 - last.survival, n, METHOD, note=NO_INTERVAL)
    return Estimate(
        EstimateKind.PROPORTION, 1 - last.survival, n, METHOD, lower=1 - last.upper, upper=1 - last.lower, level=level
    )
