"""Diagnoses, procedures, observations and measurements, one row per record and concept set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from refractory.errors import UnitError
from refractory.records.clean import NOT_USED, Reading, column_of, read_extra
from refractory.records.clinical import CLINICAL_TABLES, DRUG, MEASUREMENT, OBSERVATION, ClinicalTable
from refractory.records.reading import RawTable
from refractory.records.schema import Problem
from refractory.records.store import keep_rows
from refractory.records.strength import UNIT_CONCEPTS
from refractory.units import conversion_factor, find_unit

if TYPE_CHECKING:
    from refractory.records.store import Store

# A whole number is the same text whether the source keeps it as 4, 4.0 or '4'.
_NUMBER_AS_TEXT = (
    "CASE WHEN value = floor(value) AND abs(value) < 1e15 THEN CAST(CAST(value AS BIGINT) AS VARCHAR) "
    "ELSE CAST(value AS VARCHAR) END"
)


def value_columns(raw: RawTable) -> dict[str, str]:
    """Say how the columns that hold a result are read; the source's own text stands in for an absent number."""
    value = f"coalesce({raw.number('value_as_number')}, {raw.number('value_source_value')})"
    return {
        "value": value,
        "value_text": raw.text("value_as_string"),
        "has_value": raw.is_written(("value_as_number", "value_source_value")),
        "has_number": raw.is_written(("value_as_number",)),
        "value_concept_id": raw.identifier("value_as_concept_id"),
        "source_text": raw.text("value_source_value"),
        "unit_concept_id": raw.identifier("unit_concept_id"),
        "unit_text": raw.text("unit_source_value"),
        "upper_limit": raw.number("range_high"),
    }


def add_events(store: Store, readings: Sequence[Reading]) -> None:
    """Add the judged rows that can be used to `event`; an observation brings its value along as text.

    Args:
        store: The store.
        readings: How the tables with values are read; empty when none has a row.
    """
    tables = _listed(table for table in CLINICAL_TABLES if table not in (MEASUREMENT, DRUG))
    value, valued = "NULL::VARCHAR", ""
    if any(reading.table is OBSERVATION for reading in readings):
        value = f"coalesce(value_text, {_NUMBER_AS_TEXT}, value_name.concept_name, source_text)"
        observations = read_extra([reading for reading in readings if reading.table is OBSERVATION])
        valued = f"""LEFT JOIN ({observations}) AS observed USING (n)
            LEFT JOIN concept_name AS value_name ON value_name.concept_id = value_concept_id"""
    store.connection.execute(
        f"""
        INSERT INTO event
        SELECT table_name, coalesce(row_id, fresh_id), person_id, concept_set, start_date, end_date, {value}
        FROM judged JOIN belonging USING (n) {valued}
        WHERE fault IS NULL AND table_name IN ({tables})
        ORDER BY ALL
        """
    )


def _listed(tables: Iterable[ClinicalTable]) -> str:
    return ", ".join(f"'{table.name}'" for table in tables)


