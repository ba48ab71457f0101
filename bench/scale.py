"""What a study, and eras and doses of everybody, cost as a hospital grows: part of `make bench`.

The study pipeline and the rules of the program, as the expressions that every engine gets, beside SQL written by hand
for DuckDB, PostgreSQL and Spark, beside a bare scan of five columns and beside one sort of the same rows. Answers are
compared before anything is timed; what is printed are ratios within one run. Writes bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import ibis
import scale_engines
import scale_hospital
import scale_study

from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.eras import derive_eras
from refractory.records.compiling import DUCKDB, compile_sql
from refractory.records.population_slices import MOST_ROWS_AT_A_TIME

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
PERSISTENCE = 30
# Up to so many persons every row is compared, and the records are copied into PostgreSQL and to Spark.
MOST_COMPARED, MOST_ON_ENGINES = 10_000, 100_000
STUDY, STUDY_BY_HAND = "the study", "the study by hand"
# What the program works out in slices of persons where there are many records.
PUSHED_DOWN = ("eras", "eras, dates and counts", "doses")
SCHEMA = {
    "source_table": "string", "row_id": "int64", "person_id": "int64", "concept_set": "int64", "start_date": "date",
    "last_covered_date": "date", "has_known_end": "boolean", "stop_reason": "string", "daily_mg": "float64",
}  # fmt: skip
# Each record under its ingredient, with its last covered day; none that ends before it starts.
EXPOSURES = """
    CREATE VIEW exposures AS
    SELECT 'drug_exposure' AS source_table, drug_exposure_id AS row_id, person_id,
           (drug_concept_id - 2000000000) // 1000 AS concept_set, drug_exposure_start_date AS start_date,
           greatest(coalesce(drug_exposure_end_date, drug_exposure_start_date), drug_exposure_start_date)
               AS last_covered_date,
           drug_exposure_end_date IS NOT NULL AS has_known_end, stop_reason,
           quantity / (greatest(coalesce(drug_exposure_end_date, drug_exposure_start_date), drug_exposure_start_date)
               - drug_exposure_start_date + 1) AS daily_mg
    FROM '{folder}/drug_exposure.parquet'
    WHERE drug_exposure_start_date IS NOT NULL
