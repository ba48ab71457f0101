"""Typst, the compositor: a document and its contents become pages, a picture becomes a page of its own."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from refractory.report.figure_files import FigureFile

if TYPE_CHECKING:
    import typst

_FIGURE = """
#let figure = json(bytes(sys.inputs.data))
#set document(title: figure.title, date: none)
#set text(lang: "en")
#set page(width: figure.width_mm * 1mm, height: figure.height_mm * 1mm, margin: 0mm, fill: white)
#image(bytes(figure.svg), format: "svg", width: 100%, alt: figure.description)
"""


_ACCESSIBLE, _NOT_ACCESSIBLE = "ua-1", "PDF/UA-1 error"


@cache
def open_fonts(*, with_those_of_the_machine: bool = False) -> typst.Fonts:
    """Open the fonts that come with the program; those of the machine would make pages differ."""
    import typst

    package = find_spec("fontpkg_arimo")
    folders = [f"{folder}/files" for folder in (package.submodule_search_locations or ())] if package else []
    return typst.Fonts(include_system_fonts=with_those_of_the_machine, include_embedded_fonts=True, font_paths=folders)


def _compile(template: str, content: Any, *, with_those_of_the_machine: bool = False, **settings: Any) -> bytes:
    import typst

    pages: bytes | list[bytes] = typst.compile(
        template.encode("utf-8"),
        font_paths=open_fonts(with_those_of_the_machine=with_those_of_the_machine),
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
