"""The invented hospital as a workbook with its mapping: the same records, as somebody would keep them in sheets."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

_VOCABULARY = ("concept", "concept_ancestor", "concept_relationship", "drug_strength")


@dataclass(frozen=True)
class SheetPlan:
    """A sheet of the workbook.

    Args:
        name: Its name.
        query: Its rows.
        columns: Its header.
        mapping: Its records in the words of a mapping.
    """

    name: str
    query: str
    columns: tuple[str, ...]
    mapping: str


def write_as_sheet(records: Path) -> None:
    """Write a workbook, its mapping and its vocabulary in the place of the hospital's DuckDB file.

    Args:
        records: Folder that holds hospital.duckdb and labels.csv; it then holds hospital.xlsx with the labels as a
            sheet, hospital.mapping.toml and vocabulary/.
    """
    import duckdb

    database = records / "hospital.duckdb"
    connection = duckdb.connect(str(database), read_only=True)
    try:
        ((name,),) = connection.execute("SELECT cdm_source_name FROM cdm_source").fetchall()
        _write_workbook(records / "hospital.xlsx", connection, records / "labels.csv")
        write_vocabulary(connection, records / "vocabulary")
    finally:
        connection.close()
    (records / "hospital.mapping.toml").write_text(_write_mapping(name), encoding="utf-8")
    database.unlink()
    (records / "labels.csv").unlink()


def write_vocabulary(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables of the hospital's vocabulary as Parquet files."""
    folder.mkdir()
    for table in _VOCABULARY:
        target = str(folder / f"{table}.parquet").replace("'", "''")
        connection.execute(f"COPY (SELECT * FROM {table} ORDER BY ALL) TO '{target}' (FORMAT parquet)")


def coded(table: str, stem: str) -> str:
    """Return SQL for the codes of a record: the source's own, the standard one, and the more general ones above it.

    With the general ones a study finds the record also where nobody brings the vocabulary.
    """
    return f"""(SELECT string_agg(vocabulary_id || ':' || concept_code, '; ' ORDER BY place, concept_id)
        FROM (SELECT concept_id, min(place) AS place FROM (
                SELECT {table}.{stem}_source_concept_id AS concept_id, 0 AS place
                UNION ALL SELECT {table}.{stem}_concept_id, 1
                UNION ALL SELECT ancestor_concept_id, 2 + min_levels_of_separation FROM concept_ancestor
                          WHERE descendant_concept_id = {table}.{stem}_concept_id)
              WHERE concept_id > 0 GROUP BY concept_id) AS told JOIN concept USING (concept_id))"""


def named(stem: str, identifier: str) -> str:
    """Return SQL for what a record is called: as its source wrote it, else by the code of its concept."""
    code = f"(SELECT concept_code FROM concept WHERE concept_id = nullif({stem}_source_concept_id, 0))"
    standard = f"(SELECT concept_code FROM concept WHERE concept_id = nullif({stem}_concept_id, 0))"
    return f"coalesce({stem}_source_value, {code}, {standard}, '?') AS {identifier}"


def _concept_name(column: str, other: str) -> str:
    name = f"(SELECT concept_name FROM concept WHERE concept_id = nullif({column}, 0))"
    return f"coalesce({name}, {other})"


def _concept_code(column: str, other: str) -> str:
    return f"coalesce((SELECT concept_code FROM concept WHERE concept_id = nullif({column}, 0)), {other})"


def sheet_plans() -> tuple[SheetPlan, ...]:
    """Return the sheets of the workbook."""
    sex = _concept_name("gender_concept_id", "gender_source_value")
    race = _concept_name("race_concept_id", "race_source_value")
    born = "CASE WHEN day_of_birth IS NOT NULL THEN make_date(year_of_birth, month_of_birth, day_of_birth)::VARCHAR"
    return (
        SheetPlan(
            "Patients",
            f"""SELECT person_id, {born} ELSE year_of_birth::VARCHAR END, {sex}, {race}
                FROM person ORDER BY person_id""",
            ("Patient", "Date of birth", "Sex", "Race"),
            _record("person", birth="Date of birth", sex="Sex", race="Race"),
        ),
        SheetPlan(
            "Care",
            """SELECT observation_period_id, person_id, observation_period_start_date, observation_period_end_date
               FROM observation_period ORDER BY ALL""",
            ("No", "Patient", "First day", "Last day"),
            _record("observed", key="No", start="First day", end="Last day"),
        ),
        SheetPlan(
            "Deaths",
            "SELECT person_id, death_date FROM death ORDER BY ALL",
            ("Patient", "Died on"),
            _record("death", date="Died on"),
        ),
        _events("Diagnoses", "condition_occurrence", "condition", "diagnosis", ("condition_end_date", "end", "Until")),
        _events("Procedures", "procedure_occurrence", "procedure", "procedure", ("quantity", "quantity", "Quantity")),
        _drugs(),
        _measurements(),
        _events("Findings", "observation", "observation", "finding", ("value_as_string", "value", "Result")),
    )


