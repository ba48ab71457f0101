"""Exports as servers, programs and spreadsheets leave them, and some that mean harm: what is read, listed and told."""

from __future__ import annotations

import pytest

from hostile.export import ExportCase, find_faults, read_export
from hostile.fhir_exports import FHIR, LARGE_FHIR
from hostile.guard import read_in_little_room, watched
from hostile.omop_folders import OMOP, OmopCase
from hostile.redcap_exports import REDCAP
from hostile.redcap_pairs import PAIRS

CASES = (*REDCAP, *PAIRS, *FHIR)
ROOM_BYTES, MOST_SECONDS = 3 << 29, 60
IN_LITTLE_ROOM = """
from hostile.export import find_faults, read_export
from hostile.fhir_exports import FHIR

(case,) = (one for one in FHIR if one.name == sys.argv[1])
print(find_faults(case, read_export(Path(sys.argv[2]))))
"""
# Pieces of cells that no message may repeat.
SECRETS = ("0047", "HYPERLINK", "calc", "she fe", "soon", "1.0E+05", "logged out", "####")


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LARGE_FHIR], ids=lambda case: case.name)
def test_of_a_hostile_export_comes_what_was_written_down_before(case: ExportCase, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    address = case.write(folder)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with watched() as asked:
        came = read_export(address)
    assert find_faults(case, came) == []
    assert asked == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert not [words for words in came.said for secret in SECRETS if secret in words]


@pytest.mark.parametrize("case", OMOP, ids=lambda case: case.name)
def test_of_a_hostile_folder_of_omop_comes_what_was_written_down_before(case: OmopCase, tmp_path):
    assert case.find_faults(tmp_path) == []


@pytest.mark.parametrize("name", LARGE_FHIR)
def test_what_swells_is_read_or_listed_in_little_room_and_time(name, tmp_path):
    (case,) = (one for one in FHIR if one.name == name)
    words = (IN_LITTLE_ROOM, name, case.write(tmp_path))
    assert read_in_little_room(*words, room_bytes=ROOM_BYTES, most_seconds=MOST_SECONDS) == "[]"


def test_there_are_many_cases_and_no_two_of_one_name():
    assert len(REDCAP) >= 30
    assert len(FHIR) >= 25
    assert len(OMOP) >= 10
    assert len({case.name for case in (*CASES, *OMOP)}) == len(CASES) + len(OMOP)
