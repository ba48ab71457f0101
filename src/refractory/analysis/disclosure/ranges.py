"""What a reader can work out of a suppressed count: the least and the most that agree with everything shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

Arc = tuple[int, int]


@dataclass(frozen=True)
class Bounds:
    """A count as it is, and the least and the most that a reader takes for possible; equal where it is shown."""

    least: int
    count: int
    most: int


def find_range(arcs: Mapping[Arc, Bounds], asked: Arc) -> tuple[int, int]:
    """Find the least and the most that one count of a table can be, given the bounds of all others.

    A table with its margins is a network: each count is a flow from the total to a row, from a row to a column, and
    what flows into a row or a column flows out of it. Another table agrees with what is shown exactly when it differs
    by flows in rings, so the answer is exact, and every whole number between the two ends is possible too.

    Args:
        arcs: Counts by the two nodes that they join. Fixed totals of columns need no arc: nothing can flow there.
        asked: The arc in question.

    Returns:
        The least and the most.

    Source:
        Cox, Journal of the American Statistical Association 90 (1995) 1453-1462 (suppression as a network).

    Example:
        >>> shown, few = Bounds(9, 9, 9), Bounds(1, 2, 4)
        >>> arcs = {(0, 1): shown, (1, 2): few, (1, 3): Bounds(5, 7, 9)}
        >>> arcs |= {(0, 4): Bounds(0, 5, 99), (4, 2): Bounds(0, 1, 99), (4, 3): Bounds(0, 4, 99)}
        >>> find_range(arcs, (1, 2))
        (1, 3)
    """
    own, room = arcs[asked], _find_room(arcs, asked)
    start, end = asked
    more = _push(room, end, start, own.most - own.count)
    less = _push(room, start, end, own.count - own.least)
    return own.count - less, own.count + more


def can_be(arcs: Mapping[Arc, Bounds], asked: Arc, values: int) -> bool:
    """Say whether one count of a table can be that many different numbers, given the bounds of all others.

    Args:
        arcs: As for find_range.
        asked: The arc in question.
        values: How many different numbers, at least 1.
    """
    own, room = arcs[asked], _find_room(arcs, asked)
    start, end = asked
    more = _push(room, end, start, min(own.most - own.count, values - 1))
    less = values - 1 - more
    return less <= own.count - own.least and _push(room, start, end, less) == less


def _find_room(arcs: Mapping[Arc, Bounds], asked: Arc) -> dict[int, dict[int, int]]:
    """Find by how much each count can rise, and fall against its direction, but the one in question."""
    room: dict[int, dict[int, int]] = {}
    for (start, end), bounds in arcs.items():
        if (start, end) != asked:
            room.setdefault(start, {})[end] = bounds.most - bounds.count
            room.setdefault(end, {})[start] = bounds.count - bounds.least
    return room


def _push(room: Mapping[int, Mapping[int, int]], source: int, sink: int, wanted: int) -> int:
    """Push as much as there is room for from one node to another, and no more than wanted."""
    left = {node: dict(ways) for node, ways in room.items()}
    pushed = 0
    while pushed < wanted:
        came_from = _find_way(left, source, sink)
        if came_from is None:
            break
        way = [sink]
        while way[-1] != source:
            way.append(came_from[way[-1]])
        steps = list(zip(way[1:], way, strict=False))
        amount = min(wanted - pushed, *(left[first][second] for first, second in steps))
        for first, second in steps:
            left[first][second] -= amount
            left.setdefault(second, {})[first] = left.get(second, {}).get(first, 0) + amount
        pushed += amount
    return pushed


def _find_way(left: Mapping[int, Mapping[int, int]], source: int, sink: int) -> dict[int, int] | None:
    came_from = {source: source}
    waiting = deque([source])
    while waiting:
        node = waiting.popleft()
        for after, free in left.get(node, {}).items():
            if free > 0 and after not in came_from:
                came_from[after] = node
                if after == sink:
                    return came_from
                waiting.append(after)
    return None
