"""What a column is, told by its name and its cells: tables that a resident could check."""

from __future__ import annotations

import pytest

from refractory.records.grid import ColumnFacts, Grid, RawSheet, build_grid
from refractory.records.redcap_dictionary import STATUS
from refractory.starting.answer_words import classify_answer
from refractory.starting.choices import Chooser
from refractory.starting.families import find_families
from refractory.starting.headers import find_shape
from refractory.starting.headings import find_headings
from refractory.starting.looks import find_missing, look_at_grid
from refractory.starting.orders import find_order
from refractory.starting.roles import find_roles
from refractory.starting.views import view_sheet
from resident_sheets import rows_of


def sheet(text: str, merged=()) -> RawSheet:
    return RawSheet("a.csv", "a.csv", [tuple(cell or None for cell in row) for row in rows_of(text)], merged)


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("MRN", "A1 A2 A3", "person"),
        ("DOB", "1960-01-02 1961-01-02 1962-01-02", "birth"),
        ("Geburtsdatum", "02.03.1960 03.04.1961 04.05.1962", "birth"),
        ("YOB", "1960 1961 1962", "birth"),
        ("Gender", "M F F", "sex"),
        ("Geschlecht", "w m w", "sex"),
        ("Age at IVIG", "50 61 38", "age"),
        ("Date of dx", "2010-01-20 2011-01-20 2012-01-20", "diagnosis date"),
        ("ivig_1_date", "2010-01-20 2011-01-20 2012-01-20", "drug start"),
        ("3rd infusion", "2010-01-20 2011-01-20 2012-01-20", "drug start"),
        ("MTX stop", "2010-01-20 2011-01-20 2012-01-20", "drug stop"),
        ("MTX Y/N", "Y N Y", "tried"),
        ("Failed therapies", "MTX;HCQ AZA pred", "tried list"),
        ("Reason MTX stopped", "LFTs nausea none", "drug reason"),
        ("Pred at baseline (mg)", "20 10 5", "steroid dose"),
        ("Steroid dose 6mo", "20 10 5", "steroid dose"),
        ("Improved? Y/N", "Y N Y", "response"),
        ("Réponse", "oui non oui", "response"),
        ("Response date", "2010-01-20 2011-01-20 2012-01-20", "response date"),
        ("Weight (kg)", "61.5 90 70", "weight"),
        ("CDASI baseline", "24 30 12", "score"),
        ("CK pre", "200 4500 999", "lab"),
        ("Last visit", "2010-01-20 2011-01-20 2012-01-20", "last seen"),
        ("Patient name", "x y z", "name"),
        ("Initialen", "AB CD EF", "name"),
        ("Comments", "a b c", "note"),
        ("ICD10", "M33.10 M33.90 M33.13", "icd"),
        ("CDASI-A Δ", "-12 -3 -20", "change"),
        ("% change PDAI", "0.5 0.2 0.1", "change"),
        ("Pred reduction (mg)", "10 5 20", "change"),
        ("MG-ADL BL", "9 8 12", "score"),
        ("# doses", "3 4 12", "count"),
        ("IVIG cycles given", "3 4 12", "count"),
        ("Total dose (g)", "30 40 120", "drug dose"),
        ("Last VDZ", "2015-01-20 2016-01-20 2017-01-20", "drug stop"),
        ("TCZ stopped", "ongoing 2016-01-20 ongoing", "drug stop"),
        ("Still on VDZ?", "y n y", "drugs now"),
        ("Pred before/after", "40→20 20→5 10->0", "steroid dose"),
        ("CDASI pre/post", "24→10 30→28 12→3", "score"),
        ("Prior biologics (reason d/c)", "IFX;LOR ADA;rash UST", "tried list"),
        ("AZA", "2015-17,LFTs failed never GI_upset x2yrs 2012 tried", "tried so"),
        ("Responder (>=3 pt ADL)?", "Y N Y", "response"),
        ("favourite colour", "red blue green", "unknown"),
    ],
)
def test_a_column_has_the_role_that_its_name_and_cells_say(name, cells, role):
    rows = [(number, cell) for number, cell in enumerate(cells.split(), start=1)]
    raw = RawSheet("a.csv", "a.csv", [("ID", name), *((str(number), cell) for number, cell in rows)])
    roles = find_roles(look_at_grid(build_grid(raw)))
    assert (roles[0].kind if role == "person" and roles[1].kind != "person" else roles[1].kind) == role


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["20", "15", "999"], {"999": 1}),
        (["220", "999", "4500"], {}),
        (["220", "340", "999"], {}),
        (["1", "0", "999", "9"], {"999": 1, "9": 1}),
        (["2015-01-20", "999", "2016-01-20"], {"999": 1}),
        (["5", "10", "-99"], {"-99": 1}),
        (["-99", "-50", "10"], {}),
        (["yes", "unk", "n/a", "-"], {"unk": 1, "n/a": 1, "-": 1}),
        (["no", "none"], {}),
        (["+", "-", "+", "?"], {"?": 1}),
        (["++", "-", "+/-"], {}),
        (["+ (rash)", "–", "+"], {}),
        (["x", "-"], {"-": 1}),
        (["+1", "-", "-2"], {"-": 1}),
        (["CR", "PR", "NC", "NE"], {"ne": 1}),
        (["45", "80", "NC"], {"nc": 1}),
    ],
)
def test_a_number_stands_for_nothing_only_where_it_stands_out(cells, missing):
    assert find_missing(list(enumerate(cells))) == missing


