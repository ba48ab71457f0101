"""REDCap: its data dictionary with an export, or its API, read as their mapping says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping


def open_redcap(path: Path, mapping: SourceMapping, vocabulary: Path | None = None) -> TranslatedSource:
    """Open it; see `refractory.records.from_anywhere`."""
    raise RecordsError("It cannot be read yet.", where=str(path))
