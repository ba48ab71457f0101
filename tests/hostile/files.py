"""Files that are not what they seem: encodings, shapes, workbooks, and what means harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import xlsxwriter

from hostile.case import BASIC, HEAD, Case
from hostile.typed import GOOD, READ

NAMES = ("MRN", "Drug", "Start", "Stop", "Dose")
DAY = date(2015, 3, 2)
TEXT = HEAD + GOOD
UMLAUT = HEAD + "Qö4711,MTX,2015-03-02,,\n"
READ_UMLAUT = "Qö4711 | methotrexate | 2015-03-02"


def book(
    *rows: tuple[Any, ...],
    header: tuple[str, ...] | None = NAMES,
    more: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> Callable[[Path], None]:
    """Write a workbook of one sheet; dates are written as dates."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", **options}) as workbook:
            page = workbook.add_worksheet("Charts")
            lines = [header, *rows] if header else rows
            for line, cells in enumerate(lines):
                for column, cell in enumerate(cells or ()):
                    if callable(cell):
                        cell(page, line, column)
                    elif cell is not None:
                        page.write(line, column, cell)
            if more:
                more(workbook, page)

    return write


def merged(first: int, left: int, last: int, right: int, text: str) -> Callable[[Any, Any], None]:
    return lambda _, page: page.merge_range(first, left, last, right, text)


def formula(text: str, value: Any) -> Callable[[Any, int, int], None]:
    return lambda page, line, column: page.write_formula(line, column, text, None, value)


# Read in a process of its own, with little room.
LARGE = (
    "a cell stands in the last row of the sheet",
    "a cell stands in the last cell of the sheet",
    "the workbook is a zip bomb",
    "the workbook asks for a billion laughs and for a file",
    "the workbook is nothing but shared texts that swell",
)


