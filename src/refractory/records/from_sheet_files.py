"""Files of sheets, looked through before they are opened: what would fill the memory or hold no sheet is refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from refractory.errors import RecordsError

# Measured on clinics' sheets: a workbook of 200,000 lines and 40 columns has 60 MB, and 600 MB unpacked.
LARGEST_FILE = 512 << 20
_LARGEST_UNPACKED = 2 << 30
_MOST_MEMBERS = 5_000
_HIGHEST_RATIO, _RATIO_FROM = 500, 64 << 20
MOST_CELLS = 60_000_000
_CHUNK = 1 << 20
_MANIFEST_BYTES = 1 << 20  # of the list of members; what is encrypted is told at the first of them
_OVERLAP = 4_096  # a tag is never longer
_PACKED, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = tuple("<!ENTITY".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
# Possessive, so that no text however odd makes them slow.
_REFERENCE = rb'<(?:\w++:)?+c\b(?:\s++(?!r=)[\w:]++="[^"<>]*+")*+\s++r="([A-Z]{1,3})(\d{1,7})"([^<>]*+)>'
_CELL = re.compile(_REFERENCE)
_ERROR = re.compile(_REFERENCE.replace(rb"([^<>]*+)>", rb'(?:\s++(?!t=)[\w:]++="[^"<>]*+")*+\s++t="e"[^<>]*+>'))
_UNCOMPUTED = re.compile(
    _REFERENCE
    + rb"\s*+<(?:\w++:)?+f\b[^<>]*+>(?:[^<]*+</(?:\w++:)?+f>)?+\s*+"
    + rb"(?:<(?:\w++:)?+v\s*+/>|<(?:\w++:)?+v>\s*+</(?:\w++:)?+v>)?+\s*+</(?:\w++:)?+c>"
)


@dataclass
class Inspection:
    """What a workbook's parts say before it is opened.

    Args:
        kind: "workbook", "old workbook", "flat workbook" (OpenDocument in one piece of XML) or "text".
        uncomputed: Cells with a formula whose result is not in the file, by part: line and column from 1.
        errors: Cells that hold an error of the spreadsheet, likewise; of an OpenDocument file by sheet.
        merged: Of an OpenDocument file, its merged cells by sheet: first line and column, last line and column, from 1.
    """

    kind: str
    uncomputed: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    errors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    merged: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)


def inspect_file(path: Path) -> Inspection:
    """Look through a file before anything opens it, and say what it is, whatever its name ends in.

    Raises:
        RecordsError: When it is too large, unpacks to too much, is protected by a password, or is no sheet.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise RecordsError(
            f"The file cannot be read: {error.strerror}.", where=path.name, remedy="look whether it is still there"
        ) from None
    if size > LARGEST_FILE:
        raise _refuse(path, f"has {size >> 20:,} MB; more than {LARGEST_FILE >> 20} MB are not read as a sheet")
    if start.startswith(_COMPOUND):
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb"):
            raise _protected(path)
        return Inspection("old workbook")
    if start.startswith(_PACKED):
        return _inspect_package(path)
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if plain.startswith(b"<?xml") and b"<office:document " in start:
        return _inspect_flat(path)
    if plain.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise RecordsError(
            "The file is an XML spreadsheet of 2003.", where=path.name, remedy="open it and save it as .xlsx"
        )
    if plain.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")):
        raise RecordsError(
            "The file is a web page under the name of a sheet; many hospital systems write such.",
            where=path.name,
            remedy="open it in a spreadsheet and save it as .xlsx",
        )
    if not size or not start.strip(b"\x00\r\n\t ,;"):
        raise _refuse(path, "is empty")
    return Inspection("text")


def _inspect_package(path: Path) -> Inspection:
    found = Inspection("workbook")
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            _check_sizes(path, members)
            manifest = next((one for one in members if one.filename.lower() == "meta-inf/manifest.xml"), None)
            if manifest is not None:
                with package.open(manifest) as member_file:
                    if b"encryption-data" in member_file.read(_MANIFEST_BYTES):
                        raise _protected(path)
            for member in members:
                if member.flag_bits & 1:
                    raise _protected(path)
                _inspect_member(path, package, member, found)
    # NotImplementedError: zipfile knows no such way of packing, or it is made up.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        raise _refuse(path, "is damaged: its parts cannot be unpacked") from None
    return found


def _inspect_flat(path: Path) -> Inspection:
    found = Inspection("flat workbook")
    document, before = _OdsExtent(path, found), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _refuse_entities(path, before + chunk)
            document.add(chunk)
            before = chunk[-_OVERLAP:]
    return found


def _refuse_entities(path: Path, text: bytes) -> None:
    if any(mark in text for mark in _ENTITIES):
        raise _refuse(path, "defines entities of its own, as no spreadsheet does")


