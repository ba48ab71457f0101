"""A proportion that only grows, as steps with their intervals, and the counts that it rests on below."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.figures import StepFigure
from refractory.numbers import format_count, format_estimate
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
from refractory.report.scales import Field, draw_upwards, write_centred
from refractory.report.typesetting import set_text
from refractory.statistics.estimate import Estimate


@dataclass(frozen=True)
class StepLayout:
    """Room of a plot of steps; the names of the counts stand in `left` units before the field."""

    width: float
    height: float
    left: float
    name: str


WIDE = StepLayout(800, 250, 132, "figure wide")
NARROW = StepLayout(340, 210, 46, "figure narrow")


def _trace(field: Field, steps: list[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    """Return the corners of a line that goes flat to each step and then up."""
    corners = [(field.x(field.across[0]), field.y(0))]
    height = 0.0
    for step, share in steps:
        corners += [(field.x(step), field.y(height)), (field.x(step), field.y(share))]
        height = share
    return [*corners, (field.x(end), field.y(height))]


def _draw_band(plot: Picture, figure: StepFigure, field: Field, end: float) -> None:
    ends = [(float(step), one.lower, one.upper) for step, one in figure.points]
    known = [(step, lower, upper) for step, lower, upper in ends if lower is not None and upper is not None]
    if not known:
        return
    upper = _trace(field, [(step, 100 * high) for step, _, high in known], end)
    lower = _trace(field, [(step, 100 * low) for step, low, _ in known], end)
    corners = [*upper, *reversed(lower)]
    path = " ".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(corners))
    add(plot, "path", style="plot-band", d=f"{path} Z", fill="currentColor", fill_opacity="0.15")


def _write_counts(plot: Picture, figure: StepFigure, field: Field, layout: StepLayout) -> None:
    y = field.foot + LINE_HEIGHT * 3.3
    is_beside = layout.left > 100
    for name, counts in figure.below:
        text = set_text(name)
        if not is_beside:
            add_text(plot, text, x=0, y=round(y, 2), style="plot-tick")
            y += LINE_HEIGHT * 0.95
        else:
            left = field.left - 16 - measure_text(text, size=FONT_SIZE)
            add_text(plot, text, x=round(max(left, 0), 2), y=round(y, 2), style="plot-tick")
        for (step, _), count in zip(figure.points, counts, strict=True):
            write_centred(plot, format_count(count), x=field.x(step), y=y, width=layout.width, style="plot-figure")
        y += LINE_HEIGHT * 1.05


def _add_target(plot: Picture, figure: StepFigure, field: Field, step: int, estimate: Estimate) -> None:
    """Add a strip that says the proportion of a step to a pointer that rests on it."""
    left, right = field.x(step - 0.5), field.x(step + 0.5)
    strip = add(plot, "rect", style="target", x=left, y=field.top, width=round(right - left, 2),
                height=field.foot - field.top, fill="none")  # fmt: skip
    add_title(strip, f"{figure.step_name} {step}: {format_estimate(estimate)}")


def draw_steps(figure: StepFigure, *, layout: StepLayout = WIDE) -> str:
    """Draw a growing proportion over steps, as one SVG picture.

    The line rises at each step to the proportion reached with it; the band is its interval; the counts of each step
    stand below it.

    Args:
        figure: At least two points.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    last = figure.points[-1][0]
    end = last + 0.5
    top = LINE_HEIGHT * 1.9
    field = Field(layout.left, layout.width - 20, top, top + layout.height, (0.5, end), (0, 100))
    lines = len(figure.below) * (1.05 if layout.left > 100 else 2.0)
    described = "; ".join(f"{figure.step_name.lower()} {step}, {format_estimate(one)}" for step, one in figure.points)
    plot = open_picture(
        width=layout.width,
        height=round(field.foot + LINE_HEIGHT * (2.9 + lines), 2),
        style=layout.name,
        description=f"{figure.axis_name}: {described}.",
    )
    add_text(plot, set_text(figure.axis_name), x=0, y=LINE_HEIGHT * 0.72, style="plot-tick")
    draw_upwards(plot, field, 25)
    _draw_band(plot, figure, field, end)
    steps = [(float(step), 100 * one.value) for step, one in figure.points if one.value is not None]
    add_line(plot, _trace(field, steps, end), style="plot-curve")
    for step, estimate in figure.points:
        _add_target(plot, figure, field, step, estimate)
        write_centred(plot, str(step), x=field.x(step), y=field.foot + LINE_HEIGHT * 1.15, width=layout.width)
    add_text(plot, set_text(figure.step_name), x=field.left, y=field.foot + LINE_HEIGHT * 2.1, style="plot-tick")
    _write_counts(plot, figure, field, layout)
    return close_picture(plot)
