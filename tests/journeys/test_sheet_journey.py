"""A resident's sheet on the command line: from charts.xlsx to the report, and what is told where it cannot be read."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from sheet_files import write_mapping, write_workbook

STUDY = Path(__file__).parents[2] / "studies" / "ivig-cutaneous-dm.toml"
HEADER = "=Pt,DOB,Sex,Dx date,Dx again,MTX,MMF,IVIG 1 date,IVIG 1 dose,Improved?,Seen,Last,CK"
SEEN = ["1/1/2012", "1/1/2016", 350]
ROWS = [
    HEADER.split(","),
    ["=P1", "1/2/1960", "F", "1/5/2012", "6/5/2012", "Y", "Y", "5/6/2014", "2 g/kg", "Y", *SEEN],
    ["P2", "1955", "M", "1/5/2012", "6/5/2012", "Y", "N", "5/6/2014", "80 g", "N", *SEEN],
    ["Dagobert Zyxwv", "31/12/1955", "M", "2012", "x", "?", "N", "25/6/2014", "80 g", "N", *SEEN],
    [None, None, None, None, None, None, None, None, None, "total"],
]
MAPPING = """
[source]
name  = "Charts"
dates = "month first"
[[table]]
person = "=Pt"
[[table.record]]
kind = "person"
column = { birth = "DOB", sex = "Sex" }
[[table.record]]
kind = "observed"
column = { start = "Seen", end = "Last" }
[[table.record]]
kind = "diagnosis"
text = { what = "dermatomyositis" }
column = { date = "Dx date" }
[[table.record]]
kind = "diagnosis"
text = { what = "dermatomyositis" }
column = { date = "Dx again" }
[[table.record]]
kind = "drug"
text = { what = "MTX" }
column = { before = "IVIG 1 date" }
when = { column = "MTX", is = "yes" }
[[table.record]]
kind = "drug"
text = { what = "MMF" }
column = { before = "IVIG 1 date" }
when = { column = "MMF", is = "yes" }
[[table.record]]
kind = "drug"
text = { what = "IVIG", unit = "g" }
column = { start = "IVIG {n} date", dose = "IVIG {n} dose" }
[[table.record]]
kind = "measurement"
text = { what = "CK", unit = "U/L" }
column = { value = "CK", date = "Dx date" }
[[table.record]]
kind = "label"
text = { item = "cutaneous improvement" }
column = { value = "Improved?" }
[codes.measurement]
"CK" = "LOINC:2157-6"
[codes.diagnosis]
"dermatomyositis" = "ICD10CM:M33.10"
"""


def refractory(*words, cwd):
    command = [sys.executable, "-c", "from refractory.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("charts")
    write_mapping(write_workbook(made / "charts.xlsx", {"Charts": ROWS}), MAPPING)
    return made


@pytest.fixture(scope="module")
def done(folder):
    return refractory("run", STUDY, "--records", "charts.xlsx", "--out", "run", "--forms", "html", cwd=folder)


def test_a_study_runs_on_a_sheet_that_has_its_mapping_beside_it(folder, done):
    assert done.returncode == 0, done.stderr
    with (folder / "run" / "results.csv").open(encoding="utf-8", newline="") as file:
        results = {row["additional_level"]: row["estimate_value"] for row in csv.DictReader(file)}
    assert results["cohort.persons"] == "1"  # =P1; P2 had one drug before


def test_what_was_not_used_is_listed_with_file_line_and_column_and_nobody_is_named(folder, done):
    text = (folder / "run" / "problems.csv").read_text(encoding="utf-8")
    rows = {(row["line"], row["place"], row["rule"]) for row in csv.DictReader(text.splitlines())}
    assert ("4", "IVIG 1 date", "contradicts the order of day and month in its column") in rows
    assert ("4", "MTX", "is neither yes nor no") in rows
    assert ("5", "'=Pt", "no person") in rows
    assert "Zyxwv" not in text + done.stdout + done.stderr


def test_no_name_and_no_key_is_a_formula_in_what_a_spreadsheet_may_open(folder, done):
    cells = {}
    for path in (folder / "run").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells[path.name] = {cell for row in csv.reader(file) for cell in row}
    assert "'=Pt" in cells["problems.csv"]
    assert "'=P1" in cells["persons.csv"]
    assert not [cell for own in cells.values() for cell in own if cell.startswith(("=", "+", "@"))]


def test_the_rows_behind_a_finding_lead_back_to_the_cell_of_their_day(folder, done):
    with (folder / "run" / "private" / "proof_rows.csv").open(encoding="utf-8", newline="") as file:
        places = {(row["finding"], row["file"], row["line"], row["place"]) for row in csv.DictReader(file)}
    assert ("cycle", "charts.xlsx: Charts", "2", "IVIG 1 date") in places
    assert ("diagnosis", "charts.xlsx: Charts", "2", "Dx date") in places


def test_a_folder_with_one_mapping_is_read_by_it_and_one_with_two_asks_which(folder, tmp_path):
    for name in ("charts.xlsx", "charts.mapping.toml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    said = refractory("check", STUDY, "--records", ".", "--out", "check", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    (tmp_path / "other.mapping.toml").write_text(MAPPING)
    said = refractory("check", STUDY, "--records", ".", "--out", "again", cwd=tmp_path)
    assert said.returncode == 1
    assert "The folder holds 2 mappings: charts.mapping.toml, other.mapping.toml." in said.stderr


def test_a_sheet_without_a_mapping_is_answered_with_what_to_do(tmp_path):
    write_workbook(tmp_path / "charts.xlsx", {"Charts": ROWS})
    said = refractory("run", STUDY, "--records", "charts.xlsx", cwd=tmp_path)
    assert said.returncode == 1
    assert "`refractory init charts.xlsx`" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_hospital_is_written_as_a_workbook(tmp_path):
    said = refractory("hospital", "--out", "h", "--persons", 500, "--as", "sheet", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    found = sorted(path.name for path in (tmp_path / "h" / "records").iterdir())
    assert found == ["hospital.mapping.toml", "hospital.xlsx", "vocabulary"]


def test_the_schema_of_a_mapping_is_printed_for_editors(tmp_path):
    said = refractory("schema", "--of", "mapping", cwd=tmp_path)
    assert '"fill_down"' in said.stdout


def test_a_sheet_of_200000_lines_takes_less_than_700_mb(tmp_path):
    lines = "".join(f"{n % 5_000},2015-{n % 12 + 1:02}-{n % 28 + 1:02},MTX,15 mg,{n}\n" for n in range(200_000))
    (tmp_path / "big.csv").write_text("id,day,drug,dose,more\n" + lines)
    text = """[source]
[[table]]
person = "id"
[[table.record]]
kind = "drug"
column = { what = "drug", start = "day", dose = "dose" }
"""
    write_mapping(tmp_path / "big.csv", text)
    # The peak of the process itself: what getrusage tells begins with that of the process that started it.
    script = """from pathlib import Path
from refractory.records.from_anywhere import open_records
print(open_records('big.csv').read_accounts[0].used)
print(next(line.split()[1] for line in Path('/proc/self/status').read_text().splitlines() if 'VmHWM' in line))"""
    # DuckDB takes a program without a file for a console, and draws how far it is.
    (tmp_path / "opening.py").write_text(script)
    command = [sys.executable, "opening.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    used, kilobytes = map(int, done.stdout.split())
    assert used == 200_000
    assert kilobytes < 700 << 10
