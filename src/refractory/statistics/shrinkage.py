"""Proportions of small subgroups, drawn towards what the subgroups have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from refractory.statistics.association import estimate_freeman_halton
from refractory.statistics.distributions import check_level, find_root
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion

METHOD = "beta-binomial model of all subgroups, mean and quantiles of the posterior"
# Gauss-Legendre nodes for the common rate and for how strongly subgroups are drawn towards it.
_RATES = 128
_PULLS = 32
# Nodes that carry together less than this are left out of the quantiles.
_NEGLIGIBLE = 1e-10
# The range of common rates is cut into cells, so often, and kept where the log-likelihood is no further below its top.
_CELLS = 32
_TIMES_CLOSER = 4
_FAR_BELOW = 30.0
# How near the ends of an interval are found.
_END_FOUND = 1e-9
_MOST_CUTS = 120


@dataclass(frozen=True)
class ShrunkenSubgroups:
    """The proportions of subgroups, each alone and each in the light of the others.

    Args:
        raw: One per subgroup: the proportion by itself, with Clopper and Pearson's interval.
        shrunken: One per subgroup, in the same order: mean and equal-tailed interval of its posterior. A subgroup
            without persons has that of a further one.
        further: The rate that a subgroup not yet seen would have: mean and interval of what is to be expected of it.
        likeness: The correlation of two persons of one subgroup: 0 where subgroups do not differ, 1 where all of a
            subgroup answer alike; mean and interval of its posterior.
        heterogeneity: Freeman and Halton's exact test that the subgroups respond alike.
    """

    raw: tuple[Estimate, ...]
    shrunken: tuple[Estimate, ...]
    further: Estimate
    likeness: Estimate
    heterogeneity: Estimate


def derive_shrunken_proportions(
    responders: Sequence[int], evaluable: Sequence[int], *, level: float = 0.95
) -> ShrunkenSubgroups:
    """Derive the proportion of each subgroup, drawn towards the others the more the smaller it is.

    The rate of a subgroup is drawn from a beta distribution whose mean is the common rate m and which weighs as much
    as k persons. With n0 the harmonic mean of the sizes, the pull k / (k + n0), by which a subgroup of n0 persons is
    drawn towards m, and m itself are unknown, independent, and uniform between 0 and 1. All is summed over both. The
    likelihood is the exact binomial one, so that 3 of 3 and 6 of 6 need no correction, and because the pull is summed
    over and not fixed at its most likely value - in few small subgroups that is mostly 1, as if it were known that
    they are all alike - the intervals hold what is not known of it.

    Args:
        responders: One count per subgroup; subgroups do not overlap.
        evaluable: Persons of each subgroup.
        level: Probability of the intervals, between 0 and 1.

    Raises:
        ValueError: When there is no subgroup, the sequences differ in length, a subgroup has more responders than
            persons, or the level is not between 0 and 1.

    Source:
        Gelman et al., Bayesian Data Analysis, 3rd edition (2013), section 5.3, for the model; Daniels, Canadian Journal
        of Statistics 27 (1999) 567-578, for the uniform prior of the pull.

    Example:
        >>> found = derive_shrunken_proportions([3, 6, 10], [3, 6, 20])
        >>> [round(one.value, 2) for one in found.shrunken]
        [0.87, 0.9, 0.54]
    """
    check_level(level)
    if not responders or len(responders) != len(evaluable):
        raise ValueError("there is one count of responders and one of persons for each subgroup")
    raw = tuple(estimate_proportion(r, n, level) for r, n in zip(responders, evaluable, strict=True))
    grid = _Grid.build(responders, evaluable)
    persons = sum(evaluable)
    shrunken = tuple(
        _with_quantiles(grid.mean(*grid.shapes(r, n)), grid.weights, grid.shapes(r, n), n, level, r)
        for r, n in zip(responders, evaluable, strict=True)
    )
    further = _with_quantiles(grid.mean(*grid.shapes(0, 0)), grid.weights, grid.shapes(0, 0), persons, level, None)
    others = [(r, n - r) for r, n in zip(responders, evaluable, strict=True)]
    return ShrunkenSubgroups(
        raw, shrunken, further, grid.tell_likeness(persons, level), estimate_freeman_halton(others)
    )


@dataclass(frozen=True)
class _Grid:
    """Nodes of the common rate and of the likeness, with the posterior weight of each pair."""

    rates: Any
    likenesses: Any
    weights: Any
    typical: float

    @staticmethod
    def build(responders: Sequence[int], evaluable: Sequence[int]) -> _Grid:
        import numpy as np

        node, weight = np.polynomial.legendre.leggauss(_PULLS)
        # A cubic that is flat at both ends brings nodes to 0 and 1, where large subgroups that differ have their pull.
        pull, of_pull = _bend((node + 1) / 2), weight * (1 - node**2)
        pull = pull[:, None]
        sizes = [n for n in evaluable if n > 0] or [1]
        typical = len(sizes) / sum(1 / n for n in sizes)
        likeness = _find_likeness(pull, typical)
        counts = [(r, n) for r, n in zip(responders, evaluable, strict=True) if n > 0]
        low, high = _find_ranges(likeness, counts)
        # Of the rate as well, where the likelihood of 6 of 6 has its top.
        node, weight = np.polynomial.legendre.leggauss(_RATES)
        place = (node + 1) / 2
        rates = low + (high - low) * _bend(place)
        log_likelihood = _find_log_likelihood(rates, likeness, counts)
        of_rate = weight * place * (1 - place) * (high - low)
        weights = of_pull[:, None] * of_rate * np.exp(log_likelihood - np.max(log_likelihood))
        likenesses = np.broadcast_to(likeness, rates.shape)
        return _Grid(rates.ravel(), likenesses.ravel(), weights.ravel() / weights.sum(), typical)

    def shapes(self, responders: int, persons: int) -> tuple[Any, Any]:
        alpha, beta = _find_shapes(self.rates, self.likenesses)
        return alpha + responders, beta + persons - responders

    def mean(self, alpha: Any, beta: Any) -> float:
        return float((self.weights * alpha / (alpha + beta)).sum())

    def tell_likeness(self, persons: int, level: float) -> Estimate:
        value = float((self.weights * self.likenesses).sum())
        # The likeness falls with the pull: its lower end is the upper one of the pull.
        lower, upper = (
            _find_likeness(self._find_pull(share), self.typical) for share in ((1 + level) / 2, (1 - level) / 2)
        )
        return Estimate(EstimateKind.AGREEMENT, value, persons, METHOD, lower=lower, upper=upper, level=level)

    def _find_pull(self, share: float) -> float:
        """The pull that lies below its own posterior with the given probability.

        At the nodes of the pull its density is known, and with it the polynomial through all of them, in Legendre's
        terms, whose integral is the distribution.
        """
        import numpy as np

        node, _ = np.polynomial.legendre.leggauss(_PULLS)
        mass = self.weights.reshape(_PULLS, -1).sum(axis=1)
        terms = np.polynomial.legendre.legvander(node, _PULLS - 1) * (np.arange(_PULLS) + 0.5)
        reached = np.polynomial.legendre.legint(terms.T @ mass, lbnd=-1)
        end = find_root(lambda x: float(np.polynomial.legendre.legval(x, reached)), share, -1.0, 1.0)
        return float(_bend((end + 1) / 2))


def _bend(place: Any) -> Any:
    return place**2 * (3 - 2 * place)


def _find_likeness(pull: Any, typical: float) -> Any:
    return (1 - pull) / (1 - pull + typical * pull)


def _find_log_likelihood(rates: Any, likenesses: Any, counts: Sequence[tuple[int, int]]) -> Any:
    from scipy.special import betaln

    alpha, beta = _find_shapes(rates, likenesses)
    return sum((betaln(alpha + r, beta + n - r) - betaln(alpha, beta) for r, n in counts), start=0 * alpha)


def _find_ranges(likeness: Any, counts: Sequence[tuple[int, int]]) -> tuple[Any, Any]:
    """Between which common rates the likelihood counts, for each likeness: in large subgroups it is a thin line."""
    import numpy as np

    low, high = np.zeros(likeness.shape), np.ones(likeness.shape)
    for _ in range(_TIMES_CLOSER):
        middles = low + (high - low) * (np.arange(_CELLS) + 0.5) / _CELLS
        heights = _find_log_likelihood(middles, likeness, counts)
        is_near = heights > heights.max(axis=1, keepdims=True) - _FAR_BELOW
        first = is_near.argmax(axis=1)[:, None]
        last = _CELLS - 1 - is_near[:, ::-1].argmax(axis=1)[:, None]
        width = (high - low) / _CELLS
        low, high = low + width * np.maximum(first - 1, 0), low + width * np.minimum(last + 2, _CELLS)
    return low, high


def _find_shapes(rates: Any, likenesses: Any) -> tuple[Any, Any]:
    size = (1 - likenesses) / likenesses
    return rates * size, (1 - rates) * size


def _with_quantiles(
    mean: float, weights: Any, shapes: tuple[Any, Any], persons: int, level: float, responders: int | None
) -> Estimate:
    return Estimate(
        EstimateKind.PROPORTION,
        mean,
        persons,
        METHOD,
        lower=_find_quantile((1 - level) / 2, weights, *shapes),
        upper=_find_quantile((1 + level) / 2, weights, *shapes),
        level=level,
        numerator=responders,
        denominator=None if responders is None else persons,
    )


def _find_quantile(share: float, weights: Any, alpha: Any, beta: Any) -> float:
    """The value that a mixture of beta distributions stays below with the given probability.

    Newton's step is taken where it stays between the ends, else the middle.
    """
    import numpy as np
    from scipy.special import betainc, betaln

    ascending = np.argsort(weights)
    kept = ascending[np.cumsum(weights[ascending]) > _NEGLIGIBLE]
    weights, alpha, beta = weights[kept], alpha[kept], beta[kept]
    scale = betaln(alpha, beta)
    low, high, cut = 0.0, 1.0, 0.5
    for _ in range(_MOST_CUTS):
        surplus = float(weights @ betainc(alpha, beta, cut)) - share
        low, high = (cut, high) if surplus < 0 else (low, cut)
        if high - low < _END_FOUND:
            break
        density = float(weights @ np.exp((alpha - 1) * np.log(cut) + (beta - 1) * np.log1p(-cut) - scale))
        step = surplus / density if density > 0 else 1.0
        # A step that ends has found the end from one side only, so that the other never closes in.
        if abs(step) < _END_FOUND / 2:
            return cut - step
        cut = cut - step if low < cut - step < high else (low + high) / 2
    # A sharp rise nearer to an edge than can be told from it lies on the edge.
    return low if low == 0 else high if high == 1 else (low + high) / 2
