"""Exports of REDCap as grids: one per instrument, codes decoded, boxes and missing-data codes told apart."""

# ruff: noqa: E501 -- a drawn export is as wide as an export

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime

import pytest

from redcap_project import column, dictionary_text, export_text, read, told, write_csv
from refractory.errors import RecordsError
from refractory.records.from_redcap import read_redcap_grids
from refractory.records.redcap_columns import arrange_columns
from refractory.records.redcap_dictionary import API_HEADINGS, read_dictionary_lines

PROJECT = """
    field     | form      | type      | label       | choices                             | validation           | shown if
    ----------+-----------+-----------+-------------+-------------------------------------+----------------------+---------
    record_id | baseline  | text      | Record      | -                                   | -                    | -
    dob       | baseline  | text      | Birth       | -                                   | date_dmy             | -
    sex       | baseline  | radio     | Sex         | 1, Female / 2, Male                 | -                    | -
    smoker    | baseline  | yesno     | Smoker      | -                                   | -                    | -
    alive     | baseline  | truefalse | Alive       | -                                   | -                    | -
    prior     | baseline  | checkbox  | Tried       | 1, MTX / 2, MMF / -99, Other / a_b, IVIG | -               | -
    given     | infusions | text      | Given       | -                                   | date_ymd             | -
    began     | infusions | text      | Began       | -                                   | datetime_seconds_mdy | -
    grams     | infusions | text      | Grams       | -                                   | number_comma_decimal | -
    days      | infusions | text      | Days        | -                                   | integer              | -
    note      | infusions | notes     | Note        | -                                   | -                    | -
    trouble   | infusions | checkbox  | Trouble     | 1, Headache / 2, Rash               | -                    | [days] > 1
"""  # fmt: skip
REPEATING = """
    record_id | redcap_repeat_instrument | redcap_repeat_instance | dob        | sex | smoker | alive | prior___1 | prior___2 | prior____99 | prior___a_b | baseline_complete | given      | began               | grams | days | note | trouble___1 | trouble___2 | infusions_complete
    ----------+--------------------------+------------------------+------------+-----+--------+-------+-----------+-----------+-------------+-------------+-------------------+------------+---------------------+-------+------+------+-------------+-------------+-------------------
    001       | -                        | -                      | 1960-02-03 | 1   | 0      | 1     | 1         | 0         | 1           | 0           | 2                 | -          | -                   | -     | -    | -    | 0           | 0           | -
    001       | infusions                | 1                      | -          | -   | -      | -     | -         | -         | -           | -           | -                 | 2015-03-02 | 2015-03-02 08:30:00 | 70,5  | 2    | ok   | 0           | 1           | 2
    001       | infusions                | 2                      | -          | -   | -      | -     | -         | -         | -           | -           | -                 | 2015-04-02 | -                   | 80    | 1    | -    | 0           | 0           | 0
    002       | -                        | -                      | -          | 2   | -      | -     | 0         | 0         | 0           | 0           | 0                 | -          | -                   | -     | -    | -    | -           | -           | -
"""  # fmt: skip


def test_each_instrument_is_a_grid_with_a_row_wherever_it_was_filled_in(tmp_path):
    grids, done = read(tmp_path, PROJECT, REPEATING)
    assert list(grids) == ["baseline", "infusions"]
    baseline, infusions = grids.values()
    assert baseline.name == "export.csv: baseline"
    assert list(zip(baseline.lines, column(baseline, "record_id"), strict=True)) == [(2, "001"), (5, "002")]
    assert list(infusions.lines) == [3, 4]
    assert column(infusions, "redcap_repeat_instance") == [1, 2]
    assert infusions.columns == (
        "record_id", "redcap_repeat_instance", "given", "began", "grams", "days", "note", "trouble___1", "trouble___2",
        "infusions_complete",
    )  # fmt: skip
    assert (done.rows, done.problems) == (4, [])


def test_codes_become_their_meaning_and_dates_and_numbers_are_typed(tmp_path):
    grids, _ = read(tmp_path, PROJECT, REPEATING)
    baseline, infusions = grids["baseline"], grids["infusions"]
    assert column(baseline, "sex") == ["Female", "Male"]
    assert column(baseline, "smoker") == [False, None]
    assert column(baseline, "alive") == [True, None]
    assert column(baseline, "dob") == [date(1960, 2, 3), None]
    assert column(baseline, "baseline_complete") == ["Complete", "Incomplete"]
    assert column(infusions, "began") == [datetime(2015, 3, 2, 8, 30), None]
    assert column(infusions, "grams") == [70.5, 80]
    assert column(infusions, "days") == [2, 1]
    assert column(infusions, "note") == ["ok", None]


