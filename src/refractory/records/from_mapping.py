"""Reading the mapping of a sheet or an export, and finding it beside the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from refractory.errors import RecordsError
from refractory.protocol_mistakes import build_fault, explain_mistake, own_path, parse_toml
from refractory.records.grid_columns import MissingColumnsError
from refractory.records.mapping import SourceMapping
from refractory.records.mapping_mistakes import find_wrong_fields
from refractory.user_files import read_user_text

if TYPE_CHECKING:
    from refractory.records.source import Source

SUFFIX = ".mapping.toml"
SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".fods", ".csv", ".tsv", ".txt")
_REMEDY = "`refractory init` writes a mapping to start from, and docs/mapping.md tells every key"


def find_mapping(sheet: Path) -> Path | None:
    """Find the mapping beside a sheet: charts.mapping.toml beside charts.xlsx."""
    beside = sheet.with_name(sheet.stem + SUFFIX)
    return beside if beside.is_file() else None


def read_mapping(path: Path) -> SourceMapping:
    """Read a mapping.

    Raises:
        RecordsError: When it cannot be read or understood: every mistake with its line and the nearest name.
    """
    text = read_user_text(path, RecordsError, named="the mapping")
    raw = parse_toml(text, path.name, RecordsError, _REMEDY)
    mistakes = list(find_wrong_fields(raw))
    records = {at[:4] for at, _ in mistakes if at[0] == "table"}
    try:
        mapping = SourceMapping.model_validate(raw)
    except ValidationError as error:
        found = [(own_path(one["loc"]), explain_mistake(one, SourceMapping)) for one in error.errors()]
        mistakes += [(at, said) for at, said in found if at not in records]
        raise build_fault(mistakes, text, path.name, RecordsError, _REMEDY) from None
    if mistakes:
        raise build_fault(mistakes, text, path.name, RecordsError, _REMEDY)
    return mapping


@contextmanager
def closed_on_failure(source: Source, path: Path) -> Iterator[None]:
    """Close a source whose reading fails; a column that a sheet does not have is told with its line in the mapping.

    Args:
        source: The source that is being filled.
        path: The mapping.

    Raises:
        RecordsError: For columns that are not there.
    """
    try:
        yield
    except MissingColumnsError as error:
        source.close()
        raise place_columns(error, path) from None
    except BaseException:
        source.close()
        raise


def place_columns(error: MissingColumnsError, path: Path) -> RecordsError:
    """Say on which lines of a mapping the columns are named that a sheet does not have."""
    lines = read_user_text(path, RecordsError, named="the mapping").splitlines()
    told = []
    for name, said in error.missing.items():
        quoted = (f'"{name}"', f"'{name}'")
        found = [number for number, one in enumerate(lines, 1) if any(mark in one for mark in quoted)]
        line = next((number for number in found if not lines[number - 1].lstrip().startswith("text")), None)
        told.append(f"    {f'line {line}, ' if line else ''}{said}")
    return RecordsError(f"{error.what}\n" + "\n".join(told), where=path.name, remedy=error.remedy)
