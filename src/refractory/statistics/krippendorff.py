"""How far any number of raters agree, each of whom may have left something unrated: Krippendorff's alpha."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import isfinite

from refractory.statistics.estimate import Estimate, EstimateKind

NOTHING_PAIRED = "Nothing was rated by two or more."
ONE_VALUE = (
    "All ratings that can be paired are one and the same: agreement beyond chance is not defined, for chance alone "
    "would have given it."
)

# One row per rated thing, one place per rater; None where that rater left it unrated.
Ratings = Sequence[Sequence[float | None]]
_Distance = Callable[[float, float], float]


def estimate_alpha_nominal(ratings: Ratings) -> Estimate:
    """Estimate Krippendorff's alpha where two ratings are the same or not.

    Agreement is 1 less the observed disagreement over that of ratings paired by chance. What only one rater has rated
    says nothing and is left out.

    Args:
        ratings: One row per rated thing, one value per rater, None where the rater left it out. Categories are given
            as numbers, whose order means nothing here.

    Returns:
        No interval; `n` is the rated things that count. No value, and the reason in `note`, where nothing was rated
        twice or all ratings are the same.

    Raises:
        ValueError: When a rating is not a finite number.

    Source:
        Krippendorff, Content Analysis, 2nd edition (2004), chapter 11.

    Example:
        >>> round(estimate_alpha_nominal([[1, 1], [1, 2], [2, 2], [2, None]]).value, 4)
        0.4444
    """
    return _alpha(ratings, "nominal", lambda counts: lambda one, other: float(one != other))


def estimate_alpha_ordinal(ratings: Ratings) -> Estimate:
    """Estimate Krippendorff's alpha where ratings have an order but no distance.

    Two ratings are as far apart as there are ratings between them, each of the two counted half.

    Args:
        ratings: One row per rated thing, one value per rater, None where the rater left it out.

    Returns:
        As for the nominal alpha.

    Raises:
        ValueError: When a rating is not a finite number.

    Source:
        Krippendorff, Content Analysis, 2nd edition (2004), chapter 11.

    Example:
        >>> round(estimate_alpha_ordinal([[1, 1], [1, 2], [9, 9], [2, 9]]).value, 4)
        0.7083
    """
    return _alpha(ratings, "ordinal", _ordinal_distance)


def estimate_alpha_interval(ratings: Ratings) -> Estimate:
    """Estimate Krippendorff's alpha where the differences of ratings can be compared: their squares are the distances.

    Args:
        ratings: One row per rated thing, one value per rater, None where the rater left it out.

    Returns:
        As for the nominal alpha.

    Raises:
        ValueError: When a rating is not a finite number.

    Source:
        Krippendorff, Content Analysis, 2nd edition (2004), chapter 11.

    Example:
        >>> round(estimate_alpha_interval([[1, 1], [1, 2], [9, 9], [2, 9]]).value, 4)
        0.6005
    """
    return _alpha(ratings, "interval", lambda counts: lambda one, other: (one - other) ** 2)


def _alpha(ratings: Ratings, scale: str, build_distance: Callable[[Counter[float]], _Distance]) -> Estimate:
    method = f"Krippendorff's alpha, {scale}"
    given = [[rating for rating in row if rating is not None] for row in ratings]
    if not all(isfinite(rating) for row in given for rating in row):
        raise ValueError("a rating is not a finite number")
    paired = [Counter(row) for row in given if len(row) > 1]
    n = len(paired)
    if n == 0:
        return Estimate(EstimateKind.AGREEMENT, None, 0, method, note=NOTHING_PAIRED)
    counts = sum(paired, Counter[float]())
    distance, whole = build_distance(counts), counts.total()
    by_chance = _disagreement(counts, distance) / (whole * (whole - 1))
    if by_chance == 0:
        return Estimate(EstimateKind.AGREEMENT, None, n, method, note=ONE_VALUE)
    # A thing rated by m raters has m (m - 1) pairs and counts with m ratings, no matter how many pairs those make.
    observed = sum(_disagreement(row, distance) / (row.total() - 1) for row in paired) / whole
    return Estimate(EstimateKind.AGREEMENT, 1 - observed / by_chance, n, method)


def _disagreement(counts: Counter[float], distance: _Distance) -> float:
    """The distances of all ordered pairs of ratings, added up."""
    values = sorted(counts)
    return 2 * sum(
        counts[one] * counts[other] * distance(one, other)
        for place, one in enumerate(values)
        for other in values[place + 1 :]
    )


def _ordinal_distance(counts: Counter[float]) -> _Distance:
    values = sorted(counts)
    up_to = accumulate(counts[value] for value in values)
    # The mean place of a value among all ratings; two such places lie as far apart as the rule says.
    place = {value: reached - counts[value] / 2 for value, reached in zip(values, up_to, strict=True)}
    return lambda one, other: (place[one] - place[other]) ** 2
