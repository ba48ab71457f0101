"""`refractory template` as a person uses it, by the commands that docs/charts.md shows."""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from chart_filling import COHORT, EVERYBODY, IMPROVED, fill_workbook, invent_charts

PROGRAM = Path(sys.executable).with_name("refractory")
ROOT = Path(__file__).parents[2]
SHOWN = re.findall(r"^refractory .*$", (ROOT / "docs" / "charts.md").read_text(encoding="utf-8"), re.MULTILINE)


def refractory(*words, cwd):
    """Run the program as a user does, in a wide terminal."""
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        [str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "studies" / "ivig-cutaneous-dm.toml", tmp_path / "my-study.toml")
    return tmp_path


def test_the_commands_of_the_document_lead_from_the_protocol_to_the_report(folder):
    assert [command.split()[1] for command in SHOWN] == ["template", "check", "run", "template"]
    for command in SHOWN:
        done = refractory(*shlex.split(command)[1:], cwd=folder)
        assert done.returncode == 0, done.stderr
        if "charts.xlsx" in command and "template" in command:
            fill_workbook(folder / "charts.xlsx", invent_charts())
    assert {path.name for path in folder.iterdir()} == {
        "my-study.toml", "charts.xlsx", "charts.mapping.toml", "my-study", "ivig-cutaneous-dm-check", "dictionary.csv",
        "dictionary-steps.txt",
        "ivig-cutaneous-dm-export.mapping.toml",
    }  # fmt: skip
    with (folder / "my-study" / "results.csv").open(encoding="utf-8", newline="") as file:
        told = {
            row["additional_level"]: row["estimate_value"]
            for row in csv.DictReader(file)
            if row["estimate_name"] == "count"
        }
    assert told["cohort.persons"] == str(len(COHORT))
    assert told["response.overall"] == str(len(IMPROVED))


def test_the_terminal_names_the_sheets_the_mapping_and_what_comes_next(folder):
    done = refractory("template", "my-study.toml", cwd=folder)
    assert done.returncode == 0
    for said in ("Glucocorticoid doses", "ivig-cutaneous-dm.xlsx", "ivig-cutaneous-dm.mapping.toml"):
        assert said in done.stdout
    assert "refractory run my-study.toml --records ivig-cutaneous-dm.xlsx" in done.stdout


def test_the_terminal_says_which_instruments_must_be_set_repeating(folder):
    done = refractory("template", "my-study.toml", "--redcap", cwd=folder)
    assert "Set these 9 instruments repeating in REDCap" in done.stdout
    assert "glucocorticoid_doses" in done.stdout
    assert "glucocorticoid_doses" in (folder / "ivig-cutaneous-dm-dictionary-steps.txt").read_text(encoding="utf-8")


def test_a_template_that_somebody_may_have_filled_in_is_not_written_over(folder):
    assert refractory("template", "my-study.toml", cwd=folder).returncode == 0
    fill_workbook(folder / "ivig-cutaneous-dm.xlsx", {"Persons": [{"Person": "P01"}]})
    before = (folder / "ivig-cutaneous-dm.xlsx").read_bytes()
    done = refractory("template", "my-study.toml", cwd=folder)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert (folder / "ivig-cutaneous-dm.xlsx").read_bytes() == before
    assert refractory("template", "my-study.toml", "--force", cwd=folder).returncode == 0
    assert openpyxl.load_workbook(folder / "ivig-cutaneous-dm.xlsx")["Persons"]["A4"].value is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "charts.csv"), "--out charts.xlsx"),
        (("--redcap", "--out", "d.xlsx"), "--out d.csv"),
        (("--out", "nowhere/charts.xlsx"), "choose another place"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_message_and_leaves_nothing(folder, words, said):
    done = refractory("template", "my-study.toml", *words, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir()] == ["my-study.toml"]


def test_a_cell_that_cannot_be_used_is_told_with_its_sheet_line_and_column_and_without_what_it_says(folder):
    refractory("template", "my-study.toml", "--out", "charts.xlsx", cwd=folder)
    rows = invent_charts()
    rows["Infusions"][0]["Weight in kg"] = "secret"
    rows["Other drugs"][0]["Start"] = "31/02/2013"
    fill_workbook(folder / "charts.xlsx", rows)
    done = refractory("run", "my-study.toml", "--records", "charts.xlsx", "--forms", "html", cwd=folder)
    assert done.returncode == 0, done.stderr
    text = (folder / "ivig-cutaneous-dm" / "problems.csv").read_text(encoding="utf-8")
    told = {(row["file"], row["line"], row["place"]) for row in csv.DictReader(text.splitlines())}
    assert ("charts.xlsx: Infusions", "4", "Weight in kg") in told
    assert ("charts.xlsx: Other drugs", "4", "Start") in told
    assert "secret" not in text
    assert not any(person in text for person in EVERYBODY)
