"""A mapping that cannot be carried out is answered with the line, what is wrong, and the nearest name."""

from __future__ import annotations

import pytest

from refractory.errors import RecordsError
from refractory.records.from_anywhere import open_records
from refractory.records.from_mapping import read_mapping
from sheet_files import open_rows, opened, write_workbook

ROWS = [["Patient", "IVIG 1 date", "IVIG 2 date", "Improved?"], ["P1", "2015-03-02", "2015-04-02", "yes"]]
HEAD = '[source]\n[[table]]\nperson = "Patient"\n'


def mistakes_of(text, folder):
    path = folder / "charts.mapping.toml"
    path.write_text(text)
    with pytest.raises(RecordsError) as error:
        read_mapping(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[source]\nkind = "sheets"\n', "line 2, source.kind: 'sheets' is not allowed. Did you mean \"sheet\"?"),
        ('[source]\ndate = "day first"\n', 'line 2, source.date: unknown key. Did you mean "dates"?'),
        ("[[table]]\nsheet = 'a'\n", "line 1, source: this key is missing."),
        ("[source]\n[[table]]\nsheet = 'a'\n", "line 2, table[1].person: this key is missing."),
        (
            HEAD + '[[table.record]]\nkind = "drug"\ncolumn = { what = "Drug", begin = "Start" }\n',
            'line 6, table[1].record[1].column.begin: a drug has no "begin".',
        ),
        (
            HEAD + '[[table.record]]\nkind = "drug"\ntext = { what = "IVIG" }\ncolumn = { star = "Start" }\n',
            'a drug has no "star". Did you mean "start"?',
        ),
        (HEAD + '[[table.record]]\nkind = "drug"\ncolumn = { start = "Start" }\n', 'a drug needs "what"'),
        (HEAD + '[[table.record]]\nkind = "drug"\ntext = { what = "IVIG" }\n', 'a drug needs a day: "start"'),
        (
            HEAD
            + '[[table.record]]\nkind = "drug"\ntext = { what = "IVIG" }\ncolumn = { start = "IVIG {n} of {n}" }\n',
            "{n} stands once in the name of a column",
        ),
        (
            HEAD + '[[table.record]]\nkind = "person"\ncolumn = { sex = "Sex" }\ntext = { sex = "F" }\n',
            '"sex" stands under column and under text',
        ),
        (HEAD + "header = [2, 1]\n", "`header` names lines from 1 on"),
        (HEAD + "header = [1, 2]\nuntil = 2\n", "`until` is a line below the header"),
        (HEAD + 'header = [1, 2]\nmerged = ["C:E"]\n', '`merged`: "C:E" is no name of cells such as C1:E1'),
        (HEAD + 'header = [1, 2]\nmerged = ["E1:C1"]\n', '`merged`: "E1:C1" names its last cell first'),
        (HEAD + 'header = [1, 2]\nmerged = ["C2:E3"]\n', '`merged`: "C2:E3" is not within the lines of the header'),
        (
            '[source]\n[codes.drugs]\n"MTX" = "RxNorm:6851"\n',
            'line 2, codes.drugs: no kind of record with codes is called "drugs". Did you mean "drug"?',
        ),
        ("[source]\nyears = 1999\n", "line 2, source.years:"),
        ('[source\nkind = "sheet"\n', "is not valid TOML"),
    ],
)
def test_a_mistake_is_shown_where_it_was_made(tmp_path, text, told):
    assert told in mistakes_of(text, tmp_path)


def test_every_mistake_is_told_at_once(tmp_path):
    said = mistakes_of('[source]\nkind = "sheets"\ndecimal = "x"\n', tmp_path)
    assert said.startswith("RecordsError: 2 mistakes in charts.mapping.toml.")


def open_with(folder, record, table="", rows=ROWS):
    return open_rows(folder, rows, f'[source]\n[[table]]\nperson = "Patient"\n{table}\n[[table.record]]\n{record}')


def test_columns_that_the_sheet_does_not_have_are_told_with_their_lines_and_the_nearest_names(tmp_path):
    record = (
        'kind = "drug"\ntext = { what = "IVIG" }\n'
        'column = { start = "IVG 1 date" }\nwhen = { column = "Improved", is = "yes" }'
    )
    with pytest.raises(RecordsError) as error:
        open_with(tmp_path, record)
    assert str(error.value).splitlines()[:4] == [
        "RecordsError: The mapping names 2 columns that charts.xlsx: Charts does not have.",
        '    line 8, there is no column "IVG 1 date". Did you mean "IVIG 1 date"?',
        '    line 9, there is no column "Improved". Did you mean "Improved?"?',
        "  Where: charts.mapping.toml",
    ]


