"""Lines of treatment inside PostgreSQL, by a role that may only read, are those of DuckDB and of the fold in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import ibis
import psycopg
import pytest
from tests.courses import COURSE, FIRST, Row, line_of_each_course, lines_folded, lines_inside_an_engine

from refractory.exposures.courses import (
    classify_discontinuation,
    derive_courses,
    derive_exposures_before,
    derive_systemic_exposures,
)
from refractory.exposures.line_definition import LineDefinition
from refractory.records.compiling import compile_sql
from refractory.records.store import Store

EXPOSURE = {
    "source_table": "string",
    "row_id": "int64",
    "person_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "last_covered_date": "date",
    "has_known_end": "boolean",
    "route": "string",
    "stop_reason": "string",
}
COHORT = {"person_id": "int64", "day0_date": "date"}
_KINDS = {"int64": "bigint", "string": "text", "date": "date", "boolean": "boolean"}
DEFINITION = LineDefinition(
    among="drugs", least="5 days", routes=["oral"], unknown_route="left out", covers={"c": "90 days"}
)


def _day(number: int) -> Any:
    return FIRST + timedelta(days=number)


def _draw_courses(persons: int, rng: Random) -> list[Row]:
    rows: list[Row] = []
    for person in range(persons):
        seen = rng.choice([None, _day(rng.randint(0, 900))])
        for drug in "abcdef":
            start = rng.choice([0, 1, 30, 31, 61, 62, rng.randint(0, 300)])
            for _ in range(rng.randint(0, 3)):
                length = rng.choice([1, 4, 5, 30, 31, 61, 120])
                days = (_day(start), _day(start + length - 1))
                rows.append((person, drug, *days, length, rng.random() < 0.8, seen))
                start += length + rng.randint(61, 120)
    return rows


def _draw_exposures(persons: int, rng: Random) -> list[Row]:
    rows = []
    for number in range(persons * 12):
        start = rng.randint(0, 500)
        last = start + rng.choice([0, 0, 27, 29, 30, 59, 60, 61])
        route = rng.choice(["oral", "oral", "oral", "topical", "unknown"])
        who = (rng.randint(1, persons), rng.choice("abcz"))
        rows.append(
            ("drug_exposure", number, *who, _day(start), _day(last), rng.random() < 0.9, route, rng.choice([None, "x"]))
        )
    return rows


def _fill(connection: Any, name: str, schema: dict[str, str], rows: Sequence[Row]) -> None:
    columns = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in schema.items())
    connection.execute(f"CREATE TABLE cdm.{name} ({columns})")
    with connection.cursor().copy(f"COPY cdm.{name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[Row]]:
    rng = Random(20)
    cohort = [(person, _day(rng.randint(100, 400))) for person in range(1, 61)]
    return {"courses": _draw_courses(80, rng), "exposures": _draw_exposures(60, rng), "cohort": cohort}


@pytest.fixture
def ask(
    drawn: dict[str, list[Row]], postgresql: Callable[[], str], reader: Callable[[str, str], str]
) -> Callable[[Any], list[Row]]:
    """Run an expression over cdm.courses, cdm.exposures and cdm.cohort as a role that may only read."""
    address = postgresql()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA cdm")
        for name, schema in (("courses", COURSE), ("exposures", EXPOSURE), ("cohort", COHORT)):
            _fill(connection, name, schema, Random(7).sample(drawn[name], len(drawn[name])))
    readable = reader(address, "cdm")

    def run(expression: Any) -> list[Row]:
        with psycopg.connect(readable) as connection:
            return connection.execute(compile_sql(expression, "postgres")).fetchall()

    return run


def _embedded(drawn: dict[str, list[Row]]) -> Store:
    store = Store()
    for name, schema in (("courses", COURSE), ("exposures", EXPOSURE), ("cohort", COHORT)):
        store.add(name, schema, drawn[name])
    return store


def test_lines_and_the_line_of_each_course(drawn, ask):
    store = _embedded(drawn)
    there = ibis.table(COURSE, name="courses", database="cdm")
    lines = lines_inside_an_engine(ask, there, DEFINITION)
    assert lines == lines_inside_an_engine(store.rows, store.table("courses"), DEFINITION)
    assert lines == lines_folded(drawn["courses"], DEFINITION)
    assert {row[7] for row in lines} == {"first", "switch", "add-on", "restart", "undecided"}
    assert line_of_each_course(ask, there, DEFINITION) == line_of_each_course(
        store.rows, store.table("courses"), DEFINITION
    )


def test_discontinuations(drawn, ask):
    store = _embedded(drawn)
    ends = [
        sorted(run(classify_discontinuation(courses, 60)), key=lambda row: row[:3])
        for run, courses in (
            (ask, ibis.table(COURSE, name="courses", database="cdm")),
            (store.rows, store.table("courses")),
        )
    ]
    assert ends[0] == ends[1]
    assert {row[7] for row in ends[0]} == {"discontinued", "continued", "not observed long enough"}


def test_courses_of_systemic_drugs_before_day_0(drawn, ask):
    store = _embedded(drawn)

    def derive(exposures: Any, cohort: Any) -> Any:
        systemic = derive_systemic_exposures(exposures, ("a", "b", "c"), DEFINITION)
        courses = derive_courses(derive_exposures_before(systemic, cohort), DEFINITION)
        return courses.select("person_id", "drug", "start_date", "end_date", "covered_days", "has_known_end")

    there = [
        ibis.table(schema, name=name, database="cdm") for name, schema in (("exposures", EXPOSURE), ("cohort", COHORT))
    ]
    found = sorted(ask(derive(*there)))
    assert found == sorted(store.rows(derive(store.table("exposures"), store.table("cohort"))))
    assert {row[1] for row in found} == {"a", "b", "c"}
