"""What a comparison could have found: the smallest effect that it had an 80 % chance to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.numbers import format_number
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.power import find_detectable_difference, find_detectable_shift
from refractory.statistics.power_of_groups import find_detectable_groups, find_effect_size

POWER = 0.8
SIGNIFICANT = 0.05
NONE = "none"
NOTHING_FOUND = "No effect, however large, had that chance."
# Mann-Whitney test against Student's, stated beside the shift.
_SHIFT_METHOD = "Mann-Whitney test, power of Student's test in groups smaller by 3 / pi"


@dataclass(frozen=True)
class Detectable:
    """The smallest effect that a test had an 80 % chance to find at P < 0.05, taken by itself.

    Args:
        words: As a table prints it ("83 v 38 %"); "none" where no effect had that chance.
        estimate: The same as a number: a difference of two rates, or a shift in standard deviations; no value, and
            the reason in `note`, where there is none.
    """

    words: str
    estimate: Estimate


def find_least_difference(n1: int, n2: int, rate: float) -> Detectable:
    """Say which rate of one of two groups the test had a good chance to tell from that of the other.

    Args:
        n1: Persons of a group; the larger group responds at `rate`.
        n2: Persons of the other.
        rate: The rate that both would have in common.
    """
    n1, n2 = max(n1, n2), min(n1, n2)
    found = find_detectable_difference(n1, n2, rate, POWER, SIGNIFICANT) if n2 else None
    if found is None:
        return _nothing(EstimateKind.DIFFERENCE, n1 + n2, "Fisher's exact test")
    rates = [one for one in (found.below, found.above) if one is not None]
    words = " or ".join(_print_pair(rate, one) for one in rates)
    # The smaller group decides whether the number may be shared, as in every difference.
    estimate = Estimate(EstimateKind.DIFFERENCE, found.difference, n1 + n2, f"{found.method}, 80 %", denominator=n2)
    return Detectable(words, estimate)


def say_least_difference(least: Detectable) -> str:
    """Say what a comparison of two groups could have found, for the place where its P value stands.

    Example:
        >>> say_least_difference(find_least_difference(21, 21, 0.83))
        "Fisher's exact test had an 80 % chance of P < 0.05 only from a difference of 83 v 37 % on."
    """
    test = "Fisher's exact test"
    if least.words == NONE:
        return f"{test} had no 80 % chance of P < {SIGNIFICANT}, whatever the difference."
    return f"{test} had an 80 % chance of P < {SIGNIFICANT} only from a difference of {least.words} on."


def find_least_group(names: Sequence[str], sizes: Sequence[int], rate: float) -> Detectable:
    """Say how far the rate of one of several groups had to lie from that of the others, for the group easiest to see.

    Args:
        names: Of the groups.
        sizes: Persons of each.
        rate: The rate that all would have in common.
    """
    nearest = None
    for found in find_detectable_groups(sizes, rate, POWER, SIGNIFICANT):
        for own in (found.below, found.above):
            if own is not None and (nearest is None or abs(own - rate) < abs(nearest[0] - rate)):
                nearest = own, found
    if nearest is None:
        return _nothing(EstimateKind.DIFFERENCE, sum(sizes), "Freeman-Halton exact test")
    own, found = nearest
    effect = find_effect_size(sizes, [own if place == found.place else rate for place in range(len(sizes))])
    words = f"{_print_pair(rate, own)} in {names[found.place]} (w {effect:.2f})"
    estimate = Estimate(
        EstimateKind.DIFFERENCE, abs(own - rate), sum(sizes), f"{found.method}, 80 %", denominator=min(sizes),
        note=f"{names[found.place]} against all others, Cohen's w {effect:.2f}.",
    )  # fmt: skip
    return Detectable(words, estimate)


def find_least_shift(n1: int, n2: int) -> Detectable:
    """Say how far two samples of a number had to lie apart, in standard deviations."""
    shift = find_detectable_shift(n1, n2, POWER, SIGNIFICANT)
    if shift is None:
        return _nothing(EstimateKind.SHIFT, n1 + n2, _SHIFT_METHOD)
    estimate = Estimate(EstimateKind.SHIFT, shift, n1 + n2, f"{_SHIFT_METHOD}, 80 %", denominator=min(n1, n2))
    return Detectable(f"{shift:.1f} SD", estimate)


def _nothing(kind: EstimateKind, n: int, method: str) -> Detectable:
    return Detectable(NONE, Estimate(kind, None, n, f"{method}, 80 %", note=NOTHING_FOUND))


def _print_pair(rate: float, other: float) -> str:
    """Print two rates in per cent, with the decimals that tell them apart."""
    for decimals in range(4):
        first, second = (format_number(100 * one, decimals) for one in (rate, other))
        if first != second:
            break
    return f"{first} v {second} %"


def say_least(found: Sequence[Detectable]) -> str:
    """Say, of several tests, the smallest effects that any of them had an 80 % chance to find.

    Args:
        found: One per test.

    Returns:
        One sentence; empty where nothing was tested.

    Example:
        >>> say_least([find_least_difference(15, 27, 0.83), find_least_shift(35, 7)])
        'By itself, each test had an 80 % chance to find no less than: 83 v 40 % between groups; 1.2 SD in a number.'
    """
    if not found:
        return ""
    said = []
    for kind, place in ((EstimateKind.DIFFERENCE, "between groups"), (EstimateKind.SHIFT, "in a number")):
        reached = [(one.estimate.value, one) for one in found if one.estimate.kind is kind and one.estimate.value]
        if reached:
            _, least = min(reached, key=lambda pair: pair[0])
            said.append(f"{least.words} {place}")
        elif any(one.estimate.kind is kind for one in found):
            said.append(f"nothing {place}, however large")
    return f"By itself, each test had an 80 % chance to find no less than: {'; '.join(said)}."
