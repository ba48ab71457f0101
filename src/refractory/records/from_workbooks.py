"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods, each sheet with its cells as the file has them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from refractory.errors import RecordsError
from refractory.records.from_sheet_files import Inspection
from refractory.records.grid import AN_ERROR, NO_RESULT, Cell, RawSheet

_Found = str | float | int | bool | date | datetime | time | timedelta


def read_workbook(path: Path, found: Inspection) -> tuple[RawSheet, ...]:
    """Read every sheet of a workbook that was looked through before.

    The result of a formula is what the file has of it; nothing is computed, opened or fetched. Where the file has none,
    the cell says so.

    Raises:
        RecordsError: When it cannot be read.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        with path.open("rb") as file:  # by its content: the name of a file may lie
            book = CalamineWorkbook.from_filelike(file)
        hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
        marks = {NO_RESULT: _name_sheets(path, found.uncomputed), AN_ERROR: _name_sheets(path, found.errors)}
        sheets = tuple(
            _read_sheet(
                path, book, name, name in hidden, {mark: by_sheet.get(name, ()) for mark, by_sheet in marks.items()}
            )
            for name in book.sheet_names
        )
        book.close()
    except PasswordError:
        raise RecordsError(
            "The file is protected by a password.", where=path.name, remedy="save a copy without a password beside it"
        ) from None
    except BaseException as error:
        # A reader written in Rust that gives up raises what is no Exception.
        if isinstance(error, RecordsError) or not (
            isinstance(error, Exception) or type(error).__name__ == "PanicException"
        ):
            raise
        raise RecordsError(
            "The file cannot be read as a workbook.",
            where=path.name,
            remedy="open it in a spreadsheet and save it as .xlsx",
        ) from None
    return sheets


def _read_sheet(
    path: Path, book: Any, name: str, is_hidden: bool, marked: Mapping[str, Sequence[tuple[int, int]]]
) -> RawSheet:
    sheet = book.get_sheet_by_name(name)
    cells: list[tuple[Cell, ...]] = list(_read_lines(sheet))
    for mark, places in marked.items():
        for line, column in places:
            while len(cells) < line:
                cells.append(())
            kept = list(cells[line - 1]) + [None] * (column - len(cells[line - 1]))
            if kept[column - 1] in (None, ""):
                kept[column - 1] = mark
            cells[line - 1] = tuple(kept)
    try:
        merged = tuple((a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
    except Exception:  # not every format tells them
        merged = ()
    return RawSheet(path.name, name, cells, merged, is_hidden)


def _read_lines(sheet: Any) -> Iterator[tuple[Cell, ...]]:
    start = sheet.start
    if start is None:
        return
    above, left = start
    for _ in range(above):
        yield ()
    before: tuple[Cell, ...] = (None,) * left
    for line in sheet.to_python():
        yield (*before, *(_read_cell(cell) for cell in line))


def _read_cell(cell: _Found) -> Cell:
    if isinstance(cell, timedelta):
        return cell.total_seconds() / 86_400
    return None if cell == "" else cell


def _name_sheets(path: Path, by_part: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, Sequence[tuple[int, int]]]:
    """Say which sheet each part of a package is."""
    if not by_part:
        return {}
    with zipfile.ZipFile(path) as package:
        parts = {name.lower(): name for name in package.namelist()}
        try:
            book = ElementTree.fromstring(package.read(parts["xl/workbook.xml"]))
            links = ElementTree.fromstring(package.read(parts["xl/_rels/workbook.xml.rels"]))
        except (KeyError, ElementTree.ParseError):
            return {}
    targets = {link.get("Id"): (link.get("Target") or "").lstrip("/") for link in links}
    named: dict[str, Sequence[tuple[int, int]]] = {}
    for sheet in book.iter():
        if not sheet.tag.endswith("}sheet"):
            continue
        link = next((value for key, value in sheet.attrib.items() if re.fullmatch(r"\{.*\}id", key)), "")
        target = targets.get(link, "")
        for part, cells in by_part.items():
            if target and part.removeprefix("xl/") == target.removeprefix("xl/"):
                named[sheet.get("name") or ""] = cells
    return named
