"""The book in which the planted persons' rows are collected before they go to the database."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from refractory.records.hospital.tables import ROW_KEYS

EHR = 32817
_INPATIENT, _OUTPATIENT = 9201, 9202
_DATES = {
    "condition_occurrence": "condition_start_date",
    "drug_exposure": "drug_exposure_start_date",
    "procedure_occurrence": "procedure_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
}
_TYPES = {
    "condition_occurrence": "condition_type_concept_id",
    "drug_exposure": "drug_type_concept_id",
    "procedure_occurrence": "procedure_type_concept_id",
    "measurement": "measurement_type_concept_id",
    "observation": "observation_type_concept_id",
    "observation_period": "period_type_concept_id",
    "death": "death_type_concept_id",
}
Row = dict[str, Any]


class Scrambler:
    """Numbers 0, 1, 2, ... as keys in an order that tells nothing: one multiplication modulo a prime.

    The key of a number does not depend on how many numbers there are.
    """

    def __init__(self, seed: int, prime: int, first: int) -> None:
        self.prime = prime
        self.first = first
        rng = Random(f"keys {seed}")
        # A small factor would leave the numbers in order.
        self.factor = rng.randrange(prime // 4, prime // 4 * 3)
        self.shift = rng.randrange(prime)

    def key(self, number: Any) -> Any:
        """Return the key of a number, or of each number of an array of 64-bit integers."""
        return self.first + (number * self.factor + self.shift) % self.prime


# Products stay below 2 to the power of 63 for a hundred million persons and four thousand million rows.
PERSON_KEYS = (49_999_991, 10_000_001)
ROW_KEY_SPACE = (2_147_483_647, 1)


class RecordBook:
    """Rows by table, each a dictionary of the columns that are not null."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self._visits: dict[tuple[int, date], int] = {}

    def add(self, table: str, person_id: int, when: date | None = None, **columns: Any) -> Row:
        """Add a row; rows of one person and day in the clinic share a visit."""
        row: Row = {"person_id": person_id, **columns}
        if table in _TYPES:
            row[_TYPES[table]] = EHR
        if when is not None:
            row[_DATES[table]] = when
            if table != "drug_exposure":
                row["visit_occurrence_id"] = self.visit(person_id, when)
        self.rows.setdefault(table, []).append(row)
        return row

    def repeat(self, table: str, row: Row) -> None:
        """Add a row once more, equal in everything but its key."""
        self.rows[table].append(dict(row))

    def give_keys(self, seed: int) -> None:
        """Give every row its key."""
        scrambler = Scrambler(seed, *ROW_KEY_SPACE)
        for table, key in ROW_KEYS.items():
            for number, row in enumerate(self.rows.get(table, [])):
                row[key] = scrambler.key(number)
                if "visit_occurrence_id" in row and table != "visit_occurrence":
                    row["visit_occurrence_id"] = scrambler.key(row["visit_occurrence_id"])

    def visit(self, person_id: int, when: date) -> int:
        """Return the number of a person's visit on a day, written down when it is the first row of that day."""
        number = self._visits.setdefault((person_id, when), len(self._visits))
        if number == len(self.rows.get("visit_occurrence", [])):
            kind = _INPATIENT if number % 17 == 0 else _OUTPATIENT
            self.rows.setdefault("visit_occurrence", []).append(
                {
                    "person_id": person_id,
                    "visit_concept_id": kind,
                    "visit_start_date": when,
                    "visit_end_date": when,
                    "visit_type_concept_id": EHR,
                }
            )
        return number
