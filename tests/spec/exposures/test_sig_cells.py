"""Cells of a column of daily doses."""

from __future__ import annotations

import pytest
from tests.sig_notation import have_same_steps, read_notation

from refractory.errors import UnitError
from refractory.exposures.sig import read_dose_cell


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("7.5", "0-: 7.5 mg"),
        (7.5, "0-: 7.5 mg"),
        (1.125, "0-: 1.125 mg"),
        ("7,5 mg", "0-: 7.5 mg"),
        ("10 mg/d", "0-: 10 mg"),
        ("10mg BID", "0-: 20 mg"),
        ("15 weekly", "0-: 15/7 mg"),
        ("15 mg/wk", "0-: 15/7 mg"),
        ("20 mg qod", "0-: 10 mg"),
        ("5mg alt 7.5", "0-: 6.25 mg"),
        ("10/5 alt", "0-: 7.5 mg"),
        ("5 mg am 2.5 pm", "0-: 7.5 mg"),
        ("5 mon wed fri", "0-: 15/7 mg"),
        ("~20", "0-: 20 mg"),
        ("approx. 20 mg", "0-: 20 mg"),
        ("1 g", "0-: 1000 mg"),
        ("500 mcg", "0-: 0.5 mg"),
        ("2 tabs", "0-: 2 unit"),
        ("1 mg/kg", "0-: 1 mg/kg"),
        ("MTX 15", "0-: 15 mg"),
        ("10 mg prn", "0-: ? mg [0..10]"),
        ("<5", "0-: ? mg [0..5]"),
        ("≤ 5 mg", "0-: ? mg [0..5]"),
        (">20", "0-: ? mg [20..]"),
        ("max 20", "0-: ? mg [0..20]"),
        ("20-15", "0-: ? mg [15..20]"),
        ("20 → 15", "0-: ? mg [15..20]"),
        ("5-10", "0-: ? mg [5..10]"),
        ("yes", "0-: ? mg"),
        ("10 mg daily x 5d", "0-4: 10 mg"),
    ],
)
def test_a_cell_is_read_in_the_unit_of_its_column(cell, steps):
    sig = read_dose_cell(cell, "mg")
    assert have_same_steps(sig, read_notation(steps)), sig
    assert sig.unread == ""


@pytest.mark.parametrize(
    "cell", ["0", 0, 0.0, "0 mg", "none", "None", "off", "OFF", "stopped", "nil", "not taking", "d/c"]
)
def test_zero_is_zero_where_the_cell_says_so(cell):
    assert [step.per_day for step in read_dose_cell(cell, "mg").steps] == [0.0]


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "--", "unk", "Unknown", "n/a", "NA", "?", float("nan"), "nan"])
def test_unknown_is_unknown_and_never_zero(cell):
    assert (read_dose_cell(cell, "mg").steps, read_dose_cell(cell, "mg").unread) == ((), "")


@pytest.mark.parametrize(
    "cell",
    [
        "20?",
        "-5",
        -5.0,
        "ask GP",
        "1.000",
        "10/5",
        "10+5",
        "10 10",
        "20 mg, 10 mg",
        "20mg (2.7.2019)",
        "60,50",
        "2019-05-01",
    ],
)
def test_what_is_not_understood_gives_no_number_and_says_so(cell):
    sig = read_dose_cell(cell, "mg")
    assert all(step.per_day is None for step in sig.steps)
    assert sig.unread


def test_a_number_without_a_unit_in_a_column_without_one_has_none():
    assert [(step.per_day, step.unit) for step in read_dose_cell("7.5").steps] == [(7.5, "")]


@pytest.mark.parametrize(
    ("unit", "steps"),
    [
        ("g", "0-: 2000 mg"),
        ("tablets", "0-: 2 unit"),
        ("mg/kg", "0-: 2 mg/kg"),
        ("mg/week", "0-: 2/7 mg"),
        ("mcg", "0-: 0.002 mg"),
        ("mg/d", "0-: 2 mg"),
    ],
)
def test_a_number_has_the_unit_of_its_column(unit, steps):
    assert have_same_steps(read_dose_cell("2", unit), read_notation(steps))
    assert have_same_steps(read_dose_cell(2, unit), read_notation(steps))


def test_a_unit_in_the_cell_goes_before_that_of_the_column():
    assert have_same_steps(read_dose_cell("500 mg", "g"), read_notation("0-: 500 mg"))


def test_a_column_with_an_unknown_unit_is_an_error_that_names_it():
    with pytest.raises(UnitError, match="furlong"):
        read_dose_cell("2", "furlong")
