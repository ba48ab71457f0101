"""The report as a reader sees it: in a browser by day and by night, on a telephone, and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from journeys.browsing import DESK, OUTSIDE, PHONE, SMALL_PHONE, TABLET, Reader, find_chromium
from refractory.analysis.results import Results
from refractory.report.document import write_report
from spec.report.published_study import published_results
from spec.report.test_report_figures import BARS, FOREST, LANES, STEPS, STREAMS, THREADS

A4_PRINTED_WIDTH = 665  # 210 mm less the margins of the page, in CSS pixels
LONG = "Fewer than 2 different systemic drugs, each for an adequate time, begun on or after the diagnosis " * 2
UNBROKEN = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3


def test_a_missing_browser_is_a_failure_that_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium"):
        find_chromium("/nowhere/chromium")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "report.html"
    write_report(published_results(), path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_report_asks_the_network_for_nothing_and_complains_of_nothing(browser, report, width, scheme):
    reader = Reader(browser, report, width, scheme)
    with reader as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.wait_for_timeout(100)
    assert reader.requests == [report.as_uri()]
    assert reader.complaints == []


def results_with(text: str) -> Results:
    """The published results with one text wherever a study may put its own words."""
    results = published_results()
    strata = {f"stratum.{name}.persons": text for name in ("Skin alone", "Skin and muscle or lung")}
    return replace(
        results,
        head=replace(results.head, title=text, question=text, source_name=text, outcome=text),
        attrition=tuple(replace(step, reason=text, sentence=text, criterion=text) for step in results.attrition),
        estimates=tuple(
            replace(one, id=f"stratum.{text}.persons", stratum=text) if one.id in strata else replace(one, label=text)
            for one in results.estimates
        ),
        tables=tuple(
            replace(table, title=text, rows=tuple(replace(row, label=text) for row in table.rows), footnotes=(text,))
            for table in results.tables
        ),
        cautions=tuple(replace(caution, title=text, text=text) for caution in results.cautions),
        comparisons=tuple(replace(one, statement=text, note=text, detail=text) for one in results.comparisons),
    )


@pytest.fixture(scope="module")
def hard_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hard")
    paths = {}
    for name, text in (("long", LONG), ("unbroken", UNBROKEN), ("wide", "皮膚筋炎 ЩЮЖМ Ωμέγα ÀÉÎ ﷽ 👩🏽‍⚕️ " * 8)):
        paths[name] = folder / f"{name}.html"
        write_report(results_with(text), paths[name])
    return paths


@pytest.mark.parametrize("name", ["published", "long", "unbroken", "wide"])
def test_the_page_is_never_wider_than_the_window(browser, report, hard_reports, name):
    with Reader(browser, hard_reports.get(name, report), DESK) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        for width in (DESK, TABLET, PHONE, SMALL_PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_wide_table_scrolls_within_its_own_box_by_touch_and_by_key(browser, report):
    with Reader(browser, report, PHONE) as page:
        box = page.locator("[role=region]").filter(has=page.locator("#table-3"))
        room, needed = box.evaluate("box => [box.clientWidth, box.scrollWidth]")
        assert needed > room
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
        first_column = page.locator("#table-3 tbody th").first.bounding_box()
        assert first_column["x"] == pytest.approx(16, abs=1)


CONTRASTS = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const isOpaque = (colour) => parse(colour).length === 3 || parse(colour)[3] === 1;
  const luminance = (colour) => {
    const [red, green, blue] = parse(colour).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    if (element instanceof SVGElement) {
      const edge = element.parentElement.querySelector(':scope > rect');
      if (edge) return getComputedStyle(edge).fill;
    }
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (isOpaque(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [light, dark] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
    seen.push([node.data.trim().slice(0, 40), (light + 0.05) / (dark + 0.05)]);
  }
  return seen;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_a_contrast_of_at_least_4_5(browser, report, scheme):
    with Reader(browser, report, DESK, scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        for width in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            contrasts = page.evaluate(CONTRASTS)
            assert len(contrasts) > 300
            assert [pair for pair in contrasts if pair[1] < 4.5] == []


def luminance_of_paper(page: Page) -> float:
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    )
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_the_page_is_dark_at_night_and_light_on_paper(browser, report):
    with Reader(browser, report, DESK, "light") as page:
        assert luminance_of_paper(page) > 0.95
    with Reader(browser, report, DESK, "dark") as page:
        assert luminance_of_paper(page) < 0.15
        page.emulate_media(media="print")
        assert luminance_of_paper(page) > 0.95


def test_headings_are_in_order_and_every_table_has_a_caption(browser, report):
    with Reader(browser, report, DESK) as page:
        levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", "all => all.map(one => Number(one.tagName[1]))")
        captions = page.eval_on_selector_all(
            "table", "all => all.map(one => one.caption && one.caption.textContent.trim())"
        )
    assert levels[:2] == [1, 2]
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert len(captions) == 14
    assert all(captions)


def test_the_keyboard_reaches_the_answer_and_the_folded_parts(browser, report):
    with Reader(browser, report, DESK) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to the answer"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "answer"
        listing = page.locator("#listings details")
        assert not page.get_by_text("2014-03-02").is_visible()
        listing.locator("summary").focus()
        page.keyboard.press("Enter")
        assert page.get_by_text("2014-03-02").is_visible()


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("name", ["published", "long", "unbroken"])
def test_no_text_of_a_figure_leaves_its_box(browser, report, hard_reports, name, width):
    with Reader(browser, hard_reports.get(name, report), width) as page:
        assert page.evaluate("document.querySelectorAll('svg.figure text').length") > 60
        # The face asked for; the widest that it may be replaced by; and one that it should never be.
        outside = {face: page.evaluate(OUTSIDE, face) for face in ("", "DejaVu Sans", "Liberation Serif")}
    assert outside == {"": [], "DejaVu Sans": [], "Liberation Serif": []}


@pytest.mark.parametrize(
    ("width", "media", "layout"), [(DESK, "screen", "wide"), (PHONE, "screen", "narrow"), (PHONE, "print", "wide")]
)
def test_one_layout_of_each_figure_is_shown(browser, report, width, media, layout):
    with Reader(browser, report, width) as page:
        page.emulate_media(media=media)
        shown = page.eval_on_selector_all(
            "svg.figure", "all => all.filter(one => one.checkVisibility()).map(one => one.classList[1])"
        )
    assert shown == [layout, layout]


def test_on_paper_nothing_is_cut_and_nothing_of_the_screen_is_left(browser, report, tmp_path):
    with Reader(browser, report, A4_PRINTED_WIDTH) as page:
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= A4_PRINTED_WIDTH
        too_wide = page.eval_on_selector_all(
            "table", f"all => all.filter(one => one.offsetWidth > {A4_PRINTED_WIDTH}).map(one => one.id)"
        )
        assert too_wide == []
        assert not page.locator("nav").is_visible()
        assert not page.get_by_text("2014-03-02").is_visible()
        breaks = page.eval_on_selector_all("tr, figure", "all => all.map(one => getComputedStyle(one).breakInside)")
        assert set(breaks) == {"avoid"}
        for paper in ("A4", "Letter"):
            printed = page.pdf(path=tmp_path / f"{paper}.pdf", format=paper)
            pages = len(re.findall(rb"/Type\s*/Page\b", printed))
            assert 4 <= pages <= 12


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light")])
def test_a_picture_of_the_report_is_not_empty(browser, report, tmp_path, width, scheme):
    with Reader(browser, report, width, scheme, height=1150) as page:
        picture = page.screenshot(path=tmp_path / "report.png")
    # A picture of an empty page of this size has a few kilobytes.
    assert len(picture) > 40_000


@pytest.fixture(scope="module")
def drawn_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drawn") / "report.html"
    figures, person_figures = (FOREST, STEPS, STREAMS), (LANES, BARS, THREADS)
    write_report(replace(published_results(), figures=figures, person_figures=person_figures), path)
    return path


def test_a_mark_says_what_it_is_by_pointer_and_the_same_person_is_shown_in_every_figure(browser, drawn_report):
    with Reader(browser, drawn_report, DESK) as page:
        page.hover("#person-figure-2 svg.wide rect[data-person='1']")
        assert page.inner_text(".tip") == "Person 1: \u22124"
        shown = page.evaluate("[...document.querySelectorAll('.is-shown')].map(one => one.dataset.person)")
        assert len(shown) >= 3
        assert set(shown) == {"1"}
        page.mouse.move(0, 0)
        page.hover("h1")
        assert page.is_hidden(".tip")


def test_arrow_keys_walk_through_the_marks_of_a_figure_and_escape_leaves_them(browser, drawn_report):
    with Reader(browser, drawn_report, DESK) as page:
        page.focus("#person-figure-1 svg.wide")
        page.keyboard.press("ArrowDown")
        first = page.inner_text(".tip")
        page.keyboard.press("ArrowDown")
        assert first.startswith("Person 1: ")
        assert page.inner_text(".tip").startswith("Person 2: ")
        page.keyboard.press("ArrowUp")
        assert page.inner_text(".tip") == first
        page.keyboard.press("Escape")
        assert page.is_hidden(".tip")


def test_figures_stand_without_the_script_and_say_their_marks_by_titles(browser, drawn_report):
    context = browser.new_context(java_script_enabled=False, viewport={"width": DESK, "height": 900})
    page = context.new_page()
    page.goto(drawn_report.as_uri())
    assert page.locator("figure svg.wide").count() == page.locator("figure").count() > 6
    assert page.locator("#person-figure-1 svg.wide .lane title").count() == 3
    context.close()


@pytest.mark.parametrize("width", [DESK, PHONE, SMALL_PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_figure_is_wider_than_the_page(browser, drawn_report, width, scheme):
    reader = Reader(browser, drawn_report, width, scheme)
    with reader as page:
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light")])
def test_axe_finds_nothing_that_keeps_a_reader_out(browser, drawn_report, width, scheme):
    with Reader(browser, drawn_report, width, scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
