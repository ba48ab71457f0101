"""A project of REDCap as records: what its mapping makes of it, and what becomes of each line of its export."""

# ruff: noqa: E501 -- a drawn export is as wide as an export

from __future__ import annotations

from array import array

import pytest

from redcap_project import SOURCE, save, save_project
from refractory.errors import RecordsError
from refractory.records.from_anywhere import open_records
from refractory.records.from_mapping import read_mapping
from refractory.records.from_redcap_api import find_fields
from refractory.records.from_redcap_files import read_dictionary
from refractory.records.from_translation import check_accounts
from refractory.records.redcap_accounts import account_for_export
from refractory.records.redcap_reading import ReadExport

DICTIONARY = """
    field     | form      | type     | choices                     | validation | identifier
    record_id | base      | text     | -                           | -          | -
    name      | base      | text     | -                           | -          | y
    dob       | base      | text     | -                           | date_dmy   | y
    sex       | base      | radio    | 1, Female / 2, Male         | -          | -
    prior     | base      | checkbox | 1, MTX / 2, MMF             | -          | -
    visited   | visit     | text     | -                           | date_ymd   | -
    weight    | visit     | text     | -                           | number     | -
    response  | outcome   | radio    | 1, CR / 2, PR / 3, None     | -          | -
    given     | infusions | text     | -                           | date_ymd   | -
    grams     | infusions | text     | -                           | number     | -
    stopped   | infusions | dropdown | 1, Cured / 2, Side effects  | -          | -
    comment   | infusions | notes    | -                           | -          | -
"""
EXPORT = """
    record_id | redcap_event_name | redcap_repeat_instrument | redcap_repeat_instance | name | dob        | sex | prior___1 | prior___2 | visited    | weight | response | given      | grams | stopped | comment
    01        | start             | -                        | -                      | Doe  | 1960-02-03 | 1   | 1         | 0         | 2015-01-05 | 60     | -        | -          | -     | -       | -
    01        | start             | infusions                | 1                      | -    | -          | -   | -         | -         | -          | -      | -        | 2015-03-02 | 70    | -       | fine
    01        | start             | infusions                | 2                      | -    | -          | -   | -         | -         | -          | -      | -        | -          | 80    | 2       | -
    01        | start             | infusions                | 3                      | -    | -          | -   | -         | -         | -          | -      | -        | -          | -     | -       | later
    01        | end               | -                        | -                      | -    | -          | -   | -         | -         | 2015-09-02 | 62     | 1        | -          | -     | -       | -
    02        | start             | -                        | -                      | Roe  | 1971-12-31 | 2   | 0         | 0         | -          | -      | -        | -          | -     | -       | -
    02        | end               | -                        | -                      | -    | -          | -   | -         | -         | -          | -      | 3        | -          | -     | -       | -
"""  # fmt: skip
MAPPING = (
    SOURCE
    + """
[[table]]
sheet = "base"
person = "record_id"
[[table.record]]
kind = "person"
column = { birth = "dob", sex = "sex" }
[[table.record]]
kind = "drug"
text = { what = "methotrexate" }
column = { before = "visited" }
when = { column = "prior___1" }

[[table]]
sheet = "visit"
person = "record_id"
[[table.record]]
kind = "measurement"
text = { what = "weight", unit = "kg" }
column = { value = "weight", date = "visited" }

[[table]]
sheet = "outcome"
person = "record_id"
[[table.record]]
kind = "label"
text = { item = "cutaneous improvement" }
column = { value = "response", date = "visited" }
values = { CR = "yes", PR = "yes", None = "no" }

[[table]]
sheet = "Infusions"
person = "record_id"
[[table.record]]
kind = "drug"
text = { what = "immunoglobulin", unit = "g" }
column = { start = "given", quantity = "grams", stop_reason = "stopped" }
"""
)


@pytest.fixture
def project(tmp_path):
    return save_project(tmp_path, DICTIONARY, MAPPING, export=EXPORT)


def read(path, table, columns):
    source = open_records(str(path))
    try:
        statement = f"SELECT {columns} FROM records_source.main.{table} ORDER BY ALL"
        return source.connection.execute(statement).fetchall()
    finally:
        source.close()


def test_records_of_each_instrument_become_those_of_the_person(project):
    assert read(project, "person", "person_source_value, year_of_birth, month_of_birth, gender_source_value") == [
        ("01", 1960, 2, "F"),
        ("02", 1971, 12, "M"),
    ]
    drugs = read(project, "drug_exposure", "drug_source_value, drug_exposure_start_date::VARCHAR, quantity")
    assert drugs == [("immunoglobulin", "2015-03-02", 70.0), ("methotrexate", "2015-01-04", None)]
    assert read(project, "measurement", "measurement_date::VARCHAR, value_as_number") == [
        ("2015-01-05", 60.0),
        ("2015-09-02", 62.0),
    ]


