"""What the rows of a sheet become: records of persons, and for everything else its line, its column and the reason."""

from __future__ import annotations

from datetime import date

import pytest

from refractory.errors import RecordsError
from refractory.records.schema import Problem
from sheet_files import open_rows, opened, rows_of, told, write_workbook

HEAD = '[source]\ndates = "month first"\nmissing = ["NA", "unk", "-"]\n'
TABLE = '[[table]]\nperson = "Pt"\n'


def record(kind, column="", text="", more=""):
    parts = [f'[[table.record]]\nkind = "{kind}"']
    parts += [f"column = {{ {column} }}"] if column else []
    parts += [f"text = {{ {text} }}"] if text else []
    return "\n".join([*parts, more, ""])


def charts(folder, rows, *records, head=HEAD, table=TABLE, codes=""):
    return open_rows(folder, rows, head + table + "".join(records) + codes)


IVIG = record("drug", 'start = "IVIG {n} date", dose = "IVIG {n} dose", weight = "Wt"', 'what = "IVIG", unit = "g"')
DRUGS = "person_id, drug_source_value, drug_exposure_start_date::VARCHAR, quantity, dose_unit_source_value, sig"


def account(source):
    (one,) = source.read_accounts
    return one.rows, one.used, one.not_asked_for, one.listed


# ---------------------------------------------------------------- repeated columns


def test_repeated_columns_are_a_record_each_and_an_empty_one_is_none(tmp_path):
    source = charts(
        tmp_path,
        [
            ["Pt", "Wt", "IVIG 1 date", "IVIG 1 dose", "IVIG 2 date", "IVIG 2 dose"],
            [1, 70, "3/2/2015", "140 g", "3/30/2015", 140],
            [2, 80, "5/6/2015", "2 g/kg", None, None],
        ],
        IVIG,
    )
    assert rows_of(source, "drug_exposure", DRUGS) == [
        (1, "IVIG", "2015-03-02", 140.0, "g", None),
        (1, "IVIG", "2015-03-30", 140.0, "g", None),
        (2, "IVIG", "2015-05-06", 160.0, "g", None),
    ]
    assert account(source) == (2, 2, 0, 0)
    assert told(source) == []


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [
        ("ivig_{n}_date", ["ivig_1_date", "ivig_2_date", "ivig_12_date"]),
        ("cycle{n}_date", ["cycle1_date", "Cycle2_date", "CYCLE3_DATE"]),
        ("Date of {n} infusion", ["Date of 1st infusion", "Date of 2nd  infusion", "Date of third infusion"]),
        ("IVIG #{n} (date)", ["IVIG #1 (date)", "IVIG #2 (date)", "IVIG # 3 (date)"]),
        ("{n}. Gabe", ["1. Gabe", "2. Gabe", "10. Gabe"]),
    ],
)
def test_a_number_in_the_name_of_a_column_may_be_written_in_many_ways(tmp_path, pattern, columns):
    rows = [["Pt", *columns, "Note"], ["P1", "3/1/2015", "3/2/2015", "3/3/2015", "x"]]
    source = charts(tmp_path, rows, record("drug", f'start = "{pattern}"', 'what = "IVIG"'))
    assert len(rows_of(source, "drug_exposure", DRUGS)) == 3


def test_a_dose_without_its_date_is_told_and_not_dated_by_guess(tmp_path):
    rows = [["Pt", "Wt", "IVIG 1 date", "IVIG 1 dose"], ["P1", 70, None, "140 g"], ["P2", 70, "3/2/2015", "140 g"]]
    source = charts(tmp_path, rows, IVIG)
    assert told(source) == [(2, "IVIG 1 date", "no date", "left out")]
    assert account(source) == (2, 1, 0, 1)


# ---------------------------------------------------------------- doses


