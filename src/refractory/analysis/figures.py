"""What figures show: numbers and names alone, so that the report draws and computes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.statistics.estimate import Estimate


@dataclass(frozen=True)
class StepFigure:
    """A proportion that only grows, over cycles or days.

    Args:
        id: Stable name ("by-cycle").
        title: Caption without a number.
        axis_name: What grows, in per cent.
        step_name: What the steps are counted in ("Cycle").
        points: Step and proportion with its interval, in the order of steps; before the first it is 0.
        below: Rows of counts under the steps, each with its name ("At risk"); one count per point.
        note: A sentence under the caption.
    """

    id: str
    title: str
    axis_name: str
    step_name: str
    points: tuple[tuple[int, Estimate], ...]
    below: tuple[tuple[str, tuple[int, ...]], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class ForestRow:
    """One row of a forest of proportions: alone, and drawn towards the others."""

    label: str
    alone: Estimate | None
    together: Estimate | None = None


@dataclass(frozen=True)
class ForestFigure:
    """Proportions below each other, each alone and in the light of the others.

    Args:
        id: Stable name.
        title: Caption without a number.
        axis_name: What the scale counts, in per cent.
        rows: The rows in order.
        note: A sentence under the caption.
        has_whole: Whether the first row is the whole, of which the others are parts.
    """

    id: str
    title: str
    axis_name: str
    rows: tuple[ForestRow, ...]
    note: str = ""
    has_whole: bool = True


@dataclass(frozen=True)
class EffectRow:
    """One effect with its interval, and the smallest that could have been found, all in the unit of its panel."""

    label: str
    value: float
    lower: float | None
    upper: float | None
    detectable: float | None
    printed: str


@dataclass(frozen=True)
class EffectPanel:
    """Effects that share a scale."""

    axis_name: str
    rows: tuple[EffectRow, ...]


@dataclass(frozen=True)
class EffectFigure:
    """Effects below each other, each with the stretch in which it could not have been found."""

    id: str
    title: str
    panels: tuple[EffectPanel, ...]
    note: str = ""


@dataclass(frozen=True)
class Band:
    """One class of a column of an alluvial figure, with its persons."""

    name: str
    persons: int


@dataclass(frozen=True)
class AlluvialFigure:
    """How persons pass from the classes of one column to those of the next.

    Args:
        id: Stable name.
        title: Caption without a number.
        columns: Heading and bands of each column, from left to right.
        streams: Place of the left column, place of the band in it and in the next one, persons.
        is_ordered: Whether the bands have an order, from much to nothing: they are drawn in tones of one colour.
        note: A sentence under the caption.
    """

    id: str
    title: str
    columns: tuple[tuple[str, tuple[Band, ...]], ...]
    streams: tuple[tuple[int, int, int, int], ...]
    is_ordered: bool = False
    note: str = ""


@dataclass(frozen=True)
class Lane:
    """The time after day 0 of one person, in days from day 0: identifiable.

    Args:
        number: The person's number in the listings.
        group: Stratum; empty without strata.
        seen_until: Last day that is followed.
        cycles: First days of the cycles.
        response: Earliest and latest day that the first response may be; None without one.
        lost: Day on which the response was lost.
        stopped: Last day of treatment before it stopped.
        status: The answer by the primary rule, in words.
        begun: Day and name of each other drug that was begun, or begun again, after day 0.
        ended: Day and name of each other drug that was given up after day 0.
    """

    number: int
    group: str
    seen_until: int
    cycles: tuple[int, ...]
    response: tuple[int, int] | None
    lost: int | None
    stopped: int | None
    status: str
    begun: tuple[tuple[int, str], ...] = ()
    ended: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class SwimmerFigure:
    """Every person's time after day 0: identifiable, for the study team only."""

    id: str
    title: str
    lanes: tuple[Lane, ...]
    responded: str
    note: str = ""


@dataclass(frozen=True)
class WaterfallFigure:
    """Every person's change of a score, largest gain last: identifiable, for the study team only.

    Args:
        id: Stable name.
        title: Caption without a number.
        axis_name: What changed, with its unit.
        bars: Number of the person in the listings, change, and whether the person responded (None: not evaluable).
        marks: Changes that a rule asks for, each with its name.
        responded: What a response is called.
        note: A sentence under the caption.
    """

    id: str
    title: str
    axis_name: str
    bars: tuple[tuple[int, float, bool | None], ...]
    marks: tuple[tuple[float, str], ...]
    responded: str
    note: str = ""


@dataclass(frozen=True)
class ThreadFigure:
    """A number of every person over days, with the median of all: identifiable, for the study team only.

    Args:
        id: Stable name.
        title: Caption without a number.
        axis_name: What is measured, with its unit.
        threads: Number of each person in the listings, with days and values; None where the value is not known.
        median: Day and median, in the order of days.
        note: A sentence under the caption.
    """

    id: str
    title: str
    axis_name: str
    threads: tuple[tuple[int, tuple[tuple[int, float | None], ...]], ...]
    median: tuple[tuple[int, float], ...]
    note: str = ""


AnyFigure = StepFigure | ForestFigure | EffectFigure | AlluvialFigure
PersonFigure = SwimmerFigure | WaterfallFigure | ThreadFigure
