"""Which counts, denominators and sums a printed percentage or mean can come from, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from refractory.statistics.printed_numbers import ANY_ROUNDING, Printed, Rounding, find_stretch

# Solutions that are listed; a question with more of them says too little for a list to help.
MOST_DIVISIONS = 1_000


@dataclass(frozen=True)
class PossibleCount:
    """A count out of so many that prints as the percentage, and the rules of rounding by which it does."""

    count: int
    persons: int
    roundings: tuple[Rounding, ...]


@dataclass(frozen=True)
class PossibleSums:
    """The sums of so many whole numbers that one rule of rounding prints as the mean."""

    rounding: Rounding
    totals: range
    values: int


@dataclass(frozen=True)
class CommonDenominator:
    """A denominator that several percentages can share: for each the possible counts, and the rules that print all."""

    persons: int
    counts: tuple[tuple[int, ...], ...]
    roundings: tuple[Rounding, ...]


@dataclass(frozen=True)
class Division:
    """Counts of a whole and of its parts that add up, and the rules of rounding that print all of them."""

    whole: PossibleCount
    parts: tuple[PossibleCount, ...]
    roundings: tuple[Rounding, ...]


@dataclass(frozen=True)
class Divisions:
    """The divisions that fit; not all of them where there are too many to list."""

    listed: tuple[Division, ...]
    has_more: bool


def find_counts(
    percentage: Printed, persons: int, roundings: Sequence[Rounding] = ANY_ROUNDING
) -> tuple[PossibleCount, ...]:
    """Find the counts out of so many persons that print as this percentage.

    Args:
        percentage: The percentage as it is printed, without its sign.
        persons: Persons counted among, at least 1.
        roundings: Rules that are tried; a count by any of them is possible.

    Returns:
        One entry per count, ascending.

    Raises:
        ValueError: When there is no person.

    Example:
        >>> from refractory.statistics.printed_numbers import TO_NEAREST, parse_printed
        >>> [one.count for one in find_counts(parse_printed("83"), 42)]
        [35]
        >>> find_counts(parse_printed("80"), 42, TO_NEAREST)
        ()
    """
    if persons < 1:
        raise ValueError("a percentage is of at least 1 person")
    found = _find_multiples(percentage, Fraction(100, persons), roundings)
    return tuple(
        PossibleCount(count, persons, rules) for count, rules in sorted(found.items()) if 0 <= count <= persons
    )


def find_denominators(
    percentage: Printed, most: int, roundings: Sequence[Rounding] = ANY_ROUNDING
) -> tuple[PossibleCount, ...]:
    """Find every count out of 1 to `most` persons that prints as this percentage.

    Returns:
        One entry per count and denominator, by denominator.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> [(one.count, one.persons) for one in find_denominators(parse_printed("80.0"), 12)]
        [(4, 5), (8, 10)]
    """
    return tuple(one for persons in range(1, most + 1) for one in find_counts(percentage, persons, roundings))


def find_common_denominators(
    percentages: Sequence[Printed], most: int, roundings: Sequence[Rounding] = ANY_ROUNDING
) -> tuple[CommonDenominator, ...]:
    """Find the denominators of 1 to `most` persons that all of the percentages can share, by one rule of rounding.

    Returns:
        One entry per denominator, ascending.

    Example:
        >>> from refractory.statistics.printed_numbers import TO_NEAREST, parse_printed
        >>> both = [parse_printed("83"), parse_printed("42")]
        >>> [(one.persons, one.counts) for one in find_common_denominators(both, 20, TO_NEAREST)]
        [(12, ((10,), (5,)))]
    """
    shared = []
    for persons in range(1, most + 1):
        possible = [find_counts(one, persons, roundings) for one in percentages]
        rules = tuple(
            rule for rule in roundings if all(any(rule in count.roundings for count in one) for one in possible)
        )
        if rules:
            counts = tuple(tuple(count.count for count in one if set(rules) & set(count.roundings)) for one in possible)
            shared.append(CommonDenominator(persons, counts, rules))
    return tuple(shared)


def find_divisions(whole: Sequence[PossibleCount], parts: Sequence[Sequence[PossibleCount]]) -> Divisions:
    """Find the counts of parts that add up to a count of the whole, persons to persons, by one rule of rounding.

    Args:
        whole: Possible counts of the whole.
        parts: For each part, its possible counts.

    Returns:
        At most 1,000 divisions.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> whole = find_counts(parse_printed("83"), 42)
        >>> parts = [find_counts(parse_printed(text), n) for text, n in (("87", 15), ("81", 27))]
        >>> [[part.count for part in one.parts] for one in find_divisions(whole, parts).listed]
        [[13, 22]]
    """
    rules: dict[tuple[tuple[int, int], ...], tuple[Rounding, ...]] = {}
    has_more = False
    for rule in ANY_ROUNDING:
        printed_whole = [(one.count, one.persons) for one in whole if rule in one.roundings]
        printed_parts = [[(one.count, one.persons) for one in part if rule in one.roundings] for part in parts]
        for place, found in enumerate(_divide(printed_whole, printed_parts)):
            if place == MOST_DIVISIONS:
                has_more = True
                break
            rules[found] = (*rules.get(found, ()), rule)
    listed = []
    for found, together in sorted(rules.items()):
        counts = [PossibleCount(count, persons, together) for count, persons in found]
        listed.append(Division(counts[0], tuple(counts[1:]), together))
    return Divisions(tuple(listed[:MOST_DIVISIONS]), has_more or len(listed) > MOST_DIVISIONS)


def find_sums(
    mean: Printed,
    persons: int,
    items: int = 1,
    *,
    least: int | None = None,
    most: int | None = None,
    roundings: Sequence[Rounding] = ANY_ROUNDING,
) -> tuple[PossibleSums, ...]:
    """Find the whole sums that print as this mean: the GRIM test.

    A mean of whole numbers over n persons is a multiple of 1/n; where each person's number is itself the mean of so
    many whole items, a multiple of 1/(n x items).

    Args:
        mean: The mean as it is printed.
        persons: Persons averaged over, at least 1.
        items: Whole numbers that each person's value is the mean of.
        least: The least that an item can be; no end when not given.
        most: The most that it can be.
        roundings: Rules that are tried.

    Returns:
        One entry per rule by which there is a sum; none when the mean is not possible.

    Raises:
        ValueError: When there is no person or no item.

    Source:
        Brown and Heathers, Social Psychological and Personality Science 8 (2017) 363-369.

    Example:
        >>> from refractory.statistics.printed_numbers import TO_NEAREST, parse_printed
        >>> find_sums(parse_printed("5.19"), 28, roundings=TO_NEAREST)
        ()
        >>> [list(one.totals) for one in find_sums(parse_printed("5.18"), 28, roundings=[Rounding.HALF_UP])]
        [[145]]
    """
    if persons < 1 or items < 1:
        raise ValueError("a mean is over at least 1 person and 1 item")
    values, found = persons * items, []
    for rule in roundings:
        whole = find_stretch(mean, rule).scaled(Fraction(values)).whole_numbers()
        first = whole.start if least is None else max(whole.start, least * values)
        end = whole.stop if most is None else min(whole.stop, most * values + 1)
        if first < end:
            found.append(PossibleSums(rule, range(first, end), values))
    return tuple(found)


def _find_multiples(
    printed: Printed, unit: Fraction, roundings: Sequence[Rounding]
) -> Mapping[int, tuple[Rounding, ...]]:
    """The multiples of a unit that print so, with the rules that print them."""
    found: dict[int, tuple[Rounding, ...]] = {}
    for rule in roundings:
        for multiple in find_stretch(printed, rule).scaled(1 / unit).whole_numbers():
            found[multiple] = (*found.get(multiple, ()), rule)
    return found


_Pair = tuple[int, int]


def _divide(whole: Sequence[_Pair], parts: Sequence[Sequence[_Pair]]) -> Iterator[tuple[_Pair, ...]]:
    """Each whole with parts that add up to it; no branch is entered that does not lead to one."""
    most_count = max((count for count, _ in whole), default=-1)
    most_persons = max((persons for _, persons in whole), default=-1)
    # What the parts from each place on can add up to.
    sums: list[set[_Pair]] = [{(0, 0)}]
    for part in reversed(parts):
        reached = {(a + c, b + n) for a, b in sums[0] for c, n in part}
        sums.insert(0, {(a, b) for a, b in reached if a <= most_count and b <= most_persons})

    def fill(place: int, count: int, persons: int) -> Iterator[tuple[_Pair, ...]]:
        if place == len(parts):
            yield ()
            return
        for c, n in parts[place]:
            if (count - c, persons - n) in sums[place + 1]:
                for rest in fill(place + 1, count - c, persons - n):
                    yield ((c, n), *rest)

    for count, persons in whole:
        if (count, persons) in sums[0]:
            for rest in fill(0, count, persons):
                yield ((count, persons), *rest)
