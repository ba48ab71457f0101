"""FHIR R4: a folder of bulk export, or bundles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from refractory.errors import RecordsError
from refractory.records.fhir_documents import Found, name_by_url
from refractory.records.fhir_drugs import read_administration, read_dispense, read_request, read_statement
from refractory.records.fhir_findings import (
    read_charge,
    read_condition,
    read_document,
    read_immunization,
    read_procedure,
)
from refractory.records.fhir_observations import read_observation
from refractory.records.fhir_persons import read_encounter, read_episode, read_patient, survey_patient
from refractory.records.fhir_products import read_product
from refractory.records.fhir_reading import LISTED, NOT_ASKED_FOR, USED, FhirChoices, NotUsedError, Reading, Survey
from refractory.records.fhir_tables import FhirTables
from refractory.records.fhir_values import instant_of, mapping_of, number_of, text_of, whole_of
from refractory.records.from_fhir_files import Piece, find_fhir_files, read_pieces
from refractory.records.from_files import ALIAS
from refractory.records.from_translation import begin_translation

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping

_READERS: Mapping[str, Callable[[Reading], None]] = {
    "Patient": read_patient,
    "EpisodeOfCare": read_episode,
    "Encounter": read_encounter,
    "Condition": read_condition,
    "MedicationRequest": read_request,
    "MedicationOrder": read_request,
    "MedicationDispense": read_dispense,
    "MedicationAdministration": read_administration,
    "MedicationStatement": read_statement,
    "Immunization": read_immunization,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "ChargeItem": read_charge,
    "DocumentReference": read_document,
}
_SURVEYED = ("Patient", "Medication")


def open_fhir(path: Path, mapping: SourceMapping | None = None, vocabulary: Path | None = None) -> TranslatedSource:
    """Open a bulk export, a bundle, or a folder of either; see `refractory.records.from_anywhere`.

    The files are read twice, line by line: for the patients and medications that others refer to, then for everything.

    Args:
        path: The folder or file; where a mapping is given, the mapping, whose `file` names them.
        mapping: What the user chose.
        vocabulary: Folder of a vocabulary of OMOP, if the user has one.

    Raises:
        RecordsError: When there is nothing of FHIR, or no patient among it.
    """
    files = dict(_name_files(path, mapping))
    if not files:
        raise RecordsError(
            "There is no file of FHIR.", where=str(path), remedy="name a folder that holds .ndjson or .json files"
        )
    chosen = mapping.source if mapping else None
    about = {"name": chosen.name, "description": "invented" if chosen.invented else ""} if chosen else {}
    source = begin_translation(path.name, path, list(files.values()), about)
    try:
        _translate(source, files, _read_choices(mapping), vocabulary)
    except BaseException:
        source.close()
        raise
    return source


def _find_roots(path: Path, mapping: SourceMapping | None) -> list[Path]:
    if mapping is None:
        return [path]
    roots = [path.parent / one for one in mapping.source.file or (".",)]
    inside = path.parent.resolve()
    for root in roots:
        if not root.resolve().is_relative_to(inside):
            raise RecordsError(
                "The mapping names a file outside its folder.", where=path.name, remedy="move the mapping beside it"
            )
        if not root.exists():
            raise RecordsError(
                "The mapping names a file or folder that is not there.", where=path.name, remedy="check `file`"
            )
    return roots


def _name_files(path: Path, mapping: SourceMapping | None) -> Iterator[tuple[str, Path]]:
    """Name each file by its way from the folder of the mapping, else from the folder that the user named."""
    for root in _find_roots(path, mapping):
        begin = (
            root.resolve().relative_to(path.parent.resolve()) if mapping else Path(root.name if root.is_file() else "")
        )
        for file in find_fhir_files(root):
            yield (begin / file.relative_to(root)).as_posix(), file


def _read_choices(mapping: SourceMapping | None) -> FhirChoices:
    if mapping is None:
        return FhirChoices()
    source = mapping.source
    return FhirChoices(source.incomplete_dates, source.drugs, source.linked_drugs, source.refills, source.systems)


def _translate(
    source: TranslatedSource, files: Mapping[str, Path], choices: FhirChoices, vocabulary: Path | None
) -> None:
    survey = survey_resources(files, choices)
    if not survey.patients:
        raise RecordsError(
            f"No patient is in the {len(files):,} file{'s' if len(files) != 1 else ''} of FHIR.",
            where=source.name,
            remedy="an export for a study holds Patient resources beside the others",
        )
    tables = FhirTables(source.connection, ALIAS)
    unread = read_resources(files, survey, choices, tables)
    tables.settle(choices, sorted(survey.deleted))
    problems, accounts = list(tables.list_problems()), tables.account(unread)
    tables.close()
    source.finish(problems, accounts, vocabulary)


class TakesResources(Protocol):
    """What keeps the resources that are read: the tables of `refractory.records.fhir_tables`."""

    def add(self, place: dict[str, Any], fate: str, reading: Reading | None, fault: tuple[str, str] = ("", "")) -> None:
        """Take a resource with what was made of it."""
        ...


def read_resources(
    files: Mapping[str, Path], survey: Survey, choices: FhirChoices, tables: TakesResources
) -> Counter[str]:
    """Read the resources of files, one after the other.

    Args:
        files: Files by the name that problems give them.
        survey: What the resources refer to.
        choices: What the user chose.
        tables: Takes each resource.

    Returns:
        Resources by type that were counted and not read.
    """
    unread = Counter[str]()
    for name, file in files.items():
        for piece in read_pieces(file, _READERS):
            if piece.found is None or (piece.found.body is not None and piece.kind not in _READERS):
                unread[piece.kind] += 1
            else:
                _add(tables, piece.found, piece, name, survey, choices)
    return unread


def survey_resources(files: Mapping[str, Path], choices: FhirChoices) -> Survey:
    """Find out what the resources of files refer to."""
    survey = Survey()
    newest: dict[str, tuple[str, int]] = {}
    for file in files.values():
        for piece in read_pieces(file, _SURVEYED):
            found = piece.found
            if found is None:
                continue
            if found.deleted:
                survey.deleted.add(found.deleted)
            if found.body is None:
                continue
            body, other = name_by_url(found.body, found.url)
            if other:
                survey.aliases[other] = f"{piece.kind}/{text_of(body.get('id'))}"
            if piece.kind == "Patient":
                survey_patient(body, survey)
            elif piece.kind == "Medication" and (own := text_of(body.get("id"))):
                updated, version = _read_version(body)
                age = (updated or "", -1 if version is None else version)
                if age >= newest.get(own, age):
                    newest[own] = age
                    survey.products[own] = read_product(body, choices.systems)
    return survey


def _read_version(body: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """Read what tells the versions of a resource apart: the time of its last change, and its number."""
    meta = mapping_of(body.get("meta"))
    return instant_of(meta.get("lastUpdated")), whole_of(number_of(meta.get("versionId")))


def _add(tables: TakesResources, found: Found, piece: Piece, file: str, survey: Survey, choices: FhirChoices) -> None:
    place: dict[str, Any] = {"file": file, "line": piece.line, "place": found.place, "kind": piece.kind}
    if found.body is None:
        is_entry = not found.fault
        place["kind"] = "entries without a resource" if is_entry else ""
        tables.add(place, NOT_ASKED_FOR if is_entry else LISTED, None, ("", found.fault))
        return
    body, _ = name_by_url(found.body, found.url)
    updated, version = _read_version(body)
    own = text_of(body.get("id"))
    place |= {
        "key": f"{piece.kind}/{own}" if own else None,
        "updated": updated,
        "version": version,
        "content": piece.content,
    }
    reading = Reading(piece.kind, body, survey, choices)
    if piece.remark:
        reading.remark("", piece.remark, "read as Windows-1252")
    try:
        reading.refuse_negation()
        _READERS[piece.kind](reading)
    except NotUsedError as left_out:
        tables.add(place, LISTED, reading, (left_out.column, left_out.rule))
    else:
        tables.add(place, USED if reading.is_asked_for else NOT_ASKED_FOR, reading)
