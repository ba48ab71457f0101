"""Which dials move a result, by how much, and which of their alternatives come to the same."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from refractory.analysis.multiverse_results import CurvePoint, DialEffect, DialHead, SpecificationCurve, UniverseRow
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.variance_shares import estimate_main_effect, estimate_total_effect

# Numbers that print in per cent.
SHARES = (EstimateKind.PROPORTION, EstimateKind.DIFFERENCE)


def scale_of(estimate: Estimate) -> float:
    """Return what a number is multiplied by to be printed: shares print in per cent."""
    return 100.0 if estimate.kind in SHARES else 1.0


def value_of(row: UniverseRow, result: str) -> float | None:
    """Return a number of a universe as it prints, a share in per cent; None where it has none."""
    estimate = row.estimates.get(result)
    if estimate is None or estimate.value is None:
        return None
    return estimate.value * scale_of(estimate)


def derive_effects(
    rows: Sequence[UniverseRow], dials: Sequence[DialHead], result: str, *, is_sample: bool
) -> tuple[DialEffect, ...]:
    """Derive what each dial does to one result.

    Args:
        rows: All universes.
        dials: Their dials.
        result: Id of the result.
        is_sample: Whether they are only a sample of the combinations.

    Returns:
        One effect a dial, in the order of the dials.
    """
    found = [(row.choices, value) for row in rows if (value := value_of(row, result)) is not None]
    values = [value for _, value in found]
    by_choices = dict(found)
    written = tuple(dial.written for dial in dials)
    effects = []
    for place, dial in enumerate(dials):
        levels = [choices[place] for choices, _ in found]
        medians = []
        for choice in range(len(dial.choices)):
            own = [value for level, value in zip(levels, values, strict=True) if level == choice]
            medians.append(median(own) if own else None)
        others = [(*choices[:place], *choices[place + 1 :]) for choices, _ in found]
        alone, choice_alone = _find_largest_alone(by_choices, written, place, len(dial.choices))
        effects.append(
            DialEffect(
                result,
                dial.name,
                tuple(medians),
                estimate_main_effect(values, levels),
                None if is_sample else estimate_total_effect(values, others),
                alone,
                choice_alone,
            )
        )
    return tuple(effects)


def _find_largest_alone(
    by_choices: dict[tuple[int, ...], float], written: tuple[int, ...], place: int, size: int
) -> tuple[float | None, int | None]:
    """Find the largest change when one dial alone moves from what is written, and the alternative that makes it."""
    base = by_choices.get(written)
    if base is None:
        return None, None
    changes: list[tuple[float, int]] = []
    for choice in range(size):
        value = by_choices.get((*written[:place], choice, *written[place + 1 :]))
        if choice != written[place] and value is not None:
            changes.append((value - base, choice))
    # Of changes of one size the first alternative is named.
    return max(changes, key=lambda one: (abs(one[0]), -one[1]), default=(None, None))


def find_alike(rows: Sequence[UniverseRow], place: int, size: int) -> tuple[tuple[int, ...], ...]:
    """Find the alternatives of a dial that come to the same in everything that is followed, whatever the others say.

    Args:
        rows: All universes.
        place: The place of the dial.
        size: How many alternatives it has.

    Returns:
        Groups of two or more alternatives. Two are alike when no universe with the one differs from its counterpart
        with the other, and there is a pair to compare.
    """
    by_choices = {row.choices: _tell(row) for row in rows}
    groups: list[list[int]] = []
    for choice in range(size):
        for group in groups:
            if _are_alike(by_choices, place, group[0], choice):
                group.append(choice)
                break
        else:
            groups.append([choice])
    return tuple(tuple(group) for group in groups if len(group) > 1)


def _tell(row: UniverseRow) -> tuple[object, ...]:
    """Return everything that a universe found, to be compared."""
    numbers = ((one.value, one.lower, one.upper, one.n, one.numerator) for one in row.estimates.values())
    return (row.why_not, tuple(row.estimates), *numbers)


def _are_alike(by_choices: dict[tuple[int, ...], tuple[object, ...]], place: int, one: int, other: int) -> bool:
    has_pair = False
    for choices, told in by_choices.items():
        if choices[place] == one:
            counterpart = by_choices.get((*choices[:place], other, *choices[place + 1 :]))
            if counterpart is not None and counterpart != told:
                return False
            has_pair = has_pair or counterpart is not None
    return has_pair


def count_different(rows: Sequence[UniverseRow]) -> int:
    """Count how many different sets of numbers the universes that were run hold."""
    return len({_tell(row) for row in rows if not row.why_not})


def derive_curve(
    rows: Sequence[UniverseRow],
    dials: Sequence[DialHead],
    result: str,
    title: str,
    axis_name: str,
    marks: tuple[tuple[str, float], ...] = (),
) -> SpecificationCurve:
    """Put the universes that have a result in the order of its number; equal numbers stay in the order of universes."""
    written = tuple(dial.written for dial in dials)
    points = []
    for row in rows:
        value = value_of(row, result)
        if value is not None:
            estimate = row.estimates[result]
            scale = scale_of(estimate)
            # The ends of a median are quartiles, of a difference or a share an interval; all are drawn.
            ends = [None if end is None else end * scale for end in (estimate.lower, estimate.upper)]
            points.append(CurvePoint(value, ends[0], ends[1], row.choices, row.choices == written))
    points.sort(key=lambda point: point.value)
    return SpecificationCurve(result, title, axis_name, tuple(points), tuple(dials), marks)
