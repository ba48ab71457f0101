"""Events per unit of time: exact intervals, the ratio of two rates, and persons who differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, inf, isfinite, sqrt

from refractory.statistics.distributions import (
    binomial_at_least,
    check_level,
    gamma_quantile,
    gamma_upper_tail,
    student_quantile,
)
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

NO_TIME = "Nobody was followed for any time."
NO_EVENTS = "There is no event in either group: any ratio fits."
NO_EVENT_IN_SECOND = "There is no event in group 2: the ratio has a lower bound and no upper one."
NO_EVENT_IN_FIRST = "There is no event in group 1: the ratio has an upper bound and no lower one."
TOO_FEW_PERSONS = "Fewer than two persons with time: how far persons differ cannot be told."
NO_EVENT = "There is no event: how far persons differ cannot be told."
# A dispersion that equal persons would reach less often than this is told.
_SURPRISING = 0.05


def estimate_rate(events: int, time: float, *, per: float = 1, level: float = 0.95) -> Estimate:
    """Estimate a rate of events with the exact interval of Garwood.

    Each end is the rate at which the observed number of events, or one further out, would be seen with half of the
    probability left over. Events are taken to come one by one and independently; where persons differ, the interval
    is too narrow.

    Args:
        events: Events counted.
        time: Time in which they were counted, all persons together; cycles count as time too.
        per: Units of time that the rate is for (100 for events per 100 units).
        level: Coverage of the interval, between 0 and 1; kept at least.

    Returns:
        The rate; `n` is the events that it rests on. No value without time.

    Raises:
        ValueError: When a count or a time is negative, or the level is no share.

    Source:
        Garwood, Biometrika 28 (1936) 437-442.

    Example:
        >>> e = estimate_rate(10, 250, per=100)
        >>> e.value, round(e.lower, 4), round(e.upper, 4)
        (4.0, 1.9182, 7.3561)
    """
    check_level(level)
    _check_counted(events, time)
    method = "Poisson rate, Garwood's exact interval"
    if time == 0:
        return Estimate(EstimateKind.RATE, None, events, method, note=NO_TIME)
    tail, scale = (1 - level) / 2, per / time
    return Estimate(
        EstimateKind.RATE,
        events * scale,
        events,
        method,
        lower=gamma_quantile(tail, events) * scale if events else 0.0,
        upper=gamma_quantile(1 - tail, events + 1) * scale,
        level=level,
    )


def estimate_rate_ratio(events1: int, time1: float, events2: int, time2: float, *, level: float = 0.95) -> Estimate:
    """Estimate the rate of group 1 over that of group 2, exactly, given how many events there were in all.

    Of all events those of group 1 are then a binomial count, whose Clopper-Pearson interval is turned into one of the
    ratio. P is twice the smaller tail at a ratio of 1, so that it is below 1 - level where the interval leaves out 1.

    Args:
        events1: Events of group 1.
        time1: Time in which they were counted.
        events2: Events of group 2.
        time2: Time in which they were counted.
        level: Coverage of the interval, between 0 and 1; kept at least.

    Returns:
        The ratio; `n` is the events of both. Without events in one group it is 0 or infinite and has one bound; without
        any event, or without time, it has no value. `note` says so.

    Raises:
        ValueError: When a count or a time is negative, or the level is no share.

    Source:
        Przyborowski and Wilenski, Biometrika 31 (1940) 313-323; Clopper and Pearson, Biometrika 26 (1934) 404-413.

    Example:
        >>> e = estimate_rate_ratio(11, 800, 21, 3011)
        >>> round(e.value, 4), round(e.lower, 4), round(e.upper, 4)
        (1.9715, 0.8584, 4.2773)
    """
    check_level(level)
    _check_counted(events1, time1)
    _check_counted(events2, time2)
    method = "Poisson rate ratio, conditional exact interval"
    n = events1 + events2
    if time1 == 0 or time2 == 0 or n == 0:
        return Estimate(EstimateKind.RATIO, None, n, method, note=NO_EVENTS if time1 and time2 else NO_TIME)
    share, relative, alike = estimate_proportion(events1, n, level), time2 / time1, time1 / (time1 + time2)
    at_least, at_most = binomial_at_least(events1, n, alike), binomial_at_least(events2, n, 1 - alike)
    return Estimate(
        EstimateKind.RATIO,
        events1 / events2 * relative if events2 else inf,
        n,
        method,
        lower=_odds(share.lower) * relative,
        upper=_odds(share.upper) * relative,
        level=level,
        p_value=min(1.0, 2 * min(at_least, at_most)),
        note="" if events1 and events2 else NO_EVENT_IN_FIRST if events2 else NO_EVENT_IN_SECOND,
    )


def estimate_dispersion(events: Sequence[int], times: Sequence[float]) -> Estimate:
    """Estimate how much more the counts of persons vary than if all had one rate: Pearson's statistic per degree.

    Args:
        events: One count per person.
        times: One time per person, in the same order; who has none is left out.

    Returns:
        About 1 where persons are alike, above 1 where some have many and others none; P, by the chi-squared
        distribution, is of 1 or less, and approximate where persons have few events each. No value, and the
        reason in `note`, below two persons and without events.

    Raises:
        ValueError: When there are not as many times as counts, or one is negative.

    Source:
        McCullagh and Nelder, Generalized Linear Models, 2nd edition (1989), section 6.2.3.

    Example:
        >>> e = estimate_dispersion([0, 0, 0, 8], [1, 1, 1, 1])
        >>> e.value, round(e.p_value, 6)
        (8.0, 2.5e-05)
    """
    kept = _pair(events, times)
    n, total, whole = len(kept), sum(count for count, _ in kept), sum(time for _, time in kept)
    method = "Pearson dispersion"
    if n < 2 or total == 0:
        return Estimate(EstimateKind.RATIO, None, n, method, note=TOO_FEW_PERSONS if n < 2 else NO_EVENT)
    expected = [total * time / whole for _, time in kept]
    statistic = sum((count - mean) ** 2 / mean for (count, _), mean in zip(kept, expected, strict=True))
    p_value = gamma_upper_tail(statistic / 2, (n - 1) / 2)
    return Estimate(EstimateKind.RATIO, statistic / (n - 1), n, method, p_value=p_value)


def estimate_rate_of_persons(
    events: Sequence[int], times: Sequence[float], *, per: float = 1, level: float = 0.95
) -> Estimate:
    """Estimate the rate of events of all persons together with Garwood's interval, and say where persons differ.

    Args:
        events: One count per person.
        times: One time per person, in the same order; cycles count as time too.
        per: Units of time that the rate is for.
        level: Coverage of the interval, between 0 and 1; kept at least where persons are alike.

    Returns:
        The rate; where the counts vary more than chance explains (P below 0.05), `note` says how much.

    Raises:
        ValueError: When there are not as many times as counts, one is negative, or the level is no share.

    Example:
        >>> estimate_rate_of_persons([0, 0, 0, 8], [6, 6, 6, 6]).note
        'The counts of persons vary 8.0 times as much as one rate for all explains: this interval is too narrow.'
    """
    kept = _pair(events, times)
    rate = estimate_rate(sum(count for count, _ in kept), sum(time for _, time in kept), per=per, level=level)
    dispersion = estimate_dispersion(events, times)
    if dispersion.value is None or dispersion.p_value is None or dispersion.p_value >= _SURPRISING:
        return rate
    varies = f"The counts of persons vary {dispersion.value:.1f} times as much as one rate for all explains"
    return replace(rate, note=f"{varies}: this interval is too narrow.")


def estimate_rate_between_persons(
    events: Sequence[int], times: Sequence[float], *, per: float = 1, level: float = 0.95
) -> Estimate:
    """Estimate the rate of events with an interval that allows persons to differ.

    The persons, not the events, are what was drawn: the spread of their counts about the common rate gives the
    standard error of its logarithm, with Student's t of one degree less than persons.

    Args:
        events: One count per person.
        times: One time per person, in the same order; cycles count as time too.
        per: Units of time that the rate is for.
        level: Coverage of the interval, between 0 and 1; kept in large samples only.

    Returns:
        The rate; `n` is the persons with time. No interval, and the reason in `note`, below two persons and
        without events.

    Raises:
        ValueError: When there are not as many times as counts, one is negative, or the level is no share.

    Source:
        Cochran, Sampling Techniques, 3rd edition (1977), section 6.3, for the ratio of two means of one sample.

    Example:
        >>> e = estimate_rate_between_persons([1, 2, 3, 2], [1, 1, 1, 1])
        >>> e.value, round(e.lower, 3), round(e.upper, 3)
        (2.0, 1.044, 3.83)
    """
    check_level(level)
    kept = _pair(events, times)
    n, total, whole = len(kept), sum(count for count, _ in kept), sum(time for _, time in kept)
    method = "rate, robust interval between persons"
    if n == 0:
        return Estimate(EstimateKind.RATE, None, 0, method, note=NO_TIME)
    rate = total / whole
    if n < 2 or total == 0:
        return Estimate(EstimateKind.RATE, rate * per, n, method, note=NO_EVENT if n > 1 else TOO_FEW_PERSONS)
    spread = sum((count - rate * time) ** 2 for count, time in kept) * n / (n - 1)
    factor = exp(student_quantile((1 + level) / 2, n - 1) * sqrt(spread) / total)
    value = rate * per
    return Estimate(EstimateKind.RATE, value, n, method, lower=value / factor, upper=value * factor, level=level)


def _check_counted(events: int, time: float) -> None:
    if events < 0 or time < 0 or not isfinite(time):
        raise ValueError("a count and a time are not negative, and a time is finite")
    if events and not time:
        raise ValueError("an event cannot be counted in no time")


def _pair(events: Sequence[int], times: Sequence[float]) -> list[tuple[int, float]]:
    """The counts with their times, without those who were followed for none."""
    if len(events) != len(times):
        raise ValueError(f"{len(events)} counts cannot be paired with {len(times)} times")
    for count, time in zip(events, times, strict=True):
        _check_counted(count, time)
    return [(count, time) for count, time in zip(events, times, strict=True) if time]


def _odds(share: float | None) -> float:
    return inf if share is None or share >= 1 else share / (1 - share)
