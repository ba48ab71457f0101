"""Seventy and more sheets as people make them, and some that mean harm: what is read, listed and told of each."""

from __future__ import annotations

import pytest

from hostile.case import Case, find_faults, read_case
from hostile.files import BOOKS, LARGE, PLACES, TEXTS
from hostile.guard import read_in_little_room, watched
from hostile.typed import TYPED

CASES = (*TYPED, *TEXTS, *BOOKS, *PLACES)
ROOM_BYTES, MOST_SECONDS = 2 << 30, 60
IN_LITTLE_ROOM = """
from hostile.case import find_faults, read_case
from hostile.files import BOOKS

(case,) = (one for one in BOOKS if one.name == sys.argv[1])
print(find_faults(case, read_case(Path(sys.argv[2]))))
"""


@pytest.mark.parametrize("name", LARGE)
def test_a_file_that_swells_is_read_or_refused_in_little_room_and_time(name, tmp_path):
    (case,) = (one for one in BOOKS if one.name == name)
    words = (IN_LITTLE_ROOM, name, case.write(tmp_path))
    assert read_in_little_room(*words, room_bytes=ROOM_BYTES, most_seconds=MOST_SECONDS) == "[]"


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LARGE], ids=lambda case: case.name)
def test_of_a_hostile_sheet_comes_what_was_written_down_before(case: Case, tmp_path):
    folder = tmp_path / "charts"
    folder.mkdir()
    mapping = case.write(folder)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with watched() as asked:
        outcome = read_case(mapping)
    assert find_faults(case, outcome) == []
    assert asked == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    said = [outcome.refused or "", *outcome.listed.values(), *(words for _, words in outcome.told)]
    assert not [words for words in said if "4711" in words or "Musterfrau" in words or "0047" in words]


def test_there_are_many_cases_and_no_two_of_one_name():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
