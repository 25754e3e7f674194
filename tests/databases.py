"""A fresh database with the cast in it for each test, on each of our two engines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine

from server import db
from server.demo.build import build_cast
from server.schema import METADATA
from server.tenancy import EVERY_CLINIC
from tests.postgres import Kept, Postgres
from tests.record import sealed


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Statements are compiled once a run; anew for each database, it is a third of a test."""
    known: dict[str, tuple[Dialect, dict[Any, Any]]] = {}
    make = db.open_engine

    def open_engine(url: str) -> Engine:
        engine = make(url)
        engine.dialect, compiled = known.setdefault(engine.dialect.name, (engine.dialect, {}))
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "open_engine", open_engine)
        yield


@pytest.fixture(scope="session")
def sqlite_with_cast(scratch: Path) -> Path:
    """A database file with the cast in it, copied for each test."""
    path = scratch / "cast.db"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[Postgres]:
    """A PostgreSQL server of our own, with a template database that holds the cast."""
    with Postgres.started(scratch / "postgres") as server:
        _fill(server.create("cast"))
        yield server


@pytest.fixture(scope="session")
def postgres_with_cast(postgres: Postgres) -> Kept:
    """The cast in a PostgreSQL database, put back before each test."""
    postgres.create("tests", like="cast")
    return postgres.keep("tests", [table.name for table in METADATA.sorted_tables])


def _fill(url: str) -> None:
    database = sealed(url)
    METADATA.create_all(database.engine)
    with database.transaction(EVERY_CLINIC) as session:
        build_cast(session, now=datetime.now(UTC))
    if url.startswith("sqlite"):
        with database.engine.connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the cast in it, on each of our two engines."""
    if request.param == "sqlite":
        file = tmp_path / "mooring.db"
        shutil.copyfile(request.getfixturevalue("sqlite_with_cast"), file)
        yield f"sqlite:///{file}"
        return
    kept: Kept = request.getfixturevalue("postgres_with_cast")
    kept.restore()
    yield kept.url
