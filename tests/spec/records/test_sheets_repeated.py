"""Records that rows repeat, whose day is missing in some rows, or that a note dates."""

from __future__ import annotations

import pytest

from refractory.records.cell_notes import find_noted_end
from sheet_files import open_rows, rows_of, told

HEAD = '[source]\ndates = "day first"\n[[table]]\nperson = "Pt"\n'
DX = "person_id, condition_source_value, condition_start_date::VARCHAR"
ONCE = '[[table.record]]\nkind = "diagnosis"\ncolumn = { what = "Dx", date = "Dx date" }\nonce = true\n'
EITHER = '[[table.record]]\nkind = "diagnosis"\ncolumn = { what = "Dx", date = "Dx date", before = "IVIG" }\n'


def told_of_rows(source):
    return [one for one in told(source) if one[0] is not None]


def account(source):
    (one,) = source.read_accounts
    return one.rows, one.used, one.not_asked_for, one.listed


def test_a_diagnosis_that_each_visit_repeats_is_one_record_and_no_line_of_problems(tmp_path):
    rows = [["Pt", "Dx", "Dx date"], *([["P1", "DM", "3.2.2012"]] * 3), ["P2", "DM", "4.2.2012"], ["P2", "DM", None]]
    source = open_rows(tmp_path, rows, HEAD + ONCE)
    assert rows_of(source, "condition_occurrence", DX) == [(1, "DM", "2012-02-03"), (2, "DM", "2012-02-04")]
    assert told_of_rows(source) == [(6, "Dx date", "no date", "left out")]
    assert account(source) == (5, 4, 0, 1)


def test_what_differs_between_the_rows_of_a_person_stays_two_records(tmp_path):
    rows = [["Pt", "Dx", "Dx date"], ["P1", "DM", "3.2.2012"], ["P1", "DM", "9.9.2013"], ["P1", "SLE", "3.2.2012"]]
    assert len(rows_of(open_rows(tmp_path, rows, HEAD + ONCE), "condition_occurrence", DX)) == 3


def test_an_undated_record_that_rows_repeat_is_before_the_earliest_of_their_dates(tmp_path):
    drug = '[[table.record]]\nkind = "drug"\ncolumn = { what = "Prior", before = "Visit" }\nonce = true\n'
    rows = [["Pt", "Prior", "Visit"], ["P1", "MTX, HCQ", "9.3.2014"], ["P1", "MTX, HCQ", "5.1.2014"]]
    source = open_rows(tmp_path, rows, HEAD + drug)
    found = rows_of(source, "drug_exposure", "person_id, drug_source_value, drug_exposure_start_date::VARCHAR")
    assert [day for _, _, day in found] == ["2014-01-04", "2014-01-04"]
    assert told_of_rows(source) == [(3, "Prior", "undated", "placed on the day before Visit")]
    assert account(source) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    ("written", "day", "rule"),
    [
        ("3.2.2012", "2012-02-03", None),
        (None, "2014-03-09", ("undated", "placed on the day before IVIG")),
        ("some time", "2014-03-09", ("undated", "placed on the day before IVIG")),
        ("2012", "2012-12-31", ("only its month, its year or a part of it is known", "its last day was taken")),
        ("2014", "2014-03-09", ("only its month, its year or a part of it is known", "placed on the day before IVIG")),
        ("2015", None, ("only its month, its year or a part of it is known", "left out")),
    ],
)
def test_a_date_of_its_own_comes_before_the_date_that_it_must_be_earlier_than(tmp_path, written, day, rule):
    source = open_rows(tmp_path, [["Pt", "Dx", "Dx date", "IVIG"], ["P1", "DM", written, "10.3.2014"]], HEAD + EITHER)
    if day is None:
        assert account(source) == (1, 0, 0, 1)
    else:
        assert rows_of(source, "condition_occurrence", DX) == [(1, "DM", day)]
    if rule is None:
        assert told_of_rows(source) == []
    else:
        assert told_of_rows(source)[-1] == (2, "Dx date", *rule)


def test_a_record_for_rows_where_a_cell_is_empty_is_in_no_other_row(tmp_path):
    rest = '[[table.record]]\nkind = "diagnosis"\ncolumn = { before = "IVIG" }\ntext = { what = "the disease" }\n'
    when = 'when = { column = "Dx", is = "nothing" }\n'
    rows = [["Pt", "Dx", "Dx date", "IVIG"], ["P1", "DM", "3.2.2012", "10.3.2014"], ["P2", None, None, "11.3.2014"]]
    source = open_rows(tmp_path, rows, HEAD + EITHER + rest + when)
    assert rows_of(source, "condition_occurrence", DX) == [(1, "DM", "2012-02-03"), (2, "the disease", "2014-03-10")]


