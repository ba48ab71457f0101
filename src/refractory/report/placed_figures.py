"""The figures of the page: which stands in which section, drawn wide and narrow, numbered in the order of reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType

from markupsafe import Markup

from refractory.analysis.figures import (
    AlluvialFigure,
    AnyFigure,
    EffectFigure,
    ForestFigure,
    PersonFigure,
    StepFigure,
    SwimmerFigure,
    ThreadFigure,
    WaterfallFigure,
)
from refractory.analysis.results import DayCurve, Results
from refractory.report import (
    alluvial_plot,
    day_plot,
    effect_plot,
    flow_chart,
    forest_plot,
    interval_plot,
    step_plot,
    swimmer_plot,
    thread_plot,
    waterfall_plot,
)
from refractory.report.answer import find_responses, find_strata
from refractory.report.page_parts import Figure
from refractory.report.printed_table import PrintedTable
from refractory.report.tables import tabulate_attrition, tabulate_curve

# In the order of reading.
SECTIONS = ("answer", "persons", "response", "explaining", "further")
_SECTION_OF = {"lines": "persons", "groups": "response", "by-cycle": "response", "agreement": "response"}
# What else could explain the response: these tables, and figures of such a name.
EXPLAINING_TABLES = frozenset({"benchmarks"})
EXPLAINING = "explanation-"


@dataclass(frozen=True)
class _Drawn:
    """A figure before it is numbered."""

    section: str
    name: str
    title: str
    wide: Markup
    narrow: Markup
    in_words: PrintedTable | None = None
    note: str = ""


def explains(name: str) -> bool:
    """Say whether a table or a curve of that id is about another explanation of the response."""
    return name in EXPLAINING_TABLES or name.startswith(EXPLAINING)


def place_figures(results: Results) -> dict[str, tuple[Figure, ...]]:
    """Draw the figures that any reader may see, and number them in the order of reading.

    Args:
        results: Everything that the run found.

    Returns:
        Figures by the anchor of their section.
    """
    drawn = sorted(_draw_all(results), key=lambda one: SECTIONS.index(one.section))
    placed: dict[str, tuple[Figure, ...]] = {}
    for number, one in enumerate(drawn, start=1):
        placed[one.section] = (*placed.get(one.section, ()), _number(one, number, "Figure"))
    return placed


def draw_person_figures(results: Results) -> tuple[Figure, ...]:
    """Draw the figures in which every person is seen: for the study team only."""
    drawn = (_draw_content(figure, "persons") for figure in results.person_figures)
    return tuple(_number(one, number, "Person figure") for number, one in enumerate(drawn, start=1))


def _number(drawn: _Drawn, number: int, word: str) -> Figure:
    anchor = f"{word.lower().replace(' ', '-')}-{number}"
    in_words = None
    if drawn.in_words is not None:
        in_words = (
            drawn.in_words if drawn.name == "flow-chart" else replace(drawn.in_words, anchor=f"{anchor}-in-words")
        )
    return Figure(anchor, f"{word} {number}", drawn.title, drawn.wide, drawn.narrow, in_words, drawn.name, drawn.note)


def _both(draw: Callable[..., str], module: ModuleType) -> tuple[Markup, Markup]:
    return Markup(draw(layout=module.WIDE)), Markup(draw(layout=module.NARROW))


def _draw_all(results: Results) -> Iterator[_Drawn]:
    responses = find_responses(results)
    if responses and responses[0][1].value is not None:
        outcome = results.head.outcome
        draw = partial(interval_plot.draw_intervals, responses, axis_name=f"{outcome}, %")
        yield _Drawn("answer", "response", f"{outcome}: proportions and their intervals", *_both(draw, interval_plot))
    if results.attrition:
        draw = partial(flow_chart.draw_flow_chart, results.attrition, find_strata(results))
        tells_days = all(step.records_after is not None for step in results.attrition)
        days = ", and the candidate days that could be their day 0," if tells_days else ""
        title = f"Persons{days} through the criteria"
        in_words = tabulate_attrition(results.attrition)
        yield _Drawn("persons", "flow-chart", title, *_both(draw, flow_chart), in_words)
    for figure in results.figures:
        yield _draw_content(figure, _SECTION_OF.get(figure.id, "further"))
    for curve in results.curves:
        if curve.points:
            yield _draw_curve(curve)


def _draw_curve(curve: DayCurve) -> _Drawn:
    draw = partial(day_plot.draw_day_curve, curve.points, axis_name=curve.axis_name)
    section = "explaining" if explains(curve.id) else "further"
    return _Drawn(section, curve.id, curve.title, *_both(draw, day_plot), tabulate_curve(curve))


def _draw_content(figure: AnyFigure | PersonFigure, section: str) -> _Drawn:
    draw, module = _PENS[type(figure)]
    return _Drawn(section, figure.id, figure.title, *_both(partial(draw, figure), module), note=figure.note)


_PENS: dict[type, tuple[Callable[..., str], ModuleType]] = {
    StepFigure: (step_plot.draw_steps, step_plot),
    ForestFigure: (forest_plot.draw_forest, forest_plot),
    EffectFigure: (effect_plot.draw_effects, effect_plot),
    AlluvialFigure: (alluvial_plot.draw_alluvial, alluvial_plot),
    SwimmerFigure: (swimmer_plot.draw_swimmer, swimmer_plot),
    WaterfallFigure: (waterfall_plot.draw_waterfall, waterfall_plot),
    ThreadFigure: (thread_plot.draw_threads, thread_plot),
}
