"""What people type as a number, with the unit behind it; what may be two numbers is none."""

from __future__ import annotations

from datetime import date, time

import pytest

from refractory.records import cell_numbers
from refractory.records.cell_numbers import read_cell_number

# Cell | value where a point parts decimals | value where a comma does | unit; a dash: not read.
TYPED = """
15            | 15     | 15     |
1.5           | 1.5    | 1.5    |
1,5           | 1.5    | 1.5    |
0,25          | 0.25   | 0.25   |
.5            | 0.5    | 0.5    |
1,500         | 1500   | 1.5    |
1.500         | 1.5    | 1500   |
1,500.5       | 1500.5 | -      |
1.500,5       | -      | 1500.5 |
1 500         | 1500   | 1500   |
1'500         | 1500   | 1500   |
12,345,678    | 12345678 | -    |
-3            | -3     | -3     |
−3            | -3     | -3     |
+3            | 3      | 3      |
1e3           | 1000   | 1000   |
1.5 x 10^3    | 1500   | 1500   |
40mg          | 40     | 40     | mg
40 mg         | 40     | 40     | mg
80 g          | 80     | 80     | g
2 g/kg        | 2      | 2      | g/kg
2g/kg         | 2      | 2      | g/kg
0.4 g/kg/d    | 0.4    | 0.4    | g/kg/d
2,5 mg/kg     | 2.5    | 2.5    | mg/kg
70kg          | 70     | 70     | kg
154 lbs.      | 154    | 154    | lbs
350 U/L       | 350    | 350    | U/L
100%          | 100    | 100    | %
10 mg BID     | 10     | 10     | mg BID
1+1/2         | 1.5    | 1.5    |
1 1/2 tabs    | 1.5    | 1.5    | tabs
1½            | 1.5    | 1.5    |
½ tab         | 0.5    | 0.5    | tab
3/4           | 0.75   | 0.75   |
135/150       | 135    | 135    |
12/20         | 12     | 12     |
'15           | 15     | 15     |
approx 60     | 60     | 60     |
~60 kg        | 60     | 60     | kg
ca. 60        | 60     | 60     |
<5            | 5      | 5      |
> 1000        | 1000   | 1000   |
≥ 10          | 10     | 10     |
60-70         | -      | -      |
60 – 70 kg    | -      | -      |
60 to 70      | -      | -      |
1,50,000      | -      | -      |
5.5.5         | -      | -      |
1/1/2015      | -      | -      |
2015-03-02    | -      | -      |
positive      | -      | -      |
++            | -      | -      |
trace         | -      | -      |
=1+1          | -      | -      |
N/A           | -      | -      |
#N/A          | -      | -      |
٥             | -      | -      |
"""


def rows():
    cells = [[part.strip() for part in line.split("|")] for line in TYPED.strip().splitlines()]
    return [tuple([*cell, ""][:4]) for cell in cells]


@pytest.mark.parametrize(("cell", "point", "comma", "unit"), rows())
def test_a_number_is_read_by_what_parts_decimals_in_its_source(cell, point, comma, unit):
    for decimal, meant in ((".", point), (",", comma)):
        found = read_cell_number(cell, decimal)
        assert found.value == (None if meant == "-" else float(meant)), decimal
        assert bool(found.fault) == (meant == "-")
        if meant != "-":
            assert found.unit == unit


@pytest.mark.parametrize(
    ("cell", "value"),
    [(15, 15), (1.5, 1.5), (0, 0), (float("nan"), None), (float("inf"), None), (True, None), (date(2015, 3, 2), None),
     (time(3), None), ("", None), ("9" * 400, None)],
)  # fmt: skip
def test_cells_that_are_no_text(cell, value):
    assert read_cell_number(cell).value == value


@pytest.mark.parametrize(
    ("cell", "note", "limit"),
    [
        ("<5", cell_numbers.LIMIT, "<"),
        (">= 1000", cell_numbers.LIMIT, ">"),
        ("approx 60", cell_numbers.ABOUT, ""),
        ("135/150", cell_numbers.OF_WHOLE, ""),
        ("60", "", ""),
    ],
)
def test_what_was_read_into_a_number_is_told(cell, note, limit):
    found = read_cell_number(cell)
    assert (found.note, found.limit) == (note, limit)
