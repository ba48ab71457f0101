"""Dirt in the records: each kind is listed with its reason, and the run goes on."""

from __future__ import annotations

import pytest

from refractory.records.read import RecordNeeds
from refractory.records.schema import Problem
from spec.records.small_clinic import NEEDS, SETS, Clinic, Form, contents, faults, read, write_duckdb, write_folder

DM = "80182 | {start} | {end} | M33.10 | 35208822"


def with_condition(*rows: str) -> Clinic:
    head = "key | person | concept | start | end | own | own_concept\n"
    return Clinic().having(condition_occurrence=head + "\n".join(rows))


def read_with(tmp_path, clinic: Clinic, form: Form | None = None):
    return read(write_duckdb(tmp_path / "clinic.duckdb", clinic, form or Form()))


def used(records, table="condition_occurrence"):
    return sorted(
        {row[1] for name in ("event", "drug", "measurement") for row in contents(records)[name] if row[0] == table}
    )


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ("-", "no start date"),
        ("02/03/2015", "start date cannot be read"),  # the second of March or the third of February: not guessed
        ("2015-02-30", "start date cannot be read"),
        ("1970-05-15", "starts before birth"),
        ("2101-01-01", "starts after the year 2100"),
    ],
)
def test_a_row_of_an_impossible_day_is_left_out(tmp_path, start, rule):
    clinic = with_condition(
        f"1 | 1 | {DM.format(start=start, end='-')}", f"2 | 1 | {DM.format(start='2015-01-01', end='-')}"
    )
    records = read_with(tmp_path, clinic, Form(dates="text"))
    assert faults(records, "condition_occurrence") == [("condition_occurrence", 1, rule, 1, True)]
    assert used(records) == [2]


@pytest.mark.parametrize(
    ("year_of_birth", "start", "is_used"),
    [
        (2080, "2151-03-02", True),  # a calendar that was moved to hide the days
        (2080, "2200-12-31", True),
        (2080, "2201-01-01", False),
        (2080, "9999-12-31", False),
        (2030, "2101-01-01", False),
        ("-", "2101-01-01", False),
    ],
)
def test_a_person_born_in_a_calendar_that_was_moved_may_have_later_days(tmp_path, year_of_birth, start, is_used):
    clinic = with_condition(f"1 | 1 | {DM.format(start=start, end='-')}")
    clinic = clinic.having(
        person=f"person | sex | birth_y\n1 | 8532 | {year_of_birth}",
        death="person | death_date\n9 | 2019-06-30",
    )
    records = read_with(tmp_path, clinic)
    assert used(records) == [1] * is_used
    if not is_used:
        assert faults(records, "condition_occurrence")[0][2] == "starts after the year 2100"


@pytest.mark.parametrize("start", ["1970-05-16", "1970-05-17"])
def test_the_day_before_birth_may_be_midnight_elsewhere_and_is_used(tmp_path, start):
    assert used(read_with(tmp_path, with_condition(f"1 | 1 | {DM.format(start=start, end='-')}"))) == [1]


def test_birth_known_to_the_month_only_lets_all_of_the_month_pass(tmp_path):
    clinic = with_condition(
        f"1 | 2 | {DM.format(start='1981-02-01', end='-')}", f"2 | 2 | {DM.format(start='1981-01-30', end='-')}"
    )
    assert used(read_with(tmp_path, clinic)) == [1]


@pytest.mark.parametrize(("start", "is_used"), [("2019-07-30", True), ("2019-07-31", False)])
def test_thirty_days_after_death_are_for_late_bills_and_no_more(tmp_path, start, is_used):
    records = read_with(tmp_path, with_condition(f"1 | 2 | {DM.format(start=start, end='-')}"))
    assert used(records) == ([1] if is_used else [])
    rules = [fault[2] for fault in faults(records, "condition_occurrence")]
    assert rules == ([] if is_used else ["starts more than 30 days after death"])