def test_a_field_of_another_instrument_is_that_of_the_same_record_and_event(project):
    # The response stands in one instrument and the day of the visit in another.
    assert read(project, "label", "value, earliest::VARCHAR") == [("no", None), ("yes", "2015-09-02")]


def test_a_line_is_used_where_a_record_came_of_any_form_and_else_listed_or_not_asked_for(project):
    source = open_records(str(project))
    (account,) = source.read_accounts
    assert (account.rows, account.used, account.not_asked_for, account.listed) == (7, 5, 1, 1)
    assert [(one.table, one.line, one.column) for one in source.problems if one.is_left_out] == [
        ("export.csv", 4, "given")
    ]
    source.close()


def test_the_origin_of_a_record_is_its_form_line_and_field(project):
    found = read(project, "origin", "table_name, file, row_number, column_name")
    assert ("drug_exposure", "export.csv: infusions", 3, "given") in found


def test_what_the_mapping_leaves_out_is_told_by_the_names_of_the_fields_alone(project):
    source = open_records(str(project))
    told = {one.column: one.rows for one in source.problems if one.rule.startswith("the mapping does not use")}
    assert told == {"name": 2, "comment": 2}
    said = " ".join(str(one) for one in source.problems)
    assert "Doe" not in said
    assert "1960" not in said
    source.close()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sheet = "visit"', 'sheet = "visits"', 'instrument "visits" and the project has no such instrument. Did you mean "visit"?'),
        ('sheet = "visit"', 'sheet = "Base"', 'instrument "Base" twice'),
        ('value = "weight"', 'value = "wieght"', 'line 25, there is no column "wieght". Did you mean "weight"?'),
        ('dictionary = "dictionary.csv"', "", None),  # it is recognised among the files of a folder
        ('file = "export.csv"\ndictionary = "dictionary.csv"', 'file = "export.csv"', "The data dictionary of the project is not"),
        ('"export.csv"', '"../export.csv"', "outside its own folder"),
        ('"export.csv"', '"gone.csv"', '"gone.csv" is not beside the mapping'),
    ],
)  # fmt: skip
def test_a_mistake_of_the_mapping_is_told_with_the_nearest_name(project, old, new, said):
    text = MAPPING.replace(old, new)
    if said is None:
        text = text.replace('file = "export.csv"', 'file = ["export.csv", "dictionary.csv"]')
    project.write_text(text, encoding="utf-8")
    if said is None:
        open_records(str(project)).close()
        return
    with pytest.raises(RecordsError) as error:
        open_records(str(project))
    assert said in str(error.value)


def test_an_export_in_two_files_is_one_project(tmp_path):
    lines = EXPORT.strip("\n").splitlines()
    files = {"north": "\n".join(lines[:6]), "south": "\n".join([lines[0], *lines[6:]])}
    mapping = MAPPING.replace('"export.csv"', '["north.csv", "south.csv"]')
    path = save_project(tmp_path, DICTIONARY, mapping, **files)
    source = open_records(str(path))
    assert [(one.table, one.rows, one.used, one.listed) for one in source.read_accounts] == [
        ("north.csv", 5, 3, 1),
        ("south.csv", 2, 2, 0),
    ]
    assert source.count_own("label") == 2
    source.close()


def test_an_export_with_a_line_per_value_accounts_for_each_of_its_lines(tmp_path):
    export = """
        record | redcap_event_name | redcap_repeat_instrument | redcap_repeat_instance | field_name | value
        01     | start             | -                        | -                      | record_id  | 01
        01     | start             | -                        | -                      | name       | Doe
        01     | start             | -                        | -                      | sex        | 1
        01     | start             | infusions                | 1                      | given      | 2015-03-02
        01     | start             | infusions                | 1                      | grams      | 70
        01     | start             | infusions                | 1                      | comment    | fine
        01     | start             | infusions                | 2                      | grams      | 80
        01     | start             | infusions                | 2                      | comment    | ?
    """
    path = save_project(tmp_path, DICTIONARY, MAPPING, export=export)
    source = open_records(str(path))
    (account,) = source.read_accounts
    assert (account.rows, account.used, account.not_asked_for, account.listed) == (8, 3, 4, 1)
    source.close()


