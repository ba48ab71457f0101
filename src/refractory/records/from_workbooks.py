"""Workbooks: .xlsx, .xlsm, .xlsb, .xls, .ods and .fods, each sheet with its cells as the file has them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from refractory.errors import RecordsError
from refractory.records.from_sheet_files import Inspection
from refractory.records.grid import AN_ERROR, NO_RESULT, Cell, RawSheet

_OPENDOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_OPENDOCUMENT}"/></manifest:manifest>'
)
_BETWEEN_TAGS = re.compile(rb">[\r\n]\s*+<")  # how a program sets out the XML; its reader takes it for text
_TIME_SPAN = re.compile(r"PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2})(?:[.][0-9]+)?S")
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
            book = CalamineWorkbook.from_filelike(_pack(file) if found.kind == "flat workbook" else file)
        hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
        marks = {NO_RESULT: _name_sheets(path, found.uncomputed), AN_ERROR: _name_sheets(path, found.errors)}
        sheets = tuple(
            _read_sheet(
                path,
                book,
                name,
                name in hidden,
                {mark: by_sheet.get(name, ()) for mark, by_sheet in marks.items()},
                found.merged.get(name, ()),
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


def _pack(file: BinaryIO) -> BinaryIO:
    """Pack an OpenDocument sheet that is one piece of XML as its reader wants it: in parts."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), _OPENDOCUMENT)  # not compressed, or it is not recognised
        package.writestr("content.xml", _BETWEEN_TAGS.sub(b"><", file.read()))
        package.writestr("META-INF/manifest.xml", _MANIFEST)
    packed.seek(0)
    return packed


def _read_sheet(
    path: Path,
    book: Any,
    name: str,
    is_hidden: bool,
    marked: Mapping[str, Sequence[tuple[int, int]]],
    spans: Sequence[tuple[int, int, int, int]],
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
    return RawSheet(path.name, name, cells, merged or tuple(spans), is_hidden)


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
    if isinstance(cell, str) and (span := _TIME_SPAN.fullmatch(cell)):  # more than a day, in an OpenDocument sheet
        hours, minutes, seconds = map(int, span.groups())
        return (hours * 3_600 + minutes * 60 + seconds) / 86_400
    return None if cell == "" else cell


def _name_sheets(path: Path, by_part: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, Sequence[tuple[int, int]]]:
    """Say which sheet each part of a package is."""
    if not by_part:
        return {}
    if not zipfile.is_zipfile(path):
        return dict(by_part)
    with zipfile.ZipFile(path) as package:
        if "content.xml" in package.namelist():
            return dict(by_part)  # of an OpenDocument file: by sheet already
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
