"""A small invented clinic in OMOP, written down in every form that a source may have."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from refractory.records.clinical import CLINICAL_TABLES
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.from_omop import open_source
from refractory.records.read import RecordNeeds, Records, read_records
from refractory.records.source import quoted_path
from tables import table

SETS = {
    "dermatomyositis": ConceptSetDefinition(ICD10CM=["M33.1*"], SNOMED=["396230008"]),
    "immunoglobulin": ConceptSetDefinition(use=["immunoglobulin"]),
    "systemic glucocorticoid": ConceptSetDefinition(use=["systemic glucocorticoid"]),
    "body weight": ConceptSetDefinition(use=["body weight"]),
    "creatine kinase": ConceptSetDefinition(use=["creatine kinase"]),
    "CDASI activity": ConceptSetDefinition(use=["CDASI activity"]),
    "skin examination": ConceptSetDefinition(use=["skin examination"]),
    "any measurement": ConceptSetDefinition(members=["body weight", "creatine kinase"]),
}
NEEDS = RecordNeeds(
    concept_sets=SETS,
    treatment="immunoglobulin",
    drug_sets=("immunoglobulin", "systemic glucocorticoid"),
    measurement_units={"body weight": "kg"},
)

# Heads that are drawn short, by what OMOP calls the columns.
SHORT_HEADS = {
    "person": "person_id",
    "birth_y": "year_of_birth",
    "birth_m": "month_of_birth",
    "birth_d": "day_of_birth",
    "sex": "gender_concept_id",
    "race": "race_concept_id",
    "race_text": "race_source_value",
    "value": "value_as_number",
    "text": "value_as_string",
    "unit": "unit_concept_id",
    "unit_text": "unit_source_value",
    "modifier": "modifier_source_value",
    "route": "route_concept_id",
    "route_text": "route_source_value",
    "dose_unit": "dose_unit_source_value",
    "days": "days_supply",
    "id": "concept_id",
    "name": "concept_name",
    "vocabulary": "vocabulary_id",
    "code": "concept_code",
    "above": "ancestor_concept_id",
    "below": "descendant_concept_id",
    "from": "concept_id_1",
    "to": "concept_id_2",
    "relation": "relationship_id",
    "drug": "drug_concept_id",
    "ingredient": "ingredient_concept_id",
    "amount": "amount_value",
    "amount_unit": "amount_unit_concept_id",
    "numerator": "numerator_value",
    "numerator_unit": "numerator_unit_concept_id",
    "denominator": "denominator_value",
    "denominator_unit": "denominator_unit_concept_id",
}
# Of the dated tables: key, concept, own code or text, concept of the own code, first and last day.
for _one in CLINICAL_TABLES:
    SHORT_HEADS |= {
        f"{_one.name}.key": _one.key,
        f"{_one.name}.concept": _one.concept,
        f"{_one.name}.own": _one.source_value,
        f"{_one.name}.own_concept": _one.source_concept,
        f"{_one.name}.start": _one.starts[0],
        f"{_one.name}.end": _one.ends[0] if _one.ends else "",
    }
SHORT_HEADS |= {
    "observation_period.key": "observation_period_id",
    "observation_period.start": "observation_period_start_date",
    "observation_period.end": "observation_period_end_date",
}

# Ann (1) has dermatomyositis and immunoglobulin, Ben (2) immunoglobulin under the skin only, Cleo (3) neither.
CLINIC = {
    "cdm_source": """
        cdm_source_name | cdm_version | source_description
        Small clinic    | v5.4        | An invented clinic for tests
    """,
    "person": """
        person | sex  | birth_y | birth_m | birth_d | race | race_text
        1      | 8532 | 1970    | 5       | 17      | 8527 | W
        2      | 8507 | 1981    | 2       | -       | 0    | other
        3      | 0    | 1990    | -       | -       | -    | -
    """,
    "observation_period": """
        key | person | start      | end
        1   | 1      | 2010-01-01 | 2020-12-31
        2   | 2      | 2012-03-01 | 2019-06-30
        3   | 3      | 2011-01-01 | 2018-01-01
    """,
    "death": """
        person | death_date
        2      | 2019-06-30
    """,
    "condition_occurrence": """
        key | person | concept | start      | end        | own    | own_concept
        101 | 1      | 80182   | 2014-01-10 | 2014-01-12 | M33.10 | 35208822
        102 | 1      | 80182   | 2014-03-01 | -          | M33.10 | 35208822
        103 | 1      | 0       | 2014-05-01 | -          | m33.13 | 0
        104 | 1      | 201826  | 2014-05-02 | -          | E11.9  | 0
        105 | 3      | 80182   | 2015-01-01 | -          | M33.10 | 35208822
    """,
    "procedure_occurrence": """
        key | person | concept | start      | quantity | own   | own_concept | modifier
        201 | 1      | 0       | 2016-06-01 | 120      | J1569 | 0           | -
        202 | 2      | 0       | 2016-07-01 | 20       | J1569 | 0           | JB
        203 | 1      | 0       | 2016-01-01 | 1        | 99213 | 0           | -
    """,
    "observation": """
        key | person | concept | start      | value | text            | own
        301 | 1      | 0       | 2014-01-10 | -     | Gottron papules | skin examination
        302 | 1      | 0       | 2016-05-20 | 24    | -               | CDASI activity score
    """,
    "measurement": """
        key | person | concept | start      | value | unit | unit_text | range_high | own
        401 | 1      | 3025315 | 2016-05-30 | 154   | 8739 | lb        | -          | -
        402 | 1      | 3025315 | 2016-08-30 | 71.5  | 9529 | kg        | -          | -
        403 | 1      | 3007220 | 2014-01-11 | 900   | 8645 | U/L       | 200        | CK
        404 | 1      | 0       | 2014-02-11 | 450   | 0    | IU/L      | 200        | CK
        405 | 3      | 3025315 | 2015-05-30 | 60    | 9529 | kg        | -          | -
    """,
    "drug_exposure": """
        key | person | concept  | start      | end        | quantity | days | sig        | route   | own  | stop_reason
        501 | 1      | 19117913 | 2016-07-01 | 2016-07-01 | 1400     | -    | -          | 4171047 | IVIG | -
        502 | 1      | 1551101  | 2015-01-01 | 2015-01-30 | 60       | 30   | 2 tabs qd  | 0       | pred | no effect
        503 | 1      | 1551101  | 2015-02-01 | -          | 0        | 0    | -          | 0       | pred | -
        504 | 2      | 19117913 | 2016-07-15 | -          | 200      | -    | -          | 4142048 | SCIG | -
        505 | 3      | 1551101  | 2015-02-01 | -          | 30       | 30   | -          | 0       | pred | -
    """,
    "concept": """
        id       | name                                                  | vocabulary | code      | standard_concept
        80182    | Dermatomyositis                                       | SNOMED     | 396230008 | S
        35208822 | Other dermatomyositis, organ involvement unspecified  | ICD10CM    | M33.10    | -
        201826   | Type 2 diabetes mellitus                              | SNOMED     | 44054006  | S
        19117912 | immunoglobulin G, human                               | RxNorm     | 5666      | S
        19117913 | immunoglobulin G, human 100 MG/ML Injectable Solution | RxNorm     | 99901     | S
        1551099  | prednisone                                            | RxNorm     | 8640      | S
        1551101  | prednisone 5 MG Oral Tablet                           | RxNorm     | 99902     | S
        3025315  | Body weight                                           | LOINC      | 29463-7   | S
        3007220  | Creatine kinase in Serum or Plasma                    | LOINC      | 2157-6    | S
        8527     | White                                                 | Race       | 5         | S
        8739     | pound (US)                                            | UCUM       | [lb_us]   | S
        9529     | kilogram                                              | UCUM       | kg        | S
        8645     | unit per liter                                        | UCUM       | U/L       | S
        8576     | milligram                                             | UCUM       | mg        | S
        4171047  | Intravenous                                           | SNOMED     | 47625008  | S
        4142048  | Subcutaneous                                          | SNOMED     | 34206005  | S
    """,
    "concept_ancestor": """
        above    | below
        19117912 | 19117913
        1551099  | 1551101
    """,
    "concept_relationship": """
        from     | to    | relation | invalid_reason
        35208822 | 80182 | Maps to  | -
    """,
    "drug_strength": """
        drug     | ingredient | amount | amount_unit | numerator | numerator_unit | denominator | denominator_unit
        1551101  | 1551099    | 5      | 8576        | -         | -              | -           | -
        19117913 | 19117912   | -      | -           | 100       | 8576           | -           | 8587
    """,
}

_NUMBERS = {"quantity", "value_as_number", "range_high", "amount_value", "numerator_value", "denominator_value"}
_WHOLE = {"days_supply", "year_of_birth", "month_of_birth", "day_of_birth"}
_TEXT_IDS = {"vocabulary_id", "relationship_id"}


@dataclass(frozen=True)
class Form:
    """How a source writes the same records.

    Args:
        dates: DATE, TIMESTAMP, TIMESTAMPTZ, text, or digits (20150302).
        ids: Type of ids: BIGINT, INTEGER, DOUBLE or VARCHAR.
        numbers: Type of numbers: DOUBLE, DECIMAL(18,3) or VARCHAR.
        is_upper: True when tables and columns are in capitals.
        schema: Schema of the tables.
        seed: Order of the rows; None as they are drawn.
    """

    dates: str = "DATE"
    ids: str = "BIGINT"
    numbers: str = "DOUBLE"
    is_upper: bool = False
    schema: str | None = None
    seed: int | None = None

    def type_of(self, column: str) -> str:
        if column.endswith("_date"):
            return {"text": "VARCHAR", "digits": "VARCHAR"}.get(self.dates, self.dates)
        if (column.endswith("_id") or column.startswith("concept_id_")) and column not in _TEXT_IDS:
            return self.ids
        if column in _NUMBERS:
            return self.numbers
        return "BIGINT" if column in _WHOLE else "VARCHAR"

    def value_of(self, column: str, written: str | None) -> Any:
        if written is not None and column.endswith("_date") and self.dates == "digits":
            return written.replace("-", "")
        if written is not None and self.ids == "VARCHAR" and column == "person_id":
            return f"{written}.0"
        return written

    def name(self, text: str) -> str:
        return text.upper() if self.is_upper else text


PLAIN = Form()


@dataclass(frozen=True)
class Clinic:
    """The tables of a clinic, drawn; `having` returns another with some of them exchanged, or taken away by None."""

    drawn: Mapping[str, str] = field(default_factory=lambda: CLINIC)

    def having(self, **tables: str | None) -> Clinic:
        return Clinic({name: text for name, text in ({**self.drawn, **tables}).items() if text is not None})

    def with_rows(self, **more: str) -> Clinic:
        """Add rows to tables; each row has the columns of the table as it is drawn."""
        drawn = dict(self.drawn)
        for name, text in more.items():
            drawn[name] = drawn[name].rstrip() + "\n" + text
        return Clinic(drawn)

    def tables(self, form: Form) -> Iterable[tuple[str, dict[str, str], list[list[Any]]]]:
        """Give each table's name, the types of its columns and its rows, as a form writes them."""
        for name, text in self.drawn.items():
            rows = table(text)
            heads = {head: SHORT_HEADS.get(f"{name}.{head}") or SHORT_HEADS.get(head) or head for head in _heads(text)}
            columns = {column: form.type_of(column) for column in heads.values()}
            values = [[form.value_of(column, row[head]) for head, column in heads.items()] for row in rows]
            if form.seed is not None:
                random.Random(form.seed).shuffle(values)
            yield form.name(name), {form.name(column): kind for column, kind in columns.items()}, values