@pytest.mark.parametrize(
    ("text", "header", "until", "units"),
    [
        ("ID | MTX | IVIG\n1 | y | 2015-01-20\n2 | n | 2015-01-21", (1,), None, None),
        (
            "My study, 3/2019 | | |\nID | MTX | IVIG | Sex\n1 | y | 2015-01-20 | F\n2 | n | 2015-01-21 | M",
            (2,), None, None,
        ),
        (
            "ID | MTX | IVIG | Dose\n | y/n | dd.mm.yyyy | g\n1 | y | 2015-01-20 | 80\n2 | n | 2015-01-21 | 90\n"
            "Total | 1 | | 170",
            (1,), 4, 2,
        ),
        ("ID | MTX | IVIG\nSD-01 | y | 2015-01-20\nSD-02 | n | 2015-01-21\nSD-03 | n | 2015-01-22", (1,), None, None),
        ("ID | MTX | CK\nA1 | y | 20\nA2 | n | 21\nSD | | 0.7", (1,), 3, None),
        ("ID | MTX | CK | Response\n1 | y | 20 | Y\n2 | n | 21 | N\n | | % resp | 0.5\nN = 2", (1,), 3, None),
        ("ID | MTX | IVIG | Sex\nN-1 | y | 2015-01-20 | F\nN-2 | n | 2015-01-21 | M", (1,), None, None),
        (
            "Patient | | Outcome | \nID | Sex | Date of birth | Response\n1 | F | 1950-01-20 | y\n"
            "2 | M | 1951-01-21 | n",
            (2,), None, None,
        ),
        (
            "Patient | | Infusion 1 | \nID | Sex | Date | Dose\n1 | F | 2015-01-20 | 80\n2 | M | 2015-01-21 | 90",
            (1, 2), None, None,
        ),
        (
            "IVIG list | | | \nID | Sex | Start | Dose\n1 | F | 2015-01-20 | 80\n2 | M | 2015-01-21 | 90",
            (2,), None, None,
        ),
        ("ID | Sex | IVIG | \n | | start | dose\n1 | F | 2015-01-20 | 80\n2 | M | 2015-01-21 | 90", (1, 2), None, None),
        ("ID | Sex | IVIG | \n1 | F | first day | 80\n2 | M | last day | 90", (1,), None, None),
    ],
)  # fmt: skip
def test_the_header_ends_where_the_rows_begin(text, header, until, units):
    shape = find_shape(sheet(text))
    assert (shape.header, shape.until, shape.units) == (header, until, units)


