"""Persons, the periods in which they were observed, and their deaths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.records.clean import LEFT_OUT, NOT_USED
from refractory.records.schema import Problem

if TYPE_CHECKING:
    from refractory.records.reading import RawTable
    from refractory.records.store import Store

# Standard concepts of OMOP, for sources without a `concept` table; else the vocabulary's own name is used.
_SEXES = {8532: "female", 8507: "male"}
_RACES = {
    8527: "White",
    8516: "Black or African American",
    8515: "Asian",
    8657: "American Indian or Alaska Native",
    8557: "Native Hawaiian or Other Pacific Islander",
}


def add_persons(store: Store, raw: RawTable) -> tuple[Problem, ...]:
    """Add the persons that were handed over to `person`, one row each, birth as the interval of days that it may be.

    A month or a year of birth without a day is never padded. A person who is there twice is used once: the row with
    the earliest birth.
    """
    others = raw.all_but("")
    copy, is_copy = "1", "false"
    if not _is_each_once(store, raw, "person_id"):
        told = "birth_earliest NULLS LAST, birth_latest NULLS LAST, sex, race_id, race_text"
        same = f"(PARTITION BY person_id ORDER BY {told}, content)"
        copy, is_copy = f"row_number() OVER {same}", f"first(content) OVER {same} = content"
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        WITH typed AS (
            SELECT {raw.integer("person_id")} AS person_id, {_birth(raw)},
                   {_sex(raw)} AS sex, {raw.identifier("race_concept_id")} AS race_id,
                   {raw.text("race_source_value")} AS race_text, hash({others}) AS content
            FROM raw_person
        ), born AS (
            SELECT *, {_birth_interval("earliest")} AS birth_earliest, {_birth_interval("latest")} AS birth_latest
            FROM typed
        )
        SELECT *, {copy} AS copy, {is_copy} AS is_copy FROM born
        """
    )
    races = " ".join(f"WHEN {concept} THEN '{name}'" for concept, name in _RACES.items())
    store.connection.execute(
        f"""
        INSERT INTO person
        SELECT person_id, birth_earliest, birth_latest, sex,
               coalesce(concept_name, CASE race_id {races} END, race_text, 'unknown')
        FROM counted LEFT JOIN concept_name ON concept_id = race_id
        WHERE copy = 1
        ORDER BY person_id
        """
    )
    listed = store.connection.execute(
        "SELECT person_id, is_copy, copy > 1 FROM counted WHERE copy > 1 OR birth_earliest IS NULL ORDER BY ALL"
    ).fetchall()
    rules = {True: "exact copy of another row", False: "person is there twice"}
    return tuple(
        Problem("person", person, "", rules[is_copy], LEFT_OUT)
        if is_more
        else Problem("person", person, "year_of_birth", "no date of birth can be read", NOT_USED, is_left_out=False)
        for person, is_copy, is_more in listed
    )


def _is_each_once(store: Store, raw: RawTable, columns: str) -> bool:
    ((is_each_once,),) = store.connection.execute(
        f'SELECT count(*) = count(DISTINCT hash({columns})) FROM "{raw.name}"'
    ).fetchall()
    return bool(is_each_once)


def _birth(raw: RawTable) -> str:
    parts = [f"{raw.integer(f'{part}_of_birth')} AS {part}" for part in ("year", "month", "day")]
    ends = [f"{raw.date((f'birth_{end}',))} AS born_{end}" for end in ("earliest", "latest")]
    return ", ".join([*parts, f"{raw.date(('birth_datetime',))} AS born", *ends])


def _birth_interval(end: str) -> str:
    # Many sites fill birth_datetime up with the first of January, so it speaks only where there is no year; a sheet
    # that has an age and its day knows two days between which birth was.
    day = "TRY_CAST(format('{:04d}-{:02d}-{:02d}', year, month, day) AS DATE)"
    month = "TRY_CAST(format('{:04d}-{:02d}-01', year, month) AS DATE)"
    first_of_year, last_of_year = (f"TRY_CAST(format('{{:04d}}-{days}', year) AS DATE)" for days in ("01-01", "12-31"))
    if end == "earliest":
        return f"coalesce({day}, {month}, {first_of_year}, born, born_earliest)"
    return f"coalesce({day}, last_day({month}), {last_of_year}, born, born_latest)"


def _sex(raw: RawTable) -> str:
    known = " ".join(f"WHEN {concept} THEN '{sex}'" for concept, sex in _SEXES.items())
    text = f"lower({raw.text('gender_source_value')})"
    return (
        f"coalesce(CASE {raw.identifier('gender_concept_id')} {known} END, "
        f"CASE WHEN {text} IN ('f', 'female') THEN 'female' WHEN {text} IN ('m', 'male') THEN 'male' END, 'unknown')"
    )


def add_deaths(store: Store, raw: RawTable) -> tuple[Problem, ...]:
    """Add the deaths that were handed over to `death`, one a person: the earliest that can be read."""
    columns = ("death_date", "death_datetime")
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY death_date NULLS LAST) AS copy
        FROM (SELECT {raw.integer("person_id")} AS person_id, {raw.date(columns)} AS death_date,
                     {raw.is_written(columns)} AS is_written FROM raw_death)
        """
    )
    return _add_dated(store, "death", "person_id, death_date", "death is there twice", None)


def add_observation_periods(store: Store, raw: RawTable) -> tuple[Problem, ...]:
    """Add the periods that were handed over to `observation_period`; one that has no start or no end is left out."""
    starts = ("observation_period_start_date", "observation_period_start_datetime")
    ends = ("observation_period_end_date", "observation_period_end_datetime")
    others = raw.all_but("observation_period_id")
    copy = "row_number() OVER (PARTITION BY content ORDER BY row_id NULLS LAST)"
    copy = "1" if _is_each_once(store, raw, others) else copy
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT *, {copy} AS copy
        FROM (SELECT {raw.integer("observation_period_id")} AS row_id, {raw.integer("person_id")} AS person_id,
                     {raw.date(starts)} AS start_date, {raw.date(ends)} AS end_date,
                     {raw.is_written(starts)} AND {raw.is_written(ends)} AS is_written, hash({others}) AS content
              FROM raw_observation_period)
        """
    )
    fresh_id = "-row_number() OVER (ORDER BY person_id, start_date, end_date)"
    values = f"coalesce(row_id, {fresh_id}), person_id, start_date, end_date"
    return _add_dated(store, "observation_period", values, "exact copy of another row", "end_date")


def _add_dated(store: Store, table: str, values: str, rule_of_copies: str, end: str | None) -> tuple[Problem, ...]:
    start, key = ("start_date", "row_id") if end else ("death_date", "person_id")
    reversed_dates = f"WHEN {end} < {start} THEN 'ends before it starts'" if end else ""
    unread = f"{start} IS NULL OR {end} IS NULL" if end else f"{start} IS NULL"
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        SELECT counted.*, CASE WHEN person.person_id IS NULL THEN 'its person has no row in person'
               WHEN copy > 1 THEN '{rule_of_copies}'
               WHEN ({unread}) AND is_written THEN 'a date cannot be read'
               WHEN {unread} THEN 'no date'
               {reversed_dates} END AS fault
        FROM counted LEFT JOIN person USING (person_id)
        """
    )
    store.connection.execute(f"INSERT INTO {table} SELECT {values} FROM judged WHERE fault IS NULL ORDER BY ALL")
    listed = store.connection.execute(
        f"SELECT {key}, fault FROM judged WHERE fault IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return tuple(Problem(table, row, "", rule, LEFT_OUT) for row, rule in listed)
