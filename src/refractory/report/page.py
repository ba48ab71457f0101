"""The page before it is set: which table stands where, numbered in the order of reading, without a single person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from refractory.analysis.results import Caution, DayCurve, MethodsSection, Results, Severity, StudyHead
from refractory.numbers import say_number
from refractory.report import day_plot, flow_chart, interval_plot
from refractory.report.answer import build_answer, find_responses, find_strata
from refractory.report.checklists import tabulate_checklists
from refractory.report.day_plot import draw_day_curve
from refractory.report.flow_chart import draw_flow_chart
from refractory.report.interval_plot import draw_intervals
from refractory.report.page_parts import Figure, Section
from refractory.report.printed_table import PrintedTable
from refractory.report.tables import (
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
    def checklists(self) -> tuple[PrintedTable, ...]:
        """The reporting checklists, filled in."""
        return tabulate_checklists(self.sections)

    @property
    def caution_pointer(self) -> str:
        """A sentence that sends the reader of the answer to the serious cautions; empty without any."""
        count = len(self.serious)
        return f"Read it with the {count} serious {'caution' if count == 1 else 'cautions'} below." if count else ""

    @property
    def colophon(self) -> tuple[tuple[str, str], ...]:
        """What the report was made from, and by what."""
        head = self.head
        return (
            ("Study", head.name),
            ("Records", head.source_name),
            ("Protocol", head.protocol_hash),
            ("Program", f"Refractory {head.version}"),
        )

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the report has, in the order of reading, the same in each of its forms."""
        plot, flow = ((each,) if each else () for each in (self.plot, self.flow))
        sections = (
            Section("answer", "Answer", answer=self.answer, figures=plot),
            Section("cautions", "Cautions", cautions=(*self.serious, *self.notes)),
            Section("persons", "Persons", figures=flow, tables=self.persons),
            Section("response", "Response", tables=self.response),
            Section("explaining", "What else could explain it", figures=self.explaining_curves, tables=self.explaining),
            Section("published", "Published and reproduced", tables=self.published),
            Section("further", "Further results", figures=self.curves, tables=self.further),
            Section("methods", "Methods", methods=self.methods),
            Section("records", "Records", tables=self.records),
        )
        return tuple(section for section in sections if not section.is_empty)


def _build_plot(results: Results) -> Figure | None:
    responses = find_responses(results)
    if not responses or responses[0][1].value is None:
        return None
    axis_name = f"{results.head.outcome}, %"
    wide, narrow = (
        Markup(draw_intervals(responses, axis_name=axis_name, layout=layout))
        for layout in (interval_plot.WIDE, interval_plot.NARROW)
    )
    title = f"{results.head.outcome}: proportions and their intervals"
    return Figure("figure-1", "Figure 1", title, wide, narrow, name="response")


def _build_flow(results: Results, number: int) -> Figure | None:
    if not results.attrition:
        return None
    strata = find_strata(results)
    wide, narrow = (
        Markup(draw_flow_chart(results.attrition, strata, layout=layout))
        for layout in (flow_chart.WIDE, flow_chart.NARROW)
    )
    title = "Persons, and the candidate days that could be their day 0, through the criteria"
    in_words = tabulate_attrition(results.attrition)
    return Figure(f"figure-{number}", f"Figure {number}", title, wide, narrow, in_words, "flow-chart")


def _build_curve(curve: DayCurve, number: int) -> Figure:
    wide, narrow = (
        Markup(draw_day_curve(curve.points, axis_name=curve.axis_name, layout=layout))
        for layout in (day_plot.WIDE, day_plot.NARROW)
    )
    anchor = f"figure-{number}"
    in_words = replace(tabulate_curve(curve), anchor=f"{anchor}-in-words")
    return Figure(anchor, f"Figure {number}", curve.title, wide, narrow, in_words, curve.id)


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
