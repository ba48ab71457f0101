"""Persons of grids: how their keys are spelled, and what their rows say of birth and sex."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from refractory.records.cell_words import read_cell_text, spell_person
from refractory.records.grid import Cell
from refractory.records.grid_cells import NOT_USED, RecordCells

_WOMAN = "f female w woman women girl weiblich frau femme féminin feminin mujer femenino donna femmina"
_MAN = "m male man men boy männlich mann homme masculin hombre masculino uomo maschio"
_WOMEN, _MEN = frozenset(_WOMAN.split()), frozenset(_MAN.split())


@dataclass
class PersonBook:
    """Persons by the spelling that tells them apart, with what is known of each.

    Args:
        spellings: Ways in which each key is written, counted.
        facts: Birth, sex and race of each person, as staged.
        origins: File, line and column where each person was first told of.
    """

    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def meet(self, cell: Cell) -> None:
        """Remember how a key is written."""
        self.spellings.setdefault(spell_person(cell), Counter())[_written(cell)] += 1

    def key(self, cell: Cell) -> str:
        """Return the key of a person: the spelling that the source has most often."""
        ways = self.spellings[spell_person(cell)]
        return min(ways, key=lambda way: (-ways[way], way))

    def is_spelled_otherwise(self, cell: Cell) -> bool:
        """Say whether a key is written in another way than most often."""
        return _written(cell) != self.key(cell)

    def add(self, key: str, origin: tuple[str, int, str], cells: RecordCells | None = None) -> bool:
        """Add what a row says of a person; True where it says anything that is used.

        What contradicts an earlier row is not used, and told.
        """
        self.origins.setdefault(key, origin)
        known = self.facts.setdefault(key, {})
        if cells is None:
            return False
        told, is_used = dict(_read_person(cells)), False
        for name, (value, column) in told.items():
            if name in known and known[name] != value:
                cells.tell(column, "differs from another row of the same person", NOT_USED)
            else:
                known[name] = value
                is_used = True
        return is_used

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Return a staged row for each person."""
        for key, known in self.facts.items():
            file, line, column = self.origins[key]
            born = known.get("born") or {}
            others = {name: value for name, value in known.items() if name != "born"}
            place = {"origin_file": file, "origin_row": line, "origin_column": column}
            yield {"person_key": key, **born, **others, **place}


def _written(cell: Cell) -> str:
    text = read_cell_text(cell).lstrip("'")
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdigit() and rest.strip("0") == "" else text


def _read_person(cells: RecordCells) -> Iterator[tuple[str, tuple[Any, str]]]:
    born = _read_birth(cells)
    if born is not None:
        yield "born", born
    sex = cells.text("sex")
    if sex:
        plain = sex.lower().strip(". ")
        said = "F" if plain in _WOMEN else "M" if plain in _MEN else sex
        yield "gender_source_value", (said, cells.column("sex"))
    for name in ("race", "ethnicity"):
        if text := cells.text(name):
            yield f"{name}_source_value", (text, cells.column(name))


def _read_birth(cells: RecordCells) -> tuple[dict[str, int], str] | None:
    column = cells.column("birth")
    if cells.cell("birth") is not None:
        found = cells.written_date("birth")
        if found is not None and found.earliest is not None and found.latest is not None:
            return _as_parts(found.earliest, found.latest, cells, column)
    if cells.cell("age") is None:
        return None
    return None


def _as_parts(earliest: date, latest: date, cells: RecordCells, column: str) -> tuple[dict[str, int], str] | None:
    if earliest.year != latest.year:
        cells.tell(column, "the year of birth is not known", NOT_USED)
        return None
    born = {"year_of_birth": earliest.year}
    if earliest.month == latest.month:
        born["month_of_birth"] = earliest.month
        if earliest == latest:
            born["day_of_birth"] = earliest.day
    elif (earliest, latest) != (date(earliest.year, 1, 1), date(earliest.year, 12, 31)):
        cells.tell(column, "only a part of the year of birth is known", "used as the whole year")
    return born, column
