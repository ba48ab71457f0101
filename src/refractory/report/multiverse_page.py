"""The page of the multiverse before it is set: its figures and tables, numbered in the order of reading."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from refractory.analysis.results import (
    Caution,
    MethodsSection,
    MultiverseResults,
    Severity,
    SpecificationCurve,
    StudyHead,
)
from refractory.report import specification_plot
from refractory.report.page_parts import Figure, Section, print_number
from refractory.report.printed_table import PrintedTable
from refractory.report.specification_plot import draw_specification_curve
from refractory.report.tables import number_tables, tabulate_results

# These stand in front of the figures, or at the end; what moves each result stands between.
_FIRST = ("ranges", "benchmarks")
_LAST = ("dials", "not_run")
_HOW_TO_READ = (
    "Each universe is one column: its number above, with its interval as a band, and below a mark for the alternative "
    "of each dial that it has. A diamond and a dashed line mark the study as it is written. Where universes share a "
    "column, a darker mark means that more of them have the alternative."
)


@dataclass(frozen=True)
class MultiversePage:
    """What the page of the multiverse shows."""

    head: StudyHead
    answer: tuple[str, ...]
    serious: tuple[Caution, ...]
    notes: tuple[Caution, ...]
    ranges: tuple[PrintedTable, ...]
    figures: tuple[Figure, ...]
    effects: tuple[PrintedTable, ...]
    dials: tuple[PrintedTable, ...]
    methods: tuple[MethodsSection, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the page has, in the order of reading."""
        sections = (
            Section("answer", "What the universes say", answer=self.answer),
            Section("cautions", "Cautions", cautions=(*self.serious, *self.notes)),
            Section("ranges-of-results", "Ranges", tables=self.ranges),
            Section("curves", "Specification curves", figures=self.figures),
            Section("what-moves", "What moves the results", tables=self.effects),
            Section("the-dials", "Dials", tables=self.dials),
            Section("methods", "Methods", methods=self.methods),
        )
        return tuple(section for section in sections if not section.is_empty)


def build_multiverse_page(results: MultiverseResults) -> MultiversePage:
    """Put everything in its place.

    Args:
        results: Everything that the universes found.
    """
    ordered = [
        [table for table in results.tables if table.id in _FIRST],
        [table for table in results.tables if table.id not in (*_FIRST, *_LAST)],
        [table for table in results.tables if table.id in _LAST],
    ]
    parts: list[tuple[PrintedTable, ...]] = []
    for tables in ordered:
        first = 1 + sum(len(part) for part in parts)
        parts.append(number_tables([tabulate_results(table) for table in tables], first=first))
    drawn = [curve for curve in results.curves if curve.points]
    return MultiversePage(
        head=results.head,
        answer=results.answer,
        serious=tuple(print_number(one) for one in results.cautions if one.severity == Severity.SERIOUS),
        notes=tuple(print_number(one) for one in results.cautions if one.severity != Severity.SERIOUS),
        ranges=parts[0],
        figures=tuple(_build_figure(curve, number) for number, curve in enumerate(drawn, start=1)),
        effects=parts[1],
        dials=parts[2],
        methods=results.methods,
    )


def _build_figure(curve: SpecificationCurve, number: int) -> Figure:
    wide, narrow = (
        Markup(draw_specification_curve(curve, layout=layout))
        for layout in (specification_plot.WIDE, specification_plot.NARROW)
    )
    return Figure(
        f"figure-{number}", f"Figure {number}", curve.title, wide, narrow, name=f"curve-{number}", note=_HOW_TO_READ
    )
