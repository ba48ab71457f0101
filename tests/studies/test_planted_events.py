"""The shipped code lists find every planted event in the records, however it was coded, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from refractory.protocol import parse_protocol
from refractory.records.concept_set_definitions import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED
from refractory.records.members import Doubt
from refractory.records.read import RecordNeeds, Records, read_records
from studies.hospital_truth import STUDY, invent, read_rows, run

EVENTS = ("headache", "aseptic meningitis", "thromboembolism", "haemolytic anaemia", "acute renal failure")
RISK_DAYS = dict(zip(EVENTS, (3, 7, 13, 13, 13), strict=True))
LISTS = (*EVENTS, "immunoglobulin")
ITEM = "cdasi_hands_erythema"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, 300)


@pytest.fixture(scope="module")
def records(hospital: Path) -> Records:
    sets = {name: ConceptSetDefinition(use=[name]) for name in LISTS} | {ITEM: ConceptSetDefinition(source=[ITEM])}
    needs = RecordNeeds(sets, "immunoglobulin", ("immunoglobulin",), {ITEM: None})
    return read_records(open_source(str(hospital / "records" / "hospital.duckdb")), needs)


@pytest.mark.parametrize("event", EVENTS)
def test_the_days_of_an_event_are_the_planted_ones(hospital: Path, records: Records, event: str) -> None:
    truth = read_rows(hospital, "safety")
    planted = {int(row["person_id"]) for row in read_rows(hospital, "persons")}
    rows = records.store.rows(records.store.table("event").select("person_id", "concept_set", "start_date"))
    found: dict[int, list[date]] = {}
    for person, concept_set, day in sorted(set(rows)):
        if concept_set == event and person in planted:
            found.setdefault(person, []).append(day)
    wanted: dict[int, list[tuple[str, str, int]]] = {}
    for row in truth:
        if row["event"] == event:
            one = (row["first_date"], row["last_date"], int(row["records"]))
            wanted.setdefault(int(row["person_id"]), []).append(one)
    assert found.keys() == wanted.keys()
    for person, days in found.items():
        episodes = wanted[person]
        assert len(days) == sum(records for _, _, records in episodes)
        assert {str(day) for day in days} >= {day for first, last, _ in episodes for day in (first, last)}


@pytest.mark.parametrize("event", EVENTS)
def test_no_name_of_a_code_list_disagrees_with_the_vocabulary(records: Records, event: str) -> None:
    doubted = [one for one in records.concept_sets.unresolved if one.concept_set == event]
    assert [one for one in doubted if one.doubt is Doubt.NAMES_SOMETHING_ELSE] == []


def test_an_item_of_a_score_is_read_as_a_measurement_by_its_text(hospital: Path, records: Records) -> None:
    visits = [row for row in read_rows(hospital, "instrument") if row["items_missing"] != ""]
    rows = set(records.store.rows(records.store.table("measurement").select("person_id", "date", "value")))
    days = {(int(row["person_id"]), date.fromisoformat(row["date"])) for row in visits}
    assert {(person, day) for person, day, _ in rows} == days
    assert {value for _, _, value in rows} == {0.0, 1.0, 2.0, 3.0}


def _followed_for_ever() -> str:
    """Write the published study so that events count as long as anybody is observed."""
    before, safety = STUDY.read_text(encoding="utf-8").split("[safety]")
    return f"{before}[safety]{safety.replace('730 days', '9000 days', 1)}"


@pytest.mark.parametrize("seed", [DEFAULT_SEED, 31, 32, 33])
def test_a_study_finds_the_planted_episodes_windows_and_reasons_for_stopping(seed: int, tmp_path: Path) -> None:
    folder = invent(tmp_path, seed, 200)
    protocol = parse_protocol(_followed_for_ever())
    patients = run(folder, protocol).patients
    found, reasons = set(), {}
    for one in patients:
        assert one.safety is not None
        reasons[one.member.person_id] = one.safety.stop_reason or ""
        for event in EVENTS:
            for episode in one.safety.events[event.capitalize()].episodes:
                found.add((one.member.person_id, event, episode.day, episode.days_since, episode.is_at_risk))
    rows = [row for row in read_rows(folder, "safety") if row["is_in_cohort"] == row["counts"] == "True"]
    planted = {
        (int(row["person_id"]), row["event"], int(row["day"]), int(row["days_since_infusion"]),
         row["is_in_risk_window"] == "True")
        for row in rows
    }  # fmt: skip
    assert found == planted
    assert len(planted) > 20
    truth = {int(row["person_id"]): row["stop_reason"] for row in read_rows(folder, "durability")}
    assert reasons == truth
