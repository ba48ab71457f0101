"""What people type as a date, and the days that it may mean: never a guess."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from refractory.records import cell_dates
from refractory.records.cell_dates import read_cell_date

# One row per typed cell: what it means in a column of which the order is open, day first, month first.
# "2015-03" is March 2015, "2015" the year, two dates with .. an interval; a dash: not read.
KNOWN = """
2015-03-02               | 2015-03-02
2015-3-2                 | 2015-03-02
2015/03/02               | 2015-03-02
2015.03.02               | 2015-03-02
2015 03 02               | 2015-03-02
20150302                 | 2015-03-02
2015-03-02 (loading)     | 2015-03-02
2 Mar 2015 [outside]     | 2015-03-02
2015-03-02 (1st dose)    | 2015-03-02
Mar 2015 (per notes)     | 2015-03
March 2015 (15th)        | 2015-03-15
2015-03-02 10:30         | 2015-03-02
2015-03-02T10:30:00      | 2015-03-02
2015-03-02T10:30:00Z     | 2015-03-02
2015-03-02 10:30:15.250  | 2015-03-02
2015-03-02T10:30:00+01:00| 2015-03-02
2-Mar-15                 | 2015-03-02
02-Mar-2015              | 2015-03-02
2 Mar 2015               | 2015-03-02
2 march 2015             | 2015-03-02
2nd March 2015           | 2015-03-02
2nd of March, 2015       | 2015-03-02
March 2 2015             | 2015-03-02
March 2, 2015            | 2015-03-02
Mar 2nd, 2015            | 2015-03-02
Mar. 2, 2015             | 2015-03-02
Mar-02-2015              | 2015-03-02
02MAR2015                | 2015-03-02
02mar15                  | 2015-03-02
2015-Mar-02              | 2015-03-02
2015 March 2             | 2015-03-02
Mon, 2 Mar 2015          | 2015-03-02
Monday, March 2, 2015    | 2015-03-02
'2015-03-02              | 2015-03-02
2. März 2015             | 2015-03-02
2.Mrz.2015               | 2015-03-02
1er mars 2015            | 2015-03-01
2 février 2015           | 2015-02-02
2 de marzo de 2015       | 2015-03-02
2 ottobre 2015           | 2015-10-02
3 oktober 2015           | 2015-10-03
42065                    | 2015-03-02
98-03-02                 | 1998-03-02
25/03/2015               | 2015-03-25
03/25/2015               | 2015-03-25
25.3.2015                | 2015-03-25
03/03/2015               | 2015-03-03
2016-02-29               | 2016-02-29
mar 2015                 | 2015-03
March 2015               | 2015-03
Mar-2015                 | 2015-03
Mar '15                  | 2015-03
mar. 2015                | 2015-03
03/2015                  | 2015-03
3-2015                   | 2015-03
3.2015                   | 2015-03
2015-03                  | 2015-03
2015/3                   | 2015-03
201503                   | 2015-03
2015-03-00               | 2015-03
2015-03-xx               | 2015-03
2015-03-??               | 2015-03
UN-MAR-2015              | 2015-03
UNK Mar 2015             | 2015-03
2015                     | 2015
'15                      | 2015
2015-00-00               | 2015
xx/xx/2015               | 2015
2015-xx-xx               | 2015
00/00/2015               | 2015
Q1 2015                  | 2015-01-01..2015-03-31
Q3/2015                  | 2015-07-01..2015-09-30
1Q15                     | 2015-01-01..2015-03-31
2015 Q4                  | 2015-10-01..2015-12-31
2015-Q2                  | 2015-04-01..2015-06-30
1st quarter 2015         | 2015-01-01..2015-03-31
H2 2015                  | 2015-07-01..2015-12-31
early 2014               | 2014-01-01..2014-04-30
Early 2014               | 2014-01-01..2014-04-30
mid 2014                 | 2014-05-01..2014-08-31
mid-2014                 | 2014-05-01..2014-08-31
late 2014                | 2014-09-01..2014-12-31
end of 2014              | 2014-09-01..2014-12-31
Anfang 2014              | 2014-01-01..2014-04-30
Ende 2014                | 2014-09-01..2014-12-31
early March 2015         | 2015-03-01..2015-03-10
mid March 2015           | 2015-03-11..2015-03-20
late Feb 2015            | 2015-02-21..2015-02-28
spring 2015              | 2015
Summer of 2015           | 2015
winter 2015              | 2014-12-01..2016-02-29
1990s                    | 1990-01-01..1999-12-31
2014-2015                | 2014-01-01..2015-12-31
2014 - 2015              | 2014-01-01..2015-12-31
Mar 2015 to May 2015     | 2015-03-01..2015-05-31
2015-03-02 - 2015-03-05  | 2015-03-02..2015-03-05
~2015                    | 2015
c. 2015                  | 2015
ca. 2015                 | 2015
circa 2015               | 2015
about March 2015         | 2015-03
approx 2015-03-02        | 2015-03-02
2015?                    | 2015
2015 (?)                 | 2015
mar 2015?                | 2015-03
2015-03-02?              | 2015-03-02
2015 approx              | 2015
"""
# Cell | day first | month first; in a column whose order is open none of them is read.
TWO_READINGS = """
02/03/2015          | 2015-03-02 | 2015-02-03
2/3/2015            | 2015-03-02 | 2015-02-03
02/03/15            | 2015-03-02 | 2015-02-03
2-3-2015            | 2015-03-02 | 2015-02-03
2.3.2015            | 2015-03-02 | 2015-02-03
2.3.15              | 2015-03-02 | 2015-02-03
02 03 2015          | 2015-03-02 | 2015-02-03
02/03/2015 08:15    | 2015-03-02 | 2015-02-03
2/3/2015 8:15 AM    | 2015-03-02 | 2015-02-03
02/03/45            | 1945-03-02 | 1945-02-03
2/3/15 - 4/3/15     | 2015-03-02..2015-03-04 | 2015-02-03..2015-04-03
~2/3/2015           | 2015-03-02 | 2015-02-03
2/3/2015?           | 2015-03-02 | 2015-02-03
"""
UNREADABLE = {
    "31/02/2015": cell_dates.NO_SUCH_DAY,
    "2015-02-29": cell_dates.NO_SUCH_DAY,
    "2015-13-01": cell_dates.NO_SUCH_DAY,
    "13/13/2015": cell_dates.NO_SUCH_DAY,
    "31 Apr 2015": cell_dates.NO_SUCH_DAY,
    "13/2015": cell_dates.NO_SUCH_DAY,
    "Mar-15": cell_dates.NO_YEAR,
    "mar 2": cell_dates.NO_YEAR,
    "03/15": cell_dates.NO_YEAR,
    "3/2": cell_dates.NO_YEAR,
    "1015-03-02": cell_dates.OUTSIDE,
    "2915-03-02": cell_dates.OUTSIDE,
    "3015": cell_dates.OUTSIDE,
    "unknown": cell_dates.NO_DATE,
    "see note": cell_dates.NO_DATE,
    "yes": cell_dates.NO_DATE,
    "MTX 2015": cell_dates.NO_DATE,
    "15": cell_dates.NO_DATE,
    "150302": cell_dates.NO_DATE,
    "before 2015": cell_dates.NO_DATE,
    "2015-03-02 (cancelled)": cell_dates.NO_DATE,
    "2015-03-02 (nicht gegeben)": cell_dates.NO_DATE,
    "2015-03-02 (or 2015-03-09)": cell_dates.NO_DATE,
    "2015-03-02 (not before)": cell_dates.NO_DATE,
    "2015-03-02 (stopped 3/4)": cell_dates.NO_DATE,
    "2015 (unknown?)": cell_dates.NO_DATE,
    "2015 (H)": cell_dates.NO_DATE,
    "2015-03-02 (+3 days)": cell_dates.NO_DATE,
    "since 2014": cell_dates.NO_DATE,
    "2015-03-02 and 2015-04-02": cell_dates.NO_DATE,
    "10 mg": cell_dates.NO_DATE,
    "=TODAY()": cell_dates.NO_DATE,
    "5 years ago": cell_dates.NO_DATE,
    "Mar Apr 2015": cell_dates.NO_DATE,
    "٢٠١٥": cell_dates.NO_DATE,
    "2015²": cell_dates.NO_DATE,
    "-1": cell_dates.NO_DATE,
    "x" * 5_000: cell_dates.NO_DATE,
}


def rows(text):
    return [tuple(part.strip() for part in line.split("|")) for line in text.strip().splitlines()]


def said(found):
    if found.fault:
        return found.fault
    if found.day is not None:
        return found.day.isoformat()
    first, last = found.earliest, found.latest
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    if first.day == 1 and first.month == last.month and first.year == last.year:
        whole = read_cell_date(f"{first.year}-{first.month}").latest
        if last == whole:
            return first.isoformat()[:7]
    return f"{first}..{last}"


@pytest.mark.parametrize(("cell", "meant"), rows(KNOWN))
def test_a_date_of_one_reading_is_read_in_a_column_of_open_order(cell, meant):
    assert said(read_cell_date(cell, "year first")) == meant


@pytest.mark.parametrize(("cell", "meant"), [row for row in rows(KNOWN) if row[0] not in ("25/03/2015", "03/25/2015")])
@pytest.mark.parametrize("order", ["day first", "month first"])
def test_the_order_of_a_column_changes_no_date_of_one_reading(cell, meant, order):
    found = said(read_cell_date(cell, order))
    assert found == meant or (found == cell_dates.AGAINST_ORDER and cell == "25.3.2015" and order == "month first")


@pytest.mark.parametrize(("cell", "day_first", "month_first"), rows(TWO_READINGS))
def test_a_date_of_two_readings_is_read_only_where_the_column_has_an_order(cell, day_first, month_first):
    assert read_cell_date(cell, "year first").fault
    assert said(read_cell_date(cell, "day first")) == day_first
    assert said(read_cell_date(cell, "month first")) == month_first


@pytest.mark.parametrize(("cell", "rule"), UNREADABLE.items())
@pytest.mark.parametrize("order", ["year first", "day first", "month first"])
def test_what_is_no_date_is_never_guessed(cell, rule, order):
    found = read_cell_date(cell, order)
    assert found.earliest is None
    assert found.fault in (rule, cell_dates.AGAINST_ORDER)


@pytest.mark.parametrize(
    ("cell", "order"),
    [("25/03/2015", "month first"), ("03/25/2015", "day first"), ("25.3.15", "month first"), ("3-25-15", "day first")],
)
def test_a_date_that_contradicts_the_order_of_its_column_is_not_read(cell, order):
    assert read_cell_date(cell, order).fault == cell_dates.AGAINST_ORDER


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (date(2015, 3, 2), "2015-03-02"),
        (datetime(2015, 3, 2, 13, 5), "2015-03-02"),
        (42065, "2015-03-02"),
        (42065.0, "2015-03-02"),
        (42065.75, "2015-03-02"),
        (20150302.0, "2015-03-02"),
        (2015.0, "2015"),
        (201503, "2015-03"),
        (3.2015, "2015-03"),
        (0, cell_dates.NO_DATE),
        (-5.5, cell_dates.NO_DATE),
        (7.5, cell_dates.NO_YEAR),
        (999, cell_dates.NO_DATE),
        (True, cell_dates.NO_DATE),
        (time(13, 5), cell_dates.NO_DATE),
        (float("inf"), cell_dates.NO_DATE),
        (float("nan"), cell_dates.NO_DATE),
        (date(1850, 1, 1), cell_dates.OUTSIDE),
    ],
)
def test_cells_that_are_no_text(cell, meant):
    assert said(read_cell_date(cell)) == meant


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("~2015", cell_dates.ABOUT),
        ("2015?", cell_dates.DOUBTFUL),
        ("42065", cell_dates.DAY_COUNT),
        ("2/13/2015 (loading)", cell_dates.BESIDE),
        ("2014-2015", cell_dates.RANGE),
        ("2015-03-02", ""),
    ],
)
def test_what_was_read_into_a_date_is_told(cell, note):
    assert read_cell_date(cell).note == note


@pytest.mark.parametrize(("years", "meant"), [(30, "2030-03-02"), (29, "1930-03-02")])
def test_years_of_two_digits_up_to_the_mappings_year_are_of_this_century(years, meant):
    assert said(read_cell_date("02/03/30", "day first", years)) == meant
