"""What the reading left out or mended, flagged by rule while its working tables are still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from refractory.records.clean import DAYS_AFTER_DEATH, LAST_YEAR
from refractory.records.clinical import CLINICAL_TABLES
from refractory.records.quality import FLAG, FLAGS, flag_rows
from refractory.records.source import quoted
from refractory.records.store import fill, keep_rows
from refractory.units import find_unit

if TYPE_CHECKING:
    from refractory.records.schema import Problem
    from refractory.records.store import Store

_RULE_OF_FAULT = {
    "no start date": "date_missing",
    "start date cannot be read": "date_unread",
    "starts before birth": "before_birth",
    f"starts more than {DAYS_AFTER_DEATH} days after death": "after_death",
    f"starts after the year {LAST_YEAR}": "far_future",
    "its person has no row in person": "no_person",
    "exact copy of another row": "exact_copy",
    "ends before it starts": "ends_before_start",
    "end date cannot be read": "end_unread",
    "no value": "no_value",
    "value is no number": "no_value",
    "value is below 0": "below_zero",
}
_RULE_OF_PERSON = {
    "exact copy of another row": "exact_copy",
    "person is there twice": "person_twice",
    "no date of birth can be read": "no_birth",
    "its person has no row in person": "no_person",
}


def starts_of(table: str) -> str:
    """Write the name of the column of the first day, by source table, as an expression of SQL."""
    cases = " ".join(f"WHEN '{one.name}' THEN '{one.starts[0]}'" for one in CLINICAL_TABLES)
    return f"CASE {table} {cases} END"


def _ends_of(table: str) -> str:
    cases = " ".join(f"WHEN '{one.name}' THEN '{one.ends[0]}'" for one in CLINICAL_TABLES if one.ends)
    return f"CASE {table} {cases} END"


def _rule_of(fault: str) -> str:
    cases = " ".join(f"WHEN {quoted(said)} THEN {quoted(rule)}" for said, rule in _RULE_OF_FAULT.items())
    return f"CASE WHEN {fault} LIKE '%converted%' THEN 'unit_not_convertible' ELSE CASE {fault} {cases} END END"


def flag_faults(work: Store) -> None:
    """Flag every record that the reading left out, or used without one of its values.

    Args:
        work: The connection that the working tables of the reading live in, before it is closed.
    """
    run = work.connection.execute
    there = {name for (name,) in run("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}
    if "belonging" not in there:
        return
    column = (
        f"CASE WHEN rule IN ('no_value', 'below_zero') THEN 'value_as_number' "
        f"WHEN rule = 'unit_not_convertible' THEN 'unit_concept_id' WHEN rule = 'no_person' THEN 'person_id' "
        f"WHEN rule IN ('ends_before_start', 'end_unread') THEN {_ends_of('table_name')} "
        f"WHEN rule = 'exact_copy' THEN '' ELSE {starts_of('table_name')} END"
    )
    run(
        f"""
        INSERT INTO {FLAGS}
        WITH told AS (
            SELECT {_rule_of("fault")} AS rule, table_name, row_id, fresh_id, person_id, concept_set
            FROM judged JOIN belonging USING (n) WHERE fault IS NOT NULL
            UNION ALL
            SELECT {_rule_of("end_fault")}, table_name, row_id, fresh_id, person_id, concept_set
            FROM judged JOIN belonging USING (n) WHERE fault IS NULL AND end_fault IS NOT NULL
            UNION ALL
            SELECT 'key_twice', table_name, row_id, fresh_id, person_id, concept_set
            FROM judged JOIN belonging USING (n) WHERE fault IS NULL AND row_id IS NOT NULL AND copies_of_key > 1
        )
        SELECT rule, table_name, row_id, person_id, {column}, concept_set FROM told WHERE rule IS NOT NULL
        """
    )
    if "given" in there:
        flag_rows(work, {rule: _amounts(column, test) for rule, (column, test) in _AMOUNTS.items()})
    if "measured" in there:
        _keep_units(work)
        flag_rows(
            work,
            {
                "unit_not_convertible": _values("value_fault LIKE '%converted%'", "unit_concept_id"),
                "below_zero": _values("measured.value < 0", "value_as_number"),
                "no_value": _values("value_fault IN ('no value', 'value is no number')", "value_as_number"),
                "units_mixed": _MIXED,
            },
        )


_AMOUNTS = {
    "quantity_not_above_zero": ("quantity", "quantity <= 0"),
    "days_supply_not_above_zero": ("days_supply", "given.days_supply <= 0"),
    "days_supply_long": ("days_supply", "given.days_supply > 365"),
}


def _amounts(column: str, test: str) -> str:
    return (
        f"SELECT given.table_name AS source_table, row_id, person_id, '{column}' AS column_name, given.concept_set "
        f"FROM given JOIN judged USING (n) WHERE {test}"
    )


def _values(test: str, column: str) -> str:
    return (
        f"SELECT measured.table_name AS source_table, measured.row_id, person_id, '{column}' AS column_name, "
        f"measured.concept_set FROM measured JOIN judged USING (n) WHERE judged.fault IS NULL AND {test}"
    )


def _keep_units(work: Store) -> None:
    """Keep what each spelling of a unit stands for: IU/L and U/L are one unit, kg and lb are two."""
    spellings = work.connection.execute("SELECT DISTINCT unit FROM valued WHERE unit IS NOT NULL").fetchall()
    known = [(text, find_unit(text)) for (text,) in spellings]
    rows = [(text, f"{unit.family} {unit.factor:g}" if unit else text.strip().lower()) for text, unit in known]
    keep_rows(work.connection, "unit_kind", {"unit": "string", "kind": "string"}, rows)


# Rows in another unit than most values of their set; a unit that cannot be converted is another fault.
_MIXED = """
    WITH kinds AS (SELECT valued.*, kind FROM valued JOIN unit_kind USING (unit)
                   JOIN conversion USING (concept_set, unit) WHERE conversion.fault IS NULL),
         counted AS (SELECT concept_set, kind, count(*) AS rows FROM kinds GROUP BY ALL),
         usual AS (SELECT concept_set, arg_max(kind, (rows, kind)) AS kind FROM counted GROUP BY concept_set)
    SELECT kinds.table_name AS source_table, kinds.row_id, person_id, 'unit_concept_id' AS column_name,
           kinds.concept_set
    FROM kinds JOIN usual ON kinds.concept_set = usual.concept_set JOIN judged USING (n)
    WHERE kinds.kind <> usual.kind
