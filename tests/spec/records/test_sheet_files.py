"""Files of sheets: the same table is read from each format, and a file that would do harm is refused."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from refractory.errors import RecordsError
from refractory.records.from_sheet import read_raw_sheets
from refractory.records.from_text_sheets import NOT_UTF8
from refractory.records.grid import AN_ERROR, NO_RESULT, RawSheet, build_grid
from sheet_files import write_opendocument, write_workbook

ROWS = [
    ["Patient", "Date", "Dose", "Note"],
    ["P1", date(2015, 3, 2), 1.5, "a, b; c"],
    [None, None, None, None],
    ["P2", date(2016, 2, 29), -2, 'he said "no"'],
]


def cells_of(path):
    (raw,) = read_raw_sheets(path)
    lines = [tuple(cell for cell in line) for line in raw.cells]
    return [line if any(cell is not None for cell in line) else () for line in lines]


def as_texts(lines):
    return [tuple(None if cell is None else str(cell) for cell in line) for line in lines]


AS_CELLS = [tuple(ROWS[0]), tuple(ROWS[1]), (), tuple(ROWS[3])]
AS_TEXTS = as_texts(AS_CELLS)


def test_a_workbook_of_excel_has_typed_cells(tmp_path):
    assert cells_of(write_workbook(tmp_path / "a.xlsx", {"S": ROWS})) == AS_CELLS


def test_a_workbook_of_another_writer_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "a.xlsm")
    assert cells_of(tmp_path / "a.xlsm") == AS_CELLS


def test_an_opendocument_sheet_is_read_alike(tmp_path):
    assert cells_of(write_opendocument(tmp_path / "a.ods", {"S": ROWS})) == AS_CELLS


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_text_is_read_whatever_parts_its_cells_and_however_it_is_written(tmp_path, mark, encoding, ending):
    def spell(cell):
        text = "" if cell is None else str(cell)
        return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',;|\t"') else text

    path = tmp_path / "a.csv"
    path.write_bytes(ending.join(mark.join(map(spell, row)) for row in ROWS).encode(encoding))
    assert [line if any(line) else () for line in cells_of(path)] == AS_TEXTS


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_names_the_mark_is_no_line_of_the_table(tmp_path, first):
    (tmp_path / "a.csv").write_text(f"{first}\nPatient;Dose\nP1;1,5\n")
    assert cells_of(tmp_path / "a.csv") == [("Patient", "Dose"), ("P1", "1,5")]


def test_decimal_commas_do_not_hide_the_semicolons(tmp_path):
    (tmp_path / "a.csv").write_text("Patient;Dose;Gewicht\n" + "".join(f"P{n};{n},5;7{n},25\n" for n in range(9)))
    assert cells_of(tmp_path / "a.csv")[1] == ("P0", "0,5", "70,25")


def test_a_table_of_one_column_is_one(tmp_path):
    (tmp_path / "a.csv").write_text("Patient\nP1\nP2\n")
    assert cells_of(tmp_path / "a.csv") == [("Patient",), ("P1",), ("P2",)]


def test_a_line_break_in_a_cell_does_not_shift_the_lines(tmp_path):
    (tmp_path / "a.csv").write_text('Patient,Note\nP1,"two\nlines"\nP2,x\n')
    assert cells_of(tmp_path / "a.csv")[2] == ("P2", "x")


def test_rows_of_other_lengths_keep_all_their_cells(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1\n1,2,3\n1,2,,\n")
    assert cells_of(tmp_path / "a.csv") == [("a", "b"), ("1",), ("1", "2", "3"), ("1", "2", None, None)]


def test_what_is_not_utf8_is_read_as_windows_1252_and_told(tmp_path):
    (tmp_path / "a.csv").write_bytes("Patient;Größe\nP1;Ärztin\n".encode("cp1252"))
    (raw,) = read_raw_sheets(tmp_path / "a.csv")
    assert raw.cells[0] == ("Patient", "Größe")
    assert raw.notes == (NOT_UTF8,)


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xls"])
def test_what_a_file_is_its_content_says_and_not_its_name(tmp_path, name):
    write_workbook(tmp_path / name, {"S": ROWS})
    assert cells_of(tmp_path / name) == AS_CELLS
    (tmp_path / name).write_text("Patient\tDose\nP1\t1\n")
    assert cells_of(tmp_path / name) == [("Patient", "Dose"), ("P1", "1")]


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_are_counted_from_the_epoch_of_the_workbook(tmp_path, is_1904):
    path = write_workbook(tmp_path / "a.xlsx", {"S": ROWS}, date_1904=is_1904)
    assert cells_of(path)[1][1] == date(2015, 3, 2)


def test_hidden_sheets_are_read_and_marked(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("Seen").write(0, 0, "a")
        hidden = book.add_worksheet("Hidden")
        hidden.write(0, 0, "b")
        hidden.hide()
    assert [(raw.sheet, raw.is_hidden) for raw in read_raw_sheets(tmp_path / "a.xlsx")] == [
        ("Seen", False),
        ("Hidden", True),
    ]


def test_the_result_of_a_formula_is_what_the_file_has_of_it_and_nothing_is_computed(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet("S")
        sheet.write_formula(0, 0, "=1+1", None, 7)
        sheet.write_formula(0, 1, "=NA()", None, "#N/A")
        sheet.write_formula(0, 2, '=HYPERLINK("http://127.0.0.1:9/","x")', None, "x")
        sheet.write_string(0, 3, "=cmd|'/c calc'!A1")
    assert cells_of(tmp_path / "a.xlsx") == [(7.0, AN_ERROR, "x", "=cmd|'/c calc'!A1")]


def test_a_formula_whose_result_is_an_empty_text_leaves_the_cell_blank(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Patient", "Given"])
        sheet.write_string(1, 0, "P1")
        sheet.write_formula(1, 1, '=IF(A1="","x","")', None, "")
    plain = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as source, zipfile.ZipFile(plain, "w") as target:
        for name in source.namelist():
            # As Excel and LibreOffice write it.
            part = re.sub(
                rb'<c r="B2"[^>]*>(<f>.*?</f>)<v>[^<]*</v>', rb'<c r="B2" t="str">\1<v></v>', source.read(name)
            )
            target.writestr(name, part)
    with zipfile.ZipFile(plain) as package:
        assert b"</f><v></v>" in package.read("xl/worksheets/sheet1.xml")
    assert cells_of(plain) == [("Patient", "Given"), ("P1", None)]


MERGED = """<office:body><office:spreadsheet><table:table table:name="S">
<table:table-row><table:table-cell office:value-type="string"><text:p>Patient</text:p></table:table-cell>
<table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>IVIG 1</text:p></table:table-cell>
<table:covered-table-cell/></table:table-row>
<table:table-row><table:table-cell/>
<table:table-cell office:value-type="string"><text:p>Date</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Lasted</text:p></table:table-cell></table:table-row>
<table:table-row>
<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>P1</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2015-03-02"/>
<table:table-cell office:value-type="time" office:time-value="PT30H00M00S"/></table:table-row>
<table:table-row><table:covered-table-cell/>
<table:table-cell office:value-type="date" office:date-value="2015-04-02"/>
<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" table:value-type="error"/>
</table:table-row></table:table></office:spreadsheet></office:body>"""


def flatten(path, sheet):
    """Write an OpenDocument sheet as one piece of XML."""
    with zipfile.ZipFile(sheet) as package:
        path.write_bytes(package.read("content.xml").replace(b"document-content", b"document"))
    return path


@pytest.mark.parametrize("is_flat", [False, True])
def test_merged_cells_spans_of_time_and_errors_of_an_opendocument_sheet_are_those_of_a_workbook(tmp_path, is_flat):
    content = MERGED
    path = write_opendocument(tmp_path / "a.ods", {}, content if is_flat else content.replace("\n", ""))
    (raw,) = read_raw_sheets(flatten(tmp_path / "a.fods", path) if is_flat else path)
    grid = build_grid(raw, (1, 2))
    assert grid.columns == ("Patient", "IVIG 1 Date", "IVIG 1 Lasted")
    assert list(grid.rows) == [("P1", date(2015, 3, 2), 1.25), ("P1", date(2015, 4, 2), AN_ERROR)]


def test_a_formula_whose_result_is_not_in_the_file_says_so_on_its_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "=1+1"])
    book.create_sheet("Second")["C3"] = "=A1"
    book.save(tmp_path / "a.xlsx")
    first, second = read_raw_sheets(tmp_path / "a.xlsx")
    assert first.cells == [("a", NO_RESULT)]
    assert second.cells[2] == (None, None, NO_RESULT)


def test_an_empty_corner_of_a_sheet_shifts_nothing(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("S").write(3, 2, "x")
    assert cells_of(tmp_path / "a.xlsx") == [(), (), (), (None, None, "x")]


def refused(path, *words):
    with pytest.raises(RecordsError) as error:
        read_raw_sheets(path)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert path.name in str(error.value)


def test_a_sheet_that_reaches_to_the_last_corner_is_refused_before_memory_is_taken(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet("S")
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    refused(tmp_path / "a.xlsx", "line 1,048,576 and to column 16,384", "Ctrl+End")


def test_a_colour_in_the_last_corner_is_no_cell(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet("S")
        sheet.write(0, 0, "a")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bg_color": "yellow"}))
    assert cells_of(tmp_path / "a.xlsx")[0][0] == "a"


def repeated(cells, rows, value='office:value-type="float" office:value="1"'):
    cell = f'<table:table-cell table:number-columns-repeated="{cells}" {value}/>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    table = f'<table:table table:name="S">{row}</table:table>'
    return f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"


def test_a_cell_said_to_come_again_ten_billion_times_is_refused(tmp_path):
    refused(write_opendocument(tmp_path / "a.ods", {}, repeated(16_384, 1_048_576)), "too many cells")


def test_empty_cells_said_to_come_again_are_none(tmp_path):
    (raw,) = read_raw_sheets(write_opendocument(tmp_path / "a.ods", {}, repeated(16_384, 1_048_576, "")))
    assert not any(cell is not None for line in raw.cells for cell in line)


def package(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def test_a_bomb_of_zeros_is_refused_by_its_ratio(tmp_path):
    refused(package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b"0" * (80 << 20)}), "500 times its size")


def test_a_package_of_very_many_parts_is_refused(tmp_path):
    refused(package(tmp_path / "a.xlsx", {f"{n}.xml": b"" for n in range(6_000)}), "6,000 parts")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_are_refused(tmp_path, encoding):
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'.encode(encoding)
    refused(package(tmp_path / "a.xlsx", {"xl/workbook.xml": laughs}), "entities")


def test_a_part_whose_size_is_a_lie_is_refused(tmp_path):
    path = package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b"<c>" * 1_000_000})
    octets = bytearray(path.read_bytes())
    at = octets.rfind(b"PK\x01\x02")
    octets[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(octets))
    refused(path, "damaged")


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm"])
def test_a_file_behind_a_password_is_named_so(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    refused(tmp_path / name, "protected by a password")


def test_an_opendocument_sheet_behind_a_password_is_named_so(tmp_path):
    parts = {"content.xml": b"\x93\x12", "META-INF/manifest.xml": b"<manifest:encryption-data/>"}
    refused(package(tmp_path / "a.ods", parts), "protected by a password")


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "is empty"),
        (b"\r\n\r\n", "is empty"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML spreadsheet"),
        (b"\x00\x01\x02\x03" * 200, "neither a sheet nor a text"),
        (b"PK\x03\x04" + b"\x07" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 2_000, "cannot be read as a workbook"),
        (b'a,b\n1,"open\n2,3\n' * 3, "quotation mark"),
        (b"%PDF-1.7\n\x00\x01\x02\x03\x04\x05\x06\x07\x08", "neither a sheet nor a text"),
    ],
)
def test_what_is_no_sheet_is_told_what_it_is(tmp_path, octets, words):
    (tmp_path / "a.xls").write_bytes(octets)
    refused(tmp_path / "a.xls", words)


def test_a_time_of_day_stays_with_its_date(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", {"S": [[datetime(2015, 3, 2, 8, 30)]]})
    assert cells_of(path)[0][0] in (datetime(2015, 3, 2, 8, 30), date(2015, 3, 2))


def test_a_name_that_comes_again_gets_the_next_number_that_no_column_has():
    names = ("Dose (mg)", "Dose", "Start", "Start", "Start (2)", "Start")
    grid = build_grid(RawSheet("charts.csv", "charts.csv", [names, ("1",) * len(names)]))
    assert grid.columns == ("Dose (mg)", "Dose", "Start", "Start (3)", "Start (2)", "Start (4)")
