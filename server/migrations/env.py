"""Alembic's entry: which database, which tables; SQLite alters tables by copying them."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, func, select

from config.settings import WebSettings
from server.db import Database, Instant
from server.schema import METADATA
from server.tenancy import EVERY_CLINIC, SETTING


def _database() -> Database:
    url = context.config.attributes.get("url") or WebSettings.load().database_url
    return Database(url)


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def _let_tables_be_copied(connection: Connection) -> None:
    """SQLite drops the table it has copied, which its children would forbid for that moment."""
    driver = connection.connection.dbapi_connection
    if driver is not None:
        driver.cursor().execute("PRAGMA foreign_keys=OFF")


def _let_steps_move_every_row(connection: Connection) -> None:
    with connection.begin():
        connection.execute(select(func.set_config(SETTING, EVERY_CLINIC, False)))


def _run() -> None:
    database = _database()
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _let_tables_be_copied(connection)
        else:
            _let_steps_move_every_row(connection)
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=_render,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    database.engine.dispose()


_run()