@pytest.mark.parametrize(
    ("dose", "weight", "quantity", "unit", "sig", "rule"),
    [
        ("80 g", 70, 80.0, "g", None, None),
        (80, 70, 80.0, "g", None, None),
        ("2 g/kg", 70, 140.0, "g", None, None),
        ("2g/kg", "154 lb", pytest.approx(139.706, abs=0.01), "g", None, None),
        ("400 mg/kg", 70, 28_000.0, "mg", None, None),
        ("2 g/kg", None, 2.0, "g/kg", None, "a dose per kilogram without a weight in its row"),
        ("~80 g", 70, 80.0, "g", None, "written as about that number"),
        ("60-70", 70, None, "g", None, "a range of numbers"),
        ("<5", 70, None, "g", None, "below or above a limit"),
        ("2 g/kg over 2 days", 70, None, "g", "2 g/kg over 2 days", None),
        ("40 mg daily", 70, None, "g", "40 mg daily", None),
        ("NA", 70, None, "g", None, None),
    ],
)
def test_a_dose_is_an_amount_with_its_unit_or_directions_as_written(tmp_path, dose, weight, quantity, unit, sig, rule):
    rows = [["Pt", "Wt", "IVIG 1 date", "IVIG 1 dose"], ["P1", weight, "3/2/2015", dose]]
    source = charts(tmp_path, rows, IVIG)
    ((*_, found, found_unit, found_sig),) = rows_of(source, "drug_exposure", DRUGS)
    assert (found, found_unit, found_sig) == (quantity, unit, sig)
    assert [one[2] for one in told(source)] == ([rule] if rule else [])


def test_a_dose_of_0_is_no_exposure(tmp_path):
    rows = [["Pt", "Day", "Pred"], ["P1", "3/2/2015", 40], ["P1", "9/2/2015", 0]]
    source = charts(tmp_path, rows, record("drug", 'start = "Day", daily_dose = "Pred"', 'what = "prednisone"'))
    assert [row[2:] for row in rows_of(source, "drug_exposure", DRUGS)] == [("2015-03-02", None, None, "40 mg daily")]
    assert told(source) == [
        (2, "Pred", "a daily dose without its unit", "taken as mg"),
        (3, "Pred", "a dose of 0", "left out"),
    ]


# ---------------------------------------------------------------- drugs in words


@pytest.mark.parametrize(
    ("cell", "split", "found"),
    [
        ("MTX, MMF; HCQ/pred", '[",", ";", "/"]', ["5521", "6851", "68149", "8640"]),
        ("failed MTX (LFTs), then CellCept 1g BID x 6mo", "[]", ["6851", "68149"]),
        ("methotrexat", "[]", ["6851"]),
        ("MTX, no IVIG", "[]", ["6851"]),
    ],
)
def test_drugs_are_found_in_what_people_write_of_earlier_treatment(tmp_path, cell, split, found):
    rows = [["Pt", "Prior", "IVIG 1 date"], ["P1", cell, "3/2/2015"]]
    prior = record("drug", 'what = "Prior", before = "IVIG 1 date"', more=f"split = {split}")
    source = charts(tmp_path, rows, prior)
    codes = rows_of(source, "drug_exposure JOIN records_source.main.concept ON concept_id = drug_source_concept_id",
                    "concept_code")  # fmt: skip
    assert sorted(code for (code,) in codes) == sorted(found)
    assert {row[2] for row in rows_of(source, "drug_exposure", DRUGS)} == {"2015-03-01"}


def test_what_was_tried_before_is_placed_on_the_day_before_and_told(tmp_path):
    rows = [["Pt", "MTX", "IVIG 1 date"], ["P1", "Y", "3/2/2015"], ["P2", "N", "3/2/2015"], ["P3", "maybe", "3/2/2015"]]
    prior = record("drug", 'before = "IVIG 1 date"', 'what = "MTX"', 'when = { column = "MTX", is = "yes" }')
    source = charts(tmp_path, rows, prior)
    assert [row[:3] for row in rows_of(source, "drug_exposure", DRUGS)] == [(1, "MTX", "2015-03-01")]
    assert told(source) == [
        (2, "IVIG 1 date", "undated", "placed on the day before IVIG 1 date"),
        (4, "MTX", "is neither yes nor no", "left out"),
    ]
    assert account(source) == (3, 1, 1, 1)


def test_the_words_beside_a_drug_are_kept_for_its_dose(tmp_path):
    rows = [["Pt", "Prior", "Day"], ["P1", "failed MTX 15 mg weekly, then CellCept 1g BID", "3/2/2015"]]
    source = charts(tmp_path, rows, record("drug", 'what = "Prior", start = "Day"'))
    assert [row[5] for row in rows_of(source, "drug_exposure", DRUGS)] == ["CellCept 1g BID", "MTX 15 mg weekly, then"]


