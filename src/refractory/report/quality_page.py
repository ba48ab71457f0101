"""The page of data quality before it is set: doubts by weight, figures, and what became of every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from refractory.analysis.quality_results import QualityFinding, QualityResults, Weight
from refractory.analysis.results import Caution, MethodsSection, Severity, StudyHead
from refractory.numbers import format_count, say_count
from refractory.report import quality_figures
from refractory.report.page_parts import Figure, Section
from refractory.report.printed_table import PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable
from refractory.report.tables import number_tables, tabulate_accounts

_HEADINGS = {
    Weight.SERIOUS: "Serious: can move the answer",
    Weight.NOTABLE: "Notable: can move a number beside it",
    Weight.INFORMATION: "For information",
}
_MOST_PLACES = 4
_METHOD = (
    "The records of everybody who ever had the treatment were read as a run reads them, and each rule was asked of "
    "each of their rows; problems.csv lists those rows.",
    "Of the whole source only counts were taken: rows by day, columns, and persons by table.",
    "What is serious is what touches a concept set that decides who is in the cohort, from when, or who responded.",
    "No outcome was looked at, and no value of a person is printed here.",
)


@dataclass(frozen=True)
class QualityPage:
    """What the page of data quality shows."""

    head: StudyHead
    answer: tuple[str, ...]
    serious: tuple[Caution, ...]
    notes: tuple[Caution, ...]
    rules: tuple[PrintedTable, ...]
    figures: tuple[Figure, ...]
    records: tuple[PrintedTable, ...]
    kept: tuple[MethodsSection, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the page has, in the order of reading."""
        sections = (
            Section("answer", "What was found", answer=self.answer),
            Section("cautions", "What can bias the study", cautions=(*self.serious, *self.notes)),
            Section("rules", "Every rule that rows break", tables=self.rules),
            Section("over-time", "Rows over time", figures=self.figures),
            Section("accounts-of-rows", "What became of every row", tables=self.records),
            Section("kept", "Looked for and not found", methods=self.kept),
            Section("methods", "How it was looked for", methods=(MethodsSection("Rules and records", _METHOD),)),
        )
        return tuple(section for section in sections if not section.is_empty)


def build_quality_page(results: QualityResults) -> QualityPage:
    """Put everything in its place.

    Args:
        results: Everything that the check found.
    """
    rules = [tabulate_findings(results.findings)] if results.findings else []
    records = [tabulate_accounts(results.accounts)] if results.accounts else []
    numbered = number_tables([*rules, *records])
    return QualityPage(
        head=results.head,
        answer=tuple(_tell(results)),
        serious=tuple(_warn(one) for one in results.findings if one.weight is Weight.SERIOUS),
        notes=tuple(_warn(one) for one in results.findings if one.weight is Weight.NOTABLE),
        rules=numbered[: len(rules)],
        figures=_draw(results),
        records=numbered[len(rules) :],
        kept=tuple(
            MethodsSection(topic, tuple(f"{title}." for title in titles)) for topic, titles in results.kept if titles
        ),
    )


def _tell(results: QualityResults) -> list[str]:
    """Say what was found in sentences, the heaviest first."""
    counts = {weight: sum(one.weight is weight for one in results.findings) for weight in Weight}
    serious, notable = counts[Weight.SERIOUS], counts[Weight.NOTABLE]
    if not results.treated:
        return [f"Nobody in the records ever had {results.head.treatment}: no row of a person was looked at."]
    said = [
        f"{say_count(serious, 'doubt')} can move the answer of the study; {format_count(notable)} can move a number "
        f"beside it, and {format_count(counts[Weight.INFORMATION])} are for information."
        if serious
        else f"Nothing was found that can move the answer of the study; {say_count(notable, 'doubt')} can move a "
        f"number beside it, and {format_count(counts[Weight.INFORMATION])} are for information."
    ]
    rows = sum(one.rows for one in results.accounts if not one.is_file)
    used = sum(one.used for one in results.accounts if not one.is_file)
    left_out = sum(one.listed for one in results.accounts if not one.is_file)
    said.append(
        f"{format_count(results.treated)} of {say_count(results.persons, 'person')} ever had {results.head.treatment}."
    )
    said.append(
        f"Of {say_count(rows, 'row')}, {format_count(used)} are used, {format_count(left_out)} are left out and "
        f"listed, and {format_count(rows - used - left_out)} are not asked for."
    )
    said.append(f"{format_count(results.rules_kept)} more rules were asked, and no row breaks any of them.")
    return said


def say_rows(finding: QualityFinding) -> str:
    """Say how many rows break a rule, and of how many persons where that is known."""
    if not finding.rows:
        return ""
    rows = say_count(finding.rows, "row")
    return f"{rows} of {say_count(finding.persons, 'person')}" if finding.persons else rows


def _say_where(finding: QualityFinding) -> str:
    places = list(finding.where[:_MOST_PLACES])
    more = len(finding.where) - len(places)
    return "; ".join(places) + (f"; {more} more" if more > 0 else "")


def _warn(finding: QualityFinding) -> Caution:
    text = f"{finding.matters} What to do: {finding.advice}. Where: {_say_where(finding)}."
    severity = Severity.SERIOUS if finding.weight is Weight.SERIOUS else Severity.NOTE
    return Caution(finding.rule, finding.title, text, severity, say_rows(finding) or None)


def tabulate_findings(findings: Sequence[QualityFinding]) -> PrintedTable:
    """Set the rules that rows break, with rows and persons, the heaviest first; one group a weight."""
    groups = []
    for weight, heading in _HEADINGS.items():
        rows = [_row(one) for one in findings if one.weight is weight]
        groups += [(PrintedRow(heading, ()), *rows)] if rows else []
    columns = (
        PrintedColumn("Rule", is_count=False),
        PrintedColumn("Rows", is_count=True),
        PrintedColumn("Persons", is_count=True),
        PrintedColumn("Where", is_count=False),
    )
    note = "A dash stands where persons were not counted. Counts are not suppressed: this page is for the study team."
    return PrintedTable("rules", "", "Rules, by what they can do", columns, tuple(groups), (PrintedNote(note),))


def _row(finding: QualityFinding) -> PrintedRow:
    persons = format_count(finding.persons) if finding.persons else "–"
    counts = (PrintedCell(format_count(finding.rows) if finding.rows else "–"), PrintedCell(persons))
    return PrintedRow(finding.title, (*counts, PrintedCell(_say_where(finding))), indent=1)


def _draw(results: QualityResults) -> tuple[Figure, ...]:
    tables = [one for one in results.over_time if sum(one.months)]
    if not tables:
        return ()
    drawn = (
        ("months", "Rows of each table of the source, by month", quality_figures.draw_months,
         "A step or a hole is a change of how records were kept, not of patients."),
        ("days-of-month", "Rows of each table of the source, by day of the month", quality_figures.draw_days_of_month,
         "A bar in another colour stands half as high again as it should: days were probably filled in."),
    )  # fmt: skip
    return tuple(
        Figure(
            f"figure-{number}",
            f"Figure {number}",
            title,
            Markup(draw(tables, layout=quality_figures.WIDE)),
            Markup(draw(tables, layout=quality_figures.NARROW)),
            name=name,
            note=note,
        )
        for number, (name, title, draw, note) in enumerate(drawn, start=1)
    )
