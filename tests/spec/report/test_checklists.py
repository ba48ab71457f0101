"""The reporting checklists: every item of the statements, and an answer only where the report has one."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import refractory
from refractory.report.checklist_items import STROBE
from refractory.report.checklist_items_record import RECORD, RECORD_PE
from refractory.report.checklists import CHECKLISTS, UNANSWERED, tabulate_checklists
from refractory.report.page import build_page
from refractory.report.page_parts import Section
from spec.report.page_reader import find_section, read_report, rows_of
from spec.report.published_study import published_results

PAGE = build_page(published_results())
SOURCE = Path(refractory.__file__).parent


def numbers_of(checklist):
    return [item.number for item in checklist.items]


def test_strobe_has_its_22_items_for_cohort_studies():
    parted = {1: "ab", 6: "ab", 12: "abcde", 13: "abc", 14: "abc", 16: "abc"}
    assert numbers_of(STROBE) == [f"{item}{part}" for item in range(1, 23) for part in parted.get(item, [""])]


def test_record_has_its_13_items():
    assert numbers_of(RECORD) == [
        "1.1", "1.2", "1.3", "6.1", "6.2", "6.3", "7.1", "12.1", "12.2", "12.3", "13.1", "19.1", "22.1",
    ]  # fmt: skip


def test_record_pe_has_its_15_items():
    assert numbers_of(RECORD_PE) == [
        "4.a", "4.b", "6.1.a", *(f"7.1.{part}" for part in "abcdefg"), "8.a", "12.1.a", "12.1.b", "19.1.a", "20.a",
    ]  # fmt: skip


def test_an_item_stands_under_the_part_of_the_paper_that_its_number_belongs_to():
    last_items = {"Title and abstract": 1, "Introduction": 3, "Methods": 12, "Results": 17, "Discussion": 21}
    for checklist in CHECKLISTS:
        for item in checklist.items:
            number = int("".join(sign for sign in item.number.split(".")[0] if sign.isdigit()))
            assert next((part for part, last in last_items.items() if number <= last), "Other information") == item.part


def test_every_item_asks_in_words_of_our_own_that_fit_a_line_or_two():
    items = [item for checklist in CHECKLISTS for item in checklist.items]
    assert all(10 < len(item.asks) < 100 for item in items)
    assert len({(checklist.name, item.asks) for checklist in CHECKLISTS for item in checklist.items}) == len(items)


def find_names_in_source() -> set[str]:
    """Every text in the source that can be the name of a table or the heading of a paragraph of the methods."""
    texts = set()
    for path in sorted(SOURCE.rglob("*.py")):
        if "checklist" not in path.name:
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            texts |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts


NAMES = find_names_in_source()


@pytest.mark.parametrize("place", sorted({place for one in CHECKLISTS for item in one.items for place in item.places}))
def test_every_place_that_an_item_names_is_one_that_a_report_can_have(place):
    kind, name = place.split(":")
    assert kind in ("section", "methods", "table", "figure")
    assert name in NAMES


def test_an_item_is_answered_by_the_tables_figures_and_paragraphs_that_there_are():
    strobe, record, _ = tabulate_checklists(PAGE.sections)
    rows = {row.label: [cell.text for cell in row.cells] for group in strobe.groups for row in group}
    assert rows["13c"] == ["a flow diagram, if possible", "Figure 2", "–"]
    assert rows["1b"][1:] == ["Answer; Abstract for a paper", "Its background, and what the abstract leaves out."]
    assert rows["22"][1:] == ["–", "All of it."]
    assert record.number == "Checklist 2"


def test_what_a_report_without_anything_does_not_answer_is_left_to_the_author():
    for checklist in tabulate_checklists((Section("answer", "Answer", answer=("None.",)),)):
        for row in (row for group in checklist.groups for row in group if row.cells):
            _, answered, author = (cell.text for cell in row.cells)
            assert author != "–" or answered != "–"
    strobe = tabulate_checklists(())[0]
    rows = {row.label: [cell.text for cell in row.cells] for group in strobe.groups for row in group}
    assert rows["13c"][1:] == ["–", UNANSWERED]


def test_the_page_has_the_checklists_folded_at_its_end():
    section = find_section(read_report(published_results()), "checklists")
    details = section.findall("details")
    assert [fold.find("summary").text.split(".")[0] for fold in details] == [
        "Checklist 1",
        "Checklist 2",
        "Checklist 3",
    ]
    assert all(fold.get("open") is None for fold in details)
    rows = list(rows_of(details[0].find(".//table")))
    assert rows[0] == ["Item", "Asks for", "Answered in", "Left to the author"]
    assert len(rows) == 1 + 6 + 34


def test_a_study_without_a_flow_chart_does_not_claim_one():
    page = build_page(replace(published_results(), attrition=()))
    rows = {row.label: row.cells[1].text for group in page.checklists[0].groups for row in group if row.cells}
    assert rows["13c"] == "–"
