"""The command line as a person uses it: each command, and what happens when something is wrong."""

from __future__ import annotations

import csv
import filecmp
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import jsonschema
import pytest

from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from spec.report.form_readers import read_pdf, text_of_word

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("refractory")
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"
NUMBER = re.compile(r"\b\d{5,}\b")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=600, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder


@pytest.fixture(scope="module")
def records(hospital: Path) -> Path:
    return hospital / "records" / "hospital.duckdb"


def refractory(*words: object, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, in a wide terminal."""
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"} | more
    return subprocess.run(
        [str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


@pytest.fixture(scope="module")
def finished(records: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("run") / "ivig"
    return folder, refractory("run", STUDY, "--records", records, "--out", folder)


def test_a_run_prints_published_beside_reproduced_and_where_the_report_is(finished):
    folder, done = finished
    assert done.returncode == 0, done.stderr
    assert "15 of 15 published figures come out the same." in done.stdout
    assert "Invented data" in done.stdout
    assert "35/42 (83 %; 95 % CI 69 to 93)" in done.stdout
    assert f"Report: {folder / 'report.html'}" in done.stdout
    for step in ("Opening the records", "Reading drug_exposure", "Building the cohort", "Writing the report"):
        assert step in done.stderr


def _persons_named(done: subprocess.CompletedProcess[str], records: Path) -> set[int]:
    with duckdb.connect(str(records), read_only=True) as connection:
        persons = {person for (person,) in connection.execute("SELECT person_id FROM person").fetchall()}
    return persons & set(map(int, NUMBER.findall(done.stdout + done.stderr)))


def test_nothing_about_a_single_person_is_printed(finished, records):
    _, done = finished
    assert _persons_named(done, records) == set()


def test_a_run_leaves_its_folder_whole_and_nothing_beside_it(finished):
    folder, _ = finished
    assert sorted(path.name for path in folder.iterdir()) == [
        "cautions.csv", "checklists.docx", "figures", "manifest.json", "private", "problems.csv", "report.docx",
        "report.html", "report.pdf", "results.csv", "share", "tables",
    ]  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert sorted(path.name for path in (folder / "private").iterdir()) == [
        "analysis_set.csv", "analysis_set.parquet", "codebook.csv", "codebook.html", "cycles.csv",
        "drugs_after.parquet", "episodes.csv", "follow_up.csv", "glucocorticoid_timeline.parquet",
        "glucocorticoid_times.csv", "line_courses.csv", "lines.parquet", "losses.csv", "near_day_0.csv",
        "proof_of_refractory.csv", "proof_rows.csv", "responses.csv", "scores.csv",
    ]  # fmt: skip


def test_the_timeline_tells_every_day_of_every_person_once(finished):
    folder, _ = finished
    with duckdb.connect() as connection:
        persons = connection.execute(
            """
            SELECT person_id, min(from_day), max(until_day), sum(until_day - from_day + 1)
            FROM read_parquet(?) GROUP BY person_id
            """,
            [str(folder / "private" / "glucocorticoid_timeline.parquet")],
        ).fetchall()
    assert len(persons) == 42
    # From 30 days before day -180 to 30 days after day 365.
    assert {(first, last, days) for _, first, last, days in persons} == {(-209, 394, 604)}
    with (folder / "private" / "glucocorticoid_times.csv").open(encoding="utf-8", newline="") as file:
        times = list(csv.DictReader(file))
    # Below 5, 7.5 and 10 mg, half, off.
    assert len(times) == 42 * 5


def test_results_have_the_13_columns_of_a_summarised_result(finished):
    folder, _ = finished
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "result_id", "cdm_name", "group_name", "group_level", "strata_name", "strata_level", "variable_name",
        "variable_level", "estimate_name", "estimate_type", "estimate_value", "additional_name", "additional_level",
    ]  # fmt: skip
    assert all(None not in row.values() and None not in row for row in rows)
    overall = {
        row["estimate_name"]: row["estimate_value"] for row in rows if row["additional_level"] == "response.overall"
    }
    assert (overall["count"], overall["denominator"]) == ("35", "42")
    assert float(overall["percentage"]) == pytest.approx(100 * 35 / 42)
    settings = {row["estimate_name"] for row in rows if row["variable_name"] == "settings"}
    assert {"result_type", "package_name", "package_version", "min_cell_count"} <= settings


def test_every_source_row_is_used_not_asked_for_or_listed(finished, records):
    folder, _ = finished
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with (folder / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = list(csv.DictReader(file))
    with duckdb.connect(str(records), read_only=True) as connection:
        for table, account in manifest["rows"].items():
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            assert rows == account["rows"] == account["used"] + account["not_asked_for"] + account["listed"]
            left_out = [one for one in problems if one["table"] == table and one["left_out"] == "yes"]
            assert sum(int(one["rows"]) for one in left_out) == account["listed"]
    assert {"drug_exposure", "condition_occurrence", "measurement", "person"} <= manifest["rows"].keys()


def test_the_proof_names_the_drugs_of_each_person_in_the_cohort(finished):
    folder, _ = finished
    with (folder / "private" / "proof_of_refractory.csv").open(encoding="utf-8", newline="") as file:
        proof = list(csv.DictReader(file))
    with duckdb.connect() as connection:
        parquet = str(folder / "private" / "analysis_set.parquet")
        patients = connection.execute("SELECT person_id, drugs_before FROM read_parquet(?)", [parquet]).fetchall()
    assert len(patients) == 42
    for person, drugs in patients:
        counted = {row["concept_set"] for row in proof if row["person_id"] == str(person) and row["counts"] == "True"}
        assert len(counted) == drugs >= 2


def test_the_private_lines_are_those_that_the_results_count(finished):
    """One row per person and line, each with its courses; the table of results counts the same persons."""
    folder, _ = finished
    with duckdb.connect() as connection:
        lines = connection.execute(
            "SELECT person_id, line, drugs, courses FROM read_parquet(?) ORDER BY ALL",
            [str(folder / "private" / "lines.parquet")],
        ).fetchall()
        on, discontinued = connection.execute(
            "SELECT count(*), count(*) FILTER (\"end\" = 'discontinued') FROM read_parquet(?) "
            "WHERE was_on AND drug = 'systemic glucocorticoid'",
            [str(folder / "private" / "drugs_after.parquet")],
        ).fetchone()
    with (folder / "private" / "line_courses.csv").open(encoding="utf-8", newline="") as file:
        courses = list(csv.DictReader(file))
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        told = {(row["additional_level"], row["estimate_name"]): row["estimate_value"] for row in csv.DictReader(file)}
    for person, line, drugs, number in lines:
        own = [row["drug"] for row in courses if (row["person_id"], row["line"]) == (str(person), str(line))]
        assert len(own) == number
        assert " + ".join(sorted(set(own))) == drugs
    assert len(courses) == sum(row[3] for row in lines)
    for line in range(1, max(row[1] for row in lines) + 1):
        assert told[f"lines.{line}.persons", "count"] == str(sum(row[1] == line for row in lines))
    key = "drugs_after.systemic glucocorticoid.discontinued"
    assert (told[key, "count"], told[key, "denominator"]) == (str(discontinued), str(on))


def test_the_same_run_writes_the_same_bytes_over_an_earlier_run(finished, records):
    folder, _ = finished
    again = folder.parent / "again"
    assert refractory("run", STUDY, "--records", records, "--out", again).returncode == 0
    assert refractory("run", STUDY, "--records", records, "--out", again).returncode == 0
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    same, different, unread = filecmp.cmpfiles(folder, again, names, shallow=False)
    assert (sorted(same), different, unread) == (sorted(names), [], [])


def test_the_source_is_never_written_to(records, tmp_path):
    before = (records.read_bytes(), sorted(path.name for path in records.parent.iterdir()))
    assert refractory("run", STUDY, "--records", records, "--out", tmp_path / "out").returncode == 0
    assert (records.read_bytes(), sorted(path.name for path in records.parent.iterdir())) == before


def _listen_to_interrupts() -> None:
    """Undo what a shell does to the programs that it starts in the background: they do not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_nothing_half_done(kill, records, tmp_path):
    folder = tmp_path / "out"
    command = [str(PROGRAM), "run", str(STUDY), "--records", str(records), "--out", str(folder)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_listen_to_interrupts
    )
    assert running.stderr is not None
    for line in running.stderr:
        if "Building the cohort" in line:
            running.send_signal(kill)
            break
    running.communicate()
    assert running.returncode != 0
    assert not folder.exists()
    assert refractory("run", STUDY, "--records", records, "--out", folder).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", ["Cleaning the records", "Building the cohort", "Assessing outcomes", "Estimating"])
def test_an_interrupt_is_no_error_of_the_program_whatever_it_was_at(step, records, tmp_path):
    command = [str(PROGRAM), "run", str(STUDY), "--records", str(records), "--out", str(tmp_path / "out")]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_listen_to_interrupts
    )
    assert running.stderr is not None
    for line in running.stderr:
        if step in line:
            time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            break
    _, told = running.communicate()
    assert (running.returncode, told.splitlines()[-1]) == (130, "Stopped. Nothing was written.")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_earlier_run_is_never_replaced(records, tmp_path):
    (tmp_path / "thesis.docx").write_text("two years of work", encoding="utf-8")
    done = refractory("run", STUDY, "--records", records, "--out", tmp_path)
    assert done.returncode == 1
    assert "no earlier run" in done.stderr
    assert (tmp_path / "thesis.docx").read_text(encoding="utf-8") == "two years of work"


