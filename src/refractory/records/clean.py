"""Records that can be used: typed, of a person, of a possible day, each once; what is not goes into the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.records.clinical import CLINICAL_TABLES, ClinicalTable
from refractory.records.reading import RawTable
from refractory.records.schema import Problem

if TYPE_CHECKING:
    from refractory.records.store import Store

LEFT_OUT = "left out"
NOT_USED = "value not used"

# A record may be dated after death: results and bills come late.
DAYS_AFTER_DEATH = 30
# Midnight of another time zone is the day before birth.
DAYS_BEFORE_BIRTH = 1
LAST_YEAR = 2100
# Who is born later lives in a calendar that was moved to hide the days, as that of MIMIC-IV; up to this age there.
LAST_BIRTH, MOST_YEARS = 2030, 120


@dataclass(frozen=True)
class Judged:
    """What became of the rows of one table.

    Args:
        named: Rows that a concept set names.
        used: Those of them that may be used; the others are left out, each with its reason in the list of problems.
    """

    named: int = 0
    used: int = 0


@dataclass(frozen=True)
class Reading:
    """How the raw rows of one table are read.

    Args:
        table: The table of OMOP.
        raw: The rows as handed over.
        extra: Columns that not every table has, by name, as expressions over the raw table.
    """

    table: ClinicalTable
    raw: RawTable
    extra: Mapping[str, str]


def keep_coded(store: Store, readings: Sequence[Reading]) -> None:
    """Keep the codes of the raw rows of all tables as `coded`: what decides which sets a row belongs to.

    One table for all, and not one for each: every statement about small tables costs the time of planning it.

    Leaves:
        One row per raw row: n (its number among all rows), table_name, row_id, person_id, concept_id,
        source_concept_id, source_value, content (the same for rows that are copies of each other).
    """
    store.connection.execute(f"CREATE OR REPLACE TEMP TABLE coded AS {_union(readings, _read_codes)}")


def _union(readings: Sequence[Reading], read: Callable[[Reading], str]) -> str:
    # The number of a row tells its table too: no table that was handed over has 2^40 rows.
    return " UNION ALL ".join(
        f'SELECT {CLINICAL_TABLES.index(reading.table) << 40} + rowid AS n, {read(reading)} FROM "{reading.raw.name}"'
        for reading in readings
    )


def _read_codes(reading: Reading) -> str:
    table, raw = reading.table, reading.raw
    return f"""
        '{table.name}' AS table_name,
        {raw.integer(table.key)} AS row_id,
        {raw.integer("person_id")} AS person_id,
        {raw.identifier(table.concept)} AS concept_id,
        {raw.identifier(table.source_concept)} AS source_concept_id,
        {raw.text(table.source_value)} AS source_value,
        hash({raw.all_but(table.key)}) AS content
    """


def _read_days(reading: Reading) -> str:
    table, raw = reading.table, reading.raw
    return f"""
        {raw.date(table.starts)} AS start_date,
        {raw.is_written(table.starts)} AS has_start,
        {raw.date(table.ends)} AS end_date,
        {raw.is_written(table.ends)} AS has_end
    """


def read_extra(readings: Sequence[Reading]) -> str:
    """Write the query for the columns that not every table has: one row per raw row, n and the extra columns."""
    return _union(readings, lambda one: ", ".join(f"{read} AS {name}" for name, read in one.extra.items()))


def keep_judged(store: Store, readings: Sequence[Reading]) -> None:
    """Keep the coded rows that a set names as `judged`, dated, with what is wrong with each.

    The first that is wrong counts, in this order: no such person, a copy of another row, no start date, a start that
    cannot be read, before birth, after death, in the far future. Of rows that are copies of each other the one with
    the lowest key is used. An end before the start is not used; the row is.

    Leaves:
        One row per record: the columns of `coded`, start_date, end_date, fault, end_fault, copies_of_key, fresh_id (a
        key for a row that has none: below zero, the same whatever the order of the rows).
    """
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH dated AS ({_union(readings, _read_days)}),
        numbered AS (SELECT *, {_numbers(store)} FROM coded JOIN dated USING (n) SEMI JOIN belonging USING (n))
        SELECT numbered.* EXCLUDE (content, has_start, has_end, copy, end_date),
               CASE WHEN end_date >= start_date THEN end_date END AS end_date,
               CASE WHEN end_date < start_date THEN 'ends before it starts'
                    WHEN has_end AND end_date IS NULL THEN 'end date cannot be read' END AS end_fault,
               CASE WHEN person.person_id IS NULL THEN 'its person has no row in person'
                    WHEN copy > 1 THEN 'exact copy of another row'
                    WHEN NOT has_start THEN 'no start date'
                    WHEN start_date IS NULL THEN 'start date cannot be read'
                    WHEN start_date < birth_earliest - {DAYS_BEFORE_BIRTH} THEN 'starts before birth'
                    WHEN start_date > death_date + {DAYS_AFTER_DEATH}
                        THEN 'starts more than {DAYS_AFTER_DEATH} days after death'
                    WHEN year(start_date) > {LAST_YEAR} AND NOT coalesce(year(birth_earliest) > {LAST_BIRTH}
                             AND year(start_date) <= year(birth_earliest) + {MOST_YEARS}, false)
                        THEN 'starts after the year {LAST_YEAR}' END AS fault
        FROM numbered LEFT JOIN person USING (person_id) LEFT JOIN death USING (person_id)
        """
    )