def _check_sizes(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_MEMBERS:
        raise _refuse(path, f"has {len(members):,} parts, far more than any workbook")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _LARGEST_UNPACKED:
        raise _refuse(path, f"unpacks to {unpacked >> 20:,} MB")
    for member in members:
        if member.file_size > _RATIO_FROM and member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1):
            raise _refuse(path, "unpacks to more than 500 times its size")


def _inspect_member(path: Path, package: zipfile.ZipFile, member: zipfile.ZipInfo, found: Inspection) -> None:
    name = member.filename.lower()
    if not name.endswith((".xml", ".rels")):
        return
    is_sheet, is_document = "worksheets/" in name, name == "content.xml"
    extent = _Extent(path)
    document = _OdsExtent(path, found) if is_document else None
    for chunk, before in _chunks(package, member):
        window = before + chunk
        _refuse_entities(path, window)
        if is_sheet:
            extent.add(window)
            for pattern, by_part in ((_UNCOMPUTED, found.uncomputed), (_ERROR, found.errors)):
                for cell in pattern.finditer(window):
                    if pattern is _UNCOMPUTED and b't="str"' in cell[3]:
                        continue  # its result is an empty text
                    place = (int(cell[2]), _column(cell[1]))
                    cells = by_part.setdefault(member.filename, [])
                    if place not in cells[-3:]:
                        cells.append(place)
        if document is not None:
            document.add(chunk)


def _chunks(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
    """Unpack a part piece by piece, each with the end of the one before it; its sum is checked at the end."""
    before = b""
    with package.open(member) as part:
        while chunk := part.read(_CHUNK):
            yield chunk, before
            before = chunk[-_OVERLAP:]


@dataclass
class _Extent:
    """The corner of the cells of a sheet that hold anything: a spreadsheet's reader makes room for all up to it."""

    path: Path
    lines: int = 0
    columns: int = 0

    def add(self, text: bytes) -> None:
        found = [(len(one), one, line) for one, line, more in _CELL.findall(text) if not more.endswith(b"/")]
        if not found:
            return
        _, letters, _ = max(found)
        self.columns = max(self.columns, _column(letters))
        self.lines = max(self.lines, max(int(line) for _, _, line in found))
        _check_cells(self.path, self.lines, self.columns)


class _OdsExtent:
    """The same for an OpenDocument sheet, where cells and lines may be said to come again so many times.

    It takes note of merged cells and of errors too, which the reader of such sheets does not tell.
    """

    def __init__(self, path: Path, found: Inspection) -> None:
        self.path, self.found, self.sheet = path, found, ""
        self.lines = self.columns = self.widest = self.last = 0
        self.repeats, self.cell_repeats, self.is_filled = 1, 1, False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def add(self, text: bytes) -> None:
        try:
            self._parser.Parse(text, False)
        except expat.ExpatError:
            raise _refuse(self.path, "is damaged: its content is no XML") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "table":
            self.lines = self.last = self.widest = 0
            self.sheet = next((value for key, value in attributes.items() if key.endswith(":name")), "")
        elif tag == "table-row":
            self.repeats, self.columns, self.is_filled = _times(attributes, "number-rows-repeated"), 0, False
        elif tag in ("table-cell", "covered-table-cell"):
            self._note(self.lines + 1, self.columns + 1, attributes)
            self.columns += _times(attributes, "number-columns-repeated")
            if any(key.endswith(("value-type", "formula")) for key in attributes):
                self.is_filled = True
                self.widest = max(self.widest, self.columns)

    def _note(self, line: int, column: int, attributes: dict[str, str]) -> None:
        """Take note of a cell that reaches over others, or holds an error; one that comes again is noted once."""
        down, right = _times(attributes, "number-rows-spanned"), _times(attributes, "number-columns-spanned")
        if down > 1 or right > 1:
            self.found.merged.setdefault(self.sheet, []).append((line, column, line + down - 1, column + right - 1))
        if any(key.endswith("value-type") and value == "error" for key, value in attributes.items()):
            self.found.errors.setdefault(self.sheet, []).append((line, column))

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "table-row":
            self.lines += self.repeats
            if self.is_filled:
                self.last = self.lines
            _check_cells(self.path, self.last, self.widest)


def _times(attributes: dict[str, str], name: str) -> int:
    for key, value in attributes.items():
        if key.endswith(name) and value.isdigit():
            return int(value[:9])
    return 1


def _check_cells(path: Path, lines: int, columns: int) -> None:
    if lines * columns > MOST_CELLS:
        raise RecordsError(
            f"A sheet reaches down to line {lines:,} and to column {columns:,}: too many cells to hold.",
            where=path.name,
            remedy="delete what stands far away from the table (Ctrl+End shows where), or save the sheet as CSV",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _protected(path: Path) -> RecordsError:
    return RecordsError(
        "The file is protected by a password.", where=path.name, remedy="save a copy without a password beside it"
    )


def _refuse(path: Path, why: str) -> RecordsError:
    return RecordsError(
        f"The file {why}.", where=path.name, remedy="open it in a spreadsheet and save the table alone, as .xlsx or CSV"
    )
