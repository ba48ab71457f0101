"""Opening records wherever they are: OMOP, a sheet with its mapping, an export of REDCap, a folder of FHIR."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.records.folders import find_home, find_table_files
from refractory.records.from_fhir_files import find_fhir_files, is_fhir_name
from refractory.records.from_mapping import SHEETS, SUFFIX, find_mapping, read_mapping
from refractory.records.from_omop import open_source

if TYPE_CHECKING:
    from refractory.records.source import Source

FOLDER_MAPPING = "source.mapping.toml"  # in a folder: how to read what is in it


def open_records(
    address: str,
    schema: str | None = None,
    vocabulary: Path | None = None,
    say: Callable[[str], None] = lambda step: None,
) -> Source:
    """Open a source of records for reading.

    Args:
        address: A mapping (TOML) of sheets, REDCap or FHIR; a sheet that has its mapping beside it; a folder of FHIR
            resources, or one that holds a `source.mapping.toml`; or whatever
            `refractory.records.from_omop.open_source` reads.
        schema: Where the tables of OMOP are, when the database holds more than one set of them.
        vocabulary: Folder of a vocabulary of OMOP, for sheets, REDCap and FHIR.
        say: Takes a sentence on what takes long.

    Raises:
        RecordsError: When nothing can be read there.
    """
    path = find_home(address)
    suffix = path.suffix.lower()
    if path.is_file() and suffix in SHEETS:
        beside = find_mapping(path)
        if beside is None:
            raise RecordsError(
                "Nothing says yet which column of the sheet is what.",
                where=str(path),
                remedy=f"`refractory init {path.name}` looks at it and writes a mapping and a protocol to start from",
            )
        _check_own_mapping(path, beside)
        return _open_mapped(beside, vocabulary, say)
    if path.is_file() and suffix == ".toml":
        return _open_mapped(path, vocabulary, say)
    if path.is_dir():
        inside = _find_folder_mapping(path)
        if inside is not None:
            return _open_mapped(inside, vocabulary, say)
    if _holds_fhir(path):
        from refractory.records.from_fhir import open_fhir

        return open_fhir(path, vocabulary=vocabulary)
    return open_source(address, schema)


def _check_own_mapping(sheet: Path, beside: Path) -> None:
    """Raise when the mapping beside a sheet reads other sheets: charts.xlsx, where charts.csv was named."""
    from refractory.records.from_sheet import find_sheet_files

    mapping = read_mapping(beside)
    if mapping.source.kind != "sheet":
        return
    files = find_sheet_files(beside, mapping)
    if sheet.resolve() not in [one.resolve() for one in files]:
        raise RecordsError(
            f"The mapping beside the sheet reads {files[0].name}, and not {sheet.name}.",
            where=beside.name,
            remedy="name the file that is meant under [source] file, or name the mapping in place of the sheet",
        )


def _find_folder_mapping(folder: Path) -> Path | None:
    """Find the mapping of a folder: `source.mapping.toml`, else the only one where there are no tables of OMOP."""
    if (folder / FOLDER_MAPPING).is_file():
        return folder / FOLDER_MAPPING
    found = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    if not found or find_table_files(folder):
        return None
    if len(found) > 1:
        raise RecordsError(
            f"The folder holds {len(found)} mappings: {', '.join(path.name for path in found)}.",
            where=str(folder),
            remedy="name the one that is meant",
        )
    return found[0]


def _open_mapped(path: Path, vocabulary: Path | None, say: Callable[[str], None]) -> Source:
    mapping = read_mapping(path)
    if vocabulary is None and mapping.source.vocabulary:
        vocabulary = path.parent / mapping.source.vocabulary
    match mapping.source.kind:
        case "fhir":
            from refractory.records.from_fhir import open_fhir

            return open_fhir(path, mapping, vocabulary)
        case "redcap":
            from refractory.records.from_redcap import open_redcap

            return open_redcap(path, mapping, vocabulary, say)
        case "sheet":
            from refractory.records.from_sheet import open_sheet

            return open_sheet(path, mapping, vocabulary)


def _holds_fhir(path: Path) -> bool:
    """Say whether a path is a file of FHIR resources, or a folder that holds some and no table of OMOP."""
    if path.is_file():
        return is_fhir_name(path.name)
    if not path.is_dir() or find_table_files(path):
        return False
    here = [one.name.lower() for one in path.iterdir() if one.is_file()]
    return any(is_fhir_name(name) for name in here) or bool(find_fhir_files(path))
