"""Missing predictors, imputed several times by chained equations, so that what is not known stays uncertain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from refractory.statistics.firth_model import find_what_is_fixed
from refractory.statistics.penalised_likelihood import fit_penalised

LEAST_SETS = 20
MOST_SETS = 100
ROUNDS = 10
# Known persons, of those nearest by prediction, one of whom gives the value (as in the program mice).
_DONORS = 5
# What is added to the diagonal of the cross-products, as a share of it (as in mice).
_RIDGE = 1e-5
# Persons of whom a predictor must be known, for each coefficient of the equation that imputes it, and in all.
_KNOWN_PER_COEFFICIENT = 2
_LEAST_KNOWN = 10


@dataclass(frozen=True)
class CompletedSet:
    """The predictors with every gap filled once.

    Args:
        numbers: By name, one number per person.
        groupings: By name, one group per person.
    """

    numbers: Mapping[str, Sequence[float]]
    groupings: Mapping[str, Sequence[str]]


def find_sets_needed(incomplete: int, persons: int) -> int:
    """Find how many times to impute: once per hundredth of persons with a gap, at least 20 and at most 100 times.

    Source:
        White, Royston and Wood, Statistics in Medicine 30 (2011) 377-399, section 7.

    Example:
        >>> find_sets_needed(6, 42), find_sets_needed(20, 42)
        (20, 48)
    """
    return min(MOST_SETS, max(LEAST_SETS, ceil(100 * incomplete / persons) if persons else 0))


def find_why_not(
    responded: Sequence[bool],
    numbers: Mapping[str, Sequence[float | None]],
    groupings: Mapping[str, Sequence[str | None]],
) -> str:
    """Say why gaps cannot be imputed; empty where they can, or where there are none.

    A predictor is imputed if it is known of ten persons at least, of two for each coefficient of its equation, of
    some with and some without the response, and if it varies among them.

    Args:
        responded: One per person.
        numbers: By name, one number per person or None.
        groupings: By name, one group per person or None.
    """
    columns = 2 + len(numbers) + sum(len({*values} - {None}) - 1 for values in groupings.values())
    for name, values in {**numbers, **groupings}.items():
        known = [place for place, value in enumerate(values) if value is not None]
        if len(known) == len(values):
            continue
        own = len({*values} - {None}) - 1 if name in groupings else 1
        needed = max(_LEAST_KNOWN, _KNOWN_PER_COEFFICIENT * (columns - own))
        if len(known) < needed:
            return f"{name} is known of {len(known)} persons, and imputing it asks for {needed}"
        if len({bool(responded[place]) for place in known}) < 2:
            return f"all persons of whom {name} is known responded alike"
        if len({values[place] for place in known}) < 2:
            return f"{name} is the same in everybody of whom it is known"
    return ""


def derive_completed_sets(
    responded: Sequence[bool],
    numbers: Mapping[str, Sequence[float | None]],
    groupings: Mapping[str, Sequence[str | None]],
    *,
    sets: int = LEAST_SETS,
    seed: int = 1,
    rounds: int = ROUNDS,
) -> tuple[CompletedSet, ...]:
    """Fill the gaps of predictors several times, each from all others and from the response.

    Gaps are first filled with values drawn from the known ones. Then, round after round, each predictor with gaps is
    drawn anew given all others and the response, the predictor with the fewest gaps first. A number gets the value of
    one of the five known persons whose prediction is nearest (predictive mean matching: predictions of the known from
    the fitted coefficients, of the missing from drawn ones). A grouping is drawn group after group, the most frequent
    first, by Firth's logistic regression of the group against those that are left, with drawn coefficients. The
    response itself is never imputed. Where nothing is missing each set is what was given.

    Args:
        responded: One per person; it takes part in every equation, or the imputed would look as if nothing predicted.
        numbers: By name, one number per person or None.
        groupings: By name, one group per person or None.
        sets: How often the gaps are filled.
        seed: Where drawing starts; the same seed gives the same sets.
        rounds: Times that every predictor is drawn anew within a set.

    Raises:
        ValueError: When a predictor has another number of persons than the response, or cannot be imputed.

    Source:
        van Buuren, Flexible Imputation of Missing Data, 2nd edition (2018), algorithms 3.3, 3.4 and 4.3; Little,
        J Bus Econ Stat 6 (1988) 287-296, for matching; Heinze and Schemper, Stat Med 21 (2002) 2409-2419, for Firth's
        regression, which answers where a group is separated.
    """
    if any(len(values) != len(responded) for values in (*numbers.values(), *groupings.values())):
        raise ValueError("each predictor has one value, or None, for each person of the response")
    if why := find_why_not(responded, numbers, groupings):
        raise ValueError(f"{why}.")
    return tuple(_fill(responded, numbers, groupings, rounds, (seed, number)) for number in range(sets))


def _fill(
    responded: Sequence[bool],
    numbers: Mapping[str, Sequence[float | None]],
    groupings: Mapping[str, Sequence[str | None]],
    rounds: int,
    seed: tuple[int, int],
) -> CompletedSet:
    import numpy as np

    random = np.random.Generator(np.random.PCG64(seed))
    given: dict[str, Sequence[Any]] = {**numbers, **groupings}
    is_known = {name: np.array([value is not None for value in values]) for name, values in given.items()}
    filled = {name: np.array(values, dtype=float if name in numbers else object) for name, values in given.items()}
    gaps = sorted((name for name in given if not is_known[name].all()), key=lambda name: (~is_known[name]).sum())
    for name in gaps:
        known, missing = filled[name][is_known[name]], ~is_known[name]
        filled[name][missing] = random.choice(known, size=int(missing.sum()))
    for _ in range(rounds if gaps else 0):
        for name in gaps:
            design = _build_design(responded, {other: filled[other] for other in given if other != name}, numbers)
            draw = _draw_numbers if name in numbers else _draw_groups
            filled[name][~is_known[name]] = draw(filled[name], is_known[name], design, random)
    return CompletedSet(
        {name: filled[name].tolist() for name in numbers}, {name: filled[name].tolist() for name in groupings}
    )


def _build_design(responded: Sequence[bool], others: Mapping[str, Any], numbers: Mapping[str, object]) -> Any:
    """One row per person: 1, the response, and the other predictors; a grouping as yes or no for all but one group."""
    import numpy as np

    columns = [np.ones(len(responded)), np.array([float(bool(one)) for one in responded])]
    for name, values in others.items():
        if name in numbers:
            spread = values.std()
            columns.append((values - values.mean()) / (spread or 1.0))
        else:
            groups = sorted(set(values.tolist()))
            columns += [(values == group).astype(float) for group in groups[1:]]
    return np.column_stack(columns)


def _draw_numbers(values: Any, is_known: Any, design: Any, random: Any) -> Any:
    """Draw the missing numbers by predictive mean matching: one row of the design per person."""
    import numpy as np

    known, rows = values[is_known], design[is_known]
    products = rows.T @ rows
    inverse = np.linalg.inv(products + _RIDGE * np.diag(np.diag(products)) + np.diag(np.diag(products) == 0))
    fitted = inverse @ rows.T @ known
    residual = known - rows @ fitted
    spread = sqrt(float(residual @ residual) / random.chisquare(max(1, len(known) - design.shape[1])))
    drawn = fitted + spread * (np.linalg.cholesky((inverse + inverse.T) / 2) @ random.standard_normal(design.shape[1]))
    predicted, wanted = rows @ fitted, design[~is_known] @ drawn
    # Ties in prediction are dealt out at random, or the first persons of the list would always give.
    order = random.permutation(len(known))
    distance = np.abs(wanted[:, None] - predicted[order][None, :])
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :_DONORS]
    chosen = nearest[np.arange(len(wanted)), random.integers(0, nearest.shape[1], size=len(wanted))]
    return known[order][chosen]


def _draw_groups(values: Any, is_known: Any, design: Any, random: Any) -> Any:
    """Draw the missing groups, the most frequent first, each against those that are left."""
    import numpy as np

    counts = Counter(values[is_known].tolist())
    groups = sorted(counts, key=lambda group: (-counts[group], group))
    drawn = np.full(len(values), groups[-1], dtype=object)
    is_left = np.ones(len(values), dtype=bool)
    for group in groups[:-1]:
        among = is_known & is_left
        chances = _draw_chances((values[among] == group).astype(float), design[among], design, random)
        takes = ~is_known & is_left & (random.random(len(values)) < chances)
        drawn[takes] = group
        is_left &= ~takes & ~(is_known & (values == group))
    return drawn[~is_known]


def _draw_chances(is_group: Any, rows: Any, design: Any, random: Any) -> Any:
    """The chance of a group for each person, by coefficients drawn around those of Firth's regression."""
    import numpy as np

    columns = {str(place): rows[:, place].tolist() for place in range(1, rows.shape[1])}
    fixed = find_what_is_fixed(columns, len(rows))
    free = [0, *(place for place in range(1, rows.shape[1]) if str(place) not in fixed)]
    fit = fit_penalised(is_group, rows[:, free])
    root = np.linalg.cholesky(np.linalg.inv(fit.information))
    drawn = fit.coefficients + root @ random.standard_normal(len(free))
    return 1 / (1 + np.exp(-np.clip(design[:, free] @ drawn, -700, 700)))
