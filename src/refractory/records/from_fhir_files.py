"""The files of FHIR: lines of NDJSON, bundles and single resources, one resource at a time."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from refractory.records.fhir_documents import (
    NO_JSON,
    Found,
    JsonStream,
    find_in_entry,
    find_resources,
    is_manifest,
    read_json,
)
from refractory.records.fhir_values import text_of
from refractory.records.folders import check_inside

# Files of FHIR by their names: "Patient.ndjson", one of several parts ("Patient.ndjson-00000-of-00004"), packed or not.
_NAMES = re.compile(r"\.(ndjson|jsonl|json)([-.]\d{1,9}(-of-\d{1,9})?)?(\.(gz|zip|bz2|xz|zst|7z))?\Z", re.IGNORECASE)
# A line that is longer is read in parts, and what stands in it as base64 is dropped: a study reads no attachment.
_PART = 8 << 20
_LONGEST = 64 << 20
_ATTACHED = re.compile(rb"[A-Za-z0-9+/=]{4096,}")
_BEGINNING = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,60})"')
_TOO_LONG, _ENDS_EARLY, _OTHER_TEXT = "line is too long", "the file ends early or is damaged", "is not in UTF-8"
# How packed files begin, other than those of gzip.
_PACKED = {
    b"PK\x03\x04": "is packed with ZIP and not with gzip; unpack it first",
    b"BZh": "is packed with bzip2 and not with gzip; unpack it first",
    b"\xfd7zX": "is packed with xz and not with gzip; unpack it first",
    b"\x28\xb5\x2f\xfd": "is packed with Zstandard and not with gzip; unpack it first",
    b"7z\xbc\xaf": "is packed with 7-Zip and not with gzip; unpack it first",
}


@dataclass(frozen=True)
class Piece:
    """A resource with the place that it stands in.

    Args:
        line: Line of an NDJSON file; number of the entry in a bundle.
        kind: Type of the resource; empty where there is none.
        found: What was found there; None where the type is not wanted, so that it was not read.
        content: Tells whether two of them are copies of each other.
        remark: What is odd about the line although it could be read.
    """

    line: int
    kind: str
    found: Found | None
    content: int = 0
    remark: str = ""


def is_fhir_name(name: str) -> bool:
    """Say whether a file may be one of FHIR by its name.

    Example:
        >>> [is_fhir_name(name) for name in ("Patient.ndjson", "Patient.ndjson-00000-of-00004", "json.txt")]
        [True, True, False]
    """
    return _NAMES.search(name) is not None


def find_fhir_files(path: Path) -> list[Path]:
    """Find the files of FHIR at a path: the file itself, or those of a folder and its folders, by their names.

    Raises:
        RecordsError: When a file is a link that leads out of the folder.
    """
    if path.is_file():
        return [path]
    found = sorted(
        one
        for one in path.rglob("*")
        if is_fhir_name(one.name)
        and one.is_file()
        and not any(part.startswith((".", "__")) for part in one.relative_to(path).parts)
    )
    check_inside(path, found)
    return found


def read_pieces(path: Path, wanted: Collection[str]) -> Iterator[Piece]:
    """Read the resources of a file, in its order; those of other types are told by their type alone.

    Args:
        path: The file; packed with gzip or not, whatever its name says.
        wanted: Types to read.
    """
    line = 0
    try:
        with _open(path) as stream:
            for piece in _read_stream(stream, path, wanted):
                line = piece.line
                yield piece
    except (OSError, EOFError, zlib.error, UnicodeError):
        yield Piece(line + 1, "", Found(None, fault=_ENDS_EARLY))


def _open(path: Path) -> IO[bytes]:
    file = path.open("rb")
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return io.BufferedReader(_Unpacked(file), 1 << 20) if is_packed else file


class _Unpacked(io.RawIOBase):
    """The bytes of a file that was packed with gzip, as far as they can be had: then it says that it is damaged."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(31)
        self._is_begun = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go back to the beginning; anywhere else cannot be gone."""
        self._file.seek(0)
        self._unpacker, self._is_begun = zlib.decompressobj(31), False
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, target: Any) -> int:
        """Unpack so many bytes at most."""
        found = b""
        while not found:
            packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data or self._file.read(1 << 16)
            if self._unpacker.eof:
                if not packed.startswith(b"\x1f\x8b"):
                    return 0  # the end, or what some programs leave behind it
                self._unpacker, self._is_begun = zlib.decompressobj(31), False
            if not packed:
                if self._is_begun:
                    raise EOFError
                return 0
            self._is_begun = True
            found = self._unpacker.decompress(packed, len(target))
        target[: len(found)] = found
        return len(found)


def _read_stream(stream: IO[bytes], path: Path, wanted: Collection[str]) -> Iterator[Piece]:
    head = stream.peek(4)[:4] if hasattr(stream, "peek") else b""
    if fault := next((said for begin, said in _PACKED.items() if head.startswith(begin)), ""):
        yield Piece(1, "", Found(None, fault=fault))
        return
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = io.TextIOWrapper(stream, "utf-16", newline="\n")
        yield from _read_lines((part.encode("utf-8", "surrogatepass") for part in text), wanted)
        return
    if _is_document(stream, path.name.lower().removesuffix(".gz")):
        yield from _read_document(stream, wanted)
    else:
        yield from _read_lines(_split_lines(stream), wanted)


def _is_document(stream: IO[bytes], name: str) -> bool:
    """Say whether a file is one JSON rather than one a line, which its name does not always tell."""
    first, second = stream.readline(_PART), stream.readline(_PART)
    stream.seek(0)
    if not re.search(r"\.json([-.]\d[^.]*)?$", name):
        return first.removeprefix(b"\xef\xbb\xbf").strip() in (b"{", b"[")
    return not (second.strip() and isinstance(read_json(first.decode("utf-8-sig", "surrogateescape")), Mapping))


def _split_lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Split a stream into its lines; an overlong one loses its attachments, and is None where that is not enough."""
    while part := stream.readline(_PART):
        if part.endswith(b"\n") or len(part) < _PART:
            yield part
            continue
        kept: bytes | None = _ATTACHED.sub(b"", part.replace(b"\\/", b"/"))
        while part and not part.endswith(b"\n"):
            part = stream.readline(_PART)
            if kept is not None:
                kept += _ATTACHED.sub(b"", part.replace(b"\\/", b"/"))
                kept = None if len(kept) > _LONGEST else kept
        yield kept


