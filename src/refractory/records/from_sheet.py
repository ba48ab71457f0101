"""Spreadsheets: .xlsx, .xls, .ods and CSV files, read as their mapping says."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.records.grid import Cell, RawSheet

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping


def open_sheet(path: Path, mapping: SourceMapping, vocabulary: Path | None = None) -> TranslatedSource:
    """Open it; see `refractory.records.from_anywhere`."""
    raise RecordsError("It cannot be read yet.", where=str(path))


def read_raw_sheets(path: Path) -> tuple[RawSheet, ...]:
    """Read every sheet of a file.

    Raises:
        RecordsError: When the file cannot be read.
    """
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            texts: list[tuple[Cell, ...]] = [tuple(cell or None for cell in line) for line in csv.reader(file)]
        return (RawSheet(path.name, path.name, texts),)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    sheets = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells: list[tuple[Cell, ...]] = [
            tuple(_read_cell(cell) for cell in line) for line in sheet.to_python(skip_empty_area=False)
        ]
        merged = tuple((a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
        sheets.append(RawSheet(path.name, name, cells, merged))
    return tuple(sheets)


def _read_cell(cell: str | float | int | bool | date | datetime | time | timedelta) -> Cell:
    if isinstance(cell, timedelta):
        return cell.total_seconds() / 86_400
    return None if cell == "" else cell
