"""Results: everything that the report may print, and nothing that it would have to compute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from refractory.analysis.figures import AnyFigure, PersonFigure
from refractory.analysis.multiverse_results import (
    CurvePoint,
    DialEffect,
    DialHead,
    SpecificationCurve,
    UniverseRow,
)
from refractory.cohort.attrition import AttritionStep
from refractory.records.accounts import TableAccount
from refractory.statistics.estimate import Estimate

__all__ = [
    "OTHERS_BETTER",
    "AttritionStep",
    "Caution",
    "Cell",
    "Comparison",
    "CurvePoint",
    "DayCurve",
    "DialEffect",
    "DialHead",
    "Findings",
    "Listing",
    "MethodsSection",
    "MultiverseResults",
    "NamedEstimate",
    "PrintedEstimate",
    "ResultRow",
    "ResultTable",
    "Results",
    "Severity",
    "SpecificationCurve",
    "StudyHead",
    "TableAccount",
    "TableCell",
    "UniverseRow",
]

Cell = Estimate | str | int | None


@dataclass(frozen=True)
class PrintedEstimate:
    """An estimate as a table prints it, whatever others of its row do.

    Args:
        estimate: The number, with its interval and its note.
        decimals: Decimals of the number and of both ends; None for those that it asks for itself.
        has_level_in_head: The head of the column says what the interval covers, and the cell does not.
    """

    estimate: Estimate
    decimals: int | None = None
    has_level_in_head: bool = False

    @property
    def shown(self) -> Estimate:
        """The estimate with no more than the cell says of it."""
        return replace(self.estimate, level=None) if self.has_level_in_head else self.estimate


TableCell = Cell | PrintedEstimate


class Severity(StrEnum):
    """How much a caution weighs."""

    SERIOUS = "serious"
    NOTE = "note"


@dataclass(frozen=True)
class Caution:
    """Something in the data or the design that a reader must know before believing an estimate.

    Args:
        code: A stable name ("no-control-group").
        title: A few words.
        text: One to three sentences that a clinician understands, the number behind them included.
        severity: Serious cautions are printed first.
        number: The number behind it; None where the design alone gives rise to it.
    """

    code: str
    title: str
    text: str
    severity: Severity = Severity.NOTE
    number: Cell = None


# Title of the caution that a benchmark without the treatment had clearly more of the good, or less of the bad.
OTHERS_BETTER = "Others fared better"


@dataclass(frozen=True)
class ResultRow:
    """One row of a printed table; indent 1 is a level below a heading row of indent 0."""

    label: str
    cells: tuple[TableCell, ...]
    indent: int = 0


@dataclass(frozen=True)
class ResultTable:
    """One printed table.

    Args:
        id: Stable name, also the file name ("response").
        title: Caption without a number.
        columns: Headings, the one over the row labels first.
        rows: The rows in order.
        footnotes: Sentences under the table: rules, denominators, methods.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedEstimate:
    """One estimate with the outcome that it belongs to: one row of results.csv or several.

    Args:
        id: Stable name that a protocol's published figures refer to ("response.overall").
        label: In words ("Cutaneous improvement, all persons").
        rule: Numerator, denominator and rule in words.
        stratum: "overall" or the name of the stratum or subtype.
        variable: What was counted or measured.
        estimate: The number.
    """

    id: str
    label: str
    rule: str
    stratum: str
    variable: str
    estimate: Estimate


@dataclass(frozen=True)
class DayCurve:
    """A number of many persons over the days around day 0, for a figure.

    Args:
        id: Stable name ("dose").
        title: Caption without a number.
        axis_name: What is measured, with its unit.
        points: Day and median with quartiles, in the order of days; none rests on fewer than five persons.
    """

    id: str
    title: str
    axis_name: str
    points: tuple[tuple[int, Estimate], ...]


@dataclass(frozen=True)
class Findings:
    """What one piece of the analysis leaves: its part of the results.

    Args:
        estimates: Its numbers, each under its id.
        tables: Its tables, in the order of reading.
        cautions: The doubts that it found.
        listings: Rows about single persons.
        curves: Numbers over days.
    """

    estimates: tuple[NamedEstimate, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    cautions: tuple[Caution, ...] = ()
    listings: tuple[Listing, ...] = ()
    curves: tuple[DayCurve, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        """Return what both leave, this one first."""
        return Findings(
            self.estimates + other.estimates,
            self.tables + other.tables,
            self.cautions + other.cautions,
            self.listings + other.listings,
            self.curves + other.curves,
        )


@dataclass(frozen=True)
class Comparison:
    """A published figure beside the reproduced one.

    Args:
        statement: What the paper says, in words.
        published: As printed there ("1.82 ± 1.38").
        reproduced: As this run prints it, to the same digits.
        detail: The reproduced figure in full ("35/42 (83 %; 95 % CI 69 to 93)").
        agrees: True when the two print alike.
        note: What a reader should know about the published figure.
    """

    statement: str
    published: str
    reproduced: str
    detail: str
    agrees: bool
    note: str = ""


@dataclass(frozen=True)
class MethodsSection:
    """A headed paragraph of the methods text, made from the protocol."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Rows about single persons: identifiable, for the study team only."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]


@dataclass(frozen=True)
class StudyHead:
    """What the first lines of a report say."""

    name: str
    title: str
    question: str
    citation: str
    treatment: str
    disease: str
    outcome: str
    source_name: str
    is_invented: bool
    protocol_hash: str
    version: str


@dataclass(frozen=True)
class Results:
    """Everything that a run found."""

    head: StudyHead
    attrition: tuple[AttritionStep, ...]
    estimates: tuple[NamedEstimate, ...]
    tables: tuple[ResultTable, ...]
    comparisons: tuple[Comparison, ...]
    cautions: tuple[Caution, ...]
    methods: tuple[MethodsSection, ...]
    accounts: tuple[TableAccount, ...]
    problems: tuple[tuple[str, int], ...]
    listings: tuple[Listing, ...] = ()
    curves: tuple[DayCurve, ...] = ()
    figures: tuple[AnyFigure, ...] = ()
    person_figures: tuple[PersonFigure, ...] = ()

    def table(self, table_id: str) -> ResultTable:
        """Return the table of that name."""
        return next(table for table in self.tables if table.id == table_id)


@dataclass(frozen=True)
class MultiverseResults:
    """Everything that the universes of a study found.

    Args:
        head: What the first lines of the study's report say.
        answer: What they say, in sentences.
        cautions: What a reader must know before believing them.
        curves: Each followed result over the universes.
        tables: In the order of reading.
        methods: How it was done.
        rows: One per universe.
        dials: Their dials.
        followed: Ids of the followed results.
        effects: What each dial does to each result, results slowest.
    """

    head: StudyHead
    answer: tuple[str, ...]
    cautions: tuple[Caution, ...]
    curves: tuple[SpecificationCurve, ...]
    tables: tuple[ResultTable, ...]
    methods: tuple[MethodsSection, ...]
    rows: tuple[UniverseRow, ...]
    dials: tuple[DialHead, ...]
    followed: tuple[str, ...]
    effects: tuple[DialEffect, ...]
