"""The figures of the field stand where their numbers say, in words, inside their picture, in colours and shapes."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from refractory.analysis.figures import (
    AlluvialFigure,
    Band,
    EffectFigure,
    EffectPanel,
    EffectRow,
    ForestFigure,
    ForestRow,
    Lane,
    StepFigure,
    SwimmerFigure,
    ThreadFigure,
    WaterfallFigure,
)
from refractory.report import (
    alluvial_plot,
    effect_plot,
    forest_plot,
    step_plot,
    swimmer_plot,
    thread_plot,
    waterfall_plot,
)
from refractory.report.document import build_report
from refractory.report.page import build_page
from refractory.report.placed_figures import draw_person_figures
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.proportions import estimate_proportion
from spec.report.page_reader import SVG, read_widths, text_of
from spec.report.published_study import published_results

LONG = "skin with muscle weakness, raised muscle enzymes or interstitial lung disease at any time"
STEPS = StepFigure(
    "by-cycle", "Improved by cycle", "Improved, %", "Cycle",
    ((1, estimate_proportion(10, 20)), (2, estimate_proportion(15, 20))),
    (("At risk", (20, 10)), ("Responded", (10, 5)), ("Stopped without", (0, 1))),
)  # fmt: skip
SHRUNKEN = Estimate(EstimateKind.PROPORTION, 0.8, 20, "beta-binomial model", 0.5, 0.95, 0.95)
FOREST = ForestFigure(
    "groups", "By group", "Improved, %",
    (
        ForestRow("All persons", estimate_proportion(15, 20)),
        ForestRow(LONG, estimate_proportion(3, 3), SHRUNKEN),
        ForestRow("A group not yet seen", None, SHRUNKEN),
        ForestRow("Nobody", estimate_proportion(0, 0)),
    ),
)  # fmt: skip
EFFECTS = EffectFigure(
    "predictors", "Predictors of improvement",
    (
        EffectPanel("Difference in improvement, percentage points", (
            EffectRow(LONG, 10.0, -20.0, 40.0, 45.0, "10 percentage points (95 % CI −20 to 40)"),
            EffectRow("Sex", -5.0, None, None, None, "−5 percentage points"),
        )),
        EffectPanel("In standard deviations", (
            EffectRow("Age", 0.2, float("-inf"), 0.9, 1.2, "3 (95 % CI to 15)"),
        )),
    ),
)  # fmt: skip
STREAMS = AlluvialFigure(
    "lines", "Lines", (("Line 1", (Band("methotrexate", 30), Band(LONG, 10))),
                       ("Line 2", (Band("methotrexate", 1), Band(LONG, 19), Band("no further line", 20))),
                       ("Line 3", (Band("no further line", 40),))),
    ((0, 0, 1, 15), (0, 0, 2, 15), (0, 1, 0, 1), (0, 1, 1, 4), (0, 1, 2, 5),
     (1, 0, 0, 1), (1, 1, 0, 19), (1, 2, 0, 20)),
)  # fmt: skip
LANES = SwimmerFigure(
    "swimmer", "Every person",
    (
        Lane(1, LONG, 400, (0, 28, 56), (30, 30), 200, 56, "response"),
        Lane(2, LONG, 365, (0, 28), (10, 60), None, None, "response"),
        Lane(3, "", 100, (0,), None, None, 0, "no response", begun=((20, "dapsone"), (140, "dapsone")),
             ended=((60, "methotrexate"),)),
    ),
    "Improved",
)  # fmt: skip
BARS = WaterfallFigure(
    "waterfall", "Best change", "Change of CDASI from baseline, points",
    ((4, 2.0, None), (3, 0.0, False), (1, -4.0, True), (2, -20.0, True)), ((-4.0, "4 points"),), "Improved",
)  # fmt: skip
THREADS = ThreadFigure(
    "threads", "Every dose", "mg a day",
    ((1, ((-30, 20.0), (0, 10.0), (30, None), (60, 5.0), (90, 5.0))), (2, ((-30, 60.0), (0, 40.0), (30, 20.0)))),
    ((-30, 40.0), (0, 25.0)),
)  # fmt: skip
DRAWN = [
    (step_plot.draw_steps, STEPS, step_plot),
    (forest_plot.draw_forest, FOREST, forest_plot),
    (effect_plot.draw_effects, EFFECTS, effect_plot),
    (alluvial_plot.draw_alluvial, STREAMS, alluvial_plot),
    (swimmer_plot.draw_swimmer, LANES, swimmer_plot),
    (waterfall_plot.draw_waterfall, BARS, waterfall_plot),
    (thread_plot.draw_threads, THREADS, thread_plot),
]
EACH = pytest.mark.parametrize(("draw", "figure", "module"), DRAWN, ids=[one.id for _, one, _ in DRAWN])
BOTH = pytest.mark.parametrize("size", ["WIDE", "NARROW"])


def picture(draw, figure, module, size="WIDE") -> ElementTree.Element:
    return ElementTree.fromstring(draw(figure, layout=getattr(module, size)))


def texts(plot) -> list[str]:
    return [text_of(text).replace("\u00a0", " ") for text in plot.iter(f"{SVG}text")]


def of_class(plot, tag: str, style: str) -> list[ElementTree.Element]:
    return [one for one in plot.iter(f"{SVG}{tag}") if style in (one.get("class") or "").split()]


@EACH
@BOTH
def test_no_text_leaves_the_picture(draw, figure, module, size):
    plot = picture(draw, figure, module, size)
    _, _, width, height = (float(end) for end in (plot.get("viewBox") or "").split())
    for text in plot.iter(f"{SVG}text"):
        widths = read_widths(is_bold=text.get("font-weight") == "700")
        points = float(text.get("font-size") or 14)
        left, baseline = float(text.get("x", "nan")), float(text.get("y", "nan"))
        assert left >= 0
        assert left + points * sum(widths[character] for character in text.text or "") <= width + 0.01, text.text
        assert 0 < baseline <= height


@EACH
def test_a_picture_says_in_words_what_it_shows_and_is_drawn_alike_each_time(draw, figure, module):
    assert len(picture(draw, figure, module).get("aria-label") or "") > 20
    assert draw(figure, layout=module.WIDE) == draw(figure, layout=module.WIDE)


def test_the_steps_rise_at_their_cycle_and_the_counts_stand_below():
    plot = picture(*DRAWN[0])
    (curve,) = of_class(plot, "path", "plot-curve")
    corners = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", curve.get("d"))]
    heights = [y for _, y in corners]
    span = heights[0] - corners[2][1]
    # 0, then 50 %, then 75 %: the second rise is half of the first.
    assert heights[2] - corners[4][1] == pytest.approx(span / 2, abs=0.02)
    assert corners[1][0] == corners[2][0]
    assert {"20", "10", "5", "0", "1", "At risk", "Responded", "Stopped without"} <= set(texts(plot))


def test_a_square_is_alone_a_circle_is_in_the_light_of_the_others_and_the_whole_has_a_diamond():
    plot = picture(*DRAWN[1])
    circles = of_class(plot, "circle", "series-2-fill")
    # Two rows and the key.
    assert len(circles) == 3
    points = [one.get("d") for one in of_class(plot, "path", "plot-point")]
    assert sum("l6 6" in one for one in points) == 1
    assert sum("h9v9" in one for one in points) == 2
    assert "80 % (95 % CI 50 to 95)" in texts(plot)


def test_the_grey_stretch_of_an_effect_reaches_as_far_as_what_could_have_been_found():
    plot = picture(*DRAWN[2])
    grey = [(float(one.get("x")), float(one.get("width"))) for one in of_class(plot, "rect", "too-small")]
    assert len(grey) == 2
    zeros = [float(re.match(r"M([\d.]+)", one.get("d"))[1]) for one in of_class(plot, "path", "plot-zero")]
    for (left, width), zero in zip(grey, zeros, strict=True):
        assert left + width / 2 == pytest.approx(zero, abs=0.02)
    # The scale of the first panel goes from -50 to 50 or wider: 45 of it is grey on each side.
    ticks = [float(text.replace("−", "-")) for text in texts(plot) if re.fullmatch(r"[−\d.]+", text)]
    span = max(ticks) - min(ticks)
    assert grey[0][1] == pytest.approx(90 / span * 260, rel=0.02)


def test_an_open_end_of_an_interval_stops_at_the_edge_of_its_scale():
    plot = picture(*DRAWN[2])
    numbers = [
        float(x) for one in of_class(plot, "path", "plot-interval") for x in re.findall(r"[ML]([\d.-]+) ", one.get("d"))
    ]
    assert min(numbers) >= effect_plot.WIDE.field_left
    assert max(numbers) <= effect_plot.WIDE.field_right


def test_a_forest_without_shrunken_rows_has_no_key():
    plain = replace(FOREST, rows=FOREST.rows[:1])
    assert "in the light of the others" not in texts(picture(forest_plot.draw_forest, plain, forest_plot))


def test_the_height_of_a_stream_is_its_persons_and_streams_fill_their_bands():
    plot = picture(*DRAWN[3])
    bands = [float(one.get("height")) for one in plot.iter(f"{SVG}rect")]
    streams = of_class(plot, "path", "stream")
    assert len(streams) == len(STREAMS.streams)
    per_person = bands[0] / 30
    assert bands[1] == pytest.approx(10 * per_person, abs=0.1)
    heights = []
    for one in streams:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", one.get("d"))]
        heights.append(numbers[8] - numbers[7])
    assert heights == pytest.approx([persons * per_person for *_, persons in STREAMS.streams], abs=0.25)


def test_a_name_has_the_same_colour_in_every_column_and_the_quiet_ones_have_none():
    plot = picture(*DRAWN[3])
    styles = [one.get("class") for one in plot.iter(f"{SVG}rect")]
    assert styles[0] == styles[2] == "series-1-fill"
    assert styles[1] == styles[3] == "series-2-fill"
    assert styles[4] == styles[5] == "series-0-fill"


def test_classes_with_an_order_are_tones_of_one_colour_in_that_order():
    columns = (
        ("Before", (Band("high", 5), Band("low", 5))),
        ("After", (Band("middle", 4), Band("low", 2), Band("none", 4))),
    )
    figure = AlluvialFigure("doses", "Doses", columns, ((0, 0, 0, 5), (0, 1, 1, 2), (0, 1, 2, 3)), is_ordered=True)
    plot = picture(alluvial_plot.draw_alluvial, figure, alluvial_plot)
    by_name = [one.get("class") for one in plot.iter(f"{SVG}rect")]
    high, low, middle, low_after, none = by_name
    assert low == low_after
    assert none == "series-0-fill"
    assert len({high, low, middle}) == 3
    assert all(one.startswith("tone-") for one in (high, low, middle))


def test_a_lane_shows_cycles_response_loss_and_stop_and_says_them():
    plot = picture(*DRAWN[4])
    lanes = of_class(plot, "g", "lane")
    assert [len(of_class(lane, "circle", "series-1-fill")) for lane in lanes] == [3, 2, 1]
    assert [len(of_class(lane, "path", "lane-response")) for lane in lanes] == [1, 1, 0]
    assert [len(of_class(lane, "path", "lane-unsure")) for lane in lanes] == [0, 1, 0]
    assert [len(of_class(lane, "path", "lane-stop")) for lane in lanes] == [1, 0, 1]
    titles = [lane.find(f"{SVG}title").text for lane in lanes]
    assert titles[0] == (
        "Person 1: response, on day 30, 3 cycles, treatment stopped after day 56, response lost on day 200, followed "
        "to day 400."
    )
    assert "between day 10 and day 60" in titles[1]
    # A drug begun after the person was last seen is not drawn.
    assert [len(of_class(lane, "path", "series-4-fill")) for lane in lanes] == [0, 0, 1]
    assert [len(of_class(lane, "path", "drug-ended")) for lane in lanes] == [0, 0, 1]
    assert "dapsone begun on day 20" in titles[2]
    assert "methotrexate given up on day 60" in titles[2]


def test_bars_with_the_response_are_full_and_others_hollow_and_the_limit_is_marked():
    plot = picture(*DRAWN[5])
    bars = [one for one in plot.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    assert ["hollow" in one.get("class") for one in bars] == [True, True, False, False]
    heights = [float(one.get("height")) for one in bars]
    assert heights[3] == pytest.approx(5 * heights[2], abs=0.1)
    assert heights[1] < 2
    assert len(of_class(plot, "path", "plot-day-0")) == 1


def test_a_thread_is_broken_where_the_number_is_not_known():
    plot = picture(*DRAWN[6])
    paths = [one.get("d") for one in of_class(plot, "path", "thread")]
    assert [path.count("M") for path in paths] == [2, 1]
    assert [path.count("L") for path in paths] == [2, 2]


def test_figures_are_numbered_in_the_order_of_reading_and_stand_in_their_sections():
    results = replace(published_results(), figures=(FOREST, STEPS, STREAMS))
    sections = {section.anchor: section for section in build_page(results).sections}
    assert [one.name for one in sections["persons"].figures] == ["flow-chart", "lines"]
    assert [(one.name, one.number) for one in sections["response"].figures] == [
        ("groups", "Figure 4"), ("by-cycle", "Figure 5"),
    ]  # fmt: skip


def test_persons_are_seen_in_the_part_for_the_study_team_only_and_never_on_the_page_of_any_reader():
    results = replace(published_results(), person_figures=(LANES, BARS, THREADS))
    drawn = draw_person_figures(results)
    assert [one.number for one in drawn] == ["Person figure 1", "Person figure 2", "Person figure 3"]
    page = build_page(results)
    assert not {"swimmer", "waterfall", "threads"} & {one.name for section in page.sections for one in section.figures}
    report = build_report(results)
    assert report.index('id="listings"') < report.index('id="person-figure-1"')