def test_merged_cells_above_a_header_belong_to_it():
    text = "Patient | | Infusion 1 | \nID | Sex | Date | Dose\n1 | F | 2015-01-20 | 80\n2 | M | 2015-01-21 | 90"
    assert find_shape(sheet(text, merged=((1, 1, 1, 2), (1, 3, 1, 4)))).header == (1, 2)


@pytest.mark.parametrize(
    ("text", "merged", "columns"),
    [
        (
            "Pt | | IVIG | | Pred | | |\nID | Sex | start | dose | before | after | Response | Date\n"
            "1 | F | 2015-01-20 | 80 | 20 | 5 | y | 2015-04-01",
            (),
            ("Pt ID", "Sex", "IVIG start", "IVIG dose", "Pred before", "Pred after", "Response", "Date"),
        ),
        (
            "ID | Sex | IVIG | | | Notes\n | | start | # cycles | dose (g) |\n"
            "1 | F | 2015-01-20 | 4 | 80 |\n2 | M | 2015-01-21 | 4 | 80 | x",
            (),
            ("ID", "Sex", "IVIG start", "IVIG # cycles", "IVIG dose (g)", "Notes"),
        ),
        (
            "ID | Sex | IVIG | | | Notes\n | | start | # cycles | dose (g) |\n"
            "1 | F | 2015-01-20 | 4 | 80 |\n2 | M | 2015-01-21 | 4 | 80 | x",
            ((1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 5), (1, 6, 2, 6)),
            ("ID", "Sex", "IVIG start", "IVIG # cycles", "IVIG dose (g)", "Notes"),
        ),
        (
            "ID | IVIG | | MTX | \n | Beginn | Ende | Beginn | Ende\n1 | 2015-01-20 | | 2014-01-02 | 2014-07-01",
            (),
            ("ID", "IVIG Beginn", "IVIG Ende", "MTX Beginn", "MTX Ende"),
        ),
        (
            " | IVIG | | \nID | start | dose | Response\n1 | 2015-01-20 | 80 | y\n2 | 2015-01-21 | 90 | n",
            (),
            ("ID", "IVIG start", "IVIG dose", "Response"),
        ),
    ],
)  # fmt: skip
def test_a_name_above_stands_for_the_columns_beside_it_that_tell_little_alone(text, merged, columns):
    raw = sheet(text, merged=merged)
    shape = find_shape(raw)
    assert build_grid(raw.with_merged(shape.spans), shape.header).columns == columns


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        (["ivig_1_date", "ivig_2_date", "ivig_1_dose", "ivig_2_dose"], ["ivig_{n}_date", "ivig_{n}_dose"]),
        (["1st infusion", "2nd infusion", "3rd infusion"], ["{n} infusion"]),
        (["IVIG #1 (date)", "IVIG #2 (date)"], ["IVIG #{n} (date)"]),
        (["pred 3mo", "pred 6mo", "pred 12mo"], []),
        (["MMT8", "SF36", "anti-Jo1"], []),
        (["1. IVIG", "2. IVIG"], ["{n}. IVIG"]),
    ],
)
def test_columns_that_count_from_one_are_a_family(names, patterns):
    raw = RawSheet("a.csv", "a.csv", [tuple(names), tuple("x" for _ in names)])
    assert [family.pattern for family in find_families(look_at_grid(build_grid(raw)))] == patterns


@pytest.mark.parametrize(
    ("first", "second", "order", "is_known"),
    [
        ("25/03/2015", "04/05/2015", "day first", True),
        ("03/25/2015", "04/05/2015", "month first", True),
        ("03/04/2015", "04/05/2015", "month first", False),
        ("03.04.2015", "04.05.2015", "day first", False),
        ("2015-03-04", "2015-05-04", "year first", True),
    ],
)
def test_the_order_of_dates_is_proven_or_said_to_be_chosen(first, second, order, is_known):
    view = view_sheet(sheet(f"ID | IVIG date\n1 | {first}\n2 | {second}"))
    found = find_order([view], Chooser(lambda _: None))
    assert (found.order, found.is_known) == (order, is_known)


