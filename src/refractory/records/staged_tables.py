"""Staged rows as tables of OMOP: persons and records get their ids, and where each row came from is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from refractory.records.staged_concepts import build_concepts
from refractory.records.staging import LABEL_TABLE, STAGED, STAGED_TABLES, STEMS


def build_tables(connection: Any, catalog: str, vocabulary: Collection[str]) -> list[str]:
    """Make the tables of OMOP from the staged ones: ids of persons, of records and of concepts, and the origins.

    A person's key that is a whole number is the id itself where all keys are; else the persons are numbered in the
    order of their keys. A record's codings together are one concept, which has a row in `concept` for each of them,
    so that a concept set that names any of them finds the record. Where the user brings a vocabulary of OMOP, the
    codings that it knows keep its concepts: the first one is the source's own; the first standard one, or the one that
    it maps to, is the record's.

    Args:
        connection: The connection that the staged tables live in.
        catalog: Their catalog.
        vocabulary: Tables of the vocabulary that are there, each under its name with `vocabulary_` before it.

    Returns:
        Names of the tables of OMOP that were made; `person_key`, `origin` and `label` are made beside them.
    """
    run = connection.execute
    main, staged = f"{catalog}.main", f"{catalog}.{STAGED}"
    keys = " UNION ALL ".join(f"SELECT person_key FROM {staged}.{table}" for table in STAGED_TABLES)
    run(
        f"""
        CREATE TABLE {main}.person_key AS
        WITH keys AS (SELECT DISTINCT person_key FROM ({keys}) WHERE person_key IS NOT NULL),
             shape AS (SELECT bool_and(regexp_full_match(person_key, '0|[1-9][0-9]{{0,17}}')) AS is_whole FROM keys)
        SELECT person_key,
               CASE WHEN is_whole THEN TRY_CAST(person_key AS BIGINT)
                    ELSE row_number() OVER (ORDER BY person_key) END AS person_id
        FROM keys, shape
        """
    )
    build_concepts(connection, main, staged, vocabulary)
    made = []
    run(
        f"CREATE TABLE {main}.origin (table_name VARCHAR, row_id BIGINT, person_id BIGINT, "
        "file VARCHAR, row_number BIGINT, column_name VARCHAR, fields INTEGER)"
    )
    for table, own in STAGED_TABLES.items():
        ((rows, is_numbered),) = run(
            f"SELECT count(*), count(number) = count(*) AND count(DISTINCT number) = count(*) FROM {staged}.{table}"
        ).fetchall()
        if not rows and table not in ("person", "drug_exposure", LABEL_TABLE):
            continue
        _build_table(connection, catalog, table, own, is_numbered=bool(is_numbered and rows))
        if table != LABEL_TABLE:
            made.append(table)
    run(f"DROP SCHEMA {staged} CASCADE")
    for table in ("concept_ancestor", "concept_relationship"):
        if table in vocabulary:
            more = f" UNION ALL BY NAME SELECT * FROM {main}.own_ancestor" if table == "concept_ancestor" else ""
            run(f"CREATE VIEW {main}.{table} AS SELECT * FROM {main}.vocabulary_{table}{more}")
            made.append(table)
    return [*made, "concept", "drug_strength"]


def _build_table(connection: Any, catalog: str, table: str, own: Mapping[str, str], *, is_numbered: bool) -> None:
    main, staged = f"{catalog}.main", f"{catalog}.{STAGED}"
    key = "number" if is_numbered else "row_number() OVER (ORDER BY origin_file, origin_row, origin_column, ALL_OF)"
    key = key.replace("ALL_OF", ", ".join(own))
    connection.execute(
        f"""
        CREATE TEMP TABLE made AS
        SELECT {key} AS row_id, person_id, staged.* EXCLUDE (number)
        FROM {staged}.{table} AS staged LEFT JOIN {main}.person_key USING (person_key)
        """
    )
    columns = [name for name in own if not name.startswith("strength_")]
    if table in STEMS:
        stem = STEMS[table]
        same = "made.codings = coding_set.codings" + (
            " AND made.strength_mg IS NOT DISTINCT FROM coding_set.strength_mg"
            " AND made.strength_per IS NOT DISTINCT FROM coding_set.strength_per"
            if table == "drug_exposure"
            else " AND coding_set.strength_mg IS NULL AND coding_set.strength_per IS NULL"
        )
        value = f"{stem}_source_value"
        kept = [f"coalesce({value}, made.codings[1].code) AS {value}" if name == value else name for name in columns]
        connection.execute(
            f"""
            CREATE TABLE {main}.{table} AS
            SELECT row_id AS {table}_id, person_id, {", ".join(f"made.{k}" if " " not in k else k for k in kept)},
                   coalesce(coding_set.concept_id, 0) AS {stem}_concept_id,
                   coalesce(coding_set.source_concept_id, 0) AS {stem}_source_concept_id
            FROM made LEFT JOIN {main}.coding_set ON {same} ORDER BY person_id, row_id
            """
        )
    elif table == "person":
        connection.execute(
            f"CREATE TABLE {main}.person AS SELECT person_id, person_key AS person_source_value, {', '.join(columns)} "
            "FROM made ORDER BY row_id"
        )
    else:
        named = {"observation_period": "observation_period_id", "death": "death_id", LABEL_TABLE: "row_id"}[table]
        connection.execute(
            f"CREATE TABLE {main}.{table} AS SELECT row_id AS {named}, person_id, {', '.join(columns)} "
            "FROM made ORDER BY person_id, row_id"
        )
    connection.execute(
        f"INSERT INTO {main}.origin "
        f"SELECT '{table}', row_id, person_id, origin_file, origin_row, origin_column, origin_fields FROM made"
    )
    connection.execute("DROP TABLE made")