def packed(members: dict[str, bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return write


def bomb(path: Path) -> None:
    """Write a workbook whose only sheet is a gigabyte of blanks."""
    book((GOOD,))(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            if name.endswith("sheet1.xml"):
                with archive.open(name, "w", force_zip64=True) as member:
                    start, end = content.split(b"<sheetData>", 1)
                    member.write(start + b"<sheetData>")
                    for _ in range(1024):
                        member.write(b" " * (1 << 20))
                    member.write(end)
            else:
                archive.writestr(name, content)


def swelling(path: Path) -> None:
    """Write a workbook whose table of shared texts is half a gigabyte of one text."""
    book(("Q4711", "MTX", DAY))(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if name.endswith("sharedStrings.xml"):
                with archive.open(name, "w", force_zip64=True) as member:
                    start, end = content.rsplit(b"</sst>", 1)
                    member.write(start)
                    for _ in range(512):
                        member.write(b"<si><t>" + b"x" * (1 << 20) + b"</t></si>")
                    member.write(b"</sst>" + end)
            else:
                archive.writestr(name, content)


def entities(path: Path) -> None:
    """Write a workbook whose sheet asks for a billion laughs and for a file of the machine."""
    book((GOOD,))(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    head = f'<!DOCTYPE x [{laughs}<!ENTITY file SYSTEM "file:///etc/passwd">]>'.encode()
    for name, content in members.items():
        if name.endswith("sheet1.xml"):
            members[name] = content.replace(b"?>", b"?>" + head, 1).replace(b"<v>0</v>", b"<v>&a9;&file;</v>", 1)
    packed(members)(path)


def with_member(name: str, content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        book(("Q4711", "MTX", DAY))(path)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, content)

    return write


def hidden(workbook: Any, page: Any) -> None:
    lists = workbook.add_worksheet("Lists")
    lists.write_row(0, 0, ["MTX", "MMF"])
    lists.write_row(1, 0, ["Q4799", "MMF"])
    lists.hide()
    page.autofilter(0, 0, 3, 4)
    page.set_row(2, None, None, {"hidden": True})
    page.set_column(3, 3, None, None, {"hidden": True})
    page.freeze_panes(1, 0)


def charted(workbook: Any, page: Any) -> None:
    chart = workbook.add_chart({"type": "column"})
    chart.add_series({"values": "=Charts!$C$2:$C$3"})
    page.insert_chart("H2", chart)
    line = workbook.add_chart({"type": "line"})
    line.add_series({"values": "=Charts!$C$2:$C$3"})
    workbook.add_chartsheet("Picture").set_chart(line)
    page.write_comment("A2", "lost to follow-up, see the chart of Q4799")


def far_away(line: int, column: int) -> Callable[[Any, Any], None]:
    return lambda _, page: page.write(line, column, "x")


def without_values(path: Path) -> None:
    """Write a workbook as a program does that computes nothing: its formulas have no values."""
    from openpyxl import Workbook

    workbook = Workbook()
    page = workbook.active
    page.title = "Charts"
    page.append(NAMES)
    page.append(["Q4711", "MTX", DAY])
    page.append(["Q4711", "MMF", "=C2+30"])
    workbook.save(path)


def link_out(path: Path) -> None:
    outside = path.parent.parent / f"outside-{path.parent.name}.csv"
    outside.write_text(TEXT, encoding="utf-8")
    path.symlink_to(outside)


NAMED = BASIC.replace("[[table]]", '[[table]]\nsheet = "Charts"')
WIDE = '[source]\ndates = "day first"\n[[table]]\nperson = "MRN"\n'
CYCLES = WIDE + (
    '[[table.record]]\nkind = "drug"\ncolumn = { start = "IVIG {n} date", dose = "IVIG {n} dose" }\n'
    'text = { what = "IVIG" }\n'
)

TEXTS = (
    Case("the text begins with a byte order mark", b"\xef\xbb\xbf" + TEXT.encode(), (READ,)),
    Case("the text is UTF-16", UMLAUT.encode("utf-16"), (READ_UMLAUT,)),
    Case("the text is UTF-16 without a mark", TEXT.encode("utf-16-le"), (READ,), may_refuse=True),
    Case("the text is Latin-1", UMLAUT.encode("latin-1"), (READ_UMLAUT,), may_refuse=True),
    Case(
        "half of the text is UTF-8 and half Latin-1",
        TEXT.encode() + "Qö4712,MTX,2015-03-02,,\n".encode() + "Qö4713,MTX,soon,,\n".encode("latin-1"),
        refused="",
    ),
    Case("semicolons part the cells", TEXT.replace(",", ";"), (READ,)),
    Case("tabs part the cells of a .csv", TEXT.replace(",", "\t"), (READ,)),
    Case("bars part the cells", TEXT.replace(",", "|"), (READ,)),
    Case("the first line says what parts the cells", "sep=;\n" + TEXT.replace(",", ";"), (READ,)),
    Case("lines end in three ways", HEAD.replace("\n", "\r\n") + GOOD.replace("\n", "\r") + GOOD, (READ, READ)),
    Case("lines end as on an old Macintosh", TEXT.replace("\n", "\r"), (READ,)),
    Case(
        "a cell has a line break",
        HEAD + 'Q4711,"MTX\n(from GP)",2015-03-02,,\n' + "Q4711,MMF,soon,,\n",
        (READ,),
        {3: "no date"},
    ),
    Case(
        "a quote is never closed, and swallows what follows",
        HEAD + GOOD + 'Q4712,"MTX,2015-03-02,,\n' + "Q4713,MTX,2015-03-02,,\n" * 3,
        refused="quot",
    ),
    Case(
        "a quote stands within a cell",
        HEAD + 'Q4711,MTX,2015-03-02,,take 2" tablets\n',
        (f'{READ} | | take 2" tablets',),
    ),
    Case("NUL bytes stand in the text", TEXT.replace("MTX", "M\0TX"), (READ,), may_refuse=True),
    Case(
        "lines are shorter and longer than the header",
        HEAD + "Q4711,MTX,2015-03-02\nQ4711,MMF,2015-04-02,,,,more\n",
        (READ, "Q4711 | mycophenolate | 2015-04-02"),
        told=((0, "column G: .*not use"),),
    ),
    Case("the file is empty", b"", refused=""),
    Case("the file has its header alone", HEAD),
    Case("the file has one column", "MRN\nQ4711\n", refused="Drug"),
    Case(
        "the file is turned on its side", "MRN,Q4711,Q4712\nDrug,MTX,MMF\nStart,2015-03-02,2015-04-02\n", refused="Drug"
    ),
    Case(
        "the file is as wide as a sheet can be",
        HEAD.strip() + "".join(f",c{n}" for n in range(16_379)) + "\n" + GOOD,
        (READ,),
    ),
    Case(
        "two columns have one name",
        "MRN,Drug,Start,Start\nQ4711,MTX,2015-03-02,2015-04-02\n",
        (f"{READ} | 2015-04-02",),
        mapping=BASIC.replace('end = "Stop", directions = "Dose"', 'end = "Start (2)"'),
    ),
    Case(
        "a column has no name",
        "MRN,Drug,\nQ4711,MTX,2015-03-02\n",
        (READ,),
        mapping=WIDE + '[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", start = "column C" }\n',
    ),
    Case("the header is spelled otherwise", '"  mrn ",DRUG,"Start ",STOP,"dose"\n' + GOOD, (READ,)),
    Case(
        "the header has a line break",
        'MRN,Drug,"Start\ndate"\n' + "Q4711,MTX,2015-03-02\n",
        (READ,),
        mapping=WIDE + '[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", start = "Start date" }\n',
    ),
    Case(
        "the header stands in line 7",
        "Charts of 2015\n\nred = excluded,,\n,,\nby J.\n\n" + TEXT,
        (READ,),
        mapping=BASIC.replace("[[table]]", "[[table]]\nheader = [7]"),
    ),
    Case(
        "visits stand beside each other",
        "MRN,IVIG 1 date,IVIG 1 dose,IVIG 2 date,IVIG 2 dose\nQ4711,2015-03-02,80 g,,\n"
        "Q4712,2015-03-02,80 g,2015-04-02,60g\n",
        (
            "Q4711 | immunoglobulin | 2015-03-02",
            "Q4712 | immunoglobulin | 2015-03-02",
            "Q4712 | immunoglobulin | 2015-04-02",
        ),
        mapping=CYCLES,
    ),
    Case(
        "a dose has no date",
        "MRN,IVIG 1 date,IVIG 1 dose,IVIG 2 date,IVIG 2 dose\nQ4711,2015-03-02,80 g,,60 g\n",
        ("Q4711 | immunoglobulin | 2015-03-02",),
        told=((2, "IVIG 2 date: no date"),),
        mapping=CYCLES,
    ),
    Case(
        "the file is a workbook called .csv", lambda path: book(("Q4711", "MTX", DAY))(path), (READ,), may_refuse=True
    ),
)

BOOK = "charts.xlsx"
BOOKS = (
    Case(
        "dates are dates, and one is text",
        book(("Q4711", "MTX", DAY), ("Q4711", "MMF", "2/4/2015")),
        (READ, "Q4711 | mycophenolate | 2015-04-02"),
        file=BOOK,
    ),
    Case("dates count from 1904", book(("Q4711", "MTX", DAY), date_1904=True), (READ,), file=BOOK),
    Case(
        "a number is no date",
        book(
            ("Q4711", "MTX", DAY),
            ("Q4711", "MTX", -5),
            ("Q4711", "MTX", 0),
            ("Q4711", "MTX", 3.5),
            ("Q4711", "MTX", time(14, 30)),
        ),
        (READ,),
        {3: "", 4: "", 5: "", 6: ""},
        file=BOOK,
    ),
    Case(
        "a yes stands in the date column",
        book(("Q4711", "MTX", DAY), ("Q4711", "MTX", True)),
        (READ,),
        {3: "no date"},
        file=BOOK,
    ),
    Case(
        "ids are numbers in some rows and text in others",
        book((4711, "MTX", DAY), ("4711", "MMF", DAY), (" 04711", "HCQ", DAY)),
        (
            "4711 | methotrexate | 2015-03-02",
            "4711 | mycophenolate | 2015-03-02",
            "4711 | hydroxychloroquine | 2015-03-02",
        ),
        file=BOOK,
    ),
    Case(
        "a person stands in a cell that is merged downwards",
        book((None, "MTX", DAY), (None, "MMF", DAY), ("Q4712", "MTX", DAY), more=merged(1, 0, 2, 0, "Q4711")),
        (READ, "Q4711 | mycophenolate | 2015-03-02", "Q4712 | methotrexate | 2015-03-02"),
        file=BOOK,
        mapping=BASIC.replace("[[table]]", '[[table]]\nfill_down = ["MRN"]'),
    ),
    Case(
        "a merged title stands above the header",
        book((), NAMES, ("Q4711", "MTX", DAY), header=None, more=merged(0, 0, 0, 4, "Charts of our clinic")),
        (READ,),
        file=BOOK,
        mapping=BASIC.replace("[[table]]", "[[table]]\nheader = [2]"),
    ),
    Case(
        "the header has two lines, the upper one merged",
        book(("MRN",), (None, "date", "dose"), ("Q4711", DAY, "80 g"), header=None, more=merged(0, 1, 0, 2, "IVIG 1")),
        ("Q4711 | immunoglobulin | 2015-03-02",),
        file=BOOK,
        mapping=CYCLES.replace("[[table]]\n", "[[table]]\nheader = [1, 2]\n"),
    ),
    Case("a formula has a value", book(("Q4711", "MTX", formula("=DATE(2015,3,2)", 42065))), (READ,), file=BOOK),
    Case(
        "a formula asks for another file",
        book(("Q4711", "MTX", formula("='[outside.xlsx]Sheet1'!$A$1", 42065))),
        (READ,),
        file=BOOK,
    ),
    Case("a formula has no value", without_values, (READ,), {3: ""}, file=BOOK),
    Case(
        "rows, columns and a sheet are hidden",
        book(("Q4711", "MTX", DAY), ("Q4712", "MMF", DAY), more=hidden),
        (READ, "Q4712 | mycophenolate | 2015-03-02"),
        told=((0, "nothing of this sheet"),),
        file=BOOK,
        mapping=NAMED,
    ),
    Case(
        "charts, a sheet of a chart and comments stand beside the data",
        book(("Q4711", "MTX", DAY), more=charted),
        (READ,),
        file=BOOK,
        mapping=NAMED,
    ),
    Case(
        "the workbook has macros",
        with_member("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        (READ,),
        file="charts.xlsm",
    ),
    Case(
        "the workbook has a member that leads out of it",
        with_member("../../outside.txt", b"x"),
        (READ,),
        may_refuse=True,
        file=BOOK,
    ),
    Case(
        "a cell stands in the last row of the sheet",
        book(("Q4711", "MTX", DAY), more=far_away(1_048_575, 0)),
        (READ,),
        {},
        may_refuse=True,
        file=BOOK,
        persons=1,
    ),
    Case(
        "a cell stands in the last cell of the sheet",
        book(("Q4711", "MTX", DAY), more=far_away(1_048_575, 16_383)),
        (READ,),
        {1_048_576: "no person"},
        may_refuse=True,
        file=BOOK,
    ),
    Case("the workbook is a zip bomb", bomb, refused="", file=BOOK),
    Case("the workbook is nothing but shared texts that swell", swelling, refused="", file=BOOK),
    Case("the workbook asks for a billion laughs and for a file", entities, (READ,), may_refuse=True, file=BOOK),
    Case(
        "the workbook is encrypted",
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4_000,
        refused="",
        file=BOOK,
    ),
    Case(
        "the .xls is a web page",
        b"<html><body><table><tr><td>MRN</td></tr></table></body></html>",
        refused="",
        file="charts.xls",
    ),
    Case("the .xlsx is text", TEXT.encode(), (READ,), may_refuse=True, file=BOOK),
    Case("the .xlsx is empty", b"", refused="", file=BOOK),
    Case("the .xlsx is a zip of something else", packed({"readme.txt": b"hello"}), refused="", file=BOOK),
    Case(
        "the .xlsx is cut off",
        lambda path: (book(("Q4711", "MTX", DAY))(path), path.write_bytes(path.read_bytes()[:-400]))[0],
        refused="",
        file=BOOK,
    ),
    Case("the workbook has one sheet without a cell", book(header=None), refused="", file=BOOK),
)

PLACES = (
    Case(
        "the mapping names a file above its folder",
        TEXT,
        refused="outside|folder|beside",
        mapping=BASIC.replace("[source]", '[source]\nfile = "../secret.csv"'),
    ),
    Case(
        "the mapping names a file by its whole path",
        TEXT,
        refused="outside|folder|beside",
        mapping=BASIC.replace("[source]", '[source]\nfile = "/etc/hostname"'),
    ),
    Case("the file is a link that leads out of the folder", link_out, refused="outside|folder|beside"),
    Case("the file is a folder", lambda path: path.mkdir(), refused=""),
    Case("the file is not there", lambda path: None, refused="beside|not there"),
    Case(
        "the mapping names a column that is not there", TEXT, refused="Drug", mapping=BASIC.replace('"Drug"', '"Drugs"')
    ),
    Case("the mapping is no TOML", TEXT, refused="TOML", mapping="[source]\nkind = \n"),
    Case(
        "the mapping asks for a kind of record that is none",
        TEXT,
        refused="kind|record",
        mapping=BASIC.replace('"drug"', '"medicine"'),
    ),
    Case(
        "the mapping names a server",
        TEXT,
        refused="",
        mapping=BASIC.replace("[source]", '[source]\nkind = "redcap"\naddress = "http://192.0.2.1/api/"'),
    ),
    Case(
        "a sheet of the mapping is not in the file",
        TEXT,
        refused="sheet",
        mapping=BASIC.replace("[[table]]", '[[table]]\nsheet = "Bloods"'),
    ),
)
