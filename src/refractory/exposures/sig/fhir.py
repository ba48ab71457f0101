"""Reads the daily dose that a dosage of FHIR R4 says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from refractory.exposures.sig.elements import Cap, Count, Days, Dose, Lasting, Measure
from refractory.exposures.sig.fhir_values import (
    UnreadableError,
    read_date,
    read_list,
    read_mapping,
    read_number,
    read_parts,
    read_period,
    read_quantity_dose,
    read_times,
    read_timing_code,
    read_weekdays,
)
from refractory.exposures.sig.laying import Layer
from refractory.exposures.sig.reading import read_sig
from refractory.exposures.sig.segments import Direction, Intake, Segment
from refractory.exposures.sig.steps import DoseStep, Sig
from refractory.records.routes import read_route


def read_fhir_dosage(dosage: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Sig:
    """Read the daily dose that a Dosage of FHIR R4, or a list of them, says.

    Dosages of one sequence number are taken together, those of a later number afterwards; several without a number are
    taken together. The structure decides where it has an amount and a timing; else the text is read, and the
    patient's instruction where there is no text. A text that says another dose than the structure contradicts it. A
    month counts 30 days and a year 365.

    Args:
        dosage: One Dosage as FHIR's JSON has it, or the list of a request's dosageInstruction.

    Returns:
        Its steps; where it is not understood, none or one of unknown dose, with what could not be read. Never raises.

    Source:
        HL7 FHIR R4, Dosage and Timing.

    Example:
        >>> bid = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
        >>> amount = [{"doseQuantity": {"value": 20, "unit": "mg"}}]
        >>> read_fhir_dosage({"timing": bid, "doseAndRate": amount}).steps[0].per_day
        40.0
        >>> read_fhir_dosage({"text": "21 mg once a week"}).steps[0].per_day
        3.0
    """
    dosages = [dosage] if isinstance(dosage, Mapping) else list(dosage)
    try:
        dosages = [read_mapping(one) for one in dosages]
        groups = _group(dosages)
    except UnreadableError:
        return Sig((), unread="dosage")
    if not dosages:
        return Sig(())
    try:
        structured = _read_structure(groups)
    except UnreadableError:
        return _read_texts(groups)
    return _compare(structured, _read_texts(groups), dosages)


def _group(dosages: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Group dosages that are taken together, in the order of their sequence numbers."""
    numbers = [read_number(one.get("sequence")) for one in dosages]
    known = [number for number in numbers if number is not None]
    if not known:
        return [list(dosages)]
    if len(known) < len(numbers):
        raise UnreadableError
    return [[one for one, at in zip(dosages, known, strict=True) if at == number] for number in sorted(set(known))]


def _read_structure(groups: list[list[Mapping[str, Any]]]) -> Sig:
    direction = Direction([_build_segment(group) for group in groups])
    for segment in direction.segments[1:]:
        segment.opener = "then"
    layer = Layer(direction)
    layer.lay()
    if layer.contradictions:
        raise UnreadableError
    return Sig(tuple(layer.steps), _find_route([one for group in groups for one in group]), layer.stops)


def _find_route(dosages: Sequence[Mapping[str, Any]]) -> str | None:
    """Find the one route of all dosages, from the text or the display of its code."""
    routes = set()
    for dosage in dosages:
        try:
            code = read_mapping(dosage.get("route"))
            shown = [read_mapping(one).get("display") for one in read_list(code.get("coding"))]
        except UnreadableError:
            continue
        routes |= {route for one in (code.get("text"), *shown) if (route := read_route(str(one or ""))) is not None}
    return routes.pop() if len(routes) == 1 else None


def _build_segment(group: list[Mapping[str, Any]]) -> Segment:
    """Build one stretch from dosages that are taken together; their lengths must be the same."""
    segments = [_build_single(dosage) for dosage in group]
    first = segments[0]
    for other in segments[1:]:
        if (other.lasting, other.count, other.days, other.marks, other.cap) != (
            first.lasting,
            None,
            None,
            first.marks,
            None,
        ):
            raise UnreadableError
        first.intakes += other.intakes
    if len(segments) > 1 and (first.count or first.days or first.cap):
        raise UnreadableError
    return first


def _build_single(dosage: Mapping[str, Any]) -> Segment:
    if dosage.get("modifierExtension"):
        raise UnreadableError
    dose = _read_dose(dosage)
    timing = read_mapping(dosage.get("timing"))
    repeat = read_mapping(timing.get("repeat"))
    segment = Segment(intakes=[Intake(dose)])
    said: list[Any] = [
        one for one in (read_times(repeat), read_parts(repeat), read_weekdays(repeat)) if one is not None
    ]
    if not said and timing.get("code") is not None:
        said = read_timing_code(read_mapping(timing.get("code")))
    segment.intakes[0].timings = [(one, False) for one in said]
    _read_bounds(segment, repeat)
    _read_count(segment, repeat)
    if timing.get("event"):
        _read_events(segment, read_list(timing.get("event")))
    if (
        dosage.get("asNeededBoolean")
        or dosage.get("asNeeded")
        or dosage.get("asNeededCodeableConcept")
        or dosage.get("asNeededFor")
    ):
        segment.marks.add("as needed")
    segment.cap = _read_cap(dosage.get("maxDosePerPeriod"))
    is_timed = bool(said) or segment.days is not None or "single" in segment.marks or dose.over_days is not None
    if not is_timed and "as needed" not in segment.marks:
        raise UnreadableError
    return segment


