"""`refractory score` as a person uses it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from refractory.instrument_lists import list_columns, list_instruments
from refractory.outcomes.instruments.skin import CDASI

PROGRAM = Path(sys.executable).with_name("refractory")


def refractory(*words, cwd):
    """Run the program as a user does, in a wide terminal."""
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        [str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


@pytest.fixture
def visits(tmp_path):
    """Three visits: one at its most, one with a missing answer, one with a fault."""
    path = tmp_path / "visits.csv"
    most = [str(int(item.most)) for item in CDASI.items]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", *CDASI.item_keys])
        writer.writerow(["Miller", *most])
        writer.writerow(["Smith", "", *["0"] * (len(most) - 1)])
        writer.writerow(["Brown", "7", *["0"] * (len(most) - 1)])
    return path


def test_a_sheet_is_scored_into_a_file_beside_it(visits):
    done = refractory("score", "cdasi", visits.name, cwd=visits.parent)
    assert done.returncode == 0, done.stderr
    with (visits.parent / "visits-scored.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["patient"] for row in rows] == ["Miller", "Smith", "Brown"]
    assert [row["cdasi_activity"] for row in rows] == ["100", "", ""]
    assert [row["cdasi_activity_upper"] for row in rows] == ["100", "3", ""]
    assert [row["cdasi_damage"] for row in rows] == ["32", "0", "0"]
    assert rows[2]["problem"] == "scalp_erythema is not 0, 1, 2 or 3"
    assert "3 rows of visits.csv" in done.stdout
    assert "scalp_erythema is not 0, 1, 2 or 3: 1 (line 4)" in done.stdout
    assert "Scores: visits-scored.csv" in done.stdout
    assert not [name for name in ("Miller", "Smith", "Brown") if name in done.stdout + done.stderr]


def test_the_list_and_the_items_tell_what_there_is(tmp_path):
    told = refractory("score", "--list", cwd=tmp_path)
    assert told.returncode == 0
    for name, _, _ in list_instruments():
        assert name in told.stdout
        assert list_columns(name)[1]
    told = refractory("score", "cdasi", "--items", cwd=tmp_path)
    assert told.returncode == 0
    for said in ("gottron_elsewhere_calcinosis", "0, 1, 2 or 3", "Yassaee", "0 to 100, higher is worse"):
        assert said in told.stdout


@pytest.mark.parametrize(("words", "said"), [
    (("cdasi",), "an instrument and a file are needed"),
    ((), "an instrument and a file are needed"),
    (("cdassi", "visits.csv"), 'Did you mean "cdasi"?'),
    (("cdasi", "nothing.csv"), "cannot be read"),
    (("cdasi", "."), "cannot be read"),
    (("cdasi", "visits.csv", "--out", "visits.csv"), "would replace the file itself"),
    (("cdasi", "visits.csv", "--out", "no/where.csv"), "cannot be written"),
    (("tis-adult", "visits.csv", "--range", "mmt"), '"mmt" is no range'),
    (("tis-adult", "visits.csv"), "none of the"),
    (("dlqi", "visits.csv"), "none of the 10 columns of dlqi"),
    (("eular-acr-2017", "visits.csv"), "none of the"),
    (("mine.toml", "visits.csv"), "cannot be read"),
])  # fmt: skip
def test_a_mistake_is_one_message_and_status_1(visits, words, said):
    before = sorted(visits.parent.iterdir())
    done = refractory("score", *words, cwd=visits.parent)
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "  Try: " in done.stderr
    assert sorted(visits.parent.iterdir()) == before