def test_a_box_is_a_truth_named_by_its_field_and_code(tmp_path):
    baseline = read(tmp_path, PROJECT, REPEATING)[0]["baseline"]
    boxes = {name: column(baseline, name) for name in baseline.columns if name.startswith("prior")}
    assert boxes == {
        "prior___1": [True, False],
        "prior___2": [False, False],
        "prior____99": [True, False],  # a minus sign is one more underscore
        "prior___a_b": [False, False],
    }
    facts = baseline.facts["prior____99"]
    assert (facts.kind, facts.label, facts.choices) == ("checked", "Tried: Other", {"1": "Other"})


@pytest.mark.parametrize(
    ("code", "written"),
    [("a_b", "prior___ab"), ("-99", "prior____99"), ("-99", "prior___-99"), ("A.b", "prior___ab"), ("UNK", "prior___unk")],
)  # fmt: skip
def test_a_box_is_found_under_every_name_that_redcap_has_written(tmp_path, code, written):
    dictionary = f"""
        field     | form | type     | choices
        record_id | base | text     | -
        prior     | base | checkbox | 1, MTX / {code}, Other
    """
    export = f"""
        record_id | prior___1 | {written}
        1         | 0         | 1
    """
    grid = read(tmp_path, dictionary, export)[0]["base"]
    assert [one for one in grid.columns if one.startswith("prior")] == list(grid.facts)[:2]
    assert [row[1:3] for row in grid.rows] == [(False, True)]


def test_an_unchecked_box_of_a_field_that_may_have_been_hidden_says_nothing(tmp_path):
    infusions = read(tmp_path, PROJECT, REPEATING)[0]["infusions"]
    # In the first row a box of the field is checked, so that it was shown; in the second nobody can tell.
    assert column(infusions, "trouble___1") == [False, None]
    assert column(infusions, "trouble___2") == [True, None]


def test_a_form_that_nobody_opened_has_no_row_although_its_boxes_are_unchecked(tmp_path):
    export = """
        record_id | sex | prior___1 | baseline_complete | given      | trouble___1 | infusions_complete
        1         | -   | 0         | 0                 | 2015-03-02 | 0           | 0
        2         | -   | 0         | 2                 | -          | 0           | 0
        3         | -   | 0         | 0                 | -          | 0           | 0
    """
    grids, done = read(tmp_path, PROJECT, export)
    assert list(grids["infusions"].lines) == [2]
    assert list(grids["baseline"].lines) == [3]  # complete without any box checked: none of them, then
    assert column(grids["baseline"], "prior___1") == [False]
    assert (done.rows, list(done.lines)) == (3, [2, 3, 4])


EVENTS = """
    record_id | redcap_event_name | redcap_repeat_instrument | redcap_repeat_instance | sex | given      | grams
    1         | start_arm_1       | -                        | -                      | 1   | -          | -
    1         | visit_arm_1       | -                        | 1                      | -   | 2015-03-02 | 70
    1         | visit_arm_1       | -                        | 2                      | -   | 2015-04-02 | 71
    1         | visit_arm_1       | infusions                | 1                      | -   | 2015-04-03 | 72
    2         | start_arm_2       | -                        | -                      | 2   | 2015-05-02 | 73
"""


def test_every_row_is_kept_where_a_whole_event_repeats_and_where_an_instrument_repeats_within_it(tmp_path):
    infusions = read(tmp_path, PROJECT, EVENTS)[0]["infusions"]
    assert [(*row[:3], row[infusions.columns.index("grams")]) for row in infusions.rows] == [
        ("1", "visit_arm_1", 1, 70),
        ("1", "visit_arm_1", 2, 71),
        ("1", "visit_arm_1", 1, 72),
        ("2", "start_arm_2", None, 73),
    ]
    assert infusions.columns[:3] == ("record_id", "redcap_event_name", "redcap_repeat_instance")