"""


def flag_person_problems(store: Store, problems: Iterable[Problem], *, label_files: Iterable[str]) -> None:
    """Flag what the reading listed of persons, deaths, periods and labels.

    Args:
        store: Holds the table of flags.
        problems: Everything that was not used as written.
        label_files: Names that problems of labels carry as their table.
    """
    labels = set(label_files)
    rows: list[tuple[str, str, int | None, int | None, str, str | None]] = []
    for one in problems:
        if one.table in ("person", "death") and one.row is not None:
            rule = _RULE_OF_PERSON.get(one.rule, "period_unread")
            rows.append((rule, one.table, one.row, one.row, one.column, None))
        elif one.table == "observation_period" and one.row is not None:
            rule = _RULE_OF_PERSON.get(one.rule, "period_unread")
            rows.append((rule, one.table, one.row, None, one.column, None))
        elif one.table in labels:
            rule = "label_unread" if one.is_left_out else "label_without_treatment"
            rows += [(rule, one.table, one.row, None, one.column, None)] * one.rows
    fill(store.connection, FLAGS, list(FLAG.values()), rows)


def count_file_problems(
    problems: Iterable[Problem], tables: Iterable[str]
) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Count what the reader of the files listed, by its rule and what it did.

    Returns:
        Rule, what was done, rows, and where (file and column).
    """
    known = set(tables)
    counts: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[str]] = {}
    for one in problems:
        if one.table in known:
            counts[one.rule, one.done] += one.rows
            place = f"{one.table}: {one.column or one.place}" if one.column or one.place else one.table
            where.setdefault((one.rule, one.done), set()).add(place)
    return [(rule, done, rows, tuple(sorted(where[rule, done]))) for (rule, done), rows in sorted(counts.items())]
