"""The course of each planted response, and each planted score, found again through the whole pipeline."""

from __future__ import annotations

from datetime import date

import pytest

from refractory.outcomes.durability import FollowUp
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.scores import ScoreOrigin
from refractory.protocol import parse_protocol
from refractory.records.hospital import DEFAULT_SEED
from studies.hospital_truth import STUDY, invent, read_rows, run

LONGEST_PAUSE = 84
AGAIN = {"improved": ResponseStatus.RESPONSE, "not improved": ResponseStatus.NO_RESPONSE}


@pytest.fixture(scope="module", params=[DEFAULT_SEED, 41, 42, 43])
def hospital(request, tmp_path_factory):
    folder = invent(tmp_path_factory.mktemp("hospital"), request.param, 200)
    return folder, run(folder, parse_protocol(STUDY.read_text(encoding="utf-8"))), request.param == DEFAULT_SEED


def _day(row: dict[str, str], column: str, zero: date) -> int | None:
    return (date.fromisoformat(row[column]) - zero).days if row[column] else None


def _loss(row: dict[str, str], zero: date, restart: int | None, seen: FollowUp) -> tuple[int | None, str | None]:
    """Say how the planted response was lost, within what is followed."""
    if row["response"] != "RESPONSE" or seen.response_day is None:
        return None, None
    relapse = _day(row, "relapse_date", zero)
    ends = [(relapse, "relapse")] if relapse is not None and relapse <= seen.seen_until_day else []
    ends += [(restart, "retreatment")] if restart is not None and restart > seen.response_day else []
    return min(ends) if ends else (None, None)


def test_every_relapse_and_every_retreatment_is_found_on_its_day(hospital):
    folder, found, is_default = hospital
    truth = {int(row["person_id"]): row for row in read_rows(folder, "durability")}
    counted = {"relapse": 0, "retreatment": 0, "again": 0, "at the limit": 0}
    for one in found.patients:
        row, zero = truth[one.member.person_id], one.member.day0_date
        seen = one.followed.follow_up
        gap = int(row["retreatment_gap_days"] or 0)
        restart = _day(row, "retreatment_date", zero) if gap > LONGEST_PAUSE else None
        restart = restart if restart is not None and restart <= seen.seen_until_day else None
        assert seen.restart_day == restart
        assert (seen.loss_day, seen.loss) == _loss(row, zero, restart, seen)
        if restart is not None and row["retreatment"]:
            assert seen.again is AGAIN[row["retreatment"]]
            counted["again"] += 1
        counted["relapse"] += seen.loss == "relapse"
        counted["retreatment"] += restart is not None
        counted["at the limit"] += gap == LONGEST_PAUSE
    assert counted["relapse"] > 0
    # The default plan has every boundary; a small random one may lack some.
    assert all(counted.values()) or not is_default, counted


def test_every_score_is_the_planted_one_and_says_where_it_comes_from(hospital):
    folder, found, _ = hospital
    members = {one.member.person_id for one in found.patients}
    store = found.records.store
    scores = {(row["person_id"], row["date"].isoformat()): row for row in store.records(store.table("scores"))}
    planted = [row for row in read_rows(folder, "instrument") if int(row["person_id"]) in members]
    planted = [row for row in planted if row["activity_provenance"]]
    assert scores.keys() == {(int(row["person_id"]), row["date"]) for row in planted}
    for row in planted:
        score = scores[int(row["person_id"]), row["date"]]
        assert score["origin"] == row["activity_provenance"]
        assert score["value"] == (float(row["activity"]) if row["activity"] else None)
        if row["activity_lower"]:
            assert (score["lower"], score["upper"]) == (float(row["activity_lower"]), float(row["activity_upper"]))
        else:
            # An item that is out of its range leaves the score open by what the item could have been.
            assert row["items_out_of_range"] == "1"
            assert 0 < score["upper"] - score["lower"] <= 3
        has_both = row["written_activity"] and score["origin"] == ScoreOrigin.ITEMS
        assert score["disagrees"] is bool(has_both and float(row["written_activity"]) != score["value"])
    assert {score["origin"] for score in scores.values()} == set(ScoreOrigin)
    assert any(score["disagrees"] for score in scores.values())


def test_the_rules_by_the_instrument_give_the_planted_answers(hospital):
    folder, found, _ = hospital
    truth = {int(row["person_id"]): row for row in read_rows(folder, "persons")}
    columns = [f"falls_{limit}_by_items" for limit in ("4_points", "40_percent", "50_percent")]
    for one in found.patients:
        row = truth[one.member.person_id]
        assert [answer.status.value for answer in one.supporting[:3]] == [row[column] for column in columns]