def test_a_field_whose_name_ends_like_the_state_of_a_form_is_a_field(tmp_path):
    dictionary = """
        field          | form | type
        record_id      | base | text
        chemo_complete | care | yesno
    """
    grid = read(tmp_path, dictionary, "record_id | chemo_complete | care_complete\n1 | 0 | 0\n2 | - | 0")[0]["care"]
    assert [row[:2] for row in grid.rows] == [("1", False)]


def test_a_data_access_group_stands_beside_each_row(tmp_path):
    export = "record_id | redcap_data_access_group | sex\n1 | north | 1\n2 | - | 2"
    baseline = read(tmp_path, PROJECT, export)[0]["baseline"]
    assert column(baseline, "redcap_data_access_group") == ["north", None]


MISSING = """
    record_id | dob | sex | smoker | alive | prior___1 | prior___2 | prior____99 | prior___a_b | prior___unk | given | grams | days | note | trouble___1 | trouble___2 | trouble___unk
    1         | UNK | UNK | UNK    | 1     | 0         | 0         | 0           | 0           | 1           | UNK   | UNK   | UNK  | UNK  | 1           | 0           | 0
    2         | -   | 1   | 1      | 0     | 1         | 0         | 0           | 0           | 0           | -     | 999   | -    | 999  | 0           | 0           | 0
"""  # fmt: skip


@pytest.mark.parametrize("missing", [("UNK, Unknown",), ()])
def test_a_missing_data_code_is_missing_in_every_kind_of_field_and_counted_apart_from_blanks(tmp_path, missing):
    # The code need not be named where the boxes of several fields show it.
    grids, done = read(tmp_path, PROJECT, MISSING, missing)
    baseline, infusions = grids["baseline"], grids["infusions"]
    assert baseline.rows[0][1:4] == (None, None, None)
    assert column(baseline, "alive") == [True, False]
    assert column(baseline, "smoker") == [None, True]  # what is missing in one row takes nothing from the others
    assert column(baseline, "prior___1") == [None, True]
    assert column(infusions, "grams") == [None, 999]
    assert not any(name.endswith("___unk") for name in (*baseline.columns, *infusions.columns))
    assert told(done, "missing-data code") == [
        ("dob", 1), ("sex", 1), ("smoker", 1), ("given", 1), ("grams", 1), ("days", 1), ("note", 1), ("prior", 1),
    ]  # fmt: skip


def test_a_choice_of_the_field_itself_is_never_taken_for_a_missing_data_code(tmp_path):
    dictionary = """
        field     | form | type  | choices
        record_id | base | text  | -
        sex       | base | radio | 1, Female / -99, Rather not say
        smoker    | base | yesno | -
    """
    export = "record_id | sex | smoker\n1 | -99 | 0\n2 | 1 | 1"
    grid = read(tmp_path, dictionary, export, ("-99, Not done | 0, No answer",))[0]["base"]
    assert column(grid, "sex") == ["Rather not say", "Female"]
    assert column(grid, "smoker") == [False, True]


def test_a_field_that_has_no_missing_data_codes_keeps_what_is_written(tmp_path):
    dictionary = """
        field     | form | type | validation | annotation
        record_id | base | text | -          | -
        score     | base | text | number     | @NOMISSING
        weight    | base | text | number     | -
    """
    grid = read(tmp_path, dictionary, "record_id | score | weight\n1 | -9 | -9", ("-9",))[0]["base"]
    assert [row[1:3] for row in grid.rows] == [(-9, None)]


LABELS = """
    Record | Event Name | Repeat Instrument | Repeat Instance | Birth      | Sex    | Smoker | Alive | Tried (choice=MTX) | Tried (choice=MMF) | Tried (choice=Other) | Tried (choice=IVIG) | Complete?  | Given      | Grams | Complete?
    1      | Start      | -                 | -               | 1960-02-03 | Female | No     | True  | Checked            | Unchecked          | Unchecked            | Unchecked           | Complete   | -          | -     | -
    1      | Start      | Infusions         | 1               | -          | -      | -      | -     | -                  | -                  | -                    | -                   | -          | 2015-03-02 | 70,5  | Unverified
"""  # fmt: skip


