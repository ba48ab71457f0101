"""Pixels of a figure: white where nothing is drawn, its own colours where something is, whatever is drawn beside it."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor

from refractory.report.document import read_template
from refractory.report.figure_files import ONE_COLUMN, TWO_COLUMNS, derive_file_style, set_figure_file
from refractory.report.page import build_page
from refractory.report.rasteriser import draw_pixels
from refractory.report.typesetter import set_picture_as_pdf
from spec.report.published_study import published_results

PAGE = build_page(published_results())
STYLE = derive_file_style(read_template("figures.css"), read_template("report.css"))
PDF = set_picture_as_pdf(set_figure_file(PAGE.figures["answer"][0], ONE_COLUMN, STYLE))


def read_pixels(png: bytes) -> list[bytes]:
    """The lines of a picture without filters, each of red, green and blue in turn."""
    place, content, width = 8, b"", 0
    while place < len(png):
        length, kind = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        body = png[place + 8 : place + 8 + length]
        assert zlib.crc32(kind + body) == int.from_bytes(png[place + 8 + length : place + 12 + length], "big")
        if kind == b"IHDR":
            width = int.from_bytes(body[:4], "big")
        content += body if kind == b"IDAT" else b""
        place += 12 + length
    lines = zlib.decompress(content)
    step = 1 + 3 * width
    assert all(lines[start] == 0 for start in range(0, len(lines), step))
    return [lines[start + 1 : start + step] for start in range(0, len(lines), step)]


def test_a_picture_is_white_and_has_the_colours_of_its_signs():
    lines = read_pixels(draw_pixels(PDF))
    assert lines[-1] == b"\xff" * len(lines[-1])
    blue, ink = bytes.fromhex("00578a"), bytes.fromhex("1b1b1d")
    pixels = {line[start : start + 3] for line in lines for start in range(0, len(line), 3)}
    assert {blue, ink, b"\xff\xff\xff"} <= pixels


def test_pictures_that_are_drawn_at_once_are_those_that_are_drawn_one_by_one():
    pages = [
        set_picture_as_pdf(set_figure_file(figure, width, STYLE))
        for figure in (PAGE.figures["answer"][0], PAGE.figures["persons"][0])
        for width in (ONE_COLUMN, TWO_COLUMNS)
    ]
    with ThreadPoolExecutor(4) as hands:
        assert list(hands.map(draw_pixels, pages)) == [draw_pixels(page) for page in pages]
