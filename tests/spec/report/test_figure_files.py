"""A figure outside of its page: at the width of a column, with letters that a journal prints, in colours of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from refractory.report.document import read_template
from refractory.report.figure_files import (
    LEAST_TEXT_POINTS,
    MOST_HEIGHT_MM,
    ONE_COLUMN,
    PAGE_HEIGHT_MM,
    PAGE_WIDTH_MM,
    TEXT_POINTS,
    TWO_COLUMNS,
    WIDTHS,
    derive_file_style,
    fit_on_page,
    name_file,
    set_figure_file,
)
from refractory.report.page import build_page
from spec.report.page_reader import SVG
from spec.report.published_study import published_results

PAGE = build_page(published_results())
(PLOT,), (FLOW, *_) = PAGE.figures["answer"], PAGE.figures["persons"]
STYLE = derive_file_style(read_template("figures.css"), read_template("report.css"))


@pytest.mark.parametrize("width", WIDTHS, ids=lambda width: width.name)
@pytest.mark.parametrize("figure", [PLOT, FLOW], ids=lambda figure: figure.name)
def test_a_figure_is_a_picture_of_its_own_with_letters_of_6_to_9_points(figure, width):
    file = set_figure_file(figure, width, STYLE)
    picture = ElementTree.fromstring(file.svg)
    assert picture.get("width") == f"{width.mm:g}mm"
    assert (file.width_mm, picture.get("height")) == (width.mm, f"{file.height_mm:g}mm")
    assert 6 <= file.text_points <= 9
    assert file.height_mm <= MOST_HEIGHT_MM
    assert picture.find(f"{SVG}title").text == f"{figure.number}. {figure.title}"
    units_per_mm = float(picture.get("viewBox").split()[2]) / width.mm
    assert float(picture.get("font-size")) / units_per_mm / 25.4 * 72 == pytest.approx(file.text_points, abs=0.01)


def test_letters_have_one_size_in_figures_that_fit():
    files = [set_figure_file(figure, TWO_COLUMNS, STYLE) for figure in (PLOT, FLOW)]
    assert {file.text_points for file in files} == {TEXT_POINTS}


def scaled(figure, height):
    wide, narrow = (
        Markup(re.sub(r'viewBox="0 0 ([\d.]+) [\d.]+"', rf'viewBox="0 0 \1 {height}"', str(picture)))
        for picture in (figure.wide, figure.narrow)
    )
    return replace(figure, wide=wide, narrow=narrow)


def test_a_figure_that_is_too_high_has_smaller_letters_but_never_below_6_points():
    one = set_figure_file(scaled(PLOT, 1400), ONE_COLUMN, STYLE)
    assert one.height_mm == pytest.approx(MOST_HEIGHT_MM)
    assert LEAST_TEXT_POINTS < one.text_points < TEXT_POINTS
    higher = set_figure_file(scaled(PLOT, 5000), ONE_COLUMN, STYLE)
    assert higher.text_points == LEAST_TEXT_POINTS
    assert higher.height_mm > MOST_HEIGHT_MM


def test_a_figure_of_any_height_fits_a_page_with_its_caption():
    for height in (100, 900, 1400, 5000, 20000):
        file = set_figure_file(scaled(PLOT, height), TWO_COLUMNS, STYLE)
        width_mm, height_mm = fit_on_page(file)
        assert width_mm <= PAGE_WIDTH_MM
        assert height_mm <= PAGE_HEIGHT_MM + 1e-9
        assert width_mm / height_mm == pytest.approx(file.width_mm / file.height_mm)


def test_a_file_leans_on_nothing_of_the_page():
    for figure in (PLOT, FLOW):
        svg = set_figure_file(figure, TWO_COLUMNS, STYLE).svg
        assert "var(" not in svg
        assert "currentColor" not in svg
        assert not re.search(r"url\(|href=|@import|<script", svg)


def test_every_rule_for_a_part_of_a_figure_stands_where_its_files_find_it():
    page_style = read_template("report.css")
    lines = [line for line in page_style.splitlines() if re.search(r"\.(plot|flow)-", line)]
    # With forced colours a page draws boxes as the system wants them; a file does not.
    assert lines == ["  .flow-box rect { stroke: CanvasText; }"]
    drawn = set(re.findall(r'class="((?:plot|flow)-[\w-]+)', PLOT.wide + FLOW.wide))
    assert {name for name in drawn if f".{name}" in STYLE} >= {"plot-point", "plot-interval", "flow-box", "flow-line"}


def test_every_class_of_a_figure_that_is_drawn_by_day_is_in_the_file():
    assert ".plot-point { fill: #00578a; }" in STYLE
    assert "font-family: Arimo, Arial" in STYLE
    assert "#15171b" not in STYLE


def test_a_picture_without_a_view_box_is_said_to_have_none():
    with pytest.raises(ValueError, match="Figure 1 has no view box"):
        set_figure_file(replace(PLOT, wide=Markup("<p></p>")), TWO_COLUMNS, STYLE)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("by_cycle", "by-cycle"),
        ("CDASI activity", "cdasi-activity"),
        ("../../etc", "etc"),
        ("皮膚", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_a_name_of_a_file_holds_small_letters_digits_and_hyphens(name, file):
    assert name_file(name) == file