def test_explain_says_the_protocol_in_plain_english():
    done = refractory("explain", STUDY)
    assert done.returncode == 0
    for words in ("At least 2 codes of dermatomyositis", "Refractory disease", "intravenous", "Clopper-Pearson"):
        assert words in done.stdout


def test_check_counts_concept_sets_and_looks_at_no_outcome(records, tmp_path):
    done = refractory("check", STUDY, "--records", records, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "immunoglobulin (the treatment)" in done.stdout
    assert "no outcome was looked at" in done.stdout
    assert "codes that the source's vocabulary does not bear out" in done.stdout
    assert "cutaneous improvement" not in done.stdout
    assert _persons_named(done, records) == set()


@pytest.fixture(scope="module")
def everybody(records: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("exposures") / "everybody"
    return folder, refractory("exposures", STUDY, "--records", records, "--out", folder, "--compute", "source")


def test_exposures_are_derived_for_everybody_and_summed_up_by_drug(everybody, records):
    folder, done = everybody
    assert done.returncode == 0, done.stderr
    assert re.search(r"Working inside the source on [\d,]+ records \(as asked\)\.", done.stdout)
    assert re.search(r"systemic glucocorticoid +[\d,]+ +[\d,]+ +[\d,]+ +\d+", done.stdout)
    assert f"Eras and doses: {folder / 'private'}" in done.stdout
    for step in ("Counting the kinds of drug records", "Looking for copies", "Deriving eras", "Deriving doses"):
        assert step in done.stderr
    assert _persons_named(done, records) == set()
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == ["manifest.json", "private/doses.parquet", "private/eras.parquet", "problems.csv", "summary.csv"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_eras_of_everybody_hold_the_courses_that_prove_the_refractory_rule(everybody, finished):
    """The drugs of the 42 persons of the study begin on the same days in both."""
    with duckdb.connect() as connection:
        proof = str(finished[0] / "private" / "proof_of_refractory.csv")
        eras = str(everybody[0] / "private" / "eras.parquet")
        ((courses, found),) = connection.execute(
            f"""
            SELECT count(*), count(era.person_id) FROM read_csv('{proof}') AS course
            LEFT JOIN read_parquet('{eras}') AS era USING (person_id, concept_set, start_date)
            WHERE counts
            """
        ).fetchall()
    assert courses > 84
    # Topical and inhaled forms are eras too, and may begin one before the systemic course.
    assert found > 0.9 * courses


def test_few_records_are_handed_over_unless_asked_otherwise_with_the_same_answer(everybody, records, tmp_path):
    folder, _ = everybody
    done = refractory("exposures", STUDY, "--records", records, "--out", tmp_path / "auto")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Handing [\d,]+ records over \(not more than 1,000,000\)\.", done.stdout)
    for name in ("summary.csv", "private/eras.parquet", "private/doses.parquet"):
        assert (tmp_path / "auto" / name).read_bytes() == (folder / name).read_bytes()


def test_schema_prints_a_json_schema():
    done = refractory("schema")
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


def test_hospital_writes_records_and_a_truth_apart(tmp_path):
    done = refractory("hospital", "--out", tmp_path / "h", "--persons", 700, "--seed", 5)
    assert done.returncode == 0, done.stderr
    assert "700 persons" in done.stdout
    assert sorted(path.name for path in (tmp_path / "h").iterdir()) == ["records", "truth"]


def test_parquet_and_duckdb_give_the_same_answer(finished, tmp_path):
    folder, _ = finished
    refractory("hospital", "--out", tmp_path / "h", "--persons", 600, "--parquet")
    done = refractory("run", STUDY, "--records", tmp_path / "h" / "records", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.csv").read_bytes() == (folder / "results.csv").read_bytes()
    assert (tmp_path / "out" / "report.html").read_bytes() == (folder / "report.html").read_bytes()


def test_a_run_writes_only_the_forms_that_were_asked_for(records, tmp_path):
    done = refractory("run", STUDY, "--records", records, "--out", tmp_path / "out", "--forms", "pdf")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cautions.csv", "manifest.json", "private", "problems.csv", "report.html", "report.pdf", "results.csv", "share",
    ]  # fmt: skip


def test_each_table_and_each_figure_of_the_run_has_files_of_its_own(finished):
    folder, _ = finished
    tables = {path.stem for path in (folder / "tables").iterdir()}
    assert {"baseline", "response", "published", "predictors", "flow-chart-in-words"} <= tables
    assert not any(name.endswith("-2") for name in tables)
    assert len(list((folder / "tables").iterdir())) == 2 * len(tables)
    figures = {path.stem.removesuffix("-one-column") for path in (folder / "figures").glob("*-one-column.svg")}
    assert {"response", "flow-chart", "dose", "trajectory"} <= figures
    assert len(list((folder / "figures").iterdir())) == 6 * len(figures)


def test_no_form_but_the_page_names_a_person(finished, records):
    folder, _ = finished
    with duckdb.connect(str(records), read_only=True) as connection:
        persons = {str(person) for (person,) in connection.execute("SELECT person_id FROM person").fetchall()}
    texts = ["".join(read_pdf((folder / "report.pdf").read_bytes()))]
    texts += [text_of_word(path.read_bytes()) for path in folder.rglob("*.docx")]
    texts += [path.read_text(encoding="utf-8") for path in (folder / "tables").glob("*.csv")]
    texts += [path.read_text(encoding="utf-8") for path in (folder / "figures").glob("*.svg")]
    assert len(texts) > 60
    assert {number for text in texts for number in NUMBER.findall(text)} & persons == set()
    assert not any(re.search(r"\b(19|20)\d\d-\d\d-\d\d\b", text) for text in texts)


def test_without_labels_the_run_goes_on_and_nobody_is_evaluable(records, tmp_path):
    alone = tmp_path / "hospital.duckdb"
    alone.write_bytes(records.read_bytes())
    done = refractory("run", STUDY, "--records", alone, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "not estimable (0/0)" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nowhere.toml", "--records", "x"], "the protocol file cannot be read"),
        (["run", STUDY, "--records", "nowhere.duckdb"], "nowhere.duckdb"),
        (["explain", ROOT / "README.md"], "not valid TOML"),
        (["check", STUDY, "--records", ROOT / "README.md"], "README.md"),
        (["run", STUDY, "--records", "nowhere.duckdb", "--forms", "dvi"], 'there is no form "dvi"'),
        (["exposures", STUDY, "--records", "nowhere.duckdb"], "nowhere.duckdb"),
    ],
)
def test_a_mistake_is_one_message_without_a_traceback(words, said, tmp_path):
    done = refractory(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Try:" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_published_figure_that_names_no_result_is_answered_with_the_nearest(records, tmp_path):
    text = STUDY.read_text(encoding="utf-8").replace('"response.overall"', '"respnse.overall"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    done = refractory("run", tmp_path / "study.toml", "--records", records, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "response.overall" in done.stderr
    assert not (tmp_path / "out").exists()


_NOWHERE = ["exposures", STUDY, "--records", "x", "--compute", "elsewhere"]


def test_an_unknown_command_or_option_is_told_with_the_usage():
    for words in (["rum"], ["run", STUDY], ["run", STUDY, "--record", "x"], _NOWHERE):
        done = refractory(*words)
        assert done.returncode == 2
        assert "Usage" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_unforeseen_error_shows_its_kind_and_place_and_never_its_text(records, tmp_path):
    """The text of such an error may quote a person's data."""
    script = (
        "import refractory.study as study\n"
        "def fail(*_, **__):\n"
        "    raise ValueError('person 12345678 has cancer')\n"
        "study.run_study = fail\n"
        "from refractory.cli import main\n"
        "main()\n"
    )
    words = [sys.executable, "-c", script, "run", str(STUDY), "--records", str(records), "--out", str(tmp_path / "o")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "Internal error: ValueError" in done.stderr
    assert "12345678" not in done.stderr + done.stdout


def test_progress_is_told_while_the_work_goes_on_and_not_at_its_end(records, tmp_path):
    command = [str(PROGRAM), "run", str(STUDY), "--records", str(records), "--out", str(tmp_path / "out")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    told = [time.monotonic() for _ in running.stderr]
    running.communicate()
    assert len(told) >= 8
    assert told[-1] - told[0] > 0.1
