"""The workbook as a spreadsheet opens it: drop-downs, checks, header, dictionary; and nothing that is no answer."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from refractory.chart_form.building import build_chart_form
from refractory.chart_form.fields import PERSON, ChartForm
from refractory.chart_form.mapping_text import DICTIONARY, GUIDE, HEADER_LINE, LISTS
from refractory.chart_form.workbook import build_workbook
from refractory.protocol import parse_protocol

STUDIES = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))


@pytest.fixture(scope="module", params=STUDIES, ids=lambda path: path.stem)
def opened(request: pytest.FixtureRequest) -> tuple[ChartForm, openpyxl.Workbook]:
    path = request.param
    form = build_chart_form(parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent))
    return form, openpyxl.load_workbook(io.BytesIO(build_workbook(form)))


def test_the_sheets_are_the_guide_the_forms_the_dictionary_and_hidden_lists(opened):
    form, book = opened
    assert book.sheetnames == [GUIDE, *(one.title for one in form.forms), DICTIONARY, LISTS]
    assert [sheet.title for sheet in book if sheet.sheet_state == "hidden"] == [LISTS]
    assert book.active.title == GUIDE


def test_each_form_has_its_columns_in_a_header_that_stays_in_sight_and_no_row_below(opened):
    form, book = opened
    for one in form.forms:
        sheet = book[one.title]
        assert [cell.value for cell in sheet[HEADER_LINE]] == [field.name for field in one.fields]
        assert sheet.max_row == HEADER_LINE
        assert sheet.freeze_panes.endswith(str(HEADER_LINE + 1))
        assert sheet.print_title_rows == f"$1:${HEADER_LINE}"


def test_each_column_has_its_check(opened):
    form, book = opened
    kinds = {"date": {"custom"}, "choice": {"list"}, "number": {"decimal", "whole"}, "text": {None, "none"}}
    for one in form.forms:
        checks = {
            cells.min_col: check
            for check in book[one.title].data_validations.dataValidation
            for cells in check.sqref.ranges
        }
        for place, field in enumerate(one.fields, start=1):
            check = checks[place]
            if field.key == PERSON:
                assert check.type == ("list" if one.is_repeated else "custom")
            else:
                assert check.type in kinds[field.kind]
            assert check.prompt
            assert check.type in (None, "none") or check.error


def test_a_drop_down_offers_the_answers_of_its_field(opened):
    form, book = opened
    for one in form.forms:
        for check in book[one.title].data_validations.dataValidation:
            field = one.fields[next(iter(check.sqref.ranges)).min_col - 1]
            if check.type != "list" or field.key == PERSON:
                continue
            if check.formula1.startswith('"'):
                offered = tuple(check.formula1.strip('"').split(","))
            else:
                name, _, cells = book.defined_names[check.formula1].value.partition("!")
                offered = tuple(cell.value for (cell,) in book[name][cells.replace("$", "")])
            assert offered == field.choices


def test_a_day_is_kept_as_it_is_typed(opened):
    form, book = opened
    for one in form.forms:
        for place, field in enumerate(one.fields, start=1):
            letter = openpyxl.utils.get_column_letter(place)
            wanted = "General" if field.kind == "number" else "@"
            shared = [own for own in book[one.title].column_dimensions.values() if own.min <= place <= own.max]
            assert [own.number_format for own in shared] == [wanted], letter


def test_the_dictionary_has_a_row_for_each_question(opened):
    form, book = opened
    rows = list(book[DICTIONARY].iter_rows(min_row=2, values_only=True))
    asked = [
        (one.title, field.name)
        for one in form.forms
        for field in one.fields
        if field.key != PERSON or not one.is_repeated
    ]
    assert [row[:2] for row in rows] == asked
    assert all(row[2] and row[3] and row[4] and row[7] and row[8] for row in rows)


def test_the_same_study_gives_the_same_bytes(opened):
    form, _ = opened
    assert build_workbook(form) == build_workbook(form)
