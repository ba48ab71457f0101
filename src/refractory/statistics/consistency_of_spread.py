"""Whether a printed mean and standard deviation can come from whole numbers, and from which: the GRIMMER test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from refractory.statistics.printed_numbers import ANY_ROUNDING, Printed, Rounding, find_stretch
from refractory.statistics.whole_number_samples import (
    MOST_STEPS,
    SampleSearch,
    find_least_squares,
    find_most_squares,
    find_sample,
)

# Sums of which the ends are worked out; with more of them the mean says next to nothing.
_MOST_TOTALS = 1_000


class Spread(StrEnum):
    """What a standard deviation divides by."""

    SAMPLE = "sample SD"
    POPULATION = "population SD"


class Fault(StrEnum):
    """Why no values fit, by the first step at which none is left."""

    MEAN = "no sum of whole numbers prints as the mean"
    SQUARES = "no sum of squares prints as the SD"
    PARITY = "the sum of the values and the sum of their squares cannot both be even or both odd"
    VALUES = "no whole numbers in the range have such a sum and sum of squares"


@dataclass(frozen=True)
class PossibleSpread:
    """Values that print as the mean and the SD, and the rules by which they do.

    Args:
        spread: What the SD divides by.
        values: An example, descending; with several items the sum of each person's items.
        roundings: Rules of rounding for which values were found, these or others.
    """

    spread: Spread
    values: tuple[int, ...]
    roundings: tuple[Rounding, ...]


@dataclass(frozen=True)
class SpreadAnswer:
    """Whether a mean and an SD are possible together.

    Args:
        possible: At most one entry per kind of SD; empty when none fits.
        fault: Why none fits; None when one does, or when it is not decided.
        is_decided: False when a search gave up before it could say that there are no values.
    """

    possible: tuple[PossibleSpread, ...]
    fault: Fault | None
    is_decided: bool


@dataclass(frozen=True)
class Range:
    """What is known of the ends of the values, in units of one item; None where nothing is known.

    Args:
        least: The least that a value can be.
        most: The most that it can be.
        smallest: The smallest value that was seen.
        largest: The largest value that was seen.
    """

    least: int | None = None
    most: int | None = None
    smallest: int | None = None
    largest: int | None = None


ANY_VALUE = Range()


def find_spread(
    mean: Printed,
    sd: Printed,
    persons: int,
    *,
    items: int = 1,
    within: Range = ANY_VALUE,
    roundings: Sequence[Rounding] = ANY_ROUNDING,
    most_steps: int = MOST_STEPS,
) -> SpreadAnswer:
    """Find whole numbers that print as this mean and this standard deviation.

    The sum of the values and the sum of their squares are whole, both even or both odd, and some values must have
    them. The first three of these conditions are Allard's; the last, for which values are looked for, makes the
    answer exact. The SD may divide by the persons or by one less; both are tried.

    Args:
        mean: The mean as it is printed.
        sd: The standard deviation as it is printed.
        persons: Persons averaged over, at least 1; the sample SD needs 2.
        items: Whole numbers that each person's value is the mean of.
        within: What is known of the ends of a person's sum of items.
        roundings: Rules that are tried; mean and SD are printed by the same one.
        most_steps: Steps after which the searches give up.

    Source:
        Anaya, PeerJ Preprints 4 (2016) e2400v1; Allard, Analytic-GRIMMER (2018), aurelienallard.netlify.app.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> find_spread(parse_printed("2.00"), parse_printed("1.00"), 3).possible[0].values
        (3, 2, 1)
        >>> find_spread(parse_printed("2.00"), parse_printed("1.10"), 3).fault.value
        'no sum of squares prints as the SD'
    """
    search = _Search(persons, within, most_steps)
    possible: list[PossibleSpread] = []
    reached, is_decided = set[Fault](), True
    for spread in Spread:
        example: tuple[int, ...] | None = None
        rules: list[Rounding] = []
        for rule in roundings:
            found = search.find(_find_moments(mean, sd, persons, items, spread, rule))
            reached.add(found.fault)
            is_decided = is_decided and found.is_decided
            if found.values is not None:
                example, rules = example or found.values, [*rules, rule]
        if example is not None:
            possible.append(PossibleSpread(spread, example, tuple(rules)))
    if possible or not is_decided:
        return SpreadAnswer(tuple(possible), None, bool(possible))
    return SpreadAnswer((), max(reached, key=list(Fault).index), True)


def find_sd_limits(
    mean: Printed,
    persons: int,
    *,
    items: int = 1,
    within: Range = ANY_VALUE,
    spread: Spread = Spread.SAMPLE,
    roundings: Sequence[Rounding] = ANY_ROUNDING,
) -> tuple[Fraction, Fraction] | None:
    """Find between which squares the square of an SD lies, given the mean and the ends of the values.

    Args:
        mean: The mean as it is printed.
        persons: Persons averaged over.
        items: Whole numbers that each person's value is the mean of.
        within: What is known of the ends of a person's sum of items; the ends that were seen go before the others.
        spread: What the SD divides by.
        roundings: Rules by which the mean may be printed.

    Returns:
        The least and the largest variance; None where no end is known on one side, no sum fits, more than 1,000 do, or
        the SD divides by 0.

    Example:
        >>> from refractory.statistics.printed_numbers import parse_printed
        >>> find_sd_limits(parse_printed("2.0"), 3, within=Range(1, 3), roundings=[Rounding.HALF_UP])
        (Fraction(0, 1), Fraction(1, 1))
    """
    least = within.least if within.smallest is None else within.smallest
    most = within.most if within.largest is None else within.largest
    divisor = (persons - 1 if spread is Spread.SAMPLE else persons) * items**2
    if least is None or most is None or divisor == 0:
        return None
    ends = []
    for rule in roundings:
        totals = find_stretch(mean, rule).scaled(Fraction(persons * items)).whole_numbers()
        if len(totals) > _MOST_TOTALS:
            return None
        for total in totals:
            if persons * least <= total <= persons * most:
                around = Fraction(total**2, persons)
                ends.append((find_least_squares(persons, total) - around) / divisor)
                ends.append((find_most_squares(persons, total, least, most) - around) / divisor)
    return (min(ends), max(ends)) if ends else None


@dataclass(frozen=True)
class _Found:
    values: tuple[int, ...] | None
    fault: Fault
    is_decided: bool


class _Search:
    """Looks for values with one of several moments; rules of rounding share most of them, and the steps."""

    def __init__(self, persons: int, within: Range, most_steps: int) -> None:
        self._persons = persons
        self._within = within
        self._steps_left = most_steps
        self._known: dict[tuple[int, int], SampleSearch] = {}

    def find(self, moments: Iterator[tuple[int, int, Fault]]) -> _Found:
        """Find values for the first of the moments that has any, or the furthest step that one of them reached."""
        furthest = Fault.MEAN
        for total, squares, fault in moments:
            furthest = max(furthest, fault, key=list(Fault).index)
            # What is ruled out at once costs a step too.
            self._steps_left -= 1
            if fault is Fault.VALUES:
                found = self._look(total, squares)
                if found.values is not None:
                    return _Found(found.values, fault, True)
            # A look that gives up has used what was left.
            if self._steps_left <= 0:
                return _Found(None, fault, False)
        return _Found(None, furthest, True)

    def _look(self, total: int, squares: int) -> SampleSearch:
        known = self._known.get((total, squares))
        if known is None:
            known = _find_within(self._persons, total, squares, self._within, self._steps_left)
            self._known[total, squares] = known
            self._steps_left -= known.steps
        return known


def _find_moments(
    mean: Printed, sd: Printed, persons: int, items: int, spread: Spread, rule: Rounding
) -> Iterator[tuple[int, int, Fault]]:
    """Each sum and sum of squares that print so, with the step at which they fail; the last step if not before it."""
    divisor = persons - 1 if spread is Spread.SAMPLE else persons
    if divisor == 0 or sd.value < 0:
        return
    # With k items the value of a person is a k-th of a whole number.
    deviations = find_stretch(sd, rule).squared().scaled(Fraction(divisor * items**2))
    for total in find_stretch(mean, rule).scaled(Fraction(persons * items)).whole_numbers():
        whole = deviations.shifted(Fraction(total**2, persons)).whole_numbers()
        if not whole:
            yield total, 0, Fault.SQUARES
        for squares in whole:
            yield total, squares, Fault.PARITY if (squares - total) % 2 else Fault.VALUES


def _find_within(persons: int, total: int, squares: int, within: Range, most_steps: int) -> SampleSearch:
    """Look for values in the range; the ends that were seen are among them."""
    seen = [end for end in (within.smallest, within.largest) if end is not None]
    if within.smallest == within.largest:
        seen = seen[:1]
    least = within.least if within.smallest is None else within.smallest
    most = within.most if within.largest is None else within.largest
    others = persons - len(seen)
    total, squares = total - sum(seen), squares - sum(end**2 for end in seen)
    if others < 0 or squares < 0:
        return SampleSearch(None, True, 0)
    if others == 0:
        return SampleSearch(tuple(sorted(seen, reverse=True)) if total == squares == 0 else None, True, 0)
    found = find_sample(others, total, squares, least=least, most=most, most_steps=most_steps)
    values = None if found.values is None else tuple(sorted((*found.values, *seen), reverse=True))
    return SampleSearch(values, found.is_decided, found.steps)
