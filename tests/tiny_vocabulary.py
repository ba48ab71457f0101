"""A source that is nothing but vocabulary tables, in an embedded database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import ibis

CONCEPT = "concept_id {id}, concept_name VARCHAR, vocabulary_id VARCHAR, concept_code VARCHAR"
RELATIONSHIP = "concept_id_1 {id}, concept_id_2 {id}, relationship_id VARCHAR, invalid_reason VARCHAR"
ANCESTOR = "ancestor_concept_id {id}, descendant_concept_id {id}"
KINDS = {"BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "string", "DATE": "date"}


class TinyVocabulary:
    """Vocabulary tables of OMOP; a table that is not given does not exist.

    Args:
        concepts: id, name, vocabulary, code.
        maps: code id, standard id; or with the relationship and the reason why it is no longer valid.
        ancestors: ancestor id, descendant id.
        id_type: How the source types its ids.
        upper_case: True when it writes its columns in capitals.
    """

    def __init__(
        self,
        concepts: Iterable[Sequence[Any]] | None = None,
        maps: Iterable[Sequence[Any]] | None = None,
        ancestors: Iterable[Sequence[Any]] | None = None,
        id_type: str = "BIGINT",
        upper_case: bool = False,
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        self.connection = connection or duckdb.connect(":memory:")
        self.queries: list[str] = []
        full = [(*one, "Maps to", None)[:4] if len(one) == 2 else tuple(one) for one in maps or ()]
        tables = (
            ("concept", CONCEPT, concepts),
            ("concept_relationship", RELATIONSHIP, None if maps is None else full),
            ("concept_ancestor", ANCESTOR, ancestors),
        )
        for name, columns, rows in tables:
            if rows is not None:
                written = columns.format(id=id_type)
                self.add(name, written.upper() if upper_case else written, rows)

    def add(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Make a table from the text of its columns and its rows."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        values = [value for row in rows for value in row]
        if values:
            width = columns.count(",") + 1
            marks = ", ".join(["(" + ", ".join("?" * width) + ")"] * (len(values) // width))
            self.connection.execute(f"INSERT INTO {name} VALUES {marks}", values)

    def has(self, table: str) -> bool:
        return bool(self.columns(table))

    def columns(self, table: str) -> dict[str, str]:
        rows = self.connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]
        ).fetchall()
        return {name.lower(): KINDS[kind] for name, kind in rows}

    def table(self, name: str) -> Any:
        return ibis.table(self.columns(name), name=name)

    table_later = table

    def ids(self, values: Iterable[int]) -> Any:
        rows = [{"id": value} for value in sorted(set(values))]
        literal = ibis.literal(",".join(str(row["id"]) for row in rows))
        return literal.split(",").unnest().cast("int64").name("id").as_table().id

    ids_later = ids

    def rows(self, expression: Any) -> list[tuple[Any, ...]]:
        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        self.queries.append(sql)
        return self.connection.execute(sql).fetchall()
