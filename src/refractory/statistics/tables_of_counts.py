"""All tables of counts that have given row and column totals: enumerated when few, sampled when many."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations
from math import comb, factorial, prod

from refractory.statistics.distributions import TIE_TOLERANCE

# The same tolerance as a ratio of whole numbers: weights are whole, and stay exact.
_ONE = round(1 / TIE_TOLERANCE)
# Persons at whose weights a step takes about twice as long as in a small table.
_MANY_PERSONS = 400

_Totals = tuple[int, ...]


def share_no_more_probable(table: Sequence[Sequence[int]]) -> float:
    """Probability, given all totals, of the tables that are no more probable than this one, exactly.

    A table's probability is proportional to the product, over its columns, of the ways to deal the persons of the
    column to the rows. The columns are split into two halves. What each half gives to the rows is enumerated
    apart; a left half fits a right half when together they give the row totals. For each way to divide the row
    totals it is then enough to sort the right halves once and to look up, for each left half, how much
    of the right is light enough. This costs about the square root of a full enumeration.

    Args:
        table: At least two rows of counts, none of them empty. With a single column it is the only table.

    Example:
        >>> round(share_no_more_probable([[3, 1], [1, 3]]), 4)
        0.4857
    """
    rows, columns, observed = _oriented(table)
    left, right = _best_split(columns, rows)
    limit = observed * (_ONE + 1) // _ONE
    no_more_probable = 0
    right_sides: dict[_Totals, tuple[list[int], list[int]]] = {}
    for given, left_weights in _halves(left, rows).items():
        wanted = tuple(total - part for total, part in zip(rows, given, strict=True))
        # The order of the rows changes no weight, so that halves which differ in it alone are one.
        key = tuple(sorted(wanted))
        if key not in right_sides:
            right_sides[key] = _sorted_with_sums(_weights_of_half(right, key))
        weights, sums = right_sides[key]
        for weight, times in left_weights.items():
            no_more_probable += weight * times * sums[bisect_right(weights, limit // weight)]
    total = factorial(sum(rows)) // prod(map(factorial, rows))
    return no_more_probable / total


def work_of_enumeration(table: Sequence[Sequence[int]], most: int) -> int:
    """Steps that the enumeration takes, at most; counting stops when they are more than `most`.

    A step on weights of hundreds of digits counts as many: their digits grow with the persons, and the time of a
    product and a quotient with about the square of the digits.
    """
    rows, columns, _ = _oriented(table)
    dear = 1 + (sum(rows) // _MANY_PERSONS) ** 2
    return dear * _work(*_best_split(columns, rows), rows) if len(columns) <= 12 else most + 1


def share_sampled(table: Sequence[Sequence[int]], samples: int, seed: int) -> float:
    """The same probability from sampled tables; the observed table counts as one of them, so it is never 0.

    Example:
        >>> abs(share_sampled([[3, 1], [1, 3]], samples=20_000, seed=1) - 0.4857) < 0.02
        True
    """
    import numpy as np

    rows, columns, _ = _oriented(table)
    random = np.random.Generator(np.random.PCG64(seed))
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, sum(rows) + 1)))])
    log_weights = np.zeros(samples)
    left_in_rows = [np.full(samples, total) for total in rows]
    for column in columns:
        wanted = np.full(samples, column)
        others = sum(left_in_rows[1:], np.zeros(samples, dtype=int))
        for place, left in enumerate(left_in_rows):
            cell = random.hypergeometric(left, others, wanted) if place < len(rows) - 1 else wanted
            log_weights -= log_factorials[cell]
            left_in_rows[place] = left - cell
            wanted = wanted - cell
            if place + 1 < len(rows):
                others = others - left_in_rows[place + 1]
    observed = -sum(float(log_factorials[count]) for row in table for count in row)
    return (int((log_weights <= observed + TIE_TOLERANCE).sum()) + 1) / (samples + 1)


def _oriented(table: Sequence[Sequence[int]]) -> tuple[_Totals, _Totals, int]:
    """Row totals, column totals and weight of the table, turned so that it has no more rows than columns."""
    columns = list(zip(*table, strict=True))
    if len(columns) < len(table):
        table, columns = columns, [tuple(row) for row in table]
    return (
        tuple(sum(row) for row in table),
        tuple(sum(column) for column in columns),
        prod(_ways(column) for column in columns),
    )


def _ways(column: Sequence[int]) -> int:
    """Ways to deal the persons of a column to the rows."""
    return factorial(sum(column)) // prod(map(factorial, column))


def _best_split(columns: _Totals, rows: _Totals) -> tuple[_Totals, _Totals]:
    """The two halves of the columns that are cheapest to enumerate."""
    places = range(len(columns))
    splits = (
        (tuple(columns[p] for p in chosen), tuple(columns[p] for p in places if p not in chosen))
        for size in range(1, len(columns))
        for chosen in combinations(places, size)
    )
    return min(splits, key=lambda split: _work(split[0], split[1], rows))


def _work(left: _Totals, right: _Totals, rows: _Totals) -> int:
    """Steps at most: left halves, and for each distinct way that they divide the rows the right halves."""
    free = len(rows) - 1
    divisions = min(_dealt(sum(left), rows), _dealt(sum(right), rows))
    # The last column of a half follows from the others and from what the half gives to the rows.
    right_each = prod(comb(column + free, free) for column in sorted(right)[:-1])
    left_each = prod(comb(column + free, free) for column in sorted(left)[:-1])
    return divisions * (left_each + right_each)


def _dealt(persons: int, rows: _Totals) -> int:
    """Ways, at most, to deal so many to the rows: any but the fullest row may get up to its total."""
    free = len(rows) - 1
    return min(comb(persons + free, free), prod(total + 1 for total in sorted(rows)[:-1]))


def _halves(columns: _Totals, rows: _Totals) -> dict[_Totals, Counter[int]]:
    """For each way that these columns can fill the rows: the weights of its tables and how often each occurs."""
    halves: dict[_Totals, Counter[int]] = {(0,) * len(rows): Counter({1: 1})}
    for column in columns:
        longer: dict[_Totals, Counter[int]] = {}
        for given, weights in halves.items():
            room = tuple(total - part for total, part in zip(rows, given, strict=True))
            for cells in _deals(column, room):
                ways = _ways(cells)
                into = longer.setdefault(tuple(map(sum, zip(given, cells, strict=True))), Counter())
                for weight, times in weights.items():
                    into[weight * ways] += times
        halves = longer
    return halves


def _weights_of_half(columns: _Totals, rows: _Totals) -> Counter[int]:
    """Weights of the tables that have exactly these columns and rows, and how often each occurs."""
    if len(columns) == 1:
        return Counter({_ways(rows): 1})
    found: Counter[int] = Counter()
    first, *others = sorted(columns)
    for cells in _deals(first, rows):
        left = tuple(total - cell for total, cell in zip(rows, cells, strict=True))
        ways = _ways(cells)
        for weight, times in _weights_of_half(tuple(others), left).items():
            found[weight * ways] += times
    return found


def _deals(persons: int, room: _Totals) -> Iterator[_Totals]:
    """Each way to deal so many persons to rows that have so much room."""
    if len(room) == 1:
        # The loop below leaves the last row no more than it has room for.
        yield (persons,)
        return
    beyond = sum(room[1:])
    for cell in range(max(0, persons - beyond), min(persons, room[0]) + 1):
        for others in _deals(persons - cell, room[1:]):
            yield (cell, *others)


def _sorted_with_sums(weights: Counter[int]) -> tuple[list[int], list[int]]:
    """The weights in ascending order, and the sum of the first 0, 1, 2, ... of them, each as often as it occurs."""
    ascending = sorted(weights)
    return ascending, [0, *accumulate(weight * weights[weight] for weight in ascending)]
