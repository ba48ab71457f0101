"""Each finding of a run leads back to the rows that it rests on: all of them, and no row of anybody else."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from refractory.private_store import write_private
from refractory.proof import PROOF, find_proof, list_keys
from refractory.protocol import parse_protocol
from refractory.records.from_omop import open_source
from refractory.records.from_translation import begin_translation
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.records.staging import Coding
from refractory.study import run_study

STUDY = Path(__file__).parents[2] / "studies" / "ivig-cutaneous-dm.toml"


@pytest.fixture(scope="module")
def protocol():
    return parse_protocol(STUDY.read_text(encoding="utf-8"), STUDY.name, STUDY.parent)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=600, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records"


@pytest.fixture(scope="module")
def run(protocol, hospital):
    source = open_source(str(hospital))
    yield run_study(protocol, source, hospital / "labels.csv")
    source.close()


@pytest.fixture(scope="module")
def proof(run):
    return [dict(zip(PROOF, row, strict=True)) for row in find_proof(run)]


def by_finding(proof, finding):
    return [row for row in proof if row["finding"] == finding]


def test_every_row_of_the_proof_is_a_row_of_that_person_in_the_source(proof, hospital):
    with duckdb.connect(str(hospital / "hospital.duckdb"), read_only=True) as connection:
        for name in {row["source_table"] for row in proof} - {"labels.csv"}:
            owners = dict(connection.execute(f"SELECT {name}_id, person_id FROM {name}").fetchall())
            rows = [row for row in proof if row["source_table"] == name]
            assert rows
            assert all(owners[row["row_id"]] == row["person_id"] for row in rows)


def test_the_rows_of_a_cycle_are_of_its_infusion_days_and_of_all_of_them(run, proof):
    cycles = run.records.store.connection.execute("SELECT person_id, cycle, infusion_days FROM cycles").fetchall()
    days = Counter()
    for person, name, _ in {(row["person_id"], row["name"], row["day"]) for row in by_finding(proof, "cycle")}:
        days[person, name] += 1
    assert dict(days) == {(person, f"cycle {number}"): count for person, number, count in cycles}


def test_a_drug_that_failed_has_as_many_rows_as_its_courses_have_exposures(run, proof):
    counted = run.records.store.connection.execute(
        """
        SELECT person_id, concept_set, sum(exposures)::INT FROM courses_before
        SEMI JOIN cohort USING (person_id, day0_date) WHERE counts GROUP BY ALL
        """
    ).fetchall()
    found = Counter((row["person_id"], row["name"]) for row in by_finding(proof, "failed drug"))
    assert dict(found) == {(person, drug): rows for person, drug, rows in counted}
    assert all(row["day"] < 0 for row in by_finding(proof, "failed drug"))


def test_every_diagnosis_of_the_proof_is_by_day_0_and_each_person_has_two(run, proof):
    found = Counter(row["person_id"] for row in by_finding(proof, "diagnosis"))
    assert set(found) == {one.member.person_id for one in run.patients}
    assert min(found.values()) >= 2
    assert all(row["day"] <= 0 for row in by_finding(proof, "diagnosis"))


def test_a_label_leads_back_to_its_line_of_the_file(run, proof, hospital):
    lines = (hospital / "labels.csv").read_text(encoding="utf-8").splitlines()
    heads = lines[0].split(",")
    labels = [row for row in by_finding(proof, "response") if row["source_table"] == "labels.csv"]
    assert len({row["person_id"] for row in labels}) == len(run.patients)
    for row in labels:
        written = dict(zip(heads, next(csv.reader([lines[row["line"] - 1]])), strict=True))
        assert (int(written["person"]), written["item"]) == (row["person_id"], "cutaneous improvement")
        assert (row["file"], row["row_id"]) == ("labels.csv", row["line"])


def test_every_covered_stretch_of_glucocorticoids_has_a_row(run, proof):
    stretches = run.records.store.connection.execute(
        "SELECT person_id, 'days ' || from_day || ' to ' || until_day FROM glucocorticoid_timeline WHERE is_covered"
    ).fetchall()
    assert {(row["person_id"], row["name"]) for row in by_finding(proof, "glucocorticoid")} == set(stretches)


def test_the_proof_of_a_score_is_the_visit_before_and_the_visit_that_met_the_rule(run, proof):
    ((name, place),) = [
        (rule.name or rule.describe(), place)
        for place, rule in enumerate(run.protocol.response.supporting)
        if rule.score
    ][:1]
    for one in run.patients:
        answer = one.supporting[place]
        days = {row["day"] for row in by_finding(proof, "response")
                if row["person_id"] == one.member.person_id and row["name"] == name}  # fmt: skip
        assert sum(day <= 0 for day in days) <= 1
        met = {(answer.when.earliest - one.member.day0_date).days} if answer.when else set()
        assert {day for day in days if day > 0} == met


def test_tables_of_omop_are_led_back_to_by_their_keys_alone(run, proof):
    assert {(row["file"], row["line"]) for row in proof if row["source_table"] != "labels.csv"} == {("", None)}
    assert list_keys(run) is None


def test_the_proof_is_the_same_however_often_it_is_asked_for(run):
    assert find_proof(run) == find_proof(run)


def charts():
    """Two persons of a sheet, each with two diagnoses, two failed drugs, CK, and an infusion that helped."""
    source = begin_translation("charts.xlsx", Path("charts.xlsx"), [], {"name": "Charts", "description": "invented"})

    def stage(table, line, key, column, day, coding, **more):
        start = {"condition_occurrence": "condition_start_date", "drug_exposure": "drug_exposure_start_date"}
        row = {"person_key": key, start.get(table, f"{table}_date"): day, "codings": [coding], **more}
        place = {"origin_file": "charts.xlsx", "origin_row": line, "origin_column": column}
        source.stage(table, [{**row, **place}])

    for line, key in ((2, "ANN-7"), (3, "BEN-8")):
        place = {"origin_file": "charts.xlsx", "origin_row": line, "origin_column": "born"}
        source.stage("person", [{"person_key": key, "year_of_birth": 1970, "gender_source_value": "F", **place}])
        for number, day in enumerate((date(2014, 1, 6), date(2014, 3, 6)), start=1):
            stage("condition_occurrence", line, key, f"dx_{number}", day, Coding("ICD10CM", "M33.10"))
        for number, code in enumerate(("6851", "8640"), start=1):
            supply = {"days_supply": 90, "route_source_value": "oral"}
            stage("drug_exposure", line, key, f"drug_{number}", date(2014, 5, 1), Coding("RxNorm", code), **supply)
        ck = Coding("LOINC", "2157-6")
        stage("measurement", line, key, "ck", date(2014, 1, 6), ck, value_as_number=900.0, unit_source_value="U/L")
        stage("drug_exposure", line, key, "ivig_1", date(2015, 3, 2), Coding("HCPCS", "J1569"))
        for item, day in (("disease active", date(2015, 3, 1)), ("cutaneous improvement", date(2015, 4, 1))):
            label = {"person_key": key, "item": item, "value": "yes", "earliest": day, "latest": day}
            source.stage("label", [{**label, **place, "origin_column": item}])
    source.finish([], [], None)
    return source


def test_a_file_of_labels_beside_a_sheet_is_led_back_to_by_its_line(protocol, tmp_path):
    labels = tmp_path / "labels.csv"
    lines = (
        "person,item,value,date",
        "ANN-7,disease active,yes,2015-03-01",
        "ANN-7,cutaneous improvement,yes,2015-04-01",
    )
    labels.write_text("\n".join(lines), encoding="utf-8")
    proof = [dict(zip(PROOF, row, strict=True)) for row in find_proof(run_study(protocol, charts(), labels))]
    places = {(row["file"], row["line"], row["place"]) for row in by_finding(proof, "response")}
    assert ("labels.csv", 3, "") in places


def test_findings_of_a_sheet_lead_back_to_the_cell_and_to_the_key_of_the_chart(protocol, tmp_path):
    run = run_study(protocol, charts())
    write_private(run, tmp_path / "private")
    with (tmp_path / "private" / "proof_rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "private" / "persons.csv").open(encoding="utf-8", newline="") as file:
        keys = {row["key"]: row["person_id"] for row in csv.DictReader(file)}
    assert keys == {"ANN-7": "1", "BEN-8": "2"}
    of_ann = {(row["finding"], row["name"], row["place"]) for row in rows if row["person_id"] == keys["ANN-7"]}
    assert of_ann >= {
        ("diagnosis", "dermatomyositis", "dx_1"),
        ("diagnosis", "dermatomyositis", "dx_2"),
        ("failed drug", "methotrexate", "drug_1"),
        ("failed drug", "systemic glucocorticoid", "drug_2"),
        ("cycle", "cycle 1", "ivig_1"),
        ("response", "primary", "cutaneous improvement"),
    }
    assert {(row["person_id"], row["file"], row["line"]) for row in rows} == {
        ("1", "charts.xlsx", "2"),
        ("2", "charts.xlsx", "3"),
    }
