"""Cells that list several days, as charts have them."""

from __future__ import annotations

from datetime import date

import pytest

from refractory.records.cell_day_lists import FIRST_OF_DAYS, read_first_date, split_days
from sheet_files import open_rows, rows_of, told

LISTS = """
month first | 2/13/19, 3/13, 4/10                  | 2019-02-13 2019-03-13 2019-04-10
month first | 11/20, 12/18, 1/15/20                | 2019-11-20 2019-12-18 2020-01-15
month first | 12/1/19, 1/5, 2/3                    | 2019-12-01 2020-01-05 2020-02-03
month first | 4/2/2018; 4/30/2018                  | 2018-04-02 2018-04-30
month first | 4/2/2018 and 4/30/2018               | 2018-04-02 2018-04-30
month first | 4/2/2018 & 4/30/2018                 | 2018-04-02 2018-04-30
month first | #1 1/8/2020 #2 2/8/2020              | 2020-01-08 2020-02-08
month first | 1) 1/8/2020 2) 2/8/2020              | 2020-01-08 2020-02-08
month first | C1 1/8/2020, C2 2/8/2020             | 2020-01-08 2020-02-08
month first | cycle 1: 1/8/2020; cycle 2: 2/8/2020 | 2020-01-08 2020-02-08
month first | Jan 5, 2018, Feb 2, 2018             | 2018-01-05 2018-02-02
day first   | 12.3.18, 9.4.18 und 7.5.18           | 2018-03-12 2018-04-09 2018-05-07
day first   | 12.3., 9.4., 7.5.18                  | 2018-03-12 2018-04-09 2018-05-07
day first   | 1. Gabe 12.03.2018, 2. Gabe 9.4.2018 | ?
day first   | 12/11/2018 y 14/01/2019              | 2018-11-12 2019-01-14
year first  | 2018-03-12, 2018-04-09               | 2018-03-12 2018-04-09
year first  | 12 Mar 2018, 9 Apr 2018              | 2018-03-12 2018-04-09
day first   | 12.-16.03.2018                       | ?
day first   | 12.03.2018 bis 16.03.2018            | ?
month first | Jan 5, 2018                          | ?
month first | 2/13/19                              | ?
month first | MTX, HCQ                             | ?
month first | 120, 140                             | ?
month first | 2/13/19 or 2/20/19                   | ?
"""


def cases():
    return [tuple(part.strip() for part in line.split("|")) for line in LISTS.strip().splitlines()]


@pytest.mark.parametrize(("order", "cell", "days"), cases())
def test_a_list_of_days_is_split_and_nothing_else(order, cell, days):
    found = split_days(cell, order)
    if days == "?":
        assert found == (cell,)
        return
    assert [read_first_date(one, order).day.isoformat() for one in found] == days.split()
    first = read_first_date(cell, order)
    assert (first.day.isoformat(), first.note) == (days.split()[0], FIRST_OF_DAYS)


def test_a_cell_of_several_lines_lists_a_day_on_each():
    assert split_days("2/13/19\n3/13/19\r\n4/10/19", "month first") == ("2/13/19", "3/13/19", "4/10/19")


@pytest.mark.parametrize("cell", ["13/2/19, 3/13/19, 4/10/19", "2/2019, 3/13/19, 4/10/19", "2/30/19, 3/13/19, 4/10/19"])
def test_where_a_day_of_a_list_cannot_be_read_none_is_the_first(cell):
    assert read_first_date(cell, "month first").day is None


def test_two_readings_are_no_list_of_days_that_are_known():
    assert read_first_date("2/3/19, 4/5/19").day is None


HEAD = '[source]\ndates = "month first"\n[[table]]\nperson = "Pt"\n[[table.record]]\nkind = "drug"\n'


def test_each_day_of_a_cell_is_a_record_with_the_dose_of_its_row(tmp_path):
    rows = [["Pt", "Days", "g"], ["P1", "2/13/19, 3/13, 4/10", 120], ["P2", "2/13/19, 3/13/19, then stopped", 90]]
    text = 'text = { what = "IVIG", unit = "g" }\ncolumn = { start = "Days", dose = "g" }\neach_day = true\n'
    source = open_rows(tmp_path, rows, HEAD + text)
    found = sorted(rows_of(source, "drug_exposure", "drug_exposure_start_date, quantity"), key=lambda row: -row[1])
    first, second, third = date(2019, 2, 13), date(2019, 3, 13), date(2019, 4, 10)
    assert found == [(first, 120.0), (second, 120.0), (third, 120.0), (first, 90.0), (second, 90.0)]
    assert told(source) == [
        (2, "Days", "a day without its year was taken to be of the year of the day beside it", "used so"),
        (3, "Days", "no date can be read", "not used"),
    ]
    (account,) = source.read_accounts
    assert (account.rows, account.used, account.listed) == (2, 2, 0)


def test_without_that_the_first_day_counts_and_is_told(tmp_path):
    rows = [["Pt", "Days"], ["P1", "3/13/19, 2/13/19"]]
    source = open_rows(tmp_path, rows, HEAD + 'text = { what = "IVIG" }\ncolumn = { start = "Days" }\n')
    assert rows_of(source, "drug_exposure", "drug_exposure_start_date") == [(date(2019, 2, 13),)]
    assert told(source) == [(2, "Days", "several days in one cell: the first was taken", "used so")]
