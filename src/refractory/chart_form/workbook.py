"""The chart form as a workbook: a sheet per form with drop-downs and checks, how to fill it in, and a dictionary."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from refractory.chart_form.fields import ChartForm, Form, FormField
from refractory.chart_form.guide import list_dictionary, list_guide
from refractory.chart_form.mapping_text import DICTIONARY, GUIDE, HEADER_LINE, LISTS
from refractory.chart_form.validation import (
    FIRST_LINE,
    MOST_PERSONS,
    MOST_ROWS,
    NAMED_CELLS,
    build_rule,
    name_list,
    say_birth,
    say_fault_rule,
    say_missing_rule,
)
from refractory.records.grid import letter_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Dark and light of one blue, and an amber: told apart in grey and by colour-blind readers; a pattern beside the colour.
_DARK, _LIGHT, _AMBER, _GREY = "#1F4E79", "#DCE6F1", "#FFE699", "#595959"
_ANY_DAY = datetime(2000, 1, 1)  # the same bytes for the same study: no clock
_WIDTHS = {"date": 15, "number": 15, "choice": 22, "text": 16}
_MANY = 12


def build_workbook(form: ChartForm) -> bytes:
    """Build the workbook of a chart form; equal bytes for an equal form."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": form.title, "comments": f"Chart form of {form.study}", "created": _ANY_DAY})
    book.set_calc_mode("auto")
    looks = _Looks(book)
    guide = book.add_worksheet(GUIDE)
    sheets = [(one, book.add_worksheet(one.title)) for one in form.forms]
    dictionary, hidden = book.add_worksheet(DICTIONARY), book.add_worksheet(LISTS)
    _write_guide(guide, form, looks)
    for one, sheet in sheets:
        _write_form(sheet, one, looks)
    _write_dictionary(dictionary, form, looks)
    _write_lists(book, hidden, form, looks)
    for name, cells in NAMED_CELLS.items():
        book.define_name(name, cells)
    hidden.hide()
    guide.activate()
    book.close()
    return file.getvalue()


class _Looks:
    """The few looks that the sheets share."""

    def __init__(self, book: Workbook) -> None:
        font = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        wrapped = font | {"text_wrap": True}

        def look(**more: Any) -> Format:
            return book.add_format(wrapped | more)

        self.title = book.add_format(font | {"bold": True, "font_size": 14, "font_color": _DARK})
        self.hint = look(font_size=9, font_color=_GREY, valign="bottom")
        self.needed = look(bold=True, font_color="#FFFFFF", bg_color=_DARK, border=1, border_color="#FFFFFF")
        self.optional = look(bold=True, font_color="#000000", bg_color=_LIGHT, border=1, border_color="#FFFFFF")
        self.text = look()
        self.strong = look(bold=True)
        self.heading = book.add_format(font | {"bold": True, "font_size": 12, "font_color": _DARK})
        self.line = look(bottom=1, bottom_color="#BFBFBF")
        # A day is kept as it is typed: a spreadsheet would make 2015-03 the first of March.
        self.day = book.add_format({"num_format": "@", "font_name": "Calibri", "font_size": 11, "align": "left"})
        self.number = book.add_format({"num_format": "General", "font_name": "Calibri", "font_size": 11})
        self.missing = book.add_format({"bg_color": _LIGHT, "pattern": 1})
        self.fault = book.add_format({"bg_color": _AMBER, "bold": True, "italic": True})

    def of_cell(self, field: FormField) -> Format:
        """Say how the cells of a field look."""
        return self.number if field.kind == "number" else self.day


