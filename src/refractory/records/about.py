"""What a source says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refractory.records.source import Source


def read_about(source: Source) -> dict[str, str]:
    """Read what a source says of itself: cdm_source_name, cdm_version, source_description; empty where it is silent."""
    about = dict.fromkeys(("cdm_source_name", "cdm_version", "source_description"), "")
    if source.has("cdm_source"):
        table = source.table_later("cdm_source")
        names = [name for name in about if name in source.columns("cdm_source")]
        for row in source.rows(table.select(*names).order_by(names).limit(1)):
            about |= {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
    return about
