"""`refractory consistency` as a person uses it, on the numbers of the published study."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("refractory")
PUBLISHED = Path(__file__).parents[2] / "studies" / "published" / "ivig-cutaneous-dm.toml"


def refractory(*words, cwd):
    """Run the program as a user does, in a wide terminal."""
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The answers on the published study, by name, with what the terminal showed."""
    folder = tmp_path_factory.mktemp("published")
    done = refractory("consistency", PUBLISHED, "--out", "answers.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    whole = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return {one["name"]: one for one in whole["answers"]}, done.stdout


def test_the_three_percentages_come_from_one_count_each_and_these_add_up(published):
    found, _ = published
    assert found["improved"]["numbers"]["counts"] == [[35, 42]]
    assert found["improved, skin alone"]["numbers"]["counts"] == [[13, 15]]
    assert found["improved, skin and muscle or lung"]["numbers"]["counts"] == [[22, 27]]
    assert found["the strata add up"]["numbers"]["divisions"] == [[[35, 42], [13, 15], [22, 27]]]


def test_80_per_cent_fits_no_count_out_of_42_and_would_fit_the_35_responders(published):
    found, _ = published
    lower = found["lower glucocorticoid exposure"]
    assert lower["verdict"] == "impossible"
    assert "no count out of 42 fits" in lower["finding"]
    assert '28/35 would be of "improved"' in lower["finding"]
    assert {(28, 35), (32, 40), (33, 41)} <= set(map(tuple, lower["numbers"]["denominators"]))


def test_the_mean_of_1_82_cycles_is_not_over_all_35_responders_and_fits_33_or_34(published):
    found, _ = published
    cycles = found["cycles to improvement"]
    assert cycles["verdict"] == "impossible"
    assert cycles["finding"].startswith("not over 35: no sum of whole numbers prints as the mean")
    assert {33, 34} <= set(cycles["numbers"]["persons"])
    assert 35 not in cycles["numbers"]["persons"]
    assert "over 34 for example 1 (14 times), 2 (18 times), 3, 9" in cycles["finding"]


def test_the_terminal_says_how_many_statements_are_impossible(published):
    _, shown = published
    assert "2 impossible" in shown
    assert "Answers: answers.json" in shown


def test_answers_may_be_rows_of_a_csv(tmp_path):
    done = refractory("consistency", PUBLISHED, "--out", "answers.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows["improved"]["finding"] == "35/42"
    assert rows["improved"]["roundings"] == "half up; half down; half to even"


@pytest.mark.parametrize(("text", "words", "said"), [
    ("title = ", (), "not valid TOML"),
    ('title = "x"\n[[percentage]]\nname = "a"\nprinted = 80\nof = 4\n', (), "line 4, percentage[1].printed"),
    ('title = "x"\n[[count]]\nname = "a"\npersons = 4\n', ("--out", "a.xlsx"), "neither in .json nor in .csv"),
    ('title = "x"\n[[count]]\nname = "a"\npersons = 4\n', ("--out", "no/a.csv"), "cannot be written"),
    (None, (), "cannot be read"),
])  # fmt: skip
def test_a_mistake_is_one_message_and_status_1(tmp_path, text, words, said):
    if text is not None:
        (tmp_path / "paper.toml").write_text(text, encoding="utf-8")
    done = refractory("consistency", "paper.toml", *words, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stderr
    assert "  Try: " in done.stderr
    assert "Traceback" not in done.stderr
