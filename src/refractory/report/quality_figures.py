"""The figures of data quality: rows of each table by month, and by day of the month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.quality_results import MonthlyRows
from refractory.numbers import format_count
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
from refractory.report.scales import write_centred
from refractory.report.typesetting import set_text


@dataclass(frozen=True)
class LaneLayout:
    """Room of a figure that has one lane a table, each with its name above it."""

    width: float
    lane: float
    years: int
    name: str


WIDE = LaneLayout(800, 46, 12, "figure wide")
NARROW = LaneLayout(340, 40, 5, "figure narrow")
_DAYS = 31
# Days that not every month has.
_SHARE_OF_MONTHS = dict.fromkeys(range(1, 29), 1.0) | {29: 0.94, 30: 0.92, 31: 0.58}
_HEAP = 1.5


def draw_months(tables: Sequence[MonthlyRows], *, layout: LaneLayout = WIDE) -> str:
    """Draw the rows of each table by month, one lane a table, all on one scale of years.

    Args:
        tables: At least one table with a month.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element.
    """
    first = min(one.first_year for one in tables)
    last = max(one.first_year + len(one.months) // 12 for one in tables)
    said = "; ".join(f"{one.table}, {format_count(sum(one.months))} rows" for one in tables)
    plot = _open(tables, layout, f"Rows by month, {first} to {last - 1}: {said}.")
    y = 0.0
    for one in tables:
        y = _name_lane(plot, one.table, max(one.months), "a month at most", y, layout)
        width = layout.width / max((last - first) * 12, 1)
        start = (one.first_year - first) * 12
        most = max(one.months) or 1
        path = [f"M{start * width:.2f} {y + layout.lane:.2f}"]
        for place, rows in enumerate(one.months):
            left = (start + place) * width
            top = y + layout.lane * (1 - rows / most)
            path.append(f"L{left:.2f} {top:.2f} L{left + width:.2f} {top:.2f}")
        path.append(f"L{(start + len(one.months)) * width:.2f} {y + layout.lane:.2f} Z")
        add(plot, "path", style="plot-choice", d=" ".join(path), fill="currentColor")
        add_line(plot, [(0, y + layout.lane), (layout.width, y + layout.lane)], style="plot-tick-mark")
        y += layout.lane
    step = max(1, -(-(last - first) // layout.years))
    for year in range(first, last, step):
        x = (year - first) / (last - first) * layout.width
        add_line(plot, [(x, y), (x, y + 5)], style="plot-tick-mark")
        write_centred(plot, str(year), x=x, y=y + LINE_HEIGHT * 1.15, width=layout.width)
    return close_picture(plot)


def draw_days_of_month(tables: Sequence[MonthlyRows], *, layout: LaneLayout = WIDE) -> str:
    """Draw the rows of each table by day of the month; a bar that stands out has another colour.

    Args:
        tables: At least one table.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element.
    """
    said = "; ".join(f"{one.table}, {format_count(one.days[0])} of {format_count(sum(one.days))}" for one in tables)
    plot = _open(tables, layout, f"Rows by day of the month. On the first of a month: {said}.")
    y = 0.0
    width = layout.width / _DAYS
    for one in tables:
        y = _name_lane(plot, one.table, max(one.days), "a day at most", y, layout)
        most = max(one.days) or 1
        usual = sum(one.days) / sum(_SHARE_OF_MONTHS.values())
        for day, rows in enumerate(one.days, start=1):
            height = layout.lane * rows / most
            is_heap = rows > _HEAP * usual * _SHARE_OF_MONTHS[day] and sum(one.days) >= 20 * _DAYS
            bar = add(
                plot, "rect", style="series-2-fill" if is_heap else "plot-choice", x=round((day - 1) * width + 1, 2),
                y=round(y + layout.lane - height, 2), width=round(width - 2, 2), height=round(height, 2),
                fill="currentColor",
            )  # fmt: skip
            add_title(bar, f"{one.table}, day {day}: {format_count(rows)}")
        add_line(plot, [(0, y + layout.lane), (layout.width, y + layout.lane)], style="plot-tick-mark")
        y += layout.lane
    for day in (1, 5, 10, 15, 20, 25, 31):
        write_centred(plot, str(day), x=(day - 0.5) * width, y=y + LINE_HEIGHT * 1.05, width=layout.width)
    return close_picture(plot)


def _open(tables: Sequence[MonthlyRows], layout: LaneLayout, description: str) -> Picture:
    height = len(tables) * (layout.lane + LINE_HEIGHT * 1.9) + LINE_HEIGHT * 1.5
    return open_picture(width=layout.width, height=round(height, 2), style=layout.name, description=description)


def _name_lane(plot: Picture, table: str, most: int, said: str, y: float, layout: LaneLayout) -> float:
    """Write a lane's name and its largest number above it, and return where the lane begins."""
    y += LINE_HEIGHT * 1.3
    add_text(plot, set_text(table), x=0, y=round(y, 2), style="lane-name")
    told = set_text(f"{format_count(most)} {said}" if layout is WIDE else format_count(most))
    left = layout.width - measure_text(told, size=FONT_SIZE)
    add_text(plot, told, x=round(left, 2), y=round(y, 2), style="plot-tick")
    return y + LINE_HEIGHT * 0.6
