"""Spreadsheets: .xlsx, .xls, .ods and CSV files, read as their mapping says."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.records.from_translation import begin_translation
from refractory.records.grid import Cell, Grid, RawSheet, build_grid
from refractory.records.grid_translation import translate_grids

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping

_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt")


def open_sheet(path: Path, mapping: SourceMapping, vocabulary: Path | None = None) -> TranslatedSource:
    """Open the sheets of a mapping; see `refractory.records.from_anywhere`.

    Args:
        path: The mapping; its files are beside it.
        mapping: What it says.
        vocabulary: Folder of a vocabulary of OMOP.

    Raises:
        RecordsError: When a file or a column is not there, or cannot be read.
    """
    files = find_sheet_files(path, mapping)
    described = "invented records, in sheets" if mapping.source.invented else "sheets"
    about = {"name": mapping.source.name or files[0].stem, "description": described}
    source = begin_translation(path.name, path, [path, *files], about)
    try:
        grids = [grid for file in files for grid in _build_grids(read_raw_sheets(file), mapping)]
        problems, accounts = translate_grids(source, grids, mapping)
        source.finish(problems, accounts, vocabulary)
    except BaseException:
        source.close()
        raise
    return source


def find_sheet_files(path: Path, mapping: SourceMapping) -> list[Path]:
    """Find the files of a mapping beside it, and nowhere else.

    Raises:
        RecordsError: When one is not there, or is outside the folder of the mapping.
    """
    folder = path.parent.resolve()
    named = [folder / name for name in mapping.source.file]
    if not named:
        stem = path.name.removesuffix(".mapping.toml")
        named = [folder / f"{stem}{suffix}" for suffix in _SUFFIXES if (folder / f"{stem}{suffix}").is_file()][:1]
    files: list[Path] = []
    for one in named:
        if not one.resolve().is_relative_to(folder):
            raise RecordsError(
                "The mapping names a file outside its own folder.",
                where=f"{path.name}, [source] file",
                remedy="put the sheet beside the mapping",
            )
        if one.is_dir():
            files += sorted(inner for inner in one.iterdir() if inner.suffix.lower() in _SUFFIXES and inner.is_file())
        else:
            files.append(one)
    missing = [one.name for one in files if not one.is_file()]
    if missing or not files:
        said = f'"{missing[0]}"' if missing else "of records"
        raise RecordsError(
            f"A file {said} is not beside the mapping.",
            where=f"{path.name}, [source] file",
            remedy="name the sheet as it is called, with its ending",
        )
    return files


def _build_grids(sheets: tuple[RawSheet, ...], mapping: SourceMapping) -> list[Grid]:
    grids = []
    for raw in sheets:
        named = {raw.sheet.lower(), raw.file.lower(), f"{raw.file}: {raw.sheet}".lower()}
        tables = [table for table in mapping.table if table.sheet.lower() in named or not table.sheet]
        table = tables[0] if tables else None
        if any(cell is not None for line in raw.cells for cell in line):
            grids.append(build_grid(raw, table.header, table.until) if table else build_grid(raw))
    return grids


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
