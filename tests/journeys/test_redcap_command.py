"""A project of REDCap on the command line, as docs/redcap.md shows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from redcap_project import dictionary_rows, save
from redcap_server import TOKEN, RedcapServer, serving
from refractory.records.mapping import SourceMapping
from tables import table

PROGRAM = Path(sys.executable).with_name("refractory")
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "redcap.md").read_text(encoding="utf-8")
DICTIONARY = """
    field     | form      | type | choices                | validation
    record_id | base      | text | -                      | -
    dob       | base      | text | -                      | date_dmy
    given     | infusions | text | -                      | date_ymd
    grams     | infusions | text | -                      | number
    stopped   | infusions | text | -                      | -
    arm       | infusions | radio | 1, Treated / 2, Other | -
"""
EXPORT = """
    record_id | redcap_repeat_instrument | redcap_repeat_instance | dob        | given      | grams | stopped | arm
    1         | -                        | -                      | 1960-02-03 | -          | -     | -       | -
    1         | infusions                | 1                      | -          | 2015-03-02 | 70    | -       | 1
    1         | infusions                | 2                      | -          | Doe        | 70    | -       | 1
"""


def refractory(*words, cwd, **environment):
    """Run the program as a user does."""
    own = {name: value for name, value in os.environ.items() if name != "REDCAP_API_TOKEN"}
    return subprocess.run(
        [str(PROGRAM), *map(str, words)],
        capture_output=True, text=True, check=False, cwd=cwd, env=own | {"COLUMNS": "160"} | environment,
    )  # fmt: skip


def shown():
    return re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", shown())
def test_every_mapping_that_the_page_shows_is_one(text):
    SourceMapping.model_validate(tomllib.loads(text))


def check(folder, mapping, **environment):
    (folder / "charts.mapping.toml").write_text(mapping, encoding="utf-8")
    study = ROOT / "studies" / "ivig-cutaneous-dm.toml"
    return refractory("check", study, "--records", "charts.mapping.toml", cwd=folder, **environment)


def test_the_mapping_of_the_page_reads_the_export_of_the_project(tmp_path):
    save(tmp_path, DICTIONARY, export=EXPORT)
    done = check(tmp_path, shown()[0])
    assert done.returncode == 0, done.stderr
    assert "Doe" not in done.stdout + done.stderr


def test_the_server_is_asked_with_the_token_of_the_environment_and_the_steps_are_told(tmp_path):
    rows = [{name: value or "" for name, value in row.items()} for row in table(EXPORT)]
    tables = shown()[0].partition("[[table]]")
    with serving(RedcapServer(dictionary_rows(DICTIONARY), rows)) as running:
        source = shown()[1].replace("https://redcap.example.org/api/", running.address)
        done = check(tmp_path, source + tables[1] + tables[2], REDCAP_API_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert "Asking REDCap for records 1 to 1 of 1 ..." in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_without_a_token_the_variable_is_named_and_nothing_is_asked(tmp_path):
    done = check(tmp_path, shown()[1])
    assert done.returncode != 0
    assert "The environment variable REDCAP_API_TOKEN does not hold the token of REDCap." in done.stderr
    assert "Traceback" not in done.stderr
