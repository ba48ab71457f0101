"""Spark gives the same tables of the same records, however they are written; it writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from refractory.records.from_omop import open_source
from refractory.records.from_spark import SparkSource
from refractory.records.from_spark_session import OpenSession, open_session
from refractory.records.spark_address import parse_spark_address
from refractory.records.store import Store
from spec.records.small_clinic import (
    DIRTY,
    Clinic,
    Form,
    assert_same,
    read,
    write_duckdb,
    write_folder,
)

FORMS = {
    "capitals, time stamps with a zone, narrow ids, exact numbers": Form(
        dates="TIMESTAMPTZ", ids="INTEGER", numbers="DECIMAL(18,3)", is_upper=True
    ),
    "dates as digits, ids and numbers as text, rows in another order": Form("digits", "VARCHAR", "VARCHAR", seed=7),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return read(write_duckdb(tmp_path_factory.mktemp("expected") / "clinic.duckdb", DIRTY))


@pytest.fixture
def session(spark_connect) -> Iterator[Any]:
    """A session of the Connect server that is not the program's."""
    session = open_session(parse_spark_address(spark_connect)).session
    yield session
    session.stop()


@pytest.fixture
def databases(session, tmp_path) -> Iterator[Callable[..., None]]:
    """Make databases in the catalogue of the Connect server over a clinic's files; they go with the test."""
    made = []

    def make(name: str, clinic: Clinic) -> None:
        made.append(name)
        session.sql(f"CREATE DATABASE {name}")
        for file in write_folder(tmp_path / name, "parquet", clinic).glob("*.parquet"):
            session.sql(f"CREATE TABLE {name}.{file.stem} USING parquet OPTIONS (path '{file}')")

    yield make
    for name in made:
        session.sql(f"DROP DATABASE {name} CASCADE")


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_of_parquet(spark_connect, tmp_path, expected, form):
    folder = write_folder(tmp_path / "clinic", "parquet", DIRTY, FORMS[form])
    elsewhere = "spark.sql.session.timeZone=Asia/Tokyo"
    assert_same(read(f"{spark_connect}?parquet={folder}&{elsewhere}"), expected)


def test_a_column_that_only_some_files_of_a_table_have(spark_connect, tmp_path):
    folder = write_folder(tmp_path / "clinic", "parquet")
    (folder / "death.parquet").unlink()
    (folder / "death").mkdir()
    for number, columns in enumerate(
        ("1 AS person_id, DATE '2020-01-01' AS death_date", "2 AS person_id, '7' AS cause")
    ):
        duckdb.execute(f"COPY (SELECT {columns}) TO '{folder / 'death' / f'part-{number}.parquet'}'")
    source = open_source(f"{spark_connect}?parquet={folder}")
    assert source.columns("death").keys() == {"person_id", "death_date", "cause"}
    death = source.table("death")
    found = source.rows(death.select("person_id", "death_date", "cause").order_by("person_id"))
    assert found == [(1, date(2020, 1, 1), None), (2, None, "7")]
    source.close()


def test_tables_of_a_database_with_the_vocabulary_beside_it_and_nothing_is_ever_written(
    spark_connect, session, databases, tmp_path, expected
):
    vocabulary = {name for name in DIRTY.drawn if name.startswith("concept") or name == "drug_strength"}
    databases("cdm", Clinic({name: text for name, text in DIRTY.drawn.items() if name not in vocabulary}))
    databases("words", Clinic({name: text for name, text in DIRTY.drawn.items() if name in vocabulary}))

    def state():
        files = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
        held = [tuple(row) for name in ("cdm", "default") for row in session.sql(f"SHOW TABLES IN {name}").collect()]
        return files, held, [tuple(row) for row in session.sql("SHOW DATABASES").collect()]

    before = state()
    # Only one database holds a person table.
    assert_same(read(spark_connect), expected)
    assert state() == before
    databases("older", Clinic({"person": "person_id\n1"}))
    for name in ("CDM", "spark_catalog.cdm"):
        source = open_source(spark_connect, name)
        assert source.count("person") == 4
        source.close()


def make_source(session: Any, select: str) -> SparkSource:
    """A source whose table of deaths is the answer to a query."""
    source = SparkSource(name="a test", opened=OpenSession(session, lambda: None))
    session.sql(select).createOrReplaceTempView("refractory_death")
    source.describe({"death": ("refractory_death",)})
    return source


ODD = """
    SELECT CAST(1 AS TINYINT) AS person_id, TIMESTAMP '2020-01-01 23:30:00-02:00' AS death_date,
           TIMESTAMP_NTZ '2020-01-01 23:30:00' AS plain, CAST(0.1 AS DECIMAL(20, 5)) AS exact, true AS flag,
           array(1, 2) AS listed, named_struct('a', 1) AS nested, INTERVAL '3' DAY AS span, X'4142' AS raw,
           NULL AS nothing, 'x' AS `Odd ``name``. with: all`
"""


def test_types_that_only_spark_has_become_those_that_the_store_knows(session):
    source = make_source(session, ODD)
    assert source.columns("death") == {
        "person_id": "int64",
        "death_date": "timestamp('UTC')",
        "plain": "timestamp",
        "exact": "float64",
        "flag": "boolean",
        **dict.fromkeys(("listed", "nested", "span", "raw", "nothing", "odd `name`. with: all"), "string"),
    }
    store = Store(source.connect_store())
    assert source.extract(source.table("death"), store, "raw_death") == 1
    ((*row,),) = store.connection.execute("SELECT * FROM raw_death").fetchall()
    assert row[:5] == [1, datetime(2020, 1, 2, 1, 30), datetime(2020, 1, 1, 23, 30), 0.1, True]
    assert row[5:] == ["[1, 2]", "{1}", "INTERVAL '3' DAY", "AB", None, "x"]
    assert not any(isinstance(value, Decimal) for (value, *_) in source.rows(source.table("death").select("exact")))


def test_no_row_is_handed_over_as_a_table_without_rows(session):
    source = make_source(session, f"{ODD} LIMIT 0")
    store = Store(source.connect_store())
    assert source.extract(source.table("death"), store, "raw_death") == 0
    assert store.connection.execute("SELECT count(*) FROM raw_death").fetchall() == [(0,)]
    assert source.rows(source.table("death")) == []


def test_a_list_of_ids_chooses_its_rows_whether_it_holds_none_or_a_hundred_thousand(session):
    source = make_source(session, "SELECT id AS person_id, DATE '2020-01-01' AS death_date FROM range(1000)")
    death = source.table("death")

    def chosen(ids) -> int:
        found = death.filter(death.person_id.isin(source.ids(ids)))
        ((rows,),) = source.rows(found.aggregate(rows=found.count()))
        return rows

    assert chosen([]) == 0
    assert chosen([999, 7, 7, 2_000]) == 2
    assert chosen(range(0, 200_000, 2)) == 500
