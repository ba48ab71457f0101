"""The ACR/EULAR 2016 Total Improvement Score: how much better somebody is than at baseline, from six measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, isnan

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.columns import exact
from refractory.outcomes.instruments.rules import say_number
from refractory.outcomes.instruments.scoring import Answers, Fault, count_sheets, say_problems
from refractory.outcomes.instruments.tis_points import CATEGORIES, COMPONENTS, MEASURES, NO_IMPROVEMENT, Component, Kind

Changes = tuple[Fraction | None, ...]


@dataclass(frozen=True)
class ScoredChange:
    """The Total Improvement Score of every person.

    `total` is None where a measure is missing or not allowed; `lower` and `upper` hold it whatever the missing
    measures are, and are None where one is not allowed. `category` is there where both ends have the same one.
    `changes` and `points` are by component; `enzyme` names the enzyme that counts.
    """

    kind: Kind
    persons: int
    total: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    missing: tuple[int, ...]
    category: tuple[str | None, ...]
    changes: Mapping[str, tuple[float | None, ...]]
    points: Mapping[str, tuple[float | None, ...]]
    enzyme: tuple[str | None, ...]
    faults: tuple[Fault, ...]

    def say_problems(self) -> list[str]:
        """Say, per person, which values are not allowed; empty where all are."""
        return say_problems(self.persons, self.faults)


def score_tis(
    kind: Kind,
    baseline: Mapping[str, Answers],
    follow_up: Mapping[str, Answers],
    ranges: Mapping[str, float] | None = None,
    *,
    upper_limits: Mapping[str, Answers] | None = None,
) -> ScoredChange:
    """Score the improvement of persons from baseline to follow-up.

    The change of a measure is in per cent of its range, not of its baseline, and positive when the person is better (a
    fall of activity, a rise of strength). The upper edge of a band belongs to the band, and no edge is missed by the
    way in which a computer stores 0.1. The enzyme is the one that is most abnormal at baseline, as a multiple of its
    upper limit of normal (the first of ck, aldolase, ast, alt, ldh where two are equal); the same one counts at
    follow-up.

    Args:
        kind: "adult", or "juvenile" for juvenile dermatomyositis.
        baseline: The measures of every person at baseline, by key of MEASURES.
        follow_up: The same measures later.
        ranges: Ranges other than those of MEASURES, such as {"mmt": 150}.
        upper_limits: Upper limits of normal of the enzymes, in the unit of the values; an enzyme without is already
            in multiples of it.

    Returns:
        One total per person, with its ends, its category and its parts.

    Raises:
        InstrumentError: When a measure is unknown, is given at one visit only or beside its alternative, or has no
            range.

    Source:
        Aggarwal et al., Ann Rheum Dis 2017;76:792; Rider et al. 2017, PMC5407906 and PMC5577002.

    Example:
        >>> before = {"physician_global": [6], "mmt": [70], "haq": [1.5], "ck": [4]}
        >>> after = {"physician_global": [3], "mmt": [78], "haq": [1.5], "ck": [1]}
        >>> found = score_tis("adult", before, after)
        >>> found.points["physician_global"], found.points["strength"], found.lower, found.upper
        ((17.5,), (10,), (32.5,), (62.5,))
    """
    limits, spans = dict(upper_limits or {}), _find_ranges(kind, ranges or {})
    persons = _check_measures(kind, baseline, follow_up, limits)
    faults: list[Fault] = []
    changes: dict[str, Changes] = {}
    enzyme: tuple[str | None, ...] = (None,) * persons
    at_fault: dict[str, set[int]] = {}
    for component in COMPONENTS[kind]:
        given, known = _find_given(component, baseline), len(faults)
        read = {key: _read_measure(key, baseline, follow_up, limits, spans, faults) for key in given}
        if given and MEASURES[given[0]].is_enzyme:
            enzyme = _choose_enzyme(read, baseline)
            changes[component.key] = tuple(
                _change(read[key], key, row, spans) if key else None for row, key in enumerate(enzyme)
            )
        elif given:
            changes[component.key] = tuple(_change(read[given[0]], given[0], row, spans) for row in range(persons))
        else:
            changes[component.key] = (None,) * persons
        at_fault[component.key] = {row for fault in faults[known:] for row in fault.rows}
    return _add_up(kind, persons, changes, enzyme, tuple(faults), at_fault)


def _find_ranges(kind: Kind, ranges: Mapping[str, float]) -> dict[str, Fraction]:
    for key, value in ranges.items():
        if key not in MEASURES:
            from refractory.protocol_mistakes import say_nearest

            raise _refuse(f'no measure is called "{key}".{say_nearest(key, list(MEASURES))}', kind)
        if not (isfinite(value) and value > 0):
            raise _refuse(f"the range of {key} is not above 0", kind)
    known = {key: measure.range for key, measure in MEASURES.items() if measure.range is not None}
    return {key: exact(value) for key, value in {**known, **ranges}.items()}


def _refuse(what: str, kind: Kind) -> InstrumentError:
    allowed = ", ".join(key for one in COMPONENTS[kind] for several in one.measures for key in several)
    return InstrumentError(
        f"{what.rstrip('.')}.", where=f"total improvement score, {kind}", remedy=f"the measures are {allowed}."
    )


def _check_measures(
    kind: Kind, baseline: Mapping[str, Answers], follow_up: Mapping[str, Answers], limits: Mapping[str, Answers]
) -> int:
    known = [key for one in COMPONENTS[kind] for several in one.measures for key in several]
    for several in (baseline, follow_up, limits):
        count_sheets(several, known, f"total improvement score, {kind}")
    for key in sorted(baseline.keys() ^ follow_up.keys()):
        raise _refuse(f"{key} is given at {'baseline' if key in baseline else 'follow-up'} only", kind)
    for key in limits:
        if not MEASURES[key].is_enzyme:
            raise _refuse(f"{key} has no upper limit of normal", kind)
    lengths = {len(one) for several in (baseline, follow_up, limits) for one in several.values()}
    if len(lengths) > 1:
        raise _refuse(f"the measures have different numbers of persons: {', '.join(map(str, sorted(lengths)))}", kind)
    for component in COMPONENTS[kind]:
        sets = [several for several in component.measures if any(key in baseline for key in several)]
        if len(sets) > 1:
            raise _refuse(f"{component.name.lower()} is given twice, as {sets[0][0]} and as {sets[1][0]}", kind)
    return lengths.pop() if lengths else 0


def _find_given(component: Component, baseline: Mapping[str, Answers]) -> list[str]:
    return [key for several in component.measures for key in several if key in baseline]


@dataclass(frozen=True)
class _Read:
    """One measure of every person at both visits, exact; an enzyme as a multiple of its upper limit of normal."""

    before: Changes
    after: Changes


def _read_measure(
    key: str,
    baseline: Mapping[str, Answers],
    follow_up: Mapping[str, Answers],
    limits: Mapping[str, Answers],
    spans: Mapping[str, Fraction],
    faults: list[Fault],
) -> _Read:
    measure = MEASURES[key]
    if key not in spans:
        raise InstrumentError(
            f"no range is known for {key}.",
            where="total improvement score",
            remedy=f"give its range: `--range {key}=NUMBER`, or ranges={{{key!r}: NUMBER}} in Python.",
        )
    most = spans[key] if measure.is_bounded else None
    visits = [
        _read_values(f"{key}_{visit}", several[key], most, faults, has_least=key != "chq")
        for visit, several in (("baseline", baseline), ("follow_up", follow_up))
    ]
    if key in limits:
        limit = _read_values(f"{key}_uln", limits[key], None, faults, is_divisor=True)
        visits = [
            tuple(None if one is None or over is None else one / over for one, over in zip(visit, limit, strict=True))
            for visit in visits
        ]
    return _Read(*visits)


def _read_values(
    name: str,
    values: Answers,
    most: Fraction | None,
    faults: list[Fault],
    *,
    has_least: bool = True,
    is_divisor: bool = False,
) -> Changes:
    # Persons share many values: each is made exact once.
    numbers: dict[float, Fraction | None] = {}
    for value in {value for value in values if value is not None and not isnan(value)}:
        is_allowed = isfinite(value) and (not has_least or value >= 0) and not (is_divisor and value == 0)
        number = exact(value) if is_allowed else None
        numbers[value] = None if number is None or (most is not None and number > most) else number
    wrong = tuple(
        row for row, value in enumerate(values) if value is not None and value in numbers and numbers[value] is None
    )
    if wrong:
        rule = "a number" if not has_least else "above 0" if is_divisor else "0 or more"
        faults.append(Fault(name, rule if most is None else f"0 to {say_number(float(most))}", wrong))
    return tuple(None if value is None else numbers.get(value) for value in values)


def _choose_enzyme(read: Mapping[str, _Read], baseline: Mapping[str, Answers]) -> tuple[str | None, ...]:
    """Choose, per person, the enzyme that is the largest multiple of its upper limit of normal at baseline.

    Where one was measured whose upper limit is not known, nobody can say which is the largest.
    """
    chosen: list[str | None] = []
    for row in range(len(next(iter(read.values())).before)):
        multiples = {key: one.before[row] for key, one in read.items()}
        known = {key: multiple for key, multiple in multiples.items() if multiple is not None}
        measured = [key for key in read if (value := baseline[key][row]) is not None and not isnan(value)]
        is_comparable = known and len(measured) == len(known)
        chosen.append(max(known, key=lambda key: known[key]) if is_comparable else None)
    return tuple(chosen)


def _change(read: _Read, key: str, row: int, spans: Mapping[str, Fraction]) -> Fraction | None:
    before, after = read.before[row], read.after[row]
    if before is None or after is None:
        return None
    better = before - after if MEASURES[key].improvement_is == "fall" else after - before
    return 100 * better / spans[key]


def _add_up(
    kind: Kind,
    persons: int,
    changes: Mapping[str, Changes],
    enzyme: tuple[str | None, ...],
    faults: tuple[Fault, ...],
    at_fault: Mapping[str, set[int]],
) -> ScoredChange:
    without = {row for fault in faults for row in fault.rows}
    points: dict[str, tuple[float | None, ...]] = {
        one.key: tuple(None if change is None else one.points_at(change) for change in changes[one.key])
        for one in COMPONENTS[kind]
    }
    ends = {"lower": [0.0] * persons, "upper": [0.0] * persons}
    missing = [0] * persons
    for one in COMPONENTS[kind]:
        for row, number in enumerate(points[one.key]):
            ends["lower"][row] += 0 if number is None else number
            ends["upper"][row] += one.most if number is None else number
            # What is not allowed was given, and so is not missing.
            missing[row] += number is None and row not in at_fault[one.key]
    lower, upper = (
        tuple(None if row in without else end for row, end in enumerate(ends[side])) for side in ("lower", "upper")
    )
    total = tuple(None if missing[row] else end for row, end in enumerate(lower))
    told = {
        key: tuple(None if change is None else float(change) for change in several) for key, several in changes.items()
    }
    category = classify_improvement(kind, lower, upper)
    return ScoredChange(kind, persons, total, lower, upper, tuple(missing), category, told, points, enzyme, faults)


def classify_improvement(kind: Kind, lower: Answers, upper: Sequence[float | None]) -> tuple[str | None, ...]:
    """Classify totals as major, moderate, minimal or no improvement, where both ends have the same category.

    Example:
        >>> classify_improvement("adult", [19.5, 20, 20], [19.5, 20, 45])
        ('none', 'minimal', None)
    """

    def name(total: float) -> str:
        return next((name for name, least in CATEGORIES[kind] if total >= least), NO_IMPROVEMENT)

    return tuple(
        None if low is None or high is None or name(low) != name(high) else name(low)
        for low, high in zip(lower, upper, strict=True)
    )
