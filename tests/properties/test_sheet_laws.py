"""Laws that hold for whatever stands in a sheet."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from refractory.errors import RecordsError
from refractory.records.cell_dates import read_cell_date
from refractory.records.cell_numbers import read_cell_number
from refractory.records.cell_words import read_yes_or_no, spell_person
from refractory.records.from_sheet import read_raw_sheets
from refractory.records.from_translation import begin_translation
from refractory.records.grid import Grid, RawSheet, build_grid
from refractory.records.grid_translation import translate_grids
from refractory.records.mapping import SourceMapping

MONTHS = [date(2015, month, 1).strftime("%B") for month in range(1, 13)]
days = st.dates(date(1931, 1, 1), date(2030, 12, 31))
FORMS = {
    "year first": ["{y:04}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y:04}{m:02}{d:02}", "{d} {M} {y}", "{M} {d}, {y}",
                   "{d:02}-{M3}-{y}", "{d:02}{M3}{y}", "{y}-{M3}-{d:02}", "{y:04}-{m:02}-{d:02}T23:59:59Z"],
    "day first": ["{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d}-{m}-{yy:02}", "{d:02}.{m:02}.{yy:02}", "{d}/{m}/{y} 8:05"],
    "month first": ["{m:02}/{d:02}/{y}", "{m}/{d}/{yy:02}", "{m}-{d}-{y}", "{m}/{d}/{y} 8:05 PM"],
}  # fmt: skip
cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["yes", "N", "MTX 15 mg", "2 g/kg", "3/4/2015", "2015", "NA", "#N/A", "P1", "p 01", "<5", "ongoing"]
    ),
    st.integers(-10, 99_999),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(days, st.sampled_from([(order, form) for order, forms in FORMS.items() for form in forms]), st.booleans())
def test_a_date_written_in_any_form_is_read_back(day, how, is_upper):
    order, form = how
    month = MONTHS[day.month - 1]
    text = form.format(y=day.year, yy=day.year % 100, m=day.month, d=day.day, M=month, M3=month[:3])
    found = read_cell_date(text.upper() if is_upper else text, order, years=30)
    assert found.day == day, text


@given(days)
def test_a_date_of_numbers_has_one_reading_in_an_open_column_or_none(day):
    written = f"{day.day}/{day.month}/{day.year}"
    found = read_cell_date(written, "year first")
    is_open = day.day <= 12 and day.day != day.month
    assert found.day == (None if is_open else day)


@given(cells | st.text(max_size=60), st.sampled_from(["year first", "day first", "month first"]), st.integers(0, 99))
@example("0/0/0", "day first", 30)
@example("²/³/2015", "day first", 30)
def test_a_cell_is_a_date_or_tells_why_it_is_none(cell, order, years):
    if cell is None:
        return
    found = read_cell_date(cell, order, years)
    assert bool(found.fault) == (found.earliest is None) == (found.latest is None)
    assert found.earliest is None or found.earliest <= found.latest


@given(cells | st.text(max_size=60), st.sampled_from([".", ","]))
def test_a_cell_is_a_number_or_tells_why_it_is_none(cell, decimal):
    found = read_cell_number(cell, decimal)
    assert bool(found.fault) == (found.value is None)
    assert found.value is None or found.value == found.value


@given(st.floats(-1e9, 1e9), st.sampled_from(["", "mg", "g/kg", "U/L", "kg"]))
def test_a_number_is_read_back_with_its_unit(value, unit):
    text = f"{value:.3f} {unit}"
    found = read_cell_number(text)
    assert (found.value, found.unit) == (pytest.approx(value, abs=5e-4), unit)


@given(st.text(max_size=10))
def test_the_key_of_a_person_is_spelled_once_and_for_all(key):
    assert spell_person(spell_person(key)) == spell_person(key) == spell_person(f" {key.strip()} ")


@given(cells)
def test_a_cell_is_never_both_yes_and_no(cell):
    yes, no = {"yes", "y", "1"}, {"no", "n", "0"}
    answer = read_yes_or_no(cell, yes, no)
    assert answer is None or read_yes_or_no(cell, no, yes) is (not answer)


MAPPING = SourceMapping.model_validate(
    {
        "source": {"dates": "month first", "missing": ["NA"], "incomplete_dates": "middle"},
        "table": [
            {
                "person": "a",
                "record": [
                    {"kind": "person", "column": {"birth": "b", "sex": "c", "age": "d", "age_on": "e"}},
                    {"kind": "drug", "column": {"what": "b", "start": "c", "dose": "d", "end": "e", "weight": "f"}},
                    {"kind": "drug", "text": {"what": "IVIG"}, "column": {"before": "c", "daily_dose": "d"},
                     "when": {"column": "e", "is": "yes"}},
                    {"kind": "measurement", "column": {"what": "b", "value": "d", "date": "c", "unit": "e"}},
                    {"kind": "diagnosis", "column": {"what": "f", "date": "c"}, "split": [","]},
                    {"kind": "label", "column": {"item": "b", "value": "c", "date": "d", "within": "e"}},
                    {"kind": "death", "column": {"died": "e", "date": "c"}},
                    {"kind": "observed", "column": {"start": "c", "end": "d"}},
                    {"kind": "finding", "column": {"what": "b", "date": "c", "value": "d"}},
                    {"kind": "procedure", "column": {"what": "b", "date": "c", "quantity": "d"}},
                ],
            }
        ],
    }
)  # fmt: skip
rows = st.lists(st.tuples(*[cells] * 6), max_size=8)


class Kept:
    """Takes staged rows, in place of a source."""

    def __init__(self):
        self.rows = Counter()
        self.tables = Counter()

    def number_fields(self, columns):
        return columns

    def stage(self, table, staged):
        for row in staged:
            place = {name: value for name, value in row.items() if name != "origin_row"}
            self.rows[table, repr(sorted(place.items()))] += 1
            self.tables[table] += 1


def translated(found):
    kept = Kept()
    grid = Grid("x.csv", "x.csv", tuple("abcdef"), found, range(2, len(found) + 2))
    problems, accounts = translate_grids(kept, [grid], MAPPING)
    return kept, problems, accounts


@given(rows)
@settings(max_examples=150)
def test_every_row_is_used_not_asked_for_or_listed(found):
    _, problems, (account,) = translated(found)
    left_out = [one for one in problems if one.is_left_out]
    assert account.rows == len(found) == account.used + account.not_asked_for + account.listed
    assert len(left_out) == len({one.row for one in left_out}) == account.listed


@given(rows, st.integers(0, 99))
@settings(max_examples=100)
def test_the_order_of_the_rows_changes_no_record(found, seed):
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    first, second = translated(found)[0], translated(shuffled)[0]
    # Of two rows that contradict each other about a person the first one counts; all else has no order.
    assert {key: count for key, count in first.rows.items() if key[0] != "person"} == {
        key: count for key, count in second.rows.items() if key[0] != "person"
    }
    assert first.tables == second.tables


@given(rows)
@settings(max_examples=60)
def test_a_sheet_that_is_there_twice_gives_every_record_twice_and_no_more_persons(found):
    once, twice = translated(found)[0], translated([*found, *found])[0]
    for table, count in once.tables.items():
        assert twice.tables[table] == (count if table == "person" else 2 * count)


@given(rows)
@settings(max_examples=30)
def test_whatever_stands_in_a_sheet_its_tables_can_be_made(found):
    source = begin_translation("x", Path("x.csv"), [], {"name": "x", "description": "invented"})
    grid = Grid("x.csv", "x.csv", tuple("abcdef"), found, range(2, len(found) + 2))
    problems, accounts = translate_grids(source, [grid], MAPPING)
    source.finish(problems, accounts, None)
    source.close()


@given(st.lists(st.lists(cells, max_size=6).map(tuple), max_size=6), st.integers(1, 4), st.integers(0, 3))
def test_a_grid_has_as_many_cells_in_each_row_as_columns_and_no_two_of_one_name(lines, first, more):
    grid = build_grid(RawSheet("x", "x", lines, ((1, 1, 2, 3), (2, 2, 5, 2))), range(first, first + more + 1))
    assert len(set(grid.columns)) == len(grid.columns)
    assert all(len(row) == len(grid.columns) for row in grid.rows)
    assert (
        len(grid.rows) == len(grid.lines) == sum(any(c not in (None, "") for c in one) for one in lines[first + more :])
    )


@given(st.binary(max_size=400), st.sampled_from(["", "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a,b\n1,"]))
@settings(max_examples=200)
def test_random_octets_are_a_sheet_or_a_message(octets, start):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        path.write_bytes(start.encode("latin-1") + octets)
        try:
            files = {raw.file for raw in read_raw_sheets(path)}
        except RecordsError as error:
            files = {str(error).partition("Where: ")[2].partition("\n")[0].partition(",")[0]}
    assert files <= {"x.xlsx"}
