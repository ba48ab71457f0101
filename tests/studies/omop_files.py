"""Tables of OMOP written as CSV files, for studies on a folder."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def write_table(folder: Path, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write a table; the first of its columns numbers the rows."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split())
        writer.writerows((number, *row) for number, row in enumerate(rows, start=1))
