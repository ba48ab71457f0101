"""Files of sheets for the tests: workbooks, OpenDocument sheets and texts with their mapping beside them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from refractory.records.from_anywhere import open_records
from refractory.records.from_translation import TranslatedSource


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any) -> Path:
    """Write a workbook; dates are cells of a date, None is an empty cell."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", **options}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(line, column, cell)
                    elif cell is not None:
                        sheet.write(line, column, cell)
    return path


def write_opendocument(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], content: str | None = None) -> Path:
    """Write an OpenDocument sheet; `content` stands for its whole content where a test breaks it."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    head = "".join(f' xmlns:{one}="{names}:{one}:1.0"' for one in ("office", "table", "text"))
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join("<table:table-row>" + "".join(map(_cell, row)) + "</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    body = content or f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), kind)
        package.writestr(
            "content.xml", f'<?xml version="1.0"?><office:document-content{head}>{body}</office:document-content>'
        )
        package.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0">{manifest}</manifest:manifest>',
        )
    return path


def _cell(cell: Any) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    if hasattr(cell, "isoformat"):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def write_mapping(sheet: Path, text: str) -> Path:
    """Write a mapping beside a sheet."""
    path = sheet.with_name(f"{sheet.stem}.mapping.toml")
    path.write_text(text, encoding="utf-8")
    return path


def opened(sheet: Path, mapping: str) -> TranslatedSource:
    """Open a sheet as a mapping says."""
    return open_records(str(write_mapping(sheet, mapping)))


def open_rows(folder: Path, rows: Sequence[Sequence[Any]], mapping: str) -> TranslatedSource:
    """Open rows as the one sheet of a workbook."""
    return opened(write_workbook(folder / "charts.xlsx", {"Charts": rows}), mapping)


def rows_of(source: TranslatedSource, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Read columns of a table of OMOP that was made, in order."""
    found = source.connection.execute(f"SELECT {columns} FROM records_source.main.{table} ORDER BY ALL").fetchall()
    return [tuple(row) for row in found]


def told(source: TranslatedSource) -> list[tuple[Any, ...]]:
    """What was not used as written: line, column, rule, what was done."""
    return [(one.row, one.column, one.rule, one.done) for one in source.problems]
