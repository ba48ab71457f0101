"""Writes cohort_definitions.csv: what two other programs find for the definitions of circe_notation.

Run where ohdsi-circepy 0.3.0 and duckcdm 0.4.7 can be imported, with tests/ on the path:

    python tests/reference/cohort_definitions.py

`ohdsi-circepy` finds persons and days by expressions of its own for each part of a definition, and shares no line with
the original's queries; `duckcdm` writes the original's queries, run here as they are. A definition that one of them
cannot carry out has no row of it.
"""

from __future__ import annotations

import csv
import json
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))
from circe_notation import DEFINITIONS, invent_clinic

SEED = 11
COHORT_TABLE = (
    "CREATE TABLE cohort (cohort_definition_id INT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE)"
)
Rows = list[tuple[object, ...]]


def find_by_queries(database: Path, definition: dict[str, object]) -> Rows:
    """Run the original's queries."""
    from duckcdm.circe import build_cohort_query
    from duckcdm.sqlrender import render, translate

    query = build_cohort_query(definition, cdm_schema="clinic.main", target_table="main.cohort", cohort_id=1)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{database}' AS clinic (READ_ONLY)")
        connection.execute(COHORT_TABLE)
        connection.execute(translate(render(query), "duckdb"))
        return connection.execute("SELECT * EXCLUDE cohort_definition_id FROM cohort ORDER BY ALL").fetchall()


class OlderConnection:
    """A connection of DuckDB 2 with the name that Ibis 12 knows from DuckDB 1."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, {"fetch_arrow_table": "to_arrow_table"}.get(name, name))

    def execute(self, *told: Any, **named: Any) -> OlderConnection:
        return OlderConnection(self._connection.execute(*told, **named))


def find_by_expressions(database: Path, definition: dict[str, object]) -> Rows:
    """Run the expressions of ohdsi-circepy."""
    import ibis
    from circe.api import build_cohort, cohort_expression_from_json

    backend = ibis.duckdb.connect(str(database), read_only=False)
    backend.con = OlderConnection(backend.con)
    table = build_cohort(cohort_expression_from_json(json.dumps(definition)), backend=backend, cdm_schema="main")
    frame = table.to_pyarrow().to_pylist()
    backend.disconnect()
    names = ("person_id", "start_date", "end_date")
    if frame and "subject_id" in frame[0]:
        names = ("subject_id", "cohort_start_date", "cohort_end_date")
    return sorted(
        {tuple(day.date() if hasattr(day, "date") else day for day in (row[name] for name in names)) for row in frame}
    )


def digest(rows: Rows) -> str:
    return sha256("\n".join(" ".join(map(str, row)) for row in sorted(rows)).encode()).hexdigest()[:16]


def main() -> None:
    lines = []
    with TemporaryDirectory() as folder:
        database = invent_clinic(SEED).write(Path(folder) / "clinic.duckdb")
        for name, definition in DEFINITIONS.items():
            for program, find in (("duckcdm", find_by_queries), ("ohdsi-circepy", find_by_expressions)):
                try:
                    rows = find(database, definition)
                except Exception as error:
                    print(f"{program} cannot: {name} ({type(error).__name__}: {str(error)[:200]})")
                    continue
                lines.append((name, program, len({row[0] for row in rows}), len(rows), digest(rows)))
    with (Path(__file__).parent / "cohort_definitions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [("definition", "program", "persons", "stays", "digest"), *lines]
        )


if __name__ == "__main__":
    main()
