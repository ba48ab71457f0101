"""Patients of FHIR: births, deaths, mergers, and the time in which each was observed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from refractory.records.fhir_reading import IN_ERROR, NotUsedError, Reading, Survey
from refractory.records.fhir_values import (
    extensions_of,
    mappings_of,
    partial_date_of,
    reference_of,
    text_of,
    words_of,
)

PERIOD_OF_OBSERVATION = "observation period"
ENCOUNTERED = "encountered"  # staged days of encounters; one period a person is made of them


def survey_patient(body: Mapping[str, Any], survey: Survey) -> None:
    """Note a patient: the other names that it is known under, and whom it was merged with."""
    own = text_of(body.get("id"))
    if not own:
        return
    survey.patients.add(own)
    for one in mappings_of(body.get("identifier")):
        if value := text_of(one.get("value")):
            survey.aliases.setdefault(f"Patient|{text_of(one.get('system'))}|{value}", f"Patient/{own}")
    for link in mappings_of(body.get("link")):
        other = survey.id_of(reference_of(link.get("other")), "Patient")
        if not other or other == own:
            continue
        if text_of(link.get("type")) == "replaced-by":
            survey.merged[own] = other
        elif text_of(link.get("type")) == "replaces":
            survey.merged[other] = own


def read_patient(reading: Reading) -> None:
    """Read a Patient into a person and, where one is told, a death."""
    body, own = reading.body, reading.id
    if not own:
        raise NotUsedError("id", "has no id")
    if reading.survey.person_of(own) != own:
        raise NotUsedError("link", "merged into another patient, who has its records")
    born: dict[str, int] = {}
    if (birth := body.get("birthDate")) is not None:
        found = partial_date_of(birth)
        if found is None:
            reading.remark("birthDate", "birthDate cannot be read", "value not used")
        else:
            born["year_of_birth"] = found.earliest.year
            if found.earliest.month == found.latest.month and found.earliest.year == found.latest.year:
                born["month_of_birth"] = found.earliest.month
            if found.is_complete:
                born["day_of_birth"] = found.earliest.day
    reading.add(
        "person",
        (),
        {
            **born,
            "gender_source_value": _read_sex(reading),
            "race_source_value": _read_group(body, "us-core-race"),
            "ethnicity_source_value": _read_group(body, "us-core-ethnicity"),
        },
        own,
    )
    if isinstance(body.get("deceasedDateTime"), str):
        death = reading.day("deceasedDateTime")
        if death is not None:
            reading.add(
                "death",
                (),
                {
                    "death_date": death,
                },
                own,
            )
    elif body.get("deceasedBoolean") is True:
        reading.remark("deceasedBoolean", "has died, on a day that is not told", "counts as alive")


def _read_sex(reading: Reading) -> str | None:
    said = text_of(reading.body.get("gender")).lower()
    if said in ("female", "male", "other", "unknown", ""):
        return said or None
    reading.remark("gender", "gender is none of FHIR's", "value not used")
    return None


def _read_group(body: Mapping[str, Any], name: str) -> str | None:
    """Read the race or ethnicity of US Core: the categories of the census before the person's own words."""
    for extension in extensions_of(body, name):
        parts = list(mappings_of(extension.get("extension")))
        for wanted in ("ombCategory", "detailed"):
            named = [words_of({"coding": [one.get("valueCoding")]}) for one in parts if one.get("url") == wanted]
            found = sorted({one for one in named if one})
            if found:
                return found[0] if len(found) == 1 else "more than one"
        said = [text_of(one.get("valueString")) for one in parts if one.get("url") == "text"]
        if said and said[0]:
            return said[0]
    return None


def read_encounter(reading: Reading) -> None:
    """Read the days of an Encounter; the first and the last one of a person bound the time of observation."""
    reading.refuse_status(
        {
            "entered-in-error": IN_ERROR,
            **dict.fromkeys(("planned", "cancelled"), "did not take place, or not yet"),
        }
    )
    period = "period" if "period" in reading.body else "actualPeriod"
    start = reading.day(period, "start")
    end = reading.day(period, "end")
    _add_period(reading, ENCOUNTERED, start or end, end or start)


def read_episode(reading: Reading) -> None:
    """Read an EpisodeOfCare whose type says that it is a period of observation; no other is asked for."""
    said = {words_of(one).lower() for one in mappings_of(reading.body.get("type"))}
    if not said & {PERIOD_OF_OBSERVATION, PERIOD_OF_OBSERVATION.replace(" ", "-")}:
        reading.is_asked_for = False
        return
    reading.refuse_status({"entered-in-error": IN_ERROR, **dict.fromkeys(("planned", "cancelled"), "did not begin")})
    _add_period(reading, "observation_period", reading.day("period", "start"), reading.day("period", "end"))


def _add_period(reading: Reading, table: str, first: date | None, last: date | None) -> None:
    if first is None or last is None:
        raise NotUsedError("period", "no first or no last day")
    if last < first:
        raise NotUsedError("period", "ends before it starts")
    reading.add(
        table,
        (),
        {
            "observation_period_start_date": first,
            "observation_period_end_date": last,
        },
    )
