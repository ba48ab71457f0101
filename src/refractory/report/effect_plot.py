"""Effects below each other, each with the stretch in which it could not have been found."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.figures import EffectFigure, EffectPanel, EffectRow
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
from refractory.report.forest_plot import ForestLayout
from refractory.report.lettering import wrap_text
from refractory.report.scales import Field, find_ends, write_centred
from refractory.report.typesetting import set_text

_GAP = 10.0


WIDE = ForestLayout(800, 226, 240, 500, 524, is_beside=True, name="figure wide")
NARROW = ForestLayout(340, 340, 12, 328, 0, is_beside=False, name="figure narrow")


@dataclass(frozen=True)
class _Placed:
    row: EffectRow
    name: tuple[str, ...]
    figure: tuple[str, ...]
    top: float
    is_beside: bool

    @property
    def axis(self) -> float:
        lines = 0.5 if self.is_beside else len(self.name) + len(self.figure) + 0.4
        return self.top + LINE_HEIGHT * lines

    @property
    def bottom(self) -> float:
        if self.is_beside:
            return self.top + LINE_HEIGHT * max(len(self.name), len(self.figure))
        return self.axis + LINE_HEIGHT * 0.5


def _place(panel: EffectPanel, layout: ForestLayout, top: float) -> list[_Placed]:
    placed: list[_Placed] = []
    for row in panel.rows:
        start = placed[-1].bottom + _GAP if placed else top
        name = wrap_text(set_text(row.label), width=layout.label_width, size=FONT_SIZE, is_bold=True)
        figure = wrap_text(set_text(row.printed), width=layout.width - layout.figure_left, size=FONT_SIZE)
        placed.append(_Placed(row, name, figure, start, layout.is_beside))
    return placed


def _find_scale(panel: EffectPanel) -> tuple[float, float, float]:
    """Find a scale that holds every effect and what could have been found; an open end stops at its edge."""
    numbers = []
    for row in panel.rows:
        numbers += [end for end in (row.value, row.lower, row.upper) if end is not None and abs(end) < float("inf")]
        numbers += [row.detectable, -row.detectable] if row.detectable is not None else []
    return find_ends(numbers, most=4)


def _draw_row(plot: Picture, placed: _Placed, field: Field, layout: ForestLayout) -> None:
    row, y = placed.row, round(placed.axis, 2)
    mark = add(plot, "g", style="item")
    add_title(mark, f"{row.label}: {row.printed}")
    if row.detectable is not None:
        left, right = field.x(-row.detectable), field.x(row.detectable)
        add(mark, "rect", style="too-small", x=left, y=round(y - 8, 2), width=round(right - left, 2), height=16,
            fill="currentColor", fill_opacity="0.12")  # fmt: skip
    low, high = field.across
    ends = [min(max(end, low), high) for end in (row.lower, row.upper) if end is not None]
    if len(ends) == 2:
        add_line(mark, [(field.x(ends[0]), y), (field.x(ends[1]), y)], style="plot-interval")
        for end in ends:
            add_line(mark, [(field.x(end), y - 4), (field.x(end), y + 4)], style="plot-interval")
    x = field.x(row.value)
    add(mark, "path", style="plot-point", d=f"M{x - 4.5:g} {y - 4.5:g}h9v9h-9z", fill="currentColor")
    for place, line in enumerate(placed.name):
        height = round(placed.top + LINE_HEIGHT * (place + 0.72), 2)
        add_text(plot, line, x=0, y=height, style="plot-name", is_bold=True)
    first = placed.top + (0 if layout.is_beside else LINE_HEIGHT * len(placed.name))
    for place, line in enumerate(placed.figure):
        height = round(first + LINE_HEIGHT * (place + 0.72), 2)
        add_text(plot, line, x=layout.figure_left, y=height, style="plot-figure")


def _draw_panel(plot: Picture, panel: EffectPanel, layout: ForestLayout, top: float) -> float:
    """Draw one panel; returns where the next may begin."""
    placed = _place(panel, layout, top)
    foot = placed[-1].bottom + _GAP / 2
    low, high, step = _find_scale(panel)
    field = Field(layout.field_left, layout.field_right, top, foot, (low, high), (0, 1))
    for number in range(round((high - low) / step) + 1):
        at = low + number * step
        style = "plot-zero" if abs(at) < step / 1000 else "plot-grid"
        add_line(plot, [(field.x(at), top), (field.x(at), foot)], style=style)
        label = set_text(f"{at:g}".replace("-", "−"))
        write_centred(plot, label, x=field.x(at), y=foot + LINE_HEIGHT, width=layout.width)
    for row in placed:
        _draw_row(plot, row, field, layout)
    axis = wrap_text(set_text(panel.axis_name), width=layout.width - layout.field_left, size=FONT_SIZE)
    for place, line in enumerate(axis):
        y = round(foot + LINE_HEIGHT * (place + 2.1), 2)
        add_text(plot, line, x=layout.field_left, y=y, style="plot-tick")
    return foot + LINE_HEIGHT * (len(axis) + 2.1)


def draw_effects(figure: EffectFigure, *, layout: ForestLayout = WIDE) -> str:
    """Draw effects with their intervals around 0, a panel for each scale, as one SVG picture.

    The grey stretch behind an effect holds those that were too small to be found.

    Args:
        figure: At least one panel with at least one row.
        layout: Where the columns stand: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    described = "; ".join(f"{row.label}, {row.printed}" for panel in figure.panels for row in panel.rows)
    heights = open_picture(width=1, height=1, style="", description="")
    height = 4.0
    for panel in figure.panels:
        height = _draw_panel(heights, panel, layout, height)
    plot = open_picture(
        width=layout.width,
        height=round(height - LINE_HEIGHT * 0.6, 2),
        style=layout.name,
        description=f"{figure.title}: {described}.",
    )
    top = 4.0
    for panel in figure.panels:
        top = _draw_panel(plot, panel, layout, top)
    return close_picture(plot)
