"""FHIR R4: a folder of bulk export, or bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from refractory.errors import RecordsError

if TYPE_CHECKING:
    from refractory.records.from_translation import TranslatedSource
    from refractory.records.mapping import SourceMapping


def open_fhir(path: Path, mapping: SourceMapping | None = None, vocabulary: Path | None = None) -> TranslatedSource:
    """Open it; see `refractory.records.from_anywhere`."""
    raise RecordsError("It cannot be read yet.", where=str(path))
