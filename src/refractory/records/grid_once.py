"""Records that are the same in several rows of a person: a diagnosis that each visit repeats is one record."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from refractory.records.cell_words import read_cell_text
from refractory.records.grid_cells import RecordCells
from refractory.records.grid_codes import CodeBook
from refractory.records.grid_records import build_rows

Fault = tuple[str, str, str]  # column, rule, what was done
_DAYS = ("condition_start_date", "drug_exposure_start_date", "procedure_date", "observation_date", "measurement_date")


@dataclass(frozen=True)
class Repeated:
    """A record that several rows of a person may hold.

    Args:
        line: Line of the row that it is taken from.
        table: The staged table that it goes to.
        staged: What is staged.
        faults: What could not be used as written in that row.
    """

    line: int
    table: str
    staged: Mapping[str, Any]
    faults: tuple[Fault, ...]


@dataclass
class RepeatedRecords:
    """Keeps one of each record that several rows of a person repeat; of undated ones the earliest.

    Args:
        kept: Records by what tells them apart.
    """

    kept: dict[Hashable, Repeated] = field(default_factory=dict)

    def read(self, cells: RecordCells, codes: CodeBook, key: str, place: Mapping[str, Any]) -> bool:
        """Read a record of a row; True where the row holds it, be it the first to do so or not.

        Args:
            cells: The cells of the record.
            codes: The codes of the mapping.
            key: The person.
            place: Where the row is, as it is staged.
        """
        faults: list[Fault] = []
        quiet = replace(cells, tell=lambda *said: faults.append(said))
        found = list(build_rows(quiet, codes, place["origin_file"]))
        if not found:
            for fault in faults:
                cells.tell(*fault)
        written = tuple(read_cell_text(quiet.cell(name)) for name in ("start", "date"))
        for table, staged in found:
            told_apart = tuple(item for item in staged.items() if item[0] not in _DAYS)
            what = (id(cells.plan), key, table, written, told_apart)
            known = self.kept.get(what)
            if known is None or _day_of(staged) < _day_of(known.staged):
                self.kept[what] = Repeated(
                    place["origin_row"], table, {"person_key": key, **staged, **place}, tuple(faults)
                )
        return bool(found)

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Return what could not be used as written of what was kept, with the line, each once."""
        yield from dict.fromkeys((one.line, fault) for one in self.kept.values() for fault in one.faults)


def _day_of(staged: Mapping[str, Any]) -> str:
    return next((str(staged[name]) for name in _DAYS if staged.get(name) is not None), "9999")
