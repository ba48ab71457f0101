"""One hostile export of REDCap, FHIR or OMOP, and what must come of it, written down before anybody read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refractory.errors import RefractoryError
from refractory.records.from_anywhere import open_records

Content = str | bytes | Callable[[Path], object]


@dataclass(frozen=True)
class ExportCase:
    """A folder as a program, a server or a person left it, or as somebody left it who means harm.

    Args:
        name: What is wrong with it, as a sentence.
        files: Contents by name; a function writes its file itself.
        records: What is read: table, person, what, first day, last day or value; parted by bars.
        rows: Rows of the source: lines of an export, resources of FHIR; None where the case is not about them.
        used: Rows that a record came of.
        listed: What is left out: "file line" and a word of the reason.
        told: What is said of what is used: "file line", column and rule; a line of 0 is that of no row.
        refused: Words of the error, where nothing may be read at all.
        may_refuse: Either what `records` says is read, or the folder is refused in words.
        address: What is named to the program, in the folder; empty for the folder itself.
        persons: Persons that are known; those of `records` when not given.
    """

    name: str
    files: Mapping[str, Content]
    records: tuple[str, ...] = ()
    rows: int | None = None
    used: int | None = None
    listed: Mapping[str, str] = field(default_factory=dict)
    told: tuple[tuple[str, str], ...] = ()
    refused: str | None = None
    may_refuse: bool = False
    address: str = ""
    persons: int | None = None

    def write(self, folder: Path) -> Path:
        """Write the files, and return what is to be opened."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                path.write_bytes(content.encode())
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                content(path)
        return folder / self.address if self.address else folder


@dataclass(frozen=True)
class Came:
    """What came of a case; `listed` and `told` by "file line"."""

    refused: str | None
    records: tuple[str, ...] = ()
    rows: int = 0
    used: int = 0
    listed: tuple[tuple[str, str], ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    persons: int = 0

    @property
    def said(self) -> list[str]:
        """Everything that a user reads of it."""
        return [self.refused or "", *(words for _, words in (*self.listed, *self.told))]


_RECORDS = {
    "drug_exposure": "SELECT 'drug', person_key, drug_source_value, drug_exposure_start_date, "
    "coalesce(drug_exposure_end_date::VARCHAR, quantity::VARCHAR)",
    "condition_occurrence": "SELECT 'condition', person_key, condition_source_value, condition_start_date, NULL",
    "procedure_occurrence": "SELECT 'procedure', person_key, procedure_source_value, procedure_date, NULL",
    "measurement": "SELECT 'measurement', person_key, measurement_source_value, measurement_date, "
    "coalesce(value_as_number::VARCHAR, value_source_value)",
    "observation": "SELECT 'observation', person_key, observation_source_value, observation_date, value_as_string",
    "label": "SELECT 'label', person_key, item, earliest, value",
}


def read_export(address: Path) -> Came:
    """Read a case through the front door."""
    try:
        source = open_records(str(address))
    except RefractoryError as error:
        return Came(str(error))
    try:
        for account in source.read_accounts:
            assert account.rows == account.used + account.not_asked_for + account.listed, account
        made = {name for (name,) in source.connection.execute(_MADE).fetchall()}
        rows = [
            row
            for table, query in _RECORDS.items()
            if table in made
            for row in source.connection.execute(
                f"{query} FROM records_source.main.{table} JOIN records_source.main.person_key USING (person_id)"
            ).fetchall()
        ]
        ((persons,),) = source.connection.execute("SELECT count(*) FROM records_source.main.person_key").fetchall()
        listed = [(f"{one.file} {one.line or 0}", one.rule) for one in source.problems if one.is_left_out]
        told = [
            (f"{one.file} {one.line or 0}", f"{one.column}: {one.rule} ({one.done})")
            for one in source.problems
            if not one.is_left_out
        ]
        return Came(
            None,
            tuple(" | ".join("" if cell is None else str(cell) for cell in row) for row in rows),
            sum(one.rows for one in source.read_accounts),
            sum(one.used for one in source.read_accounts),
            tuple(listed),
            tuple(told),
            persons,
        )
    finally:
        source.close()


_MADE = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'records_source' AND schema_name = 'main'"


def _plain(record: str) -> str:
    return " | ".join(part.strip() for part in record.split("|")).rstrip(" |")


def find_faults(case: ExportCase, came: Came) -> list[str]:
    """Name what came of a case otherwise than it must."""
    if came.refused is not None:
        if case.may_refuse:
            return []
        if case.refused is None:
            return [f"refused: {came.refused}"]
        return [] if re.search(case.refused, came.refused, re.IGNORECASE) else [f"refused with: {came.refused}"]
    if case.refused is not None:
        return [f"read, and must be refused ({case.refused}): {came.records[:3]}"]
    wanted, found = (sorted(map(_plain, records)) for records in (case.records, came.records))
    faults = [f"records {found}, wanted {wanted}"] if wanted != found else []
    if Counter(case.listed.keys()) != Counter(place for place, _ in came.listed):
        faults.append(f"left out {came.listed}, wanted {dict(case.listed)}")
    for place, word in case.listed.items():
        if not any(place == at and re.search(word, rule, re.IGNORECASE) for at, rule in came.listed):
            faults.append(f"{place} is not left out for {word!r}: {came.listed}")
    for place, words in case.told:
        if not any(place == at and re.search(words, said, re.IGNORECASE) for at, said in came.told):
            faults.append(f"nothing told of {place}: {words!r}; told {came.told}")
    for what, asked, came_of in (("rows", case.rows, came.rows), ("used rows", case.used, came.used)):
        if asked is not None and asked != came_of:
            faults.append(f"{came_of} {what}, wanted {asked}")
    persons = len({one.split("|")[1].strip() for one in case.records}) if case.persons is None else case.persons
    if persons != came.persons:
        faults.append(f"{came.persons} persons, wanted {persons}")
    return faults
