"""The packing of a Word document (Office Open XML, ECMA-376): parts in a ZIP file, without clock and without user."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from jinja2 import Environment

from refractory.report.docx_document import WordDocument

_UNIX = 3
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
# Part of the package -> template that it is made from.
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "relationships.xml",
    "docProps/core.xml": "core.xml.jinja",
    "docProps/app.xml": "app.xml",
    "word/document.xml": "document.xml.jinja",
    "word/_rels/document.xml.rels": "document_relationships.xml.jinja",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/header.xml": "header.xml.jinja",
    "word/footer.xml": "footer.xml.jinja",
}


def pack_document(document: WordDocument, environment: Environment, pictures: Sequence[bytes] = ()) -> bytes:
    """Pack a Word document. Equal documents give equal bytes.

    Args:
        document: What it holds.
        environment: Where the templates are.
        pictures: One PNG for each of its figures, in their order.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for part, template in _PARTS.items():
            text = environment.get_template(f"docx/{template}").render(
                title=document.title,
                head=document.head,
                blocks=document.blocks,
                bookmarks=document.bookmarks,
                ends_turned=document.ends_turned,
                pictures=range(1, len(document.figures) + 1),
            )
            _add(package, part, text.lstrip().encode("utf-8"), zipfile.ZIP_DEFLATED)
        for place, picture in enumerate(pictures, start=1):
            _add(package, f"word/media/figure{place}.png", picture, zipfile.ZIP_STORED)
    return packed.getvalue()


def prepare_documents(environment: Environment) -> None:
    """Read the templates of a Word document."""
    for template in _PARTS.values():
        environment.get_template(f"docx/{template}")


def _add(package: zipfile.ZipFile, part: str, content: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(part, _FIRST_DAY)
    entry.create_system = _UNIX
    entry.external_attr = _READABLE
    entry.compress_type = compression
    package.writestr(entry, content)
