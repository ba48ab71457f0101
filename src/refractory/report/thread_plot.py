"""A number of every person over days, with the median of all. Identifiable, for the study team only."""

from __future__ import annotations

from refractory.analysis.figures import ThreadFigure
from refractory.report.day_plot import NARROW, WIDE, DayLayout
from refractory.report.drawing import (
    FONT_SIZE,
    LINE_HEIGHT,
    add,
    add_line,
    add_text,
    add_title,
    close_picture,
    open_picture,
)
from refractory.report.lettering import measure_text
from refractory.report.scales import Field, draw_days, draw_upwards, find_ends
from refractory.report.typesetting import set_text

__all__ = ["NARROW", "WIDE", "draw_threads"]


def draw_threads(figure: ThreadFigure, *, layout: DayLayout = WIDE) -> str:
    """Draw a number of every person over days and the median, as one SVG picture.

    Args:
        figure: At least one thread.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; thin lines are persons, the thick one is the median.
    """
    values = [value for _, thread in figure.threads for _, value in thread if value is not None]
    days = [day for _, thread in figure.threads for day, _ in thread]
    low, high, step = find_ends(values)
    top = LINE_HEIGHT * 2.7
    field = Field(layout.left, layout.right, top, top + layout.height, (min(days), max(days)), (low, high or 1))
    plot = open_picture(
        width=layout.width,
        height=round(field.foot + LINE_HEIGHT * 2.6, 1),
        style=layout.name,
        description=f"{figure.title}: {len(figure.threads)} persons, days {min(days)} to {max(days)}.",
    )
    add_text(plot, set_text(figure.axis_name), x=0, y=LINE_HEIGHT * 0.72, style="plot-tick")
    x = 0.0
    for style, words in (("thread-key", "one person"), ("plot-curve", "median")):
        y = LINE_HEIGHT * 1.7
        add_line(plot, [(x, y - FONT_SIZE * 0.35), (x + 24, y - FONT_SIZE * 0.35)], style=style)
        add_text(plot, words, x=round(x + 30, 2), y=y, style="plot-tick")
        x = round(x + 48 + measure_text(words, size=FONT_SIZE), 2)
    draw_upwards(plot, field, step)
    threads = add(plot, "g", style="threads")
    for number, thread in figure.threads:
        path, is_down = [], True
        for day, value in thread:
            if value is None:
                is_down = True
                continue
            path.append(f"{'M' if is_down else 'L'}{field.x(day):g} {field.y(value):g}")
            is_down = False
        if not path:
            continue
        line = add(
            threads, "path", style="thread", d=" ".join(path), fill="none", stroke="currentColor", stroke_opacity="0.3",
            data_person=str(number),
        )  # fmt: skip
        add_title(line, f"Person {number}")
    add_line(plot, [(field.x(day), field.y(value)) for day, value in figure.median], style="plot-curve")
    draw_days(plot, field, most=layout.most_ticks, width=layout.width)
    return close_picture(plot)
