"""Lines and the fate of drugs as estimates and tables: who is counted among whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.courses import FIRST, draw_courses

from refractory.analysis.line_estimates import FATES, estimate_drugs_after, estimate_lines
from refractory.analysis.line_tables import MOST_LINES, tabulate_drugs_after, tabulate_lines
from refractory.analysis.results import ResultTable
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course, derive_lines_of_person
from refractory.outcomes.assess import Patient
from refractory.outcomes.drugs_after import classify_drugs_after
from refractory.outcomes.response import ResponseStatus
from spec.analysis.test_analysis import PLAN, _patient

DEFINITION = LineDefinition(among="systemic treatment")
LINES = replace(PLAN, lines=DEFINITION)


def _patients(drawn: str, observed_until: int = 999) -> list[Patient]:
    """Draw persons whose day 0 is day 1000, with the courses before it and after it."""
    day0 = FIRST + timedelta(days=1000)
    until = day0 + timedelta(days=observed_until)
    rows = draw_courses(drawn)
    patients = []
    for person in range(1, 1 + max(row[0] for row in rows)):
        courses = [Course(*row[1:6]) for row in rows if row[0] == person]
        by_drug: dict[str, list[Course]] = {}
        for course in courses:
            by_drug.setdefault(course.drug, []).append(course)
        one = _patient(person, ResponseStatus.RESPONSE)
        before = [replace(each, end_date=min(each.end_date, day0 - timedelta(days=1))) for each in courses]
        before = [each for each in before if each.start_date < day0]
        patients.append(
            replace(
                one,
                member=replace(one.member, day0_date=day0),
                observed_until=until,
                lines=derive_lines_of_person(before, DEFINITION, seen_until_date=day0 - timedelta(days=1)),
                drugs_after=classify_drugs_after(by_drug, day0, until, DEFINITION),
            )
        )
    return patients


FOUR = """
    person | drug           | first | last
    -------+----------------+-------+-----
    1      | glucocorticoid | 0     | 1300
    1      | methotrexate   | 100   | 1050
    2      | glucocorticoid | 0     | 200
    2      | methotrexate   | 10    | 300
    2      | azathioprine   | 400   | 1400
    3      | glucocorticoid | 500   | 600
    3      | azathioprine   | 700   | 800
    3      | glucocorticoid | 900   | 950
    4      | dapsone        | 1010  | 1400
