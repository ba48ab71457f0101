"""The invented hospital as a project of REDCap: its dictionary, a flat export, and one with a line per value."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractory.records.hospital.as_sheet import SheetPlan, review_plan, sheet_plans, write_vocabulary
from refractory.records.redcap_dictionary import PAGE_HEADINGS, slug_of

if TYPE_CHECKING:
    import duckdb

RECORD_ID = "record_id"
_EVENT_FREE_HEAD = (RECORD_ID, "redcap_repeat_instrument", "redcap_repeat_instance")
# What somebody would have picked from a list rather than typed.
_PICKED = ("Sex", "Race", "Route", "Why stopped", "Item")
_NOTES = ("Codes", "Directions")


@dataclass
class _Instrument:
    """A sheet of the hospital as an instrument, with the cells of its rows.

    Args:
        plan: The sheet.
        rows: Record, and cells as REDCap stores them, of each row.
        choices: By column, the code of each text that is picked from a list.
    """

    plan: SheetPlan
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    validations: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return slug_of(self.plan.name)

    @property
    def columns(self) -> list[str]:
        return [one for one in self.plan.columns if one != "Patient"]

    def field_of(self, column: str) -> str:
        """Return the name of the field that a column is."""
        return f"{self.name}_{slug_of(column)}"

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take the rows of the sheet, typed as they are."""
        places = [place for place, column in enumerate(self.plan.columns) if column != "Patient"]
        person = self.plan.columns.index("Patient")
        for column, place in zip(self.columns, places, strict=True):
            kinds = {type(row[place]) for row in rows if row[place] not in (None, "")}
            if kinds and kinds <= {date}:
                self.validations[column] = "date_ymd"
            elif kinds and kinds <= {int, float}:
                self.validations[column] = "integer" if kinds == {int} else "number"
            if column in _PICKED:
                texts = sorted({str(row[place]) for row in rows if row[place] not in (None, "")})
                self.choices[column] = {text: str(code) for code, text in enumerate(texts, start=1)}
        for row in rows:
            cells = [self._write(column, row[place]) for column, place in zip(self.columns, places, strict=True)]
            self.rows.append((str(row[person]), cells))

    def _write(self, column: str, cell: Any) -> str:
        if cell in (None, ""):
            return ""
        if isinstance(cell, date):
            return cell.isoformat()
        text = repr(cell) if isinstance(cell, float) else str(cell)
        return self.choices[column][text] if column in self.choices else text


def write_as_redcap(records: Path) -> None:
    """Write a project of REDCap in the place of the hospital's DuckDB file.

    Args:
        records: Folder that holds hospital.duckdb and labels.csv; it then holds hospital.dictionary.csv, the flat
            export hospital.csv, the same with a line per value as hospital.values.csv, a mapping for each of the two,
            and vocabulary/.
    """
    import duckdb

    database = records / "hospital.duckdb"
    connection = duckdb.connect(str(database), read_only=True)
    try:
        ((name,),) = connection.execute("SELECT cdm_source_name FROM cdm_source").fetchall()
        instruments = _read_instruments(connection, records / "labels.csv")
        write_vocabulary(connection, records / "vocabulary")
    finally:
        connection.close()
    _write_csv(records / "hospital.dictionary.csv", _dictionary_lines(instruments))
    _write_csv(records / "hospital.csv", _flat_lines(instruments))
    _write_csv(records / "hospital.values.csv", _value_lines(instruments))
    for export in ("hospital", "hospital.values"):
        text = "".join(_mapping_lines(name, f"{export}.csv", instruments))
        (records / f"{export}.mapping.toml").write_text(text, encoding="utf-8")
    database.unlink()
    (records / "labels.csv").unlink()


def _read_instruments(connection: duckdb.DuckDBPyConnection, labels: Path) -> list[_Instrument]:
    instruments = [_Instrument(plan) for plan in (*sheet_plans(), review_plan())]
    for one in instruments[:-1]:
        one.take(connection.execute(one.plan.query).fetchall())
    with labels.open(encoding="utf-8", newline="") as file:
        instruments[-1].take(list(csv.reader(file))[1:])
    return instruments


def _dictionary_lines(instruments: Sequence[_Instrument]) -> Iterator[Sequence[str]]:
    yield PAGE_HEADINGS
    for number, one in enumerate(instruments):
        if number == 0:
            yield [RECORD_ID, one.name, "", "text", "Record", *("",) * 13]
        for column in one.columns:
            choices = one.choices.get(column, {})
            kind = "dropdown" if choices else "notes" if column in _NOTES else "text"
            offered = " | ".join(f"{code}, {text}" for text, code in choices.items())
            validation = one.validations.get(column, "")
            is_identifier = "y" if column == "Date of birth" else ""
            label = f"<b>{column}</b>"
            yield [one.field_of(column), one.name, "", kind, label, offered, "", validation, "", "", is_identifier] + [
                ""
            ] * 7


def _in_order(instruments: Sequence[_Instrument]) -> Iterator[tuple[str, int, int, list[str]]]:
    """Give the rows as REDCap exports them: by record, then by instrument, then by instance."""
    rows = [(record, at, cells) for at, one in enumerate(instruments) for record, cells in one.rows]
    rows.sort(key=lambda row: (int(row[0]), row[1]))
    for (record, at), several in groupby(rows, key=lambda row: row[:2]):
        for instance, (_, _, cells) in enumerate(several, start=1):
            yield record, at, instance, cells


def _flat_lines(instruments: Sequence[_Instrument]) -> Iterator[Sequence[str]]:
    widths = [len(one.columns) + 1 for one in instruments]
    head = [[*map(one.field_of, one.columns), f"{one.name}_complete"] for one in instruments]
    yield [*_EVENT_FREE_HEAD, *(name for names in head for name in names)]
    for record, at, instance, cells in _in_order(instruments):
        repeats = [instruments[at].name, str(instance)] if at else ["", ""]
        yield [record, *repeats, *("",) * sum(widths[:at]), *cells, "2", *("",) * sum(widths[at + 1 :])]


def _value_lines(instruments: Sequence[_Instrument]) -> Iterator[Sequence[str]]:
    yield ["record", *_EVENT_FREE_HEAD[1:], "field_name", "value"]
    for record, at, instance, cells in _in_order(instruments):
        one = instruments[at]
        place = [record, one.name, str(instance)] if at else [record, "", ""]
        if not at:
            yield [*place, RECORD_ID, record]
        for column, cell in zip(one.columns, cells, strict=True):
            if cell:
                yield [*place, one.field_of(column), cell]
        yield [*place, f"{one.name}_complete", "2"]


def _mapping_lines(name: str, export: str, instruments: Sequence[_Instrument]) -> Iterator[str]:
    yield f'# An invented hospital: no row describes a real person.\n[source]\nkind = "redcap"\nname = "{name}"\n'
    yield f'invented = true\nfile = "{export}"\ndictionary = "hospital.dictionary.csv"\nvocabulary = "vocabulary"\n'
    for one in instruments:
        said = one.plan.mapping
        for column in one.columns:
            said = said.replace(f'"{column}"', f'"{one.field_of(column)}"')
        yield f'\n[[table]]\nsheet = "{one.name}"\nperson = "{RECORD_ID}"\n{said}'


def _write_csv(path: Path, lines: Iterator[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
