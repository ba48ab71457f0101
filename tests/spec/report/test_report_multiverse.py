"""The page of the multiverse, and the specification curve on it."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from refractory.analysis.results import CurvePoint, DialHead, SpecificationCurve
from refractory.report.document import build_multiverse_report
from refractory.report.specification_plot import NARROW, WIDE, draw_specification_curve
from spec.analysis.universe_rows import analyse, build_rows
from spec.report.page_reader import SVG, find_section, read_page, text_of

RESULTS = analyse(build_rows())
CURVE = RESULTS.curves[0]


def _draw(curve: SpecificationCurve, layout=WIDE) -> ElementTree.Element:
    return ElementTree.fromstring(draw_specification_curve(curve, layout=layout))


def _texts(plot: ElementTree.Element) -> list[str]:
    return [text_of(one) for one in plot.iter(f"{SVG}text")]


def _paths(plot: ElementTree.Element, style: str) -> list[str]:
    return [one.attrib["d"] for one in plot.iter(f"{SVG}path") if one.attrib["class"] == style]


def _marks(plot: ElementTree.Element, style: str) -> list[tuple[float, float]]:
    """Where each mark of a style begins, and its width."""
    found = re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", "".join(_paths(plot, style)))
    return [(float(left), float(width)) for left, width in found]


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_dial_and_every_alternative_is_named_and_the_study_itself_is_marked(layout):
    said = " ".join(_texts(_draw(CURVE, layout)))
    for dial in CURVE.dials:
        assert all(words in said for words in (dial.name, *dial.choices))
    assert "as written" in said
    assert "12 universes" in said
    assert "Dashed: usual care, 50" in said


def test_each_universe_has_one_mark_for_each_dial():
    plot = _draw(CURVE)
    width = sum(width for _, width in _marks(plot, "plot-choice"))
    assert width == pytest.approx(3 * WIDE.span, abs=0.5)
    assert len(_marks(plot, "plot-ground")) == 3 + 2 + 2


def test_the_line_and_the_diamond_of_what_is_written_stand_over_its_column():
    (diamond,) = _paths(_draw(CURVE), "plot-written-point")
    place = next(place for place, one in enumerate(CURVE.points) if one.is_as_written)
    middle = WIDE.left + (place + 0.5) * WIDE.span / 12
    assert float(diamond.split()[0][1:]) == pytest.approx(middle, abs=0.01)


def test_more_universes_than_can_be_seen_share_columns_and_the_picture_stays_small():
    points = tuple(CurvePoint(n / 50, n / 50 - 5, n / 50 + 5, (n % 3, 0, n % 2), n == 2500) for n in range(5000))
    drawn = draw_specification_curve(replace(CURVE, points=points))
    assert len(drawn) < 120_000
    plot = ElementTree.fromstring(drawn)
    shades = {one.attrib["fill-opacity"] for one in plot.iter(f"{SVG}path") if one.attrib["class"] == "plot-choice"}
    assert shades >= {"0.5", "1"}
    assert "5,000 universes, from the least to the largest number" in " ".join(_texts(plot))


def test_one_universe_and_equal_numbers_without_intervals_can_be_drawn():
    point = CurvePoint(80.0, None, None, (1, 0, 1), is_as_written=True)
    for points in ((point,), (point,) * 3):
        plot = _draw(replace(CURVE, points=points, marks=()))
        assert _paths(plot, "plot-band") == []
        assert len(_paths(plot, "plot-point")) == 1


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((60, 90), ["60", "70", "80", "90"]),
        ((0.1, 0.35), ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]),
        ((-30, 57), ["−40", "−20", "0", "20", "40", "60"]),
        ((1.2, 3.4), ["1.0", "1.5", "2.0", "2.5", "3.0", "3.5"]),
        ((0, 100_000), ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
    ],
)
def test_the_scale_has_round_numbers(values, ticks):
    points = tuple(CurvePoint(float(value), None, None, (0,), is_as_written=False) for value in values)
    plot = _draw(SpecificationCurve("r", "R", "R", points, (DialHead("dial", "", ("a",), 0),)))
    assert _texts(plot)[1 : 1 + len(ticks)] == ticks


def test_an_end_at_infinity_is_cut_at_the_edge_of_the_scale():
    points = (CurvePoint(2.0, 1.0, float("inf"), (0,), is_as_written=True), CurvePoint(3.0, 1.0, 4.0, (0,), False))
    assert "inf" not in draw_specification_curve(replace(CURVE, points=points, dials=CURVE.dials[:1], marks=()))


def test_the_page_is_well_formed_and_holds_its_sections_in_the_order_of_reading():
    page = read_page(build_multiverse_report(RESULTS))
    assert [one.attrib["id"] for one in page.iter("section")] == [
        "answer", "cautions", "ranges-of-results", "curves", "what-moves", "the-dials", "methods",
    ]  # fmt: skip
    assert "12 universes" in text_of(find_section(page, "answer"))
    assert "Invented data" in text_of(page)
    numbers = [text_of(one) for one in page.iter("caption")]
    assert [number.split(".")[0] for number in numbers] == [f"Table {n}" for n in range(1, len(numbers) + 1)]


def test_equal_universes_give_equal_bytes():
    assert build_multiverse_report(RESULTS) == build_multiverse_report(analyse(build_rows()))


def test_words_of_a_protocol_cannot_break_the_page():
    dials = (DialHead("a.<b>", '"&', ("<script>", "]]>"), 0), *RESULTS.dials[1:])
    page = build_multiverse_report(analyse(build_rows(lambda _: (3, 9), dials), dials))
    assert page.count("<script>") == 1  # its own
    assert "a.<b>" in text_of(read_page(page))


def test_a_multiverse_without_a_number_has_a_page_without_figures():
    page = read_page(build_multiverse_report(analyse(build_rows(lambda _: (0, 0)))))
    assert page.find(".//section[@id='curves']") is None
    assert "has no number in any universe" in text_of(find_section(page, "answer"))
