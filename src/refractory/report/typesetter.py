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


# Below it lie the alphabets that the fonts of the program hold: Latin, Greek, Cyrillic; above it, signs apart, others.
_FIRST_OF_OTHER_SCRIPTS = "\u0530"
_SIGNS = ("\u2000", "\u22ff")
_ACCESSIBLE, _NOT_ACCESSIBLE = "ua-1", "PDF/UA-1 error"


@cache
def _open_fonts(*, with_those_of_the_machine: bool = False) -> typst.Fonts:
    """Open the fonts that come with the program; those of the machine would make pages differ."""
    import typst

    package = find_spec("fontpkg_arimo")
    folders = [f"{folder}/files" for folder in (package.submodule_search_locations or ())] if package else []
    return typst.Fonts(include_system_fonts=with_those_of_the_machine, include_embedded_fonts=True, font_paths=folders)


def _has_other_scripts(text: str) -> bool:
    return any(one >= _FIRST_OF_OTHER_SCRIPTS and not _SIGNS[0] <= one <= _SIGNS[1] for one in text)


def _compile(template: str, content: Any, *, with_those_of_the_machine: bool = False, **settings: Any) -> bytes:
    import typst

    pages: bytes | list[bytes] = typst.compile(
        template.encode("utf-8"),
        font_paths=_open_fonts(with_those_of_the_machine=with_those_of_the_machine),
        ignore_system_fonts=not with_those_of_the_machine,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        **settings,
    )
    return pages[0] if isinstance(pages, list) else pages


def set_pages(template: str, content: Any) -> bytes:
    """Set a document as PDF, tagged for screen readers (PDF/UA-1). Equal contents give equal bytes.

    A letter that the fonts of the program lack is taken from those of the machine, and bytes may then differ between
    machines; where no font has it, an empty box stands for it, and the document no longer calls itself PDF/UA.

    Args:
        template: A Typst document that reads its data, as JSON, from the input `data`. They are never taken for markup.
        content: What the document prints: texts, numbers, lists and dictionaries of them.
    """
    import typst

    for with_those_of_the_machine in (False, True):
        try:
            return _compile(
                template,
                content,
                with_those_of_the_machine=with_those_of_the_machine,
                format="pdf",
                pdf_standards=[_ACCESSIBLE],
            )
        except typst.TypstError as error:
            if _NOT_ACCESSIBLE not in str(error):
                raise
    return _compile(template, content, with_those_of_the_machine=True, format="pdf")


def set_picture_as_pdf(file: FigureFile) -> bytes:
    """Set a picture as a PDF page of its own size, its fonts in it."""
    return set_pages(_FIGURE, asdict(file))


def set_picture_as_png(file: FigureFile) -> bytes:
    """Set a picture in pixels, 600 to an inch, and say so in the file."""
    others = _has_other_scripts(file.svg)
    png = _compile(_FIGURE, asdict(file), with_those_of_the_machine=others, format="png", ppi=PRINT_DPI)
    per_metre = round(PRINT_DPI / _INCH_M).to_bytes(4, "big")
    chunk = b"pHYs" + 2 * per_metre + b"\x01"
    size = b"\x00\x00\x00\x09" + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return png[:_PNG_HEAD] + size + png[_PNG_HEAD:]
