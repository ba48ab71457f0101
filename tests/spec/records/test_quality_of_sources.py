"""The check of data quality on whole sources: what the reading left out, the scan, and the way back to the cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from refractory.protocol import parse_protocol
from refractory.quality import check_quality, derive_uses
from refractory.records.accounts import TableAccount
from refractory.records.from_omop import open_source
from refractory.records.from_translation import begin_translation
from refractory.records.quality import Weight
from refractory.records.quality_rules import RULES
from refractory.records.schema import Problem
from refractory.records.staging import Coding
from spec.records.small_clinic import DIRTY, Clinic, Form, write_duckdb, write_folder, write_postgresql

ROOT = Path(__file__).parents[3]
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"


@pytest.fixture(scope="module")
def protocol():
    return parse_protocol(STUDY.read_text(encoding="utf-8"), STUDY.name, STUDY.parent)


def check(protocol, address, labels=None):
    source = open_source(str(address))
    try:
        return check_quality(protocol, source, labels)
    finally:
        source.close()


def counts(found):
    return {one.rule: (one.rows, one.persons) for one in found.results.findings}


def test_a_study_says_what_its_concept_sets_are_used_for(protocol):
    uses = derive_uses(protocol)
    assert {"immunoglobulin", "dermatomyositis", "methotrexate", "cancer"} <= uses.deciding
    assert not {"body weight", "headache"} & uses.deciding
    assert ("CDASI: scalp_erythema", 0.0, 3.0) in uses.ranges
    assert ("hydroxychloroquine", "hydroxychloroquine") in uses.drug_names
    assert (uses.response_item, uses.weights) == ("cutaneous improvement", ("body weight",))


def test_what_the_reading_left_out_is_counted_with_its_persons(protocol, tmp_path):
    found = counts(check(protocol, write_duckdb(tmp_path / "clinic.duckdb", DIRTY)))
    assert found["exact_copy"] == (3, 1)  # a person's row, a diagnosis written twice, and once more under another key
    assert found["before_birth"] == (1, 1)
    assert found["date_missing"] == (1, 1)
    assert found["ends_before_start"] == (1, 1)
    assert found["unit_not_convertible"] == (1, 1)
    assert found["quantity_not_above_zero"] == found["days_supply_not_above_zero"] == (1, 1)
    assert found["no_disease"] == (1, 1)


def test_a_fault_of_an_end_or_of_a_unit_is_told_at_its_own_column(protocol, tmp_path):
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", DIRTY)).results
    where = {one.rule: one.where for one in found.findings}
    assert where["ends_before_start"] == ("condition_occurrence.condition_end_date",)
    assert where["unit_not_convertible"] == ("measurement.unit_concept_id",)


def test_a_unit_that_cannot_be_converted_is_no_second_unit_as_well(protocol, tmp_path):
    clinic = DIRTY.with_rows(measurement="407 | 1 | 3025315 | 2016-09-01 | 70 | 0 | furlong | - | -")
    before = counts(check(protocol, write_duckdb(tmp_path / "before.duckdb", DIRTY)))
    after = counts(check(protocol, write_duckdb(tmp_path / "after.duckdb", clinic)))
    assert [one["unit_not_convertible"][0] for one in (before, after)] == [1, 2]
    assert before.get("units_mixed") == after.get("units_mixed")


def test_a_row_that_was_left_out_weighs_what_its_concept_set_decides(protocol, tmp_path):
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", DIRTY)).results
    weights = {one.rule: one.weight for one in found.findings}
    assert weights["before_birth"] is weights["date_missing"] is Weight.SERIOUS  # diagnoses of the disease
    assert weights["unit_not_convertible"] is Weight.NOTABLE  # a weight
    assert weights["exact_copy"] is Weight.INFORMATION
    order = list(Weight)
    assert [order.index(one.weight) for one in found.findings] == sorted(
        order.index(one.weight) for one in found.findings
    )


def test_a_clean_clinic_breaks_no_rule_that_is_serious(protocol, tmp_path):
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb")).results
    assert [one.rule for one in found.findings if one.weight is Weight.SERIOUS] == []


def test_problems_list_each_doubtful_row_once(protocol, tmp_path):
    clinic = DIRTY.with_rows(measurement="407 | 1 | 3025315 | 2016-09-01 | 20 | 9529 | kg | - | -")
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", clinic))
    rows = [(one.table, one.row, one.column) for one in found.problems if one.row is not None]
    assert ("measurement", 407, "value_as_number") in rows  # from 71.5 kg to 20 kg in two days
    rules = [(one.table, one.row, one.column, one.rule) for one in found.problems if one.row is not None]
    assert len(rules) == len(set(rules))
    jump = next(one for one in found.problems if one.row == 407)
    assert (jump.done, jump.is_left_out) == ("used as written", False)
    assert found.results.accounts == check(protocol, tmp_path / "clinic.duckdb").results.accounts


def test_a_person_who_is_there_twice_and_has_no_disease_is_listed_for_both(protocol, tmp_path):
    clinic = DIRTY.with_rows(person="2 | 8507 | 1982 | - | - | 0 | -")
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", clinic))
    listed = {one.rule for one in found.problems if (one.table, one.row) == ("person", 2)}
    assert {"person is there twice", RULES["no_disease"].title} <= listed


@pytest.mark.parametrize("kind", ["csv", "parquet", "postgresql", "spark"])
def test_the_doubts_are_the_same_wherever_the_records_lie(protocol, tmp_path, postgresql, kind):
    plain = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", DIRTY))
    form = Form(dates="text", is_upper=True, seed=1)
    if kind == "postgresql":
        found = check(protocol, write_postgresql(postgresql(), DIRTY, form))
    elif kind == "spark":
        found = check(protocol, f"local[1]?parquet={write_folder(tmp_path / 'clinic', 'parquet', DIRTY)}")
    else:
        found = check(protocol, write_folder(tmp_path / "clinic", kind, DIRTY, form))
    assert found.results.findings == plain.results.findings
    assert found.results.over_time == plain.results.over_time
    assert set(found.problems) == set(plain.problems)


def test_persons_without_records_and_with_one_table_alone_are_counted_in_the_source(protocol, tmp_path):
    clinic = Clinic().with_rows(
        person="4 | 8532 | 1970 | - | - | 0 | -\n5 | 8532 | 1970 | - | - | 0 | -",
        condition_occurrence="110 | 5 | 80182 | 2015-01-01 | - | M33.10 | 35208822",
    )
    found = counts(check(protocol, write_duckdb(tmp_path / "clinic.duckdb", clinic)))
    assert found["person_without_records"] == (1, 1)
    assert found["person_in_one_table"] == (1, 1)


def test_a_column_that_nobody_filled_is_empty_unless_another_serves_its_purpose(protocol, tmp_path):
    rows = "\n".join(f"{number} | 1 | 3007220 | 2014-01-{number - 600} | 5 | CK" for number in range(610, 631))
    clinic = Clinic().having(measurement=f"key | person | concept | start | value | own\n{rows}")
    clinic = clinic.having(person="person | birth_y | sex\n1 | 1970 | 8532\n2 | 1981 | 8507\n3 | 1990 | 0")
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", clinic)).results
    where = {one.rule: one.where for one in found.findings}
    assert where["constant_column"] == ("measurement.value_as_number",)
    assert "empty_column" not in where
    emptied = clinic.having(
        drug_exposure="key | person | concept | start | end | quantity\n501 | 1 | 19117913 | 2016-07-01 | - | -"
    )
    found = check(protocol, write_duckdb(tmp_path / "emptied.duckdb", emptied)).results
    where = {one.rule: one.where for one in found.findings}
    assert where["empty_column"] == ("drug_exposure.drug_exposure_end_date", "drug_exposure.quantity")


def test_months_and_days_of_the_month_count_every_row_of_the_source(protocol, tmp_path):
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb")).results
    drugs = next(one for one in found.over_time if one.table == "drug_exposure")
    assert (drugs.first_year, len(drugs.months), sum(drugs.months), sum(drugs.days)) == (2015, 24, 5, 5)
    assert (drugs.months[0], drugs.months[1], drugs.months[18]) == (1, 2, 2)
    assert (drugs.days[0], drugs.days[14]) == (4, 1)


def test_records_in_which_nobody_had_the_treatment_break_no_rule_about_the_treated(protocol, tmp_path):
    clinic = Clinic().having(
        procedure_occurrence="key | person | concept | start\n1 | 1 | 0 | 2016-01-01",
        drug_exposure="key | person | concept | start\n1 | 1 | 1551101 | 2016-01-01",
    )
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb", clinic)).results
    assert (found.persons, found.treated) == (3, 0)
    assert {one.weight for one in found.findings} <= {Weight.INFORMATION}


def test_labels_about_nobody_are_notable_and_labels_that_cannot_be_used_are_serious(protocol, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "person,item,value,date\n1,cutaneous improvement,yes,2016-06-30\n3,cutaneous improvement,yes,2016-06-30\n"
        "1,cutaneous improvement,yes,spring\n1,cutaneous improvement,yes,2016-05-31\n",
        encoding="utf-8",
    )
    found = check(protocol, write_duckdb(tmp_path / "clinic.duckdb"), labels)
    weights = {"label_without_treatment": Weight.NOTABLE, "label_unread": Weight.SERIOUS,
               "label_before_treatment": Weight.SERIOUS}  # fmt: skip
    for rule, weight in weights.items():
        (one,) = [one for one in found.results.findings if one.rule == rule]
        assert (one.rows, one.weight) == (1, weight)
    listed = {(one.row, one.rule) for one in found.problems if one.table == "labels.csv"}
    assert (5, "A label of the response that is dated before the first treatment") in listed


def charts():
    """Two persons of a sheet: one drug and two weights each, the last weight of the second in pounds."""
    source = begin_translation("charts.xlsx", Path("charts.xlsx"), [], {"name": "Charts", "description": "invented"})
    weight = [Coding("LOINC", "29463-7", "body weight")]

    def place(line, column):
        return {"origin_file": "charts.xlsx", "origin_row": line, "origin_column": column}

    for line, key, kg in ((2, "P1", (70.0, 71.0)), (3, "P2", (60.0, 132.3))):
        source.stage("person", [{"person_key": key, "year_of_birth": 1970, **place(line, "born")}])
        source.stage(
            "drug_exposure",
            [{"person_key": key, "drug_exposure_start_date": date(2015, 3, 2), "codings": [Coding("HCPCS", "J1569")],
              **place(line, "ivig_1")}],
        )  # fmt: skip
        source.stage(
            "measurement",
            [{"person_key": key, "measurement_date": date(2015, 3, day), "value_as_number": value, "codings": weight,
              "unit_source_value": "kg", **place(line, f"weight_{day}")} for day, value in enumerate(kg, start=1)],
        )  # fmt: skip
    problems = [Problem("charts.xlsx", 4, "born", "no person", "left out", file="charts.xlsx", line=4, place="born")]
    for column, rule, done in (
        ("favourite colour", "the mapping does not use this column", "not used"),
        ("note", "2 different texts of a diagnosis without a code", "kept as text"),
    ):
        problems.append(Problem("charts.xlsx", None, column, rule, done, 2, is_left_out=False, file="charts.xlsx"))
    source.finish(problems, [TableAccount("charts.xlsx", 3, 2, 0, 1)], None)
    return source


def test_doubts_of_a_sheet_name_its_lines_and_columns_and_no_key(protocol):
    found = check_quality(protocol, charts())
    by_rule = {one.rule: one for one in found.results.findings}
    assert by_rule["weight_in_pounds"].where == ("charts.xlsx (weight_2), line 3",)
    assert by_rule["grams_unknown"].where == ("charts.xlsx (ivig_1), lines 2, 3",)
    assert (by_rule["file_row"].title, by_rule["file_row"].where) == ("No person (left out)", ("charts.xlsx: born",))
    assert (by_rule["unused_column"].rows, by_rule["unused_column"].where) == (2, ("charts.xlsx: favourite colour",))
    assert by_rule["file_text"].title == "2 different texts of a diagnosis without a code (kept as text)"
    assert (by_rule["file_row"].weight, by_rule["file_text"].weight) == (Weight.NOTABLE, Weight.INFORMATION)
    (pounds,) = [one for one in found.problems if one.rule == by_rule["weight_in_pounds"].title]
    assert (pounds.file, pounds.line, pounds.place) == ("charts.xlsx", 3, "weight_2")
    assert "P2" not in repr(found.results)


def test_the_rows_of_a_sheet_and_of_its_tables_are_accounted_for_apart(protocol):
    accounts = check_quality(protocol, charts()).results.accounts
    assert [(one.table, one.rows, one.used, one.listed) for one in accounts if one.is_file] == [
        ("charts.xlsx", 3, 2, 1)
    ]
    assert {one.table for one in accounts if not one.is_file} >= {"person", "drug_exposure", "measurement"}
    assert all(one.rows == one.used + one.not_asked_for + one.listed for one in accounts)
