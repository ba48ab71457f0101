"""Scores by item, durability and events of the default hospital and twenty others, found again from records alone."""

from datetime import date, timedelta

import pytest

from refractory.records.hospital import DEFAULT_SEED, write_hospital
from spec.records.hospital_oracle import iv_days, read_hospital, read_truth
from spec.records.hospital_sequels import (
    EVENTS,
    episodes,
    final_days,
    judge_episode,
    planted,
    read_event_days,
    read_instrument,
    read_labels,
    read_periods,
    second_course,
)


@pytest.fixture(scope="module", params=[DEFAULT_SEED, *range(101, 121)])
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital") / "invented"
    write_hospital(folder, persons=200, seed=request.param)
    return folder


@pytest.fixture(scope="module")
def members(folder):
    return {person: row for person, row in planted(folder).items() if row["is_in_cohort"] == "True"}


@pytest.fixture(scope="module")
def infusion_days(folder, members):
    persons = read_hospital(folder)
    return {
        person: [day for day in iv_days(persons[person]) if day >= date.fromisoformat(row["time_zero"])]
        for person, row in members.items()
    }


def test_every_visit_of_the_truth_is_what_an_instrument_makes_of_the_records(folder):
    def cell(value):
        return "" if value is None else str(value)

    found = {
        (person, when): [
            *(cell(part) for name in ("activity", "damage") for part in row[name]),
            cell(row["written_activity"]),
            cell(row["written_damage"]),
        ]
        for (person, when), row in read_instrument(folder).items()
    }
    parts = ("", "_provenance", "_lower", "_upper")
    names = [f"{name}{part}" for name in ("activity", "damage") for part in parts]
    truth = {
        (int(row["person_id"]), date.fromisoformat(row["date"])): [
            row[name] for name in (*names, "written_activity", "written_damage")
        ]
        for row in read_truth(folder, "instrument")
    }
    assert found == truth


def test_baseline_and_falls_by_items_are_those_of_the_values_that_the_instrument_finds(folder, members):
    values = {}
    for (person, when), row in read_instrument(folder).items():
        if row["activity"][0] is not None:
            values.setdefault(person, []).append((when, row["activity"][0]))
    for person, row in members.items():
        day0, own = date.fromisoformat(row["time_zero"]), sorted(values.get(person, []))
        before = [value for when, value in own if -90 <= (when - day0).days <= 0]
        after = [value for when, value in own if 28 <= (when - day0).days <= 365]
        assert row["baseline_score_by_items"] == (str(before[-1]) if before else "")
        said = ["NOT_EVALUABLE"] * 3
        if before and after:
            base, fall = before[-1], before[-1] - min(after)
            met = (fall >= 4, 100 * fall >= 40 * base, 100 * fall >= 50 * base)
            said = ["RESPONSE" if each else "NO_RESPONSE" for each in met]
        names = ("falls_4_points", "falls_40_percent", "falls_50_percent")
        assert [row[f"{name}_by_items"] for name in names] == said


def test_the_first_relapse_after_the_response_is_the_planted_one(folder, members):
    labels = read_labels(folder)
    for row in read_truth(folder, "durability"):
        person = int(row["person_id"])
        seen = final_days(labels[person, "relapse"], "yes")
        when = members[person]["response_date"]
        is_dated = len(when) == len("2020-01-01")
        seen = [day for day in seen if is_dated and day > date.fromisoformat(when)]
        assert row["relapse_date"] == (seen[0].isoformat() if seen else "")


def test_relapse_second_course_and_last_infusion_are_those_of_the_records(folder, infusion_days):
    rows = read_truth(folder, "durability")
    assert len(rows) == len(infusion_days)
    for row in rows:
        days = infusion_days[int(row["person_id"])]
        assert row["last_infusion_date"] == days[-1].isoformat()
        again = second_course(days)
        assert row["retreatment_date"] == (again.isoformat() if again else "")
        if row["relapse_date"]:
            relapse = date.fromisoformat(row["relapse_date"])
            before = [day for day in days if day < relapse]
            assert row["infusion_before_relapse_date"] == before[-1].isoformat()
            stopped = not any(relapse - timedelta(days=56) <= day for day in before)
            assert row["is_relapse_after_stopping"] == str(stopped)


def test_every_episode_of_the_truth_is_in_the_records_and_judged_alike(folder, members, infusion_days):
    days, periods = read_event_days(folder, set(members)), read_periods(folder)
    found = {}
    for (person, event), own in days.items():
        day0 = date.fromisoformat(members[person]["time_zero"])
        for each in episodes(own):
            risk = EVENTS[event][0]
            found[person, event, each[0], each[-1], len(each)] = judge_episode(
                each, day0, infusion_days[person], periods[person], risk
            )
    truth = {}
    for row in read_truth(folder, "safety"):
        if int(row["person_id"]) in members:
            key = (int(row["person_id"]), row["event"], date.fromisoformat(row["first_date"]),
                   date.fromisoformat(row["last_date"]), int(row["records"]))  # fmt: skip
            since = int(row["days_since_infusion"]) if row["days_since_infusion"] else None
            truth[key] = (row["counts"] == "True", since, row["is_in_risk_window"] == "True")
    assert found == truth
