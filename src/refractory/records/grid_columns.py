"""Where the columns that a mapping names are in a grid, repeated columns among them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from refractory.errors import RecordsError
from refractory.records.cell_words import is_missing, read_cell_text
from refractory.records.grid import Cell, Grid
from refractory.records.mapping import Condition, RecordDefinition, TableDefinition

NUMBER = "{n}"
# A record leads back to the cell of its day; without one to what it says, and never to its number alone.
_TELLING = ("start", "date", "value", "died", "before", "birth", "what", "end")
_NAMED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = _NAMED.split()
_COUNTED = rf"(\d{{1,3}})(?:st|nd|rd|th)?|({'|'.join(_ORDINALS)})"


class MissingColumnsError(RecordsError):
    """A mapping names columns that a sheet does not have.

    Args:
        grid: Name of the sheet.
        missing: What is said of each, by the name as the mapping writes it.
    """

    def __init__(self, grid: str, missing: Mapping[str, str]) -> None:
        self.missing = missing
        many = "a column" if len(missing) == 1 else f"{len(missing)} columns"
        super().__init__(
            f"The mapping names {many} that {grid} does not have.",
            where="; ".join(missing.values()),
            remedy="write names as the sheet has them, or set `header` to the lines that name the columns",
        )


@dataclass(frozen=True)
class RecordPlan:
    """A record of a table at its columns.

    Args:
        definition: What the mapping says of it.
        places: Column of each field, counted from 0.
        names: Name of the column of each field.
        when: Column of its condition; None without one.
        also: Column of each further condition.
        number: Which of repeated columns; None where they are not repeated.
    """

    definition: RecordDefinition
    places: Mapping[str, int]
    names: Mapping[str, str]
    when: int | None
    number: int | None = None
    also: tuple[int, ...] = ()

    @property
    def telling(self) -> str:
        """Name of the column that tells most of the record."""
        return next((self.names[name] for name in _TELLING if name in self.names), next(iter(self.names.values()), ""))


@dataclass(frozen=True)
class GridPlan:
    """What a table of the mapping says of a grid, at its columns.

    Args:
        grid: The grid.
        table: What the mapping says.
        person: Column that tells the person.
        fill_down: Columns in which an empty cell means the same as the one above.
        records: Every record that a row may hold; repeated columns make one each.
        unused: Columns that the mapping neither uses nor names as not used.
    """

    grid: Grid
    table: TableDefinition
    person: int
    fill_down: tuple[int, ...]
    records: tuple[RecordPlan, ...]
    unused: tuple[str, ...]

    def is_heading(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row is a heading between the rows: one of those of the mapping, alone in its line."""
        if not self._headings or read_cell_text(cells[self.person]).lower() not in self._headings:
            return False
        passed_over = {self.person, *self.fill_down}
        return all(is_missing(cell, ()) for place, cell in enumerate(cells) if place not in passed_over)

    @cached_property
    def _headings(self) -> frozenset[str]:
        return frozenset(" ".join(one.split()).lower() for one in self.table.headings)


def plan_grid(grid: Grid, table: TableDefinition) -> GridPlan:
    """Find the columns of a table of the mapping.

    Raises:
        MissingColumnsError: When columns are not there, each with the nearest name.
    """
    finder = _ColumnFinder(grid, {_plain(name): place for place, name in reversed(list(enumerate(grid.columns)))}, {})
    person = finder.place(table.person)
    filled = tuple(finder.place(name) for name in table.fill_down)
    for name in table.dates_of:
        finder.place(name)
    records: list[RecordPlan] = []
    for definition in table.record:
        also = tuple(finder.place(one.column) for one in further_conditions(definition))
        records += [replace(one, also=also) for one in _plan_record(definition, finder)]
    if finder.missing:
        raise MissingColumnsError(grid.name, finder.missing)
    named = {place for name in table.not_used for place in finder.places_if_there(name)}
    used = {person, *filled, *named}
    for record in records:
        used |= {*record.places.values(), *record.also, *(() if record.when is None else (record.when,))}
    unused = tuple(name for place, name in enumerate(grid.columns) if place not in used)
    return GridPlan(grid, table, person, filled, tuple(records), unused)


@dataclass(frozen=True)
class _ColumnFinder:
    """Finds columns by their names; what is not there is gathered, so that one message tells all."""

    grid: Grid
    columns: Mapping[str, int]
    missing: dict[str, str]

    def place(self, name: str) -> int:
        if name in self.grid.columns:
            return self.grid.columns.index(name)
        if _plain(name) in self.columns:
            return self.columns[_plain(name)]
        self.tell(name)
        return 0

    def repeated(self, name: str) -> dict[int, int]:
        """Return the columns of a name with {n} in it, by their number."""
        found = self.numbered(name)
        if not found:
            self.tell(name)
        return found

    def numbered(self, name: str) -> dict[int, int]:
        parts = [re.escape(_plain(part)) for part in name.split(NUMBER, 1)]
        pattern = re.compile(r"\s*".join((parts[0], f"(?:{_COUNTED})", parts[1])))
        found: dict[int, int] = {}
        for place, column in enumerate(self.grid.columns):
            if matched := pattern.fullmatch(_plain(column)):
                number = int(matched[1]) if matched[1] else _ORDINALS.index(matched[2]) + 1
                found.setdefault(number, place)
        return found

    def places_if_there(self, name: str) -> list[int]:
        if NUMBER in name:
            return list(self.numbered(name).values())
        return self.same.get(_plain(name), [])

    @cached_property
    def same(self) -> Mapping[str, list[int]]:
        """Places of columns by their plain name; an export may have thousands of columns."""
        places: dict[str, list[int]] = {}
        for place, column in enumerate(self.grid.columns):
            places.setdefault(_plain(column), []).append(place)
        return places

    def tell(self, name: str) -> None:
        near = difflib.get_close_matches(_plain(name), self.columns, n=1, cutoff=0.4)
        hint = f' Did you mean "{self.grid.columns[self.columns[near[0]]]}"?' if near else ""
        self.missing[name] = f'there is no column "{name}".{hint}'


def further_conditions(definition: RecordDefinition) -> list[Condition]:
    """Return the conditions of a record beyond its first."""
    found, one = [], definition.when.also if definition.when else None
    while one is not None:
        found.append(one)
        one = one.also
    return found


def _plan_record(definition: RecordDefinition, finder: _ColumnFinder) -> Iterable[RecordPlan]:
    named = dict(definition.column)
    when = definition.when.column if definition.when else None
    repeated = {field: finder.repeated(name) for field, name in named.items() if NUMBER in name}
    whens = finder.repeated(when) if when and NUMBER in when else {}
    single = {field: finder.place(name) for field, name in named.items() if NUMBER not in name}
    at = finder.place(when) if when and not whens else None
    if not repeated and not whens:
        return [_plan(definition, single, at, None, finder.grid.columns)]
    numbers = sorted({number for found in (*repeated.values(), whens) for number in found})
    plans = []
    for number in numbers:
        places = {**single, **{field: found[number] for field, found in repeated.items() if number in found}}
        if not whens or number in whens:
            plans.append(_plan(definition, places, whens.get(number, at), number, finder.grid.columns))
    return plans


def _plan(
    definition: RecordDefinition, places: Mapping[str, int], when: int | None, number: int | None, names: Sequence[str]
) -> RecordPlan:
    told = {field: names[place] for field, place in places.items() if names}  # a sheet may have no columns
    return RecordPlan(definition, places, told, when, number)


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()
