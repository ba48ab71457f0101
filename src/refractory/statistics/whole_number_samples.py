"""Whole numbers with a given sum and a given sum of squares, found exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

# Places of the search that are looked at before it gives up; they take a second or two.
MOST_STEPS = 100_000


@dataclass(frozen=True)
class SampleSearch:
    """What was found: the values, in descending order, or that there are none, or neither within the steps allowed."""

    values: tuple[int, ...] | None
    is_decided: bool
    steps: int


@dataclass(frozen=True)
class _Open:
    """Values that are still to be found: how many, their sum, their sum of squares, and the largest allowed."""

    values: int
    total: int
    squares: int
    largest: int


def find_sample(
    values: int,
    total: int,
    squares: int,
    *,
    least: int | None = None,
    most: int | None = None,
    most_steps: int = MOST_STEPS,
) -> SampleSearch:
    """Find whole numbers with this sum and this sum of squares.

    The search takes the values from the largest down and turns back where what is left cannot be filled: the sum and
    the sum of squares of whole numbers are both even or both odd, the squares are least when the values are as equal
    as they can be, and most when all but one lie at an end of the range. Two values that are left follow from a
    quadratic equation. It comes to an end with the answer, whatever it is, unless the steps run out first.

    Args:
        values: How many numbers, at least 1.
        total: Their sum.
        squares: The sum of their squares.
        least: The least that a value may be; no end when not given.
        most: The most that it may be; no end when not given.
        most_steps: Steps after which the search gives up.

    Raises:
        ValueError: When there is no value.

    Example:
        >>> find_sample(4, 9, 27, least=1).values
        (4, 3, 1, 1)
        >>> find_sample(3, 6, 13).values is None  # an even and an odd sum
        True
    """
    if values < 1:
        raise ValueError("a sample has at least 1 value")
    # Around the mean the squares are smallest, and so are the numbers of the search.
    middle = total // values
    centred = squares - 2 * middle * total + values * middle**2
    if centred < 0:
        return SampleSearch(None, True, 0)
    reach = isqrt(centred)
    lower = -reach if least is None else max(least - middle, -reach)
    upper = reach if most is None else min(most - middle, reach)
    found = _search(_Open(values, total - values * middle, centred, upper), lower, most_steps)
    shifted = None if found.values is None else tuple(sorted((value + middle for value in found.values), reverse=True))
    return SampleSearch(shifted, found.is_decided, found.steps)


def _search(first: _Open, lower: int, most_steps: int) -> SampleSearch:
    """Go down into the first choice that may work, and back up where none is left."""
    steps, chosen = 0, list[int]()
    if not _may_be_filled(first, lower):
        return SampleSearch(None, True, steps)
    failed: set[_Open] = set()
    stack = [(first, _choices(first, lower))]
    while stack:
        place, choices = stack[-1]
        ending = _finish(place, lower) if place not in failed else None
        if ending is not None:
            return SampleSearch((*chosen, *ending), True, steps)
        below = None
        for value in choices:
            steps += 1
            if steps > most_steps:
                return SampleSearch(None, False, steps)
            rest = _Open(place.values - 1, place.total - value, place.squares - value**2, value)
            if rest not in failed and _may_be_filled(rest, lower):
                below = (value, rest)
                break
        failed.add(place)
        if below is None:
            stack.pop()
            if stack:
                chosen.pop()
        else:
            chosen.append(below[0])
            stack.append((below[1], _choices(below[1], lower)))
    return SampleSearch(None, True, steps)


def _choices(place: _Open, lower: int) -> Iterator[int]:
    """The values that the largest of those left may have, largest first; none where two or one are left."""
    n, total, squares = place.values, place.total, place.squares
    if n <= 2:
        return
    # No value lies further above the mean than this when the others are all equal.
    furthest = (total + isqrt((n - 1) * max(n * squares - total**2, 0))) // n + 1
    for value in range(min(place.largest, furthest), -(-total // n) - 1, -1):
        if find_most_squares(n, total, lower, value) < squares:
            return
        yield value


def _may_be_filled(place: _Open, lower: int) -> bool:
    """Say whether nothing that is known of all samples forbids one here."""
    n, total, squares, upper = place.values, place.total, place.squares, place.largest
    if (squares - total) % 2 or not n * lower <= total <= n * upper:
        return False
    return find_least_squares(n, total) <= squares <= find_most_squares(n, total, lower, upper)


def find_least_squares(n: int, total: int) -> int:
    """Find the least sum of squares of so many whole numbers with this sum: they are as equal as they can be.

    Example:
        >>> find_least_squares(3, 4)  # 2, 1, 1
        6
    """
    each, rest = divmod(total, n)
    return (n - rest) * each**2 + rest * (each + 1) ** 2


def find_most_squares(n: int, total: int, lower: int, upper: int) -> int:
    """Find the largest sum of squares of so many whole numbers with this sum and these ends.

    As many as can be lie at the two ends, and one between them.

    Example:
        >>> find_most_squares(3, 4, 0, 3)  # 3, 1, 0
        10
    """
    width = upper - lower
    if width == 0:
        return n * lower**2
    above, rest = divmod(total - n * lower, width)
    if above >= n:
        return n * upper**2
    return above * upper**2 + (lower + rest) ** 2 + (n - above - 1) * lower**2


def _finish(place: _Open, lower: int) -> tuple[int, ...] | None:
    """The values that are left, where they follow at once; that they may be filled keeps one and two in the range."""
    n, total, squares = place.values, place.total, place.squares
    if n == 1:
        return (total,)
    if n == 2:
        root = isqrt(2 * squares - total**2)
        if root**2 != 2 * squares - total**2 or (total + root) % 2:
            return None
        return (total + root) // 2, (total - root) // 2
    each, above = divmod(total, n)
    # Moving two equal values one step apart adds 2 to the squares.
    pairs = (squares - find_least_squares(n, total)) // 2
    if pairs and (each - 1 < lower or 2 * pairs > n - above):
        return None
    return (*[each + 1] * (above + pairs), *[each] * (n - above - 2 * pairs), *[each - 1] * pairs)