def test_an_export_with_labels_says_the_same_as_one_with_codes(tmp_path):
    grids, done = read(tmp_path, PROJECT, LABELS)
    baseline, infusions = grids["baseline"], grids["infusions"]
    assert baseline.rows[0] == (
        "1", "Start", None, date(1960, 2, 3), "Female", False, True, True, False, False, False, "Complete",
    )  # fmt: skip
    assert column(infusions, "grams") == [70.5]
    assert column(infusions, "infusions_complete") == ["Unverified"]
    assert column(infusions, "redcap_repeat_instance") == [1]
    assert done.problems == []


def test_codes_and_meanings_that_look_alike_are_told_apart_by_the_rest_of_the_export(tmp_path):
    dictionary = """
        field     | form | type  | choices
        record_id | base | text  | -
        times     | base | radio | 0, 1 / 1, 2 / 2, 3
        smoker    | base | yesno | -
    """
    codes = read(tmp_path, dictionary, "record_id | times | smoker\n1 | 1 | 1\n2 | 2 | 0")[0]["base"]
    assert column(codes, "times") == ["2", "3"]
    labels = read(tmp_path, dictionary, "record_id | times | smoker\n1 | 1 | Yes\n2 | 2 | No")[0]["base"]
    assert column(labels, "times") == ["1", "2"]


VALUES = """
    record | redcap_repeat_instrument | redcap_repeat_instance | field_name         | value
    001    | -                        | -                      | record_id          | 001
    001    | -                        | -                      | dob                | 1960-02-03
    001    | -                        | -                      | sex                | 1
    001    | -                        | -                      | smoker             | 0
    001    | -                        | -                      | alive              | 1
    001    | -                        | -                      | prior              | 1
    001    | -                        | -                      | prior              | -99
    001    | -                        | -                      | baseline_complete  | 2
    001    | infusions                | 1                      | given              | 2015-03-02
    001    | infusions                | 1                      | began              | 2015-03-02 08:30:00
    001    | infusions                | 1                      | grams              | 70,5
    001    | infusions                | 1                      | days               | 2
    001    | infusions                | 1                      | note               | ok
    001    | infusions                | 1                      | trouble            | 2
    001    | infusions                | 1                      | infusions_complete | 2
    001    | infusions                | 2                      | given              | 2015-04-02
    001    | infusions                | 2                      | grams              | 80
    001    | infusions                | 2                      | days               | 1
    001    | infusions                | 2                      | infusions_complete | 0
    002    | -                        | -                      | sex                | 2
    002    | -                        | -                      | baseline_complete  | 0
"""


def test_an_export_with_a_line_per_value_says_the_same_as_a_flat_one(tmp_path):
    flat, _ = read(tmp_path, PROJECT, REPEATING)
    values, done = read(tmp_path, PROJECT, VALUES)
    for name, grid in flat.items():
        assert (values[name].columns, list(values[name].rows)) == (grid.columns, list(grid.rows))
    assert (done.rows, sum(done.behind)) == (21, 21)
    assert list(values["infusions"].lines) == [10, 17]  # a row is called by the first of its lines


def test_a_field_with_two_values_at_one_place_keeps_the_first_and_lists_the_other(tmp_path):
    export = """
        record | field_name | value
        1      | sex        | 1
        1      | sex        | 2
        1      | prior      | 1
        1      | prior      | 1
        -      | sex        | 1
        2      | -          | 1
    """
    grids, done = read(tmp_path, PROJECT, export)
    assert column(grids["baseline"], "sex") == ["Female"]
    assert [(one.line, one.rule) for one in done.problems if one.is_left_out] == [
        (3, "the field has two values at the same place"),
        (5, "the same box is written twice"),
        (6, "the line names no record"),
        (7, "the line names no field"),
    ]
    assert done.rows == 6 == sum(done.behind) + 4


def test_choices_that_the_dictionary_no_longer_has_are_kept_and_told(tmp_path):
    export = "record_id | sex | prior___1 | prior___7\n1 | 3 | 0 | 1"
    grids, done = read(tmp_path, PROJECT, export)
    assert column(grids["baseline"], "sex") == ["3"]
    assert column(grids["baseline"], "prior___7") == [True]
    assert told(done, "no choice of that code") == [("sex", 1)]


