"""Files of a REDCap project: its data dictionary and its exports, read line by line."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import TextIO

from refractory.errors import RecordsError
from refractory.records.from_sheet import read_raw_sheets
from refractory.records.grid import Cell
from refractory.records.redcap_columns import NO_CODES
from refractory.records.redcap_dictionary import (
    RedcapDictionary,
    is_dictionary,
    read_dictionary_lines,
)
from refractory.records.redcap_flat import open_flat
from refractory.records.redcap_rows import CutLine, Export
from refractory.records.redcap_values import ValueExport, is_value_export
from refractory.records.schema import Problem

_TEXTS = (".csv", ".tsv", ".txt")
_LONGEST_LINE = 16 << 20  # characters; a note of a REDCap project has at most some 65,000
_BLOCK = 1 << 20


def read_dictionary(path: Path) -> RedcapDictionary:
    """Read the data dictionary of a project: as its page gives it, or as the API does (CSV or JSON).

    Raises:
        RecordsError: When it cannot be read, or is none.
    """
    return read_dictionary_lines(read_lines(path), path.name)


def _lines_of_json(path: Path) -> list[list[str]]:
    """Read an answer of the API, a dictionary or records, as lines; the first has the names."""
    try:
        said = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise RecordsError(
            "The file cannot be read as JSON that REDCap has written.", where=path.name, remedy="export it as CSV"
        )
    names = list(dict.fromkeys(name for one in said for name in one))
    return [names, *([_write_json(one.get(name)) for name in names] for one in said)]


def _write_json(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def open_export(path: Path, dictionary: RedcapDictionary, missing: Mapping[str, str] = NO_CODES) -> Export:
    """Open an export: flat, with codes or labels, or with one line per value.

    Args:
        path: The file.
        dictionary: The project's data dictionary.
        missing: Missing-data codes that are known, with their meaning.

    Raises:
        RecordsError: When it cannot be read, or nothing in it tells the records apart.
    """
    lines: Callable[[], Iterable[Sequence[str]]] = partial(read_lines, path)
    if path.suffix.lower() not in _TEXTS:
        sheet = list(read_lines(path))
        lines = partial(iter, sheet)
    head = next((cells for cells in lines() if any(map(str.strip, cells))), None)
    if head is None:
        raise RecordsError("The export is empty.", where=path.name, remedy="export the records again")
    notes: tuple[Problem, ...] = ()
    if path.suffix.lower() in _TEXTS and find_encoding(path) == "cp1252":
        rule = "the file is neither UTF-8 nor UTF-16"
        notes = (Problem(path.name, None, "", rule, "read as Windows-1252", is_left_out=False, file=path.name),)
    if is_value_export(head):
        return ValueExport(path.name, dictionary, lines, head, notes)
    export = open_flat(path.name, lines, head, dictionary, missing, notes)
    if export is None:
        raise RecordsError(
            f'The export has no column "{dictionary.record_id}", which tells the records apart.',
            where=f"{path.name}, first line",
            remedy="export it with that field, and name the dictionary of the same project",
        )
    return export


def read_lines(path: Path) -> Iterator[list[str]]:
    """Read a file line by line as texts; the lines are numbered as a spreadsheet numbers them.

    Raises:
        RecordsError: When the file cannot be read, or its text is in an encoding that cannot be told.
    """
    if path.suffix.lower() == ".json":
        yield from _lines_of_json(path)
        return
    if path.suffix.lower() not in _TEXTS:
        for line in read_raw_sheets(path)[0].cells:
            yield [_write_cell(cell) for cell in line]
        return
    csv.field_size_limit(_LONGEST_LINE)
    number = 0
    try:
        encoding = find_encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            separator = _find_separator(next(filter(str.strip, _Lines(file, path)), ""))
            file.seek(0)
            for cells in _read_rows(_Lines(file, path), separator):
                number += 1
                yield cells
    except OSError as error:
        raise RecordsError(
            f"The file cannot be read: {error.strerror}.", where=path.name, remedy="check its name in the mapping"
        ) from None
    except UnicodeError:
        raise RecordsError(
            "The file is in an encoding that cannot be told.",
            where=f"{path.name}, line {number + 1}",
            remedy='save it as UTF-8 (in a spreadsheet: "CSV UTF-8"), or export the records again',
        ) from None
    except csv.Error:
        raise RecordsError(
            "The file cannot be read as CSV.",
            where=f"{path.name}, line {number + 1}",
            remedy="look at that line for an open quotation mark; export the records again",
        ) from None


class _Lines(Iterator[str]):
    """The lines of a file, none of them overlong; `taken` are those since somebody emptied it."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path = file, path
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise RecordsError(
                "A line of the file is longer than any export of REDCap has.",
                where=self._path.name,
                remedy="export the records as CSV again",
            )
        self.taken.append(line)
        return line


def _read_rows(lines: _Lines, separator: str) -> Iterator[list[str]]:
    """Read rows; the last one is a CutLine where the file ends within it."""
    last: list[str] | None = None
    written: list[str] = []
    width = 0
    for cells in csv.reader(lines, delimiter=separator):
        if last is not None:
            yield last
        last, width = cells, width or len(cells)
        written, lines.taken = lines.taken, []
    if last is None:
        return
    is_short = len(last) < width and not written[-1].endswith(("\n", "\r"))
    yield CutLine(last) if is_short or _has_open_quote(written, separator) else last


def _has_open_quote(written: Sequence[str], separator: str) -> bool:
    try:
        list(csv.reader(written, delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def find_encoding(path: Path) -> str:
    """Find the encoding of a text: UTF-8 or UTF-16 by its mark, UTF-8 where it can be read so, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(2)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _find_separator(head: str) -> str:
    return max((",", ";", "\t", "|"), key=lambda mark: len(next(csv.reader([head], delimiter=mark), [])))


def _write_cell(cell: Cell) -> str:
    """Write a cell of a spreadsheet as REDCap wrote it before somebody opened the export there."""
    match cell:
        case None:
            return ""
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def sort_files(paths: Iterable[Path]) -> tuple[Path | None, list[Path]]:
    """Tell the data dictionary of a project from its exports.

    Args:
        paths: Files of one project, in any order.

    Returns:
        The dictionary, if it is there, and the other files.

    Raises:
        RecordsError: When there are several dictionaries, or a file cannot be read.
    """
    dictionaries: list[Path] = []
    exports: list[Path] = []
    for path in paths:
        is_one = is_dictionary(next((cells for cells in read_lines(path) if any(map(str.strip, cells))), []))
        (dictionaries if is_one else exports).append(path)
    if len(dictionaries) > 1:
        raise RecordsError(
            f"{len(dictionaries)} data dictionaries are there; a project has one.",
            where=", ".join(path.name for path in dictionaries),
            remedy="keep the one that belongs to the export",
        )
    return (dictionaries[0] if dictionaries else None), exports
