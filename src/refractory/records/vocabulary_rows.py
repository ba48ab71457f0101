"""The few rows of the source's vocabulary that its records need: names, units, strengths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from refractory.records.narrow import list_ids
from refractory.records.reading import RawTable
from refractory.records.source import bound_kinds
from refractory.records.store import keep_rows

if TYPE_CHECKING:
    from refractory.records.source import Source
    from refractory.records.store import Store

_STRENGTH = ("amount", "numerator", "denominator")


def find_ids(store: Store, columns: Iterable[tuple[RawTable, str]]) -> list[int]:
    """Find the concept ids in columns of raw tables, those that are there; 0 is no concept."""
    parts = [
        f'SELECT {raw.identifier(column)} AS id FROM "{raw.name}"' for raw, column in columns if column in raw.kinds
    ]
    if not parts:
        return []
    found = store.connection.execute(
        f"SELECT DISTINCT id FROM ({' UNION ALL '.join(parts)}) WHERE id > 0 ORDER BY id"
    ).fetchall()
    return [int(row[0]) for row in found]


def keep_strengths(source: Source, store: Store, drugs: Iterable[int]) -> RawTable:
    """Keep in `strength` what the source knows of the strength of products.

    Leaves:
        One row per product and ingredient: drug_concept_id, ingredient_concept_id, and value and unit concept of
        amount, numerator and denominator. Empty where the source has no such table.
    """
    raw = _extract(source, store, "drug_strength", "drug_concept_id", list(drugs))
    values = ", ".join(
        f"{raw.number(f'{part}_value')} AS {part}_value, "
        f"{raw.identifier(f'{part}_unit_concept_id')} AS {part}_unit_concept_id"
        for part in _STRENGTH
    )
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE strength AS "
        f"SELECT DISTINCT {raw.integer('drug_concept_id')} AS drug_concept_id, "
        f"{raw.identifier('ingredient_concept_id')} AS ingredient_concept_id, {values} FROM raw_drug_strength"
    )
    return RawTable("strength", {f"{part}_unit_concept_id": "int64" for part in _STRENGTH})


def keep_names(source: Source, store: Store, ids: Iterable[int]) -> None:
    """Keep in `concept_name` how the source's vocabulary names concepts: concept_id, concept_name, concept_code."""
    raw = _extract(source, store, "concept", "concept_id", list(ids), ("concept_id", "concept_name", "concept_code"))
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE concept_name AS
        SELECT {raw.integer("concept_id")} AS concept_id, min({raw.text("concept_name")}) AS concept_name,
               min({raw.text("concept_code")}) AS concept_code
        FROM raw_concept GROUP BY ALL
        """
    )


def _extract(
    source: Source, store: Store, table: str, key: str, ids: list[int], columns: tuple[str, ...] = ()
) -> RawTable:
    name = f"raw_{table}"
    if not (source.has(table) and ids):
        keep_rows(store.connection, name, {key: "int64"}, ())
        return RawTable(name, {key: "int64"})
    whole = source.table_later(table)
    chosen = whole.filter(whole[key].isin(list_ids(source, ids, is_later=True)))
    kinds = bound_kinds(table, source.columns(table))
    if columns:
        kinds = {column: kinds[column] for column in columns if column in kinds}
        chosen = chosen.select(*kinds)
    source.extract(chosen, store, name)
    return RawTable(name, kinds)
