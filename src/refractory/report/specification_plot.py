"""The specification curve: one result over all universes, and below it which alternative of each dial they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from refractory.analysis.results import CurvePoint, DialHead, SpecificationCurve
from refractory.numbers import format_number, say_count
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
from refractory.report.lettering import measure_text, wrap_text
from refractory.report.typesetting import set_text

CURVE_HEIGHT = 230.0
ROW_HEIGHT = 17.0
TICK_HEIGHT = 12.0
# A mark narrower than this cannot be seen: universes then share a column.
LEAST_COLUMN = 2.0
# How dark the mark of an alternative is that so great a share of a column's universes have.
SHADES = (0.25, 0.5, 0.75, 1.0)
_STEPS = (1, 2, 2.5, 5, 10)
_TOUCHING = 1e-6
# Left, top, width, height.
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PlotLayout:
    """Where the columns of a plot stand, in the plot's own units.

    Args:
        width: Width of the whole plot.
        left: Where the universes begin.
        is_beside: Whether the names of the dials stand beside their marks, or above them.
        name: Class that a style sheet may use.
    """

    width: float
    left: float
    is_beside: bool
    name: str

    @property
    def span(self) -> float:
        """Room for the universes."""
        return self.width - self.left - 4


WIDE = PlotLayout(800, 330, is_beside=True, name="figure wide")
NARROW = PlotLayout(340, 34, is_beside=False, name="figure narrow")


@dataclass(frozen=True)
class _Column:
    """Universes that are drawn as one mark: one of them, or several neighbours."""

    points: tuple[CurvePoint, ...]
    left: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def _place_columns(points: Sequence[CurvePoint], layout: PlotLayout) -> list[_Column]:
    number = min(len(points), int(layout.span / LEAST_COLUMN))
    width = layout.span / number
    ends = [round(place * len(points) / number) for place in range(number + 1)]
    return [
        _Column(tuple(points[first:last]), layout.left + place * width, width)
        for place, (first, last) in enumerate(pairwise(ends))
    ]


class _Scale:
    """From numbers to heights: round ticks, the largest number at the top."""

    def __init__(self, curve: SpecificationCurve) -> None:
        ends = [end for one in curve.points for end in (one.value, one.lower, one.upper) if end is not None]
        ends += [place for _, place in curve.marks]
        finite = [end for end in ends if abs(end) != float("inf")]
        least, most = min(finite), max(finite)
        room = (most - least) or max(abs(most), 1.0)
        size = 10.0 ** floor(log10(room / 4))
        self.step = next(step * size for step in _STEPS if room / (step * size) <= 5)
        self.first = floor(least / self.step)
        self.last = max(ceil(most / self.step), self.first + 1)

    @property
    def ticks(self) -> list[float]:
        return [round(place * self.step, 9) for place in range(self.first, self.last + 1)]

    def height(self, value: float) -> float:
        share = (value / self.step - self.first) / (self.last - self.first)
        return round(CURVE_HEIGHT * (1 - min(max(share, 0.0), 1.0)), 2)

    def spell(self, tick: float) -> str:
        decimals = max(0, -floor(log10(self.step) + 1e-9))
        if self.step / 10.0 ** floor(log10(self.step)) == 2.5:
            decimals += 1
        return format_number(tick, decimals)


def draw_specification_curve(curve: SpecificationCurve, *, layout: PlotLayout = WIDE) -> str:
    """Draw one result over all universes, from the least to the largest, as one SVG picture.

    Above, each universe is a mark at its number with its interval as a band; a diamond and a dashed line mark the
    study as it is written. Below, each alternative of each dial has a row, with a mark under every universe that has
    it; where universes share a column, the darker the more of them have it.

    Args:
        curve: The result; at least one point.
        layout: Where the columns stand: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    columns = _place_columns(curve.points, layout)
    names = wrap_text(set_text(curve.axis_name), width=layout.width, size=FONT_SIZE)
    top = LINE_HEIGHT * (len(names) + 1.3)
    told = _tell_below(curve, layout)
    rows = _place_rows(curve.dials, layout, top + CURVE_HEIGHT + LINE_HEIGHT * (len(told) + 0.8))
    foot = rows[-1].bottom if rows else top + CURVE_HEIGHT + LINE_HEIGHT * len(told)
    plot = open_picture(width=layout.width, height=round(foot + 10, 2), style=layout.name, description=_describe(curve))
    for place, line in enumerate(names):
        add_text(plot, line, x=0, y=LINE_HEIGHT * (place + 0.75), style="plot-tick")
    inside = add(plot, "g", style="curve", transform=f"translate(0 {top:g})")
    scale = _Scale(curve)
    _draw_scale(inside, scale, layout)
    _draw_columns(inside, columns, scale)
    for _, value in curve.marks:
        y = scale.height(value)
        add_line(inside, [(layout.left, y), (layout.left + layout.span, y)], style="plot-mark")
    x = _draw_written(plot, columns, scale, top)
    if x is not None and rows and layout.is_beside:
        # Where names stand above the marks a line through all of them would strike them out.
        add_line(plot, [(x, rows[0].top), (x, foot)], style="plot-written")
    for place, (line, style) in enumerate(told):
        add_text(plot, line, x=layout.left, y=round(top + CURVE_HEIGHT + LINE_HEIGHT * (place + 1), 2), style=style)
    for row in rows:
        _draw_row(plot, row, columns, layout)
    return close_picture(plot)


