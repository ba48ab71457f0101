"""Proportions with their intervals on one scale, from estimates and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.numbers import format_estimate
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
from refractory.statistics.estimate import Estimate

ROW_GAP = 13.0
DIAMOND = "l6 6l-6 6l-6 -6z"
SQUARE = "m-4.5 1.5h9v9h-9z"
TICKS_PERCENT = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class PlotLayout:
    """Where the columns of a plot stand, in the plot's own units.

    Args:
        width: Width of the whole plot.
        label_width: Room for the names of the rows.
        scale_left: Where 0 % stands.
        scale_width: Distance from 0 % to 100 %.
        figure_left: Where the printed estimates begin.
        is_beside: Whether name and estimate stand beside the interval, or above it.
        name: Class that a style sheet may use.
    """

    width: float
    label_width: float
    scale_left: float
    scale_width: float
    figure_left: float
    is_beside: bool
    name: str


WIDE = PlotLayout(800, 220, 236, 268, 530, is_beside=True, name="figure wide")
NARROW = PlotLayout(340, 340, 8, 320, 0, is_beside=False, name="figure narrow")


@dataclass(frozen=True)
class _Row:
    name: tuple[str, ...]
    figure: tuple[str, ...]
    estimate: Estimate
    top: float
    layout: PlotLayout

    @property
    def text_lines(self) -> int:
        if self.layout.is_beside:
            return max(len(self.name), len(self.figure), 1)
        return len(self.name) + len(self.figure)

    @property
    def axis(self) -> float:
        """Height at which the interval is drawn: on the first line of the name, or below all text."""
        return self.top + LINE_HEIGHT * (0.5 if self.layout.is_beside else self.text_lines + 0.4)

    @property
    def bottom(self) -> float:
        return self.top + LINE_HEIGHT * (self.text_lines + (0 if self.layout.is_beside else 0.9))


def _place_rows(rows: Sequence[tuple[str, Estimate]], layout: PlotLayout) -> list[_Row]:
    placed: list[_Row] = []
    for name, estimate in rows:
        top = placed[-1].bottom + ROW_GAP if placed else 0.0
        name_lines = wrap_text(set_text(name), width=layout.label_width, size=FONT_SIZE, is_bold=True)
        figure = set_text(format_estimate(estimate))
        figure_lines = wrap_text(figure, width=layout.width - layout.figure_left, size=FONT_SIZE)
        placed.append(_Row(name_lines, figure_lines, estimate, top, layout))
    return placed


def _on_scale(share: float, layout: PlotLayout) -> float:
    return round(layout.scale_left + min(max(share, 0.0), 1.0) * layout.scale_width, 2)


def _write_row(plot: Picture, row: _Row) -> None:
    figure_top = row.top if row.layout.is_beside else row.top + LINE_HEIGHT * len(row.name)
    for place, line in enumerate(row.name):
        add_text(plot, line, x=0, y=row.top + LINE_HEIGHT * (place + 0.72), style="plot-name", is_bold=True)
    for place, line in enumerate(row.figure):
        height = figure_top + LINE_HEIGHT * (place + 0.72)
        add_text(plot, line, x=row.layout.figure_left, y=height, style="plot-figure")


def _draw_row(plot: Picture, row: _Row, *, is_whole: bool) -> None:
    estimate = row.estimate
    if estimate.lower is not None and estimate.upper is not None:
        ends = [(_on_scale(end, row.layout), row.axis) for end in (estimate.lower, estimate.upper)]
        add_line(plot, ends, style="plot-interval")
        for x, y in ends:
            add_line(plot, [(x, y - 4), (x, y + 4)], style="plot-interval")
    if estimate.value is not None:
        start = f"M{_on_scale(estimate.value, row.layout):g} {row.axis - 6:g}"
        add(plot, "path", style="plot-point", d=start + (DIAMOND if is_whole else SQUARE), fill="currentColor")


def _set_axis_name(axis_name: str, layout: PlotLayout) -> tuple[str, ...]:
    return wrap_text(set_text(axis_name), width=layout.width - layout.scale_left, size=FONT_SIZE)


def _draw_scale(plot: Picture, foot: float, axis_name: str, layout: PlotLayout) -> None:
    for percent in TICKS_PERCENT:
        x = _on_scale(percent / 100, layout)
        add_line(plot, [(x, 0), (x, foot)], style="plot-grid")
        label = f"{percent}"
        # Centred by hand, and kept inside the picture at both ends.
        width = measure_text(label, size=FONT_SIZE)
        left = min(max(x - width / 2, 0), layout.width - width)
        add_text(plot, label, x=round(left, 2), y=foot + LINE_HEIGHT, style="plot-tick")
    for place, line in enumerate(_set_axis_name(axis_name, layout)):
        add_text(plot, line, x=layout.scale_left, y=foot + LINE_HEIGHT * (place + 2.1), style="plot-tick")


def draw_intervals(rows: Sequence[tuple[str, Estimate]], *, axis_name: str, layout: PlotLayout = WIDE) -> str:
    """Draw proportions and their intervals below each other on a scale from 0 to 100 %, as one SVG picture.

    The first row is the whole and has a diamond; the parts have squares. What an estimate lacks is not drawn.

    Args:
        rows: Name and proportion of each row, the whole first; at least one.
        axis_name: What the scale counts.
        layout: Where the columns stand: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    placed = _place_rows(rows, layout)
    foot = placed[-1].bottom + ROW_GAP / 2
    axis_lines = len(_set_axis_name(axis_name, layout))
    described = "; ".join(f"{name}, {format_estimate(estimate)}" for name, estimate in rows)
    plot = open_picture(
        width=layout.width,
        height=foot + LINE_HEIGHT * (axis_lines + 1.5),
        style=layout.name,
        description=f"{axis_name}: {described}.",
    )
    _draw_scale(plot, foot, axis_name, layout)
    for place, row in enumerate(placed):
        _write_row(plot, row)
        _draw_row(plot, row, is_whole=place == 0)
    return close_picture(plot)
