"""The shipped code lists find every planted event in the records, however it was coded, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from refractory.records.concept_set_definitions import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED
from refractory.records.members import Doubt
from refractory.records.read import RecordNeeds, Records, read_records
from studies.hospital_truth import invent, read_rows

EVENTS = ("headache", "aseptic meningitis", "thromboembolism", "haemolytic anaemia", "acute renal failure")
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
