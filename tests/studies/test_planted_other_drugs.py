"""What each person of the invented hospital began or raised near day 0 is found, person by person."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from refractory.outcomes.sparing import SparingClass
from refractory.records.hospital import DEFAULT_SEED
from refractory.study import StudyRun
from studies.hospital_truth import flagship, invent, read_rows, read_truth, run

FEWEST = 500


def _planted(hospital: Path) -> dict[int, set[tuple[str, str, int]]]:
    found: dict[int, set[tuple[str, str, int]]] = {}
    for row in read_rows(hospital, "near_day_0"):
        found.setdefault(int(row["person_id"]), set()).add((row["drug"], row["change"], int(row["day"])))
    return found


def _found(done: StudyRun) -> dict[int, set[tuple[str, str, int]]]:
    """Read the listing, whose persons are numbered in the order of the cohort."""
    persons = [one.member.person_id for one in done.patients]
    (listing,) = [one for one in done.results.listings if one.id == "other-drugs-near-day-0"]
    found: dict[int, set[tuple[str, str, int]]] = {}
    for number, drug, change, day in listing.rows:
        found.setdefault(persons[number - 1], set()).add((drug, change, day))
    return found


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, FEWEST)


@pytest.fixture(scope="module")
def done(hospital: Path) -> StudyRun:
    return run(hospital, flagship())


def test_every_drug_begun_or_raised_near_day_0_is_found_on_its_day(hospital: Path, done: StudyRun) -> None:
    planted = _planted(hospital)
    assert _found(done) == planted
    changes = {change for own in planted.values() for _, change, _ in own}
    assert changes == {"begun", "begun again", "raised", "pulse"}
    days = {day for own in planted.values() for _, change, day in own if change == "begun"}
    assert {-10, -3, 0, 30} <= days


def test_a_drug_begun_on_the_day_after_the_window_is_not_near(hospital: Path, done: StudyRun) -> None:
    day0 = {one.member.person_id: one.member.day0_date.toordinal() for one in done.patients}
    starts = {
        person: {_ordinal(row["start_date"]) - day0[person] for row in own}
        for person, own in read_truth(hospital).courses.items()
        if person in day0
    }
    late = {person for person, own in starts.items() if 31 in own}
    assert late
    assert not late & {person for person, own in _found(done).items() for _, change, _ in own if change == "begun"}


def _ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def test_the_response_without_these_persons_is_that_of_the_others(hospital: Path, done: StudyRun) -> None:
    planted, members = _planted(hospital), read_truth(hospital).members
    others = [row["response"] for person, row in members.items() if person not in planted]
    named = {one.id: one.estimate for one in done.results.estimates}
    without = named["explanation.other_drugs.without"]
    assert (without.numerator, without.denominator) == (others.count("RESPONSE"), len(others))
    share = named["explanation.other_drugs.persons"]
    assert (share.numerator, share.denominator) == (len(planted), 42)


def test_what_is_planted_near_day_0_moves_no_class_of_sparing(hospital: Path, done: StudyRun) -> None:
    planted = _planted(hospital)
    for one in done.patients:
        assert one.sparing is not None
        for drug, change, day in planted.get(one.member.person_id, ()):
            if drug in one.sparing.drugs and change == "begun":
                assert day < 0
                assert one.sparing.drugs[drug] is SparingClass.STOPPED
                assert sum(each is SparingClass.STOPPED for each in one.sparing.drugs.values()) >= 2


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_other_hospitals_hold_their_planted_drugs_too(tmp_path: Path, seed: int) -> None:
    hospital = invent(tmp_path, seed, FEWEST)
    assert _found(run(hospital, flagship())) == _planted(hospital)


def test_the_run_finds_no_look_ahead_in_its_own_cohort(done: StudyRun) -> None:
    table = done.results.table("explanation-look-ahead")
    assert {row.label: row.cells[1] for row in table.rows} == dict.fromkeys((row.label for row in table.rows), 0)
    assert table.rows[0].cells[0] > len(done.patients)


def test_persons_who_miss_a_criterion_of_data_alone_are_those_left_out(hospital: Path, done: StudyRun) -> None:
    """The near misses of observation and of data at diagnosis meet everything else, and all of them responded."""
    asked = ("Observation", "Data at diagnosis")
    missing = [row for row in read_truth(hospital).persons.values() if row["fails"] in asked]
    named = {one.id: one.estimate for one in done.results.estimates}
    assert 0 < named["explanation.selection.persons"].value <= len(missing)
    against, favour = (named[f"explanation.selection.{key}"] for key in ("against", "favour"))
    many = int(named["explanation.selection.persons"].value)
    assert (against.numerator, against.denominator) == (35, 42 + many)
    assert (favour.numerator, favour.denominator) == (35 + many, 42 + many)


def test_reviewers_who_were_planted_to_disagree_do(hospital: Path, done: StudyRun) -> None:
    special = [row["specials"].split("+") for row in read_truth(hospital).members.values()]
    apart, twice = (sum(name in own for own in special) for name in ("reviewers disagree", "two reviewers"))
    named = {one.id: one.estimate for one in done.results.estimates}
    agreement = named["explanation.reviewers.agreement"]
    assert (agreement.numerator, agreement.denominator) == (twice, twice + apart) == (10, 13)
