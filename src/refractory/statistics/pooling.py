"""One proportion of several sites that share nothing but their counts: the binomial-normal model, summed exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log, pi, sqrt
from typing import Any

from refractory.statistics.distributions import (
    check_level,
    chi_square_quantile,
    chi_square_upper_tail,
    find_root,
    student_quantile,
)
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.penalised_likelihood import find_between
from refractory.statistics.proportions import estimate_proportion

METHOD = "random-intercept logistic model, Student's t"
TEST = "likelihood ratio test, half of chi-square"
SPREAD = "standard deviation of the sites' log odds, maximum likelihood"
NOBODY = "No site has a person."
ONE_SITE = "There is one site: how far sites differ cannot be told, and the interval is that of its persons alone."
TWO_SITES = "There are two sites: their interval is so wide because two say next to nothing of how far sites differ."
TOO_FEW_TO_PREDICT = "What a further site would have cannot be told from fewer than three."
ALL_ALIKE = "Everybody responded, or nobody, at every site: how far sites differ cannot be told."
# The log odds of a site are summed in even steps around their most likely place: so far, and in such steps, in standard
# deviations there. Where nobody of a site responded the sum has a long side, which Gauss-Hermite nodes miss.
_REACH = 18.0
_STEP = 0.15
# Standard deviations between sites among which the likeliest is sought; at 6 a site in six lies beyond 0.9975.
_SPREADS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.4, 2.0, 2.8, 4.0, 6.0)
# Spreads over which a further site is foretold, closer near 0.
_SPREADS_FORETOLD = tuple(8.0 * (place / 40) ** 2 for place in range(41))
_FEWEST_TO_PREDICT = 3
_FURTHEST = 30.0
_MOST_STEPS = 100
_SMALLEST = 1e-4


@dataclass(frozen=True)
class PooledProportion:
    """What several sites say together.

    Args:
        pooled: The proportion of the typical site, whose log odds lie in the middle of all sites'.
        spread: Standard deviation of the sites' log odds (tau), with the interval of its profile likelihood.
        test: Likelihood ratio test that the sites do not differ.
        further: What is to be expected of a site not yet seen: the same value, with a prediction interval.
        log_odds: Logarithm of the odds of the typical site; None where it has no finite value.
        log_likelihood: The largest, with the binomial coefficients left out.
    """

    pooled: Estimate
    spread: Estimate
    test: Estimate
    further: Estimate
    log_odds: float | None
    log_likelihood: float | None


def derive_pooled_proportion(
    responders: Sequence[int], evaluable: Sequence[int], *, level: float = 0.95
) -> PooledProportion:
    """Derive the proportion of the typical site from the counts of each, and how far sites differ.

    The log odds of a site are drawn from a normal distribution, and its responders are a binomial count: 0 of 3 and
    8 of 8 need no correction. The likelihood is summed over the unknown log odds of each site. The interval is
    symmetric on the scale of log odds and takes Student's t with one degree fewer than sites, for few sites say little
    of how far they differ.

    Args:
        responders: Persons counted at each site.
        evaluable: Persons of each site; a site without persons is left out.
        level: Coverage of the intervals, between 0 and 1; kept about, where sites are normal (docs/simulation.md).

    Returns:
        With one site its own proportion and Clopper and Pearson's interval; where everybody or nobody responded at
        all sites the value 1 or 0 and the interval of all persons together, with the reason in `note`.

    Raises:
        ValueError: When the sequences differ in length, a site has more responders than persons, or the level is not
            between 0 and 1.

    Source:
        Stijnen, Hamza and Ozdemir, Statistics in Medicine 29 (2010) 3046-3067, for the model; Self and Liang, J Am Stat
        Assoc 82 (1987) 605-610, for the test at the edge; Higgins, Thompson and Spiegelhalter, J R Stat Soc A 172
        (2009) 137-159, for a further site.

    Example:
        >>> found = derive_pooled_proportion([8, 13, 5, 20], [10, 15, 9, 22])
        >>> round(found.pooled.value, 4), round(found.spread.value, 4)
        (0.8194, 0.3809)
    """
    check_level(level)
    if len(responders) != len(evaluable):
        raise ValueError("there is one count of responders and one of persons for each site")
    if any(not 0 <= r <= n for r, n in zip(responders, evaluable, strict=True)):
        raise ValueError("a site cannot have more responders than persons")
    sites = [(r, n) for r, n in zip(responders, evaluable, strict=True) if n > 0]
    counted, persons = sum(r for r, _ in sites), sum(n for _, n in sites)
    if len(sites) < 2 or counted in (0, persons):
        note = NOBODY if not sites else ONE_SITE if len(sites) == 1 else ALL_ALIKE
        return _build_plain(counted, persons, level, note)
    return _pool(_Sites.build(sites), counted, persons, level)


@dataclass(frozen=True)
class _Top:
    """Where the likelihood is largest: log odds of the typical site, spread between sites, and how large it is."""

    centre: float
    spread: float
    log_likelihood: float


@dataclass(frozen=True)
class _Sites:
    """The counts, and the steps over which the log odds of each site are summed."""

    responders: Any
    persons: Any
    steps: Any

    @staticmethod
    def build(sites: Sequence[tuple[int, int]]) -> _Sites:
        import numpy as np

        counts = np.array(sites, dtype=float)
        return _Sites(counts[:, 0], counts[:, 1], np.arange(-_REACH, _REACH + _STEP / 2, _STEP))

    def look(self, centre: float, spread: float) -> tuple[float, float, float]:
        """The log-likelihood, and its slopes in the centre and in the spread."""
        import numpy as np

        place = np.zeros(len(self.persons))
        for _ in range(_MOST_STEPS):
            rate = 1 / (1 + np.exp(-(centre + spread * place)))
            bend = self.persons * spread**2 * rate * (1 - rate) + 1
            step = (spread * (self.responders - self.persons * rate) - place) / bend
            place = place + np.clip(step, -2.0, 2.0)
            if np.abs(step).max() < 1e-12:
                break
        rate = 1 / (1 + np.exp(-(centre + spread * place)))
        width = np.sqrt(1 / (self.persons * spread**2 * rate * (1 - rate) + 1))
        own = place[:, None] + width[:, None] * self.steps
        linear = centre + spread * own
        heights = self.responders[:, None] * linear - self.persons[:, None] * np.logaddexp(0, linear) - own**2 / 2
        top = heights.max(axis=1, keepdims=True)
        masses = np.exp(heights - top)
        sums = masses.sum(axis=1)
        log_likelihood = float((np.log(sums) + top[:, 0] + np.log(width * _STEP / sqrt(2 * pi))).sum())
        surplus = self.responders[:, None] - self.persons[:, None] * np.exp(-np.logaddexp(0, -linear))
        of_centre = float(((masses * surplus).sum(axis=1) / sums).sum())
        return log_likelihood, of_centre, float(((masses * surplus * own).sum(axis=1) / sums).sum())

    def find_centre(self, spread: float) -> _Top:
        """The likeliest centre at a given spread: the slope falls all the way."""
        start = log(self.responders.sum() / (self.persons - self.responders).sum())
        start_slope, reach = self.look(start, spread)[1], 0.25
        way = 1 if start_slope > 0 else -1
        near, of_near = start, start_slope
        while True:
            far = start + way * reach
            of_far = self.look(far, spread)[1]
            if of_far * way <= 0:
                break
            near, of_near, reach = far, of_far, 2 * reach
        # Along the way that rises the slope falls from above 0 to below.
        centre = find_between(lambda at: -way * self.look(at, spread)[1], near, -way * of_near, far, -way * of_far)
        return _Top(centre, spread, self.look(centre, spread)[0])

    def find_top(self) -> _Top:
        """The likeliest spread, with the likeliest centre at each."""
        tried = [self.find_centre(spread) for spread in _SPREADS]
        best = max(range(len(tried)), key=lambda place: tried[place].log_likelihood)

        def fall(spread: float) -> float:
            return -self.look(self.find_centre(spread).centre, spread)[2]

        # From 0 the likelihood rises or falls with the square of the spread: its slope tells just beyond.
        if best <= 1 and fall(_SMALLEST) >= 0:
            return tried[0]
        low = _SPREADS[max(best - 1, 0)] or _SMALLEST
        high = _SPREADS[best + 1] if best + 1 < len(_SPREADS) else 5 * _SPREADS[best]
        return self.find_centre(_find_zero(fall, low, high))


def _pool(sites: _Sites, counted: int, persons: int, level: float) -> PooledProportion:
    top = sites.find_top()
    degrees = len(sites.persons) - 1
    reach = student_quantile((1 + level) / 2, degrees) * _find_error(sites, top)
    pooled = Estimate(
        EstimateKind.PROPORTION, _to_share(top.centre), persons, METHOD, lower=_to_share(top.centre - reach),
        upper=_to_share(top.centre + reach), level=level, numerator=counted, denominator=persons,
        note=TWO_SITES if degrees == 1 else "",
    )  # fmt: skip
    gain = max(0.0, 2 * (top.log_likelihood - sites.find_centre(0.0).log_likelihood))
    # Half of the time the likelihood falls from 0 on, where the sites do not differ.
    p_value = chi_square_upper_tail(gain, 1) / 2 if gain > 0 else 1.0
    test = Estimate(EstimateKind.TEST, p_value, persons, TEST, p_value=p_value)
    further = _predict(sites, top, replace(pooled, lower=None, upper=None, note=""), level)
    spread = _tell_spread(sites, top, persons, level)
    return PooledProportion(pooled, spread, test, further, top.centre, top.log_likelihood)


def _tell_spread(sites: _Sites, top: _Top, persons: int, level: float) -> Estimate:
    allowed = chi_square_quantile(level, 1) / 2

    def fallen(spread: float) -> float:
        return top.log_likelihood - sites.find_centre(spread).log_likelihood

    lower = 0.0 if fallen(0.0) <= allowed else _find_zero(lambda s: allowed - fallen(s), 0.0, top.spread)
    far = max(1.0, 2 * top.spread)
    while fallen(far) < allowed and far < _FURTHEST:
        far *= 2
    upper = _find_zero(lambda s: fallen(s) - allowed, top.spread, far) if fallen(far) >= allowed else inf
    return Estimate(EstimateKind.SHIFT, top.spread, persons, SPREAD, lower=lower, upper=upper, level=level)


def _find_zero(rising: Callable[[float], float], low: float, high: float) -> float:
    return find_between(rising, low, rising(low), high, rising(high))


def find_error_of_centre(responders: Sequence[int], evaluable: Sequence[int], centre: float, spread: float) -> float:
    """Find the standard error of the typical site's log odds, from the curvature of the likelihood.

    Args:
        responders: Persons counted at each site.
        evaluable: Persons of each site, at least one.
        centre: The likeliest log odds of the typical site.
        spread: The likeliest standard deviation between sites; at 0 its own uncertainty has no part in the error.

    Example:
        >>> round(find_error_of_centre([8, 13, 5, 20], [10, 15, 9, 22], 1.5125, 0.3809), 2)
        0.4
    """
    sites = _Sites.build(list(zip(responders, evaluable, strict=True)))
    return _find_error(sites, _Top(centre, spread, 0.0))


def _find_error(sites: _Sites, top: _Top) -> float:
    step = 1e-4
    up, down = (sites.look(top.centre + way * step, top.spread) for way in (1, -1))
    of_centre, of_both = (down[1] - up[1]) / (2 * step), (down[2] - up[2]) / (2 * step)
    if top.spread <= _SMALLEST:
        return 1 / sqrt(of_centre)
    wider, narrower = (sites.look(top.centre, top.spread + way * step)[2] for way in (1, -1))
    of_spread = (narrower - wider) / (2 * step)
    left = of_centre - of_both**2 / of_spread if of_spread > 0 else of_centre
    return 1 / sqrt(left if left > 0 else of_centre)


def _predict(sites: _Sites, top: _Top, plain: Estimate, level: float) -> Estimate:
    """What a further site would have, over all spreads between sites, each as likely as its profile likelihood is.

    The likeliest spread is often 0 in few sites, and an interval that took it for known would be much too narrow.
    """
    import numpy as np
    from scipy.special import ndtr

    method = "random-intercept logistic model, prediction over all spreads"
    if len(sites.persons) < _FEWEST_TO_PREDICT:
        return replace(plain, method=method, note=TOO_FEW_TO_PREDICT)
    tried = [sites.find_centre(float(spread)) for spread in _SPREADS_FORETOLD]
    weights = np.exp([one.log_likelihood - top.log_likelihood for one in tried])
    # The steps between spreads grow with the spread.
    weights *= np.gradient(_SPREADS_FORETOLD)
    weights /= weights.sum()
    centres = np.array([one.centre for one in tried])
    widths = np.sqrt([1 / -_find_slope(sites, one) + one.spread**2 for one in tried])

    def reached(log_odds: float) -> float:
        return float(weights @ ndtr((log_odds - centres) / widths))

    ends = [find_root(reached, share, -_FURTHEST, _FURTHEST) for share in ((1 - level) / 2, (1 + level) / 2)]
    return replace(plain, method=method, lower=_to_share(ends[0]), upper=_to_share(ends[1]))


def _find_slope(sites: _Sites, at: _Top) -> float:
    """The second derivative of the log-likelihood in the centre, the spread held."""
    up, down = (sites.look(at.centre + way * _SMALLEST, at.spread)[1] for way in (1, -1))
    return min((up - down) / (2 * _SMALLEST), -1e-6)


def _build_plain(counted: int, persons: int, level: float, note: str) -> PooledProportion:
    pooled = replace(estimate_proportion(counted, persons, level), note=note)
    nothing = Estimate(EstimateKind.SHIFT, None, persons, SPREAD, level=level, note=note)
    test = Estimate(EstimateKind.TEST, None, persons, TEST, note=note)
    further = replace(pooled, lower=None, upper=None, note=note)
    share = counted / persons if persons else 0
    log_odds = log(share / (1 - share)) if 0 < share < 1 else None
    return PooledProportion(pooled, nothing, test, further, log_odds, None)


def _to_share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds > -700 else 0.0