def _numbers(store: Store) -> str:
    """Number the copies of a row, the rows of a key and the rows without a key, where there are any of these."""
    ((is_each_once, is_each_key_once),) = store.connection.execute(
        "SELECT count(*) = count(DISTINCT content), "
        "count(*) = count(row_id) AND count(*) = count(DISTINCT hash(table_name, row_id)) FROM coded"
    ).fetchall()
    same = "PARTITION BY table_name, content, person_id, start_date, concept_id ORDER BY row_id NULLS LAST, n"
    told = "person_id, start_date, end_date, concept_id, source_concept_id, source_value"
    without_key = f"PARTITION BY table_name, row_id IS NULL ORDER BY {told}, content, n"
    copy = "1" if is_each_once else f"row_number() OVER ({same})"
    # Rows of one key that differ; a key whose rows are copies of each other is no problem of its own.
    copies_of_key = "1" if is_each_key_once else "count(DISTINCT content) OVER (PARTITION BY table_name, row_id)"
    fresh_id = "NULL::BIGINT" if is_each_key_once else f"-row_number() OVER ({without_key})"
    return f"{copy} AS copy, {copies_of_key} AS copies_of_key, {fresh_id} AS fresh_id"


def column_of(rule: str, table: ClinicalTable) -> str:
    """Name the column at fault."""
    if rule == "exact copy of another row":
        return ""
    if rule == "its person has no row in person":
        return "person_id"
    if "converted" in rule:
        return "unit_concept_id"
    if "value" in rule:
        return "value_as_number"
    if rule.startswith("end"):
        return table.ends[0]
    return table.key if rule.startswith("row id") else table.starts[0]


def list_faults(store: Store, tables: Iterable[ClinicalTable]) -> dict[str, list[Problem]]:
    """List what is wrong with the judged rows, one line a row and rule, by table."""
    listed = store.connection.execute(
        """
        SELECT table_name, row_id, fault, true FROM judged WHERE fault IS NOT NULL
        UNION ALL
        SELECT table_name, row_id, end_fault, false FROM judged WHERE fault IS NULL AND end_fault IS NOT NULL
        UNION ALL
        SELECT table_name, row_id, 'row id is there more than once', false FROM judged
        WHERE fault IS NULL AND row_id IS NOT NULL AND copies_of_key > 1
        ORDER BY ALL
        """
    ).fetchall()
    by_name = {table.name: table for table in tables}
    faults: dict[str, list[Problem]] = {name: [] for name in by_name}
    for name, row_id, rule, is_left_out in listed:
        column, done = column_of(rule, by_name[name]), _done(rule, is_left_out)
        faults[name].append(Problem(name, row_id, column, rule, done, is_left_out=is_left_out))
    return faults


def _done(rule: str, is_left_out: bool) -> str:
    if is_left_out:
        return LEFT_OUT
    return "every row used" if rule.startswith("row id") else NOT_USED


def count_judged(store: Store) -> dict[str, Judged]:
    """Count what became of the rows of each table that a set names."""
    counted = store.connection.execute(
        "SELECT table_name, count(*), count(*) FILTER (fault IS NULL) FROM judged GROUP BY table_name"
    ).fetchall()
    return {name: Judged(named, used) for name, named, used in counted}