@pytest.mark.parametrize(
    ("end", "rule"), [("2014-12-31", "ends before it starts"), ("31/12/2015", "end date cannot be read")]
)
def test_an_impossible_end_is_not_used_and_the_row_is(tmp_path, end, rule):
    records = read_with(
        tmp_path, with_condition(f"1 | 1 | {DM.format(start='2015-01-01', end=end)}"), Form(dates="text")
    )
    assert faults(records, "condition_occurrence") == [("condition_occurrence", 1, rule, 1, False)]
    assert [row[5] for row in contents(records)["event"] if row[1] == 1] == [None]
    (problem,) = [one for one in records.problems if one.table == "condition_occurrence"]
    assert (problem.column, problem.done) == ("condition_end_date", "value not used")


def test_a_copy_of_a_row_is_used_once_whatever_its_key_and_the_lowest_key_stays(tmp_path):
    row = DM.format(start="2015-01-01", end="-")
    clinic = with_condition(f"9 | 1 | {row}", f"3 | 1 | {row}", f"3 | 1 | {row}", f"5 | 2 | {row}")
    records = read_with(tmp_path, clinic)
    assert used(records) == [3, 5]
    assert faults(records, "condition_occurrence") == [
        ("condition_occurrence", 3, "exact copy of another row", 1, True),
        ("condition_occurrence", 9, "exact copy of another row", 1, True),
    ]


def test_a_column_may_have_any_name(tmp_path):
    head = 'key | person | concept | start | own | own_concept | seen "twice"; see note\n'
    row = "1 | 80182 | 2015-01-01 | M33.10 | 0"
    folder = write_folder(
        tmp_path / "clinic",
        "csv",
        Clinic().having(condition_occurrence=f"{head}1 | {row} | a\n2 | {row} | b\n3 | {row} | b"),
    )
    assert used(read(folder)) == [1, 2]


def test_rows_that_differ_in_any_column_are_not_copies_even_one_that_is_not_read(tmp_path):
    head = "key | person | concept | start | own | own_concept | visit_occurrence_id\n"
    clinic = Clinic().having(
        condition_occurrence=head
        + "1 | 1 | 80182 | 2015-01-01 | M33.10 | 0 | 7\n2 | 1 | 80182 | 2015-01-01 | M33.10 | 0 | 8"
    )
    records = read_with(tmp_path, clinic)
    assert (used(records), faults(records, "condition_occurrence")) == ([1, 2], [])


def test_a_key_that_two_different_rows_have_is_noted_and_both_are_used(tmp_path):
    clinic = with_condition(
        f"7 | 1 | {DM.format(start='2015-01-01', end='-')}", f"7 | 1 | {DM.format(start='2015-02-01', end='-')}"
    )
    records = read_with(tmp_path, clinic)
    assert [row[4].isoformat() for row in contents(records)["event"] if row[1] == 7] == ["2015-01-01", "2015-02-01"]
    assert (
        faults(records, "condition_occurrence")
        == [("condition_occurrence", 7, "row id is there more than once", 1, False)] * 2
    )
    (account,) = [one for one in records.accounts if one.table == "condition_occurrence"]
    assert (account.rows, account.used, account.listed) == (2, 2, 0)


def test_rows_without_a_key_get_one_below_zero_the_same_in_any_order(tmp_path):
    rows = [f"- | 1 | {DM.format(start=f'2015-0{month}-01', end='-')}" for month in (1, 2, 3)]
    one = read(write_duckdb(tmp_path / "one.duckdb", with_condition(*rows)))
    other = read(write_duckdb(tmp_path / "other.duckdb", with_condition(*reversed(rows))))
    assert contents(one) == contents(other)
    assert [row[1] for row in contents(one)["event"] if row[0] == "condition_occurrence"] == [-3, -2, -1]


def test_rows_of_a_person_who_has_no_row_are_left_out(tmp_path):
    clinic = Clinic().having(person="person | birth_y\n1 | 1970")
    records = read_with(tmp_path, clinic)
    rule = "its person has no row in person"
    assert faults(records, "death") == [("death", 2, rule, 1, True)]
    assert faults(records, "drug_exposure")[0] == ("drug_exposure", 504, rule, 1, True)
    assert faults(records, "observation_period") == [("observation_period", 2, rule, 1, True)]
    assert {row[2] for row in contents(records)["drug"]} == {1}


