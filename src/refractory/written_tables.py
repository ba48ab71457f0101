"""Tables as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from refractory.report.table_files import escape_formula


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as CSV; what is not known is empty, and no text is a formula for a program that opens the file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_spell(value) for value in row] for row in rows)


def _spell(value: Any) -> Any:
    if value is None:
        return ""
    return escape_formula(value) if isinstance(value, str) else value
