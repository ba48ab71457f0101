"""The report in a word processor that is not ours: LibreOffice opens it, counts its captions and lays out its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from refractory.report.forms import Form, write_forms
from refractory.report.page import build_page
from spec.report.form_readers import read_page_sizes_mm, read_pdf, squeeze
from spec.report.test_report_forms import RESULTS

PAGE = build_page(RESULTS)


def convert(document: Path, folder: Path) -> bytes:
    """Open a document in LibreOffice and return what it prints."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("LibreOffice is missing: `apt-get install -y libreoffice-writer-nogui`.")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (folder / f"{document.stem}.pdf").read_bytes()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("word")
    write_forms(RESULTS, folder, (Form.DOCX,))
    return convert(folder / "report.docx", folder)


def test_every_table_and_figure_is_printed_with_the_number_that_it_has_in_the_page(printed):
    there = squeeze("".join(read_pdf(printed)))
    captions = [f"{item.number}. {item.title}" for section in PAGE.sections for item in section.items]
    assert len(captions) > 10
    assert [caption for caption in captions if squeeze(caption) not in there] == []


def test_only_the_page_of_the_table_that_is_too_wide_is_turned(printed):
    sizes = read_page_sizes_mm(printed)
    assert [width > height for width, height in sizes].count(True) == 1
    assert len(sizes) < 15


def test_pages_are_numbered_and_say_that_the_data_are_invented(printed):
    pages = read_pdf(printed)
    for number, page in enumerate(pages, start=1):
        assert re.search(rf"Page\s+{number}\s+of\s+{len(pages)}", page)
        assert "Invented data" in page


def test_a_table_of_its_own_opens_with_its_number(tmp_path):
    write_forms(RESULTS, tmp_path, (Form.TABLES,))
    number = next(table.number for section in PAGE.sections for table in section.tables if table.name == "published")
    assert squeeze(f"{number}. Published figures") in squeeze(
        read_pdf(convert(tmp_path / "tables" / "published.docx", tmp_path))[0]
    )
