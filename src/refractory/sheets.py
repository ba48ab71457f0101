"""Sheets of answers: CSV files as clinics have them, read and written again with columns added."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractory.errors import InstrumentError, OutputError

_MARK = "\ufeff"
_DELIMITERS = (",", ";", "\t")
_NOT_GIVEN = {"", "na", "n/a", "nan", "null", "."}
_YES_OR_NO = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
# Stands for a text where a number belongs: no range holds it, so it is a fault wherever it is scored.
NO_NUMBER = float("inf")


@dataclass(frozen=True)
class Sheet:
    """A CSV file as it is: its cells as text, and the line on which each row begins."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str
    has_mark: bool

    def read_numbers(self, place: int, *, is_yes_or_no: bool) -> list[float | None]:
        """Read a column as numbers: empty and NA are missing, another text is NO_NUMBER.

        Where the delimiter is no comma, 0,5 is one half; yes and no are 1 and 0 where the answer is one of these.
        """
        cells = [row[place] for row in self.rows]
        numbers = {cell: self._number(cell.strip().lower(), is_yes_or_no) for cell in set(cells)}
        return [numbers[cell] for cell in cells]

    def _number(self, cell: str, is_yes_or_no: bool) -> float | None:
        if cell in _NOT_GIVEN:
            return None
        if self.delimiter != "," and cell.count(",") == 1 and "." not in cell:
            cell = cell.replace(",", ".")
        if _NUMBER.fullmatch(cell):
            return float(cell)
        return _YES_OR_NO.get(cell, NO_NUMBER) if is_yes_or_no else NO_NUMBER


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file: UTF-8 with or without a byte order mark; commas, semicolons or tabs.

    Empty lines are dropped. A row may be shorter than the header, but not longer.

    Raises:
        InstrumentError: When it cannot be read, is not UTF-8, has no rows, or a row is longer than the header.
    """
    text = _read_text(path)
    if "\0" in text:
        raise InstrumentError(
            "the file holds a zero byte, and so is no text.", where=path.name, remedy="save it as CSV."
        )
    delimiter = _find_delimiter(text.removeprefix(_MARK))
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text.removeprefix(_MARK), newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(tuple(cells))
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InstrumentError(
            f"the file is no CSV: {error}.",
            where=f"{path.name}, line {line}",
            remedy="close every quote; a cell has at most 131,072 characters.",
        ) from None
    if len(rows) < 2:
        what = "has a header but no rows" if rows else "is empty"
        raise InstrumentError(f"the file {what}.", where=path.name, remedy="give one row a visit under a header.")
    header, width = rows[0], len(rows[0])
    for row, start in zip(rows[1:], lines[1:], strict=True):
        if any(cell.strip() for cell in row[width:]):
            raise InstrumentError(
                f"a row has {len(row)} cells, the header {width}.",
                where=f"{path.name}, line {start}",
                remedy="put a cell that holds the delimiter in quotes.",
            )
    filled = tuple((*row[:width], *[""] * (width - len(row))) for row in rows[1:])
    return Sheet(path.name, header, filled, tuple(lines[1:]), delimiter, text.startswith(_MARK))


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InstrumentError(
            f"the file cannot be read: {error.strerror}.", where=str(path), remedy="give the path of a CSV file."
        ) from None
    except UnicodeDecodeError as error:
        raise InstrumentError(
            f"the file is not UTF-8: byte {error.start + 1} cannot be read.",
            where=path.name,
            remedy='save it as "CSV UTF-8".',
        ) from None


def _find_delimiter(text: str) -> str:
    """Find the delimiter that cuts the header into the most cells; a comma where none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))


def write_sheet(path: Path, sheet: Sheet, added: Mapping[str, Sequence[str]]) -> None:
    """Write a sheet with columns added at its end, whole or not at all, in the delimiter that it came in.

    Cells are written as they were read: a text that begins with = + - or @ stays one, and a program that
    opens the file may take it for a formula.

    Raises:
        OutputError: When the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sheet.delimiter, lineterminator="\n")
    writer.writerow((*sheet.header, *added))
    for row, *more in zip(sheet.rows, *added.values(), strict=True):
        writer.writerow((*row, *more))
    partial = path.parent / f".{path.name}.partial-{os.getpid()}"
    try:
        partial.write_bytes(((_MARK if sheet.has_mark else "") + text.getvalue()).encode("utf-8"))
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"the file cannot be written: {error.strerror}.", where=f"--out {path}", remedy="choose another place."
        ) from None


def is_same_file(one: Path, other: Path) -> bool:
    """Say whether two paths lead to one file."""
    return one.exists() and other.exists() and one.samefile(other)
