"""The dose over time is the same in DuckDB and in PostgreSQL, for a role that may only read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from refractory.dates import Window
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.tapers import derive_dose_times, derive_tapers
from refractory.exposures.timeline import (
    derive_cumulative_doses,
    derive_mean_doses,
    derive_pulse_stretches,
    derive_timeline,
)
from refractory.outcomes.follow_up import derive_observed
from refractory.records.compiling import compile_sql
from refractory.records.store import STORED_AS, Store

SPAN = Window(-60, 150)
BASELINE, FOLLOW_UP = Window(-30, -1), Window(61, 90)
TABLES = {
    "exposures": {
        "person_id": "int64",
        "source_table": "string",
        "row_id": "int64",
        "concept_set": "string",
        "start_date": "date",
        "last_covered_date": "date",
        "has_known_end": "boolean",
        "quantity": "float64",
        "mg_per_unit": "float64",
        "prednisone_factor": "float64",
        "route": "string",
    },
    "cohort": {"person_id": "int64", "day0_date": "date"},
    "periods": {"person_id": "int64", "start_date": "date", "end_date": "date"},
    "deaths": {"person_id": "int64", "death_date": "date"},
}
POSTGRESQL_TYPES = {"DOUBLE": "DOUBLE PRECISION", "VARCHAR": "TEXT"}


def _invent(persons: int = 80) -> dict[str, list[tuple[Any, ...]]]:
    """Invent persons with every kind of exposure, day 0 and observation; some with nothing at all."""
    rng = Random("doses on engines")
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    for person in range(1, persons + 1):
        day_0 = date(2020, 1, 1) + timedelta(days=rng.randrange(400))
        rows["cohort"].append((person, day_0))
        if rng.random() < 0.9:
            first, last = (
                day_0 - timedelta(days=rng.choice([-1, 0, 7, 500])),
                day_0 + timedelta(days=rng.choice([0, 40, 600])),
            )
            rows["periods"].append((person, min(first, last), last))
        if rng.random() < 0.2:
            rows["deaths"].append((person, day_0 + timedelta(days=rng.choice([-3, 20, 90, 900]))))
        for number in range(rng.randrange(9)):
            start = day_0 + timedelta(days=rng.randint(-90, 160))
            length = rng.choice([1, 1, 6, 7, 28, 30, 90])
            end = start + timedelta(days=length - 1)
            mg, factor = rng.choice([(None, 1.0), (5.0, 1.0), (20.0, 1.0), (4.0, 1.25), (0.75, 6.667), (1000.0, 1.25)])
            units = rng.choice([None, 0.5, 1.0, 1.0, 1.5])
            quantity = None if units is None else units * length
            route = rng.choice(["oral", "oral", "intravenous", "unknown"])
            given = ("drug_exposure", number, "steroid", start, end, rng.random() < 0.9, quantity, mg, factor, route)
            rows["exposures"].append((person, *given))
            if rng.random() < 0.2:
                # Written twice, or fetched early.
                early = start - timedelta(days=rng.choice([0, 0, 3]))
                again = ("drug_exposure", 100 + number, "steroid", early, end, True, quantity, mg, factor, route)
                rows["exposures"].append((person, *again))
    return rows


def _questions(store: Store) -> dict[str, Any]:
    """Ask everything in one expression each, from the records to the answer."""
    exposures, cohort, periods, deaths = (store.table(name) for name in TABLES)
    observed = derive_observed(cohort, periods, deaths, SPAN, is_observation_known=True)
    supplies = derive_supplies_once(derive_daily_doses(exposures))
    stretches = derive_pulse_stretches(supplies, 250)
    timeline = derive_timeline(stretches, observed, SPAN, 250)
    goals = {"sustained_days": 28, "off_days": 30, "until_day": 120}
    return {
        "supplies": supplies.select("person_id", "row_id", "start_date", "daily_mg"),
        "observed": observed,
        "unobserved": derive_observed(cohort, periods, deaths, SPAN, is_observation_known=False),
        "timeline": timeline,
        "sums": derive_cumulative_doses(timeline, observed, [BASELINE, Window(1, 90)], unknown_percent=5),
        "means": derive_mean_doses(timeline, observed, [-30, -1, 0, 30, 90], 30),
        "times": derive_dose_times(timeline, observed, [5, 7.5, 10], BASELINE, **goals),
        "tapers": derive_tapers(timeline, observed, BASELINE, FOLLOW_UP, 7),
    }


@pytest.fixture(scope="module")
def duckdb_store() -> Store:
    store = Store()
    for name, rows in _invent().items():
        store.add(name, TABLES[name], rows)
    return store


@pytest.fixture(scope="module")
def connection(postgresql: Callable[[], str]):
    with psycopg.connect(postgresql()) as connection:
        for name, rows in _invent().items():
            kinds = [STORED_AS[kind] for kind in TABLES[name].values()]
            typed = [
                f"{column} {POSTGRESQL_TYPES.get(kind, kind)}" for column, kind in zip(TABLES[name], kinds, strict=True)
            ]
            connection.execute(f"CREATE TABLE {name} ({', '.join(typed)})")
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(kinds))})", rows)
        connection.commit()
        # From here on nothing can be written, no temporary table either.
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()
        yield connection


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Spell a row alike whichever driver hands it over; a driver that hands over Decimal is told apart."""
    return tuple(round(value, 9) if isinstance(value, float) else value for value in row)


@pytest.mark.parametrize(
    "question", ["supplies", "observed", "unobserved", "timeline", "sums", "means", "times", "tapers"]
)
def test_both_engines_give_the_same_rows(question, duckdb_store, connection):
    expression = _questions(duckdb_store)[question]
    expected = sorted(map(_plain, duckdb_store.rows(expression)), key=str)
    found = sorted(map(_plain, connection.execute(compile_sql(expression, "postgres")).fetchall()), key=str)
    assert len(expected) >= 80
    assert found == expected


def test_the_answers_are_of_every_kind(duckdb_store):
    """The invented persons are no easy ones: every status, every reason, pulses, steps up and down."""
    questions = _questions(duckdb_store)
    times = duckdb_store.rows(questions["times"].select("status", "why").distinct())
    assert {status for status, _ in times} == {"REACHED", "CENSORED", "BELOW_AT_BASELINE", "NOT_EVALUABLE"}
    assert {why for _, why in times} == {
        None, "a dose is unknown", "not observed throughout", "no dose at baseline", "observation ends",
    }  # fmt: skip
    steps = duckdb_store.rows(questions["tapers"].select("reductions", "rises"))
    assert max(down or 0 for down, _ in steps) > 0
    assert max(up or 0 for _, up in steps) > 0
    assert duckdb_store.count(questions["timeline"].filter(questions["timeline"].pulse_mg > 0)) > 0
