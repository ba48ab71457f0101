"""The same hospital as tables of OMOP and as a workbook: the same study gives the same results, to the byte."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from refractory.records.from_anywhere import open_records
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.run_store import write_run
from refractory.study import StudyRun, run_study
from studies.hospital_truth import flagship

FEWEST = 500


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("as_sheet") / "hospital"
    write_hospital(folder, persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED), format="sheet")
    return folder / "records"


def run_on(address: Path, labels: Path | None, folder: Path) -> tuple[StudyRun, bytes]:
    source = open_records(str(address))
    try:
        done = run_study(flagship(), source, labels)
        write_run(done, folder, ())
    finally:
        source.close()
    return done, (folder / "results.csv").read_bytes()


@pytest.fixture(scope="module")
def of_omop(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("as_omop")
    write_hospital(folder / "hospital", persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    records = folder / "hospital" / "records"
    return run_on(records / "hospital.duckdb", records / "labels.csv", folder / "run")[1]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("of_sheets") / "run"


@pytest.fixture(scope="module")
def of_sheets(workbook: Path, run_folder: Path) -> tuple[StudyRun, bytes]:
    return run_on(workbook / "hospital.xlsx", None, run_folder)


def test_the_workbook_gives_the_results_of_the_database_to_the_byte(of_omop, of_sheets):
    assert of_sheets[1] == of_omop


def test_without_a_vocabulary_the_codes_in_the_sheets_give_the_same_results(workbook, of_omop, tmp_path):
    text = (workbook / "hospital.mapping.toml").read_text()
    assert tomllib.loads(text)["source"]["vocabulary"] == "vocabulary"
    mapping = workbook / "without.mapping.toml"
    mapping.write_text(text.replace('vocabulary = "vocabulary"\n', ""))
    assert run_on(mapping, None, tmp_path / "run")[1] == of_omop


def test_what_somebody_typed_beside_a_code_casts_no_doubt_on_the_code(workbook, tmp_path):
    text = (workbook / "hospital.mapping.toml").read_text()
    mapping = workbook / "untold.mapping.toml"
    mapping.write_text(text.replace('vocabulary = "vocabulary"\n', ""))
    done, _ = run_on(mapping, None, tmp_path / "run")
    assert "Codes that may name something else" not in [caution.title for caution in done.results.cautions]


def test_every_line_of_the_workbook_is_used_not_asked_for_or_listed(workbook, of_sheets):
    accounts = {one.table: one for one in of_sheets[0].records.accounts}
    sheets = [one for name, one in accounts.items() if name.startswith("hospital.xlsx: ")]
    assert sorted(one.table for one in sheets) == [
        f"hospital.xlsx: {name}"
        for name in (
            "Care", "Deaths", "Diagnoses", "Drugs", "Findings", "Patients", "Procedures", "Results", "Review",
        )
    ]  # fmt: skip
    assert all(one.used + one.not_asked_for + one.listed == one.rows for one in sheets)
    assert sum(one.rows for one in sheets) > 5 * FEWEST


def test_a_row_that_was_left_out_leads_back_to_its_line(workbook, of_sheets, run_folder):
    from openpyxl import load_workbook

    with (run_folder / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = [row for row in csv.DictReader(file) if row["table"] == "drug_exposure" and row["row"]]
    assert problems
    book = load_workbook(workbook / "hospital.xlsx", read_only=True)
    numbers = [row[0] for row in book["Drugs"].iter_rows(values_only=True)]
    for problem in problems:
        assert problem["file"] == "hospital.xlsx: Drugs"
        assert str(numbers[int(problem["line"]) - 1]) == problem["row"]
