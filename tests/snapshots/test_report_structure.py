"""The structure of the report, without its style: what stands where, and how large it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from spec.report.page_reader import HEADINGS, read_report, text_of
from spec.report.published_study import published_results

KNOWN = Path(__file__).parent / "report_structure.txt"


def outline(element: ElementTree.Element, depth: int = 0) -> Iterator[str]:
    """One line per landmark, heading, figure, table, folded part and list."""
    tag = element.tag.rpartition("}")[2]
    line = None
    if tag in ("header", "nav", "main", "section", "footer", "figure"):
        name = element.get("id")
        line = f"{tag} {name}" if name else tag
    elif tag in (*HEADINGS, "summary", "figcaption"):
        line = f"{tag}: {text_of(element)}"
    elif tag == "table":
        caption = text_of(element.find("caption"))
        headings = " | ".join(text_of(cell) for cell in element.find("thead/tr"))
        bodies = [len(body) for body in element.findall("tbody")]
        line = f"table: {caption} [{headings}] rows {' + '.join(map(str, bodies))}"
    elif tag in ("ol", "ul", "dl"):
        line = f"{tag} of {len(element)}"
    elif tag == "svg" and element.get("role") == "img":
        line = f"picture {element.get('class')}"
    inside = depth if line is None else depth + 1
    if line is not None:
        yield "  " * depth + line
    if tag not in ("table", "svg", "nav"):
        for child in element:
            yield from outline(child, inside)


def test_the_report_has_the_structure_that_it_is_known_to_have():
    """Set REFRACTORY_WRITE_SNAPSHOTS to write the structure anew, and read the difference before it is committed."""
    unknown = "\n".join(outline(read_report(published_results()).find("body"))) + "\n"
    if os.environ.get("REFRACTORY_WRITE_SNAPSHOTS"):
        KNOWN.write_text(unknown, encoding="utf-8")
    assert unknown == KNOWN.read_text(encoding="utf-8")
