"""`refractory check` as a person uses it: what it prints, what it leaves, and what nobody finds in either."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe

from journeys.browsing import DESK, PHONE, SMALL_PHONE, Reader
from journeys.test_command_line import STUDY, refractory
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=600, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records" / "hospital.duckdb"


@pytest.fixture(scope="module")
def checked(records: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    place = tmp_path_factory.mktemp("check")
    done = refractory("check", STUDY, "--records", records, cwd=place)
    assert done.returncode == 0, done.stderr
    return place / "ivig-cutaneous-dm-check", done


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_check_prints_what_can_move_a_number_and_where_the_rest_is(checked):
    folder, done = checked
    assert "Data quality" in done.stdout
    assert re.search(r"serious +A score outside of its range +\d+ +\d+", done.stdout)
    assert re.search(r"notable +Ends before it starts +\d+ +\d+", done.stdout)
    assert "for information; " in done.stdout
    assert f"Data quality: {folder.name}/quality.html" in done.stdout
    for step in ("Counting drug_exposure", "Looking for what is doubtful", "Scanning measurement"):
        assert step in done.stderr


def test_a_check_leaves_one_folder_and_nothing_beside_it(checked):
    folder, _ = checked
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json", "problems.csv", "quality.csv", "quality.html",
    ]  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for account in manifest["rows"].values():
        assert account["rows"] == account["used"] + account["not_asked_for"] + account["listed"]


def test_the_faults_that_the_hospital_plants_are_all_found_and_no_other_is(checked, records):
    """Counted by hand among the persons who ever had immunoglobulin, of the rows that the study asks for."""
    folder, _ = checked
    found = {row["rule"]: int(row["rows"]) for row in read_csv(folder / "quality.csv")}
    problems = read_csv(folder / "problems.csv")
    rows = {rule: {(row["table"], int(row["row"])) for row in problems if row["rule"] == rule and row["row"]}
            for rule in ("ends before it starts", "exact copy of another row", "no value")}  # fmt: skip
    assert found["ends_before_start"] == len(rows["ends before it starts"])
    assert found["exact_copy"] == len(rows["exact copy of another row"])
    with duckdb.connect(str(records), read_only=True) as connection:
        reversed_dates = connection.execute(
            "SELECT drug_exposure_id FROM drug_exposure WHERE drug_exposure_end_date < drug_exposure_start_date"
        ).fetchall()
        units = connection.execute(
            "SELECT measurement_id FROM measurement WHERE unit_source_value IN ('?', 'unk')"
        ).fetchall()
        empty = connection.execute(
            "SELECT measurement_id FROM measurement WHERE value_as_number IS NULL AND value_source_value IS NULL"
        ).fetchall()
    copies = rows["exact copy of another row"]
    assert rows["ends before it starts"] == {("drug_exposure", row) for (row,) in reversed_dates} - copies
    # Of the sets that no value is taken of, a row without one counts too.
    assert set() < rows["no value"] <= {("measurement", row) for (row,) in empty} - copies
    assert found["no_value"] == len(rows["no value"])
    unread = {int(row["row"]) for row in problems if "cannot be converted" in row["rule"]}
    assert set() < unread <= {row for (row,) in units}
    assert found["unit_not_convertible"] == len(unread)
    unplanted = {"before_birth", "before_1900", "placeholder_date", "lone_date", "same_person_twice", "key_twice",
                 "dose_implausible", "grams_implausible", "labels_contradict", "label_before_treatment",
                 "heaped_on_first", "heaped_on_new_year", "births_heaped", "below_zero", "decimal_shifted"}  # fmt: skip
    assert unplanted & found.keys() == set()


def test_no_person_and_no_value_stands_on_the_page_or_on_the_terminal(checked, records):
    folder, done = checked
    with duckdb.connect(str(records), read_only=True) as connection:
        ids = {person for (person,) in connection.execute("SELECT person_id FROM person").fetchall()}
        births = {str(day) for (day,) in connection.execute("SELECT birth_datetime FROM person").fetchall() if day}
    page = (folder / "quality.html").read_text(encoding="utf-8")
    counts = (folder / "quality.csv").read_text(encoding="utf-8")
    said = done.stdout + done.stderr + page + counts
    assert ids & set(map(int, re.findall(r"\b\d{5,}\b", said))) == set()
    assert not any(birth[:10] in said for birth in births)
    # The rule about placeholders names two of them.
    assert set(re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d\b", said)) <= {"1900-01-01", "1970-01-01"}


def test_list_prints_where_each_doubtful_row_is_and_no_key_of_a_person(records, tmp_path):
    done = refractory("check", STUDY, "--records", records, "--list", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert re.search(r"drug_exposure +\d+ +drug_exposure_end_date +ends before it starts; value", done.stdout)
    with duckdb.connect(str(records), read_only=True) as connection:
        ids = {person for (person,) in connection.execute("SELECT person_id FROM person").fetchall()}
    assert ids & set(map(int, re.findall(r"\b\d{5,}\b", done.stdout))) == set()


def test_the_same_check_writes_the_same_bytes(checked, records, tmp_path):
    folder, _ = checked
    refractory("check", STUDY, "--records", records, "--out", tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_check_never_replaces_what_is_no_check(records, tmp_path):
    (tmp_path / "thesis.docx").write_text("two years of work", encoding="utf-8")
    done = refractory("check", STUDY, "--records", records, "--out", tmp_path)
    assert done.returncode == 1
    assert "no earlier run" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_records_in_which_nobody_had_the_treatment_are_told_as_such_and_not_as_clean(tmp_path):
    folder = tmp_path / "records"
    folder.mkdir()
    tables = {
        "person": "person_id,year_of_birth\n1,1970\n",
        "drug_exposure": "person_id,drug_exposure_start_date,drug_source_value\n1,2020-01-01,prednisone\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    done = refractory("check", STUDY, "--records", folder, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    said = "Nobody in the records ever had immunoglobulin: no row of a person was looked at."
    assert said in " ".join(done.stdout.split())
    assert "nothing was found" not in done.stdout
    assert said in (tmp_path / "out" / "quality.html").read_text(encoding="utf-8")


def test_records_that_no_study_can_use_are_still_counted(tmp_path):
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "person.csv").write_text("person_id,year_of_birth\n1,1970\n", encoding="utf-8")
    done = refractory("check", STUDY, "--records", folder, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Data quality was not looked at" in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE, SMALL_PHONE])
def test_the_page_fits_the_window_asks_for_nothing_and_can_be_read_by_everybody(browser, checked, width, scheme):
    page_file = checked[0] / "quality.html"
    reader = Reader(browser, page_file, width, scheme)
    with reader as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.locator("h2").all_inner_texts() == [
            "What was found", "What can bias the study", "Every rule that rows break", "Rows over time",
            "What became of every row", "Looked for and not found", "How it was looked for",
        ]  # fmt: skip
    assert reader.requests == [page_file.as_uri()]
    assert reader.complaints == []
