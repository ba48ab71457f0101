"""Another disease with an instrument that a user wrote: PASI from the page of the documentation, in a study of a drug.

The file of the instrument is the text of docs/instruments.md, unchanged. Persons are invented.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from studies.omop_files import write_table

PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"
PERSONS, DAY_0 = 60, date(2021, 5, 3)
WEIGHTS = {"head": Decimal("0.1"), "arms": Decimal("0.2"), "trunk": Decimal("0.3"), "legs": Decimal("0.4")}
SIGNS = ("erythema", "induration", "scaling")
STUDY = """
[study]
name  = "psoriasis"
title = "Secukinumab in psoriasis after methotrexate"
[concepts.psoriasis]
ICD10CM = ["L40.0"]
[concepts.secukinumab]
source = ["secukinumab"]
[disease]
concept  = "psoriasis"
at_least = 1
apart    = "0 days"
[treatment]
concept     = "secukinumab"
persistence = "60 days"
[instrument.PASI]
use   = "pasi.toml"
items = "PASI_*"
[[covariate]]
name  = "PASI at baseline"
score = "PASI"
window = [-30, 0]
[response]
name    = "PASI 75"
primary = { score = "PASI", fall = "75 %", baseline = [-30, 0], window = [84, 140] }
[[response.supporting]]
name     = "Almost clear"
score    = "PASI"
at_most  = 2.4
baseline = [-30, 0]
window   = [84, 140]
[follow_up]
days     = [112]
score    = "PASI"
baseline = [-30, 0]
"""


def _draw_sheet(random: Random, worst: int) -> dict[str, int]:
    sheet = {}
    for region in WEIGHTS:
        sheet[f"{region}_area"] = random.randrange(0, min(6, worst + 2) + 1)
        sheet |= {f"{region}_{sign}": random.randrange(0, worst + 1) for sign in SIGNS}
    return sheet


def _pasi(sheet: dict[str, int]) -> Decimal:
    return sum(
        (weight * sheet[f"{region}_area"] * sum(sheet[f"{region}_{sign}"] for sign in SIGNS))
        for region, weight in WEIGHTS.items()
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("psoriasis")


@pytest.fixture(scope="module")
def sheets(folder):
    """Write the records of everybody, and give the two sheets of each person."""
    random = Random("psoriasis")
    drawn = {
        person: (_draw_sheet(random, 4), _draw_sheet(random, random.choice((1, 1, 2, 4))))
        for person in range(1, PERSONS + 1)
    }
    records = folder / "records"
    records.mkdir()
    values = [
        (person, DAY_0 + timedelta(days=day), f"pasi_{item}", value)
        for person, pair in drawn.items()
        for day, sheet in zip((-3, 110), pair, strict=True)
        for item, value in sheet.items()
    ]
    write_table(records, "person", "person_id year_of_birth gender_concept_id", [(1970, 8507)] * PERSONS)
    write_table(
        records, "condition_occurrence",
        "condition_occurrence_id person_id condition_start_date condition_source_value",
        [(person, DAY_0 - timedelta(days=50), "L40.0") for person in drawn],
    )  # fmt: skip
    write_table(
        records, "drug_exposure",
        "drug_exposure_id person_id drug_exposure_start_date drug_exposure_end_date drug_source_value",
        [(person, DAY_0, DAY_0 + timedelta(days=150), "secukinumab") for person in drawn],
    )  # fmt: skip
    write_table(
        records, "measurement",
        "measurement_id person_id measurement_date measurement_source_value value_as_number", values,
    )  # fmt: skip
    return drawn


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("refractory")
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def answers(folder, sheets):
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (text,) = re.findall(r"```toml instrument\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (folder / "pasi.toml").write_text(text, encoding="utf-8")
    done = _run(folder, "run", "study.toml", "--records", "records", "--out", "run")
    assert done.returncode == 0, done.stderr
    with (folder / "run" / "private" / "responses.csv").open(encoding="utf-8") as file:
        return {(int(row["person_id"]), row["rule"]): row for row in csv.DictReader(file)}


def test_a_fall_of_three_quarters_is_told_from_the_items_of_the_users_own_instrument(sheets, answers):
    for person, (before, after) in sheets.items():
        first, second = _pasi(before), _pasi(after)
        row = answers[person, "primary"]
        assert Decimal(row["baseline"]) == first
        assert row["response"] == ("RESPONSE" if 4 * (first - second) >= 3 * first else "NO_RESPONSE")
        assert answers[person, "Almost clear"]["response"] == (
            "RESPONSE" if second <= Decimal("2.4") else "NO_RESPONSE"
        )
    counts = Counter(row["response"] for row in answers.values())
    assert min(counts["RESPONSE"], counts["NO_RESPONSE"]) > 20


def test_the_baseline_by_the_instrument_is_the_same_without_any_later_visit(folder, answers):
    with (folder / "run" / "results.csv").open(encoding="utf-8") as file:
        told = {row["additional_level"]: row["estimate_value"] for row in csv.DictReader(file)}
    assert told["explanation.look_ahead.persons"] == str(PERSONS)
    assert told["explanation.look_ahead.differences"] == "0"
    assert "Baseline values" in (folder / "run" / "report.html").read_text(encoding="utf-8")


def test_the_check_and_the_methods_text_know_the_instrument(folder, answers):
    said = " ".join(_run(folder, "explain", "study.toml").stdout.split())
    assert "PASI is the pasi of the Psoriasis Area and Severity Index, version 1978, worked out from its items." in said
    shown = _run(folder, "check", "study.toml", "--records", "records").stdout
    assert "PASI: 16 items" in shown
    assert "pasi_head" not in shown


def test_a_study_whose_instrument_is_not_there_says_so_with_its_line(folder, sheets):
    (folder / "lost.toml").write_text(STUDY.replace("pasi.toml", "psai.toml"), encoding="utf-8")
    done = _run(folder, "run", "lost.toml", "--records", "records", "--out", "lost")
    assert done.returncode == 1
    assert "psai.toml" in done.stderr
    assert "Traceback" not in done.stderr
