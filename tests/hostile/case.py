"""One hostile file: what it holds, and what must come of it, written down before anybody looked at the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refractory.errors import RefractoryError
from refractory.records.from_anywhere import open_records

MAPPING = "charts.mapping.toml"
BASIC = """
[source]
dates = "day first"

[[table]]
person = "MRN"

[[table.record]]
kind   = "drug"
column = { what = "Drug", start = "Start", end = "Stop", directions = "Dose" }
"""
HEAD = "MRN,Drug,Start,Stop,Dose\n"
Content = str | bytes | Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A file as real people make it, or as somebody makes it who means harm.

    Args:
        name: What is wrong with it, as a sentence.
        content: Text of charts.csv, bytes of `file`, or a function that writes `file` at a path.
        records: What is read: person, drug, first day, last day, directions; parted by blanks and bars.
        listed: Lines that are left out, each with a word of the reason.
        told: Lines that are used, with a word of what is said of them; column and word parted by ": ".
        refused: Words of the error, where nothing may be read at all; "" for any words.
        may_refuse: Either what `records` says is read, or the file is refused in words.
        mapping: The mapping.
        file: Name of the file.
        beside: Other files of the folder.
        persons: Persons that are known; those of `records` when not given.
    """

    name: str
    content: Content
    records: tuple[str, ...] = ()
    listed: Mapping[int, str] = field(default_factory=dict)
    told: tuple[tuple[int, str], ...] = ()
    refused: str | None = None
    may_refuse: bool = False
    mapping: str = BASIC
    file: str = "charts.csv"
    beside: Mapping[str, str] = field(default_factory=dict)
    persons: int | None = None

    def write(self, folder: Path) -> Path:
        """Write the files of the case and return its mapping."""
        path = folder / self.file
        if isinstance(self.content, str):
            path.write_bytes(self.content.encode())
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
        for name, text in self.beside.items():
            (folder / name).write_text(text, encoding="utf-8")
        mapping = (
            self.mapping
            if "file =" in self.mapping
            else self.mapping.replace("[source]", f'[source]\nfile = "{self.file}"')
        )
        (folder / MAPPING).write_text(mapping, encoding="utf-8")
        return folder / MAPPING


@dataclass(frozen=True)
class Outcome:
    """What came of a case."""

    refused: str | None
    records: tuple[str, ...] = ()
    listed: Mapping[int, str] = field(default_factory=dict)
    told: tuple[tuple[int, str], ...] = ()
    persons: int = 0


def read_case(mapping: Path) -> Outcome:
    """Read the file of a case through the front door."""
    try:
        source = open_records(str(mapping))
    except RefractoryError as error:
        return Outcome(str(error))
    try:
        for account in source.read_accounts:
            assert account.rows == account.used + account.not_asked_for + account.listed
        rows = source.connection.execute(_RECORDS).fetchall() if source.described.get("drug_exposure") else []
        persons = source.connection.execute("SELECT count(*) FROM records_source.main.person_key").fetchone()[0]
        listed = {one.line: one.rule for one in source.problems if one.is_left_out}
        told = tuple(
            (one.line or 0, f"{one.column}: {one.rule} ({one.done})") for one in source.problems if not one.is_left_out
        )
        return Outcome(None, tuple(" | ".join(map(str, row)).rstrip(" |") for row in rows), listed, told, persons)
    finally:
        source.close()


_RECORDS = """
SELECT person_key, coalesce(concept_name, drug_source_value), drug_exposure_start_date,
       coalesce(drug_exposure_end_date::VARCHAR, ''), coalesce(sig, '')
FROM records_source.main.drug_exposure JOIN records_source.main.person_key USING (person_id)
LEFT JOIN records_source.main.own_concept ON concept_id = drug_source_concept_id
ORDER BY ALL
"""


def _plain(record: str) -> str:
    return " | ".join(part.strip() for part in record.split("|")).rstrip(" |")


def find_faults(case: Case, outcome: Outcome) -> list[str]:
    """Name what came of a case otherwise than it must."""
    if outcome.refused is not None:
        if case.may_refuse:
            return []
        if case.refused is None:
            return [f"refused: {outcome.refused}"]
        return [] if re.search(case.refused, outcome.refused, re.IGNORECASE) else [f"refused with: {outcome.refused}"]
    if case.refused is not None:
        return [f"read, and must be refused ({case.refused}): {outcome.records[:3]}"]
    faults = []
    wanted, found = (sorted(map(_plain, records)) for records in (case.records, outcome.records))
    if wanted != found:
        faults.append(f"records {found}, wanted {wanted}")
    if case.listed.keys() != outcome.listed.keys():
        faults.append(f"lines left out {outcome.listed}, wanted {dict(case.listed)}")
    faults += [
        f"line {line} left out for {outcome.listed[line]!r}, wanted {word!r}"
        for line, word in case.listed.items()
        if line in outcome.listed and not re.search(word, outcome.listed[line], re.IGNORECASE)
    ]
    faults += [
        f"nothing told of line {line}: {words!r}; told {outcome.told}"
        for line, words in case.told
        if not any(line == at and re.search(words, said, re.IGNORECASE) for at, said in outcome.told)
    ]
    persons = len({one.split("|")[0].strip() for one in case.records}) if case.persons is None else case.persons
    if persons != outcome.persons:
        faults.append(f"{outcome.persons} persons, wanted {persons}")
    return faults
