"""Every person's change of a score as a bar, in order. Identifiable, for the study team only."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.figures import WaterfallFigure
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
from refractory.report.lettering import measure_text
from refractory.report.scales import Field, draw_upwards, find_ends
from refractory.report.typesetting import set_text

_STYLES: dict[bool | None, str] = {True: "series-3-fill", False: "series-2-fill", None: "series-0-fill"}


@dataclass(frozen=True)
class WaterfallLayout:
    """Room of a waterfall."""

    width: float
    height: float
    left: float
    name: str


WIDE = WaterfallLayout(800, 270, 46, "figure wide")
NARROW = WaterfallLayout(340, 230, 42, "figure narrow")


def _draw_key(plot: Picture, figure: WaterfallFigure, y: float, width: float) -> float:
    x = 0.0
    answers = {answer for _, _, answer in figure.bars}
    words: dict[bool | None, str] = {
        True: figure.responded.lower(),
        False: f"no {figure.responded.lower()}",
        None: "not evaluable",
    }
    for answer, said in words.items():
        if answer not in answers:
            continue
        needed = 20 + measure_text(set_text(said), size=FONT_SIZE) + 18
        if x and x + needed > width:
            x, y = 0.0, y + LINE_HEIGHT
        # Hollow bars tell those without the response apart where colours do not.
        style = _STYLES[answer] + ("" if answer else " hollow")
        add(plot, "rect", style=style, x=round(x + 1, 1), y=round(y - 11, 1), width=12, height=12, fill="currentColor")
        add_text(plot, set_text(said), x=round(x + 20, 2), y=round(y, 2), style="plot-tick")
        x += needed
    return y


def draw_waterfall(figure: WaterfallFigure, *, layout: WaterfallLayout = WIDE) -> str:
    """Draw the change of every person as a bar, as one SVG picture.

    Full bars are persons with the response, hollow ones persons without.

    Args:
        figure: At least one bar, in the order of drawing.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; a pointer that rests on a bar shows it in words.
    """
    low, high, step = find_ends([change for _, change, _ in figure.bars] + [mark for mark, _ in figure.marks])
    measure = open_picture(width=1, height=1, style="", description="")
    top = _draw_key(measure, figure, LINE_HEIGHT * 1.85, layout.width) + LINE_HEIGHT * 0.95
    field = Field(layout.left, layout.width - 8, top, top + layout.height, (0, len(figure.bars)), (low, high))
    plot = open_picture(
        width=layout.width,
        height=round(field.foot + LINE_HEIGHT * 1.6, 1),
        style=layout.name,
        description=f"{figure.title}: {len(figure.bars)} persons, from {figure.bars[0][1]:g} to "
        f"{figure.bars[-1][1]:g}.",
    )
    add_text(plot, set_text(figure.axis_name), x=0, y=LINE_HEIGHT * 0.72, style="plot-tick")
    _draw_key(plot, figure, LINE_HEIGHT * 1.85, layout.width)
    draw_upwards(plot, field, step)
    wide = (field.right - field.left) / len(figure.bars)
    for place, (number, change, answer) in enumerate(figure.bars):
        ends = sorted((field.y(0), field.y(change)))
        bar = add(
            plot, "rect", style=_STYLES[answer] + ("" if answer else " hollow"),
            x=round(field.left + place * wide + wide * 0.14, 2), y=ends[0], width=round(wide * 0.72, 2),
            height=round(max(ends[1] - ends[0], 1.2), 2), fill="currentColor",
            data_person=str(number),
        )  # fmt: skip
        add_title(bar, f"Person {number}: {change:+g}".replace("-", "−"))
    add_line(plot, [(field.left, field.y(0)), (field.right, field.y(0))], style="plot-zero")
    for mark, _ in figure.marks:
        add_line(plot, [(field.left, field.y(mark)), (field.right, field.y(mark))], style="plot-day-0")
        label = set_text(f"{mark:g} points".replace("-", "−"))
        add_text(plot, label, x=field.left + 4, y=round(field.y(mark) + LINE_HEIGHT * 0.75, 2), style="plot-tick halo")

    persons = f"{len(figure.bars)} persons, the largest gain last"
    add_text(plot, persons, x=field.left, y=round(field.foot + LINE_HEIGHT * 1.2, 2), style="plot-tick")
    return close_picture(plot)
