"""A small export of FHIR, written by a test and read by the program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from refractory.records.from_anywhere import open_records
from refractory.records.from_translation import TranslatedSource

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ANNA = {"resourceType": "Patient", "id": "anna", "gender": "female", "birthDate": "1970-03-05"}
PREDNISONE = {"coding": [{"system": RXNORM, "code": "312617", "display": "prednisone 5 MG Oral Tablet"}]}
DERMATOMYOSITIS = {"coding": [{"system": SNOMED, "code": "396230008", "display": "Dermatomyositis"}]}
_CODED = {
    "Condition": DERMATOMYOSITIS,
    "Procedure": {"text": "skin biopsy"},
    "ChargeItem": {"text": "infusion"},
    "Observation": {"text": "CDASI activity"},
}


def resource(kind: str, number: object = 1, **parts: Any) -> dict[str, Any]:
    """Write a resource of Anna, with a code where its type has one."""
    body: dict[str, Any] = {"resourceType": kind, "id": str(number), "subject": {"reference": "Patient/anna"}}
    if kind in _CODED:
        body["code"] = _CODED[kind]
    if kind.startswith("Medication"):
        body["medicationCodeableConcept"] = PREDNISONE
    body |= parts
    return {name: value for name, value in body.items() if value is not None}


def write_lines(path: Path, bodies: Sequence[Mapping[str, Any] | str]) -> Path:
    """Write an NDJSON file; a text is a line as it stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def opened(folder: Path, *bodies: Mapping[str, Any] | str, mapping: str = "") -> TranslatedSource:
    """Open an export of Anna and these resources."""
    write_lines(folder / "export.ndjson", [ANNA, *bodies])
    if mapping:
        (folder / "source.mapping.toml").write_text(f'[source]\nkind = "fhir"\n{mapping}\n')
    source = open_records(str(folder))
    assert isinstance(source, TranslatedSource)
    return source


def made(source: TranslatedSource, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Return rows of a table of OMOP; days as text. A table that was not made has none."""
    if not source.has(table) and table != "origin":
        return []
    found = source.connection.execute(f"SELECT {columns} FROM records_source.main.{table} ORDER BY ALL").fetchall()
    return [tuple(str(cell) if hasattr(cell, "isoformat") else cell for cell in row) for row in found]


def told(source: TranslatedSource) -> list[tuple[str, str, str]]:
    """Return what is told of resources: the element, the rule, what was done."""
    return [(one.column, one.rule, one.done) for one in source.problems]


def accounts(source: TranslatedSource) -> dict[str, tuple[int, int, int, int]]:
    """Return rows, used, not asked for and listed, by type."""
    return {
        one.table.removeprefix("FHIR "): (one.rows, one.used, one.not_asked_for, one.listed)
        for one in source.read_accounts
    }
