"""DuckDB, PostgreSQL and Spark give the rows of the slow twins for some hundred histories, in any order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from math import isclose
from typing import TYPE_CHECKING, Any

import ibis
import psycopg
import pytest

from engines import Engine, InDuckdb
from refractory.cohort.refractory import DrugsTaken, RefractoryDefinition, derive_courses_before, require_failed_drugs
from refractory.cohort.time_zero import DiseaseDefinition, derive_candidates, require_disease, require_washout
from refractory.exposures.cycles import derive_cycle_doses, derive_cycles, derive_infusion_days
from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.exposures.treatment import CycleDefinition
from refractory.records.adjudicated import FINAL_LABEL
from refractory.records.from_omop import open_source
from refractory.records.store import Store
from twins.histories import (
    SCHEMAS,
    SETS,
    Histories,
    draw_histories,
    has_known_end,
    last_day,
    twin_candidates,
    twin_courses,
    twin_cycle_weights,
    twin_cycles,
    twin_daily_doses,
    twin_disease,
    twin_dose_stretches,
    twin_eras,
    twin_infusion_days,
    twin_washout,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

    Tables = Mapping[str, ir.Table]

HISTORIES = 300
SPLIT, LATE_AFTER, WEIGHT_WINDOW = 7, 42.0, 60
CYCLES = CycleDefinition(split="7 days", planned="28 days", late=1.5, weight_window="60 days")
LEAST_DAYS = {"methotrexate": 56, "prednisone": 28}
ROUTES = ["oral", "intravenous"]
RULE = RefractoryDefinition(among="drugs", adequate={"methotrexate": "56 days", "*": "28 days"}, routes=ROUTES)


def _cycles(tables: Tables) -> ir.Table:
    return derive_cycles(derive_infusion_days(tables["drug"]), CYCLES)


def _courses(tables: Tables) -> ir.Table:
    exposures = derive_exposures(tables["drug"])
    nobody = ibis.table(FINAL_LABEL, name="final_labels").filter(ibis.literal(False))
    taken = DrugsTaken(exposures, derive_daily_doses(exposures), tables["measurement"], nobody)
    return derive_courses_before(tables["candidate"], taken, SETS, RULE)


def _twin_courses(histories: Histories) -> Iterator[tuple[Any, ...]]:
    return twin_courses(histories, [*ROUTES, "unknown"], 30, LEAST_DAYS)


def _twin_failed(histories: Histories) -> Iterator[tuple[Any, ...]]:
    tried: dict[int, set[str]] = {}
    for person, drug, *_, counts in _twin_courses(histories):
        tried.setdefault(person, set()).update([drug] if counts else [])
    return ((person, len(drugs)) for person, drugs in tried.items() if len(drugs) >= 1)


def _eras(days: int) -> tuple[Callable[[Tables], ir.Table], Callable[[Histories], Iterable[tuple[Any, ...]]]]:
    columns = ["person_id", "concept_set", "start_date", "end_date", "covered_days", "exposures", "stop_reason"]
    return (
        lambda tables: derive_eras(derive_exposures(tables["drug"]), days).select(*columns, "has_known_end"),
        lambda histories: twin_eras(histories, days),
    )


# What is asked of an engine, in one query each, and the slow twin of it.
QUESTIONS: dict[str, tuple[Callable[[Tables], ir.Table], Callable[[Histories], Iterable[tuple[Any, ...]]]]] = {
    "exposures": (
        lambda tables: derive_exposures(tables["drug"]).select("row_id", "last_covered_date", "has_known_end"),
        lambda histories: ((row["row_id"], last_day(row), has_known_end(row)) for row in histories.drug),
    ),
    "eras of days without a gap": _eras(1),
    "eras across a week": _eras(7),
    "eras across 30 days": _eras(30),
    "infusion days": (
        lambda tables: derive_infusion_days(tables["drug"]).select(
            "person_id", "infusion_date", "grams", "product", "records"
        ),
        twin_infusion_days,
    ),
    "cycles": (_cycles, lambda histories: twin_cycles(histories, SPLIT, 28, LATE_AFTER, 180)),
    "grams per kg": (
        lambda tables: derive_cycle_doses(_cycles(tables), tables["measurement"], CYCLES).select(
            "person_id", "cycle", "weight_kg", "grams_per_kg"
        ),
        lambda histories: twin_cycle_weights(histories, SPLIT, WEIGHT_WINDOW),
    ),
    "daily doses": (
        lambda tables: derive_daily_doses(derive_exposures(tables["drug"])).select(
            "row_id", "covered_days", "daily_mg"
        ),
        twin_daily_doses,
    ),
    "dose stretches": (
        lambda tables: derive_dose_stretches(
            derive_daily_doses(derive_exposures(tables["drug"]).mutate(drug=tables["drug"].concept_set))
        ),
        twin_dose_stretches,
    ),
    "candidates": (lambda tables: derive_candidates(derive_exposures(tables["drug"])), twin_candidates),
    "washout": (
        lambda tables: require_washout(
            derive_candidates(derive_exposures(tables["drug"])), derive_exposures(tables["drug"]), 60
        ),
        lambda histories: twin_washout(histories, 60),
    ),
    "three codes of the disease": (
        lambda tables: require_disease(
            tables["candidate"].drop("diagnosis_date"),
            tables["event"],
            DiseaseDefinition(concept="disease", at_least=3, apart="30 days"),
        ),
        lambda histories: twin_disease(histories, 3, 30),
    ),
    "courses before day 0": (
        lambda tables: _courses(tables).select(
            "person_id", "concept_set", "start_date", "end_date", "covered_days", "exposures", "adequacy", "counts"
        ),
        _twin_courses,
    ),
    "drugs that failed": (
        lambda tables: require_failed_drugs(tables["candidate"], _courses(tables), 1).select(
            "person_id", "drugs_before"
        ),
        _twin_failed,
    ),
}


def in_order(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Order rows by their texts, dates and whole numbers: those hold the key of each question's rows."""
    return sorted(rows, key=lambda row: [str(value) for value in row if not isinstance(value, float)])


