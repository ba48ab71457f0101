"""Reading the forms of a report back: Word documents by python-docx, PDF by PDFium, pictures by their first bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def squeeze(text: str) -> str:
    """A text without any space and without hyphens: how lines break is no part of what it says."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\ufffe-]+", "", text)


def read_pdf(content: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def read_bookmarks(content: bytes) -> list[tuple[int, str]]:
    """Level and title of each, the first level 1."""
    with pypdfium2.PdfDocument(content) as document:
        return [(bookmark.level + 1, bookmark.get_title()) for bookmark in document.get_toc()]


def read_page_sizes_mm(content: bytes) -> list[tuple[float, float]]:
    with pypdfium2.PdfDocument(content) as document:
        return [tuple(round(points / 72 * 25.4, 1) for points in page.get_size()) for page in document]


def read_word(content: bytes) -> WordDocument:
    return Document(io.BytesIO(content))


def read_parts(content: bytes) -> dict[str, bytes]:
    """Every part of a package, by its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def text_of_word(content: bytes) -> str:
    """All text of a document, in the order of reading."""
    return " ".join(node.text or "" for node in read_word(content).element.body.iter(qn("w:t")))


def rows_of_word(content: bytes) -> list[list[list[str]]]:
    """The rows of each table, a cell that spans others once."""
    return [
        [["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in row] for row in _rows(table)]
        for table in read_word(content).element.body.iter(qn("w:tbl"))
    ]


def _rows(table: ElementTree.Element) -> Iterator[list[ElementTree.Element]]:
    for row in table.iter(qn("w:tr")):
        yield list(row.iter(qn("w:tc")))


def read_png_size(path: Path) -> tuple[int, int, int]:
    """Width and height in pixels, and pixels in an inch."""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
    place = content.index(b"pHYs") + 4
    assert content[place + 8] == 1
    return width, height, round(int.from_bytes(content[place : place + 4], "big") * 0.0254)
