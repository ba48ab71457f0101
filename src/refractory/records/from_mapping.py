"""Reading the mapping of a sheet or an export, and finding it beside the sheet."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from refractory.errors import RecordsError
from refractory.records.mapping import SourceMapping
from refractory.user_files import read_user_text

SUFFIX = ".mapping.toml"


def find_mapping(sheet: Path) -> Path | None:
    """Find the mapping beside a sheet: charts.mapping.toml beside charts.xlsx."""
    beside = sheet.with_name(sheet.stem + SUFFIX)
    return beside if beside.is_file() else None


def read_mapping(path: Path) -> SourceMapping:
    """Read a mapping.

    Raises:
        RecordsError: When it cannot be read or understood, with the place of the first mistake.
    """
    text = read_user_text(path, RecordsError, named="the mapping")
    try:
        return SourceMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RecordsError(f"The mapping is no TOML: {error}.", where=path.name, remedy="mend that line") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RecordsError(
            f"The mapping says something that cannot be carried out: {first['msg']}.",
            where=f"{path.name}, {place}",
            remedy="`refractory init` writes a mapping to start from",
        ) from None
