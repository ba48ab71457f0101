"""Proportions stand on a scale from 0 to 100 %, where their numbers say."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.report.interval_plot import NARROW, WIDE, PlotLayout, draw_intervals
from spec.report.page_reader import SVG, read_widths, text_of
from spec.report.published_study import share

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
ROWS = (("All persons", share(35, 42, 0.6864, 0.9303)), ("Skin alone", share(13, 15, 0.5954, 0.9834)))


def draw(layout: PlotLayout, rows=ROWS) -> ElementTree.Element:
    return ElementTree.fromstring(draw_intervals(rows, axis_name="Cutaneous improvement, %", layout=layout))


def places(plot: ElementTree.Element, style: str) -> list[list[float]]:
    """Where the points of each line of a style stand, from left to right."""
    paths = [path.get("d", "") for path in plot.iter(f"{SVG}path") if path.get("class") == style]
    return [[float(x) for x in re.findall(r"[ML]([\d.]+) ", path)] for path in paths]


def on_scale(layout: PlotLayout, share: float) -> float:
    return pytest.approx(layout.scale_left + share * layout.scale_width, abs=0.02)


@LAYOUTS
def test_points_and_intervals_stand_where_their_numbers_say(layout):
    plot = draw(layout)
    assert places(plot, "plot-point") == [[on_scale(layout, 35 / 42)], [on_scale(layout, 13 / 15)]]
    whiskers = [line for line in places(plot, "plot-interval") if line[0] != line[-1]]
    assert whiskers == [
        [on_scale(layout, 0.6864), on_scale(layout, 0.9303)],
        [on_scale(layout, 0.5954), on_scale(layout, 0.9834)],
    ]


@LAYOUTS
def test_each_row_is_named_and_printed(layout):
    texts = [text_of(text) for text in draw(layout).iter(f"{SVG}text")]
    assert texts[-4:] == [
        "All persons",
        "35/42 (83 %; 95 % CI 69 to 93)",
        "Skin alone",
        "13/15 (87 %; 95 % CI 60 to 98)",
    ]
    assert [text for text in texts if text.isdigit()] == ["0", "25", "50", "75", "100"]


@LAYOUTS
def test_what_cannot_be_estimated_has_a_name_and_no_point(layout):
    plot = draw(layout, (*ROWS, ("Nobody", share(0, 0))))
    assert len(places(plot, "plot-point")) == 2
    assert "not estimable (0/0)" in [text_of(text) for text in plot.iter(f"{SVG}text")]


@LAYOUTS
def test_the_picture_says_in_words_what_it_shows(layout):
    words = (draw(layout).get("aria-label") or "").replace("\u202f", " ").replace("\u00a0", " ")
    assert words == (
        "Cutaneous improvement, %: All persons, 35/42 (83 %; 95 % CI 69 to 93); "
        "Skin alone, 13/15 (87 %; 95 % CI 60 to 98)."
    )


@LAYOUTS
@pytest.mark.parametrize("name", ["Skin and muscle or lung", "W" * 90, "no end of a name " * 9])
def test_no_text_leaves_the_picture_or_runs_into_the_scale(layout, name):
    widths = {is_bold: read_widths(is_bold=is_bold) for is_bold in (False, True)}
    for text in draw(layout, (*ROWS, (name, ROWS[0][1]))).iter(f"{SVG}text"):
        is_bold = text.get("font-weight") == "700"
        right = float(text.get("x", "nan")) + 14 * sum(widths[is_bold][character] for character in text.text or "")
        assert right <= (layout.label_width if is_bold else layout.width)


shares = st.integers(0, 500).flatmap(
    lambda n: st.builds(
        lambda k, ends: share(k, n, *ends),
        st.integers(0, n),
        st.tuples(st.floats(0, 1), st.floats(0, 1)) | st.just((None, None)),
    )
)


@given(st.lists(st.tuples(st.text(), shares), min_size=1, max_size=6), st.text(), st.sampled_from([WIDE, NARROW]))
def test_any_rows_give_a_well_formed_picture_with_every_point_on_the_scale(rows, axis_name, layout):
    plot = ElementTree.fromstring(draw_intervals(rows, axis_name=axis_name, layout=layout))
    right = layout.scale_left + layout.scale_width
    assert all(layout.scale_left <= x <= right for line in places(plot, "plot-point") for x in line)
    assert len(places(plot, "plot-point")) == sum(estimate.value is not None for _, estimate in rows)
