"""Sheets of several specialities and languages, each with what a person reads from it at once."""

from __future__ import annotations

import tomllib

import pytest

from refractory.errors import RecordsError
from refractory.records.grid import Grid, RawSheet
from refractory.starting.answer_words import classify_answer
from refractory.starting.start import start_from_grids, start_from_sheets
from resident_sheets import rows_of


def start(text, name="sheet.csv", merged=()):
    raw = RawSheet(name, name, [tuple(cell or None for cell in row) for row in rows_of(text)], merged)
    return start_from_sheets([raw], lambda _: None, stem="sheet", mapping_file="sheet.mapping.toml", files=[name])


RESPONSES = "ID | RTX start | {name}\n1 | 2015-01-20 | {yes}\n2 | 2015-01-21 | {no}\n3 | 2015-01-22 | {yes}"


@pytest.mark.parametrize(
    ("name", "yes", "no", "positive", "negative"),
    [
        ("Remission (j/n)", "j", "n", "yes", "no"),
        ("Risposta (sì/no)", "sì", "no", "yes", "no"),
        ("Respons (ja/nee)", "ja", "nee", "yes", "no"),
        ("Respuesta (RC/R/NR)", "R", "NR", "r", "nr"),
        ("Réponse S14", "rép. complète", "échec", "rép. complète", "échec"),
        ("RECIST", "PR", "PD", "pr", "pd"),
        ("WHO response", "PR", "NC", "pr", "nc"),
        ("Treatment failure (Y/N)", "N", "Y", "no", "yes"),
        ("RTX resistant?", "No", "Yes", "no", "yes"),
    ],
)
def test_the_protocol_counts_what_the_labels_will_say(name, yes, no, positive, negative):
    protocol = start(RESPONSES.format(name=name, yes=yes, no=no)).protocol
    assert f'positive = ["{positive}"], negative = ["{negative}"]' in protocol


@pytest.mark.parametrize(
    ("name", "cells", "meaning"),
    [
        ("Sex", "F M F", {"F": "F", "M": "M"}),
        ("Geschlecht", "w m w", {"w": "F", "m": "M"}),
        ("Geslacht (m/v)", "v m v", {"v": "F", "m": "M"}),
        ("Sexo (V/M)", "M V M", {"M": "F", "V": "M"}),
        ("Sexo", "M H M", {"M": "F", "H": "M"}),
        ("Sexe (H/F)", "F H F", {"F": "F", "H": "M"}),
        ("Sex", "M V M", {}),
        ("Female", "1 0 1", {"1": "F", "0": "M"}),
        ("Male/Female", "1 0 1", {}),
        ("Sex (f/m)", "1 0 1", {}),
    ],
)
def test_a_letter_for_the_sex_means_what_its_language_says(name, cells, meaning):
    rows = "\n".join(f"{n} | 2015-01-2{n} | {cell}" for n, cell in enumerate(cells.split()))
    mapping = start(f"ID | RTX start | {name}\n{rows}").mapping
    said = {line for line in mapping.splitlines() if line.startswith("values = ")}
    wanted = ", ".join(f'"{one}" = "{sex}"' for one, sex in meaning.items())
    assert said == ({f"values = {{ {wanted} }}"} if meaning else set())


def test_numbers_of_the_hospital_are_no_codes_of_a_disease():
    started = start(
        "Study No | Hospital No | RTX start | Response\nM1 | H10 | 2015-01-20 | yes\nM2 | H11 | 2015-01-21 | no\n"
        "M3 | H12 | 2015-01-22 | no"
    )
    assert "H10" not in started.protocol
    assert (
        '"Hospital No",  # identifies persons' in started.mapping or "another number of the person" in started.mapping
    )


def test_what_is_no_is_no_drug_that_was_tried():
    mapping = start(
        "ID | Eerder prednison (ja/nee) | RTX start | Respons\n1 | ja | 2015-01-20 | ja\n2 | nee | 2015-01-21 | nee\n"
        "3 | nee | 2015-01-22 | ja"
    ).mapping
    assert 'when = { column = "Eerder prednison (ja/nee)", is = ["yes"] }' in mapping


def test_a_dose_of_nil_is_no_drug_before_and_a_dose_of_zero_after():
    mapping = start(
        "ID | Pred baseline mg | RTX start | Pred 6mo mg | Response\n1 | 20 | 2015-01-20 | nil | yes\n"
        "2 | nil | 2015-01-21 | nil | no\n3 | 5 | 2015-01-22 | 5 | no\n4 | 5 | 2015-01-22 | 5 | no"
    ).mapping
    assert 'missing = ["0", "nil"]' in mapping
    assert 'values = { "nil" = "0" }' in mapping


