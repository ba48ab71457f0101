"""A figure as a file of its own: at the width of a journal's column, its colours in it, its letters of one size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import escape

from refractory.report.drawing import FONT_SIZE
from refractory.report.page_parts import Figure
from refractory.report.typesetting import set_text

# Metric twin of Arial, which most journals ask for; the program brings it along. See report/typesetter.py.
FONT = "Arimo"
FONT_FAMILY = f"{FONT}, Arial, Helvetica, Liberation Sans, sans-serif"
POINT_MM = 25.4 / 72
# Journals print letters in figures at 6 to 9 points.
TEXT_POINTS = 8.5
LEAST_TEXT_POINTS = 6.0
# What a page of a journal has room for above a caption.
MOST_HEIGHT_MM = 240.0
# What an A4 page of the report has room for, a caption below it.
PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 166.0, 218.0

_OPENING = re.compile(r"<svg ([^>]*)>")
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_LABEL = re.compile(r'aria-label="([^"]*)"')
_NOT_OF_A_NAME = re.compile("[^a-z0-9]+")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


@dataclass(frozen=True)
class FigureWidth:
    """A width that journals print figures at."""

    name: str
    mm: float


ONE_COLUMN = FigureWidth("one-column", 85.0)
TWO_COLUMNS = FigureWidth("two-columns", 180.0)
WIDTHS = (ONE_COLUMN, TWO_COLUMNS)


def name_file(name: str) -> str:
    """Return the name of a table or a figure as that of a file: small letters, digits and hyphens.

    Example:
        >>> name_file("by_cycle")
        'by-cycle'
    """
    return _NOT_OF_A_NAME.sub("-", name.lower()).strip("-") or "unnamed"


@dataclass(frozen=True)
class FigureFile:
    """One figure at one width.

    Args:
        name: Name of the file without its ending.
        title: Number and title.
        svg: The picture, complete in itself.
        description: What it shows, for those who cannot see it.
        width_mm: Width on paper.
        height_mm: Height on paper.
        text_points: Size of its letters on paper.
    """

    name: str
    title: str
    svg: str
    description: str
    width_mm: float
    height_mm: float
    text_points: float


def derive_file_style(figure_style: str, page_style: str) -> str:
    """Return the rules of figures with the colours of the page by day, so that they hold outside of it.

    Args:
        figure_style: Style sheet of the figures, which names its colours.
        page_style: Style sheet of the page, whose first block says what the names mean.
    """
    first_block = page_style[: page_style.index("}")]
    colours = dict(re.findall(r"--([\w-]+):\s*([^;]+);", first_block))
    colours["sans"] = FONT_FAMILY
    return _VARIABLE.sub(lambda variable: colours[variable[1]], figure_style)


def _choose_text_points(picture_height: float, width_mm: float, picture_width: float) -> float:
    """Choose the size of letters: the usual one, unless the picture would be too high or too wide with it."""
    too_high = MOST_HEIGHT_MM / picture_height * FONT_SIZE / POINT_MM
    too_wide = width_mm / picture_width * FONT_SIZE / POINT_MM
    return min(TEXT_POINTS, too_wide, max(too_high, LEAST_TEXT_POINTS))


def set_figure_file(figure: Figure, width: FigureWidth, file_style: str) -> FigureFile:
    """Set a figure as a file: at a width in millimetres, white behind it, its colours in it.

    The picture for a page stands in two columns, that for a telephone in one. Letters have the same size in all
    figures, as long as the figure fits a page with it.

    Args:
        figure: A figure of the report.
        width: How wide it is on paper.
        file_style: What `derive_file_style` gives.
    """
    picture = str(figure.narrow if width == ONE_COLUMN else figure.wide)
    opening, box = _OPENING.search(picture), _VIEW_BOX.search(picture)
    if opening is None or box is None:
        raise ValueError(f"the picture of {figure.number} has no view box")
    ink = re.search(r"\.figure text \{ fill: (#\w+)", file_style)
    picture_width, picture_height = float(box[1]), float(box[2])
    points = _choose_text_points(picture_height, width.mm, picture_width)
    units_per_mm = FONT_SIZE / (points * POINT_MM)
    height_mm = round(picture_height / units_per_mm, 2)
    label = _LABEL.search(opening[1])
    title = set_text(f"{figure.number}. {figure.title}")
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" '
        f'aria-label="{label[1] if label else escape(title)}" '
        f'width="{width.mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {round(width.mm * units_per_mm, 2):g} {round(height_mm * units_per_mm, 2):g}" '
        f'font-family="{FONT_FAMILY}" font-size="{FONT_SIZE:g}">'
        f"<title>{escape(title)}</title><style>\n{file_style}</style>"
    )
    body = picture[opening.end() :].replace("currentColor", ink[1] if ink else "#000000")
    description = ElementTree.fromstring(picture).get("aria-label", "")
    name = f"{name_file(figure.name)}-{width.name}"
    return FigureFile(name, title, head + body + "\n", description, width.mm, height_mm, round(points, 2))


def fit_on_page(file: FigureFile) -> tuple[float, float]:
    """Return width and height, in millimetres, of a figure that fits an A4 page with its caption."""
    scale = min(1.0, PAGE_WIDTH_MM / file.width_mm, PAGE_HEIGHT_MM / file.height_mm)
    return file.width_mm * scale, file.height_mm * scale