def test_directions_of_an_undated_drug_do_not_reach_beyond_the_date_that_it_was_before(tmp_path):
    rows = [["Pt", "Prior", "IVIG 1 date"], ["P1", "CellCept 1g BID x 6mo", "3/2/2015"]]
    source = charts(tmp_path, rows, record("drug", 'what = "Prior", before = "IVIG 1 date"'))
    assert rows_of(source, "drug_exposure", DRUGS) == [(1, "CellCept 1g BID x 6mo", "2015-03-01", None, None, None)]


def test_a_text_without_a_code_is_kept_and_counted_but_not_shown(tmp_path):
    rows = [["Pt", "Dx", "Day"], ["P1", "CADM", "3/2/2015"], ["P2", "cadm", "3/2/2015"], ["P3", "DM", "3/2/2015"]]
    source = charts(
        tmp_path, rows, record("diagnosis", 'what = "Dx", date = "Day"'),
        codes='[codes.diagnosis]\n"dm" = ["ICD10CM:M33.10", "SNOMED:396230008"]\n',
    )  # fmt: skip
    assert told(source) == [(None, "Dx", "1 different text of a diagnosis without a code", "kept as text")]
    assert rows_of(source, "condition_occurrence", "person_id, condition_source_concept_id > 0") == [
        (1, False), (2, False), (3, True),
    ]  # fmt: skip


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("incomplete", "day", "rule"),
    [
        ("not used", None, "left out"),
        ("first day", "2015-03-01", "its first day was taken"),
        ("middle", "2015-03-16", "its middle was taken"),
        ("last day", "2015-03-31", "its last day was taken"),
    ],
)
def test_a_month_is_a_day_only_where_the_mapping_says_so(tmp_path, incomplete, day, rule):
    rows = [["Pt", "Dx date"], ["P1", "03/2015"]]
    head = HEAD + f'incomplete_dates = "{incomplete}"\n'
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Dx date"', 'what = "DM"'), head=head)
    found = rows_of(source, "condition_occurrence", "condition_start_date::VARCHAR") if day else []
    assert found == ([(day,)] if day else [])
    assert (2, "Dx date", "only its month, its year or a part of it is known", rule) in told(source)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2012", "06/2014", ("2012-12-31", "2014-06-01")),
        ("03/2013", "2013", ("2013-03-31", "2013-03-31")),  # an end is not before its start
        ("2013", "2013", ("2013-12-31", "2013-12-31")),
        ("2013-05-02", "2014", ("2013-05-02", "2014-01-01")),
        ("2013", "2014-02-03", ("2013-12-31", "2014-02-03")),
        ("2013", None, ("2013-12-31", None)),
        ("2014", "2013", ("2014-12-31", "2013-01-01")),  # which is told of the record
    ],
)
def test_a_drug_of_which_the_years_are_known_is_as_short_as_it_can_be(tmp_path, start, end, days):
    rows = [["Pt", "From", "To"], ["P1", start, end]]
    drug = record("drug", 'start = "From", end = "To"', 'what = "MTX"', 'incomplete_dates = "shortest"')
    source = charts(tmp_path, rows, drug)
    columns = "drug_exposure_start_date::VARCHAR, drug_exposure_end_date::VARCHAR"
    assert rows_of(source, "drug_exposure", columns) == [days]
    parts = [value for value in (start, end) if value and value.count("-") < 2]
    assert len([one for one in told(source) if "only its month, its year" in one[2]]) == len(parts)


def test_a_heading_between_the_rows_is_listed_and_is_no_person(tmp_path):
    rows = [["Pt", "Drug", "Start"], ["CADM", None, None], ["1", "IVIG", "3/20/2015"], ["cadm", "MTX", "3/20/2014"]]
    drug = record("drug", 'start = "Start", what = "Drug"')
    source = charts(tmp_path, rows, drug, table=TABLE + 'headings = ["CADM"]\n')
    assert rows_of(source, "person", "person_source_value") == [("1",), ("cadm",)]
    assert told(source) == [(2, "Pt", "a heading between the rows", "left out")]
    assert account(source) == (3, 2, 0, 1)


@pytest.mark.parametrize(("cell", "age", "sex"), [("54F", 54, "F"), ("M / 61", 61, "M"), ("70 yo female", 70, "F")])
def test_age_and_sex_stand_in_one_cell(tmp_path, cell, age, sex):
    rows = [["Pt", "Age/Sex", "IVIG"], ["P1", cell, "2015-03-20"]]
    person = record("person", 'age = "Age/Sex", sex = "Age/Sex", age_on = "IVIG"')
    source = charts(tmp_path, rows, person)
    found = rows_of(source, "person", "year(birth_latest), gender_source_value")
    assert found == [(2015 - age, sex)]


