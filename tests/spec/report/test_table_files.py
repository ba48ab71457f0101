"""A table as CSV: every figure, under its headings, and nothing that a spreadsheet would run."""

from __future__ import annotations

import pytest

from refractory.analysis.results import ResultRow, ResultTable
from refractory.report.table_files import derive_csv_rows
from refractory.report.tables import tabulate_results


def rows_of(*rows: ResultRow, columns: tuple[str, ...] = ("Group", "Persons")) -> list[list[str]]:
    return list(derive_csv_rows(tabulate_results(ResultTable("t", "T", columns, rows))))


def test_a_table_without_headings_of_groups_has_no_column_for_them():
    assert rows_of(ResultRow("Women", (29,)), ResultRow("Men", (13,))) == [
        ["Group", "Persons"], ["Women", "29"], ["Men", "13"],
    ]  # fmt: skip


def test_a_row_names_all_that_it_stands_under():
    rows = rows_of(
        ResultRow("Strata", ()),
        ResultRow("Skin and muscle", (27,), 1),
        ResultRow("lung", (1,), 2),
        ResultRow("Skin", (15,), 1),
        ResultRow("All", (42,)),
    )
    assert rows == [
        ["Under", "Group", "Persons"],
        ["Strata", "Skin and muscle", "27"],
        ["Strata / Skin and muscle", "lung", "1"],
        ["Strata", "Skin", "15"],
        ["", "All", "42"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3=x"])
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text):
    label = rows_of(ResultRow(text, (1,)))[1][0]
    assert label == (text if text[0] in "+-" and text[1].isdigit() else f"'{text}")


@pytest.mark.parametrize("text", ["-5 (95 % CI -9 to -1)", "+3", "–", "-", "0 (0 %)"])
def test_a_number_with_a_sign_stays_as_it_is(text):
    assert rows_of(ResultRow("A", (text,)))[1][1] == text


def test_a_line_break_in_a_name_does_not_break_the_row():
    assert rows_of(ResultRow("skin\nalone", (1,)))[1] == ["skin alone", "1"]
