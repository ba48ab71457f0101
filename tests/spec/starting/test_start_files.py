"""Which files a start reads, and where it writes."""

from __future__ import annotations

import pytest

from refractory.errors import OutputError
from refractory.start_store import find_start_files


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    sheet = tmp_path / "a.csv"
    sheet.write_text("ID,IVIG start\n")
    assert find_start_files([sheet, tmp_path], None, replace=False).sheets == (sheet,)


@pytest.mark.parametrize("name", ["a.csv", "a.mapping.toml"])
def test_the_protocol_never_takes_the_place_of_a_sheet_or_its_mapping(tmp_path, name):
    sheet = tmp_path / "a.csv"
    sheet.write_text("ID,IVIG start\n")
    with pytest.raises(OutputError, match="no place for the protocol"):
        find_start_files([sheet], tmp_path / name, replace=True)
