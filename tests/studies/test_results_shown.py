"""What `refractory show` prints of a run is what the run itself prints, in the report and on the terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from refractory.numbers import format_estimate
from refractory.records.hospital import DEFAULT_SEED
from refractory.run_store import write_run
from refractory.shown.files import read_run
from refractory.shown.values import say_value
from refractory.study import StudyRun
from studies.hospital_truth import flagship, invent, run

PROGRAM = Path(sys.executable).with_name("refractory")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, 500)


@pytest.fixture(scope="module")
def done(hospital: Path) -> StudyRun:
    return run(hospital, flagship())


@pytest.fixture(scope="module")
def folder(done: StudyRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("run") / "ivig"
    write_run(done, written, ())
    return written


@pytest.fixture(scope="module")
def stricter(hospital: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("run") / "three-drugs"
    write_run(run(hospital, flagship(("failed         = 2", "failed         = 3"))), written, ())
    return written


def show(*words: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COLUMNS": "110", "NO_COLOR": "1"}
    command = [str(PROGRAM), "show", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("part", ["", "share"])
def test_every_result_is_shown_as_the_report_prints_it(done, folder, part):
    written = done.shared if part else done.results
    told = read_run(folder / part).results
    assert len(told.estimates) == len(written.estimates) > 50
    for named in written.estimates:
        assert format_estimate(told.estimates[named.id].estimate) == format_estimate(named.estimate), named.id
    if part:
        marks = {one.id: say_value(one) for one in told.results if one.mark}
        assert marks.keys() == {one.id for one in done.shared.suppressed}
        assert set(marks.values()) == {"not shared", "<5 (not shared)"}


def test_the_answer_of_a_run_is_shown_with_published_beside_reproduced(done, folder):
    shown = show(folder)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count(" same ") == 15
    assert "35/42 (83 %; 95 % CI 69 to 93)" in shown.stdout
    assert re.search(r"^ +\d+ +Any record of immunoglobulin +\d+ ", shown.stdout, re.MULTILINE)
    every = show(folder, "--all", "--format", "markdown").stdout
    assert sum(line.startswith("| response") for line in every.splitlines()) == 48


def test_what_is_shared_is_shown_with_what_is_not_told(folder):
    shown = show(folder / "share").stdout
    assert "counts below 5 are not told" in shown
    assert "not shared" in shown
    assert "Invented hospital" not in shown


def test_one_result_is_shown_in_full_and_a_wrong_name_is_answered_with_the_nearest(folder):
    assert "Clopper-Pearson" in show(folder, "--result", "response.overall").stdout
    wrong = show(folder, "--result", "response.overal")
    assert wrong.returncode == 1
    assert "response.overall" in wrong.stderr


def test_a_csv_has_a_row_per_result_with_the_printed_value_and_the_numbers(folder):
    lines = show(folder, "--format", "csv", "--like", "dose").stdout.splitlines()
    assert lines[0].startswith("result,source,group,stratum,variable,value,number,lower,upper")
    assert len(lines) > 80
    assert all("dose" in line.lower() for line in lines[1:])


def test_two_runs_differ_where_the_protocol_says_why(folder, stricter):
    shown = show(folder, "--compare", stricter)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"cohort.persons +42 +15", shown.stdout)
    assert re.search(r"Protocol: refractory.failed +2 +3", shown.stdout)
    assert not re.search(r"Protocol: (?!refractory.failed)", shown.stdout)


def test_a_run_compared_with_itself_differs_in_nothing(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    shown = show(folder, "--compare", tmp_path / "copy").stdout
    assert "0 differ" in shown
    assert "What could be behind it" not in shown


def test_what_is_shared_compared_with_the_whole_names_what_is_not_told(folder):
    shown = show(folder, "--compare", folder / "share", "--result", "response.Skin alone").stdout
    assert re.search(r"13/15 .*not shared", shown)
