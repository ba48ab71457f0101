"""Observations of FHIR: results with a number become measurements, the others observations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from refractory.records.fhir_codings import Coded, read_coded
from refractory.records.fhir_reading import IN_ERROR, NotUsedError, Reading, find_first
from refractory.records.fhir_results import read_result
from refractory.records.fhir_values import codes_of, mapping_of, mappings_of, quantity_of, reference_of, words_of
from refractory.units import find_unit


def read_observation(reading: Reading) -> None:
    """Read an Observation: itself where it has a result, and each of its components that has one.

    One without any result and without components is a finding that its code tells, unless it says that the result is
    missing. A panel whose members are resources of their own holds nothing itself.
    """
    refused = {"entered-in-error": IN_ERROR, "cancelled": "was cancelled", "registered": "has no result yet"}
    reading.refuse_status(refused)
    body = reading.body
    if any(_is_of_another(reading, one) for one in mappings_of(body.get("focus"))):
        raise NotUsedError("focus", "is about another person than its subject")
    when = _find_day(reading)
    components = mappings_of(body.get("component"))
    coded = reading.coded(body.get("code")) if not components else reading.coding(body.get("code"))
    has_result = _has_value(body)
    is_told_missing = _is_told_missing(body)
    is_panel = bool(components) or bool(mappings_of(body.get("hasMember"))) or bool(mappings_of(body.get("related")))
    if not coded.is_empty and (has_result or is_told_missing or not is_panel):
        _add_result(reading, body, coded, when)
    for component in components:
        said = reading.coding(component.get("code"))
        if said.is_empty:
            reading.remark("component", "component without a code", "value not used")
        elif _has_value(component) or _is_told_missing(component):
            _add_result(reading, component, said, when)
    if not reading.rows:
        if components or not is_panel:
            raise NotUsedError("value", "no code and no value")
        reading.is_asked_for = False


def _is_of_another(reading: Reading, focus: Mapping[str, Any]) -> bool:
    """Say whether a focus is a person other than the subject, as a child is in its mother's records."""
    said = reference_of(focus)
    if said.startswith("RelatedPerson/"):
        return True
    other = reading.survey.id_of(said, "Patient")
    return other in reading.survey.patients and reading.survey.person_of(other) != reading.person()


def _find_day(reading: Reading) -> date | None:
    events = mapping_of(reading.body.get("effectiveTiming")).get("event")
    first = events[0] if isinstance(events, list) and events else None
    found = find_first(
        one
        for one in (
            reading.day("effectiveDateTime"),
            reading.day("effectiveInstant"),
            reading.day("effectivePeriod", "start"),
            reading.day("effectivePeriod", "end"),
            reading.day_in(first, "effectiveTiming"),
        )
    )
    if found is None and not any(name.startswith("effective") for name in reading.body):
        found = reading.day("issued")
        if found is not None:
            reading.remark("effective", "no day of the observation", "the day of its issue stands for it")
    return found


def _has_value(element: Mapping[str, Any]) -> bool:
    return any(name.startswith("value") and value not in (None, "", {}, []) for name, value in element.items())


def _is_told_missing(element: Mapping[str, Any]) -> bool:
    if element.get("dataAbsentReason"):
        return True
    coded = element.get("valueCodeableConcept")
    return bool(coded) and read_coded(coded).is_empty


def _add_result(reading: Reading, element: Mapping[str, Any], coded: Coded, when: date | None) -> None:
    result = read_result(element)
    if result.said is not None and not result.is_amount:
        reading.add(
            "observation",
            coded.codings,
            {
                "observation_date": when,
                "value_as_string": result.said,
                "observation_source_value": coded.text,
            },
        )
        return
    is_missing = result.said is None
    if is_missing and not _is_told_missing(element) and not _has_value(element):
        reading.add(
            "observation",
            coded.codings,
            {
                "observation_date": when,
                "observation_source_value": coded.text,
            },
        )
        return
    if is_missing and not _is_told_missing(element):
        reading.remark("value", "value cannot be read", "value not used")
    low, high = _read_range(element, result.unit)
    reading.add(
        "measurement",
        coded.codings,
        {
            "measurement_date": when,
            "value_as_number": result.number,
            "value_source_value": result.said,
            "unit_source_value": result.unit or None,
            "range_low": low,
            "range_high": high,
            "measurement_source_value": coded.text,
        },
    )


def _read_range(element: Mapping[str, Any], unit: str) -> tuple[float | None, float | None]:
    """Read the limits of normal in the unit of the value; several ranges, each for some persons, leave it open."""
    normal = [
        one
        for one in mappings_of(element.get("referenceRange"))
        if not one.get("type") or codes_of(one.get("type")) & {"normal"} or words_of(one.get("type")) == "normal"
    ]
    if len(normal) != 1:
        return None, None
    ends = [quantity_of(normal[0].get(name), find_unit) for name in ("low", "high")]
    low, high = (one.value if one and (not one.unit or _is_same(one.unit, unit)) else None for one in ends)
    return low, high


def _is_same(one: str, other: str) -> bool:
    ours, theirs = find_unit(one), find_unit(other)
    return one == other or (ours is not None and ours == theirs)
