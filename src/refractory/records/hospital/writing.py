"""The invented hospital on disk: records that a study may read, and the truth in a folder of its own."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from refractory.errors import OutputError, RecordsError
from refractory.records.hospital.as_fhir import write_as_fhir
from refractory.records.hospital.as_redcap import write_as_redcap
from refractory.records.hospital.as_sheet import write_as_sheet
from refractory.records.hospital.background import draw_background
from refractory.records.hospital.book import PERSON_KEYS, ROW_KEY_SPACE, RecordBook, Scrambler
from refractory.records.hospital.facts import PlannedPerson
from refractory.records.hospital.mess import repeat_rows, write_mess
from refractory.records.hospital.near_misses import plan_near_misses
from refractory.records.hospital.patients import plan_members
from refractory.records.hospital.plan import DEFAULT_SEED, HospitalPlan, plan_for
from refractory.records.hospital.rendering import write_person, write_reading
from refractory.records.hospital.sequel_rendering import ItemSheet, write_sequel
from refractory.records.hospital.tables import ROW_KEYS, TABLES
from refractory.records.hospital.truth import write_truth
from refractory.records.hospital.vocabulary_rows import vocabulary_rows

if TYPE_CHECKING:
    import duckdb

Format = Literal["duckdb", "parquet", "sheet", "redcap", "fhir"]
DEFAULT_PERSONS = 5_000
_EPOCH = date(1970, 1, 1)
_LABEL_COLUMNS = ("person", "item", "value", "date", "reviewer")


def write_hospital(
    folder: Path,
    *,
    persons: int = DEFAULT_PERSONS,
    seed: int = DEFAULT_SEED,
    plan: HospitalPlan | None = None,
    format: Format = "duckdb",
    progress: Callable[[str], None] | None = None,
) -> None:
    """Invent a hospital in OMOP CDM v5.4 with planted truth, and write it.

    The folder holds records/ (hospital.duckdb or one Parquet file a table, labels.csv; a workbook) and truth/ (what a
    study of it must find; no study may open it). The planted persons do not depend on `persons`.

    Args:
        folder: New or empty folder; it appears whole or not at all.
        persons: All persons of the hospital, the planted ones among them.
        seed: Source of every draw; the default seed plants the published study, any other another truth.
        plan: The truth wanted, where it is not the seed's own.
        format: "duckdb" for one database file, "parquet" for a folder of files, "sheet" for a workbook, "redcap" for
            a data dictionary and exports of REDCap, "fhir" for a bulk export.
        progress: Is told each step.

    Raises:
        OutputError: When the folder holds something already.
        RecordsError: When `persons` is smaller than the number of planted persons.
    """
    say = progress or (lambda _: None)
    plan = plan or plan_for(seed)
    if folder.exists() and any(folder.iterdir()):
        raise OutputError(
            "The folder for the invented hospital is not empty.",
            where=str(folder),
            remedy="Name another folder, or remove this one.",
        )
    planted = [*plan_members(plan), *plan_near_misses(plan.seed)]
    if persons < len(planted):
        raise RecordsError(
            f"A hospital of {persons} persons is too small: {len(planted)} persons are planted.",
            remedy=f"Ask for at least {len(planted)} persons.",
        )
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "records").mkdir(parents=True)
    try:
        _write(part, planted, persons, plan, format, say)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    if folder.exists():
        folder.rmdir()
    part.rename(folder)


def _write(
    part: Path,
    planted: Sequence[PlannedPerson],
    persons: int,
    plan: HospitalPlan,
    format: Format,
    say: Callable[[str], None],
) -> None:
    import duckdb

    person_keys = Scrambler(plan.seed, *PERSON_KEYS)
    keyed = [(int(person_keys.key(number)), person) for number, person in enumerate(planted)]
    say(f"Planted persons: {len(planted)}")
    database = part / "records" / "hospital.duckdb"
    connection = duckdb.connect(str(database))
    try:
        # One transaction for all that is small: every commit waits for the disk.
        connection.execute("BEGIN")
        for table, columns in TABLES.items():
            described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"CREATE TABLE {table} ({described})")
        book, sheet = _write_book(keyed, plan)
        rows = {table: len(book.rows.get(table, [])) for table in ROW_KEYS}
        for table, found in {**book.rows, **vocabulary_rows()}.items():
            _insert(connection, table, _as_columns(table, found))
        _write_items(connection, plan.seed, sheet, rows)
        lost = _write_background(connection, plan.seed, persons - len(planted), len(planted), person_keys, rows, say)
        if format == "parquet":
            for table in TABLES:
                connection.execute(f"COPY {table} TO '{_quoted(part / 'records' / table)}.parquet' (FORMAT parquet)")
    finally:
        connection.close()
    if format == "parquet":
        database.unlink()
    _write_labels(part / "records" / "labels.csv", keyed, plan.seed)
    if format == "sheet":
        say("Writing the workbook")
        write_as_sheet(part / "records")
    if format == "redcap":
        say("Writing the project of REDCap")
        write_as_redcap(part / "records")
    if format == "fhir":
        say("Writing the resources of FHIR")
        write_as_fhir(part / "records")
    write_truth(part / "truth", keyed, lost)


def _write_book(keyed: Sequence[tuple[int, PlannedPerson]], plan: HospitalPlan) -> tuple[RecordBook, ItemSheet]:
    book, sheet = RecordBook(), ItemSheet()
    for person_id, person in keyed:
        rng = Random(f"records {plan.seed} {person.key}")
        starts = {table: len(rows) for table, rows in book.rows.items()}
        write_person(person, person_id, book, rng)
        write_mess(person, person_id, book, rng)
        repeat_rows(person, person_id, book, starts, rng)
    for person_id, person in keyed:
        write_sequel(person, person_id, book, sheet, Random(f"sequels {plan.seed} {person.key}"))
    for person_id, person in keyed:
        rng = Random(f"earlier records {plan.seed} {person.key}")
        for reading in person.sequel.earlier:
            write_reading(person, person_id, reading, book, rng)
    book.give_keys(plan.seed)
    return book, sheet


def _write_items(connection: duckdb.DuckDBPyConnection, seed: int, sheet: ItemSheet, rows: dict[str, int]) -> None:
    """Write the items of scores, numbered after the other measurements of the planted persons."""
    import numpy as np

    row_keys, columns = Scrambler(seed, *ROW_KEY_SPACE), sheet.columns()
    size = len(columns["person_id"])
    numbers = np.arange(rows["measurement"], rows["measurement"] + size, dtype=np.int64)
    visits = row_keys.key(columns["visit_occurrence_id"])
    rows["measurement"] += size
    _insert(
        connection, "measurement", {**columns, "measurement_id": row_keys.key(numbers), "visit_occurrence_id": visits}
    )


def _write_background(
    connection: duckdb.DuckDBPyConnection,
    seed: int,
    persons: int,
    first_number: int,
    person_keys: Scrambler,
    rows: dict[str, int],
    say: Callable[[str], None],
) -> dict[str, int]:
    """Write the background persons; return how many of them each criterion must lose."""
    import numpy as np

    row_keys = Scrambler(seed, *ROW_KEY_SPACE)
    lost = {"Route": 0, "Disease": 0}
    done = 0
    for chunk in draw_background(seed, persons, first_number, person_keys):
        for table, columns in chunk.tables.items():
            size = len(columns["person_id"])
            if table in ROW_KEYS:
                numbers = np.arange(rows[table], rows[table] + size, dtype=np.int64)
                columns[ROW_KEYS[table]] = row_keys.key(numbers)
                rows[table] += size
            _insert(connection, table, columns)
        lost["Route"] += chunk.subcutaneous
        lost["Disease"] += chunk.infused
        done += len(chunk.tables["person"]["person_id"])
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        say(f"Other persons: {done:,} of {persons:,}")
    connection.execute("COMMIT")
    return lost


def _as_columns(table: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Turn dictionaries into one array per column: numbers and days masked where null, texts empty where null."""
    import numpy as np

    columns = {}
    named: set[str] = set().union(*rows)
    for name, kind in TABLES[table].items():
        values = [row.get(name) for row in rows] if name in named else []
        if all(value is None for value in values):
            continue
        is_null = np.array([value is None for value in values]) if None in values else np.ma.nomask
        if kind == "VARCHAR":
            columns[name] = np.array(["" if value is None else value for value in values], dtype=object)
        elif kind in ("DATE", "TIMESTAMP"):
            days = [0 if value is None else value.toordinal() - _EPOCH.toordinal() for value in values]
            columns[name] = np.ma.array(np.array(days, dtype=np.int64), mask=is_null)
        else:
            numbers = np.array([0 if value is None else value for value in values])
            columns[name] = np.ma.array(numbers, mask=is_null)
    return columns


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, Any]) -> None:
    """Insert columns in the order of persons, so that the place of a row tells nothing."""
    kinds = TABLES[table]
    read = {
        "DATE": "DATE '1970-01-01' + CAST({0} AS INTEGER)",
        "TIMESTAMP": "CAST(DATE '1970-01-01' + CAST({0} AS INTEGER) AS TIMESTAMP)",
        "VARCHAR": "NULLIF({0}, '')",
    }
    values = [read.get(kinds[name], "CAST({0} AS " + kinds[name] + ")").format(name) for name in columns]
    order = "ORDER BY ALL" if "person_id" in columns else ""
    frame = columns  # read by name from the statement
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM frame {order}")
    del frame


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_labels(path: Path, keyed: Sequence[tuple[int, PlannedPerson]], seed: int) -> None:
    rows = [
        (person_id, label.item, label.value, label.when, label.reviewer)
        for person_id, person in keyed
        for label in (*person.labels, *person.sequel.labels)
    ]
    Random(f"labels {seed}").shuffle(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_LABEL_COLUMNS)
        writer.writerows(rows)
