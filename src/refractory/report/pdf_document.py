"""The report as PDF: the page as data for the compositor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from refractory.analysis.results import Severity
from refractory.report.figure_files import TWO_COLUMNS, fit_on_page, set_figure_file
from refractory.report.page import ReportPage
from refractory.report.page_parts import INVENTED, Figure, Section
from refractory.report.printed_table import PrintedTable
from refractory.report.table_layout import lay_out_table
from refractory.report.typesetter import set_pages
from refractory.report.typesetting import set_text


def _set_all(value: Any) -> Any:
    """Set every text in lists and dictionaries of texts."""
    if isinstance(value, str):
        return set_text(value)
    if isinstance(value, dict):
        return {name: _set_all(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_set_all(one) for one in value]
    return value


def _describe_table(table: PrintedTable) -> dict[str, Any]:
    word, _, number = table.number.rpartition(" ")
    layout = lay_out_table(table)
    described: dict[str, Any] = _set_all(asdict(table))
    return described | {
        "word": word,
        "number": number,
        "is_numbered": bool(number),
        "widths": layout.widths,
        "is_turned": layout.is_turned,
        "lines": layout.lines,
        "points": layout.points,
    }


def _describe_figure(figure: Figure, file_style: str) -> dict[str, Any]:
    file = set_figure_file(figure, TWO_COLUMNS, file_style)
    number = figure.number.rpartition(" ")[2]
    return asdict(file) | {"title": set_text(figure.caption), "number": number, "shown_mm": fit_on_page(file)[0]}


def _describe_section(section: Section, pointer: str, file_style: str) -> dict[str, Any]:
    cautions = [
        {
            "place": place,
            "weight": "Serious" if caution.severity == Severity.SERIOUS else "Note",
            "is_serious": caution.severity == Severity.SERIOUS,
            "title": caution.title,
            "figure": caution.number or "",
            "text": caution.text,
        }
        for place, caution in enumerate(section.cautions, start=1)
    ]
    texts = {
        "anchor": section.anchor,
        "heading": section.heading,
        "answer": (*section.answer, pointer) if section.answer and pointer else section.answer,
        "cautions": cautions,
        "methods": [{"heading": heading, "text": text} for heading, text in section.paragraphs],
    }
    described: dict[str, Any] = _set_all(texts)
    return described | {
        "figures": [_describe_figure(figure, file_style) for figure in section.figures],
        "tables": [_describe_table(table) for table in section.tables],
    }


def build_pdf(page: ReportPage, template: str, file_style: str) -> bytes:
    """Set the report as PDF: tagged, with bookmarks, numbered captions and running heads.

    Args:
        page: The report.
        template: The Typst document.
        file_style: What `derive_file_style` gives.
    """
    return set_pages(
        template,
        {
            "head": _set_all(asdict(page.head)),
            # A tagged document has a title.
            "title": set_text(page.head.title).strip() or "Study report",
            "hash": set_text(page.head.protocol_hash[:12]),
            "sections": [_describe_section(section, page.caution_pointer, file_style) for section in page.sections],
            "colophon": _set_all(page.colophon),
            "invented": INVENTED,
        },
    )
