"""Dosages of FHIR: as directions that the reader of directions understands, as amounts, and as routes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from refractory.records.fhir_values import Quantity, mapping_of, mappings_of, quantity_of, text_of
from refractory.records.routes import read_route
from refractory.records.strength import is_counted
from refractory.units import find_unit

# What of a dosage says an amount or a time.
_SAYING = (
    "sequence", "text", "patientInstruction", "timing", "asNeededBoolean", "asNeeded", "asNeededCodeableConcept",
    "asNeededFor", "doseAndRate", "doseQuantity", "doseRange", "simpleQuantity", "rateQuantity", "rateRatio",
    "maxDosePerPeriod", "modifierExtension", "route",
)  # fmt: skip
_WORDS_ONLY = {"text", "patientInstruction", "sequence", "route"}
# Routes by their code in SNOMED CT, for codes that come without their name.
_ROUTES = {
    "26643006": "oral", "47625008": "intravenous", "34206005": "subcutaneous", "78421000": "intramuscular",
    "6064005": "topical", "46713006": "nasal", "447694001": "inhaled", "54485002": "ophthalmic", "10547007": "otic",
    "37161004": "rectal", "37839007": "sublingual", "45890007": "transdermal", "12130007": "intra-articular",
    # As EDQM's standard terms have them.
    "20053000": "oral", "20045000": "intravenous", "20066000": "subcutaneous", "20035000": "intramuscular",
    "20003000": "topical", "20070000": "topical", "20049000": "nasal", "20020000": "inhaled", "20061000": "rectal",
}  # fmt: skip
_HOURS = {"h": 1.0, "hr": 1.0, "hour": 1.0, "min": 1 / 60, "minute": 1 / 60, "s": 1 / 3600, "d": 24.0, "day": 24.0}


def write_directions(dosages: Sequence[Mapping[str, Any]], names: Iterable[str]) -> str:
    """Write the dosages of a record as one direction.

    Words alone stay words. A structure is written as the JSON that it is, which the reader of directions takes too. An
    amount without a unit counts tablets where the product is one that is counted.

    Args:
        dosages: The list of Dosage of the record.
        names: Names of the product.
    """
    kept = [{key: one[key] for key in _SAYING if one.get(key) not in (None, "", [], {})} for one in dosages]
    for one in kept:
        if one.get("asNeededBoolean") is False:
            del one["asNeededBoolean"]
        if entries := mappings_of(one.get("doseAndRate")):
            # Ordered or calculated: the same amount in two units, which the reader of doses tells by themselves.
            one["doseAndRate"] = [{key: value for key, value in entry.items() if key != "type"} for entry in entries]
        if len(kept) == 1 and "timing" in one:
            _drop_bounds(one)
    kept = [one for one in kept if one.keys() - {"route", "sequence"}]
    if all(one.keys() <= _WORDS_ONLY for one in kept) and len(kept) <= 1:
        return next((text_of(one.get("text")) or text_of(one.get("patientInstruction")) for one in kept), "")
    if is_counted(names):
        _count_units(kept)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def _drop_bounds(dosage: dict[str, Any]) -> None:
    """Leave out the days from which to which a single dosage holds: they are those of the record."""
    timing = dict(mapping_of(dosage["timing"]))
    repeat = {key: value for key, value in mapping_of(timing.get("repeat")).items() if key != "boundsPeriod"}
    timing = {key: value for key, value in timing.items() if key != "repeat"} | ({"repeat": repeat} if repeat else {})
    if timing:
        dosage["timing"] = timing
    else:
        del dosage["timing"]


def _count_units(dosages: Sequence[dict[str, Any]]) -> None:
    for dosage in dosages:
        entries = [dict(one) for one in mappings_of(dosage.get("doseAndRate"))]
        for entry in (*entries, dosage):
            quantity = entry.get("doseQuantity")
            if isinstance(quantity, Mapping) and not quantity.get("unit") and not quantity.get("code"):
                entry["doseQuantity"] = {**quantity, "code": "1"}
        if entries:
            dosage["doseAndRate"] = entries


def read_dose(dosage: Mapping[str, Any]) -> Quantity | None:
    """Read the amount that was given."""
    for name in ("dose", "doseQuantity", "quantity"):
        found = quantity_of(dosage.get(name), find_unit)
        if found is not None and not found.comparator:
            return found
    return None


def read_rate(dosage: Mapping[str, Any], period: Mapping[str, Any]) -> Quantity | None:
    """Read the amount that ran in at a rate over a period that is known to the minute; None where one is missing."""
    hours = _hours_between(text_of(period.get("start")), text_of(period.get("end")))
    if hours is None:
        return None
    ratio = mapping_of(dosage.get("rateRatio"))
    above, below = quantity_of(ratio.get("numerator"), find_unit), quantity_of(ratio.get("denominator"), _HOURS.get)
    if above and below and below.unit in _HOURS and below.value > 0:
        return Quantity(round(above.value / (below.value * _HOURS[below.unit]) * hours, 6), above.unit)
    rate = quantity_of(dosage.get("rateQuantity") or dosage.get("rateSimpleQuantity"))
    if rate and "/" in rate.unit:
        unit, _, per = rate.unit.rpartition("/")
        if per in _HOURS and find_unit(unit):
            return Quantity(round(rate.value / _HOURS[per] * hours, 6), unit)
    return None


def _hours_between(start: str, end: str) -> float | None:
    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        hours = (last - first).total_seconds() / 3600
    except (ValueError, TypeError):
        return None
    return hours if 0 < hours <= 24 * 31 and "T" in start and "T" in end else None


def read_route_words(dosages: Iterable[Mapping[str, Any]]) -> str:
    """Read how a drug is given, in the record's own words where they say it, else by the code."""
    found: dict[str, str] = {}
    for dosage in dosages:
        route = mapping_of(dosage.get("route"))
        codings = mappings_of(route.get("coding"))
        said = [text_of(route.get("text")), *(text_of(one.get("display")) for one in codings)]
        codes = [text_of(one.get("code")) for one in codings]
        words = next((one for one in said if read_route(one)), "")
        words = words or next((_ROUTES[one] for one in codes if one in _ROUTES), "")
        words = words or next((one for one in (*said, *codes) if one), "")
        if words:
            found.setdefault(read_route(words) or words, words)
    return next(iter(found.values())) if len(found) == 1 else ""
