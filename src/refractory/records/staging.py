"""Staging: rows that a reader took from sheets, REDCap or FHIR, on their way to tables of OMOP.

A reader fills a staged table per table of OMOP: who, when, what, with the codings as they are written and with the
place that the row came from. What follows is the same for every reader: persons and concepts get their ids, and the
tables of OMOP are made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STAGED = "staged"  # the schema, beside the one that holds the tables of OMOP
CODING = "STRUCT(vocabulary VARCHAR, code VARCHAR, name VARCHAR)[]"
_CODING_AS_JSON = '[{"vocabulary":"VARCHAR","code":"VARCHAR","name":"VARCHAR"}]'
LABEL_TABLE = "label"


# One row per record. `person_key` tells the person as the source writes it; `number` is the record's own whole number,
# where all records of the table have one; the origin is the file, the line in it, and the column, field or resource;
# `origin_fields` is the number of what says which column stands behind each column of OMOP, see TranslatedSource.
COMMON = {
    "person_key": "VARCHAR",
    "number": "BIGINT",
    "codings": CODING,
    "origin_file": "VARCHAR",
    "origin_row": "BIGINT",
    "origin_column": "VARCHAR",
    "origin_fields": "INTEGER",
}
STAGED_TABLES: Mapping[str, Mapping[str, str]] = {
    "person": {
        "year_of_birth": "INTEGER",
        "month_of_birth": "INTEGER",
        "day_of_birth": "INTEGER",
        # Where birth is known as days that it may be, and not as a day, a month or a year.
        "birth_earliest": "DATE",
        "birth_latest": "DATE",
        "gender_source_value": "VARCHAR",
        "race_source_value": "VARCHAR",
        "ethnicity_source_value": "VARCHAR",
    },
    "observation_period": {"observation_period_start_date": "DATE", "observation_period_end_date": "DATE"},
    "death": {"death_date": "DATE"},
    "condition_occurrence": {
        "condition_start_date": "DATE",
        "condition_end_date": "DATE",
        "condition_source_value": "VARCHAR",
    },
    "drug_exposure": {
        "drug_exposure_start_date": "DATE",
        "drug_exposure_end_date": "DATE",
        "quantity": "DOUBLE",
        "days_supply": "INTEGER",
        "sig": "VARCHAR",
        "stop_reason": "VARCHAR",
        "drug_source_value": "VARCHAR",
        "route_source_value": "VARCHAR",
        "dose_unit_source_value": "VARCHAR",
        # What the record itself says of the product: mg in one unit, or in one mL.
        "strength_mg": "DOUBLE",
        "strength_per": "VARCHAR",  # "unit" or "mL"
    },
    "procedure_occurrence": {
        "procedure_date": "DATE",
        "procedure_end_date": "DATE",
        "quantity": "DOUBLE",
        "procedure_source_value": "VARCHAR",
        "modifier_source_value": "VARCHAR",
    },
    "measurement": {
        "measurement_date": "DATE",
        "value_as_number": "DOUBLE",
        "value_source_value": "VARCHAR",
        "unit_source_value": "VARCHAR",
        "range_low": "DOUBLE",
        "range_high": "DOUBLE",
        "measurement_source_value": "VARCHAR",
    },
    "observation": {
        "observation_date": "DATE",
        "value_as_number": "DOUBLE",
        "value_as_string": "VARCHAR",
        "unit_source_value": "VARCHAR",
        "observation_source_value": "VARCHAR",
    },
    LABEL_TABLE: {
        "item": "VARCHAR",
        "value": "VARCHAR",
        "earliest": "DATE",
        "latest": "DATE",
        "reviewer": "VARCHAR",
    },
}
# The concept columns of each table begin so.
STEMS = {
    "condition_occurrence": "condition",
    "drug_exposure": "drug",
    "procedure_occurrence": "procedure",
    "measurement": "measurement",
    "observation": "observation",
}


@dataclass(frozen=True)
class Coding:
    """One code of a record: its coding system as OMOP names it, the code, and what the source calls it."""

    vocabulary: str
    code: str
    name: str = ""


def columns_of(table: str) -> dict[str, str]:
    """Return the columns of a staged table with their types."""
    return {**COMMON, **STAGED_TABLES[table]}


def build_staged_tables(connection: Any, catalog: str) -> None:
    """Create every staged table, empty, in a schema of its own."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{STAGED}")
    for table in STAGED_TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
        connection.execute(f"CREATE TABLE {catalog}.{STAGED}.{table} ({columns})")


def stage_rows(connection: Any, catalog: str, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Append rows given in Python to a staged table.

    Args:
        connection: The connection that the staged tables live in.
        catalog: Their catalog.
        table: Name of the table.
        rows: Values by column; a column that is left out is null. `codings` is a sequence of Coding.

    Returns:
        The number of rows.
    """
    kinds = columns_of(table)
    names = list(kinds)
    lists: list[list[Any]] = [[] for _ in names]
    count = 0
    for row in rows:
        count += 1
        for place, name in enumerate(names):
            value = row.get(name)
            lists[place].append(_write_codings(value or ()) if name == "codings" else value)
    if count:
        values = ", ".join(
            f"from_json(unnest(${place}::VARCHAR[]), '{_CODING_AS_JSON}')"
            if name == "codings"
            else f"unnest(${place}::{kinds[name]}[])"
            for place, name in enumerate(names, start=1)
        )
        connection.execute(f"INSERT INTO {catalog}.{STAGED}.{table} SELECT {values}", lists)
    return count


def _write_codings(codings: Sequence[Coding]) -> str:
    return json.dumps([{"vocabulary": one.vocabulary, "code": one.code, "name": one.name or None} for one in codings])
