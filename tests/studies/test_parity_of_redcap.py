"""The same hospital as tables of OMOP and as a project of REDCap: the same results, to the byte."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from redcap_server import TOKEN, RedcapServer, serving
from refractory.records.from_anywhere import open_records
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.records.redcap_dictionary import API_HEADINGS
from refractory.run_store import write_run
from refractory.study import StudyRun, run_study
from studies.hospital_truth import flagship

FEWEST = 500


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("as_redcap") / "hospital"
    write_hospital(folder, persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED), format="redcap")
    return folder / "records"


def run_on(address: Path, labels: Path | None, folder: Path) -> tuple[StudyRun, bytes]:
    source = open_records(str(address))
    try:
        done = run_study(flagship(), source, labels)
        write_run(done, folder, ())
    finally:
        source.close()
    return done, (folder / "results.csv").read_bytes()


@pytest.fixture(scope="module")
def of_omop(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("as_omop")
    write_hospital(folder / "hospital", persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    records = folder / "hospital" / "records"
    return run_on(records / "hospital.duckdb", records / "labels.csv", folder / "run")[1]


@pytest.mark.parametrize("export", ["hospital", "hospital.values"])
def test_either_export_gives_the_results_of_the_database_to_the_byte(project, of_omop, tmp_path, export):
    done, results = run_on(project / f"{export}.mapping.toml", None, tmp_path / "run")
    assert results == of_omop
    (account,) = [one for one in done.records.accounts if one.table == f"{export}.csv"]
    with (project / f"{export}.csv").open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    assert account.rows == lines == account.used + account.not_asked_for + account.listed
    assert account.listed == 0


def test_the_server_gives_the_results_of_the_database_to_the_byte(project, of_omop, tmp_path, monkeypatch):
    with (project / "hospital.dictionary.csv").open(encoding="utf-8", newline="") as file:
        dictionary = [dict(zip(API_HEADINGS, line, strict=True)) for line in list(csv.reader(file))[1:]]
    with (project / "hospital.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN)
    with serving(RedcapServer(dictionary, rows)) as running:
        text = (project / "hospital.mapping.toml").read_text(encoding="utf-8")
        mapping = project / "served.mapping.toml"
        named = 'file = "hospital.csv"\ndictionary = "hospital.dictionary.csv"'
        mapping.write_text(text.replace(named, f'address = "{running.address}"'), encoding="utf-8")
        _, results = run_on(mapping, None, tmp_path / "run")
    assert results == of_omop
    written = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert TOKEN.encode() not in written