def _tell_below(curve: SpecificationCurve, layout: PlotLayout) -> list[tuple[str, str]]:
    """Set the lines below the curve: how many universes there are, and what the dashed lines are."""
    count = say_count(len(curve.points), "universe")
    said = [(f"{count}, from the least to the largest number", "plot-tick")]
    said += [(f"Dashed: {name}, {format_number(value, 0)}", "plot-mark-name") for name, value in curve.marks]
    return [
        (line, style) for text, style in said for line in wrap_text(set_text(text), width=layout.span, size=FONT_SIZE)
    ]


def _describe(curve: SpecificationCurve) -> str:
    least, most = curve.points[0].value, curve.points[-1].value
    said = f"{curve.axis_name}: {len(curve.points)} universes from {least:.4g} to {most:.4g}"
    written = next((point.value for point in curve.points if point.is_as_written), None)
    return f"{said}." if written is None else f"{said}; as written {written:.4g}."


def _draw_scale(plot: Picture, scale: _Scale, layout: PlotLayout) -> None:
    for tick in scale.ticks:
        y = scale.height(tick)
        add_line(plot, [(layout.left, y), (layout.left + layout.span, y)], style="plot-grid")
        label = scale.spell(tick)
        x = layout.left - 8 - measure_text(label, size=FONT_SIZE)
        add_text(plot, label, x=round(max(0.0, x), 2), y=y + 5, style="plot-tick")


def _draw_columns(plot: Picture, columns: Sequence[_Column], scale: _Scale) -> None:
    bands: list[_Box] = []
    values: list[_Box] = []
    for column in columns:
        lowers = [one.lower for one in column.points if one.lower is not None]
        uppers = [one.upper for one in column.points if one.upper is not None]
        if lowers and uppers:
            top, bottom = scale.height(max(uppers)), scale.height(min(lowers))
            bands.append((column.left, top, column.width, bottom - top))
        heights = {scale.height(one.value) for one in column.points}
        values += [(column.left, height - 1.4, column.width, 2.8) for height in sorted(heights)]
    if bands:
        add(plot, "path", style="plot-band", d=_outline(bands), fill="currentColor")
    add(plot, "path", style="plot-point", d=_outline(values), fill="currentColor")


def _outline(boxes: Iterable[_Box]) -> str:
    """Outline boxes, those of one height that touch as one."""
    joined: list[_Box] = []
    for left, top, width, height in boxes:
        if joined:
            before = joined[-1]
            if (before[1], before[3]) == (top, height) and abs(before[0] + before[2] - left) < _TOUCHING:
                joined[-1] = (before[0], top, before[2] + width, height)
                continue
        joined.append((left, top, width, height))
    return "".join(_rectangle(*box) for box in joined)


