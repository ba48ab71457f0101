"""REDCap: its data dictionary with an export, or its API, read as their mapping says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.records.from_mapping import closed_on_failure
from refractory.records.from_redcap_files import open_export, read_dictionary, sort_files
from refractory.records.from_sheet import find_sheet_files
from refractory.records.from_translation import begin_translation
from refractory.records.grid import Grid
from refractory.records.grid_translation import translate_grids
from refractory.records.redcap_accounts import account_for_export, tell_not_asked
from refractory.records.redcap_dictionary import RedcapDictionary, read_missing_codes
from refractory.records.redcap_grids import survey_project
from refractory.records.redcap_reading import ReadExport
from refractory.records.redcap_tables import match_instruments, plan_tables
from refractory.records.schema import Problem

if TYPE_CHECKING:
    from refractory.records.accounts import TableAccount
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping
    from refractory.records.redcap_rows import Export


def open_redcap(
    path: Path, mapping: SourceMapping, vocabulary: Path | None = None, say: Callable[[str], None] = lambda step: None
) -> TranslatedSource:
    """Open a project of REDCap: the files beside its mapping, or its server; see `refractory.records.from_anywhere`.

    Args:
        path: The mapping.
        mapping: What it says.
        vocabulary: Folder of a vocabulary of OMOP.
        say: Takes a sentence on what a server is asked for.

    Raises:
        RecordsError: When a file, an instrument or a field is not there, or the server refuses.
    """
    if mapping.source.address:
        from refractory.records.from_redcap_api import download_project

        there = download_project(mapping, say)
        exports: list[Export] = [there.export]
        dictionary, files, codes, content = there.dictionary, list[Path](), there.missing, there.content
    else:
        dictionary, exports, files = _open_files(path, mapping)
        codes, content = dict[str, str](), ""
    described = "invented records, in REDCap" if mapping.source.invented else "REDCap"
    about = {"name": mapping.source.name or exports[0].file, "description": described}
    source = begin_translation(path.name, path, [path, *files], about)
    source.content = content
    with closed_on_failure(source, path):
        problems, accounts = _translate(source, exports, dictionary, mapping, codes)
        source.finish(problems, accounts, vocabulary)
    return source


def _open_files(path: Path, mapping: SourceMapping) -> tuple[RedcapDictionary, list[Export], list[Path]]:
    """Open the dictionary and the exports beside a mapping."""
    said = mapping.source
    named = tuple(dict.fromkeys((*said.file, *((said.dictionary,) if said.dictionary else ()))))
    files = find_sheet_files(path, mapping.model_copy(update={"source": said.model_copy(update={"file": named})}))
    files = [one for one in files if one != path]
    own = [one for one in files if said.dictionary and one.name == Path(said.dictionary).name]
    at, others = (own[0], [one for one in files if one not in own]) if own else sort_files(files)
    if at is None or not others:
        what = "exports" if at is not None else "data dictionary"
        raise RecordsError(
            f"The {what} of the project {'are' if at is not None else 'is'} not beside the mapping.",
            where=f"{path.name}, [source]",
            remedy='name them: dictionary = "...csv" and file = "...csv"; REDCap gives both for download',
        )
    dictionary = read_dictionary(at)
    missing = read_missing_codes("|".join(said.missing))
    return dictionary, [open_export(one, dictionary, missing) for one in others], files


def _translate(
    source: TranslatedSource,
    exports: Sequence[Export],
    dictionary: RedcapDictionary,
    mapping: SourceMapping,
    codes: Mapping[str, str],
) -> tuple[list[Problem], list[TableAccount]]:
    tables = match_instruments(dictionary, mapping)
    missing = {**read_missing_codes("|".join(mapping.source.missing)), **codes}
    project = survey_project(exports, dictionary, missing, tables.borrowed)
    planned = plan_tables(project, tables)
    grids, read = project.read(planned.asked, planned.scores, mapping.source.double_entry)
    used: dict[str, set[int]] = {}
    asked_for = [grid for grid in grids if grid.sheet in tables.by_instrument]
    # Yes-no fields and boxes are truths already, whatever the mapping's words for yes and no are.
    said = mapping.source
    words = {"yes": (*said.yes, "true"), "no": (*said.no, "false")}
    at_source = mapping.model_copy(update={"table": planned.tables, "source": said.model_copy(update=words)})
    told, _ = translate_grids(source, asked_for, at_source, used)
    instruments = {column.name: layout.name for layout in project.layouts for column in layout.columns}
    problems: list[Problem] = []
    accounts: list[TableAccount] = []
    lines: dict[str, set[int]] = {}
    for grid in asked_for:
        lines.setdefault(grid.file, set()).update(used.get(grid.name, ()))
    for export in read:
        own = {grid.name for grid in asked_for if grid.file == export.file}
        more, account = account_for_export(export, lines, [one for one in told if one.table in own])
        problems += [*more, *tell_not_asked(export, planned.asked, instruments)]
        accounts.append(account)
    return problems, accounts


def read_redcap_grids(
    paths: Sequence[Path], missing: Sequence[str] = ()
) -> tuple[tuple[Grid, ...], tuple[ReadExport, ...]]:
    """Read a project's files as grids without a mapping: one grid per instrument and export.

    Args:
        paths: The data dictionary and the exports, in any order; or one folder that holds them.
        missing: Missing-data codes of the project, as far as they are known ("UNK, Unknown").

    Returns:
        The grids, with what the dictionary says of each column, and what was not read as written.

    Raises:
        RecordsError: When there is no dictionary, or a file cannot be read.
    """
    files = [
        inner
        for path in paths
        for inner in (sorted(path.iterdir()) if path.is_dir() else (path,))
        if inner.is_file() and inner.suffix.lower() in (".csv", ".tsv", ".txt", ".json", ".xlsx")
    ]
    at, others = sort_files(files)
    if at is None or not others:
        raise RecordsError(
            f"No {'export' if at else 'data dictionary'} of REDCap is among the files.",
            where=", ".join(path.name for path in paths),
            remedy="name the data dictionary and the export of one project",
        )
    dictionary = read_dictionary(at)
    codes = read_missing_codes("|".join(missing))
    return survey_project([open_export(one, dictionary, codes) for one in others], dictionary, codes).read()


def is_redcap(paths: Sequence[Path]) -> bool:
    """Say whether a data dictionary of REDCap is among files that a person named."""
    try:
        return sort_files(path for path in paths if path.is_file())[0] is not None
    except RecordsError:
        return False
