"""The report as one page: complete in itself, in order, and careful with persons."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from refractory.analysis.results import Caution, Severity
from refractory.errors import OutputError
from refractory.report.document import build_report, read_template, write_report
from refractory.report.page import build_page
from spec.report.page_reader import HEADINGS, find_section, read_page, read_report, rows_of, text_of
from spec.report.published_study import published_results

PAGE = read_report(published_results())
SOURCE = build_report(published_results())


def test_the_answer_comes_first_then_the_cautions():
    assert [section.get("id") for section in PAGE.iter("section")] == [
        "answer",
        "cautions",
        "persons",
        "response",
        "published",
        "further",
        "abstract",
        "in-words",
        "methods",
        "records",
        "checklists",
        "listings",
    ]
    assert text_of(find_section(PAGE, "answer")).startswith(
        "Answer Of 42 persons, 35 of 42 evaluable (83 %; 95 % CI 69 to 93) had cutaneous improvement."
    )


def test_serious_cautions_stand_before_notes_and_all_are_numbered():
    items = [text_of(item) for item in find_section(PAGE, "cautions").iter("li")]
    assert [re.match(r"(\d) (Serious|Note) ", item).groups() for item in items] == [
        ("1", "Serious"),
        ("2", "Serious"),
        ("3", "Note"),
        ("4", "Note"),
        ("5", "Note"),
        ("6", "Note"),
    ]
    assert items[0].startswith("1 Serious No control group All 42 persons were treated.")


def test_the_answer_points_to_the_serious_cautions():
    link = find_section(PAGE, "answer").find(".//a[@href='#cautions']")
    assert text_of(link) == "2 serious cautions"
    one = replace(published_results(), cautions=(Caution("a", "A", "B.", Severity.SERIOUS),))
    assert text_of(find_section(read_report(one), "answer").find(".//a")) == "1 serious caution"
    none = replace(published_results(), cautions=())
    assert find_section(read_report(none), "answer").find(".//a") is None


def test_invented_data_are_called_so_at_the_top_and_at_the_foot():
    assert text_of(PAGE.find("body/header")).count("Invented data") == 1
    assert text_of(PAGE.find("body/footer")).startswith("Invented data.")
    assert text_of(PAGE.find("head/title")).startswith("Invented data: ")


def test_real_data_are_not_called_invented():
    results = published_results()
    page = read_report(replace(results, head=replace(results.head, is_invented=False)))
    assert "invented" not in text_of(page.find("body")).lower()
    assert "invented" not in text_of(page.find("head/title")).lower()


def test_the_response_is_printed_three_ways():
    table = find_section(PAGE, "response").find(".//table")
    headings, everybody = list(rows_of(table))[:2]
    assert headings[3:] == ["Evaluable persons only", "Not evaluable as non-response", "Worst bound", "Best bound"]
    assert everybody == ["All persons", "42", "0", *["35/42 (83 %; 95 % CI 69 to 93)"] * 4]


def test_every_published_figure_stands_beside_the_reproduced_one():
    table = find_section(PAGE, "published").find(".//table")
    rows = list(rows_of(table))[1:]
    assert len(rows) == 15
    assert rows[6] == ["Cutaneous improvementb", "83 %", "83 %", "35/42 (83 %; 95 % CI 69 to 93)", "Agrees"]
    assert [row[0] for row in rows if row[-1] == "Differs"] == ["Diagnosis to treatment, daysa"]


def test_tables_that_have_no_place_of_their_own_follow_in_their_order():
    captions = [text_of(caption) for caption in find_section(PAGE, "further").iter("caption")]
    assert captions == ["Table 6. Other drugs at the end of follow-up", "Table 7. Predictors of response"]


def test_tables_and_figures_are_numbered_without_a_gap():
    captions = [text_of(caption) for kind in ("caption", "figcaption") for caption in PAGE.iter(kind)]
    for word, last in (("Table", 9), ("Figure", 2), ("Listing", 1)):
        found = [int(match[1]) for caption in captions if (match := re.match(rf"{word} (\d+)\. ", caption))]
        assert sorted(found) == list(range(1, last + 1))


def test_headings_go_down_one_step_at_a_time():
    levels = [HEADINGS.index(element.tag) + 1 for element in PAGE.iter() if element.tag in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_table_has_a_caption_and_every_heading_cell_says_what_it_heads():
    for table in PAGE.iter("table"):
        assert text_of(table.find("caption"))
        assert {cell.get("scope") for cell in table.iter("th")} <= {"col", "row", "rowgroup"}
        # The corner above the names of rows may be empty, and an empty cell heads nothing.
        assert all(row[0].tag == "th" or not text_of(row[0]) for row in table.iter("tr"))
        assert all(text_of(cell) for cell in table.iter("th"))


def test_every_row_of_a_table_fills_its_columns():
    for table in PAGE.iter("table"):
        columns = len(table.find("thead/tr"))
        assert {sum(int(cell.get("colspan", "1")) for cell in row) for row in table.iter("tr")} == {columns}


def test_names_within_the_page_are_unique_and_every_reference_is_met():
    names = Counter(element.get("id") for element in PAGE.iter() if element.get("id"))
    assert [name for name, times in names.items() if times > 1] == []
    wanted = {link.get("href", "").removeprefix("#") for link in PAGE.iter("a")}
    for attribute in ("aria-labelledby", "aria-describedby"):
        wanted |= {name for element in PAGE.iter() for name in element.get(attribute, "").split()}
    assert wanted <= set(names)


def test_the_contents_name_every_section():
    links = [link.get("href") for link in PAGE.findall("body/nav/ol/li/a")]
    assert links == [f"#{section.get('id')}" for section in PAGE.iter("section")]


def test_the_page_asks_for_nothing():
    assert not re.search(r"(?:src|srcset|data|poster)=|url\(|@import|@font-face|<link|<iframe|<img", SOURCE)
    assert {link.get("href", "")[0] for link in PAGE.iter("a")} == {"#"}
    addresses = set(re.findall(r"https?://[^\"\s]+", SOURCE))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_the_page_allows_its_own_style_sheet_and_script_and_nothing_else():
    policy = PAGE.find("head/meta[@http-equiv='Content-Security-Policy']").get("content")
    style, script = (
        base64.b64encode(hashlib.sha256(PAGE.find(part).text.encode()).digest()).decode()
        for part in ("head/style", "body/script")
    )
    assert policy == f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'"
    assert not [element.tag for element in PAGE.iter() if element.get("style")]


def test_rows_about_persons_stand_folded_at_the_end_and_are_marked():
    listings = find_section(PAGE, "listings")
    assert "Identifiable: for the study team only." in text_of(listings)
    details = listings.find("details")
    assert details.get("open") is None
    assert "2014-03-02" in text_of(details)
    before = SOURCE[: SOURCE.index('<section id="listings"')]
    assert "2014-03-02" not in before


def test_a_page_without_its_listings_holds_no_person():
    assert "2014-03-02" not in repr(build_page(published_results()))


def test_without_listings_nothing_is_said_to_be_identifiable():
    page = text_of(read_report(replace(published_results(), listings=())).find("body"))
    assert "dentifiable" not in page
    assert "study team" not in page


def test_a_name_that_is_markup_is_only_a_name():
    spell = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}{% raw %}"
    results = published_results()
    head = replace(results.head, title=spell, question=spell, source_name=spell, outcome=spell, citation=spell)
    table = replace(results.tables[0], title=spell, footnotes=(spell,), columns=(spell, *results.tables[0].columns[1:]))
    step = replace(results.attrition[1], reason=spell)
    listing = replace(results.listings[0], title=spell, rows=((spell, spell, spell, spell, spell),))
    spelled = replace(
        results,
        head=head,
        tables=(table,),
        attrition=(results.attrition[0], step),
        cautions=(Caution("c", spell, spell),),
        problems=((spell, 1),),
        listings=(listing,),
    )
    source = build_report(spelled)
    page = read_page(source)
    # The page's own script, and no other.
    (script,) = [element for element in page.iter() if element.tag in ("script", "img")]
    assert script.text == read_template("report.js")
    assert text_of(page.find("body/header/h1")) == spell
    assert spell not in source


def test_a_table_whose_name_is_odd_can_still_be_linked():
    results = published_results()
    odd = replace(results.tables[0], id='a "b" #c')
    page = read_report(replace(results, tables=(odd,)))
    assert page.find(".//table[@id='table-1']") is not None


def test_equal_results_give_equal_bytes_in_every_process():
    program = (
        "import hashlib; from spec.report.published_study import published_results;"
        "from refractory.report.document import build_report, read_template;"
        "print(hashlib.sha256(build_report(published_results()).encode()).hexdigest())"
    )
    digests = set()
    for seed in ("1", "2"):
        paths = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert digests == {hashlib.sha256(SOURCE.encode()).hexdigest()}


def test_a_study_without_anything_but_a_head_still_has_a_page():
    results = replace(
        published_results(),
        attrition=(),
        estimates=(),
        tables=(),
        comparisons=(),
        cautions=(),
        methods=(),
        accounts=(),
        problems=(),
        listings=(),
    )
    page = read_report(results)
    assert [section.get("id") for section in page.iter("section")] == ["answer", "checklists"]
    assert text_of(find_section(page, "answer")) == "Answer The study names no response to estimate."


def test_the_written_file_is_the_page(tmp_path):
    path = tmp_path / "report.html"
    write_report(published_results(), path)
    assert path.read_bytes() == SOURCE.encode("utf-8")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    path = tmp_path / "nowhere" / "report.html"
    with pytest.raises(OutputError) as error:
        write_report(published_results(), path)
    assert str(error.value) == (
        "OutputError: The report cannot be written: No such file or directory.\n"
        f"  Where: {path}\n"
        "  Try: a folder that exists and that you may write to, on a disk with room."
    )
