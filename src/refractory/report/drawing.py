"""The pen that figures are drawn with: elements of an SVG picture, escaped, and numbers written short."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from refractory.report.typesetting import set_text

FONT_FAMILY = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
FONT_SIZE = 14.0
LINE_HEIGHT = 19.0

Picture = ElementTree.Element


def open_picture(*, width: float, height: float, style: str, description: str) -> Picture:
    """Open a picture that says what it shows to those who cannot see it."""
    return ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": style,
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-label": set_text(description),
            "font-family": FONT_FAMILY,
            "font-size": f"{FONT_SIZE:g}",
        },
    )


def add(parent: Picture, tag: str, *, style: str, **attributes: float | str) -> Picture:
    """Add an element; an underscore in an attribute's name stands for a hyphen."""
    written = {
        name.replace("_", "-"): value if isinstance(value, str) else f"{value:g}" for name, value in attributes.items()
    }
    return ElementTree.SubElement(parent, tag, {"class": style, **written})


def add_line(parent: Picture, points: Iterable[tuple[float, float]], *, style: str) -> None:
    """Add a line through points."""
    path = " ".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))
    add(parent, "path", style=style, d=path, fill="none", stroke="currentColor", stroke_width=1)


def add_text(parent: Picture, text: str, *, x: float, y: float, style: str, is_bold: bool = False) -> None:
    """Add one line of text that stands on its baseline; the text is already set."""
    weight = {"font-weight": "700"} if is_bold else {}
    element = add(parent, "text", style=style, x=x, y=y, fill="currentColor", **weight)
    element.text = text


def add_title(element: Picture, text: str) -> None:
    """Say what an element is, for a pointer that rests on it and for those who cannot see it."""
    add(element, "title", style="mark-title").text = set_text(text)


def close_picture(picture: Picture) -> str:
    """Write the picture as markup that may stand in a page or in a file of its own."""
    return ElementTree.tostring(picture, encoding="unicode")
