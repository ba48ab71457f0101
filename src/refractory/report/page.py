"""The page before it is set: which table stands where, numbered in the order of reading, without a single person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from refractory.analysis.results import Caution, DayCurve, MethodsSection, Results, Severity, StudyHead
from refractory.numbers import say_number
from refractory.report import day_plot, flow_chart, interval_plot
from refractory.report.answer import build_answer, find_responses, find_strata
from refractory.report.day_plot import draw_day_curve
from refractory.report.flow_chart import draw_flow_chart
from refractory.report.interval_plot import draw_intervals
from refractory.report.tables import (
    PrintedTable,
    number_tables,
    tabulate_accounts,
    tabulate_attrition,
    tabulate_comparisons,
    tabulate_curve,
    tabulate_problems,
    tabulate_results,
)

# Where a table of results stands; every other one follows under "Further results".
PERSONS_TABLES = frozenset({"baseline", "baseline_by_response", "strata", "lines"})
RESPONSE_TABLES = frozenset(
    {
        "response",
        "comparison",
        "subgroups",
        "scores",
        "agreement",
        "course",
        "duration",
        "trajectory",
        "cycles",
        "by_cycle",
    }
)

# What else could explain the response: these tables, and figures of such a name.
EXPLAINING_TABLES = frozenset({"benchmarks"})
EXPLAINING = "explanation-"


@dataclass(frozen=True)
class Figure:
    """One figure in a wide and a narrow layout, and its table for those who cannot see it.

    Args:
        anchor: Name within the page.
        number: "Figure 1".
        title: Caption without its number.
        wide: The picture for a page.
        narrow: The same picture for a telephone.
        in_words: The same in words, where no other table of the page says it.
    """

    anchor: str
    number: str
    title: str
    wide: Markup
    narrow: Markup
    in_words: PrintedTable | None = None


@dataclass(frozen=True)
class ContentsEntry:
    """One section in the table of contents, with what is numbered in it."""

    anchor: str
    heading: str
    items: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ReportPage:
    """What any reader of the study may see: no row about a single person can stand here."""

    head: StudyHead
    answer: tuple[str, ...]
    serious: tuple[Caution, ...]
    notes: tuple[Caution, ...]
    plot: Figure | None
    flow: Figure | None
    persons: tuple[PrintedTable, ...]
    response: tuple[PrintedTable, ...]
    explaining: tuple[PrintedTable, ...]
    published: tuple[PrintedTable, ...]
    further: tuple[PrintedTable, ...]
    methods: tuple[MethodsSection, ...]
    records: tuple[PrintedTable, ...]
    curves: tuple[Figure, ...] = ()
    explaining_curves: tuple[Figure, ...] = ()

    @property
    def contents(self) -> tuple[ContentsEntry, ...]:
        """The sections that the page has, in the order of reading."""
        plot, flow = (((each.anchor, each.number, each.title),) if each else () for each in (self.plot, self.flow))
        curves, explaining = (
            tuple((each.anchor, each.number, each.title) for each in figures)
            for figures in (self.curves, self.explaining_curves)
        )
        sections = (
            (True, ContentsEntry("answer", "Answer", plot)),
            (bool(self.serious or self.notes), ContentsEntry("cautions", "Cautions")),
            (bool(self.flow or self.persons), ContentsEntry("persons", "Persons", flow + _items(self.persons))),
            (bool(self.response), ContentsEntry("response", "Response", _items(self.response))),
            (
                bool(self.explaining or self.explaining_curves),
                ContentsEntry("explaining", "What else could explain it", explaining + _items(self.explaining)),
            ),
            (bool(self.published), ContentsEntry("published", "Published and reproduced", _items(self.published))),
            (
                bool(self.further or self.curves),
                ContentsEntry("further", "Further results", curves + _items(self.further)),
            ),
            (bool(self.methods), ContentsEntry("methods", "Methods")),
            (bool(self.records), ContentsEntry("records", "Records", _items(self.records))),
        )
        return tuple(entry for is_there, entry in sections if is_there)


def _items(tables: Sequence[PrintedTable]) -> tuple[tuple[str, str, str], ...]:
    return tuple((table.anchor, table.number, table.title) for table in tables)


def _build_plot(results: Results) -> Figure | None:
    responses = find_responses(results)
    if not responses or responses[0][1].value is None:
        return None
    axis_name = f"{results.head.outcome}, %"
    wide, narrow = (
        Markup(draw_intervals(responses, axis_name=axis_name, layout=layout))
        for layout in (interval_plot.WIDE, interval_plot.NARROW)
    )
    return Figure("figure-1", "Figure 1", f"{results.head.outcome}: proportions and their intervals", wide, narrow)


def _build_flow(results: Results, number: int) -> Figure | None:
    if not results.attrition:
        return None
    strata = find_strata(results)
    wide, narrow = (
        Markup(draw_flow_chart(results.attrition, strata, layout=layout))
        for layout in (flow_chart.WIDE, flow_chart.NARROW)
    )
    tells_days = all(step.records_after is not None for step in results.attrition)
    days = ", and the candidate days that could be their day 0," if tells_days else ""
    title = f"Persons{days} through the criteria"
    in_words = tabulate_attrition(results.attrition)
    return Figure(f"figure-{number}", f"Figure {number}", title, wide, narrow, in_words)


def _build_curve(curve: DayCurve, number: int) -> Figure:
    wide, narrow = (
        Markup(draw_day_curve(curve.points, axis_name=curve.axis_name, layout=layout))
        for layout in (day_plot.WIDE, day_plot.NARROW)
    )
    anchor = f"figure-{number}"
    in_words = replace(tabulate_curve(curve), anchor=f"{anchor}-in-words")
    return Figure(anchor, f"Figure {number}", curve.title, wide, narrow, in_words)


def _print_number(caution: Caution) -> Caution:
    """Return a caution with its number as it is printed."""
    return replace(caution, number=say_number(caution.number))


def _explains(name: str) -> bool:
    """Say whether a table or a curve of that id is about another explanation of the response."""
    return name in EXPLAINING_TABLES or name.startswith(EXPLAINING)


def build_page(results: Results) -> ReportPage:
    """Put everything but the listings in its place.

    Args:
        results: Everything that the run found.

    Returns:
        One page, tables numbered in the order of reading.
    """
    persons = [tabulate_results(table) for table in results.tables if table.id in PERSONS_TABLES]
    response = [tabulate_results(table) for table in results.tables if table.id in RESPONSE_TABLES]
    explaining = [tabulate_results(table) for table in results.tables if _explains(table.id)]
    placed = PERSONS_TABLES | RESPONSE_TABLES
    further = [
        tabulate_results(table) for table in results.tables if table.id not in placed and not _explains(table.id)
    ]
    published = [tabulate_comparisons(results.comparisons, results.head.citation)] if results.comparisons else []
    records = [tabulate_accounts(results.accounts)] if results.accounts else []
    records += [tabulate_problems(results.problems)] if results.problems else []
    parts: list[tuple[PrintedTable, ...]] = []
    for tables in (persons, response, explaining, published, further, records):
        parts.append(number_tables(tables, first=1 + sum(len(part) for part in parts)))
    plot = _build_plot(results)
    flow = _build_flow(results, 2 if plot else 1)
    first = 1 + sum(figure is not None for figure in (plot, flow))
    drawn = sorted((curve for curve in results.curves if curve.points), key=lambda curve: not _explains(curve.id))
    figures = [_build_curve(curve, number) for number, curve in enumerate(drawn, start=first)]
    explained = sum(_explains(curve.id) for curve in drawn)
    return ReportPage(
        head=results.head,
        answer=tuple(build_answer(results)),
        serious=tuple(_print_number(one) for one in results.cautions if one.severity == Severity.SERIOUS),
        notes=tuple(_print_number(one) for one in results.cautions if one.severity != Severity.SERIOUS),
        plot=plot,
        flow=flow,
        persons=parts[0],
        response=parts[1],
        explaining=parts[2],
        published=parts[3],
        further=parts[4],
        methods=results.methods,
        records=parts[5],
        curves=tuple(figures[explained:]),
        explaining_curves=tuple(figures[:explained]),
    )
