"""The invented hospital as a bulk export of FHIR, as others write it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from refractory.protocol import parse_protocol
from refractory.records.from_anywhere import open_records
from refractory.records.from_fhir_files import find_fhir_files
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.records.mapping import SourceMapping
from refractory.study import StudyRun, run_study

STUDY = Path(__file__).parents[3] / "studies" / "ivig-cutaneous-dm.toml"


def run(records: Path, labels: Path) -> StudyRun:
    # What is written of a run leads back to the lines of its source, which therefore stays open.
    source = open_records(str(records))
    return run_study(parse_protocol(STUDY.read_text(), STUDY.name, STUDY.parent), source, labels)


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[Path, Path]:
    """The records of one hospital as OMOP and as FHIR."""
    folder = tmp_path_factory.mktemp("hospitals")
    for shape in ("duckdb", "fhir"):
        write_hospital(folder / shape, persons=500, plan=plan_for(DEFAULT_SEED), format=shape)
    return folder / "duckdb" / "records", folder / "fhir" / "records"


def test_every_row_of_the_hospital_is_a_resource_and_every_resource_is_accounted_for(both):
    source = open_records(str(both[1]))
    lines = sum(1 for file in find_fhir_files(both[1]) for line in _lines(file) if line)
    assert sum(one.rows for one in source.read_accounts) == lines
    omop = open_records(str(both[0] / "hospital.duckdb"))
    for table in ("person", "drug_exposure", "measurement", "observation", "procedure_occurrence", "death"):
        assert source.count(table) == omop.count(table), table


def _lines(file: Path) -> list[bytes]:
    import gzip

    text = file.read_bytes()
    return (gzip.decompress(text) if file.suffix == ".gz" else text).split(b"\n")


def test_an_order_stands_beside_each_infusion_and_does_not_count(both):
    found = run(both[1] / "source.mapping.toml", both[1] / "labels.csv")
    accounts = {one.table: one for one in found.records.accounts}
    given, ordered = accounts["FHIR MedicationAdministration"], accounts["FHIR MedicationRequest"]
    assert given.used == given.rows > 100
    assert ordered.not_asked_for == given.rows


def test_the_export_is_fhir_as_others_write_it(both):
    ids: set[tuple[str, str]] = set()
    for file in find_fhir_files(both[1]):
        for line in _lines(file):
            if not line:
                continue
            body = json.loads(line)
            assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", body["id"])
            assert (body["resourceType"], body["id"]) not in ids
            ids.add((body["resourceType"], body["id"]))
            assert "null" not in line.decode()


def test_the_choices_that_the_documentation_shows_are_those_that_there_are():
    text = (STUDY.parents[1] / "docs" / "fhir.md").read_text()
    (shown,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    told = SourceMapping.model_validate(tomllib.loads(shown)).source
    usual = SourceMapping.model_validate({"source": {}}).source
    for key in ("drugs", "linked_drugs", "refills", "incomplete_dates"):
        assert getattr(told, key) == getattr(usual, key), key
    assert told.systems == {"https://our.hospital/codes": "Our codes"}


def test_the_command_writes_the_export_and_reads_it(tmp_path):
    program = [sys.executable, "-c", "from refractory.cli import main; main()"]
    where = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
    made = subprocess.run([*program, "hospital", "--as", "fhir", "--persons", "500", "--out", "here"], **where)
    assert made.returncode == 0, made.stderr
    checked = subprocess.run([*program, "check", str(STUDY), "--records", "here/records"], **where)
    assert checked.returncode == 0, checked.stderr
    assert "500 persons in the source" in checked.stdout
    alone = "here/records/fhir/Condition.ndjson"
    nothing = subprocess.run([*program, "check", str(STUDY), "--records", alone], **where)
    assert nothing.returncode != 0
    assert "No patient is in the 1 file of FHIR." in nothing.stderr
    assert "Traceback" not in nothing.stderr
