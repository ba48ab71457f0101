"""Where the numbers of a scale stand: round steps, round numbers of days, and places in a field."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from refractory.report.drawing import FONT_SIZE, LINE_HEIGHT, Picture, add_line, add_text
from refractory.report.lettering import measure_text
from refractory.report.typesetting import set_text

_STEPS = (1, 2, 2.5, 5, 10)
_DAYS_BETWEEN_TICKS = (7, 14, 30, 60, 90, 180, 365, 730)


@dataclass(frozen=True)
class Field:
    """The field of a plot: where numbers of two scales stand.

    Args:
        left: Where the horizontal scale begins.
        right: Where it ends.
        top: Where the vertical scale ends.
        foot: Where it begins.
        across: First and last number of the horizontal scale.
        upwards: Lowest and highest number of the vertical scale.
    """

    left: float
    right: float
    top: float
    foot: float
    across: tuple[float, float]
    upwards: tuple[float, float]

    def x(self, number: float) -> float:
        """Return where a number of the horizontal scale stands."""
        first, last = self.across
        return round(self.left + (number - first) / ((last - first) or 1) * (self.right - self.left), 2)

    def y(self, number: float) -> float:
        """Return where a number of the vertical scale stands."""
        low, high = self.upwards
        return round(self.foot - (number - low) / ((high - low) or 1) * (self.foot - self.top), 2)


def choose_step(largest: float, most: int = 5) -> float:
    """Choose a round step so that few of them reach the largest number."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(largest / most))
    return next(step * power for step in _STEPS if step * power * most >= largest)


def choose_days(first_day: int, last_day: int, most: int) -> list[int]:
    """Choose the days that are named: multiples of a round number of days, day 0 among them where it is shown."""
    step = next((days for days in _DAYS_BETWEEN_TICKS if (last_day - first_day) / days < most), last_day - first_day)
    step = max(step, 1)
    return list(range(-(-first_day // step) * step, last_day + 1, step))


def find_ends(numbers: list[float], most: int = 5) -> tuple[float, float, float]:
    """Find round ends of a scale that holds all numbers and 0, and the step between its marks.

    Returns:
        Lowest, highest and step.
    """
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    step = choose_step(high - low, most)
    return floor(low / step + 1e-9) * step, -floor(-high / step + 1e-9) * step, step


def write_centred(plot: Picture, text: str, *, x: float, y: float, width: float, style: str = "plot-tick") -> None:
    """Write a short text around a place, kept inside the picture."""
    half = measure_text(text, size=FONT_SIZE) / 2
    add_text(plot, text, x=round(min(max(x - half, 0), width - 2 * half), 2), y=round(y, 2), style=style)


def draw_upwards(plot: Picture, field: Field, step: float, *, unit: str = "") -> None:
    """Draw the lines of the vertical scale, each with its number to the left."""
    low, high = field.upwards
    for place in range(round((high - low) / step) + 1):
        number = low + place * step
        y = field.y(number)
        add_line(plot, [(field.left, y), (field.right, y)], style="plot-grid")
        label = set_text(f"{number:g}{unit}".replace("-", "−"))
        left = field.left - 8 - measure_text(label, size=FONT_SIZE)
        add_text(plot, label, x=round(left, 2), y=round(y + FONT_SIZE * 0.35, 2), style="plot-tick")


def draw_days(plot: Picture, field: Field, *, most: int, width: float, name: str = "Days from day 0") -> float:
    """Draw the days of the horizontal scale below the field, and their name.

    Returns:
        Where what comes below may begin.
    """
    for day in choose_days(round(field.across[0]), round(field.across[1]), most):
        x = field.x(day)
        add_line(plot, [(x, field.foot), (x, field.foot + 5)], style="plot-tick-mark")
        write_centred(plot, set_text(str(day).replace("-", "−")), x=x, y=field.foot + LINE_HEIGHT * 1.15, width=width)
    add_text(plot, name, x=field.left, y=round(field.foot + LINE_HEIGHT * 2.2, 2), style="plot-tick")
    if field.across[0] < 0 < field.across[1]:
        add_line(plot, [(field.x(0), field.top - 6), (field.x(0), field.foot)], style="plot-day-0")
    return field.foot + LINE_HEIGHT * 2.6