def test_repeated_columns_of_which_there_is_none_are_told(tmp_path):
    record = 'kind = "drug"\ntext = { what = "IVIG" }\ncolumn = { start = "Infusion {n} date" }'
    with pytest.raises(RecordsError, match=r'no column "Infusion \{n\} date"'):
        open_with(tmp_path, record)


@pytest.mark.parametrize("sheet", ["Chart", "charts.csv", "charts.xlsx: Other"])
def test_a_sheet_that_is_not_there_is_told_with_the_names_of_those_that_are(tmp_path, sheet):
    with pytest.raises(RecordsError, match="name one of: Charts"):
        open_with(tmp_path, 'kind = "person"', f'sheet = "{sheet}"')


@pytest.mark.parametrize("sheet", ["Charts", "charts", "charts.xlsx", "charts.xlsx: Charts", ""])
def test_a_sheet_goes_by_its_name_its_files_or_both_or_is_the_only_one(tmp_path, sheet):
    record = 'kind = "drug"\ntext = { what = "IVIG" }\ncolumn = { start = "IVIG {n} date" }'
    assert open_with(tmp_path, record, f'sheet = "{sheet}"').read_accounts[0].used == 1


def test_blanks_around_the_name_of_a_sheet_do_not_matter(tmp_path):
    sheets = {"Charts  2015 ": ROWS, "Notes": [["x"]]}
    mapping = '[source]\n[[table]]\nsheet = "Charts 2015"\nperson = "Patient"\n[[table.record]]\nkind = "drug"\n'
    mapping += 'text = { what = "IVIG" }\ncolumn = { start = "IVIG {n} date" }\n'
    source = opened(write_workbook(tmp_path / "charts.xlsx", sheets), mapping)
    assert [one.used for one in source.read_accounts if "Charts" in one.table] == [1]


def test_a_code_of_several_that_names_no_coding_system_is_a_mistake(tmp_path):
    codes = '[codes.drug]\nIVIG = "RxNorm:5666, 1234"\n'
    with pytest.raises(RecordsError, match="names no coding system"):
        open_with(
            tmp_path, f'kind = "drug"\ntext = {{ what = "IVIG" }}\ncolumn = {{ start = "IVIG {{n}} date" }}\n{codes}'
        )


@pytest.mark.parametrize("named", ["", 'file = "charts.xlsx"\n'])
def test_a_sheet_is_not_read_in_the_place_of_another_of_its_name(tmp_path, named):
    path = tmp_path / "charts.csv"
    path.write_text("Patient\nP1\n", encoding="utf-8")
    mapping = f'[source]\n{named}[[table]]\nperson = "Patient"\n'
    open_rows(tmp_path, ROWS, mapping).close()
    with pytest.raises(RecordsError, match=r"reads charts\.xlsx, and not charts\.csv"):
        open_records(str(path))


def test_the_home_of_nobody_is_no_file():
    with pytest.raises(RecordsError, match="no such file"):
        open_records("~nobody-of-that-name/charts.xlsx")


@pytest.mark.parametrize("name", ["../charts.xlsx", "/etc/passwd", "link.xlsx", "folder/../../charts.xlsx"])
def test_a_file_outside_the_folder_of_the_mapping_is_never_read(tmp_path, name):
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    open_rows(tmp_path, ROWS, HEAD).close()
    (inside / "link.xlsx").symlink_to(tmp_path / "charts.xlsx")
    with pytest.raises(RecordsError, match="outside its own folder"):
        open_rows(inside, ROWS, f'[source]\nfile = "{name}"\n[[table]]\nperson = "Patient"\n')


def test_a_link_within_a_folder_that_leads_out_of_it_is_passed_over(tmp_path):
    inside = tmp_path / "inside"
    (inside / "sheets").mkdir(parents=True)
    open_rows(tmp_path, ROWS, HEAD).close()
    (inside / "sheets" / "link.xlsx").symlink_to(tmp_path / "charts.xlsx")
    with pytest.raises(RecordsError, match="not beside the mapping"):
        open_rows(inside, ROWS, '[source]\nfile = "sheets"\n[[table]]\nperson = "Patient"\n')
