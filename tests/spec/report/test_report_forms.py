"""One document, several forms: what stands in one stands in each, and nobody's row stands in any but the page."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from refractory.analysis.results import DayCurve, Listing, ResultRow, ResultTable
from refractory.errors import OutputError
from refractory.report.figure_files import PAGE_HEIGHT_MM
from refractory.report.forms import ALL_FORMS, Form, check_forms, write_forms
from refractory.report.page import build_page
from refractory.report.page_parts import INVENTED
from refractory.report.typesetting import set_text
from spec.report.form_readers import (
    read_bookmarks,
    read_page_sizes_mm,
    read_parts,
    read_pdf,
    read_png_size,
    read_word,
    rows_of_word,
    squeeze,
    text_of_word,
)
from spec.report.page_reader import read_report, rows_of, text_of
from spec.report.published_study import median, published_results, share

CANARY = "canary-7734"
CURVE = DayCurve(
    "dose", "Daily dose", "mg a day", tuple((7 * week, median(30 - week, 10, 50, 42)) for week in range(9))
)
WIDE_TABLE = ResultTable(
    "wide",
    "Wide",
    ("Drug", *(f"Unbreakableheading{number}" for number in range(12))),
    (ResultRow("A", tuple(range(12))),),
)
NOTED_TABLE = ResultTable(
    "noted", "Noted", ("", "Share"), (ResultRow("A", (replace(share(1, 2), note="Read this first."),)),)
)
RESULTS = replace(
    published_results(),
    curves=(CURVE,),
    tables=(*published_results().tables, WIDE_TABLE, NOTED_TABLE),
    listings=(Listing("persons", "Persons", ("Person", "Note"), ((7734, CANARY),)),),
)
PAGE = build_page(RESULTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    write_forms(RESULTS, folder)
    return folder


@pytest.fixture(scope="module")
def word(folder: Path) -> bytes:
    return (folder / "report.docx").read_bytes()


@pytest.fixture(scope="module")
def pdf(folder: Path) -> bytes:
    return (folder / "report.pdf").read_bytes()


def said_by_the_page() -> list[str]:
    """Every sentence, caption, heading and cell of the report, in the order of reading."""
    said = [RESULTS.head.title, RESULTS.head.question]
    for section in PAGE.sections:
        said += [section.heading, *section.answer]
        for caution in section.cautions:
            said += [caution.title, str(caution.number or ""), caution.text]
        said += [f"{figure.number}. {figure.title}" for figure in section.figures]
        for table in section.tables:
            said += [f"{table.number}. {table.title}", *(column.heading for column in table.columns)]
            for row in (row for group in table.groups for row in group):
                said += [row.label, *(cell.whole for cell in row.cells)]
            said += [note.text for note in table.notes]
        for part in section.methods:
            said += [part.heading, *part.sentences]
    return [text for text in said if text]


@pytest.mark.parametrize("form", ["html", "docx", "pdf"])
def test_all_that_the_report_says_stands_in_each_form(word, pdf, form):
    texts = {
        "html": lambda: text_of(read_report(RESULTS)),
        "docx": lambda: text_of_word(word),
        "pdf": lambda: "".join(read_pdf(pdf)),
    }
    there = squeeze(texts[form]())
    said = said_by_the_page()
    assert len(said) > 400
    assert [text for text in said if squeeze(set_text(text)) not in there] == []


def test_the_tables_of_word_have_the_cells_of_the_page_one_by_one(word):
    html = [
        [[squeeze(cell) for cell in row] for row in rows_of(table)]
        for table in read_report(RESULTS).iter("table")
        if re.match(r"Table \d+\. ", text_of(table.find("caption")))
    ]
    docx = [[[squeeze(cell) for cell in row] for row in table] for table in rows_of_word(word)]
    assert docx == html


def test_a_note_of_a_number_stands_under_its_table_with_the_sign_of_its_cell(word, pdf):
    rows = [[squeeze(cell) for cell in row] for table in rows_of_word(word) for row in table]
    assert ["A", "1/2(50%)a"] in rows
    for text in (text_of_word(word), "".join(read_pdf(pdf))):
        assert squeeze("a Read this first.") in squeeze(text)
    assert "1/2(50%)a" in squeeze("".join(read_pdf(pdf)))


def test_the_sections_come_in_one_order_and_are_bookmarks_of_the_pdf(word, pdf):
    headings = [section.heading for section in PAGE.sections]
    styled = [(paragraph.style.name, paragraph.text) for paragraph in read_word(word).paragraphs]
    assert [text for style, text in styled if style == "Heading 1"] == headings
    assert [text for level, text in read_bookmarks(pdf) if level == 1] == headings
    parts = [heading for section in PAGE.sections for heading, _ in section.paragraphs]
    assert [text for style, text in styled if style == "Heading 2"] == parts
    assert [text for level, text in read_bookmarks(pdf) if level == 2] == parts


def test_captions_are_numbered_by_fields_that_word_counts(word):
    xml = read_parts(word)["word/document.xml"].decode("utf-8")
    for label, items in (
        ("Table", [table for section in PAGE.sections for table in section.tables]),
        ("Figure", [figure for section in PAGE.sections for figure in section.figures]),
    ):
        pattern = rf'instrText xml:space="preserve"> SEQ {label} \\\* ARABIC .*?<w:t xml:space="preserve">(\d+)</w:t>'
        assert re.findall(pattern, xml) == [str(number) for number in range(1, len(items) + 1)]


def test_header_rows_repeat_and_no_row_is_parted_by_a_page(word):
    tables = read_word(word).tables
    assert len(tables) == sum(len(section.tables) for section in PAGE.sections)
    for table in tables:
        properties = [row._tr.trPr for row in table.rows]
        marks = [{child.tag.rpartition("}")[2] for child in each} for each in properties]
        assert marks[0] == {"cantSplit", "tblHeader"}
        assert all(mark == {"cantSplit"} for mark in marks[1:])


def test_only_a_table_that_cannot_be_read_upright_turns_its_page(word, pdf):
    turned = [section.orientation for section in read_word(word).sections]
    assert turned == [0, 1, 0]
    sizes = read_page_sizes_mm(pdf)
    assert sizes.count((297.0, 210.0)) == 1
    place = sizes.index((297.0, 210.0))
    assert "Unbreakableheading11" in squeeze(read_pdf(pdf)[place])
    assert set(sizes) == {(210.0, 297.0), (297.0, 210.0)}


def test_every_figure_has_words_for_those_who_cannot_see_it(word, pdf):
    shown = re.findall(
        r'<wp:docPr id="\d+" name="(Figure \d+)" descr="([^"]+)"', read_parts(word)["word/document.xml"].decode()
    )
    assert [name for name, _ in shown] == ["Figure 1", "Figure 2", "Figure 3"]
    assert "35/42" in shown[0][1]
    # PDF/UA-1: a document that says it is tagged, in which language, and what its title is.
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang\s*\(en-GB\)", pdf)
    assert b"pdfuaid:part" in pdf


def test_a_flow_chart_of_fifty_criteria_stands_whole_on_one_page(tmp_path):
    attrition = RESULTS.attrition[:1] + RESULTS.attrition[1:2] * 50
    write_forms(replace(RESULTS, attrition=attrition), tmp_path, (Form.DOCX, Form.PDF))
    xml = read_parts((tmp_path / "report.docx").read_bytes())["word/document.xml"].decode("utf-8")
    heights = re.findall(r'<wp:extent cx="\d+" cy="(\d+)"', xml)
    assert max(int(height) / 36_000 for height in heights) <= PAGE_HEIGHT_MM
    with pypdfium2.PdfDocument((tmp_path / "report.pdf").read_bytes()) as document:
        pages = [page for page in document if "In the study" in page.get_textpage().get_text_bounded()]
        assert len(pages) == 1
        _, page_height = pages[0].get_size()
        text = pages[0].get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
        assert min(bottom for _, bottom, _, _ in boxes) > 0
        assert max(top for _, _, _, top in boxes) < page_height


def test_invented_data_are_called_so_on_each_page(word, pdf):
    pages = read_pdf(pdf)
    assert all("Invented data" in page for page in pages)
    assert squeeze(INVENTED) in squeeze(pages[0])
    assert b"Invented data" in read_parts(word)["word/header.xml"]


def test_pages_are_numbered(pdf):
    pages = read_pdf(pdf)
    assert [f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1)] == [True] * len(
        pages
    )


def test_real_data_are_not_called_invented(tmp_path):
    write_forms(replace(RESULTS, head=replace(RESULTS.head, is_invented=False)), tmp_path, (Form.DOCX, Form.PDF))
    assert "nvented" not in "".join(read_pdf((tmp_path / "report.pdf").read_bytes()))
    for part in read_parts((tmp_path / "report.docx").read_bytes()).values():
        assert b"Invented data" not in part.replace(b'w:val="Invented data"', b"")


def test_a_row_about_a_person_stands_in_the_page_and_nowhere_else(folder):
    assert CANARY in (folder / "report.html").read_text(encoding="utf-8")
    others = [path for path in folder.rglob("*") if path.is_file() and path.name != "report.html"]
    assert len(others) > 40
    for path in others:
        content = path.read_bytes()
        texts = [content]
        if path.suffix == ".docx":
            texts += read_parts(content).values()
        if path.suffix == ".pdf":
            texts += [page.encode() for page in read_pdf(content)]
        assert not any(CANARY.encode() in text for text in texts), path.name


def test_a_document_tells_neither_time_nor_user(folder, word, pdf):
    properties = read_word(word).core_properties
    assert (properties.author, properties.title) == (f"Refractory {RESULTS.head.version}", RESULTS.head.title)
    assert (properties.created, properties.modified, properties.last_modified_by) == (None, None, "")
    assert b"CreationDate" not in pdf
    assert b"CreateDate" not in pdf


def test_equal_results_give_equal_bytes_of_every_form_in_every_process(tmp_path):
    program = (
        "import sys; from pathlib import Path; from spec.report.test_report_forms import RESULTS;"
        "from refractory.report.forms import write_forms; write_forms(RESULTS, Path(sys.argv[1]))"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    digests = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        subprocess.run([sys.executable, "-c", program, str(folder)], env=environment, check=True)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        digests.append({str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert digests[0] == digests[1]


def test_each_figure_is_a_file_at_two_widths_in_three_kinds(folder):
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {
        f"{figure}-{width}.{kind}"
        for figure in ("response", "flow-chart", "dose")
        for width in ("one-column", "two-columns")
        for kind in ("svg", "pdf", "png")
    }


@pytest.mark.parametrize(("width", "mm"), [("one-column", 85.0), ("two-columns", 180.0)])
@pytest.mark.parametrize("figure", ["response", "flow-chart", "dose"])
def test_a_figure_has_the_width_of_its_column_and_600_pixels_an_inch(folder, figure, width, mm):
    stem = folder / "figures" / f"{figure}-{width}"
    ((pdf_width, pdf_height),) = read_page_sizes_mm(stem.with_suffix(".pdf").read_bytes())
    assert pdf_width == pytest.approx(mm, abs=0.1)
    pixels_wide, pixels_high, pixels_an_inch = read_png_size(stem.with_suffix(".png"))
    assert pixels_an_inch == 600
    assert pixels_wide == pytest.approx(mm / 25.4 * 600, abs=2)
    assert pixels_high == pytest.approx(pdf_height / 25.4 * 600, abs=3)
    svg = stem.with_suffix(".svg").read_text(encoding="utf-8")
    assert f'width="{mm:g}mm"' in svg


def test_the_text_of_a_figure_is_text_in_its_pdf(folder):
    (page,) = read_pdf((folder / "figures" / "flow-chart-two-columns.pdf").read_bytes())
    assert "In the study" in page
    assert b"/FontFile" in (folder / "figures" / "flow-chart-two-columns.pdf").read_bytes()


def test_each_table_is_a_csv_file_and_a_word_document(folder):
    tables = [table for section in PAGE.sections for table in section.tables]
    names = {path.stem for path in (folder / "tables").iterdir()}
    assert len(names) == len(tables) + 2
    assert {"response", "published", "flow-chart-in-words", "dose-in-words"} <= names
    for suffix in (".csv", ".docx"):
        assert {path.stem for path in (folder / "tables").glob(f"*{suffix}")} == names


def test_a_table_of_its_own_keeps_its_number_wherever_it_is_pasted(folder):
    number = next(table.number for section in PAGE.sections for table in section.tables if table.name == "published")
    content = (folder / "tables" / "published.docx").read_bytes()
    xml = read_parts(content)["word/document.xml"].decode("utf-8")
    assert f" SEQ Table \\r {number.removeprefix('Table ')} " in xml
    assert len(read_word(content).tables) == 1
    assert text_of_word(content).startswith(number.split(" ")[0])


def test_a_table_as_csv_has_every_row_with_figures(folder):
    with (folder / "tables" / "response.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[0][0] == "Under"
    assert rows[1][:4] == ["", "All persons", "42", "0"]
    assert rows[1][4] == "35/42 (83 %; 95 % CI 69 to 93)"


def test_the_checklists_are_a_document_with_one_table_each(folder):
    content = (folder / "checklists.docx").read_bytes()
    assert len(read_word(content).tables) == 3
    assert re.findall(r"SEQ (\w+) ", read_parts(content)["word/document.xml"].decode("utf-8")) == ["Checklist"] * 3


def test_two_tables_of_one_name_have_files_of_their_own(tmp_path):
    table = ResultTable("a b", "One", ("", "N"), (ResultRow("x", (1,)),))
    twins = replace(RESULTS, tables=(table, replace(table, id="a-b", title="Two")), curves=())
    write_forms(twins, tmp_path, (Form.TABLES,))
    assert {"a-b.csv", "a-b-2.csv"} <= {path.name for path in (tmp_path / "tables").iterdir()}


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("html,docx,pdf,figures,tables", ALL_FORMS),
        ("html", ()),
        ("", ()),
        ("PDF, docx", (Form.DOCX, Form.PDF)),
        ("tables,tables", (Form.TABLES,)),
    ],
)
def test_forms_are_named_in_any_order(text, forms):
    assert check_forms(text) == forms


def test_a_form_that_does_not_exist_is_answered_with_those_that_do():
    with pytest.raises(OutputError, match='there is no form "dvi" of a report') as raised:
        check_forms("pdf,dvi")
    assert "docx, pdf, figures, tables" in str(raised.value.remedy)


def test_only_the_forms_that_were_asked_for_are_written(tmp_path):
    write_forms(RESULTS, tmp_path, ())
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_does_not_exist_is_answered_in_words(tmp_path):
    with pytest.raises(OutputError, match=r"cannot be written: No such file or directory"):
        write_forms(RESULTS, tmp_path / "nowhere", (Form.PDF,))


def test_a_study_without_anything_but_a_head_has_every_form(tmp_path):
    empty = replace(
        RESULTS, attrition=(), estimates=(), tables=(), comparisons=(), cautions=(), methods=(), accounts=(),
        problems=(), listings=(), curves=(), head=replace(RESULTS.head, title="", question=""),
    )  # fmt: skip
    write_forms(empty, tmp_path)
    assert len(read_word((tmp_path / "report.docx").read_bytes()).tables) == 0
    assert len(read_pdf((tmp_path / "report.pdf").read_bytes())) == 1
    assert list((tmp_path / "figures").iterdir()) == []
