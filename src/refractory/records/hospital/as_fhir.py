"""The invented hospital as a bulk export of FHIR R4: the same records, each as the resource that it would be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractory.records.hospital.as_sheet import write_vocabulary

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
Body = dict[str, Any]
OWN_SYSTEM = "https://refractory.invalid/codes"
_SYSTEMS = {
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD9CM": "http://hl7.org/fhir/sid/icd-9-cm",
    "SNOMED": "http://snomed.info/sct",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "HCPCS": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "LOINC": "http://loinc.org",
    "UCUM": "http://unitsofmeasure.org",
}
_RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"


def write_as_fhir(records: Path) -> None:
    """Write a bulk export, its mapping and its vocabulary in the place of the hospital's DuckDB file.

    Each infusion has an order beside it, as in a hospital: the same drug, which must not count twice.

    Args:
        records: Folder that holds hospital.duckdb; it then holds fhir/, source.mapping.toml and vocabulary/.
    """
    import duckdb

    database = records / "hospital.duckdb"
    connection = duckdb.connect(str(database), read_only=True)
    try:
        ((name,),) = connection.execute("SELECT cdm_source_name FROM cdm_source").fetchall()
        _write_resources(connection, records / "fhir")
        write_vocabulary(connection, records / "vocabulary")
    finally:
        connection.close()
    (records / "source.mapping.toml").write_text(
        "# An invented hospital: no row describes a real person.\n[source]\n"
        f'kind = "fhir"\nname = "{name}"\ninvented = true\nfile = "fhir"\nvocabulary = "vocabulary"\n'
        f'systems = {{ "{OWN_SYSTEM}" = "Invented" }}\n',
        encoding="utf-8",
    )
    database.unlink()


def _write_resources(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    folder.mkdir()
    concepts = _Concepts(connection)
    writers: Mapping[str, Callable[[Row, _Concepts], Iterator[Body]]] = {
        "person": _write_patient,
        "observation_period": _write_episode,
        "visit_occurrence": _write_encounter,
        "condition_occurrence": _write_condition,
        "procedure_occurrence": _write_procedure,
        "measurement": _write_result,
        "observation": _write_finding,
        "drug_exposure": _write_drug,
    }
    lines: dict[str, list[str]] = {}
    for table, write in writers.items():
        query = f"SELECT * FROM {table} ORDER BY ALL"
        if table == "person":
            query = "SELECT person.*, death_date FROM person LEFT JOIN death USING (person_id) ORDER BY ALL"
        found = connection.execute(query)
        columns = [column[0] for column in found.description]
        for values in found.fetchall():
            row = dict(zip(columns, values, strict=True))
            for body in write(row, concepts):
                lines.setdefault(body["resourceType"], []).append(json.dumps(body, ensure_ascii=False))
    for kind, of_kind in lines.items():
        half = len(of_kind) // 2 if kind == "Observation" else len(of_kind)
        (folder / f"{kind}.ndjson").write_text("".join(f"{one}\n" for one in of_kind[:half]), encoding="utf-8")
        if of_kind[half:]:
            # A server cuts a large type into several files, and packs them.
            text = "".join(f"{one}\n" for one in of_kind[half:])
            (folder / f"{kind}.001.ndjson.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


class _Concepts:
    """The concepts of the hospital's vocabulary as codings of FHIR."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        found = connection.execute("SELECT concept_id, vocabulary_id, concept_code, concept_name FROM concept")
        self.known = {row[0]: row[1:] for row in found.fetchall() if row[0]}
        self.above: dict[int, list[int]] = {}
        for one, ancestor in connection.execute(
            "SELECT descendant_concept_id, ancestor_concept_id FROM concept_ancestor "
            "WHERE min_levels_of_separation > 0 ORDER BY min_levels_of_separation, ancestor_concept_id"
        ).fetchall():
            self.above.setdefault(one, []).append(ancestor)

    def coded(self, row: Row, stem: str) -> Body:
        """Write what a row is about: its own code, the standard one and those above it, and its own words."""
        ids = [row[f"{stem}_source_concept_id"], row[f"{stem}_concept_id"]]
        ids += self.above.get(row[f"{stem}_concept_id"] or 0, [])
        return self.concept(ids, row[f"{stem}_source_value"])

    def concept(self, ids: list[int | None], text: str | None) -> Body:
        """Write concepts and a text as one CodeableConcept; empty without either."""
        codings = []
        for one in dict.fromkeys(ids):
            if one in self.known:
                vocabulary, code, name = self.known[one]
                codings.append({"system": _SYSTEMS.get(vocabulary, OWN_SYSTEM), "code": code, "display": name})
        return _without_nothing({"coding": codings, "text": text})

    def quantity(self, value: float | None, unit_concept: int | None, unit: str | None) -> Body:
        """Write a number with its unit, as a code where there is a concept of it."""
        known = self.known.get(unit_concept or 0)
        coded = {"system": _SYSTEMS["UCUM"], "code": known[1]} if known else {}
        return _without_nothing({"value": value, "unit": unit, **coded})

    def name(self, concept: int | None, otherwise: str | None) -> str | None:
        """Return the name of a concept."""
        known = self.known.get(concept or 0)
        return known[2] if known else otherwise


def _without_nothing(body: Mapping[str, Any]) -> Body:
    return {key: value for key, value in body.items() if value not in (None, "", [], {})}


def _body(kind: str, identifier: object, row: Row, **parts: Any) -> Body:
    about = {"reference": f"Patient/{row['person_id']}"}
    return _without_nothing({"resourceType": kind, "id": str(identifier), "subject": about, **parts})


def _day(when: date | None) -> str | None:
    return when.isoformat() if when else None


def _period(first: date | None, last: date | None) -> Body:
    return _without_nothing({"start": _day(first), "end": _day(last)})