"""
ERAS_BY_HAND = """
    WITH marked AS (
        SELECT person_id, concept_set, start_date, last_covered_date, has_known_end, stop_reason,
               max(last_covered_date) OVER (PARTITION BY person_id, concept_set ORDER BY start_date
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
        FROM exposures
    ), numbered AS (
        SELECT *, sum(CASE WHEN until IS NULL OR start_date - until > 30 THEN 1 ELSE 0 END)
            OVER (PARTITION BY person_id, concept_set ORDER BY start_date RANGE UNBOUNDED PRECEDING) AS era
        FROM marked
    )
    SELECT person_id, concept_set, min(start_date) AS start_date, max(last_covered_date) AS end_date,
           sum(CASE WHEN until IS NULL THEN last_covered_date - start_date + 1
                    WHEN last_covered_date > until THEN last_covered_date - greatest(start_date, until + 1) + 1
                    ELSE 0 END)::BIGINT AS covered_days,
           count(*) AS exposures, max(stop_reason) AS stop_reason, bool_and(has_known_end) AS has_known_end
    FROM numbered GROUP BY person_id, concept_set, era
"""
DOSES_BY_HAND = """
    WITH points AS (
        SELECT person_id, concept_set, start_date AS day, coalesce(daily_mg, 0.0) AS mg, 1 AS step,
               CASE WHEN daily_mg IS NULL THEN 1 ELSE 0 END AS unknown
        FROM exposures
        UNION ALL
        SELECT person_id, concept_set, last_covered_date + 1, -coalesce(daily_mg, 0.0), -1,
               CASE WHEN daily_mg IS NULL THEN -1 ELSE 0 END
        FROM exposures
    ), swept AS (
        SELECT person_id, concept_set, day,
               lead(day) OVER (PARTITION BY person_id, concept_set ORDER BY day) AS next_day,
               sum(mg) OVER w AS mg, sum(step) OVER w AS covering, sum(unknown) OVER w AS unknown
        FROM points
        WINDOW w AS (PARTITION BY person_id, concept_set ORDER BY day RANGE UNBOUNDED PRECEDING)
    )
    SELECT person_id, concept_set, day AS from_date, next_day - 1 AS until_date, mg AS daily_mg, unknown
    FROM swept WHERE covering > 0 AND next_day > day
"""
SCAN = "SELECT sum(person_id + row_id + concept_set), sum(start_date - DATE '2000-01-01'), sum(daily_mg) FROM exposures"
SORT = (
    "SELECT max(n) FROM (SELECT row_number() OVER (PARTITION BY person_id, concept_set ORDER BY start_date) AS n "
    "FROM exposures)"
)


SAME = ("person_id", "concept_set")
# What other programs call eras: without the days covered, the known ends and the reasons for stopping.
DATES_AND_COUNTS = (*SAME, "start_date", "end_date", "exposures")


def _derive_eras() -> ibis.Table:
    return derive_eras(ibis.table(SCHEMA, name="exposures"), PERSISTENCE, SAME)


TASKS: dict[str, Callable[[], str]] = {
    "scan of five columns": lambda: SCAN,
    "one sort": lambda: SORT,
    "eras by hand": lambda: ERAS_BY_HAND,
    "eras": lambda: compile_sql(_derive_eras(), DUCKDB),
    "eras, dates and counts": lambda: compile_sql(_derive_eras().select(*DATES_AND_COUNTS), DUCKDB),
    "doses by hand": lambda: DOSES_BY_HAND,
    "doses": lambda: compile_sql(derive_dose_stretches(ibis.table(SCHEMA, name="exposures"), SAME), DUCKDB),
}


def measure_study(folder: Path, task: str) -> tuple[float, int]:
    """Answer the study in this process, after start-up: imports, and the same study on the smallest hospital."""
    smallest = folder.with_name(f"h{MOST_COMPARED}")
    answer = scale_study.answer_by_hand if task == STUDY_BY_HAND else scale_study.answer_by_protocol
    answer(smallest)
    start = time.perf_counter()
    answer(folder)
    return time.perf_counter() - start, read_peak_mb()


def measure_one(folder: Path, task: str) -> tuple[float, int]:
    """Run one task in this process; return its seconds and the most MB that the process held."""
    if task in (STUDY, STUDY_BY_HAND):
        return measure_study(folder, task)
    with duckdb.connect() as connection:
        connection.execute(EXPOSURES.format(folder=folder))
        start = time.perf_counter()
        answer(connection, task, slice_persons(connection, folder) if task in PUSHED_DOWN else [""])
        seconds = time.perf_counter() - start
        return seconds, read_peak_mb()


def slice_persons(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Cut the persons as `refractory exposures` does, into slices whose records fit into memory."""
    ((rows,),) = connection.execute("SELECT count(*) FROM exposures").fetchall()
    parts = max(1, -(-rows // MOST_ROWS_AT_A_TIME))
    ends = connection.execute(f"""
        SELECT max(person_id) FROM (
            SELECT person_id, ntile({parts}) OVER (ORDER BY person_id) AS part FROM '{folder}/person.parquet'
        ) GROUP BY part ORDER BY 1
    """).fetchall()
    bounds = [-1, *(last for (last,) in ends)]
    return [f"WHERE person_id > {above} AND person_id <= {up_to}" for above, up_to in pairwise(bounds)]


def answer(connection: duckdb.DuckDBPyConnection, task: str, slices: list[str]) -> None:
    """Answer a task for one slice of persons after the other, into Parquet files."""
    query = TASKS[task]()
    connection.execute("ALTER VIEW exposures RENAME TO all_exposures")
    with tempfile.TemporaryDirectory() as folder:
        for number, persons in enumerate(slices):
            connection.execute(f"CREATE OR REPLACE TEMP VIEW exposures AS SELECT * FROM all_exposures {persons}")
            connection.execute(f"COPY ({query}) TO '{folder}/{number}.parquet' (FORMAT parquet)")


def read_peak_mb() -> int:
    """Read the most memory that this process held; getrusage would tell that of the process it came from too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def compare_study(folder: Path) -> None:
    """Stop when the study has other persons, days 0 or answers by hand."""
    by_hand, by_protocol = scale_study.answer_by_hand(folder), scale_study.answer_by_protocol(folder)
    if by_hand != by_protocol:
        sys.exit(f"By hand {len(by_hand)} persons, by protocol {len(by_protocol)}: there is nothing to compare.")


def compare(folder: Path) -> None:
    """Stop when the program and the hand do not give the same rows."""
    columns = {
        "eras": scale_engines.ERA_COLUMNS,
        "doses": "person_id, concept_set, from_date, until_date, round(daily_mg, 6), unknown",
    }
    with duckdb.connect() as connection:
        connection.execute(EXPOSURES.format(folder=folder))
        for rule, shown in columns.items():
            ours, hand = (f"SELECT {shown} FROM ({TASKS[name]()})" for name in (rule, f"{rule} by hand"))
            for one, other in ((ours, hand), (hand, ours)):
                ((rows,),) = connection.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()
                if rows:
                    sys.exit(f"{rows} rows of {rule} differ: there is nothing to compare.")


def measure_size(persons: int, repetitions: int) -> tuple[int, dict[str, tuple[float, int]]]:
    """Write a hospital and measure every task on it, each in a process of its own; the fastest counts."""
    folder = ROOT / "build" / "bench" / f"h{persons}"
    rows = scale_hospital.write_hospital(folder, persons)["drug_exposure"]
    compare_study(folder)
    if persons <= MOST_COMPARED:
        compare(folder)
    best: dict[str, tuple[float, int]] = {}
    for _ in range(repetitions):
        for task in (STUDY_BY_HAND, STUDY, *TASKS):
            command = [sys.executable, __file__, "--task", task, "--folder", str(folder)]
            seconds, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            found = float(seconds), int(memory)
            best[task] = min(best.get(task, found), found)
    return rows, best


def measure_engines(persons: int, repetitions: int) -> dict[str, dict[str, float]]:
    """Measure eras and doses inside PostgreSQL and Spark, on the exposures of a hospital that is there."""
    folder = ROOT / "build" / "bench" / f"h{persons}"
    exposures = folder / "exposures.parquet"
    if not exposures.exists():
        with duckdb.connect() as connection:
            connection.execute(EXPOSURES.format(folder=folder))
            connection.execute(f"COPY exposures TO '{exposures}' (FORMAT parquet)")
    return {
        "PostgreSQL": scale_engines.measure_postgresql(exposures, SCHEMA, repetitions),
        "Spark": scale_engines.measure_spark(exposures, SCHEMA, repetitions),
    }


def tabulate_engines(measured: dict[int, dict[str, dict[str, float]]]) -> list[str]:
    """Write what eras and doses cost inside the other engines."""
    lines = [
        "",
        "## Inside PostgreSQL and Spark",
        "",
        "PostgreSQL with its settings as they come, Spark with two cores inside the process; the SQL by hand is "
        "written for each. The rows of the program and of the hand were compared and are the same.",
        "",
        "| persons | engine | task | seconds | times by hand | times the scan | ten times the rows |",
        "|---|---|---|---|---|---|---|",
    ]
    before: dict[tuple[str, str], float] = {}
    for persons, engines in measured.items():
        for engine, best in engines.items():
            for task, seconds in best.items():
                hand = best.get(f"{task} by hand")
                by_hand = f"{seconds / hand:.2f}" if hand else ""
                scan = seconds / best["scan of five columns"]
                earlier = before.get((engine, task))
                growth = f"{seconds / earlier:.1f} times" if earlier else ""
                lines.append(f"| {persons:,} | {engine} | {task} | {seconds:.2f} | {by_hand} | {scan:.1f} | {growth} |")
                before[engine, task] = seconds
    return lines


def tabulate(measured: dict[int, tuple[int, dict[str, tuple[float, int]]]], repetitions: int) -> str:
    """Write the page of results."""
    lines = [
        "# What a study, and eras and doses of everybody, cost",
        "",
        f"Measured on {date.today()} by `make bench`: {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, Ibis {ibis.__version__}; the fastest of "
        f"{repetitions}, each in a process of its own, from Parquet. Seconds depend on the machine: read the "
        "ratios. The study has the same persons, days 0 and answers by hand at every size; up to "
        f"{MOST_COMPARED:,} persons every row of eras and doses was compared too. The study is timed after start-up: "
        "imports, and the same study on the smallest hospital in the same process. By hand it is the cohort, the "
        "records of its persons, the courses before day 0 and the response; the program's time holds everything that "
        "a report says. Eras and doses by hand have the same columns; the program works them out as `refractory "
        f"exposures` does, {MOST_ROWS_AT_A_TIME:,} records at a time. Every answer is written to Parquet.",
        "",
        "| persons | drug records | task | seconds | peak MB | times by hand | times one sort | times the scan | "
        "ten times the rows |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    before: dict[str, float] = {}
    for persons, (rows, best) in measured.items():
        for task, (seconds, memory) in best.items():
            hand = best.get(f"{task} by hand")
            by_hand = f"{seconds / hand[0]:.2f}" if hand else ""
            growth = f"{seconds / before[task]:.1f} times" if task in before else ""
            sort, scan = seconds / best["one sort"][0], seconds / best["scan of five columns"][0]
            lines.append(
                f"| {persons:,} | {rows:,} | {task} | {seconds:.2f} | {memory:,} | {by_hand} | {sort:.1f} | {scan:.1f} "
                f"| {growth} |"
            )
        before = {task: seconds for task, (seconds, _) in best.items()}
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure every size that is asked for, or one task for the process that measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--repetitions", type=int, default=2)
    parser.add_argument("--task", choices=[STUDY_BY_HAND, STUDY, *TASKS])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.task:
        print(*measure_one(asked.folder, asked.task))
        return 0
    measured = {int(size): measure_size(int(size), asked.repetitions) for size in asked.sizes.split(",")}
    engines = {size: measure_engines(size, asked.repetitions) for size in measured if size <= MOST_ON_ENGINES}
    page = tabulate(measured, asked.repetitions) + "\n".join(tabulate_engines(engines)) + "\n"
    RESULTS.write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