def test_an_answer_that_is_none_and_a_choice_that_is_gone_are_told_with_the_line_of_each(tmp_path):
    export = "record_id | sex | smoker\n1 | 3 | 1\n2 | 1 | perhaps\n3 | 4 | maybe"
    _, done = read(tmp_path, PROJECT, export)
    lines = [(one.place, one.line, one.rows) for one in done.problems if not one.is_left_out]
    assert [one for one in lines if one[0] == "sex"] == [("sex", 2, 1), ("sex", 4, 1)]
    assert [one for one in lines if one[0] == "smoker"] == [("smoker", 3, 1), ("smoker", 4, 1)]


def test_codes_that_a_spreadsheet_rewrote_are_still_found(tmp_path):
    dictionary = "field | form | type | choices\nrecord_id | base | text | -\nkind | base | radio | 01, A / 02, B"
    grid = read(tmp_path, dictionary, "record_id | kind\n1 | 1\n2 | 2.0")[0]["base"]
    assert column(grid, "kind") == ["A", "B"]


def test_truths_that_a_program_wrote_for_codes_are_found(tmp_path):
    grid = read(tmp_path, PROJECT, "record_id | smoker | alive\n1 | TRUE | FALSE\n2 | False | true")[0]["baseline"]
    assert [column(grid, name) for name in ("smoker", "alive")] == [[True, False], [False, True]]


def test_blank_lines_that_a_server_sends_before_and_between_are_no_rows(tmp_path):
    (tmp_path / "dictionary.csv").write_text("\n\n" + dictionary_text(PROJECT), encoding="utf-8")
    (tmp_path / "export.csv").write_text("\n\nrecord_id;sex\n\n1;1\n;\n2;2\n", encoding="utf-8")
    (baseline, _), (done,) = read_redcap_grids([tmp_path])
    assert list(baseline.lines) == [5, 7]
    assert (done.rows, done.problems) == (2, [])


def test_dates_that_a_spreadsheet_rewrote_stay_texts_with_the_dictionarys_order_and_are_told(tmp_path):
    grids, done = read(tmp_path, PROJECT, "record_id | dob\n1 | 03/02/1960\n2 | 1960-02-03\n3 | 1960-02-31")
    baseline = grids["baseline"]
    assert column(baseline, "dob") == ["03/02/1960", date(1960, 2, 3), "1960-02-31"]
    assert baseline.facts["dob"].date_order == "day first"
    assert told(done, "not written year-month-day") == [("dob", 2)]


def test_fields_of_the_export_and_of_the_dictionary_may_differ(tmp_path):
    grids, done = read(tmp_path, PROJECT, "record_id | sex | weight | given | extra\n1 | 1 | 70 | 2015-03-02 | x")
    assert column(grids["baseline"], "weight") == ["70"]
    assert column(grids["infusions"], "extra") == ["x"]
    assert column(grids["baseline"], "dob") == [None]
    assert column(grids["baseline"], "prior___1") == [None]  # not exported, which is not unchecked
    assert told(done, "the dictionary does not have the field") == [("weight", 1), ("extra", 1)]


def test_the_state_of_a_form_that_was_renamed_since_is_no_data(tmp_path):
    export = "record_id | sex | formerly_complete | given\n1 | 1 | 0 | -\n2 | - | 0 | 2015-03-02"
    grids, _ = read(tmp_path, PROJECT, export)
    assert [len(grid.rows) for grid in grids.values()] == [1, 1]


def test_a_column_that_comes_again_is_told(tmp_path):
    grids, done = read(tmp_path, PROJECT, "record_id | sex | sex\n1 | 1 | 2")
    assert column(grids["baseline"], "sex") == ["Female"]
    assert told(done, "the column comes again") == [("sex", 1)]


def test_a_label_that_no_field_has_heads_a_column_of_its_own(tmp_path):
    export = "Record | Birth | Sex | Shoe size\n1 | 1960-02-03 | Male | 41"
    grids, done = read(tmp_path, PROJECT, export)
    assert column(grids["baseline"], "Shoe size") == ["41"]
    assert told(done, "the dictionary does not have the field") == [("Shoe size", 1)]


SURVEYS = """
    field     | form   | type     | label        | choices         | validation
    record_id | base   | text     | Record       | -               | -
    seen      | base   | text     | Date         | -               | date_ymd
    smoker    | base   | yesno    | Smoker       | -               | -
    tried     | base   | checkbox | Tried        | 1, MTX / 2, MMF | -
    visited   | visit  | text     | Date         | -               | date_ymd
    itch      | visit  | text     | Itch         | -               | integer
    harm      | visit  | checkbox | Harm         | 1, Rash         | -
    asked     | survey | text     | Date         | -               | date_ymd
    well      | survey | yesno    | Well         | -               | -
"""


