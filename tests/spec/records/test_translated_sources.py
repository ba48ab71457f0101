"""Rows of sheets, REDCap and FHIR become tables of OMOP, and each keeps the place that it came from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from refractory.errors import RecordsError
from refractory.protocol import parse_protocol
from refractory.records.accounts import TableAccount
from refractory.records.from_translation import begin_translation
from refractory.records.schema import Problem
from refractory.records.staging import Coding
from refractory.records.translation import join_problems
from refractory.report.tables import tabulate_accounts
from refractory.run_store import write_problems, write_run
from refractory.study import run_study

STUDY = Path("studies/ivig-cutaneous-dm.toml")


def origin(line, column=""):
    return {"origin_file": "charts.xlsx", "origin_row": line, "origin_column": column}


def translated(rows, *, vocabulary=None, problems=(), accounts=()):
    source = begin_translation("charts", Path("charts.xlsx"), [], {"name": "Charts", "description": "invented"})
    for table, one in rows.items():
        source.stage(table, one)
    source.finish(problems, accounts, vocabulary)
    return source


def made(source, table, columns):
    return source.connection.execute(f"SELECT {columns} FROM records_source.main.{table} ORDER BY ALL").fetchall()


def test_persons_whose_keys_are_whole_numbers_keep_them():
    source = translated({"person": [{"person_key": "20", **origin(2)}, {"person_key": "3", **origin(3)}]})
    assert made(source, "person_key", "person_key, person_id") == [("20", 20), ("3", 3)]


@pytest.mark.parametrize("other", ["P1", "007", "1.5", "-1"])
def test_persons_are_numbered_in_the_order_of_their_keys_where_one_is_no_whole_number(other):
    source = translated({"person": [{"person_key": "20", **origin(2)}, {"person_key": other, **origin(3)}]})
    keys = sorted(["20", other])
    assert source.person_ids() == {key: number for number, key in enumerate(keys, start=1)}


def test_a_concept_set_that_names_any_coding_of_a_record_finds_it():
    drug = {"person_key": "1", "drug_exposure_start_date": date(2015, 1, 2), **origin(2)}
    codings = [Coding("NDC", "00054001725", "prednisone 20 mg tablet"), Coding("RxNorm", "8640")]
    source = translated({"person": [{"person_key": "1"}], "drug_exposure": [{**drug, "codings": codings}]})
    ((concept,),) = made(source, "drug_exposure", "drug_source_concept_id")
    assert made(source, "concept", "concept_id, vocabulary_id, concept_code, concept_name") == [
        (concept, "NDC", "00054001725", "prednisone 20 mg tablet"),
        (concept, "RxNorm", "8640", "prednisone 20 mg tablet"),
    ]


@pytest.mark.parametrize("step", [1, -1])
def test_codings_that_a_vocabulary_knows_keep_its_concepts_in_whatever_order(tmp_path, step):
    (tmp_path / "concept.csv").write_text(
        "concept_id\tconcept_name\tvocabulary_id\tconcept_code\tstandard_concept\n"
        "11\tDermatomyositis\tICD10CM\tM33.10\t\n"
        "80182\tDermatomyositis\tSNOMED\t396230008\tS\n"
        "12\tDermatopolymyositis\tICD10CM\tM33.90\t\n"
    )
    (tmp_path / "concept_relationship.csv").write_text(
        "concept_id_1\tconcept_id_2\trelationship_id\n12\t80182\tMaps to\n12\t12\tMapped from\n"
    )
    both = [Coding("ICD10CM", "M3310"), Coding("SNOMED", "396230008")][::step]
    rows = [
        {"person_key": "1", "condition_start_date": date(2015, 1, day), "codings": codings, **origin(day)}
        for day, codings in enumerate([both, [Coding("ICD10CM", "M33.90")], [Coding("ICD10CM", "M99.99")]], start=1)
    ]
    source = translated({"person": [{"person_key": "1"}], "condition_occurrence": rows}, vocabulary=tmp_path)
    found = made(
        source, "condition_occurrence", "condition_start_date, condition_source_concept_id, condition_concept_id"
    )
    own = 2_100_000_003 if step == 1 else 2_100_000_002  # numbered in the order of the codings
    assert [row[1:] for row in found] == [(11, 80182), (12, 80182), (own, 0)]


def test_a_record_with_more_codings_than_two_concepts_say_is_found_by_each_and_below_each(tmp_path):
    (tmp_path / "concept.csv").write_text(
        "concept_id\tconcept_name\tvocabulary_id\tconcept_code\tstandard_concept\n"
        "11\tDermatomyositis\tICD10CM\tM33.10\t\n"
        "12\tDermatomyositis\tICD9CM\t710.3\t\n"
        "80182\tDermatomyositis\tSNOMED\t396230008\tS\n"
        "90\tMyositis\tSNOMED\t26889001\tS\n"
    )
    (tmp_path / "concept_ancestor.csv").write_text(
        "ancestor_concept_id\tdescendant_concept_id\n90\t80182\n80182\t80182\n90\t90\n"
    )
    codings = [Coding("ICD10CM", "M33.10"), Coding("ICD9CM", "710.3"), Coding("SNOMED", "396230008"), Coding("X", "1")]
    row = {"person_key": "1", "condition_start_date": date(2015, 1, 2), "codings": codings, **origin(2)}
    source = translated({"person": [{"person_key": "1"}], "condition_occurrence": [row]}, vocabulary=tmp_path)
    ((own, concept),) = made(source, "condition_occurrence", "condition_source_concept_id, condition_concept_id")
    assert concept == 80182
    named = [row for row in made(source, "concept", "concept_id, vocabulary_id, concept_code") if row[0] == own]
    assert [(vocabulary, code) for _, vocabulary, code in named] == [
        ("ICD10CM", "M33.10"), ("ICD9CM", "710.3"), ("SNOMED", "396230008"), ("X", "1"),
    ]  # fmt: skip
    pairs = made(source, "concept_ancestor", "descendant_concept_id, ancestor_concept_id")
    assert sorted(int(above) for below, above in pairs if int(below) == own) == [90, 80182]


def test_a_text_without_a_code_is_kept_as_it_is():
    row = {"person_key": "1", "condition_start_date": date(2015, 1, 2), "condition_source_value": "CADM", **origin(2)}
    source = translated({"person": [{"person_key": "1"}], "condition_occurrence": [row]})
    assert made(source, "condition_occurrence", "condition_source_value, condition_source_concept_id") == [("CADM", 0)]


def test_a_problem_of_a_row_leads_back_to_its_line_and_column():
    row = {"person_key": "1", "condition_start_date": date(2015, 1, 2), **origin(7, "Dx date")}
    source = translated({"person": [{"person_key": "1"}], "condition_occurrence": [row]})
    (traced,) = source.trace([Problem("condition_occurrence", 1, "", "no code", "left out")])
    assert (traced.file, traced.line, traced.place) == ("charts.xlsx", 7, "Dx date")


@pytest.mark.parametrize("account", [TableAccount("a.csv", 3, 1, 0, 1), TableAccount("a.csv", 3, 1, 0, 2)])
def test_rows_of_a_file_that_are_lost_stop_the_reading(account):
    problems = [Problem("a.csv", 2, "", "no person", "left out")]
    with pytest.raises(RecordsError, match=r"Rows of a\.csv are lost or counted twice: 3 in the file"):
        translated({}, problems=problems, accounts=[account])


def test_a_study_runs_on_translated_records_and_takes_their_labels():
    source = translated(
        {
            "person": [{"person_key": "P1", "year_of_birth": 1970, "gender_source_value": "F", **origin(2)}],
            "drug_exposure": [
                {
                    "person_key": "P1",
                    "drug_exposure_start_date": date(2015, 3, 2),
                    "codings": [Coding("HCPCS", "J1569")],
                    **origin(2),
                }
            ],
            "label": [{"person_key": "P1", "item": "cutaneous improvement", "value": "yes", **origin(2)}],
        },
        accounts=[TableAccount("charts.xlsx", 1, 1, 0, 0)],
    )
    run = run_study(parse_protocol(STUDY.read_text(), STUDY.name, STUDY.parent), source)
    first = run.records.accounts[0]
    assert (first.table, first.rows, first.used) == ("charts.xlsx", 1, 1)
    assert run.records.store.tally("label") == (1, 1)
    assert run.results.attrition[0].persons_after == 1


def test_persons_and_deaths_lead_back_by_the_id_of_the_person_and_not_by_the_number_of_the_row():
    persons = [{"person_key": key, "year_of_birth": 1970, **origin(line)} for key, line in (("30", 2), ("20", 3))]
    source = translated(
        {"person": persons, "death": [{"person_key": "30", "death_date": date(2020, 1, 1), **origin(2)}]}
    )
    problems = [Problem(table, 30, "", "some rule", "left out") for table in ("person", "death")]
    assert [one.line for one in source.trace(problems)] == [2, 2]
    assert source.find_origins([("person", 20)]) == {("person", 20): (("charts.xlsx", 3, ""),)}
    assert source.find_origins([("person", 99)]) == {}


def test_a_person_who_is_there_three_times_leads_back_to_the_two_later_lines():
    source = translated({"person": [{"person_key": "7", "year_of_birth": 1970, **origin(line)} for line in (2, 5, 9)]})
    problems = [Problem("person", 7, "", "exact copy of another row", "left out")] * 2
    assert sorted(one.line for one in source.trace(problems)) == [5, 9]


def test_the_report_and_the_manifest_tell_rows_of_files_and_of_their_records_apart(tmp_path):
    drug = {"person_key": "P1", "drug_exposure_start_date": date(2015, 3, 2), "codings": [Coding("HCPCS", "J1569")]}
    source = translated(
        {
            "person": [{"person_key": "P1", "year_of_birth": 1970, **origin(2)}],
            "drug_exposure": [{**drug, **origin(2)}],
        },
        problems=[Problem("charts.xlsx", 3, "", "no person", "left out")],
        accounts=[TableAccount("charts.xlsx", 2, 1, 0, 1)],
    )
    run = run_study(parse_protocol(STUDY.read_text(), STUDY.name, STUDY.parent), source)
    write_run(run, tmp_path / "run", ())
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == {
        "charts.xlsx": {"table": "charts.xlsx", "rows": 2, "used": 1, "not_asked_for": 0, "listed": 1}
    }
    assert set(manifest["rows"]) == {"person", "drug_exposure"}
    printed = tabulate_accounts(run.results.accounts)
    labels = [[(row.label, row.indent) for row in group] for group in printed.groups]
    assert labels == [
        [("Files and sheets, as they are", 0), ("charts.xlsx", 1)],
        [("Records that were made of them", 0), ("drug_exposure", 1), ("person", 1)],
    ]
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Files and sheets, as they are" in page


def test_problems_stand_in_one_order_whatever_order_they_were_found_in(tmp_path):
    problems = [
        Problem(table, row, column, rule, "left out", file=file, line=line, place=place)
        for table in ("drug_exposure", "charts.xlsx")
        for row in (None, 9, 10)
        for column, rule in (("quantity", "a rule"), ("", "another rule"))
        for file, line, place in (("charts.xlsx", 2, "dose"), ("charts.xlsx", 11, "dose"), ("", None, ""))
    ]
    write_problems(tmp_path / "one.csv", problems)
    write_problems(tmp_path / "other.csv", problems[::-1])
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    lines = (tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "table,row,column,rule,done,rows,left_out,file,line,place"
    assert lines[1] == "charts.xlsx,,quantity,a rule,left out,1,yes,,,"
    assert len(lines) == 1 + len(problems)


def test_a_coding_of_omop_is_the_id_of_a_concept_though_no_vocabulary_holds_it():
    row = {"person_key": "P1", "condition_start_date": date(2015, 1, 1), "codings": [Coding("OMOP", "80182")]}
    other = row | {"codings": [Coding("ICD10CM", "M33.1")]}
    source = translated({"person": [{"person_key": "P1"}], "condition_occurrence": [row, other]})
    found = source.connection.execute(
        "SELECT condition_concept_id, condition_source_concept_id > 2000000000 "
        "FROM records_source.main.condition_occurrence ORDER BY condition_concept_id"
    ).fetchall()
    source.close()
    assert found == [(0, True), (80182, False)]


LABELLED = {
    "person": [{"person_key": "P1", **origin(2)}, {"person_key": "P2", **origin(3)}],
    "drug_exposure": [
        {"person_key": "P1", "drug_exposure_start_date": date(2015, 3, 2), "codings": [Coding("HCPCS", "J1569")]}
    ],
    "label": [
        {"person_key": key, "item": "cutaneous improvement", "value": "yes", **origin(line)}
        for line, key in enumerate(["P1", "P2", "P2"], start=2)
    ],
}


def told_of_labels(run):
    return [(one.table, one.rule, one.done, one.rows) for one in run.problems if "label" in one.table]


def study():
    return parse_protocol(STUDY.read_text(), STUDY.name, STUDY.parent)


def test_labels_of_persons_who_never_had_the_treatment_are_counted():
    run = run_study(study(), translated(LABELLED))
    rule = "the person never had the treatment, or is not in the records"
    assert told_of_labels(run) == [("label", rule, "not asked for", 2)]


def test_a_file_of_labels_stands_before_those_of_the_records_which_are_told(tmp_path):
    (tmp_path / "labels.csv").write_text("person,item,value\np01,cutaneous improvement,no\n")
    run = run_study(study(), translated(LABELLED), tmp_path / "labels.csv")
    rule = "a file of labels was named or lies beside the records"
    assert told_of_labels(run) == [("label", rule, "not used", 3)]
    assert run.records.store.connection.execute("SELECT value FROM label").fetchall() == [("no",)]


def test_what_a_killed_run_left_on_disk_is_cleared_by_the_next_that_needs_room(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process in (ended.pid, os.getppid()):
        (tmp_path / f"refractory-room-{process}-abc").mkdir()
        (tmp_path / f"refractory-room-{process}-abc" / "records.duckdb").write_text("charts")
    large = tmp_path / "large.ndjson"
    with large.open("wb") as file:
        file.truncate((64 << 20) + 1)
    source = begin_translation("large", large, [large], {})
    assert not (tmp_path / f"refractory-room-{ended.pid}-abc").exists()
    assert (tmp_path / f"refractory-room-{os.getppid()}-abc").exists()
    assert source.room is not None
    assert source.room.stat().st_mode & 0o077 == 0
    source.close()
    assert not source.room.exists()


def test_of_two_deaths_the_later_one_leads_back_wherever_it_stands():
    days = ((2, date(2020, 5, 5)), (7, date(2020, 1, 1)))
    deaths = [{"person_key": "7", "death_date": day, **origin(line)} for line, day in days]
    source = translated({"person": [{"person_key": "7", "year_of_birth": 1970, **origin(2)}], "death": deaths})
    (one,) = source.trace([Problem("death", 7, "", "death is there twice", "left out")])
    assert one.line == 2


# What the reader of the files said of a cell, what a table says of it, and what is listed then.
NO_NUMBER, NO_DAY = "no number can be read", "day is not known"
SAID_TWICE = {
    "a number that is none": ("charts.xlsx", NO_NUMBER, "day", "value is no number", ["value is no number"]),
    "a range has its own reason": (
        *("charts.xlsx", "a range of numbers", "day", "value is no number"),
        ["a range of numbers", "value is no number"],
    ),
    "another cell of the line": (
        *("charts.xlsx", NO_NUMBER, "dose", "value is no number"),
        [NO_NUMBER, "value is no number"],
    ),
    "the day of a resource": ("FHIR day", NO_DAY, "", "no start date", [NO_DAY]),
}


@pytest.mark.parametrize("case", SAID_TWICE)
def test_a_fault_of_a_cell_is_listed_once_with_its_reason(case):
    table, said, place, rule, listed = SAID_TWICE[case]
    here = {"is_left_out": False, "file": "charts.xlsx", "line": 2, "place": place}
    source = translated(
        {
            "person": [{"person_key": "1", "year_of_birth": 1970, **origin(2)}],
            "measurement": [{"person_key": "1", "number": 4, **origin(2, "day")}],
        },
        problems=[Problem(table, 2, "value", said, "value not used", **here)],
        accounts=[TableAccount(table, 1, 1, 0, 0)],
    )
    joined = join_problems(source, [Problem("measurement", 4, "value_as_number", rule, "left out")])
    assert [one.rule for one in joined] == listed
    assert [one.is_left_out for one in joined][-1]
