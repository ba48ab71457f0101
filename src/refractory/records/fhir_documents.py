"""Bundles and other JSON of FHIR, entry by entry, so that a large one is never held whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from refractory.records.fhir_values import mapping_of, text_of

_CHUNK = 1 << 20
_LONGEST = 64 << 20  # characters of one entry of a bundle
_NO_BLANK = re.compile("[^ \t\r\n\ufeff]")
NO_JSON, NO_RESOURCE = "is no JSON", "is no resource of FHIR"


def _refuse(_: str) -> None:
    raise ValueError


DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_json(text: str) -> Any:
    """Read a JSON text; None where it is none, or is nested too deep.

    Example:
        >>> read_json('{"a": [1]}'), read_json('{"a": NaN}'), read_json("{")
        ({'a': [1]}, None, None)
    """
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class Found:
    """One resource of a document, or what stands where one should be.

    Args:
        body: The resource; None where there is none.
        place: Where it is within the line or the document: "entry 3".
        url: Its address within a bundle.
        deleted: What an entry says is deleted, as "Type/id".
        fault: Why it cannot be read.
    """

    body: Mapping[str, Any] | None
    place: str = ""
    url: str = ""
    deleted: str = ""
    fault: str = ""


def find_resources(value: object, place: str = "", url: str = "") -> Iterator[Found]:
    """Find the resources in a value: itself, those of the entries of a bundle, or that of an entry without a bundle."""
    if not isinstance(value, Mapping) or not text_of(value.get("resourceType")):
        if isinstance(value, Mapping) and text_of(mapping_of(value.get("resource")).get("resourceType")):
            yield from find_in_entry(value, place)
            return
        # Some exporters leave a journal of the export beside it.
        is_journal = isinstance(value, Mapping) and "exportId" in value and "eventId" in value
        yield Found(None, place, fault="" if is_journal else NO_RESOURCE)
        return
    if value.get("resourceType") != "Bundle":
        yield Found(value, place, url)
        return
    entries = value.get("entry") or []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        yield from find_in_entry(entry, f"{place}, entry {number}".removeprefix(", "))


def find_in_entry(entry: object, place: str) -> Iterator[Found]:
    """Find the resource of an entry of a bundle; an entry may tell that one was deleted instead."""
    has = mapping_of(entry)
    request = mapping_of(has.get("request"))
    url = text_of(has.get("fullUrl"))
    if text_of(request.get("method")).upper() == "DELETE":
        yield Found(None, place, deleted="/".join(text_of(request.get("url")).split("?")[0].split("/")[-2:]))
    elif has.get("resource") is not None:
        yield from find_resources(has["resource"], place, url)
    else:
        yield Found(None, place, fault="" if has else NO_RESOURCE)


def is_manifest(top: Mapping[str, Any]) -> bool:
    """Say whether a JSON is the list of files of a bulk export."""
    return "resourceType" not in top and isinstance(top.get("output"), list) and "transactionTime" in top


def name_by_url(body: Mapping[str, Any], url: str) -> tuple[Mapping[str, Any], str]:
    """Give a resource without an id that of its address in the bundle; tell an address that is another one.

    Returns:
        The resource with an id, and the address where it is another name of it, else an empty text.
    """
    tail = url.rpartition(":")[2] if url.startswith("urn:") else ""
    own = text_of(body.get("id"))
    if not own and (tail or url):
        return {**body, "id": tail or url.rpartition("/")[2]}, ""
    return body, url if tail and tail != own else ""


class JsonStream:
    """The parts of one JSON document, read in pieces.

    Args:
        read: Reads so many characters; an empty text at the end.
    """

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._is_over = False

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Read the document.

        Returns:
            ("entry", value) for each of the list "entry" of an object, ("item", value) for each of a list, and at the
            end of an object ("top", its other parts).

        Raises:
            ValueError: When it is no JSON, or ends early.
        """
        start = self._look()
        if start == "[":
            for value in self._values("]"):
                yield "item", value
        elif start == "{":
            yield from self._object()
        else:
            raise ValueError(NO_JSON)
        if self._look():
            raise ValueError(NO_JSON)

    def _object(self) -> Iterator[tuple[str, Any]]:
        top: dict[str, Any] = {}
        self._take("{")
        while self._look() != "}":
            name = self._value()
            self._take(":")
            if name == "entry" and self._look() == "[":
                for value in self._values("]"):
                    yield "entry", value
                top["entry"] = []
            elif isinstance(name, str):
                top[name] = self._value()
            else:
                raise ValueError(NO_JSON)
            if self._look() == ",":
                self._take(",")
        self._take("}")
        yield "top", top

    def _values(self, end: str) -> Iterator[Any]:
        self._take("[")
        while self._look() != end:
            yield self._value()
            if self._look() == ",":
                self._take(",")
        self._take(end)

    def _look(self) -> str:
        """Return the next character that is no blank; empty at the end."""
        while True:
            if found := _NO_BLANK.search(self._text, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._text)
            if not self._fill(_CHUNK):
                return ""

    def _take(self, mark: str) -> None:
        if self._look() != mark:
            raise ValueError(NO_JSON)
        self._at += 1

    def _value(self) -> Any:
        self._look()
        size = _CHUNK
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._is_over:
                    self._at = end
                    return value
            except (ValueError, RecursionError):
                if self._is_over or len(self._text) - self._at > _LONGEST:
                    raise ValueError(NO_JSON) from None
            self._fill(size)
            size *= 2

    def _fill(self, size: int) -> bool:
        if self._is_over:
            return False
        more = self._read(size)
        self._is_over = not more
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)
