"""Laws of REDCap's exports: whatever the project, its shape and its order, nothing is lost and nothing invented."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from redcap_project import write_csv
from refractory.errors import RecordsError
from refractory.records.from_redcap import read_redcap_grids
from refractory.records.redcap_boxes import name_box
from refractory.records.redcap_dictionary import API_HEADINGS, PAGE_HEADINGS, read_dictionary_lines
from refractory.records.redcap_flat import open_flat
from refractory.records.redcap_grids import survey_project
from refractory.records.redcap_values import ValueExport

CODES = {"1": "One", "2": "Two", "-99": "Other", "a_b": "Ab"}
CHOICES = " | ".join(f"{code}, {meaning}" for code, meaning in CODES.items())
FIELDS = {
    "record_id": ("base", "text", "", ""),
    "born": ("base", "text", "", "date_ymd"),
    "kind": ("base", "radio", CHOICES, ""),
    "prior": ("base", "checkbox", CHOICES, ""),
    "given": ("doses", "text", "", "date_ymd"),
    "grams": ("doses", "text", "", "number"),
    "ill": ("doses", "yesno", "", ""),
    "trouble": ("doses", "checkbox", CHOICES, ""),
    "remark": ("notes", "notes", "", ""),
}
MISSING = {"UNK": "Unknown"}
days = st.dates(date(1950, 1, 1), date(2020, 1, 1)).map(date.isoformat)
words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=8).filter(
    lambda text: text.strip() and text.strip().lower() != "unk"
)
values = {
    "born": days,
    "kind": st.sampled_from(sorted(CODES)),
    "given": days,
    "grams": st.integers(0, 999).map(str),
    "ill": st.sampled_from(["0", "1"]),
    "remark": words,
}
HEADS = st.sampled_from([API_HEADINGS, PAGE_HEADINGS, ()])
VALUES = ["record", "field_name", "value"]
boxes = st.sets(st.sampled_from(sorted(CODES)))


def dictionary():
    lines = [
        [name, form, "", kind, name, choices, "", validation]
        for name, (form, kind, choices, validation) in FIELDS.items()
    ]
    return read_dictionary_lines([API_HEADINGS, *lines], "dictionary")


@st.composite
def places(draw):
    """A place of a project, with what was filled in there."""
    filled = {}
    for name, (_, kind, _, _) in FIELDS.items():
        if kind == "checkbox":
            checked = draw(boxes)
            if checked:
                filled[name] = checked
        elif name in values and draw(st.booleans()):
            filled[name] = draw(st.just("UNK") | values[name])
    return filled


projects = st.dictionaries(
    st.tuples(
        st.sampled_from(["1", "2", "03", "A-4"]),
        st.sampled_from(["", "start_arm_1", "end_arm_1"]),
        st.sampled_from(["", "doses"]),
        st.sampled_from(["", "1", "2"]),
    ),
    places(),
    max_size=8,
)
SHARED = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]


def flat_lines(project):
    """Write a project as a flat export."""
    single = [name for name, (_, kind, _, _) in FIELDS.items() if kind != "checkbox" and name != "record_id"]
    checks = [(name, code) for name, (_, kind, _, _) in FIELDS.items() if kind == "checkbox" for code in CODES]
    lines = [[*SHARED, *single, *(name_box(name, code) for name, code in checks)]]
    for place, filled in project.items():
        told = [str(int(code in filled.get(name, ()))) for name, code in checks]
        lines.append([*place, *(filled.get(name, "") for name in single), *told])
    return lines


def value_lines(project):
    """Write a project with a line per value."""
    lines = [["record", *SHARED[1:], "field_name", "value"]]
    for place, filled in project.items():
        lines.append([*place, "record_id", place[0]])
        for name, value in filled.items():
            lines += [[*place, name, one] for one in (sorted(value) if isinstance(value, set) else [value])]
    return lines


def read(export):
    return survey_project([export], dictionary(), MISSING).read()


def read_flat(lines):
    return read(open_flat("export", lambda: lines, lines[0], dictionary(), MISSING))


def read_values(lines):
    return read(ValueExport("export", dictionary(), lambda: lines, lines[0]))


def contents(grids):
    return {grid.sheet: sorted(map(repr, grid.rows)) for grid in grids}


@given(projects)
def test_a_flat_export_and_one_with_a_line_per_value_say_the_same(project):
    flat, _ = read_flat(flat_lines(project))
    values, _ = read_values(value_lines(project))
    for one, other in zip(flat, values, strict=True):
        assert one.columns == other.columns
        # A checkbox of which no box is checked anywhere shows no line, so that it may not have been exported at all.
        names = [name for name in one.columns if not name.startswith(("prior", "trouble"))]
        assert [keep(row, one, names) for row in one.rows] == [keep(row, other, names) for row in other.rows]
        checked = [[row[place] is True for place in range(len(row))] for row in one.rows]
        assert checked == [[row[place] is True for place in range(len(row))] for row in other.rows]


def keep(row, grid, names):
    return [row[grid.columns.index(name)] for name in names]


@given(projects, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_never_matters(project, order: random.Random):
    for write, reader in ((flat_lines, read_flat), (value_lines, read_values)):
        head, *lines = write(project)
        once = reader([head, *lines])[0]
        order.shuffle(lines)
        assert contents(reader([head, *lines])[0]) == contents(once)


@given(projects)
def test_every_value_stands_in_exactly_one_row_or_is_missing_by_its_code(project):
    grids, _ = read_flat(flat_lines(project))
    for name, (form, kind, _, _) in FIELDS.items():
        grid = next(one for one in grids if one.sheet == form)
        if kind == "checkbox":
            found = sum(row[grid.columns.index(name_box(name, code))] is True for row in grid.rows for code in CODES)
            assert found == sum(len(filled.get(name, ())) for filled in project.values())
        elif name != "record_id":
            found = sum(row[grid.columns.index(name)] is not None for row in grid.rows)
            assert found == sum(filled.get(name, "UNK") != "UNK" for filled in project.values())


@given(projects, st.lists(st.lists(st.text(max_size=4), max_size=12), max_size=4), st.randoms(use_true_random=False))
def test_every_line_is_taken_or_listed_whatever_else_stands_between(project, rubbish, order: random.Random):
    for write, reader in ((flat_lines, read_flat), (value_lines, read_values)):
        head, *lines = write(project)
        lines += rubbish
        order.shuffle(lines)
        _, (done,) = reader([head, *lines])
        assert done.rows == sum(any(cell.strip() for cell in line) for line in lines)
        assert done.rows == sum(done.behind) + sum(one.rows for one in done.problems if one.is_left_out)


def part_of(lines, keep):
    """Return the columns of a flat export that are kept."""
    places = [place for place, name in enumerate(lines[0]) if name in SHARED or keep(name.split("___")[0])]
    return [[line[place] for place in places] for line in lines]


def values_by_place(grids):
    """Return what the rows of each place of each instrument say; a box that is not checked says nothing here."""
    found = {}
    for grid in grids:
        keys = [name for name in grid.columns if name in SHARED or name == "record_id"]
        for row in grid.rows:
            place = (grid.sheet, *keep(row, grid, keys))
            said = {n: c for n, c in zip(grid.columns, row, strict=True) if c is not None and c is not False}
            found.setdefault(place, []).append(sorted(map(str, said.items())))
    return {place: sorted(rows) for place, rows in found.items()}


@given(projects, st.booleans(), st.data())
def test_a_project_in_two_exports_is_the_project_however_its_fields_or_lines_are_parted(project, by_field, data):
    head, *lines = flat_lines(project)
    places = st.sampled_from([(0,), (1,), (0, 1)])
    fields = {name: data.draw(places) if by_field else (0, 1) for name in FIELDS}
    rows = [(0, 1) if by_field else data.draw(places) for _ in lines]
    exports, written = [], []
    for number in (0, 1):
        own = [head, *(line for line, at in zip(lines, rows, strict=True) if number in at)]
        part = part_of(own, lambda name, number=number: number in fields[name])
        written.append(len(part) - 1)
        exports.append(open_flat(f"{number}.csv", lambda part=part: part, part[0], dictionary(), MISSING))
    grids, done = survey_project(exports, dictionary(), MISSING).read()
    assert values_by_place(grids) == values_by_place(read_flat([head, *lines])[0])
    for one, count in zip(done, written, strict=True):
        listed = sum(problem.rows for problem in one.problems if problem.is_left_out)
        dropped = len({part.line for part in one.joined if part.lines})
        assert count == one.rows == sum(one.behind) + listed + dropped


@given(st.lists(st.lists(st.text(max_size=6), max_size=20), max_size=5), HEADS)
def test_whatever_stands_in_a_dictionary_is_read_or_refused(lines, head):
    try:
        read = read_dictionary_lines([head, *lines], "dictionary")
    except RecordsError:
        return
    assert read.fields[0].name == read.record_id


@given(st.lists(st.lists(st.text(max_size=12), max_size=8), min_size=1, max_size=6))
def test_whatever_stands_in_an_export_is_read_or_refused(lines):
    export = open_flat("export", lambda: lines, lines[0], dictionary(), MISSING)
    if export is not None:
        read(export)
    read(ValueExport("export", dictionary(), lambda: [VALUES, *lines], VALUES))


@st.composite
def damaged(draw):
    """The bytes of a project's files, damaged somewhere."""
    files = [dictionary_bytes(), write_csv(flat_lines(draw(projects))).encode()]
    which = draw(st.integers(0, 1))
    body = files[which]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        put = draw(st.binary(max_size=6) | st.sampled_from([b'"', b"\n", b"\0", b";", b"\xff\xfe", b"\xef\xbb\xbf"]))
        body = body[:at] + put + body[at + draw(st.integers(0, 40)) :]
    files[which] = body
    return files


def dictionary_bytes():
    lines = [
        [name, form, "", kind, name, choices, "", validation, *[""] * 10]
        for name, (form, kind, choices, validation) in FIELDS.items()
    ]
    return write_csv([PAGE_HEADINGS, *lines]).encode()


@given(damaged())
def test_damaged_files_are_read_or_refused_and_every_line_is_accounted_for(files):
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / "dictionary.csv", Path(folder) / "export.csv"]
        for path, body in zip(paths, files, strict=True):
            path.write_bytes(body)
        try:
            _, done = read_redcap_grids(paths)
        except RecordsError:
            return
    for one in done:
        assert one.rows == sum(one.behind) + sum(told.rows for told in one.problems if told.is_left_out)
