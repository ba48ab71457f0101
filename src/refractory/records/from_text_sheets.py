"""Sheets that are texts: CSV and its kin, whatever parts their cells and however their letters are written."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

from refractory.errors import RecordsError
from refractory.records.grid import Cell, RawSheet

_MARKS = (",", ";", "\t", "|")
_LOOKED_AT = 200
_SOME_UTF8 = re.compile(rb"[\xc3-\xde][\x80-\xbf](?![\x80-\xbf])|[\xe0-\xef][\x80-\xbf]{2}")
_LONGEST_CELL = 1 << 20
NOT_UTF8 = "the file is not UTF-8: it was read as Windows-1252, so look at its accents"


def read_text_sheet(path: Path) -> RawSheet:
    """Read a file of texts parted by commas, semicolons, tabs or bars.

    UTF-8 and UTF-16 are known by their marks; what is not UTF-8 is read as Windows-1252, which is told. A first line
    "sep=;" names what parts the cells. An open quotation mark is an error: all that follows it would be one cell.

    Raises:
        RecordsError: When the file cannot be read as such.
    """
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise RecordsError(f"The file cannot be read: {error.strerror}.", where=path.name) from None
    text, notes = decode_text(octets, path.name)
    mark, text = _find_mark(text, path)
    limit = csv.field_size_limit(_LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        cells: list[tuple[Cell, ...]] = [tuple(cell or None for cell in line) for line in lines]
    except csv.Error:
        raise RecordsError(
            "The file cannot be read as CSV: a quotation mark is open, or one stands within a cell.",
            where=f"{path.name}, near line {lines.line_num}",
            remedy="look at that line, or open the file in a spreadsheet and save it as .xlsx",
        ) from None
    finally:
        csv.field_size_limit(limit)
    return RawSheet(path.name, path.name, cells, notes=notes)


def decode_text(octets: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Turn a file into text, and tell what was taken for granted.

    Raises:
        RecordsError: When it is no text at all.

    Example:
        >>> decode_text("é".encode("cp1252"), "a.csv")[0]
        'é'
    """
    notes: tuple[str, ...] = ()
    try:
        if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = octets.decode("utf-16")
        elif octets[:400].count(0) > len(octets[:400]) // 4:
            is_little = octets[1:400:2].count(0) >= octets[:400:2].count(0)
            text = octets.decode("utf-16-le" if is_little else "utf-16-be")
        else:
            text = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        if _is_binary(octets[:10_000]):
            raise _no_text(name) from None
        if _SOME_UTF8.search(octets):
            raise RecordsError(
                "The file is UTF-8 in one part and something else in another, so that its letters cannot be told.",
                where=name,
                remedy="open the files that it was put together from, and save each as UTF-8",
            ) from None
        text, notes = octets.decode("cp1252", errors="replace"), (NOT_UTF8,)
    if "\x00" in text or _is_binary(text[:10_000].encode("utf-8", errors="replace")):
        raise _no_text(name)
    return text, notes


def _is_binary(octets: bytes) -> bool:
    """Say whether more than one in twenty bytes is a control character, which texts hardly have."""
    return sum(octets.count(one) for one in range(32) if one not in (9, 10, 12, 13)) * 20 > len(octets)


def _no_text(name: str) -> RecordsError:
    return RecordsError(
        "The file is neither a sheet nor a text.", where=name, remedy="open it in a spreadsheet and save it as .xlsx"
    )


def _find_mark(text: str, path: Path) -> tuple[str, str]:
    """Find what parts the cells: the mark that gives the first lines the same number of cells, and most of them."""
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"').lower()
    if told.startswith("sep=") and len(told) <= 5:
        return told[4:] or ("\t" if first.rstrip("\r\n").endswith("\t") else ","), rest
    told_by_ending = "\t" if path.suffix.lower() == ".tsv" else ","
    fits = {one: _judge_mark(text, one) for one in _MARKS}
    mark = max(_MARKS, key=lambda one: (*fits[one], one == told_by_ending))
    return (mark if fits[mark][2] > 1 else told_by_ending), text


def _judge_mark(text: str, mark: str) -> tuple[bool, float, int]:
    """Say whether the first line and most lines have the same number of cells, how many lines do, and that number."""
    widths: Counter[int] = Counter()
    first = 0
    try:
        for line in csv.reader(io.StringIO(text[:500_000], newline=""), delimiter=mark):
            if any(cell.strip() for cell in line):
                first = first or len(line)
                widths[len(line)] += 1
            if widths.total() >= _LOOKED_AT:
                break
    except csv.Error:
        pass
    wide = {width: lines for width, lines in widths.items() if width > 1}
    if not wide:
        return False, 0.0, 1
    width = max(wide, key=lambda one: (wide[one], one))
    return first == width, round(wide[width] / widths.total(), 1), width
