"""What a reader can work out, by writing down every table; and what one learns who also replays the program."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linked_rows import NO, YES, see, suppress, two_strata
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM
from refractory.analysis.disclosure.ranges import Bounds, can_be, find_range

cell = st.integers(0, 4)
bound = st.tuples(st.integers(0, 2), st.integers(0, 3))


def list_tables(bounds: list[list[Bounds]], rows: list[Bounds], columns: list[int]) -> list[list[list[int]]]:
    """Write down every table of two rows with these totals of columns that agrees with all bounds."""
    found = []
    spans = [range(one.least, one.most + 1) for one in bounds[0]]
    for first in product(*spans):
        second = [total - count for total, count in zip(columns, first, strict=True)]
        if not all(one.least <= count <= one.most for one, count in zip(bounds[1], second, strict=True)):
            continue
        sums = sum(first), sum(second)
        if all(one.least <= total <= one.most for one, total in zip(rows, sums, strict=True)):
            found.append([list(first), second])
    return found


@given(st.lists(st.tuples(cell, cell), min_size=2, max_size=3), st.lists(bound, min_size=8, max_size=8), st.data())
def test_a_range_is_that_of_all_tables_that_agree(cells, slack, data):
    table = [[pair[row] for pair in cells] for row in (0, 1)]
    spare = iter(slack)

    def widen(count: int) -> Bounds:
        less, more = next(spare)
        return Bounds(max(0, count - less), count, count + more)

    bounds = [[widen(count) for count in row] for row in table]
    totals = [widen(sum(row)) for row in table]
    columns = [sum(pair) for pair in cells]
    arcs = {(0, row + 1): totals[row] for row in (0, 1)}
    arcs |= {(row + 1, 3 + place): one for row in (0, 1) for place, one in enumerate(bounds[row])}
    tables = list_tables(bounds, totals, columns)
    row, place = data.draw(st.integers(0, 1)), data.draw(st.integers(0, len(cells) - 1))
    asked = {one[row][place] for one in tables}
    assert find_range(arcs, (row + 1, 3 + place)) == (min(asked), max(asked))
    assert asked == set(range(min(asked), max(asked) + 1))
    sums = {sum(one[row]) for one in tables}
    assert find_range(arcs, (0, row + 1)) == (min(sums), max(sums))
    for values in range(1, 6):
        assert can_be(arcs, (row + 1, 3 + place), values) == (len(asked) >= values)


PLACES = [(RESPONSE, answer, group) for answer in (YES, NO) for group in (ALL, f"{STRATUM}:A", f"{STRATUM}:B")]
PLACES += [(STRATUM, name, ALL) for name in "AB"]


@pytest.mark.parametrize("smallest", [4, 5])
@pytest.mark.parametrize("zeros_shown", [True, False])
def test_who_replays_the_program_on_every_cohort_cannot_tell_a_small_count_either(smallest, zeros_shown):
    found = 0
    for persons in range(2 * smallest, 2 * smallest + 6):
        cohorts = defaultdict(list)
        for a, b, c in product(range(persons + 1), repeat=3):
            if a + b + c <= persons:
                shared = suppress(two_strata(a, b, c, persons - a - b - c), smallest, zeros_shown=zeros_shown)
                cohorts[tuple(see(shared, place) for place in PLACES)].append(shared.cohort)
        for seen, alike in cohorts.items():
            for place, what in zip(PLACES, seen, strict=True):
                counts = {one.count(place) for one in alike}
                if isinstance(what, str) and any((1 if zeros_shown else 0) <= one < smallest for one in counts):
                    found += 1
                    assert len(counts) > 1, (place, seen)
    assert found > 100
