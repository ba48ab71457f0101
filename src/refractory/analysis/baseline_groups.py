"""The groups that table 1 compares, each number of theirs, and how unlike they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from refractory.analysis.analysis_set import of_stratum, with_status
from refractory.analysis.baseline import Characteristic, CharacteristicKind
from refractory.analysis.estimates import Plan, strata_of
from refractory.analysis.results import NamedEstimate
from refractory.cohort.strata import UNDECIDED
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseDefinition, ResponseStatus
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_mean, estimate_median


@dataclass(frozen=True)
class Group:
    """One column of table 1.

    Args:
        key: Its name in ids.
        name: In words.
        persons: Who is in it.
        is_compared: It takes part in the differences.
    """

    key: str
    name: str
    persons: tuple[Patient, ...]
    is_compared: bool = True


def with_and_without(response: ResponseDefinition) -> tuple[str, str]:
    """Name the persons with and without the outcome: a harm has no responders."""
    if response.means == "benefit":
        return "Responders", "Non-responders"
    return f"With {response.name.lower()}", f"Without {response.name.lower()}"


def find_strata_groups(patients: Sequence[Patient], plan: Plan) -> list[Group]:
    """Find everybody, and each stratum; who is undecided is shown and not compared."""
    groups = [Group("overall", "All", tuple(patients), is_compared=False)]
    for name in strata_of(plan, patients):
        groups.append(Group(name, name, tuple(of_stratum(patients, name)), is_compared=name != UNDECIDED))
    return groups


def find_response_groups(patients: Sequence[Patient], plan: Plan) -> list[Group]:
    """Find those with and without the outcome, and those not evaluable, who are shown and not compared."""
    with_it, without = with_and_without(plan.response)
    named = (
        (ResponseStatus.RESPONSE, with_it, True),
        (ResponseStatus.NO_RESPONSE, without, True),
        (ResponseStatus.NOT_EVALUABLE, "Not evaluable", False),
    )
    groups = [
        Group(f"by_response.{status.value.lower()}", name, tuple(with_status(patients, status)), is_compared)
        for status, name, is_compared in named
    ]
    return [one for one in groups if one.is_compared or one.persons]


def share_of(counted: int, among: int) -> Estimate:
    """Return a share of the persons of a group: it describes them, and has no interval."""
    value = counted / among if among else None
    return Estimate(EstimateKind.PROPORTION, value, among, "count", numerator=counted, denominator=among)


def estimate_group(characteristic: Characteristic, group: Group) -> list[NamedEstimate]:
    """Estimate a characteristic of one group: mean and median of a number, the share with each of its answers."""
    known = characteristic.known(group.persons)
    key, name = characteristic.key, characteristic.name

    def named(suffix: str, label: str, estimate: Estimate) -> NamedEstimate:
        rule = f"{label}, {group.name}: persons of whom it is known"
        return NamedEstimate(f"{key}{suffix}.{group.key}", label, rule, _stratum_of(group), label, estimate)

    if characteristic.kind is CharacteristicKind.NUMBER:
        numbers = [float(value) for value in known]
        found = [named("", name, estimate_mean(numbers)), named(".median", name, estimate_median(numbers))]
    elif characteristic.kind is CharacteristicKind.YES_OR_NO:
        found = [named("", name, share_of(known.count(True), len(known)))]
    else:
        found = [
            named(f".{level}", f"{name}: {level}", share_of(known.count(level), len(known)))
            for level in characteristic.levels
        ]
    asked = len(characteristic.asked(group.persons))
    if asked > len(known):
        label = f"{name}: missing"
        found.append(named(".missing", label, share_of(asked - len(known), asked)))
    return found


def _stratum_of(group: Group) -> str:
    return "overall" if group.key == "overall" else group.name


def estimate_imbalance(
    characteristic: Characteristic, groups: Sequence[Group], suffix: str, level: float
) -> list[NamedEstimate]:
    """Estimate how unlike the compared groups are: the standardised difference of the two furthest apart.

    Args:
        characteristic: What they are compared in.
        groups: The columns of the table.
        suffix: End of the id.
        level: Coverage of the interval.

    Returns:
        One estimate; none where fewer than two groups have somebody, or what is compared defines them.
    """
    compared = [one for one in groups if one.is_compared and one.persons]
    if len(compared) < 2 or not characteristic.is_baseline:
        return []
    pairs = [(first, second, _difference(characteristic, first, second, level)) for first, second in
             combinations(compared, 2)]  # fmt: skip
    first, second, furthest = max(pairs, key=lambda pair: -1.0 if pair[2].value is None else abs(pair[2].value))
    name = characteristic.name
    of_pairs = f", the furthest apart of {len(pairs)} pairs" if len(pairs) > 1 else ""
    rule = f"{name}: standardised difference, {first.name} minus {second.name}{of_pairs}"
    label = f"{name}, standardised difference"
    return [NamedEstimate(f"{characteristic.key}.difference{suffix}", label, rule, "overall", label, furthest)]


def _difference(characteristic: Characteristic, first: Group, second: Group, level: float) -> Estimate:
    values = [characteristic.known(one.persons) for one in (first, second)]
    if characteristic.kind is CharacteristicKind.NUMBER:
        ours, others = ([float(value) for value in known] for known in values)
        return estimate_standardised_difference(ours, others, level)
    if characteristic.kind is CharacteristicKind.YES_OR_NO:
        counts = [(known.count(True), len(known)) for known in values]
        return estimate_standardised_difference_of_proportions(*counts[0], *counts[1], level)
    levels = [[known.count(one) for one in characteristic.levels] for known in values]
    return estimate_standardised_difference_of_categories(*levels)
