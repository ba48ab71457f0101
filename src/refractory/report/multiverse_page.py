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
from refractory.report.page import ContentsEntry, Figure
from refractory.report.specification_plot import draw_specification_curve
from refractory.report.tables import PrintedTable, number_tables, tabulate_results

# These stand in front of the figures, or at the end; what moves each result stands between.
_FIRST = ("ranges", "benchmarks")
_LAST = ("dials", "not_run")


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
    def contents(self) -> tuple[ContentsEntry, ...]:
        """The sections that the page has, in the order of reading."""
        figures = tuple((each.anchor, each.number, each.title) for each in self.figures)
        sections = (
            (True, ContentsEntry("answer", "What the universes say")),
            (bool(self.serious or self.notes), ContentsEntry("cautions", "Cautions")),
            (bool(self.ranges), ContentsEntry("ranges-of-results", "Ranges", _items(self.ranges))),
            (bool(self.figures), ContentsEntry("curves", "Specification curves", figures)),
            (bool(self.effects), ContentsEntry("what-moves", "What moves the results", _items(self.effects))),
            (bool(self.dials), ContentsEntry("the-dials", "Dials", _items(self.dials))),
            (bool(self.methods), ContentsEntry("methods", "Methods")),
        )
        return tuple(entry for is_there, entry in sections if is_there)


def _items(tables: tuple[PrintedTable, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((table.anchor, table.number, table.title) for table in tables)


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
        serious=tuple(one for one in results.cautions if one.severity == Severity.SERIOUS),
        notes=tuple(one for one in results.cautions if one.severity != Severity.SERIOUS),
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
    return Figure(f"figure-{number}", f"Figure {number}", curve.title, wide, narrow)
