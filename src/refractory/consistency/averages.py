"""Means of whole numbers under some rules of rounding: over how many persons they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractory.consistency.answers import Outcome
from refractory.consistency.findings import say_list, say_neighbouring_means, say_values
from refractory.consistency.reported import MeanStatement
from refractory.statistics.consistency import find_sums
from refractory.statistics.consistency_of_spread import Fault, Range, Spread, find_sd_limits, find_spread
from refractory.statistics.printed_numbers import ANY_ROUNDING, Rounding, parse_printed, print_root

# What the searches of one statement may take: a second or so for the stated number of persons, and as much again
# for all others together, of which none is left without some.
_STEPS = 60_000
_FEWEST_STEPS = 500
_BEYOND = "the mean lies beyond the ends of the values"


@dataclass(frozen=True)
class _Fit:
    """What a mean comes to over one number of persons."""

    persons: int
    fits: bool | None
    roundings: tuple[Rounding, ...] = ()
    spreads: tuple[Spread, ...] = ()
    values: tuple[int, ...] = ()
    fault: str = ""


def evaluate_mean(one: MeanStatement, known: tuple[int, ...], most: int, roundings: Sequence[Rounding]) -> Outcome:
    """Evaluate a mean, with its standard deviation where there is one.

    Args:
        one: The statement.
        known: The numbers of persons that it may be over; none when nobody knows.
        most: The largest number of persons that is tried where none of these fits.
        roundings: Rules of rounding that are considered.
    """
    stated = [_fit(one, persons, roundings, _STEPS) for persons in known]
    fitting = [fit for fit in stated if fit.fits]
    if fitting:
        return _say_fit(one, fitting, "")
    steps = max(_STEPS // max(most, 1), _FEWEST_STEPS)
    others = [_fit(one, persons, roundings, steps) for persons in range(1, most + 1)]
    possible = [fit for fit in others if fit.fits]
    said = _say_candidates(one, possible, others, known)
    details = _details(possible)
    if not stated:
        who = "nobody knows over how many" if one.of is not None else f"{len(possible):,} numbers of persons fit"
        return Outcome(None if one.of is not None else bool(possible), f"{who}; {said}", (), _union(possible), details)
    if any(fit.fits is None for fit in stated):
        return Outcome(None, f"the search for values ended before it could say; {said}", details=details)
    fault = stated[0].fault
    numbers = say_list((f"{fit.persons:,}" for fit in stated), "or")
    near = ""
    if fault == Fault.MEAN and len(stated) == 1:
        near = f" ({say_neighbouring_means(parse_printed(one.mean), stated[0].persons * one.items)})"
    if fault == Fault.VALUES and len(stated) == 1:
        near = _say_limits(one, stated[0].persons, roundings)
    return Outcome(False, f"not over {numbers}: {fault}{near}; {said}", details=details)


def _fit(one: MeanStatement, persons: int, roundings: Sequence[Rounding], most_steps: int) -> _Fit:
    mean = parse_printed(one.mean)
    sums = find_sums(mean, persons, one.items, least=one.least, most=one.most, roundings=roundings)
    if not sums:
        has_sums = find_sums(mean, persons, one.items, roundings=roundings)
        return _Fit(persons, False, fault=_BEYOND if has_sums else Fault.MEAN)
    if one.sd is None:
        return _Fit(persons, True, tuple(found.rounding for found in sums))
    answer = find_spread(
        mean, parse_printed(one.sd), persons, items=one.items, within=_range(one), roundings=roundings,
        most_steps=most_steps,
    )  # fmt: skip
    if not answer.possible:
        return _Fit(persons, False if answer.is_decided else None, fault=answer.fault or "")
    rules = {rule for found in answer.possible for rule in found.roundings}
    return _Fit(
        persons,
        True,
        tuple(rule for rule in roundings if rule in rules),
        tuple(found.spread for found in answer.possible),
        answer.possible[0].values,
    )


def _say_limits(one: MeanStatement, persons: int, roundings: Sequence[Rounding]) -> str:
    """Say between which ends the SD lies that the mean and the ends of the values leave."""
    limits = find_sd_limits(
        parse_printed(one.mean), persons, items=one.items, within=_range(one), roundings=roundings
    )  # fmt: skip
    if limits is None or one.sd is None:
        return ""
    smallest, largest = (print_root(end, parse_printed(one.sd).decimals) for end in limits)
    return f" (with this mean the SD lies between {smallest} and {largest})"


def _range(one: MeanStatement) -> Range:
    """The ends of the values in units of one item."""
    ends = (one.least, one.most, one.smallest, one.largest)
    return Range(*(None if end is None else end * one.items for end in ends))


def _say_fit(one: MeanStatement, fitting: Sequence[_Fit], before: str) -> Outcome:
    last = fitting[-1]
    said = f"over {say_list((f'{fit.persons:,}' for fit in fitting), 'or')}"
    if last.values:
        said += f": for example {say_values(last.values, one.items)}"
        if last.spreads == (Spread.POPULATION,):
            said += "; only if the SD divides by n and not by n - 1"
    return Outcome(True, before + said, (), _union(fitting), _details(fitting))


def _say_candidates(one: MeanStatement, possible: Sequence[_Fit], tried: Sequence[_Fit], known: tuple[int, ...]) -> str:
    """Say over how many persons it fits, with an example for the largest number that is not above the stated one."""
    undecided = sum(fit.fits is None for fit in tried)
    open_ones = f"; {undecided:,} more are not decided" if undecided else ""
    if not possible:
        return f"no number of persons up to {len(tried):,} is known to fit{open_ones}"
    shown = next((fit for fit in reversed(possible) if fit.persons <= max(known, default=len(tried))), possible[0])
    example = f", over {shown.persons:,} for example {say_values(shown.values, one.items)}" if shown.values else ""
    numbers = say_list(f"{fit.persons:,}" for fit in reversed(possible))
    asked = "mean and SD" if one.sd is not None else "mean"
    return f"up to {len(tried):,} persons, {asked} fit over {numbers}{example}{open_ones}"


def _union(fits: Sequence[_Fit]) -> tuple[Rounding, ...]:
    rules = {rule for fit in fits for rule in fit.roundings}
    return tuple(rule for rule in ANY_ROUNDING if rule in rules)


def _details(fits: Sequence[_Fit]) -> Mapping[str, Any]:
    return {
        "persons": tuple(fit.persons for fit in fits),
        "examples": tuple(fit.values for fit in fits if fit.values),
        "spreads": tuple(tuple(map(str, fit.spreads)) for fit in fits if fit.values),
    }