def test_a_header_that_says_before_which_drug_asks_for_the_other_one():
    started = start(
        "Pt | Before TCZ MTX | Before TCZ anakinra | TCZ start | Response\n1 | x | | 2015-01-20 | yes\n"
        "2 | x | x | 2015-01-21 | no\n3 | | x | 2015-01-22 | no"
    )
    assert 'members = ["methotrexate", "anakinra"]' in started.protocol
    assert 'concept = "tocilizumab"' in started.protocol


def test_a_response_counts_only_in_rows_of_the_studied_drug():
    mapping = start(
        "ID | Drug | Start | Outcome\n1 | MTX | 2012-01-20 | good response\n1 | Cosentyx | 2014-01-20 | no response\n"
        "2 | MTX | 2012-02-20 | no response\n2 | secukinumab | 2014-02-20 | good response"
    ).mapping
    label = mapping.split('kind = "label"')[1]
    assert 'when = { column = "Drug", is = ["Cosentyx", "secukinumab"] }' in label


def test_a_drug_that_was_given_at_some_time_is_not_the_treatment_and_was_not_tried_before_it():
    started = start(
        "Case | IVIG date | IVIG resistant? | Infliximab given\n1 | 2018-03-06 | No | No\n2 | 2018-04-15 | Yes | No\n"
        "3 | 2018-06-25 | Yes | Yes"
    )
    assert 'concept = "immunoglobulin"' in started.protocol
    assert "[refractory]" not in started.protocol


def test_days_that_cannot_be_used_are_told_with_their_number():
    told = " ".join(
        start(
            "ID | RTX date | Response\n1 | 2015-03-20 | Y\n2 | 4/2015 | Y\n3 | 03/15 | N\n4 | 2015-04-20 | N\n"
            "5 | 2015-05-20 | N"
        ).warnings
    )
    assert '1 of 5 cells of "RTX date" cannot be read as a day' in told
    assert 'In "RTX date" (1 of 5) only the month or year of some days is known' in told
    assert "a first day of the treatment is NOT USED, and its person is left out" in told


def test_earlier_drugs_of_which_the_month_or_the_year_is_known_are_as_short_as_they_can_be():
    drugs = (
        "ID | Drug | From | To\n1 | MTX | 2012 | 06/2013\n1 | rituximab | 2015-03-20 | \n2 | AZA | 03/2013 | 2014-01-05"
        "\n2 | rituximab | 2015-03-21 | \n3 | MMF | 2013-02-03 | 2014\n3 | rituximab | 2015-04-20 | "
    )
    assert 'incomplete_dates = "shortest"' in start(drugs).mapping
    assert "shortest" not in start(drugs.replace("2015-04-20", "04/2015")).mapping
    wide = (
        "ID | RTX date | MTX start | MTX stop\n1 | 2015-03-20 | 2012 | 2013-04-03\n2 | 2015-04-21 | 2013-02-05 | 2014"
    )
    mapping = start(wide).mapping
    assert mapping.count('incomplete_dates = "shortest"') == 1
    assert "shortest" not in mapping[: mapping.index("MTX start")]


def test_persons_with_both_answers_are_told():
    started = start(
        "Paziente | Occhio | Inizio RTX | Risposta\nP1 | OD | 2016-02-10 | sì\nP1 | OS | 2016-02-10 | no\n"
        "P2 | OD | 2016-03-10 | no\nP3 | OD | 2016-03-10 | sì"
    )
    assert any('1 person in "Risposta" responded in one row and not in another' in one for one in started.warnings)


def test_levels_are_neither_a_response_nor_none():
    started = start(
        "ID | RTX start | ACR response\n1 | 2015-01-20 | 70\n2 | 2015-01-21 | 0\n3 | 2015-01-22 | 50\n"
        "4 | 2015-01-23 | 50\n5 | 2015-01-24 | 70"
    )
    assert "Neither response nor none: 0, 50, 70." in started.protocol
    assert len(started.unasked) == 3


def test_persons_in_columns_are_told_and_what_to_do():
    with pytest.raises(RecordsError) as raised:
        start("Variable | Pt 1 | Pt 2 | Pt 3\nAge | 34 | 45 | 56\nRTX start | 2016-02-03 | 2016-04-05 | 2016-06-07")
    assert "stand in columns" in str(raised.value)
    assert "transposed" in str(raised.value)


