"""How lopsided values are, and when that is too much for an interval of the mean."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt

# Of a sample: beyond it values are commonly called highly skewed.
HIGHLY = 1.0
# From so many values on, the mean of skewed ones is near enough to normal.
ENOUGH = 30
SKEWED = (
    f"A group of fewer than {ENOUGH} has skewed values (skewness beyond {HIGHLY:g}): the interval covers less often "
    "than it says, some 90 to 93 % of the time where it says 95 %. The rank methods do not mind."
)


def find_skewness(values: Sequence[float]) -> float:
    """Find the skewness of values: the mean cube of their distances from the mean, in standard deviations (over n).

    Args:
        values: One number per person.

    Returns:
        Above 0 where the long tail is upwards; 0 where it is the same both ways, or nothing varies.

    Source:
        Joanes and Gill, The Statistician 47 (1998) 183-189, g1; Bulmer, Principles of Statistics (1979), p. 63, for
        beyond 1 being high.

    Example:
        >>> find_skewness([1, 2, 3]), round(find_skewness([0, 0, 0, 4]), 3)
        (0.0, 1.155)
    """
    if not values or min(values) == max(values):
        return 0.0
    n = len(values)
    mean = fsum(values) / n
    # In the largest distance, whose cube neither overflows nor vanishes.
    farthest = max(abs(value - mean) for value in values)
    distances = [(value - mean) / farthest for value in values]
    spread = sqrt(fsum(one**2 for one in distances) / n)
    return fsum(one**3 for one in distances) / n / spread**3


def note_skewness(*groups: Sequence[float]) -> str:
    """Say that a small group is too skewed for Student's interval; empty where none is.

    A few values seldom show the tail that they come from, so that silence is no proof of symmetry.
    """
    is_skewed = any(len(group) < ENOUGH and abs(find_skewness(group)) > HIGHLY for group in groups)
    return SKEWED if is_skewed else ""