def _events(sheet: str, table: str, stem: str, kind: str, more: tuple[str, str, str]) -> SheetPlan:
    column, field, header = more
    start = f"{stem}_start_date" if kind == "diagnosis" else f"{stem}_date"
    return SheetPlan(
        sheet,
        f"""SELECT {table}_id, person_id, {start}, {named(stem, "what")}, {coded(table, stem)}, {column}
            FROM {table} ORDER BY {table}_id""",
        ("No", "Patient", "Date", "What", "Codes", header),
        _record(kind, key="No", date="Date", what="What", code="Codes", **{field: header}),
    )


def _drugs() -> SheetPlan:
    route = _concept_name("route_concept_id", "route_source_value")
    return SheetPlan(
        "Drugs",
        f"""SELECT drug_exposure_id, person_id, drug_exposure_start_date, drug_exposure_end_date,
                   {named("drug", "what")}, {coded("drug_exposure", "drug")}, quantity, dose_unit_source_value,
                   days_supply, sig, {route}, stop_reason
            FROM drug_exposure ORDER BY drug_exposure_id""",
        (
            *("No", "Patient", "Start", "Stop", "Drug", "Codes", "Quantity", "Unit", "Days", "Directions", "Route"),
            "Why stopped",
        ),
        _record(
            "drug", key="No", start="Start", end="Stop", what="Drug", code="Codes", quantity="Quantity", unit="Unit",
            days="Days", directions="Directions", route="Route", stop_reason="Why stopped",
        ),
    )  # fmt: skip


def _measurements() -> SheetPlan:
    unit = _concept_code("unit_concept_id", "unit_source_value")
    return SheetPlan(
        "Results",
        f"""SELECT measurement_id, person_id, measurement_date, {named("measurement", "what")},
                   {coded("measurement", "measurement")},
                   coalesce(value_as_number::VARCHAR, value_source_value), {unit}, range_high
            FROM measurement ORDER BY measurement_id""",
        ("No", "Patient", "Date", "Test", "Codes", "Value", "Unit", "Upper limit"),
        _record(
            "measurement", key="No", date="Date", what="Test", code="Codes", value="Value", unit="Unit",
            upper_limit="Upper limit",
        ),
    )  # fmt: skip


def review_plan() -> SheetPlan:
    """Return the sheet of the labels, whose rows are in a file of their own."""
    mapping = _record("label", item="Item", value="Value", date="Date", reviewer="Reviewer")
    return SheetPlan("Review", "", ("Patient", "Item", "Value", "Date", "Reviewer"), mapping)


def _write_workbook(path: Path, connection: duckdb.DuckDBPyConnection, labels: Path) -> None:
    import xlsxwriter

    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for plan in sheet_plans():
        _write_rows(workbook.add_worksheet(plan.name), plan.columns, connection.execute(plan.query).fetchall(), day)
    with labels.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    rows = [(int(person), *told) for person, *told in lines]
    plan = review_plan()
    _write_rows(workbook.add_worksheet(plan.name), plan.columns, rows, day)
    workbook.close()


def _write_rows(sheet: Any, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], day: Any) -> None:
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, day)
            elif isinstance(cell, int | float):
                sheet.write_number(line, place, cell)
            elif cell not in (None, ""):
                sheet.write_string(line, place, cell)


def _write_mapping(name: str) -> str:
    return "".join(_mapping_lines(name))


def _mapping_lines(name: str) -> Iterator[str]:
    yield f'# An invented hospital: no row describes a real person.\n[source]\nkind = "sheet"\nname = "{name}"\n'
    yield 'invented = true\nfile = "hospital.xlsx"\nvocabulary = "vocabulary"\ndates = "year first"\n'
    for plan in (*sheet_plans(), review_plan()):
        yield f'\n[[table]]\nsheet = "{plan.name}"\nperson = "Patient"\n{plan.mapping}'


def _record(kind: str, **columns: str) -> str:
    fields = ", ".join(f'{name} = "{column}"' for name, column in columns.items())
    return f'[[table.record]]\nkind = "{kind}"\ncolumn = {{ {fields} }}\n'