@pytest.mark.parametrize(
    ("start", "day"),
    [("2012", "2012-12-31"), ("2015", "2015-03-19"), ("03/2015", "2015-03-19"), ("2016", "2016-12-31")],
)
def test_a_start_that_must_be_earlier_than_a_day_is_the_last_that_it_may_be(tmp_path, start, day):
    rows = [["Pt", "Dx", "IVIG"], ["P1", start, "2015-03-20"]]
    dx = record("diagnosis", 'date = "Dx", before = "IVIG"', 'what = "DM"', 'incomplete_dates = "shortest"')
    assert rows_of(charts(tmp_path, rows, dx), "condition_occurrence", "condition_start_date::VARCHAR") == [(day,)]


def test_the_date_of_a_label_stays_the_interval_that_it_is(tmp_path):
    rows = [["Pt", "Improved?", "On"], ["P1", "Y", "early 2015"], ["P2", "No", None]]
    source = charts(tmp_path, rows, record("label", 'value = "Improved?", date = "On"', 'item = "improvement"'))
    assert rows_of(source, "label", "person_id, value, earliest, latest") == [
        (1, "yes", date(2015, 1, 1), date(2015, 4, 30)),
        (2, "no", None, None),
    ]


def test_the_order_said_nearest_to_a_column_counts(tmp_path):
    rows = [["Pt", "A", "B", "C"], ["P1", "02/03/2015", "02/03/2015", "02/03/2015"]]
    source = charts(
        tmp_path,
        rows,
        record("diagnosis", 'date = "A"', 'what = "a"'),
        record("diagnosis", 'date = "B"', 'what = "b"', 'dates = "day first"'),
        record("diagnosis", 'date = "C"', 'what = "c"', 'dates = "year first"'),
        head='[source]\ndates = "day first"\n',
        table='[[table]]\nperson = "Pt"\ndates = "month first"\n',
    )
    assert rows_of(source, "condition_occurrence", "condition_source_value, condition_start_date::VARCHAR") == [
        ("a", "2015-02-03"),
        ("b", "2015-03-02"),
    ]


@pytest.mark.parametrize("end", ["ongoing", "present", "Current", "still on"])
def test_a_drug_that_goes_on_has_no_last_day_and_that_is_told(tmp_path, end):
    rows = [["Pt", "Drug", "Start", "Stop"], ["P1", "MTX", "3/2/2015", end]]
    source = charts(tmp_path, rows, record("drug", 'what = "Drug", start = "Start", end = "Stop"'))
    assert rows_of(source, "drug_exposure", "drug_exposure_end_date") == [(None,)]
    assert told(source) == [(2, "Stop", "goes on: no last day is known", "used without a last day")]


# ---------------------------------------------------------------- persons


def test_persons_have_birth_and_sex_in_whatever_spelling(tmp_path):
    rows = [
        ["Pt", "DOB", "Sex"],
        ["a", "1/2/1960", "Female"],
        ["b", "1955", "m"],
        ["c", "3/1970", "W"],
        ["d", None, "unk"],
        ["e", "early 1980", "x"],
    ]
    source = charts(tmp_path, rows, record("person", 'birth = "DOB", sex = "Sex"'))
    columns = "person_source_value, year_of_birth, month_of_birth, day_of_birth, gender_source_value"
    assert rows_of(source, "person", columns) == [
        ("a", 1960, 1, 2, "F"),
        ("b", 1955, None, None, "M"),
        ("c", 1970, 3, None, "F"),
        ("e", None, None, None, "x"),
    ]
    assert rows_of(source, "person", "birth_earliest, birth_latest")[0] == (date(1980, 1, 1), date(1980, 4, 30))


@pytest.mark.parametrize(
    ("age", "earliest", "latest"),
    [
        (56, "1958-03-03", "1959-03-02"),
        ("56 y", "1958-03-03", "1959-03-02"),
        ("56 years old", "1958-03-03", "1959-03-02"),
        ("56 years", "1958-03-03", "1959-03-02"),
        ("8 mo", "2014-06-03", "2014-07-02"),
        (0, "2014-03-03", "2015-03-02"),
    ],
)
def test_an_age_is_the_days_on_which_birth_may_have_been(tmp_path, age, earliest, latest):
    source = charts(tmp_path, [["Pt", "Age", "Seen"], ["P1", age, "3/2/2015"]],
                    record("person", 'age = "Age", age_on = "Seen"'))  # fmt: skip
    assert rows_of(source, "person", "birth_earliest::VARCHAR, birth_latest::VARCHAR") == [(earliest, latest)]


