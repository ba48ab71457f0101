"""Spreadsheets: .xlsx, .xls, .ods and CSV files, read as their mapping says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.protocol_mistakes import say_nearest
from refractory.records.from_mapping import SHEETS, closed_on_failure
from refractory.records.from_sheet_files import inspect_file
from refractory.records.from_text_sheets import read_text_sheet
from refractory.records.from_translation import begin_translation
from refractory.records.grid import Grid, RawSheet, build_grid, is_named, read_span
from refractory.records.grid_translation import translate_grids
from refractory.records.person_sheets import PersonSheet, add_person, spread_tables

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping, TableDefinition


def open_sheet(path: Path, mapping: SourceMapping, vocabulary: Path | None = None) -> TranslatedSource:
    """Open the sheets of a mapping; see `refractory.records.from_anywhere`.

    Args:
        path: The mapping; its files are beside it.
        mapping: What it says.
        vocabulary: Folder of a vocabulary of OMOP.

    Raises:
        RecordsError: When a file or a column is not there, or cannot be read.
    """
    files = find_sheet_files(path, mapping)
    described = "invented records, in sheets" if mapping.source.invented else "sheets"
    about = {"name": mapping.source.name or files[0].stem, "description": described}
    source = begin_translation(path.name, path, [path, *files], about)
    with closed_on_failure(source, path):
        sheets = [raw for file in files for raw in read_raw_sheets(file)]
        grids, mapping = _build_grids(sheets, mapping, path.name)
        del sheets
        problems, accounts = translate_grids(source, grids, mapping)
        source.finish(problems, accounts, vocabulary)
    return source


def find_sheet_files(path: Path, mapping: SourceMapping) -> list[Path]:
    """Find the files of a mapping beside it, and nowhere else.

    Raises:
        RecordsError: When one is not there, or is outside the folder of the mapping.
    """
    folder = path.parent.resolve()
    named = [folder / name for name in mapping.source.file]
    if not named:
        stem = path.name.removesuffix(".mapping.toml")
        named = [folder / f"{stem}{suffix}" for suffix in SHEETS if (folder / f"{stem}{suffix}").is_file()][:1]
    files: list[Path] = []
    for one in named:
        if not _is_within(one, folder):
            raise RecordsError(
                "The mapping names a file outside its own folder.",
                where=f"{path.name}, [source] file",
                remedy="put the sheet beside the mapping",
            )
        if one.is_dir():
            inside = sorted(inner for inner in one.iterdir() if inner.suffix.lower() in SHEETS and inner.is_file())
            files += [inner for inner in inside if _is_within(inner, folder) and not inner.name.startswith("~$")]
        else:
            files.append(one)
    missing = [one.name for one in files if not one.is_file()]
    if missing or not files:
        said = f'"{missing[0]}"' if missing else "of records"
        raise RecordsError(
            f"A file {said} is not beside the mapping.",
            where=f"{path.name}, [source] file",
            remedy="name the sheet as it is called, with its ending",
        )
    return files


def _is_within(path: Path, folder: Path) -> bool:
    """Say whether a path is in a folder, wherever links on the way lead."""
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError, ValueError):
        return False


def _build_grids(sheets: Sequence[RawSheet], mapping: SourceMapping, where: str) -> tuple[list[Grid], SourceMapping]:
    """Build a grid for each table of the mapping and for each sheet that it does not name.

    Returns:
        The grids, and the mapping with the names of their sheets where it leaves them open.
    """
    filled = [raw for raw in sheets if any(cell is not None for line in raw.cells for cell in line)]
    seen = [raw for raw in filled if not raw.is_hidden]
    grids: list[Grid] = []
    tables, taken = [], set[str]()
    placed: list[tuple[TableDefinition, RawSheet]] = []
    of_persons: dict[str, PersonSheet] = {}
    for table, own in spread_tables(mapping.table, filled, mapping.source.not_used):
        if own is not None:
            placed.append((table, own.raw))
            of_persons[own.raw.sheet] = own
            continue
        named = [raw for raw in filled if is_named(raw.file, raw.sheet, table.sheet)]
        if not table.sheet and len(seen) == 1:
            named = seen
        if len(named) != 1:
            raise _which_sheet(table.sheet, seen or filled, where, is_twice=len(named) > 1)
        placed.append((table, named[0]))
    for table, raw in placed:
        firsts = [one.header[0] for one, on in placed if on is raw and one.header[0] > (table.until or one.header[0])]
        spans = [read_span(one) for one in table.merged]
        grid = build_grid(raw.with_merged(spans), table.header, table.until, min(firsts, default=None))
        if (own := of_persons.get(raw.sheet)) is not None:
            grid = add_person(grid, table, own)
            taken.add(own.written)
        _check_apart([one for one in grids if one.name == grid.name], grid, where)
        grids.append(grid)
        tables.append(table.model_copy(update={"sheet": grid.name}))
        taken.add(grid.name)
    others = [grid for raw in filled if (grid := build_grid(raw)).name not in taken]
    return [*grids, *others], mapping.model_copy(update={"table": tuple(tables)})


def _which_sheet(name: str, sheets: Sequence[RawSheet], where: str, *, is_twice: bool) -> RecordsError:
    names = [raw.sheet for raw in sheets]
    near = say_nearest(name, names) if name else ""
    said = f'says of a table that it is on the sheet "{name}"' if name else "does not say on which sheet a table is"
    why = (
        "there are several of that name" if is_twice else "there is none of that name" if name else "there are several"
    )
    return RecordsError(
        f"The mapping {said}, and {why}.{near}",
        where=f"{where}, [[table]] sheet",
        remedy=f"name one of: {', '.join(names[:12])}" if names else "look whether the file holds anything",
    )


def _check_apart(others: Sequence[Grid], grid: Grid, where: str) -> None:
    lines = set(grid.lines)
    if any(lines & set(other.lines) for other in others):
        raise RecordsError(
            "Two tables of the mapping share lines of one sheet.",
            where=f"{where}, [[table]]",
            remedy="put all records of a line under one table, or say with `until` where the first table ends",
        )


def read_raw_sheets(path: Path) -> tuple[RawSheet, ...]:
    """Read every sheet of a file, whatever its name ends in.

    Raises:
        RecordsError: When the file cannot be read, or would fill the memory.
    """
    found = inspect_file(path)
    if found.kind == "text":
        return (read_text_sheet(path),)
    from refractory.records.from_workbooks import read_workbook

    return read_workbook(path, found)
