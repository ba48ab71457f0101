"""Sheets with a row an event: which rows are drugs that were given, of whom, and on which day."""

from __future__ import annotations

import tomllib

import pytest

from refractory.records.grid import RawSheet
from refractory.starting.answer_words import classify_answer
from refractory.starting.row_days import says_no_drug
from refractory.starting.start import start_from_sheets
from resident_sheets import rows_of


def sheet(name, text):
    return RawSheet("book.xlsx", name, [tuple(cell or None for cell in row) for row in rows_of(text)])


def start(**sheets):
    raws = [sheet(name.replace("_", " "), text) for name, text in sheets.items()]
    return start_from_sheets(raws, lambda _: None, stem="book", mapping_file="book.mapping.toml", files=["book.xlsx"])


def tables(started):
    return {one["sheet"]: one for one in tomllib.loads(started.mapping)["table"]}


def records(started, name, kind):
    return [one for one in tables(started)[name].get("record", []) if one["kind"] == kind]


PATIENTS = """
ID   | Sex | Dx date    | Response
P-01 | F   | 2012-01-20 | yes
P-02 | M   | 2012-02-20 | no
P-03 | F   | 2012-03-20 | yes
"""
INFUSIONS = """
Patient | Date       | Dose
P1      | 2015-01-20 | 60
P1      | 2015-02-20 | 60
p 02    | 2015-03-20 | 60
p 02    | 2015-04-20 | 60
P_3     | 2015-05-20 | 60
P_3     | 2015-06-20 | 60
"""


def test_a_sheet_called_after_infusions_has_its_days_and_lends_them_to_persons_written_otherwise():
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS)
    (drug,) = records(started, "Infusions of rituximab", "drug")
    assert (drug["text"]["what"], drug["column"]["start"]) == ("rituximab", "Date")
    (label,) = records(started, "Patients", "label")
    assert label["column"]["after"] == "first day of rituximab"
    assert started.expected.treated == 3


@pytest.mark.parametrize(
    ("begun", "ended"),
    [("From", "To"), ("von", "bis"), ("Début", "Fin"), ("Desde", "Hasta"), ("Dal", "Al"), ("Started", "Stopped")],
)
def test_the_days_of_a_sheet_of_drugs_may_be_called_from_and_to(begun, ended):
    drugs = f"""
ID   | Drug | {begun}    | {ended}    | Reason
P-01 | MTX  | 2013-01-20 | 2013-05-20 | no effect
P-01 | AZA  | 2013-06-20 | 2013-09-20 | nausea
P-02 | MTX  | 2013-01-20 | 2013-05-20 | no effect
P-02 | AZA  | 2013-06-20 | 2013-09-20 | nausea
P-03 | MTX  | 2013-01-20 | 2013-05-20 | no effect
"""
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, Drugs=drugs)
    (drug,) = records(started, "Drugs", "drug")
    assert (drug["column"]["start"], drug["column"]["end"]) == (begun, ended)
    assert not records(started, "Drugs", "diagnosis"), "a sheet of other drugs tells no day of the treatment"


VISITS = """
ID   | {visit} | CDASI
P-01 | {first} | 30
P-01 | W12 | 10
P-01 | 2016-01-02 | 8
P-02 | {first} | 30
P-02 | W12 | 28
P-03 | {first} | 30
P-03 | W12 | 9
"""


def test_visits_instead_of_days_are_counted_from_the_first_day_of_the_treatment():
    visits = VISITS.format(visit="Visit", first="Baseline")
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, Visits=visits)
    (score,) = records(started, "Visits", "measurement")
    assert (score["column"]["date"], score["column"]["counted_from"]) == ("Visit", "first day of rituximab")


def test_several_rows_of_a_person_that_tell_no_day_are_not_all_of_the_first_day():
    visits = VISITS.format(visit="Seen by", first="Dr A").replace("W12", "Dr B").replace("2016-01-02", "Dr C")
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, Visits=visits)
    assert not records(started, "Visits", "measurement")


