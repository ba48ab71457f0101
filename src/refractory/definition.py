"""The base of everything that a protocol defines: frozen data that refuses unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Definition(BaseModel):
    """Frozen data that says what; the function beside it says how."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