def _write_patient(row: Row, concepts: _Concepts) -> Iterator[Body]:
    parts = (row["year_of_birth"], row["month_of_birth"], row["day_of_birth"])
    born = "-".join(f"{part:0{4 if at == 0 else 2}d}" for at, part in enumerate(parts) if part is not None)
    race = concepts.name(row["race_concept_id"], row["race_source_value"])
    extension = [{"url": _RACE, "extension": [{"url": "text", "valueString": race}]}] if race else []
    yield _without_nothing(
        {
            "resourceType": "Patient",
            "id": str(row["person_id"]),
            "extension": extension,
            "gender": {8507: "male", 8532: "female"}.get(row["gender_concept_id"]),
            "birthDate": born,
            "deceasedDateTime": _day(row["death_date"]),
        }
    )


def _write_episode(row: Row, _: _Concepts) -> Iterator[Body]:
    body = _body(
        "EpisodeOfCare",
        row["observation_period_id"],
        row,
        status="finished",
        type=[{"text": "observation period"}],
        period=_period(row["observation_period_start_date"], row["observation_period_end_date"]),
    )
    body["patient"] = body.pop("subject")
    yield body


def _write_encounter(row: Row, concepts: _Concepts) -> Iterator[Body]:
    yield _body(
        "Encounter",
        row["visit_occurrence_id"],
        row,
        status="finished",
        type=[{"text": concepts.name(row["visit_concept_id"], "visit")}],
        period=_period(row["visit_start_date"], row["visit_end_date"]),
    )


def _write_condition(row: Row, concepts: _Concepts) -> Iterator[Body]:
    confirmed = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}
    yield _body(
        "Condition",
        row["condition_occurrence_id"],
        row,
        verificationStatus={"coding": [confirmed]},
        code=concepts.coded(row, "condition"),
        onsetDateTime=_day(row["condition_start_date"]),
        abatementDateTime=_day(row["condition_end_date"]),
    )


def _write_procedure(row: Row, concepts: _Concepts) -> Iterator[Body]:
    code, when = concepts.coded(row, "procedure"), _day(row["procedure_date"])
    number = row["procedure_occurrence_id"]
    if row["quantity"] is None:
        yield _body("Procedure", number, row, status="completed", code=code, performedDateTime=when)
        return
    units = {"value": row["quantity"]}
    yield _body("ChargeItem", number, row, status="billed", code=code, occurrenceDateTime=when, quantity=units)


def _write_result(row: Row, concepts: _Concepts) -> Iterator[Body]:
    unit = (row["unit_concept_id"], row["unit_source_value"])
    limits = {end: concepts.quantity(row[f"range_{end}"], None, None) for end in ("low", "high")}
    value = concepts.quantity(row["value_as_number"], *unit)
    result = {"valueQuantity": value} if "value" in value else {"dataAbsentReason": {"text": "unknown"}}
    yield _body(
        "Observation",
        row["measurement_id"],
        row,
        status="final",
        code=concepts.coded(row, "measurement"),
        effectiveDateTime=_day(row["measurement_date"]),
        referenceRange=[one] if (one := _without_nothing(limits)) else [],
        **result,
    )


def _write_finding(row: Row, concepts: _Concepts) -> Iterator[Body]:
    yield _body(
        "Observation",
        f"finding-{row['observation_id']}",
        row,
        status="final",
        code=concepts.coded(row, "observation"),
        effectiveDateTime=_day(row["observation_date"]),
        valueString=row["value_as_string"],
    )


def _write_drug(row: Row, concepts: _Concepts) -> Iterator[Body]:
    number, first, last = row["drug_exposure_id"], row["drug_exposure_start_date"], row["drug_exposure_end_date"]
    medication = {"medicationCodeableConcept": concepts.coded(row, "drug")}
    route = concepts.concept([row["route_concept_id"]], row["route_source_value"])
    reason = {"text": row["stop_reason"]} if row["stop_reason"] else None
    amount = concepts.quantity(row["quantity"], None, row["dose_unit_source_value"])
    dosage = _without_nothing({"text": row["sig"], "route": route})
    days = {"value": row["days_supply"], "code": "d"} if row["days_supply"] is not None else None
    if days is None and not row["sig"] and amount and last in (None, first):
        order = f"order-{number}"
        given = {"text": f"infusion of {amount['value']:g}"}
        yield _body(
            "MedicationRequest", order, row, status="completed", intent="order", authoredOn=_day(first),
            dosageInstruction=[given], **medication,
        )  # fmt: skip
        when = {"effectivePeriod": _period(first, last)} if last else {"effectiveDateTime": _day(first)}
        yield _body(
            "MedicationAdministration", number, row, status="completed", statusReason=[reason] if reason else [],
            dosage=_without_nothing({"dose": amount, "route": route}),
            request={"reference": f"MedicationRequest/{order}"}, **medication, **when,
        )  # fmt: skip
    elif last is None and days is not None:
        yield _body(
            "MedicationDispense", number, row, status="completed", statusReasonCodeableConcept=reason,
            whenHandedOver=_day(first), quantity=amount, daysSupply=days,
            dosageInstruction=[dosage] if dosage else [], **medication,
        )  # fmt: skip
    else:
        if last is not None:
            dosage["timing"] = {"repeat": {"boundsPeriod": _period(first, last)}}
        supply = {"quantity": amount, "expectedSupplyDuration": days, "numberOfRepeatsAllowed": row["refills"]}
        yield _body(
            "MedicationRequest", number, row, status="completed", intent="order", authoredOn=_day(first),
            statusReason=reason, dosageInstruction=[dosage] if dosage else [],
            dispenseRequest=_without_nothing(supply), **medication,
        )  # fmt: skip