EVENTS = """
ID | Datum      | Ereignis        | Dosis | Prednisolon mg | Ansprechen
1  | 2013-01-20 | ED              |       | 40             |
1  | 2014-01-20 | MTX             |       |                |
1  | 2014-06-20 | MTX abgesetzt   |       |                |
1  | 2015-01-20 | Rituximab       | 1 g   |                |
1  | 2015-02-20 | RTX geplant     |       |                |
1  | 2015-07-20 | Visite          |       | 20             | Teilremission
2  | 2013-03-20 | ED              |       | 40             |
2  | 2014-03-20 | AZA             |       |                |
2  | 2015-03-20 | Rituximab       | 1 g   |                |
2  | 2015-09-20 | Visite          |       | 20             | n.b.
3  | 2013-03-20 | ED              |       | 40             |
3  | 2014-03-20 | AZA             |       |                |
3  | 2015-03-20 | RTX-Infusion    | 1 g   |                |
3  | 2015-09-20 | Visite          |       | 20             | kein Ansprechen
"""


def test_drugs_among_visits_are_those_that_were_given_and_a_diagnosis_is_one():
    started = start(Events=EVENTS)
    (drug,) = records(started, "Events", "drug")
    assert sorted(drug["when"]["is"]) == ["AZA", "MTX", "RTX-Infusion", "Rituximab"]
    (label,) = records(started, "Events", "label")
    assert "Visite" in label["when"]["is"]
    (diagnosis,) = records(started, "Events", "diagnosis")
    assert (diagnosis["column"]["date"], diagnosis["when"]["is"]) == ("Datum", ["ED"])
    assert 'positive = ["teilremission"], negative = ["kein ansprechen"]' in started.protocol


def test_doses_of_a_glucocorticoid_at_visits_are_told_to_be_unused():
    assert any('"Prednisolon mg"' in one and "not used" in one for one in start(Events=EVENTS).warnings)


@pytest.mark.parametrize(
    ("column", "given", "other"),
    [("Status", "given", "cancelled"), ("Status", "ok", "DNA"), ("Given", "Y", "N"), ("Tipo", "Infusión", "prevista")],
)
def test_what_was_not_given_is_no_drug_and_lends_no_day(column, given, other):
    log = f"""
Patient | Date       | Drug      | {column}
P1      | 2015-01-13 | rituximab | {other}
P1      | 2015-01-20 | rituximab | {given}
P2      | 2015-03-20 | rituximab | {given}
P2      | 2015-04-20 | rituximab | {given}
P3      | 2015-05-20 | rituximab | {other}
P3      | 2015-06-20 | rituximab | {other}
"""
    started = start(Patients=PATIENTS, Log=log)
    (drug,) = records(started, "Log", "drug")
    assert drug["when"]["column"] == column
    assert other not in drug["when"]["is"]
    (borrow,) = tables(started)["Patients"]["borrow"]
    assert borrow["when"]["also"]["column"] == column
    assert started.expected.treated == 2


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        ("given", False), ("IVIG", False), ("start MTX", False), ("Beginn", False), ("inicio", False),
        ("held - infection", True), ("abgesagt", True), ("MTX stopped", True), ("Suspensión", True),
        ("non somministrato", True), ("reportée", True), ("planned", True),
    ],
)  # fmt: skip
def test_an_event_says_that_no_drug_was_given(text, is_none):
    assert says_no_drug(text) is is_none


def test_a_sheet_a_person_is_one_table_whose_sheets_tell_the_person():
    patients = "Pac. | Sexo | Respuesta\n1 | M | completa\n2 | H | no valorable\n3 | M | no"
    person = """
Fecha      | Evento         | Fármaco
2013-01-20 | inicio         | ciclosporina
2013-06-20 | fin            | ciclosporina
2013-07-20 | inicio         | ebastina
2013-09-20 | fin            | ebastina
2014-01-20 | administración | Xolair
2014-02-20 | administración | Xolair
"""
    sheets = {"Resumen": patients, "Paciente_01": person, "Paciente_02": person, "Paciente_03": person}
    started = start(**sheets)
    assert set(tables(started)) == {"Resumen", "Paciente *"}
    assert tables(started)["Paciente *"]["person"] == "name of the sheet"
    (drug,) = records(started, "Paciente *", "drug")
    assert drug["when"] == {"column": "Evento", "is": ["inicio", "administración", "nothing"]}
    assert started.expected.treated == 3
    assert 'members = ["ciclosporin", "ebastina"]' in started.protocol
    assert 'positive = ["completa"], negative = ["no"]' in started.protocol


