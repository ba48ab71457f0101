"""Values of FHIR's JSON, read without trust: what has another type than FHIR says counts as absent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from refractory.dates import PartialDate, read_partial_date

NO_DAY = "day is not known"
NO_DATE = "date cannot be read"
_DATE = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T\S*)?")
_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.\-_]+)(?:/_history/[^/]*)?$")
_NUMBER = re.compile(r"[-+]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][-+]?[0-9]{1,3})?")
_NUMBER_OF_ID = re.compile(r"(?:[A-Za-z][A-Za-z_]*-)?(0|[1-9]\d{0,17})")
_TIME_UNITS = {
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("wk", "week", "weeks"), 7.0),
    **dict.fromkeys(("mo", "month", "months"), 30.0),
    **dict.fromkeys(("a", "year", "years"), 365.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1 / 24),
    **dict.fromkeys(("min", "minute", "minutes"), 1 / 1440),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1 / 86_400),
}


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; `comparator` is "<", "<=", ">", ">=" or empty."""

    value: float
    unit: str
    comparator: str = ""


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return a structure; whatever is none is empty."""
    return value if isinstance(value, dict) else {}


def mappings_of(value: object) -> list[Mapping[str, Any]]:
    """Return the structures of a list; a structure that stands alone is a list of one."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    """Return a text without outer blanks; a number as it is written; whatever is neither is empty."""
    if isinstance(value, str):
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode()  # half a character, which JSON can write, is none
        return value.replace("\x00", "").strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def number_of(value: object) -> float | None:
    """Return a number, also where it is written as a text; None for anything else.

    Example:
        >>> number_of(2), number_of("2.50"), number_of(True), number_of("many")
        (2.0, 2.5, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def whole_of(number: float | None) -> int | None:
    """Return a number as a whole one, where it is one that fits into a table."""
    return int(number) if number is not None and number == int(number) and abs(number) < 2**31 else None


def codes_of(value: object) -> set[str]:
    """Return the codes of a status, which is a code or, in other versions of FHIR, a concept with codings.

    Example:
        >>> codes_of("Refuted"), codes_of({"coding": [{"code": "refuted"}]})
        ({'refuted'}, {'refuted'})
    """
    said = [text_of(value)] if isinstance(value, str) else []
    for concept in mappings_of(value):
        codings = mappings_of(concept.get("coding"))
        said += [text_of(coding.get("code")) for coding in codings] if codings else [text_of(concept.get("text"))]
    return {one.lower() for one in said if one}


def words_of(value: object) -> str:
    """Return what a concept is called: its text, else the first name of a coding, else the first code."""
    if isinstance(value, str):
        return text_of(value)
    for concept in mappings_of(value):
        codings = mappings_of(concept.get("coding"))
        for said in (concept.get("text"), *(one.get("display") for one in codings), *(c.get("code") for c in codings)):
            if text_of(said):
                return text_of(said)
    return ""


def quantity_of(value: object, known_units: Any = None) -> Quantity | None:
    """Return a Quantity with its unit as its code or its text has it, whichever is known; None without a number."""
    if not isinstance(value, dict):
        return None
    number = number_of(value.get("value"))
    if number is None:
        return None
    units = [text for one in ("code", "unit") if (text := text_of(value.get(one)))]
    known = [unit for unit in units if known_units and known_units(unit)]
    comparator = text_of(value.get("comparator"))
    return Quantity(number, (known or units or [""])[0], comparator if comparator in ("<", "<=", ">", ">=") else "")


def days_of(value: object) -> float | None:
    """Return a duration in days; a month counts 30 days and a year 365."""
    quantity = quantity_of(value, _TIME_UNITS.get)
    if quantity is None:
        return None
    factor = 1.0 if not quantity.unit else _TIME_UNITS.get(quantity.unit.lower())
    return None if factor is None else quantity.value * factor


@lru_cache(maxsize=50_000)
def _read_date(text: str) -> PartialDate | None:
    found = _DATE.fullmatch(text)
    try:
        return read_partial_date(found[1]) if found else None
    except ValueError:
        return None


def partial_date_of(value: object) -> PartialDate | None:
    """Return the day of a date or an instant as it is written there, whatever its time zone.

    Example:
        >>> partial_date_of("2015-03-02T23:30:00-05:00").earliest.isoformat()
        '2015-03-02'
        >>> partial_date_of("2015-02").latest.isoformat()
        '2015-02-28'
    """
    return _read_date(text_of(value)) if isinstance(value, str) else None


def day_of(value: object, incomplete: str) -> tuple[date | None, str]:
    """Return a day, and what is wrong with it.

    Args:
        value: The date as FHIR writes it.
        incomplete: What becomes of a month or a year: "not used", "first day", "middle" or "last day".

    Example:
        >>> day_of("2015-03", "not used")
        (None, 'day is not known')
        >>> day_of("2015-03", "last day")[0].isoformat()
        '2015-03-31'
    """
    if value is None:
        return None, ""
    found = partial_date_of(value)
    if found is None:
        return None, NO_DATE
    if found.is_complete:
        return found.earliest, ""
    length = (found.latest - found.earliest).days
    chosen = {"first day": 0, "middle": length // 2, "last day": length}.get(incomplete)
    return (None if chosen is None else found.earliest + timedelta(days=chosen)), NO_DAY


def instant_of(value: object) -> str | None:
    """Return an instant in one spelling, so that two can be compared; None where it is none.

    Example:
        >>> instant_of("2020-05-01T10:00:00+02:00") == instant_of("2020-05-01T08:00:00Z")
        True
    """
    try:
        found = datetime.fromisoformat(text_of(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return None


def reference_of(value: object) -> str:
    """Return what a reference points to as "Type/id", "urn:..." or "#id"; empty where it points to nothing.

    Example:
        >>> reference_of({"reference": "https://example.org/fhir/Patient/7/_history/2"})
        'Patient/7'
    """
    said = text_of(mapping_of(value).get("reference")) if isinstance(value, dict) else text_of(value)
    if said.startswith(("urn:", "#")):
        return said
    if "?" in said:
        # Found by an identifier: "Patient?identifier=system|value".
        kind, _, asked = said.rpartition("/")[2].partition("?identifier=")
        return f"{kind}|{asked}" if kind and asked else ""
    found = _REFERENCE.search(said)
    return f"{found[1]}/{found[2]}" if found else ""


def references_of(value: object) -> list[str]:
    """Return what the references of a list point to."""
    return [said for one in mappings_of(value) if (said := reference_of(one))]


def extensions_of(element: Mapping[str, Any], end: str) -> Iterator[Mapping[str, Any]]:
    """Find the extensions of an element whose address ends so."""
    for one in mappings_of(element.get("extension")):
        if text_of(one.get("url")).rpartition("/")[2] == end:
            yield one


def number_of_id(text: str) -> int | None:
    """Return the whole number that an id is, or ends with.

    Example:
        >>> number_of_id("4711"), number_of_id("Observation-4711"), number_of_id("a1-4711")
        (4711, 4711, None)
    """
    found = _NUMBER_OF_ID.fullmatch(text)
    return int(found[1]) if found else None
