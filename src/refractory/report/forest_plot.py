"""Proportions of groups below each other, each alone and in the light of the others."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.figures import ForestFigure, ForestRow
from refractory.numbers import format_estimate
from refractory.report.drawing import (
    FONT_SIZE,
    LINE_HEIGHT,
    Picture,
    add,
    add_line,
    add_text,
    add_title,
    close_picture,
    open_picture,
)
from refractory.report.lettering import measure_text, wrap_text
from refractory.report.scales import Field, write_centred
from refractory.report.typesetting import set_text
from refractory.statistics.estimate import Estimate

TICKS_PERCENT = (0, 25, 50, 75, 100)
_GAP = 9.0
_DIAMOND = "l6 6l-6 6l-6 -6z"


@dataclass(frozen=True)
class ForestLayout:
    """Room of a forest: names, then the field, then the printed figures beside it or above it."""

    width: float
    label_width: float
    field_left: float
    field_right: float
    figure_left: float
    is_beside: bool
    name: str


WIDE = ForestLayout(800, 196, 206, 470, 486, is_beside=True, name="figure wide")
NARROW = ForestLayout(340, 340, 8, 328, 0, is_beside=False, name="figure narrow")


@dataclass(frozen=True)
class _Placed:
    row: ForestRow
    name: tuple[str, ...]
    figures: tuple[str, ...]
    top: float
    is_beside: bool

    @property
    def axes(self) -> tuple[float, ...]:
        """Height of the interval of each of its estimates."""
        first = self.top + LINE_HEIGHT * 0.5
        if not self.is_beside:
            first = self.top + LINE_HEIGHT * (len(self.name) + len(self.figures) + 0.35)
            return tuple(first + place * 13 for place in range(len(self.figures)))
        return tuple(first + place * LINE_HEIGHT for place in range(len(self.figures)))

    @property
    def bottom(self) -> float:
        lines = max(len(self.name), len(self.figures))
        if not self.is_beside:
            return self.axes[-1] + LINE_HEIGHT * 0.5 if self.figures else self.top + LINE_HEIGHT * len(self.name)
        return self.top + LINE_HEIGHT * lines


def _estimates(row: ForestRow) -> list[tuple[Estimate, bool]]:
    """Return the estimates of a row, each with whether it is drawn towards the others."""
    return [(one, is_drawn) for one, is_drawn in ((row.alone, False), (row.together, True)) if one is not None]


def _place(figure: ForestFigure, layout: ForestLayout, top: float) -> list[_Placed]:
    placed: list[_Placed] = []
    for row in figure.rows:
        start = placed[-1].bottom + _GAP if placed else top
        name = wrap_text(set_text(row.label), width=layout.label_width, size=FONT_SIZE, is_bold=True)
        figures = tuple(set_text(format_estimate(one)) for one, _ in _estimates(row))
        placed.append(_Placed(row, name, figures, start, layout.is_beside))
    return placed


def _draw_estimate(plot: Picture, estimate: Estimate, field: Field, y: float, *, mark: str) -> None:
    style = "series-2" if mark == "circle" else "plot-interval"
    if estimate.lower is not None and estimate.upper is not None:
        ends = [(field.x(100 * end), y) for end in (estimate.lower, estimate.upper)]
        add_line(plot, ends, style=f"{style} thick")
        for x, _ in ends:
            add_line(plot, [(x, y - 4), (x, y + 4)], style=f"{style} thick")
    if estimate.value is None:
        return
    x = field.x(100 * estimate.value)
    if mark == "circle":
        add(plot, "circle", style="series-2-fill", cx=x, cy=y, r=4.6, fill="currentColor")
    else:
        shape = f"M{x:g} {y - 6:g}{_DIAMOND}" if mark == "diamond" else f"M{x - 4.5:g} {y - 4.5:g}h9v9h-9z"
        add(plot, "path", style="plot-point", d=shape, fill="currentColor")


def _draw_row(plot: Picture, placed: _Placed, field: Field, layout: ForestLayout, *, is_whole: bool) -> None:
    for place, line in enumerate(placed.name):
        y = placed.top + LINE_HEIGHT * (place + 0.72)
        add_text(plot, line, x=0, y=round(y, 2), style="plot-name", is_bold=True)
    first = placed.top + (0 if layout.is_beside else LINE_HEIGHT * len(placed.name))
    for place, line in enumerate(placed.figures):
        y = first + LINE_HEIGHT * (place + 0.72)
        add_text(plot, line, x=layout.figure_left, y=round(y, 2), style="plot-figure")
    for (estimate, is_drawn), y in zip(_estimates(placed.row), placed.axes, strict=True):
        row = add(plot, "g", style="item")
        add_title(row, f"{placed.row.label}: {format_estimate(estimate)}")
        mark = "circle" if is_drawn else "diamond" if is_whole else "square"
        _draw_estimate(row, estimate, field, round(y, 2), mark=mark)


def _draw_key(plot: Picture, y: float, *, has_both: bool) -> None:
    if not has_both:
        return
    x = 0.0
    for words, is_circle in (("alone", False), ("in the light of the others", True)):
        middle = y - FONT_SIZE * 0.35
        if is_circle:
            add(plot, "circle", style="series-2-fill", cx=x + 6, cy=round(middle, 2), r=4.6, fill="currentColor")
        else:
            add(plot, "path", style="plot-point", d=f"M{x + 1.5:g} {middle - 4.5:g}h9v9h-9z", fill="currentColor")
        add_text(plot, words, x=x + 18, y=y, style="plot-tick")
        x = round(x + 18 + measure_text(words, size=FONT_SIZE) + 18, 2)


def draw_forest(figure: ForestFigure, *, layout: ForestLayout = WIDE) -> str:
    """Draw proportions of groups with their intervals on one scale from 0 to 100 %, as one SVG picture.

    The first row has a diamond where it is the whole. A square is a proportion alone, a circle the same drawn towards
    the others; they differ in shape and colour.

    Args:
        figure: At least one row.
        layout: Where the columns stand: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    has_both = any(row.together is not None for row in figure.rows)
    top = LINE_HEIGHT * 1.5 if has_both else 0.0
    placed = _place(figure, layout, top)
    foot = placed[-1].bottom + _GAP / 2
    field = Field(layout.field_left, layout.field_right, top, foot, (0, 100), (0, 1))
    described = "; ".join(
        f"{row.label}, {' and '.join(format_estimate(one) for one, _ in _estimates(row))}" for row in figure.rows
    )
    axis = wrap_text(set_text(figure.axis_name), width=layout.width - layout.field_left, size=FONT_SIZE)
    plot = open_picture(
        width=layout.width,
        height=round(foot + LINE_HEIGHT * (len(axis) + 1.5), 2),
        style=layout.name,
        description=f"{figure.axis_name}: {described}.",
    )
    _draw_key(plot, LINE_HEIGHT * 0.75, has_both=has_both)
    for percent in TICKS_PERCENT:
        add_line(plot, [(field.x(percent), top), (field.x(percent), foot)], style="plot-grid")
        write_centred(plot, str(percent), x=field.x(percent), y=foot + LINE_HEIGHT, width=layout.width)
    for place, line in enumerate(axis):
        add_text(plot, line, x=layout.field_left, y=round(foot + LINE_HEIGHT * (place + 2.1), 2), style="plot-tick")
    for place, row in enumerate(placed):
        _draw_row(plot, row, field, layout, is_whole=place == 0 and figure.has_whole)
    return close_picture(plot)