@pytest.mark.parametrize(
    ("head", "names", "unsure"),
    [
        ("Date | Smoker | Complete?", "seen smoker base_complete", ""),
        ("Survey Timestamp | Date | Itch | Complete?", "visit_timestamp visited itch visit_complete", ""),
        ("Itch | Complete? | Survey Timestamp | Date | Well", "itch visit_complete survey_timestamp asked well", ""),
        ("Smoker | Date | Itch | Date | Well | Complete?", "smoker visited itch asked well survey_complete", ""),
        ("Itch | Date", "itch asked", ""),
        ("Date | Well", "seen well", "seen"),
    ],
)
def test_of_several_fields_of_one_label_a_column_is_the_one_that_its_neighbours_tell(tmp_path, head, names, unsure):
    dictionary = read_dictionary_lines(list(csv.reader(io.StringIO(dictionary_text(SURVEYS)))), "dictionary")
    columns = arrange_columns(["Record", *(one.strip() for one in head.split("|"))], dictionary)
    assert columns.names == ("record_id", *names.split())
    assert columns.unsure == tuple(unsure.split())


def test_a_column_whose_label_may_be_that_of_another_field_is_told(tmp_path):
    _, done = read(tmp_path, SURVEYS, "Record | Date | Well\n1 | 2015-03-02 | Yes")
    assert told(done, "several fields have the label") == [("seen", 1)]


@pytest.mark.parametrize("missing", [(), ("UNK, Not known",)])
def test_missing_data_codes_in_the_headings_of_labels_are_known_as_such(tmp_path, missing):
    export = """
        Record | Smoker    | Tried (choice=MTX) | Tried (choice=MMF) | Tried (choice=Not known) | Harm (choice=Rash) | Harm (choice=Not known)
        1      | Yes       | Unchecked          | Unchecked          | Checked                  | Checked            | Unchecked
        2      | Not known | Checked            | Unchecked          | Unchecked                | Unchecked          | Unchecked
    """
    grids, done = read(tmp_path, SURVEYS, export, missing)
    assert column(grids["base"], "tried___1") == [None, True]
    assert column(grids["base"], "tried___2") == [None, False]
    assert column(grids["base"], "smoker") == [True, None]
    assert told(done, "does not have the field") == []
    assert told(done, "missing-data code") == [("smoker", 1), ("tried", 1)]


def test_survey_times_that_say_not_completed_are_missing(tmp_path):
    export = "record_id | baseline_timestamp | sex\n1 | [not completed] | 1\n2 | 2015-03-02 10:11:12 | -"
    baseline = read(tmp_path, PROJECT, export)[0]["baseline"]
    assert column(baseline, "baseline_timestamp") == [None, datetime(2015, 3, 2, 10, 11, 12)]


def test_lines_that_are_no_rows_of_the_project_are_listed(tmp_path):
    text = "record_id,sex,smoker\n1,1,0\n,2,0\n2,1,0,lost,\n3,1\n4,1,0,,,\n\n"
    (tmp_path / "dictionary.csv").write_text(dictionary_text(PROJECT), encoding="utf-8")
    (tmp_path / "export.csv").write_text(text, encoding="utf-8")
    grids, (done,) = read_redcap_grids([tmp_path])
    assert column(grids[0], "record_id") == ["1", "3", "4"]
    assert [(one.line, one.rule, one.rows) for one in done.problems if one.is_left_out] == [
        (3, "the line names no record", 1),
        (4, "the line has more cells than the first line has columns", 1),
    ]
    assert done.rows == 5


