"""Conditions, procedures, billed services, vaccinations and documents of FHIR."""

from __future__ import annotations

from refractory.records.fhir_codings import CVX, with_ingredients
from refractory.records.fhir_reading import IN_ERROR, NotUsedError, Reading, find_first
from refractory.records.fhir_values import (
    codes_of,
    extensions_of,
    mapping_of,
    mappings_of,
    quantity_of,
    reference_of,
    words_of,
)
from refractory.units import find_unit

# Codes of CVX that are no vaccines: immunoglobulin as such, into a muscle, into a vein.
_IMMUNOGLOBULINS = {"14": "", "86": "intramuscular", "87": "intravenous"}


def read_condition(reading: Reading) -> None:
    """Read a Condition into a diagnosis.

    Its day is that of the onset, else that on which it was asserted, else recorded, else the first one of its
    encounter. Entered in error and refuted ones are left out, and so is a differential diagnosis, which is one of
    several that cannot all be true; a provisional or unconfirmed one counts, and is noted.
    """
    refused = {"entered-in-error": IN_ERROR, "refuted": "the diagnosis was refuted"}
    reading.refuse_status({**refused, "differential": "a differential diagnosis, one of several"}, "verificationStatus")
    coded = reading.coded(reading.body.get("code"))
    unsure = codes_of(reading.body.get("verificationStatus")) & {"provisional", "unconfirmed"}
    if unsure:
        reading.remark("verificationStatus", f"the diagnosis is {min(unsure)}", "used all the same")
    asserted = (
        reading.day_in(one.get("valueDateTime"), "assertedDate")
        for one in extensions_of(reading.body, "condition-assertedDate")
    )
    onset = find_first(iter((reading.day("onsetDateTime"), reading.day("onsetPeriod", "start"))))
    recorded = (reading.day(name) for name in ("recordedDate", "assertedDate", "dateRecorded"))
    start = onset or find_first(asserted) or find_first(recorded)
    if onset is None and any(name.startswith("onset") for name in reading.body):
        done = "the day of the record stands for it" if start else "the day is not known"
        reading.remark("onset", "onset is not known to the day", done)
    end = find_first(iter((reading.day("abatementDateTime"), reading.day("abatementPeriod", "end"))))
    reading.add(
        "condition_occurrence",
        coded.codings,
        {
            "condition_start_date": start,
            "condition_end_date": end,
            "condition_source_value": coded.text,
            "encounter": _find_encounter(reading),
        },
    )


def _find_encounter(reading: Reading) -> str | None:
    """Return the encounter that a record was made in as "Encounter/id"."""
    said = reading.body.get("encounter") or reading.body.get("context")
    found = reading.survey.id_of(reference_of(said), "Encounter")
    return f"Encounter/{found}" if found else None


def read_procedure(reading: Reading) -> None:
    """Read a Procedure; what was not done, or is only being prepared, is left out."""
    reading.refuse_status({"entered-in-error": IN_ERROR, "not-done": "was not done", "preparation": "was not begun"})
    for name in ("notDone", "notPerformed"):
        if reading.body.get(name) is True:
            raise NotUsedError(name, "was not done")
    coded = reading.coded(reading.body.get("code"))
    columns = ("performed", "occurrence")
    start = find_first(
        reading.day(*path)
        for name in columns
        for path in ((f"{name}DateTime",), (f"{name}Period", "start"), (f"{name}Period", "end"))
    )
    end = find_first(reading.day(f"{name}Period", "end") for name in columns)
    reading.add(
        "procedure_occurrence",
        coded.codings,
        {
            "procedure_date": start,
            "procedure_end_date": end,
            "procedure_source_value": coded.text,
            "modifier_source_value": coded.modifiers or None,
        },
    )


def read_charge(reading: Reading) -> None:
    """Read a ChargeItem into a billed service with its units; a planned or withdrawn one is left out."""
    withdrawn = dict.fromkeys(("planned", "aborted", "not-billable"), "the service was not rendered")
    reading.refuse_status({"entered-in-error": IN_ERROR, **withdrawn})
    coded = reading.coded(reading.body.get("code"))
    units = quantity_of(reading.body.get("quantity"))
    start = find_first(
        reading.day(*path) for path in (("occurrenceDateTime",), ("occurrencePeriod", "start"), ("enteredDate",))
    )
    reading.add(
        "procedure_occurrence",
        coded.codings,
        {
            "procedure_date": start,
            "procedure_end_date": reading.day("occurrencePeriod", "end"),
            "procedure_source_value": coded.text,
            "modifier_source_value": coded.modifiers or None,
            "quantity": units.value if units and not units.comparator else None,
        },
    )


def read_immunization(reading: Reading) -> None:
    """Read an Immunization into an observation: a vaccine is no systemic drug, and immunoglobulin is no vaccine."""
    reading.refuse_status({"entered-in-error": IN_ERROR, "not-done": "was not given"})
    if reading.body.get("notGiven") is True or reading.body.get("wasNotGiven") is True:
        raise NotUsedError("notGiven", "was not given")
    coded = reading.coded(reading.body.get("vaccineCode"), "vaccineCode")
    when = reading.day("occurrenceDateTime") or reading.day("date")
    given = {one.code for one in coded.codings if one.vocabulary == CVX} & _IMMUNOGLOBULINS.keys()
    if not given:
        reading.add(
            "observation",
            coded.codings,
            {
                "observation_date": when,
                "observation_source_value": coded.text,
            },
        )
        return
    dose = quantity_of(reading.body.get("doseQuantity"), find_unit)
    reading.add(
        "drug_exposure",
        with_ingredients(coded, "immune globulin"),
        {
            "drug_exposure_start_date": when,
            "drug_exposure_end_date": when,
            "drug_source_value": coded.text,
            "quantity": dose.value if dose and not dose.comparator else None,
            "dose_unit_source_value": dose.unit or None if dose else None,
            "route_source_value": words_of(reading.body.get("route")) or _IMMUNOGLOBULINS[min(given)] or None,
        },
    )


def read_document(reading: Reading) -> None:
    """Read what kind of document a DocumentReference is, and its day; never its text."""
    if "superseded" in codes_of(reading.body.get("status")):
        reading.is_asked_for = False  # a newer document tells of the same
        return
    reading.refuse_status({"entered-in-error": IN_ERROR})
    reading.refuse_status({"entered-in-error": IN_ERROR}, "docStatus")
    coded = reading.coded(reading.body.get("type"), "type")
    period = mapping_of(next(iter(mappings_of(reading.body.get("context"))), {}).get("period"))
    when = reading.day_in(period.get("start"), "context") or reading.day("period", "start") or reading.day("date")
    reading.add(
        "observation",
        coded.codings,
        {
            "observation_date": when,
            "observation_source_value": coded.text,
        },
    )
