"""The flow chart shows the steps of attrition, all of them, and its text stays inside its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.analysis.results import AttritionStep
from refractory.report.flow_chart import NARROW, WIDE, FlowLayout, draw_flow_chart
from spec.report.page_reader import SVG, read_widths, text_of
from spec.report.published_study import ATTRITION

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
STRATA = (("Skin alone", 15), ("Skin and muscle or lung", 27))
WIDTHS = {is_bold: read_widths(is_bold=is_bold) for is_bold in (False, True)}
LONG = "Fewer than 2 different systemic drugs, each for an adequate time, begun on or after the diagnosis " * 3
UNBROKEN = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3


@dataclass(frozen=True)
class Box:
    kind: str
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def boxes_of(svg: str) -> list[Box]:
    boxes = []
    for frame in ElementTree.fromstring(svg).iter(f"{SVG}svg"):
        kind = frame.get("class", "").removeprefix("flow-box flow-")
        if not frame.get("class", "").startswith("flow-box"):
            continue
        left, top, width, height = (float(frame.get(name, "nan")) for name in ("x", "y", "width", "height"))
        text = " ".join(text_of(line) for line in frame.iter(f"{SVG}text"))
        boxes.append(Box(kind, text, left, top, left + width, top + height))
    return boxes


def boxes(svg: str, kind: str) -> list[Box]:
    return [box for box in boxes_of(svg) if box.kind == kind]


def step(
    reason: str = "Too young", *, before: int = 10, after: int = 8, days: tuple[int, int] = (20, 15)
) -> AttritionStep:
    return AttritionStep("Criterion", "Aged 18 or over", reason, before, after, *days)


@LAYOUTS
def test_every_criterion_says_whom_it_lost_and_why(layout):
    lost = [box.text for box in boxes(draw_flow_chart(ATTRITION, STRATA, layout=layout), "lost")]
    assert lost == [
        "Never by intravenous route Lost: 125 persons; 1,813 candidate days",
        "No day that opens a course Lost: 0 persons; 3,016 candidate days",
        "Not enough evidence of dermatomyositis by then Lost: 189 persons; 261 candidate days",
        "Observed for fewer than 180 days before Lost: 7 persons; 11 candidate days",
        "No clinical data at diagnosis Lost: 18 persons; 26 candidate days",
        "Fewer than 2 different systemic drugs, each for an adequate time, begun on or after the diagnosis and before "
        "day 0 Lost: 18 persons; 25 candidate days",
        "Disease not active at day 0 Lost: 6 persons; 11 candidate days",
        "Immunodeficiency Lost: 4 persons; 5 candidate days",
        "Inclusion body myositis Lost: 3 persons; 6 candidate days",
    ]


@LAYOUTS
def test_those_who_remain_stand_between_the_first_and_the_last(layout):
    svg = draw_flow_chart(ATTRITION, STRATA, layout=layout)
    remaining = [box.text for box in boxes(svg, "remaining")]
    assert remaining[0] == "Any record of immunoglobulin 412 persons; 5,231 candidate days"
    assert remaining[-1] == "45 persons; 63 candidate days"
    assert [box.text for box in boxes(svg, "cohort")] == ["In the study 42 persons; 57 candidate days"]


def test_a_first_step_that_somebody_fails_is_drawn_as_a_loss():
    svg = draw_flow_chart([step()])
    assert [box.text for box in boxes(svg, "remaining")] == ["Before the first criterion 10 persons; 20 candidate days"]
    assert [box.text for box in boxes(svg, "lost")] == ["Too young Lost: 2 persons; 5 candidate days"]


def test_one_person_is_a_person_and_one_day_a_day():
    svg = draw_flow_chart([step(before=2, after=1, days=(2, 1))])
    assert boxes(svg, "cohort")[0].text == "In the study 1 person; 1 candidate day"
    assert boxes(svg, "lost")[0].text == "Too young Lost: 1 person; 1 candidate day"


def test_a_step_without_a_reason_that_loses_persons_is_named_by_its_criterion():
    assert boxes(draw_flow_chart([step(""), step("")]), "lost")[0].text.startswith("Criterion Lost: 2 persons")


def test_a_study_whose_only_step_is_its_start_is_one_box():
    svg = draw_flow_chart([step("", before=8, after=8, days=(15, 15))])
    assert [(box.kind, box.text) for box in boxes_of(svg)] == [
        ("remaining", "Aged 18 or over 8 persons; 15 candidate days")
    ]


@LAYOUTS
@pytest.mark.parametrize("strata", [0, 1, 2, 3, 4, 7])
def test_the_last_box_branches_into_all_strata(layout, strata):
    named = [(f"Stratum {number}", number) for number in range(1, strata + 1)]
    svg = draw_flow_chart(ATTRITION, named, layout=layout)
    found = [box.text for box in boxes(svg, "stratum")]
    assert found == [
        f"Stratum {number} {number} {'person' if number == 1 else 'persons'}" for number in range(1, strata + 1)
    ]
    assert all(box.top > boxes(svg, "cohort")[0].bottom for box in boxes(svg, "stratum"))


def assert_no_boxes_meet(svg: str, layout: FlowLayout) -> None:
    found = boxes_of(svg)
    height = float(ElementTree.fromstring(svg).get("viewBox", "").split()[3])
    for place, box in enumerate(found):
        assert 0 <= box.left < box.right <= layout.width
        assert 0 <= box.top < box.bottom <= height
        assert not [other.text for other in found[place + 1 :] if box.meets(other)]


@LAYOUTS
@pytest.mark.parametrize("reason", ["Too young", LONG, UNBROKEN], ids=["short", "long", "unbroken"])
@pytest.mark.parametrize("strata", [(), STRATA, ((LONG, 3), (UNBROKEN, 2), ("C", 1)), ((LONG, 1),) * 5])
def test_no_two_boxes_meet_and_none_leaves_the_picture(layout, reason, strata):
    svg = draw_flow_chart([*ATTRITION, step(reason), step(), step(reason)], strata, layout=layout)
    assert_no_boxes_meet(svg, layout)


def overflowing_lines(svg: str) -> list[str]:
    """Lines that would leave their box in DejaVu Sans, a face that is wider than those asked for."""
    found = []
    chart = ElementTree.fromstring(svg)
    size = float(chart.get("font-size", "nan"))
    for frame in chart.iter(f"{SVG}svg"):
        edge = frame.find(f"{SVG}rect")
        for line in frame.findall(f"{SVG}text"):
            widths = WIDTHS[line.get("font-weight") == "700"]
            width = size * sum(widths[character] for character in line.text or "")
            assert edge is not None
            right = float(line.get("x", "nan")) + width
            is_inside = right <= float(edge.get("width", "nan"))
            is_inside &= size <= float(line.get("y", "nan")) <= float(edge.get("height", "nan")) - 0.25 * size
            if not is_inside:
                found.append(line.text or "")
    return found


@LAYOUTS
@pytest.mark.parametrize("text", ["Too young", LONG, UNBROKEN, "W" * 200, "ij " * 100, "@ m W % — " * 20])
def test_no_text_leaves_its_box(layout, text):
    start = AttritionStep("Start", text, "", 10, 10, 20, 20)
    svg = draw_flow_chart([start, step(text), step(text)], [(text, 5), (text, 3)], layout=layout)
    assert "".join(text.split()) in "".join(box.text for box in boxes_of(svg)).replace(" ", "")
    assert overflowing_lines(svg) == []


def test_the_same_attrition_gives_the_same_chart():
    assert draw_flow_chart(ATTRITION, STRATA) == draw_flow_chart(ATTRITION, STRATA)


counts = st.integers(min_value=0, max_value=10**12)
steps = st.builds(AttritionStep, st.text(), st.text(), st.text(), counts, counts, counts, counts)
strata = st.lists(st.tuples(st.text(), counts), max_size=6)


@given(st.lists(steps, min_size=1, max_size=8), strata, st.sampled_from([WIDE, NARROW]))
def test_any_attrition_gives_a_well_formed_chart_whose_boxes_do_not_meet(attrition, strata, layout):
    svg = draw_flow_chart(attrition, strata, layout=layout)
    assert_no_boxes_meet(svg, layout)
    assert len(boxes(svg, "stratum")) == len(strata)
    assert len(boxes(svg, "lost")) in (len(attrition), len(attrition) - 1)