def test_a_column_of_groups_is_told():
    started = start(
        "ID | Group | RTX start | Response\n1 | 1 | 2015-01-20 | Y\n2 | 2 | 2015-01-21 | N\n3 | 1 | 2015-01-22 | N"
    )
    assert any('Column "Group" parts the persons into 2 groups' in one for one in started.warnings)


@pytest.mark.parametrize("text", ["good then lost", "marked worsening", "partial failure", "no flare", "PR then PD"])
def test_an_answer_that_turns_round_is_asked(text):
    assert classify_answer(text, None) is None


def test_a_sheet_of_patients_borrows_the_first_day_of_the_sheet_of_infusions():
    patients = "ID | Prior MTX | Responder?\n1 | Y | Y\n2 | Y | N\n3 | N | Y"
    infusions = "ID | Date | Product\n1 | 2014-02-20 | Privigen\n1 | 2014-03-20 | Privigen\n"
    infusions += "2 | 2014-04-01 | Gamunex-C\n3 | 2014-05-10 | Privigen"
    raws = [
        RawSheet("a.xlsx", name, [tuple(row) for row in rows_of(text)])
        for name, text in (("Patients", patients), ("Infusions", infusions))
    ]
    started = start_from_sheets(raws, lambda _: None, stem="ivig", mapping_file="ivig.mapping.toml", files=["a.xlsx"])
    assert (
        '[[table.borrow]]\nname = "first day of immunoglobulin"\nsheet = "Infusions"\nfirst = "Date"' in started.mapping
    )
    assert 'after = "first day of immunoglobulin"' in started.mapping
    assert 'members = ["methotrexate"]' in started.protocol
    assert not [one for one in started.warnings if "no day" in one or "not when" in one]


def test_a_sheet_of_infusions_that_tells_its_doses_lends_the_first_day_that_has_one():
    patients = "ID | Prior MTX | Responder?\n1 | Y | Y\n2 | Y | N\n3 | N | Y"
    infusions = "ID | Date | IVIG (g)\n1 | 2014-01-20 | 0\n1 | 2014-02-20 | 80\n1 | 2014-03-20 | 80"
    infusions += "\n2 | 2014-04-01 | 70\n3 | 2014-05-10 | 90\n3 | 2014-06-10 | 90"
    started = start_from_sheets(
        [
            RawSheet(file, "Sheet1", [tuple(row) for row in rows_of(text)])
            for file, text in (("patients.xlsx", patients), ("infusions.xlsx", infusions))
        ],
        lambda _: None, stem="ivig", mapping_file="ivig.mapping.toml", files=["patients.xlsx", "infusions.xlsx"],
    )  # fmt: skip
    # Both sheets have one name: the mapping tells them apart by their files.
    assert '[[table]]\nsheet = "patients.xlsx: Sheet1"' in started.mapping
    assert 'name = "first day of immunoglobulin"\nsheet = "infusions.xlsx: Sheet1"\nfirst = "Date"' in started.mapping
    assert 'after = "first day of immunoglobulin"' in started.mapping
    assert 'when = { column = "IVIG (g)", is = ["80", "70", "90"] }' in started.mapping


def test_the_drug_begun_last_is_told_by_dates_with_the_month_first():
    rows = [
        f"{n} | {drug} | {day}"
        for n in range(1, 5)
        for drug, day in (("MTX", f"12/0{n}/2014"), ("RTX", f"01/{n + 13}/2015"))
    ]
    protocol = start("ID | Drug | Start date\n" + "\n".join(rows)).protocol
    assert '[treatment]\nconcept = "rituximab"' in protocol


def test_a_sheet_without_persons_is_told_though_another_has_its_name():
    table = "ID | IVIG start | Response\n1 | 2015-01-20 | CR\n2 | 2015-01-21 | NR\n3 | 2015-01-22 | CR"
    raws = [
        RawSheet(file, "Sheet1", [tuple(row) for row in rows_of(text)])
        for file, text in (("a.xlsx", table), ("b.xlsx", "Title\nhello"))
    ]
    files = ["a.xlsx", "b.xlsx"]
    started = start_from_sheets(raws, lambda _: None, stem="a", mapping_file="a.mapping.toml", files=files)
    assert any('Sheet "Sheet1" holds no table' in one for one in started.warnings)


