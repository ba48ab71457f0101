"""How far a score falls by chance alone in persons who were chosen because it was high."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, fsum, isfinite, pi, sqrt
from typing import Any

from refractory.statistics.distributions import normal_upper_tail

# Gauss-Legendre nodes over the scores of those chosen, up to so many standard deviations beyond the cut-off.
_NODES = 200
_FAR = 12.0


@dataclass(frozen=True)
class RegressionToMean:
    """What is to be expected of a score at baseline and later when nothing happens in between.

    Args:
        share_chosen: Share of the population that reaches the cut-off.
        baseline: Mean baseline of those chosen.
        later: Their mean at a later single measurement.
        fall: Baseline minus later: how far the mean falls by chance alone.
    """

    share_chosen: float
    baseline: float
    later: float
    fall: float


def find_regression_to_mean(
    mean: float, sd: float, *, reliability: float, cutoff: float, baselines: int = 1
) -> RegressionToMean:
    """Find how far the mean score falls by chance alone in persons chosen for a baseline at or above a cut-off.

    A score is the person's own level plus what differs from one measurement to the next, both normal. Of a high
    baseline a part was luck, and luck does not come twice. A baseline that is the mean of several measurements holds
    less of it.

    Args:
        mean: Mean of the score in the population from which persons were chosen, in the unit of the score.
        sd: Standard deviation of a single measurement there.
        reliability: Correlation of two measurements of one person who does not change, between 0 and 1.
        cutoff: Those with a baseline at or above it were chosen.
        baselines: Measurements of which the baseline is the mean.

    Raises:
        ValueError: When the standard deviation is not positive, the reliability is no share, there is no baseline, or
            the cut-off is so high that nobody reaches it.

    Source:
        Davis, Am J Epidemiol 104 (1976) 493-498; Barnett, van der Pols and Dobson, Int J Epidemiol 34 (2005) 215-220;
        Linden, BMC Med Res Methodol 13 (2013) 119.

    Example:
        >>> found = find_regression_to_mean(20, 10, reliability=0.8, cutoff=20)
        >>> round(found.baseline, 3), round(found.later, 3), round(found.fall, 3)
        (27.979, 26.383, 1.596)
    """
    _check_population(mean, sd, reliability, cutoff)
    if baselines < 1:
        raise ValueError("a baseline is the mean of at least one measurement")
    between = reliability * sd**2
    spread = sqrt(between + (sd**2 - between) / baselines)
    z = (cutoff - mean) / spread
    share = _find_share_chosen(z)
    above = spread * exp(-z * z / 2) / sqrt(2 * pi) / share
    later = mean + above * between / spread**2
    return RegressionToMean(share, mean + above, later, mean + above - later)


def find_fall_of_these(baselines: Sequence[float], *, mean: float, reliability: float) -> float:
    """Find how far the mean of these persons falls by chance alone, whatever the rule that chose them by baseline.

    Each person is expected to come back towards the mean of the population by the part of the distance that was luck,
    1 minus the reliability.

    Args:
        baselines: One score per person who was chosen, at least one.
        mean: Mean of the score in the population from which they were chosen.
        reliability: Correlation of two measurements of one person who does not change, between 0 and 1.

    Returns:
        The expected fall of the mean, in the unit of the score; negative where they lie below the population.

    Raises:
        ValueError: When there is no baseline, one is not a finite number, or the reliability is no share.

    Source:
        Galton, J Anthropological Institute 15 (1886) 246-263; Davis, Am J Epidemiol 104 (1976) 493-498.

    Example:
        >>> find_fall_of_these([30, 40], mean=20, reliability=0.75)
        3.75
    """
    _check_population(mean, 1.0, reliability, mean)
    if not baselines or not all(map(isfinite, baselines)):
        raise ValueError("there is at least one baseline, and each is a finite number")
    return (1 - reliability) * (fsum(baselines) / len(baselines) - mean)


def find_share_falling(mean: float, sd: float, *, reliability: float, cutoff: float, fall: float) -> float:
    """Find which share of those chosen would meet a rule of response by chance: a score lower by so many points.

    Args:
        mean: Mean of the score in the population, in the unit of the score.
        sd: Standard deviation of a single measurement there.
        reliability: Correlation of two measurements of one person who does not change, between 0 and 1.
        cutoff: Those with a baseline at or above it were chosen.
        fall: Points by which the later score must be lower, at least.

    Raises:
        ValueError: As `find_regression_to_mean`.

    Source:
        Two measurements with a bivariate normal distribution, as in Davis, Am J Epidemiol 104 (1976) 493-498.

    Example:
        >>> round(find_share_falling(20, 10, reliability=0.8, cutoff=20, fall=4), 3)
        0.347
    """
    return _find_share_at_most(mean, sd, reliability, cutoff, lambda baseline: baseline - fall)


def find_share_falling_by_part(mean: float, sd: float, *, reliability: float, cutoff: float, part: float) -> float:
    """Find which share of those chosen would meet a rule of response by chance: a score lower by a part of baseline.

    Args:
        mean: Mean of the score in the population, in the unit of the score.
        sd: Standard deviation of a single measurement there.
        reliability: Correlation of two measurements of one person who does not change, between 0 and 1.
        cutoff: Those with a baseline at or above it were chosen; at least 0, for a part of less than nothing has no
            sense.
        part: Part of the baseline by which the later score must be lower, at least; 0.4 for 40 per cent.

    Raises:
        ValueError: As `find_regression_to_mean`, and when the cut-off is negative.

    Source:
        Two measurements with a bivariate normal distribution, as in Davis, Am J Epidemiol 104 (1976) 493-498.

    Example:
        >>> round(find_share_falling_by_part(20, 10, reliability=0.8, cutoff=20, part=0.4), 3)
        0.058
    """
    if cutoff < 0:
        raise ValueError("a part of the baseline asks for baselines that are not negative")
    return _find_share_at_most(mean, sd, reliability, cutoff, lambda baseline: baseline * (1 - part))


def _find_share_at_most(
    mean: float, sd: float, reliability: float, cutoff: float, limit: Callable[[Any], Any]
) -> float:
    """Share of those chosen whose later score is at most a limit that depends on their baseline."""
    import numpy as np
    from scipy.special import ndtr

    _check_population(mean, sd, reliability, cutoff)
    z = (cutoff - mean) / sd
    _find_share_chosen(z)
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    start = max(z, -_FAR)
    standard = start + (node + 1) / 2 * (max(z, 0.0) + _FAR - start)
    density = weight * np.exp((start * start - standard * standard) / 2)
    left_over = limit(mean + sd * standard) - (mean + sd * reliability * standard)
    spread = sd * sqrt(1 - reliability**2)
    reached = ndtr(left_over / spread) if spread > 0 else np.where(left_over >= 0, 1.0, 0.0)
    return float((density * reached).sum() / density.sum())


def _find_share_chosen(z: float) -> float:
    share = normal_upper_tail(z)
    if share < 1e-300:
        raise ValueError("nobody reaches a cut-off that far above the mean")
    return share


def _check_population(mean: float, sd: float, reliability: float, cutoff: float) -> None:
    if not all(map(isfinite, (mean, sd, cutoff))) or sd <= 0:
        raise ValueError("mean, spread and cut-off are finite numbers, and the spread is positive")
    if not 0 <= reliability <= 1:
        raise ValueError("a reliability lies between 0 and 1")
