"""Rows of events as a mapping reads them: visits that are counted, two days in a cell, a sheet a person."""

from __future__ import annotations

import pytest

from refractory.records.cell_dates import read_cell_date
from refractory.records.cell_visits import read_visit
from refractory.records.cell_words import read_yes_or_no, spell_person
from sheet_files import open_rows, opened, rows_of, told, write_workbook


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("P-01", "P1", True), ("P-01", "p 01", True), ("MN_003", "MN-3", True), ("Patient 7", "007", True),
        ("Pat.-Nr. 7", "7", True), ("Pac. 01", "Paciente 1", True), ("#4", "4", True), ("Subj 12", "12", True),
        ("A-1-02", "A1-2", True),
        ("1-12", "11-2", False), ("1-12", "112", False), ("P1", "1", False), ("A-1", "B-1", False),
        ("1.01", "1.1", False), ("Control 1", "1", False), ("P-1a", "P-1b", False),
    ],
)  # fmt: skip
def test_a_person_is_the_same_whatever_mark_stands_between_letter_and_number(one, other, is_same):
    assert (spell_person(one) == spell_person(other)) is is_same


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("Baseline", 0), ("BL", 0), ("M0", 0), ("W12", 84), ("week 12", 84), ("12 weeks", 84), ("Wk-4", 28),
        ("M6", 180), ("6 mois", 180), ("Monat 3", 90), ("6/12", 180), ("1 year", 365), ("Tag 28", 28), ("d28", 28),
        ("month 3 visit", None), ("visit 2", None), ("V2", None), ("screening", None), ("2015", None),
        ("02.03.2015", None), ("12 mg", None), ("3 months before", None), ("", None),
    ],
)  # fmt: skip
def test_a_visit_is_so_many_days_after_the_first(cell, days):
    assert read_visit(cell) == days


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("12/03/2018-13/03/2018", "2018-03-12", "2018-03-13"),
        ("dal 12/03/2018 al 2/5/2018", "2018-03-12", "2018-05-02"),
        ("von 12.03.2018 bis 02.05.2018", "2018-03-12", "2018-05-02"),
        ("12.-16.03.2018", "2018-03-12", "2018-03-16"),
        ("12/13.03.18", "2018-03-12", "2018-03-13"),
        ("12+13/03/2018", "2018-03-12", "2018-03-13"),
        ("30.03.-03.04.2018", "2018-03-30", "2018-04-03"),
        ("30.12.-02.01.2018", "2017-12-30", "2018-01-02"),
    ],
)
def test_two_days_in_a_cell_are_a_first_and_a_last(cell, first, last):
    found = read_cell_date(cell, "day first")
    assert (str(found.earliest), str(found.latest), found.is_span) == (first, last, True)


@pytest.mark.parametrize("cell", ["2014-2015", "03/2014-05/2014", "16.-12.03.2018", "12-13-2018", "31.-32.03.2018"])
def test_anything_else_is_no_first_and_last_day(cell):
    assert not read_cell_date(cell, "day first").is_span


def test_two_days_of_one_month_are_not_read_where_the_month_comes_first():
    assert read_cell_date("03-04/05/2018", "month first").earliest is None


@pytest.mark.parametrize("text", ["n.b.", "n/d", "N.A.", "n. v."])
def test_the_first_letter_of_an_abbreviation_is_no_answer(text):
    assert read_yes_or_no(text, {"y"}, {"n"}) is None


HEAD = '[source]\ndates = "day first"\n'


def test_a_drug_of_two_days_has_both_and_a_value_of_two_days_none(tmp_path):
    rows = [["Pt", "Day", "Drug", "Score"], ["1", "12.-16.03.2018", "IVIG", 4], ["2", "12.04.2018", "IVIG", 5]]
    source = open_rows(
        tmp_path,
        rows,
        HEAD + '[[table]]\nperson = "Pt"\n[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", start = "Day" }\n'
        '[[table.record]]\nkind = "measurement"\ntext = { what = "score" }\n'
        'column = { value = "Score", date = "Day" }\n',
    )
    days = "drug_exposure_start_date::VARCHAR, drug_exposure_end_date::VARCHAR"
    assert rows_of(source, "drug_exposure", days) == [("2018-03-12", "2018-03-16"), ("2018-04-12", None)]
    assert rows_of(source, "measurement", "value_as_number") == [(5.0,)]


def test_an_end_of_its_own_stands_before_the_last_of_two_days(tmp_path):
    rows = [["Pt", "Day", "End", "Drug"], ["1", "12.-16.03.2018", "20.03.2018", "IVIG"]]
    column = '{ what = "Drug", start = "Day", end = "End" }'
    source = open_rows(
        tmp_path, rows, HEAD + f'[[table]]\nperson = "Pt"\n[[table.record]]\nkind = "drug"\ncolumn = {column}\n'
    )
    assert rows_of(source, "drug_exposure", "drug_exposure_end_date::VARCHAR") == [("2018-03-20",)]


