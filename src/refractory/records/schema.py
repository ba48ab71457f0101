"""The tables that every source becomes: OMOP's words, one shape, the row of origin kept."""

from __future__ import annotations

from dataclasses import dataclass

# One row per person. Birth is the interval of days that it may be: equal ends when known to the day.
PERSON = {
    "person_id": "int64",
    "birth_earliest": "date",
    "birth_latest": "date",
    "sex": "string",  # female, male, unknown
    "race": "string",
}

# One row per period in which the source would have recorded the person's care.
OBSERVATION_PERIOD = {"row_id": "int64", "person_id": "int64", "start_date": "date", "end_date": "date"}

# One row per death.
DEATH = {"person_id": "int64", "death_date": "date"}

# One row per source row of a diagnosis, procedure or observation, per concept set that names it.
EVENT = {
    "source_table": "string",
    "row_id": "int64",
    "person_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "end_date": "date",
    "value_text": "string",
}

# One row per source row of a drug, per concept set that names it.
DRUG = {
    "source_table": "string",
    "row_id": "int64",
    "person_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "end_date": "date",  # as written; null when the source has none
    "days_supply": "int64",  # null when absent or not positive
    "quantity": "float64",  # null when absent or not positive
    "mg_per_unit": "float64",  # mg of the active drug in one unit of quantity; null when unknown
    "mg_origin": "string",  # billing unit, dose unit, drug_strength, product name; null when unknown
    "is_counted": "boolean",  # a unit of quantity is a tablet, a capsule or the like
    "prednisone_factor": "float64",  # mg of prednisone equal to one mg; null for other drugs
    "route": "string",  # intravenous, subcutaneous, intramuscular, oral, topical, ..., unknown
    "code": "string",  # the source's own code or text
    "product": "string",
    "sig": "string",
    "stop_reason": "string",
}

# One row per source row of a measurement, per concept set that names it.
MEASUREMENT = {
    "source_table": "string",
    "row_id": "int64",
    "person_id": "int64",
    "concept_set": "string",
    "date": "date",
    "value": "float64",
    "unit": "string",
    "upper_limit": "float64",  # upper limit of normal as the source gives it
}

# One row per stay in a cohort definition of ATLAS, as it was known by a candidate day 0.
ENTRY = {
    "definition": "string",  # name of the file
    "person_id": "int64",
    "day0_date": "date",
    "entry_date": "date",
    "exit_date": "date",
}

# One row per adjudicated item, as a reviewer wrote it.
LABEL = {
    "row_id": "int64",
    "person_id": "int64",
    "item": "string",
    "value": "string",
    "earliest": "date",
    "latest": "date",
    "reviewer": "string",
}

SCHEMAS: dict[str, dict[str, str]] = {
    "person": PERSON,
    "observation_period": OBSERVATION_PERIOD,
    "death": DEATH,
    "event": EVENT,
    "drug": DRUG,
    "measurement": MEASUREMENT,
    "label": LABEL,
}


@dataclass(frozen=True)
class Problem:
    """One line of problems.csv: source rows that were not used as written, and why.

    Args:
        table: Source table or file.
        row: Row of origin (the table's own key, or a line number); None for a line about a whole table.
        column: The column at fault; empty when it is the whole row.
        rule: What is wrong, as a rule ("ends before it starts").
        done: What was done ("left out", "value not used").
        rows: Source rows that this line speaks of.
        is_left_out: True when the rows are not used at all; those count as listed in the row accounting.
        file: File, or sheet of a file, that the row came from, where the table was made of files of another kind.
        line: Line in that file.
        place: Column, field or resource in that line.
    """

    table: str
    row: int | None
    column: str
    rule: str
    done: str
    rows: int = 1
    is_left_out: bool = True
    file: str = ""
    line: int | None = None
    place: str = ""
