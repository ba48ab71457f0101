"""The data dictionary obeys what REDCap asks of an import."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.chart_form.building import build_chart_form
from refractory.chart_form.fields import ChartForm, Form, FormField, ask_for_person
from refractory.chart_form.redcap_dictionary import (
    LONGEST_NAME,
    RECORD,
    build_dictionary,
    list_repeating,
    name_variables,
    write_dictionary,
)  # fmt: skip
from refractory.protocol import parse_protocol
from refractory.records.redcap_dictionary import PAGE_HEADINGS

STUDIES = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))

NAME, FORM, HEADING, TYPE, LABEL, CHOICES, _, VALIDATION, LEAST, MOST, IDENTIFIER, BRANCHING, *_ = PAGE_HEADINGS
MATRIX = "Matrix Group Name"


@pytest.fixture(scope="module", params=STUDIES, ids=lambda path: path.stem)
def form(request: pytest.FixtureRequest) -> ChartForm:
    path = request.param
    return build_chart_form(parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent))


@pytest.fixture(scope="module")
def rows(form: ChartForm) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_dictionary(build_dictionary(form)))))


def test_the_columns_are_the_eighteen_of_redcap(rows):
    assert list(rows[0]) == [
        "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
        "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
        "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
        "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name",
        "Matrix Ranking?", "Field Annotation",
    ]  # fmt: skip


def test_the_record_comes_first_and_is_asked_for_once(rows):
    assert rows[0][NAME] == RECORD
    assert [row[NAME] for row in rows].count(RECORD) == 1


def test_variables_are_lower_case_begin_with_a_letter_and_are_each_there_once(rows):
    names = [row[NAME] for row in rows]
    assert [name for name in names if not re.fullmatch(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}", name)] == []
    assert [name for name in names if "__" in name or name.endswith("_")] == []
    assert len(set(names)) == len(names)
    assert {f"{row[FORM]}_complete" for row in rows} & set(names) == set()


def test_the_variables_of_an_instrument_stand_together(rows):
    order = [row[FORM] for row in rows]
    assert len([one for place, one in enumerate(order) if place == 0 or order[place - 1] != one]) == len(set(order))


def test_types_choices_and_validations_are_ones_that_redcap_knows(rows):
    for row in rows:
        assert row[TYPE] in {"text", "radio", "dropdown", "yesno"}
        assert bool(row[CHOICES]) is (row[TYPE] in {"radio", "dropdown"})
        assert row[VALIDATION] in {"", "date_ymd", "number", "integer"}
        assert not row[VALIDATION] or row[TYPE] == "text"
        assert row[LABEL]


def test_each_choice_has_a_code_of_its_own_in_letters_digits_and_underscores(rows):
    for row in rows:
        codes = [one.partition(", ")[0] for one in row[CHOICES].split(" | ") if one]
        assert [code for code in codes if not re.fullmatch(r"[a-z0-9_]+", code)] == []
        assert len(set(codes)) == len(codes)


def test_a_matrix_holds_neighbours_with_the_same_choices(rows):
    seen: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row[MATRIX]:
            seen.setdefault(row[MATRIX], []).append(place)
    for name, places in seen.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(places) > 1
        assert places == list(range(places[0], places[-1] + 1))
        assert len({rows[place][CHOICES] for place in places}) == 1
        assert [bool(rows[place][HEADING]) for place in places] == [True, *[False] * (len(places) - 1)]


def test_a_field_that_depends_on_another_is_shown_after_it_is_answered(form, rows):
    names = [row[NAME] for row in rows]
    depending = [row for row in rows if row[BRANCHING]]
    for row in depending:
        (other,) = re.findall(r"\[(\w+)\] <> \"\"", row[BRANCHING])
        assert names.index(other) < names.index(row[NAME])
    assert len(depending) == sum(bool(field.only_with) for one in form.forms for field in one.fields)


def test_no_note_begins_an_action_tag(rows):
    assert [row[NAME] for row in rows if "@" in row["Field Annotation"]] == []


def test_what_may_tell_who_a_person_is_is_marked(rows):
    assert [row[NAME] for row in rows if row[IDENTIFIER] == "y"] == [RECORD, "person_birth"]


def test_every_instrument_but_the_first_repeats(form, rows):
    assert list(list_repeating(form)) == list(dict.fromkeys(row[FORM] for row in rows))[1:]


FIELDS = st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=8, unique=True)


@given(keys=st.lists(FIELDS, min_size=1, max_size=4))
def test_whatever_fields_are_called_their_variables_can_be_imported(keys):
    forms = tuple(
        Form(
            f"f{number}", f"Form {number}", "",
            (ask_for_person(), *(FormField(key, key, key, "number", "x") for key in own if key != "person")), (),
        )
        for number, own in enumerate(keys)
    )  # fmt: skip
    named = name_variables(ChartForm("a", "A", "b", forms, {}, {}))
    asked = [name for (_, key), name in named.items() if key != "person"]
    assert len(set(asked)) == len(asked) == sum(key != "person" for own in keys for key in own)
    assert [name for name in asked if not re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name)] == []