@pytest.mark.parametrize("dose", ["0.4 g/kg x 5", "5 x 0.4 g/kg", "2x30g"])
def test_a_dose_times_a_number_is_told_for_nobody_knows_of_how_many_rows(tmp_path, dose):
    rows = [["Pt", "Day", "Drug", "Dose"], ["1", "12.03.2018", "IVIG", dose]]
    column = '{ what = "Drug", start = "Day", dose = "Dose" }'
    source = open_rows(
        tmp_path, rows, HEAD + f'[[table]]\nperson = "Pt"\n[[table.record]]\nkind = "drug"\ncolumn = {column}\n'
    )
    assert rows_of(source, "drug_exposure", "quantity") == [(None,)]
    assert "a dose times a number" in str(told(source))


def test_a_row_must_meet_both_conditions_of_a_record(tmp_path):
    rows = [
        ["Pt", "Day", "Drug", "Status"],
        ["1", "12.03.2018", "IVIG", "given"], ["1", "12.04.2018", "IVIG", "cancelled"],
        ["1", "12.05.2018", "saline", "given"], ["1", "12.06.2018", "IVIG", None],
    ]  # fmt: skip
    when = '{ column = "Drug", is = ["IVIG"], also = { column = "Status", is = ["given", "nothing"] } }'
    source = open_rows(
        tmp_path,
        rows,
        HEAD + '[[table]]\nperson = "Pt"\n[[table.record]]\nkind = "drug"\n'
        f'column = {{ what = "Drug", start = "Day" }}\nwhen = {when}\n',
    )
    assert rows_of(source, "drug_exposure", "drug_exposure_start_date::VARCHAR") == [("2018-03-12",), ("2018-06-12",)]
    (account,) = source.read_accounts
    assert (account.rows, account.used, account.not_asked_for, account.listed) == (4, 2, 2, 0)


def test_a_column_may_have_an_order_of_its_own(tmp_path):
    rows = [["Pt", "Start", "Stop (US)", "Drug"], ["1", "03.02.2013", "04/05/2013", "MTX"]]
    source = open_rows(
        tmp_path,
        rows,
        HEAD + '[[table]]\nperson = "Pt"\ndates_of = { "stop (us)" = "month first" }\n[[table.record]]\nkind = "drug"\n'
        'column = { what = "Drug", start = "Start", end = "Stop (US)" }\n',
    )
    days = "drug_exposure_start_date::VARCHAR, drug_exposure_end_date::VARCHAR"
    assert rows_of(source, "drug_exposure", days) == [("2013-02-03", "2013-04-05")]


PERSONS = """
[source]
dates = "day first"
file = ["clinic.xlsx"]
[[table]]
sheet = "Summary"
person = "Pt"
[[table.borrow]]
name = "first"
sheet = "Patient *"
first = "Day"
[[table.record]]
kind = "label"
text = { item = "response", within = "365" }
column = { value = "Response", after = "first" }
[[table]]
sheet = "Patient *"
person = "name of the sheet"
[[table.record]]
kind = "drug"
column = { what = "Drug", start = "Day" }
[[table.record]]
kind = "measurement"
text = { what = "score" }
column = { value = "Score", date = "Visit", counted_from = "Day" }
"""


def test_a_sheet_a_person_is_read_by_its_name_which_is_written_nowhere(tmp_path):
    def rows(*days):
        return [["Day", "Drug", "Visit", "Score"], *([day, "IVIG", "W12", 3] for day in days)]

    sheets = {
        "Summary": [["Pt", "Response"], [1, "yes"], [2, "no"], [3, "yes"]],
        "Patient 01": rows("12.03.2018", "12.04.2018"), "Patient 02": rows("13.03.2018"), "Patient 03": rows("no day"),
    }  # fmt: skip
    source = opened(write_workbook(tmp_path / "clinic.xlsx", sheets), PERSONS)
    assert len(rows_of(source, "drug_exposure", "person_id")) == 3
    assert len({person for (person,) in rows_of(source, "drug_exposure", "person_id")}) == 2
    assert rows_of(source, "measurement", "measurement_date::VARCHAR")[0] == ("2018-06-04",)
    names = {account.table for account in source.read_accounts}
    assert names == {"clinic.xlsx: Summary", *(f"clinic.xlsx: sheet {n} of a person" for n in (2, 3, 4))}
    assert "Patient 0" not in str(source.read_accounts) + str(told(source))
    for account in source.read_accounts:
        assert account.rows == account.used + account.not_asked_for + account.listed
