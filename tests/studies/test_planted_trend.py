"""The slope that was planted before day 0 is found again through the whole pipeline, and the doubts follow from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from refractory.cohort.build import build_cohort
from refractory.outcomes.around import read_around
from refractory.outcomes.response import ResponseStatus
from refractory.protocol import Protocol, parse_protocol
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.statistics.repeated_visits import fit_within
from studies.hospital_truth import STUDY, invent, read_rows, run
from twins.placebo_answers import judge_by_fall

# Falls by more than a point in 28 days, and rises by more than one.
FALLING, RISING = 3, 5


def _protocol() -> Protocol:
    return parse_protocol(STUDY.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=[DEFAULT_SEED, FALLING, RISING])
def hospital(request, tmp_path_factory):
    folder = invent(tmp_path_factory.mktemp("hospital"), request.param, 200)
    return folder, run(folder, _protocol()), plan_for(request.param).score_slope


def _by_id(done):
    return {one.id: one.estimate for one in done.results.estimates}


def test_the_planted_slope_lies_in_the_interval_of_the_slope_that_is_found(hospital):
    """The scores that were planned otherwise have no slope of their own; they are too few to hide a steep one."""
    folder, done, planted = hospital
    rows = read_rows(folder, "earlier_scores")
    told = [float(row["slope_per_28_days"]) for row in rows]
    assert sum(told) / len(told) == pytest.approx(planted, abs=0.3)
    found = _by_id(done)["explanation.trend.score.slope_before_within"]
    assert found.value == pytest.approx(planted, abs=0.35)
    assert found.lower - 0.15 <= planted <= found.upper + 0.15


def test_the_slope_within_persons_is_the_one_of_the_scores_that_the_truth_holds(hospital):
    folder, done, _ = hospital
    zero = {one.member.person_id: one.member.day0_date for one in done.patients}
    ill = {one.member.person_id: one.member.diagnosis_date for one in done.patients}
    points = []
    for row in read_rows(folder, "instrument"):
        person, when = int(row["person_id"]), date.fromisoformat(row["date"])
        if not row["activity"] or person not in zero:
            continue
        if max(ill[person], zero[person] - timedelta(365)) <= when <= zero[person]:
            points.append((person, (when - zero[person]).days / 28, float(row["activity"])))
    known = fit_within([one[0] for one in points], [[one[1]] for one in points], [one[2] for one in points])
    found = _by_id(done)["explanation.trend.score.slope_before_within"]
    assert found.value == pytest.approx(float(known.coefficients[0]))


def test_a_planted_fall_is_a_serious_caution_and_a_planted_rise_is_none(hospital):
    _, done, planted = hospital
    codes = {caution.code for caution in done.results.cautions if caution.severity == "serious"}
    assert ("explanation-trend-score" in codes) == (planted < -1)
    if planted > 0:
        assert "explanation-projection-score" not in codes


def test_the_answers_at_a_placebo_are_those_of_a_plain_loop_over_the_planted_scores(hospital):
    folder, done, _ = hospital
    protocol, store = _protocol(), done.records.store
    cohort = build_cohort(store, protocol.leaves, protocol.cohort_definition)
    around = read_around(
        store, protocol.leaves, cohort, done.patients, protocol.outcome_definition, protocol.explanations
    )
    visits: dict[int, list[tuple[date, float]]] = {}
    # A visit that is known within bounds only may decide by its bounds, which the loop does not look at.
    unsure = set()
    for row in read_rows(folder, "instrument"):
        person = int(row["person_id"])
        if row["activity"]:
            visits.setdefault(person, []).append((date.fromisoformat(row["date"]), float(row["activity"])))
        else:
            unsure.add(person)
    days_of = {placebo.days: placebo for placebo in around.placebos}
    assert set(days_of) == {90, 180}
    judged = {True: 0, False: 0, None: 0}
    for days, placebo in days_of.items():
        assert set(placebo.persons) == set(_find_persons(folder, done, days))
        by_score = placebo.answers[1]
        for person in set(placebo.persons) - unsure:
            zero = _zero(done, person)
            for found, day in ((by_score.earlier, zero - timedelta(days)), (by_score.true, zero)):
                known = judge_by_fall(visits.get(person, []), day, 4, (-90, 0), (28, days - 1))
                assert found[person].status is _STATUS[known]
                judged[known] += 1
    assert all(count > 10 for count in judged.values()), judged


_STATUS = {True: ResponseStatus.RESPONSE, False: ResponseStatus.NO_RESPONSE, None: ResponseStatus.NOT_EVALUABLE}


def _zero(done, person: int) -> date:
    return next(one.member.day0_date for one in done.patients if one.member.person_id == person)


def _find_persons(folder: Path, done, days: int) -> list[int]:
    """Find by plain loops who had the disease, was observed and was not treated so many days before day 0."""
    planted = {int(row["person_id"]): row for row in read_rows(folder, "persons")}
    given: dict[int, list[date]] = {}
    for row in read_rows(folder, "infusions"):
        if row["route"] == "intravenous":
            given.setdefault(int(row["person_id"]), []).append(date.fromisoformat(row["date"]))
    found = []
    for one in done.patients:
        person, zero = one.member.person_id, one.member.day0_date
        row, begin = planted[person], zero - timedelta(days + 180)
        is_ill = int(row["days_from_diagnosis"]) >= days and int(row["observed_from_day"]) <= -days
        if is_ill and not any(begin <= when < zero for when in given.get(person, [])):
            found.append(person)
    return found


def test_the_chart_review_of_the_published_study_cannot_be_asked_before_day_0(hospital):
    _, done, _ = hospital
    told = _by_id(done)["explanation.placebo.180.primary.earlier"]
    assert (told.value, told.numerator, told.denominator) == (None, 0, 0)
    table = done.results.table("explanation-placebo")
    assert [row.cells[1] for row in table.rows if row.label == "Improved by chart review"] == ["cannot be asked"] * 2


def test_a_hospital_with_a_steep_fall_explains_its_response_by_the_trend(tmp_path):
    folder = tmp_path / "steep"
    write_hospital(folder, persons=200, seed=3, plan=replace(plan_for(3), score_slope=-3.0))
    done = run(folder, _protocol())
    assert _by_id(done)["explanation.trend.score.slope_before_within"].value == pytest.approx(-3, abs=0.4)
    codes = {caution.code for caution in done.results.cautions if caution.severity == "serious"}
    assert {"explanation-trend-score", "explanation-projection-score"} <= codes
    chance = _by_id(done)["explanation.chance.visits.day_112.expected"]
    # They were better at baseline than before it: chance has nothing to give back.
    assert chance.upper < 0