def test_sheets_of_years_are_no_persons():
    rows = "Datum | Mittel | Menge\n2015-01-20 | MTX | 15\n2015-02-20 | MTX | 15"
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, **{"2014": rows, "2015": rows, "2016": rows})
    assert set(tables(started)) == {"Patients", "Infusions of rituximab"}


def test_a_drug_that_was_stopped_for_a_reason_was_tried_whatever_it_is_else_for():
    drugs = """
ID   | Drug              | Start      | Stop       | Reason stopped
P-01 | propranolol       | 2013-01-20 | 2013-05-20 | no effect
P-01 | flunarizine 10 mg | 2013-06-20 | 2013-09-20 | weight
P-02 | propranolol       | 2013-01-20 | 2013-05-20 | no effect
P-02 | flunarizine       | 2013-06-20 | 2013-09-20 | weight
P-03 | folic acid        | 2013-01-20 |            |
P-03 | mystery pill      | 2013-01-20 |            |
"""
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, Drugs=drugs)
    assert 'members = ["propranolol", "flunarizine"]' in started.protocol
    assert 'source = ["flunarizine", "flunarizine 10 mg"]' in started.protocol
    assert any("1 cell" in one and "no drug that is known" in one for one in started.warnings)


def test_the_studied_drug_is_the_last_of_all_sheets_and_not_of_each():
    drugs = "ID | Drug | From\n" + "\n".join(
        f"P-0{n} | MTX | 2013-01-{n}0\nP-0{n} | AZA | 2013-02-{n}0" for n in (1, 2)
    )
    log = "ID | Date | What\n" + "\n".join(
        f"P-0{n} | 2015-01-{n}0 | infliximab\nP-0{n} | 2015-03-{n}0 | IFX" for n in (1, 2)
    )
    assert (
        "infliximab is the last drug that was begun in 2 of 2 persons"
        in dict(start(Drugs=drugs, Log=log).told)["Treatment"]
    )


def test_columns_of_one_record_may_have_dates_in_two_orders():
    drugs = """
ID   | Drug | Start (dd/mm/yy) | Stop (mm/dd/yyyy)
P-01 | MTX  | 20/01/13         | 05/20/2013
P-01 | AZA  | 21/06/13         | 09/21/2013
P-02 | MTX  | 22/01/13         | 05/22/2013
P-02 | AZA  | 03/02/13         | 04/05/2013
"""
    started = start(Patients=PATIENTS, Infusions_of_rituximab=INFUSIONS, Drugs=drugs)
    assert tables(started)["Drugs"]["dates_of"] == {
        "Start (dd/mm/yy)": "day first", "Stop (mm/dd/yyyy)": "month first",
    }  # fmt: skip


def test_an_answer_in_the_first_row_of_a_person_is_of_some_day_after_it():
    log = """
ID | IVIG Datum | Gewicht | Ansprechen
1  | 2015-01-20 | 60      | ja
1  | 2015-02-20 | 60      |
2  | 2015-03-20 | 60      | nein
2  | 2015-04-20 | 60      |
3  | 2015-05-20 | 60      | ja
3  | 2015-06-20 | 60      |
"""
    (label,) = records(start(Log=log), "Log", "label")
    assert label["column"]["after"] == "IVIG Datum"
    assert "date" not in label["column"]


@pytest.mark.parametrize("text", ["n.b.", "no valorable", "non valutabile", "nicht beurteilbar", "non évaluable"])
def test_what_cannot_be_judged_is_no_answer(text):
    assert classify_answer(text, None) is None