def test_ages_on_several_days_narrow_the_days_of_birth(tmp_path):
    rows = [["Pt", "Age", "Seen"], ["P1", 56, "3/2/2015"], ["P1", 57, "6/1/2015"], ["P1", 30, "7/1/2015"]]
    source = charts(tmp_path, rows, record("person", 'age = "Age", age_on = "Seen"'))
    assert rows_of(source, "person", "birth_earliest::VARCHAR, birth_latest::VARCHAR") == [("1958-03-03", "1958-06-01")]
    assert told(source) == [(4, "Age", "differs from another row of the same person", "left out")]


def test_persons_whose_keys_differ_in_writing_only_are_one_and_that_is_told(tmp_path):
    keys = enumerate(["P 01", "p01", "P1", "P1", "P2"], start=1)
    rows = [["Pt", "Day"], *([key, f"3/{day}/2015"] for day, key in keys)]
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Day"', 'what = "DM"'))
    assert rows_of(source, "person", "person_source_value") == [("P1",), ("P2",)]
    rule = "the person is written in another way elsewhere (blanks, case, leading zeros, marks)"
    assert told(source)[:2] == [(line, "Pt", rule, "taken for the same person") for line in (2, 3)]


@pytest.mark.parametrize("keys", [[1, "1"], [1.0, "01"], ["1.0", 1], ["001", "1"]])
def test_a_number_and_its_text_are_one_key(tmp_path, keys):
    rows = [["Pt", "Day"], *([key, "3/2/2015"] for key in keys)]
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Day"', 'what = "DM"'))
    assert len(rows_of(source, "person", "person_id")) == 1


def test_numbers_of_persons_that_differ_behind_the_point_are_two_persons(tmp_path):
    rows = [["Pt", "Day"], [1.01, "3/2/2015"], [1.1, "3/2/2015"], ["01.01", "3/3/2015"]]
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Day"', 'what = "DM"'))
    assert rows_of(source, "person", "person_source_value") == [("01.01",), ("1.1",)]


@pytest.mark.parametrize("days", [99_999_999_999, "12345678901e300", 10**25])
@pytest.mark.parametrize("field", ["days", "key"])
def test_a_number_that_is_too_large_to_be_one_of_days_or_a_key_is_told(tmp_path, days, field):
    rows = [["Pt", "Day", "N"], ["P1", "3/2/2015", days if field == "days" else f"{days}0000000000"]]
    source = charts(tmp_path, rows, record("drug", f'start = "Day", {field} = "N"', 'what = "IVIG"'))
    assert rows_of(source, "drug_exposure", "days_supply") == [(None,)]
    assert [done for _, column, _, done in told(source) if column == "N"] == ["not used"]


def test_an_answer_within_too_many_days_of_a_date_is_told(tmp_path):
    rows = [["Pt", "Day", "N", "CR"], ["P1", "3/2/2015", 9_999_999, "yes"]]
    source = charts(tmp_path, rows, record("label", 'value = "CR", after = "Day", within = "N"', 'item = "response"'))
    assert (2, "N", "is too large a number", "not used") in told(source)


def test_a_disease_whose_letters_are_a_word_of_another_language_is_no_ditto(tmp_path):
    rows = [["Pt", "Day", "Dx"], ["P1", "3/2/2015", "DM"], ["P1", "3/3/2015", "AS"], ["P1", "3/4/2015", "as above"]]
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Day", what = "Dx"'))
    assert rows_of(source, "condition_occurrence", "condition_source_value") == [("AS",), ("DM",)]


def test_one_of_several_codes_of_a_cell_without_its_coding_system_is_told(tmp_path):
    rows = [["Pt", "Day", "Code"], ["P1", "3/2/2015", "ICD10CM:M33.10; M33.12"]]
    source = charts(tmp_path, rows, record("diagnosis", 'date = "Day", code = "Code"', 'what = "DM"'))
    assert told(source) == [(2, "Code", "a code without its coding system", "not used")]


