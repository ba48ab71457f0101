"""Each statement under some rules of rounding: what fits, and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from math import prod

from refractory.consistency.answers import Outcome
from refractory.consistency.averages import evaluate_mean
from refractory.consistency.findings import (
    say_counts,
    say_list,
    say_methods,
    say_names,
    say_neighbours,
)
from refractory.consistency.reported import (
    IntervalStatement,
    PercentageStatement,
    ReportedFile,
    SharedStatement,
    SumStatement,
    TestStatement,
    split_p_value,
)
from refractory.statistics.consistency import (
    PossibleCount,
    find_common_denominators,
    find_counts,
    find_denominators,
    find_divisions,
)
from refractory.statistics.consistency_of_tests import NamedNumbers, find_intervals, find_tests
from refractory.statistics.printed_numbers import ANY_ROUNDING, Rounding, parse_printed

# Denominators that are tried where the stated one does not fit and the file gives no limit.
_MOST_UNASKED = 500
_MOST_COMBINATIONS = 400
_MOST_SUMS = 1_000_000
_P_DECIMALS = 4


def evaluate(reported: ReportedFile, roundings: Sequence[Rounding]) -> Mapping[str, Outcome]:
    """Evaluate every statement of a file under some rules of rounding.

    Returns:
        One outcome per statement, by name.
    """
    outcomes: dict[str, Outcome] = {}
    persons: dict[str, tuple[int, ...]] = {}
    for count in reported.count:
        persons[count.name] = (count.persons,)
        outcomes[count.name] = Outcome(True, f"{count.persons:,} persons", roundings=tuple(roundings))
    for share in _in_order(reported.percentage):
        outcomes[share.name] = _evaluate_percentage(share, persons, roundings)
        persons[share.name] = tuple(sorted({one.count for one in outcomes[share.name].counts if one.count}))
    for whole in reported.sum:
        outcomes[whole.name] = _evaluate_sum(whole, outcomes)
    printed = {one.name: one.printed for one in reported.percentage}
    for shared in reported.shared:
        outcomes[shared.name] = _evaluate_shared(shared, printed, roundings)
    for mean in reported.mean:
        known = _persons_of(mean.of, persons)
        outcomes[mean.name] = evaluate_mean(mean, known, _limit(mean.at_most, known), roundings)
    for test in reported.test:
        outcomes[test.name] = _evaluate_test(test, outcomes)
    for interval in reported.interval:
        outcomes[interval.name] = _evaluate_interval(interval, outcomes)
    return outcomes


def _in_order(shares: Sequence[PercentageStatement]) -> Iterable[PercentageStatement]:
    """The percentages, each after the one that it is of."""
    left, known = list(shares), {one.name for one in shares}
    while left:
        ready = [one for one in left if one.of not in known]
        yield from ready
        known -= {one.name for one in ready}
        left = [one for one in left if one.name in known]


def _persons_of(of: int | str | None, persons: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The numbers of persons that a statement may be of; none where nobody knows."""
    if of is None:
        return ()
    return (of,) if isinstance(of, int) else persons[of]


def _limit(at_most: int | None, known: tuple[int, ...]) -> int:
    return at_most or min(max(known, default=0), _MOST_UNASKED)


def _evaluate_percentage(
    one: PercentageStatement, persons: Mapping[str, tuple[int, ...]], roundings: Sequence[Rounding]
) -> Outcome:
    printed, known = parse_printed(one.printed), _persons_of(one.of, persons)
    counts = tuple(count for n in known for count in find_counts(printed, n, roundings))
    if counts:
        return Outcome(True, say_counts(counts), counts, _union(counts), {"counts": _pairs(counts)})
    most = _limit(one.at_most, known)
    others = find_denominators(printed, most, roundings)
    named = {name: n[0] for name, n in persons.items() if len(n) == 1 and n[0] <= most}
    found = f"of at most {most:,} persons, {say_counts(others)} would{say_names(others, named)}"
    details = {"denominators": _pairs(others)}
    if known:
        near = f" ({say_neighbours(printed, known[0])})" if len(known) == 1 else ""
        stated = say_list((f"{n:,}" for n in known), "or")
        return Outcome(False, f"no count out of {stated} fits{near}; {found}", details=details)
    if one.of is not None:
        return Outcome(
            None, f'nobody knows of how many, for no count above 0 fits "{one.of}"; {found}', details=details
        )
    return Outcome(
        bool(others),
        f"{len(others):,} fit: {say_counts(others)}{say_names(others, named)}",
        others,
        _union(others),
        details,
    )


