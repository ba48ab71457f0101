"""A number of many persons over the days around day 0: its median as a line, its quartiles as a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.numbers import format_count, format_estimate
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
from refractory.report.scales import choose_days, choose_step
from refractory.report.typesetting import set_text
from refractory.statistics.estimate import Estimate

Points = Sequence[tuple[int, Estimate]]
# Length of a sign in the key.
_SIGN = 24.0


@dataclass(frozen=True)
class DayLayout:
    """Room and places of a plot over days, in the plot's own units.

    Args:
        width: Width of the whole plot.
        height: Height of the field in which the line is drawn.
        left: Where the first day stands at least; the numbers of the scale stand before it.
        right: Where the last day stands.
        most_ticks: Most days that are named below the field.
        name: Class that a style sheet may use.
    """

    width: float
    height: float
    left: float
    right: float
    most_ticks: int
    name: str


WIDE = DayLayout(800, 250, 46, 780, 11, name="figure wide")
NARROW = DayLayout(340, 210, 40, 326, 5, name="figure narrow")


@dataclass(frozen=True)
class _Field:
    """The field of a plot: where a day and a number stand."""

    layout: DayLayout
    left: float
    top: float
    first_day: int
    last_day: int
    largest: float

    def x(self, day: float) -> float:
        span = max(self.last_day - self.first_day, 1)
        return round(self.left + (day - self.first_day) / span * (self.layout.right - self.left), 2)

    def y(self, number: float) -> float:
        return round(self.top + self.layout.height * (1 - number / self.largest), 2)

    @property
    def foot(self) -> float:
        return self.top + self.layout.height


def _write_centred(plot: Picture, text: str, *, x: float, y: float, width: float) -> None:
    half = measure_text(text, size=FONT_SIZE) / 2
    add_text(plot, text, x=round(min(max(x - half, 0), width - 2 * half), 2), y=y, style="plot-tick")


def _draw_scale(plot: Picture, field: _Field, step: float) -> None:
    ticks = round(field.largest / step)
    for place in range(ticks + 1):
        number = place * step
        add_line(plot, [(field.left, field.y(number)), (field.layout.right, field.y(number))], style="plot-grid")
        label = f"{number:g}"
        left = field.left - 8 - measure_text(label, size=FONT_SIZE)
        add_text(plot, label, x=round(left, 2), y=field.y(number) + FONT_SIZE * 0.35, style="plot-tick")


def _draw_days(plot: Picture, field: _Field, points: Points) -> None:
    persons = dict(points)
    for day in choose_days(field.first_day, field.last_day, field.layout.most_ticks):
        add_line(plot, [(field.x(day), field.foot), (field.x(day), field.foot + 5)], style="plot-tick-mark")
        x, width = field.x(day), field.layout.width
        _write_centred(plot, set_text(str(day)), x=x, y=field.foot + LINE_HEIGHT * 1.15, width=width)
        nearest = min(persons, key=lambda one: (abs(one - day), one))
        _write_centred(plot, format_count(persons[nearest].n), x=x, y=field.foot + LINE_HEIGHT * 4.5, width=width)
    add_text(plot, "Days from day 0", x=field.left, y=field.foot + LINE_HEIGHT * 2.2, style="plot-tick")
    add_text(plot, "Persons", x=field.left, y=field.foot + LINE_HEIGHT * 3.45, style="plot-tick")
    if field.first_day < 0 < field.last_day:
        add_line(plot, [(field.x(0), field.top - 6), (field.x(0), field.foot)], style="plot-day-0")


def _draw_band(plot: Picture, field: _Field, points: Points) -> None:
    upper = [(day, one.upper) for day, one in points if one.upper is not None]
    lower = [(day, one.lower) for day, one in points if one.lower is not None]
    corners = [*upper, *reversed(lower)]
    path = " ".join(
        f"{'L' if place else 'M'}{field.x(day):g} {field.y(mg):g}" for place, (day, mg) in enumerate(corners)
    )
    if corners:
        add(plot, "path", style="plot-band", d=f"{path} Z", fill="currentColor", fill_opacity="0.15")
    medians = [(field.x(day), field.y(one.value)) for day, one in points if one.value is not None]
    add_line(plot, medians, style="plot-curve")


def _draw_key(plot: Picture, y: float) -> None:
    """Say in words which sign is the median and which the quartiles."""
    x = 0.0
    for style, words in (("plot-curve", "median"), ("plot-band", "first to third quartile")):
        if style == "plot-curve":
            add_line(plot, [(x, y - FONT_SIZE * 0.35), (x + _SIGN, y - FONT_SIZE * 0.35)], style=style)
        else:
            corners = f"M{x:g} {y - FONT_SIZE * 0.75:g}h{_SIGN:g}v{FONT_SIZE * 0.8:g}h-{_SIGN:g}z"
            add(plot, "path", style=style, d=corners, fill="currentColor", fill_opacity="0.15")
        add_text(plot, words, x=round(x + _SIGN + 6, 2), y=y, style="plot-tick")
        x = round(x + _SIGN + 6 + measure_text(words, size=FONT_SIZE) + 18, 2)


def draw_day_curve(points: Points, *, axis_name: str, layout: DayLayout = WIDE) -> str:
    """Draw a median and its quartiles over the days around day 0, as one SVG picture.

    The persons on whom the nearest point rests stand below the named days.

    Args:
        points: Day and median with quartiles, in the order of days; at least one.
        axis_name: What is measured, with its unit; none of its numbers is below 0.
        layout: Room and places: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; colours follow the text around it, and classes let a style sheet set them.
    """
    heading = wrap_text(set_text(axis_name), width=layout.width, size=FONT_SIZE)
    numbers = [number for _, one in points for number in (one.value, one.upper) if number is not None]
    step = choose_step(max(numbers, default=0.0))
    steps = max(1, -(-max(numbers, default=0.0) // step))
    first_day, last_day = points[0][0], points[-1][0]
    widest = max(measure_text(f"{place * step:g}", size=FONT_SIZE) for place in range(round(steps) + 1))
    field = _Field(
        layout, max(layout.left, widest + 8), LINE_HEIGHT * (len(heading) + 2.1), first_day, last_day, step * steps
    )
    shown = [points[0], *(point for point in points if point[0] == 0), points[-1]]
    described = "; ".join(f"day {day}, {format_estimate(one)}" for day, one in dict(shown).items())
    plot = open_picture(
        width=layout.width,
        height=field.foot + LINE_HEIGHT * 5,
        style=layout.name,
        description=f"{axis_name}, median (quartiles) over the days from day 0: {described}.",
    )
    for place, line in enumerate(heading):
        add_text(plot, line, x=0, y=LINE_HEIGHT * (place + 0.72), style="plot-tick")
    _draw_key(plot, LINE_HEIGHT * (len(heading) + 0.85))
    _draw_scale(plot, field, step)
    _draw_days(plot, field, points)
    _draw_band(plot, field, points)
    return close_picture(plot)
