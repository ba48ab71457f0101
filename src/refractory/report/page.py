"""The page before it is set: which table stands where, numbered in the order of reading, without a single person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from refractory.analysis.results import Caution, MethodsSection, Results, Severity, StudyHead
from refractory.analysis.shared import SharedResults
from refractory.numbers import say_count
from refractory.report.answer import build_answer
from refractory.report.checklists import tabulate_checklists
from refractory.report.narrative import Narrative, tell_narrative
from refractory.report.page_parts import Figure, Section, print_number
from refractory.report.placed_figures import explains, place_figures
from refractory.report.printed_table import PrintedTable
from refractory.report.tables import (
    number_tables,
    tabulate_accounts,
    tabulate_comparisons,
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


@dataclass(frozen=True)
class ReportPage:
    """What any reader of the study may see: no row about a single person can stand here."""

    head: StudyHead
    answer: tuple[str, ...]
    serious: tuple[Caution, ...]
    notes: tuple[Caution, ...]
    persons: tuple[PrintedTable, ...]
    response: tuple[PrintedTable, ...]
    explaining: tuple[PrintedTable, ...]
    published: tuple[PrintedTable, ...]
    further: tuple[PrintedTable, ...]
    methods: tuple[MethodsSection, ...]
    records: tuple[PrintedTable, ...]
    withheld: tuple[MethodsSection, ...] = ()
    narrative: Narrative = field(default_factory=lambda: Narrative((), ()))
    figures: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)

    @property
    def checklists(self) -> tuple[PrintedTable, ...]:
        """The reporting checklists, filled in."""
        return tabulate_checklists(self.sections)

    @property
    def caution_pointer(self) -> str:
        """A sentence that sends the reader of the answer to the serious cautions; empty without any."""
        count = len(self.serious)
        return f"Read it with the {say_count(count, 'serious caution')} below." if count else ""

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
        figures: Mapping[str, tuple[Figure, ...]] = defaultdict(tuple, self.figures)
        sections = (
            Section("answer", "Answer", answer=self.answer, figures=figures["answer"]),
            Section("cautions", "Cautions", cautions=(*self.serious, *self.notes)),
            Section("persons", "Persons", figures=figures["persons"], tables=self.persons),
            Section("response", "Response", figures=figures["response"], tables=self.response),
            Section("explaining", "What else could explain it", figures=figures["explaining"], tables=self.explaining),
            Section("published", "Published and reproduced", tables=self.published),
            Section("further", "Further results", figures=figures["further"], tables=self.further),
            Section("abstract", "Abstract for a paper", prose=self.narrative.abstract),
            Section("in-words", "Results in words", prose=self.narrative.results),
            Section("methods", "Methods", methods=self.methods),
            Section("records", "Records", tables=self.records),
            Section("withheld", "What is not shown here", methods=self.withheld),
        )
        return tuple(section for section in sections if not section.is_empty)


def build_page(results: Results) -> ReportPage:
    """Put everything but the listings in its place.

    Args:
        results: Everything that the run found.

    Returns:
        One page, tables numbered in the order of reading.
    """
    persons = [tabulate_results(table) for table in results.tables if table.id in PERSONS_TABLES]
    response = [tabulate_results(table) for table in results.tables if table.id in RESPONSE_TABLES]
    explaining = [tabulate_results(table) for table in results.tables if explains(table.id)]
    placed = PERSONS_TABLES | RESPONSE_TABLES
    further = [tabulate_results(table) for table in results.tables if table.id not in placed and not explains(table.id)]
    published = [tabulate_comparisons(results.comparisons, results.head.citation)] if results.comparisons else []
    records = [tabulate_accounts(results.accounts)] if results.accounts else []
    records += [tabulate_problems(results.problems)] if results.problems else []
    parts: list[tuple[PrintedTable, ...]] = []
    for tables in (persons, response, explaining, published, further, records):
        parts.append(number_tables(tables, first=1 + sum(len(part) for part in parts)))
    return ReportPage(
        head=results.head,
        answer=tuple(build_answer(results)),
        serious=tuple(print_number(one) for one in results.cautions if one.severity == Severity.SERIOUS),
        notes=tuple(print_number(one) for one in results.cautions if one.severity != Severity.SERIOUS),
        persons=parts[0],
        response=parts[1],
        explaining=parts[2],
        published=parts[3],
        further=parts[4],
        methods=results.methods,
        records=parts[5],
        withheld=_tell_withheld(results) if isinstance(results, SharedResults) else (),
        narrative=tell_narrative(results),
        figures=place_figures(results),
    )


def _tell_withheld(results: SharedResults) -> tuple[MethodsSection, ...]:
    """Say what the marks of shared results mean, and what stands in the team's report alone."""
    smallest = results.smallest_count
    marks = (
        f"Counts of fewer than {smallest} persons are suppressed and marked <{smallest}.",
        'A number marked "suppressed" is left out because one of those could be worked out from it: the rest of a '
        "total, a percentage, an interval or a test.",
        'A number marked "not shown" rests on too few persons, or stands in a breakdown that is left out as a whole.',
    )
    return MethodsSection("Suppressed", marks), MethodsSection(
        "In the study team's report alone, as far as the study has it", results.withheld
    )
