"""Every reader is given some hundred broken files: it reads each or refuses it in words, in bounded room."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.mutate import list_mutations
from fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
# These make a database of each content, which takes a tenth of a second; the others follow the same rows without one.
CONTENTS = {
    "sheet-text": 20,
    "sheet-visits": 20,
    "workbook": 20,
    "workbook-parts": 20,
    "redcap": 20,
    "fhir": 20,
    "labels": 40,
}
MANY, SEED, MOST_SECONDS = 400, 20260, 240


@pytest.mark.parametrize("name", TARGETS)
def test_a_broken_file_is_read_or_refused_in_words(name, tmp_path):
    paths = os.pathsep.join([str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.mutate", name, str(CONTENTS.get(name, MANY)), str(SEED)],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
        env=os.environ | {"PYTHONPATH": paths},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-3000:]


def test_the_contents_are_the_same_for_the_same_seed_and_no_seed_is_left_as_it_is():
    seeds = [b"person,item\n1,yes\n", b"other"]
    once, again = (list(list_mutations(seeds, 200, 7)) for _ in range(2))
    assert once == again
    assert once[:2] == seeds
    assert len(set(once)) > 150


def test_a_look_at_the_guided_fuzzer_leaves_the_program_as_it_is():
    importlib.import_module("fuzz.guided")
    assert "atheris" not in sys.modules
