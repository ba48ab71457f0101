"""Sheets of residents: `refractory init --yes`, then `refractory run`, gives the truth of each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from refractory.analysis.results import Results
from refractory.protocol import parse_protocol
from refractory.records.from_anywhere import open_records
from refractory.start_store import find_start_files, read_start_sheets, write_start
from refractory.starting.choices import Question
from refractory.starting.start import start_from_sheets
from refractory.study import StudyRun, run_study
from resident_sheets import SHEETS, ResidentSheet


def run_to_the_end(sheet: ResidentSheet, folder) -> StudyRun:
    files = find_start_files(sheet.write(folder), None, replace=False)
    started = start_from_sheets(
        read_start_sheets(files),
        lambda question: None,
        stem=files.stem,
        mapping_file=files.mapping.name,
        files=[file.name for file in files.sheets],
    )
    write_start(files, started.mapping, started.protocol)
    source = open_records(str(files.mapping))
    try:
        return run_study(parse_protocol(files.study.read_text(encoding="utf-8")), source)
    finally:
        source.close()


def counts_of(results: Results) -> dict[str, tuple[int | None, int | None]]:
    return {one.id: (one.estimate.numerator, one.estimate.denominator) for one in results.estimates}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_gives_its_truth_without_a_question_asked(sheet, tmp_path):
    done = run_to_the_end(sheet, tmp_path)
    counts = counts_of(done.results)
    assert done.results.attrition[0].persons_before == sheet.truth.treated
    assert len(done.patients) == sheet.truth.cohort
    assert counts["response.overall"] == (sheet.truth.responders, sheet.truth.evaluable)
    tried = {drug: counts.get(f"baseline.drug.{drug}.overall", (0, 0))[0] for drug in sheet.truth.tried}
    assert tried == sheet.truth.tried
    if sheet.truth.lower is not None:
        assert counts["sparing.glucocorticoid_lower"] == sheet.truth.lower


def test_two_readings_of_all_dates_are_asked_about_and_never_guessed_in_silence(tmp_path):
    path = tmp_path / "open.csv"
    path.write_text("ID,IVIG date,Response\n1,03/04/2015,yes\n2,05/06/2015,no\n3,07/08/2015,yes\n", encoding="utf-8")
    asked: list[Question] = []

    def answer(question: Question) -> int:
        asked.append(question)
        return 0

    files = find_start_files([path], None, replace=False)
    started = start_from_sheets(
        read_start_sheets(files), answer, stem="open", mapping_file="open.mapping.toml", files=["open.csv"]
    )
    assert [question.asks for question in asked] == ["Dates such as 03/04/2015: which part is the day?"]
    assert 'dates   = "day first"    # as you said' in started.mapping
    unasked = start_from_sheets(
        read_start_sheets(files), lambda _: None, stem="open", mapping_file="open.mapping.toml", files=["open.csv"]
    )
    assert len(unasked.unasked) == 1
    assert "CHOSEN WITHOUT EVIDENCE" in unasked.mapping
    assert "CHOSEN WITHOUT EVIDENCE" in unasked.protocol


def test_a_sheet_without_an_answer_says_so_and_nobody_is_evaluable(tmp_path):
    path = tmp_path / "nobody.csv"
    path.write_text("ID,Prior drugs,IVIG date\n1,MTX; HCQ,2015-01-20\n2,AZA; MMF,2015-02-20\n", encoding="utf-8")
    files = find_start_files([path], None, replace=False)
    started = start_from_sheets(
        read_start_sheets(files), lambda _: None, stem="nobody", mapping_file="nobody.mapping.toml", files=[path.name]
    )
    assert any(one.startswith("No column says who responded") for one in started.warnings)
    write_start(files, started.mapping, started.protocol)
    source = open_records(str(files.mapping))
    done = run_study(parse_protocol(started.protocol), source)
    source.close()
    assert len(done.patients) == 2
    assert counts_of(done.results).get("response.overall", (None, None)) in ((None, None), (0, 0))


def refractory(*arguments: str, folder) -> subprocess.CompletedProcess[str]:
    code = "from refractory.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_init_and_run_on_the_command_line(tmp_path):
    (path,) = SHEETS[0].write(tmp_path)
    said = refractory("init", path.name, "--yes", folder=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "Invented" not in said.stdout  # no name of a person, nor any other cell that could tell of one
    assert "1000231" not in said.stdout + (tmp_path / "IVIG_DM_chart_review.mapping.toml").read_text(encoding="utf-8")
    again = refractory("init", path.name, "--yes", folder=tmp_path)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    done = refractory(
        "run", "ivig-dm-chart-review.study.toml", "--records", "IVIG_DM_chart_review.mapping.toml", "--forms", "html",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "6 persons in the cohort, of 7 who ever had immunoglobulin" in done.stdout
    assert "4/5" in done.stdout


DICTIONARY = """Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",Field Note,Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation
record_id,baseline,,text,Record ID,,,,,,,,,,,,,
pt_name,baseline,,text,Patient name,,,,,,y,,,,,,,
sex,baseline,,radio,Sex,"1, Male | 2, Female",,,,,,,,,,,,
mtx,baseline,,yesno,Methotrexate before IVIG?,,,,,,,,,,,,,
mmf,baseline,,yesno,Mycophenolate before IVIG?,,,,,,,,,,,,,
ivigdt1,baseline,,text,Date of first IVIG infusion,,,date_ymd,,,,,,,,,,
resp,outcome,,radio,Response to IVIG,"0, None | 1, Partial | 2, Complete",,,,,,,,,,,,
respdt,outcome,,text,Date of response assessment,,,date_ymd,,,,,,,,,,
"""  # noqa: E501
EXPORT = """record_id,pt_name,sex,mtx,mmf,ivigdt1,resp,respdt
1,Invented A,2,1,1,2012-01-15,2,2012-05-05
2,Invented B,1,1,0,2012-01-15,1,2012-05-05
3,Invented C,2,1,1,2012-01-15,0,2012-05-05
"""


def test_an_export_of_redcap_with_its_dictionary_needs_no_more(tmp_path):
    (tmp_path / "ivig_DataDictionary.csv").write_text(DICTIONARY, encoding="utf-8")
    (tmp_path / "ivig_DATA.csv").write_text(EXPORT, encoding="utf-8")
    said = refractory("init", "ivig_DATA.csv", "ivig_DataDictionary.csv", "--yes", folder=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "complete, partial against no" in said.stdout
    assert "Invented" not in said.stdout
    source = open_records(str(tmp_path / "ivig_DATA.mapping.toml"))
    try:
        done = run_study(parse_protocol((tmp_path / "ivig-data.study.toml").read_text(encoding="utf-8")), source)
    finally:
        source.close()
    assert len(done.patients) == 2
    assert counts_of(done.results)["response.overall"] == (1, 2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "colour,shape\nred,square\nred,square\n", "No sheet has a column that tells the person"),
        ("b.csv", "ID,Sex\n1,F\n2,M\n", "No column says on which day a treatment was given"),
        ("c.pdf", "no sheet", "is no sheet"),
        ("d.csv", "", "RecordsError"),
    ],
)
def test_what_cannot_be_a_study_is_told_in_words(name, content, said, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = refractory("init", name, "--yes", folder=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Internal error" not in done.stderr
    assert not list(tmp_path.glob("*.toml"))
