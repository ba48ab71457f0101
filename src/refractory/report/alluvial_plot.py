"""How persons pass from the classes of one column to those of the next, as streams as high as they are many."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refractory.analysis.figures import AlluvialFigure
from refractory.numbers import format_count
from refractory.report.drawing import (
    FONT_SIZE,
    LINE_HEIGHT,
    Picture,
    add,
    add_text,
    add_title,
    close_picture,
    open_picture,
)
from refractory.report.lettering import measure_text, wrap_text
from refractory.report.typesetting import set_text

_BAR = 14.0
_SERIES = 6
# With less room for a name than this, a key says which colour is which.
_LEAST_ROOM = 90.0
_QUIET = ("no further line", "none", "not known", "another regimen")


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
    style: str


def _find_styles(figure: AlluvialFigure) -> dict[str, str]:
    """Give each name its colour, the same in every column: tones where they have an order; quiet names have none."""
    names = list(dict.fromkeys(band.name for _, bands in figure.columns for band in bands))
    if figure.is_ordered:
        names = _merge_orders([[band.name for band in bands] for _, bands in figure.columns])
    loud = [name for name in names if name not in _QUIET]
    kind = "tone" if figure.is_ordered else "series"
    styles = {name: f"{kind}-{place % _SERIES + 1}-fill" for place, name in enumerate(loud)}
    return styles | dict.fromkeys(_QUIET, "series-0-fill")


def _merge_orders(columns: list[list[str]]) -> list[str]:
    """Merge the orders of several columns, each of which may lack some names, into one."""
    merged: list[str] = []
    for names in columns:
        place = 0
        for name in names:
            if name in merged:
                place = merged.index(name) + 1
            else:
                merged.insert(place, name)
                place += 1
    return merged


def _place(figure: AlluvialFigure, layout: AlluvialLayout, top: float) -> list[list[_Slot]]:
    persons = max(sum(band.persons for band in bands) for _, bands in figure.columns)
    most = max(len(bands) for _, bands in figure.columns)
    room = layout.height - layout.gap * (most - 1)
    styles = _find_styles(figure)
    right = layout.width - layout.label_width - _BAR
    between = right / max(len(figure.columns) - 1, 1)
    columns = []
    for number, (_, bands) in enumerate(figure.columns):
        y, slots = top, []
        for band in bands:
            height = band.persons / persons * room
            slots.append(_Slot(number * between, y, height, band.name, band.persons, styles[band.name]))
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
        stream = add(plot, "path", style=f"stream {source.style}", d=path, fill="currentColor", fill_opacity="0.3")
        add_title(stream, f"{source.name} to {target.name}: {format_count(persons)}")


def _draw_bands(plot: Picture, columns: list[list[_Slot]], layout: AlluvialLayout) -> None:
    for number, slots in enumerate(columns):
        is_last = number == len(columns) - 1
        for slot in slots:
            add(
                plot, "rect", style=slot.style, x=round(slot.x, 1), y=round(slot.top, 1), width=_BAR,
                height=round(max(slot.height, 1.5), 1), fill="currentColor",
            )  # fmt: skip
            room = layout.label_width - 6 if is_last else columns[1][0].x - _BAR - 14
            lines = _set_label(slot, room, is_named=room >= _LEAST_ROOM)
            middle = slot.top + max(slot.height, LINE_HEIGHT * 0.92) / 2 + FONT_SIZE * 0.35
            first = middle - LINE_HEIGHT * 0.9 * (len(lines) - 1) / 2
            for place, line in enumerate(lines):
                y = round(first + LINE_HEIGHT * 0.9 * place, 1)
                add_text(plot, line, x=round(slot.x + _BAR + 6, 1), y=y, style="plot-figure halo")


def _set_label(slot: _Slot, room: float, *, is_named: bool) -> tuple[str, ...]:
    """Set a name with its count in as many lines as the band has room for, else shortened; without names the count."""
    if not is_named:
        return (format_count(slot.persons),)
    lines = wrap_text(set_text(f"{slot.name} ({format_count(slot.persons)})"), width=room, size=FONT_SIZE)
    if len(lines) == 1 or len(lines) * LINE_HEIGHT <= slot.height:
        return lines
    count = f"({format_count(slot.persons)})"
    name = slot.name
    while name and measure_text(f"{name}… {count}", size=FONT_SIZE) > room:
        name = name[:-1]
    return (set_text(f"{name.rstrip()}… {count}"),)


def _draw_key(plot: Picture, figure: AlluvialFigure, layout: AlluvialLayout) -> float:
    """Say in words which colour is which name, where the streams have no room for names; returns where it ends."""
    y = 0.0
    for name, style in _find_styles(figure).items():
        if not any(band.name == name for _, bands in figure.columns for band in bands):
            continue
        lines = wrap_text(set_text(name), width=layout.width - 22, size=FONT_SIZE)
        add(plot, "rect", style=style, x=0, y=round(y + 4, 1), width=12, height=12, fill="currentColor")
        for line in lines:
            y += LINE_HEIGHT
            add_text(plot, line, x=22, y=round(y - 4, 1), style="plot-tick")
    return y + LINE_HEIGHT * 0.4


def draw_alluvial(figure: AlluvialFigure, *, layout: AlluvialLayout = WIDE) -> str:
    """Draw how persons pass from column to column, as one SVG picture.

    Args:
        figure: At least two columns with the same persons.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    has_key = len(figure.columns) > 2 and layout is NARROW
    if has_key:
        layout = replace(layout, label_width=40.0)
    key = _draw_key(open_picture(width=1, height=1, style="", description=""), figure, layout) if has_key else 0.0
    between = (layout.width - layout.label_width - _BAR) / max(len(figure.columns) - 1, 1)
    headings = [
        wrap_text(set_text(name), width=min(between, 200) - 8, size=FONT_SIZE, is_bold=True)
        for name, _ in figure.columns
    ]
    top = key + LINE_HEIGHT * (max(map(len, headings)) + 0.4)
    columns = _place(figure, layout, top)
    foot = max(slot.top + max(slot.height, LINE_HEIGHT * 0.92) for slots in columns for slot in slots)
    described = "; ".join(
        f"{name}: {', '.join(f'{band.name} {band.persons}' for band in bands)}" for name, bands in figure.columns
    )
    plot = open_picture(
        width=layout.width, height=round(foot + 6, 1), style=layout.name, description=f"{figure.title}. {described}."
    )
    if has_key:
        _draw_key(plot, figure, layout)
    _draw_streams(plot, figure, columns)
    _draw_bands(plot, columns, layout)
    for slots, lines in zip(columns, headings, strict=True):
        for place, line in enumerate(lines):
            y = round(key + LINE_HEIGHT * (place + 0.72), 1)
            add_text(plot, line, x=round(slots[0].x, 1), y=y, style="plot-name", is_bold=True)
    return close_picture(plot)