def test_a_person_who_is_there_twice_is_used_once_and_a_contradiction_is_told(tmp_path):
    rows = [["Pt", "Sex"], ["P1", "F"], ["P1", "F"], ["P1", "M"]]
    source = charts(tmp_path, rows, record("person", 'sex = "Sex"'))
    assert rows_of(source, "person", "gender_source_value") == [("F",)]
    assert told(source) == [(4, "Sex", "differs from another row of the same person", "left out")]


def test_blank_and_merged_cells_of_a_person_mean_the_one_above(tmp_path):
    rows = [["Pt", "Day"], ["P1", "3/2/2015"], [None, "4/2/2015"], ["P2", "5/2/2015"]]
    dx = record("diagnosis", 'date = "Day"', 'what = "DM"')
    filled = charts(tmp_path, rows, dx, table=TABLE + 'fill_down = "Pt"\n')
    assert rows_of(filled, "condition_occurrence", "person_id") == [(1,), (1,), (2,)]
    unfilled = charts(tmp_path, rows, dx)
    assert told(unfilled)[0] == (3, "Pt", "no person", "left out")


def test_cells_merged_downwards_speak_for_all_their_lines(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "charts.xlsx")) as book:
        sheet = book.add_worksheet("Charts")
        sheet.write_row(0, 0, ["Pt", "Day"])
        sheet.merge_range(1, 0, 2, 0, "P1")
        for line, day in enumerate(["3/2/2015", "4/2/2015", "5/2/2015"], start=1):
            sheet.write(line, 1, day)
        sheet.write(3, 0, "P2")
    dx = record("diagnosis", 'date = "Day"', 'what = "DM"')
    source = opened(tmp_path / "charts.xlsx", HEAD + TABLE + dx)
    assert rows_of(source, "condition_occurrence", "person_id") == [(1,), (1,), (2,)]


# ---------------------------------------------------------------- rows


def test_lines_that_are_no_rows_are_listed(tmp_path):
    rows = [
        ["Pt", "Day", "Wt"],
        [None, "mm/dd/yyyy", "kg"],
        ["P1", "3/2/2015", 70],
        ["pt", "Day", "WT"],
        ["P2", None, 80],
        ["NA", "3/2/2015", 80],
        ["Total", 2, 150],
    ]
    dx = record("diagnosis", 'date = "Day"', 'what = "DM"')
    source = charts(tmp_path, rows, dx, table=TABLE + "until = 6\n")
    assert account(source) == (5, 1, 1, 3)
    assert told(source) == [
        (None, "", "lines below line 6, where the mapping says that the rows end", "not read"),
        (None, "Wt", "the mapping does not use this column", "not used"),
        (2, "Pt", "no person", "left out"),
        (4, "", "the header again", "left out"),
        (6, "Pt", "no person", "left out"),
        (None, "", "no code is known for what the mapping calls a diagnosis: dm", "kept as text"),
    ]


def test_a_header_of_two_lines_names_a_column_by_both(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "charts.xlsx")) as book:
        sheet = book.add_worksheet("Charts")
        sheet.write(0, 0, "Our charts")
        sheet.write(2, 0, "Pt")
        sheet.merge_range(1, 1, 1, 2, "IVIG 1")
        sheet.merge_range(1, 3, 1, 4, "IVIG 2")
        sheet.write_row(2, 1, ["date", "dose", "date", "dose"])
        sheet.write_row(3, 0, ["P1", "3/2/2015", "80 g", "4/2/2015", "80 g"])
    ivig = record("drug", 'start = "IVIG {n} date", dose = "IVIG {n} dose"', 'what = "IVIG"')
    source = opened(tmp_path / "charts.xlsx", HEAD + TABLE + "header = [2, 3]\n" + ivig)
    assert [row[2:4] for row in rows_of(source, "drug_exposure", DRUGS)] == [("2015-03-02", 80.0), ("2015-04-02", 80.0)]


