"""Every person's time after day 0 as a lane: cycles, response, stop, loss. Identifiable, for the study team only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from refractory.analysis.figures import Lane, SwimmerFigure
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
from refractory.report.scales import Field, draw_days
from refractory.report.typesetting import set_text

_SMALL = 11.0


@dataclass(frozen=True)
class SwimmerLayout:
    """Room of a swimmer plot, and the height of a lane."""

    width: float
    left: float
    lane: float
    most_ticks: int
    name: str


WIDE = SwimmerLayout(800, 40, 15, 11, "figure wide")
NARROW = SwimmerLayout(340, 34, 14, 5, "figure narrow")


def _draw_lane(plot: Picture, lane: Lane, field: Field, y: float) -> None:
    person = add(plot, "g", style="lane", data_person=str(lane.number))
    add_title(person, _say(lane))
    left = field.x(0) - 8 - measure_text(str(lane.number), size=_SMALL)
    add(person, "text", style="plot-tick", x=round(left, 2), y=round(y + 4, 2), fill="currentColor",
        font_size=f"{_SMALL:g}").text = str(lane.number)  # fmt: skip
    add_line(person, [(field.x(0), y), (field.x(lane.seen_until), y)], style="lane-line")
    if lane.response:
        first, latest = lane.response
        end = lane.lost if lane.lost is not None else lane.seen_until
        add_line(person, [(field.x(latest), y), (field.x(end), y)], style="series-3 lane-response")
        if first < latest:
            add_line(person, [(field.x(first), y), (field.x(latest), y)], style="series-3 lane-unsure")
    for day in lane.cycles:
        if day <= lane.seen_until:
            add(person, "circle", style="series-1-fill", cx=field.x(day), cy=y, r=2.6, fill="currentColor")
    for days, sign in ((lane.begun, "begun"), (lane.ended, "ended")):
        for day, _ in days:
            if day <= lane.seen_until:
                _draw_drug(person, sign, field.x(day), y)
    if lane.stopped is not None:
        x = field.x(lane.stopped)
        add_line(person, [(x, y - 5.5), (x, y + 5.5)], style="lane-stop")
    if lane.response:
        x = field.x(lane.response[1])
        add(person, "path", style="series-3-fill", d=f"M{x:g} {y - 5.5:g}l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
            fill="currentColor")  # fmt: skip
    if lane.lost is not None:
        x = field.x(lane.lost)
        add_line(person, [(x - 4, y - 4), (x + 4, y + 4)], style="series-2 thick")
        add_line(person, [(x - 4, y + 4), (x + 4, y - 4)], style="series-2 thick")


def _draw_drug(plot: Picture, sign: str, x: float, y: float) -> None:
    """Draw another drug that was begun, a full triangle, or given up, a hollow one that points down."""
    if sign == "begun":
        add(plot, "path", style="series-4-fill", d=f"M{x:g} {y - 5:g}l5 9h-10z", fill="currentColor")
    else:
        add(plot, "path", style="drug-ended", d=f"M{x:g} {y + 5:g}l5 -9h-10z", fill="none", stroke="currentColor")


def _say(lane: Lane) -> str:
    """Say a lane in words, for a pointer that rests on it and for a screen reader."""
    said = [f"Person {lane.number}: {lane.status}"]
    if lane.response:
        first, latest = lane.response
        said.append(f"on day {latest}" if first == latest else f"between day {first} and day {latest}")
    said.append(f"{len(lane.cycles)} cycles")
    said += [f"treatment stopped after day {lane.stopped}"] if lane.stopped is not None else []
    said += [f"response lost on day {lane.lost}"] if lane.lost is not None else []
    said += [f"{name} begun on day {day}" for day, name in lane.begun]
    said += [f"{name} given up on day {day}" for day, name in lane.ended]
    return f"{', '.join(said)}, followed to day {lane.seen_until}."


def _draw_key(plot: Picture, figure: SwimmerFigure, width: float) -> float:
    """Say in words what each sign is; returns where the lanes may begin."""
    signs = (
        ("cycle", "cycle"),
        ("response", figure.responded.lower()),
        ("band", "in response"),
        ("lost", "response lost"),
        ("stop", "treatment stopped"),
        *((("begun", "another drug begun"),) if any(lane.begun for lane in figure.lanes) else ()),
        *((("ended", "another drug given up"),) if any(lane.ended for lane in figure.lanes) else ()),
        ("line", "followed"),
    )
    x, y = 0.0, LINE_HEIGHT * 0.75
    for sign, words in signs:
        needed = 22 + measure_text(set_text(words), size=FONT_SIZE) + 10
        if x and x + needed > width:
            x, y = 0.0, y + LINE_HEIGHT
        _draw_sign(plot, sign, x + 9, y - FONT_SIZE * 0.35)
        add_text(plot, set_text(words), x=round(x + 22, 2), y=round(y, 2), style="plot-tick")
        x += needed
    return y + LINE_HEIGHT * 0.6


def _draw_sign(plot: Picture, sign: str, x: float, y: float) -> None:
    if sign == "cycle":
        add(plot, "circle", style="series-1-fill", cx=x, cy=y, r=2.9, fill="currentColor")
    elif sign == "response":
        add(plot, "path", style="series-3-fill", d=f"M{x:g} {y - 5.5:g}l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
            fill="currentColor")  # fmt: skip
    elif sign == "band":
        add_line(plot, [(x - 9, y), (x + 9, y)], style="series-3 lane-response")
    elif sign == "lost":
        add_line(plot, [(x - 4, y - 4), (x + 4, y + 4)], style="series-2 thick")
        add_line(plot, [(x - 4, y + 4), (x + 4, y - 4)], style="series-2 thick")
    elif sign in ("begun", "ended"):
        _draw_drug(plot, sign, x, y)
    elif sign == "stop":
        add_line(plot, [(x, y - 5.5), (x, y + 5.5)], style="lane-stop")
    else:
        add_line(plot, [(x - 9, y), (x + 9, y)], style="lane-line")


def _set_head(group: str, persons: int, layout: SwimmerLayout) -> tuple[str, ...]:
    """Set the name of a group above its lanes; nothing without strata."""
    if not group:
        return ()
    return wrap_text(set_text(f"{group} ({persons})"), width=layout.width, size=FONT_SIZE, is_bold=True)


def draw_swimmer(figure: SwimmerFigure, *, layout: SwimmerLayout = WIDE) -> str:
    """Draw the time after day 0 of every person, one lane each, as one SVG picture.

    Args:
        figure: At least one lane, in the order of drawing.
        layout: Room: `WIDE` for a page, `NARROW` for a telephone.

    Returns:
        An `<svg>` element; a pointer that rests on a lane shows it in words.
    """
    groups = [(name, list(lanes)) for name, lanes in groupby(figure.lanes, key=lambda lane: lane.group)]
    heads = [_set_head(name, len(lanes), layout) for name, lanes in groups]
    last = max(lane.seen_until for lane in figure.lanes)
    measure = open_picture(width=1, height=1, style="", description="")
    top = _draw_key(measure, figure, layout.width)
    foot = top + layout.lane * len(figure.lanes) + LINE_HEIGHT * 0.95 * sum(map(len, heads)) + 10 * len(heads)
    plot = open_picture(
        width=layout.width,
        height=round(foot + LINE_HEIGHT * 2.6, 1),
        style=layout.name,
        description=f"{figure.title}: {len(figure.lanes)} persons.",
    )
    _draw_key(plot, figure, layout.width)
    field = Field(layout.left, layout.width - 12, top, foot, (0, max(last, 1)), (0, 1))
    y = top
    for (_, lanes), head in zip(groups, heads, strict=True):
        for line in head:
            y += LINE_HEIGHT * 0.95
            add_text(plot, line, x=0, y=round(y, 2), style="plot-name", is_bold=True)
        y += 6
        for lane in lanes:
            _draw_lane(plot, lane, field, round(y + layout.lane / 2, 2))
            y += layout.lane
    add_line(plot, [(field.x(0), foot), (field.x(last), foot)], style="plot-tick-mark")
    draw_days(plot, field, most=layout.most_ticks, width=layout.width)
    return close_picture(plot)