def _evaluate_sum(one: SumStatement, outcomes: Mapping[str, Outcome]) -> Outcome:
    without = [f'"{name}"' for name in (one.whole, *one.parts) if not outcomes[name].counts]
    if without:
        return Outcome(None, f"no counts are known for {say_list(without)}")
    if prod(len(outcomes[name].counts) for name in one.parts) > _MOST_SUMS:
        return Outcome(None, "the parts may be too many counts to add up; say of how many they are")
    found = find_divisions(outcomes[one.whole].counts, [outcomes[name].counts for name in one.parts])
    if not found.listed:
        return Outcome(False, "no counts of the parts add up to a count of the whole, persons to persons")
    said = say_list(
        (
            " + ".join(f"{part.count:,}/{part.persons:,}" for part in division.parts)
            + f" = {division.whole.count:,}/{division.whole.persons:,}"
            for division in found.listed
        ),
        "or",
    )
    rules = {rule for division in found.listed for rule in division.roundings}
    more = "; there are more" if found.has_more else ""
    details = {"divisions": tuple(_pairs((each.whole, *each.parts)) for each in found.listed)}
    return Outcome(True, said + more, roundings=tuple(r for r in ANY_ROUNDING if r in rules), details=details)


def _evaluate_shared(one: SharedStatement, printed: Mapping[str, str], roundings: Sequence[Rounding]) -> Outcome:
    found = find_common_denominators([parse_printed(printed[name]) for name in one.percentages], one.at_most, roundings)
    if not found:
        return Outcome(False, f"no denominator up to {one.at_most:,} fits all of them")
    said = say_list(
        (
            f"{each.persons:,} ({say_list('/'.join(map(str, counts)) for counts in each.counts)})"
            for each in reversed(found)
        ),
        "or",
    )
    rules = {rule for each in found for rule in each.roundings}
    details = {"denominators": tuple(each.persons for each in found)}
    return Outcome(
        True,
        f"{len(found):,} of the denominators up to {one.at_most:,} fit: {said}",
        (),
        tuple(r for r in ANY_ROUNDING if r in rules),
        details,
    )


def _evaluate_test(one: TestStatement, outcomes: Mapping[str, Outcome]) -> Outcome:
    sign, printed = split_p_value(one.printed)
    pairs = list(islice(product(*(outcomes[name].counts for name in one.groups)), _MOST_COMBINATIONS + 1))
    if not pairs or len(pairs) > _MOST_COMBINATIONS:
        return Outcome(None, "the counts of the two groups are not known well enough")
    found = [
        (pair, find_tests(pair[0].count, pair[0].persons, pair[1].count, pair[1].persons, printed, sign))
        for pair in pairs
    ]
    return _say_fitting(
        [(" against ".join(f"{group.count:,}/{group.persons:,}" for group in pair), given) for pair, given in found],
        max(printed.decimals, _P_DECIMALS),
        "no test that was tried gives this P value",
    )


def _evaluate_interval(one: IntervalStatement, outcomes: Mapping[str, Outcome]) -> Outcome:
    lower, upper = parse_printed(one.lower), parse_printed(one.upper)
    counts = outcomes[one.percentage].counts
    if not counts or len(counts) > _MOST_COMBINATIONS:
        return Outcome(None, "the count is not known well enough")
    return _say_fitting(
        [
            (f"{each.count:,}/{each.persons:,}", find_intervals(each.count, each.persons, lower, upper, one.level))
            for each in counts
        ],
        max(lower.decimals, upper.decimals),
        "no method that was tried gives this interval",
    )


def _say_fitting(found: Sequence[tuple[str, Sequence[NamedNumbers]]], decimals: int, none: str) -> Outcome:
    """Say which methods fit for which counts; where none does, what they give for the first counts."""
    fitting = [
        (said, [each for each in given if each.fits]) for said, given in found if any(each.fits for each in given)
    ]
    if not fitting:
        said, given = found[0]
        return Outcome(False, f"{none}; for {said}: {say_methods(given, decimals)}")
    told = say_list((f"{said}: {say_methods(given, decimals)}" for said, given in fitting), "or")
    details = {"methods": tuple((said, tuple(each.method for each in given)) for said, given in fitting)}
    return Outcome(True, told, roundings=ANY_ROUNDING, details=details)


def _union(counts: Sequence[PossibleCount]) -> tuple[Rounding, ...]:
    rules = {rule for one in counts for rule in one.roundings}
    return tuple(rule for rule in ANY_ROUNDING if rule in rules)


def _pairs(counts: Iterable[PossibleCount]) -> tuple[tuple[int, int], ...]:
    return tuple((one.count, one.persons) for one in counts)
