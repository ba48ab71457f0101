"""What was found, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from refractory.statistics.consistency import PossibleCount
from refractory.statistics.consistency_of_tests import NamedNumbers
from refractory.statistics.printed_numbers import Printed, Rounding, print_number

_MOST_LISTED = 8


def say_list(said: Iterable[str], last: str = "and") -> str:
    """Join texts as a sentence does; after eight it says how many more there are.

    Example:
        >>> say_list(["a", "b", "c"]), say_list(str(n) for n in range(10))
        ('a, b and c', '0, 1, 2, 3, 4, 5, 6, 7 and 2 more')
    """
    every = list(said)
    if len(every) > _MOST_LISTED:
        return f"{', '.join(every[:_MOST_LISTED])} {last} {len(every) - _MOST_LISTED:,} more"
    return f" {last} ".join(filter(None, (", ".join(every[:-1]), every[-1]))) if every else "none"


def say_counts(counts: Sequence[PossibleCount]) -> str:
    """Say counts with their denominators, the largest denominators first."""
    ordered = sorted(counts, key=lambda one: (-one.persons, one.count))
    return say_list((f"{one.count:,}/{one.persons:,}" for one in ordered), "or")


def say_neighbours(printed: Printed, persons: int) -> str:
    """Say what the counts on both sides of a percentage print as.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> say_neighbours(parse_printed("80"), 42)
        '33/42 is 79 %, 34/42 is 81 %'
    """
    below = int(printed.value * persons / 100)
    near = [count for count in (below, below + 1) if 0 <= count <= persons]
    return ", ".join(
        f"{count:,}/{persons:,} is {print_number(Fraction(100 * count, persons), printed.decimals)} %" for count in near
    )


def say_neighbouring_means(printed: Printed, values: int) -> str:
    """Say what the sums on both sides of a mean print as.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> say_neighbouring_means(parse_printed("1.82"), 35)
        '63/35 is 1.80, 64/35 is 1.83'
    """
    below = printed.value * values // 1
    return ", ".join(
        f"{total:,}/{values:,} is {print_number(Fraction(total, values), printed.decimals)}"
        for total in (int(below), int(below) + 1)
    )


def say_names(counts: Sequence[PossibleCount], named: Mapping[str, int]) -> str:
    """Say which of the denominators are the persons of another statement; empty where none is."""
    by_persons = {one.persons: one for one in counts}
    said = [
        f'{by_persons[persons].count:,}/{persons:,} would be of "{name}"'
        for name, persons in named.items()
        if persons in by_persons
    ]
    return f"; {say_list(said)}" if said else ""


def say_values(values: Sequence[int], items: int) -> str:
    """Say values with how often each occurs, ascending.

    Example:
        >>> say_values((3, 1, 1), 1)
        '1 (2 times), 3'
    """
    times = Counter(values)
    each = say_list(
        f"{value:,}" + (f" ({times[value]:,} times)" if times[value] > 1 else "") for value in sorted(times)
    )
    return each.replace(" and ", ", ") + (f", each over {items} items" if items > 1 else "")


def say_methods(found: Sequence[NamedNumbers], decimals: int) -> str:
    """Say what each method gives."""
    return "; ".join(
        f"{one.method} {' to '.join(print_number(Fraction(number), decimals) for number in one.numbers)}"
        for one in found
    )


def say_roundings(roundings: Iterable[Rounding]) -> str:
    """Say rules of rounding."""
    return say_list((str(one) for one in roundings), "or")
