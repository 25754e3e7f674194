"""The walls inside every WHERE that starts from an id out of a request (T-01, T-02).

The query that loads asks for the clinic and the tie itself, so that what is forbidden is not
found: it and what never was are one answer, because they are one query.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from sqlalchemy import ColumnElement, inspect, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.access.actor import Actor, ActorKind
from server.db import Base

Row = TypeVar("Row", bound=Base)
Id = (
    InstrumentedAttribute[uuid.UUID]
    | InstrumentedAttribute[uuid.UUID | None]
    | ColumnElement[uuid.UUID]
)


def of_clinic(column: Id, actor: Actor) -> ColumnElement[bool]:
    """It belongs to the actor's clinic; the house has all, whoever has none finds nothing."""
    return true() if actor.kind is ActorKind.SYSTEM else column == actor.clinic_id


def of_account(column: Id, actor: Actor) -> ColumnElement[bool]:
    """It is this member of staff's own; whoever has no account finds nothing."""
    return column == actor.account_id


def get_for(session: Session, actor: Actor, model: type[Row], key: uuid.UUID) -> Row | None:
    """The row with this key, if its `clinic_id` is the actor's clinic."""
    table = inspect(model)
    (primary,) = table.primary_key
    own = of_clinic(table.columns["clinic_id"], actor)
    return session.scalar(select(model).where(primary == key, own))