def judge_values(
    store: Store, readings: Sequence[Reading], wanted: Mapping[str, str | None]
) -> dict[str, list[Problem]]:
    """Keep in `measured` the value of each judged measurement and observation and set, in the unit that is wanted.

    A set that a study takes values of must have one in each row: a number, not below zero, in a unit that can be
    converted. A measurement that no set can use so is left out: its fault in `judged` says why. For other sets a row
    counts without a value too. An observation without a number is no measurement, and nothing is wrong with it.

    Args:
        store: The store.
        readings: How the tables with values are read.
        wanted: The unit that each set's values are wanted in, by set; None: as it is recorded.

    Returns:
        By table one problem per row, set and value that is not used, of rows that are used all the same.
    """
    keep_rows(store.connection, "wanted_unit", {"concept_set": "string"}, [(name,) for name in wanted])
    known = " ".join(f"WHEN {concept} THEN '{unit}'" for concept, unit in UNIT_CONCEPTS.items())
    is_measurement = f"table_name = '{MEASUREMENT.name}'"
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE valued AS
        SELECT n, table_name, row_id, concept_set, value, has_value, has_number, upper_limit,
               coalesce(nullif(named.concept_code, ''), CASE unit_concept_id {known} END, unit_text) AS unit,
               concept_set IN (SELECT concept_set FROM wanted_unit) AS needs_value
        FROM judged JOIN belonging USING (n) JOIN ({read_extra(readings)}) AS extra USING (n)
        LEFT JOIN concept_name AS named ON named.concept_id = unit_concept_id
        WHERE fault IS NULL AND ({is_measurement} OR (table_name = '{OBSERVATION.name}' AND has_number))
        """
    )
    _keep_conversions(store, wanted)
    store.connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE measured AS
        SELECT n, table_name, row_id, valued.concept_set, needs_value, value * factor AS value,
               coalesce(unit_wanted, valued.unit) AS unit, upper_limit * factor AS upper_limit,
               CASE WHEN value IS NULL AND (has_number OR (has_value AND needs_value)) THEN 'value is no number'
                    WHEN value IS NULL AND needs_value THEN 'no value'
                    WHEN conversion.fault IS NOT NULL THEN conversion.fault
                    WHEN needs_value AND value < 0 THEN 'value is below 0' END AS value_fault
        FROM valued JOIN conversion
          ON conversion.concept_set = valued.concept_set AND conversion.unit IS NOT DISTINCT FROM valued.unit
        """
    )
    store.connection.execute(
        f"""
        UPDATE judged SET fault = useless.value_fault
        FROM (SELECT n, min(value_fault) AS value_fault FROM measured WHERE {is_measurement}
              GROUP BY n HAVING bool_and(value_fault IS NOT NULL AND needs_value)) AS useless
        WHERE judged.n = useless.n
        """
    )
    listed = store.connection.execute(
        "SELECT measured.table_name, measured.row_id, value_fault FROM measured JOIN judged USING (n) "
        "WHERE value_fault IS NOT NULL AND fault IS NULL ORDER BY ALL"
    ).fetchall()
    tables = {table.name: table for table in (MEASUREMENT, OBSERVATION)}
    notes: dict[str, list[Problem]] = {name: [] for name in tables}
    for name, row_id, rule in listed:
        notes[name].append(Problem(name, row_id, column_of(rule, tables[name]), rule, NOT_USED, is_left_out=False))
    return notes


def _keep_conversions(store: Store, wanted: Mapping[str, str | None]) -> None:
    pairs = store.connection.execute("SELECT DISTINCT concept_set, unit FROM valued ORDER BY ALL").fetchall()
    rows: list[tuple[str, str | None, float, str | None, str | None]] = []
    for concept_set, unit in pairs:
        to = wanted.get(concept_set)
        try:
            rows.append((concept_set, unit, conversion_factor(unit, to) if to else 1.0, to, None))
        except UnitError:
            rows.append((concept_set, unit, 1.0, to, f"{_say_unit(unit)} cannot be converted to {to}"))
    schema = {
        "concept_set": "string",
        "unit": "string",
        "factor": "float64",
        "unit_wanted": "string",
        "fault": "string",
    }
    keep_rows(store.connection, "conversion", schema, rows)


def add_measurements(store: Store) -> None:
    """Add the judged rows and sets that have a usable value to `measurement`; one that needs none may lack it."""
    store.connection.execute(
        f"""
        INSERT INTO measurement
        SELECT judged.table_name, coalesce(judged.row_id, fresh_id), person_id, measured.concept_set, start_date,
               measured.value, measured.unit, measured.upper_limit
        FROM judged JOIN measured USING (n)
        WHERE fault IS NULL AND (value_fault IS NULL OR NOT needs_value)
          AND (judged.table_name = '{MEASUREMENT.name}' OR measured.value IS NOT NULL)
        ORDER BY ALL
        """
    )


def _say_unit(unit: str | None) -> str:
    """Say a unit; one that is not known may be anything that somebody wrote into the cell, and is not repeated."""
    if not unit:
        return "a value without a unit"
    return f'unit "{unit.strip()}"' if find_unit(unit) else "a unit that is not known"
