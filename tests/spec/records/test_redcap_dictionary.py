"""The data dictionary of REDCap: its 18 columns, under either heading, as the project's fields."""

# ruff: noqa: E501 -- a drawn export is as wide as an export

from __future__ import annotations

import json

import pytest

from redcap_project import dictionary_rows, dictionary_text
from refractory.errors import RecordsError
from refractory.records.from_redcap_files import read_dictionary
from refractory.records.redcap_dictionary import API_HEADINGS, PAGE_HEADINGS, is_dictionary

DRAWN = """
    field     | form       | type     | label                   | choices                  | validation | identifier | shown if      | annotation
    ----------+------------+----------+-------------------------+--------------------------+------------+------------+---------------+-----------
    record_id | Base Line  | text     | Record                  | -                        | -          | -          | -             | -
    dob       | Base Line  | text     | <b>Date</b> of birth    | -                        | date_dmy   | y          | -             | -
    sex       | Base Line  | radio    | Sex                     | 1, Female / 2, Male      | -          | -          | -             | -
    prior     | Base Line  | checkbox | Tried<br>before &amp; now | 1, MTX, oral / -9, Other | -        | -          | [sex] = '1'   | @NOMISSING
    smoker    | infusions  | yesno    | Smoker                  | -                        | -          | -          | -             | -
    pain      | infusions  | slider   | Pain                    | none / some / worst      | number     | -          | -             | -
    total     | infusions  | calc     | Sum                     | [pain] * 2               | -          | -          | -             | -
"""  # fmt: skip


def save(folder, text, name="dictionary.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "headings",
    [
        PAGE_HEADINGS,
        API_HEADINGS,
        [one.upper() for one in PAGE_HEADINGS],
        [f"Spalte {number}" for number in range(18)],  # the page in another language
    ],
)
def test_the_page_and_the_api_head_the_same_dictionary_in_two_ways(tmp_path, headings):
    read = read_dictionary(save(tmp_path, dictionary_text(DRAWN, headings)))
    assert read == read_dictionary(save(tmp_path, dictionary_text(DRAWN)))
    assert [(one.name, one.instrument, one.kind) for one in read.fields] == [
        ("record_id", "base_line", "text"),
        ("dob", "base_line", "text"),
        ("sex", "base_line", "radio"),
        ("prior", "base_line", "checkbox"),
        ("smoker", "infusions", "yesno"),
        ("pain", "infusions", "slider"),
        ("total", "infusions", "calc"),
    ]
    assert read.record_id == "record_id"
    assert read.instruments == ("base_line", "infusions")


def test_a_field_knows_what_the_dictionary_says_of_it(tmp_path):
    fields = {one.name: one for one in read_dictionary(save(tmp_path, dictionary_text(DRAWN))).fields}
    assert (fields["dob"].label, fields["dob"].validation, fields["dob"].is_identifier) == (
        "Date of birth",
        "date_dmy",
        True,
    )
    assert fields["sex"].choices == {"1": "Female", "2": "Male"}
    assert fields["prior"].choices == {"1": "MTX, oral", "-9": "Other"}
    assert (fields["prior"].label, fields["prior"].is_branched, fields["prior"].may_be_missing) == (
        "Tried before & now",
        True,
        False,
    )
    assert fields["smoker"].choices == {"1": "Yes", "0": "No"}
    assert fields["pain"].choices == fields["total"].choices == {}  # a slider's marks and a formula are no choices
    assert fields["pain"].validation == ""  # the slider shows its number: no validation


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_dictionary_is_read_in_whatever_encoding_a_spreadsheet_saved_it(tmp_path, encoding):
    drawn = DRAWN.replace("Smoker", "Größe")
    fields = read_dictionary(save(tmp_path, dictionary_text(drawn), encoding=encoding)).fields
    assert "Größe" in [one.label for one in fields]


def test_a_dictionary_saved_with_semicolons_is_the_same(tmp_path):
    comma = dictionary_text(DRAWN)
    from redcap_project import write_csv

    semicolon = write_csv([PAGE_HEADINGS, *(list(row.values()) for row in dictionary_rows(DRAWN))], ";")
    assert read_dictionary(save(tmp_path, semicolon)) == read_dictionary(save(tmp_path, comma, "other.csv"))


def test_the_dictionary_that_the_api_sends_as_json_is_the_same(tmp_path):
    path = save(tmp_path, json.dumps(dictionary_rows(DRAWN)), "dictionary.json")
    assert read_dictionary(path) == read_dictionary(save(tmp_path, dictionary_text(DRAWN)))


def test_labels_and_choices_over_several_lines_are_one_line(tmp_path):
    text = dictionary_text(DRAWN).replace("Smoker", '"Smoker,\nat present"').replace("1, Female | ", "1, Female\n| ")
    fields = {one.name: one for one in read_dictionary(save(tmp_path, text)).fields}
    assert fields["smoker"].label == "Smoker, at present"
    assert fields["sex"].choices == {"1": "Female", "2": "Male"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column field_name, form_name, field_type"),
        ("field_name,form_name\na,b\n", "has no column field_type"),
        (",".join(API_HEADINGS) + "\n", "holds no field"),
        (dictionary_text(DRAWN) + "sex,a,,text\n", 'names the field "sex" twice'),
        (dictionary_text(DRAWN) + "and the rest of a label\n", "lacks the field's name, its form or its type"),
    ],
)
def test_what_is_no_dictionary_is_told_with_its_place(tmp_path, text, said):
    with pytest.raises(RecordsError) as error:
        read_dictionary(save(tmp_path, text))
    assert said in str(error.value)
    assert "Try: " in str(error.value)


@pytest.mark.parametrize("text", ["[1]", "{}", "nothing", "[" * 100_000])
def test_json_that_is_no_dictionary_is_told(tmp_path, text):
    with pytest.raises(RecordsError, match="cannot be read as JSON"):
        read_dictionary(save(tmp_path, text, "dictionary.json"))


def test_an_export_is_not_taken_for_a_dictionary():
    assert is_dictionary(PAGE_HEADINGS)
    assert not is_dictionary(["record_id", "redcap_event_name", "field_name", "value"])