@pytest.mark.parametrize(
    ("note", "end"),
    [
        ("bis 12.03.2014, unwirksam", "2014-03-12"),
        ("abgesetzt am 1.4.2014", "2014-04-01"),
        ("stopped 2014-05-02 (LFTs)", "2014-05-02"),
        ("jusqu'au 3/6/2014", "2014-06-03"),
        ("hasta el 3/6/2014, ineficaz", "2014-06-03"),
        ("seen on 12.03.2014", None),
        ("kein Effekt", None),
    ],
)
def test_a_note_may_tell_until_when_a_drug_was_taken(tmp_path, note, end):
    drug = '[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", start = "From", end_noted = "Note" }\n'
    source = open_rows(tmp_path, [["Pt", "Drug", "From", "Note"], ["P1", "MTX", "1.2.2013", note]], HEAD + drug)
    assert rows_of(source, "drug_exposure", "drug_exposure_end_date::VARCHAR") == [(end,)]
    assert told_of_rows(source) == []


def test_a_note_with_a_month_only_is_told_and_gives_no_end(tmp_path):
    drug = '[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", start = "From", end_noted = "Note" }\n'
    source = open_rows(
        tmp_path, [["Pt", "Drug", "From", "Note"], ["P1", "MTX", "1.2.2013", "until 3/2014"]], HEAD + drug
    )
    assert rows_of(source, "drug_exposure", "drug_exposure_end_date::VARCHAR") == [(None,)]
    assert told_of_rows(source) == [(2, "Note", "only its month, its year or a part of it is known", "not used")]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("40→20", 40.0, 20.0),
        ("40 -> 20 -> 5", 40.0, 5.0),
        ("15 to 5", 15.0, 5.0),
        ("20 (no change)", 20.0, 20.0),
        ("20", 20.0, None),
        ("40→?", 40.0, None),
    ],
)
def test_of_a_cell_that_tells_several_values_the_mapping_says_which_counts(cell, first, last, tmp_path):
    score = '[[table.record]]\nkind = "measurement"\ntext = { what = "CDASI" }\nof_several = "%s"\n'
    score += 'column = { value = "CDASI", date = "IVIG" }\n'
    source = open_rows(
        tmp_path, [["Pt", "CDASI", "IVIG"], ["P1", cell, "1.1.2014"]], HEAD + score % "first" + score % "last"
    )
    found = {value for (value,) in rows_of(source, "measurement", "value_as_number")}
    assert found == ({first, last} if last is not None or "?" in cell else {first})


def test_several_values_in_a_cell_are_no_number_where_the_mapping_does_not_say_which_counts(tmp_path):
    score = '[[table.record]]\nkind = "measurement"\ntext = { what = "CDASI" }\n'
    score += 'column = { value = "CDASI", date = "IVIG" }\n'
    source = open_rows(tmp_path, [["Pt", "CDASI", "IVIG"], ["P1", "40→20", "1.1.2014"]], HEAD + score)
    assert rows_of(source, "measurement", "value_as_number") == [(None,)]
    assert (2, "CDASI", "no number can be read", "kept as text") in told_of_rows(source)


def test_a_drug_that_no_list_has_is_told_where_it_stands_beside_one_that_is_known(tmp_path):
    drug = '[[table.record]]\nkind = "drug"\ncolumn = { what = "Failed", before = "IVIG" }\n'
    rows = [["Pt", "Failed", "IVIG"], ["P1", "flagyl + tinidazole", "1.1.2014"], ["P2", "pred alone, MTX", "1.1.2014"]]
    source = open_rows(tmp_path, rows, HEAD + drug)
    assert len(rows_of(source, "drug_exposure", "drug_source_value")) == 3
    said = "beside drugs that are known a word that ends as names of drugs do"
    assert [one for one in told_of_rows(source) if one[2] == said] == [(2, "Failed", said, "no record of it")]


def test_words_that_are_no_end_tell_none():
    assert [find_noted_end(text) for text in ("", "no weekend 2014", "biscuit 2014", "bis auf weiteres")] == [""] * 4


def test_an_answer_may_be_of_so_many_days_after_a_date(tmp_path):
    label = '[[table.record]]\nkind = "label"\ntext = { item = "response" }\ndays_later = 180\n'
    label += 'column = { value = "6mo", date = "IVIG" }\n'
    source = open_rows(tmp_path, [["Pt", "6mo", "IVIG"], ["P1", "yes", "1.1.2014"]], HEAD + label)
    assert rows_of(source, "label", "value, earliest::VARCHAR, latest::VARCHAR") == [
        ("yes", "2014-06-30", "2014-06-30")
    ]