def test_a_person_who_is_there_twice_is_one_person_with_the_earliest_birth(tmp_path):
    born = ["1 | 1971 | 1 | 1", "1 | 1970 | 5 | 17", "2 | 1981 | 2 | 1", "2 | 1981 | 2 | 1"]
    drawn = "\n".join(["person | birth_y | birth_m | birth_d", *born])
    records = read_with(tmp_path, Clinic().having(person=drawn))
    assert [row[1].isoformat() for row in contents(records)["person"]] == ["1970-05-17", "1981-02-01"]
    assert faults(records, "person") == [
        ("person", 1, "person is there twice", 1, True),
        ("person", 2, "exact copy of another row", 1, True),
    ]
    assert len(contents(records)["drug"]) == 6


def test_of_two_deaths_the_first_counts(tmp_path):
    drawn = "person | death_date\n2 | 2019-07-02\n2 | 2019-06-30\n1 | -"
    records = read_with(tmp_path, Clinic().having(death=drawn))
    assert [row[1].isoformat() for row in contents(records)["death"]] == ["2019-06-30"]
    assert faults(records, "death") == [("death", 1, "no date", 1, True), ("death", 2, "death is there twice", 1, True)]


@pytest.mark.parametrize(
    ("period", "rule"),
    [
        ("2012-01-01 | 2011-01-01", "ends before it starts"),
        ("2012-01-01 | -", "no date"),
        ("2012-01-01 | soon", "a date cannot be read"),
    ],
)
def test_a_period_of_observation_that_cannot_be_is_left_out(tmp_path, period, rule):
    drawn = f"key | person | start | end\n1 | 1 | 2010-01-01 | 2020-12-31\n2 | 2 | {period}"
    records = read_with(tmp_path, Clinic().having(observation_period=drawn), Form(dates="text"))
    assert faults(records, "observation_period") == [("observation_period", 2, rule, 1, True)]
    assert [row[0] for row in contents(records)["observation_period"]] == [1]


def test_a_source_without_periods_of_observation_is_noted(tmp_path):
    records = read_with(tmp_path, Clinic().having(observation_period=None))
    assert faults(records, "observation_period") == [("observation_period", None, "the table is not there", 0, False)]
    assert contents(records)["observation_period"] == []


def weighed(value: str, unit: str = "0 | kg", more: str = "") -> Clinic:
    head = "key | person | concept | start | value | unit | unit_text\n"
    return Clinic().having(measurement=f"{head}1 | 1 | 3025315 | 2015-01-01 | {value} | {unit}\n{more}")


@pytest.mark.parametrize(
    ("value", "unit", "rule", "column"),
    [
        ("-", "0 | kg", "no value", "value_as_number"),
        ("<5", "0 | kg", "value is no number", "value_as_number"),
        ("70,5", "0 | kg", "value is no number", "value_as_number"),
        ("NaN", "0 | kg", "value is no number", "value_as_number"),
        ("-3", "0 | kg", "value is below 0", "value_as_number"),
        ("70", "0 | furlong", "a unit that is not known cannot be converted to kg", "unit_concept_id"),
        ("70", "0 | mL", 'unit "mL" cannot be converted to kg', "unit_concept_id"),
        ("70", "0 | -", "a value without a unit cannot be converted to kg", "unit_concept_id"),
    ],
)
def test_a_measurement_whose_value_is_needed_and_cannot_be_had_is_left_out(tmp_path, value, unit, rule, column):
    records = read_with(tmp_path, weighed(value, unit), Form(numbers="VARCHAR"))
    assert [one for one in records.problems if one.table == "measurement"] == [
        Problem("measurement", 1, column, rule, "left out")
    ]
    assert used(records, "measurement") == []


def test_where_no_value_is_needed_a_row_without_one_counts_and_a_text_is_noted(tmp_path):
    head = "key | person | concept | start | value | unit | unit_text\n"
    clinic = Clinic().having(
        measurement=f"{head}1 | 1 | 3007220 | 2015-01-01 | - | 0 | U/L\n2 | 1 | 3007220 | 2015-01-02 | <5 | 0 | U/L"
    )
    records = read_with(tmp_path, clinic, Form(numbers="VARCHAR"))
    assert faults(records, "measurement") == [("measurement", 2, "value is no number", 1, False)]
    assert [row[5] for row in contents(records)["measurement"] if row[0] == "measurement"] == [None, None]


