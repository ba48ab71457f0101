"""Other truths, other sizes, other formats: what the invented hospital promises of each."""

from collections import Counter
from datetime import date

import duckdb
import pytest

from refractory.errors import OutputError, RecordsError
from refractory.records.hospital import DEFAULT_SEED, HospitalPlan, plan_for, random_plan, write_hospital
from spec.records.hospital_oracle import (
    Rules,
    describe,
    find_cohort,
    find_differences,
    judge,
    read_hospital,
    read_truth,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fact_of_a_random_truth_is_in_the_records(tmp_path, seed):
    plan = random_plan(seed)
    write_hospital(tmp_path / "h", persons=600, seed=seed)
    persons = read_hospital(tmp_path / "h")
    planted = {int(row["person_id"]): row for row in read_truth(tmp_path / "h", "persons")}
    members, losses = find_cohort(persons)
    assert set(members) == {person_id for person_id, row in planted.items() if row["is_in_cohort"] == "True"}
    assert len(members) == plan.members
    found = {person_id: describe(persons[person_id], day0) for person_id, day0 in members.items()}
    different = {person_id: find_differences(each, planted[person_id]) for person_id, each in found.items()}
    assert {person_id: each for person_id, each in different.items() if each} == {}
    responses = Counter(each.response for each in found.values())
    assert (responses["RESPONSE"], responses["NOT_EVALUABLE"]) == (plan.responders, plan.not_evaluable)
    for person_id, criterion in losses.items():
        row = planted.get(person_id)
        if row:
            assert criterion == row["fails"]
            answers = judge(persons[person_id], date.fromisoformat(row["candidate_date"]), Rules())
            assert [name for name, is_met in answers.items() if not is_met] == [row["near_miss_of"]]


def test_a_plan_of_one_s_own_is_planted(tmp_path):
    plan = HospitalPlan(
        seed=11, is_exact=False, skin_alone=6, muscle=4, lung=2, muscle_and_lung=0, responders_skin_alone=1,
        responders_with_organs=5, responses_known_to_month=0, responses_known_to_year=0, on_glucocorticoid=9,
        glucocorticoid_stopped=1, glucocorticoid_decreased=1, glucocorticoid_increased=5, gaps_at_split=0,
        gaps_beyond_split=0,
    )  # fmt: skip
    write_hospital(tmp_path / "h", persons=200, plan=plan)
    persons = read_hospital(tmp_path / "h")
    found = [describe(persons[person_id], day0) for person_id, day0 in find_cohort(persons)[0].items()]
    assert Counter(each.involvement for each in found) == {"none": 6, "muscle": 4, "lung": 2}
    assert Counter(each.response for each in found) == {"RESPONSE": 6, "NO_RESPONSE": 6}
    assert Counter(each.glucocorticoid for each in found) == {
        "STOPPED": 1, "DECREASED": 1, "INCREASED": 5, "UNCHANGED": 2, "NOT_EVALUABLE": 3,
    }  # fmt: skip


def test_the_default_seed_is_the_published_study_and_any_other_is_not():
    assert plan_for(DEFAULT_SEED) == HospitalPlan()
    assert plan_for(DEFAULT_SEED + 1) == random_plan(DEFAULT_SEED + 1)


def test_a_plan_with_more_responders_than_members_is_refused():
    with pytest.raises(ValueError, match="more responders than members"):
        HospitalPlan(skin_alone=5, responders_skin_alone=6)


def test_parquet_and_duckdb_hold_the_same_rows(tmp_path):
    write_hospital(tmp_path / "database", persons=150)
    write_hospital(tmp_path / "files", persons=150, format="parquet")
    with duckdb.connect(str(tmp_path / "database" / "records" / "hospital.duckdb"), read_only=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        assert len(tables) == 15
        for table in tables:
            file = tmp_path / "files" / "records" / f"{table}.parquet"
            one, other = f"SELECT * FROM {table}", f"SELECT * FROM '{file}'"
            assert connection.execute(f"({one}) EXCEPT ALL ({other})").fetchall() == []
            assert connection.execute(f"({other}) EXCEPT ALL ({one})").fetchall() == []
    assert not list((tmp_path / "files" / "records").glob("*.duckdb"))


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        write_hospital(tmp_path, persons=150)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_hospital_smaller_than_its_planted_persons_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(RecordsError, match="too small: 88 persons are planted"):
        write_hospital(tmp_path / "h", persons=87)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_nothing_behind(tmp_path):
    def fail(step):
        if step.startswith("Other"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_hospital(tmp_path / "h", persons=150, progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_the_truth_is_not_beside_the_records(tmp_path):
    write_hospital(tmp_path / "h", persons=100)
    assert sorted(path.name for path in (tmp_path / "h" / "records").iterdir()) == ["hospital.duckdb", "labels.csv"]
