"""What the page of data quality prints: counts of rows and persons by rule, and no row about a person."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.results import StudyHead
from refractory.records.accounts import TableAccount
from refractory.records.quality import QualityFinding, Weight

__all__ = ["MonthlyRows", "QualityFinding", "QualityResults", "TableAccount", "Weight"]


@dataclass(frozen=True)
class MonthlyRows:
    """Rows of one table of the source over time.

    Args:
        table: The table.
        first_year: Year of the first month.
        months: Rows of each month, from January of the first year on.
        days: Rows by day of the month, the first at place 0.
    """

    table: str
    first_year: int
    months: tuple[int, ...]
    days: tuple[int, ...]


@dataclass(frozen=True)
class QualityResults:
    """Everything that a check of data quality found.

    Args:
        head: What the first lines of a report say.
        persons: Persons of the source.
        treated: Those of them who ever had the treatment: the rules look at their records.
        findings: One per rule that any row breaks, the heaviest first.
        kept: Rules that no row breaks, in words, by what they are about.
        accounts: What became of the rows of each file and table.
        over_time: Rows of each table over time.
    """

    head: StudyHead
    persons: int
    treated: int
    findings: tuple[QualityFinding, ...]
    kept: tuple[tuple[str, tuple[str, ...]], ...]
    accounts: tuple[TableAccount, ...]
    over_time: tuple[MonthlyRows, ...]

    @property
    def rules_kept(self) -> int:
        """The number of rules that every row keeps."""
        return sum(len(titles) for _, titles in self.kept)
