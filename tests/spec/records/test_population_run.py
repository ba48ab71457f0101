"""Eras and doses of everybody are the same wherever they are derived: here, in DuckDB, in PostgreSQL."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import psycopg
import pytest

from refractory.errors import RecordsError
from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.treatment import has_route
from refractory.population import MOST_HANDED_OVER, choose_compute, run_population
from refractory.population_store import write_population
from refractory.protocol import Protocol, parse_protocol
from refractory.records.from_omop import open_source
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.study import run_study
from spec.records.small_clinic import Form, write_duckdb, write_postgresql
from spec.records.test_population import DIRTY

ROOT = Path(__file__).parents[3]


def _protocol(name: str) -> Protocol:
    return parse_protocol((ROOT / "studies" / f"{name}.toml").read_text(encoding="utf-8"), name)


IVIG = _protocol("ivig-cutaneous-dm")
CELECOXIB = _protocol("celecoxib-after-nsaid")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=500, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records" / "hospital.duckdb"


def copy_to_postgresql(file: Path, address: str, schema: str) -> str:
    """Copy all tables of a DuckDB file into a schema of a PostgreSQL database."""
    kinds = {"BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision", "VARCHAR": "text"}
    with duckdb.connect(str(file), read_only=True) as source, psycopg.connect(address, autocommit=True) as target:
        target.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for (table,) in source.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            columns = [row[:2] for row in source.execute(f"DESCRIBE {table}").fetchall()]
            spelled = ", ".join(f'"{name}" {kinds.get(kind.split("(")[0], kind)}' for name, kind in columns)
            target.execute(f"CREATE TABLE {schema}.{table} ({spelled})")
            with target.cursor().copy(f"COPY {schema}.{table} FROM STDIN") as copy:
                for row in source.execute(f"SELECT * FROM {table}").fetchall():
                    copy.write_row(row)
    return address


def _written(protocol: Protocol, address: object, compute: str, folder: Path) -> dict[str, bytes]:
    source = open_source(str(address))
    try:
        write_population(run_population(protocol, source, compute), folder)
    finally:
        source.close()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["computed"]["where"] == compute
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # Where it was computed is told there; problems are told row by row by one way and counted by the other.
    return {name: content for name, content in found.items() if name not in ("manifest.json", "problems.csv")}


def test_the_invented_hospital_gives_the_same_bytes_from_every_engine(hospital, postgresql, reader, tmp_path):
    here = _written(IVIG, hospital, "embedded", tmp_path / "here")
    assert sorted(here) == ["doses.parquet", "eras.parquet", "summary.csv"]
    assert _written(IVIG, hospital, "source", tmp_path / "duckdb") == here
    limited = reader(copy_to_postgresql(hospital, postgresql(), "cdm"), "cdm")
    assert _written(IVIG, limited, "source", tmp_path / "postgresql") == here
    assert _written(IVIG, limited, "embedded", tmp_path / "handed over") == here


def test_the_invented_hospital_gives_the_same_bytes_from_spark(hospital, spark_connect, tmp_path):
    folder = tmp_path / "parquet"
    write_hospital(folder, persons=500, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED), format="parquet")
    here = _written(IVIG, hospital, "embedded", tmp_path / "here")
    address = f"{spark_connect}?parquet={folder / 'records'}"
    assert _written(IVIG, address, "source", tmp_path / "spark") == here


def test_the_demo_database_gives_the_same_bytes_from_both_engines(eunomia, postgresql, tmp_path):
    here = _written(CELECOXIB, eunomia, "embedded", tmp_path / "here")
    assert _written(CELECOXIB, eunomia, "source", tmp_path / "duckdb") == here
    address = copy_to_postgresql(eunomia, postgresql(), "cdm")
    assert _written(CELECOXIB, address, "source", tmp_path / "postgresql") == here


def test_dirt_of_every_kind_gives_the_same_bytes(postgresql, tmp_path):
    here = _written(IVIG, write_duckdb(tmp_path / "c.duckdb", DIRTY), "embedded", tmp_path / "here")
    form = Form(dates="text", ids="VARCHAR", numbers="VARCHAR", is_upper=True, seed=4)
    address = write_postgresql(postgresql(), DIRTY, form)
    assert _written(IVIG, address, "source", tmp_path / "postgresql") == here


def test_slices_of_persons_one_after_another_give_the_bytes_of_all_at_once(hospital, tmp_path):
    found = []
    for rows in (20_000_000, 300):
        source, told = open_source(str(hospital)), []
        run = run_population(IVIG, source, "source", told.append, rows_at_a_time=rows)
        write_population(run, tmp_path / str(rows))
        source.close()
        files = sorted(path for path in (tmp_path / str(rows)).rglob("*") if path.is_file())
        found.append({path.name: path.read_bytes() for path in files})
    assert re.fullmatch(r"Deriving doses, part (\d+) of \1", told[-2])
    assert found[0] == found[1]


def test_few_records_are_handed_over_and_one_more_are_not():
    assert choose_compute("auto", MOST_HANDED_OVER)[0] == "embedded"
    where, why = choose_compute("auto", MOST_HANDED_OVER + 1)
    assert where == "source"
    assert f"{MOST_HANDED_OVER + 1:,}" in why
    assert "more than 1,000,000 would be handed over" in why


def test_a_drug_that_nobody_had_is_told_with_no_eras(eunomia, tmp_path):
    source = open_source(str(eunomia))
    run = run_population(CELECOXIB, source, "source")
    source.close()
    by_drug = {one.concept_set: one for one in run.summary}
    assert set(by_drug) == {"celecoxib", "diclofenac", "ibuprofen", "naproxen", "aspirin"}
    assert by_drug["celecoxib"].eras > 1000
    text = (ROOT / "studies" / "celecoxib-after-nsaid.toml").read_text(encoding="utf-8")
    text = text.replace('RxNorm = ["1191+"]', 'RxNorm = ["99999999"]')
    source = open_source(str(eunomia))
    for compute in ("source", "embedded"):
        run = run_population(parse_protocol(text), source, compute)
        none = {one.concept_set: one for one in run.summary}["aspirin"]
        assert (none.persons, none.records, none.eras, none.median_days) == (0, 0, 0, None)
    source.close()


@pytest.mark.parametrize("compute", ["embedded", "source"])
def test_a_source_without_the_drugs_is_told_what_to_try(tmp_path, compute):
    source = open_source(str(write_duckdb(tmp_path / "c.duckdb", DIRTY)))
    with pytest.raises(RecordsError, match="No drug record of the source") as told:
        run_population(CELECOXIB, source, compute)
    assert "refractory check" in str(told.value)
    source.close()


def test_the_doses_of_everybody_are_those_of_the_run_for_the_persons_of_its_cohort(hospital):
    """Directions, early refills and bottles without an end count in both alike."""
    source = open_source(str(hospital))
    try:
        everybody = run_population(IVIG, source, "source").store
        store = run_study(IVIG, source, hospital.parent / "labels.csv").records.store
    finally:
        source.close()
    cohort = {person for (person,) in store.rows(store.table("cohort").select("person_id"))}
    sparing = IVIG.sparing
    assert sparing is not None
    assert sparing.same_supply == "counts once"
    dosed = store.table("dosed").semi_join(store.table("cohort"), "person_id")
    dosed = dosed.filter(has_route(dosed, sparing.routes, "counts"))
    dosed = derive_supplies_once(dosed.filter(dosed.concept_set.isin(IVIG.leaves[sparing.glucocorticoid])))
    origins = {origin for (origin,) in store.rows(dosed.select("dose_origin").distinct())}
    assert origins == {"sig", "quantity", None}
    of_run = store.rows(derive_dose_stretches(dosed, ("person_id",)))
    doses = everybody.table("doses")
    doses = doses.filter(doses.drug == sparing.glucocorticoid).drop("drug")
    found = [row for row in everybody.rows(doses) if row[0] in cohort]
    assert len(found) > 200
    assert sorted((*row[:3], round(row[3], 6), row[4]) for row in of_run) == sorted(found)
