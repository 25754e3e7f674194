"""Whose each row is, and PostgreSQL's own lock on it, the second behind every WHERE (C-09).

A table with a `clinic_id` is locked by it. Any other says so in its model: whose it is through
a parent, that it is shared, or that it is the house's. One that says nothing fails a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import MetaData, Table, event, text
from sqlalchemy.engine import Connection

#: what a transaction is told: a clinic's id, or this; nothing at all opens no row
EVERY_CLINIC: Literal["every"] = "every"
SETTING = "mooring.clinic"

_TOLD = f"NULLIF(current_setting('{SETTING}', true), '')"
IN_THE_HOUSE = f"(SELECT {_TOLD} = '{EVERY_CLINIC}')"
CLINIC = f"(SELECT NULLIF({_TOLD}, '{EVERY_CLINIC}')::uuid)"


@dataclass(frozen=True)
class OfClinic:
    """The row names its clinic in this column."""

    column: str = "clinic_id"


@dataclass(frozen=True)
class Through:
    """The row belongs to whomever one of these foreign keys belongs to."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """The same for every clinic, and about nobody."""

    because: str


@dataclass(frozen=True)
class OfTheHouse:
    """Work between our own processes: a clinic's transaction may add to it and read none."""

    because: str


Tenancy = OfClinic | Through | Shared | OfTheHouse


def through(*columns: str) -> Through:
    """`__tenancy__ = through("participant_id")`."""
    return Through(columns)


def tenancies(mappers: Any) -> dict[str, Tenancy]:
    """Table by table, whose its rows are; what says nothing is left out."""
    return {
        mapper.local_table.name: tenancy
        for mapper in mappers
        if (tenancy := _of(mapper.class_, mapper.local_table)) is not None
    }


def _of(model: Any, table: Table) -> Tenancy | None:
    said: Tenancy | None = model.__dict__.get("__tenancy__")
    return said or (OfClinic() if "clinic_id" in table.c else None)


def lock_when_created(metadata: MetaData, whose: Mapping[str, Tenancy]) -> None:
    """Tables made from the models get the lock that those made by the steps have."""

    @event.listens_for(metadata, "after_create")
    def _lock(_metadata: MetaData, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            for table in metadata.sorted_tables:
                for statement in statements(table, whose[table.name]):
                    connection.execute(text(statement))


def statements(table: Table, whose: Tenancy) -> Iterator[str]:
    """What PostgreSQL is told; FORCE, because the web process owns its tables."""
    if isinstance(whose, Shared):
        return
    using, check = _conditions(table, whose)
    yield f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY'
    yield (
        f'CREATE POLICY of_its_clinic ON "{table.name}" USING ({using}) WITH CHECK ({check})'
    )


def _conditions(table: Table, whose: OfClinic | Through | OfTheHouse) -> tuple[str, str]:
    if isinstance(whose, OfTheHouse):
        return IN_THE_HOUSE, "true"
    if isinstance(whose, OfClinic):
        own = f"{IN_THE_HOUSE} OR {whose.column} = {CLINIC}"
        nobodys = f"{own} OR {whose.column} IS NULL"  # written by a clinic, kept for the house
        return own, nobodys if table.c[whose.column].nullable else own
    own = " OR ".join([IN_THE_HOUSE, *(_parent(table, name) for name in whose.columns)])
    return own, own


def _parent(table: Table, name: str) -> str:
    """The parent's own lock decides: it is asked inside the question."""
    (key,) = table.c[name].foreign_keys
    above = key.column.table.name
    same = f'above."{key.column.name}" = "{table.name}"."{name}"'
    return f'EXISTS (SELECT FROM "{above}" AS above WHERE {same})'