def _read_lines(lines: Iterator[bytes | None] | Any, wanted: Collection[str]) -> Iterator[Piece]:
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield Piece(number, "", Found(None, fault=_TOO_LONG))
            continue
        line = line.removeprefix(b"\xef\xbb\xbf")  # also where files were put behind one another
        if not line.strip(b" \t\r\n\x00\x1a"):
            continue
        said = _BEGINNING.match(line)
        if said and (kind := said[1].decode()) not in wanted and kind != "Bundle":
            yield Piece(number, kind, None)
            continue
        text, remark = _decode(line)
        value = read_json(text)
        if value is None:
            yield Piece(number, "", Found(None, fault=NO_JSON))
            continue
        content = zlib.crc32(line.strip())
        for found in find_resources(value):
            yield _piece(number, found, wanted, content, remark)


def _decode(line: bytes) -> tuple[str, str]:
    try:
        return line.decode("utf-8"), ""
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace"), _OTHER_TEXT


def _read_document(stream: IO[bytes], wanted: Collection[str]) -> Iterator[Piece]:
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape")
    number = 0
    is_empty = True
    try:
        for part, value in JsonStream(text.read).parts():
            is_empty = False
            if part == "entry":
                number += 1
                for found in find_in_entry(value, f"entry {number}"):
                    yield _piece(number, found, wanted)
            elif part == "item":
                number += 1
                for found in find_resources(value, f"item {number}"):
                    yield _piece(number, found, wanted)
            elif not is_manifest(value):  # of a bundle, entries that are no list
                for found in find_resources(value):
                    yield _piece(1, found, wanted)
    except ValueError:
        if not is_empty or number or _has_text(stream):
            yield Piece(number + 1, "", Found(None, fault=_ENDS_EARLY if number else NO_JSON))


def _has_text(stream: IO[bytes]) -> bool:
    stream.seek(0)
    return bool(stream.read(_PART).strip(b" \t\r\n\x00"))


def _piece(line: int, found: Found, wanted: Collection[str], content: int = 0, remark: str = "") -> Piece:
    kind = text_of(found.body.get("resourceType")) if found.body is not None else ""
    # An address may be another name of what it holds.
    if found.body is not None and kind not in wanted and not found.url.startswith("urn:"):
        return Piece(line, kind, None)
    if found.body is not None and not content:
        content = zlib.crc32(repr(sorted(found.body.items(), key=str)).encode("utf-8", "replace"))
    return Piece(line, kind, found, content, remark)