# Dirt of every kind, so that what is listed must agree too.
DIRTY = Clinic().with_rows(
    person="1 | 8532 | 1970 | 5 | 17 | 8527 | W",
    condition_occurrence="""
        102 | 1 | 80182 | 2014-03-01 | -          | M33.10 | 35208822
        106 | 1 | 80182 | 2014-03-01 | -          | M33.10 | 35208822
        107 | 1 | 80182 | 1950-01-01 | -          | M33.10 | 35208822
        108 | 1 | 80182 | -          | -          | M33.10 | 35208822
        109 | 1 | 80182 | 2015-03-01 | 2014-01-01 | M33.10 | 35208822
    """,
    measurement="406 | 1 | 3025315 | 2016-09-30 | 70 | 0 | stone | - | -",
)


def _heads(text: str) -> list[str]:
    return [head.strip() for head in next(line for line in text.splitlines() if line.strip()).split("|")]


def write_duckdb(path: Path, clinic: Clinic | None = None, form: Form = PLAIN) -> Path:
    """Write a clinic as a DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        _fill(connection, clinic, form)
    return path


def _fill(connection: duckdb.DuckDBPyConnection, clinic: Clinic | None, form: Form) -> list[str]:
    names = []
    before = ""
    if form.schema:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {form.schema}")
        before = f"{form.schema}."
    for name, columns, rows in (clinic or Clinic()).tables(form):
        typed = ", ".join(f"{quoted_path((column,))} {kind}" for column, kind in columns.items())
        connection.execute(f'CREATE TABLE {before}"{name}" ({typed})')
        marks = ", ".join("?" for _ in columns)
        if rows:
            every = ", ".join([f"({marks})"] * len(rows))
            connection.execute(f'INSERT INTO {before}"{name}" VALUES {every}', [value for row in rows for value in row])
        names.append(name)
    return names


def write_folder(
    folder: Path, ending: str, clinic: Clinic | None = None, form: Form = PLAIN, options: str = ""
) -> Path:
    """Write a clinic as a folder of files, one a table: "parquet", "csv" or "csv.gz"."""
    folder.mkdir()
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in _fill(connection, clinic, form):
            how = "FORMAT parquet" if ending == "parquet" else f"FORMAT csv, HEADER{options}"
            connection.execute(f"COPY \"{name}\" TO '{folder / f'{name}.{ending}'}' ({how})")
    return folder


def write_parts(folder: Path, ending: str, clinic: Clinic | None = None) -> Path:
    """Write a clinic as a folder of folders: one file a row, in each table's own folder."""
    folder.mkdir()
    with duckdb.connect(":memory:") as connection:
        for name in _fill(connection, clinic, PLAIN):
            (folder / name).mkdir()
            ((rows,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
            for number in range(rows):
                how = "FORMAT parquet" if ending == "parquet" else "FORMAT csv, HEADER"
                target = folder / name / f"part-{number}.{ending}"
                connection.execute(f"COPY (SELECT * FROM {name} LIMIT 1 OFFSET {number}) TO '{target}' ({how})")
    return folder


def write_postgresql(address: str, clinic: Clinic | None = None, form: Form = PLAIN) -> str:
    """Write a clinic into a PostgreSQL database."""
    kinds = {"DOUBLE": "double precision", "VARCHAR": "text"}
    with psycopg.connect(address, autocommit=True, options="-c timezone=UTC") as connection:
        schema = form.schema or "public"
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for name, columns, rows in (clinic or Clinic()).tables(form):
            typed = ", ".join(f'"{column}" {kinds.get(kind, kind)}' for column, kind in columns.items())
            connection.execute(f'CREATE TABLE "{schema}"."{name}" ({typed})')
            marks = ", ".join("%s" for _ in columns)
            with connection.cursor() as cursor:
                cursor.executemany(f'INSERT INTO "{schema}"."{name}" VALUES ({marks})', rows)
    return address


def read(address: str | Path, needs: RecordNeeds = NEEDS, schema: str | None = None) -> Records:
    """Read a clinic."""
    source = open_source(str(address), schema)
    try:
        return read_records(source, needs)
    finally:
        source.close()


def contents(records: Records) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that was read, in an order of its own."""
    names = ("person", "observation_period", "death", "event", "drug", "measurement")
    return {name: records.store.connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in names}


def faults(records: Records, name: str | None = None) -> list[tuple[Any, ...]]:
    """Return the problems as (table, row, rule, rows, left out), of one table or all."""
    return [
        (one.table, one.row, one.rule, one.rows, one.is_left_out)
        for one in records.problems
        if name is None or one.table == name
    ]


def assert_same(records: Records, expected: Records) -> None:
    """Assert that two readings of one clinic gave the same."""
    assert contents(records) == contents(expected)
    assert sorted(faults(records), key=str) == sorted(faults(expected), key=str)
    assert records.accounts == expected.accounts
    assert (records.cdm_version, records.source_name, records.is_invented) == ("v5.4", "Small clinic", True)