def test_several_sheets_are_joined_by_the_person(tmp_path):
    write_workbook(
        tmp_path / "charts.xlsx",
        {
            "Patients": [["Pt", "Sex"], ["P1", "F"], ["P2", "M"]],
            "Infusions": [["MRN", "Day"], ["p1", "3/2/2015"], ["P3", "3/2/2015"]],
            "Notes": [["a"], ["b"]],
        },
    )
    mapping = (
        HEAD + '[[table]]\nsheet = "Patients"\nperson = "Pt"\n' + record("person", 'sex = "Sex"')
        + '[[table]]\nsheet = "Infusions"\nperson = "MRN"\n' + record("drug", 'start = "Day"', 'what = "IVIG"')
    )  # fmt: skip
    source = opened(tmp_path / "charts.xlsx", mapping)
    assert len(rows_of(source, "person", "person_id")) == 3
    assert sorted((one.table, one.rows, one.used, one.not_asked_for) for one in source.read_accounts) == [
        ("charts.xlsx: Infusions", 2, 2, 0),
        ("charts.xlsx: Notes", 1, 0, 1),
        ("charts.xlsx: Patients", 2, 2, 0),
    ]
    assert (None, "", "the mapping says nothing of this sheet", "not used") in told(source)


def test_two_tables_of_one_sheet_have_one_account_and_share_no_line(tmp_path):
    rows = [["Pt", "Sex"], ["P1", "F"], [], ["MRN", "Day"], ["P1", "3/2/2015"], ["P2", "3/2/2015"]]
    first = '[[table]]\nperson = "Pt"\nuntil = 3\n' + record("person", 'sex = "Sex"')
    second = '[[table]]\nperson = "MRN"\nheader = [4]\n' + record("drug", 'start = "Day"', 'what = "IVIG"')
    source = open_rows(tmp_path, rows, HEAD + first + second)
    assert account(source) == (3, 3, 0, 0)
    assert told(source) == []  # what the second table reads is not said to be unread
    with pytest.raises(RecordsError, match="share lines of one sheet"):
        open_rows(tmp_path, rows, HEAD + first.replace("until = 3\n", "") + second)


def test_a_missing_code_of_one_record_is_a_value_of_another(tmp_path):
    rows = [["Pt", "Day", "CK", "Dose"], ["P1", "3/2/2015", 999, 999]]
    source = charts(
        tmp_path,
        rows,
        record("measurement", 'value = "CK", date = "Day"', 'what = "CK", unit = "U/L"'),
        record("drug", 'dose = "Dose", start = "Day"', 'what = "IVIG", unit = "g"', 'missing = ["999"]'),
    )
    assert rows_of(source, "measurement", "value_as_number, unit_source_value") == [(999.0, "U/L")]
    assert rows_of(source, "drug_exposure", "quantity") == [(None,)]


@pytest.mark.parametrize(
    ("cell", "value", "unit", "rule"),
    [
        (350, 350.0, "U/L", None),
        ("350 U/L", 350.0, "U/L", None),
        ("5.8 ukat/L", 5.8, "ukat/L", None),
        ("> 1000", 1000.0, "U/L", "below or above a limit: the limit was used"),
        ("1,200", 1200.0, "U/L", None),
        ("normal", None, "U/L", "no number can be read"),
        ("#VALUE!", None, "U/L", "an error of the spreadsheet stands in the cell"),
    ],
)
def test_a_result_has_the_unit_of_its_cell_or_of_the_mapping(tmp_path, cell, value, unit, rule):
    source = charts(
        tmp_path, [["Pt", "Day", "CK"], ["P1", "3/2/2015", cell]],
        record("measurement", 'value = "CK", date = "Day"', 'what = "CK", unit = "U/L"'),
        codes='[codes.measurement]\n"CK" = "LOINC:2157-6"\n',
    )  # fmt: skip
    assert rows_of(source, "measurement", "value_as_number, unit_source_value") == [(value, unit)]
    assert [one[2] for one in told(source)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("died", "on", "found", "rule"),
    [
        ("Y", "3/2/2015", [(date(2015, 3, 2),)], None),
        ("deceased", "3/2/2015", [(date(2015, 3, 2),)], None),
        ("alive", None, [], None),
        ("N", "3/2/2015", [], None),
        ("yes", None, [], "a death without a date"),
    ],
)
def test_a_death_needs_its_date(tmp_path, died, on, found, rule):
    rows = [["Pt", "Dead", "On", "Sex"], ["P1", died, on, "F"]]
    source = charts(tmp_path, rows, record("death", 'died = "Dead", date = "On"'), record("person", 'sex = "Sex"'))
    assert (rows_of(source, "death", "death_date") if "death" in source.described else []) == found
    assert [one[2] for one in told(source)] == ([rule] if rule else [])


