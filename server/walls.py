"""The walls inside every WHERE that starts from an id out of a request (T-01, T-02).

The query that loads asks for the clinic and the tie itself, so that what is forbidden is not
found: it and what never was are one answer, because they are one query.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from server.access.actor import Actor

Id = InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None]


def of_clinic(column: Id, actor: Actor) -> ColumnElement[bool]:
    """It belongs to the actor's clinic; whoever has none finds nothing."""
    return column == actor.clinic_id


def of_account(column: Id, actor: Actor) -> ColumnElement[bool]:
    """It is this member of staff's own; whoever has no account finds nothing."""
    return column == actor.account_id
