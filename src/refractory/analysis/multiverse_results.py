"""What the universes of a study found: one row a universe, one effect a dial and result, one curve a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refractory.statistics.estimate import Estimate


@dataclass(frozen=True)
class DialHead:
    """One dial.

    Args:
        name: The path of the key.
        what: What the key is, in words.
        choices: Its alternatives, each in one line.
        written: The place of what the study itself says.
    """

    name: str
    what: str
    choices: tuple[str, ...]
    written: int


@dataclass(frozen=True)
class UniverseRow:
    """One universe.

    Args:
        number: Its place, from 1.
        choices: The place of the alternative of each dial.
        estimates: By id what it found; a result that it does not have is absent.
        why_not: Why it was not run; empty where it was.
    """

    number: int
    choices: tuple[int, ...]
    estimates: Mapping[str, Estimate]
    why_not: str = ""


@dataclass(frozen=True)
class CurvePoint:
    """One universe on a curve.

    Args:
        value: The number, a share in per cent.
        lower: Lower end of its interval; None without.
        upper: Upper end.
        choices: The place of the alternative of each dial.
        is_as_written: Whether it is the study itself.
    """

    value: float
    lower: float | None
    upper: float | None
    choices: tuple[int, ...]
    is_as_written: bool


@dataclass(frozen=True)
class SpecificationCurve:
    """One result over all universes that have it, from the least to the largest.

    Args:
        id: Id of the result.
        title: Caption without a number.
        axis_name: What is measured, with its unit.
        points: The universes in order of their number.
        dials: The dials, each with its alternatives.
        marks: Lines to see the curve against: what each is, and its place on the scale.
    """

    id: str
    title: str
    axis_name: str
    points: tuple[CurvePoint, ...]
    dials: tuple[DialHead, ...]
    marks: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class DialEffect:
    """What one dial does to one result.

    Args:
        result: Id of the result.
        dial: Name of the dial.
        medians: The median over the universes of each alternative; None where none of them has a number.
        main: Share of the variance between the alternatives.
        total: Share of the variance that is left when all other dials are held still; None where only a sample of the
            combinations was run.
        alone: The largest change, in the unit of the result, when this dial alone moves from what is written; None
            where no other alternative gives a number.
        alone_choice: The place of the alternative that makes it.
    """

    result: str
    dial: str
    medians: tuple[float | None, ...]
    main: Estimate
    total: Estimate | None
    alone: float | None
    alone_choice: int | None