def test_the_same_row_again_is_listed_and_a_different_one_of_the_same_place_is_told(tmp_path):
    export = "record_id | sex | smoker\n1 | 1 | 0\n1 | 1 | 0\n1 | 2 | 0"
    grids, done = read(tmp_path, PROJECT, export)
    assert column(grids["baseline"], "sex") == ["Female", "Male"]
    assert [(one.line, one.rule, one.is_left_out) for one in done.problems] == [
        (3, "the same row again", True),
        (4, "record, event and instance come twice, with different values", False),
    ]


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ","), ("utf-8", "|")]
)
def test_an_export_is_read_however_a_spreadsheet_saved_it(tmp_path, encoding, separator):
    (tmp_path / "dictionary.csv").write_text(dictionary_text(PROJECT), encoding="utf-8")
    lines = [["record_id", "sex", "note"], ["1", "1", 'müde,\n"sehr"; | ja'], ["2", "2", ""]]
    (tmp_path / "export.csv").write_bytes(write_csv(lines, separator).encode(encoding))
    (baseline, infusions), (done,) = read_redcap_grids([tmp_path])
    assert list(baseline.lines) == [2, 3]  # a note over two lines is one line of a spreadsheet
    assert column(infusions, "note") == ['müde,\n"sehr"; | ja']
    assert [one.done for one in done.problems] == (["read as Windows-1252"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("drawn", ["REPEATING", "VALUES"])
def test_an_answer_of_the_api_in_json_is_the_same(tmp_path, drawn):
    dictionary = dictionary_text(PROJECT)
    (tmp_path / "metadata.json").write_text(
        json.dumps(list(csv.DictReader(io.StringIO(dictionary_text(PROJECT, API_HEADINGS)))))
    )
    rows = list(csv.DictReader(io.StringIO(export_text(globals()[drawn]))))
    (tmp_path / "records.json").write_text(
        json.dumps([{**row, "note": row["note"] or None} if "note" in row else row for row in rows])
    )
    (tmp_path / "flat").mkdir()
    (tmp_path / "flat" / "dictionary.csv").write_text(dictionary, encoding="utf-8")
    (tmp_path / "flat" / "export.csv").write_text(export_text(globals()[drawn]), encoding="utf-8")
    grids, (done,) = read_redcap_grids([tmp_path / "metadata.json", tmp_path / "records.json"])
    others, (plain,) = read_redcap_grids([tmp_path / "flat"])
    assert [list(grid.rows) for grid in grids] == [list(grid.rows) for grid in others]
    assert (done.rows, done.problems) == (plain.rows, plain.problems)


def test_an_export_saved_as_a_workbook_is_the_same(tmp_path):
    import xlsxwriter

    (tmp_path / "dictionary.csv").write_text(dictionary_text(PROJECT), encoding="utf-8")
    with xlsxwriter.Workbook(str(tmp_path / "export.xlsx")) as book:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["record_id", "dob", "sex", "given", "grams"])
        sheet.write_number(1, 0, 1)
        sheet.write_datetime(1, 1, datetime(1960, 2, 3), day)
        sheet.write_number(1, 2, 1)
        sheet.write_datetime(1, 3, datetime(2015, 3, 2), day)
        sheet.write_number(1, 4, 70.5)
    baseline, infusions = read_redcap_grids([tmp_path])[0]
    assert baseline.rows[0][:3] == ("1", date(1960, 2, 3), "Female")
    assert (column(infusions, "given"), column(infusions, "grams")) == ([date(2015, 3, 2)], [70.5])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("study_id,sex\n1,1\n", 'no column "record_id"'),
        ('record_id,note\n1,"' + "x" * (17 << 20), "longer than any export"),
    ],
)
def test_a_file_that_is_no_export_is_told(tmp_path, text, said):
    (tmp_path / "dictionary.csv").write_text(dictionary_text(PROJECT), encoding="utf-8")
    (tmp_path / "export.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RecordsError, match=said):
        read_redcap_grids([tmp_path])


def test_without_a_dictionary_it_is_asked_for(tmp_path):
    (tmp_path / "export.csv").write_text(export_text(REPEATING), encoding="utf-8")
    with pytest.raises(RecordsError, match="No data dictionary"):
        read_redcap_grids([tmp_path])


def test_exports_of_two_forms_belong_to_one_project(tmp_path):
    (tmp_path / "dictionary.csv").write_text(dictionary_text(PROJECT), encoding="utf-8")
    (tmp_path / "one.csv").write_text("record_id,sex\n1,1\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("record_id,given\n1,2015-03-02\n", encoding="utf-8")
    grids, done = read_redcap_grids([tmp_path])
    assert [(grid.name, len(grid.rows)) for grid in grids if grid.rows] == [
        ("one.csv: baseline", 1),
        ("two.csv: infusions", 1),
    ]
    assert [one.problems for one in done] == [[], []]
