"""The tables by migration are the tables of the models, on both engines, up and down."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from server.db import Database, open_engine
from server.demo.build import build_cast
from server.schema import METADATA, WHOSE, alembic_config, migrate, newest, step_of
from server.tenancy import EVERY_CLINIC, Shared
from tests.record import sealed


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request, tmp_path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = request.getfixturevalue("postgres")
    name = f"e{uuid.uuid4().hex}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def engine(empty_url) -> Iterator[Engine]:
    """An engine on it."""
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def _checks(engine: Engine) -> dict[str, set[str]]:
    seen = inspect(engine)
    return {
        table: {str(check["name"]) for check in seen.get_check_constraints(table)}
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_models_equal_migrations(empty_url, engine):
    migrate(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_every_check_of_the_models_is_in_the_migrations(empty_url, engine):
    migrate(empty_url)
    migrated = _checks(engine)
    command.downgrade(alembic_config(empty_url), "base")
    METADATA.create_all(engine)
    assert migrated == _checks(engine)


def _locks(engine: Engine) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        policies = connection.execute(
            text("SELECT tablename, qual, with_check FROM pg_policies")
        ).all()
        forced = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        ).all()
    assert {table for table, *_ in policies} == set(forced)
    return {tuple(each) for each in policies}


@pytest.mark.check("C-09")
@pytest.mark.parametrize("empty_url", ["postgres"], indirect=True)
def test_the_locks_of_the_steps_are_those_the_models_ask_for(empty_url, engine):
    migrate(empty_url)
    migrated = _locks(engine)
    command.downgrade(alembic_config(empty_url), "base")
    METADATA.create_all(engine)
    assert migrated == _locks(engine)
    assert {table for table, *_ in migrated} == {
        table for table, whose in WHOSE.items() if not isinstance(whose, Shared)
    }


def test_up_down_and_up_again(empty_url, engine):
    migrate(empty_url)
    assert step_of(engine) == newest()
    command.downgrade(alembic_config(empty_url), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(empty_url)
    assert step_of(engine) == newest()


def test_people_outlive_every_step_down_and_up_again(empty_url, engine):
    """SQLite copies whole tables to change them: no row and no reference is lost on the way."""
    migrate(empty_url)
    database = sealed(empty_url)
    with database.transaction(EVERY_CLINIC) as session:
        build_cast(session, now=datetime.now(UTC))
    before = _people(database)
    command.downgrade(alembic_config(empty_url), "0001")
    migrate(empty_url)
    assert _people(database) == before
    database.engine.dispose()
    if empty_url.startswith("sqlite"):
        with engine.connect() as connection:
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert lost == []


def _people(database: Database) -> list[tuple[str, ...]]:
    with database.reading(EVERY_CLINIC) as session:
        found = session.execute(
            text(
                "SELECT accounts.name, role, clinics.name FROM accounts"
                " JOIN clinics ON clinics.id = accounts.clinic_id ORDER BY accounts.name"
            )
        )
        return [tuple(row) for row in found]
