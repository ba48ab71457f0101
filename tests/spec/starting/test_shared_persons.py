"""In sheets that belong together the person is the column whose values the other sheets have too."""

from __future__ import annotations

import pytest

from refractory.records.grid import RawSheet
from refractory.starting.shared_persons import share_persons
from refractory.starting.views import view_sheet
from resident_sheets import rows_of


def sheet(name, text):
    return RawSheet(name, name, [tuple(cell or None for cell in row) for row in rows_of(text)])


def people(*sheets):
    views = [view for one in sheets if (view := view_sheet(one)) is not None]
    return {view.grid.sheet: view.person.name for view in share_persons(views)}


def patients(column, keys):
    return sheet("patients", f"{column} | DOB\n" + "\n".join(f"{key} | 196{n}-02-1{n}" for n, key in enumerate(keys)))


def drugs(column, keys, first=1):
    rows = [f"{first + n} | {key} | MTX | 2014-02-{n + 10}" for n, key in enumerate([*keys, *keys])]
    return sheet("drugs", f"No | {column} | Drug | Start\n" + "\n".join(rows))


@pytest.mark.parametrize("first", [1, 5001])
def test_the_number_of_a_row_is_not_the_person_though_it_tells_more_rows_apart(first):
    keys = ["4711", "4712", "4713", "4714"]
    found = people(patients("Patient", keys), drugs("Patient", keys, first))
    assert found == {"patients": "Patient", "drugs": "Patient"}


def test_rows_counted_from_1_in_every_sheet_give_way_to_the_name_of_a_person():
    keys = ["1", "2", "3", "4"]
    numbered = sheet("patients", "# | MRN | DOB\n" + "\n".join(f"{n} | 77{n} | 196{n}-01-02" for n in keys))
    assert people(numbered, drugs("MRN", [f"77{n}" for n in keys])) == {"patients": "MRN", "drugs": "MRN"}


def test_a_sheet_that_shares_nothing_keeps_its_own():
    found = people(patients("Patient", ["1001", "1002", "1003"]), drugs("Case", ["A1", "A2", "A3"], 70))
    assert found["patients"] == "Patient"
    assert found["drugs"] in ("No", "Case")
