"""Every table says whose its rows are (C-09); one that says nothing fails here."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from server.db import Base
from server.schema import METADATA, WHOSE
from server.tenancy import OfClinic, OfTheHouse, Shared, Through, statements, tenancies

SHARED = {"audit_heads", "local_numbers", "signaling_nodes"}
OF_THE_HOUSE = {"control_orders", "sign_in_attempts"}


def test_every_table_says_whose_its_rows_are():
    silent = set(METADATA.tables) - set(WHOSE)
    assert silent == set(), "give these a clinic_id or a __tenancy__ (server/tenancy.py)"


def test_only_what_was_agreed_on_is_shared_or_the_houses():
    """Whoever adds to one of these lists says in the model why."""
    assert {table for table, whose in WHOSE.items() if isinstance(whose, Shared)} == SHARED
    house = {table for table, whose in WHOSE.items() if isinstance(whose, OfTheHouse)}
    assert house == OF_THE_HOUSE
    assert all(WHOSE[table].because for table in SHARED | OF_THE_HOUSE)


@pytest.mark.parametrize("table", sorted(WHOSE))
def test_what_a_table_says_is_true(table):
    whose, columns = WHOSE[table], METADATA.tables[table].c
    if isinstance(whose, OfClinic):
        assert whose.column in columns
    if isinstance(whose, Through):
        for name in whose.columns:
            (key,) = columns[name].foreign_keys
            assert not isinstance(WHOSE[key.column.table.name], Shared | OfTheHouse)


@pytest.mark.parametrize("table", sorted(set(WHOSE) - SHARED))
def test_a_lock_holds_for_the_owner_of_the_table_too(table):
    told = "\n".join(statements(METADATA.tables[table], WHOSE[table]))
    for part in ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY", "CREATE POLICY"):
        assert part in told


def test_a_new_table_that_says_nothing_is_noticed():
    class Another(DeclarativeBase):
        metadata = MetaData()

    class Secret(Another):
        __tablename__ = "secrets"

        id: Mapped[uuid.UUID] = mapped_column(primary_key=True)

    class Known(Another):
        __tablename__ = "knowns"

        id: Mapped[uuid.UUID] = mapped_column(ForeignKey("secrets.id"), primary_key=True)
        clinic_id: Mapped[uuid.UUID]

    assert Base.metadata is METADATA
    assert set(tenancies(Another.registry.mappers)) == {"knowns"}
    assert Secret.__table__.name not in tenancies(Another.registry.mappers)
