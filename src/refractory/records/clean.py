"""Records that can be used: typed, of a person, of a possible day, each once; what is not goes into the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.records.clinical import ClinicalTable
from refractory.records.membership import Membership
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


@dataclass(frozen=True)
class Judged:
    """What became of the rows of a table that were handed over.

    Args:
        used: Rows that may be used.
        listed: Rows that are left out, each with its reason in the list of problems.
        not_named: Rows that no concept set names on a closer look.
    """

    used: int
    listed: int
    not_named: int


def keep_typed(store: Store, table: ClinicalTable, raw: RawTable, extra: dict[str, str]) -> None:
    """Keep the raw rows as `typed`, the columns that every clinical table has under one name.

    Args:
        store: The store.
        table: The table of OMOP.
        raw: The rows as handed over.
        extra: Further columns, by name, as expressions over the raw table.
    """
    others = raw.all_but(table.key)
    more = "".join(f", {expression} AS {name}" for name, expression in extra.items())
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE typed AS
        SELECT row_number() OVER () AS n,
               {raw.integer(table.key)} AS row_id,
               {raw.integer("person_id")} AS person_id,
               {raw.identifier(table.concept)} AS concept_id,
               {raw.identifier(table.source_concept)} AS source_concept_id,
               {raw.text(table.source_value)} AS source_value,
               {raw.date(table.starts)} AS start_date,
               {raw.is_written(table.starts)} AS has_start,
               {raw.date(table.ends)} AS end_date,
               {raw.is_written(table.ends)} AS has_end,
               hash({others}) AS content{more}
        FROM "{raw.name}"
        """
    )


def keep_judged(store: Store, membership: Membership, table: ClinicalTable) -> None:
    """Keep the typed rows that a set names as `judged`, with what is wrong with each.

    The first that is wrong counts, in this order: no such person, a copy of another row, no start date, a start that
    cannot be read, before birth, after death, in the far future. Of rows that are copies of each other the one with
    the lowest key is used. An end before the start is not used; the row is.

    Leaves:
        One row per record: the columns of `typed`, fault, end_fault, copies_of_key, fresh_id (a key for a row that
        has none: below zero, the same whatever the order of the rows).
    """
    membership.derive("typed", table.name)
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH numbered AS (SELECT *, {_numbers(store)} FROM typed SEMI JOIN belonging USING (n))
        SELECT numbered.* EXCLUDE (end_date),
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
                    WHEN year(start_date) > {LAST_YEAR} THEN 'starts after the year {LAST_YEAR}' END AS fault
        FROM numbered LEFT JOIN person USING (person_id) LEFT JOIN death USING (person_id)
        """
    )


def _numbers(store: Store) -> str:
    """Number the copies of a row, the rows of a key and the rows without a key, where there are any of these."""
    ((is_each_once, is_each_key_once),) = store.connection.execute(
        "SELECT count(*) = count(DISTINCT content), count(*) = count(DISTINCT row_id) FROM typed"
    ).fetchall()
    same = "PARTITION BY content, person_id, start_date, concept_id ORDER BY row_id NULLS LAST, n"
    told = "person_id, start_date, end_date, concept_id, source_concept_id, source_value"
    without_key = f"PARTITION BY row_id IS NULL ORDER BY {told}, content, n"
    copy = "1" if is_each_once else f"row_number() OVER ({same})"
    # Rows of one key that differ; a key whose rows are copies of each other is no problem of its own.
    copies_of_key = "1" if is_each_key_once else "count(DISTINCT content) OVER (PARTITION BY row_id)"
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


def list_faults(store: Store, table: ClinicalTable) -> tuple[Problem, ...]:
    """List what is wrong with the judged rows, one line a row and rule."""
    listed = store.connection.execute(
        """
        SELECT row_id, fault, true FROM judged WHERE fault IS NOT NULL
        UNION ALL
        SELECT row_id, end_fault, false FROM judged WHERE fault IS NULL AND end_fault IS NOT NULL
        UNION ALL
        SELECT row_id, 'row id is there more than once', false FROM judged
        WHERE fault IS NULL AND row_id IS NOT NULL AND copies_of_key > 1
        ORDER BY ALL
        """
    ).fetchall()
    return tuple(
        Problem(table.name, row_id, column_of(rule, table), rule, _done(rule, is_left_out), is_left_out=is_left_out)
        for row_id, rule, is_left_out in listed
    )


def _done(rule: str, is_left_out: bool) -> str:
    if is_left_out:
        return LEFT_OUT
    return "every row used" if rule.startswith("row id") else NOT_USED


def count_judged(store: Store) -> Judged:
    """Count what became of the rows that were handed over."""
    ((handed, named, used),) = store.connection.execute(
        "SELECT (SELECT count(*) FROM typed), count(*), count(*) FILTER (fault IS NULL) FROM judged"
    ).fetchall()
    return Judged(used, named - used, handed - named)
