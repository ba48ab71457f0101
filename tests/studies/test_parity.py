"""One hospital as tables of OMOP, a workbook, a project of REDCap and FHIR: the same results, to the byte."""

from __future__ import annotations

import csv
from collections import Counter
from operator import itemgetter
from pathlib import Path

import pytest

from redcap_server import TOKEN, RedcapServer, serving
from refractory.records.from_anywhere import open_records
from refractory.records.redcap_dictionary import API_HEADINGS
from refractory.study import StudyRun
from studies.written_hospitals import FEWEST, Written, run_on, without_vocabulary, write_as

MAPPINGS = {
    "sheet": "hospital.mapping.toml",
    "redcap": "hospital.mapping.toml",
    "redcap, a line per value": "hospital.values.mapping.toml",
    "fhir": "source.mapping.toml",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    folder = tmp_path_factory.mktemp("hospitals")
    return {form: write_as(form, folder) for form in ("duckdb", "sheet", "redcap", "fhir")}


@pytest.fixture(scope="module")
def of_omop(written, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyRun, bytes]:
    return run_on(written["duckdb"].address, written["duckdb"].labels, tmp_path_factory.mktemp("of_omop") / "run")


@pytest.fixture(scope="module", params=MAPPINGS)
def other(
    request, written, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path | None, StudyRun, bytes, Path]:
    """Give another form: its mapping, its labels, the run, its results and its folder."""
    form = written[request.param.split(",")[0]]
    mapping, folder = form.records / MAPPINGS[request.param], tmp_path_factory.mktemp("of_others") / "run"
    return mapping, form.labels, *run_on(mapping, form.labels, folder), folder


def test_the_results_are_those_of_the_database_to_the_byte(of_omop, other):
    assert of_omop[1].count(b"\n") > 5_000
    assert other[3] == of_omop[1]


def test_without_a_vocabulary_the_codes_in_the_files_give_the_same_results(of_omop, other, tmp_path):
    mapping, labels, *_ = other
    done, results = run_on(without_vocabulary(mapping), labels, tmp_path / "run")
    assert results == of_omop[1]
    assert len(done.patients) == 42
    assert "Codes that may name something else" not in [caution.title for caution in done.results.cautions]


def test_every_line_of_every_file_is_used_not_asked_for_or_listed(other):
    done = other[2]
    accounts = [one for one in done.records.accounts if one.is_file]
    assert all(one.rows == one.used + one.not_asked_for + one.listed for one in accounts)
    assert sum(one.rows for one in accounts) > 5 * FEWEST
    assert done.results.head.is_invented


def test_a_row_that_was_left_out_leads_back_to_its_file_and_line(other):
    with (other[4] / "problems.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == "drug_exposure" and row["row"]]
    assert rows
    assert all(row["file"] and int(row["line"]) >= 1 for row in rows)


def test_each_drug_of_the_workbook_keeps_its_own_number_and_comes_from_one_line(written):
    from openpyxl import load_workbook

    sheet = load_workbook(written["sheet"].records / "hospital.xlsx", read_only=True)["Drugs"]
    header, *rows = sheet.iter_rows(values_only=True)
    numbers = Counter(row[0] for row in rows)
    assert [dict(zip(header, row, strict=True)) for row in rows if numbers[row[0]] > 1 or not row[5]] == []
    source = open_records(str(written["sheet"].address))
    try:
        found = source.connection.execute(
            "SELECT row_id, row_number FROM records_source.main.origin WHERE table_name = 'drug_exposure'"
        ).fetchall()
    finally:
        source.close()
    lines = Counter(line for _, line in found)
    assert [rows[line - 2] for line, records in lines.items() if records > 1] == []
    assert sorted(found, key=itemgetter(1)) == [(row[0], line) for line, row in enumerate(rows, start=2)]


def test_the_line_that_a_row_of_the_workbook_leads_back_to_holds_its_number(written, tmp_path):
    from openpyxl import load_workbook

    run_on(written["sheet"].address, None, tmp_path / "run")
    with (tmp_path / "run" / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = [row for row in csv.DictReader(file) if row["table"] == "drug_exposure" and row["row"]]
    book = load_workbook(written["sheet"].records / "hospital.xlsx", read_only=True)
    numbers = [row[0] for row in book["Drugs"].iter_rows(values_only=True)]
    assert problems
    for problem in problems:
        assert problem["file"] == "hospital.xlsx: Drugs"
        assert str(numbers[int(problem["line"]) - 1]) == problem["row"]


@pytest.mark.parametrize("export", ["hospital", "hospital.values"])
def test_the_lines_of_an_export_of_redcap_are_as_many_as_a_plain_count(written, tmp_path, export):
    records = written["redcap"].records
    done, _ = run_on(records / f"{export}.mapping.toml", None, tmp_path / "run")
    (account,) = [one for one in done.records.accounts if one.table == f"{export}.csv"]
    with (records / f"{export}.csv").open(encoding="utf-8", newline="") as file:
        assert account.rows == sum(1 for _ in csv.reader(file)) - 1
    assert account.listed == 0


def test_the_server_of_redcap_gives_the_results_of_the_database_to_the_byte(written, of_omop, tmp_path, monkeypatch):
    project = written["redcap"].records
    with (project / "hospital.dictionary.csv").open(encoding="utf-8", newline="") as file:
        dictionary = [dict(zip(API_HEADINGS, line, strict=True)) for line in list(csv.reader(file))[1:]]
    with (project / "hospital.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN)
    with serving(RedcapServer(dictionary, rows)) as running:
        text = (project / "hospital.mapping.toml").read_text(encoding="utf-8")
        mapping = project / "served.mapping.toml"
        named = 'file = "hospital.csv"\ndictionary = "hospital.dictionary.csv"'
        mapping.write_text(text.replace(named, f'address = "{running.address}"'), encoding="utf-8")
        _, results = run_on(mapping, None, tmp_path / "run")
    assert results == of_omop[1]
    content = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert TOKEN.encode() not in content