def _write_form(sheet: Worksheet, form: Form, looks: _Looks) -> None:
    last = FIRST_LINE + (MOST_ROWS if form.is_repeated else MOST_PERSONS) - 2
    sheet.write_string(0, 0, f"{form.title}. {form.row}", looks.title)
    hints = [_say_hint(field) for field in form.fields]
    widths = [_find_width(field) for field in form.fields]
    sheet.set_row(1, 12.5 * max(2, _count_lines(hints, widths, 1.15)))
    sheet.set_row(HEADER_LINE - 1, 15.5 * max(2, _count_lines([field.name for field in form.fields], widths, 0.75)))
    for place, field in enumerate(form.fields):
        sheet.write_string(1, place, hints[place], looks.hint)
        sheet.write_string(HEADER_LINE - 1, place, field.name, looks.needed if field.is_required else looks.optional)
        sheet.set_column(place, place, widths[place], looks.of_cell(field))
        sheet.data_validation(FIRST_LINE - 1, place, last, place, build_rule(form, field))
        fault = say_fault_rule(form, field)
        if fault:
            look = {"type": "formula", "criteria": fault, "format": looks.fault, "stop_if_true": True}
            sheet.conditional_format(FIRST_LINE - 1, place, last, place, look)
        if field.is_required:
            look = {"type": "formula", "criteria": say_missing_rule(form, field), "format": looks.missing}
            sheet.conditional_format(FIRST_LINE - 1, place, last, place, look)
    # Of a long sheet the day stays in sight too.
    sheet.freeze_panes(HEADER_LINE, 2 if len(form.fields) > _MANY and form.fields[1].kind == "date" else 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{FIRST_LINE}:{letter_of(len(form.fields))}{last + 1}"})
    _set_page(sheet, form.title, HEADER_LINE)


def _say_hint(field: FormField) -> str:
    """Say above a column what is asked, and whether it must be."""
    ends = [f"{field.question}{'' if field.question.endswith(('?', '.', ')')) else '.'}"]
    if field.kind == "date":
        ends.append("\nYYYY-MM-DD" + (",\nYYYY-MM or YYYY" if field.may_be_incomplete else ""))
    if field.is_required:
        ends.insert(0, "Needed.")
    return " ".join(ends).replace(" \n", "\n")


def _count_lines(texts: Sequence[str], widths: Sequence[float], letters: float) -> int:
    """Count the lines of the longest text in its column; `letters` fit into a unit of width."""
    return max(
        sum(len(textwrap.wrap(line, max(4, int(width * letters)))) for line in text.splitlines())
        for text, width in zip(texts, widths, strict=True)
    )


def _find_width(field: FormField) -> float:
    longest = max(map(len, field.choices), default=0)
    return min(34, max(_WIDTHS[field.kind], longest + 4, len(field.name) * 0.7 + 2))


def _write_guide(sheet: Worksheet, form: ChartForm, looks: _Looks) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26, looks.text)
    sheet.set_column(1, 1, 84, looks.text)
    sheet.write_string(0, 0, form.title, looks.title)
    line = 2
    for heading, entries in list_guide(form):
        sheet.write_string(line, 0, heading, looks.heading)
        line += 1
        for name, said in entries:
            sheet.write_string(line, 0, name, looks.strong)
            sheet.write_string(line, 1, said, looks.text)
            line += 1
        line += 1
    _set_page(sheet, GUIDE)


def _write_dictionary(sheet: Worksheet, form: ChartForm, looks: _Looks) -> None:
    header, rows = list_dictionary(form)
    for place, (name, width) in enumerate(header):
        sheet.set_column(place, place, width, looks.text)
        sheet.write_string(0, place, name, looks.needed)
    for line, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, looks.line)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(header) - 1)
    _set_page(sheet, DICTIONARY, 1)


def _write_lists(book: Workbook, sheet: Worksheet, form: ChartForm, looks: _Looks) -> None:
    """Write what the checks look up: the first day that each person may have been born on, and the lists of answers."""
    persons = form.forms[0]
    column = letter_of(1 + [field.key for field in persons.fields].index("birth"))
    sheet.write_string(0, 0, "born on this day or later", looks.strong)
    for line in range(FIRST_LINE, FIRST_LINE + MOST_PERSONS):
        sheet.write_formula(line - 1, 0, say_birth(line, column), None, 0)
    lists = [(one, field) for one in form.forms for field in one.fields if field.choices]
    for place, (one, field) in enumerate(lists, start=1):
        letter = letter_of(place + 1)
        sheet.write_string(0, place, name_list(one, field), looks.strong)
        for line, choice in enumerate(field.choices, start=1):
            sheet.write_string(line, place, choice, looks.text)
        book.define_name(name_list(one, field), f"={LISTS}!${letter}$2:${letter}${len(field.choices) + 1}")


def _set_page(sheet: Worksheet, title: str, header: int = 0) -> None:
    """Set how a sheet prints: across the page, as wide as the paper, with its header on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&RPage &P of &N")
    if header:
        sheet.repeat_rows(0, header - 1)