def test_the_order_of_events_proves_the_order_of_dates():
    view = view_sheet(sheet("ID | IVIG 1 date | IVIG 2 date\n1 | 11/06/2013 | 09/07/2013\n2 | 03/02/2014 | 03/03/2014"))
    found = find_order([view], Chooser(lambda _: None))
    assert (found.order, found.is_known) == ("day first", True)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", True), ("Y", True), ("CR", True), ("partial response", True), ("much improved", True), ("gut", True),
        ("partielle", True), ("mejoría", True), ("Yes - dramatically", True),
        ("no", False), ("NR", False), ("no response", False), ("unchanged", False), ("worse", False), ("keine", False),
        ("not improved", False), ("No (stopped, headache)", False), ("relapsed", False), ("non-responder", False),
        ("lost to follow up", None), ("unknown", None), ("NE", None), ("minimal", None), ("3", None),
        ("+", True), ("++", True), ("-", False), ("−", False), ("+/-", None), ("- (worse)", False), ("-5", None),
    ],
)  # fmt: skip
def test_an_answer_is_a_response_none_or_open(text, answer):
    assert classify_answer(text, None) is answer


def box(question: str, meaning: str) -> ColumnFacts:
    return ColumnFacts(label=f"{question}: {meaning}", kind="checked", choices={"1": meaning})


@pytest.mark.parametrize(
    ("facts", "role", "drug"),
    [
        (box("Treatments tried before IVIG", "Methotrexate"), "tried", "methotrexate"),
        (box("Treatments tried before IVIG", "Other"), "unknown", None),
        (box("Harms of IVIG", "Headache"), "unknown", None),
        (box("Methotrexate before", "Yes"), "tried", "methotrexate"),
        (ColumnFacts(label="IVIG form", kind="choice", choices=STATUS), "unknown", None),
    ],
)
def test_a_box_is_about_the_drug_of_its_own_meaning_and_a_form_s_state_about_none(facts, role, drug):
    cells = (True, False, True) if facts.kind == "checked" else ("Complete", "Complete", "Incomplete")
    grid = Grid("a.csv", "form", ("record_id", "x1"), list(zip("123", cells, strict=True)), [2, 3, 4], {"x1": facts})
    found = find_roles(look_at_grid(grid))[1]
    assert (found.kind, found.drug.name if found.drug else None) == (role, drug)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("ID | Sex | MTX | IVIG\nCADM\n1 | F | y | x\n2 | F | y | x\nDM\n3 | F | y | x\n4 | M", {0: "CADM", 3: "DM"}),
        (
            "ID | Sex | MTX | IVIG\nGroup 1\n1 | F | y | x\n2 | F | y | x\nGroup 2\n3 | F | y | x",
            {0: "Group 1", 3: "Group 2"},
        ),
        ("ID | Sex | MTX | IVIG\nP1 | F | y | x\nP2 | F | y | x\nP3\nP4 | F | y | x\nGroup 2\nP5 | F | y | x", {}),
        ("ID | Sex | MTX | IVIG\nA1 | F | y | x\nA2 | F | y | x\nA3 | F | y | x\nlost", {}),
        ("ID | Sex | MTX | IVIG\nAnn | F | y | x\nBob | F | y | x\nCADM\nCay | F | y | x\nDee | M | n | x", {}),
        ("ID | Sex | IVIG\nCADM\n1 | F | x\n2 | F | x\n3 | M | x", {}),
    ],
)  # fmt: skip
def test_a_text_alone_in_its_line_heads_a_group_where_it_cannot_be_a_person(text, headings):
    assert find_headings(build_grid(sheet(text))) == headings
