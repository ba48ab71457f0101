"""How persons pass from the classes of one column to those of the next, as streams as high as they are many."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.figures import AlluvialFigure
from refractory.numbers import format_count
from refractory.report.drawing import (
    FONT_SIZE,
    LINE_HEIGHT,
    Picture,
    add,
    add_text,
    close_picture,
    open_picture,
)
from refractory.report.lettering import measure_text, wrap_text
from refractory.report.typesetting import set_text

_BAR = 14.0
_SERIES = 6


@dataclass(frozen=True)
class AlluvialLayout:
    """Room of an alluvial figure; the narrow one stands upright with its names inside the streams."""

    width: float
    height: float
    gap: float
    label_width: float
    name: str


WIDE = AlluvialLayout(800, 300, 9, 150, "figure wide")
NARROW = AlluvialLayout(340, 300, 9, 92, "figure narrow")


@dataclass(frozen=True)
class _Slot:
    """Where a band stands."""

    x: float
    top: float
    height: float
    name: str
    persons: int
    series: int


def _find_series(figure: AlluvialFigure) -> dict[str, int]:
    """Give each name its colour, the same in every column; the quiet names come last and have none."""
    names = list(dict.fromkeys(band.name for _, bands in figure.columns for band in bands))
    quiet = {"no further line", "none", "not known", "another regimen"}
    loud = [name for name in names if name not in quiet]
    return {name: place % _SERIES + 1 for place, name in enumerate(loud)} | dict.fromkeys(quiet, 0)


def _place(figure: AlluvialFigure, layout: AlluvialLayout, top: float) -> list[list[_Slot]]:
    persons = max(sum(band.persons for band in bands) for _, bands in figure.columns)
    most = max(len(bands) for _, bands in figure.columns)
    room = layout.height - layout.gap * (most - 1)
    series = _find_series(figure)
    right = layout.width - layout.label_width - _BAR
    between = right / max(len(figure.columns) - 1, 1)
    columns = []
    for number, (_, bands) in enumerate(figure.columns):
        y, slots = top, []
        for band in bands:
            height = band.persons / persons * room
            slots.append(_Slot(number * between, y, height, band.name, band.persons, series[band.name]))
            # A band of one person is thinner than its name: the names do not overlap.
            y += max(height, LINE_HEIGHT * 0.92) + layout.gap
        columns.append(slots)
    return columns


def _draw_streams(plot: Picture, figure: AlluvialFigure, columns: list[list[_Slot]]) -> None:
    left_used: dict[tuple[int, int], float] = {}
    right_used: dict[tuple[int, int], float] = {}
    for column, here, there, persons in figure.streams:
        source, target = columns[column][here], columns[column + 1][there]
        height = source.height * persons / source.persons
        y1 = source.top + left_used.get((column, here), 0.0)
        y2 = target.top + right_used.get((column, there), 0.0)
        left_used[column, here] = left_used.get((column, here), 0.0) + height
        right_used[column, there] = right_used.get((column, there), 0.0) + height
        x1, x2 = source.x + _BAR, target.x
        middle = (x1 + x2) / 2
        path = (
            f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
            f"V{y2 + height:.1f}C{middle:.1f} {y2 + height:.1f} {middle:.1f} {y1 + height:.1f} {x1:.1f} "
            f"{y1 + height:.1f}Z"
        )
        add(plot, "path", style=f"stream series-{source.series}-fill", d=path, fill="currentColor", fill_opacity="0.3")


def _draw_bands(plot: Picture, columns: list[list[_Slot]], layout: AlluvialLayout) -> None:
    for number, slots in enumerate(columns):
        is_last = number == len(columns) - 1
        for slot in slots:
            add(
                plot, "rect", style=f"series-{slot.series}-fill", x=round(slot.x, 1), y=round(slot.top, 1), width=_BAR,
                height=round(max(slot.height, 1.5), 1), fill="currentColor",
            )  # fmt: skip
            between = (columns[1][0].x if len(columns) > 1 else layout.width) - _BAR - 14
            room = layout.label_width - 6 if is_last else between
            text = set_text(f"{slot.name} {format_count(slot.persons)}")
            line = _fit(text, format_count(slot.persons), room)
            y = slot.top + max(slot.height, LINE_HEIGHT * 0.92) / 2 + FONT_SIZE * 0.35
            add_text(plot, line, x=round(slot.x + _BAR + 6, 1), y=round(y, 1), style="plot-figure halo")


def _fit(text: str, count: str, room: float) -> str:
    """Shorten a name to the room that it has, its count kept."""
    if measure_text(text, size=FONT_SIZE) <= room:
        return text
    name = text.removesuffix(f" {count}")
    while name and measure_text(f"{name}… {count}", size=FONT_SIZE) > room:
        name = name[:-1]
    return f"{name.rstrip()}… {count}"


def draw_alluvial(figure: AlluvialFigure, *, layout: AlluvialLayout = WIDE) -> str:
    """Draw how persons pass from column to column, as one SVG picture.

    Args:
        figure: At least two columns with the same persons.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    between = (layout.width - layout.label_width - _BAR) / max(len(figure.columns) - 1, 1)
    headings = [
        wrap_text(set_text(name), width=min(between, 200) - 8, size=FONT_SIZE, is_bold=True)
        for name, _ in figure.columns
    ]
    top = LINE_HEIGHT * (max(map(len, headings)) + 0.4)
    columns = _place(figure, layout, top)
    foot = max(slot.top + max(slot.height, LINE_HEIGHT * 0.92) for slots in columns for slot in slots)
    described = "; ".join(
        f"{name}: {', '.join(f'{band.name} {band.persons}' for band in bands)}" for name, bands in figure.columns
    )
    plot = open_picture(
        width=layout.width, height=round(foot + 6, 1), style=layout.name, description=f"{figure.title}. {described}."
    )
    _draw_streams(plot, figure, columns)
    _draw_bands(plot, columns, layout)
    for slots, lines in zip(columns, headings, strict=True):
        for place, line in enumerate(lines):
            add_text(
                plot, line, x=round(slots[0].x, 1), y=LINE_HEIGHT * (place + 0.72), style="plot-name", is_bold=True
            )
    return close_picture(plot)
