"""Tables as they are printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.results import (
    AttritionStep,
    Cell,
    Comparison,
    Listing,
    PrintedEstimate,
    ResultRow,
    ResultTable,
    TableAccount,
)
from refractory.report.printed_table import Mark, PrintedCell, PrintedTable
from refractory.report.tables import (
    number_tables,
    tabulate_accounts,
    tabulate_attrition,
    tabulate_comparisons,
    tabulate_listing,
    tabulate_problems,
    tabulate_results,
)
from spec.report.published_study import count, fisher, mean, median, share


def one_cell(cell: Cell) -> PrintedCell:
    table = tabulate_results(ResultTable("one", "One", ("", "Cell"), (ResultRow("Row", (cell, 1)),)))
    return table.groups[0][0].cells[0]


@pytest.mark.parametrize(
    ("cell", "text", "bracket"),
    [
        (share(35, 42, 0.6864, 0.9303), "35/42", "(83 %; 95 % CI 69 to 93)"),
        (median(326, 141, 702, 42), "326", "(141 to 702)"),
        (mean(49.9, 20.42, 42), "49.9 ± 20.4", ""),
        (fisher(0.0274, 42), "P = 0.03", ""),
        (count(5231), "5,231", ""),
        (5231, "5,231", ""),
        ("29/42 (69 %)", "29/42", "(69 %)"),
        ("stopped (or lower), of all", "stopped (or lower), of all", ""),
        (None, "", ""),
    ],
)
def test_a_cell_prints_as_a_journal_prints_it(cell, text, bracket):
    assert one_cell(cell) == PrintedCell(text, bracket)


def labels(table: PrintedTable) -> list[list[str]]:
    return [[row.label for row in group] for group in table.groups]


def test_a_row_without_figures_is_a_heading_and_groups_end_where_the_indent_does():
    rows = (
        ResultRow("Age", (count(1),)),
        ResultRow("Female", (count(1),)),
        ResultRow("Subtype", (None,)),
        ResultRow("Classic", (count(1),), indent=1),
        ResultRow("Overlap", (None,), indent=1),
        ResultRow("On a drug", (count(1),)),
        ResultRow("Of another", (count(1),)),
    )
    table = tabulate_results(ResultTable("baseline", "Persons", ("", "All"), rows))
    assert labels(table) == [
        ["Age", "Female"],
        ["Subtype", "Classic"],
        ["Overlap"],
        ["On a drug", "Of another"],
    ]
    assert table.groups[1][0].cells == ()


def test_what_must_be_known_of_a_number_stands_once_under_the_table_with_a_sign_at_each_cell():
    few, none = replace(share(1, 2), note="Few."), replace(share(0, 0), note="None.")
    rows = (ResultRow("a", (few, share(3, 4))), ResultRow("b", (PrintedEstimate(none, 0), few)))
    table = tabulate_results(ResultTable("t", "T", ("", "One", "Two"), rows, ("A rule.",)))
    assert [[cell.sign for cell in row.cells] for row in table.groups[0]] == [["a", ""], ["b", "a"]]
    assert [(note.sign, note.text) for note in table.notes] == [("", "A rule."), ("a", "Few."), ("b", "None.")]


def test_an_estimate_that_says_its_decimals_has_its_own_decimals_whatever_its_row_has():
    rows = (ResultRow("a", (mean(49.94, 20.42, 42), PrintedEstimate(mean(49.94, 20.42, 7), 0))),)
    cells = tabulate_results(ResultTable("t", "T", ("", "All", "Few"), rows)).groups[0][0].cells
    assert [cell.text for cell in cells] == ["49.9 ± 20.4", "50 ± 20"]


def test_a_level_that_stands_in_the_head_is_not_repeated_in_each_cell():
    one = share(35, 42, 0.6864, 0.9303)
    assert one_cell(PrintedEstimate(one, has_level_in_head=True)) == PrintedCell("35/42", "(83 %; 69 to 93)")
    assert one_cell(PrintedEstimate(one)) == one_cell(one)


def test_only_columns_of_whole_numbers_are_set_to_the_right():
    rows = (ResultRow("a", (1, share(1, 2), count(3), "x")), ResultRow("b", (2, 3, None, None)))
    table = tabulate_results(ResultTable("t", "T", ("", "int", "mixed", "counts", "text"), rows))
    assert [column.is_count for column in table.columns] == [False, True, False, True, False]


def test_no_cell_is_dropped_where_a_row_is_longer_or_shorter_than_the_headings():
    rows = (ResultRow("long", ("1", "2", "3")), ResultRow("short", ("1",)))
    table = tabulate_results(ResultTable("t", "T", ("", "One"), rows))
    assert len(table.columns) == 4
    assert [[cell.text for cell in row.cells] for row in table.groups[0]] == [["1", "2", "3"], ["1", "", ""]]


def test_agreement_is_a_word_and_a_mark_and_notes_are_printed_once():
    comparisons = (
        Comparison("Persons", "42", "42", "42", True),
        Comparison("Lung", "1", "2", "2", False, "News report."),
        Comparison("Muscle", "25", "25", "25", True, "News report."),
        Comparison("Response", "83 %", "83 %", "35/42 (83 %)", True, "Only 35/42 fits."),
    )
    table = tabulate_comparisons(comparisons, "Galimberti 2018")
    rows = table.groups[0]
    assert [row.sign for row in rows] == ["", "a", "a", "b"]
    assert [(row.cells[-1].text, row.cells[-1].mark) for row in rows[:2]] == [
        ("Agrees", Mark.AGREES),
        ("Differs", Mark.DIFFERS),
    ]
    assert [(note.sign, note.text) for note in table.notes] == [
        ("", "3 of 4 print alike, to the digits of the publication. Published: Galimberti 2018"),
        ("a", "News report."),
        ("b", "Only 35/42 fits."),
    ]


def test_more_notes_than_letters_have_signs_of_their_own():
    comparisons = [Comparison(f"{number}", "1", "1", "1", True, f"Note {number}") for number in range(60)]
    signs = [row.sign for row in tabulate_comparisons(comparisons, "").groups[0]]
    assert len(set(signs)) == 60
    assert (signs[25], signs[26], signs[52]) == ("z", "aa", "aaa")


def test_the_flow_chart_in_words_has_a_row_for_each_criterion():
    table = tabulate_attrition([AttritionStep("Age", "Aged 18 or over", "Too young", 10, 8, 1020, 15)])
    assert [column.heading for column in table.columns] == [
        "Criterion",
        "Persons lost",
        "Persons left",
        "Candidate days lost",
        "Candidate days left",
    ]
    (row,) = table.groups[0]
    assert (row.label, *(cell.text for cell in row.cells)) == ("Aged 18 or over", "2", "8", "1,005", "15")


def test_the_rows_of_a_source_table_are_accounted_for():
    (row,) = tabulate_accounts([TableAccount("drug_exposure", 98_310, 4_310, 93_971, 29)]).groups[0]
    assert (row.label, *(cell.text for cell in row.cells)) == ("drug_exposure", "98,310", "4,310", "93,971", "29")


def test_problems_are_counted():
    (row,) = tabulate_problems([("Ends before it starts", 1200)]).groups[0]
    assert (row.label, row.cells[0].text) == ("Ends before it starts", "1,200")


def test_a_listing_prints_what_it_has_and_a_dash_for_what_it_has_not():
    table = tabulate_listing(Listing("l", "Persons", ("Person", "Day 0"), ((1, "2014-03-02"), (2, None), (3,))))
    assert [(row.label, row.cells[0].text) for row in table.groups[0]] == [("1", "2014-03-02"), ("2", "–"), ("3", "")]


def test_tables_are_numbered_in_the_order_of_reading():
    tables = [tabulate_problems([]), tabulate_accounts([])]
    assert [(table.number, table.anchor) for table in number_tables(tables, first=4)] == [
        ("Table 4", "table-4"),
        ("Table 5", "table-5"),
    ]
