"""Reading a report back, as a browser would: strictly, so that a page with a fault in its markup is not read at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from refractory.analysis.results import Results
from refractory.report.document import build_report

SVG = "{http://www.w3.org/2000/svg}"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def read_page(page: str) -> ElementTree.Element:
    """Read a page as XML; what is not well-formed raises."""
    doctype, _, rest = page.lstrip().partition("\n")
    assert doctype == "<!DOCTYPE html>"
    return ElementTree.fromstring(rest)


def read_report(results: Results) -> ElementTree.Element:
    return read_page(build_report(results))


def text_of(element: ElementTree.Element) -> str:
    """All text below an element, with plain spaces."""
    return " ".join("".join(element.itertext()).replace("\u202f", " ").replace("\u00a0", " ").split())


def find_section(page: ElementTree.Element, anchor: str) -> ElementTree.Element:
    section = page.find(f".//section[@id='{anchor}']")
    assert section is not None, f"the page has no section {anchor}"
    return section


def rows_of(table: ElementTree.Element) -> Iterator[list[str]]:
    for row in table.iter("tr"):
        yield [text_of(cell) for cell in row]


def read_widths(*, is_bold: bool) -> dict[str, float]:
    """Advance widths in em of DejaVu Sans, as Chromium's canvas measures them at 100 pixels."""
    path = Path(__file__).parent / "dejavu_sans_widths.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            chr(int(row["code_point"], 16)): float(row["bold" if is_bold else "regular"])
            for row in csv.DictReader(rows)
        }
