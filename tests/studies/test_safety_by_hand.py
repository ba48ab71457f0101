"""Events after infusions among invented persons, from a folder of files to results.csv, against SQL by hand."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from math import exp
from pathlib import Path
from random import Random

import duckdb
import pytest

from studies.omop_files import write_table

BY_HAND = (Path(__file__).parent / "safety_by_hand.sql").read_text(encoding="utf-8")
PERSONS = 160
NOT_OBSERVED = range(141, 161)  # no period holds their day 0
STUDY = """
[study]
name  = "safety"
title = "Events after an infusion"
[concepts.disease]
ICD10CM = ["M33.10"]
[concepts.drug]
source = ["ivig"]
[concepts.headache]
ICD10CM = ["R51.9"]
[concepts.embolism]
ICD10CM = ["I26.99"]
[concepts.thrombosis]
ICD10CM = ["I82.40"]
[concepts.thromboembolism]
members = ["embolism", "thrombosis"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "drug"
cycle   = { split = "7 days" }
[response]
name    = "Improvement"
primary = { label = "improved" }
[safety]
risk        = [0, 13]
washout     = "3 days"
before      = "7 days"
stop_reason = "reason stopped"
[[safety.event]]
name    = "Headache"
concept = "headache"
risk    = [1, 3]
[[safety.event]]
name    = "Thromboembolism"
concept = "thromboembolism"
"""
EVENTS = {
    "Headache": ("'R51.9'", 1, 3),
    "Thromboembolism": ("'I26.99', 'I82.40'", 0, 13),
}


def _write_records(folder: Path) -> None:
    """Invent persons with two to six cycles of one to five days, and events of which more come after an infusion."""
    random = Random("events after infusions")
    persons, periods, drugs, conditions, deaths, labels = [], [], [], [], [], []
    for person in range(1, PERSONS + 1):
        persons.append((1960 + person % 40, 8532))
        day0 = date(2018, 1, 1) + timedelta(days=random.randrange(400))
        ends = day0 + timedelta(days=random.choice((27, 200, 364, 365, 366, 900)))
        if person in NOT_OBSERVED:
            ends = day0 - timedelta(days=1)
        periods.append((person, day0 - timedelta(days=500), ends))
        conditions.append((person, day0 - timedelta(days=300), "M33.10"))
        infused = [
            day0 + timedelta(days=28 * cycle + random.choice((0, 0, 3)) * (cycle > 0) + day)
            for cycle in range(random.randint(2, 6))
            for day in range(random.randint(1, 5))
        ]
        drugs += [(person, day, day, "ivig") for day in infused]
        if random.random() < 0.1:
            deaths.append((person, day0 + timedelta(days=random.randrange(400))))
        for code, often in (("R51.9", 3), ("I26.99", 1), ("I82.40", 1)):
            near = [
                random.choice(infused) + timedelta(days=random.randint(-2, 16)) for _ in range(random.randint(0, often))
            ]
            far = [day0 + timedelta(days=random.randint(-60, 420)) for _ in range(random.randint(0, often))]
            conditions += [(person, day, code) for day in near + far]
        labels += [(person, "reason stopped", random.choice(("effect", "harm")), "2025-01-01")] * (person % 3 == 0)
    write_table(folder, "person", "person_id year_of_birth gender_concept_id", persons)
    columns = "observation_period_id person_id observation_period_start_date observation_period_end_date"
    write_table(folder, "observation_period", columns, periods)
    columns = "drug_exposure_id person_id drug_exposure_start_date drug_exposure_end_date drug_source_value"
    write_table(folder, "drug_exposure", columns, drugs)
    columns = "condition_occurrence_id person_id condition_start_date condition_source_value"
    write_table(folder, "condition_occurrence", columns, conditions)
    write_table(folder, "death", "number person_id death_date", deaths)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("person", "item", "value", "date"), *labels])


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("clinic") / "records"
    folder.mkdir()
    _write_records(folder)
    return folder


@pytest.fixture(scope="module")
def run_folder(clinic) -> Path:
    study, folder = clinic.parent / "safety.toml", clinic.parent / "out"
    study.write_text(STUDY, encoding="utf-8")
    command = [Path(sys.executable).with_name("refractory"), "run", study, "--records", clinic, "--out", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def results(run_folder) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with (run_folder / "results.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["additional_level"], {})[row["estimate_name"]] = row["estimate_value"]
    return found


def ask_by_hand(clinic: Path, event: str, select: str) -> list[tuple[int, ...]]:
    codes, first, last = EVENTS[event]
    asked = {":event": codes, ":first": first, ":last": last, ":washout": 3, ":before": 7}
    text = BY_HAND + select
    for name, value in asked.items():
        text = text.replace(name, str(value))
    with duckdb.connect() as connection:
        for file in clinic.glob("*.csv"):
            if file.stem != "labels":
                connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_csv('{file}')")
        return connection.execute(text).fetchall()


@pytest.mark.parametrize("event", EVENTS)
def test_persons_events_and_cycles_are_what_sql_by_hand_counts(clinic, results, event):
    ((persons,),) = ask_by_hand(clinic, event, "SELECT count(DISTINCT person_id) FROM episode")
    ((events, at_risk, days),) = ask_by_hand(
        clinic, event, "SELECT sum(events), sum(risk_events), sum(days) FROM of_person"
    )
    ((with_event, given),) = ask_by_hand(
        clinic,
        event,
        "SELECT (SELECT count(*) FROM with_event SEMI JOIN given USING (person_id, cycle)), count(*) FROM given",
    )
    found = {last: results[f"safety.{event}.{last}"] for last in ("persons", "events", "events_at_risk", "per_cycle")}
    assert (found["persons"]["count"], found["persons"]["denominator"]) == (str(persons), str(PERSONS))
    assert (found["events"]["count"], found["events_at_risk"]["count"]) == (str(events), str(at_risk))
    assert (found["per_cycle"]["count"], found["per_cycle"]["denominator"]) == (str(with_event), str(given))
    assert results["safety.follow_up_days"]["count"] == str(days)
    assert 0 < at_risk < events
    assert 0 < with_event < given


@pytest.mark.parametrize("event", EVENTS)
def test_rates_are_events_over_the_days_that_sql_by_hand_counts(clinic, results, event):
    ((events, days, at_risk, risk_days),) = ask_by_hand(
        clinic, event, "SELECT sum(events), sum(days), sum(risk_events), sum(risk_days) FROM of_person"
    )
    for name, count, time in (("", events, days), ("_at_risk", at_risk, risk_days)):
        found = results[f"safety.{event}.per_100_person_months{name}"]
        assert float(found["estimate"]) == pytest.approx(count / (time / 30.4375) * 100, rel=1e-9)
        assert float(found["lower"]) < float(found["estimate"]) < float(found["upper"])


@pytest.mark.parametrize("event", EVENTS)
def test_the_rate_ratio_is_where_as_many_events_are_expected_at_risk_as_were_seen(clinic, results, event):
    """The conditional likelihood has its maximum where the sum of n r T / (r T + C) is the events seen at risk."""
    persons = ask_by_hand(
        clinic,
        event,
        "SELECT risk_events, control_events, risk_days, control_days FROM of_person "
        "WHERE risk_events + control_events > 0 AND risk_days > 0 AND control_days > 0",
    )
    seen = sum(risk for risk, *_ in persons)
    low, high = -10.0, 10.0
    for _ in range(200):
        ratio = exp((low + high) / 2)
        expected = sum((e + c) * ratio * t / (ratio * t + rest) for e, c, t, rest in persons)
        low, high = ((low + high) / 2, high) if expected < seen else (low, (low + high) / 2)
    found = results[f"safety.{event}.rate_ratio"]
    assert float(found["estimate"]) == pytest.approx(ratio, rel=1e-6)
    assert float(found["lower"]) < ratio < float(found["upper"])
    assert int(found["count"]) == len(persons) > 10


def test_persons_without_known_observation_are_counted_and_said_to_be_not_evaluable(results, run_folder):
    assert results["safety.not_evaluable"]["count"] == str(len(NOT_OBSERVED))
    report = (run_folder / "report.html").read_text(encoding="utf-8")
    assert "For 20 of 160 persons no observation is known on day 0." in report
    assert "Events in risk windows and on the other days of the same persons" in report


def test_the_private_list_has_every_episode_and_every_person(clinic, run_folder):
    with (run_folder / "private" / "episodes.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {int(row["person_id"]) for row in rows} == set(range(1, PERSONS + 1))
    for event in EVENTS:
        found = sorted((int(row["person_id"]), int(row["day"])) for row in rows if row["event"] == event)
        assert found == sorted(ask_by_hand(clinic, event, "SELECT person_id, day FROM episode"))


def test_the_reasons_for_stopping_are_counted_among_all_persons(results):
    reasons = {name: int(results[f"safety.stop_reason.{name}"]["count"]) for name in ("effect", "harm", "not said")}
    assert reasons["effect"] + reasons["harm"] == PERSONS // 3
    assert sum(reasons.values()) == PERSONS


def test_explain_says_the_rules_of_the_events(clinic, run_folder):
    command = [Path(sys.executable).with_name("refractory"), "explain", clinic.parent / "safety.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = " ".join(done.stdout.split())
    for sentence in (
        "headache: days 1 to 3",
        "days 0 to 13 after each infusion day",
        "the 7 days before each infusion",
    ):
        assert sentence in said