"""


def _cells(table: ResultTable) -> dict[str, tuple[object, ...]]:
    """Return the cells by the label of the row, with that of the row that it is indented under."""
    found, above = {}, ""
    for row in table.rows:
        above = row.label if row.indent == 0 else above
        cells = tuple(cell.value if hasattr(cell, "value") else cell for cell in row.cells)
        found[row.label if row.indent == 0 else f"{above}: {row.label}"] = cells
    return found


def test_a_line_is_counted_among_all_persons_and_a_regimen_among_those_with_the_line():
    table = tabulate_lines(_patients(FOUR), DEFINITION)
    assert table.columns == ("", "Persons", "Switch", "Add‑on", "Restart", "Days, median (quartiles)")
    assert _cells(table) == {
        "Line 1": ("3/4 (75 %)", None, None, None, 200.0),
        "Line 1: glucocorticoid": ("2/3 (67 %)", None, None, None, None),
        "Line 1: glucocorticoid + methotrexate": ("1/3 (33 %)", None, None, None, None),
        "Line 2": ("3/4 (75 %)", 2, 1, 0, 600.0),
        "Line 2: azathioprine": ("2/3 (67 %)", 2, 0, 0, None),
        "Line 2: methotrexate": ("1/3 (33 %)", 0, 1, 0, None),
        "Line 3": ("1/4 (25 %)", 0, 0, 1, 100.0),
        "Line 3: glucocorticoid": ("1/1 (100 %)", 0, 0, 1, None),
        "No line": ("1/4 (25 %)", None, None, None, None),
    }


def test_the_days_of_a_line_end_with_the_next_line_or_with_day_0():
    """Person 1: 100 to the next, then 900 to day 0; person 2: 400 and 600; person 3: 200, 200 and 100."""
    named = {one.id: one.estimate for one in estimate_lines(_patients(FOUR), LINES)}
    assert (named["lines.1.days"].n, named["lines.1.days"].value) == (3, 200.0)
    assert (named["lines.2.days"].n, named["lines.2.days"].value) == (3, 600.0)
    assert (named["lines.3.days"].n, named["lines.3.days"].value) == (1, 100.0)
    assert named["lines.overall"].value == pytest.approx((2 + 2 + 3 + 0) / 4)


def test_how_a_line_began_adds_up_to_the_persons_who_have_it():
    named = {one.id: one.estimate for one in estimate_lines(_patients(FOUR), LINES)}
    for number in (2, 3):
        begins = [one for name, one in named.items() if name.startswith(f"lines.{number}.begins.")]
        regimens = [one for name, one in named.items() if name.startswith(f"lines.{number}.regimen.")]
        persons = named[f"lines.{number}.persons"].numerator
        assert sum(one.numerator for one in begins) == persons
        assert sum(one.value for one in regimens) == persons
    assert not [name for name in named if name.startswith("lines.1.begins.")]


def test_each_drug_that_was_on_is_continued_discontinued_or_not_observed():
    table = tabulate_drugs_after(_patients(FOUR), DEFINITION)
    assert table.columns == ("", *(fate.head for fate in FATES))
    assert _cells(table) == {
        "Any of them": (2, 2, 1, 0, 0, 0, 1),
        "Azathioprine": (1, 1, 0, 0, 0, 0, 0),
        "Dapsone": (0, 0, 0, 0, 0, 0, 1),
        "Glucocorticoid": (1, 1, 0, 0, 0, 0, 0),
        "Methotrexate": (1, 0, 1, 0, 0, 0, 0),
    }
    assert len(table.footnotes) == 2


def test_persons_who_are_not_observed_until_the_end_are_counted_under_the_table():
    """Methotrexate ends on day 50, so that observation until day 110 is just long enough to call it discontinued."""
    for observed_until, cells in ((110, (1, 0, 1, 0, 0, 0, 0)), (109, (1, 0, 0, 0, 1, 0, 0))):
        table = tabulate_drugs_after(_patients(FOUR, observed_until), DEFINITION)
        assert _cells(table)["Methotrexate"] == cells
        assert "4 of 4 persons are not observed until day 180" in table.footnotes[-1]


def test_a_discontinuation_is_a_share_of_those_on_the_drug_and_a_switch_one_of_those_who_discontinued_it():
    drawn = FOUR + "1 | tacrolimus | 1040 | 1400\n"
    named = {one.id: one.estimate for one in estimate_drugs_after(_patients(drawn), LINES)}
    shares = {name: (one.numerator, one.denominator) for name, one in named.items() if one.denominator is not None}
    assert shares["drugs_after.methotrexate.discontinued"] == (1, 1)
    assert shares["drugs_after.methotrexate.switched"] == (1, 1)
    assert shares["drugs_after.any of them.discontinued"] == (1, 2)
    assert shares["drugs_after.dapsone.continued"] == (0, 0)
    assert named["drugs_after.tacrolimus.added"].value == 1
    assert len(named) == len(FATES) * 6


def test_ids_are_given_once():
    patients = _patients(FOUR)
    ids = [one.id for one in (*estimate_lines(patients, LINES), *estimate_drugs_after(patients, LINES))]
    assert len(ids) == len(set(ids))


def test_lines_beyond_those_that_are_shown_are_counted_in_a_row_of_their_own():
    courses = "person | drug | first | last\n"
    courses += "".join(f"1 | drug {n} | {40 * n} | {40 * n + 5}\n" for n in range(MOST_LINES + 2))
    courses += "2 | drug 1 | 0 | 900\n"
    cells = _cells(tabulate_lines(_patients(courses), DEFINITION))
    assert cells[f"More than {MOST_LINES} lines"][0] == "1/2 (50 %)"
    assert f"Line {MOST_LINES}" in cells
    assert f"Line {MOST_LINES + 1}" not in cells


@pytest.mark.parametrize(("regimens", "rows"), [(6, 6), (7, 6)])
def test_rare_regimens_share_one_row_unless_there_is_only_one_of_them(regimens, rows):
    drawn = "person | drug | first | last\n" + "".join(f"{n} | drug {n} | 0 | 9\n" for n in range(1, regimens + 1))
    labels = [row.label for row in tabulate_lines(_patients(drawn), DEFINITION).rows if row.indent]
    assert len(labels) == rows
    assert labels[-1] == ("drug 6" if regimens == 6 else "2 other regimens")


def test_a_line_that_day_0_leaves_undecided_has_a_column_of_its_own():
    drawn = """
        person | drug           | first | last
        1      | glucocorticoid | 0     | 1400
        1      | methotrexate   | 980   | 1400
    """
    table = tabulate_lines(_patients(drawn), DEFINITION)
    assert "Undecided" in table.columns
    assert _cells(table)["Line 2"] == ("1/1 (100 %)", 0, 0, 0, 1, 20.0)
    assert "too soon to tell" in table.footnotes[-1]


def test_nobody_and_nothing_taken_make_empty_tables():
    assert tabulate_lines([], DEFINITION).rows == ()
    assert [one.id for one in estimate_lines([], LINES)] == ["lines.overall"]
    nothing = [replace(one, lines=(), drugs_after={}) for one in _patients(FOUR)]
    assert _cells(tabulate_lines(nothing, DEFINITION)) == {"No line": ("4/4 (100 %)", None, None, None, None)}
    assert _cells(tabulate_drugs_after(nothing, DEFINITION)) == {"Any of them": (0,) * len(FATES)}
