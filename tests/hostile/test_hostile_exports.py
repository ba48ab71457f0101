"""Exports as servers, programs and spreadsheets leave them, and some that mean harm: what is read, listed and told."""

from __future__ import annotations

import pytest

from hostile.export import ExportCase, find_faults, read_export
from hostile.guard import watched
from hostile.redcap_exports import REDCAP

CASES = (*REDCAP,)
# Pieces of cells that no message may repeat.
SECRETS = ("0047", "HYPERLINK", "calc", "she fe", "soon", "1.0E+05", "logged out", "####")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
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


def test_there_are_many_cases_and_no_two_of_one_name():
    assert len(REDCAP) >= 30
    assert len({case.name for case in CASES}) == len(CASES)
