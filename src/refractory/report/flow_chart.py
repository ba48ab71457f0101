"""The flow chart of a study: who was lost at which criterion, drawn from the attrition and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.results import AttritionStep
from refractory.report.drawing import (
    FONT_SIZE,
    LINE_HEIGHT,
    Picture,
    add,
    add_line,
    add_text,
    close_picture,
    open_picture,
)
from refractory.report.lettering import wrap_text
from refractory.report.typesetting import set_text

PADDING = 10.0
GAP = 16.0
MOST_STRATA_IN_A_ROW = 3


@dataclass(frozen=True)
class FlowLayout:
    """Where the boxes of a flow chart stand, in the chart's own units.

    Args:
        width: Width of the whole chart.
        main_width: Width of the boxes of those who remain, which stand at the left edge.
        stem: Distance of the arrow between them from the left edge.
        side_left: Left edge of the boxes of those who were lost.
        is_beside: Whether the lost stand beside the boxes of those who remain, or between them.
    """

    width: float
    main_width: float
    stem: float
    side_left: float
    is_beside: bool


WIDE = FlowLayout(width=800, main_width=330, stem=165, side_left=370, is_beside=True)
NARROW = FlowLayout(width=340, main_width=340, stem=20, side_left=42, is_beside=False)


@dataclass(frozen=True)
class _Line:
    text: str
    style: str  # name, count: also the class that a style sheet may use


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    width: float
    lines: tuple[_Line, ...]
    style: str  # remaining, lost, cohort, stratum

    @property
    def height(self) -> float:
        return 2 * PADDING + LINE_HEIGHT * len(self.lines)

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> float:
        return self.left + self.width / 2


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _set_lines(parts: Sequence[tuple[str, str]], box_width: float) -> tuple[_Line, ...]:
    room = box_width - 2 * PADDING
    return tuple(
        _Line(line, style)
        for text, style in parts
        for line in wrap_text(set_text(text), width=room, size=FONT_SIZE, is_bold=style == "name")
    )


def _set_counts(persons: int, days: int | None) -> str:
    said = _count(persons, "person", "persons")
    return said if days is None else f"{said}; {_count(days, 'candidate day', 'candidate days')}"


def _set_remaining(name: str, persons: int, days: int | None, layout: FlowLayout) -> tuple[_Line, ...]:
    return _set_lines([(name, "name"), (_set_counts(persons, days), "count")], layout.main_width)


def _set_lost(step: AttritionStep, layout: FlowLayout) -> tuple[_Line, ...]:
    counts = f"Lost: {_set_counts(step.persons_lost, step.records_lost)}"
    return _set_lines([(step.reason or step.criterion, "name"), (counts, "count")], layout.width - layout.side_left)


def _is_start(step: AttritionStep) -> bool:
    """Say whether a first step is one that nobody can fail: it says who was looked at."""
    return not step.reason and step.persons_lost == 0


def _place_steps(attrition: Sequence[AttritionStep], layout: FlowLayout) -> tuple[list[_Box], list[_Box]]:
    """Place those who remain from top to bottom, and those who were lost so that no two boxes meet."""
    first = attrition[0]
    name = first.sentence or first.criterion if _is_start(first) else "Before the first criterion"
    lines = _set_remaining(name, first.persons_before, first.records_before, layout)
    remaining = [_Box(0, 0, layout.main_width, lines, "remaining")]
    lost: list[_Box] = []
    steps = attrition[1:] if _is_start(first) else attrition
    for step in steps:
        lines = _set_lost(step, layout)
        height = 2 * PADDING + LINE_HEIGHT * len(lines)
        above = remaining[-1].bottom
        if layout.is_beside:
            top = max(above + 1.5 * GAP - height / 2, lost[-1].bottom + GAP if lost else 0)
            below = top + height / 2 + 1.5 * GAP
        else:
            top = above + GAP
            below = top + height + GAP
        lost.append(_Box(layout.side_left, top, layout.width - layout.side_left, lines, "lost"))
        # What each criterion asks stands in the table; a chart that repeats it cannot be seen at one glance.
        is_last = step is steps[-1]
        lines = _set_remaining("In the study" if is_last else "", step.persons_after, step.records_after, layout)
        style = "cohort" if is_last else "remaining"
        remaining.append(_Box(0, below, layout.main_width, lines, style))
    return remaining, lost


def _stands_in_a_row(strata: Sequence[object], layout: FlowLayout) -> bool:
    return layout.is_beside and len(strata) <= MOST_STRATA_IN_A_ROW


def _place_strata(strata: Sequence[tuple[str, int]], top: float, layout: FlowLayout) -> list[_Box]:
    """Place the strata side by side, the first below those who remain, or one below the other at the side."""
    is_row = _stands_in_a_row(strata, layout)
    room = layout.width - layout.side_left
    others = len(strata) - 1
    other_width = (room - GAP * (others - 1)) / others if is_row and others else room
    boxes: list[_Box] = []
    for place, (name, persons) in enumerate(strata):
        is_first_in_row = is_row and place == 0
        width = layout.main_width if is_first_in_row else other_width
        left = 0 if is_first_in_row else layout.side_left + ((place - 1) * (width + GAP) if is_row else 0)
        lines = _set_lines([(name, "name"), (_count(persons, "person", "persons"), "count")], width)
        box_top = top if is_row or not boxes else boxes[-1].bottom + GAP
        boxes.append(_Box(left, box_top, width, lines, "stratum"))
    return boxes


def _draw_arrow(chart: Picture, points: Sequence[tuple[float, float]]) -> None:
    add_line(chart, points, style="flow-line")
    (from_x, _), (x, y) = points[-2:]
    head = f"M{x:g} {y:g}l-7 -4v8z" if from_x != x else f"M{x:g} {y:g}l-4 -7h8z"
    add(chart, "path", style="flow-head", d=head, fill="currentColor")


def _draw_box(chart: Picture, box: _Box) -> None:
    # A box is a picture within the picture: what a font unlike any other might push beyond its edge is cut off there.
    style = f"flow-box flow-{box.style}"
    frame = add(chart, "svg", style=style, x=box.left, y=box.top, width=box.width, height=box.height)
    edge = {"x": 1, "y": 1, "width": box.width - 2, "height": box.height - 2}
    add(frame, "rect", style="flow-edge", fill="none", stroke="currentColor", **edge)
    for place, line in enumerate(box.lines):
        baseline = PADDING + LINE_HEIGHT * (place + 0.72)
        is_bold = line.style == "name"
        add_text(frame, line.text, x=PADDING, y=baseline, style=f"flow-{line.style}", is_bold=is_bold)


def _draw_branches(chart: Picture, last: _Box, strata: Sequence[_Box], layout: FlowLayout) -> None:
    for box in strata:
        middle = box.top + box.height / 2
        turn = box.top - GAP
        if not _stands_in_a_row(strata, layout):
            _draw_arrow(chart, [(layout.stem, last.bottom), (layout.stem, middle), (box.left, middle)])
        elif box.centre == layout.stem:
            _draw_arrow(chart, [(layout.stem, last.bottom), (layout.stem, box.top)])
        else:
            points = [(layout.stem, last.bottom), (layout.stem, turn), (box.centre, turn), (box.centre, box.top)]
            _draw_arrow(chart, points)


def draw_flow_chart(
    attrition: Sequence[AttritionStep], strata: Sequence[tuple[str, int]] = (), *, layout: FlowLayout = WIDE
) -> str:
    """Draw who remained and who was lost at each criterion, as one SVG picture.

    A box holds the persons that remain, and the candidate days where they are told; the box at its side says why others
    were lost, and how many. The last box branches into the strata. Lines break so that no text is wider than its box.

    Args:
        attrition: One step per criterion, in the protocol's order; at least one.
        strata: Name and persons of each stratum of those who remain at the end.
        layout: Where the boxes stand: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.

    Example:
        >>> step = AttritionStep("Refractory", "At least 2 drugs.", "Fewer than 2 drugs", 60, 42, 75, 50)
        >>> "Lost: 18 persons; 25 candidate days" in draw_flow_chart([step])
        True
    """
    remaining, lost = _place_steps(attrition, layout)
    last = remaining[-1]
    foot = max(box.bottom for box in (*remaining[-1:], *lost[-1:]))
    stratum_boxes = _place_strata(strata, foot + 2 * GAP, layout) if strata else []
    height = max([foot, *(box.bottom for box in stratum_boxes)])
    before = _count(attrition[0].persons_before, "person", "persons")
    after = _count(attrition[-1].persons_after, "person", "persons")
    chart = open_picture(
        width=layout.width,
        height=height,
        style=f"figure {'wide' if layout.is_beside else 'narrow'}",
        description=f"Flow chart of {len(attrition)} criteria: {before} before the first, {after} after the last.",
    )
    for above, beside, below in zip(remaining, lost, remaining[1:], strict=False):
        middle = beside.top + beside.height / 2
        _draw_arrow(chart, [(layout.stem, above.bottom), (layout.stem, below.top)])
        _draw_arrow(chart, [(layout.stem, middle), (beside.left, middle)])
    _draw_branches(chart, last, stratum_boxes, layout)
    for box in (*remaining, *lost, *stratum_boxes):
        _draw_box(chart, box)
    return close_picture(chart)
