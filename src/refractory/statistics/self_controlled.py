"""Each person as their own control: the rate of events in a risk window over that in control time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log

from refractory.statistics.distributions import (
    binomial_probabilities,
    check_level,
    find_root,
    solve_odds_ratio,
)
from refractory.statistics.estimate import Estimate, EstimateKind

NOBODY = "No person has both kinds of time and an event: nothing can be compared within persons."
ALL_IN_RISK = "All events lie in risk windows: the ratio has a lower bound and no upper one."
NONE_IN_RISK = "No event lies in a risk window: the ratio has an upper bound and no lower one."
# The logarithm of a ratio beyond which nothing is looked for; exp overflows a little above.
_FURTHEST = 700.0


@dataclass(frozen=True)
class WindowCounts:
    """What one person had, and for how long, in the risk window and outside it.

    Args:
        risk_events: Events in the risk window.
        risk_days: Days of the risk window that the person was observed in.
        control_events: Events in the control time.
        control_days: Days of control time.
    """

    risk_events: int
    risk_days: float
    control_events: int
    control_days: float


def estimate_self_controlled_ratio(persons: Sequence[WindowCounts], *, level: float = 0.95) -> Estimate:
    """Estimate the rate of events in risk windows over that in control time, within persons, exactly.

    Given how many events a person had in all, those in the risk window are a binomial count, in which the person's
    own rate has no part: what differs between persons and stays within them cannot bias the ratio. One ratio is taken
    to hold for all. The value is the conditional maximum likelihood estimate (that of conditional Poisson regression).
    The distribution of all risk events together is the persons' binomials folded into one another; each end of the
    interval is the ratio at which the observed number, or one further out, would be seen with half of the probability
    left over. P is twice the smaller tail at a ratio of 1. It needs events that come independently, and that change
    neither the window nor the observation after them; death does.

    Args:
        persons: One row per person. Who has no event, no day of risk or no day of control says nothing and changes
            nothing.
        level: Coverage of the interval, between 0 and 1; kept at least.

    Returns:
        The ratio; `n` is the persons that count, numerator the events in risk windows, denominator all their events.
        With all events on one side it is 0 or infinite and has one bound; without any it has no value. `note` says so.

    Raises:
        ValueError: When a count or a time is negative, an event lies in no time, or the level is no share.

    Source:
        Farrington, Biometrics 51 (1995) 228-235, for the likelihood; Clopper and Pearson, Biometrika 26 (1934) 404-413,
        for the tails.

    Example:
        >>> e = estimate_self_controlled_ratio([WindowCounts(4, 30, 3, 90), WindowCounts(2, 14, 5, 200)])
        >>> round(e.value, 3), round(e.lower, 3), round(e.upper, 3), e.n
        (4.691, 1.228, 16.998, 2)
    """

    def weigh(place: int, last: int, at_or_beyond: bool) -> list[float]:
        return [float(k >= place if at_or_beyond else k > place) for k in range(last + 1)]

    return _estimate(persons, level, "conditional maximum likelihood within persons, exact interval", weigh)


def estimate_self_controlled_ratio_mid_p(persons: Sequence[WindowCounts], *, level: float = 0.95) -> Estimate:
    """Estimate the same ratio with the mid-P interval: the exact one with the observed number counted half.

    Args:
        persons: One row per person.
        level: Coverage of the interval, between 0 and 1; kept on average, not at every ratio.

    Raises:
        ValueError: When a count or a time is negative, an event lies in no time, or the level is no share.

    Source:
        Lancaster, J Am Stat Assoc 56 (1961) 223-234.

    Example:
        >>> e = estimate_self_controlled_ratio_mid_p([WindowCounts(4, 30, 3, 90), WindowCounts(2, 14, 5, 200)])
        >>> round(e.value, 3), round(e.lower, 3), round(e.upper, 3)
        (4.691, 1.407, 15.045)
    """

    def weigh(place: int, last: int, at_or_beyond: bool) -> list[float]:
        return [(float(k >= place) + float(k > place)) / 2 for k in range(last + 1)]

    return _estimate(persons, level, "conditional maximum likelihood within persons, mid-P interval", weigh)


_Weigh = Callable[[int, int, bool], list[float]]


def _estimate(persons: Sequence[WindowCounts], level: float, method: str, weigh: _Weigh) -> Estimate:
    check_level(level)
    kept = [person for person in persons if _says_something(person)]
    # Persons with the same odds that an event falls into the window are one binomial.
    by_odds: Counter[float] = Counter()
    for person in kept:
        by_odds[log(person.risk_days) - log(person.control_days)] += person.risk_events + person.control_events
    place, last = sum(person.risk_events for person in kept), by_odds.total()
    if last == 0:
        return Estimate(EstimateKind.RATIO, None, 0, method, numerator=0, denominator=0, note=NOBODY)
    # Folded at a ratio near the data, so that what underflows is what the data speak against.
    near = _find_log_ratio(by_odds, min(max(place, 0.5), last - 0.5))
    folded, tail = _fold(by_odds, near), (1 - level) / 2
    central = [log(probability) if probability > 0 else -inf for probability in folded]
    lower = exp(near) * solve_odds_ratio(central, tail, weigh(place, last, True)) if place else 0.0
    upper = exp(near) * solve_odds_ratio(central, 1 - tail, weigh(place, last, False)) if place < last else inf
    value = exp(near) if 0 < place < last else 0.0 if place == 0 else inf
    alike = _fold(by_odds, 0.0)
    beyond, within = weigh(place, last, True), weigh(place, last, False)
    at_least = sum(weight * p for weight, p in zip(beyond, alike, strict=True))
    at_most = sum((1 - weight) * p for weight, p in zip(within, alike, strict=True))
    return Estimate(
        EstimateKind.RATIO,
        value,
        len(kept),
        method,
        lower=lower,
        upper=upper,
        level=level,
        numerator=place,
        denominator=last,
        p_value=min(1.0, 2 * min(at_least, at_most)),
        note="" if 0 < place < last else ALL_IN_RISK if place else NONE_IN_RISK,
    )


def _says_something(person: WindowCounts) -> bool:
    for events, days in ((person.risk_events, person.risk_days), (person.control_events, person.control_days)):
        if events < 0 or days < 0 or not isfinite(days):
            raise ValueError("a count and a number of days are not negative, and the days are finite")
        if events and not days:
            raise ValueError("an event cannot be counted in no time")
    has_both = person.risk_days > 0 and person.control_days > 0
    return has_both and person.risk_events + person.control_events > 0


def _find_log_ratio(by_odds: Counter[float], target: float) -> float:
    """The logarithm of the ratio at which so many events are expected in the risk windows."""

    def expected(log_ratio: float) -> float:
        return sum(count * _share(log_odds + log_ratio) for log_odds, count in by_odds.items())

    return find_root(expected, target, -_FURTHEST, _FURTHEST)


def _fold(by_odds: Counter[float], log_ratio: float) -> list[float]:
    """Probability of 0, 1, ... events in the risk windows of all persons together."""
    from numpy import array, convolve

    folded = array([1.0])
    for log_odds, count in by_odds.items():
        folded = convolve(folded, binomial_probabilities(count, _share(log_odds + log_ratio)))
    return [float(probability) for probability in folded]


def _share(log_odds: float) -> float:
    """The share of events that falls into a window with these odds, without overflow on either side."""
    return 1 / (1 + exp(-log_odds)) if log_odds > 0 else exp(log_odds) / (1 + exp(log_odds))
