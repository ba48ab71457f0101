"""The base of everything that a protocol defines: frozen data that refuses unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

# Under this name the reader of a protocol says where the file lies, and the files that it names beside it.
FOLDER = "folder"


class Definition(BaseModel):
    """Frozen data that says what; the function beside it says how."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
