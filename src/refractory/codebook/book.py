"""The codebook: one entry per column of every table of single persons that a run leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.codebook.build import ANALYSIS_SET, count_missing
from refractory.codebook.columns import Column
from refractory.codebook.longer_tables import LONGER_TABLES
from refractory.outcomes.assess import Patient

CODEBOOK = (
    "table", "column", "label", "type", "unit", "values", "missing", "why_missing", "definition", "protocol_key",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What the codebook says of one column: one row of codebook.csv."""

    table: str
    column: str
    label: str
    kind: str
    unit: str = ""
    values: Mapping[str, str] | None = None
    missing: int | None = None
    why_missing: Mapping[str, int] | None = None
    definition: str = ""
    key: str = ""

    @property
    def row(self) -> tuple[str | int | None, ...]:
        """The entry in the order of CODEBOOK."""
        values = "; ".join(f"{value} = {meaning}" for value, meaning in (self.values or {}).items())
        reasons = "; ".join(f"{reason}: {count}" for reason, count in (self.why_missing or {}).items())
        about = (self.label, self.kind, self.unit, values, self.missing, reasons)
        return (self.table, self.column, *about, self.definition, self.key)


@dataclass(frozen=True)
class Chapter:
    """What the codebook says of one table."""

    table: str
    grain: str
    rows: int
    entries: tuple[Entry, ...]


def describe_analysis_set(columns: Sequence[Column], patients: Sequence[Patient]) -> Chapter:
    """Describe every column of the analysis set, with how many persons have no value and why."""
    entries = []
    for column in columns:
        reasons = count_missing(column, patients)
        entries.append(
            Entry(
                ANALYSIS_SET, column.name, column.label, column.kind.value, column.unit, column.values,
                sum(reasons.values()), reasons, column.definition, column.key,
            )
        )  # fmt: skip
    return Chapter(ANALYSIS_SET, "One row per person of the cohort.", len(patients), tuple(entries))


def describe_longer_table(name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Chapter:
    """Describe a table with several rows per person, with how many rows have no value in each column.

    Args:
        name: Its name, without the ending of the file.
        columns: The columns that it has.
        rows: Its rows; None or an empty text is no value.
    """
    table = next((one for one in LONGER_TABLES if one.name == name), None)
    told = {column: about for column, *about in table.columns} if table else {}
    key = table.key if table else ""
    entries = []
    for place, column in enumerate(columns):
        kind, unit, label = told.get(column, ("", "", ""))
        missing = sum(row[place] in (None, "") for row in rows)
        entries.append(Entry(name, column, label, kind, unit, None, missing, None, "", key))
    return Chapter(name, table.grain if table else "", len(rows), tuple(entries))
