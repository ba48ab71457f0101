"""Which days the template takes, worked out from the formulas that the workbook holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from formula_reading import count_days, work_out
from refractory.chart_form.building import build_chart_form
from refractory.chart_form.fields import ChartForm
from refractory.chart_form.validation import build_rule, name_list, say_birth, say_fault_rule, say_missing_rule
from refractory.protocol import parse_protocol

SHIPPED = Path(__file__).parents[3] / "studies" / "ivig-cutaneous-dm.toml"
TODAY = date(2024, 5, 17)
BORN = {"P1": count_days(date(1962, 3, 4))}
NAMES = {"known_persons": tuple(BORN), "born_from": BORN}
LONGEST = 255  # what a spreadsheet takes as a formula of a check


@pytest.fixture(scope="module")
def form() -> ChartForm:
    return build_chart_form(parse_protocol(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, SHIPPED.parent))


def _is_taken(form: ChartForm, key: str, field: str, **cells: object) -> bool:
    own = next(one for one in form.forms if one.key == key)
    asked = own.find_field(field)
    rule = build_rule(own, asked)
    taken = bool(work_out(rule["value"], cells, NAMES, TODAY))
    # What is pasted past the check is coloured: the two never disagree.
    assert bool(work_out(say_fault_rule(own, asked) or "", cells, NAMES, TODAY)) is not taken
    return taken


@pytest.mark.parametrize(
    ("written", "is_taken"),
    [
        ("2015-03-02", True),
        ("2024-05-17", True),  # today
        ("2024-05-18", False),  # tomorrow
        ("1962-03-04", True),  # the birthday
        ("1962-03-03", False),  # the day before birth
        (42065, True),  # a day that was pasted as a day
        (2015, False),  # a year as a number would be a day of 1905
        ("2015-02-31", False),
        ("2015-03", False),
        ("2015", False),
        ("02/03/2015", False),  # nobody can tell which is the month
        ("2.3.2015", False),
        ("March 2015", False),
        ("unknown", False),
    ],
)
def test_a_day_is_written_year_month_day_and_lies_between_birth_and_today(form, written, is_taken):
    assert _is_taken(form, "inf", "date", A4="P1", B4=written) is is_taken


@pytest.mark.parametrize(
    ("written", "is_taken"),
    [
        ("2015-03-02", True),
        ("2015-03", True),
        ("2015", True),
        ("2024-06", False),
        ("1950", False),  # long before birth
        ("1962", True),  # the year of birth
        ("3/15", False),
        ("2015-13", False),
        (2015, False),
    ],
)
def test_the_day_of_a_judgement_may_be_a_month_or_a_year(form, written, is_taken):
    assert _is_taken(form, "review", "item1_date", A4="P1", C4=written) is is_taken


@pytest.mark.parametrize(
    ("start", "stop", "is_taken"),
    [
        ("2015-03-02", "2015-03-02", True),
        ("2015-03-02", "2015-03-01", False),
        (42065, "2015-03-01", False),
        (42065, 42066, True),
        (None, "2015-03-01", True),
    ],
)
def test_a_drug_does_not_stop_before_it_starts(form, start, stop, is_taken):
    assert _is_taken(form, "drug", "stop", A4="P1", C4=start, D4=stop) is is_taken


@pytest.mark.parametrize(
    ("written", "first"),
    [("1962", date(1962, 1, 1)), ("1962-03", date(1962, 3, 1)), ("1962-03-04", date(1962, 3, 4))],
)
def test_a_person_is_born_on_the_first_day_that_the_birth_allows(written, first):
    assert work_out(say_birth(4, "B").replace("Persons!B4", "B4"), {"B4": written}, {}, TODAY) == count_days(first)


def test_of_a_person_without_birth_every_day_since_1910_is_taken(form):
    assert _is_taken(form, "inf", "date", A4="P2", B4="1911-01-01")
    assert not _is_taken(form, "inf", "date", A4="P2", B4="1905-01-01")


@pytest.mark.parametrize(
    ("key", "field", "cell", "written", "is_fault"),
    [
        ("drug", "what", "B4", "methotrexate", False),
        ("drug", "what", "B4", "MTX", True),
        ("drug", "what", "B4", None, False),
        ("inf", "grams", "C4", 80, False),
        ("inf", "grams", "C4", "80 g", True),
        ("inf", "grams", "C4", -1, True),
        ("inf", "grams", "C4", 8000, True),
        ("inf", "date", "B4", None, False),
        ("inf", "person", "A4", "P1", False),
        ("inf", "person", "A4", "p 1", True),
    ],
)
def test_what_was_pasted_past_the_checks_is_coloured(form, key, field, cell, written, is_fault):
    own = next(one for one in form.forms if one.key == key)
    asked = own.find_field(field)
    names = NAMES | {name_list(own, one): one.choices for one in own.fields if one.choices}
    cells = {cell: written} if written is not None else {}
    assert bool(work_out(say_fault_rule(own, asked) or "", cells, names, TODAY)) is is_fault


def test_a_row_that_has_something_shows_what_it_needs_and_lacks(form):
    own = next(one for one in form.forms if one.key == "inf")
    rule = say_missing_rule(own, own.find_field("date"))
    assert not work_out(rule.replace("COUNTA($A4:$E4)", "0"), {}, NAMES, TODAY)
    assert work_out(rule.replace("COUNTA($A4:$E4)", "1"), {"A4": "P1"}, NAMES, TODAY)
    assert not work_out(rule.replace("COUNTA($A4:$E4)", "2"), {"A4": "P1", "B4": "2015-01-01"}, NAMES, TODAY)


def test_no_check_is_longer_than_a_spreadsheet_takes():
    for path in SHIPPED.parent.glob("*.toml"):
        form = build_chart_form(parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent))
        for own in form.forms:
            for field in own.fields:
                rule = build_rule(own, field)
                assert len(str(rule.get("value", ""))) <= LONGEST
                assert len(rule["input_message"]) <= LONGEST
                assert len(rule.get("error_message", "")) <= LONGEST
