"""Double data entry of REDCap: two persons enter each record as 17--1 and 17--2, and a merged one is 17."""

from __future__ import annotations

from datetime import date

import pytest

from redcap_project import column, save
from refractory.records.from_redcap_files import open_export, read_dictionary
from refractory.records.redcap_grids import survey_project

DICTIONARY = """
    field     | form  | type     | choices             | validation
    record_id | base  | text     | -                   | -
    sex       | base  | radio    | 1, Female / 2, Male | -
    weight    | base  | text     | -                   | number
    prior     | base  | checkbox | 1, MTX / 2, MMF     | -
"""
HEAD = "record_id | sex | weight | prior___1 | prior___2 | base_complete\n"


def enter(tmp_path, rows, chosen="where both agree"):
    paths = save(tmp_path, DICTIONARY, export=HEAD + rows)
    dictionary = read_dictionary(paths[0])
    project = survey_project([open_export(paths[1], dictionary)], dictionary, {})
    (grid,), (done,) = project.read(double_entry=chosen)
    return grid, done


def test_two_entries_that_agree_are_one_record(tmp_path):
    grid, done = enter(tmp_path, "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | 60 | 1 | 0 | 0")
    assert list(grid.rows) == [("17", "Female", 60, True, False, "Complete")]
    assert [(one.line, one.rule, one.is_left_out) for one in done.problems] == [
        (3, "second of two entries; compared with the first", True)
    ]
    assert done.rows == 2 == sum(done.behind) + 1


def test_what_two_entries_say_differently_is_told_and_not_used(tmp_path):
    grid, done = enter(tmp_path, "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | 66 | 0 | 1 | 2")
    assert list(grid.rows) == [("17", "Female", None, None, None, "Complete")]
    differing = [(one.line, one.column) for one in done.problems if one.rule == "the two entries differ"]
    assert differing == [(2, "weight"), (2, "prior___1"), (2, "prior___2")]


def test_what_only_one_of_two_entries_says_is_not_what_both_say(tmp_path):
    grid, done = enter(tmp_path, "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | - | 1 | 0 | 2")
    assert column(grid, "weight") == [None]
    assert [one.column for one in done.problems if not one.is_left_out] == ["weight"]


def test_the_merged_record_stands_for_both_entries_wherever_it_stands(tmp_path):
    grid, done = enter(tmp_path, "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | 66 | 0 | 1 | 2\n17 | 1 | 66 | 1 | 1 | 2")
    assert list(grid.rows) == [("17", "Female", 66, True, True, "Complete")]
    rule = "one of two entries, and the merged record is there"
    assert [(one.line, one.rule, one.is_left_out) for one in done.problems] == [(2, rule, True), (3, rule, True)]


@pytest.mark.parametrize(("chosen", "weight", "left_out"), [("first entry", 60, 3), ("second entry", 66, 2)])
def test_one_of_the_entries_may_be_chosen(tmp_path, chosen, weight, left_out):
    grid, done = enter(tmp_path, "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | 66 | 0 | 1 | 2", chosen)
    assert column(grid, "weight") == [weight]
    assert column(grid, "record_id") == ["17"]
    assert [(one.line, one.rule) for one in done.problems] == [
        (left_out, f"one of two entries; the {chosen} was chosen")
    ]


def test_a_record_that_was_entered_once_is_used_and_told(tmp_path):
    rows = "17--1 | 1 | 60 | 1 | 0 | 2\n17--2 | 1 | 60 | 1 | 0 | 2\n18--2 | 2 | 80 | 0 | 0 | 2"
    grid, done = enter(tmp_path, rows)
    assert column(grid, "record_id") == ["17", "18"]
    assert ("entered once only, by the second of two", 1) in [(one.rule, one.rows) for one in done.problems]


def test_a_name_that_only_looks_like_an_entry_stays_a_name(tmp_path):
    grid, done = enter(tmp_path, "A--1 | 1 | 60 | 1 | 0 | 2\nB--1 | 2 | 61 | 0 | 0 | 2")
    assert column(grid, "record_id") == ["A--1", "B--1"]
    assert done.problems == []


@pytest.mark.parametrize("chosen", ["where both agree", "first entry", "second entry"])
def test_a_visit_that_only_one_entry_has_is_listed_or_taken_as_chosen(tmp_path, chosen):
    export = """
        record_id | redcap_event_name | weight
        17--1     | visit_1           | 60
        17--2     | visit_1           | 60
        17--2     | visit_2           | 61
    """
    paths = save(tmp_path, DICTIONARY, export=export)
    dictionary = read_dictionary(paths[0])
    (grid,), (done,) = survey_project([open_export(paths[1], dictionary)], dictionary, {}).read(double_entry=chosen)
    assert column(grid, "weight") == ([60, 61] if chosen == "second entry" else [60])
    assert done.rows == len(grid.rows) + sum(one.rows for one in done.problems if one.is_left_out)


REPEATING = """
    field     | form | type | choices | validation
    record_id | base | text | -       | -
    seen      | base | text | -       | date_ymd
    grams     | inf  | text | -       | number
"""


@pytest.mark.parametrize(
    ("chosen", "seen"),
    [("where both agree", None), ("first entry", date(2020, 1, 1)), ("second entry", date(2020, 1, 3))],
)
def test_what_another_form_says_is_that_of_the_entry_that_counts(tmp_path, chosen, seen):
    rows = """
        record_id | redcap_repeat_instrument | redcap_repeat_instance | seen       | grams
        17--1     | -                        | -                      | 2020-01-01 | -
        17--2     | -                        | -                      | 2020-01-03 | -
        17--1     | inf                      | 1                      | -          | 30
        17--2     | inf                      | 1                      | -          | 30
        18--1     | -                        | -                      | 2020-02-01 | -
        18--2     | -                        | -                      | 2020-02-01 | -
        18--1     | inf                      | 1                      | -          | 40
        18--2     | inf                      | 1                      | -          | 40
    """
    paths = save(tmp_path, REPEATING, export=rows)
    dictionary = read_dictionary(paths[0])
    project = survey_project([open_export(paths[1], dictionary)], dictionary, {}, {"inf": ["seen"]})
    (_, infusions), _ = project.read(double_entry=chosen)
    assert column(infusions, "seen") == [seen, date(2020, 2, 1)]
