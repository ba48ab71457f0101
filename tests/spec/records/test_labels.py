"""Adjudicated labels: what is read from their file, and what is told of a row that cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from refractory.errors import LabelsError
from refractory.records.from_labels import read_labels
from refractory.records.schema import Problem
from refractory.records.store import Store
from tables import fill, same_rows

HEAD = "person,item,value,date,reviewer\n"


@pytest.fixture
def store():
    store = Store()
    fill(store, "person", "person_id\n1\n2\n30000000001")
    return store


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_label_has_person_item_value_date_and_reviewer(tmp_path, store):
    text = HEAD + "1,active disease,yes,2016-05-20,A\n2,cutaneous improvement,no,2016-06-01,\n"
    assert read_labels(write(tmp_path, text), store) == ()
    same_rows(store, store.table("label"), """
        row_id | person_id | item                  | value | earliest   | latest     | reviewer
        -------+-----------+-----------------------+-------+------------+------------+---------
        2      | 1         | active disease        | yes   | 2016-05-20 | 2016-05-20 | A
        3      | 2         | cutaneous improvement | no    | 2016-06-01 | 2016-06-01 | -
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "interval"),
    [
        ("2016-05-20", (date(2016, 5, 20), date(2016, 5, 20))),
        ("2016-02", (date(2016, 2, 1), date(2016, 2, 29))),
        ("2016", (date(2016, 1, 1), date(2016, 12, 31))),
        ("", (None, None)),
        (" 2016-05 ", (date(2016, 5, 1), date(2016, 5, 31))),
    ],
)
def test_a_date_is_the_interval_that_it_is_known_to_be(tmp_path, store, written, interval):
    assert read_labels(write(tmp_path, f"{HEAD}1,a,b,{written},\n"), store) == ()
    assert store.rows(store.table("label").select("earliest", "latest")) == [interval]


@pytest.mark.parametrize(
    "text",
    [
        "Person, ITEM ,Value,Date,Reviewer,remark\n1,a,b,2016,R,seen twice\n",  # heads in any case, more columns
        "\ufeffreviewer,date,value,item,person\nR,2016,b,a,1\n",  # a byte order mark, another order
        "person;item;value;date;reviewer\r\n1;a;b;2016;R\r\n",  # as spreadsheets of many countries write it
        "person\titem\tvalue\tdate\treviewer\n1\ta\tb\t2016\tR\n",
        'person,item,value,date,reviewer\n\n"1","a","b","2016","R"\n,,,,\n',
    ],
)
def test_the_same_label_in_other_clothes(tmp_path, store, text):
    assert read_labels(write(tmp_path, text), store) == ()
    same_rows(store, store.table("label").drop("row_id"), """
        person_id | item | value | earliest   | latest     | reviewer
        ----------+------+-------+------------+------------+---------
        1         | a    | b     | 2016-01-01 | 2016-12-31 | R
    """)  # fmt: skip


def test_a_value_may_go_over_several_lines_and_its_row_is_named_by_the_first(tmp_path, store):
    text = HEAD + '1,a,"one\ntwo\nthree",2016,\n1,a,b,soon,\n'
    (problem,) = read_labels(write(tmp_path, text), store)
    assert problem.row == 5
    assert store.rows(store.table("label").select("row_id", "value")) == [(2, "one\ntwo\nthree")]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        ("x1,a,b,2016,", "person", "person is no whole number"),
        (",a,b,2016,", "person", "person is no whole number"),
        ("1.5,a,b,2016,", "person", "person is no whole number"),
        ("99999999999999999999999,a,b,2016,", "person", "person is no whole number"),
        ("1,,b,2016,", "item", "item is empty"),
        ("1,a,,2016,", "value", "value is empty"),
        ("1,a,b,20/05/2016,", "date", "date is not written 2015-03-02, 2015-03 or 2015"),
        ("1,a,b,2016-02-30,", "date", "date is not written 2015-03-02, 2015-03 or 2015"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_named_by_its_line(tmp_path, store, row, column, rule):
    found = read_labels(write(tmp_path, f"{HEAD}1,a,b,2016,\n{row}\n30000000001,c,d,2016,\n"), store)
    assert found == (Problem("labels.csv", 3, column, rule, "left out"),)
    assert store.rows(store.table("label").select("person_id").order_by("person_id")) == [(1,), (30000000001,)]


def test_labels_of_others_are_counted_and_not_asked_for(tmp_path, store):
    (problem,) = read_labels(write(tmp_path, f"{HEAD}1,a,b,,\n7,a,b,,\n8,a,b,,\n"), store)
    assert (problem.row, problem.rows, problem.done, problem.is_left_out) == (None, 2, "not asked for", False)
    assert store.count(store.table("label")) == 1


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"", "the file of labels is empty.", "labels.csv, first line"),
        (b"person,item\n1,a\n", "the file of labels has no column value.", "labels.csv, first line"),
        (b"a,b\n", "the file of labels has no column person, item, value.", "labels.csv, first line"),
        (
            HEAD.encode() + "1,a,b,,\n2,a,M\u00fcller,,\n".encode("latin-1"),
            "the file of labels is not UTF-8: byte 6 of line 3 cannot be read.",
            "labels.csv, line 3",
        ),
        (HEAD.encode() + b'1,a,"b,,\n2,a,b,,\n', "the file of labels cannot be read as CSV.", "labels.csv, line 3"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_message_without_its_content(tmp_path, store, content, what, where):
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(LabelsError) as error:
        read_labels(path, store)
    assert (error.value.what, error.value.where) == (what, where)
    assert "ller" not in str(error.value)
    if "UTF-8" in what:
        assert "save it as UTF-8" in error.value.remedy


def test_a_file_that_is_not_there(tmp_path, store):
    with pytest.raises(LabelsError, match=r"the file of labels cannot be read: No such file or directory\."):
        read_labels(tmp_path / "nowhere.csv", store)


def test_many_labels_are_read_in_no_time(tmp_path, store):
    rows = "".join(f"1,item {number},yes,2016-05,A\n" for number in range(20_000))
    assert read_labels(write(tmp_path, HEAD + rows), store) == ()
    assert store.count(store.table("label")) == 20_000
