"""A median and its quartiles stand on a scale of days, where their numbers say."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from refractory.analysis.results import DayCurve
from refractory.report.day_plot import NARROW, WIDE, DayLayout, draw_day_curve
from refractory.report.page import build_page
from refractory.statistics.estimate import Estimate, EstimateKind
from spec.report.page_reader import SVG, find_section, read_report, read_widths, rows_of, text_of
from spec.report.published_study import published_results

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])


def median(value: float, lower: float, upper: float, n: int = 42) -> Estimate:
    return Estimate(EstimateKind.MEDIAN, value, n, "median and quartiles of type 7", lower=lower, upper=upper)


POINTS = (
    (-28, median(20, 10, 40, 41)),
    (0, median(15, 10, 20)),
    (28, median(10, 5, 15)),
    (56, median(5, 0, 10, 39)),
)


def draw(layout: DayLayout, points=POINTS, axis_name="mg prednisone equivalent a day") -> ElementTree.Element:
    return ElementTree.fromstring(draw_day_curve(points, axis_name=axis_name, layout=layout))


def corners(plot: ElementTree.Element, style: str) -> list[list[tuple[float, float]]]:
    """The points of each line of a style."""
    paths = [path.get("d", "") for path in plot.iter(f"{SVG}path") if path.get("class") == style]
    return [[(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)] for path in paths]


def texts(plot: ElementTree.Element) -> list[str]:
    return [text_of(text) for text in plot.iter(f"{SVG}text")]


@LAYOUTS
def test_the_medians_stand_in_order_and_a_larger_number_stands_higher(layout):
    curve = corners(draw(layout), "plot-curve")[-1]
    days, heights = zip(*curve, strict=True)
    assert days[0] == layout.left
    assert days[-1] == layout.right
    assert [after - before for before, after in itertools.pairwise(days)] == pytest.approx(
        [(layout.right - layout.left) / 3] * 3, abs=0.02
    )
    # From 20 to 5 mg in equal steps of 5 mg, an eighth of the scale of 40 mg each.
    assert [after - before for before, after in itertools.pairwise(heights)] == pytest.approx(
        [layout.height / 8] * 3, abs=0.02
    )


@LAYOUTS
def test_the_band_goes_along_the_upper_quartiles_and_back_along_the_lower_ones(layout):
    plot = draw(layout)
    band = corners(plot, "plot-band")[-1]
    assert [x for x, _ in band] == [
        x for x, _ in [*corners(plot, "plot-curve")[-1], *corners(plot, "plot-curve")[-1][::-1]]
    ]
    heights = [y for _, y in band]
    foot = max(heights)
    assert [round((foot - y) / layout.height * 40) for y in heights] == [40, 20, 15, 10, 0, 5, 10, 10]


@LAYOUTS
def test_the_scale_the_days_and_the_persons_are_named(layout):
    said = texts(draw(layout))
    assert {"0", "10", "20", "30", "40"} <= set(said)
    assert {"mg prednisone equivalent a day", "median", "first to third quartile", "Days from day 0", "Persons"} <= set(
        said
    )
    assert "42" in said


def test_below_a_day_stand_the_persons_of_the_nearest_point():
    """Days are named every two weeks, points stand every ten days: day -56 is nearest to day -60."""
    points = tuple((day, median(5, 1, 9, n=1000 + day)) for day in range(-60, 61, 10))
    said = texts(draw(WIDE, points))
    assert next(text for text in said if text.startswith("\u2212")) == "\u221256"
    assert [text for text in said if "," in text or text.startswith("9")][:3] == ["940", "960", "970"]
    assert {"1,000", "1,010", "1,060"} <= set(said)


@LAYOUTS
def test_day_0_has_a_line_of_its_own_where_it_lies_between_the_days(layout):
    assert len(corners(draw(layout), "plot-day-0")) == 1
    assert corners(draw(layout, POINTS[2:]), "plot-day-0") == []


@LAYOUTS
def test_the_picture_says_in_words_what_it_shows(layout):
    words = (draw(layout).get("aria-label") or "").replace("\u00a0", " ").replace("\u2212", "-")
    assert words == (
        "mg prednisone equivalent a day, median (quartiles) over the days from day 0: day -28, 20 (10 to 40); day 0, "
        "15 (10 to 20); day 56, 5 (0 to 10)."
    )


@LAYOUTS
@pytest.mark.parametrize("largest", [0, 0.3, 7.5, 40, 99.5, 1250, 123456789])
def test_no_text_leaves_the_picture(layout, largest):
    points = tuple((day, median(largest / 2, 0, largest, 1000)) for day in range(-180, 366, 7))
    plot = draw(layout, points, axis_name="mg prednisone equivalent a day in persons of whom much is known " * 2)
    widths = read_widths(is_bold=False)
    _, _, width, height = (float(end) for end in (plot.get("viewBox") or "").split())
    for text in plot.iter(f"{SVG}text"):
        left = float(text.get("x", "nan"))
        assert left >= 0
        assert left + 14 * sum(widths[character] for character in text.text or "") <= width
        assert float(text.get("y", "nan")) <= height


@LAYOUTS
def test_a_single_point_is_drawn_without_a_fault(layout):
    assert "15 (10 to 20)" in (draw(layout, POINTS[1:2]).get("aria-label") or "").replace("\u00a0", " ")


CURVE = DayCurve("dose", "Daily glucocorticoid dose", "mg a day", POINTS)


def test_the_curve_is_a_figure_of_the_further_results_and_stands_in_the_contents():
    page = build_page(replace(published_results(), curves=(CURVE,)))
    further = next(section for section in page.sections if section.anchor == "further")
    (curve,) = further.figures
    assert (curve.number, curve.title, curve.anchor) == ("Figure 3", "Daily glucocorticoid dose", "figure-3")
    assert further.items[0] == curve


def test_the_curve_is_said_in_words_every_fourth_point_day_0_among_them():
    points = tuple((7 * week, median(abs(week), 0, 60)) for week in range(-5, 6))
    curve = replace(CURVE, points=points)
    report = read_report(replace(published_results(), curves=(curve,)))
    table = find_section(report, "further").find(".//table[@id='figure-3-in-words']")
    assert table is not None
    rows = list(rows_of(table))
    assert rows[0] == ["", "Persons", "Median (quartiles)"]
    assert [row[0] for row in rows[1:]] == ["Day \u221228", "Day 0", "Day 28"]
    assert rows[1] == ["Day \u221228", "42", "4 (0 to 60)"]


def test_a_curve_without_points_is_no_figure():
    page = build_page(replace(published_results(), curves=(replace(CURVE, points=()),)))
    assert "further" not in page.figures