SCORES = """
    field     | form  | type     | choices                       | validation
    record_id | visit | text     | -                             | -
    visited   | visit | text     | -                             | date_ymd
    scale     | visit | radio    | 0, None / 1, Mild / 2, Severe | -
    step      | visit | radio    | 1, 0 / 2, 5 / 3, 10           | -
    improved  | visit | radio    | 1, Better / 2, The same       | -
    route     | visit | dropdown | 1, intravenous / 2, oral      | -
"""
SCORE_MAPPING = (
    SOURCE
    + """
[[table]]
sheet = "visit"
person = "record_id"
[[table.record]]
kind = "measurement"
text = { what = "scale" }
column = { value = "scale", date = "visited" }
[[table.record]]
kind = "measurement"
text = { what = "step" }
column = { value = "step", date = "visited" }
[[table.record]]
kind = "label"
text = { item = "improvement" }
column = { value = "improved", date = "visited" }
values = { "1" = "yes", "2" = "no" }
[[table.record]]
kind = "drug"
text = { what = "immunoglobulin" }
column = { start = "visited" }
when = { column = "route", is = "1" }
"""
)


@pytest.mark.parametrize(
    "rows", ["1 | 2015-03-02 | 2 | 3 | 1 | 1\n2 | 2015-03-02 | 0 | 1 | 2 | 2", "1 | 2015-03-02 | Severe | 10 | Better | intravenous\n2 | 2015-03-02 | None | 0 | The same | oral"]
)  # fmt: skip
def test_a_choice_gives_its_number_where_a_result_is_looked_for_and_may_be_named_by_its_code(tmp_path, rows):
    head = "record_id | visited | scale | step | improved | route\n"
    path = save_project(tmp_path, SCORES, SCORE_MAPPING, export=head + rows)
    assert read(path, "measurement", "person_id, measurement_source_value, value_as_number") == [
        (1, "scale", 2.0),
        (1, "step", 10.0),
        (2, "scale", 0.0),
        (2, "step", 0.0),
    ]
    assert read(path, "label", "person_id, value") == [(1, "yes"), (2, "no")]
    assert read(path, "drug_exposure", "person_id") == [(1,)]


def test_words_for_yes_in_another_language_leave_boxes_what_they_are(project):
    project.write_text(MAPPING.replace("[source]", '[source]\nyes = "ja"\nno = "nein"'), encoding="utf-8")
    assert len(read(project, "drug_exposure", "drug_source_value")) == 2


LENDING = """
[source]
kind = "redcap"
file = ["base.csv", "infusions.csv"]
dictionary = "dictionary.csv"

[[table]]
sheet = "base"
person = "record_id"
[[table.borrow]]
name = "first_given"
sheet = "infusions"
first = "given"
when = { column = "stopped", is = "Cured" }
[[table.record]]
kind = "person"
column = { birth = "dob" }
[[table.record]]
kind = "finding"
text = { what = "weakness" }
column = { date = "first_given" }

[[table]]
sheet = "infusions"
person = "record_id"
[[table.record]]
kind = "drug"
text = { what = "immunoglobulin", unit = "g" }
column = { start = "given", quantity = "grams" }
"""


def test_the_first_day_of_another_instrument_is_found_in_whichever_file_it_stands(tmp_path):
    base = "record_id | dob\n1 | 1960-02-03\n2 | 1961-02-03\n"
    infusions = """
        record_id | redcap_repeat_instrument | redcap_repeat_instance | given      | grams | stopped
        1         | infusions                | 1                      | 2015-03-02 | 70    | 2
        1         | infusions                | 2                      | 2015-04-02 | 70    | 1
        1         | infusions                | 3                      | 2015-05-02 | 70    | 1
    """
    save(tmp_path, DICTIONARY, base=base, infusions=infusions)
    (tmp_path / "charts.mapping.toml").write_text(LENDING)
    source = open_records(str(tmp_path / "charts.mapping.toml"))
    found = source.connection.execute("SELECT observation_date FROM records_source.main.observation").fetchall()
    assert [str(day) for (day,) in found] == ["2015-04-02"]


def test_what_a_table_borrows_is_asked_of_a_server_too(tmp_path):
    (path, _) = save(tmp_path, DICTIONARY, base="record_id\n1\n")
    (tmp_path / "charts.mapping.toml").write_text(LENDING)
    fields = find_fields(read_dictionary(path), read_mapping(tmp_path / "charts.mapping.toml"))
    assert {"given", "stopped"} <= set(fields)


def test_lines_that_a_reader_has_lost_do_not_count_as_not_asked_for():
    export = ReadExport(
        "export.csv", rows=3, lines=array("q", [2, 3]), behind=array("q", [1, 1]), asked=array("q", [1, 0])
    )
    problems, account = account_for_export(export, {"export.csv": {2}}, [])
    with pytest.raises(RecordsError, match="lost or counted twice"):
        check_accounts([account], problems, "export")