def find_differences(found: Iterable[tuple[Any, ...]], expected: Iterable[tuple[Any, ...]]) -> list[Any]:
    """List the rows that differ; numbers with a fraction may do so by rounding."""
    ours, theirs = in_order(found), in_order(expected)
    if len(ours) != len(theirs):
        return [f"{len(ours)} rows instead of {len(theirs)}", *set(ours).symmetric_difference(theirs)][:7]
    return [(one, other) for one, other in zip(ours, theirs, strict=True) if not all(map(is_same, one, other))][:7]


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and one == other


@pytest.fixture(scope="module")
def histories() -> Histories:
    return draw_histories(HISTORIES)


@pytest.fixture(scope="module")
def engines(histories, postgresql_engine, spark_engine) -> Iterator[list[Engine]]:
    """The three engines, each with every table as it was drawn and shuffled."""
    every = [Engine("duckdb", InDuckdb()), postgresql_engine, spark_engine]
    for number, engine in enumerate(every):
        for name, schema in SCHEMAS.items():
            engine.add(name, schema, histories.rows(name))
            engine.add(f"{name}_shuffled", schema, histories.rows(name, seed=number))
    yield every
    for engine in every:
        engine.clear()


def test_the_histories_hold_what_is_hard(histories):
    """Days before 1970 and after 2038, on a leap day; two records of one day; unknown doses and ends; ties."""
    days = [row["start_date"] for row in histories.drug]
    assert len(histories.drug) > 5 * HISTORIES
    assert {date(1960, 1, 1) > day for day in days} == {True, False}
    assert {date(2038, 1, 19) < day for day in days} == {True, False}
    assert any((day.month, day.day) == (2, 29) for day in days)
    per_day = [len(rows) for _, rows in histories.drugs_by("person_id", "concept_set", "start_date")]
    assert sum(1 for count in per_day if count > 1) > HISTORIES / 10
    assert {has_known_end(row) for row in histories.drug} == {True, False}
    for ask in QUESTIONS.values():
        assert len(list(ask[1](histories))) > HISTORIES / 10


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_engine_gives_the_rows_of_the_slow_twin(engines, histories, name):
    ask, answer_slowly = QUESTIONS[name]
    expected = list(answer_slowly(histories))
    differences = {}
    for engine in engines:
        for ending in ("", "_shuffled"):
            tables = {table: engine.table(f"{table}{ending}") for table in SCHEMAS}
            differences[f"{engine.name}{ending}"] = find_differences(engine.rows(ask(tables)), expected)
    assert {where: found for where, found in differences.items() if found} == {}


def test_a_difference_of_one_day_in_one_row_would_be_found(histories):
    rows = list(twin_eras(histories, 30))
    changed = [*rows[:-1], (*rows[-1][:4], rows[-1][4] + 1, *rows[-1][5:])]
    assert find_differences(rows, rows) == []
    assert len(find_differences(changed, rows)) == 1
    assert find_differences(rows[:-1], rows) != []


def test_a_role_that_may_only_select_can_ask_every_question(postgresql, reader, histories):
    """The questions run inside the source, as they would on a whole population, without a temporary table."""
    address = postgresql()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA cdm")
        kinds = {
            "int64": "bigint",
            "float64": "double precision",
            "string": "text",
            "date": "date",
            "boolean": "boolean",
        }
        for name, schema in SCHEMAS.items():
            typed = ", ".join(f'"{column}" {kinds[kind]}' for column, kind in schema.items())
            connection.execute(f'CREATE TABLE cdm."{name}" ({typed})')
            with connection.cursor() as cursor, cursor.copy(f'COPY cdm."{name}" FROM STDIN') as copy:
                for row in histories.rows(name):
                    copy.write_row(row)
        connection.execute("CREATE TABLE cdm.person (person_id bigint)")
    source = open_source(reader(address, "cdm"))
    source.connection.execute("SET search_path = cdm")
    store, embedded = Store(source.connect_store()), Store()
    tables = {name: embedded.declare(name, schema) for name, schema in SCHEMAS.items()}
    for name, (ask, answer_slowly) in QUESTIONS.items():
        expected = list(answer_slowly(histories))
        assert source.extract(ask(tables), store, "answer") == len(expected), name
        found = store.connection.execute("SELECT * FROM answer").fetchall()
        assert find_differences(found, expected) == [], name
        assert len(source.rows(ask(tables))) == len(expected), name
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        source.connection.execute("CREATE TEMP TABLE t (a int)")
    source.close()