def _rectangle(left: float, top: float, width: float, height: float) -> str:
    x, y, across, down = (f"{round(one, 2):g}" for one in (left, top, width, height))
    return f"M{x} {y}h{across}v{down}h-{across}z"


def _draw_written(plot: Picture, columns: Sequence[_Column], scale: _Scale, top: float) -> float | None:
    """Mark the study as it is written, and say where it stands; None where it has no number."""
    found = [(column, point) for column in columns for point in column.points if point.is_as_written]
    if not found:
        return None
    column, point = found[0]
    x, y = round(column.middle, 2), round(top + scale.height(point.value), 2)
    add_line(plot, [(x, top), (x, top + CURVE_HEIGHT)], style="plot-written")
    add(plot, "path", style="plot-written-point", d=f"M{x:g} {y - 7:g}l7 7l-7 7l-7 -7z")
    label = set_text("as written")
    width = measure_text(label, size=FONT_SIZE, is_bold=True)
    first, last = columns[0].left, columns[-1].left + columns[-1].width
    left = max(min(x - width / 2, last - width), min(first, last - width))
    add_text(plot, label, x=round(left, 2), y=round(top - 5, 2), style="plot-name", is_bold=True)
    return x


@dataclass(frozen=True)
class _Row:
    """One line of the panel: the name of a dial, or one of its alternatives with its marks."""

    words: tuple[str, ...]
    top: float
    height: float
    is_dial: bool
    dial: int
    choice: int

    @property
    def bottom(self) -> float:
        return self.top + self.height


def _place_rows(dials: Sequence[DialHead], layout: PlotLayout, top: float) -> list[_Row]:
    rows: list[_Row] = []
    room = layout.left - 14 if layout.is_beside else layout.width
    for place, dial in enumerate(dials):
        words = wrap_text(set_text(dial.name), width=room, size=FONT_SIZE, is_bold=True)
        rows.append(_Row(words, top, ROW_HEIGHT * len(words) + 1, is_dial=True, dial=place, choice=-1))
        top = rows[-1].bottom
        for choice, said in enumerate(dial.choices):
            words = wrap_text(set_text(said), width=room - 12, size=FONT_SIZE)
            height = ROW_HEIGHT * len(words) + (0 if layout.is_beside else TICK_HEIGHT + 3)
            rows.append(_Row(words, top, height, is_dial=False, dial=place, choice=choice))
            top = rows[-1].bottom
        top += 9
    return rows


def _draw_row(plot: Picture, row: _Row, columns: Sequence[_Column], layout: PlotLayout) -> None:
    style = "plot-name" if row.is_dial else "plot-figure"
    for place, line in enumerate(row.words):
        y = round(row.top + ROW_HEIGHT * (place + 0.78), 2)
        add_text(plot, line, x=0 if row.is_dial else 12, y=y, style=style, is_bold=row.is_dial)
    if row.is_dial:
        return
    top = row.top + ((ROW_HEIGHT - TICK_HEIGHT) / 2 if layout.is_beside else ROW_HEIGHT * len(row.words))
    first, last = columns[0], columns[-1]
    ground = _rectangle(first.left, top, last.left + last.width - first.left, TICK_HEIGHT)
    add(plot, "path", style="plot-ground", d=ground, fill="currentColor", fill_opacity=0.06)
    shares = [
        sum(one.choices[row.dial] == row.choice for one in column.points) / len(column.points) for column in columns
    ]
    for shade in SHADES:
        own = [column for column, share in zip(columns, shares, strict=True) if _shade(share) == shade]
        if own:
            marks = _outline((column.left, top, column.width, TICK_HEIGHT) for column in own)
            add(plot, "path", style="plot-choice", d=marks, fill="currentColor", fill_opacity=shade)


def _shade(share: float) -> float:
    return next((shade for shade in SHADES if 0 < share <= shade), 0.0)