def test_answers_go_by_the_words_of_the_mapping_and_digits_stay_what_they_are(tmp_path):
    rows = [["Pt", "Resp", "PGA"], ["P1", "CR", 1], ["P2", "PR", 0], ["P3", "NR", 2], ["P4", "Y", "x"]]
    source = charts(
        tmp_path,
        rows,
        record("label", 'value = "Resp"', 'item = "response"', 'values = { "CR" = "yes", "pr" = "yes", "NR" = "no" }'),
        record("label", 'value = "PGA"', 'item = "PGA"'),
    )
    assert rows_of(source, "label", "item, person_id, value") == [
        ("PGA", 1, "1"), ("PGA", 2, "0"), ("PGA", 3, "2"), ("PGA", 4, "yes"),
        ("response", 1, "yes"), ("response", 2, "yes"), ("response", 3, "no"), ("response", 4, "yes"),
    ]  # fmt: skip


def test_no_problem_holds_what_a_cell_says(tmp_path):
    secret = "Zyxwv"
    rows = [["Pt", "DOB", "Day", "Dose", "Dx"], [secret] * 5, [secret, "1/1/1960", None, 1, 1]]
    source = charts(
        tmp_path,
        rows,
        record("person", 'birth = "DOB"'),
        record("diagnosis", 'what = "Dx", date = "Day"'),
        record("drug", 'start = "Day", dose = "Dose"', 'what = "IVIG"'),
    )
    assert len(source.problems) >= 3
    assert secret not in repr(source.problems)


# ---------------------------------------------------------------- the way back to a cell

HEADINGS = [
    "Pt",
    "Drug",
    "Start",
    "Stop",
    "Note",
    "Dose",
    "Qty",
    "Per day",
    "Sig",
    "Days",
    "Test",
    "On",
    "Value",
    "Unit",
]
FULL = dict(
    zip(
        HEADINGS,
        [1, "MTX", "2015-01-02", "2015-02-02", "x", 15, 10, 2, "weekly", 5, "CK", "2015-01-02", 7, "U/L"],
        strict=True,
    )
)
OF_DRUG = record(
    "drug",
    'what = "Drug", start = "Start", end = "Stop", end_noted = "Note", dose = "Dose", quantity = "Qty", '
    'daily_dose = "Per day", directions = "Sig", days = "Days"',
    'unit = "mg"',
)
OF_TEST = record("measurement", 'what = "Test", date = "On", value = "Value", unit = "Unit"')


@pytest.mark.parametrize(
    ("table", "column", "empty", "place"),
    [
        ("drug_exposure", "drug_exposure_start_date", [], "Start"),
        ("drug_exposure", "", [], "Start"),
        ("drug_exposure", "drug_exposure_end_date", [], "Stop"),
        ("drug_exposure", "drug_exposure_end_date", ["Stop"], "Note"),
        ("drug_exposure", "days_supply", [], "Days"),
        ("drug_exposure", "quantity", [], "Dose"),
        ("drug_exposure", "quantity", ["Dose"], "Qty"),
        ("drug_exposure", "quantity", ["Dose", "Qty"], "Per day"),
        ("drug_exposure", "quantity", ["Dose", "Qty", "Per day"], "Sig"),
        ("measurement", "measurement_date", [], "On"),
        ("measurement", "value_as_number", [], "Value"),
        ("measurement", "unit_concept_id", [], "Unit"),
        ("measurement", "unit_concept_id", ["Unit"], "Unit"),
    ],
)
@pytest.mark.parametrize("once", ["", "once = true"])
def test_a_fault_of_a_column_leads_back_to_its_own_cell(tmp_path, table, column, empty, place, once):
    row = [None if name in empty else cell for name, cell in FULL.items()]
    drug, test = (one.replace("[[table.record]]", f"[[table.record]]\n{once}") for one in (OF_DRUG, OF_TEST))
    source = charts(tmp_path, [HEADINGS, row], drug, test)
    (one,) = source.trace([Problem(table, 1, column, "some rule", "left out")])
    assert (one.line, one.place) == (2, place)


def test_two_results_of_one_day_lead_back_to_a_cell_each(tmp_path):
    results = [record("measurement", f'date = "On", value = "{name}"', f'what = "{name}"') for name in ("CK", "Wt")]
    source = charts(tmp_path, [["Pt", "On", "CK", "Wt"], [1, "2015-01-02", 300, 70]], *results)
    problems = [Problem("measurement", row, "value_as_number", "some rule", "left out") for row in (1, 2)]
    assert sorted(one.place for one in source.trace(problems)) == ["CK", "Wt"]
