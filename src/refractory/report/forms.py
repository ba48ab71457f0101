"""The forms of the report: one page, a Word document, a PDF, and each figure and each table as files of their own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from refractory.analysis.results import Results
from refractory.errors import OutputError
from refractory.report.document import open_templates, read_template, write_report
from refractory.report.docx_document import WordDocument, describe_checklists, describe_one_table, describe_report
from refractory.report.docx_package import pack_document, prepare_documents
from refractory.report.figure_files import (
    ONE_COLUMN,
    TWO_COLUMNS,
    FigureFile,
    derive_file_style,
    name_file,
    set_figure_file,
)
from refractory.report.page import ReportPage, build_page
from refractory.report.pdf_document import build_pdf
from refractory.report.printed_table import PrintedTable
from refractory.report.rasteriser import draw_pixels
from refractory.report.table_files import derive_csv_rows
from refractory.report.typesetter import open_fonts, set_picture_as_pdf

_AT_ONCE = 2


class Form(StrEnum):
    """What a report is written as, beside the page that is always written."""

    DOCX = "docx"
    PDF = "pdf"
    FIGURES = "figures"
    TABLES = "tables"


ALL_FORMS = tuple(Form)


def check_forms(text: str) -> tuple[Form, ...]:
    """Return the forms that a list names, in any order and parted by commas; "html" alone stands for none.

    Raises:
        OutputError: A name is none of a form.
    """
    names = {name.strip().lower() for name in text.split(",")} - {"html", ""}
    unknown = sorted(names - set(Form))
    if unknown:
        raise OutputError(
            f'there is no form "{unknown[0]}" of a report.',
            where=f"--forms {text}",
            remedy=f"any of html, {', '.join(Form)}, parted by commas; report.html is always written.",
        )
    return tuple(form for form in Form if form in names)


def prepare_forms(forms: Collection[Form]) -> None:
    """Read the templates and the fonts that forms need, before there is anything to write."""
    open_templates().get_template("team_report.html.jinja")
    if Form.DOCX in forms or Form.TABLES in forms:
        prepare_documents(open_templates())
    if forms:
        open_fonts()


def write_forms(
    results: Results,
    folder: Path,
    forms: Collection[Form] = ALL_FORMS,
    write_page: Callable[[Any, Path, ReportPage], None] = write_report,
) -> None:
    """Write a report in its forms. Equal results give equal bytes.

    `report.html` is always written; rows about single persons stand in it alone. The others are `report.docx` with
    `checklists.docx`, `report.pdf`, `figures/` (each figure at one and at two columns, as SVG, PDF and PNG of 600 dpi),
    and `tables/` (each table as CSV and as a Word document).

    Args:
        results: Everything that the run found; suppressed before, where the report is to be shared.
        folder: Where; it exists.
        forms: Which forms beside the page.
        write_page: Writes `report.html`; the others are the same whoever reads them.

    Raises:
        OutputError: A file cannot be written.
    """
    with _said_in_words(folder), ThreadPoolExecutor(_AT_ONCE) as hands:
        page = build_page(results)
        style = derive_file_style(read_template("figures.css"), read_template("report.css"))
        figures = [figure for section in page.sections for figure in section.figures]
        into = folder / "figures" if Form.FIGURES in forms else None
        if into:
            into.mkdir()
        # The Word document waits for the wide ones.
        widths = (TWO_COLUMNS, ONE_COLUMN) if into else (TWO_COLUMNS,) if Form.DOCX in forms else ()
        files = {width: [set_figure_file(figure, width, style) for figure in figures] for width in widths}
        drawn = {width: [hands.submit(_draw_figure, file, into) for file in files[width]] for width in widths}
        typeset = hands.submit(_write_pdf, page, style, folder / "report.pdf") if Form.PDF in forms else None
        write_page(results, folder / "report.html", page)
        if Form.TABLES in forms:
            _write_tables(page, folder / "tables")
        if Form.DOCX in forms:
            _write_docx(describe_checklists(page), folder / "checklists.docx")
            pictures = [picture.result() for picture in drawn[TWO_COLUMNS]]
            _write_docx(describe_report(page, files[TWO_COLUMNS]), folder / "report.docx", pictures)
        for width in widths:
            for picture in drawn[width]:
                picture.result()
        if typeset:
            typeset.result()


@contextmanager
def _said_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"A form of the report cannot be written: {error.strerror}.",
            where=str(folder),
            remedy="a folder that exists and that you may write to, on a disk with room.",
        ) from None


def _draw_figure(file: FigureFile, folder: Path | None) -> bytes:
    """Return a figure in pixels, and write it in its three kinds where there is a folder for them."""
    pdf = set_picture_as_pdf(file)
    png = draw_pixels(pdf)
    if folder:
        (folder / f"{file.name}.svg").write_text(file.svg, encoding="utf-8", newline="\n")
        (folder / f"{file.name}.pdf").write_bytes(pdf)
        (folder / f"{file.name}.png").write_bytes(png)
    return png


def _write_pdf(page: ReportPage, style: str, path: Path) -> None:
    path.write_bytes(build_pdf(page, read_template("report.typ"), style))


def _write_docx(document: WordDocument, path: Path, pictures: Iterable[bytes] = ()) -> None:
    path.write_bytes(pack_document(document, open_templates(), tuple(pictures)))


def _name_tables(page: ReportPage) -> Iterator[tuple[str, PrintedTable]]:
    """Name the files of each table, and of each figure in words; a name that two would have gets a number."""
    tables = [(table.name, table) for section in page.sections for table in section.tables]
    figures = [figure for section in page.sections for figure in section.figures]
    tables += [(f"{figure.name}-in-words", figure.in_words) for figure in figures if figure.in_words]
    taken: dict[str, int] = {}
    for name, table in tables:
        file = name_file(name)
        taken[file] = taken.get(file, 0) + 1
        yield (file if taken[file] == 1 else f"{file}-{taken[file]}"), table


def _write_tables(page: ReportPage, folder: Path) -> None:
    folder.mkdir()
    for name, table in _name_tables(page):
        # A spreadsheet reads UTF-8 only where the file begins by saying so.
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(derive_csv_rows(table))
        _write_docx(describe_one_table(table, page.head), folder / f"{name}.docx")
