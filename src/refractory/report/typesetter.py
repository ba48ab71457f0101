"""Typst, the compositor: a document and its data become pages, a picture becomes a PDF or a PNG."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from refractory.report.figure_files import FigureFile

if TYPE_CHECKING:
    import typst

PRINT_DPI = 600
_PNG_HEAD = 33  # signature and the chunk IHDR, of 13 bytes
_INCH_M = 0.0254

_FIGURE = """
#let figure = json(bytes(sys.inputs.data))
#set document(title: figure.title, date: none)
#set text(lang: "en")
#set page(width: figure.width_mm * 1mm, height: figure.height_mm * 1mm, margin: 0mm, fill: white)
#image(bytes(figure.svg), format: "svg", width: 100%, alt: figure.description)
"""


@cache
def _open_fonts() -> typst.Fonts:
    """Open the fonts that come with the program; those of the machine would make pages differ."""
    import typst

    package = find_spec("fontpkg_arimo")
    folders = [f"{folder}/files" for folder in (package.submodule_search_locations or ())] if package else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _compile(template: str, content: Any, **settings: Any) -> bytes:
    import typst

    pages = typst.compile(
        template.encode("utf-8"),
        font_paths=_open_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        **settings,
    )
    return pages[0] if isinstance(pages, list) else pages


def set_pages(template: str, content: Any) -> bytes:
    """Set a document as PDF, tagged for screen readers (PDF/UA-1). Equal contents give equal bytes.

    Args:
        template: A Typst document that reads its data, as JSON, from the input `data`. They are never taken for markup.
        content: What the document prints: texts, numbers, lists and dictionaries of them.
    """
    return _compile(template, content, format="pdf", pdf_standards=["ua-1"])


def set_picture_as_pdf(file: FigureFile) -> bytes:
    """Set a picture as a PDF page of its own size, its fonts in it."""
    return set_pages(_FIGURE, asdict(file))


def set_picture_as_png(file: FigureFile) -> bytes:
    """Set a picture in pixels, 600 to an inch, and say so in the file."""
    png = _compile(_FIGURE, asdict(file), format="png", ppi=PRINT_DPI)
    per_metre = round(PRINT_DPI / _INCH_M).to_bytes(4, "big")
    chunk = b"pHYs" + 2 * per_metre + b"\x01"
    size = b"\x00\x00\x00\x09" + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return png[:_PNG_HEAD] + size + png[_PNG_HEAD:]
