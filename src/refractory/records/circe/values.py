"""Values of a cohort definition: each is read as what it must be, or named.

Whatever passes here becomes part of a query. A number is a number, a date is a date, an operator is one of a list, and
a text holds nothing that could be taken for anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from refractory.records.circe.attributes import Form

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_PLAIN_TEXT = re.compile(r"[\w .,/()+%-]*")
_OPERATORS = ("lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt")
_DATE_OPERATORS = ("lt", "lte", "eq", "gt", "gte", "bt", "!bt")
_TEXT_OPERATORS = ("startsWith", "endsWith", "contains", "!startsWith", "!endsWith", "!contains")
_MOST_DAYS = 1_000_000
_CONCEPT_KEYS = frozenset(
    {
        "CONCEPT_ID", "CONCEPT_NAME", "STANDARD_CONCEPT", "STANDARD_CONCEPT_CAPTION", "INVALID_REASON",
        "INVALID_REASON_CAPTION", "CONCEPT_CODE", "DOMAIN_ID", "VOCABULARY_ID", "CONCEPT_CLASS_ID",
        "VALID_START_DATE", "VALID_END_DATE", "RECORD_COUNT", "DESCENDANT_RECORD_COUNT", "ANCESTORS",
    }
)  # fmt: skip


def _unbox(raw: Any) -> Any:
    """Take a value out of the list that R writes around it: `["ALL"]` is "ALL"."""
    if isinstance(raw, list) and len(raw) == 1 and not isinstance(raw[0], list | dict):
        return raw[0]
    return raw


@dataclass
class Reader:
    """Reads values and notes everything that is not what it must be.

    Args:
        faults: What was found, each with its place in the file.
    """

    faults: list[str] = field(default_factory=list)

    def note(self, place: str, what: str) -> None:
        """Note that something at a place is not as it must be."""
        self.faults.append(f"{place}: {what}")

    def keys(self, raw: Any, place: str, known: Collection[str]) -> Mapping[str, Any]:
        """Read an object, and name each key that is not known and says something."""
        if not isinstance(raw, dict):
            self.note(place, "is no object")
            return {}
        for key, value in raw.items():
            if key not in known and value is not False and value not in (None, "", [], {}):
                self.note(f"{place}.{key}", "is not supported")
        return {key: value for key, value in raw.items() if key in known and value is not None}

    def whole(self, raw: Any, place: str) -> int | None:
        """Read a whole number."""
        number = self.number(raw, place)
        if number is None:
            return None
        if number != int(number) or abs(number) > 2**31:
            self.note(place, "is no whole number")
            return None
        return int(number)

    def number(self, raw: Any, place: str) -> int | float | None:
        """Read a number, which may stand in quotes."""
        raw = _unbox(raw)
        if isinstance(raw, str) and re.fullmatch(r"\s*[+-]?\d+(\.\d+)?\s*", raw):
            raw = float(raw) if "." in raw else int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw or abs(raw) > 2**53:
            self.note(place, "is no number")
            return None
        return raw

    def days(self, raw: Any, place: str) -> int | None:
        """Read a number of days that a date can be moved by."""
        number = self.whole(raw, place)
        if number is not None and abs(number) > _MOST_DAYS:
            self.note(place, f"is more than {_MOST_DAYS:,} days")
            return None
        return number

    def flag(self, raw: Any, place: str) -> bool:
        """Read a truth."""
        raw = _unbox(raw)
        if not isinstance(raw, bool):
            self.note(place, "is neither true nor false")
        return raw is True

    def choice(self, raw: Any, place: str, allowed: Collection[str]) -> str | None:
        """Read one of several words, in whatever case."""
        raw = _unbox(raw)
        found = [one for one in allowed if isinstance(raw, str) and one.lower() == raw.lower()]
        if not found:
            self.note(place, f"is none of {', '.join(allowed)}")
        return found[0] if found else None

    def day(self, raw: Any, place: str) -> str | None:
        """Read a date; the original reads 2015-3-1 too."""
        raw = _unbox(raw)
        found = _DAY.fullmatch(raw) if isinstance(raw, str) else None
        try:
            if found:
                return date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass
        self.note(place, "is no date such as 2015-03-31")
        return None

    def items(self, raw: Any, place: str) -> list[tuple[str, Any]]:
        """Read a list, each element with its place."""
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.note(place, "is no list")
            return []
        return [(f"{place}[{number}]", one) for number, one in enumerate(raw, start=1)]

    def concepts(self, raw: Any, place: str) -> list[dict[str, Any]]:
        """Read a list of concepts: their ids, and what they are called."""
        found = []
        for where, one in self.items(raw, place):
            concept = self.keys(one, where, _CONCEPT_KEYS)
            number = self.whole(concept.get("CONCEPT_ID"), f"{where}.CONCEPT_ID")
            if number is not None:
                found.append({"CONCEPT_ID": number, "CONCEPT_NAME": str(concept.get("CONCEPT_NAME", ""))})
        return found

    def bounds(self, raw: Any, place: str, form: Form) -> dict[str, Any] | None:
        """Read a range: an operator, a value, and a second value where it is between two."""
        written = self.keys(raw, place, ("Op", "Value", "Extent"))
        operators = _DATE_OPERATORS if form is Form.DATES else _OPERATORS
        operator = self.choice(written.get("Op"), f"{place}.Op", operators)
        read = self._readers[form]
        found = {"Op": operator, "Value": read(self, written.get("Value"), f"{place}.Value")}
        if operator in ("bt", "!bt"):
            found["Extent"] = read(self, written.get("Extent"), f"{place}.Extent")
        return found

    def text(self, raw: Any, place: str) -> dict[str, Any]:
        """Read a filter of text."""
        written = self.keys(raw, place, ("Op", "Text"))
        text = _unbox(written.get("Text", ""))
        if not isinstance(text, str) or not _PLAIN_TEXT.fullmatch(text) or "--" in text:
            self.note(f"{place}.Text", "holds other signs than letters, digits, blanks and .,/()+%-")
            text = ""
        return {"Op": self.choice(written.get("Op"), f"{place}.Op", _TEXT_OPERATORS), "Text": text}

    def period(self, raw: Any, place: str) -> dict[str, Any]:
        """Read a period of dates, of which either may be open."""
        written = self.keys(raw, place, ("StartDate", "EndDate"))
        return {key: self.day(value, f"{place}.{key}") for key, value in written.items() if _unbox(value) != ""}

    _readers: Mapping[Form, Callable[..., Any]] = field(
        default_factory=lambda: {Form.DATES: Reader.day, Form.WHOLE: Reader.whole, Form.NUMBERS: Reader.number},
        repr=False,
    )
