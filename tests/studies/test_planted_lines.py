"""The lines and the fate of each drug that a run finds are those that the planted courses make, person by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from refractory.records.hospital import DEFAULT_SEED
from refractory.study import StudyRun
from studies.hospital_truth import Truth, flagship, invent, read_truth, run

FEWEST = 500
COMBINATION, OVERLAP, GRACE, FOLLOW_UP = 30, 30, 60, 180
# What the protocol says that one infusion covers.
RITUXIMAB_DAYS = 180


@dataclass
class Planted:
    """One course as it was planned, in days from day 0."""

    drug: str
    first: int
    last: int


def _planted_courses(person: int, truth: Truth, cut: int | None = None) -> list[Planted]:
    """Join the planned courses of each drug that are not further apart than the grace period."""
    day0 = date.fromisoformat(truth.persons[person]["time_zero"])
    joined: list[Planted] = []
    rows = [row for row in truth.courses.get(person, []) if row["route"] not in ("topical", "ophthalmic")]
    for row in sorted(rows, key=lambda row: (row["drug"], row["start_date"])):
        first, last = ((date.fromisoformat(row[name]) - day0).days for name in ("start_date", "end_date"))
        if row["drug"] == "rituximab":
            last += RITUXIMAB_DAYS - 1
        if cut is not None and first > cut:
            continue
        last = last if cut is None else min(last, cut)
        former = joined[-1] if joined and joined[-1].drug == row["drug"] else None
        if former and first - former.last <= GRACE:
            former.last = max(former.last, last)
        else:
            joined.append(Planted(row["drug"], first, last))
    return joined


def _planted_lines(person: int, truth: Truth) -> list[tuple[object, ...]]:
    """Fold the planned courses into lines: number, first day, last day, drugs, how it begins, what goes on."""
    row = truth.persons[person]
    diagnosis = -int(row["days_from_diagnosis"])
    courses = [one for one in _planted_courses(person, truth, cut=-1) if one.first >= diagnosis]
    lines: list[list[Planted]] = []
    for day in sorted({one.first for one in courses}):
        begun = [one for one in courses if one.first == day]
        is_in_window = bool(lines) and day - lines[-1][0].first <= COMBINATION
        is_known = bool(lines) and {one.drug for one in begun} <= {one.drug for one in lines[-1]}
        if not is_in_window and not is_known:
            lines.append([])
        lines[-1] += begun
    told = []
    for place, line in enumerate(lines):
        start = line[0].first
        earlier = [one for former in lines[:place] for one in former]
        going_on = sorted(one.drug for one in earlier if one.last - start >= OVERLAP)
        former = lines[place - 1] if place else []
        if not place:
            begins = "first"
        elif {one.drug for one in line} <= {one.drug for one in earlier}:
            begins = "restart"
        elif any(one.drug in going_on for one in former):
            begins = "add-on"
        else:
            begins = "undecided" if any(one.last == -1 for one in former) else "switch"
        drugs = " + ".join(sorted({one.drug for one in line}))
        told.append((place + 1, start, max(one.last for one in line), drugs, begins, tuple(going_on)))
    return told


def _found_lines(done: StudyRun) -> dict[int, list[tuple[object, ...]]]:
    return {
        one.member.person_id: [
            (
                line.number,
                (line.start_date - one.member.day0_date).days,
                (line.end_date - one.member.day0_date).days,
                line.regimen,
                line.begins.value,
                line.continued,
            )
            for line in one.lines
        ]
        for one in done.patients
    }


def _planted_fates(person: int, truth: Truth) -> dict[str, tuple[object, ...]]:
    """Say of each drug on at day 0 or begun after it how it ended, when, and whether it came back or was new."""
    row = truth.persons[person]
    seen = (date.fromisoformat(row["observed_until"]) - date.fromisoformat(row["time_zero"])).days
    fates = {}
    courses = _planted_courses(person, truth)
    for drug in {one.drug for one in courses}:
        own = [one for one in courses if one.drug == drug]
        running = [one for one in own if one.first < 0 <= one.last]
        begun = [one.first for one in own if 0 <= one.first <= min(FOLLOW_UP, seen)]
        if not running and not begun:
            continue
        end = day = None
        if running:
            last = running[0].last
            if last >= FOLLOW_UP <= seen:
                end = "continued"
            elif last < FOLLOW_UP and last + GRACE <= seen:
                end, day = "discontinued", last
            else:
                end = "not observed long enough"
        was_taken = any(one.first < 0 for one in own)
        fates[drug] = (end, day, bool(begun) and was_taken, not was_taken)
    return fates


def _found_fates(done: StudyRun) -> dict[int, dict[str, tuple[object, ...]]]:
    return {
        one.member.person_id: {
            drug: (fate.end.value if fate.end else None, fate.end_day, fate.is_restarted, fate.is_added)
            for drug, fate in one.drugs_after.items()
        }
        for one in done.patients
    }


def _assert_planted(done: StudyRun, truth: Truth) -> None:
    assert _found_lines(done) == {person: _planted_lines(person, truth) for person in truth.members}
    assert _found_fates(done) == {person: _planted_fates(person, truth) for person in truth.members}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, FEWEST)


@pytest.fixture(scope="module")
def done(hospital: Path) -> StudyRun:
    return run(hospital, flagship())


def test_every_planted_line_and_every_drugs_fate_is_found(hospital: Path, done: StudyRun) -> None:
    truth = read_truth(hospital)
    _assert_planted(done, truth)
    begins = Counter(line[4] for person in truth.members for line in _planted_lines(person, truth))
    assert {"first", "switch", "add-on", "restart"} <= set(begins), "the hospital plants no line of some kind"
    ends = Counter(fate[0] for person in truth.members for fate in _planted_fates(person, truth).values())
    assert {"continued", "discontinued"} <= set(ends)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_every_planted_line_of_another_hospital_is_found(seed: int, tmp_path: Path) -> None:
    folder = invent(tmp_path, seed, FEWEST)
    _assert_planted(run(folder, flagship()), read_truth(folder))
