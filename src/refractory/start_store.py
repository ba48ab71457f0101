"""Reading the sheets that a study starts from, and writing the mapping and the protocol beside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from refractory.errors import OutputError, RecordsError
from refractory.records.from_mapping import SHEETS, SUFFIX
from refractory.records.from_redcap import is_redcap, read_redcap_grids
from refractory.records.from_redcap_files import sort_files
from refractory.records.from_sheet import read_raw_sheets
from refractory.records.grid import Grid, RawSheet
from refractory.starting.protocol_text import name_study

STUDY_SUFFIX = ".study.toml"


@dataclass(frozen=True)
class StartFiles:
    """The files of a start.

    Args:
        sheets: Files with sheets, all in one folder.
        mapping: The mapping to write, in that folder.
        study: The protocol to write.
        stem: What the source is called.
    """

    sheets: tuple[Path, ...]
    mapping: Path
    study: Path
    stem: str


def find_start_files(named: Sequence[Path], study: Path | None, *, replace: bool) -> StartFiles:
    """Find the sheets to start from, and where the mapping and the protocol go.

    Args:
        named: Files, or one folder of them.
        study: The protocol to write; None: beside the sheets.
        replace: True when files that are there may be replaced.

    Raises:
        RecordsError: When there is no sheet, or they are in several folders.
        OutputError: When a file that would be written is there already.
    """
    sheets = list({file.resolve(): file for one in named for file in _files_of(one)}.values())
    folders = {one.resolve().parent for one in sheets}
    if len(folders) > 1:
        raise RecordsError(
            f"The sheets are in {len(folders)} folders.",
            where=", ".join(one.name for one in named),
            remedy="put them into one folder: the mapping is written beside them and reads nothing elsewhere",
        )
    is_folder = len(named) == 1 and named[0].is_dir()
    stem = named[0].resolve().name if is_folder else sheets[0].stem
    folder = sheets[0].parent
    files = StartFiles(
        tuple(sheets), folder / f"{stem}{SUFFIX}", study or folder / f"{name_study(stem)}{STUDY_SUFFIX}", stem
    )
    if files.study.resolve() in {one.resolve() for one in (*sheets, files.mapping)}:
        raise OutputError(
            f"{files.study.name} is a sheet or its mapping, and no place for the protocol.",
            where=str(files.study),
            remedy=f'give --study a name that ends in "{STUDY_SUFFIX}"',
        )
    for target in (files.mapping, files.study):
        if target.exists() and not replace:
            raise OutputError(
                f"{target.name} is there already, and may hold what somebody wrote.",
                where=str(target),
                remedy="--force replaces it; or move it away",
            )
        if not os.access(target.parent, os.W_OK):
            raise OutputError(
                "nothing can be written there.", where=str(target.parent), remedy="copy the sheet elsewhere"
            )
    return files


def _files_of(named: Path) -> list[Path]:
    if named.is_dir():
        found = sorted(one for one in named.iterdir() if one.is_file() and _is_sheet(one))
        if not found:
            raise RecordsError(
                "The folder holds no sheet.", where=str(named), remedy=f"sheets end in {', '.join(SHEETS)}"
            )
        return found
    if not named.is_file():
        raise RecordsError(
            "There is no such file.", where=str(named), remedy="check the name, and quote one with blanks"
        )
    if not _is_sheet(named):
        raise RecordsError(
            f'A file that ends in "{named.suffix}" is no sheet.',
            where=str(named),
            remedy=f"sheets end in {', '.join(SHEETS)}",
        )
    return [named]


def _is_sheet(path: Path) -> bool:
    return path.suffix.lower() in SHEETS and not path.name.startswith(("~$", "."))


def read_start_sheets(files: StartFiles) -> list[RawSheet]:
    """Read the sheets of every file; hidden ones are passed over.

    Raises:
        RecordsError: When one cannot be read.
    """
    return [raw for file in files.sheets for raw in read_raw_sheets(file) if not raw.is_hidden]


def read_start_grids(files: StartFiles) -> tuple[list[Grid], str]:
    """Read an export of REDCap with its data dictionary as grids; none where there is no dictionary among the files.

    Returns:
        The grids, and the name of the dictionary's file.
    """
    if not is_redcap(files.sheets):
        return [], ""
    dictionary, _ = sort_files(files.sheets)
    grids, _ = read_redcap_grids(files.sheets)
    return list(grids), dictionary.name if dictionary else ""


def write_start(files: StartFiles, mapping: str, study: str) -> None:
    """Write the mapping and the protocol.

    Raises:
        OutputError: When a file cannot be written.
    """
    for target, text in ((files.mapping, mapping), (files.study, study)):
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(
                f"{target.name} cannot be written: {error.strerror}.", where=str(target), remedy="choose another place"
            ) from None