def _read_dose(dosage: Mapping[str, Any]) -> Dose:
    """Read the amount; one that is given in several units ("ordered", "calculated") is kept in all of them."""
    entries = [read_mapping(one) for one in read_list(dosage.get("doseAndRate"))] or [dosage]
    doses = [dose for entry in entries if (dose := _read_entry(entry)) is not None]
    if not doses:
        raise UnreadableError
    measures: dict[str, Measure] = {}
    for dose in doses:
        for measure in dose.measures:
            if measures.setdefault(measure.unit, measure) != measure:
                raise UnreadableError
    periods = {dose.over_days for dose in doses}
    if len(periods) > 1:
        raise UnreadableError
    return Dose(tuple(measures.values()), periods.pop())


def _read_entry(entry: Mapping[str, Any]) -> Dose | None:
    if (quantity := entry.get("doseQuantity")) is not None:
        return read_quantity_dose(read_mapping(quantity))
    if (span := entry.get("doseRange")) is not None:
        ends = read_mapping(span)
        return read_quantity_dose(read_mapping(ends.get("low")), upper=read_mapping(ends.get("high")))
    if (rate := entry.get("rateQuantity")) is not None:
        dose = read_quantity_dose(read_mapping(rate))
        if dose.over_days is None:
            raise UnreadableError
        return dose
    if (ratio := entry.get("rateRatio")) is not None:
        parts = read_mapping(ratio)
        below = read_mapping(parts.get("denominator"))
        days = read_period(read_number(below.get("value")) or 1.0, below.get("code") or below.get("unit"))
        if days < 1:
            # A rate per hour is the speed of an infusion: without its hours it is no dose.
            raise UnreadableError
        return replace(read_quantity_dose(read_mapping(parts.get("numerator"))), over_days=days)
    return None


def _read_bounds(segment: Segment, repeat: Mapping[str, Any]) -> None:
    days: tuple[float, float] | None = None
    if (length := repeat.get("boundsDuration")) is not None:
        days = (_read_length(read_mapping(length)),) * 2
    elif (span := repeat.get("boundsRange")) is not None:
        ends = read_mapping(span)
        low = ends.get("low")
        days = (_read_length(read_mapping(low)) if low else 0.0, _read_length(read_mapping(ends.get("high"))))
    elif (period := repeat.get("boundsPeriod")) is not None:
        ends = read_mapping(period)
        if ends.get("start") is not None and ends.get("end") is not None:
            whole = (read_date(ends["end"]) - read_date(ends["start"])).days + 1.0
            days = (whole, whole)
    if days is None:
        return
    if not 0 <= days[0] <= days[1] or days[1] < 1 or any(one != int(one) for one in days):
        raise UnreadableError
    segment.lasting = Lasting(*days)


def _read_length(quantity: Mapping[str, Any]) -> float:
    value = read_number(quantity.get("value"))
    written = quantity.get("code") or {"day": "d", "days": "d", "week": "wk", "weeks": "wk"}.get(
        str(quantity.get("unit")).casefold(), quantity.get("unit")
    )
    if value is None:
        raise UnreadableError
    return round(read_period(value, written), 9)


def _read_count(segment: Segment, repeat: Mapping[str, Any]) -> None:
    """Read so many administrations; a single one needs no timing."""
    count = read_number(repeat.get("count"))
    if count is None:
        return
    if repeat.get("countMax") is not None or count != int(count) or count < 1 or segment.lasting is not None:
        raise UnreadableError
    if count == 1 and not segment.intakes[0].timings:
        segment.marks.add("single")
    else:
        segment.count = Count(count)


def _read_events(segment: Segment, events: Sequence[Any]) -> None:
    """Read single days; the first of them is the first of the direction."""
    if segment.intakes[0].timings or segment.lasting or segment.count:
        raise UnreadableError
    dates = sorted(read_date(event) for event in events)
    if len(set(dates)) != len(dates):
        raise UnreadableError
    offsets = [(one - dates[0]).days for one in dates]
    segment.days = Days(tuple((offset, offset) for offset in offsets), is_points=True)


def _read_cap(written: Any) -> Cap | None:
    if not written:
        return None
    ratio = read_mapping(written[0] if isinstance(written, Sequence) and not isinstance(written, str) else written)
    dose = read_quantity_dose(read_mapping(ratio.get("numerator")))
    below = read_mapping(ratio.get("denominator"))
    days = _read_length({"value": 1, **below})
    return Cap(dose.measures[0].most, dose.measures[0].unit, days)


def _read_texts(groups: list[list[Mapping[str, Any]]]) -> Sig:
    """Read the texts of dosages; several are one direction, those of a later number behind "then"."""
    texts = [[str(one.get("text") or one.get("patientInstruction") or "") for one in group] for group in groups]
    written = ", then ".join(". ".join(dict.fromkeys(group)) for group in texts)
    is_missing = any(not text for group in texts for text in group)
    sig = read_sig(written)
    if not is_missing:
        return replace(sig, route=sig.route or _find_route([one for group in groups for one in group]))
    return Sig((DoseStep(0, None, None, ""),), unread=" ".join(written.split()) or "dosage")


def _compare(structured: Sig, said: Sig, dosages: Sequence[Mapping[str, Any]]) -> Sig:
    """Hold the structure against its text: one dose in one unit that differs from the other leaves both open."""
    if not any(one.get("text") or one.get("patientInstruction") for one in dosages) or said.unread:
        return structured
    for ours, theirs in zip(structured.steps, said.steps, strict=False):
        is_comparable = ours.unit == theirs.unit and ours.per_day is not None and theirs.per_day is not None
        if is_comparable and abs((ours.per_day or 0) - (theirs.per_day or 0)) > 0.01 * (ours.per_day or 0) + 1e-6:
            text = " ".join(str(one.get("text") or one.get("patientInstruction") or "") for one in dosages)
            return Sig((DoseStep(0, None, None, ours.unit),), structured.route, unread=" ".join(text.split()))
    return structured
