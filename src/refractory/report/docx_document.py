"""The report as a Word document: what stands in it, block by block, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from refractory.analysis.results import Severity, StudyHead
from refractory.report.figure_files import FigureFile, fit_on_page
from refractory.report.page import ReportPage
from refractory.report.page_parts import INVENTED, Figure, Section
from refractory.report.printed_table import PrintedRow, PrintedTable
from refractory.report.table_layout import lay_out_table

Block = dict[str, Any]
# Twentieths of a point, in which Word counts; and its unit for pictures.
_TWIPS = 20
_EMU_A_MM = 36_000
# A table of so many lines is kept on one page.
_MOST_LINES_TOGETHER = 28


@dataclass(frozen=True)
class WordDocument:
    """What a Word document holds, before it is packed.

    Args:
        title: Its title.
        head: The study.
        blocks: Its paragraphs, tables and figures in the order of reading.
        figures: Its pictures, in the order of their blocks.
    """

    title: str
    head: StudyHead
    blocks: tuple[Block, ...]
    figures: tuple[FigureFile, ...] = ()

    @property
    def ends_turned(self) -> bool:
        """Whether its last page is turned."""
        return bool(self.blocks and self.blocks[-1]["is_turned"])

    @property
    def bookmarks(self) -> dict[str, int]:
        """The number of each place that can be referred to."""
        items = [block.get("table") or block.get("figure") for block in self.blocks if block["kind"] in _NUMBERED]
        return {item.anchor: place for place, item in enumerate(filter(None, items), start=1)}


_NUMBERED = ("table", "figure")


def _paragraph(style: str, text: str) -> Block:
    return {"kind": "paragraph", "style": style, "text": text}


def _keep_rows(table: PrintedTable, lines: int) -> list[tuple[PrintedRow, bool, bool]]:
    """Say of each row whether it opens a group after the first, and whether it stays with the row below.

    A short table stays whole; of a longer one the first rows, the headings of groups and the last rows stay with what
    follows them, and the last row with the notes.
    """
    rows = [(row, place > 0 and row is group[0]) for place, group in enumerate(table.groups) for row in group]
    last = len(rows) - 1
    kept = []
    for place, (row, opens_group) in enumerate(rows):
        keeps = lines <= _MOST_LINES_TOGETHER or place < 3 or place >= last - 2 or not row.cells
        kept.append((row, opens_group, keeps and (place < last or bool(table.notes))))
    return kept


def describe_table(table: PrintedTable, *, restarts: bool = False) -> Block:
    """Return a table as a block; one that restarts the numbering has its own number wherever it is pasted."""
    layout = lay_out_table(table)
    return {
        "kind": "table",
        "table": table,
        "widths": [round(width * _TWIPS) for width in layout.widths],
        "half_points": round(2 * layout.points),
        "rows": _keep_rows(table, layout.lines),
        "is_turned": layout.is_turned,
        "restarts": restarts,
    }


def _describe_figure(figure: Figure, file: FigureFile, place: int) -> Block:
    width_mm, height_mm = fit_on_page(file)
    return {
        "kind": "figure",
        "figure": figure,
        "place": place,
        "file": f"{file.name}.png",
        "description": file.description,
        "width_emu": round(width_mm * _EMU_A_MM),
        "height_emu": round(height_mm * _EMU_A_MM),
    }


def _describe_cautions(section: Section) -> Iterator[Block]:
    for place, caution in enumerate(section.cautions, start=1):
        is_serious = caution.severity == Severity.SERIOUS
        yield {
            "kind": "caution",
            "is_serious": is_serious,
            "weight": f"{place} {'Serious' if is_serious else 'Note'}",
            "title": caution.title,
            "figure": caution.number or "",
            "text": caution.text,
        }


def _describe_section(
    section: Section, pointer: str, places: Mapping[str, int], files: Sequence[FigureFile]
) -> Iterator[Block]:
    yield _paragraph("Heading1", section.heading)
    if section.answer:
        yield {"kind": "answer", "sentences": (*section.answer, pointer) if pointer else section.answer}
    yield from _describe_cautions(section)
    for figure in section.figures:
        place = places[figure.anchor]
        yield _describe_figure(figure, files[place - 1], place)
    for table in section.tables:
        yield describe_table(table)
    for heading, text in section.paragraphs:
        yield _paragraph("Heading2", heading)
        yield _paragraph("Normal", text)


def _turn_pages(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Say at each block whether the page is turned from there on: only a table that is too wide is on a turned page."""
    upright = [{"is_turned": False} | block for block in blocks]
    firsts = [{"is_turned": False}, *upright]
    return tuple(
        block | {"turns": block["is_turned"] if block["is_turned"] != before["is_turned"] else None}
        for before, block in pairwise(firsts)
    )


def describe_report(page: ReportPage, files: Sequence[FigureFile]) -> WordDocument:
    """Return the report as a Word document.

    Args:
        page: The report.
        files: The picture of each figure over two columns, in the order of the figures.
    """
    head = page.head
    figures = [figure for section in page.sections for figure in section.figures]
    places = {figure.anchor: place for place, figure in enumerate(figures, start=1)}
    blocks: list[Block] = [{"kind": "invented", "text": INVENTED}] if head.is_invented else []
    blocks += [_paragraph("Title", head.title), _paragraph("Subtitle", head.question)]
    for section in page.sections:
        blocks += _describe_section(section, page.caution_pointer, places, files)
    blocks += [{"kind": "colophon", "name": name, "text": text} for name, text in page.colophon]
    return WordDocument(head.title, head, _turn_pages(blocks), tuple(files))


def describe_checklists(page: ReportPage) -> WordDocument:
    """Return the filled-in checklists as a Word document."""
    head = page.head
    blocks: list[Block] = [{"kind": "invented", "text": INVENTED}] if head.is_invented else []
    blocks += [_paragraph("Title", "Reporting checklists"), _paragraph("Subtitle", head.title)]
    blocks += [describe_table(table) for table in page.checklists]
    return WordDocument(f"Reporting checklists: {head.title}", head, _turn_pages(blocks))


def describe_one_table(table: PrintedTable, head: StudyHead) -> WordDocument:
    """Return one table as a Word document of its own."""
    title = f"{table.number}. {table.title}" if table.number else table.title
    return WordDocument(title, head, _turn_pages([describe_table(table, restarts=True)]))
