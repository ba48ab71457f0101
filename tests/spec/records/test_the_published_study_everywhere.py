"""The published study gives the same results from PostgreSQL, Parquet and CSV, however a site spells its tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import psycopg
import pytest

from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital

PROGRAM = Path(sys.executable).with_name("refractory")
STUDY = Path(__file__).parents[3] / "studies" / "ivig-cutaneous-dm.toml"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=500, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records"


def _run(records: str, labels: Path, out: Path, *words: str) -> bytes:
    command = [
        str(PROGRAM),
        "run",
        str(STUDY),
        "--records",
        records,
        "--labels",
        str(labels),
        "--out",
        str(out),
        *words,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "120"})
    assert done.returncode == 0, done.stderr
    assert "15 of 15 published figures come out the same." in done.stdout
    return (out / "results.csv").read_bytes()


@pytest.fixture(scope="module")
def known(hospital, tmp_path_factory) -> bytes:
    """The results from the hospital's own DuckDB file."""
    return _run(str(hospital / "hospital.duckdb"), hospital / "labels.csv", tmp_path_factory.mktemp("known") / "out")


def _tables(hospital: Path) -> list[str]:
    with duckdb.connect(str(hospital / "hospital.duckdb"), read_only=True) as connection:
        return [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]


def test_a_folder_of_csv_with_upper_case_names_and_dates_as_text(hospital, known, tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    with duckdb.connect(str(hospital / "hospital.duckdb"), read_only=True) as connection:
        for table in _tables(hospital):
            rows = connection.execute(f"SELECT * FROM {table} LIMIT 0").description
            heads = ", ".join(f'CAST("{column[0]}" AS VARCHAR) AS "{column[0].upper()}"' for column in rows)
            target = folder / f"{table.upper()}.csv"
            connection.execute(f"COPY (SELECT {heads} FROM {table}) TO '{target}' (HEADER, DELIMITER ';')")
    assert _run(str(folder), hospital / "labels.csv", tmp_path / "out") == known


def test_postgresql_by_a_role_that_may_only_read_one_schema(hospital, known, postgresql, reader, tmp_path):
    address = postgresql()
    kinds = {"BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision", "VARCHAR": "text"}
    file = str(hospital / "hospital.duckdb")
    with duckdb.connect(file, read_only=True) as source, psycopg.connect(address, autocommit=True) as target:
        target.execute("CREATE SCHEMA cdm")
        for table in _tables(hospital):
            columns = [row[:2] for row in source.execute(f"DESCRIBE {table}").fetchall()]
            spelled = ", ".join(f'"{name}" {kinds.get(kind.split("(")[0], kind)}' for name, kind in columns)
            target.execute(f"CREATE TABLE cdm.{table} ({spelled})")
            with target.cursor().copy(f"COPY cdm.{table} FROM STDIN") as copy:
                for row in source.execute(f"SELECT * FROM {table}").fetchall():
                    copy.write_row(row)
    assert _run(reader(address, "cdm"), hospital / "labels.csv", tmp_path / "out", "--schema", "cdm") == known
    # Without --schema it is found: only one schema holds OMOP's tables.
    assert _run(address, hospital / "labels.csv", tmp_path / "found") == known
