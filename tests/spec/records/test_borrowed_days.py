"""A day that another sheet has: the first infusion for the sheet of patients, in workbooks and in REDCap."""

from __future__ import annotations

import pytest

from redcap_project import SOURCE, save_project
from refractory.errors import RecordsError
from refractory.records.from_anywhere import open_records
from sheet_files import opened, rows_of, told, write_workbook

PATIENTS = [["Pt", "MTX", "Improved"], ["P1", "Y", "Y"], ["p 2", "Y", "N"], ["P3", "N", "N"], ["P4", "Y", "Y"]]
INFUSIONS = [
    ["MRN", "Drug", "Day"],
    ["P1", "IVIG", "3/30/2015"], ["P1", "IVIG", "3/2/2015"], ["P1", "saline", "1/2/2015"],
    ["P2", "IVIG", "5/6/2015"], ["P3", "IVIG", "4/2015"], ["P5", "IVIG", "4/4/2015"],
]  # fmt: skip
MAPPING = """
[source]
dates = "month first"

[[table]]
sheet = "Patients"
person = "Pt"
[[table.borrow]]
name = "first IVIG"
sheet = "Infusions"
first = "Day"
when = { column = "Drug", is = ["IVIG"] }
[[table.record]]
kind = "drug"
text = { what = "methotrexate" }
column = { before = "first IVIG" }
when = { column = "MTX" }
[[table.record]]
kind = "label"
text = { item = "improved", within = "30" }
column = { value = "Improved", after = "first IVIG" }

[[table]]
sheet = "Infusions"
person = "MRN"
[[table.record]]
kind = "drug"
column = { what = "Drug", start = "Day" }
"""


def charts(folder, mapping=MAPPING):
    write_workbook(folder / "charts.xlsx", {"Patients": PATIENTS, "Infusions": INFUSIONS})
    return opened(folder / "charts.xlsx", mapping)


def test_a_sheet_of_patients_has_the_first_day_of_its_condition_in_the_sheet_of_infusions(tmp_path):
    source = charts(tmp_path)
    drugs = rows_of(source, "drug_exposure", "drug_source_value, drug_exposure_start_date::VARCHAR")
    assert [day for drug, day in drugs if drug == "methotrexate"] == ["2015-03-01", "2015-05-05"]
    labels = rows_of(source, "label", "value, earliest::VARCHAR, latest::VARCHAR")
    assert set(labels) == {
        ("yes", "2015-03-03", "2015-04-01"), ("no", "2015-05-07", "2015-06-05"), ("no", None, None), ("yes", None, None)
    }  # fmt: skip


def test_who_has_no_such_day_is_listed_like_anybody_without_a_date(tmp_path):
    source = charts(tmp_path)
    assert (5, "first IVIG", "no date", "not used") in told(source)
    assert [(one.table, one.rows, one.used, one.listed) for one in source.read_accounts] == [
        ("charts.xlsx: Patients", 4, 4, 0),
        ("charts.xlsx: Infusions", 6, 5, 1),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sheet = "Infusions"\nfirst', 'sheet = "Gaben"\nfirst', 'a sheet "Gaben" that has no table'),
        ('first = "Day"', 'first = "Dai"', "does not have"),
        ('name = "first IVIG"', 'name = "MTX"', "another name"),
    ],
)
def test_a_mistake_in_what_is_borrowed_says_what_to_do(tmp_path, old, new, said):
    with pytest.raises(RecordsError) as raised:
        charts(tmp_path, MAPPING.replace(old, new))
    assert said in str(raised.value)


DICTIONARY = """
    field     | form      | type  | choices       | validation | identifier
    record_id | base      | text  | -             | -          | -
    mtx       | base      | yesno | -             | -          | -
    improved  | outcome   | yesno | -             | -          | -
    given     | infusions | text  | -             | date_ymd   | -
    other     | infusions | text  | -             | -          | -
"""
EXPORT = """
    record_id | redcap_repeat_instrument | redcap_repeat_instance | mtx | improved | given      | other
    01        | -                        | -                      | 1   | 1        | -          | -
    01        | infusions                | 1                      | -   | -        | 2015-03-30 | x
    01        | infusions                | 2                      | -   | -        | 2015-03-02 | -
    02        | -                        | -                      | 1   | 0        | -          | -
"""
REDCAP = (
    SOURCE
    + """
[[table]]
sheet = "base"
person = "record_id"
[[table.borrow]]
name = "first infusion"
sheet = "Infusions"
first = "given"
[[table.record]]
kind = "drug"
text = { what = "methotrexate" }
column = { before = "first infusion" }
when = { column = "mtx" }

[[table]]
sheet = "infusions"
person = "record_id"
"""
)


def test_a_form_of_redcap_has_the_first_day_of_a_repeating_form(tmp_path):
    path = save_project(tmp_path, DICTIONARY, REDCAP, export=EXPORT)
    source = open_records(str(path))
    found = rows_of(source, "drug_exposure", "drug_source_value, drug_exposure_start_date::VARCHAR")
    assert found == [("methotrexate", "2015-03-01")]
    assert (5, "first infusion", "no date") in [(one.line, one.column, one.rule) for one in source.problems]
    source.close()