def test_glucocorticoid_doses_of_near_weeks_do_not_overlap():
    names = "ID | RTX start | Pred baseline | Pred week 4 | Pred week 6"
    rows = "\n".join(f"{n} | 2015-01-2{n} | 40 | 20 | 10" for n in range(1, 4))
    started = start(f"{names}\n{rows}")
    doses = [one for one in tomllib.loads(started.mapping)["table"][0]["record"] if "daily_dose" in one["column"]]
    spans = [(one["days_later"], one["days_later"] + int(one["text"]["days"]) - 1) for one in doses]
    assert spans == [(-31, -2), (1, 28), (29, 42)]
    assert 'last           = "14 days"' in started.protocol


def test_the_record_id_of_redcap_tells_the_person_in_every_form():
    ids = ["1", "2", "3"]
    columns = ("record_id", "patient_id", "rtx_start", "response")
    rows = [(one, f"X{one}", f"2015-01-2{one}", "yes" if one == "1" else "no") for one in ids]
    grid = Grid("export.csv", "treatment", columns, rows, [2, 3, 4])
    started = start_from_grids(
        [grid], lambda _: None, stem="s", mapping_file="s.mapping.toml", files=["export.csv"], dictionary="d.csv"
    )
    assert 'person = "record_id"' in started.mapping


def test_what_holds_days_is_named_where_no_column_tells_a_treatment():
    with pytest.raises(RecordsError) as raised:
        start("ID | exam_date | week\n1 | 2015-01-20 | 1\n2 | 2015-01-21 | 2\n3 | 2015-01-22 | 3")
    assert 'none named after a treatment: "exam_date"' in str(raised.value)
    assert 'counted are no dates: "week"' in str(raised.value)


TRIED = (
    "ID | MTX Y/N | AZA Y/N | RTX start | Response\n1 | {} | {} | 2015-01-20 | Y\n2 | {} | {} | 2015-01-21 | N\n"
    "3 | {} | {} | 2015-01-22 | N"
)


@pytest.mark.parametrize(
    ("cells", "failed", "told"),
    [
        ("Y Y Y Y Y Y", "failed         = 2", "for 2 of them: 3 of 3 persons"),
        ("Y Y Y N Y N", "failed         = 2", "for 2 of them: 1 of 3 persons"),
        ("Y N N Y Y N", "failed         = 1", "for 1 of them: 3 of 3 persons"),
        ("N N N N N N", "none is asked for", "for 0 of them"),
    ],
)
def test_as_many_earlier_drugs_are_asked_for_as_somebody_had_and_the_number_of_persons_is_told(cells, failed, told):
    started = start(TRIED.format(*cells.split()))
    assert failed in started.protocol
    assert told in dict(started.told)["Tried before"]
    leaves_out = [one for one in started.warnings if "leaves them out" in one]
    assert [one.split(" had")[0] for one in leaves_out] == (["2 of 3 persons"] if cells == "Y Y Y N Y N" else [])


def test_drugs_beside_the_treatment_are_told_not_to_count():
    started = start(
        "ID | Prior tx | Xolair start | Response\n1 | cetirizine, MTX | 2015-01-20 | Y\n"
        "2 | cetirizine, AZA | 2015-01-21 | N"
    )
    assert "not counted: cetirizine" in dict(started.told)["Tried before"]


def test_the_first_letters_of_a_name_do_not_tell_a_person_where_a_number_does():
    mapping = start(
        "Nr. | Pat. | RTX seit | Ansprechen\n1 | A.B. | 2015-01-20 | gut\n2 | C.D. | 2015-01-21 | kein\n"
        "3 | E.F. | 2015-01-22 | gut"
    ).mapping
    assert 'person = "Nr."' in mapping
    assert '"Pat.",  # identifies persons' in mapping


def test_several_days_in_one_cell_are_a_record_each():
    mapping = start(
        "ID | IVIG dates | Better?\n1 | 1/5/14, 2/3/14 | Y\n2 | 2/10/14; 3/10/14 | N\n3 | 5/22/14, 6/1/14 | Y"
    ).mapping
    assert "each_day = true" in mapping
    assert "3 cells of several days: each day is one on which it was given." in mapping
    assert 'dates   = "month first"' in mapping


def test_several_days_in_one_cell_are_told_where_they_cannot_be_read():
    with pytest.raises(RecordsError) as raised:
        start("ID | IVIG dates | Better?\n1 | 1/5/14 x 2/3/14 | Y\n2 | 2/10/14 x 3/10/14 | N\n3 | 5/22/14 x 6/1/14 | Y")
    assert 'one cell: give each a column or a row of its own: "IVIG dates"' in str(raised.value)