def test_a_row_that_one_set_cannot_use_and_another_can_is_used_for_the_other(tmp_path):
    sets = SETS | {"weighed": type(SETS["body weight"])(LOINC=["29463-7"])}
    needs = RecordNeeds(sets, "immunoglobulin", NEEDS.drug_sets, {"body weight": "kg"})
    records = read(write_duckdb(tmp_path / "clinic.duckdb", weighed("70", "0 | furlong")), needs)
    assert [row[3] for row in contents(records)["measurement"] if row[0] == "measurement"] == ["weighed"]
    rule = "a unit that is not known cannot be converted to kg"
    assert faults(records, "measurement") == [("measurement", 1, rule, 1, False)]


def test_amounts_that_are_not_above_zero_are_null_and_listed_row_by_row(tmp_path):
    head = "key | person | concept | start | quantity | days\n"
    rows = [
        "1 | 1 | 19117913 | 2016-01-01 | 0    | 0",
        "2 | 1 | 19117913 | 2016-02-01 | -4   | 30",
        "3 | 1 | 19117913 | 2016-03-01 | many | -1",
        "4 | 1 | 19117913 | 2016-04-01 | 12.5 | -",
    ]
    records = read_with(tmp_path, Clinic().having(drug_exposure=head + "\n".join(rows)), Form(numbers="VARCHAR"))
    assert faults(records, "drug_exposure") == [
        ("drug_exposure", 1, "days_supply is not above 0", 1, False),
        ("drug_exposure", 1, "quantity is not above 0", 1, False),
        ("drug_exposure", 2, "quantity is not above 0", 1, False),
        ("drug_exposure", 3, "days_supply is not above 0", 1, False),
        ("drug_exposure", 3, "quantity is no number", 1, False),
    ]
    drugs = [row for row in contents(records)["drug"] if row[0] == "drug_exposure"]
    assert [(row[1], row[6], row[7]) for row in drugs] == [
        (1, None, None),
        (2, 30, None),
        (3, None, None),
        (4, None, 12.5),
    ]


def test_a_table_of_another_shape_counts_as_absent_and_its_rows_are_listed(tmp_path):
    clinic = Clinic().having(death="column0 | column1\na | b\nc | d")
    records = read_with(tmp_path, clinic)
    assert faults(records, "death") == [("death", None, "its columns are not those of OMOP", 2, True)]
    (account,) = [one for one in records.accounts if one.table == "death"]
    assert (account.rows, account.used, account.not_asked_for, account.listed) == (2, 0, 0, 2)


def test_concept_ids_that_are_text_leave_the_decision_to_the_source_s_own_code(tmp_path):
    folder = write_folder(tmp_path / "clinic", "csv")
    path = folder / "condition_occurrence.csv"
    path.write_text(path.read_text().replace(",80182,", ",unknown,").replace(",35208822", ","))
    assert used(read(folder)) == [101, 102, 103]


@pytest.mark.parametrize("form", [Form(), Form("text", "VARCHAR", "VARCHAR", True), Form(seed=5)])
def test_the_accounts_add_up_whatever_the_dirt(tmp_path, form):
    clinic = with_condition(
        *(f"{key} | {1 + key % 3} | {DM.format(start=start, end=end)}" for key, (start, end) in enumerate(
            [("2015-01-01", "2014-01-01"), ("-", "-"), ("1900-01-01", "-"), ("2015-01-01", "-")] * 4
        ))
    ).with_rows(person="2 | 8507 | 1981 | 2 | - | 0 | other")  # fmt: skip
    records = read_with(tmp_path, clinic, form)
    listed = {one.table: 0 for one in records.problems}
    for one in records.problems:
        listed[one.table] += one.rows * one.is_left_out
    assert any(one.listed for one in records.accounts)
    for account in records.accounts:
        assert account.rows == account.used + account.not_asked_for + account.listed
        assert account.listed == listed.get(account.table, 0)
