"""Rows of an export of REDCap, whatever its shape: who, at which event, which instance, and what was filled in."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, overload

from refractory.records.grid import Cell
from refractory.records.redcap_columns import ExportColumns
from refractory.records.schema import Problem

_CHUNK = 512


@dataclass(frozen=True)
class ExportRow:
    """One row of a flat export; of an export with a line per value, the lines of one record, event and instance.

    Args:
        line: Line in the file, from 1; of several lines, the first.
        record: The record, as written.
        event: Name of the event; empty in a project without events.
        instrument: The repeating instrument that the row is about; empty for others, and where a whole event repeats.
        instance: Number of the repeat, as written; empty where nothing repeats.
        group: Data access group.
        cells: What was filled in, by column; boxes that are not checked, and blanks, are left out.
        lines: Lines of the file that it was made of.
        unknown: Fields of which nothing may be said, since two entries differ.
        known: Checkbox fields of which another export says which boxes are checked.
    """

    line: int
    record: str
    event: str = ""
    instrument: str = ""
    instance: str = ""
    group: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    lines: int = 1
    unknown: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What tells the row from every other of the project."""
        return (self.record, self.event, self.instrument, self.instance)


@dataclass(frozen=True)
class JoinedRow:
    """A row of an earlier export that a form of a later one was joined to.

    Args:
        file: The earlier file.
        line: Line of the row there.
        names: Columns that the later one gave to that row.
    """

    file: str
    line: int
    names: frozenset[str]


class CutLine(list[str]):
    """The cells of a last line that the file ends within."""


class Export(Protocol):
    """Rows of an export, to be read as often as needed."""

    @property
    def file(self) -> str:
        """Name of the file."""
        ...

    @property
    def problems(self) -> list[Problem]:
        """Lines that were not taken; of the last reading."""
        ...

    @property
    def rows(self) -> int:
        """Lines that hold anything; of the last reading."""
        ...

    @property
    def columns(self) -> ExportColumns:
        """What the export has beside the dictionary."""
        ...

    @property
    def present(self) -> frozenset[str]:
        """Names of the fields that the export has."""
        ...

    def __iter__(self) -> Iterator[ExportRow]:
        """Read the rows from the first one."""
        ...


class PressedRows(Sequence[tuple[Cell, ...]]):
    """Rows of cells, pressed in memory: a project of hundreds of columns, most of them blank, stays small."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._open: list[tuple[Cell, ...]] = []
        self._last: tuple[int, list[tuple[Cell, ...]]] = (-1, [])

    def append(self, row: tuple[Cell, ...]) -> None:
        """Add a row at the end."""
        self._open.append(row)
        if len(self._open) == _CHUNK:
            self._chunks.append(press(self._open))
            self._open = []

    def __len__(self) -> int:
        return len(self._chunks) * _CHUNK + len(self._open)

    @overload
    def __getitem__(self, at: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[Cell, ...]]: ...
    def __getitem__(self, at: int | slice) -> tuple[Cell, ...] | list[tuple[Cell, ...]]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError(at)
        number, within = divmod(place, _CHUNK)
        if number == len(self._chunks):
            return self._open[within]
        if self._last[0] != number:
            self._last = (number, unpress(self._chunks[number]))
        return self._last[1][within]

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for chunk in self._chunks:
            yield from unpress(chunk)
        yield from self._open


class PressedExport(Iterable[ExportRow]):
    """Rows of an export that came from a server, or in no order: pressed in memory, to be read again."""

    def __init__(self, rows: Iterable[ExportRow]) -> None:
        self._chunks: list[bytes] = []
        open_rows: list[ExportRow] = []
        for row in rows:
            open_rows.append(row)
            if len(open_rows) == _CHUNK:
                self._chunks.append(press(open_rows))
                open_rows = []
        self._chunks.append(press(open_rows))

    def __iter__(self) -> Iterator[ExportRow]:
        for chunk in self._chunks:
            yield from unpress(chunk)


def press(rows: Sequence[Any]) -> bytes:
    """Press rows together; only `unpress` of the same process reads them."""
    return zlib.compress(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL), 1)


def unpress(chunk: bytes) -> list[Any]:
    """Return the rows that were pressed."""
    rows: list[Any] = pickle.loads(zlib.decompress(chunk))
    return rows
